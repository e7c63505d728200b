"""Numbers that come already counted, and visits: from file to ledger."""

# ruff: noqa: DTZ001 - cells hold times without a zone

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_workbooks import save_sheet

from omr.errors import InputUnusable, UsageError
from omr.ledger import Ledger
from omr.ledger.aggregates import AggregateCount, aggregate_counts
from omr.ledger.visits import VisitCount
from omr.ledger.visits import visits as visits_of
from omr.workspace import Workspace
from reports.confirm_commands import confirm
from reports.count_tables import read_period, whole_number
from reports.import_commands import CountSummary, import_export, import_visits

LONG = "Đơn vị,Lĩnh vực,Tháng,Câu hỏi,Mức,Số lượt\n"
WIDE = "Đơn vị,Lĩnh vực,Tháng,Rất hài lòng,Hài lòng,Bình thường,Không hài lòng,Để trống,Tổng số\n"
PC08 = ("HP-PC08", "GTDB", "2026-11")


def take_in(workspace: Workspace, file: Path, **beside: str) -> CountSummary:
    summary = import_export(workspace.root, file, "aggregate", **beside)
    assert isinstance(summary, CountSummary)
    return summary


def held(workspace: Workspace, period: str = "2026-11") -> list[AggregateCount]:
    with Ledger.open(workspace.ledger_url) as ledger:
        return aggregate_counts(ledger, period)


def numbers(workspace: Workspace) -> dict[tuple[str, str], int]:
    return {(one.question, one.option): one.count for one in held(workspace)}


def test_a_long_table_says_how_often_each_option_was_chosen(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    rows = "PC08,GTDB,2026-11,t0,Rất hài lòng,1.234\nPC08,GTDB,11/2026,y1,Có,3\n"
    rows += "PC08,GTDB,tháng 11/2026,t0,Không trả lời,7\n"
    take_in(workspace, write(LONG + rows.replace("1.234", '"1.234"')))
    assert held(workspace) == [
        AggregateCount(*PC08, "t0", "", 7),
        AggregateCount(*PC08, "t0", "r5", 1234),
        AggregateCount(*PC08, "y1", "co", 3),
    ]


def test_a_wide_table_counts_the_levels_of_the_question_that_the_profile_names(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(workspace, write(WIDE + "PC08,GTDB,2026-11,10,5,–,,2,17\nTổng cộng,,,10,5,0,0,2,17\n"))
    assert numbers(workspace) == {
        ("t0", ""): 2, ("t0", "r5"): 10, ("t0", "r4"): 5, ("t0", "r3"): 0, ("t0", "r2"): 0,
    }  # fmt: skip
    assert "row 3: a row of totals" in capsys.readouterr().err


def test_an_office_table_with_titles_merged_heads_and_units_over_rows_is_read_right(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    levels = ["Rất hài lòng", "Hài lòng", "Bình thường"]
    rows: list[Sequence[Any]] = [
        ["CÔNG AN TP HẢI PHÒNG"],
        ["TỔNG HỢP KẾT QUẢ"],
        ["STT", "Đơn vị", "Lĩnh vực", "Kỳ", "Mức độ hài lòng", None, None, "Tổng số phiếu"],
        [None, None, None, None, *levels, None],
        ["A", "B", "C", "D", 1, 2, 3, "4=1+2+3"],
        [1, "CA xã Cẩm Giang", "QLHC", datetime(2026, 11, 1), 1234, 50, 3, 1287],
        [2, None, "GTDB", "15/10/2026 - 14/11/2026", 12, 5, "-", 17],
        ["Tổng cộng", None, None, None, 1246, 55, 3, 1305],
    ]
    merges = ["A1:H1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:G3", "H3:H4", "B6:B7"]
    take_in(workspace, save_sheet(tmp_path / "biểu.xlsx", rows, merges=merges))
    found = {(one.domain, one.option): one.count for one in held(workspace)}
    assert found == {
        ("QLHC", "r5"): 1234, ("QLHC", "r4"): 50, ("QLHC", "r3"): 3,
        ("GTDB", "r5"): 12, ("GTDB", "r4"): 5, ("GTDB", "r3"): 0,
    }  # fmt: skip
    assert {one.unit for one in held(workspace)} == {"HP-10888"}
    said = capsys.readouterr()
    assert "it says 1305, the rows add up to 1304" in said.err
    assert "it says 1246" not in said.err
    assert "numbers the columns" in said.out


def test_questions_over_their_levels_are_told_apart(workspace: Workspace, tmp_path: Path) -> None:
    rows = [
        ["Đơn vị", "Lĩnh vực", "t0", None, "Thái độ, tác phong của cán bộ, chiến sĩ", None],
        [None, None, "Hài lòng", "Không hài lòng", "Hài lòng", "Không hài lòng"],
        ["PC08", "GTDB", 4, 1, 3, 2],
    ]
    merges = ["A1:A2", "B1:B2", "C1:D1", "E1:F1"]
    path = save_sheet(tmp_path / "hỏi.xlsx", rows, merges=merges)
    take_in(workspace, path, period="2026-11")
    assert numbers(workspace) == {
        ("t0", "r4"): 4, ("t0", "r2"): 1, ("c1", "r4"): 3, ("c1", "r2"): 2,
    }  # fmt: skip


def test_a_question_that_is_none_never_gives_its_numbers_to_another(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = [
        ["Đơn vị", "Lĩnh vực", "Vệ sinh", None, "t0", None],
        [None, None, "Hài lòng", "Không hài lòng", "Hài lòng", "Không hài lòng"],
        ["PC08", "GTDB", 4, 1, 3, 2],
    ]
    path = save_sheet(tmp_path / "hỏi.xlsx", rows, merges=["A1:A2", "B1:B2", "C1:D1", "E1:F1"])
    with pytest.raises(InputUnusable, match="2 columns"):
        take_in(workspace, path, period="2026-11")
    assert numbers(workspace) == {("t0", "r4"): 3, ("t0", "r2"): 2}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("PC08,GTDB,2026-11,1,2,3,x,0,\n", "no whole number: 'x'"),
        ("PC08,GTDB,2026-11,1,2,3,1.5,0,\n", "no whole number: '1.5'"),
        ("PC08,GTDB,2026-11,-1,2,3,4,0,\n", "no whole number: '-1'"),
        ("PC08,GTDB,2026-11,5,2,3,4,0,13\n", "add up to more than its total"),
        ("PC08,GTDB,2026-13,1,2,3,4,0,\n", "no reporting month: '2026-13'"),
        ("PC08,GTDB,,1,2,3,4,0,\n", "no reporting month: (nothing)"),
        ("Cam Giang,GTDB,2026-11,1,2,3,4,0,\n", "no unit has this name or code: 'Cam Giang'"),
        ("HP-CU-DUONGQUAN,QLHC,2026-11,1,2,3,4,0,\n", "not valid on that day"),
        ("PC08,Thuế,2026-11,1,2,3,4,0,\n", "no domain has this name"),
        ("PC06,QLHC,2026-11,1,2,3,4,0,,9\n", "more cells than the header"),
    ],
)
def test_a_row_that_is_not_sure_is_refused_with_its_place(
    workspace: Workspace,
    write: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    row: str,
    words: str,
) -> None:
    with pytest.raises(InputUnusable):
        take_in(workspace, write(WIDE + "CAX Cẩm Giàng,QLHC,2026-11,1,0,0,0,0,1\n" + row))
    err = capsys.readouterr().err
    assert words in err
    assert "row 3" in err
    assert {one.unit for one in held(workspace)} == {"HP-10903"}


def test_the_same_twice_in_one_file_is_refused_the_second_time(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputUnusable):
        take_in(workspace, write(LONG + "PC08,GTDB,2026-11,t0,5,3\nHP-PC08,GTDB,T11/2026,t0,5,4\n"))
    err = capsys.readouterr().err
    assert "row 3: row not imported, the file has counted this already" in err
    assert "in row 2" in err
    # Half of what a file says about a unit would take away what an earlier one said.
    assert "row 2: row not imported, another row about the same was not" in err
    assert held(workspace) == []


def test_a_number_in_merged_cells_is_not_counted_for_every_row(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["Đơn vị", "Lĩnh vực", "Kỳ", "Hài lòng", "Không hài lòng"],
        ["PC08", "GTDB", "2026-11", 5, 1],
        ["PC06", "QLHC", "2026-11", None, 2],
    ]
    with pytest.raises(InputUnusable):
        take_in(workspace, save_sheet(tmp_path / "gộp.xlsx", rows, merges=["D2:D3"]))
    assert "rows 2-3, column 'Hài lòng': row not imported, one number" in capsys.readouterr().err
    assert held(workspace) == []


def test_the_newest_import_counts_and_the_same_again_adds_nothing(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    first = write(LONG + "PC08,GTDB,2026-11,t0,5,3\n", "một.csv")
    assert take_in(workspace, first).added == 1
    assert take_in(workspace, first).added == 0
    assert "nothing was added" in capsys.readouterr().out
    take_in(workspace, write(LONG + "PC08,GTDB,2026-11,t0,5,4\n", "hai.csv"))
    assert numbers(workspace) == {("t0", "r5"): 4}


def test_a_confirmed_word_is_used_when_the_same_file_comes_again(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    path = write(LONG + "PC08,GTDB,2026-11,t0,5,3\nĐội 2,GTDB,2026-11,t0,5,1\n")
    with pytest.raises(InputUnusable):
        take_in(workspace, path)
    confirm(workspace.root, "aggregate", units=["Đội 2=hp-pc06"])
    assert take_in(workspace, path).added == 2
    assert {one.unit: one.count for one in held(workspace)} == {"HP-PC08": 3, "HP-PC06": 1}


def test_a_month_is_asked_for_where_no_column_names_it(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    path = write("Đơn vị,Lĩnh vực,Hài lòng\nPC08,GTDB,3\n")
    with pytest.raises(InputUnusable, match="month") as refusal:
        take_in(workspace, path)
    assert "--period" in refusal.value.remedy
    assert take_in(workspace, path, period="2026-11").added == 1


def test_visits_are_taken_in_and_compared_with_their_total(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    head = "unit,domain,period,luot_truc_tiep,luot_truc_tuyen\n"
    path = write(
        head + 'HP-PC08,GTDB,2026-11,"1,200",30\nHP-PC06,QLHC,2026-11,5,\nTổng,,,1205,31\n'
    )
    assert import_visits(workspace.root, path).added == 2
    assert "it says 31, the rows add up to 30" in capsys.readouterr().err
    with Ledger.open(workspace.ledger_url) as ledger:
        assert visits_of(ledger, "2026-11") == [
            VisitCount("HP-PC06", "QLHC", "2026-11", 5, 0),
            VisitCount(*PC08, 1200, 30),
        ]
    assert import_visits(workspace.root, path).added == 0


def test_a_visits_file_is_not_taken_for_answers_nor_answers_for_visits(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    with pytest.raises(UsageError, match="not for visits"):
        import_visits(workspace.root, write("a,b\n"), "google-forms")
    with pytest.raises(UsageError, match="own dates"):
        import_export(workspace.root, write("a,b\n"), "google-forms", period="2026-11")


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), ("5.0", 5), ("1.234", 1234), ("1,234", 1234), ("1 234 567", 1234567), ("0", 0),
     ("1.2340", None), ("12.5", None), ("1.23", None), ("-3", None), ("5%", None), ("1e3", None),
     ("12.34.567", None)],
)  # fmt: skip
def test_only_whole_numbers_are_counts(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "period"),
    [("2026-11", "2026-11"), ("2026/11", "2026-11"), ("11/2026", "2026-11"),
     ("Tháng 11/2026", "2026-11"), ("T11.2026", "2026-11"), ("tháng 11 năm 2026", "2026-11"),
     ("2026-11-01", "2026-11"), ("2026-11-01T00:00:00", "2026-11"),
     ("15/10/2026 - 14/11/2026", "2026-11"),
     ("Từ ngày 15/10/2026 đến ngày 14/11/2026", "2026-11"),
     ("01/11/2026 - 30/11/2026", None), ("2026-11-10", None), ("11", None), ("quý IV", None),
     ("31/02/2026 - 14/03/2026", None)],
)  # fmt: skip
def test_a_month_is_named_in_many_ways_and_never_guessed(text: str, period: str | None) -> None:
    found = read_period(text, 15)
    assert (None if found is None else str(found)) == period


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=st.dictionaries(
        st.tuples(st.sampled_from(["PC06", "PC08"]), st.sampled_from(["t0", "a1"])),
        st.lists(st.integers(0, 5000), min_size=5, max_size=5),
        min_size=1,
    )
)
def test_long_and_wide_forms_of_the_same_numbers_say_the_same(
    workspace: Workspace, tmp_path: Path, said: dict[tuple[str, str], list[int]]
) -> None:
    labels = ["Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng"]
    long, wide = tmp_path / "dài.csv", tmp_path / "ngang.xlsx"
    long.write_text(
        LONG
        + "".join(
            f"{unit},QLHC,2026-11,{question},{label},{number}\n"
            for (unit, question), counts in said.items()
            for label, number in zip(labels, counts, strict=True)
        ),
        encoding="utf-8",
    )
    head = ["Đơn vị", "Lĩnh vực", "Tháng", "Câu hỏi", *labels]
    rows = [[unit, "QLHC", "2026-11", q, *counts] for (unit, q), counts in said.items()]
    one = take_in(workspace, save_sheet(wide, [head, *rows])).read.counts
    assert sorted(map(repr, take_in(workspace, long).read.counts)) == sorted(map(repr, one))
    assert len(one) == 5 * len(said)
