from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from made_workspace import workspace_in

from omr.cli import main
from omr.errors import UsageError
from omr.ledger import Ledger, reviewers
from omr.workspace import Workspace
from scans import reviewer_commands
from scans.reviewer_names import check_name, check_password, one_spelling

PASSWORD = "ba con mèo xanh"  # noqa: S105 - of the test's own person
Run = Callable[..., int]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path / "office")


@pytest.fixture
def run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Run:
    def command(*words: str, typed: bytes = b"") -> int:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="ascii"))
        return main(["scans", "reviewers", *words, "--workspace", str(workspace.root)])

    return command


def may(workspace: Workspace, name: str, password: str) -> bool:
    with Ledger.open(workspace.ledger_url) as ledger:
        return reviewers.check(ledger, name, password)


def test_a_password_from_standard_input_lets_the_person_in(
    workspace: Workspace, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", "Nguyễn Văn Minh", typed=f"{PASSWORD}\r\n".encode()) == 0

    out = capsys.readouterr().out
    assert out.startswith("Nguyễn Văn Minh may review now")
    assert PASSWORD not in out
    assert may(workspace, "Nguyễn Văn Minh", PASSWORD)
    assert not may(workspace, "Nguyễn Văn Minh", PASSWORD + "\r")


def test_a_new_password_ends_the_old_one(
    workspace: Workspace, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("add", "Lan", typed=PASSWORD.encode())
    capsys.readouterr()

    assert run("add", " Lan ", typed=b"bon nam sau bay") == 0
    assert "new password" in capsys.readouterr().out
    assert may(workspace, "Lan", "bon nam sau bay")
    assert not may(workspace, "Lan", PASSWORD)


def test_names_are_listed_one_a_line_and_passwords_never(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("Minh", "Lan"):
        run("add", name, typed=PASSWORD.encode())
    capsys.readouterr()

    assert run("list") == 0
    assert capsys.readouterr().out == "Lan\nMinh\n"


def test_an_empty_list_says_how_to_begin(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0

    said = capsys.readouterr()
    assert said.out == ""
    assert "omr scans reviewers add NAME" in said.err


def test_who_is_removed_may_review_no_more(
    workspace: Workspace, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("add", "Lan", typed=PASSWORD.encode())

    assert run("remove", "Lan") == 0
    assert not may(workspace, "Lan", PASSWORD)
    capsys.readouterr()
    assert run("remove", "Lan") == 2
    assert "there is no reviewer Lan" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed",
    [b"", b"\n", b"short", f"{PASSWORD}\n{PASSWORD}\n".encode(), b"\xff" * 12, b"x" * 5000],
)
def test_standard_input_that_holds_no_password_changes_nothing(
    workspace: Workspace, run: Run, typed: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", "Lan", typed=typed) == 2

    assert "Traceback" not in capsys.readouterr().err
    with Ledger.open(workspace.ledger_url) as ledger:
        assert reviewers.reviewers(ledger) == []


def terminal(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    asked: list[str] = []
    waiting = list(answers)

    def ask(prompt: str) -> str:
        asked.append(prompt)
        if not waiting:
            raise EOFError
        return waiting.pop(0)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(reviewer_commands.getpass, "getpass", ask)
    return asked


def test_at_a_terminal_the_password_is_asked_for_twice_without_echo(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = terminal(monkeypatch, PASSWORD, PASSWORD)

    reviewer_commands.add_reviewer(workspace.root, "Lan")

    assert len(asked) == 2
    assert may(workspace, "Lan", PASSWORD)


@pytest.mark.parametrize(
    ("answers", "fault"),
    [((PASSWORD, PASSWORD + "x"), "differ"), (("short",), "fewer"), ((), "no password")],
)
def test_a_password_mistyped_at_a_terminal_changes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...], fault: str
) -> None:
    terminal(monkeypatch, *answers)

    with pytest.raises(UsageError, match=fault) as caught:
        reviewer_commands.add_reviewer(workspace.root, "Lan")
    assert PASSWORD not in str(caught.value)
    with Ledger.open(workspace.ledger_url) as ledger:
        assert reviewers.reviewers(ledger) == []


def test_a_password_is_the_same_in_composed_and_single_accents(
    workspace: Workspace, run: Run
) -> None:
    run("add", "Lan", typed="ba con me\u0300o xanh".encode())

    assert may(workspace, "Lan", "ba con m\u00e8o xanh")


@pytest.mark.parametrize(
    "name", ["Lan", "Nguyễn Văn Minh", "an.nguyen", "pv01-2", "กานต์", "Ёлка_7", "a" * 40]
)
def test_names_of_any_script_are_accepted(name: str) -> None:
    check_name(one_spelling(name), [])


@pytest.mark.parametrize(
    "name",
    ["", "   ", "a" * 41, "a/b", "<b>", "a\x00b", "a\u202eb", "a\u200bb", "a=b", "..", "a,b", "😀"],
)
def test_names_that_deceive_or_cannot_be_typed_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(one_spelling(name), [])


def test_a_name_that_differs_in_capitals_alone_is_refused() -> None:
    with pytest.raises(UsageError, match="written Lan"):
        check_name("LAN", ["Lan"])
    check_name("Lan", ["Lan"])


@pytest.mark.parametrize(
    "password",
    [
        "",
        "123456789",
        "short pass"[:9],
        "aaaaaaaaaaaa",
        "abababababab",
        "0912345678",
        "12 11 2026 11",
        "nguyenvanan1",
        "x" * 100 + "abcdefghij" * 11,
        "tab\tin the middle",
    ],
)
def test_passwords_that_are_guessed_soon_are_refused(password: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_password(password, "NguyenVanAn")
    assert not password or password not in f"{caught.value} {caught.value.remedy}"


def test_a_password_of_ten_characters_is_accepted() -> None:
    check_password("mèo xanh 7", "Lan")
