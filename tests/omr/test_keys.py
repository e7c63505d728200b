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

from omr.codes import CodeBody, campaign_key, sign, verify
from omr.errors import ExitCode
from omr.keys import KeysUnusable, create_keyring, load_keyring

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

    assert verify(sign(body, campaign_key(master, 2026)), keyring.masters()) == body
    assert len(master) == 32
    assert keyring.masters() == {key_id: master}
    assert keyring.created == {key_id: TODAY}


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
    assert sorted(keyring.masters()) == [0, 1]


def test_no_secret_appears_in_any_text_about_a_keyring(path: Path) -> None:
    keyring = load_keyring(path)

    for text in (repr(keyring), str(keyring), f"{keyring}"):
        assert "signing_id=1" in text
        assert not any(secret in text for secret in secrets_of(path))


def test_a_keyring_can_be_sent_to_a_worker_process(path: Path) -> None:
    keyring = load_keyring(path)

    assert pickle.loads(pickle.dumps(keyring)) == keyring  # noqa: S301 - our own bytes


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
        (lambda c: c.update(format=2), "another version"),
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
