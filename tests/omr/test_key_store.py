"""The keyring's file: whole and private at every moment, whatever is cut short."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from make_keys import DAY, keyring_of, secrets_in

from omr.errors import OmrError
from omr.key_changes import rotated, withdrawn
from omr.key_store import change_keyring, exchange_keyring, put_keyring
from omr.keys import Keyring, KeysUnusable, load_keyring

A, B, C = b"a" * 32, b"b" * 32, b"c" * 32
OLD = keyring_of({1: A})
NEW = rotated(OLD, DAY, B)
posix = pytest.mark.skipif(os.name == "nt", reason="forks a process and reads POSIX modes")


def rotate(keyring: Keyring) -> Keyring:
    return rotated(keyring, DAY, B)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "signing-keys.json"
    put_keyring(path, OLD)
    return path


def test_a_change_is_kept(path: Path) -> None:
    assert change_keyring(path, rotate) == NEW

    assert load_keyring(path) == NEW


def test_a_change_that_changes_nothing_writes_nothing(path: Path) -> None:
    before = path.stat().st_mtime_ns, path.stat().st_ino

    change_keyring(path, lambda keyring: keyring)

    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


@posix
def test_file_and_folder_are_for_their_owner_only(path: Path) -> None:
    change_keyring(path, rotate)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_refused_change_leaves_the_file_as_it_was(path: Path) -> None:
    before = path.read_bytes()

    with pytest.raises(ZeroDivisionError):
        change_keyring(path, lambda _keyring: 1 // 0)  # type: ignore[arg-type,return-value]

    assert path.read_bytes() == before
    assert change_keyring(path, rotate) == NEW  # the lock is free again


def _files_calls(frame: FrameType, event: str, called: Any) -> bool:
    """Whether a profile event is about a file: the steps between which a crash can fall."""
    owner = getattr(called, "__self__", None)
    at_file = getattr(called, "__module__", None) in {"posix", "fcntl"} or "_io" in str(type(owner))
    return event in {"c_call", "c_return"} and (
        at_file or getattr(owner, "__name__", "") == "posix"
    )


def _killed_after(steps: int, work: Callable[[], object]) -> bool:
    """Run *work* in a process that dies, without clean-up, after so many steps with files."""
    child = os.fork()
    if child == 0:
        left = steps

        def count(frame: FrameType, event: str, called: Any) -> None:
            nonlocal left
            if _files_calls(frame, event, called):
                left -= 1
                if left < 0:
                    os._exit(9)

        sys.setprofile(count)
        work()
        sys.setprofile(None)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@posix
def test_a_process_killed_at_any_step_leaves_the_old_keys_or_the_new(tmp_path: Path) -> None:
    seen, steps = [], 0
    while True:
        path = tmp_path / str(steps) / "signing-keys.json"
        put_keyring(path, OLD)

        killed = _killed_after(steps, lambda: change_keyring(path, rotate))  # noqa: B023

        found = load_keyring(path)
        assert found in (OLD, NEW)
        for left in path.parent.iterdir():
            assert stat.S_IMODE(left.stat().st_mode) == 0o600 or left.stat().st_size == 0, left
        seen.append(found)
        after = change_keyring(path, lambda old: rotated(old, DAY, C))
        assert after.keys[: len(found.keys)] == found.keys
        assert not list(path.parent.glob("*.part")) + list(path.parent.glob(".*.part"))
        if not killed:
            break
        steps += 1

    assert steps > 20
    assert seen == sorted(seen, key=lambda keyring: len(keyring.keys))
    assert {len(keyring.keys) for keyring in seen} == {1, 2}


@posix
def test_keys_set_aside_have_a_name_at_every_step(tmp_path: Path) -> None:
    other = keyring_of({7: C})
    steps, killed = 0, True
    while killed:
        path = tmp_path / str(steps) / "signing-keys.json"
        put_keyring(path, OLD)

        killed = _killed_after(steps, lambda: exchange_keyring(path, other))  # noqa: B023

        whole = [load_keyring(file) for file in path.parent.glob("signing-keys*.json")]
        assert OLD in whole
        assert load_keyring(path) in (OLD, other)
        steps += 1
    assert load_keyring(path) == other


@posix
def test_the_data_is_on_the_disk_before_its_name_and_the_name_before_the_end(path: Path) -> None:
    order: list[str] = []

    def note(_frame: FrameType, event: str, called: Any) -> None:
        name = getattr(called, "__name__", "")
        if event == "c_return" and name in {"write", "fsync", "rename", "replace"}:
            order.append(name.replace("rename", "replace"))

    sys.setprofile(note)
    try:
        change_keyring(path, rotate)
    finally:
        sys.setprofile(None)

    assert order == ["write", "fsync", "replace", "fsync"]


@pytest.mark.parametrize("step", ["os.open", "os.fsync", "Path.replace", "Path.read_bytes"])
def test_a_full_or_failing_disk_changes_nothing_and_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = path.read_bytes()
    owner = {"os": "os", "Path": "pathlib.Path"}[step.partition(".")[0]]

    def fails(*_args: object, **_more: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"{owner}.{step.partition('.')[2]}", fails)
        with pytest.raises(KeysUnusable, match=r"cannot be written.*No space left") as caught:
            change_keyring(path, rotate)

    assert "as they were" in caught.value.remedy
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".*.part"))


def test_a_disk_that_gives_back_something_else_is_found_before_the_old_file_goes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.read_bytes", lambda _path: b"rot")
        with pytest.raises(KeysUnusable, match="cannot be written"):
            change_keyring(path, rotate)

    assert load_keyring(path) == OLD


def test_two_commands_never_change_the_keys_at_once(path: Path) -> None:
    def meanwhile(keyring: Keyring) -> Keyring:
        with pytest.raises(KeysUnusable, match="another command is changing") as caught:
            change_keyring(path, lambda old: rotated(old, DAY, C))
        assert caught.value.remedy
        return rotate(keyring)

    change_keyring(path, meanwhile)

    assert load_keyring(path) == NEW


def test_missing_keys_are_not_made_by_a_change(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path / "no folder" / "none.json"):
        with pytest.raises(KeysUnusable, match="are missing"):
            change_keyring(path, rotate)
        assert not path.exists()


def test_keys_behind_a_link_stay_behind_it(path: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick" / "keys.json"
    stick.parent.mkdir()
    path.rename(stick)
    path.symlink_to(stick)

    change_keyring(path, rotate)

    assert path.is_symlink()
    assert load_keyring(stick) == NEW


def test_nothing_is_put_over_keys_or_over_a_link_to_a_stick_that_is_not_there(
    path: Path, tmp_path: Path
) -> None:
    with pytest.raises(KeysUnusable, match="bears the name"):
        put_keyring(path, NEW)
    assert load_keyring(path) == OLD

    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "stick.json")
    with pytest.raises(KeysUnusable, match="bears the name"):
        put_keyring(link, NEW)


def test_keys_are_set_aside_under_a_new_name_each_time(path: Path) -> None:
    first = exchange_keyring(path, NEW)
    second = exchange_keyring(path, OLD)

    assert [load_keyring(each) for each in (first, second, path)] == [OLD, NEW, OLD]
    assert len({first, second, path}) == 3


def test_errors_about_the_file_quote_no_key(
    path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import traceback

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    told = []
    tries: list[Callable[[], object]] = [
        lambda: put_keyring(path, NEW),
        lambda: change_keyring(path, lambda old: withdrawn(old, 1, DAY, "stolen")),
        lambda: change_keyring(path, rotate),
        lambda: exchange_keyring(path, NEW),
    ]
    monkeypatch.setattr("os.fsync", full)
    for attempt in tries:
        with pytest.raises(OmrError) as caught:
            attempt()
        told.append("".join(traceback.format_exception(caught.value)))
    out, err = capfd.readouterr()

    assert len(told) == len(tries)
    for secret in secrets_in(NEW):
        assert not any(secret in text for text in (*told, out, err))
