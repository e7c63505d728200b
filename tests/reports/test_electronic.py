from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from omr.errors import InputUnusable
from omr.toml_file import parse_toml
from reports.doubles import DOUBLE_SUBMISSION
from reports.electronic import ReadExport, Surroundings, header_words, read_export
from reports.open_table import open_table
from reports.profile import Profile, parse_profile
from reports.timestamps import DateOrder
from reports.unmatched import Trouble, sentences

SHIPPED = Path(__file__).parents[2] / "omr" / "data" / "profiles" / "google-forms.toml"
HEADER = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0,m1,y1,g1\n"
ROW = "2026/11/10 9:05:33 SA GMT+7,HP-PC08,GTDB,Hài lòng,5,Trễ hẹn;Chờ đợi lâu,Không,Cảm ơn\n"

Read = Callable[..., ReadExport]


@pytest.fixture
def profile(around: Surroundings) -> Profile:
    return parse_profile(
        parse_toml(SHIPPED.read_text(encoding="utf-8"), SHIPPED),
        surveys=around.surveys,
        units=around.units,
    )


@pytest.fixture
def read(write: Callable[..., Path], profile: Profile, around: Surroundings) -> Read:
    def read_text(text: str, **changes: object) -> ReadExport:
        changed = replace(profile, **changes)  # type: ignore[arg-type]
        table = open_table(write(text), header_words(changed, around).known)
        return read_export(table, changed, around)

    return read_text


def test_a_row_becomes_a_response(read: Read) -> None:
    found = read(HEADER + ROW)
    (response,) = found.responses
    assert (response.unit, response.domain) == ("HP-PC08", "GTDB")
    assert (response.period, response.answered_on) == ("2026-11", "2026-11-10")
    assert response.answers == {
        "a1": ("r4",),
        "t0": ("r5",),
        "m1": ("cho", "tre"),
        "y1": ("kh",),
    }
    assert response.remarks == {"g1": "Cảm ơn"}
    assert found.unmatched == ()
    assert (found.rows_seen, found.rows_refused) == (1, 0)


@pytest.mark.parametrize(
    ("stamp", "period"),
    [
        ("2026/11/14 11:59:59 CH GMT+7", "2026-11"),
        ("2026/11/15 12:00:00 SA GMT+7", "2026-12"),
        ("2026/11/14 4:59:59 PM GMT+0", "2026-11"),
        ("2026/11/14 5:00:00 PM GMT+0", "2026-12"),  # midnight in Hà Nội
    ],
)
def test_the_local_date_decides_the_period(read: Read, stamp: str, period: str) -> None:
    (response,) = read(HEADER + f"{stamp},HP-PC08,GTDB,5,,,,\n").responses
    assert response.period == period


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("hp-pc08", "HP-PC08"),
        ("Phòng CSGT", "HP-PC08"),
        ("PC08", "HP-PC08"),
        ("HP-PC08 - Phòng Cảnh sát giao thông", "HP-PC08"),
        ("Phòng Cảnh sát giao thông (HP-PC08)", "HP-PC08"),
        ("Công an xã Cẩm Giang", "HP-10888"),
        ("CA xã Cẩm Giàng", "HP-10903"),
        ("X. Cẩm Giàng", "HP-10903"),
    ],
)
def test_a_unit_is_known_by_code_or_by_a_whole_name(read: Read, words: str, code: str) -> None:
    (response,) = read(HEADER + f"2026/11/10 9:05:33,{words},GTDB,5,,,,\n").responses
    assert response.unit == code


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("", Trouble.UNKNOWN_UNIT),
        ("Cam Giang", Trouble.UNKNOWN_UNIT),
        ("Cẩm Giang", Trouble.UNKNOWN_UNIT),
        ("HP-PC08 - Công an xã Cẩm Giang", Trouble.UNKNOWN_UNIT),
        ("HP-CU-DUONGQUAN", Trouble.UNIT_NOT_VALID),
        ("Công an phường Dương Quan (cũ)", Trouble.UNIT_NOT_VALID),
    ],
)
def test_a_row_without_a_sure_unit_is_refused_with_its_place(
    read: Read, words: str, trouble: Trouble
) -> None:
    found = read(HEADER + ROW + f"2026/11/10 9:05:33,{words},GTDB,5,,,,\n")
    assert len(found.responses) == 1
    assert found.rows_refused == 1
    (problem,) = found.unmatched
    assert (problem.trouble, problem.row, problem.column) == (trouble, 3, "Đơn vị")
    assert problem.value == words


@pytest.mark.parametrize(
    ("words", "domain"),
    [
        ("gtdb", "GTDB"),
        ("Giao thông đường bộ", "GTDB"),
        ("Phòng cháy, chữa cháy", "PCCC"),
        ("L05", "L05"),
        ("GTDB - Giao thông đường bộ", "GTDB"),
    ],
)
def test_a_domain_is_known_by_id_or_name(read: Read, words: str, domain: str) -> None:
    (response,) = read(HEADER + f'2026/11/10 9:05:33,HP,"{words}",5,,,,\n').responses
    assert response.domain == domain


def test_a_fixed_unit_and_domain_stand_in_for_missing_columns(read: Read) -> None:
    (response,) = read(
        "Timestamp,a1\n2026/11/10 9:05:33 AM,5\n", unit="HP-PC06", domain="QLHC"
    ).responses
    assert (response.unit, response.domain) == ("HP-PC06", "QLHC")


def test_a_unit_named_in_the_row_goes_before_the_fixed_one(read: Read) -> None:
    (response,) = read(HEADER + ROW, unit="HP-PC06", domain="QLHC").responses
    assert (response.unit, response.domain) == ("HP-PC08", "GTDB")


def test_nothing_that_does_not_fit_is_dropped_silently(read: Read) -> None:
    found = read(
        "Dấu thời gian,Đơn vị,Lĩnh vực,a1,m1,Ghi chú nội bộ,Email\n"
        "2026/11/10 9:05:33,HP-PC08,GTDB,Khá,Trễ hẹn;Khác: mất điện,xong,a@b.vn\n"
        "32/11/2026 9:05,HP-PC08,GTDB,5,,,\n"
        "2026/11/10 9:05:33,HP-PC08,Thuế,5,,,\n"
        "2026/11/10 9:05:33,HP-PC08,GTDB,5,,,,,thừa\n"
    )
    assert [(one.trouble, one.row, one.column, one.value) for one in found.unmatched] == [
        (Trouble.UNMAPPED_COLUMN, 2, "Ghi chú nội bộ", ""),
        (Trouble.UNKNOWN_OPTION, 2, "a1", "Khá"),
        (Trouble.UNKNOWN_OPTION, 2, "m1", "Khác: mất điện"),
        (Trouble.BAD_TIME, 3, "Dấu thời gian", "32/11/2026 9:05"),
        (Trouble.UNKNOWN_DOMAIN, 4, "Lĩnh vực", "Thuế"),
        (Trouble.SURPLUS_CELLS, 5, "", "thừa"),
    ]
    assert found.rows_refused == 3
    (response,) = found.responses
    assert response.answers == {"a1": (), "m1": ("tre",)}
    assert response.unread == ("a1", "m1")
    assert response.remarks == {"a1": "Khá", "m1": "Khác: mất điện"}
    assert found.dropped == ("Email",)
    assert "a@b.vn" not in repr(found)


def test_columns_of_one_question_are_joined_and_contradictions_named(read: Read) -> None:
    found = read(
        "Dấu thời gian,Đơn vị,Lĩnh vực,a1,a1\n"
        "2026/11/10 9:05:33,HP-PC08,GTDB,5,\n"
        "2026/11/10 9:06:33,HP-PC08,GTDB,,4\n"
        "2026/11/10 9:07:33,HP-PC08,GTDB,3,Bình thường\n"
        "2026/11/10 9:08:33,HP-PC08,GTDB,5,1\n"
    )
    said = [response.answers["a1"] for response in found.responses]
    assert said == [("r5",), ("r4",), ("r3",), ()]
    (problem,) = found.unmatched
    assert (problem.trouble, problem.row, problem.value) == (Trouble.CONTRADICTION, 5, "5 | 1")


def test_a_unit_without_that_domain_is_imported_and_named(read: Read) -> None:
    found = read(HEADER + "2026/11/10 9:05:33,HP-PC08,QLHC,5,,,,\n")
    assert len(found.responses) == 1
    assert [one.trouble for one in found.unmatched] == [Trouble.UNIT_WITHOUT_DOMAIN]


def test_the_same_problem_in_many_rows_is_one_line_with_all_rows(read: Read) -> None:
    found = read(HEADER + "".join(ROW.replace("HP-PC08", "CA X") for _ in range(3)) + ROW)
    (line,) = sentences(found.unmatched)
    assert "rows 2-4" in line
    assert "'CA X'" in line
    assert "'Đơn vị'" in line


def test_a_row_with_one_of_two_times_is_no_total(read: Read) -> None:
    row = ROW.replace(",HP-PC08", ",,HP-PC08")
    found = read(HEADER.replace(",Đơn vị", ",Timestamp,Đơn vị") + row)
    assert len(found.responses) == 1


def test_the_same_answers_within_a_minute_are_flagged_not_dropped(read: Read) -> None:
    times = ("9:05:00", "9:05:50", "9:06:01", "9:06:30")
    found = read(HEADER + "".join(f"2026/11/10 {t},HP-PC08,GTDB,5,,,,\n" for t in times))
    assert [one.excluded for one in found.responses] == [
        "",
        DOUBLE_SUBMISSION,
        "",
        DOUBLE_SUBMISSION,
    ]


def test_other_answers_another_unit_or_a_window_of_zero_are_no_double_submission(
    read: Read,
) -> None:
    rows = (
        "2026/11/10 9:05:00,HP-PC08,GTDB,5,,,,\n"
        "2026/11/10 9:05:10,HP-PC08,GTDB,4,,,,\n"
        "2026/11/10 9:05:20,HP-PC06,GTDB,5,,,,\n"
        "2026/11/10 9:05:30,HP-PC08,GTDB,5,,,,Chào\n"
    )
    assert not any(one.excluded for one in read(HEADER + rows).responses)
    same = "2026/11/10 9:05:00,HP-PC08,GTDB,5,,,,\n" * 2
    assert not any(r.excluded for r in read(HEADER + same, double_submission_s=0).responses)


def test_adjacent_minutes_are_no_double_submission_where_seconds_are_unknown(read: Read) -> None:
    times = ("29/10/2026 09:40", "29/10/2026 09:41", "29/10/2026 09:41")
    found = read(HEADER + "".join(f"{t},HP-PC08,GTDB,5,,,,\n" for t in times))
    assert [bool(one.excluded) for one in found.responses] == [False, False, True]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("Đơn vị,Lĩnh vực,a1", "time"),
        ("Dấu thời gian,Lĩnh vực,a1", "unit"),
        ("Dấu thời gian,Đơn vị,a1", "domain"),
        ("Dấu thời gian,Đơn vị,Lĩnh vực,Thái độ", "question"),
    ],
)
def test_a_missing_column_refuses_the_file_and_says_where_to_name_it(
    read: Read, header: str, missing: str
) -> None:
    with pytest.raises(InputUnusable, match=missing) as refusal:
        read(f"{header}\n1,2,3,4\n")
    assert "google-forms.toml" in refusal.value.remedy
    assert header.rsplit(",", maxsplit=1)[-1] in refusal.value.remedy


def test_lost_letters_in_a_header_or_a_cell_refuse_the_file(read: Read) -> None:
    with pytest.raises(InputUnusable, match="column 4"):
        read("Timestamp,Unit,Domain,Th?i d?,a1\n2026/11/10 9:05:33,HP-PC08,GTDB,5,5\n")
    with pytest.raises(InputUnusable, match=r"H\?i lòng"):
        read(HEADER + "2026/11/10 9:05:33,HP-PC08,GTDB,H?i lòng,,,,\n")
    with pytest.raises(InputUnusable, match="row 2"):
        read(HEADER + "2026/11/10 9:05:33,Công an xã C?m Giàng,GTDB,5,,,,\n")


def test_an_undecided_date_order_is_asked_about_and_the_profile_can_say_it(read: Read) -> None:
    text = HEADER + "01/12/2026 9:05:33,HP-PC08,GTDB,5,,,,\n02/12/2026 9:05:33,HP,GTDB,5,,,,\n"
    with pytest.raises(InputUnusable, match="row 2") as refusal:
        read(text)
    assert "date_order" in refusal.value.remedy
    found = read(text, date_order=DateOrder.DAY_FIRST)
    assert [one.answered_on for one in found.responses] == ["2026-12-01", "2026-12-02"]


def test_two_date_orders_in_one_file_refuse_it(read: Read) -> None:
    with pytest.raises(InputUnusable, match="row 3"):
        read(HEADER + "21/11/2026 9:05,HP,GTDB,5,,,,\n11/21/2026 9:05,HP,GTDB,5,,,,\n")
