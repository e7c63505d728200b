"""Gathers from workspace and ledger what a reporting month's results are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from omr.alert_rule import AlertRule
from omr.ledger import Ledger
from omr.ledger.aggregates import AggregateCount, aggregate_counts
from omr.ledger.alert_notes import AlertNote, alert_notes
from omr.ledger.comments import comments
from omr.ledger.electronic import electronic_rows, replaced_responses
from omr.ledger.inputs import inputs
from omr.ledger.month_list import periods_with_answers
from omr.ledger.quality import (
    days_answered,
    every_pad,
    imports,
    kept_pictures,
    second_readings,
)
from omr.ledger.readings import sheet_rows
from omr.ledger.stock import read_stock
from omr.ledger.visits import VisitCount, visits
from omr.office_alerts import every_revision
from omr.periods import Period
from omr.pictures import PictureStore
from omr.stock_statement import Stock
from omr.survey import Survey
from omr.workspace import Workspace
from reports.alerts import QuestionWords, alert_rows
from reports.closing import CountedMonth, Settled, closed_month
from reports.counts import Counts, Ratings, added, count, count_aggregates
from reports.export import (
    COMMENTS,
    RECONCILIATION,
    RESPONSES,
    TALLY,
    comments_csv,
    reconciliation_csv,
    responses_csv,
    tally_csv,
)
from reports.manifest import software
from reports.merge import merge
from reports.month import MONTHS, MonthInputs, month_results
from reports.packing import canonical
from reports.paper import PaperMonth, paper_month
from reports.privacy import cleared_comments
from reports.quality import SheetLook, month_bursts, month_quality
from reports.reconcile import Reconciliation, reconcile
from reports.responses import Channel, Place, Response
from reports.results import AlertRow
from reports.tally import Choices, tally_of


@dataclass(frozen=True, slots=True)
class Answered:
    """Every response of one open month."""

    responses: tuple[Response, ...]
    excluded: int  # double submissions, kept and not counted
    paper: PaperMonth
    look: SheetLook
    counts: Counts  # of the responses, and of what came as counts only
    aggregates: tuple[AggregateCount, ...]
    visits: tuple[VisitCount, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands between a month and its final count."""

    doubts: int  # sheets that wait for a person
    difference: int  # forms that do not balance

    @property
    def is_final(self) -> bool:
        """Whether nothing does."""
        return not (self.doubts or self.difference)


class Gatherer:
    """Everything about reporting months that one command needs; each thing is read once.

    Args:
        workspace: Of the office.
        ledger: Its open ledger.
    """

    def __init__(self, workspace: Workspace, ledger: Ledger) -> None:
        self.workspace = workspace
        self.ledger = ledger
        self._answered: dict[str, Answered] = {}
        self._reconciled: dict[str, Reconciliation] = {}

    def period(self, text: str) -> Period:
        """The month called *text*, with the office's first day."""
        return Period.parse(text, self.workspace.settings.start_day)

    def answered(self, period: Period) -> Answered:
        """The responses of an open month."""
        name = str(period)
        if name not in self._answered:
            self._answered[name] = self._read(name)
        return self._answered[name]

    def reconciliation(self, period: Period) -> Reconciliation:
        """Where every form is at the end of a month."""
        name = str(period)
        if name not in self._reconciled:
            paper = self.answered(period).paper
            self._reconciled[name] = reconcile(
                self._stock, period=name, duplicates=paper.duplicates, anomalies=paper.anomalies
            )
        return self._reconciled[name]

    def standing(self, period: Period) -> Standing:
        """Whether a month can be counted for good."""
        return Standing(self.answered(period).paper.doubts, self.reconciliation(period).difference)

    def alerts(self, period: Period) -> tuple[AlertRow, ...]:
        """The alerts of an open month as they stand."""
        return alert_rows(
            self.answered(period).responses,
            AlertRule(self.revisions, self.workspace.settings.alert_ratings),
            QuestionWords(self.revisions),
            unit_name=self.unit_name,
            notes=self.notes,
        )

    def counted(self, period: Period, *, outside: bool) -> CountedMonth:
        """An open month as it would be counted now.

        Args:
            period: The month.
            outside: Also work out what may leave the office.
        """
        answered, stock = self.answered(period), self.reconciliation(period)
        choices = Choices.of(self.workspace.surveys().values()).with_counts(answered.counts)
        doubts, difference = answered.paper.doubts, stock.difference
        texts = {
            RESPONSES: responses_csv(answered.responses, choices.questions),
            TALLY: tally_csv(tally_of(answered.counts, choices)),
            RECONCILIATION: reconciliation_csv(stock),
        }
        ids = {each.record_id for each in answered.responses}
        cleared = cleared_comments(comments(self.ledger, str(period)), ids.__contains__)
        if cleared:
            texts[COMMENTS] = comments_csv(cleared)
        made_of = self._made_of(period, answered, stock)
        return CountedMonth(
            results=month_results(made_of),
            outside=month_results(made_of, outside=True) if outside else None,
            texts=texts,
            counts=answered.counts,
            aggregates=answered.aggregates,
            visits=answered.visits,
            excluded=answered.excluded,
            doubts=doubts,
            difference=difference,
            early=stock.statement.returned_before_issue,
            inputs=inputs(self.ledger, str(period)),
            settled=self._settled(),
        )

    def unit_name(self, code: str) -> str:
        """What a unit is called; its code if the catalogue does not know it."""
        units = self.workspace.units()
        return units.unit(code).name if code in units else code

    @cached_property
    def revisions(self) -> list[Survey]:
        """The surveys and their earlier revisions, the newest first."""
        return every_revision(self.workspace)

    @cached_property
    def notes(self) -> Mapping[tuple[str, str], AlertNote]:
        """What was done about alerts."""
        return alert_notes(self.ledger)

    def _made_of(self, period: Period, answered: Answered, stock: Reconciliation) -> MonthInputs:
        surveys, settings = list(self.workspace.surveys().values()), self.workspace.settings
        found = month_bursts(
            answered.responses,
            forms=answered.look.forms,
            days=days_answered(self.ledger, str(period)),
            surveys=surveys,
            unit_name=self.unit_name,
            language=settings.language,
        )
        quality = month_quality(
            answered.look,
            seconds=second_readings(self.ledger, str(period)),
            imports=imports(
                self.ledger, str(period), zone=settings.zone, period_of=self._period_of
            ),
            excluded=answered.excluded,
            found=found,
        )
        return MonthInputs(
            period=period,
            counts=answered.counts,
            surveys=surveys,
            units=self.workspace.units(),
            settings=settings,
            stock=stock,
            visits=answered.visits,
            history=self._history(period),
            alerts=self._with_crops(self.alerts(period)),
            quality=quality,
            provisional=bool(answered.paper.doubts or stock.difference),
        )

    def _with_crops(self, rows: Sequence[AlertRow]) -> list[AlertRow]:
        """*rows* with the picture of the answer, where one was kept for a person to decide."""
        store = PictureStore(self.workspace.evidence_folder)
        kept = kept_pictures(self.ledger, {row.record_id for row in rows})
        found = []
        for row in rows:
            digest = kept.get(row.record_id, {}).get(row.question)
            found.append(row if digest is None else replace(row, crop=store.read(digest)))
        return found

    def _history(self, period: Period) -> dict[str, Counts]:
        """What was said in the months before, closed ones as they were closed."""
        known = set(periods_with_answers(self.ledger))
        found: dict[str, Counts] = {}
        for _month in range(MONTHS - 1):
            period = period.previous()
            if str(period) in known:
                closed = closed_month(self.ledger, str(period))
                found[str(period)] = self._said(str(period)) if closed is None else closed[1].counts
        return found

    def _said(self, period: str) -> Counts:
        """What was said in an open month; thirteen months of responses would fill the memory."""
        paper = paper_month(sheet_rows(self.ledger, period=period)).responses
        sent, _excluded = self._sent(period)
        return self._counts([*paper, *sent], aggregate_counts(self.ledger, period))

    def _settled(self) -> Settled:
        settings = self.workspace.settings
        return Settled(
            software=software(),
            start_day=settings.start_day,
            time_zone=settings.time_zone,
            alert_ratings=settings.alert_ratings.value,
            surveys={
                f"{each.id} r{each.revision}": _digest(canonical(each).encode())
                for each in self.revisions[::-1]
            },
            units=_digest(self.workspace.units_file.read_bytes()),
        )

    def _period_of(self, day: date) -> str:
        return str(Period.containing(day, self.workspace.settings.start_day))

    @cached_property
    def _stock(self) -> Stock:
        settings = self.workspace.settings
        return read_stock(self.ledger, start_day=settings.start_day, zone=settings.zone)

    @cached_property
    def _ratings(self) -> Ratings:
        return Ratings.of(self.workspace.surveys().values())

    def _read(self, period: str) -> Answered:
        look = SheetLook(every_pad(self.ledger))
        paper = paper_month(map(look.see, sheet_rows(self.ledger, period=period)))
        sent, excluded = self._sent(period)
        responses = merge(paper.responses, sent)
        aggregates = aggregate_counts(self.ledger, period)
        return Answered(
            responses=responses,
            excluded=excluded,
            paper=paper,
            look=look,
            counts=self._counts(responses, aggregates),
            aggregates=tuple(aggregates),
            visits=tuple(visits(self.ledger, period)),
        )

    def _sent(self, period: str) -> tuple[list[Response], int]:
        """What was sent electronically in a month, and how many more are not counted."""
        sent: list[Response] = []
        excluded = 0
        for row in electronic_rows(self.ledger, period=period, replaced=self._replaced):
            if row.excluded:
                excluded += 1
                continue
            sent.append(
                Response(
                    record_id=row.record_id,
                    channel=Channel.ELECTRONIC,
                    unit=row.unit,
                    domain=row.domain,
                    period=row.period,
                    answers=row.answers,
                    place=Place(row.file, row=row.row or None),
                )
            )
        return sent, excluded

    def _counts(
        self, responses: Sequence[Response], aggregates: Sequence[AggregateCount]
    ) -> Counts:
        return added(count(responses, self._ratings), count_aggregates(aggregates, self._ratings))

    @cached_property
    def _replaced(self) -> Collection[str]:
        return replaced_responses(self.ledger)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
