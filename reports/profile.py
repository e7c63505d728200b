"""Mapping profiles: editable files that say which column of an export means what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from omr.errors import LedgerUnusable, UsageError
from omr.i18n import _
from omr.ledger.aliases import Alias, AliasKind
from omr.new_file import is_there, write_new_file
from omr.problems import Problems
from omr.survey import Survey
from omr.text_key import text_key
from omr.toml_file import TomlFile, read_toml
from omr.toml_table import Table
from omr.units import UnitCatalogue
from reports.timestamps import DateOrder

ANY_QUESTION = "*"
_AUTO = "auto"
_LONGEST_WINDOW_S = 24 * 60 * 60


class ProfileKind(StrEnum):
    """What one row of an export is."""

    RESPONSES = "responses"  # one person's answers
    AGGREGATE = "aggregate"  # how often something was chosen
    VISITS = "visits"  # how many people came


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read one system's exports."""

    name: str
    path: Path  # where a person adds what is missing
    kind: ProfileKind
    zone: tzinfo | None  # of times that name none; None: the workspace's
    question: str  # id for counts of which no column names it, or empty
    date_order: DateOrder | None  # None: decided from the whole file
    double_submission_s: int  # 0: nothing is a double submission
    unit: str  # code for rows that name none, or empty
    domain: str
    timestamp: tuple[str, ...]  # headers
    unit_headers: tuple[str, ...]
    domain_headers: tuple[str, ...]
    personal: tuple[str, ...]
    ignored: tuple[str, ...]
    row_id: tuple[str, ...]
    period: tuple[str, ...]
    question_headers: tuple[str, ...]
    option_headers: tuple[str, ...]
    count: tuple[str, ...]
    blank: tuple[str, ...]  # also words for an option: asked and left blank
    total: tuple[str, ...]
    counter: tuple[str, ...]  # visits at the counter
    online: tuple[str, ...]
    headers: Mapping[str, tuple[str, ...]]  # by question id
    options: Mapping[str, Mapping[str, str]]  # by question id: words to option id
    units: Mapping[str, str]  # words to code
    domains: Mapping[str, str]  # words to id

    def words_for(self, question_id: str) -> dict[str, str]:
        """The words that this profile adds for a question's options."""
        return {**self.options.get(ANY_QUESTION, {}), **self.options.get(question_id, {})}


def with_aliases(profile: Profile, confirmed: Iterable[Alias]) -> Profile:
    """The profile with the words that people confirmed; its own words go before them."""
    units, domains = dict(profile.units), dict(profile.domains)
    options = {question: dict(words) for question, words in profile.options.items()}
    taken = {
        AliasKind.UNIT: {text_key(words) for words in units},
        AliasKind.DOMAIN: {text_key(words) for words in domains},
    }
    for alias in confirmed:
        if alias.kind is AliasKind.OPTION:
            question, _dot, option = alias.code.rpartition(".")
            options.setdefault(question or ANY_QUESTION, {}).setdefault(alias.words, option)
        elif text_key(alias.words) not in taken[alias.kind]:
            (units if alias.kind is AliasKind.UNIT else domains)[alias.words] = alias.code
    return replace(profile, units=units, domains=domains, options=options)


def load_profile(
    folder: Path, name: str, *, surveys: Mapping[str, Survey], units: UnitCatalogue
) -> Profile:
    """The profile *name* of a workspace.

    Args:
        folder: The workspace's folder of profiles.
        name: File name without ``.toml``.
        surveys: By id; ids in the profile must be theirs.
        units: Codes in the profile must be theirs.

    Raises:
        UsageError: If there is no such profile; the known ones are named.
        MistakesInFile: All mistakes in the file at once.
    """
    wanted = name.removesuffix(".toml")
    unpack_shipped(folder, wanted)
    present = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    if wanted not in present:
        raise UsageError(
            _("there is no profile '{name}'").format(name=name),
            _("Known profiles: {names}. They are files in {folder}.").format(
                names=", ".join(present) or "–", folder=folder
            ),
        )
    return parse_profile(read_toml(present[wanted]), surveys=surveys, units=units)


def unpack_shipped(folder: Path, name: str) -> None:
    """Put the shipped profile *name* into a workspace that is older than it.

    Raises:
        LedgerUnusable: If the folder cannot be written to.
    """
    shipped = resources.files("omr").joinpath("data", "profiles")
    texts = {entry.name: entry for entry in shipped.iterdir() if entry.name.endswith(".toml")}
    entry = texts.get(f"{name}.toml")
    path = folder / f"{name}.toml"
    if entry is None or is_there(path):
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_new_file(path, entry.read_text(encoding="utf-8").encode())
    except OSError as error:
        raise LedgerUnusable(
            _("the workspace cannot be written: {path}: {reason}").format(
                path=path, reason=error.strerror or error
            ),
            _("Choose a folder that you may write to, with some free space."),
        ) from error


def parse_profile(
    file: TomlFile, *, surveys: Mapping[str, Survey], units: UnitCatalogue
) -> Profile:
    """The profile that a TOML file describes.

    Raises:
        MistakesInFile: All mistakes at once.
    """
    problems = Problems()
    top = Table(file, problems)
    order = top.text("date_order", _AUTO)
    if order not in {_AUTO, *DateOrder}:
        top.wrong("date_order", _("unknown order '{order}'").format(order=order), "auto, dmy, mdy")
        order = _AUTO
    kind = top.text("kind", ProfileKind.RESPONSES.value)
    if kind not in set(ProfileKind):
        top.wrong("kind", _("unknown kind '{kind}'").format(kind=kind), ", ".join(ProfileKind))
        kind = ProfileKind.RESPONSES.value
    columns = top.table("columns")
    questions = _options_by_question(surveys).keys()
    domain_ids = {domain.id for survey in surveys.values() for domain in survey.domains}
    unit_codes = {unit.code for unit in units.units}
    profile = Profile(
        name=file.path.stem,
        path=file.path,
        date_order=None if order == _AUTO else DateOrder(order),
        double_submission_s=top.integer("double_submission_seconds", 0, _LONGEST_WINDOW_S, 60),
        unit=_one_of(top, "unit", unit_codes),
        domain=_one_of(top, "domain", domain_ids),
        kind=ProfileKind(kind),
        zone=_zone(top),
        question=_one_of(top, "question", set(questions), upper=False),
        timestamp=columns.texts("timestamp")
        if kind == ProfileKind.RESPONSES
        else columns.texts("timestamp", ()),
        unit_headers=columns.texts("unit", ()),
        domain_headers=columns.texts("domain", ()),
        personal=columns.texts("personal", ()),
        ignored=columns.texts("ignored", ()),
        row_id=columns.texts("row_id", ()),
        period=columns.texts("period", ()),
        question_headers=columns.texts("question", ()),
        option_headers=columns.texts("option", ()),
        count=columns.texts("count", ()),
        blank=columns.texts("blank", ()),
        total=columns.texts("total", ()),
        counter=columns.texts("counter", ()),
        online=columns.texts("online", ()),
        headers=_headers(top, surveys),
        options=_options(top, surveys),
        units=_words(top, "units", unit_codes),
        domains=_words(top, "domains", domain_ids),
    )
    columns.close()
    top.close()
    problems.raise_if_any()
    return profile


def _one_of(top: Table, key: str, known: set[str], *, upper: bool = True) -> str:
    code = top.text(key, "")
    code = code.upper() if upper else code
    if code and code not in known:
        top.wrong(key, _("unknown code '{code}'").format(code=code), _some(known))
    return code


def _zone(top: Table) -> tzinfo | None:
    name = top.text("time_zone", "")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        top.wrong(
            "time_zone",
            _("unknown time zone '{zone}'").format(zone=name),
            "Asia/Ho_Chi_Minh, America/Los_Angeles, UTC",
        )
        return None


def _headers(top: Table, surveys: Mapping[str, Survey]) -> dict[str, tuple[str, ...]]:
    questions = _options_by_question(surveys).keys() | {s.comment.id for s in surveys.values()}
    found = {}
    for table in top.tables("headers", most=1):
        for name in table.values:
            found[name] = table.texts(name)
            if name not in questions:
                table.wrong(
                    name, _("unknown question '{name}'").format(name=name), _some(questions)
                )
    return found


def _options(top: Table, surveys: Mapping[str, Survey]) -> dict[str, dict[str, str]]:
    known = _options_by_question(surveys)
    everywhere = {option for options in known.values() for option in options}
    found = {}
    for table in top.tables("options", most=1):
        for name in table.values:
            found[name] = table.words_by_id(name)
            if name not in known and name != ANY_QUESTION:
                table.wrong(name, _("unknown question '{name}'").format(name=name), _some(known))
                continue
            allowed = everywhere if name == ANY_QUESTION else known[name]
            for words, option in found[name].items():
                if option not in allowed:
                    table.wrong(
                        name, _("unknown option '{id}'").format(id=option), _some(allowed), words
                    )
    return found


def _words(top: Table, key: str, known: set[str]) -> dict[str, str]:
    found = top.words_by_id(key)
    for words, code in found.items():
        if code not in known:
            top.wrong(key, _("unknown code '{code}'").format(code=code), _some(known), words)
    return found


def _options_by_question(surveys: Mapping[str, Survey]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for survey in surveys.values():
        for question in survey.questions:
            found.setdefault(question.id, set()).update(option.id for option in question.options)
    return found


def _some(known: Iterable[str]) -> str:
    names = sorted(known)
    more = ", …" if len(names) > 20 else ""
    return _("known: {names}").format(names=", ".join(names[:20]) + more)
