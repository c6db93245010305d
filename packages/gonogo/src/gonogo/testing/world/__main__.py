"""`python -m gonogo.testing.world`: one seed told as a story, or a campaign of many."""

import sys

from gonogo.testing.world.campaign import main

if __name__ == "__main__":
    sys.exit(main())
