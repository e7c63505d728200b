"""The order of a run's sheets: a cover, its pad's forms, the next cover, ... (pure)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import overload

from omr.pads import Pad
from omr.serials import Serial


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a run: a pad's cover, or one of its forms."""

    pad: Pad
    serial: Serial | None  # None: the cover


class RunSheets(Sequence[Sheet]):
    """All sheets of a run in the order in which they are to lie; made when asked for.

    Args:
        pads: The run's pads in order.
        covers: Whether every pad begins with a cover.
    """

    def __init__(self, pads: Sequence[Pad], *, covers: bool) -> None:
        self._pads = pads
        self._covers = int(covers)
        # Where each pad begins, and where the last one ends.
        self._starts = list(accumulate((len(pad) + self._covers for pad in pads), initial=0))

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> Sheet: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sheet]: ...
    def __getitem__(self, index: int | slice) -> Sheet | list[Sheet]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        place = range(len(self))[index]  # counts from the end, or refuses, as lists do
        number = bisect_right(self._starts, place) - 1
        pad = self._pads[number]
        within = place - self._starts[number] - self._covers
        return Sheet(pad, None if within < 0 else Serial(pad.domain, pad.year, pad.first + within))
