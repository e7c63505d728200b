"""Whether two sheets of one serial show the same ink, by what the ledger kept of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from omr.layout import Layout
from omr.measure_codec import unpack
from omr.same_paper import same_paper


def same_ink(layouts: Mapping[str, Layout]) -> Callable[[str, bytes, bytes], bool]:
    """What tells the same paper from a second one; what cannot be compared is another one.

    Args:
        layouts: By layout id.
    """

    def tell(layout_id: str, one: bytes, other: bytes) -> bool:
        layout = layouts.get(layout_id)
        if layout is None:
            return False
        try:
            return same_paper(unpack(one, layout), unpack(other, layout))
        except ValueError:  # one of them was kept by another version of the program
            return False

    return tell
