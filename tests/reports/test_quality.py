"""How a month's data came about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from omr.errors import InputUnusable
from omr.geometry import PageRect
from omr.ledger import decisions, seconds
from omr.ledger.comments import CommentRow
from omr.ledger.readings import sheet_rows
from omr.ledger.standing import Verdict
from omr.marks import Reason, SheetStatus
from omr.periods import Period
from omr.workspace import Workspace
from reports.export_commands import export_results
from reports.import_commands import import_export
from reports.privacy import ClearedComment, cleared_comments
from reports.results import Quality

HEADER = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0\n"


def quality(workspace: Workspace, period: str, out: Path) -> Quality:
    return export_results(workspace.root, period, out, provisional=True).month.results.quality


def test_an_empty_month_has_no_quality_to_speak_of(workspace: Workspace, tmp_path: Path) -> None:
    found = quality(workspace, "2026-03", tmp_path)

    assert found == Quality()
    assert (found.review_rate, found.agreement) == (None, None)


def test_sheets_are_told_apart_by_what_became_of_them(
    workspace: Workspace, office: Any, this_period: str, tmp_path: Path
) -> None:
    serials = office.print_forms(4)
    office.scan(serials[0], this_period, a1="r5")
    office.scan(serials[0], this_period, a1="r5")
    office.scan(
        serials[1], this_period, status=SheetStatus.REVIEW, reasons=[Reason.OVERVOTE], a1="r1"
    )
    for reason in (Reason.STREAK, Reason.STREAK, Reason.BAD_SIGNATURE):
        office.scan(None, this_period, status=SheetStatus.REFUSED, reasons=[reason])
    office.scan(None, this_period, status=SheetStatus.BLANK)

    found = quality(workspace, this_period, tmp_path)

    assert (found.sheets, found.counted, found.waiting) == (7, 1, 1)
    assert (found.duplicates, found.blank_pages) == (1, 1)
    assert found.refused == (("streak", 2), ("bad-signature", 1))
    assert found.sheets == found.counted + found.waiting + found.duplicates + found.blank_pages + 3


def test_what_people_looked_at_and_corrected_and_how_they_agree(
    workspace: Workspace, office: Any, this_period: str, tmp_path: Path
) -> None:
    serials = office.print_forms(3)
    for serial in serials:
        office.scan(
            serial,
            this_period,
            status=SheetStatus.REVIEW,
            reasons=[Reason.MARGINAL_MARK],
            doubtful=True,
            a1="r5",
        )
    records = [row.record_id for row in sheet_rows(office.ledger, period=this_period)]
    for record, option in zip(records, ("r5", "r4"), strict=False):
        said = decisions.append(office.ledger, record, "a1", Verdict.ANSWERED, (option,), by="an")
        seconds.add(office.ledger, said, Verdict.ANSWERED, (option,), by="bình")
    third = decisions.append(office.ledger, records[2], "a1", Verdict.BLANK, by="an")
    seconds.add(office.ledger, third, Verdict.ANSWERED, ("r5",), by="bình")

    found = quality(workspace, this_period, tmp_path)

    assert (found.counted, found.waiting) == (2, 1)  # the third: two people disagree
    assert (found.reviewed, found.decided, found.corrected) == (2, 2, 1)
    assert (found.second_readings, found.agreed) == (3, 2)
    assert found.kappa == pytest.approx(0.5)  # 2 of 3 agree, 1 of 3 would by chance


def test_what_exports_could_not_say_is_counted_of_every_files_newest_version(
    workspace: Workspace, write: Callable[..., Path], tmp_path: Path
) -> None:
    good = "2026/11/10 9:05:33,HP-PC08,GTDB,5,4\n"
    bad = "2026/11/10 9:06:33,CA huyện X,GTDB,5,4\n2026/11/10 9:07:33,HP-PC08,GTDB,Tuyệt vời,4\n"
    for number, rows in enumerate((good + bad, good + bad + good.replace("9:05", "9:15"))):
        path = write(HEADER + rows, "export.csv")
        with pytest.raises(InputUnusable):
            import_export(workspace.root, path, "google-forms")
        assert (
            quality(workspace, "2026-11", tmp_path / f"out{number}").electronic_rows == 3 + number
        )
    another = write(HEADER + "2026/11/11 9:05:33,HP-PC08,GTDB,3,3\n", "another.csv")
    import_export(workspace.root, another, "google-forms")

    found = quality(workspace, "2026-11", tmp_path / "out")

    assert found.electronic_rows == 5
    assert dict(found.unmatched) == {"unknown-option": 1, "unknown-unit": 1}
    assert quality(workspace, "2026-09", tmp_path / "out").electronic_rows == 0


def test_an_export_of_which_nothing_could_be_used_belongs_to_the_month_of_its_import(
    workspace: Workspace, write: Callable[..., Path], tmp_path: Path, this_period: str
) -> None:
    with pytest.raises(InputUnusable):
        import_export(
            workspace.root,
            write(HEADER + "2026/11/10 9:06:33,CA huyện X,GTDB,5,4\n"),
            "google-forms",
        )

    found = quality(workspace, this_period, tmp_path / "out")
    assert dict(found.unmatched) == {"unknown-unit": 1}
    before = str(Period.parse(this_period).previous())
    assert quality(workspace, before, tmp_path / "out").unmatched == ()


def comment(record: str, text: str, *, personal: bool = False, by: str = "an") -> CommentRow:
    return CommentRow(
        record_id=record,
        file="lô 1.pdf",
        page=0,
        serial="GTDB-26-000001-K",
        unit="HP-PC08",
        domain="GTDB",
        period="2026-11",
        sha256="0" * 64,
        region=PageRect(0, 0, 1, 1),
        text=text,
        tags=("waiting",),
        personal=personal,
        by=by,
        at="2026-11-02T00:00:00+00:00",
    )


def test_only_comments_that_were_typed_cleared_and_counted_are_handed_on() -> None:
    rows = [
        comment("z", "Chờ lâu"),
        comment("y", "Anh Nam ở quầy 3", personal=True),
        comment("x", ""),
        comment("w", "Ai xem?", by=""),
        comment("v", "Phiếu không tính"),
        comment("u", "Cảm ơn"),
    ]

    found = cleared_comments(rows, {"z", "y", "x", "w", "u"}.__contains__)

    assert found == (
        ClearedComment("HP-PC08", "GTDB", "Chờ lâu", ("waiting",)),
        ClearedComment("HP-PC08", "GTDB", "Cảm ơn", ("waiting",)),
    )
