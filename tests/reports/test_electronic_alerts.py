"""An alert of an electronic answer leads to the row of the imported file that says it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from omr.table_cli import show_table
from omr.workspace import Workspace
from reports.alert_commands import list_alerts
from reports.import_commands import import_export

ROWS = """\
Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0
2026/11/10 09:05:33,PC08,GTDB,5,4
2026/11/11 09:05:33,PC08,GTDB,5,1
"""


def test_the_row_is_named_on_the_screen_and_in_the_file(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "tháng 11.csv"
    export.write_text(ROWS, encoding="utf-8")
    import_export(workspace.root, export, "google-forms")
    list_alerts(workspace.root, "2026-11")
    assert "tháng 11.csv, row 3" in capsys.readouterr().out
    list_alerts(workspace.root, "2026-11", out=tmp_path / "alerts.csv")
    with (tmp_path / "alerts.csv").open(encoding="utf-8", newline="") as file:
        (alert,) = csv.DictReader(file)
    assert (alert["file"], alert["row"], alert["page"]) == ("tháng 11.csv", "3", "")


def test_advice_has_heads_in_the_reader_s_language_even_in_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_table({"column": "Cột"}, [["A"]], for_programs=False)
    show_table({"column": "Cột"}, [["A"]])
    assert capsys.readouterr().out == "Cột\nA\ncolumn\nA\n"
