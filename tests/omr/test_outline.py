from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pytest
from make_layout import make_layout
from numpy.typing import NDArray

from omr.outline import REACH_MM, Settled, settle_offsets
from omr.scoring import HALF_SIDE_MM, PX_PER_MM, bubbles_of

Array = NDArray[np.float64]
RADIUS_MM, LINE_MM = 2.25, 0.25
CENTRES = np.array([[b.centre.x_mm, b.centre.y_mm] for _q, b in bubbles_of(make_layout())])
Field = Callable[[Array], Array]


def _still(at: Array) -> Array:
    return np.zeros_like(at)


def _shifted(at: Array) -> Array:
    return np.tile(np.array([0.42, -0.31]), (len(at), 1))


def _stretched(at: Array) -> Array:
    x, y = (at - at.mean(axis=0)).T
    return np.stack([0.002 * x, 0.012 * y], axis=1)


def _turned(at: Array) -> Array:
    x, y = (at - at.mean(axis=0)).T
    return np.stack([-0.008 * y, 0.008 * x], axis=1)


def _bowed(at: Array) -> Array:
    x, y = (at - at.mean(axis=0)).T
    return np.stack([0.5 * (y / 60) ** 2, 0.3 * (x / 25) ** 2 - 0.2], axis=1)


def _slipped(at: Array) -> Array:
    """A feed that slips by 0.35 mm over the length of the sheet, smoothly."""
    y = at[:, 1]
    return np.stack([0 * y, 0.35 * (y - y.min()) / np.ptp(y)], axis=1)


def _grey(distance: Array, half_width: float) -> Array:
    """1 within *half_width* of zero, with an edge as soft as a scanner's (0.1 mm)."""
    return np.clip((half_width - np.abs(distance)) / 0.1 + 0.5, 0, 1)


def _patches(
    offsets: Array,
    *,
    level: float = 0.55,
    filled: tuple[int, ...] = (),
    hidden: tuple[int, ...] = (),
    noise: float = 0.02,
) -> NDArray[np.float32]:
    """What lies round the expected centres when the bubbles lie *offsets* (n, 2) mm off."""
    side = round(2 * HALF_SIDE_MM * PX_PER_MM) + 1
    steps = (np.arange(side) - side // 2) / PX_PER_MM
    gx, gy = np.meshgrid(steps, steps)
    rng = np.random.default_rng(7)
    patches = np.empty((len(offsets), side, side), np.float32)
    for n, (dx, dy) in enumerate(offsets):
        distance = np.hypot(gx - dx, gy - dy)
        seen = level * _grey(distance - RADIUS_MM, LINE_MM / 2)
        if n in hidden:
            seen *= 0
        if n in filled:  # by hand: off the middle and beyond the outline
            ink = np.hypot((gx - dx - 0.3) / 1.15, gy - dy + 0.2)
            seen = np.maximum(seen, 0.8 * _grey(ink, RADIUS_MM + 0.1))
        patches[n] = seen + rng.normal(0, noise, seen.shape)
    return patches


@functools.cache
def _settled(field: Field, filled: tuple[int, ...] = (), hidden: tuple[int, ...] = ()) -> Settled:
    patches = _patches(field(CENTRES), filled=filled, hidden=hidden)
    return settle_offsets(patches, CENTRES, RADIUS_MM, PX_PER_MM)


def _worst(settled: Settled, field: Field) -> float:
    return float(np.hypot(*(settled.offsets_mm - field(CENTRES)).T).max())


FIELDS = [_still, _shifted, _stretched, _turned, _bowed, _slipped]
MARKED = tuple(range(0, len(CENTRES), 5))  # one bubble of every row


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.__name__.strip("_"))
def test_how_the_paper_lies_is_found_to_a_tenth_of_a_millimetre(field: Field) -> None:
    settled = _settled(field)

    assert _worst(settled, field) < 0.1
    assert settled.share_found > 0.95
    assert settled.shown.min() > 0.6


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.__name__.strip("_"))
def test_filled_bubbles_neither_disturb_nor_are_left_behind(field: Field) -> None:
    settled = _settled(field, filled=MARKED)

    assert _worst(settled, field) < 0.1
    assert 0.7 < settled.share_found <= 0.82  # a filled bubble's outline cannot be seen


@pytest.mark.parametrize("field", [_shifted, _bowed], ids=lambda f: f.__name__.strip("_"))
def test_half_of_the_outlines_are_enough(field: Field) -> None:
    settled = _settled(field, hidden=tuple(range(1, len(CENTRES), 2)))

    assert _worst(settled, field) < 0.12
    assert settled.share_found == pytest.approx(0.5, abs=0.05)
    assert settled.shown[1::2].max() < 0.3
    assert settled.shown[::2].min() > 0.8


def _jerked(at: Array) -> Array:
    """A feed that slips by 0.4 mm between two rows, and is right again by the last one."""
    y = at[:, 1]
    first, last = y.min(), y.max()
    gone = np.clip((y - (first + 0.3 * (last - first))) / 6.0, 0, 1)
    return np.stack([0 * y, 0.4 * gone * np.clip((last - y) / 8.0, 0, 1)], axis=1)


def _fed_sideways(at: Array) -> Array:
    x = at[:, 0]
    return np.stack([0.25 * np.sin((x - x.min()) / 9.0), 0 * x], axis=1)


def _wavering(at: Array) -> Array:
    """What a feed did to one sheet: it falls back by 0.4 mm within the last rows."""
    y = (at[:, 1] - at[:, 1].min()) / np.ptp(at[:, 1])
    known = (0, 0.1, 0.3, 0.4, 0.6, 0.72, 0.8, 0.9, 0.95, 1.0, 1.2)
    return np.stack(
        [0 * y, np.interp(y, known, (0.12, 0.2, 0.09, 0.05, 0.22, 0.31, 0.3, 0.22, 0.08, -0.1, 0))],
        axis=1,
    )


CORNERS = np.array([(x, y) for x in (11.5, 136.5) for y in (11.5, CENTRES[:, 1].max() + 25)])
ACROSS = tuple(5 * row + row % 5 for row in range(len(CENTRES) // 5))


@pytest.mark.parametrize(
    "field", [_jerked, _fed_sideways, _wavering], ids=["down", "sideways", "wavering"]
)
def test_rows_and_columns_are_followed_where_the_feed_slips(field: Field) -> None:
    patches = _patches(field(CENTRES), filled=ACROSS)
    settled = settle_offsets(patches, CENTRES, RADIUS_MM, PX_PER_MM, held_mm=CORNERS)

    assert _worst(settled, field) < 0.12


def test_the_fiducials_hold_the_last_row_where_the_feed_fell_back() -> None:
    last = CENTRES[:, 1] > CENTRES[:, 1].max() - 1
    marked = {*ACROSS, *np.flatnonzero(last).tolist()}
    patches = _patches(_wavering(CENTRES), filled=tuple(marked))  # all of the last row as well
    free = settle_offsets(patches, CENTRES, RADIUS_MM, PX_PER_MM)
    held = settle_offsets(patches, CENTRES, RADIUS_MM, PX_PER_MM, held_mm=CORNERS)

    off, off_held = (np.abs(each.offsets_mm[last, 1] + 0.1).max() for each in (free, held))
    assert off > 0.4
    assert off_held < 0.33


@pytest.mark.parametrize("level", [0.2, 0.4, 1.0])
def test_pale_and_dark_outlines_are_found(level: float) -> None:
    patches = _patches(_shifted(CENTRES), level=level, noise=0.03)
    settled = settle_offsets(patches, CENTRES, RADIUS_MM, PX_PER_MM)

    assert _worst(settled, _shifted) < 0.1


def test_the_largest_shift_is_told() -> None:
    assert _settled(_still).largest_mm < 0.05
    assert _settled(_shifted).largest_mm == pytest.approx(np.hypot(0.42, 0.31), abs=0.05)


def test_a_few_outlines_that_are_something_else_do_not_bend_the_sheet() -> None:
    offsets = _bowed(CENTRES)
    wrong = offsets.copy()
    wrong[::9] += np.array([0.3, 0.5])  # a pen's circle beside every ninth outline
    settled = settle_offsets(_patches(wrong), CENTRES, RADIUS_MM, PX_PER_MM)

    assert float(np.hypot(*(settled.offsets_mm - offsets).T).max()) < 0.1


@pytest.mark.parametrize(
    "patches",
    [
        np.zeros((len(CENTRES), 65, 65), np.float32),
        np.ones((len(CENTRES), 65, 65), np.float32),
        np.random.default_rng(3).normal(0, 0.05, (len(CENTRES), 65, 65)).astype(np.float32),
    ],
    ids=["blank paper", "all black", "noise"],
)
def test_where_no_outline_can_be_seen_nothing_is_moved(patches: NDArray[np.float32]) -> None:
    settled = settle_offsets(patches, CENTRES, RADIUS_MM, PX_PER_MM)

    assert not settled.offsets_mm.any()
    assert settled.offsets_mm.shape == CENTRES.shape
    assert settled.largest_mm == 0
    assert settled.share_found < 0.2


@pytest.mark.parametrize("seen", [0, 3, 11])
def test_a_handful_of_outlines_moves_nothing(seen: int) -> None:
    settled = _settled(_shifted, hidden=tuple(range(seen, len(CENTRES))))

    assert not settled.offsets_mm.any()


def test_an_outline_beyond_reach_is_not_said_to_be_seen() -> None:
    far = np.full_like(CENTRES, 0.0) + np.array([REACH_MM + 0.3, 0.0])
    settled = settle_offsets(_patches(far), CENTRES, RADIUS_MM, PX_PER_MM)

    assert settled.share_found < 0.2


def test_no_bubble_is_moved_farther_than_outlines_are_looked_for() -> None:
    steep = (CENTRES - CENTRES.mean(axis=0)) * 0.03
    settled = settle_offsets(_patches(steep), CENTRES, RADIUS_MM, PX_PER_MM)

    assert np.abs(settled.offsets_mm).max() <= REACH_MM


def test_the_patches_that_were_given_are_not_changed() -> None:
    patches = _patches(_shifted(CENTRES))
    before = patches.copy()
    settle_offsets(patches, CENTRES, RADIUS_MM, PX_PER_MM)

    assert np.array_equal(patches, before)
