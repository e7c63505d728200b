"""Every trap of real exports, through the command: read right, or refused with its place."""

# ruff: noqa: DTZ001 - cells hold times without a zone

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_workbooks import save_sheet

from omr.errors import InputUnusable
from omr.ledger import Ledger
from omr.ledger.electronic import ElectronicRow, electronic_rows
from omr.ledger.months import close_month
from omr.workspace import Workspace
from reports.csv_table import MAX_CELL
from reports.file_source import MAX_BYTES
from reports.import_commands import ImportSummary, import_export

HEADER = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0\n"
MS = [
    *("ID", "Start time", "Completion time", "Email", "Name", "Last modified time"),
    *("Đơn vị\xa0", "Lĩnh vực\xa0", "Thủ tục được niêm yết công khai, dễ tìm hiểu\xa0"),
    "Nếu chưa hài lòng, xin cho biết lý do (chọn nhiều ô):\xa0",
]


def take_in(
    workspace: Workspace, file: Path, profile: str = "google-forms", **beside: str
) -> ImportSummary:
    summary = import_export(workspace.root, file, profile, **beside)
    assert isinstance(summary, ImportSummary)
    return summary


def held(workspace: Workspace, period: str = "2026-11") -> list[ElectronicRow]:
    with Ledger.open(workspace.ledger_url) as ledger:
        return list(electronic_rows(ledger, period=period))


def ms_row(number: int, minute: int, level: str, why: str = "Chờ đợi lâu;Trễ hẹn;") -> list[Any]:
    at = datetime(2026, 11, 10, 9, minute, 30)
    started = at - timedelta(minutes=2)
    return [number, started, at, "anonymous", None, None, "PC08", "GTDB", level, why]


def test_a_workbook_of_microsoft_forms_is_read(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save_sheet(tmp_path / "ms.xlsx", [MS, ms_row(1, 5, "Hài lòng;")], title="Sheet1")
    (response,) = take_in(workspace, path, "microsoft-forms").read.responses
    assert response.answers == {"a1": ("r4",), "m1": ("cho", "tre")}
    assert response.answered_on == "2026-11-10"
    assert "'Email'; 'Name'" in capsys.readouterr().out


def test_an_answer_edited_in_microsoft_forms_counts_once_by_its_id(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ms.xlsx"
    take_in(
        workspace,
        save_sheet(path, [MS, ms_row(1, 5, "Hài lòng"), ms_row(2, 7, "Hài lòng")]),
        "microsoft-forms",
    )
    edited = [MS, ms_row(1, 5, "Hài lòng"), ms_row(2, 40, "Không hài lòng"), ms_row(3, 50, "5")]
    outcome = take_in(workspace, save_sheet(path, edited), "microsoft-forms").outcome
    assert (outcome.new, outcome.edited, outcome.vanished) == (1, 1, ())
    assert sorted(row.answers["a1"] for row in held(workspace)) == [("r2",), ("r4",), ("r5",)]
    assert "1 answers were edited" in capsys.readouterr().out


def test_csv_and_workbook_of_one_linked_sheet_are_the_same_answers(
    workspace: Workspace, tmp_path: Path, write: Callable[..., Path]
) -> None:
    moments = [datetime(2026, 10, 20, 9, 3 * n, 33, 600000) for n in range(4)]
    rows = [[at, "PC08", "GTDB", 5, "Hài lòng"] for at in moments]
    head = HEADER.strip().split(",")
    workbook = save_sheet(tmp_path / "trang tính.xlsx", [head, *rows])
    assert take_in(workspace, workbook).outcome.new == 4
    for seconds in (33, 34):  # cut or rounded, as the spreadsheet pleases
        lines = [f"20/10/2026 9:{3 * n:02d}:{seconds},PC08,GTDB,5,4\n" for n in range(4)]
        outcome = take_in(workspace, write(HEADER + "".join(lines), f"{seconds}.csv")).outcome
        assert (outcome.new, outcome.known) == (0, 4)


def test_dates_that_a_spreadsheet_of_another_locale_changed_refuse_the_file(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = [
        HEADER.strip().split(","),
        [datetime(2026, 5, 11, 9, 5), "PC08", "GTDB", 5, 5],  # was 05/11: the 5th of November
        ["21/11/2026 9:05:33", "PC08", "GTDB", 5, 5],
    ]
    with pytest.raises(InputUnusable, match=r"row 2 holds a date, row 3 the words '21/11/2026"):
        take_in(workspace, save_sheet(tmp_path / "hỏng.xlsx", rows))
    assert held(workspace) == []


def test_numbers_that_lost_their_date_format_are_still_times(
    workspace: Workspace, write: Callable[..., Path], tmp_path: Path
) -> None:
    text = HEADER + "46336.378854166665,PC08,GTDB,5.0,4\n46336.378866,PC08,GTDB,5,4\n"
    (first, second) = take_in(workspace, write(text)).read.responses
    assert first.answered_on == second.answered_on == "2026-11-10"
    assert second.excluded  # the same answers a second later
    at = datetime(2026, 11, 10, 9, 5, 33)
    head = HEADER.strip().split(",")
    path = save_sheet(tmp_path / "đúng.xlsx", [head, [at, "PC08", "GTDB", 5, 4]])
    assert take_in(workspace, path).outcome.known == 1


def test_a_day_without_a_time_counts_but_never_shows_a_double_submission(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = [HEADER.strip().split(","), *[[date(2026, 11, 10), "PC08", "GTDB", 5, 5]] * 3]
    path = save_sheet(tmp_path / "ngày.xlsx", rows)
    assert take_in(workspace, path).outcome.new == 3
    assert [row.excluded for row in held(workspace)] == ["", "", ""]
    assert take_in(workspace, path).outcome.known == 3


def test_a_sheet_kept_in_another_time_zone_counts_in_the_office_s_month(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    profile = workspace.profiles_folder / "google-forms.toml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(
        text.replace('time_zone = ""', 'time_zone = "America/Los_Angeles"'), encoding="utf-8"
    )
    row = "2026-11-14 08:30:00,PC08,GTDB,5,4\n"  # 23:30 in Hà Nội; the next one is 0:30
    take_in(workspace, write(HEADER + row + row.replace("08:30", "09:30")))
    assert len(held(workspace, "2026-11")) == len(held(workspace, "2026-12")) == 1


def test_a_handmade_workbook_is_read_right_and_everything_else_in_it_is_named(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def hide(sheet: Any) -> None:
        sheet.column_dimensions["F"].hidden = True

    at = datetime(2026, 11, 10, 9, 5)
    rows = [
        ["CÔNG AN XÃ CẨM GIANG"],
        ["STT", "Thời gian", "Đơn vị", "Lĩnh vực", "Đánh giá", None],
        [None, None, None, None, "a1", "ĐÁNH GIÁ CHUNG về lần giải quyết này"],
        [1, at, "CAX Cẩm Giang", "QLHC", "Hài lòng", "Rất hài lòng"],
        [2, at + timedelta(hours=1), None, "QLHC", "#REF!", "Không hài lòng"],
        ["Tổng cộng", None, None, None, 2, 2],
        ["NGƯỜI LẬP BIỂU"],
    ]
    merges = ["A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "C4:C5"]
    path = save_sheet(tmp_path / "tự làm.xlsx", rows, merges=merges, dress=hide)
    with pytest.raises(InputUnusable, match="not taken in: 1 rows, 1 single answers"):
        take_in(workspace, path)
    said = capsys.readouterr()
    assert sorted((r.unit, r.answers["a1"], r.answers["t0"]) for r in held(workspace)) == [
        ("HP-10888", (), ("r2",)),
        ("HP-10888", ("r4",), ("r5",)),
    ]
    assert "CÔNG AN XÃ CẨM GIANG" in said.out
    assert "hidden columns, read like the others: F" in said.out
    assert "row 5, column 'Đánh giá [a1]': no option" in said.err
    assert "'#REF!'" in said.err
    assert "row 6: a row of totals" in said.err
    assert "row 7" in said.err


def test_loose_accents_other_tone_places_and_odd_blanks_make_no_difference(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    cells = "2026/11/10 9:05:33 SA GMT+7,CA\u00a0xã\u2007Cẩm Giàng\u200b,gtdb,Rất  hài lòng ✓,TỐT\n"
    loose = unicodedata.normalize("NFD", HEADER + cells)
    (response,) = take_in(workspace, write(loose)).read.responses
    assert (response.unit, response.answers) == ("HP-10903", {"a1": ("r5",), "t0": ("r4",)})


def test_rows_that_vanished_are_named_with_their_place_and_still_count(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"2026/11/10 9:{n:02d}:33,PC08,GTDB,5,{n % 5 + 1}\n" for n in range(8)]
    take_in(workspace, write(HEADER + "".join(rows[:6]), "tháng 11.csv"))
    del rows[2:4]
    outcome = take_in(workspace, write(HEADER + "".join(rows), "tháng 11 (1).csv")).outcome
    assert (outcome.new, len(outcome.vanished)) == (2, 2)
    err = capsys.readouterr().err
    assert "2 rows of an earlier import are not in this file any more; they still count" in err
    assert "tháng 11.csv, rows 4-5" in err
    assert len(held(workspace)) == 8


def test_answers_for_a_closed_month_are_called_late(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger.open(workspace.ledger_url) as ledger:
        close_month(ledger, "2026-11", b"x", by="an")
    take_in(workspace, write(HEADER + "2026/11/10 9:05:33,PC08,GTDB,5,4\n"))
    assert "2026-11 is closed: 1 answers came in late" in capsys.readouterr().out


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "lớn.csv"
    with path.open("wb") as stream:
        stream.truncate(2 * 1024**3)  # takes no room on the disk
    with pytest.raises(InputUnusable, match=f"larger than {MAX_BYTES // 1024 // 1024} MB"):
        take_in(workspace, path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER + 'x,"' + "y" * (MAX_CELL + 1) + '",,,\n', "after row 1: field larger"),
        (HEADER + "x" * 9_000_000, "line 2 is longer than"),
        (HEADER + "," * 1500 + "\n", "row 2: 1501 columns"),
        ("," * 1500 + "\n" + HEADER, "1501 columns"),
        (HEADER + "\0,\n", "letters were lost"),
    ],
)
def test_csv_files_beyond_all_measure_are_refused_with_the_row(
    workspace: Workspace, write: Callable[..., Path], text: str, words: str
) -> None:
    with pytest.raises(InputUnusable, match=words):
        take_in(workspace, write(text))


def test_titles_above_the_header_of_a_csv_file_are_named_too(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text = "BÁO CÁO THÁNG 11;;;;\n\n" + HEADER.replace(",", ";")
    take_in(workspace, write(text + "2026/11/10 9:05:33;PC08;GTDB;5;4\n"))
    assert "above the header (row 3) and not read: 'BÁO CÁO THÁNG 11'" in capsys.readouterr().out


def test_many_rows_with_the_same_trouble_are_one_line_and_little_memory(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    head = HEADER.replace("\n", ",Nội bộ\n")
    rows = "".join(
        f"2026/11/10 {n // 60:02d}:{n % 60:02d}:33,PC08,GTDB,Khá,4,x{n}\n" for n in range(900)
    )
    with pytest.raises(
        InputUnusable, match=r"every row was taken in; left out: 900 single answers, 1 columns"
    ):
        take_in(workspace, write(head + rows))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all("rows 2-901" in line for line in lines)


def test_words_that_begin_like_formulas_stay_words(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    head = HEADER.replace("\n", ",Ý kiến góp ý khác:\n")
    take_in(workspace, write(head + "2026/11/10 9:05:33,PC08,GTDB,5,4,=HYPERLINK(A1)\n"))
    (row,) = held(workspace)
    assert row.remarks == {"g1": "=HYPERLINK(A1)"}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    levels=st.lists(st.sampled_from("12345"), min_size=1, max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=3),
    as_workbook=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_any_parts_of_an_export_in_any_form_and_then_the_whole_are_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    workspace: Workspace,
    levels: list[str],
    cuts: list[int],
    as_workbook: list[bool],
) -> None:
    folder = tmp_path_factory.mktemp("phần")
    with Ledger.open(workspace.ledger_url) as ledger:
        before = sum(1 for _row in electronic_rows(ledger, period="2026-11"))
    day = 1 + before % 13  # each example has a day, or hours, of its own
    rows = [
        [datetime(2026, 11, day, 8 + before % 12, n, 7), "PC08", "GTDB", level, level]
        for n, level in enumerate(levels)
    ]
    new = 0
    for number, (cut, workbook) in enumerate(
        zip([*cuts, len(rows)], as_workbook[-len(cuts) - 1 :], strict=True)
    ):
        path = folder / f"{number}.{'xlsx' if workbook else 'csv'}"
        table = [HEADER.strip().split(","), *rows[:cut]]
        if workbook:
            save_sheet(path, table)
        else:
            with path.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(table)
        new += take_in(workspace, path, "google-forms").outcome.new
    known = {"new": new, "before": before}
    assert len(held(workspace)) - before == new, known
    assert new <= len(rows)
    again = take_in(workspace, path).outcome
    assert (again.new, again.known) == (0, len(rows))


def test_a_file_imported_with_one_profile_is_not_counted_again_through_another(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    file = write(
        "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0\n2026/11/01 9:05:33 SA GMT+7,HP-PC08,GTDB,5,4\n"
    )
    first = workspace.profiles_folder / "google-forms.toml"
    (workspace.profiles_folder / "other.toml").write_bytes(first.read_bytes())
    import_export(workspace.root, file, "google-forms")

    with pytest.raises(InputUnusable, match="counted twice"):
        import_export(workspace.root, file, "other")
    assert len(held(workspace)) == 1
    again = import_export(workspace.root, file, "google-forms")
    assert isinstance(again, ImportSummary)
    assert again.outcome.new == 0
