"""What is unusual about a pad is said, and the pad is printed all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from omr.cli import main
from omr.workspace import Workspace


def printing(workspace: Workspace, out: Path, unit: str, domain: str) -> int:
    words = ["forms", "print", "--unit", unit, "--domain", domain, "--count", "1"]
    return main([*words, "--out", str(out), "--workspace", str(workspace.root)])


def warnings(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if "warning" in line]


@pytest.mark.parametrize(
    ("unit", "domain", "said"),
    [
        ("HP-PC08", "GTDB", []),
        ("HP-PC08", "L10", []),  # a part of what it serves
        ("HP-11948", "GTDB", ["does not usually hand out forms of GTDB"]),
        ("HP-PV01", "PCCC", ["does not usually hand out forms of PCCC"]),
        ("HP-CU-DUONGQUAN", "QLHC", ["does not exist today"]),
        (
            "HD-PC06",
            "XNC",
            ["does not usually hand out forms of XNC", "does not exist today"],
        ),
    ],
)
def test_a_pad_for_an_unusual_unit_is_printed_with_a_warning(
    workspace: Workspace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    unit: str,
    domain: str,
    said: list[str],
) -> None:
    out = tmp_path / "pad.pdf"

    assert printing(workspace, out, unit, domain) == 0

    found = warnings(capsys)
    assert len(found) == len(said)
    for line, words in zip(found, said, strict=True):
        assert unit in line
        assert words in line
    assert out.exists()


def test_a_unit_that_has_not_begun_yet_is_told_too(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = workspace.units_file.read_text(encoding="utf-8")
    row = "HP-1,Công an phường Mới,CAP Mới,phuong,HP,,2999-01-01,,,QLHC,\n"
    workspace.units_file.write_text(text + row, encoding="utf-8")

    assert printing(workspace, tmp_path / "pad.pdf", "HP-1", "QLHC") == 0

    (line,) = warnings(capsys)
    assert "HP-1" in line
    assert "does not exist today" in line
