"""The whole way: workspace, import, export."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from omr.errors import ExitCode, InputUnusable, LedgerUnusable, PeopleMustDecide, UsageError
from omr.ledger import Ledger
from omr.ledger.electronic import import_problems
from omr.marks import Reason, SheetStatus
from omr.periods import Period
from omr.survey_file import shipped_survey
from omr.workspace import Workspace
from reports.cli import app
from reports.export_commands import export_results
from reports.import_commands import import_export
from reports.laid_out import writers
from reports.sample_export import TrueResponse, write_sample_export

HEADER = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0\n"
PERIOD = Period.parse("2026-11")
FILES = {
    "responses.csv",
    "tally.csv",
    "reconciliation.csv",
    "alerts.csv",
    "manifest.json",
    *writers(),
}


def sample(
    workspace: Workspace, path: Path, rows: int = 80, form: Literal["download", "sheet"] = "sheet"
) -> list[TrueResponse]:
    units = [(unit, unit.domains) for unit in workspace.units().units if unit.domains]
    alive = [(unit, domains) for unit, domains in units if unit.valid_to is None]
    return write_sample_export(path, shipped_survey(), alive, PERIOD, rows=rows, seed=7, form=form)


def void_behind_our_back(ledger: Ledger, run_id: int) -> None:
    """What no command allows: forms of a run that came back are void as well."""
    with ledger.write() as connection:
        connection.execute(
            text(
                "insert into stock_entry (act, on_day, why, said_by, said_at) "
                "select 'void', on_day, 'nhầm', 'an', said_at from stock_entry"
            )
        )
        connection.execute(
            text(
                "insert into stock_range select (select max(entry_id) from stock_entry), domain, "
                "year, first, first + count - 1 from print_run where run_id = :run_id"
            ),
            {"run_id": run_id},
        )


def take_in(workspace: Workspace, file: Path) -> Any:
    return import_export(workspace.root, file, "google-forms").outcome


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_tallies_of_a_sample_equal_its_truth_in_both_forms_of_the_file(
    workspace: Workspace, tmp_path: Path
) -> None:
    truth = sample(workspace, tmp_path / "sheet.csv")
    assert sample(workspace, tmp_path / "download.csv", form="download") == truth
    assert take_in(workspace, tmp_path / "sheet.csv").new == len(truth)
    # The other form of the same answers is known, row by row.
    again = take_in(workspace, tmp_path / "download.csv")
    assert (again.new, again.known, again.improved) == (0, len(truth), 0)
    export_results(workspace.root, "2026-11", tmp_path / "out")
    counted = {
        (row["unit"], row["domain"], row["question"], row["option"]): int(row["count"])
        for row in rows_of(tmp_path / "out" / "tally.csv")
        if row["count"] != "0"
    }
    assert counted == dict(
        Counter(
            (true.unit, true.domain, question, option)
            for true in truth
            for question, said in true.answers.items()
            for option in said or ("",)
        )
    )
    assert len(rows_of(tmp_path / "out" / "responses.csv")) == len(truth)


def test_importing_twice_adds_nothing_and_says_so(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample(workspace, tmp_path / "a.csv")
    take_in(workspace, tmp_path / "a.csv")
    capsys.readouterr()
    assert take_in(workspace, tmp_path / "a.csv").new == 0
    out = capsys.readouterr().out
    assert "80 rows seen, 0 new, 80 already known" in out
    assert "nothing was added" in out
    assert "Địa chỉ email" in out


def test_a_longer_export_adds_only_its_new_rows(workspace: Workspace, tmp_path: Path) -> None:
    sample(workspace, tmp_path / "long.csv")
    lines = (tmp_path / "long.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "short.csv").write_text("".join(lines[:51]), encoding="utf-8")
    assert take_in(workspace, tmp_path / "short.csv").new == 50
    longer = take_in(workspace, tmp_path / "long.csv")
    assert (longer.new, longer.known) == (30, 50)


def test_what_does_not_fit_is_named_kept_and_ends_in_exit_code_3(
    workspace: Workspace,
    write: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    office: Any,
) -> None:
    path = write(
        HEADER
        + "2026/11/10 9:05:33,HP-PC08,GTDB,5,4\n"
        + "2026/11/10 9:06:33,CA huyện X,GTDB,5,4\n"
        + "2026/11/10 9:07:33,HP-PC08,GTDB,Tuyệt vời,4\n"
    )
    with pytest.raises(InputUnusable) as failure:
        import_export(workspace.root, path, "google-forms")
    assert failure.value.exit_code == ExitCode.BAD_INPUT
    assert "google-forms.toml" in failure.value.remedy
    said = capsys.readouterr()
    assert "3 rows seen, 2 new, 0 already known, 0 excluded" in said.out
    assert "1 refused" in said.out
    assert "row 3, column 'Đơn vị'" in said.err
    assert "'CA huyện X'" in said.err
    assert "row 4, column 'a1'" in said.err
    (digest,) = {problem["row"] for problem in _problems(office, path) if problem["row"] == 3}
    assert digest == 3


def _problems(office: Any, path: Path) -> list[dict[str, Any]]:
    import hashlib

    return import_problems(office.ledger, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def test_after_a_word_is_added_to_the_profile_the_same_file_completes_the_ledger(
    workspace: Workspace, write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(
        "Dấu thời gian,Đơn vị,Lĩnh vực,a1,Nhìn chung\n"
        "2026/11/10 9:05:33,HP-PC08,GTDB,5,4\n"
        "2026/11/10 9:16:33,Đội xe,GTDB,5,4\n"
        "2026/11/10 9:07:33,HP-PC08,GTDB,Tuyệt vời,2\n"
    )
    with pytest.raises(InputUnusable):
        import_export(workspace.root, path, "google-forms")
    profile = workspace.profiles_folder / "google-forms.toml"
    text = profile.read_text(encoding="utf-8")
    text = text.replace("[headers]", '[headers]\nt0 = ["Nhìn chung"]')
    text = text.replace('[options."*"]', '[options."*"]\n"Tuyệt vời" = "r5"')
    profile.write_text(text.replace("[units]", '[units]\n"Đội xe" = "HP-PC08"'), encoding="utf-8")
    outcome = take_in(workspace, path)
    assert (outcome.new, outcome.known, outcome.improved) == (1, 0, 2)
    assert take_in(workspace, path).known == 3
    export_results(workspace.root, "2026-11", tmp_path / "out")
    said = sorted((r["a1"], r["t0"]) for r in rows_of(tmp_path / "out" / "responses.csv"))
    assert said == [("r5", "r2"), ("r5", "r4"), ("r5", "r4")]


def test_a_profile_that_reads_less_takes_nothing_away_and_counts_nothing_twice(
    workspace: Workspace, write: Callable[..., Path], tmp_path: Path
) -> None:
    row = "2026/11/10 9:05:33,HP-PC08,GTDB,5,4\n"
    take_in(workspace, write(HEADER + row))
    with pytest.raises(InputUnusable):  # a renamed column
        take_in(workspace, write(HEADER.replace("t0", "Tổng thể") + row))
    export_results(workspace.root, "2026-11", tmp_path / "out")
    (response,) = rows_of(tmp_path / "out" / "responses.csv")
    assert (response["a1"], response["t0"]) == ("r5", "r4")


def test_double_submissions_are_kept_but_not_counted(
    workspace: Workspace,
    write: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = "2026/11/10 9:05:33,HP-PC08,GTDB,5,4\n"
    take_in(workspace, write(HEADER + row + row))
    summary = export_results(workspace.root, "2026-11", tmp_path / "out")
    assert summary.month.results.city.figures.responses == 1
    assert summary.month.excluded == 1
    assert "1 excluded" in capsys.readouterr().out


def test_an_export_writes_its_files_whole_and_the_same_bytes_again(
    workspace: Workspace, office: Any, tmp_path: Path, this_period: str
) -> None:
    serials = office.print_forms(5)
    office.scan(serials[0], this_period, a1="r5", t0="r1")
    office.scan(serials[1], this_period, a1="", t0="")
    for out in ("one", "two"):
        export_results(workspace.root, this_period, tmp_path / out)
    contents = [
        {path.name: path.read_bytes() for path in (tmp_path / out).iterdir()}
        for out in ("one", "two")
    ]
    assert contents[0] == contents[1]
    assert set(contents[0]) == FILES
    responses = rows_of(tmp_path / "one" / "responses.csv")
    assert [row["channel"] for row in responses] == ["paper", "paper"]
    assert not any(serials[0].encode() in content for content in contents[0].values())
    (stock,) = rows_of(tmp_path / "one" / "reconciliation.csv")
    assert stock == {
        "unit": "HP-PC08",
        "domain": "GTDB",
        "opening": "0",
        "issued": "5",
        "returned_answered": "1",
        "returned_blank": "1",
        "void": "0",
        "lost": "0",
        "unused_returned": "0",
        "outstanding": "3",
        "duplicates": "0",
        "anomalies": "0",
    }
    (alert,) = rows_of(tmp_path / "one" / "alerts.csv")
    assert (alert["question"], alert["option"]) == ("t0", "r1")
    assert (alert["file"], alert["page"], alert["sheet"]) == ("lô 1.pdf", "0", "0")
    assert alert["response"] in {row["response"] for row in responses}


def test_open_doubts_refuse_a_final_count_with_both_numbers(
    workspace: Workspace, office: Any, tmp_path: Path, this_period: str
) -> None:
    serials = office.print_forms(4)
    office.scan(serials[0], this_period, a1="r5")
    office.scan(serials[0], this_period, a1="r4")  # the same serial, other answers
    office.scan(serials[0], this_period, a1="r5")  # the same again: no doubt
    office.scan(
        serials[1],
        this_period,
        status=SheetStatus.REVIEW,
        reasons=[Reason.OVERVOTE],
        a1="r5|r4",
    )
    office.scan(
        None,
        this_period,
        status=SheetStatus.REVIEW,
        reasons=[Reason.NO_CODE],
        unit=None,
        domain=None,
    )
    office.scan(
        serials[0],
        this_period,
        status=SheetStatus.DUPLICATE,
        reasons=[Reason.OTHER_PAPER],
        a1="r5",
    )
    with pytest.raises(PeopleMustDecide, match=r"3 sheets .* 0 forms") as refusal:
        export_results(workspace.root, this_period, tmp_path / "out")
    assert refusal.value.exit_code == ExitCode.NEEDS_ADJUDICATION
    assert not (tmp_path / "out").exists()


def test_a_provisional_count_holds_counted_sheets_only_and_says_how_many_wait(
    workspace: Workspace,
    office: Any,
    tmp_path: Path,
    this_period: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    serials = office.print_forms(3)
    office.scan(serials[0], this_period, a1="r5")
    office.scan(serials[0], this_period, a1="r5")
    office.scan(
        serials[1], this_period, status=SheetStatus.REVIEW, reasons=[Reason.OVERVOTE], a1="r1"
    )
    office.scan("GTDB-26-999999-A", this_period, a1="r1")  # never issued: the ledger refuses
    office.scan(
        None,
        this_period,
        status=SheetStatus.REFUSED,
        reasons=[Reason.BAD_SIGNATURE],
        unit=None,
        domain=None,
    )
    office.scan(
        serials[2], this_period, status=SheetStatus.REFUSED, reasons=[Reason.STREAK], a1="r1"
    )
    export_results(workspace.root, this_period, tmp_path / "out", provisional=True)
    assert "PROVISIONAL: 1 sheets wait" in capsys.readouterr().out
    (response,) = rows_of(tmp_path / "out" / "responses.csv")
    assert response["a1"] == "r5"
    nobody, office_row = rows_of(tmp_path / "out" / "reconciliation.csv")
    assert (nobody["unit"], nobody["domain"], nobody["anomalies"]) == ("", "", "1")
    assert office_row["returned_answered"] == "2"
    assert office_row["outstanding"] == "1"
    assert office_row["duplicates"] == "1"
    assert office_row["anomalies"] == "1"


def test_a_form_that_is_both_returned_and_void_refuses_a_final_count(
    workspace: Workspace, office: Any, tmp_path: Path, this_period: str
) -> None:
    (serial,) = office.print_forms(1)
    office.scan(serial, this_period, a1="r5")
    void_behind_our_back(office.ledger, 1)
    with pytest.raises(PeopleMustDecide, match=r"0 sheets .* 1 forms"):
        export_results(workspace.root, this_period, tmp_path / "out")
    export_results(workspace.root, this_period, tmp_path / "out", provisional=True)


def test_the_next_month_opens_with_what_was_left(
    workspace: Workspace, office: Any, tmp_path: Path, this_period: str
) -> None:
    serials = office.print_forms(3)
    following = str(Period.parse(this_period).next())
    office.scan(serials[0], this_period, a1="r5")
    office.scan(serials[1], following, a1="r5")
    export_results(workspace.root, following, tmp_path / "out")
    (row,) = rows_of(tmp_path / "out" / "reconciliation.csv")
    assert [row[name] for name in ("opening", "issued", "returned_answered", "outstanding")] == [
        "2",
        "0",
        "1",
        "1",
    ]


def test_an_unknown_profile_a_missing_file_a_wrong_month_and_no_workspace_are_told_apart(
    workspace: Workspace, write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(HEADER)
    with pytest.raises(UsageError, match="no profile"):
        import_export(workspace.root, path, "vneid")
    with pytest.raises(InputUnusable, match="no file"):
        import_export(workspace.root, tmp_path / "none.csv", "google-forms")
    with pytest.raises(UsageError):
        export_results(workspace.root, "11/2026", tmp_path / "out")
    with pytest.raises(LedgerUnusable):
        export_results(tmp_path / "nowhere", "2026-11", tmp_path / "out")


def test_the_commands_are_called_as_the_contracts_say(
    workspace: Workspace, write: Callable[..., Path], tmp_path: Path
) -> None:
    run = CliRunner().invoke
    path = write(HEADER + "2026/11/10 9:05:33,HP-PC08,GTDB,5,4\n")
    root = str(workspace.root)
    imported = run(app, ["import", str(path), "--profile", "google-forms", "--workspace", root])
    assert imported.exit_code == 0, imported.output
    exported = run(
        app,
        ["export", "--period", "2026-11", "--out", str(tmp_path / "out")],
        env={"OMR_WORKSPACE": root},
    )
    assert exported.exit_code == 0, exported.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    (row,) = rows_of(tmp_path / "out" / "responses.csv")
    assert list(row)[:5] == ["response", "channel", "unit", "domain", "period"]
    assert list(row)[5:] == [question.id for question in shipped_survey().questions]
