"""Closed months: what was counted stays, whatever comes later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from closed_months import exported, late_sheet
from typer.testing import CliRunner

from omr.errors import ExitCode, LedgerUnusable, PeopleMustDecide, UsageError
from omr.ledger import Ledger
from omr.ledger.aggregates import AggregateCount, add_aggregate
from omr.ledger.months import MonthAct, closed_version
from omr.ledger.visits import VisitCount, add_visits
from omr.marks import Reason, SheetStatus
from omr.periods import Period
from omr.workspace import Workspace, open_workspace
from reports.cli import app
from reports.closing import closed_month, restored
from reports.export_commands import export_results
from reports.import_commands import import_export
from reports.month_commands import close, list_months, reopen

HEADER = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0\n"


def test_a_closed_month_gives_the_same_bytes_however_the_ledger_changes_later(
    workspace: Workspace,
    counted: Any,
    this_period: str,
    tmp_path: Path,
    write: Callable[..., Path],
) -> None:
    assert close(workspace.root, this_period) == 1
    before = exported(workspace, this_period, tmp_path / "one")

    late_sheet(counted, this_period)
    counted.scan(None, this_period, status=SheetStatus.REVIEW, reasons=[Reason.NO_CODE])
    first = Period.parse(this_period).first_day.isoformat().replace("-", "/")
    import_export(
        workspace.root, write(HEADER + f"{first} 9:05:33,HP-PC08,GTDB,5,4\n"), "google-forms"
    )
    units = workspace.units_file.read_text(encoding="utf-8")
    workspace.units_file.write_text(units.replace("giao thông", "GT"), encoding="utf-8")
    settings = workspace.settings_file.read_text(encoding="utf-8")
    workspace.settings_file.write_text(
        settings.replace("Phòng Tham mưu", "Phòng khác"), encoding="utf-8"
    )

    assert exported(workspace, this_period, tmp_path / "two") == before
    assert json.loads(before["manifest.json"])["version"] == 1


def test_what_comes_late_is_told_and_counted_only_once_the_month_is_opened_again(
    workspace: Workspace,
    counted: Any,
    this_period: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    close(workspace.root, this_period)
    exported(workspace, this_period, tmp_path / "one")
    assert "came late" not in capsys.readouterr().out

    late_sheet(counted, this_period)
    exported(workspace, this_period, tmp_path / "one")
    out = capsys.readouterr().out
    assert f"{this_period}, version 1: closed" in out
    assert "1 responses came late" in out
    assert f"omr reports reopen --period {this_period} --why" in out
    assert f"{this_period}: 3 responses" in out

    assert reopen(workspace.root, this_period, why="lô đến muộn") == 1
    files = exported(workspace, this_period, tmp_path / "two")
    assert f"{this_period}: 4 responses" in capsys.readouterr().out
    assert json.loads(files["manifest.json"])["version"] is None
    assert close(workspace.root, this_period, why="đã đủ") == 2
    capsys.readouterr()
    acts = [(each.number, each.act) for each in list_months(workspace.root)]
    assert acts == [(1, MonthAct.CLOSE), (1, MonthAct.REOPEN), (2, MonthAct.CLOSE)]
    listed = capsys.readouterr().out
    assert "lô đến muộn" in listed
    assert "came late" not in listed


def test_a_decision_that_is_taken_back_later_is_told_as_well(
    workspace: Workspace, counted: Any, this_period: str, capsys: pytest.CaptureFixture[str]
) -> None:
    close(workspace.root, this_period)
    counted.scan(
        counted.serials[3],
        this_period,
        status=SheetStatus.REVIEW,
        reasons=[Reason.OVERVOTE],
        a1="r5|r4",
    )
    capsys.readouterr()
    list_months(workspace.root)

    assert "1 sheets wait for a person" in capsys.readouterr().out


def test_visits_and_counts_that_change_later_are_told(
    workspace: Workspace, counted: Any, this_period: str, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = [AggregateCount("HP-PC08", "GTDB", this_period, "t0", "r5", 40)]
    add_aggregate(counted.ledger, source="vneid", file_name="a", sha256="1" * 64, counts=counts)
    close(workspace.root, this_period)
    list_months(workspace.root)
    assert "are others" not in capsys.readouterr().out

    visits = [VisitCount("HP-PC08", "GTDB", this_period, counter=900, online=10)]
    add_visits(counted.ledger, file_name="v", sha256="2" * 64, counts=visits)
    list_months(workspace.root)
    assert "visits, or counts of another system, are others" in capsys.readouterr().out


def test_a_month_with_open_doubts_or_a_stock_that_does_not_balance_is_not_closed(
    workspace: Workspace, counted: Any, this_period: str
) -> None:
    counted.scan(
        counted.serials[3],
        this_period,
        status=SheetStatus.REVIEW,
        reasons=[Reason.OVERVOTE],
        a1="r5|r4",
    )
    with pytest.raises(PeopleMustDecide, match=r"1 sheets .* 0 forms") as refusal:
        close(workspace.root, this_period)

    assert refusal.value.exit_code == ExitCode.NEEDS_ADJUDICATION
    assert closed_version(counted.ledger, this_period) is None


def test_a_month_is_closed_once_and_opened_with_a_reason(
    workspace: Workspace, counted: Any, this_period: str
) -> None:
    with pytest.raises(UsageError, match="is not closed"):
        reopen(workspace.root, this_period, why="x")
    with pytest.raises(UsageError, match="nothing to close") as mistyped:
        close(workspace.root, "2062-11")
    assert this_period in mistyped.value.remedy
    close(workspace.root, this_period)
    with pytest.raises(UsageError, match="closed already, as version 1"):
        close(workspace.root, this_period)
    with pytest.raises(UsageError, match="needs a reason"):
        reopen(workspace.root, this_period, why="  ")


def test_a_closed_month_s_numbers_are_what_later_months_compare_with(
    workspace: Workspace, counted: Any, this_period: str, tmp_path: Path
) -> None:
    following = str(Period.parse(this_period).next())
    close(workspace.root, this_period)
    late_sheet(counted, this_period)  # changes nothing
    counted.scan(counted.serials[4], following, a1="r5", t0="r5")

    month = export_results(workspace.root, following, tmp_path / "out").month

    *_, before, now = month.results.trend.points
    assert before.figures is not None
    assert (before.figures.responses, now.figures and now.figures.responses) == (3, 1)


def test_what_was_kept_and_is_damaged_is_named(workspace: Workspace, this_period: str) -> None:
    with pytest.raises(LedgerUnusable, match="cannot be read"):
        restored(b"omr month 1\nxx", this_period)


def test_ids_in_exports_tell_nothing_of_the_order_in_which_people_answered(
    workspace: Workspace, office: Any, this_period: str, tmp_path: Path
) -> None:
    serials = office.print_forms(40)
    for place, serial in enumerate(serials):
        office.scan(serial, this_period, a1="r5" if place < 20 else "r4")

    table = exported(workspace, this_period, tmp_path / "out")["responses.csv"].decode()

    rows = table.splitlines()[1:]
    assert rows == sorted(rows)
    said = ["r5" in row for row in rows]
    assert said not in ([True] * 20 + [False] * 20, [False] * 20 + [True] * 20)


def test_the_manifest_names_inputs_and_files_and_neither_clock_nor_folders(
    workspace: Workspace, counted: Any, this_period: str, tmp_path: Path
) -> None:
    files = exported(workspace, this_period, tmp_path / "out")
    manifest = json.loads(files.pop("manifest.json"))

    assert manifest["files"] == {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in files.items()
    }
    assert manifest["period"] == this_period
    assert [each["pages"] for each in manifest["scans"]] == [1, 1, 1]
    assert manifest["counts"]["responses"] == 3
    assert manifest["surveys"].keys() == {"hai-long r1"}
    assert manifest["software"].startswith("omr ")
    words = json.dumps(manifest, ensure_ascii=False)
    assert str(tmp_path) not in words
    assert "lô 1.pdf" not in words
    assert not any(serial in words for serial in counted.serials)


def test_what_may_leave_the_office_has_no_single_answers_and_a_folder_of_its_own(
    workspace: Workspace, counted: Any, this_period: str, tmp_path: Path
) -> None:
    inside = exported(workspace, this_period, tmp_path / "inside")
    with pytest.raises(UsageError, match="must not leave the office"):
        export_results(workspace.root, this_period, tmp_path / "inside", outside=True)

    outside = exported(workspace, this_period, tmp_path / "outside", outside=True)
    assert outside.keys() < inside.keys()
    assert not any(name.endswith(".csv") for name in outside)
    manifest = json.loads(outside["manifest.json"])
    assert manifest["outside"] is True
    # Three responses are too few to be told, here as in the files, or in pages to be counted.
    assert set(manifest["counts"].values()) <= {None, 0}
    assert all(each.keys() == {"sha256", "software", "thresholds"} for each in manifest["scans"])

    close(workspace.root, this_period)
    closed = exported(workspace, this_period, tmp_path / "closed", outside=True)
    late_sheet(counted, this_period)
    assert exported(workspace, this_period, tmp_path / "later", outside=True) == closed


def test_the_commands_close_list_and_open_again(
    workspace: Workspace, counted: Any, this_period: str
) -> None:
    run, root = CliRunner().invoke, ["--workspace", str(workspace.root)]
    assert "no month was ever closed" in run(app, ["months", *root]).output
    closed = run(app, ["close", "--period", this_period, "--why", "đủ", *root])
    assert closed.exit_code == 0, closed.output
    assert "version 1" in closed.output
    assert "đủ" in run(app, ["months", *root]).output
    opened = run(app, ["reopen", "--period", this_period, "--why", "muộn", *root])
    assert opened.exit_code == 0, opened.output
    unlinked = run(app, ["close", "--period", this_period, "--unlink", *root], input="n\n")
    assert isinstance(unlinked.exception, UsageError)
    unlinked = run(app, ["close", "--period", this_period, "--unlink", "--yes", *root])
    assert unlinked.exit_code == 0, unlinked.output
    assert "destroyed for" in unlinked.output
    with Ledger.open(open_workspace(workspace.root).ledger_url) as ledger:
        found = closed_month(ledger, this_period)
    assert found is not None
    assert found[1].is_unlinked
