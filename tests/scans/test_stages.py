from __future__ import annotations

import pickle
from dataclasses import replace

from make_keys import verifier_of
from make_layout import make_layout

from omr.geometry import PagePoint
from omr.layout import Layout
from omr.thresholds import Thresholds
from scans.stages import ReadingContext


def _context(*layouts: Layout) -> ReadingContext:
    by_digits = {layout.layout_id[:6]: layout for layout in layouts}
    return ReadingContext(verifier_of({1: b"x" * 32}), by_digits, {}, Thresholds())


def _moved(layout: Layout) -> Layout:
    """Another arrangement of fiducials."""
    first, *others = layout.fiducials
    centre = PagePoint(first.centre.x_mm + 1, first.centre.y_mm)
    return replace(layout, fiducials=(replace(first, centre=centre), *others))


def test_every_layouts_whole_id_is_at_hand() -> None:
    old, new = make_layout(), replace(make_layout(), wording="other words")

    context = _context(old, new)

    assert context.layout_ids == {layout.layout_id[:6]: layout.layout_id for layout in (old, new)}


def test_each_arrangement_of_fiducials_is_there_once_the_newest_first() -> None:
    old = make_layout()
    reworded, moved = replace(old, wording="other words"), _moved(old)

    frames = _context(old, reworded, moved).frames

    assert [layout.frame for layout in frames] == [moved.frame, old.frame]


def test_a_context_with_other_layouts_knows_their_ids() -> None:
    new = _moved(make_layout())

    context = replace(_context(make_layout()), layouts={new.layout_id[:6]: new})

    assert list(context.layout_ids.values()) == [new.layout_id]
    assert context.frames == (new,)


def test_a_worker_gets_all_of_it() -> None:
    context = _context(make_layout(), _moved(make_layout()))

    there = pickle.loads(pickle.dumps(context))  # noqa: S301 - our own bytes

    assert there.frames == context.frames
    assert there.layout_ids == context.layout_ids
