"""``omr forms board``: the QR board that a unit hangs at its counter."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forms.board_paper import BoardPaper
from omr.errors import UsageError
from omr.i18n import _
from omr.options import WorkspaceOption

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from omr.links import Links
    from omr.survey import Domain
    from omr.units import Unit
    from omr.workspace import Workspace

HELP = _("Make the QR board of a unit's counter: its procedures and its electronic survey.")


def board(
    *,
    unit: Annotated[str, typer.Option(metavar="CODE", help=_("Unit whose counter it is."))],
    out: Annotated[Path, typer.Option(metavar="FILE.pdf", help=_("Where the board is written."))],
    paper: Annotated[
        BoardPaper, typer.Option(case_sensitive=False, help=_("The board's paper."))
    ] = BoardPaper.A4,
    domain: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE",
            help=_("Only these domains; may be repeated. Default: those of the unit."),
        ),
    ] = None,
    specimen: Annotated[
        bool, typer.Option("--specimen", help=_("Mark the board as a specimen, not to be posted."))
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Make, verify and publish a board. Registered as a command by the forms' own app."""
    from datetime import datetime

    from forms.board import BoardOrder, publish_board
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    office.refuse_own_file(out)
    settings = office.settings
    today = datetime.now(settings.zone).date()
    found = office.units().unit(unit)
    links = _links(office)
    domains = _domains(office, links, found, domain or ())
    leads_to = links.boards(found, domains)
    _warn(links, found, domains, today, named=bool(domain))
    if not leads_to.links:
        raise UsageError(
            _("links.toml has no address for a board of {unit}").format(unit=found.code),
            _("Write the pages of {codes} there, or the [survey].").format(
                codes=", ".join(each.id for each in domains)
            ),
        )
    if not leads_to.surveys:
        _say(_("omr: warning: links.toml has no survey, so the board has none"))
    made = publish_board(
        BoardOrder(
            unit=found,
            links=leads_to,
            agency=settings.agency,
            office=settings.office,
            revision=links.revision,
            issued_on=today,
            language=settings.language,
            paper=paper,
            specimen=specimen,
            out=out,
        )
    )
    if made.set_aside:
        _say(_("the file that was there is now {path}").format(path=made.set_aside))
    print(_("codes: {codes}, pages: {pages}").format(codes=made.codes, pages=made.pages))
    print(
        _("every code checked: {side} mm or more, read from {metres} m").format(
            side=f"{made.least_side_mm:g}", metres=f"{made.checked_m:g}"
        )
    )
    print(_("file {path}").format(path=out))


def _links(office: Workspace) -> Links:
    """The addresses; a workspace older than they is given the examples to fill in."""
    from omr.links_file import shipped_links_text
    from omr.new_file import is_there, write_new_file

    if not is_there(office.links_file):
        try:
            write_new_file(office.links_file, shipped_links_text().encode())
        except OSError as error:
            raise UsageError(
                _("{path} cannot be written: {why}").format(
                    path=office.links_file, why=error.strerror or error
                ),
                _("Choose a folder that you may write to."),
            ) from error
        raise UsageError(
            _("this workspace had no links.toml; one with examples is now in {path}").format(
                path=office.links_file
            ),
            _("Put the true addresses there, and run it again."),
        )
    return office.links()


def _domains(
    office: Workspace, links: Links, unit: Unit, named: Sequence[str]
) -> tuple[Domain, ...]:
    """The domains that were named; else the unit's, as far as they have pages of their own.

    A unit may hand out forms of L01 as well as of QLHC, which counts L01: pages of one of
    them are enough, and a domain without pages adds nothing but a second survey.
    """
    from omr.survey_file import find_domain

    surveys = office.surveys()
    if named:
        found = [find_domain(surveys, code)[1] for code in named]
        return tuple({domain.id: domain for domain in found}.values())
    if not unit.domains:
        raise UsageError(
            _("{unit} has no domains in units.csv").format(unit=unit.code),
            _("Name them with --domain."),
        )
    own = [find_domain(surveys, code)[1] for code in unit.domains]
    with_pages = tuple(domain for domain in own if links.of(domain.id))
    # Without any page, a board of the survey alone: its first domain stands for the unit.
    return with_pages or tuple(own[:1])


def _warn(links: Links, unit: Unit, domains: Sequence[Domain], today: date, *, named: bool) -> None:
    """Say what is unusual about this board; it is made all the same."""
    for doubt in links.warnings:
        _say(_("omr: warning: {what}").format(what=doubt))
    if not unit.valid_on(today):
        _say(
            _("omr: warning: {unit} ({name}) does not exist today").format(
                unit=unit.code, name=unit.name
            )
        )
    for domain in domains:
        if not links.of(domain.id):
            _say(_("omr: warning: links.toml has no pages of {domain}").format(domain=domain.id))
        if named and domain.id not in unit.domains:
            _say(
                _("omr: warning: {unit} does not usually hand out forms of {domain}").format(
                    unit=unit.code, domain=domain.id
                )
            )


def _say(words: str) -> None:
    print(words, file=sys.stderr)
