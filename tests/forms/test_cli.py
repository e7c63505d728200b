"""``omr forms`` as people and programs call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
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


def words_of(path: Path) -> str:
    """Everything that can be copied from a PDF, on one line."""
    with pdfium.PdfDocument(path) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(texts).split())


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


def test_printing_says_how_many_pads_which_and_writes_the_receipt(
    omr: Omr, asked: list[object], tmp_path: Path
) -> None:
    receipt = tmp_path / "receipt.pdf"
    words = ["--domain", "GTDB", "--count", 7, "--pad-size", 3, "--receipt", receipt]
    code, out, err = omr(*asked, *words)

    assert (code, err) == (0, "")
    assert "GTDB-26-Q0001-" in out
    assert "GTDB-26-Q0003-" in out
    assert "3 pads" in out
    assert str(receipt) in out
    said = words_of(receipt)
    assert "Phòng Cảnh sát giao thông" in said
    assert "/BB-PV01" in said
    assert "Tổng số: 7 phiếu (bằng chữ: bảy phiếu), gồm 03 quyển." in said
    assert said.count("-26-Q00") == 3


def test_a_receipt_is_refused_for_forms_that_stay_in_the_store(
    omr: Omr, asked: list[object], tmp_path: Path
) -> None:
    words = ["--domain", "GTDB", "--count", 1, "--receipt", tmp_path / "r.pdf"]
    code, out, err = omr(*asked, *words, "--store")

    assert (code, out) == (2, "")
    assert "--receipt" in err
    assert list(tmp_path.glob("*.pdf")) == []


@pytest.mark.parametrize("paper", ["a5", "a4", "a4-2up"])
def test_the_printers_test_page_needs_no_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paper: str
) -> None:
    page = tmp_path / "page.pdf"
    for _again in range(2):
        assert main(["forms", "calibrate", "--paper", paper, "--out", str(page)]) == 0

    assert "TRANG KIỂM TRA MÁY IN" in words_of(page)
    assert (tmp_path / "page-2.pdf").exists()
    said = capsys.readouterr()
    assert str(page) in said.out
    assert "page-2.pdf" in said.err


def test_an_unknown_paper_for_the_test_page_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forms", "calibrate", "--paper", "a3", "--out", str(tmp_path / "p.pdf")]) == 2
    assert "a3" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


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
    words = ["--domain", "GTDB", "--count", 4, "--paper", "a4-2up", "--pad-size", 2]
    code, _out, _err = omr(*asked, *words, "--no-covers", "--manifest", manifest)
    assert code == 0
    assert [line["pdf_page"] for line in manifest_lines(manifest)] == [0, 0, 1, 1]

    covered = tmp_path / "covered.jsonl"
    code, _out, _err = omr(*asked, *words, "--manifest", covered)
    assert code == 0
    lines = manifest_lines(covered)
    assert [(line["pdf_page"], line["x_mm"]) for line in lines] == [
        (1, 0.0), (1, 148.5), (2, 0.0), (2, 148.5),
    ]  # fmt: skip
    assert [line["serial"][8:14] for line in lines] == ["000005", "000007", "000006", "000008"]


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
        (["--domain", "GTDB", "--count", "1", "--receipt", "no/such/folder/r"], "no/such"),
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


def test_two_files_of_one_run_cannot_be_the_same(
    omr: Omr, asked: list[object], tmp_path: Path
) -> None:
    same = tmp_path / "x" / ".." / "f.pdf"
    for options in (
        ["--manifest", same],
        ["--receipt", same],
        ["--manifest", tmp_path / "m", "--receipt", tmp_path / "m"],
    ):
        code, _out, err = omr(*asked, "--domain", "GTDB", "--count", 1, *options)
        assert code == 2
        assert str(options[-2]) in err


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
