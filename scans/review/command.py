"""omr scans review: workspace in, page out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from omr.ledger import Ledger
from omr.periods import Period
from omr.person import present_person
from omr.pictures import PictureStore
from omr.workspace import Workspace, open_workspace
from scans.commands import thresholds_of
from scans.review.app import create_app
from scans.review.desk import Desk
from scans.review.language import Words
from scans.review.server import listen, serve


def review_scans(root: Path, *, port: int | None = None, browser: bool = True) -> None:
    """Serve the review page for the workspace at *root* until Ctrl-C.

    Prints the page's address, and nothing else, to standard output.

    Raises:
        UsageError: If the port cannot be used.
        LedgerUnusable: If there is no workspace or no ledger.
    """
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger, listen(port) as taken:
        desk = Desk(
            ledger,
            PictureStore(workspace.evidence_folder),
            workspace.surveys(),
            thresholds_of(workspace),
            present_person(),
        )
        app, guard = create_app(
            desk,
            Words(workspace.settings.language),
            taken.getsockname()[1],
            _next_command(workspace, root),
        )
        serve(app, taken, guard.address, browser=browser, tell=lambda line: print(line, flush=True))


def _next_command(workspace: Workspace, root: Path) -> str:
    today = datetime.now(workspace.settings.zone).date()
    period = Period.containing(today, workspace.settings.start_day)
    where = "" if root == Path() else f' --workspace "{root}"'
    return f"omr reports export{where} --period {period} --out DIR"
