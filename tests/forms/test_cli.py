"""``omr forms`` as people and programs call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from printed_pages import manifest_lines

from omr.cli import main
from omr.layout import layout_from_json
from omr.workspace import Workspace

Omr = Callable[..., tuple[int, str, str]]


@pytest.fixture
def omr(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Omr:
    """Run a command in the workspace: exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([*map(str, words), "--workspace", str(workspace.root)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def asked(tmp_path: Path) -> list[object]:
    return ["forms", "print", "--unit", "HP-PC08", "--out", tmp_path / "f.pdf"]


def test_printing_says_how_many_which_serials_and_where(
    omr: Omr, asked: list[object], tmp_path: Path
) -> None:
    manifest = tmp_path / "f.jsonl"
    code, out, err = omr(*asked, "--domain", "GTDB", "--count", 3, "--manifest", manifest)

    assert (code, err) == (0, "")
    lines = manifest_lines(manifest)
    for said in (lines[0]["serial"], lines[-1]["serial"], lines[0]["layout"], str(tmp_path)):
        assert said in out
    assert "3" in out


def test_layouts_are_written_under_their_ids(omr: Omr, asked: list[object], tmp_path: Path) -> None:
    omr(*asked, "--domain", "GTDB", "--count", 1)
    omr(*asked, "--domain", "l12", "--count", 1)

    code, _out, err = omr("forms", "layouts", "--out", tmp_path / "layouts" / "here")

    assert (code, err) == (0, "")
    files = sorted((tmp_path / "layouts" / "here").iterdir())
    assert len(files) == 2
    for file in files:
        data = json.loads(file.read_text(encoding="utf-8"))
        assert layout_from_json(data).layout_id == data["layout"] == file.stem
        assert {"page", "questions", "bubbles", "fiducials", "codes", "comment", "stamp"} <= set(
            data
        )


def test_two_up_paper_halves_the_pages(omr: Omr, asked: list[object], tmp_path: Path) -> None:
    manifest = tmp_path / "f.jsonl"
    code, _out, _err = omr(
        *asked, "--domain", "GTDB", "--count", 4, "--paper", "a4-2up", "--pad-size", 2,
        "--manifest", manifest,
    )  # fmt: skip
    assert code == 0
    assert [line["pdf_page"] for line in manifest_lines(manifest)] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["--domain", "GTDB", "--count", "0"], "0"),
        (["--domain", "GTDB", "--count", "-5"], "-5"),
        (["--domain", "NOPE", "--count", "1"], "NOPE"),
        (["--domain", "GTDB", "--count", "1", "--unit", "HP-PC99"], "HP-PC99"),
        (["--domain", "GTDB", "--count", "1", "--paper", "a3"], "a3"),
        (["--domain", "GTDB", "--count", "1", "--pad-size", "0"], "0"),
        (["--domain", "GTDB", "--count", "1", "--out", "no/such/folder/f.pdf"], "no/such"),
        (["--domain", "GTDB", "--count", "1", "--manifest", "no/such/folder/f"], "no/such"),
    ],
)
def test_what_cannot_be_printed_is_wrong_usage_and_takes_no_serial(
    omr: Omr, asked: list[object], tmp_path: Path, changes: list[str], said: str
) -> None:
    code, out, err = omr(*asked, *changes)

    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    manifest = tmp_path / "after.jsonl"
    assert omr(*asked, "--domain", "GTDB", "--count", 1, "--manifest", manifest)[0] == 0
    assert "-000001-" in manifest_lines(manifest)[0]["serial"]


def test_the_manifest_cannot_be_the_form_file(
    omr: Omr, asked: list[object], tmp_path: Path
) -> None:
    code, _out, err = omr(
        *asked, "--domain", "GTDB", "--count", 1, "--manifest", tmp_path / "x" / ".." / "f.pdf"
    )
    assert code == 2
    assert "manifest" in err


def test_a_domain_that_the_unit_does_not_serve_is_printed_with_a_warning(
    omr: Omr, asked: list[object], tmp_path: Path
) -> None:
    code, out, err = omr(*asked, "--domain", "XNC", "--count", 1)

    assert code == 0
    assert "HP-PC08" in err
    assert "XNC" in err
    assert "XNC-" in out
    assert (tmp_path / "f.pdf").exists()


def test_without_a_workspace_the_ledger_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["forms", "layouts", "--out", str(tmp_path / "l"), "--workspace", str(tmp_path)]
    assert main(words) == 4
    assert "omr init" in capsys.readouterr().err
