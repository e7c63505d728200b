from __future__ import annotations

import base64
import json
import os
import pickle
import stat
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from omr.codes import CodeBody, Verifier, campaign_key, sign
from omr.errors import ExitCode
from omr.keys import (
    Key,
    KeyFault,
    Keyring,
    KeysUnusable,
    Withdrawal,
    create_keyring,
    keyring_from_bytes,
    keyring_to_bytes,
    load_keyring,
)

TODAY = date(2026, 11, 14)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "signing-keys.json"
    assert create_keyring(path, TODAY)
    return path


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(path.read_text(encoding="ascii"))
    change(content)
    path.write_text(json.dumps(content), encoding="ascii")


def secrets_of(path: Path) -> list[str]:
    """Every spelling in which a key could leak."""
    text = json.loads(path.read_text(encoding="ascii"))["keys"][0]["master"]
    raw = base64.b64decode(text)
    return [text, raw.hex(), repr(raw)[2:-1]]


def test_a_new_keyring_signs_codes_that_it_verifies(path: Path) -> None:
    keyring = load_keyring(path)
    key_id, master = keyring.signing()
    body = CodeBody(key_id, 2026, 7, 3, 417, "ABCDEF")

    assert Verifier(keyring).verify(sign(body, campaign_key(master, 2026))) == body
    assert len(master) == 32
    assert keyring.keys == (Key(key_id, TODAY, master),)


def test_every_keyring_has_another_key(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    create_keyring(other, TODAY)

    assert load_keyring(other).signing() != load_keyring(path).signing()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in access lists")
def test_the_file_is_for_its_owner_only(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_keyring_is_never_replaced(path: Path) -> None:
    before = path.read_bytes()

    assert not create_keyring(path, TODAY)

    assert path.read_bytes() == before


def test_retired_keys_verify_but_do_not_sign(path: Path) -> None:
    def add(content: dict[str, Any]) -> None:
        master = base64.b64encode(bytes(32)).decode()
        content["keys"].append({"id": 0, "created": "2025-01-01", "master": master})

    edit(path, add)
    keyring = load_keyring(path)

    assert keyring.signing()[0] == 1
    assert [key.key_id for key in keyring.keys] == [0, 1]
    body = CodeBody(0, 2025, 7, 3, 417, "ABCDEF")
    assert Verifier(keyring).verify(sign(body, campaign_key(bytes(32), 2025))) == body


def test_the_first_format_of_the_file_is_still_read(path: Path) -> None:
    before = load_keyring(path)
    edit(path, lambda c: c.update(format=1))

    assert load_keyring(path) == before


def test_a_keyring_with_every_kind_of_key_comes_back_as_it_was_written() -> None:
    left = Withdrawal(TODAY, "máy bị mất")
    masters = Keyring(2, (Key(1, TODAY, b"1" * 32, withdrawn=left), Key(2, TODAY, b"2" * 32)))
    years = Key(1, TODAY, campaigns={2026: b"a" * 32, 2027: b"b" * 32})
    verifying = Keyring(None, (years, Key(2, TODAY, withdrawn=left)))

    for keyring in (masters, verifying):
        assert keyring_from_bytes(keyring_to_bytes(keyring)) == keyring


def test_keys_that_only_verify_sign_nothing_and_say_where_to_print() -> None:
    keyring = Keyring(None, (Key(1, TODAY, campaigns={2026: b"a" * 32}),))

    with pytest.raises(KeysUnusable, match="no key to sign") as caught:
        keyring.signing()

    assert "holds the signing keys" in caught.value.remedy


def test_no_secret_appears_in_any_text_about_a_keyring(path: Path) -> None:
    keyring = load_keyring(path)

    verifier = Verifier(keyring)
    verifier.verify(sign(CodeBody(1, 2026, 7, 3, 417, "ABCDEF"), b"x" * 32))
    years = Key(1, TODAY, campaigns={2026: keyring.signing()[1]})

    for thing in (keyring, keyring.keys, verifier, years):
        for text in (repr(thing), str(thing), f"{thing}"):
            assert "1" in text
            assert not any(secret in text for secret in secrets_of(path))


def test_a_keyring_can_be_sent_to_a_worker_process(path: Path) -> None:
    keyring = load_keyring(path)

    assert pickle.loads(pickle.dumps(keyring)) == keyring  # noqa: S301 - our own bytes
    sent = pickle.loads(pickle.dumps(Verifier(keyring)))  # noqa: S301
    body = CodeBody(1, 2026, 7, 3, 417, "ABCDEF")
    assert sent.verify(sign(body, campaign_key(keyring.signing()[1], 2026))) == body


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in access lists")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_file_open_to_others_is_refused_with_the_cure(path: Path, mode: int) -> None:
    path.chmod(mode)

    with pytest.raises(KeysUnusable, match="other people may read") as caught:
        load_keyring(path)

    assert "chmod 600" in caught.value.remedy
    assert caught.value.exit_code is ExitCode.LEDGER_UNUSABLE


def test_a_missing_file_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="are missing") as caught:
        load_keyring(tmp_path / "none.json")

    assert "backup" in caught.value.remedy


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="cannot be read"):
        load_keyring(tmp_path)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda c: c.update(format=3), "another version"),
        (lambda c: c.update(format=True), "another version"),
        (lambda c: c.pop("format"), "missing or of the wrong kind"),
        (lambda c: c.pop("keys"), "missing or of the wrong kind"),
        (lambda c: c.update(keys=[]), "key that should sign"),
        (lambda c: c.update(keys=["x"]), "missing or of the wrong kind"),
        (lambda c: c.update(signing=2), "key that should sign"),
        (lambda c: c.update(signing=True), "key that should sign"),
        (lambda c: c["keys"].append(c["keys"][0]), "key 1 is given twice"),
        (lambda c: c["keys"][0].update(id=256), "not a number from 0 to 255"),
        (lambda c: c["keys"][0].update(id="1"), "not a number from 0 to 255"),
        (lambda c: c["keys"][0].update(master="é"), "key 1 is not in base64"),
        (lambda c: c["keys"][0].update(master=c["keys"][0]["master"][:-4]), "wrong length"),
        (lambda c: c["keys"][0].update(master=c["keys"][0]["master"][:-1]), "not in base64"),
        (lambda c: c["keys"][0].update(master=None), "missing or of the wrong kind"),
        (lambda c: c["keys"][0].update(created="soon"), "missing or of the wrong kind"),
        (lambda c: c["keys"][0].pop("master"), "neither a master nor keys of single years"),
        (lambda c: c["keys"][0].update(campaigns=years_of(c)), "neither a master nor"),
        (lambda c: c["keys"][0].update(campaigns=years_of(c, "1999")), "no serial has"),
        (lambda c: c["keys"][0].update(campaigns={"2026": "AAAA"}), "wrong length"),
        (lambda c: c["keys"][0].update(campaigns={"soon": "AAAA"}), "missing or of the wrong"),
        (lambda c: c.update(signing=None), "key that should sign"),
        (lambda c: c["keys"][0].update(withdrawn={"on": "2026-11-14", "why": "x"}), "should sign"),
        (lambda c: c["keys"][0].update(withdrawn={"on": "2026-11-14", "why": ""}), "wrong kind"),
        (lambda c: c["keys"][0].update(withdrawn={"on": "2026-11-14"}), "missing or of"),
    ],
)
def test_a_damaged_keyring_is_refused_without_showing_it(
    path: Path, change: Callable[[dict[str, Any]], object], fault: str
) -> None:
    secrets = secrets_of(path)
    edit(path, change)

    with pytest.raises(KeysUnusable, match="are damaged") as caught:
        load_keyring(path)

    assert fault in str(caught.value)
    assert caught.value.__context__ is None
    shown = "".join(traceback.format_exception(caught.value))
    assert not any(secret in shown for secret in secrets)


def years_of(content: dict[str, Any], year: str = "2026") -> dict[str, str]:
    return {year: content["keys"][0]["master"]}


def test_the_fault_of_a_keyring_s_text_carries_none_of_it() -> None:
    secret = base64.b64encode(b"0123456789abcdef").decode()
    for raw in (secret.encode(), b'{"format": 2, "keys": "' + secret.encode() + b'"}'):
        with pytest.raises(KeyFault) as caught:
            keyring_from_bytes(raw)
        assert caught.value.__context__ is None
        assert secret not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"[]", b"null", b'{"format": 1,', b"[" * 99999])
def test_a_file_of_another_kind_is_refused(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)

    with pytest.raises(KeysUnusable, match="are damaged"):
        load_keyring(path)


def test_a_keyring_cut_short_anywhere_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(len(whole) - 2):
        path.write_bytes(whole[:length])
        with pytest.raises(KeysUnusable):
            load_keyring(path)
