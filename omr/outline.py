"""Finding each bubble's printed outline: how the paper lies between the fiducials (pure).

The four fiducials hold the sheet at its corners; uneven feed and bent paper move what is
between them. Each outline that can be seen says by how much, and a smooth surface through
what they say moves the bubbles whose outline is hidden under a mark as well. A feed that slips
moves whole rows, or whole columns of a sheet fed sideways: what the surface misses is followed
row by row, then column by column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omr.medians import median
from omr.outline_search import REACH_MM, Outlines, outline_offsets
from omr.shades import Shades
from omr.surfaces import TERMS, Surface, fit_surface, followed
from omr.views import Levels, Views

_LEAST_SPREAD_MM = 0.03  # outlines of a sharp scan are found to so much
# What a feed does to one row, 6 mm from the next, it does all across the sheet (sigmas).
_ACROSS_MM, _DOWN_MM = 60.0, 4.5
_HALF_A_NEIGHBOUR = 0.5  # weight of "nothing was missed" there
_OUT_OF_PLACE_MM = 0.12  # half of the outline's line: less hardly shows inside
_LOST_MM = 0.20  # no surface follows this paper; a flat sheet's outlines agree to 0.05 mm
_MOST_OUTLINES = 0.9  # share of them
_LEAST_SHOWN = 0.01  # darkness of a quarter that is there at all
_HELD = 3  # outlines that a fiducial is worth: it is found to a tenth of a pixel
_ONE_OUTLINE_MM = 0.35  # the band that stands for an outline; further off is something else


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the bubbles really lie."""

    offsets_mm: NDArray[np.float64]  # (n, 2): to be added to the printed centres
    largest_mm: float
    share_found: float  # of bubbles whose outline was seen
    shown: NDArray[np.float64]  # (n,) of an outline's least visible quarter, 1 on most; 0 to 1
    surface: Surface | None = None  # through the offsets; None where too few were seen

    def shifts(
        self, points_mm: NDArray[np.float64], centres_mm: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How far the paper lies from where it should anywhere, (m, 2) mm.

        Args:
            points_mm: (m, 2) on the flat page.
            centres_mm: (n, 2) the printed centres of the bubbles.
        """
        if self.surface is None:
            return np.zeros_like(points_mm)
        every = np.ones(len(centres_mm), np.bool_)
        return _followed(points_mm, centres_mm, self.offsets_mm, every, self.surface)


def settle_offsets(
    patches: Levels | Views,
    centres_mm: NDArray[np.float64],
    radius_mm: float,
    px_per_mm: float,
    shades: Shades | None = None,
    held_mm: NDArray[np.float64] | None = None,
) -> Settled:
    """Compare expected and seen outlines; smooth the differences over the sheet.

    Args:
        patches: (n, side, side) round the expected centres, or views of them: darkness, or
            grey levels and the *shades* that turn them into darkness.
        centres_mm: (n, 2) printed centres.
        radius_mm: Of the printed outline.
        px_per_mm: Of the patches.
        shades: Of this sheet.
        held_mm: (m, 2) the fiducials: there the paper lies where it is expected.
    """
    outlines = outline_offsets(patches, radius_mm, px_per_mm, shades)
    seen, clear = outlines.offsets_mm, outlines.clear
    share, shown = float(clear.mean()), _shown(outlines)
    if np.count_nonzero(clear) < 2 * TERMS:
        nothing = np.zeros_like(centres_mm)
        return Settled(nothing, 0.0, share, shown)
    surface = _surface(centres_mm, seen, clear, held_mm)
    smooth = _followed(centres_mm, centres_mm, seen, clear, surface)
    off = np.where(clear, np.hypot(*(seen - smooth).T), 0.0)
    offsets = np.clip(_snapped(smooth, seen, off), -REACH_MM, REACH_MM)
    # Where many outlines lie elsewhere still, nobody knows where the hidden ones lie.
    lost = _quantile(off[clear], _MOST_OUTLINES) > _LOST_MM
    largest = REACH_MM if lost else float(np.hypot(*offsets.T).max())
    return Settled(offsets, largest, share, shown, surface)


def _shown(outlines: Outlines) -> NDArray[np.float64]:
    """How much of each outline shows, compared with the sheet's others."""
    if not outlines.clear.any():
        return np.zeros(len(outlines.clear))
    usual = max(median(outlines.weakest[outlines.clear]), _LEAST_SHOWN)
    return np.clip(outlines.weakest / usual, 0.0, 1.0)


def _quantile(values: NDArray[np.float64], share: float) -> float:
    """As ``numpy.quantile``, for a few values a twentieth of its time."""
    ordered = np.sort(values).tolist()
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (at - low) * (ordered[high] - ordered[low]))


def _surface(
    centres_mm: NDArray[np.float64],
    seen_mm: NDArray[np.float64],
    clear: NDArray[np.bool_],
    held_mm: NDArray[np.float64] | None,
) -> Surface:
    """The surface through what was *clear*, and through nothing where the paper is held.

    Else it would leave the sheet's last rows as steeply as a slip between two others made it.
    """
    if held_mm is not None:
        held = np.tile(held_mm, (_HELD, 1))
        centres_mm = np.concatenate([centres_mm, held])
        seen_mm = np.concatenate([seen_mm, np.zeros_like(held)])
        clear = np.concatenate([clear, np.ones(len(held), np.bool_)])
    return fit_surface(centres_mm, seen_mm, which=clear, least_spread=_LEAST_SPREAD_MM)


def _followed(
    wanted_mm: NDArray[np.float64],
    at_mm: NDArray[np.float64],
    seen_mm: NDArray[np.float64],
    clear: NDArray[np.bool_],
    surface: Surface,
) -> NDArray[np.float64]:
    """The offsets of *wanted_mm*, (m, 2) mm, by the surface and by what was *clear* (n,).

    Feed slips and creases move a row or a few together, which six terms cannot follow.
    """
    return followed(
        surface,
        wanted_mm,
        at_mm,
        seen_mm,
        which=clear,
        reaches_mm=((_ACROSS_MM, _DOWN_MM), (_DOWN_MM, _ACROSS_MM)),
        nothing=_HALF_A_NEIGHBOUR,
        most=_ONE_OUTLINE_MM,
    )


def _snapped(
    smooth: NDArray[np.float64], seen: NDArray[np.float64], off_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Offsets with those of blank bubbles moved to their own outline where it lies elsewhere.

    Else the outline would come inside the bubble and pass for ink. What lies further off
    than an outline ever does is something else: a ring drawn by hand, a printed word.
    """
    own = (off_mm > _OUT_OF_PLACE_MM) & (off_mm < _ONE_OUTLINE_MM)
    return np.where(own[:, None], seen, smooth)
