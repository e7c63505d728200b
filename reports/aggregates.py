"""Reads answers that come already counted: unit x domain x month x question x level.

Two forms are known. Long: a row says which option of which question was chosen how often.
Wide: a row has a column for each option, of one question (named by a column or by the
profile) or of several (headers such as ``t0 [Hài lòng]``, as merged cells give them).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from omr.i18n import _
from omr.ledger.aggregates import AggregateCount
from omr.survey import Survey
from reports.cells import OptionWords, tidy_key
from reports.columns import header_key, question_keys, split_grid
from reports.count_tables import (
    About,
    CountPlaces,
    CountReader,
    CountWords,
    Totals,
    blank_words,
)
from reports.profile import Profile
from reports.table import Row, Table, first_filled
from reports.unmatched import Trouble, Unmatched


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What a table of numbers says."""

    rows_seen: int
    rows_refused: int
    counts: tuple[AggregateCount, ...]
    unmatched: tuple[Unmatched, ...]


@dataclass(frozen=True, slots=True)
class _Wide:
    """A column that counts one option."""

    place: int
    question: str  # id; empty: the row's
    words: str  # for the option


class AggregateWords:
    """What headers of such a table may say."""

    def __init__(self, profile: Profile, surveys: Mapping[str, Survey]) -> None:
        self.roles = CountWords(
            profile,
            {
                "question": profile.question_headers,
                "option": profile.option_headers,
                "count": profile.count,
                "total": profile.total,
            },
        )
        self.blank = blank_words(profile)
        self.questions: dict[str, str] = {}
        self.options: dict[str, OptionWords] = {}
        for survey in surveys.values():
            for key, name in question_keys(survey, profile).items():
                self.questions.setdefault(key, name)
            for question in survey.questions:
                self.options.setdefault(
                    question.id, OptionWords(question, profile.words_for(question.id))
                )

    def known(self, header: str) -> bool:
        """Whether *header* surely means something: a bare 5 is a level, or somebody's count."""
        if header.isdecimal():
            return False
        return self.roles.role(header) is not None or self.wide(header, 0) is not None

    def wide(self, header: str, place: int) -> _Wide | None:
        """The option that a column counts; None if it counts none."""
        group, own = split_grid(header)
        if group and self.roles.role(group) != "count":
            question = self.questions.get(header_key(group))
            if question is not None and self.option(question, own) is not None:
                return _Wide(place, question, own)
            return None
        if any(self.option(name, own) is not None for name in self.options):
            return _Wide(place, "", own)
        return None

    def option(self, question: str, words: str) -> str | None:
        """The id of an option; empty for one left blank, None for no option."""
        if not words:
            return None
        if tidy_key(words) in self.blank:
            return ""
        found = self.options[question].chosen(words) if question in self.options else None
        return (
            found.options[0] if found and len(found.options) == 1 and not found.leftover else None
        )


def read_aggregates(
    table: Table, profile: Profile, around: CountPlaces, period: str = ""
) -> ReadCounts:
    """Match every row of an aggregated tally.

    Args:
        table: The opened file.
        profile: Of the kind ``aggregate``.
        around: For matching.
        period: The reporting month where no column names one.

    Raises:
        InputUnusable: If a required column is missing, or letters were lost.
    """
    words = AggregateWords(profile, around.surveys)
    places = words.roles.places(table.header)
    long = bool(places.get("option") and places.get("count"))
    columns = [] if long else _wide_columns(table, words)
    reader = CountReader(table, profile, around, places, period)
    names_question = bool(places.get("question") or profile.question) or (
        bool(columns) and all(column.question for column in columns)
    )
    reader.require(
        [
            (_("question"), names_question),
            (_("numbers"), long or bool(columns)),
        ]
    )
    used = {place for found in places.values() for place in found}
    used |= {column.place for column in columns}
    unmapped = [place for place in range(len(table.header)) if place not in used]
    matcher = _Rows(reader, words, profile, places, columns)
    counted = [*places.get("count", ()), *(column.place for column in columns)]
    counted += places.get("total", ())
    rows_seen = refused = 0
    counts: list[tuple[Row, AggregateCount]] = []
    broken: set[tuple[str, str, str]] = set()
    for row in table.rows():
        rows_seen += 1
        if reader.is_total(row):
            reader.note(Trouble.TOTAL_ROW, row, None, "")
            matcher.compare_totals(row, counted)
            continue
        reader.note_columns(row, unmapped)
        before = reader.findings.refusals
        about = reader.about(row)
        found = [] if about is None else matcher.counts(row, about)
        if reader.findings.refusals > before:
            refused += 1
            matcher.totals.miss()
            if about is not None:
                broken.add((about.unit, about.domain, about.period))
        else:
            counts += ((row, count) for count in found)
    kept = _without_broken(counts, broken, reader)
    refused += len({row.number for row, _count in counts}) - len({row.number for row, _c in kept})
    return ReadCounts(
        rows_seen, refused, tuple(count for _row, count in kept), reader.findings.found()
    )


def _without_broken(
    counts: Sequence[tuple[Row, AggregateCount]],
    broken: Collection[tuple[str, str, str]],
    reader: CountReader,
) -> list[tuple[Row, AggregateCount]]:
    """The counts but those of a unit, domain and month of which a row could not be read.

    A new import stands instead of all that an older one said about these three; half of it
    would take numbers away.
    """
    kept = []
    for row, count in counts:
        if (count.unit, count.domain, count.period) in broken:
            reader.note(
                Trouble.HELD_BACK, row, None, f"{count.unit}, {count.domain}, {count.period}"
            )
        else:
            kept.append((row, count))
    return kept


def _wide_columns(table: Table, words: AggregateWords) -> list[_Wide]:
    found = []
    for place, header in enumerate(table.header):
        if words.roles.role(header) is None:
            column = words.wide(header, place)
            if column is not None:
                found.append(column)
    return found


class _Rows:
    """The counts of single rows."""

    def __init__(
        self,
        reader: CountReader,
        words: AggregateWords,
        profile: Profile,
        places: Mapping[str, tuple[int, ...]],
        columns: Iterable[_Wide],
    ) -> None:
        self.totals = Totals()
        self._reader, self._words, self._profile = reader, words, profile
        self._places, self._columns = places, tuple(columns)

    def counts(self, row: Row, about: About) -> list[AggregateCount]:
        """What a row counts; nothing, with the reasons noted, if anything in it is not sure."""
        question: str | None = self._profile.question
        place, text = first_filled(row, self._places.get("question", ()))
        if text:
            question = self._words.questions.get(header_key(text))
            if question is None or not _asks(about.survey, question):
                self._reader.note(Trouble.UNKNOWN_QUESTION, row, place, text)
                return []
        if self._columns:
            return self._wide(row, about, question or "")
        return self._long(row, about, question or "")

    def compare_totals(self, row: Row, places: Iterable[int]) -> None:
        """Look whether a row of totals adds up."""
        self.totals.compare(
            row,
            places,
            lambda place, words: self._reader.note(Trouble.SUM_DIFFERS, row, place, words),
        )

    def _long(self, row: Row, about: About, question: str) -> list[AggregateCount]:
        place, text = first_filled(row, self._places["option"])
        option = self._words.option(question, text)
        if option is None:
            self._reader.note(Trouble.UNKNOWN_OPTION_ROW, row, place, text)
            return []
        number_place = first_filled(row, self._places["count"])[0] or 0
        number = self._reader.number(row, number_place)
        key = (about.unit, about.domain, about.period, question, option)
        if number is None or self._reader.counted_before(row, key, ", ".join(filter(None, key))):
            return []
        self.totals.add({number_place: number})
        return [AggregateCount(*key, number)]

    def _wide(self, row: Row, about: About, question: str) -> list[AggregateCount]:
        numbers: dict[int, int] = {}
        counts: dict[tuple[str, str], int] = {}
        for column in self._columns:
            asked = column.question or question
            option = self._words.option(asked, column.words)
            number = self._reader.number(row, column.place)
            if option is None or not _asks(about.survey, asked):
                if number:
                    self._reader.note(
                        Trouble.UNKNOWN_OPTION_ROW, row, column.place, row.cells[column.place]
                    )
                continue
            if number is not None:
                if (asked, option) in counts:  # two columns of one option
                    self._reader.note(
                        Trouble.CONTRADICTING_COLUMNS, row, column.place, row.cells[column.place]
                    )
                numbers[column.place] = number
                counts[asked, option] = number
        key = (about.unit, about.domain, about.period)
        asked_here = sorted({name for name, _option in counts})
        for name in asked_here:
            if self._reader.counted_before(row, (*key, name), ", ".join((*key, name))):
                return []
        if not self._adds_up(row, sum(counts.values()), one=len(asked_here) == 1):
            return []
        self.totals.add(numbers)
        return [
            AggregateCount(*key, name, option, number) for (name, option), number in counts.items()
        ]

    def _adds_up(self, row: Row, summed: int, *, one: bool) -> bool:
        """Whether the row's own total, where it has one, leaves room for its numbers."""
        place, text = first_filled(row, self._places.get("total", ()))
        if not text or place is None or not one:
            return True
        total = self._reader.number(row, place)
        if total is None:
            return False
        words = _("total {total}, numbers {sum}").format(total=total, sum=summed)
        if summed > total:
            self._reader.note(Trouble.TOTAL_TOO_SMALL, row, place, words)
            return False
        if summed < total:
            self._reader.note(Trouble.TOTAL_DIFFERS, row, place, words)
        self.totals.add({place: total})
        return True


def _asks(survey: Survey, question: str) -> bool:
    return any(each.id == question for each in survey.questions)
