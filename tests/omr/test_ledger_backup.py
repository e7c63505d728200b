"""Backups come back as they were, a newer ledger is never lost, and a ledger can move."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from make_ledger import LAYOUT, add_file, add_page, ledger_url, seen, take

from omr.cli import main
from omr.errors import InputUnusable, LedgerUnusable, UsageError
from omr.ledger import Ledger, issued
from omr.ledger.backup import make_backup
from omr.ledger.checking import check_ledger
from omr.ledger.copying import copy_ledger, table_sums
from omr.ledger.counter import Counter
from omr.ledger.older_copy import OlderCopy
from omr.ledger.restoring import Restored, restore_backup
from omr.pictures import PictureStore
from omr.provinces import find_province
from omr.workspace import Workspace, init_workspace, open_workspace


@pytest.fixture
def office(tmp_path: Path, database: str) -> Workspace:
    """A workspace with a form that was read, and a picture of it."""
    root = tmp_path / "office"
    init_workspace(root, find_province("31"), lambda url: Ledger.create(url).close())
    if database == "server":
        url = ledger_url(root)
        settings = root / "omr.toml"
        text = settings.read_text(encoding="utf-8").replace('url = ""', f'url = "{url}"')
        settings.write_text(text, encoding="utf-8")
        (root / "ledger.db").unlink()
        (root / "ledger.db.counter").unlink()
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        issued.keep_layout(ledger, LAYOUT)
        serial = str(next(take(ledger, 2).serials()))
        source_id, batch_id = add_file(ledger)
        keep = PictureStore(workspace.evidence_folder).keep
        sheets = [seen(serial)]
        add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=sheets)
        add_page(
            ledger,
            source_id=source_id,
            batch_id=batch_id,
            sheets=[seen(serial, page=1)],
            picture_of=lambda _seen: b"a picture",
            keep_picture=keep,
            same_paper=lambda *_: False,
        )
    return workspace


def _backed_up(office: Workspace, name: str = "backup.omr") -> Path:
    file = office.root.parent / name
    with Ledger.open(office.ledger_url) as ledger:
        made = make_backup(office, ledger, file)
    assert made.checked.findings == ()
    assert made.missing == 0
    return file


def _restored(root: Path, file: Path, *, why: str | None = None, files: bool = False) -> Restored:
    return restore_backup(root, file, older=why is not None, why=why, by="an", replace_files=files)


def _sums(url: str) -> object:
    with Ledger.open(url) as ledger, ledger.read() as connection:
        return table_sums(connection)


def test_a_backup_holds_everything_but_the_keys_and_comes_back_in_a_new_folder(
    office: Workspace, tmp_path: Path, database: str
) -> None:
    file = _backed_up(office)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    assert not any("key" in name for name in names)
    before = _sums(office.ledger_url)
    new = tmp_path / "new"
    if database == "server":  # the server's database was lost as well: an empty one is there
        from postgres_server import empty_database

        url = office.ledger_url
        _put_url(file, url, empty_database())

    done = _restored(new, file)

    workspace = open_workspace(new)
    assert _sums(workspace.ledger_url) == before
    assert done.checked.findings == ()
    assert done.pictures == 1
    for path in (*office.evidence_folder.rglob("*.jpg"), office.units_file):
        assert (new / path.relative_to(office.root)).read_bytes() == path.read_bytes()
    with Ledger.open(workspace.ledger_url) as ledger:
        assert take(ledger, 1).first == 3
    again = _backed_up(workspace, "next.omr")
    if database == "server":
        with pytest.raises(UsageError, match="something in that database"):
            _restored(new, again)
    else:
        assert _restored(new, again).pictures == 0


@pytest.mark.embedded
def test_what_interrupted_backups_and_copies_left_is_taken_away(
    office: Workspace, tmp_path: Path
) -> None:
    """Also where the backup got its name before the power went."""
    left = tmp_path / ".omr-backup-x1y2"
    made = _backed_up(office)
    for again in ("backup.omr", "next.omr"):
        left.mkdir()
        (left / "ledger.db").write_bytes(b"what people answered")
        assert main(
            ["ledger", "backup", "--workspace", str(office.root), f"{tmp_path}/{again}"]
        ) == (2 if again == made.name else 0)
        assert not left.exists()
    (office.root / ".omr-restore-x1y2").mkdir()
    _restored(office.root, made)
    assert list(office.root.glob(".omr-*")) == []

    half = tmp_path / f"copy.db.{os.getpid()}.new"  # every command in a container has one number
    shutil.copyfile(office.root / "ledger.db", half)
    with Ledger.open(office.ledger_url) as ledger:
        copy_ledger(ledger, f"sqlite:///{tmp_path}/copy.db")
    assert not half.exists()


@pytest.mark.embedded
def test_a_copy_for_which_there_is_no_room_never_gets_its_name(
    office: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(path: Path) -> None:
        raise LedgerUnusable(f"{path} is not all of it: database or disk is full")

    monkeypatch.setattr("omr.ledger.copying.make_one_file", no_room)
    with Ledger.open(office.ledger_url) as ledger, pytest.raises(LedgerUnusable, match="full"):
        copy_ledger(ledger, f"sqlite:///{tmp_path}/copy.db")

    assert list(tmp_path.glob("copy.db*")) == []


@pytest.mark.embedded
def test_a_write_ahead_log_that_was_left_alone_is_not_taken_for_the_restored_ledger_s(
    office: Workspace,
) -> None:
    file = _backed_up(office)
    before = _sums(office.ledger_url)
    (office.root / "ledger.db").unlink()
    (office.root / "ledger.db-wal").write_bytes(b"of another ledger")

    _restored(office.root, file)

    assert _sums(office.ledger_url) == before
    [aside] = office.root.glob("ledger-*.db-wal")
    assert aside.read_bytes() == b"of another ledger"


def _put_url(file: Path, old: str, new: str) -> None:
    """Write a backup again with another address in its settings."""
    import hashlib

    with zipfile.ZipFile(file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["omr.toml"] = content["omr.toml"].replace(old.encode(), new.encode())
    manifest = json.loads(content["manifest.json"])
    manifest["files"]["omr.toml"] = hashlib.sha256(content["omr.toml"]).hexdigest()
    content["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)


@pytest.mark.embedded
def test_a_newer_ledger_is_replaced_only_with_a_reason_and_kept_aside(office: Workspace) -> None:
    file = _backed_up(office)
    with Ledger.open(office.ledger_url) as ledger:
        take(ledger, 5)
    newer = _sums(office.ledger_url)

    with pytest.raises(OlderCopy, match="goes on to entry"):
        _restored(office.root, file)
    assert _sums(office.ledger_url) == newer
    with pytest.raises(UsageError, match="reason"):
        _restored(office.root, file, why=" ")

    done = _restored(office.root, file, why="sai tháng")
    assert done.ledger_aside is not None
    shutil.copy(office.ledger_counter, f"{done.ledger_aside}.counter")
    with Ledger.open_copy(f"sqlite:///{done.ledger_aside}") as aside, aside.read() as connection:
        assert table_sums(connection) == newer
    with Ledger.open(office.ledger_url) as ledger:
        assert [said["why"] for _e, _at, said in check_ledger(ledger).accepted] == ["sai tháng"]


@pytest.mark.embedded
def test_a_ledger_that_was_lost_or_damaged_comes_back_without_a_reason(office: Workspace) -> None:
    file = _backed_up(office)
    before = _sums(office.ledger_url)
    for harm in (Path.unlink, lambda path: path.write_bytes(b"garbage " * 999)):
        harm(office.ledger_file)

        assert _restored(office.root, file).checked.findings == ()
        assert _sums(office.ledger_url) == before


@pytest.mark.embedded
def test_a_ledger_that_another_program_has_open_is_not_replaced(office: Workspace) -> None:
    file = _backed_up(office)
    with Ledger.open(office.ledger_url) as ledger, ledger.read() as connection:
        connection.execute(sa.text("select count(*) from sheet")).scalar_one()
        with pytest.raises(LedgerUnusable, match="another program"):
            _restored(office.root, file)


@pytest.mark.embedded
def test_edited_files_stay_as_they_are_unless_they_are_asked_for(office: Workspace) -> None:
    file = _backed_up(office)
    text = office.units_file.read_bytes()
    office.units_file.write_bytes(text + b"\n")

    assert _restored(office.root, file).kept == (Path("units.csv"),)
    assert office.units_file.read_bytes() == text + b"\n"
    [aside] = _restored(office.root, file, files=True).replaced
    assert office.units_file.read_bytes() == text
    assert aside.read_bytes() == text + b"\n"


@pytest.mark.embedded
def test_a_damaged_backup_is_refused_before_anything_is_changed(
    office: Workspace, tmp_path: Path
) -> None:
    data = bytearray(_backed_up(office).read_bytes())
    with zipfile.ZipFile(tmp_path / "backup.omr") as archive:
        members = {info.filename: info for info in archive.infolist()}
    before = sorted(office.root.rglob("*"))
    picture = next(name for name in members if name.startswith("evidence"))
    for name in ("ledger.db", "omr.toml", picture):
        bad = bytearray(data)
        start = members[name].header_offset + 30 + len(name)  # and an extra field
        start += int.from_bytes(data[members[name].header_offset + 28 :][:2], "little")
        at = start + members[name].compress_size // 2
        bad[at] ^= 0xFF
        (tmp_path / "bad.omr").write_bytes(bad)
        with pytest.raises(InputUnusable):
            _restored(office.root, tmp_path / "bad.omr")
    for cut in (0, 10, len(data) // 2, len(data) - 5):
        (tmp_path / "bad.omr").write_bytes(data[:cut])
        with pytest.raises(InputUnusable, match="no backup"):
            _restored(tmp_path / "fresh", tmp_path / "bad.omr")
    assert sorted(office.root.rglob("*")) == before


@pytest.mark.embedded
@pytest.mark.parametrize(
    "name", ["../outside.toml", "surveys/../../x.toml", "/etc/x", "keys/signing-keys.json", "a.py"]
)
def test_no_name_in_a_backup_becomes_another_path(tmp_path: Path, name: str) -> None:
    told = {
        "omr-backup": 1,
        "made_at": "",
        "head": {"entry": 1, "hash": "", "at": ""},
        "tables": {},
        "files": {name: "0" * 64},
    }
    with zipfile.ZipFile(tmp_path / "bad.omr", "w") as archive:
        archive.writestr(name, b"x")
        archive.writestr("manifest.json", json.dumps(told))

    with pytest.raises(InputUnusable, match="table of contents"):
        _restored(tmp_path / "new", tmp_path / "bad.omr")
    assert not (tmp_path / "outside.toml").exists()


@pytest.mark.server
def test_a_ledger_moves_to_a_server_and_back_and_goes_on(tmp_path: Path) -> None:
    from full_ledger import full_ledger
    from make_ledger import Kind
    from postgres_server import empty_database

    Kind.choose_files()
    server, back = empty_database(), f"sqlite:///{tmp_path / 'back.db'}"
    with full_ledger(tmp_path) as ledger:
        there = copy_ledger(ledger, server)
        with pytest.raises(UsageError, match="something in that database"):
            copy_ledger(ledger, server)
    with Ledger.open(server) as ledger:
        taken = take(ledger, 2, domain="THAM")
        assert check_ledger(ledger).findings == ()
        here = copy_ledger(ledger, back)
        with pytest.raises(UsageError, match="there already"):
            copy_ledger(ledger, back)
    with Ledger.open(back) as ledger:
        assert take(ledger, 1, domain="THAM").first == taken.first + 2
        assert check_ledger(ledger).findings == ()

    assert there.tables.keys() == here.tables.keys()
    assert here.tables["issued"].rows == there.tables["issued"].rows + 2
    changed = {name for name in here.tables if here.tables[name] != there.tables[name]}
    assert "sheet" not in changed
    assert Counter(tmp_path / "back.db.counter").read() is not None


def test_the_commands_say_what_they_found(
    office: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    at = ["--workspace", str(office.root)]
    assert main(["ledger", "check", *at]) == 0
    seal = capsys.readouterr().out.split("note this down: ")[1].strip()
    with Ledger.open(office.ledger_url) as ledger:
        take(ledger, 1)
    assert main(["ledger", "check", "--noted", seal, *at]) == 0
    assert main(["ledger", "check", "--noted", seal[:-1] + "x", *at]) == 2
    other = seal[:-1] + ("0" if seal[-1] != "0" else "1")
    assert main(["ledger", "check", "--noted", other, *at]) == 4

    assert main(["ledger", "backup", str(tmp_path / "b.omr"), *at]) == 0
    assert "restored for a trial" in capsys.readouterr().out
    [picture] = office.evidence_folder.rglob("*.jpg")
    picture.write_bytes(b"another")
    assert main(["ledger", "check", *at]) == 4
    assert "is damaged" in capsys.readouterr().out
    picture.unlink()
    assert main(["ledger", "check", *at]) == 0
    assert "1 pictures are not kept" in capsys.readouterr().out
    assert main(["ledger", "accept-older", "--why", " ", *at]) == 2
