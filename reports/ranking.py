"""Places of units: only among those with enough answers, by the lower end of the interval.

The lower end rather than the share itself, so that a few happy people do not beat
hundreds. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.measures import LEAST_TO_RANK
from reports.results import Group, Ranked


def ranked(groups: Sequence[Group], least: int = LEAST_TO_RANK) -> tuple[Ranked, ...]:
    """*groups* by place, then those that get none, in their given order.

    Args:
        groups: Each with figures that may be shown.
        least: Answers to the overall rating that a group needs for a place, 1 or more.
    """
    lows = {
        group.key: interval.low
        for group in groups
        if (group.figures.overall.n or 0) >= least
        and (interval := group.figures.share_interval) is not None
    }
    ordered = sorted((g for g in groups if g.key in lows), key=lambda g: -lows[g.key])
    better = [sum(low > lows[group.key] for low in lows.values()) for group in ordered]
    return (
        *(Ranked(group, above + 1) for group, above in zip(ordered, better, strict=True)),
        *(Ranked(group, None) for group in groups if group.key not in lows),
    )
