"""omr reports profile and confirm: what fits, what not, what it might mean."""

# ruff: noqa: DTZ001 - cells hold times without a zone

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from make_workbooks import save_sheet
from typer.testing import CliRunner

from omr.errors import InputUnusable, MistakesInFile, UsageError
from omr.ledger import Ledger
from omr.ledger.aliases import aliases
from omr.survey_file import shipped_survey
from omr.units import UnitCatalogue
from omr.workspace import Workspace
from reports.cli import app
from reports.confirm_commands import confirm
from reports.import_commands import ImportSummary, import_export
from reports.proposals import near_questions, near_units
from reports.propose_commands import propose

HEADER = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0,Email,Cảm nhận chung\n"
ROW = "2026/11/10 9:05:33,HP-PC08,GTDB,5,4,dan@example.com,\n"
SURVEYS = {"hai-long": shipped_survey()}


def test_every_column_is_shown_with_its_meaning_and_nothing_is_imported(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert propose(workspace.root, write(HEADER + ROW.replace(",\n", ",vui\n"))).name == (
        "google-forms"
    )
    out = capsys.readouterr().out
    lines = [line.split("\t") for line in out.splitlines() if "\t" in line]
    assert lines[0] == ["Column", "Header", "Taken for", "Because of", "Values"]
    meaning = {line[0]: line[2] for line in lines[1:]}
    assert meaning == {
        "A": "timestamp", "B": "unit", "C": "domain", "D": "a1", "E": "t0", "F": "personal",
        "G": "NOTHING",
    }  # fmt: skip
    assert "dan@example.com" not in out
    assert "vui" in out
    assert import_export(workspace.root, write(HEADER + ROW), "google-forms").outcome.new == 1  # type: ignore[union-attr]


def test_likeness_is_proposed_with_the_command_and_never_taken(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(HEADER + ROW.replace("HP-PC08", "CA xã Cam Giang").replace("GTDB", "GTBD"))
    propose(workspace.root, path)
    out = capsys.readouterr().out
    assert "HP-10888 Công an xã Cẩm Giang; HP-10903 Công an xã Cẩm Giàng" in out
    assert "omr reports confirm --profile google-forms --unit 'CA xã Cam Giang=CODE'" in out
    assert "--domain GTBD=GTDB" in out
    with pytest.raises(InputUnusable, match="not taken in: 1 rows"):
        import_export(workspace.root, path, "google-forms")


def test_words_of_a_file_never_become_a_command(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    propose(workspace.root, write(HEADER + ROW.replace("HP-PC08", "X'$(rm -r ~)`ls`\x1b[2J")))
    out = capsys.readouterr().out
    assert "\x1b" not in out
    (line,) = [line for line in out.splitlines() if "omr reports confirm" in line]
    assert line.strip().endswith("""'X'"'"'$(rm -r ~)`ls` [2J=CODE'""")


def test_the_profile_under_which_most_headers_fit_is_tried(
    workspace: Workspace, tmp_path: Path, write: Callable[..., Path]
) -> None:
    forms = save_sheet(
        tmp_path / "ms.xlsx",
        [
            ["ID", "Start time", "Completion time", "Email", "Name", "Đơn vị\xa0", "Lĩnh vực"],
            [1, datetime(2026, 11, 10, 9), datetime(2026, 11, 10, 9, 2), "anonymous", None, "", ""],
        ],
    )
    assert propose(workspace.root, forms).name == "microsoft-forms"
    visits = write("unit,domain,period,luot_truc_tiep,luot_truc_tuyen\nPC08,GTDB,2026-11,1,2\n")
    assert propose(workspace.root, visits).name == "visits"
    counts = write("Đơn vị,Lĩnh vực,Tháng,Hài lòng,Bình thường\nPC08,GTDB,2026-11,1,2\n")
    assert propose(workspace.root, counts).name == "aggregate"


def test_a_new_profile_is_written_once_and_names_what_is_open(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    path = write(HEADER + ROW)
    propose(workspace.root, path, out="thu")
    text = (workspace.profiles_folder / "thu.toml").read_text(encoding="utf-8")
    assert '#   "Cảm nhận chung"' in text
    assert import_export(workspace.root, path, "thu").outcome.new == 1  # type: ignore[union-attr]
    for name in ("thu", "google-forms", "../thu", ""):
        if name:
            with pytest.raises(UsageError):
                propose(workspace.root, path, out=name)


def test_what_a_person_confirmed_counts_from_then_on_and_can_be_taken_back(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    path = write(HEADER + ROW.replace("HP-PC08", "Đội XE số 2").replace(",5,", ",Tuyệt,"))
    with pytest.raises(InputUnusable):
        import_export(workspace.root, path, "google-forms")
    confirm(
        workspace.root,
        "google-forms",
        units=["Đội xe số 2=hp-pc08"],
        domains=["Xe=gtdb"],
        options=["tuyệt=a1.r5"],
    )
    summary = import_export(workspace.root, path, "google-forms")
    assert isinstance(summary, ImportSummary)
    (response,) = summary.read.responses
    assert (response.unit, response.answers["a1"]) == ("HP-PC08", ("r5",))
    confirm(workspace.root, "google-forms", units=["Đội xe số 2="])
    with Ledger.open(workspace.ledger_url) as ledger:
        assert [one.words for one in aliases(ledger, "google-forms")] == ["Xe", "tuyệt"]
    with pytest.raises(InputUnusable):
        import_export(workspace.root, path, "google-forms")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"units": ["Đội xe=HP-XX"]}, "no unit 'HP-XX'"),
        ({"units": ["Công an xã Cẩm Giang=HP-10903"]}, "already the name of HP-10888"),
        ({"units": ["Đội xe"]}, "WORDS=CODE"),
        ({"units": [" =HP-PC08"]}, "WORDS=CODE"),
        ({"domains": ["Xe=GTBD"]}, "no code 'GTBD'"),
        ({"options": ["Tuyệt=r9"]}, "no code 'r9'"),
        ({"options": ["Tuyệt=y1.r5"]}, "no code 'y1.r5'"),
        ({"units": ["Đội xe=HP-PC08"], "options": ["Tuyệt=r9"]}, "no code 'r9'"),
        ({}, "nothing to confirm"),
    ],
)
def test_what_cannot_be_confirmed_is_refused_and_nothing_of_it_kept(
    workspace: Workspace, said: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        confirm(workspace.root, "google-forms", **said)
    with Ledger.open(workspace.ledger_url) as ledger:
        assert aliases(ledger, "google-forms") == []


def test_a_file_that_cannot_be_read_under_its_profile_says_why(
    workspace: Workspace, write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    propose(workspace.root, write("Dấu thời gian,a1,Thái độ phục vụ của cán bộ\n1,2,3\n"))
    out = capsys.readouterr().out
    assert "has no column for: unit, domain" in out
    assert "'Thái độ phục vụ của cán bộ' means nothing. Perhaps: c1" in out
    with pytest.raises(InputUnusable):
        propose(workspace.root, workspace.root / "none.csv")
    (workspace.profiles_folder / "hỏng.toml").write_text("kind = 'x'", encoding="utf-8")
    with pytest.raises(MistakesInFile):
        propose(workspace.root, write(HEADER), "hỏng")
    assert propose(workspace.root, write(HEADER + ROW)).name == "google-forms"


def test_a_workspace_older_than_a_shipped_profile_gets_it_when_it_is_used(
    workspace: Workspace, write: Callable[..., Path]
) -> None:
    (workspace.profiles_folder / "visits.toml").unlink()
    done = CliRunner().invoke(
        app,
        [
            "visits",
            str(write("unit,domain,period,luot_truc_tiep\nHP-PC08,GTDB,2026-11,7\n")),
            "--workspace",
            str(workspace.root),
        ],
    )
    assert done.exit_code == 0, done.output
    assert (workspace.profiles_folder / "visits.toml").is_file()


def test_both_communes_that_differ_by_a_tone_are_proposed(
    around: object, workspace: Workspace
) -> None:
    catalogue: UnitCatalogue = workspace.units()
    assert {one.code for one in near_units(catalogue).to("Cam Giang")} >= {"HP-10888", "HP-10903"}
    assert near_units(catalogue).to("Kho bạc Nhà nước quận 1") == []
    assert near_questions(SURVEYS).to("Thái độ tác phong cán bộ chiến sĩ")[0].code == "c1"
