"""Makes the results of a month from what the ledger knows. Pure.

Everything is added up from counts per place and channel; nothing is averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from omr.ledger.visits import VisitCount
from omr.periods import Period
from omr.settings import Settings
from omr.survey import Survey
from omr.units import UnitCatalogue
from reports.counts import Counts
from reports.groups import GroupMaker, city_name
from reports.measures import LEAST_TO_RANK, SIGNIFICANCE, Band
from reports.question_tables import question_levels, question_options
from reports.ranking import ranked
from reports.reconcile import Reconciliation, ReconciliationRow
from reports.results import (
    NO_QUALITY,
    AlertRow,
    Group,
    MonthResults,
    Note,
    Quality,
    Remark,
    StockLine,
)
from reports.rollup import Rules, total
from reports.rounding import rounded
from reports.structure import Structure
from reports.suppress import LEAST_TO_SHOW, for_outside
from reports.trend import Snapshot, rollups_of

MONTHS = 13  # of a trend: a year, and the month that it began with


@dataclass(frozen=True, slots=True)
class MonthInputs:
    """Everything that a month's results are made of."""

    period: Period
    counts: Counts  # of this month: both channels, and what came as counts only
    surveys: Sequence[Survey]
    units: UnitCatalogue
    settings: Settings
    stock: Reconciliation
    visits: Sequence[VisitCount] = ()
    history: Mapping[str, Counts] = field(default_factory=dict)  # earlier months, by period
    alerts: Sequence[AlertRow] = ()
    quality: Quality = NO_QUALITY
    version: int | None = None  # of a closed month
    provisional: bool = False


def month_results(
    inputs: MonthInputs,
    *,
    outside: bool = False,
    least_to_rank: int = LEAST_TO_RANK,
    least_to_show: int = LEAST_TO_SHOW,
) -> MonthResults:
    """The results of one reporting month.

    Args:
        inputs: What is known.
        outside: Leave out what must not leave the office: small counts, and counts that
            give them away.
        least_to_rank: Answers that a unit needs for a place.
        least_to_show: The smallest count of people that may be shown outside; 0 may.

    Raises:
        ValueError: If counts or visits are of another month.
    """
    maker = maker_of(inputs)
    settings, structure = inputs.settings, maker.structure
    city = maker.city(city_name(settings.language), settings.city)
    units = tuple(maker.units())
    rollups = tuple(maker.domain_rollups())
    results = MonthResults(
        period=inputs.period,
        version=inputs.version,
        provisional=inputs.provisional,
        outside=False,
        agency=settings.agency,
        office=settings.office,
        place=settings.city,
        language=settings.language,
        names=_names(structure, units, rollups),
        city=city,
        by_section=tuple(maker.sections()),
        by_parent=tuple(maker.parents()),
        by_unit=units,
        by_domain=tuple(maker.domains()),
        by_rollup=rollups,
        by_channel=tuple(maker.channels()),
        by_unit_domain=tuple(maker.unit_domains()),
        questions=question_levels(
            inputs.counts, inputs.surveys, structure, Rules.of(inputs.surveys), settings.language
        ),
        options=question_options(inputs.counts, inputs.surveys, structure, settings.language),
        ranking=ranked(units, least_to_rank),
        trend=maker.trend(city),
        domain_trends=tuple(map(maker.trend, rollups)),
        stock=tuple(_stock_line(row, structure) for row in inputs.stock.rows),
        alerts=tuple(inputs.alerts),
        quality=inputs.quality,
        remarks=tuple(_remarks(inputs, maker, units, least_to_rank)),
    )
    return for_outside(results, maker, least=least_to_show) if outside else results


def maker_of(inputs: MonthInputs) -> GroupMaker:
    """What makes the groups of a month.

    Raises:
        ValueError: If counts or visits are of another month.
    """
    rules = Rules.of(inputs.surveys)
    now = Snapshot.of(inputs.period, inputs.counts, rules, inputs.units)
    past, period = [], inputs.period
    for _ in range(MONTHS - 1):
        period = period.previous()
        counts = inputs.history.get(str(period), {})
        past.append(Snapshot.of(period, counts, rules, inputs.units))
    wrong = {each.period for each in inputs.visits} - {str(inputs.period)}
    if wrong:
        raise ValueError(f"visits of {', '.join(sorted(wrong))} given for {inputs.period}")
    answered = now.places | {(each.unit, each.domain) for each in inputs.visits}
    return GroupMaker(
        Structure.of(inputs.units, inputs.surveys, inputs.period, answered),
        now,
        past,
        inputs.visits,
        rollups_of(inputs.surveys),
        inputs.settings.language,
    )


def _names(
    structure: Structure, units: Sequence[Group], rollups: Sequence[Group]
) -> dict[str, str]:
    groups = {group.key[0]: group.name for group in (*units, *rollups)}
    return groups | {domain: structure.domain_name(domain) for domain in structure.domains}


def _stock_line(row: ReconciliationRow, structure: Structure) -> StockLine:
    stock = row.stock
    return StockLine(
        unit=stock.unit,
        domain=stock.domain,
        name=structure.unit_name(stock.unit),
        section=structure.section(stock.unit),
        opening=stock.opening,
        issued=stock.issued,
        returned_answered=stock.returned_answered,
        returned_blank=stock.returned_blank,
        void=stock.void,
        lost=stock.lost,
        unused_returned=stock.unused_returned,
        outstanding=stock.outstanding,
        difference=stock.difference,
        duplicates=row.duplicates,
        anomalies=row.anomalies,
        missing=tuple(stock.missing),
        still_out=tuple(stock.still_out),
        reported_lost=tuple(stock.reported_lost),
    )


def _remarks(
    inputs: MonthInputs, maker: GroupMaker, units: Sequence[Group], least_to_rank: int
) -> Iterator[Remark]:
    """What readers must know, in the order in which it is printed."""
    if inputs.provisional:
        yield Remark(Note.PROVISIONAL)
    yield Remark(Note.BATCH_PERIOD)
    yield Remark(Note.SELF_SELECTED)
    yield Remark(Note.CHANNELS)
    everything = total(maker.now.sums.values())
    places = maker.places.values()
    bands = [sums.visits.band for sums in places if sums.visits is not None]
    answers = [group.figures.overall.n or 0 for group in units]
    compared = sum(group.change is not None for group in units)
    for note, number in (
        (Note.CHANCE, int(rounded(compared * SIGNIFICANCE, 0))),
        (Note.SMALL, sum(0 < each < least_to_rank for each in answers)),
        (Note.VISITS_MISSING, sum(sums.unknown for sums in places)),
        (Note.VISITS_EXCEEDED, bands.count(Band.IMPOSSIBLE)),
        (Note.UNIT_NOT_VALID, len(maker.structure.not_valid)),
        (Note.NO_LEVEL, everything.no_level),
        (Note.COUNTED_ELSEWHERE, everything.uncounted),
    ):
        if number:
            yield Remark(note, number)
