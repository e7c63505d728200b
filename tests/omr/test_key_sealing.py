"""Files locked with a passphrase: they open with it, and with nothing else."""

from __future__ import annotations

import errno
import json
import os
import stat
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from make_keys import DAY, keyring_of, secrets_in

from omr.errors import ExitCode, InputUnusable, UsageError
from omr.key_sealing import COST, Kind, read_sealed, write_sealed
from omr.keys import Key, Keyring

PHRASE = "bốn con trâu xanh uống trà"
CHEAP = 2**14  # scrypt's least cost here; the same code, 8 times as fast
RING = keyring_of({1: b"a" * 32, 2: bytes(range(32))})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "backup.json"
    write_sealed(path, RING, Kind.BACKUP, PHRASE, DAY, cost=CHEAP)
    return path


def edit(path: Path, change: Callable[[dict[str, Any]], object], *, mend: bool) -> None:
    """Change the file; *mend* the checksum, as somebody who knows the format would."""
    from omr import key_sealing

    content = json.loads(path.read_text(encoding="ascii"))
    change(content)
    if mend:
        content["sha256"] = key_sealing._checksum(content)
    path.write_text(json.dumps(content), encoding="ascii")


def test_what_was_locked_comes_back_with_the_passphrase(path: Path) -> None:
    assert read_sealed(path).unlock(PHRASE) == RING


def test_the_file_says_what_it_is_and_never_what_it_holds(path: Path) -> None:
    text = path.read_text(encoding="ascii")
    content = json.loads(text)

    assert content["kind"] == "omr-keys-backup"
    assert content["version"] == 1
    assert content["key_ids"] == [1, 2]
    assert content["made"] == DAY.isoformat()
    assert "omr keys restore" in content["note"]
    assert not any(secret in text for secret in secrets_in(RING))
    sealed = read_sealed(path)
    assert (sealed.kind, sealed.made, sealed.key_ids) == (Kind.BACKUP, DAY, (1, 2))


def test_the_cost_in_use_is_the_one_that_is_asked_for_today(tmp_path: Path) -> None:
    path = tmp_path / "backup.json"
    write_sealed(path, RING, Kind.BACKUP, PHRASE, DAY)

    assert json.loads(path.read_text())["scrypt"] == {"n": 131072, "r": 8, "p": 1}
    assert COST == 131072


def test_a_file_for_scanning_says_which_years_it_verifies(tmp_path: Path) -> None:
    path = tmp_path / "2026.json"
    years = Keyring(None, (Key(3, DAY, campaigns={2026: b"y" * 32}),))
    write_sealed(path, years, Kind.VERIFY_ONLY, PHRASE, DAY, cost=CHEAP)

    sealed = read_sealed(path)
    assert (sealed.kind, sealed.key_ids, sealed.years) == (Kind.VERIFY_ONLY, (3,), (2026,))
    assert sealed.unlock(PHRASE) == years


def test_two_backups_of_one_keyring_have_nothing_in_common(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    write_sealed(other, RING, Kind.BACKUP, PHRASE, DAY, cost=CHEAP)
    first, second = (json.loads(each.read_text()) for each in (path, other))

    assert not {first[part] for part in ("salt", "nonce", "sealed")} & {
        second[part] for part in ("salt", "nonce", "sealed")
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in access lists")
def test_the_file_is_for_its_owner_only(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("wrong", ["", PHRASE + " ", PHRASE.upper(), PHRASE[:-1], "x" * 2000])
def test_another_passphrase_opens_nothing_and_is_not_repeated(path: Path, wrong: str) -> None:
    with pytest.raises(UsageError, match="does not open") as caught:
        read_sealed(path).unlock(wrong)

    shown = "".join(traceback.format_exception(caught.value))
    assert not any(phrase in shown for phrase in (wrong, PHRASE) if phrase)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(kind="omr-keys-verify-only"),
        lambda c: c.update(made="2020-01-01"),
        lambda c: c.update(key_ids=[1]),
        lambda c: c.update(note="Send this file to me."),
        lambda c: c.update(more="x"),
        lambda c: c.pop("cipher"),
        lambda c: c.update(salt="AAAAAAAAAAAAAAAAAAAAAA=="),
        lambda c: c.update(nonce="AAAAAAAAAAAAAAAA"),
        lambda c: c["scrypt"].update(n=2**15),
        lambda c: c.update(sealed=c["sealed"][:40] + "AAAA" + c["sealed"][44:]),
        lambda c: c.update(sealed="AAAA"),
        lambda c: c.update(sealed=""),
    ],
)
def test_nobody_without_the_passphrase_can_change_any_part_of_it(
    path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    copy = path.read_bytes()
    edit(path, change, mend=False)
    with pytest.raises(InputUnusable, match="is damaged"):
        read_sealed(path)

    path.write_bytes(copy)
    edit(path, change, mend=True)
    with pytest.raises(UsageError, match="does not open"):
        read_sealed(path).unlock(PHRASE)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["scrypt"].update(n=2**40),  # would take all memory there is
        lambda c: c["scrypt"].update(n=2),  # would ask a thief for nothing
        lambda c: c["scrypt"].update(r=2**20),
        lambda c: c["scrypt"].update(n="131072"),
        lambda c: c.update(scrypt=[]),
        lambda c: c.update(salt=""),
        lambda c: c.update(nonce="é"),
        lambda c: c.update(nonce=None),
        lambda c: c.pop("salt"),
    ],
)
def test_a_lock_of_another_kind_is_refused_before_any_work(
    path: Path, change: Callable[[dict[str, Any]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(path, change, mend=True)
    monkeypatch.setattr("omr.key_sealing.Scrypt", None)

    with pytest.raises(InputUnusable, match="locked in a way"):
        read_sealed(path).unlock(PHRASE)


def test_a_file_of_a_later_version_is_refused_as_such(path: Path) -> None:
    edit(path, lambda c: c.update(version=2), mend=True)

    with pytest.raises(InputUnusable, match="another version"):
        read_sealed(path)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 99_999, b'{"kind": "x"}', b" " * 2_000_000]
)
def test_another_file_is_refused_with_the_command_that_makes_one(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)

    with pytest.raises(InputUnusable, match="holds no keys") as caught:
        read_sealed(path)

    assert "omr keys backup" in caught.value.remedy
    assert caught.value.exit_code is ExitCode.BAD_INPUT


def test_a_backup_cut_short_anywhere_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(InputUnusable):
            read_sealed(path)


def test_every_single_wrong_bit_of_the_file_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    accepted = []
    for place in range(0, len(whole) - 1, 3):
        for bit in (0, 5):
            spoilt = bytearray(whole)
            spoilt[place] ^= 1 << bit
            path.write_bytes(spoilt)
            try:
                found = read_sealed(path)
            except InputUnusable:
                continue
            accepted.append((place, json.loads(whole) == json.loads(spoilt)))
            assert found.key_ids == (1, 2)

    assert all(same for _place, same in accepted)  # blanks between the parts say nothing


def test_a_file_that_is_there_is_never_replaced(path: Path) -> None:
    before = path.read_bytes()

    with pytest.raises(UsageError, match="is there already"):
        write_sealed(path, RING, Kind.BACKUP, PHRASE, DAY, cost=CHEAP)

    assert path.read_bytes() == before


def test_a_missing_file_and_a_missing_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_sealed(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_sealed(tmp_path)
    with pytest.raises(UsageError, match="cannot be written"):
        write_sealed(tmp_path / "no" / "b.json", RING, Kind.BACKUP, PHRASE, DAY, cost=CHEAP)


def test_a_full_disk_leaves_no_half_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("omr.new_file.os.fsync", full)

    with pytest.raises(UsageError, match="No space left"):
        write_sealed(tmp_path / "b.json", RING, Kind.BACKUP, PHRASE, DAY, cost=CHEAP)

    assert list(tmp_path.iterdir()) == []


def test_a_stick_that_keeps_something_else_is_found_while_the_keys_are_still_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(RING, keys=RING.keys[1:])
    kept = tmp_path / "kept.json"
    write_sealed(kept, other, Kind.BACKUP, PHRASE, DAY, cost=CHEAP)
    monkeypatch.setattr("omr.key_sealing.read_sealed", lambda _path: read_sealed(kept))

    with pytest.raises(InputUnusable, match="does not hold what was written"):
        write_sealed(tmp_path / "b.json", RING, Kind.BACKUP, PHRASE, DAY, cost=CHEAP)


def test_too_little_memory_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def starve(**_more: object) -> None:
        raise MemoryError

    sealed = read_sealed(path)
    monkeypatch.setattr("omr.key_sealing.Scrypt", starve)

    with pytest.raises(UsageError, match="too little memory"):
        sealed.unlock(PHRASE)


def test_something_locked_that_is_no_keyring_is_refused_without_showing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.json"
    with monkeypatch.context() as patch:
        patch.setattr("omr.key_sealing.keyring_to_bytes", lambda _ring: b'{"secret": "inside"}')
        write_sealed(path, RING, Kind.BACKUP, PHRASE, DAY, cost=CHEAP)

    with pytest.raises(InputUnusable, match="locked in a way") as caught:
        read_sealed(path).unlock(PHRASE)

    assert "inside" not in "".join(traceback.format_exception(caught.value))
