"""Turns an electronic export into responses, or says of each cell why it could not.

Pure over an open table; :mod:`omr.ledger.electronic` decides what is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

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
from reports.unmatched import REFUSES_ROW, Trouble, Unmatched


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
        submission = reader.read(row)
        if submission is None:
            rows_refused += 1
        else:
            submissions.append(submission)
    return ReadExport(
        rows_seen=rows_seen,
        rows_refused=rows_refused,
        responses=tuple(flag_doubles(submissions, profile.double_submission_s)),
        unmatched=tuple(reader.unmatched),
        dropped=tuple(table.header[place] for place in columns.personal),
    )


@dataclass(slots=True)
class _RowReader:
    """Matches rows one by one, noting what does not fit."""

    table: Table
    profile: Profile
    around: Surroundings
    columns: Columns
    order: DateOrder
    unmatched: list[Unmatched] = field(default_factory=list)
    _units: UnitNames = field(init=False)
    _domains: DomainNames = field(init=False)
    _words: dict[tuple[str, str], OptionWords] = field(init=False)

    def __post_init__(self) -> None:
        surveys = self.around.surveys.values()
        self._units = UnitNames(self.around.units, self.profile.units)
        self._domains = DomainNames(surveys, self.profile.domains)
        self._words = {
            (survey.id, question.id): OptionWords(question, self.profile.words_for(question.id))
            for survey in surveys
            for question in survey.questions
        }

    def read(self, row: Row) -> Submission | None:
        """The row's response; None, with the reasons noted, if it cannot be imported."""
        found_before = len(self.unmatched)
        if row.surplus:
            self._note(Trouble.SURPLUS_CELLS, row, None, " ".join(row.surplus))
        if row.cut_off:
            self._note(Trouble.CUT_OFF, row, None, "")
        stamp, moment = self._moment(row)
        day = None if moment is None else moment.astimezone(self.around.zone).date()
        unit = self._unit(row, day)
        matched = self._domain(row)
        refused = any(one.trouble in REFUSES_ROW for one in self.unmatched[found_before:])
        self._note_unmapped(row)
        if refused or stamp is None or moment is None or day is None or unit is None:
            return None
        if matched is None:
            return None
        survey, domain = matched
        if unit.domains and not {domain.id, domain.rollup} & set(unit.domains):
            self._note(Trouble.UNIT_WITHOUT_DOMAIN, row, None, f"{unit.code}, {domain.id}")
        answers, unread, remarks = self._answers(row, survey)
        response = NewResponse(
            group=_group(self.profile.name, unit, domain, moment),
            unit=unit.code,
            domain=domain.id,
            period=self.around.period_of(day),
            answered_on=day.isoformat(),
            answers=answers,
            unread=tuple(unread),
            remarks=remarks,
        )
        return Submission(response, moment, stamp.to_the_second)

    def _moment(self, row: Row) -> tuple[Stamp | None, datetime | None]:
        place, text = first_filled(row, self.columns.timestamp)
        stamp = read_stamp(text)
        moment = None if stamp is None else stamp.at(self.order, self.around.zone)
        if moment is None:
            self._note(Trouble.BAD_TIME, row, place, text)
        return stamp, moment

    def _unit(self, row: Row, day: date | None) -> Unit | None:
        place, text = first_filled(row, self.columns.unit)
        if day is None:
            return None
        text = text or self.profile.unit
        unit = self._units.find(text, day)
        if unit is None:
            self._refuse_if_damaged(place, text, row)
            existed = text and self._units.existed(text)
            trouble = Trouble.UNIT_NOT_VALID if existed else Trouble.UNKNOWN_UNIT
            self._note(trouble, row, place, text)
        return unit

    def _domain(self, row: Row) -> tuple[Survey, Domain] | None:
        place, text = first_filled(row, self.columns.domain)
        text = text or self.profile.domain
        found = self._domains.find(text)
        if found is None:
            self._refuse_if_damaged(place, text, row)
            self._note(Trouble.UNKNOWN_DOMAIN, row, place, text)
        return found

    def _answers(
        self, row: Row, survey: Survey
    ) -> tuple[dict[str, tuple[str, ...]], list[str], dict[str, str]]:
        """Options by question asked, the questions not understood, and free words."""
        answers: dict[str, tuple[str, ...]] = {}
        unread: list[str] = []
        remarks: dict[str, str] = {}
        asked = self.columns.questions[survey.id]
        for question in survey.questions:
            if question.id not in asked:
                continue
            chosen = self._chosen(row, asked[question.id], self._words[survey.id, question.id])
            answers[question.id] = chosen.options
            if chosen.leftover:
                unread.append(question.id)
                remarks[question.id] = chosen.leftover
        _place, comment = first_filled(row, self.columns.comments[survey.id])
        if comment:
            remarks[survey.comment.id] = comment
        self._note_not_asked(row, survey)
        return answers, unread, remarks

    def _chosen(self, row: Row, places: Sequence[int], words: OptionWords) -> Chosen:
        """What the columns of one question say together."""
        said = {place: words.chosen(row.cells[place]) for place in places if row.cells[place]}
        for place, chosen in said.items():
            if chosen.leftover:
                self._refuse_if_damaged(place, chosen.leftover, row)
                self._note(Trouble.UNKNOWN_OPTION, row, place, chosen.leftover)
        different = set(said.values())
        if len(different) <= 1:
            return next(iter(different), Chosen())
        cells = " | ".join(row.cells[place] for place in said)
        self._note(Trouble.CONTRADICTION, row, next(iter(said)), cells)
        return Chosen(leftover=cells)

    def _note_not_asked(self, row: Row, survey: Survey) -> None:
        """Cells of questions that only other domains' surveys ask."""
        own = {place for places in self.columns.questions[survey.id].values() for place in places}
        own |= set(self.columns.comments[survey.id])
        for places_by_id in self.columns.questions.values():
            for places in places_by_id.values():
                for place in places:
                    if place not in own and row.cells[place]:
                        own.add(place)  # noted once
                        self._note(Trouble.NOT_ASKED, row, place, row.cells[place])

    def _note_unmapped(self, row: Row) -> None:
        for place in self.columns.unmapped:
            if row.cells[place]:
                self._note(Trouble.UNMAPPED_COLUMN, row, place, "")

    def _note(self, trouble: Trouble, row: Row, place: int | None, value: str) -> None:
        column = "" if place is None else self._header(place)
        self.unmatched.append(Unmatched(trouble, row.number, column, value))

    def _header(self, place: int) -> str:
        return self.table.header[place] or _("(column {number})").format(number=place + 1)

    def _refuse_if_damaged(self, place: int | None, text: str, row: Row) -> None:
        if place is not None and damaged(text):
            where = _("row {row}, column '{column}'").format(
                row=row.number, column=self._header(place)
            )
            raise wrong_encoding(self.table.name, where, text)


def _group(profile: str, unit: Unit, domain: Domain, moment: datetime) -> str:
    """Digest of everything that tells two rows apart, save what they say."""
    at = moment.astimezone(UTC).isoformat(timespec="seconds")
    words = f"{profile}\n{unit.code}\n{domain.id}\n{at}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]
