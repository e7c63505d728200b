from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from forms.board_cli import HELP, board
from forms.proof import codes_on, words_in
from omr.errors import ExitCode, OmrError, UsageError
from omr.geometry import PageRect
from omr.workspace import Workspace

A4 = PageRect(0, 0, 210, 297)
Run = Callable[..., Path]


@pytest.fixture
def make(workspace: Workspace, tmp_path: Path) -> Run:
    """Run the command as an app of its own and return the board's file."""
    app = typer.Typer()
    app.command("board", help=HELP)(board)

    def run(*words: str) -> Path:
        out = tmp_path / "board.pdf"
        arguments = [*words, "--workspace", str(workspace.root), "--out", str(out)]
        app(arguments, standalone_mode=False)
        return out

    return run


@pytest.fixture
def real(workspace: Workspace) -> Workspace:
    """The workspace with addresses that are not made up."""
    text = workspace.links_file.read_text(encoding="utf-8")
    workspace.links_file.write_text(text.replace("example.gov.vn", "haiphong.vn"), "utf-8")
    return workspace


@pytest.mark.usefixtures("real")
def test_a_board_leads_to_the_units_pages_and_to_its_survey(
    make: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf = make("--unit", "hp-pc08").read_bytes()

    assert {code.text for code in codes_on(pdf, 0)} == {
        "https://dvc.haiphong.vn/dang-ky-xe",
        "https://dvc.haiphong.vn/nop-phat",
        "https://dvc.haiphong.vn/giay-phep-lai-xe",
        "https://dvc.haiphong.vn/gtdb",
        "https://khaosat.haiphong.vn/hai-long?dv=HP-PC08",
    }
    told = capsys.readouterr()
    assert "codes: 5, pages: 1" in told.out
    assert " mm or more, read from 1.5 m" in told.out
    assert told.err == ""


@pytest.mark.usefixtures("real")
def test_a_board_may_be_of_chosen_domains_on_larger_paper(
    make: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--unit", "HP-PC08", "--domain", "xnc", "--domain", "XNC", "--paper", "A3")
    pdf = make(*words).read_bytes()

    assert len(codes_on(pdf, 0)) == 5
    [page] = words_in(pdf, 0, [PageRect(0, 0, 420, 420)])
    assert "Hộ chiếu phổ thông" in page
    assert "HP-PC08 does not usually hand out forms of XNC" in capsys.readouterr().err


@pytest.mark.usefixtures("real")
def test_a_commune_shows_each_field_once_under_its_name(make: Run) -> None:
    pdf = make("--unit", "HP-11311", "--paper", "a3").read_bytes()

    texts = [code.text for code in codes_on(pdf, 0)]
    assert len(texts) == len(set(texts)) == 11  # L01 and the like add no second survey
    [page] = words_in(pdf, 0, [PageRect(0, 0, 420, 420)])
    assert "Quản lý hành chính về trật tự xã hội" in page
    assert "Giao thông đường bộ" in page


def test_the_addresses_of_a_new_workspace_are_good_for_a_specimen_only(make: Run) -> None:
    with pytest.raises(UsageError, match="are examples that lead nowhere"):
        make("--unit", "HP-PC08")

    pdf = make("--unit", "HP-PC08", "--specimen").read_bytes()

    assert "MẪU" in words_in(pdf, 0, [A4])[0]


def test_an_older_workspace_is_given_addresses_to_fill_in(workspace: Workspace, make: Run) -> None:
    shipped = workspace.links_file.read_bytes()
    workspace.links_file.unlink()

    with pytest.raises(
        UsageError, match=r"had no links\.toml; one with examples is now in"
    ) as told:
        make("--unit", "HP-PC08")

    assert told.value.exit_code is ExitCode.BAD_USAGE
    assert workspace.links_file.read_bytes() == shipped


def test_what_cannot_be_on_a_board_is_refused(workspace: Workspace, make: Run) -> None:
    for words, told in (
        (("--unit", "HP-PC99"), "there is no unit 'HP-PC99'"),
        (("--unit", "HP-PC08", "--domain", "GTBD"), "no survey has the domain 'GTBD'"),
        (("--unit", "HP"), "HP has no domains in units.csv"),
    ):
        with pytest.raises(OmrError) as caught:
            make(*words)
        assert told in caught.value.message
        assert caught.value.remedy
    workspace.links_file.write_text("rev = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"has no address for a board of HP-PC08") as none:
        make("--unit", "HP-PC08")
    assert "GTDB" in none.value.remedy


def test_what_is_unusual_is_said_and_the_board_is_made(
    workspace: Workspace, make: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.links_file.write_text(
        """rev = 1
[[domain]]
id = "GTDB"
url = "https://haiphong.vn/gt"
[[domain.procedure]]
name = "Đăng ký xe"
url = "https://haiphong.vn/gt"
""",
        encoding="utf-8",
    )

    assert make("--unit", "HP-PC08").exists()

    told = capsys.readouterr().err
    assert "links.toml:7: the same address as on line 4" in told
    assert "links.toml has no survey, so the board has none" in told
