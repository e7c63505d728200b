"""The command: exit codes, one clear line with a remedy, quick start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from made_workspace import workspace_in
from reportlab.pdfgen.canvas import Canvas

from omr.cli import main as omr


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return workspace_in(tmp_path / "w", jobs=1).root


def test_init_on_a_workspace_changes_nothing_and_says_so(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in office.rglob("*") if path.is_file()}
    capsys.readouterr()

    assert omr(["init", str(office)]) == 0

    assert "nothing was changed" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in office.rglob("*") if path.is_file()} == before


def test_init_makes_another_province(tmp_path: Path) -> None:
    assert omr(["init", str(tmp_path / "w"), "--province", "Cao Bằng"]) == 0

    assert "CB-PV01" in (tmp_path / "w" / "units.csv").read_text(encoding="utf-8")


ORDER = {"--unit": "HP-PC08", "--domain": "GTDB", "--count": "2"}


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--unit", "HP-XX", "HP-XX"),
        ("--domain", "XX", "XX"),
        ("--domain", "CHUNG", "CHUNG"),
        ("--count", "0", "--count"),
        ("--count", "-4", "--count"),
    ],
)
def test_an_order_that_cannot_be_printed_is_wrong_usage(
    office: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, named: str
) -> None:
    words = [word for pair in (ORDER | {option: value}).items() for word in pair]
    out = office / "x.pdf"

    code = omr(["forms", "print", "--workspace", str(office), *words, "--out", str(out)])

    assert code == 2
    error = capsys.readouterr().err
    assert error.startswith("omr: ")
    assert named in error
    assert len(error.splitlines()) == 2
    assert not out.exists()


def corrupt(path: Path) -> None:
    path.write_bytes(b"%PDF-1.4\nbroken")


def encrypted(path: Path) -> None:
    canvas = Canvas(str(path), encrypt="secret")
    canvas.drawString(100, 100, "hidden")
    canvas.save()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def folder_without_scans(path: Path) -> None:
    path.mkdir()


def missing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "remedy"),
    [
        (corrupt, "anew"),
        (encrypted, "without a password"),
        (empty, "anew"),
        (folder_without_scans, "Give the name"),
        (missing, "Give the name"),
    ],
)
def test_an_unusable_input_is_named_with_its_remedy_and_the_rest_is_read(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], make: object, remedy: str
) -> None:
    words = [word for pair in ORDER.items() for word in pair]
    good = tmp_path / "good.pdf"
    at = ["--workspace", str(office)]
    assert omr(["forms", "print", *at, *words, "--out", str(good)]) == 0
    bad = tmp_path / "bad.pdf"
    make(bad)  # type: ignore[operator]  # one of the five functions above
    capsys.readouterr()

    code = omr(["scans", "read", *at, str(bad), str(good)])

    assert code == 3
    captured = capsys.readouterr()
    assert "bad.pdf" in captured.err
    assert remedy in captured.err
    assert "2 counted" in captured.out


@pytest.mark.parametrize(
    "words",
    [
        ["scans", "read", "x.pdf"],
        ["scans", "results"],
        ["scans", "status"],
        ["forms", "layouts", "--out", "x"],
        ["reports", "export", "--period", "2026-11", "--out", "x"],
    ],
)
def test_without_a_workspace_every_command_says_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    code = omr([*words[:2], "--workspace", str(tmp_path / "none"), *words[2:]])

    assert code == 4
    assert "omr init" in capsys.readouterr().err


@pytest.mark.parametrize("period", ["2026-13", "november", "2026", ""])
def test_a_month_that_is_none_is_wrong_usage(office: Path, period: str) -> None:
    assert omr(["scans", "read", "--workspace", str(office), "--period", period, "x.pdf"]) == 2


@pytest.mark.parametrize("words", [["nonsense"], ["scans"], ["forms", "print"], ["scans", "read"]])
def test_words_that_make_no_command_are_wrong_usage(words: list[str]) -> None:
    assert omr(words) == 2


def test_an_interrupted_command_ends_with_130(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scans.status.print_status", interrupted)

    assert omr(["scans", "status", "--workspace", str(office)]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("number", "remedy"), [(28, "Free some space"), (30, "can only be read")])
def test_a_disk_that_refuses_where_nobody_thought_of_it_is_no_fault_of_ours(
    office: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
    remedy: str,
) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise OSError(number, os.strerror(number), "somewhere/x.pdf")

    monkeypatch.setattr("scans.status.print_status", fails)

    assert omr(["scans", "status", "--workspace", str(office)]) == 2
    said = capsys.readouterr().err
    assert "somewhere/x.pdf cannot be written" in said
    assert remedy in said


def test_a_fault_of_our_own_shows_its_trace_only_with_debug(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("scans.status.print_status", fails)
    words = ["scans", "status", "--workspace", str(office)]

    assert omr(words) == 1
    error = capsys.readouterr().err
    assert "ZeroDivisionError" in error
    assert "Traceback" not in error
    monkeypatch.setenv("OMR_DEBUG", "")  # so that it is restored after the test
    with pytest.raises(ZeroDivisionError):
        omr(["--debug", *words])


def test_the_workspace_may_come_from_the_environment(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMR_WORKSPACE", str(office))

    assert omr(["scans", "status"]) == 0


def test_help_loads_no_heavy_library() -> None:
    heavy = ["cv2", "numpy", "pandas", "sqlalchemy", "reportlab", "cryptography", "fastapi", "rich"]
    script = (
        "import sys; from omr.cli import main; code = main(['--help']);"
        f"print(code, [name for name in {heavy} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )

    assert done.stdout.splitlines()[-1] == "0 []"
