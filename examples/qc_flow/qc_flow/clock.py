"""The clock of the example: it runs in real time, and only here."""

import time
from typing import Final

now_s: Final = time.monotonic
pause_s: Final = time.sleep
