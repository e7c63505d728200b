"""``omr forms``: print numbered forms, and write out the layouts they were printed with."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.errors import UsageError
from omr.i18n import _
from omr.options import WorkspaceOption
from omr.serials import MAX_NUMBER
from omr.settings import MAX_PAD_SIZE, Paper

if TYPE_CHECKING:
    from datetime import date

    from omr.survey import Domain
    from omr.units import Unit

app = typer.Typer(no_args_is_help=True, help=_("Print numbered survey forms."))


@app.command("print", help=_("Print numbered, signed forms of one domain for one unit."))
def print_command(
    *,
    unit: Annotated[str, typer.Option(metavar="CODE", help=_("Unit that hands the forms out."))],
    domain: Annotated[str, typer.Option(metavar="CODE", help=_("Domain of the survey."))],
    count: Annotated[int, typer.Option(metavar="N", help=_("How many forms."))],
    out: Annotated[Path, typer.Option(metavar="FILE.pdf", help=_("Where the forms are written."))],
    pad_size: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=_("Forms in one pad. Default: as in omr.toml."),
        ),
    ] = None,
    paper: Annotated[
        Paper | None, typer.Option(help=_("The printer's paper. Default: as in omr.toml."))
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help=_("Also write where each form lies.")),
    ] = None,
    issue: Annotated[
        bool | None,
        typer.Option(
            "--issue/--store",
            help=_("Hand the forms out at once, or keep them in store. Default: as in omr.toml."),
        ),
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from datetime import datetime

    from rich.console import Console
    from rich.progress import Progress

    from forms.printing import PrintOrder, print_forms
    from forms.typeset import typeset
    from omr.ledger import Ledger
    from omr.person import present_person
    from omr.survey_file import find_domain
    from omr.workspace import open_workspace

    _refuse_beyond("--count", count, MAX_NUMBER)
    if pad_size is not None:
        _refuse_beyond("--pad-size", pad_size, MAX_PAD_SIZE)
    if manifest is not None and manifest.resolve() == out.resolve():
        raise UsageError(
            _("the forms and the manifest cannot be the same file"),
            _("Give --manifest another name."),
        )
    office = open_workspace(workspace)
    settings = office.settings
    today = datetime.now(settings.zone).date()
    found_unit = office.units().unit(unit)
    survey, found_domain = find_domain(office.surveys(), domain)
    _warn(found_unit, found_domain, today)
    order = PrintOrder(
        typeset=typeset(survey, found_domain),
        unit=found_unit.code,
        unit_short=found_unit.short,
        year=today.year,
        count=count,
        pad_size=pad_size or settings.pad_size,
        paper=paper or settings.paper,
        out=out,
        today=today,
        by=present_person(),
        issue=settings.issue_when_printed if issue is None else issue,
        manifest=manifest,
    )
    console = Console(stderr=True)
    bar = Progress(console=console, transient=True) if console.is_terminal else None
    with Ledger.open(office.ledger_url) as ledger, bar or nullcontext():
        task = bar.add_task(_("printing"), total=count) if bar else None
        done = print_forms(
            ledger,
            order,
            office.keyring().signing(),
            on_sheet=lambda: bar.advance(task) if bar and task is not None else None,
        )
    for path in done.set_aside:
        print(_("the file that was there is now {path}").format(path=path), file=sys.stderr)
    print(
        _("{count} forms on {pages} pages: {first} to {last}").format(
            count=done.run.count, pages=done.pages, first=done.first, last=done.last
        )
    )
    print(_("layout {layout}").format(layout=done.run.layout_id))
    print(_("file {path}").format(path=out))


@app.command(help=_("Write every layout ever printed, one JSON file each."))
def layouts(
    out: Annotated[Path, typer.Option(metavar="DIR", help=_("Where the files are written."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.layout import layout_to_json
    from omr.ledger import Ledger, issued
    from omr.workspace import open_workspace

    with Ledger.open(open_workspace(workspace).ledger_url) as ledger:
        kept = issued.layouts(ledger)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for layout in kept:
            text = json.dumps(layout_to_json(layout), ensure_ascii=False, indent=1)
            (out / f"{layout.layout_id}.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {why}").format(
                path=error.filename or out, why=error.strerror or error
            ),
            _("Choose a folder that you may write to."),
        ) from error
    print(_("{count} layouts in {folder}").format(count=len(kept), folder=out))


def _refuse_beyond(option: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise UsageError(
            _("{option} cannot be {value}").format(option=option, value=value),
            _("Give a whole number from 1 to {most}.").format(most=most),
        )


def _warn(unit: Unit, domain: Domain, today: date) -> None:
    """Say what is unusual about this pad; it is printed all the same."""
    if domain.id not in unit.domains:
        print(
            _("omr: warning: {unit} does not usually hand out forms of {domain}").format(
                unit=unit.code, domain=domain.id
            ),
            file=sys.stderr,
        )
    if not unit.valid_on(today):
        print(
            _("omr: warning: {unit} ({name}) does not exist today").format(
                unit=unit.code, name=unit.name
            ),
            file=sys.stderr,
        )
