"""The settings of a workspace, from ``omr.toml``; every mistake is named with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from pathlib import Path
from string import Template
from typing import TypeVar
from zoneinfo import ZoneInfo

from omr.alert_rule import AlertRatings
from omr.i18n import _
from omr.periods import DEFAULT_START_DAY, MAX_START_DAY
from omr.problems import Problems
from omr.toml_file import TomlFile, read_toml
from omr.toml_table import Table

DEFAULT_TIME_ZONE = "Asia/Ho_Chi_Minh"
DEFAULT_PAD_SIZE = 50
MAX_PAD_SIZE = 1000
MAX_JOBS = 256
DEFAULT_SECOND_READING = 5
_DATABASES = ("postgresql", "sqlite")

Word = TypeVar("Word", bound=StrEnum)


class Language(StrEnum):
    """The language of papers, workbooks and pages for people (the screen has its own)."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


class Paper(StrEnum):
    """What the printer is fed."""

    A5 = "a5"
    A4_TWO_UP = "a4-2up"  # two forms on one sheet, to be cut


@dataclass(frozen=True, slots=True)
class Settings:
    """What an office decides once."""

    agency: str  # the body above the office, first line of a report's head
    office: str  # the office itself, second line
    city: str  # the place before a report's date
    language: Language
    ledger_url: str = field(repr=False)  # may hold a password; empty: a file in the workspace
    start_day: int  # of the reporting month, see omr.periods
    time_zone: str  # of the times in electronic exports
    jobs: int  # processes that read scans; 0: one per processor core
    marginal: float | None  # thresholds of darkness; None: those of the program
    definite: float | None
    keep_every_picture: bool  # a small picture of every sheet that counts, for those who merge
    pad_size: int  # forms in one pad
    paper: Paper
    public_code: bool  # forms carry the code of the electronic survey, see omr.links
    issue_when_printed: bool  # a unit has its forms once they are printed, see omr.stock
    second_reading: int  # percent of decisions that another person reads blind
    alert_ratings: AlertRatings  # which low ratings raise an alert

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)


def read_settings(path: Path) -> Settings:
    """Read the settings of a workspace.

    Raises:
        UsageError: If the file is missing or cannot be read.
        MistakesInFile: All mistakes at once.
    """
    return parse_settings(read_toml(path))


def parse_settings(file: TomlFile) -> Settings:
    """The settings that a TOML file gives; only the office's names have no default.

    Raises:
        MistakesInFile: All mistakes at once.
    """
    problems = Problems()
    top = Table(file, problems)
    office = top.table("office")
    ledger, period = _section(top, "ledger"), _section(top, "period")
    reading, printing = _section(top, "reading"), _section(top, "printing")
    review, alerts = _section(top, "review"), _section(top, "alerts")
    settings = Settings(
        agency=office.text("agency"),
        office=office.text("name"),
        city=office.text("city"),
        language=_word(office, "language", Language.VIETNAMESE),
        ledger_url=_ledger_url(ledger),
        start_day=period.integer("start_day", 1, MAX_START_DAY, DEFAULT_START_DAY),
        time_zone=_time_zone(period),
        jobs=reading.integer("jobs", 0, MAX_JOBS, 0),
        marginal=_threshold(reading, "marginal"),
        definite=_threshold(reading, "definite"),
        keep_every_picture=reading.flag("keep_every_picture", default=False),
        pad_size=printing.integer("pad_size", 1, MAX_PAD_SIZE, DEFAULT_PAD_SIZE),
        paper=_word(printing, "paper", Paper.A5),
        public_code=printing.flag("public_code", default=False),
        issue_when_printed=printing.flag("issue_when_printed", default=True),
        second_reading=review.integer("second_reading", 0, 100, DEFAULT_SECOND_READING),
        alert_ratings=_word(alerts, "ratings", AlertRatings.ALL),
    )
    _check_thresholds(reading, settings)
    for table in (office, ledger, period, reading, printing, review, alerts, top):
        table.close()
    problems.raise_if_any()
    return settings


def shipped_settings_text(*, agency: str, city: str) -> str:
    """The ``omr.toml`` that a new workspace starts with.

    Args:
        agency: Full name of the police force, such as ``Công an thành phố Hải Phòng``.
        city: The place that dates are written with, such as ``Hải Phòng``.
    """
    text = resources.files("omr").joinpath("data", "omr.toml").read_text(encoding="utf-8")
    return Template(text).substitute(agency=agency, city=city)


def _section(top: Table, key: str) -> Table:
    """A section that may be missing; then every key of it has its default."""
    found = top.tables(key, most=1)
    return found[0] if found else Table(TomlFile(top.file.path, {}, {}), top.problems)


def _word(table: Table, key: str, default: Word) -> Word:
    """One of a few known words."""
    kind = type(default)
    word = table.text(key, default.value)
    if word in set(kind):
        return kind(word)
    if word:
        table.wrong(
            key,
            _("'{word}' is not known here").format(word=word),
            _("known: {words}").format(words=", ".join(kind)),
        )
    return default


def _ledger_url(table: Table) -> str:
    url = table.text("url", "")
    if url and not (url.startswith(_DATABASES) and "://" in url):
        table.wrong(  # without quoting it: an address may hold a password
            "url",
            _("this is no database address"),
            _("leave it empty, or write postgresql://USER@HOST/NAME"),
        )
    return url


def _time_zone(table: Table) -> str:
    name = table.text("time_zone", DEFAULT_TIME_ZONE)
    try:
        ZoneInfo(name or DEFAULT_TIME_ZONE)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones
        table.wrong(
            "time_zone",
            _("'{name}' is no time zone").format(name=name),
            f'time_zone = "{DEFAULT_TIME_ZONE}"',
        )
    return name


def _threshold(table: Table, key: str) -> float | None:
    return table.number(key, 0.001, 1.0) if table.has(key) else None


def _check_thresholds(table: Table, settings: Settings) -> None:
    marginal, definite = settings.marginal, settings.definite
    if (marginal is None) != (definite is None):
        given = "definite" if marginal is None else "marginal"
        table.wrong(
            given,
            _("'marginal' and 'definite' belong together"),
            _("give both or neither"),
        )
    elif (
        marginal is not None
        and definite is not None
        and marginal >= definite
        and definite == table.values["definite"]  # else it is a stand-in after a mistake
    ):
        table.wrong(
            "marginal",
            _("'marginal' must be less than 'definite'"),
            _("correct one of the two"),
        )
