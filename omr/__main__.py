"""python -m omr."""

import sys

from omr.cli import main

if __name__ == "__main__":
    sys.exit(main())
