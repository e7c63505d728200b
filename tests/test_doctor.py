"""omr doctor: every line is well or has a remedy, and the exit code says what is worst."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from made_workspace import workspace_in

from omr import checkup_machine
from omr.cli import main as omr
from omr.ledger.log import Head
from omr.ledger.schema import HEAD_REVISION
from omr.workspace import Workspace

TOPICS = [
    *("python", "libraries", "fonts", "decoders", "codes", "workspace", "settings", "units"),
    *("surveys", "key", "key-backup", "ledger", "disk", "temp", "clock", "time-zone", "printer"),
    "language",
]


@pytest.fixture
def office(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path / "office")


def looked(root: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code, and every line by its topic."""
    capsys.readouterr()
    code = omr(["doctor", "--json", "--workspace", str(root)])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert said["outcome"] == code
    return code, {line["topic"]: line for line in said["lines"]}


def states(lines: dict[str, dict[str, str]]) -> dict[str, str]:
    return {topic: line["state"] for topic, line in lines.items() if line["state"] != "ok"}


def test_a_new_workspace_is_well_and_asks_for_a_backup_of_its_keys(
    office: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = looked(office.root, capsys)

    assert code == 0
    assert list(lines) == TOPICS
    assert lines["key-backup"]["state"] == "note"
    assert "omr keys backup" in lines["key-backup"]["remedy"]
    assert all(bool(line["remedy"]) is (line["state"] != "ok") for line in lines.values())


def test_people_read_sentences_with_the_remedy_below(
    office: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    (office.root / "units.csv").unlink()

    assert omr(["doctor", "--workspace", str(office.root)]) == 3

    said = capsys.readouterr()
    head, remedy = next(
        (line, after)
        for line, after in zip(said.out.splitlines(), said.out.splitlines()[1:], strict=False)
        if line.startswith("TROUBLE: ")
    )
    assert "units.csv" in head
    assert remedy.startswith("    ")
    assert said.err.startswith("omr: in trouble: units\n")


def test_the_machine_alone_is_looked_at_where_there_is_no_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = looked(tmp_path, capsys)

    assert code == 0
    assert lines["workspace"]["state"] == "note"
    assert {"fonts", "decoders", "clock", "temp"} <= lines.keys()
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_remembered_until_the_keys_change(
    office: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phrase = tmp_path / "phrase"
    phrase.write_text("bốn con mèo đen ngủ trưa\n", encoding="utf-8")
    phrase.chmod(0o600)
    at = ["--workspace", str(office.root)]
    words = ["--passphrase-file", str(phrase)]
    assert omr(["keys", "backup", "--out", str(tmp_path / "keys"), *words, *at]) == 0
    assert "key-backup" not in states(looked(office.root, capsys)[1])

    assert omr(["keys", "rotate", *at]) == 0
    assert states(looked(office.root, capsys)[1])["key-backup"] == "note"
    (office.keys_file.parent / "backup.json").write_text("{", encoding="utf-8")
    assert states(looked(office.root, capsys)[1])["key-backup"] == "note"


def cut_off(office: Workspace) -> None:
    office.ledger_file.write_bytes(office.ledger_file.read_bytes()[:30_000])


def spoilt_inside(office: Workspace) -> None:
    data = bytearray(office.ledger_file.read_bytes())
    data[8 * 4096 : 12 * 4096] = b"\xff" * (4 * 4096)
    office.ledger_file.write_bytes(bytes(data))


def emptied(office: Workspace) -> None:
    office.ledger_file.write_bytes(b"")


def of_a_newer_version(office: Workspace) -> None:
    with closing(sqlite3.connect(office.ledger_file)) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")


@pytest.mark.parametrize(
    "spoil",
    [cut_off, spoilt_inside, emptied, of_a_newer_version, lambda o: o.ledger_file.unlink()],
    ids=["cut-off", "spoilt-inside", "empty", "newer", "gone"],
)
def test_a_ledger_that_cannot_be_used_is_the_worst_of_all(
    office: Workspace, capsys: pytest.CaptureFixture[str], spoil: Any
) -> None:
    (office.root / "units.csv").unlink()
    spoil(office)

    code, lines = looked(office.root, capsys)

    assert code == 4
    assert states(lines)["ledger"] == "trouble"
    assert list(lines) == TOPICS  # one trouble hides no other


def test_an_older_ledger_is_looked_at_and_not_touched(
    office: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(office.ledger_file)) as connection, connection:
        before = f"{int(HEAD_REVISION) - 1:04}"
        connection.execute("update alembic_version set version_num = ?", (before,))
    before = office.ledger_file.read_bytes()

    code, lines = looked(office.root, capsys)

    assert (code, lines["ledger"]["state"]) == (0, "note")
    assert "backup" in lines["ledger"]["remedy"]
    assert office.ledger_file.read_bytes() == before


def test_missing_keys_and_mistakes_in_the_settings_are_named(
    office: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(office.keys_file.parent)
    office.settings_file.write_text("[office]\n", encoding="utf-8")

    code, lines = looked(office.root, capsys)

    assert code == 4
    assert states(lines)["key"] == states(lines)["settings"] == "trouble"
    assert "omr.toml" in lines["settings"]["said"]


def test_a_clock_behind_the_ledger_is_noticed(
    office: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Head(7, "", "2126-01-01T00:00:00+00:00")
    monkeypatch.setattr("omr.ledger.facts.head_of", lambda _connection: late)

    code, lines = looked(office.root, capsys)

    assert code == 3
    assert states(lines)["clock"] == "trouble"
    assert "2126-01-01" in lines["clock"]["said"]


def test_a_full_disk_a_missing_library_and_a_rival_of_opencv_are_noticed(
    office: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(office.root)._replace(free=50_000_000)
    monkeypatch.setattr(checkup_machine.shutil, "disk_usage", lambda _folder: usage)
    needed = [("omr-surveys", "999"), ("no-such-library", "1.0")]
    monkeypatch.setattr(checkup_machine, "_asked_for", lambda: needed)
    monkeypatch.setattr(checkup_machine, "_RIVALS", ("pytest",))

    omr(["doctor", "--workspace", str(office.root)])

    said = capsys.readouterr().out
    assert "no-such-library is missing" in said
    assert "omr-surveys 0.1.0 is older than 999" in said
    assert "pytest is installed over opencv-python-headless" in said
    assert said.count("50 MB free") == 2
