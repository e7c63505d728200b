"""How a month's data came about: what was set aside, looked at, corrected. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from omr.ledger.quality import Imports, SecondReadings
from omr.ledger.readings import SheetRow
from omr.ledger.standing import IDENTITY, PAPER, WHOLE
from omr.marks import Reason, SheetStatus
from omr.pads import Pad
from omr.serials import Serial, parse_serial
from omr.settings import Language
from omr.survey import Role, Survey
from reports.bursts import Given, bursts
from reports.measures import ratio
from reports.number_text import percent_text
from reports.responses import Response
from reports.results import Burst, Quality
from reports.words import Word, word

# A person set the sheet aside, whatever the machine thought of it.
BY_PERSON = "person"
_NOT_ABOUT_AN_ANSWER = frozenset({IDENTITY, WHOLE, PAPER})


@dataclass(frozen=True, slots=True)
class Form:
    """Which form a counted sheet is; stays inside the program."""

    pad: Pad
    number: int


class SheetLook:
    """Collects what sheets tell about quality while they pass by on their way to counting.

    Args:
        pads: Every pad ever printed.
    """

    def __init__(self, pads: Iterable[Pad] = ()) -> None:
        self._pads: dict[tuple[str, int], list[Pad]] = defaultdict(list)
        for pad in sorted(pads, key=lambda pad: pad.first):
            self._pads[pad.domain, pad.year].append(pad)
        self._firsts = {key: [pad.first for pad in some] for key, some in self._pads.items()}
        self._statuses: Counter[SheetStatus] = Counter()
        self._refused: Counter[str] = Counter()
        self._looked_at = self._decided = self._corrected = 0
        self.forms: dict[str, Form] = {}  # of counted sheets, by record id

    def see(self, row: SheetRow) -> SheetRow:
        """Take note of a sheet; it is handed on as it is."""
        reading = row.reading
        self._statuses[reading.status] += 1
        if reading.status is SheetStatus.REFUSED:
            self._refused[_cause(row)] += 1
        settled = [about for about in row.asked if about not in row.open]
        self._looked_at += bool(settled)
        for question in settled:
            if question in _NOT_ABOUT_AN_ANSWER:
                continue
            self._decided += 1
            machine, person = row.seen_answers.get(question), reading.answers.get(question)
            if machine is not None and person is not None:
                self._corrected += set(machine.options) != set(person.options)
        if reading.status is SheetStatus.COUNTED and reading.serial is not None:
            serial = parse_serial(reading.serial)
            pad = self._pad_of(serial)
            if pad is not None:
                self.forms[row.record_id] = Form(pad, serial.number)
        return row

    def quality(self) -> Quality:
        """What the sheets seen so far tell."""
        return Quality(
            sheets=sum(self._statuses.values()),
            counted=self._statuses[SheetStatus.COUNTED],
            waiting=self._statuses[SheetStatus.REVIEW],
            duplicates=self._statuses[SheetStatus.DUPLICATE],
            blank_pages=self._statuses[SheetStatus.BLANK],
            refused=tuple(sorted(self._refused.items(), key=lambda pair: (-pair[1], pair[0]))),
            reviewed=self._looked_at,
            decided=self._decided,
            corrected=self._corrected,
        )

    def _pad_of(self, serial: Serial) -> Pad | None:
        some = self._pads.get((serial.domain, serial.year), [])
        at = bisect_right(self._firsts.get((serial.domain, serial.year), []), serial.number) - 1
        return some[at] if at >= 0 and serial.number <= some[at].last else None


def month_quality(
    look: SheetLook,
    *,
    seconds: SecondReadings,
    imports: Imports,
    excluded: int,
    found: Sequence[Burst],
) -> Quality:
    """Everything about the quality of a month.

    Args:
        look: That saw every sheet of it.
        seconds: Its blind second readings.
        imports: The electronic exports that concern it.
        excluded: Its double submissions.
        found: Its bursts.
    """
    return replace(
        look.quality(),
        second_readings=seconds.pairs,
        agreed=seconds.agreeing,
        kappa=seconds.kappa,
        electronic_rows=imports.rows,
        excluded=excluded,
        unmatched=tuple(imports.problems.items()),
        bursts=tuple(found),
    )


def month_bursts(
    responses: Iterable[Response],
    *,
    forms: Mapping[str, Form],
    days: Mapping[str, str],
    surveys: Iterable[Survey],
    unit_name: Callable[[str], str],
    language: Language,
) -> tuple[Burst, ...]:
    """The bursts among the responses of a month.

    Args:
        responses: All that count.
        forms: Which forms those on paper are, by record id.
        days: When electronic ones were sent, by record id.
        surveys: Say which questions rate, and how.
        unit_name: What a unit is called.
        language: Of papers.
    """
    levels = {
        question.id: {o.id: o.value for o in question.options if o.value is not None}
        for survey in surveys
        for question in survey.questions
        if question.role in {Role.RATED, Role.OVERALL}
    }

    def share_text(part: int, whole: int) -> str:
        return f"{word(Word.CITY, language)}: {percent_text(ratio(part, whole), language)}"

    given = []
    for response in responses:
        form = forms.get(response.record_id)
        pad, number = (form.pad, form.number) if form is not None else (None, 0)
        given.append(Given(response, days.get(response.record_id, ""), pad, number))
    return bursts(given, levels=levels, unit_name=unit_name, share_text=share_text)


def _cause(row: SheetRow) -> str:
    """Why a sheet was refused: the machine's first reason, or that a person said so."""
    if row.seen.status is not SheetStatus.REFUSED:
        return BY_PERSON
    reasons = row.reading.reasons
    return (reasons[0] if reasons else Reason.INTERNAL).value
