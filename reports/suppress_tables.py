"""The tables in which small counts are protected: places by rating, questions by answer. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from reports.groups import GroupMaker
from reports.responses import Channel
from reports.results import GroupKind, QuestionLevels, QuestionOptions
from reports.rollup import SLOTS
from reports.twin_worlds import Move, Place, Planner, Shown

LEVELS = ("n5", "n4", "n3", "n2", "n1", "blank", "invalid")  # the slots, named as in Levels
ANSWERED = "answered"
# Responses without a level: never printed where it is small, and then no difference of two
# numbers that are printed may give it.
UNRATED = "unrated"
RESPONSES = "responses"  # the number without which nothing of a group is shown
CITY_ROW = ""  # all domains together
_SATISFIED = (1, 1, 0, 0, 0, 0, 0)
_N = (1, 1, 1, 1, 1, 0, 0)
_POINTS = (5, 4, 3, 2, 1, 0, 0)
_UNRATED = (0, 0, 0, 0, 0, 1, 1)
# Within a class a move changes neither the share of satisfied people nor who answered.
_CLASSES = ((0, 1), (2, 3, 4), (5, 6))
_WIDTH = SLOTS + 1  # one more column: people of whom no overall rating is known
_CHANNELS = (Channel.PAPER, Channel.ELECTRONIC)
_WEIGHTS = {
    GroupKind.UNIT_DOMAIN: 1,
    GroupKind.UNIT: 3,
    GroupKind.CITY: 60,
}
# A share of satisfied people is missed most, then how many answered at all.
_PRICES = {RESPONSES: 6, "n": 10, "satisfied": 10}
_WIDE = 15  # weight of sections, domains and the like


def place_planner(maker: GroupMaker, least: int) -> Planner:
    """Every group of a month, by overall rating and channel."""
    table: dict[Place, list[int]] = {}
    for place in maker.structure.places:
        row: list[int] = []
        for channel in _CHANNELS:
            sums = maker.now.sums.get((*place, channel))
            overall = sums.overall if sums else [0] * SLOTS
            row += [*overall, (sums.responses if sums else 0) - sum(overall)]
        table[place] = row
    shown: dict[Hashable, Shown] = {}
    for (kind, key), scope in maker.scopes.items():
        places = frozenset(place for place in table if scope.covers(*place))
        weight = _WEIGHTS.get(kind, _WIDE)
        channels = _CHANNELS if scope.channel is None else (scope.channel,)
        shown[kind, key] = Shown(places, _place_stats(channels), weight)
        known = frozenset(place for place in places if maker.places[place].known)
        if scope.channel is None and known:
            paper = _over_channels((1,) * _WIDTH, (Channel.PAPER,))
            shown[ANSWERED, kind, key] = Shown(known, {ANSWERED: paper}, weight)
    return Planner(
        table,
        shown,
        _place_moves(),
        whole=RESPONSES,
        counts=frozenset(
            {*LEVELS, UNRATED, "n", "satisfied", "paper", "electronic", RESPONSES, ANSWERED}
        ),
        least=least,
        prices=_PRICES,
        core=frozenset({RESPONSES, "n"}),
    )


def question_planner(rows: Sequence[QuestionLevels], least: int) -> Planner:
    """One rated question: domains by level.

    Args:
        rows: Of one question; that of all domains together is left to the planner.
        least: The smallest count that may be shown.
    """
    table = {
        (CITY_ROW, row.domain): [getattr(row.levels, name) or 0 for name in LEVELS]
        for row in rows
        if row.domain != CITY_ROW
    }
    stats = _level_stats() | {RESPONSES: (1,) * SLOTS}
    counts = frozenset({*LEVELS, UNRATED, "n", "satisfied", RESPONSES})
    return Planner(
        table,
        _rows(table, stats),
        _level_moves(),
        whole=RESPONSES,
        counts=counts,
        least=least,
        prices=_PRICES,
    )


def options_planner(rows: Sequence[QuestionOptions], least: int) -> Planner:
    """One other question: domains by option, and blank as the last column."""
    options = option_order(rows)
    table = {
        (CITY_ROW, row.domain): [*_by_option(row, options), row.blank or 0]
        for row in rows
        if row.domain != CITY_ROW
    }
    width = len(options) + 1
    stats = {name: _one(place, width) for place, name in enumerate((*options, "blank"))}
    # With several answers a person, people are no sum of answers; domains with few are withheld.
    several = any(row.several for row in rows)
    stats[RESPONSES] = (0 if several else 1,) * width
    moves = [
        Move({one: -1, other: 1}, dear=other == width - 1)
        for one in range(width)
        for other in range(one + 1, width)
    ] + [Move({one: -1}, dear=True) for one in range(width)]
    return Planner(
        table,
        _rows(table, stats),
        moves,
        whole=RESPONSES,
        counts=frozenset(stats),
        least=least,
        prices=_PRICES,
    )


def option_order(rows: Sequence[QuestionOptions]) -> tuple[str, ...]:
    """Every option of a question in all of its rows."""
    return tuple(dict.fromkeys(each.option for row in rows for each in row.options))


def _by_option(row: QuestionOptions, options: Sequence[str]) -> list[int]:
    counts = {each.option: each.count or 0 for each in row.options}
    return [counts.get(option, 0) for option in options]


def _rows(
    table: Mapping[Place, object], stats: Mapping[str, tuple[int, ...]]
) -> dict[Hashable, Shown]:
    found: dict[Hashable, Shown] = {place[1]: Shown(frozenset({place}), stats) for place in table}
    return found | {CITY_ROW: Shown(frozenset(table), stats, _WIDE)}


def _one(place: int, width: int) -> tuple[int, ...]:
    return tuple(int(place == each) for each in range(width))


def _level_stats() -> dict[str, tuple[int, ...]]:
    single = {name: _one(slot, SLOTS) for slot, name in enumerate(LEVELS)}
    return single | {"n": _N, "satisfied": _SATISFIED, "points": _POINTS} | {UNRATED: _UNRATED}


def _place_stats(channels: Sequence[Channel]) -> dict[str, tuple[int, ...]]:
    found = {
        # Who was not asked has no level either.
        name: _over_channels((*factors, int(name == UNRATED)), channels)
        for name, factors in _level_stats().items()
    }
    every = (1,) * _WIDTH
    if len(channels) > 1:
        found["paper"] = _over_channels(every, (Channel.PAPER,))
        found["electronic"] = _over_channels(every, (Channel.ELECTRONIC,))
    return found | {RESPONSES: _over_channels(every, channels)}


def _over_channels(factors: Sequence[int], channels: Sequence[Channel]) -> tuple[int, ...]:
    return tuple(
        factor if channel in channels else 0 for channel in _CHANNELS for factor in factors
    )


def _level_moves() -> list[Move]:
    pairs = [(one, other) for one in range(SLOTS) for other in range(one + 1, SLOTS)]
    return [
        Move(
            {one: -1, other: 1},
            dear=not any(one in group and other in group for group in _CLASSES),
        )
        for one, other in pairs
    ] + [Move({one: -1}, dear=True) for one in range(SLOTS)]


def _place_moves() -> list[Move]:
    shifted = [
        Move({slot + start: by for slot, by in move.columns.items()}, move.dear)
        for start in (0, _WIDTH)
        for move in _level_moves()
    ]
    unknown = [Move({start + SLOTS: -1}, dear=True) for start in (0, _WIDTH)]
    between = [Move({slot: -1, slot + _WIDTH: 1}) for slot in range(_WIDTH)]
    return shifted + unknown + between
