"""Taking an import back by its file, its name or its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from omr.errors import UsageError
from omr.ledger import Ledger
from omr.ledger.electronic import electronic_rows
from omr.workspace import Workspace
from reports.import_commands import import_export
from reports.withdraw_commands import list_imports, withdraw

HEAD = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0\n"
FIRST = "2026/11/10 09:05:33,PC08,GTDB,5,4\n"
SECOND = "2026/11/11 09:05:33,PC08,GTDB,2,1\n"


def save(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def answers(workspace: Workspace) -> int:
    with Ledger.open(workspace.ledger_url) as ledger:
        return sum(1 for _row in electronic_rows(ledger, period="2026-11"))


def test_a_file_is_meant_by_its_content_its_name_or_its_number(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = save(tmp_path / "a", "tháng 11.csv", FIRST)
    there = save(tmp_path / "b", "tháng 11.csv", FIRST, SECOND)
    for file in (here, there):
        import_export(workspace.root, file, "google-forms")
    with pytest.raises(UsageError, match="several imports: 1, 2"):
        withdraw(workspace.root, "tháng 11.csv", why="nhầm")
    withdraw(workspace.root, str(there), why="nhầm tệp")
    assert answers(workspace) == 1
    withdraw(workspace.root, "1", why="cũng nhầm")
    assert answers(workspace) == 0
    with pytest.raises(UsageError, match="no import is meant"):
        withdraw(workspace.root, "tháng 11.csv", why="nhầm")

    capsys.readouterr()
    assert len(list_imports(workspace.root)) == 2
    told = capsys.readouterr().out
    assert "google-forms  tháng 11.csv  2026-11: 1" in told
    assert "nhầm tệp" in told


def test_a_workspace_without_imports_says_so(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list_imports(workspace.root) == []
    assert capsys.readouterr().out == "nothing was imported yet\n"
