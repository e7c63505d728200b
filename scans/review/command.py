"""omr scans review: workspace in, page out."""

from __future__ import annotations

import socket
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger, leases, reviewers
from omr.periods import Period
from omr.pictures import PictureStore
from omr.workspace import Workspace, open_workspace
from scans.commands import thresholds_of
from scans.review.addresses import Address, host_names, office_address
from scans.review.app import create_app
from scans.review.desk import Desk
from scans.review.door import Door
from scans.review.gate import Gate
from scans.review.guard import Guard
from scans.review.language import Words
from scans.review.office_guard import OfficeGuard, Reviewers
from scans.review.server import HOST, listen, own_address, serve


def review_scans(
    root: Path, *, port: int | None = None, host: str | None = None, browser: bool = True
) -> None:
    """Serve the review page for the workspace at *root* until Ctrl-C.

    Prints the page's address, and nothing else, to standard output.

    Args:
        root: The workspace's folder.
        port: None for any free one.
        host: This machine's address in a trusted office network, where reviewers sign in
            with their passwords; None for one person at this machine.
        browser: Whether to open the page here.

    Raises:
        UsageError: If the port or the address cannot be used, or nobody may sign in there.
        LedgerUnusable: If there is no workspace or no ledger.
    """
    workspace = open_workspace(root)
    address = None if host is None else office_address(host, own=own_address())
    with Ledger.open(workspace.ledger_url) as ledger:
        if address is not None and not reviewers.reviewers(ledger):
            raise UsageError(
                _("nobody has a password to review from another machine"),
                _("Give somebody one, with: omr scans reviewers add NAME"),
            )
        with listen(port, HOST if address is None else str(address)) as taken:
            _serve(workspace, root, ledger, taken, address, browser=browser)


def _serve(
    workspace: Workspace,
    root: Path,
    ledger: Ledger,
    taken: socket.socket,
    address: Address | None,
    *,
    browser: bool,
) -> None:
    port: int = taken.getsockname()[1]
    desk = Desk(
        ledger,
        PictureStore(workspace.evidence_folder),
        workspace.surveys(),
        thresholds_of(workspace),
        units=workspace.units(),
        share=workspace.settings.second_reading / 100,
    )
    door = Door(workspace.settings.language)
    if address is None:
        guard: Gate = Guard(port, door.refuse)
    else:
        guard = _office_guard(ledger, address, port, door)
    app, _guard = create_app(
        desk,
        Words(workspace.settings.language),
        port,
        _next_command(workspace, root),
        guard=guard,
        zone=workspace.settings.zone,
    )
    if address is not None and not address.is_loopback:
        print(
            _(
                "omr: warning: everybody in this network can reach the page, and who listens "
                "there can read what is sent; use it in a network you trust"
            ),
            file=sys.stderr,
        )
    serve(app, taken, guard.address, browser=browser, tell=lambda line: print(line, flush=True))


def _office_guard(ledger: Ledger, address: Address, port: int, door: Door) -> OfficeGuard:
    return OfficeGuard(
        host_names(address, port, socket.gethostname()),
        port,
        door,
        Reviewers(
            check=partial(reviewers.check, ledger),
            names=partial(reviewers.reviewers, ledger),
            left=partial(leases.give_back, ledger),
        ),
    )


def _next_command(workspace: Workspace, root: Path) -> str:
    today = datetime.now(workspace.settings.zone).date()
    period = Period.containing(today, workspace.settings.start_day)
    where = "" if root == Path() else f' --workspace "{root}"'
    return f"omr reports export{where} --period {period} --out DIR"
