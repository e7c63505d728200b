"""A workspace to print in, and orders to print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from made_workspace import workspace_in

from forms.printing import Printed, PrintOrder, print_forms
from forms.typeset import typeset
from omr.keys import Keyring
from omr.ledger import Ledger
from omr.settings import Paper
from omr.survey import Survey
from omr.survey_file import shipped_survey
from omr.workspace import Workspace

_typeset = cache(typeset)


@pytest.fixture(scope="session")
def survey() -> Survey:
    return shipped_survey()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path / "office")


@pytest.fixture
def order(survey: Survey, tmp_path: Path) -> Callable[..., PrintOrder]:
    """An order of two forms of GTDB on A5, with any part of it changed."""

    def make(domain: str = "GTDB", **changes: Any) -> PrintOrder:
        parts = {
            "typeset": _typeset(survey, survey.domain(domain)),
            "unit": "HP-PC08",
            "unit_short": "PC08",
            "year": 2026,
            "count": 2,
            "pad_size": 50,
            "paper": Paper.A5,
            "out": tmp_path / "forms.pdf",
            "manifest": tmp_path / "forms.jsonl",
            "today": date(2026, 11, 2),
            "by": "an",
        }
        return PrintOrder(**(parts | changes))

    return make


@pytest.fixture
def run(workspace: Workspace) -> Callable[..., Printed]:
    """Print an order in the workspace."""

    def do(order: PrintOrder, **options: Any) -> Printed:
        with Ledger.open(workspace.ledger_url) as ledger:
            return print_forms(ledger, order, workspace.keyring().signing(), **options)

    return do


@pytest.fixture
def keyring(workspace: Workspace) -> Keyring:
    return workspace.keyring()
