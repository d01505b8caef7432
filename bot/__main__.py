"""`python -m bot` is the console command `verbatim`."""

import sys

from bot.cli import main

sys.exit(main())
