"""``omr keys`` as people use it: rotate, withdraw, back up, restore."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from keys_office import Keys, code, keys_of, phrase_in, ring, sealed_cheaply
from typer.testing import CliRunner

from omr.codes import CodeBody, CodeFault, Verifier
from omr.errors import ExitCode, OmrError
from omr.keys_cli import app
from omr.part_file import part_name
from omr.provinces import find_province
from omr.workspace import Workspace, init_workspace


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed_cheaply(monkeypatch)


@pytest.fixture
def office(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "office", find_province("31")).workspace


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    return phrase_in(tmp_path)


@pytest.fixture
def keys(office: Workspace, phrase: Path) -> Keys:
    return keys_of(office, phrase)


def test_every_key_is_listed_with_its_day_and_what_it_does(keys: Keys, office: Workspace) -> None:
    keys("rotate")
    keys("rotate")
    keys("withdraw", 1, "--why", "laptop stolen in Lê Chân")

    lines = keys("list").splitlines()

    assert [re.sub(r"\d{4}-\d\d-\d\d", "DAY", line) for line in lines] == [
        "key 1, made DAY: withdrawn on DAY: laptop stolen in Lê Chân",
        "key 2, made DAY: verifies, signs no more",
        "key 3, made DAY: signs new forms and verifies",
    ]


def test_rotation_adds_a_random_key_and_reminds_of_the_backup(
    keys: Keys, office: Workspace
) -> None:
    first = ring(office).signing()[1]

    said = keys("rotate", "--id", 4)

    assert "key 4 signs from now on" in said
    assert "omr keys backup" in said
    assert ring(office).signing()[0] == 4
    assert ring(office).signing()[1] != first
    assert isinstance(Verifier(ring(office)).verify(code(1, first)), CodeBody)


def test_a_stolen_key_is_replaced_and_withdrawn_in_two_commands(
    keys: Keys, office: Workspace
) -> None:
    stolen = ring(office).signing()[1]
    with pytest.raises(OmrError, match="key 1 signs new forms") as caught:
        keys("withdraw", 1, "--why", "stolen")
    assert "omr keys rotate" in caught.value.remedy

    keys("rotate")
    keys("withdraw", 1, "--why", "stolen")

    assert Verifier(ring(office)).verify(code(1, stolen)) is CodeFault.WITHDRAWN_KEY
    record = json.loads(office.keys_file.read_text())["keys"][0]["withdrawn"]
    assert record["why"] == "stolen"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record["on"])


def test_a_withdrawal_without_a_reason_is_no_command(office: Workspace) -> None:
    done = CliRunner().invoke(app, ["withdraw", "1", "--workspace", str(office.root)])

    assert done.exit_code == ExitCode.BAD_USAGE


def test_a_lost_keyring_comes_back_from_its_backup(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    keys("rotate")
    before = office.keys_file.read_bytes()
    said = keys("backup", "--out", tmp_path / "b.json")
    assert "opened once as a proof" in said

    office.keys_file.unlink()
    shutil.rmtree(office.keys_file.parent)
    said = keys("restore", tmp_path / "b.json")

    assert "restored: keys 1, 2" in said
    assert "key 2 signs new forms" in said
    assert office.keys_file.read_bytes() == before
    if os.name != "nt":
        assert office.keys_file.stat().st_mode & 0o077 == 0


def test_a_backup_is_proved_while_it_can_still_be_made_anew(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    backup = tmp_path / "b.json"
    keys("backup", "--out", backup)
    assert "it holds every key of this workspace as it is now" in keys("check-backup", backup)

    keys("rotate")
    with pytest.raises(OmrError, match="key 2 is missing from the backup") as caught:
        keys("check-backup", backup)
    assert caught.value.exit_code is ExitCode.BAD_INPUT

    office.keys_file.unlink()
    with pytest.raises(OmrError, match="are missing") as caught:
        keys("check-backup", backup)
    assert "omr keys restore" in caught.value.remedy


def test_a_wrong_passphrase_changes_nothing(
    keys: Keys, office: Workspace, tmp_path: Path, phrase: Path
) -> None:
    keys("backup", "--out", tmp_path / "b.json")
    office.keys_file.unlink()
    phrase.write_text("another one altogether", encoding="utf-8")

    for command in ("restore", "check-backup"):
        with pytest.raises(OmrError, match=r"does not open .*nothing was changed"):
            keys(command, tmp_path / "b.json")
    assert not office.keys_file.exists()


def test_restoring_adds_what_is_missing_and_replaces_nothing(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    keys("backup", "--out", tmp_path / "one.json")
    first = office.keys_file.read_bytes()
    keys("rotate")
    keys("withdraw", 1, "--why", "stolen")
    whole = ring(office)
    keys("backup", "--out", tmp_path / "two.json")

    assert "nothing was changed" in keys("restore", tmp_path / "one.json")
    assert ring(office) == whole  # the withdrawal outlives a backup that does not know it

    office.keys_file.write_bytes(first)
    assert "key 2 signs new forms" in keys("restore", tmp_path / "two.json")
    assert ring(office) == whole


def test_another_office_s_backup_is_refused_where_ids_meet(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    other = init_workspace(tmp_path / "other", find_province("04")).workspace
    keys("backup", "--out", tmp_path / "b.json", at=other)
    before = office.keys_file.read_bytes()

    with pytest.raises(OmrError, match="other keys bear these ids here: 1"):
        keys("restore", tmp_path / "b.json")

    assert office.keys_file.read_bytes() == before


def test_damaged_keys_are_moved_away_by_a_person_not_written_over(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    keys("backup", "--out", tmp_path / "b.json")
    office.keys_file.write_bytes(b"{")

    with pytest.raises(OmrError, match="are damaged") as caught:
        keys("restore", tmp_path / "b.json")
    assert "out of the way" in caught.value.remedy
    assert office.keys_file.read_bytes() == b"{"

    office.keys_file.rename(tmp_path / "damaged.json")
    keys("restore", tmp_path / "b.json")
    assert ring(office).signing_id == 1


def test_a_backup_inside_the_workspace_is_warned_about(keys: Keys, office: Workspace) -> None:
    assert "would be lost with it" in keys("backup", "--out", office.root / "b.json")


def test_no_file_is_written_over_and_nothing_is_asked_first(
    keys: Keys, office: Workspace, tmp_path: Path, phrase: Path
) -> None:
    out = tmp_path / "b.json"
    out.write_bytes(b"mine")
    phrase.unlink()
    for path in (out, office.keys_file.with_name("backup.json")):
        part_name(path).write_bytes(b"half, from a run that was cut short")

    with pytest.raises(OmrError, match="is there already"):
        keys("backup", "--out", out)
    assert list(tmp_path.rglob("*.part")) == []
    with pytest.raises(OmrError, match="is there already"):
        keys("export", "--out", out, "--year", 2026)
    assert out.read_bytes() == b"mine"
