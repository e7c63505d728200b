"""Earlier revisions of surveys: kept for showing words, never read for printing.

``surveys/archive/hai-long-r1.toml`` is the file ``surveys/hai-long.toml`` as it was while
revision 1 was printed. Whoever shows answers given on old forms finds their words there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from omr.errors import LedgerUnusable, MistakesInFile, UsageError
from omr.i18n import _
from omr.new_file import is_there, write_new_file
from omr.problems import decode_text
from omr.replaced_file import exchange_content, replace_file
from omr.survey import Survey
from omr.survey_file import SHIPPED_SURVEY, parse_survey, shipped_survey, shipped_survey_text
from omr.survey_places import REVISION
from omr.toml_file import TomlFile, parse_toml, read_toml

_BOM = b"\xef\xbb\xbf"
_NUMBER = re.compile(r"""(\brev["']?\s*=\s*)[0-9_]+""")


@dataclass(frozen=True, slots=True)
class Revised:
    """What :func:`revise` did."""

    before: int
    after: int
    kept: Path | None  # where the words of the revision before are; None if nobody has them
    aside: Path | None  # the file as it was, if it says something else than *kept*


def archive_folder(surveys: Path) -> Path:
    """Where earlier revisions are kept, given the folder of the surveys."""
    return surveys / "archive"


def archived_path(surveys: Path, survey_id: str, revision: int) -> Path:
    """Where one revision's text is kept."""
    return archive_folder(surveys) / f"{survey_id}-r{revision}.toml"


def archived(surveys: Path, survey_id: str) -> dict[int, Survey]:
    """Every revision of a survey that is kept, by its number, the oldest first.

    Raises:
        MistakesInFile: If one of the files was damaged since; all mistakes at once.
    """
    found: dict[int, Survey] = {}
    pattern = re.compile(rf"{re.escape(survey_id)}-r(\d{{1,4}})")
    for path in sorted(archive_folder(surveys).glob("*.toml")):
        match = pattern.fullmatch(path.stem)
        if match:
            found[int(match[1])] = replace(parse_survey(read_toml(path)), id=survey_id)
    return dict(sorted(found.items()))


def keep_words(surveys: Path, survey: Survey) -> Path:
    """Keep the text of a revision that is about to be printed, unless it is kept already.

    Args:
        surveys: The folder of the surveys.
        survey: As read from its file there.

    Returns:
        Where it is kept.

    Raises:
        UsageError: If the file was changed since it was read.
        LedgerUnusable: If the folder cannot be written to.
    """
    path = archived_path(surveys, survey.id, survey.revision)
    if is_there(path):
        return path
    source = surveys / f"{survey.id}.toml"
    raw = _read(source)
    if parse_survey(_parsed(raw, source)) != survey:
        raise UsageError(
            _("{file} was changed by somebody else just now").format(file=source),
            _("Run the command again."),
        )
    return _write(path, raw)


def revise(
    surveys: Path,
    survey_id: str,
    printed: Iterable[int],
    is_as_printed: Callable[[Survey], bool],
    now: datetime,
) -> Revised:
    """Begin a new revision: keep the words so far, raise the number in the file.

    Only the number changes in the file; the office then edits the words. Where it edited
    them before, the words so far are those kept when they were printed.

    Args:
        surveys: The folder of the surveys.
        survey_id: The file's name without ending.
        printed: Numbers of the revisions that were printed.
        is_as_printed: Whether a survey says what the forms of its revision say.
        now: For the name of the old file.

    Raises:
        UsageError: If there is no such survey, or it has mistakes.
        LedgerUnusable: If the folder cannot be written to.
    """
    path = surveys / f"{survey_id}.toml"
    raw = _read(path)
    file = _parsed(raw, path)
    survey = parse_survey(file)
    known = {*printed, *archived(surveys, survey_id), survey.revision}
    new = replace(survey, revision=max(known) + 1)
    text = _with_revision(decode_text(raw, path), file, new)
    kept = _keep_printed(surveys, survey, raw, is_as_printed)
    if b"\r\n" in raw:
        text = text.replace("\n", "\r\n")
    mark = _BOM if raw.startswith(_BOM) else b""
    content = mark + text.encode()
    aside = None
    if kept is not None and kept.read_bytes() == raw:
        exchange_content(path, raw, content)
    else:  # not beside it: whatever lies there is read as a survey
        folder = archive_folder(surveys)
        folder.mkdir(exist_ok=True)
        aside = replace_file(path, raw, content, now, folder=folder)
    return Revised(survey.revision, new.revision, kept, aside)


def _keep_printed(
    surveys: Path, survey: Survey, raw: bytes, is_as_printed: Callable[[Survey], bool]
) -> Path | None:
    path = archived_path(surveys, survey.id, survey.revision)
    if is_there(path):
        return path
    if is_as_printed(survey):
        return _write(path, raw)
    if survey.id == SHIPPED_SURVEY and survey.revision == shipped_survey().revision:
        shipped = shipped_survey()
        if is_as_printed(shipped):
            return _write(path, shipped_survey_text().encode())
    return None


def _with_revision(text: str, file: TomlFile, new: Survey) -> str:
    """*text* with the number of *new*; nothing else in it changes."""
    lines = text.split("\n")
    at = file.line(*REVISION) - 1
    lines[at] = _NUMBER.sub(rf"\g<1>{new.revision}", lines[at], count=1)
    changed = "\n".join(lines)
    try:
        said = parse_survey(parse_toml(changed, file.path))
    except MistakesInFile:
        said = None
    if said != new:
        raise UsageError(
            _("{file}:{line}: the number of the revision is written in an unusual way").format(
                file=file.path, line=at + 1
            ),
            _("Write it as: rev = {number}").format(number=new.revision - 1),
        )
    return changed


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror or error),
            _("Names of surveys: omr surveys list"),
        ) from error


def _parsed(raw: bytes, path: Path) -> TomlFile:
    return parse_toml(decode_text(raw, path), path)


def _write(path: Path, raw: bytes) -> Path:
    try:
        path.parent.mkdir(exist_ok=True)
        write_new_file(path, raw)
    except OSError as error:
        raise LedgerUnusable(
            _("{path} cannot be written: {why}").format(
                path=error.filename or path, why=error.strerror or error
            ),
            _("Choose a folder that you may write to."),
        ) from error
    return path
