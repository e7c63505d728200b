"""``omr forms issue | return | void | lost | undo | stock``: where every numbered form is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.i18n import _
from omr.options import WorkspaceOption

if TYPE_CHECKING:
    from omr.stock import Act
    from omr.stock_statement import Statement

app = typer.Typer()

_Forms = Annotated[
    list[str],
    typer.Argument(
        metavar="FORMS...",
        help=_("Serials, ranges such as GTDB-26-000417..000423, or pads such as GTDB-26-Q0003-U."),
    ),
]
_Day = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help=_("When it happened. Default: today.")),
]
_Why = Annotated[str, typer.Option(help=_("The reason, in your words."))]
_By = Annotated[
    str | None, typer.Option(metavar="NAME", help=_("Who says so. Default: who is signed in."))
]
_Receipt = Annotated[
    Path | None,
    typer.Option(metavar="FILE.pdf", help=_("Also write the receipt that both sides sign.")),
]


@app.command("issue", help=_("Say that forms in store were handed out to their unit."))
def issue_command(
    forms: _Forms,
    on: _Day = None,
    why: _Why = "",
    by: _By = None,
    receipt: _Receipt = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.stock import Act

    _say(Act.ISSUE, forms, on, why, by, workspace, receipt)


@app.command("return", help=_("Say that a unit handed forms back unused, or blank ones."))
def return_command(
    forms: _Forms,
    *,
    blank: Annotated[
        bool,
        typer.Option(
            "--blank/--unused",
            help=_("Unused: no citizen had them. Blank: citizens gave them back without any mark."),
        ),
    ] = False,
    on: _Day = None,
    why: _Why = "",
    by: _By = None,
    receipt: _Receipt = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.errors import UsageError
    from omr.stock import Act

    if blank and receipt is not None:
        raise UsageError(
            _("a receipt is for unused forms"),
            _("Blank forms come back with the answered ones: leave --receipt out."),
        )
    _say(Act.RETURN_BLANK if blank else Act.RETURN_UNUSED, forms, on, why, by, workspace, receipt)


@app.command("void", help=_("Make forms void: spoilt or cancelled. Their codes are refused then."))
def void_command(
    forms: _Forms,
    why: _Why,
    on: _Day = None,
    by: _By = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.stock import Act

    _say(Act.VOID, forms, on, why, by, workspace)


@app.command("lost", help=_("Say that forms are lost. If one comes back, a person is asked."))
def lost_command(
    forms: _Forms,
    why: _Why,
    on: _Day = None,
    by: _By = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.stock import Act

    _say(Act.LOST, forms, on, why, by, workspace)


@app.command("undo", help=_("Take the last entry about forms back: a mistake, or they were found."))
def undo_command(
    forms: _Forms,
    why: _Why,
    on: _Day = None,
    by: _By = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.stock import Act

    _say(Act.UNDO, forms, on, why, by, workspace)


@app.command("stock", help=_("Show the stock of a reporting month, or where some forms are."))
def stock_command(
    forms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FORMS...]", help=_("Show where these are, and their history.")),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM", help=_("Reporting month. Default: the present one.")),
    ] = None,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help=_("Only this unit."))] = None,
    domain: Annotated[str | None, typer.Option(metavar="CODE", help=_("Only this domain."))] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help=_("Also write the statement as CSV."))
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from forms import stock_commands
    from omr.errors import PeopleMustDecide
    from omr.ledger import Ledger
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    with Ledger.open(office.ledger_url) as ledger:
        if forms:
            for line in stock_commands.whereabouts(ledger, forms):
                print(line)
            return
        statement = stock_commands.period_statement(office, ledger, period, unit, domain)
        if out is not None:
            office.refuse_own_file(out)
            _tell_aside(stock_commands.write_statement(out, statement))
        _show(statement)
        for line in stock_commands.lists_told(statement):
            print(line)
        for line in stock_commands.warnings_told(ledger, statement):
            print(_("omr: warning: {what}").format(what=line), file=sys.stderr)
    if out is not None:
        print(_("file {path}").format(path=out))
    if statement.difference:
        raise PeopleMustDecide(
            _("stock and returns differ by {difference} forms").format(
                difference=statement.difference
            ),
            _("Look at the rows marked with *: omr forms stock FORMS shows what was said."),
        )


def _say(
    act: Act,
    forms: list[str],
    on: str | None,
    why: str,
    by: str | None,
    workspace: Path,
    receipt: Path | None = None,
) -> None:
    from forms import stock_commands
    from forms.draft_file import DraftFile
    from omr.ledger import Ledger
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    office.refuse_at_unit()
    office.refuse_own_file(receipt)
    with Ledger.open(office.ledger_url) as ledger, DraftFile(receipt) as draft:
        said = stock_commands.saying(ledger, office.settings, act, forms, on_day=on, why=why, by=by)
        if receipt is not None:
            from forms.receipt_pdf import write_receipt
            from forms.receipts import forms_receipt, kind_of

            # Drawn first: an entry whose receipt cannot be written is not made.
            unit = stock_commands.the_unit_of(ledger, said.forms)
            drawn = forms_receipt(office, ledger, kind_of(act), unit, said.forms, said.on_day)
            write_receipt(draft.file, drawn)
            draft.finish()
        entry = stock_commands.kept_already(ledger, said) if receipt is not None else None
        if entry is None:
            entry = stock_commands.keep(ledger, said)
        else:
            print(_("this was said before; only the receipt is written"))
        for line in stock_commands.told(ledger, entry):
            print(line)
        _tell_aside(draft.publish())
    if receipt is not None:
        print(_("file {path}").format(path=receipt))


def _tell_aside(aside: Path | None) -> None:
    if aside is not None:
        print(_("the file that was there is now {path}").format(path=aside), file=sys.stderr)


def _show(statement: Statement) -> None:
    """The statement as a table; a row that does not balance is marked with a star."""
    from rich.console import Console
    from rich.table import Table

    from forms.stock_commands import COLUMNS

    heads = dict(
        zip(
            COLUMNS,
            (
                _("unit"),
                _("domain"),
                _("opening"),
                _("issued"),
                _("answered"),
                _("blank"),
                _("void"),
                _("lost"),
                _("unused"),
                _("outstanding"),
                _("in store"),
            ),
            strict=True,
        )
    )
    table = Table(title=_("Stock, {period}").format(period=statement.period), box=None)
    for name, head in heads.items():
        names = name in {"unit", "domain"}
        table.add_column(head, justify="left" if names else "right", no_wrap=names)
    for row in statement.rows:
        cells = [str(getattr(row, name)) for name in COLUMNS]
        table.add_row(
            *cells[:-1], cells[-1] + ("*" if row.difference or row.store_difference else "")
        )
    totals = [str(sum(getattr(row, name) for row in statement.rows)) for name in COLUMNS[2:]]
    table.add_section()
    table.add_row(_("total"), "", *totals)
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    console.print(table)
