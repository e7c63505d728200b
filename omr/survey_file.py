"""The surveys of a workspace: editable TOML files, every mistake in them named at once."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from omr.errors import MistakesInFile, UsageError
from omr.i18n import _
from omr.problems import Problems
from omr.survey import Domain, Survey
from omr.survey_reader import SurveyReader
from omr.toml_file import TomlFile, parse_toml, read_toml

SHIPPED_SURVEY = "hai-long"  # id of the survey that a new workspace starts with


def load_surveys(folder: Path) -> dict[str, Survey]:
    """The surveys of a workspace by id, in order of file names.

    Raises:
        UsageError: If the folder holds no survey.
        MistakesInFile: All mistakes of all files at once; also a domain in two surveys.
    """
    scanned = scan_surveys(folder)
    scanned.problems.raise_if_any()
    return {survey.id: survey for _file, survey in scanned.surveys}


@dataclass(frozen=True, slots=True)
class ScannedSurveys:
    """What a folder's files say as far as they can be understood."""

    surveys: tuple[tuple[TomlFile, Survey], ...]  # those without mistakes of their own
    problems: Problems


def scan_surveys(folder: Path) -> ScannedSurveys:
    """The surveys of a workspace, and every mistake in them; see :func:`load_surveys`.

    Raises:
        UsageError: If the folder holds no survey.
    """
    # Hidden files are left behind by editors and by macOS, never written by people.
    paths = sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))
    if not paths:
        raise UsageError(
            _("there is no survey in {folder}").format(folder=folder),
            _("Put a survey file there; a new workspace (omr init) shows how it is written."),
        )
    problems = Problems()
    readers: list[SurveyReader] = []
    surveys: list[tuple[TomlFile, Survey]] = []
    for path in paths:
        own = Problems()
        try:
            reader = SurveyReader(read_toml(path), own)
            survey = reader.survey()
            readers.append(reader)
            own.raise_if_any()
            surveys.append((reader.file, survey))
        except MistakesInFile as error:  # the other files are still checked
            problems.absorb(error)
    _refuse_shared_domains(readers, problems)
    return ScannedSurveys(tuple(surveys), problems)


def parse_survey(file: TomlFile) -> Survey:
    """The survey that a TOML file describes.

    Raises:
        MistakesInFile: All mistakes at once.
    """
    problems = Problems()
    survey = SurveyReader(file, problems).survey()
    problems.raise_if_any()
    return survey


def shipped_survey_text() -> str:
    """The survey file that a new workspace starts with."""
    return resources.files("omr").joinpath("data", "survey.toml").read_text(encoding="utf-8")


def shipped_survey() -> Survey:
    """The survey that a new workspace starts with."""
    return parse_survey(parse_toml(shipped_survey_text(), Path(f"{SHIPPED_SURVEY}.toml")))


def find_domain(surveys: dict[str, Survey], code: str) -> tuple[Survey, Domain]:
    """The domain with id *code* (small letters are forgiven) and the survey it belongs to.

    Raises:
        UsageError: If no survey has it, or if it is a group and its parts have the pads.
    """
    wanted = code.strip().upper()
    found = {
        domain.id: (survey, domain) for survey in surveys.values() for domain in survey.domains
    }
    if wanted in found:
        return found[wanted]
    parts = [name for name, (_survey, domain) in found.items() if domain.group == wanted]
    if parts:
        raise UsageError(
            _("{code} is a group of domains and has no forms of its own").format(code=wanted),
            _("Name one of its parts: {codes}").format(codes=", ".join(parts)),
        )
    raise UsageError(
        _("no survey has the domain '{code}'").format(code=code),
        _("Known domains: {codes}").format(codes=", ".join(found)),
    )


def _refuse_shared_domains(readers: list[SurveyReader], problems: Problems) -> None:
    """A domain's forms must come from one survey, or a printed code would be ambiguous."""
    owner: dict[str, Path] = {}
    for reader in readers:
        for name, line in reader.domain_lines.items():
            first = owner.setdefault(name, reader.file.path)
            if first != reader.file.path:
                problems.add(
                    reader.file.path,
                    line,
                    _("domain {code} is already in {file}").format(code=name, file=first.name),
                    _("a domain belongs to one survey: remove it from one of the two"),
                )
