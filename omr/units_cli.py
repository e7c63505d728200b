"""``omr units``: look at the catalogue, check it, and change it without losing anything."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.errors import InputUnusable, OmrError, UsageError
from omr.i18n import _
from omr.options import WorkspaceOption
from omr.table_cli import show_table
from omr.units import UnitKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from omr.unit_store import UnitStore
    from omr.units import Unit
    from omr.workspace import Workspace

app = typer.Typer(
    no_args_is_help=True, help=_("The unit catalogue: who issues and collects forms.")
)

DateOption = Annotated[
    str, typer.Option("--on", metavar="YYYY-MM-DD", help=_("First day of the change."))
]


@app.command("list", help=_("List the units that exist today, or on another day."))
def list_command(
    *,
    kind: Annotated[UnitKind | None, typer.Option(help=_("Only units of this kind."))] = None,
    domain: Annotated[
        str | None, typer.Option(metavar="CODE", help=_("Only units that serve this domain."))
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help=_("Units that exist on this day. Default: today.")),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help=_("Also units that ended or have not begun."))
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.unit_records import unit_cells
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    day = _day("--on", on) if on else _today(office)
    wanted = (domain or "").strip().upper()
    units = [
        unit
        for unit in office.units().units
        if (every or unit.valid_on(day))
        and (kind is None or unit.kind is kind)
        and (not wanted or wanted in unit.domains)
    ]
    columns = {
        "code": _("code"),
        "short": _("short"),
        "name": _("name"),
        "kind": _("kind"),
        "valid_from": _("from"),
        "valid_to": _("until"),
        "domains": _("domains"),
    }
    cells = [unit_cells(unit) for unit in units]
    show_table(columns, [[each[column] for column in columns] for each in cells])


@app.command(help=_("Name everything that is wrong in units.csv, and what is worth a look."))
def check(workspace: WorkspaceOption = Path()) -> None:
    from omr.problems import read_text
    from omr.survey_file import load_surveys
    from omr.unit_warnings import warnings
    from omr.units_file import scan_units
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    path = office.units_file
    scanned = scan_units(read_text(path), path)
    try:
        surveys = load_surveys(office.surveys_folder).values()
        domains = {domain.id for survey in surveys for domain in survey.domains}
    except OmrError:
        print(
            _("omr: warning: domains are not checked: the surveys have mistakes of their own"),
            file=sys.stderr,
        )
        domains = {domain for unit in scanned.units for domain in unit.domains}
    found = sorted(
        (scanned.lines[code], code, words) for code, words in warnings(scanned.units, domains)
    )
    for line, code, words in found:
        print(
            _("{file}:{line}: warning: {code} {words}").format(
                file=path, line=line, code=code, words=words
            )
        )
    scanned.problems.raise_if_any()
    print(
        _("{file}: {count} units, no mistake, {warnings} warnings").format(
            file=path, count=len(scanned.units), warnings=len(found)
        )
    )


@app.command(
    "import", help=_("Add units, or correct them, from a CSV list; shows what it would do.")
)
def import_command(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help=_("The list."))],
    heads: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="HEAD=COLUMN",
            help=_("What a head of the list means; may be repeated."),
        ),
    ] = None,
    renamed: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help=_("The same unit under another name; may be repeated.")),
    ] = None,
    valid_from: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help=_("First day of new units without one.")),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help=_("Write without asking."))] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.problems import decode_text
    from omr.unit_import import HeadUnusable, Outcome, head_mapping, plan, read_list
    from omr.unit_records import NotCsv
    from omr.unit_store import open_units, read_bytes
    from omr.unit_words import plan_lines
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    store = open_units(office.units_file)
    text = decode_text(read_bytes(file), file)
    try:
        given = read_list(text, head_mapping(heads or []))
    except NotCsv as error:
        raise UsageError(
            _("{file}:{line}: this is not CSV: {reason}").format(
                file=file, line=error.line, reason=error
            ),
            _("Check the quotation marks."),
        ) from error
    except HeadUnusable as error:
        raise UsageError(
            f"{file}: {error}", _('Say what a head means: --map "Mã số=code"')
        ) from error
    planned = plan(
        store.text,
        store.catalogue,
        given,
        renamed=[code.strip().upper() for code in renamed or []],
        first_day=_day("--valid-from", valid_from) if valid_from else None,
        today=_today(office),
    )
    for line in plan_lines(store.catalogue, planned, given.unused, str(file)):
        print(line)
    units = [p.unit for p in planned if p.unit and p.outcome is not Outcome.SAME]
    if units and _agreed(apply=apply):
        _save(office, store, units)
    refused = sum(p.outcome is Outcome.REFUSED for p in planned)
    if refused:
        raise InputUnusable(
            _("{count} rows of {file} were refused, see above").format(count=refused, file=file),
            _("Correct them and import the file again; what is in the catalogue stays."),
        )


@app.command(help=_("Merge units into another one, or split one into several."))
def merge(
    *,
    ended: Annotated[
        list[str],
        typer.Option("--from", metavar="CODE", help=_("A unit that ends; may be repeated.")),
    ],
    into: Annotated[
        list[str],
        typer.Option(metavar="CODE", help=_("A unit that goes on; may be repeated for a split.")),
    ],
    on: DateOption,
    name: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help=_("Name of a unit that is made; with several: CODE=NAME each."),
        ),
    ] = None,
    short: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=_("Short name, in the same way."))
    ] = None,
    admin_code: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBER", help=_("Administrative code, in the same way.")),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help=_("Kind, in the same way. Default: as the first unit that ends."),
        ),
    ] = None,
    domains: Annotated[
        str | None,
        typer.Option(
            metavar="CODE|CODE",
            help=_("Domains of what is made. Default: all that the ended units serve."),
        ),
    ] = None,
    keep_names: Annotated[
        bool,
        typer.Option("--keep-names", help=_("Old names also mean the unit that goes on.")),
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.unit_mergers import NewUnit
    from omr.unit_mergers import merge as merged
    from omr.unit_store import open_units
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    store = open_units(office.units_file)
    absent = [code.strip().upper() for code in into if code.strip().upper() not in store.catalogue]
    kinds = _by_code(kind, "--kind", absent, into)
    names, shorts = _by_code(name, "--name", absent, into), _by_code(short, "--short", absent, into)
    numbers = _by_code(admin_code, "--admin-code", absent, into)
    made = {
        code: NewUnit(
            name=words,
            short=shorts.get(code, ""),
            kind=_kind(kinds[code]) if code in kinds else None,
            admin_code=numbers.get(code, ""),
            domains=None if domains is None else tuple(filter(None, domains.upper().split("|"))),
        )
        for code, words in names.items()
    }
    units = merged(store.catalogue, ended, into, _day("--on", on), made, keep_names=keep_names)
    _write_change(office, store, units)


@app.command(help=_("End a unit that has no successor."))
def retire(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("The unit."))],
    on: DateOption,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.unit_mergers import retire as retired
    from omr.unit_store import open_units
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    store = open_units(office.units_file)
    _write_change(office, store, retired(store.catalogue, code, _day("--on", on)))


def _day(option: str, text: str) -> date:
    from omr.days import parse_day

    try:
        return parse_day(text)
    except ValueError as error:
        raise UsageError(
            _("{option} cannot be {value}").format(option=option, value=text),
            _("Write it as 2026-11-02 or 02/11/2026."),
        ) from error


def _kind(text: str) -> UnitKind:
    try:
        return UnitKind(text)
    except ValueError as error:
        raise UsageError(
            _("unknown kind '{kind}'").format(kind=text),
            _("Known kinds: {kinds}.").format(kinds=", ".join(UnitKind)),
        ) from error


def _today(office: Workspace) -> date:
    from datetime import datetime

    return datetime.now(office.settings.zone).date()


def _by_code(
    words: list[str] | None, option: str, made: Sequence[str], into: Sequence[str]
) -> dict[str, str]:
    """``CODE=words`` by code; words alone belong to the one unit that is made."""
    codes = {code.strip().upper() for code in into}
    alone = made or sorted(codes)  # a merger that is repeated makes nothing any more
    found: dict[str, str] = {}
    for each in words or []:
        code, equals, said = each.partition("=")
        if not equals or code.strip().upper() not in codes:
            if len(alone) != 1:
                raise UsageError(
                    _("{option} '{words}' does not say which unit it is for").format(
                        option=option, words=each
                    ),
                    _("Write {option} CODE=words for each unit that is made.").format(
                        option=option
                    ),
                )
            code, said = alone[0], each
        found[code.strip().upper()] = " ".join(said.split())
    return found


def _write_change(office: Workspace, store: UnitStore, units: Sequence[Unit]) -> None:
    from omr.unit_warnings import warnings
    from omr.unit_words import change_lines

    if not units:
        print(_("nothing to change: the catalogue says so already"))
        return
    _text, after = store.changed(units)
    _save(office, store, units)
    for line in change_lines(store.catalogue, units):
        print(line)
    # Only what this change brings about; the rest is for `omr units check`.
    domains = {domain for unit in after.units for domain in unit.domains}
    before = set(warnings(store.catalogue.units, domains))
    for code, words in warnings(after.units, domains):
        if (code, words) not in before:
            print(_("omr: warning: {code} {words}").format(code=code, words=words), file=sys.stderr)


def _save(office: Workspace, store: UnitStore, units: Sequence[Unit]) -> None:
    from datetime import datetime

    aside = store.save(units, datetime.now(office.settings.zone))
    print(_("{file} written; the old one is now {aside}").format(file=store.path, aside=aside.name))


def _agreed(*, apply: bool) -> bool:
    if apply:
        return True
    if sys.stdin.isatty() and sys.stdout.isatty():
        return typer.confirm(_("Write this into units.csv?"))
    print(_("nothing is written yet; run it again with --apply"))
    return False
