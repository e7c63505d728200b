"""Passphrases: typed without echo or read from a private file; easy ones are refused."""

from __future__ import annotations

import os
import sys
import traceback
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from omr.errors import UsageError
from omr.key_passphrase import check_passphrase, known_passphrase, new_passphrase

GOOD = "bốn con trâu xanh uống trà"


def typing(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Somebody at a terminal who types *answers*; the prompts that were shown."""
    prompts: list[str] = []
    left: Iterator[str] = iter(answers)

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("getpass.getpass", ask)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    return prompts


def file_with(folder: Path, raw: bytes, mode: int = 0o600) -> Path:
    path = folder / "passphrase"
    path.write_bytes(raw)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("easy", "fault"),
    [
        ("", "empty"),
        ("            ", "empty"),
        ("short", "fewer than 12"),
        ("ngắn thôi !", "fewer than 12"),
        ("aaaaaaaaaaaaaaa", "repeats a few"),
        ("abcabcabcabcabc", "repeats a few"),
        ("AaAaBbBbCcCcAA", "repeats a few"),
        ("1985062419900102", "digits only"),
        ("0912 345 678 15", "digits only"),
        ("abcdefghijklmnop", "runs along"),
        ("qwertyuiopas", "runs along"),
        ("ponmlkjihgfedcba", "runs along"),
    ],
)
def test_a_passphrase_that_is_guessed_soon_is_refused_with_the_reason(
    easy: str, fault: str
) -> None:
    with pytest.raises(UsageError, match=fault) as caught:
        check_passphrase(easy)

    assert "four or five words" in caught.value.remedy
    assert not easy.strip() or easy not in f"{caught.value}{caught.value.remedy}"


@pytest.mark.parametrize("good", [GOOD, "horse battery", "k3-Zp!9q.Lm2"])
def test_several_words_or_twelve_odd_characters_will_do(good: str) -> None:
    check_passphrase(good)


def test_a_new_passphrase_is_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = typing(monkeypatch, GOOD, GOOD)

    assert new_passphrase(None) == GOOD
    assert len(prompts) == 2


def test_two_that_differ_are_refused_and_neither_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typing(monkeypatch, GOOD, GOOD + "!")

    with pytest.raises(UsageError, match="differ") as caught:
        new_passphrase(None)

    assert GOOD not in "".join(traceback.format_exception(caught.value))


def test_an_easy_one_is_refused_before_it_is_typed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = typing(monkeypatch, "short", "short")

    with pytest.raises(UsageError, match="fewer than 12"):
        new_passphrase(None)

    assert len(prompts) == 1


def test_a_known_passphrase_is_typed_once_and_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = typing(monkeypatch, "short")

    assert known_passphrase(None) == "short"
    assert len(prompts) == 1


def test_it_is_one_passphrase_whichever_keyboard_typed_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    apart = unicodedata.normalize("NFD", GOOD)
    assert apart != GOOD
    typing(monkeypatch, apart)

    assert known_passphrase(None) == GOOD
    assert known_passphrase(file_with(tmp_path, apart.encode())) == GOOD


def test_nothing_is_asked_where_nobody_can_type(monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, GOOD)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    with pytest.raises(UsageError, match="at a terminal") as caught:
        known_passphrase(None)

    assert "--passphrase-file" in caught.value.remedy


def test_ending_the_input_is_no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch)

    with pytest.raises(UsageError, match="no passphrase was typed"):
        known_passphrase(None)


def test_letters_that_cannot_be_read_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch)

    def garbled(_prompt: str) -> str:
        return b"secret \xff".decode()

    monkeypatch.setattr("getpass.getpass", garbled)

    with pytest.raises(UsageError, match="no passphrase") as caught:
        known_passphrase(None)

    assert caught.value.__context__ is None


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
def test_a_file_gives_its_one_line(tmp_path: Path, begin: bytes, end: str) -> None:
    file = file_with(tmp_path, begin + (f" {GOOD} {end}").encode())

    assert new_passphrase(file) == known_passphrase(file) == f" {GOOD} "


@pytest.mark.parametrize(
    "raw", [b"one\ntwo\n", b"\xff\xfe secret", b"x" * 2000], ids=["two lines", "no text", "long"]
)
def test_a_file_of_another_kind_is_refused_and_not_quoted(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(UsageError, match="no file with one passphrase") as caught:
        known_passphrase(file_with(tmp_path, raw))

    assert caught.value.__context__ is None


def test_an_easy_passphrase_in_a_file_is_refused_as_well(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fewer than 12"):
        new_passphrase(file_with(tmp_path, b"short\n"))
    with pytest.raises(UsageError, match="empty"):
        new_passphrase(file_with(tmp_path, b""))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        known_passphrase(tmp_path / "none")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in access lists")
def test_a_file_open_to_others_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="other people may read") as caught:
        known_passphrase(file_with(tmp_path, GOOD.encode(), 0o644))

    assert "chmod 600" in caught.value.remedy
