from __future__ import annotations

from pathlib import Path

import pytest

from omr.errors import UsageError
from reports.alerts import Alert
from reports.export import alerts_csv, responses_csv, safe_text, write_together
from reports.responses import Channel, Place, Response

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
    assert alerts_csv([Alert(RESPONSE, "a1", "r1")]) == (
        "unit,domain,period,channel,response,question,option,file,page,sheet\n"
        "HP-PC08,GTDB,2026-11,electronic,0f,a1,r1,'=SUM(A1).csv,,\n"
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "  =1", "＝1", "\u00a0+1"])
def test_no_text_starts_a_formula(text: str) -> None:
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize("text", ["", "HP-PC08", "r5", "a=b"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_older_files_are_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    out = tmp_path / "sâu" / "kết quả"
    write_together(out, {"a.csv": "cũ\n", "b.csv": "b\n"})
    assert write_together(out, {"a.csv": "mới\n"}) == [out / "a.csv"]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        "a.csv": "mới\n".encode(),
        "b.csv": b"b\n",
    }


def test_a_set_that_cannot_be_written_whole_changes_nothing(tmp_path: Path) -> None:
    write_together(tmp_path, {"a.csv": "old"})
    with pytest.raises(UsageError):
        write_together(tmp_path, {"a.csv": "new", "no such folder/b.csv": "new"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old"
