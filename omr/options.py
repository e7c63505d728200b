"""Command-line options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from omr.i18n import _

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace",
        envvar="OMR_WORKSPACE",
        metavar="DIR",
        help=_("The workspace's folder."),
    ),
]
