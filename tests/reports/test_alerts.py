"""Alerts: what raises one, the list, and what is done about them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from omr.alert_rule import AlertRule
from omr.errors import UsageError
from omr.periods import Period
from omr.survey_file import shipped_survey
from omr.workspace import Workspace
from reports.alert_commands import list_alerts, settle_alert
from reports.alerts import QuestionWords, alert_rows, coded, named
from reports.cli import app
from reports.import_commands import import_export
from reports.month_commands import close
from reports.responses import Channel, Place, Response
from reports.results import AlertRow

SURVEY = shipped_survey()
HEADER = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0\n"


def response(record_id: str, **said: str) -> Response:
    return Response(
        record_id=record_id,
        channel=Channel.PAPER,
        unit="HP-PC08",
        domain="GTDB",
        period="2026-11",
        answers={name: tuple(filter(None, words.split("|"))) for name, words in said.items()},
        place=Place("lô 1.pdf", 3, 1),
    )


def rows_of(*responses: Response) -> tuple[AlertRow, ...]:
    return alert_rows(
        responses,
        AlertRule([SURVEY]),
        QuestionWords([SURVEY]),
        unit_name=lambda code: f"<{code}>",
        notes={},
    )


def test_low_ratings_and_extra_costs_raise_alerts_and_nothing_else_does() -> None:
    calm = response("a", a1="r5", a2="r3", t0="r4", y1="kh", m1="cho", gt="nam", x1="")
    upset = response("b", a1="r2", x1="r1", t0="r2", y1="co", m1="tre|gt", dt="cn")

    found = [(row.record_id, row.question, row.option) for row in rows_of(upset, calm)]

    assert found == [("b", "a1", "r2"), ("b", "x1", "r1"), ("b", "t0", "r2"), ("b", "y1", "co")]


def test_an_alert_says_everything_in_words_and_where_the_sheet_is() -> None:
    (row,) = rows_of(response("b", x1="r1"))

    assert row.unit_name == "<HP-PC08>"
    assert "{specific}" not in row.text
    assert row.text == SURVEY.domain("GTDB").specific
    assert row.label == "Rất không hài lòng"
    assert (row.file, row.page, row.sheet, row.handled) == ("lô 1.pdf", 3, 1, False)


def test_an_alert_s_code_stays_when_others_come() -> None:
    first, more = response("b", t0="r1"), [response(f"{n:032x}", t0="r1") for n in range(50)]
    (alone,) = coded(rows_of(first))

    among = {each.row.record_id: each.code for each in coded(rows_of(first, *more))}

    assert among["b"] == alone.code
    assert len(set(among.values())) == 51
    assert len(alone.code) == 6


def test_an_alert_is_named_by_its_code_or_by_record_and_question() -> None:
    rows = rows_of(response("abc1", t0="r1", y1="co"), response("abc2", t0="r2"))
    code = coded(rows)[1].code

    assert named(rows, code.upper()) == [rows[1]]
    assert named(rows, "abc1", "y1") == [rows[1]]
    assert named(rows, "abc", "t0") == [rows[0], rows[2]]
    assert named(rows, "zz") == []


@pytest.fixture
def upset(workspace: Workspace, office: Any, this_period: str) -> Workspace:
    serials = office.print_forms(4)
    office.scan(serials[0], this_period, a1="r5", t0="r1")
    office.scan(serials[1], this_period, a1="r2", t0="r4")
    office.scan(serials[2], this_period, a1="r5", t0="r5")
    return workspace


def test_the_list_shows_every_open_alert_with_its_place_and_a_code(
    upset: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list_alerts(upset.root)
    out = capsys.readouterr().out

    assert {(row.question, row.option) for row in rows} == {("t0", "r1"), ("a1", "r2")}
    assert "Rất không hài lòng" in out
    assert "lô 1.pdf, page 1, sheet 1" in out
    assert "Phòng Cảnh sát giao thông" in out
    assert all(each.code in out for each in coded(rows))
    assert "2 open alerts, 0 handled" in out


def test_what_was_done_takes_an_alert_from_the_list_and_stays_on_record(
    upset: Workspace, this_period: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = coded(list_alerts(upset.root))
    settle_alert(upset.root, first.code, note="đã xin lỗi công dân")

    assert [each.record_id for each in list_alerts(upset.root)] == [second.row.record_id]
    capsys.readouterr()
    everything = list_alerts(upset.root, this_period, handled_too=True)
    assert "note: đã xin lỗi công dân" in capsys.readouterr().out
    assert sorted(row.handled for row in everything) == [False, True]

    settle_alert(upset.root, first.row.record_id, first.row.question, handled=False)
    assert len(list_alerts(upset.root)) == 2


def test_an_alert_that_comes_after_its_month_was_closed_is_listed_and_can_be_settled(
    workspace: Workspace, office: Any, this_period: str
) -> None:
    serials = office.print_forms(3)
    office.scan(serials[0], this_period, a1="r5", t0="r1")
    close(workspace.root, this_period)
    office.scan(serials[1], this_period, a1="r1", t0="r5")

    assert [row.question for row in list_alerts(workspace.root)] == ["t0", "a1"]
    late = coded(list_alerts(workspace.root))[1]
    settle_alert(workspace.root, late.code, note="đã gặp công dân")
    assert [row.question for row in list_alerts(workspace.root)] == ["t0"]


def test_after_unlinking_no_alert_is_listed_twice_and_late_ones_still_are(
    workspace: Workspace, office: Any, this_period: str, write: Callable[..., Path]
) -> None:
    serials = office.print_forms(3)
    office.scan(serials[0], this_period, a1="r5", t0="r1")
    day = Period.parse(this_period).first_day.isoformat().replace("-", "/")
    rows = HEADER + f"{day} 9:05:33,HP-PC08,GTDB,5,1\n"
    import_export(workspace.root, write(rows), "google-forms")
    close(workspace.root, this_period, unlink=True, confirm=lambda _question: True)
    assert len(list_alerts(workspace.root)) == 2

    office.scan(serials[1], this_period, a1="r1", t0="r5")
    rows += f"{day} 9:35:33,HP-PC08,GTDB,5,1\n"
    import_export(workspace.root, write(rows), "google-forms")
    found = Counter((row.channel.value, row.question) for row in list_alerts(workspace.root))
    assert found == {("paper", "t0"): 1, ("paper", "a1"): 1, ("electronic", "t0"): 2}


def test_to_settle_an_alert_needs_a_note_and_a_name_that_means_one(upset: Workspace) -> None:
    (first, _second) = coded(list_alerts(upset.root))

    with pytest.raises(UsageError, match="say what was done"):
        settle_alert(upset.root, first.code)
    with pytest.raises(UsageError, match="no alert is called 'xyz'"):
        settle_alert(upset.root, "xyz", note="x")
    with pytest.raises(UsageError, match="may be 2 alerts"):
        settle_alert(upset.root, "", note="x")
    assert len(list_alerts(upset.root)) == 2


def test_an_office_may_be_alerted_by_the_overall_rating_alone(upset: Workspace) -> None:
    with upset.settings_file.open("a", encoding="utf-8") as file:
        text = upset.settings_file.read_text(encoding="utf-8")
        assert 'ratings = "all"' in text
        file.truncate(0)
        file.write(text.replace('ratings = "all"', 'ratings = "overall"'))

    assert [row.question for row in list_alerts(upset.root)] == ["t0"]


def test_alerts_can_be_written_as_a_table_but_not_over_the_workspace(
    upset: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "a" / "alerts.csv"
    list_alerts(upset.root, out=out)

    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["state"] for row in rows] == ["new", "new"]
    with pytest.raises(UsageError, match="belongs to the workspace"):
        list_alerts(upset.root, out=upset.units_file)


def test_an_empty_workspace_says_what_to_do_first(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="nothing has been read"):
        list_alerts(workspace.root)


def test_the_commands_work_as_they_are_written(upset: Workspace) -> None:
    run, root = CliRunner().invoke, ["--workspace", str(upset.root)]
    listed = run(app, ["alerts", *root])
    assert listed.exit_code == 0, listed.output
    code = listed.output.split()[0]
    settled = run(app, ["alert", code, "--handled", "--note", "đã gọi", *root])
    assert settled.exit_code == 0, settled.output
    assert f"alert {code} is settled" in settled.output
    opened = run(app, ["alert", code, "--open", *root])
    assert "open again" in opened.output
