"""``omr keys`` as people use it: rotate, withdraw, back up, restore, hand on; nothing leaks."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from make_keys import secrets_in
from typer.testing import CliRunner

from omr import key_commands
from omr.codes import CodeBody, CodeFault, Verifier, campaign_key, sign
from omr.errors import ExitCode, OmrError
from omr.keys import Keyring, load_keyring
from omr.keys_cli import app
from omr.provinces import find_province
from omr.workspace import Workspace, init_workspace

PHRASE = "bốn con trâu xanh uống trà"
Keys = Callable[..., str]


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least cost that files may have; the same code, 8 times as fast."""
    for name in ("back_up_keys", "export_keys"):
        command = getattr(key_commands, name)
        monkeypatch.setitem(command.__kwdefaults__, "cost", 2**14)


@pytest.fixture
def office(tmp_path: Path) -> Workspace:
    return init_workspace(tmp_path / "office", find_province("31")).workspace


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    path = tmp_path / "phrase"
    path.write_text(PHRASE + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def keys(office: Workspace, phrase: Path) -> Keys:
    """Run a command in the office, or in another workspace; what it printed."""

    def run(*words: object, at: Workspace = office) -> str:
        asks = {"backup", "restore", "check-backup", "export", "import"}
        more = ["--passphrase-file", str(phrase)] if words[0] in asks else []
        done = CliRunner().invoke(
            app, [*map(str, words), *more, "--workspace", str(at.root)], catch_exceptions=True
        )
        if isinstance(done.exception, OmrError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


def ring(workspace: Workspace) -> Keyring:
    return load_keyring(workspace.keys_file)


def code(key_id: int, master: bytes, year: int = 2026) -> str:
    return sign(CodeBody(key_id, year, 7, 3, 417, "9F2C11"), campaign_key(master, year))


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
    keys: Keys, tmp_path: Path, phrase: Path
) -> None:
    out = tmp_path / "b.json"
    out.write_bytes(b"mine")
    phrase.unlink()

    with pytest.raises(OmrError, match="is there already"):
        keys("backup", "--out", out)
    with pytest.raises(OmrError, match="is there already"):
        keys("export", "--out", out, "--year", 2026)
    assert out.read_bytes() == b"mine"


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
