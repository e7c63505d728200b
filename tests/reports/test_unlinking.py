"""Months whose links are destroyed: counts stay, and nothing leads back to a form."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from closed_months import exported, late_sheet
from sqlalchemy import text

from omr.errors import PeopleMustDecide, UsageError
from omr.ledger import Ledger
from omr.ledger.alert_notes import alert_notes
from omr.ledger.months import MonthAct, closed_version, month_versions
from omr.pictures import PictureStore
from omr.workspace import Workspace
from reports.alert_commands import list_alerts, settle_alert
from reports.export_commands import export_results
from reports.month_commands import close, reopen


def with_picture(office: Any, workspace: Workspace, of: str = "comment") -> str:
    """A picture of the first sheet, as reading keeps one; its digest."""
    digest = PictureStore(workspace.evidence_folder).keep(b"\xff\xd8 handwriting")
    with office.ledger.write() as connection:
        connection.execute(
            text(
                "insert into picture_part select sheet_id, :of, :d, 1, 1, 1, 1 from sheet "
                "where serial = :s"
            ),
            {"of": of, "d": digest, "s": office.serials[0]},
        )
    return digest


def test_an_alert_carries_the_picture_of_its_answer_until_links_are_destroyed(
    workspace: Workspace, counted: Any, this_period: str, tmp_path: Path
) -> None:
    with_picture(counted, workspace, of="t0")
    (alert,) = export_results(workspace.root, this_period, tmp_path / "out").month.results.alerts
    assert alert.crop == b"\xff\xd8 handwriting"

    close(workspace.root, this_period, unlink=True, confirm=lambda _question: True)
    (alert,) = export_results(workspace.root, this_period, tmp_path / "out").month.results.alerts
    assert alert.crop is None


def files_of(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_destroying_the_links_leaves_counts_and_stock_and_no_way_back(
    workspace: Workspace, counted: Any, this_period: str, tmp_path: Path
) -> None:
    digest = with_picture(counted, workspace)
    (angry,) = list_alerts(workspace.root)
    close(workspace.root, this_period)
    settle_alert(workspace.root, angry.record_id, "t0", note="đã gặp người viết")
    before = exported(workspace, this_period, tmp_path / "one")
    version = closed_version(counted.ledger, this_period)
    assert version is not None
    ids = {
        row[0]
        for row in (line.split(",") for line in before["responses.csv"].decode().split())
        if len(row[0]) == 32
    }
    counted.ledger.close()

    close(workspace.root, this_period, unlink=True, confirm=lambda _question: True)

    after = exported(workspace, this_period, tmp_path / "two")
    for name in ("tally.csv", "reconciliation.csv"):
        assert after[name] == before[name]
    said = [Counter(_answers(each["responses.csv"])) for each in (before, after)]
    assert said[0] == said[1]
    # What is counted names other ids, and those that lead to forms are in no result.
    assert not any(old.encode() in content for content in after.values() for old in ids)
    (alert,) = list_alerts(workspace.root, handled_too=True)
    assert (alert.file, alert.page, alert.sheet) == ("", None, None)
    assert (alert.handled, alert.note) == (True, "đã gặp người viết")
    # Nothing of what was kept before is left in any file of the workspace.
    assert not PictureStore(workspace.evidence_folder).path(digest).exists()
    middle = (version.body or b"")[60:100]
    with Ledger.open(workspace.ledger_url) as ledger, ledger.read() as connection:
        for table in ("answer", "decision", "comment_note", "picture_part", "alert_note"):
            query = text(f"select count(*) from {table}")  # noqa: S608 - names from above
            assert connection.execute(query).scalar() == 0, table
        assert alert_notes(ledger) == {}
        serials = connection.execute(text("select serial, status from sheet")).all()
    assert {row.serial for row in serials} == set(counted.serials[:3])
    for path, content in files_of(workspace.root).items():
        assert middle not in content, path
        assert "đã gặp người viết".encode() not in content, path


def _answers(table: bytes) -> list[str]:
    return [line.split(",", 1)[1] for line in table.decode().splitlines()]


def test_destroying_is_asked_about_and_a_no_destroys_nothing(
    workspace: Workspace, counted: Any, this_period: str
) -> None:
    digest = with_picture(counted, workspace)
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(UsageError, match="nothing was destroyed"):
        close(workspace.root, this_period, unlink=True, confirm=no)

    assert this_period in asked[0]
    assert month_versions(counted.ledger, this_period) == []
    assert PictureStore(workspace.evidence_folder).path(digest).exists()


def test_answers_that_came_late_are_not_destroyed_uncounted(
    workspace: Workspace, counted: Any, this_period: str
) -> None:
    close(workspace.root, this_period)
    late_sheet(counted, this_period)

    with pytest.raises(PeopleMustDecide, match="1 responses came late"):
        close(workspace.root, this_period, unlink=True, confirm=lambda _question: True)

    assert [each.act for each in month_versions(counted.ledger, this_period)] == [MonthAct.CLOSE]


def test_a_month_without_links_stays_closed_and_tells_what_comes_still(
    workspace: Workspace,
    counted: Any,
    this_period: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    close(workspace.root, this_period, unlink=True, confirm=lambda _question: True)
    first = exported(workspace, this_period, tmp_path / "one")
    assert "came late" not in capsys.readouterr().out
    late_sheet(counted, this_period)

    assert exported(workspace, this_period, tmp_path / "two") == first
    assert "1 responses came late" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no longer linked"):
        reopen(workspace.root, this_period, why="muộn")
    with pytest.raises(UsageError, match="no longer linked"):
        close(workspace.root, this_period, unlink=True, confirm=lambda _question: True)


def test_pictures_left_by_an_interruption_go_when_the_command_is_run_again(
    workspace: Workspace, counted: Any, this_period: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = with_picture(counted, workspace)
    store = PictureStore(workspace.evidence_folder)

    def power_cut(*_args: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("reports.month_commands.PicturesToDelete.delete", power_cut)
        with pytest.raises(KeyboardInterrupt):
            close(workspace.root, this_period, unlink=True, confirm=lambda _question: True)
    assert store.path(digest).exists()

    with pytest.raises(UsageError, match="no longer linked"):
        close(workspace.root, this_period, unlink=True)
    assert not store.path(digest).exists()
    assert not list(workspace.evidence_folder.glob("*.txt"))
