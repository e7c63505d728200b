"""``omr forms``: print numbered forms, and write out the layouts they were printed with."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forms.board_cli import HELP as BOARD_HELP
from forms.board_cli import board
from forms.calibration_paper import CalibrationPaper
from forms.stock_cli import app as stock_app
from omr.errors import UsageError
from omr.i18n import _
from omr.options import WorkspaceOption
from omr.serials import MAX_NUMBER
from omr.settings import MAX_PAD_SIZE, Paper

if TYPE_CHECKING:
    from datetime import date

    from forms.printing import Printed, PrintOrder
    from omr.links import Link
    from omr.survey import Domain, Survey
    from omr.survey_archive import Revised
    from omr.units import Unit
    from omr.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help=_("Print numbered survey forms and keep their stock."))
app.add_typer(stock_app)
app.command("board", help=BOARD_HELP)(board)


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
    covers: Annotated[
        bool, typer.Option("--covers/--no-covers", help=_("Print a cover before each pad."))
    ] = True,
    receipt: Annotated[
        Path | None,
        typer.Option(metavar="FILE.pdf", help=_("Also write the receipt that both sides sign.")),
    ] = None,
    public_code: Annotated[
        bool | None,
        typer.Option(
            "--public-code/--no-public-code",
            help=_(
                "Also print the code and address of the electronic survey, from links.toml. "
                "Default: as in omr.toml."
            ),
        ),
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

    from forms.cover import CoverWords
    from forms.issuer import issuer_of
    from forms.printing import PrintOrder, ReceiptOrder, print_forms
    from forms.survey_to_print import survey_to_print
    from forms.typeset import typeset
    from omr.ledger import Ledger, issued
    from omr.person import present_person
    from omr.workspace import open_workspace

    _refuse_beyond("--count", count, MAX_NUMBER)
    if pad_size is not None:
        _refuse_beyond("--pad-size", pad_size, MAX_PAD_SIZE)
    _refuse_same_file(out=out, manifest=manifest, receipt=receipt)
    office = open_workspace(workspace)
    office.refuse_own_file(out, manifest, receipt)
    settings = office.settings
    now = datetime.now(settings.zone)
    today = now.date()
    found_unit = office.units().unit(unit)
    with Ledger.open(office.ledger_url) as ledger:
        chosen = survey_to_print(office, list(issued.layouts(ledger).values()), domain, now)
    survey, found_domain = chosen.survey, chosen.domain
    if chosen.revised is not None:
        _tell_revised(survey, chosen.revised)
    _warn(found_unit, found_domain, today)
    hands_out = settings.issue_when_printed if issue is None else issue
    if receipt is not None and not hands_out:
        raise UsageError(
            _("forms that are kept in store have no receipt"),
            _("Leave --receipt out now, and give it to omr forms issue."),
        )
    issuer = issuer_of(settings, office.units(), today)
    with_code = settings.public_code if public_code is None else public_code
    public = _public_link(office, found_unit, found_domain) if with_code else None
    order = PrintOrder(
        typeset=typeset(survey, found_domain, public),
        unit=found_unit.code,
        unit_short=found_unit.short,
        year=today.year,
        count=count,
        pad_size=pad_size or settings.pad_size,
        paper=paper or settings.paper,
        out=out,
        today=today,
        by=present_person(),
        issue=hands_out,
        manifest=manifest,
        cover=CoverWords(
            issuer=issuer,
            title=survey.title,
            domain=found_domain.name,
            unit=found_unit.code,
            unit_short=found_unit.short,
            unit_name=found_unit.name,
        )
        if covers
        else None,
        receipt=ReceiptOrder(receipt, issuer, found_unit.name, found_domain.name)
        if receipt
        else None,
    )
    console = Console(stderr=True)
    bar = Progress(console=console, transient=True) if console.is_terminal else None
    with Ledger.open(office.ledger_url) as ledger, bar or nullcontext():
        task = bar.add_task(_("printing"), total=count) if bar else None
        try:
            done = print_forms(
                ledger,
                order,
                office.keyring().signing(),
                on_sheet=lambda: bar.advance(task) if bar and task is not None else None,
            )
        except KeyboardInterrupt:
            print(
                _("omr: nothing was printed; serials that were taken are void"),
                file=sys.stderr,
            )
            raise
    _tell_printed(done, order)


def _tell_printed(done: Printed, order: PrintOrder) -> None:
    """Say what was printed."""
    for path in done.set_aside:
        print(_("the file that was there is now {path}").format(path=path), file=sys.stderr)
    print(
        _("{count} forms on {pages} pages: {first} to {last}").format(
            count=done.run.count, pages=done.pages, first=done.first, last=done.last
        )
    )
    pads = done.run.pads
    if len(pads) == 1:
        print(_("one pad: {pad}").format(pad=pads[0]))
    else:
        said = _("{count} pads: {first} to {last}")
        print(said.format(count=len(pads), first=pads[0], last=pads[-1]))
    print(
        _("handed out to {unit}").format(unit=order.unit)
        if order.issue
        else _("in store; to hand them out: omr forms issue")
    )
    print(_("layout {layout}").format(layout=done.run.layout_id))
    print(_("file {path}").format(path=order.out))
    if order.receipt:
        print(_("receipt {path}").format(path=order.receipt.out))


@app.command(help=_("Write a page that shows whether a printer scales, shifts or cuts forms."))
def calibrate(
    out: Annotated[Path, typer.Option(metavar="FILE.pdf", help=_("Where the page is written."))],
    paper: Annotated[
        CalibrationPaper, typer.Option(help=_("The printer's paper."))
    ] = CalibrationPaper.A5,
) -> None:
    from forms.calibration import write_calibration
    from forms.draft_file import DraftFile

    with DraftFile(out) as draft:
        write_calibration(draft.file, paper)
        set_aside = draft.publish()
    if set_aside:
        print(_("the file that was there is now {path}").format(path=set_aside), file=sys.stderr)
    print(_("file {path}").format(path=out))
    print(_("Print it at 100 %, measure the frame, and follow the words on the page."))


@app.command(help=_("Write every layout ever printed, one JSON file each."))
def layouts(
    out: Annotated[Path, typer.Option(metavar="DIR", help=_("Where the files are written."))],
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.disk import disk_remedy
    from omr.layout import layout_to_json
    from omr.ledger import Ledger, issued
    from omr.part_file import write_files
    from omr.workspace import open_workspace

    with Ledger.open(open_workspace(workspace).ledger_url) as ledger:
        kept = issued.layouts(ledger)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for layout_id, layout in kept.items():
            text = json.dumps(layout_to_json(layout), ensure_ascii=False, indent=1)
            write_files({out / f"{layout_id}.json": f"{text}\n".encode()})
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {why}").format(
                path=error.filename or out, why=error.strerror or error
            ),
            disk_remedy(error, _("Choose a folder that you may write to.")),
        ) from error
    print(_("{count} layouts in {folder}").format(count=len(kept), folder=out))


def _refuse_same_file(**named: Path | None) -> None:
    """Refuse two options that name one file."""
    seen: dict[Path, str] = {}
    for option, path in named.items():
        if path is None:
            continue
        other = seen.setdefault(path.resolve(), option)
        if other != option:
            raise UsageError(
                _("--{one} and --{other} cannot be the same file").format(one=other, other=option),
                _("Give --{other} another name.").format(other=option),
            )


def _public_link(office: Workspace, unit: Unit, domain: Domain) -> Link:
    """The electronic survey of *domain*, pre-filled with *unit*.

    Raises:
        UsageError: If there is none, or a made-up one: paper cannot be taken back.
    """
    link = office.links().survey(domain, unit)
    if link is None or link.is_example:
        raise UsageError(
            _("links.toml has no true address of the electronic survey for {domain}").format(
                domain=domain.id
            ),
            _("Write it there, or print with --no-public-code."),
        )
    return link


def _refuse_beyond(option: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise UsageError(
            _("{option} cannot be {value}").format(option=option, value=value),
            _("Give a whole number from 1 to {most}.").format(most=most),
        )


def _tell_revised(survey: Survey, revised: Revised) -> None:
    """Say that changed words became a new revision."""
    print(
        _(
            "omr: warning: the words of {survey} were changed since revision {before} was printed: "
            "this is revision {after} now"
        ).format(survey=survey.id, before=revised.before, after=revised.after),
        file=sys.stderr,
    )
    if revised.kept is None:
        print(
            _("omr: warning: the words of revision {before} are not kept anywhere").format(
                before=revised.before
            ),
            file=sys.stderr,
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
