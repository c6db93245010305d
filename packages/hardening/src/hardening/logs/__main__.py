"""Run the audit, as `python -m hardening.logs audit FILE…`."""

import sys

from hardening.logs.audit import main

sys.exit(main())
