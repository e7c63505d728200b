"""What holds for every bubble, however it looks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from make_measures import SHARES, bubble, filled

from omr.mark_rules import (
    ALONE,
    Sheet,
    comes_from_elsewhere,
    judge_bubble,
)
from omr.marks import Mark
from omr.thresholds import Thresholds

T = Thresholds()
ORDER = [Mark.BLANK, Mark.MARGINAL, Mark.MARKED]

LOOKS = st.fixed_dictionaries({name: st.floats(0, 1) for name in SHARES}).map(
    lambda looks: looks | {"straight": float(looks["straight"] > 0.5)}
)


@given(LOOKS, st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.02))
def test_darker_ink_never_makes_a_bubble_less_marked(
    looks: dict[str, float], one: float, other: float, floor: float
) -> None:
    # All else equal: where the ink lies, and what it hangs together with, is not darkness.
    light, dark = sorted((one, other))
    marks = [
        judge_bubble(bubble(darkness=d, **looks), T, Sheet(floor=floor))[0] for d in (light, dark)
    ]

    assert ORDER.index(marks[0]) <= ORDER.index(marks[1])


@given(LOOKS, st.floats(0, 1))
def test_a_bubble_is_marginal_exactly_when_a_reason_is_given(
    looks: dict[str, float], darkness: float
) -> None:
    mark, reason = judge_bubble(bubble(darkness=darkness, **looks), T)

    assert (mark is Mark.MARGINAL) == (reason is not None)


@given(LOOKS, st.floats(0, 1))
def test_what_comes_from_elsewhere_is_never_silently_a_mark(
    looks: dict[str, float], darkness: float
) -> None:
    seen = bubble(darkness=darkness, **looks)

    assert not comes_from_elsewhere(seen, T) or judge_bubble(seen, T)[0] is not Mark.MARKED


@given(st.floats(0.2, 1), st.floats(0.3, 1), st.floats(0.5, 1), st.floats(0.6, 1))
def test_a_bubble_well_filled_by_a_pen_is_always_a_mark(
    darkness: float, coverage: float, peak: float, housed: float
) -> None:
    own = filled(darkness=darkness, coverage=coverage, peak=peak, housed=housed, home=housed)

    assert judge_bubble(own, T) == (Mark.MARKED, None)


@given(LOOKS, st.floats(0, 1), st.integers(0, 30))
def test_more_marks_of_the_same_pen_never_make_one_less_certain(
    looks: dict[str, float], darkness: float, more: int
) -> None:
    seen = bubble(darkness=darkness, **looks)
    alone = judge_bubble(seen, T, ALONE)[0]
    among = judge_bubble(seen, T, Sheet(peaks=(seen.peak,) * more, dashes=(seen.length,) * more))[0]

    assert ORDER.index(alone) <= ORDER.index(among)
