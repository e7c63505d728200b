"""Made-up figures: from a number of people and how content they were, by simple rules."""

from __future__ import annotations

from collections.abc import Iterable

from reports.figures import FACTORS, NO_FIGURES, Figures, Levels, Visits
from reports.responses import Channel


def some_levels(size: int, quality: int) -> Levels:
    """*size* answers, the better the higher *quality* (1 to 9)."""
    blank, invalid = size // 60, size // 400
    left = size - blank - invalid
    n1 = left * (10 - quality) // 600
    n2 = left * (10 - quality) // 250
    n3 = left * (10 - quality) // 90
    n5 = (left - n1 - n2 - n3) * (quality + 1) // 18
    return Levels.of(n5, left - n1 - n2 - n3 - n5, n3, n2, n1, blank=blank, invalid=invalid)


def some_figures(size: int, quality: int, *, only: Channel | None = None) -> Figures:
    """What *size* people said, all of them through one channel with *only*."""
    electronic = size * 3 // 10
    if only is not None:
        electronic = size if only is Channel.ELECTRONIC else 0
    factors = {
        factor: some_levels(size * (2 if factor != "E" else 1), max(1, quality - more))
        for factor, more in zip(FACTORS, (0, 2, 1, 3, 4), strict=True)
    }
    visits = None
    if size > 50 and only is None:
        counter = size if size == 96 else size * 100 // (55 + 4 * quality)
        visits = Visits(counter - 40 * (size == 96), size // 3, size - electronic)
    return Figures(
        responses=size,
        paper=size - electronic,
        electronic=electronic,
        overall=some_levels(size, quality),
        rated=_added(factors.values()),
        factors=factors,
        fully=(size * quality // 12, size),
        visits=visits,
    )


def _added(parts: Iterable[Levels]) -> Levels:
    every = [
        (*(each or 0 for each in part.counts), part.blank or 0, part.invalid or 0) for part in parts
    ]
    *levels, blank, invalid = [sum(column) for column in zip(*every, strict=True)] or [0] * 7
    return Levels.of(*levels, blank=blank, invalid=invalid)


def sum_figures(parts: Iterable[Figures]) -> Figures:
    """What all of them said together."""
    every = list(parts)
    if not every:
        return NO_FIGURES
    known = [figures.visits for figures in every if figures.visits is not None]
    return Figures(
        responses=sum(each.responses or 0 for each in every),
        paper=sum(each.paper or 0 for each in every),
        electronic=sum(each.electronic or 0 for each in every),
        overall=_added(each.overall for each in every),
        rated=_added(each.rated for each in every),
        factors={f: _added(each.factors[f] for each in every) for f in FACTORS},
        fully=(
            sum(each.fully[0] for each in every if each.fully),
            sum(each.fully[1] for each in every if each.fully),
        ),
        visits=Visits(
            sum(each.counter for each in known),
            sum(each.online for each in known),
            sum(each.answered for each in known),
            complete=len(known) == len(every),
        )
        if known
        else None,
    )
