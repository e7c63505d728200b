"""What leaves the office holds no small count, and none can be worked out from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_city import City, no_stock, plain_settings

from omr.survey_file import shipped_survey
from omr.units import UnitCatalogue
from reports.counts import BLANK, INVALID, GroupCounts, GroupKey, Ratings, count
from reports.figures import Levels
from reports.month import MonthInputs, maker_of, month_results
from reports.responses import Channel
from reports.results import Group, MonthResults, Note
from reports.suppress_tables import place_planner
from reports.twin_worlds import Cell, Move, Place, Planner, Shown

SURVEY = shipped_survey()
CITY = City(seed=3, units=4, months=1, people=0)
LEAST = 5
OPTIONS = ("r5", "r4", "r3", "r2", "r1", BLANK, INVALID)
NAMES = ("n5", "n4", "n3", "n2", "n1", "blank", "invalid", "n", "satisfied", "points")
PLACES = [(unit.code, d) for unit in CITY.catalogue.units for d in unit.domains]
_WIDTH = 8  # columns per channel in the table of places

Table = dict[tuple[str, str, Channel], list[int]]


def inputs_of(table: Mapping[tuple[str, str, Channel], list[int]]) -> MonthInputs:
    """A month in which only the overall rating was asked."""
    counts = {}
    for (unit, domain, channel), people in table.items():
        if sum(people):
            said = {"t0": dict(zip(OPTIONS, people, strict=True))}
            key = GroupKey(unit, domain, channel, str(CITY.newest))
            total = sum(people)
            counts[key] = GroupCounts(total, 0, 0, (0, 0), said, {"t0": total})
    return MonthInputs(
        period=CITY.newest,
        counts=counts,
        surveys=[SURVEY],
        units=CITY.catalogue,
        settings=plain_settings(),
        stock=no_stock(CITY.newest),
    )


def groups(results: MonthResults) -> Iterator[Group]:
    yield results.city
    for some in (
        results.by_section,
        results.by_parent,
        results.by_unit,
        results.by_domain,
        results.by_rollup,
        results.by_channel,
        results.by_unit_domain,
    ):
        yield from some


def level_numbers(levels: Levels) -> dict[str, int | None]:
    return {name: getattr(levels, name) for name in NAMES}


def numbers(results: MonthResults) -> dict[tuple[object, ...], int | None]:
    """Every count of people in tables of groups, by where it stands."""
    found: dict[tuple[object, ...], int | None] = {}
    for group in groups(results):
        figures = group.figures
        counts = level_numbers(figures.overall) | {
            "responses": figures.responses,
            "paper": figures.paper,
            "electronic": figures.electronic,
            "answered": figures.visits.answered if figures.visits else None,
        }
        for name, number in counts.items():
            found[group.kind, group.key, name] = number
    for row in results.questions:
        for name, number in level_numbers(row.levels).items():
            found[row.question, row.domain, name] = number
    return found


def difference(
    numbers: Mapping[tuple[object, ...], int | None], *names: tuple[object, ...]
) -> int | None:
    """What readers get by subtraction; None where one number is not shown."""
    one, other = (numbers.get(name) for name in names)
    return None if one is None or other is None else one - other


@st.composite
def tables(draw: st.DrawFn) -> Table:
    small = st.sampled_from([0, 0, 0, 1, 2, 3, 4, 6, 9, 30])
    return {
        (*place, channel): draw(st.lists(small, min_size=7, max_size=7))
        if draw(st.booleans())
        else [0] * 7
        for place in PLACES
        for channel in Channel
    }


@settings(max_examples=25, deadline=None)
@given(table=tables())
def test_nothing_small_is_shown_and_what_is_shown_is_true(table: Table) -> None:
    inputs = inputs_of(table)
    whole, shown = numbers(month_results(inputs)), numbers(month_results(inputs, outside=True))
    assert whole.keys() == shown.keys()
    for name, number in shown.items():
        assert number is None or number == whole[name]
        if name[-1] != "points":
            assert number is None or not 0 < number < LEAST, name
    for *group, name in shown:
        if name == "n":
            unrated = difference(shown, (*group, "responses"), (*group, "n"))
            assert unrated is None or not 0 < unrated < LEAST, group


@settings(max_examples=15, deadline=None)
@given(table=tables())
def test_for_each_small_count_another_month_agrees_with_all_that_is_shown(table: Table) -> None:
    """The proof that nothing can be worked out: a reader cannot tell the two months apart."""
    inputs = inputs_of(table)
    shown = numbers(month_results(inputs, outside=True))
    plan = place_planner(maker_of(inputs), LEAST).plan()
    tellable = {key: number for key, number in shown.items() if number is not None}
    assert plan.twins.keys() == plan.small
    for twin_number, (cell, twin) in enumerate(sorted(plan.twins.items(), key=repr)):
        if twin_number % 4:  # each rebuilds a month
            continue
        other = {key: list(people) for key, people in table.items()}
        unasked = 0
        for ((unit, domain), column), by in twin.changes().items():
            channel = list(Channel)[column // _WIDTH]
            if column % _WIDTH == _WIDTH - 1:
                unasked += by
            else:
                other[unit, domain, channel][column % _WIDTH] += by
        assert not unasked
        assert all(people >= 0 for row in other.values() for people in row)
        twin_numbers = numbers(month_results(inputs_of(other)))
        assert {key: twin_numbers[key] for key in tellable} == tellable
        group, name = cell
        assert isinstance(group, tuple)
        if group[0] != "answered":
            key = (*group, name)
            assert twin_numbers[key] != numbers(month_results(inputs))[key]


def two_way(rows: list[list[int]]) -> tuple[dict[Place, list[int]], dict[object, Shown]]:
    """A table with margins, as a planner takes it."""
    table = {(f"u{r}", f"d{c}"): [n] for r, row in enumerate(rows) for c, n in enumerate(row)}
    stats = {"people": (1,)}
    shown: dict[object, Shown] = {place: Shown(frozenset({place}), stats) for place in table}
    for side in (0, 1):
        for name in {place[side] for place in table}:
            there = frozenset(place for place in table if place[side] == name)
            shown["sum", name] = Shown(there, stats, 4)
    shown["sum"] = Shown(frozenset(table), stats, 20)
    return table, shown


def attacker_bounds(
    table: dict[Place, list[int]], shown: dict[object, Shown], hidden: set[Cell]
) -> dict[Place, tuple[int, int]]:
    """What follows from all that is shown, by narrowing bounds until nothing changes."""
    low = dict.fromkeys(table, 0)
    high = {place: sum(n for [n] in table.values()) for place in table}
    known = [
        (group.places, sum(table[place][0] for place in group.places))
        for name, group in shown.items()
        if (name, "people") not in hidden
    ]
    while True:
        before = (dict(low), dict(high))
        for places, total in known:
            for place in places:
                others = places - {place}
                low[place] = max(low[place], total - sum(high[p] for p in others))
                high[place] = min(high[place], total - sum(low[p] for p in others))
        if before == (low, high):
            return {place: (low[place], high[place]) for place in table}


@settings(max_examples=150, deadline=None)
@given(
    rows=st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=4
        )
    )
)
def test_subtraction_in_a_table_with_margins_pins_no_small_cell(rows: list[list[int]]) -> None:
    table, shown = two_way(rows)
    plan = Planner(
        table,
        shown,
        [Move({0: -1})],
        whole="people",
        counts=frozenset({"people"}),
        least=LEAST,
        prices={},
    ).plan()
    bounds = attacker_bounds(table, shown, plan.hidden)
    for place, [n] in table.items():
        low, high = bounds[place]
        assert low <= n <= high
        if 0 < n < LEAST:
            assert low < high
    for cell, twin in plan.twins.items():
        changes = twin.changes()
        for name, group in shown.items():
            moved = sum(by for (place, _), by in changes.items() if place in group.places)
            assert not moved or (name, "people") in plan.hidden
            if name == cell[0]:
                assert moved


def test_a_table_without_small_counts_is_shown_whole() -> None:
    table, shown = two_way([[5, 0], [12, 7]])
    plan = Planner(
        table,
        shown,
        [Move({0: -1})],
        whole="people",
        counts=frozenset({"people"}),
        least=LEAST,
        prices={},
    ).plan()
    assert not plan.hidden


@pytest.fixture(scope="module")
def both() -> tuple[MonthResults, MonthResults]:
    city = City(seed=8, units=12, months=3, people=1500)
    ratings = Ratings.of([SURVEY])
    counts = {str(p): count(city.responses(p), ratings) for p in city.periods}
    inputs = MonthInputs(
        period=city.newest,
        counts=counts[str(city.newest)],
        surveys=[SURVEY],
        units=city.catalogue,
        settings=plain_settings(),
        stock=no_stock(city.newest),
        visits=city.visits,
        history=counts | {str(city.newest): {}},
    )
    return month_results(inputs), month_results(inputs, outside=True)


def test_questions_and_options_show_no_small_count(
    both: tuple[MonthResults, MonthResults],
) -> None:
    inside, outside = both
    small = 0
    for row, whole in zip(outside.options, inside.options, strict=True):
        shown = [*(option.count for option in row.options), row.blank, row.people]
        assert not any(0 < (number or 0) < LEAST for number in shown)
        missing = [number for number in shown if number is None]
        small += len(missing)
        assert len(missing) != 1 or whole.several
    for question in outside.questions:
        hidden = [name for name, n in level_numbers(question.levels).items() if n is None]
        assert len(hidden) != 1
    assert small


def test_a_withheld_group_shows_nothing_and_a_share_stays_where_it_can(
    both: tuple[MonthResults, MonthResults],
) -> None:
    inside, outside = both
    assert outside.outside
    assert outside.open_alerts is None
    assert outside.remarks[-1].note is Note.SUPPRESSED
    assert outside.city.figures.share == inside.city.figures.share
    withheld = [group for group in outside.by_unit_domain if group.figures.hidden]
    assert withheld
    for group in withheld:
        assert group.figures.share is None
        assert group.figures.visits is None
        assert group.change is None
        assert not any(level_numbers(group.figures.overall).values())
    some_hidden = [
        group
        for group in outside.by_unit_domain
        if not group.figures.hidden and None in group.figures.overall.counts
    ]
    assert some_hidden
    for group in some_hidden:  # the mean with the rest of the levels would tell the hidden one
        assert group.figures.mean is None
        assert group.figures.index is None


def test_trends_show_shares_and_leave_small_months_out_by_twos(
    both: tuple[MonthResults, MonthResults],
) -> None:
    _, outside = both
    for at in range(13):
        figures = [trend.points[at].figures for trend in outside.domain_trends]
        for each in figures:
            if each is not None:
                assert each.responses is None or not 0 < each.responses < LEAST
                assert each.overall.n1 is None
                assert each.fully is None
        assert sum(each is not None and each.hidden for each in figures) != 1
    newest = outside.trend.points[-1].figures
    assert newest is not None
    assert newest.share == outside.city.figures.share


def test_outside_numbers_do_not_depend_on_the_order_of_what_came_in() -> None:
    city = City(seed=4, units=6, months=1, people=400)
    ratings = Ratings.of([SURVEY])
    responses = city.responses(city.newest)
    first, second = (
        month_results(
            replace(inputs_of({}), counts=count(some, ratings), units=city.catalogue),
            outside=True,
        )
        for some in (responses, responses[::-1])
    )
    assert first == second


def test_a_city_without_a_single_place_leaves_nothing_out() -> None:
    nobody = replace(inputs_of({}), units=UnitCatalogue([]))
    shown = month_results(nobody, outside=True)
    assert shown.by_unit_domain == ()
    assert shown.city.figures.responses == 0
