"""`python -m bot` is the console command `verbatim`."""

import sys

from bot.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
