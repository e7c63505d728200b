"""The results of one reporting month: everything that any output shows, as pure values.

Outputs lay these values out and compute nothing. :func:`reports.month.month_results` makes
them, :func:`reports.suppress.for_outside` leaves out what must not leave the office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from omr.periods import Period
from omr.serial_ranges import SerialRange
from omr.settings import Language
from omr.survey import Role
from reports.figures import Figures, Levels
from reports.measures import Change, ratio
from reports.responses import Channel


class GroupKind(StrEnum):
    """What the responses of a group have in common."""

    CITY = "city"  # all of them
    SECTION = "section"  # I and II of the tables; key: a Section
    PARENT = "parent"  # a unit and everything below it; key: its code
    UNIT = "unit"  # key: its code
    DOMAIN = "domain"  # key: its id
    ROLLUP = "rollup"  # a domain with those counted under it (L05 under PCCC); key: its id
    CHANNEL = "channel"  # key: a Channel
    UNIT_DOMAIN = "unit-domain"  # key: code and id


class Section(StrEnum):
    """The parts that tables of units are divided into, in printed order."""

    OFFICES = "I"  # phòng, with their counters
    COMMUNES = "II"  # công an cấp xã
    OTHER = "III"  # the city itself, dissolved units, codes without an entry


class Break(StrEnum):
    """Why a month must not be compared with the present one."""

    NO_DATA = "no-data"
    UNITS = "units"  # other units answered than now
    DOMAINS = "domains"  # other domains, or domains counted under others
    QUESTIONS = "questions"  # another overall rating or other rated questions


class Note(StrEnum):
    """What readers of the numbers must know; words in :mod:`reports.words`."""

    PROVISIONAL = "provisional"  # sheets wait for a person, or the stock does not balance
    BATCH_PERIOD = "batch-period"  # paper counts in the month of its collection
    SELF_SELECTED = "self-selected"  # intervals understate the doubt
    CHANNELS = "channels"  # one person may have answered on paper and electronically
    CHANCE = "chance"  # number: changes that chance alone would mark
    SMALL = "small"  # number: units with too few answers for a place
    VISITS_MISSING = "visits-missing"  # number: places with responses and unknown visits
    VISITS_EXCEEDED = "visits-exceeded"  # number: places with more answers than visits
    UNIT_NOT_VALID = "unit-not-valid"  # number: units that did not exist in the month
    NO_LEVEL = "no-level"  # number: answers to rated questions with an unknown option
    COUNTED_ELSEWHERE = "counted-elsewhere"  # number: responses that came as counts only
    SUPPRESSED = "suppressed"  # small counts are left out


@dataclass(frozen=True, slots=True)
class Remark:
    """A note, and the number in it."""

    note: Note
    number: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """The responses that have something in common."""

    kind: GroupKind
    key: tuple[str, ...]
    name: str  # in full; of UNIT_DOMAIN the unit's
    short: str  # of UNIT_DOMAIN the domain's id
    figures: Figures
    section: Section | None = None  # of units and their domains
    before: Figures | None = None  # the month before, if the two may be compared
    change: Change | None = None  # of the share of satisfied people since then


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit's place among those with enough answers, by the lower end of its interval."""

    group: Group
    place: int | None  # from 1, equals share one; None: too few answers to be ranked


@dataclass(frozen=True, slots=True)
class QuestionLevels:
    """The answers to one rated question (or the overall one)."""

    question: str  # its id
    text: str  # with ``{specific}`` replaced where one domain is meant
    role: Role  # RATED or OVERALL
    factor: str  # A to E; empty for the overall rating
    domain: str  # id; empty: all domains together
    levels: Levels


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How often an option was chosen; None: not to be shown."""

    option: str
    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class QuestionOptions:
    """The answers to a question without levels: who answers, reasons, yes or no."""

    question: str
    text: str
    role: Role  # PROFILE, REASONS or YES_NO
    domain: str  # id; empty: all domains together
    options: tuple[OptionCount, ...]  # in printed order
    blank: int | None  # people who chose none, or more than allowed
    people: int | None  # who were asked
    several: bool = False  # whether a person may choose several options


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """One month of a trend."""

    period: Period
    figures: Figures | None  # None: nothing is known of that month
    breaks: tuple[Break, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether the month may be compared with the newest one."""
        return self.figures is not None and not self.breaks


@dataclass(frozen=True, slots=True)
class Trend:
    """A group over 13 months, the newest last."""

    kind: GroupKind  # CITY or ROLLUP
    key: tuple[str, ...]
    name: str
    points: tuple[MonthPoint, ...]


@dataclass(frozen=True, slots=True)
class StockLine:
    """The forms of one unit and domain; None among the numbers: not to be shown.

    ``opening + issued`` equals the sum of the columns from ``returned_answered`` to
    ``outstanding`` where everything balances.
    """

    unit: str
    domain: str
    name: str  # the unit's
    section: Section
    opening: int | None
    issued: int | None
    returned_answered: int | None
    returned_blank: int | None
    void: int | None
    lost: int | None
    unused_returned: int | None
    outstanding: int | None
    difference: int | None  # forms that do not balance
    duplicates: int | None
    anomalies: int | None
    missing: tuple[SerialRange, ...] = ()  # out, though later ones came back
    still_out: tuple[SerialRange, ...] = ()
    reported_lost: tuple[SerialRange, ...] = ()

    @property
    def return_rate(self) -> Fraction | None:
        """Forms that came back answered, blank or void, of all that could have.

        All that could have: what the unit had at the start and was given, less what it
        handed back unused.
        """
        return return_rate((self,))


def return_rate(lines: tuple[StockLine, ...]) -> Fraction | None:
    """The rate of return over several lines; None if none had forms or one is not shown."""
    back = had = 0
    for line in lines:
        came = (line.returned_answered, line.returned_blank, line.void)
        out = (line.opening, line.issued, line.unused_returned)
        if None in came or None in out:
            return None
        back += sum(each or 0 for each in came)
        had += (line.opening or 0) + (line.issued or 0) - (line.unused_returned or 0)
    return ratio(back, had) if had > 0 else None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An answer that calls for somebody to look into it."""

    record_id: str
    unit: str
    unit_name: str
    domain: str
    channel: Channel
    question: str
    text: str  # the question's words
    option: str
    label: str  # the option's words
    file: str
    page: int | None  # 0-based; None where there is no page
    sheet: int | None
    handled: bool = False
    note: str = ""  # what was done
    row: int | None = None  # of the imported file, from 1; None: on paper, or not known
    crop: bytes | None = None  # PNG of the answer; None: electronic, or no picture is kept


@dataclass(frozen=True, slots=True)
class Burst:
    """Answers that look as if one hand gave them."""

    kind: str  # identical-minutes, identical-pad or straight-line
    unit: str
    unit_name: str
    domain: str
    count: int  # responses that look so
    of: int  # responses looked at
    where: str  # file or pad, and when as far as it may be said


@dataclass(frozen=True, slots=True)
class Quality:
    """How the month's data came about."""

    sheets: int = 0  # seen on scans
    counted: int = 0
    waiting: int = 0  # for a person
    duplicates: int = 0
    blank_pages: int = 0
    refused: tuple[tuple[str, int], ...] = ()  # reason (omr.marks.Reason) and sheets
    reviewed: int = 0  # sheets that a person looked at
    decided: int = 0  # answers that a person decided
    corrected: int = 0  # of these, answers that the machine had otherwise
    second_readings: int = 0  # decisions that another person read blind
    agreed: int = 0  # of these, with the same outcome
    kappa: float | None = None  # of these, Cohen's: agreement beyond chance, 1 at most
    electronic_rows: int = 0  # in imported exports
    excluded: int = 0  # double submissions
    unmatched: tuple[tuple[str, int], ...] = ()  # trouble (reports.unmatched) and things
    bursts: tuple[Burst, ...] = ()

    @property
    def review_rate(self) -> Fraction | None:
        """Sheets that a person looked at, of all that were counted or wait."""
        return ratio(self.reviewed, self.counted + self.waiting)

    @property
    def agreement(self) -> Fraction | None:
        """Second readings with the same outcome."""
        return ratio(self.agreed, self.second_readings)


NO_QUALITY = Quality()


@dataclass(frozen=True, slots=True)
class MonthResults:
    """Everything that any output shows about one reporting month."""

    period: Period
    version: int | None  # of the closed month; None: it is open
    provisional: bool  # sheets wait for a person, or the stock does not balance
    outside: bool  # small counts are left out
    agency: str  # the body above the office: "Công an thành phố Hải Phòng"
    office: str  # "Phòng Tham mưu"
    place: str  # before a date: "Hải Phòng"
    language: Language
    names: Mapping[str, str]  # of units and domains, by code and id
    city: Group
    by_section: tuple[Group, ...]
    by_parent: tuple[Group, ...]
    by_unit: tuple[Group, ...]  # in the order of the catalogue
    by_domain: tuple[Group, ...]  # in the order of the surveys
    by_rollup: tuple[Group, ...]
    by_channel: tuple[Group, ...]
    by_unit_domain: tuple[Group, ...]  # by unit, then domain, in the same orders
    questions: tuple[QuestionLevels, ...]  # all domains together, then each domain
    options: tuple[QuestionOptions, ...]
    ranking: tuple[Ranked, ...]  # by place; then those without one, in the catalogue's order
    trend: Trend  # the city's
    domain_trends: tuple[Trend, ...]  # of by_rollup
    stock: tuple[StockLine, ...]
    alerts: tuple[AlertRow, ...]
    quality: Quality
    remarks: tuple[Remark, ...]

    @property
    def open_alerts(self) -> int | None:
        """Alerts that nobody has handled; None: not to be shown, as each is of one person."""
        return None if self.outside else sum(not alert.handled for alert in self.alerts)

    @property
    def return_rate(self) -> Fraction | None:
        """Of all forms that could have come back."""
        return return_rate(self.stock)

    @property
    def lowest(self) -> tuple[Group, ...]:
        """The five ranked units with the lowest places, the lowest first."""
        ranked = [each.group for each in self.ranking if each.place is not None]
        return tuple(reversed(ranked[-5:]))

    @property
    def worst_stock(self) -> tuple[StockLine, ...]:
        """The five lines with the most forms unaccounted for: not balanced, lost or missing."""
        open_lines = [line for line in self.stock if unaccounted(line)]
        return tuple(sorted(open_lines, key=unaccounted, reverse=True)[:5])


def unaccounted(line: StockLine) -> int:
    """Forms that do not balance, are lost, or are missing between others that came back."""
    missing = sum(len(each) for each in line.missing)
    return abs(line.difference or 0) + (line.lost or 0) + missing
