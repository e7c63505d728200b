"""Having every compiled loop at hand before pages are read."""

from __future__ import annotations

from importlib import import_module

_WITH_LOOPS = (
    "loops_canvas",
    "loops_courses",
    "loops_fax",
    "loops_field",
    "loops_ink",
    "loops_lines",
    "loops_pieces",
    "loops_shades",
    "loops_surfaces",
)


def load() -> None:
    """Load the compiled loops; on a machine's first run compile them, which takes a while.

    Done by one process before others begin: these find them on the disk.
    """
    for name in _WITH_LOOPS:
        import_module(f"omr.{name}")
