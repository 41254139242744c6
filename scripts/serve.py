"""`serve`: the bot for real, or parts of it."""

import sys

from bot.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
