"""Leaves out what must not leave the office: small counts, and what would give them away. Pure.

What is protected are counts of people: responses, channels, and answers by level or option,
from 1 to 4 each. They become None, and so does enough besides that nobody can work one out
from what is left (:mod:`reports.twin_worlds` proves it for each). A group with few
responses, or that has to stand in for one, shows nothing at all. The share of satisfied
people stays where possible: it is what the report is for. Alerts are each about one
person, so none is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from omr.survey import Role
from reports.figures import WITHHELD, WITHHELD_LEVELS, Figures, Levels
from reports.groups import GroupMaker
from reports.results import (
    Group,
    GroupKind,
    MonthPoint,
    MonthResults,
    Note,
    OptionCount,
    QuestionLevels,
    QuestionOptions,
    Ranked,
    Remark,
    StockLine,
    Trend,
)
from reports.suppress_tables import (
    ANSWERED,
    CITY_ROW,
    LEVELS,
    RESPONSES,
    options_planner,
    place_planner,
    question_planner,
)
from reports.twin_worlds import Cell

LEAST_TO_SHOW = 5
_LEVEL_NUMBERS = (*LEVELS, "n", "satisfied", "points")


def for_outside(
    results: MonthResults, maker: GroupMaker, *, least: int = LEAST_TO_SHOW
) -> MonthResults:
    """*results* without small counts.

    Args:
        results: Whole, from *maker*.
        maker: Knows what the groups are made of.
        least: The smallest count of people that may be shown; 0 may as well.
    """
    hidden = place_planner(maker, least).plan().hidden
    mask = _Mask(hidden)
    domains = {g.key[0] for g in results.by_domain if mask.withholds(g)}
    overall = {
        group.key[0] if group.key else CITY_ROW: mask.figures(group).overall
        for group in (results.city, *results.by_domain)
    }
    # Where it must not be known how many answered, no question tells it.
    silent = frozenset(
        group.key[0] if group.key else CITY_ROW
        for group in (results.city, *results.by_domain)
        if mask.hides_responses(group)
    )
    questions = _without_blanks(
        _questions(results.questions, overall, frozenset(domains), least), silent
    )
    for kinds, some, rows in (
        ({GroupKind.CITY}, (results.city,), [q for q in questions if q.domain == CITY_ROW]),
        (
            {GroupKind.DOMAIN, GroupKind.ROLLUP},
            (*results.by_domain, *results.by_rollup),
            questions,
        ),
    ):
        if _rated_is_safe(some, rows, least):
            mask.rated |= kinds
        if _fully_is_safe(some, least):
            mask.fully |= kinds
    places = tuple(map(mask.group, results.by_unit_domain))
    units = tuple(map(mask.group, results.by_unit))
    rollups = tuple(map(mask.group, results.by_rollup))
    city = mask.group(results.city)
    hidden_paper = {group.key for group in places if group.figures.paper is None}
    silenced = _silenced_months([results.trend, *results.domain_trends], least)
    return replace(
        results,
        outside=True,
        city=city,
        by_section=tuple(map(mask.group, results.by_section)),
        by_parent=tuple(map(mask.group, results.by_parent)),
        by_unit=units,
        by_domain=tuple(map(mask.group, results.by_domain)),
        by_rollup=rollups,
        by_channel=tuple(map(mask.group, results.by_channel)),
        by_unit_domain=places,
        questions=questions,
        options=_without_people(_options(results.options, frozenset(domains), least), silent),
        ranking=_ranked(results.ranking, units),
        trend=_trend(results.trend, city.figures, _small_months([results.trend], least), silenced),
        domain_trends=tuple(
            _trend(trend, group.figures, months, silenced)
            for group, (trend, months) in zip(
                rollups, _with_small_months(results.domain_trends, least), strict=True
            )
        ),
        stock=tuple(
            _empty_line(line) if (line.unit, line.domain) in hidden_paper else line
            for line in results.stock
        ),
        alerts=(),
        quality=replace(results.quality, bursts=()),
        remarks=(*results.remarks, Remark(Note.SUPPRESSED)),
    )


@dataclass(slots=True)
class _Mask:
    """Applies what was planned."""

    hidden: set[Cell]
    rated: set[GroupKind] = field(default_factory=set)  # kinds that show pooled ratings
    fully: set[GroupKind] = field(default_factory=set)

    def withholds(self, group: Group) -> bool:
        key = (group.kind, group.key)
        return {(key, RESPONSES), (key, "n")} <= self.hidden

    def hides_responses(self, group: Group) -> bool:
        """Whether only shares of those that answered a question are shown of *group*."""
        return ((group.kind, group.key), RESPONSES) in self.hidden

    def group(self, group: Group) -> Group:
        change = None if self.withholds(group) else group.change
        return replace(group, figures=self.figures(group), before=None, change=change)

    def figures(self, group: Group) -> Figures:
        if self.withholds(group):
            return WITHHELD
        whole, key = group.figures, (group.kind, group.key)
        rated = group.kind in self.rated
        responses_hidden = self.hides_responses(group)
        # The third of three numbers follows from two.
        channels_hidden = not self.hidden.isdisjoint(
            (key, name) for name in (RESPONSES, "paper", "electronic")
        )
        answered_hidden = ((ANSWERED, *key), ANSWERED) in self.hidden
        return replace(
            whole,
            responses=None if responses_hidden else whole.responses,
            paper=None if channels_hidden else whole.paper,
            electronic=None if channels_hidden else whole.electronic,
            overall=masked(whole.overall, key, self.hidden),
            rated=_shares_only(whole.rated) if rated else WITHHELD_LEVELS,
            factors={
                factor: _shares_only(levels) if rated else WITHHELD_LEVELS
                for factor, levels in whole.factors.items()
            },
            fully=whole.fully if group.kind in self.fully else None,
            visits=None if answered_hidden else whole.visits,
        )


def masked(levels: Levels, key: Hashable, hidden: set[Cell]) -> Levels:
    """*levels* without the numbers of *key* that are hidden."""
    return Levels(
        **{
            name: None if (key, name) in hidden else getattr(levels, name)
            for name in _LEVEL_NUMBERS
        }
    )


def _shares_only(levels: Levels) -> Levels:
    return replace(WITHHELD_LEVELS, n=levels.n, satisfied=levels.satisfied)


def _questions(
    rows: Sequence[QuestionLevels],
    overall: dict[str, Levels],
    withheld: frozenset[str],
    least: int,
) -> tuple[QuestionLevels, ...]:
    by_question: dict[str, list[QuestionLevels]] = defaultdict(list)
    for row in rows:
        by_question[row.question].append(row)
    hidden = {
        question: question_planner(some, least)
        .plan(frozenset(withheld & {row.domain for row in some}))
        .hidden
        for question, some in by_question.items()
    }
    return tuple(
        replace(
            row,
            levels=overall[row.domain]
            if row.role is Role.OVERALL and row.domain in overall
            else masked(row.levels, row.domain, hidden[row.question]),
        )
        for row in rows
    )


def _without_blanks(
    rows: Iterable[QuestionLevels], silent: frozenset[str]
) -> tuple[QuestionLevels, ...]:
    return tuple(
        replace(row, levels=replace(row.levels, blank=None, invalid=None))
        if row.domain in silent
        else row
        for row in rows
    )


def _without_people(
    rows: Iterable[QuestionOptions], silent: frozenset[str]
) -> tuple[QuestionOptions, ...]:
    return tuple(
        replace(row, blank=None, people=None) if row.domain in silent else row for row in rows
    )


def _rated_is_safe(
    groups: Iterable[Group], questions: Iterable[QuestionLevels], least: int
) -> bool:
    """Whether pooled ratings of *groups* give no small number of a single question away."""
    if any(None in _pair(question.levels) for question in questions):
        return False
    pooled = (
        levels
        for group in groups
        for levels in (group.figures.rated, *group.figures.factors.values())
    )
    return not any(_is_few(number, least) for levels in pooled for number in _pair(levels))


def _fully_is_safe(groups: Iterable[Group], least: int) -> bool:
    return not any(_is_few(n, least) for group in groups for n in group.figures.fully or ())


def _is_few(number: int | None, least: int) -> bool:
    return 0 < (number or 0) < least


def _pair(levels: Levels) -> tuple[int | None, int | None]:
    return levels.n, levels.satisfied


def _options(
    rows: Sequence[QuestionOptions], withheld: frozenset[str], least: int
) -> tuple[QuestionOptions, ...]:
    by_question: dict[str, list[QuestionOptions]] = defaultdict(list)
    for row in rows:
        by_question[row.question].append(row)
    hidden = {
        question: options_planner(some, least)
        .plan(frozenset(withheld & {row.domain for row in some}))
        .hidden
        for question, some in by_question.items()
    }
    return tuple(_masked_options(row, hidden[row.question]) for row in rows)


def _masked_options(row: QuestionOptions, hidden: set[Cell]) -> QuestionOptions:
    return replace(
        row,
        options=tuple(
            OptionCount(
                each.option,
                each.label,
                None if (row.domain, each.option) in hidden else each.count,
            )
            for each in row.options
        ),
        blank=None if (row.domain, "blank") in hidden else row.blank,
        people=None if (row.domain, RESPONSES) in hidden else row.people,
    )


def _ranked(ranking: Sequence[Ranked], units: Sequence[Group]) -> tuple[Ranked, ...]:
    """The ranking with masked groups; one whose share is not shown shows no place either."""
    by_key = {group.key: group for group in units}
    groups = [by_key[each.group.key] for each in ranking]
    return tuple(
        Ranked(group, each.place if group.figures.share is not None else None)
        for each, group in zip(ranking, groups, strict=True)
    )


def _small_months(trends: Sequence[Trend], least: int) -> frozenset[int]:
    """Which points of the only trend are too small; by their place."""
    [trend] = trends
    return frozenset(at for at, point in enumerate(trend.points) if _is_small(point, least))


def _with_small_months(
    trends: Sequence[Trend], least: int
) -> Iterable[tuple[Trend, frozenset[int]]]:
    """Each domain's trend and which of its points are left out.

    Where one domain of a month is small, the next one goes as well: together with the whole
    city the others would give it away.
    """
    left_out: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for at in range(max((len(trend.points) for trend in trends), default=0)):
        small = [trend for trend in trends if _is_small(trend.points[at], least)]
        if len(small) == 1:
            others = sorted(
                (t for t in trends if t is not small[0] and _people(t.points[at])),
                key=lambda t: _people(t.points[at]),
            )
            small += others[:1]
        for trend in small:
            left_out[trend.key].add(at)
    for trend in trends:
        yield trend, frozenset(left_out[trend.key])


def _silenced_months(trends: Sequence[Trend], least: int) -> frozenset[int]:
    """Months in which so few left the overall rating out that no difference may give it."""
    found = set()
    for trend in trends:
        for at, point in enumerate(trend.points):
            if point.figures is not None:
                unrated = (point.figures.responses or 0) - (point.figures.overall.n or 0)
                found |= {at} if _is_few(unrated, least) else set()
    return frozenset(found)


def _people(point: MonthPoint) -> int:
    return (point.figures.responses or 0) if point.figures else 0


def _is_small(point: MonthPoint, least: int) -> bool:
    if point.figures is None:
        return False
    numbers = (point.figures.responses, *_pair(point.figures.overall))
    return any(_is_few(number, least) for number in numbers)


def _trend(
    trend: Trend, newest: Figures, left_out: frozenset[int], silenced: frozenset[int]
) -> Trend:
    last = len(trend.points) - 1
    return replace(
        trend,
        points=tuple(
            replace(
                point,
                figures=None
                if point.figures is None
                else WITHHELD
                if at in left_out
                else _share_figures(newest)
                if at == last
                else _share_figures(point.figures, silent=at in silenced),
            )
            for at, point in enumerate(trend.points)
        ),
    )


def _share_figures(figures: Figures, *, silent: bool = False) -> Figures:
    """What a trend shows: the share of satisfied people, and how many answered."""
    if figures.hidden:
        return figures
    return replace(
        WITHHELD,
        responses=None if silent else figures.responses,
        overall=_shares_only(figures.overall),
        hidden=False,
    )


def _empty_line(line: StockLine) -> StockLine:
    """A line whose forms would tell how many people answered there."""
    return StockLine(
        unit=line.unit,
        domain=line.domain,
        name=line.name,
        section=line.section,
        opening=None,
        issued=None,
        returned_answered=None,
        returned_blank=None,
        void=None,
        lost=None,
        unused_returned=None,
        outstanding=None,
        difference=None,
        duplicates=None,
        anomalies=None,
    )
