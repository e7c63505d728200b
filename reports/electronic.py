"""Turns an electronic export into responses, or says of each cell why it could not.

Pure over an open table; :mod:`omr.ledger.electronic` decides what is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from omr.i18n import _
from omr.ledger.electronic import NewResponse
from omr.survey import Domain, Survey
from omr.units import Unit, UnitCatalogue
from reports.cells import Chosen, OptionWords
from reports.columns import Columns, HeaderWords
from reports.doubles import Submission, flag_doubles
from reports.names import DomainNames, UnitNames
from reports.preconditions import date_order, refuse_lost_letters, require_columns
from reports.profile import Profile
from reports.table import Row, Table, damaged, first_filled, wrong_encoding
from reports.timestamps import DateOrder, Stamp, read_stamp
from reports.totals import says_total
from reports.unmatched import Findings, Trouble, Unmatched

_A_SECOND = timedelta(seconds=1)
_NOTHING = Chosen()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the workspace knows, for matching."""

    surveys: Mapping[str, Survey]
    units: UnitCatalogue
    zone: tzinfo  # of times that name none
    period_of: Callable[[date], str]  # reporting month of a local date


@dataclass(frozen=True, slots=True)
class ReadExport:
    """Everything that one export says."""

    rows_seen: int
    rows_refused: int
    responses: tuple[NewResponse, ...]  # in the file's order
    unmatched: tuple[Unmatched, ...]
    dropped: tuple[str, ...]  # headers of personal columns


def header_words(profile: Profile, around: Surroundings) -> HeaderWords:
    """What the headers of an export may say."""
    return HeaderWords(profile, around.surveys)


def read_export(table: Table, profile: Profile, around: Surroundings) -> ReadExport:
    """Match every row of an export.

    Raises:
        InputUnusable: If a required column is missing, letters were lost before the file
            came here, or day and month cannot be told apart.
    """
    columns = header_words(profile, around).columns(table.header)
    refuse_lost_letters(table, columns)
    require_columns(table, columns, profile)
    order = date_order(table, columns, profile)
    reader = _RowReader(table, profile, around, columns, order)
    submissions = []
    rows_seen = rows_refused = 0
    for row in table.rows():
        rows_seen += 1
        refusals = reader.findings.refusals
        submission = reader.read(row)
        rows_refused += reader.findings.refusals > refusals  # a total is no refused row
        if submission is not None:
            submissions.append(submission)
    return ReadExport(
        rows_seen=rows_seen,
        rows_refused=rows_refused,
        responses=tuple(flag_doubles(submissions, profile.double_submission_s)),
        unmatched=reader.findings.found(),
        dropped=tuple(table.header[place] for place in columns.personal),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where one survey's questions stand in the file."""

    questions: tuple[tuple[str, tuple[int, ...], OptionWords], ...]
    comments: tuple[int, ...]
    comment_id: str
    foreign: tuple[int, ...]  # columns of questions that only other surveys ask


class _RowReader:
    """Matches rows one by one, noting what does not fit."""

    def __init__(
        self,
        table: Table,
        profile: Profile,
        around: Surroundings,
        columns: Columns,
        order: DateOrder,
    ) -> None:
        surveys = around.surveys.values()
        self.findings = Findings()
        self._table, self._profile, self._around = table, profile, around
        self._columns, self._order = columns, order
        self._zone = profile.zone or around.zone
        self._units = UnitNames(around.units, profile.units)
        self._domains = DomainNames(surveys, profile.domains)
        self._plans = {survey.id: _plan(survey, profile, columns) for survey in surveys}

    def read(self, row: Row) -> Submission | None:
        """The row's response; None, with the reasons noted, if it cannot be imported."""
        if is_total(row, self._columns):
            self._note(Trouble.TOTAL_ROW, row, None, "")
            return None
        refusals = self.findings.refusals
        if row.surplus:
            self._note(Trouble.SURPLUS_CELLS, row, None, " ".join(row.surplus))
        if row.cut_off:
            self._note(Trouble.CUT_OFF, row, None, "")
        stamp, moment = self._moment(row)
        day = None if moment is None else moment.astimezone(self._around.zone).date()
        unit = self._unit(row, day)
        matched = self._domain(row)
        for place in self._columns.unmapped:
            if row.cells[place]:
                self._note(Trouble.UNMAPPED_COLUMN, row, place, "")
        if self.findings.refusals > refusals or unit is None or matched is None:
            return None
        if stamp is None or moment is None or day is None:
            return None
        survey, domain = matched
        if unit.domains and not {domain.id, domain.rollup} & set(unit.domains):
            self._note(Trouble.UNIT_WITHOUT_DOMAIN, row, None, f"{unit.code}, {domain.id}")
        answers, unread, remarks = self._answers(row, self._plans[survey.id])
        next_second = moment + _A_SECOND
        response = NewResponse(
            group=_group(self._profile.name, unit, domain, moment),
            unit=unit.code,
            domain=domain.id,
            period=self._around.period_of(day),
            answered_on=day.isoformat(),
            answers=answers,
            unread=unread,
            remarks=remarks,
            row=row.number,
            row_id=self._row_id(row),
            near=_group(self._profile.name, unit, domain, next_second) if stamp.near else "",
        )
        said = hash((tuple(answers.items()), tuple(remarks.items())))
        return Submission(response, moment, stamp.to_the_second, said, stamp.timed)

    def _row_id(self, row: Row) -> str:
        given = first_filled(row, self._columns.row_id)[1]
        if not given:
            return ""
        return hashlib.sha256(f"{self._profile.name}\n{given}".encode()).hexdigest()[:16]

    def _moment(self, row: Row) -> tuple[Stamp | None, datetime | None]:
        place, text = first_filled(row, self._columns.timestamp)
        stamp = read_stamp(text)
        moment = None if stamp is None else stamp.at(self._order, self._zone)
        if moment is None:
            self._note(Trouble.BAD_TIME, row, place, text)
        return stamp, moment

    def _unit(self, row: Row, day: date | None) -> Unit | None:
        place, text = first_filled(row, self._columns.unit)
        if day is None:
            return None
        text = text or self._profile.unit
        unit = self._units.find(text, day)
        if unit is None:
            self._refuse_if_damaged(place, text, row)
            existed = text and self._units.existed(text)
            trouble = Trouble.UNIT_NOT_VALID if existed else Trouble.UNKNOWN_UNIT
            self._note(trouble, row, place, text)
        return unit

    def _domain(self, row: Row) -> tuple[Survey, Domain] | None:
        place, text = first_filled(row, self._columns.domain)
        text = text or self._profile.domain
        found = self._domains.find(text)
        if found is None:
            self._refuse_if_damaged(place, text, row)
            self._note(Trouble.UNKNOWN_DOMAIN, row, place, text)
        return found

    def _answers(
        self, row: Row, plan: _Plan
    ) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...], dict[str, str]]:
        """Options by question asked, the questions not understood, and free words."""
        answers: dict[str, tuple[str, ...]] = {}
        unread: list[str] = []
        remarks: dict[str, str] = {}
        cells = row.cells
        for question, places, words in plan.questions:
            if len(places) == 1 and (simple := words.understood.get(cells[places[0]])):
                answers[question] = simple.options
                continue
            chosen = self._chosen(row, places, words)
            answers[question] = chosen.options
            if chosen.leftover:
                unread.append(question)
                remarks[question] = chosen.leftover
        _place, comment = first_filled(row, plan.comments)
        if comment:
            remarks[plan.comment_id] = comment
        for place in plan.foreign:
            if cells[place]:
                self._note(Trouble.NOT_ASKED, row, place, cells[place])
        return answers, tuple(unread), remarks

    def _chosen(self, row: Row, places: Sequence[int], words: OptionWords) -> Chosen:
        """What the columns of one question say together."""
        cells = row.cells
        said = {place: words.chosen(cells[place]) for place in places if cells[place]}
        if not said:
            return _NOTHING
        for place, chosen in said.items():
            if chosen.leftover:
                self._refuse_if_damaged(place, chosen.leftover, row)
                self._note(Trouble.UNKNOWN_OPTION, row, place, chosen.leftover)
        first = next(iter(said.values()))
        if all(chosen == first for chosen in said.values()):
            return first
        both = " | ".join(cells[place] for place in said)
        self._note(Trouble.CONTRADICTION, row, next(iter(said)), both)
        return Chosen(leftover=both)

    def _note(self, trouble: Trouble, row: Row, place: int | None, value: str) -> None:
        column = "" if place is None else self._header(place)
        self.findings.note(trouble, row.number, column, value)

    def _header(self, place: int) -> str:
        return self._table.header[place] or _("(column {number})").format(number=place + 1)

    def _refuse_if_damaged(self, place: int | None, text: str, row: Row) -> None:
        if place is not None and damaged(text):
            where = _("row {row}, column '{column}'").format(
                row=row.number, column=self._header(place)
            )
            raise wrong_encoding(self._table.name, where, text)


def is_total(row: Row, columns: Columns) -> bool:
    """Whether a row only adds up others: it says so, and has neither time nor unit."""
    if any(row.cells[place] for place in columns.timestamp):
        words = [row.cells[place] for place in columns.timestamp]
        return any(says_total(word) for word in words)
    return any(says_total(cell) for cell in row.cells if cell)


def _plan(survey: Survey, profile: Profile, columns: Columns) -> _Plan:
    asked = columns.questions[survey.id]
    comments = columns.comments[survey.id]
    own = {place for places in asked.values() for place in places} | set(comments)
    every = {
        place
        for places_by_id in columns.questions.values()
        for places in places_by_id.values()
        for place in places
    }
    return _Plan(
        questions=tuple(
            (question.id, asked[question.id], OptionWords(question, profile.words_for(question.id)))
            for question in survey.questions
            if question.id in asked
        ),
        comments=comments,
        comment_id=survey.comment.id,
        foreign=tuple(sorted(every - own)),
    )


def _group(profile: str, unit: Unit, domain: Domain, moment: datetime) -> str:
    """Digest of everything that tells two rows apart, save what they say."""
    at = moment.astimezone(UTC).isoformat(timespec="seconds")
    words = f"{profile}\n{unit.code}\n{domain.id}\n{at}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]
