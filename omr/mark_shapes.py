"""Shapes that ink in one bubble can have, whatever the rest of its sheet looks like (pure)."""

from __future__ import annotations

from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds


def is_stroke(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether there is a stroke as long as a mark in a bubble, however light."""
    t = thresholds
    long = bubble.extent >= t.kneed and bubble.darkness >= t.stroke
    dash = bubble.straight > 0 and bubble.bend < t.bend and bubble.leaves < t.enters
    deep = dash or bubble.depth >= t.deep  # no end that hangs down from another row
    return long and deep and bubble.coverage > t.least and bubble.share >= t.own


def comes_up(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether this is the arm of a tick whose knee lies below the bubble, at the next row's."""
    t = thresholds
    straight = bubble.straight > 0 and bubble.bend < t.bend_long
    return straight and bubble.below > 0 and bubble.leaves >= t.goes_on and bubble.home < t.own


def ends_here(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a light stroke is seen whole: none that goes on under print without a knee."""
    t = thresholds
    kneed = bubble.bend >= t.bend if bubble.straight > 0 else bubble.extent >= t.kneed
    begins = bubble.hidden == 0 and bubble.home >= t.begun and bubble.length <= t.length
    return bubble.cut == 0 or kneed or begins


def hangs_down(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether most of a stroke lies above, in another bubble too, and does not reach the middle."""
    t = thresholds
    end = bubble.share < 1 and bubble.home < t.hanging and bubble.coverage < t.half_full
    return end and bubble.depth < t.middle and not is_edged(bubble, t)


def is_dot(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a pen was put down here on purpose: larger than where one rests."""
    t = thresholds
    return (
        bubble.extent >= t.dot
        and bubble.darkness >= t.dot_darkness
        and bubble.coverage >= t.dot_coverage
        and bubble.peak >= t.dot_peak
        and bubble.share >= t.own
    )


def is_edged(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a pen's stroke, a tick mostly, lies across this bubble's outline and no other's."""
    t = thresholds
    return (
        bubble.share >= t.alone
        and bubble.home >= t.edged_home
        and bubble.coverage >= t.edged_coverage
        and bubble.peak >= t.edged_peak
        and bubble.zone >= t.edged_zone
        and t.edged_length <= bubble.length <= t.length
        and bubble.hidden == 0
        and (bubble.straight == 0 or bubble.bend >= t.bend)
    )


def winds(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a bent line comes in above and leaves below, as no tick does, and goes on.

    A tick's knee lies in its bubble: both its arms go up, and it ends within ten millimetres.
    """
    t = thresholds
    thin = bubble.straight == 0 and bubble.coverage < t.half_full
    two_ends = bubble.share >= t.alone and 0 < bubble.arms < t.half_arms
    far = bubble.length > t.winds or (bubble.cut > 0 and bubble.length > t.winds_cut)
    return thin and two_ends and far and bubble.depth >= t.through


def is_part(bubble: BubbleMeasure, thresholds: Thresholds) -> bool:
    """Whether a stroke goes under print and is thin, or lies mostly outside its bubble."""
    t = thresholds
    outside = bubble.home < t.begun and bubble.coverage < t.half_full
    return bubble.cut > 0 and (outside or bubble.coverage < t.broad)
