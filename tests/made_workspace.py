"""Workspaces for tests: made once in each process, then copied in a millisecond."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from omr.ledger import Ledger
from omr.provinces import find_province
from omr.workspace import Workspace, init_workspace, open_workspace


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="omr-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    init_workspace(
        folder / "office", find_province("31"), make_ledger=lambda url: Ledger.create(url).close()
    )
    return folder / "office"


def workspace_in(root: Path, *, jobs: int = 0) -> Workspace:
    """A workspace as ``omr init`` makes it; copies of one process share their signing key.

    Args:
        root: Its folder, not there yet.
        jobs: Processes that read scans; to start two takes longer than to read ten pages.
    """
    shutil.copytree(_template(), root)
    workspace = open_workspace(root)
    text = workspace.settings_file.read_text(encoding="utf-8")
    assert "jobs = 0 " in text
    workspace.settings_file.write_text(text.replace("jobs = 0 ", f"jobs = {jobs} "), "utf-8")
    return workspace
