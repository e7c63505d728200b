"""What ``omr reports profile`` does: show how a file fits, and what words might mean."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from omr.errors import InputUnusable, MistakesInFile, OmrError, UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.new_file import write_new_file
from omr.table_cli import show_table
from omr.workspace import Workspace, open_workspace
from reports.aggregates import AggregateWords, read_aggregates
from reports.columns import HeaderWords, header_key
from reports.electronic import read_export
from reports.import_commands import (
    confirmed_profile,
    count_places,
    known_header,
    surroundings,
)
from reports.open_table import open_table
from reports.profile import Profile, ProfileKind
from reports.proposals import (
    Nearest,
    Proposal,
    near_domains,
    near_options,
    near_questions,
    near_units,
    sample,
)
from reports.table import Table, column_name
from reports.unmatched import Trouble, Unmatched, printable, sentences
from reports.visits import read_visits, visit_words

_ROWS_SAMPLED = 200
_WORDS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """What one column is taken for, and why."""

    place: int
    header: str
    meaning: str  # empty: nothing
    why: str


def propose(
    root: Path, file: Path, profile_name: str = "", *, sheet: str = "", out: str = ""
) -> Profile:
    """Show how *file* fits the workspace's profiles, and what does not fit; import nothing.

    Args:
        root: The workspace.
        file: CSV or workbook.
        profile_name: The profile to try; without one, that under which most headers fit.
        sheet: Of a workbook with several.
        out: Name of a new profile to write, made of the one tried and this file's headers.

    Raises:
        UsageError: If there is no such profile, or *out* exists already.
        InputUnusable: If the file cannot be read.
    """
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        profile, table = _fitting(workspace, ledger, file, profile_name, sheet)
    for note in table.notes:
        print(f"{table.name}: {note}")
    print(
        _("{file}: {rows} rows, header in row {row}; read with the profile {profile}").format(
            file=table.name,
            rows=sum(1 for _row in table.rows()),
            row=table.header_row,
            profile=profile.name,
        )
    )
    columns = meanings(table, profile, workspace)
    _show_columns(table, columns)
    for line in _advice(workspace, table, profile, columns):
        print(line)
    if out:
        _write_profile(workspace, profile, out, columns)
    return profile


def meanings(table: Table, profile: Profile, workspace: Workspace) -> list[ColumnMeaning]:
    """What every column is taken for under *profile*."""
    if profile.kind is ProfileKind.RESPONSES:
        words = HeaderWords(profile, workspace.surveys())
        return [
            ColumnMeaning(place, header, *words.explained(header))
            for place, header in enumerate(table.header)
        ]
    if profile.kind is ProfileKind.VISITS:
        roles = visit_words(profile)
        found = [(roles.role(header) or "", "") for header in table.header]
    else:
        aggregate = AggregateWords(profile, workspace.surveys())
        found = []
        for place, header in enumerate(table.header):
            role = aggregate.roles.role(header) or ""
            wide = None if role else aggregate.wide(header, place)
            if wide is not None:
                found.append((f"{wide.question or '*'} = {wide.words}", _("an option")))
            else:
                found.append((role, ""))
    return [
        ColumnMeaning(place, header, meaning, why or (_("words in the profile") if meaning else ""))
        for place, (header, (meaning, why)) in enumerate(zip(table.header, found, strict=True))
    ]


def _fitting(
    workspace: Workspace, ledger: Ledger, file: Path, name: str, sheet: str
) -> tuple[Profile, Table]:
    """The profile asked for, or the one under which most of the file's headers mean something."""
    names = [name] if name else sorted(p.stem for p in workspace.profiles_folder.glob("*.toml"))
    best: tuple[int, Profile, Table] | None = None
    failure: OmrError | None = None
    for each in names:
        try:
            profile = confirmed_profile(workspace, ledger, each)
            known = known_header(profile, workspace)
            table = open_table(file, known, sheet)
        except (MistakesInFile, InputUnusable) as error:
            if name:
                raise
            failure = failure or error
            continue
        fits = sum(bool(header) and known(header) for header in table.header)
        if best is None or fits > best[0]:
            best = (fits, profile, table)
    if best is None:
        raise failure or UsageError(
            _("there is no profile in {folder}").format(folder=workspace.profiles_folder),
            _("Put a profile there; omr init makes the usual ones."),
        )
    return best[1], best[2]


def _show_columns(table: Table, columns: Sequence[ColumnMeaning]) -> None:
    rows = [row.cells for row in islice(table.rows(), _ROWS_SAMPLED)]
    shown = [
        [
            column_name(column.place),
            printable(column.header) or "–",
            column.meaning or _("NOTHING"),
            column.why,
            _("(never kept)")
            if column.meaning == "personal"
            else sample([cells[column.place] for cells in rows]),
        ]
        for column in columns
    ]
    show_table(
        {
            "column": _("Column"),
            "header": _("Header"),
            "meaning": _("Taken for"),
            "why": _("Because of"),
            "sample": _("Values"),
        },
        shown,
        for_programs=False,  # advice, in the person's language all through
    )


def _advice(
    workspace: Workspace, table: Table, profile: Profile, columns: Sequence[ColumnMeaning]
) -> Iterator[str]:
    """What does not fit, with the nearest proposals and the command that confirms one."""
    questions = near_questions(workspace.surveys())
    for column in columns:
        if not column.meaning and column.header:
            near = questions.to(column.header)
            yield _("column {column} '{header}' means nothing.{near}").format(
                column=column_name(column.place),
                header=printable(column.header),
                near=_near(near),
            )
    try:
        found = _dry_run(workspace, table, profile)
    except InputUnusable as error:
        yield f"{error.message}. {error.remedy}"
        return
    by_header = {column.header: column.meaning for column in columns}
    confirmable: list[tuple[Unmatched, tuple[str, str, Nearest] | None]] = []
    others: list[tuple[Unmatched, tuple[str, str, Nearest] | None]] = []
    for one in found:
        nearest = _nearest_for(workspace, one, by_header)
        (others if nearest is None else confirmable).append((one, nearest))
    for one, nearest in confirmable[:_WORDS_SHOWN]:
        if nearest is not None:
            yield from _word_advice(profile, one, *nearest)
    if len(confirmable) > _WORDS_SHOWN:
        yield _("… and {count} more words").format(count=len(confirmable) - _WORDS_SHOWN)
    yield from sentences([one for one, _nearest in others[:_WORDS_SHOWN]])
    if not found:
        yield _("everything fits: import it with {command}").format(
            command=_command(["omr", "reports", "import", table.name, "--profile", profile.name])
        )


def _dry_run(workspace: Workspace, table: Table, profile: Profile) -> Sequence[Unmatched]:
    """Everything that an import would name; numbers without a month are no matter here."""
    if profile.kind is ProfileKind.RESPONSES:
        return read_export(table, profile, surroundings(workspace)).unmatched
    around = count_places(workspace)
    if profile.kind is ProfileKind.AGGREGATE:
        return read_aggregates(table, profile, around).unmatched
    return read_visits(table, profile, around).unmatched


def _nearest_for(
    workspace: Workspace, one: Unmatched, meaning_by_header: dict[str, str]
) -> tuple[str, str, Nearest] | None:
    """Option of the confirm command, what stands before the code, and where to look."""
    if not one.value:
        return None
    if one.trouble is Trouble.UNKNOWN_UNIT:
        return "--unit", "", near_units(workspace.units())
    if one.trouble is Trouble.UNKNOWN_DOMAIN:
        return "--domain", "", near_domains(workspace.surveys())
    if one.trouble is Trouble.UNKNOWN_OPTION:
        question = meaning_by_header.get(one.column, "")
        return "--option", f"{question}.", near_options(workspace.surveys(), question)
    return None


def _word_advice(
    profile: Profile, one: Unmatched, option: str, before: str, nearest: Nearest
) -> Iterator[str]:
    near = nearest.to(one.value)
    yield next(sentences([one])) + "." + _near(near)
    code = before + (near[0].code if len(near) == 1 else "CODE")
    yield "    " + _command(
        ["omr", "reports", "confirm", "--profile", profile.name, option, f"{one.value}={code}"]
    )


def _near(near: Sequence[Proposal]) -> str:
    if not near:
        return ""
    return " " + _("Perhaps: {names}?").format(
        names="; ".join(f"{one.code} {printable(one.name)}" for one in near)
    )


def _command(words: Sequence[str]) -> str:
    """A command line that can be copied; words from a file never become commands of their own."""
    plain = [printable(word) for word in words]
    return subprocess.list2cmdline(plain) if os.name == "nt" else shlex.join(plain)


def _write_profile(
    workspace: Workspace, profile: Profile, name: str, columns: Sequence[ColumnMeaning]
) -> None:
    """A new profile: a copy of the one tried, with this file's open headers as notes."""
    path = workspace.profiles_folder / f"{name.removesuffix('.toml')}.toml"
    if path.parent != workspace.profiles_folder or not path.stem.strip("."):
        raise UsageError(
            _("'{name}' is no name for a profile").format(name=name), _("Use letters and digits.")
        )
    open_headers = [c.header for c in columns if not c.meaning and header_key(c.header)]
    questions = near_questions(workspace.surveys())
    lines = [profile.path.read_text(encoding="utf-8").rstrip("\n"), ""]
    if open_headers:
        lines.append("# " + _("Headers of the file that mean nothing yet; put each where it fits:"))
    for header in open_headers:
        near = ", ".join(f"{one.code}?" for one in questions.to(header))
        lines.append(f"#   {_quoted(header)}  {near}".rstrip())
    if not write_new_file(path, ("\n".join(lines) + "\n").encode()):
        raise UsageError(
            _("there is a profile {path} already").format(path=path), _("Choose another name.")
        )
    print(_("written: {path}").format(path=path))


def _quoted(words: str) -> str:
    escaped = printable(words).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
