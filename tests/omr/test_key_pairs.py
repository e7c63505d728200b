"""Keys of offices that exchange files, and what is locked for one of them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.key_pairs import (
    change_receiver,
    fingerprint,
    is_signed_by,
    keep_sender_key,
    load_sender_key,
    new_sender_key,
    receiver_key,
    same_fingerprint,
)
from omr.key_parcel import PIECE, TAG, ParcelFault, locked, new_key, open_key, seal_key, unlocked
from omr.keys import KeysUnusable

KEY = new_sender_key("HP-PC08", b"r" * 32)


def test_a_signature_fits_its_key_and_its_message_alone() -> None:
    signature = KEY.sign(b"tin")

    assert is_signed_by(KEY.public, b"tin", signature)
    assert not is_signed_by(KEY.public, b"tin!", signature)
    assert not is_signed_by(new_sender_key("HP-PC08", b"r" * 32).public, b"tin", signature)
    assert not is_signed_by(b"short", b"tin", signature)
    assert not is_signed_by(KEY.public, b"tin", b"")


def test_a_key_is_kept_for_its_owner_once_and_shown_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "sender-key.json"

    assert load_sender_key(path) is None
    assert keep_sender_key(path, KEY)
    assert not keep_sender_key(path, new_sender_key("HP-PC06", b"r" * 32))

    assert load_sender_key(path) == KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KEY.secret.hex() not in repr(KEY)
    assert str(KEY.secret) not in repr(KEY)


def test_another_receiver_leaves_the_unit_s_key_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sender-key.json"
    keep_sender_key(path, KEY)

    change_receiver(path, KEY, b"s" * 32)

    changed = load_sender_key(path)
    assert changed is not None
    assert (changed.secret, changed.receiver) == (KEY.secret, b"s" * 32)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("raw", ["", "{}", "[]", '{"format": 1}', '{"format": 1, "unit": "x"}'])
def test_a_damaged_or_open_key_is_refused_without_quoting_it(tmp_path: Path, raw: str) -> None:
    path = tmp_path / "sender-key.json"
    path.write_text(raw, encoding="utf-8")
    path.chmod(0o600)
    for load in (load_sender_key, receiver_key):
        with pytest.raises(KeysUnusable, match="damaged"):
            load(path)
    path.chmod(0o644)
    with pytest.raises(KeysUnusable, match="other people"):
        load_sender_key(path)


def test_a_fingerprint_is_recognised_however_it_is_typed() -> None:
    shown = fingerprint(KEY.public)

    assert len(shown) == 19
    for typed in (shown, shown.lower(), shown.replace("-", " "), shown.replace("0", "o")):
        assert same_fingerprint(typed, KEY.public)
    for typed in ("", shown[:-1], shown[:-1] + ("A" if shown[-1] != "A" else "B")):
        assert not same_fingerprint(typed, KEY.public)


def test_what_is_locked_opens_for_its_receiver_and_as_what_it_was_alone(tmp_path: Path) -> None:
    one = receiver_key(tmp_path / "one.json", make=True)
    other = receiver_key(tmp_path / "other.json", make=True)
    assert one is not None
    assert other is not None
    assert receiver_key(tmp_path / "one.json") == one
    key = new_key()
    sealed = seal_key(key, one.public, b"about")

    assert open_key(sealed, one, b"about") == key
    for receiver, about in ((other, b"about"), (one, b"something else")):
        with pytest.raises(ParcelFault):
            open_key(sealed, receiver, about)


@given(st.lists(st.sampled_from([0, 1, 17, PIECE - 1, PIECE, PIECE + 1]), max_size=3))
def test_any_stream_comes_back_whole(lengths: list[int]) -> None:
    key, parts = new_key(), [bytes(length) for length in lengths]

    pieces = list(locked(key, parts))

    assert b"".join(unlocked(key, pieces)) == b"".join(parts)
    assert all(len(piece) == PIECE + TAG for piece in pieces[:-1])


def test_no_piece_can_be_altered_left_out_moved_or_added() -> None:
    key = new_key()
    pieces = list(locked(key, [bytes(2 * PIECE + 5)]))
    first, second, last = pieces

    for wrong in (
        [first, second],
        [second, first, last],
        [first, last],
        [first, second, last, last],
        [first, first, last],
        [],
        [first, second, last[:-1]],
        [bytes([first[0] ^ 1]) + first[1:], second, last],
    ):
        with pytest.raises(ParcelFault):
            list(unlocked(key, wrong))
