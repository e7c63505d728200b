"""``omr keys export`` and ``import``: what another office gets, and that nothing leaks."""

from __future__ import annotations

import base64
import json
import traceback
from pathlib import Path

import pytest
from keys_office import PHRASE, Keys, code, keys_of, phrase_in, ring, sealed_cheaply
from make_keys import secrets_in

from omr.codes import CodeBody, CodeFault, Verifier
from omr.errors import ExitCode, OmrError
from omr.keys import load_keyring
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


def test_a_station_that_scans_verifies_one_year_and_prints_nothing(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    keys("rotate")
    said = keys("export", "--out", tmp_path / "2026.json", "--year", 2026)
    assert "verifies forms of 2026, prints none; keys 1, 2" in said
    assert "Send the passphrase by another way" in said
    station = init_workspace(tmp_path / "station", find_province("31")).workspace
    own = ring(station)

    with pytest.raises(OmrError, match="a key of its own; nothing was changed"):
        keys("import", tmp_path / "2026.json", at=station)
    assert ring(station) == own
    said = keys("import", tmp_path / "2026.json", "--set-aside", at=station)

    assert "key 2: verifies forms of 2026, cannot sign" in said
    (aside,) = station.keys_file.parent.glob("*set-aside*")
    assert load_keyring(aside) == own
    for key in ring(office).keys:
        assert key.master is not None
        verifier = Verifier(ring(station))
        assert isinstance(verifier.verify(code(key.key_id, key.master)), CodeBody)
        assert verifier.verify(code(key.key_id, key.master, 2027)) is CodeFault.UNKNOWN_KEY
    for command in (["rotate"], ["export", "--out", tmp_path / "x.json", "--year", 2026]):
        with pytest.raises(OmrError):
            keys(*command, at=station)
    assert "is here already" in keys("import", tmp_path / "2026.json", at=station)


def test_a_station_without_keys_takes_an_export_at_once_and_the_next_year_s_later(
    keys: Keys, tmp_path: Path
) -> None:
    station = init_workspace(tmp_path / "station", find_province("31")).workspace
    station.keys_file.unlink()
    for year in (2026, 2027):
        keys("export", "--out", tmp_path / f"{year}.json", "--year", year, "--key", 1)
        keys("import", tmp_path / f"{year}.json", at=station)

    assert "verifies forms of 2026, 2027, cannot sign" in keys("list", at=station)


def test_a_station_cannot_print(
    keys: Keys, office: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from omr.cli import main
    from omr.ledger import Ledger

    keys("export", "--out", tmp_path / "2026.json", "--year", 2026)
    station = init_workspace(
        tmp_path / "station", find_province("31"), lambda url: Ledger.create(url).close()
    ).workspace
    keys("import", tmp_path / "2026.json", "--set-aside", at=station)
    out = tmp_path / "f.pdf"

    words = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", "1", "--out", str(out)]
    exit_code = main(["forms", "print", *words, "--workspace", str(station.root)])

    assert exit_code == ExitCode.LEDGER_UNUSABLE
    said = capsys.readouterr().err
    assert "no key to sign new ones with" in said
    assert "Print at the office that holds the signing keys" in said
    assert not out.exists()


def test_a_backup_and_an_export_are_never_taken_for_each_other(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    keys("backup", "--out", tmp_path / "b.json")
    keys("export", "--out", tmp_path / "e.json", "--year", 2026)
    before = office.keys_file.read_bytes()

    with pytest.raises(OmrError, match="is a backup of keys that sign") as caught:
        keys("import", tmp_path / "b.json")
    assert "omr keys restore" in caught.value.remedy
    for command in ("restore", "check-backup"):
        with pytest.raises(OmrError, match="only verifies forms of 2026; it is no") as caught:
            keys(command, tmp_path / "e.json")
        assert "omr keys import" in caught.value.remedy
    assert office.keys_file.read_bytes() == before


def test_an_export_that_holds_a_master_after_all_is_refused(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    from omr.key_sealing import Kind, write_sealed

    station = init_workspace(tmp_path / "station", find_province("31")).workspace
    station.keys_file.unlink()
    day = ring(office).keys[0].created
    write_sealed(tmp_path / "e", ring(office), Kind.VERIFY_ONLY, PHRASE, day, cost=2**14)

    with pytest.raises(OmrError, match="holds keys that sign"):
        keys("import", tmp_path / "e", at=station)

    assert not station.keys_file.exists()


def test_no_command_and_no_failure_ever_shows_a_key_or_a_passphrase(
    keys: Keys, office: Workspace, tmp_path: Path, phrase: Path
) -> None:
    backup, export = tmp_path / "b.json", tmp_path / "e.json"
    broken = tmp_path / "broken.json"
    secrets = secrets_in(ring(office))
    told: list[str] = []

    def say(*words: object) -> None:
        try:
            told.append(keys(*words))
        except OmrError as error:
            told.append("".join(traceback.format_exception(error)) + error.remedy)
            cause: BaseException | None = error
            while cause is not None:  # what a debugger or a log of the chain would show
                told.append(repr(cause) + str(cause.args))
                cause = cause.__context__

    for words in (
        ["list"],
        ["rotate"],
        ["rotate", "--id", 1],
        ["rotate", "--id", 300],
        ["withdraw", 2, "--why", "stolen"],
        ["withdraw", 9, "--why", "stolen"],
        ["withdraw", 1, "--why", ""],
        ["backup", "--out", backup],
        ["backup", "--out", backup],
        ["backup", "--out", tmp_path / "no" / "b.json"],
        ["export", "--out", export, "--year", 2026],
        ["export", "--out", tmp_path / "x.json", "--year", 1900],
        ["export", "--out", tmp_path / "x.json", "--year", 2026, "--key", 77],
        ["check-backup", backup],
        ["check-backup", export],
        ["restore", backup],
        ["restore", export],
        ["restore", tmp_path / "none"],
        ["import", export],
        ["import", backup],
        ["withdraw", 1, "--why", "stolen"],
        ["list"],
        ["check-backup", backup],
    ):
        secrets += secrets_in(ring(office))
        say(*words)
    text = office.keys_file.read_text()
    for spoilt in (
        text[:-30],
        text.replace('"master": "', '"master": "!'),
        text.replace('"id": 2', '"id": 1'),
        text.replace('"signing": 2', '"signing": 5'),
        text.replace('"created": "', '"created": "x'),
    ):
        assert spoilt != text
        office.keys_file.write_text(spoilt)
        say("list")
        say("rotate")
        say("restore", backup)
    office.keys_file.write_text(text)
    for raw in (backup.read_bytes()[:-40], office.keys_file.read_bytes(), phrase.read_bytes()):
        broken.write_bytes(raw)
        say("restore", broken)
    phrase.write_text("another one altogether", encoding="utf-8")
    say("restore", backup)
    phrase.write_text("short", encoding="utf-8")
    say("backup", "--out", tmp_path / "x.json")

    assert len(told) > 60
    assert len(set(secrets)) > 30
    shown = "\n".join(told)
    assert "rotate" in shown
    assert not any(secret in shown for secret in {*secrets, PHRASE, "another one altogether"})


def test_files_that_leave_the_office_hold_no_key_in_the_clear(
    keys: Keys, office: Workspace, tmp_path: Path
) -> None:
    keys("rotate")
    keys("backup", "--out", tmp_path / "b.json")
    keys("export", "--out", tmp_path / "e.json", "--year", 2026)

    for path in (tmp_path / "b.json", tmp_path / "e.json"):
        raw = path.read_bytes()
        unpacked = base64.b64decode(json.loads(raw)["sealed"])
        for key in ring(office).keys:
            assert key.master is not None
            assert key.master not in unpacked
        assert not any(secret.encode() in raw for secret in secrets_in(ring(office)))
