from __future__ import annotations

from pathlib import Path

import pytest

from omr.errors import UsageError
from reports.csv_text import safe_text
from reports.export import alerts_csv, comments_csv, refuse_mixture, responses_csv, write_together
from reports.privacy import ClearedComment
from reports.responses import Channel, Place, Response
from reports.results import AlertRow

RESPONSE = Response(
    record_id="0f",
    channel=Channel.ELECTRONIC,
    unit="HP-PC08",
    domain="GTDB",
    period="2026-11",
    answers={"a1": ("r5",), "m1": ("cho", "tre"), "y1": ()},
    place=Place("=SUM(A1).csv"),
)


def test_a_response_is_one_row_with_a_column_for_every_question() -> None:
    assert responses_csv([RESPONSE], ("a1", "a2", "m1", "y1")) == (
        "response,channel,unit,domain,period,a1,a2,m1,y1\n"
        "0f,electronic,HP-PC08,GTDB,2026-11,r5,,cho|tre,\n"
    )


def test_an_alert_says_where_the_sheet_is_and_starts_no_formula() -> None:
    row = AlertRow(
        record_id="0f",
        unit="HP-PC08",
        unit_name="Phòng CSGT",
        domain="GTDB",
        channel=Channel.ELECTRONIC,
        question="a1",
        text="Dễ tìm",
        option="r1",
        label="Rất không hài lòng",
        file="=SUM(A1).csv",
        page=None,
        sheet=None,
        row=7,
        handled=True,
        note="+84 đã gọi",
    )

    assert alerts_csv([row], "2026-11") == (
        "unit,domain,period,channel,response,question,option,file,page,sheet,row,"
        "question_text,option_label,state,note\n"
        "HP-PC08,GTDB,2026-11,electronic,0f,a1,r1,'=SUM(A1).csv,,,7,"
        "Dễ tìm,Rất không hài lòng,handled,'+84 đã gọi\n"
    )


def test_a_comment_leads_to_no_form_and_starts_no_formula() -> None:
    comment = ClearedComment("HP-PC08", "GTDB", "=cmd|' /C calc'!A0", ("waiting", "cost"))

    assert comments_csv([comment]) == (
        "unit,domain,tags,comment\nHP-PC08,GTDB,waiting|cost,'=cmd|' /C calc'!A0\n"
    )


def test_what_may_leave_is_not_written_beside_what_must_not(tmp_path: Path) -> None:
    refuse_mixture(tmp_path / "new")
    refuse_mixture(tmp_path)
    (tmp_path / "tally.xlsx").write_bytes(b"x")
    refuse_mixture(tmp_path)
    (tmp_path / "responses.csv").write_bytes(b"x")

    with pytest.raises(UsageError, match=r"must not leave the office: responses\.csv"):
        refuse_mixture(tmp_path)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "  =1", "＝1", "\u00a0+1"])
def test_no_text_starts_a_formula(text: str) -> None:
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize("text", ["", "HP-PC08", "r5", "a=b"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_older_files_are_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    out = tmp_path / "sâu" / "kết quả"
    write_together(out, {"a.csv": "cũ\n".encode(), "b.csv": b"b\n"})
    assert write_together(out, {"a.csv": "mới\n".encode()}) == [out / "a.csv"]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        "a.csv": "mới\n".encode(),
        "b.csv": b"b\n",
    }


def test_a_set_that_cannot_be_written_whole_changes_nothing(tmp_path: Path) -> None:
    write_together(tmp_path, {"a.csv": b"old"})
    with pytest.raises(UsageError):
        write_together(tmp_path, {"a.csv": b"new", "no such folder/b.csv": b"new"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old"
