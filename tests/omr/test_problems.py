from __future__ import annotations

from pathlib import Path

import pytest

from omr.errors import ExitCode, MistakesInFile, UsageError
from omr.problems import Problems, decode_text, read_text

FILE = Path("units.csv")


def test_all_mistakes_are_reported_together_in_line_order() -> None:
    problems = Problems()
    problems.add(FILE, 10, "later", "cure it")
    problems.add(FILE, 9, "sooner")

    with pytest.raises(MistakesInFile) as caught:
        problems.raise_if_any()

    assert caught.value.problems == ["units.csv:9: sooner", "units.csv:10: later; cure it"]
    assert caught.value.exit_code is ExitCode.BAD_USAGE
    assert caught.value.remedy


def test_nothing_is_raised_while_there_is_no_mistake() -> None:
    problems = Problems()

    problems.raise_if_any()

    assert len(problems) == 0


def test_mistakes_of_an_unreadable_file_are_reported_with_the_others() -> None:
    problems = Problems()
    problems.add(FILE, 2, "wrong")
    problems.absorb(MistakesInFile(["other.toml:1: not TOML"]))

    assert problems.sentences() == ["other.toml:1: not TOML", "units.csv:2: wrong"]
    assert len(problems) == 2


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake() -> None:
    assert decode_text("\ufeffa = 1\r\nb = 2\r\n".encode(), FILE) == "a = 1\nb = 2\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_advice(encoding: str) -> None:
    with pytest.raises(MistakesInFile, match=r"units\.csv:1: .*UTF-16.*save it again as UTF-8"):
        decode_text("mã,tên\n".encode(encoding), FILE)


def test_a_file_saved_in_a_vietnamese_windows_code_page_is_refused_on_its_line() -> None:
    raw = "code,name\nA,Hai Phong\nB,Thuỷ".replace("ỷ", "y\u0309").encode("cp1258") + b"\n"

    with pytest.raises(MistakesInFile, match=r"units\.csv:3: .*not UTF-8"):
        decode_text(raw, FILE)


@pytest.mark.parametrize("code_page", ["cp1252", "cp1258", "latin-1"])
def test_utf_8_that_was_opened_as_ansi_and_saved_again_is_refused(code_page: str) -> None:
    debris = "phường Hồng Bàng".encode().decode(code_page, "ignore")

    with pytest.raises(MistakesInFile, match=r"units\.csv:2: letters on this line were broken"):
        decode_text(f"code\n{debris}\n".encode(), FILE)


def test_letters_that_were_replaced_are_refused() -> None:
    with pytest.raises(MistakesInFile, match=r"units\.csv:1: letters on this line"):
        decode_text("ph\ufffdờng".encode(), FILE)


def test_a_missing_file_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"units\.csv cannot be read") as caught:
        read_text(tmp_path / "units.csv")

    assert caught.value.remedy
