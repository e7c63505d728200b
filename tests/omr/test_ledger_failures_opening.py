"""A ledger being made and opened: in memory, while others make it too, and when it fails."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from make_ledger import LAYOUT, ledger_url, take

import omr.ledger
from omr.errors import LedgerUnusable
from omr.ledger import Ledger, counter_of, issued, now, take_drafts_away
from omr.ledger.connecting import make_one_file, remedy
from omr.ledger_address import COUNTER_ENDING

pytestmark = pytest.mark.embedded

_OPENERS: dict[str, Callable[[str], Ledger]] = {
    "create": Ledger.create,
    "open": Ledger.open,
    "open_older": partial(Ledger.open_older, why="thử", by="an"),
    "open_copy": Ledger.open_copy,
}
_every_way = pytest.mark.parametrize("way", _OPENERS)


@_every_way
def test_a_ledger_in_memory_may_be_empty_and_is_filled(way: str) -> None:
    with _OPENERS[way]("sqlite://") as ledger:
        issued.keep_layout(ledger, LAYOUT)
        assert issued.layouts(ledger) == {LAYOUT.layout_id: LAYOUT}
        assert take(ledger, 2).first == 1


@_every_way
def test_a_ledger_that_is_there_is_opened_with_what_is_in_it(tmp_path: Path, way: str) -> None:
    url = ledger_url(tmp_path)
    with Ledger.open(url) as ledger:
        take(ledger, 5)

    with _OPENERS[way](url) as ledger:
        assert issued.layouts(ledger) == {LAYOUT.layout_id: LAYOUT}
        assert take(ledger, 1).first == 6


def test_a_copy_is_compared_with_no_counter_and_writes_none(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with Ledger.open(url) as ledger:
        take(ledger, 5)
    counter = tmp_path / f"ledger.db{COUNTER_ENDING}"
    before = counter.read_bytes()
    shutil.copyfile(tmp_path / "ledger.db", tmp_path / "copy.db")

    with Ledger.open_copy(f"sqlite:///{tmp_path / 'copy.db'}") as copy:
        assert take(copy, 1).first == 6
    assert counter.read_bytes() == before
    assert not (tmp_path / f"copy.db{COUNTER_ENDING}").exists()
    with pytest.raises(LedgerUnusable, match=f"no ledger at {tmp_path / 'none.db'}"):
        Ledger.open_copy(f"sqlite:///{tmp_path / 'none.db'}")


def test_a_ledgers_counter_lies_beside_its_file(tmp_path: Path) -> None:
    assert counter_of("sqlite://") is None
    with Ledger.create(f"sqlite:///{tmp_path / 'sổ.db'}"):
        pass
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["sổ.db", f"sổ.db{COUNTER_ENDING}"]


@_every_way
def test_a_name_that_no_disk_can_hold_is_refused_with_what_to_do(tmp_path: Path, way: str) -> None:
    if way == "create":
        tmp_path = tmp_path / "none"
    with pytest.raises(LedgerUnusable) as refusal:
        _OPENERS[way](f"sqlite:///{tmp_path / ('x' * 300)}")
    assert refusal.value.remedy == remedy("unable to open")
    assert refusal.value.message.startswith("the ledger cannot be used: ")
    assert "None" not in refusal.value.message


@pytest.mark.parametrize("why", ["no room", "closed to us"])
def test_a_draft_that_cannot_be_finished_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    def fails(draft: Path) -> None:
        assert draft.name == f"ledger.db.{os.getpid()}.new"
        for ending in ("-wal", "-shm"):
            draft.with_name(draft.name + ending).write_bytes(b"left")
        raise OSError(why)

    monkeypatch.setattr(omr.ledger, "make_one_file", fails)
    with pytest.raises(LedgerUnusable) as refusal:
        Ledger.create(f"sqlite:///{tmp_path / 'ledger.db'}")

    assert refusal.value.message == f"the ledger cannot be used: {why}"
    assert refusal.value.remedy == remedy("unable to open")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_somebody_else_made_meanwhile_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    url = ledger_url(tmp_path / "other")
    with Ledger.open(url) as ledger:
        take(ledger, 7)
    finish = make_one_file

    def meanwhile(draft: Path) -> None:
        finish(draft)
        for ending in ("", COUNTER_ENDING):
            shutil.copyfile(tmp_path / f"other/ledger.db{ending}", tmp_path / f"ledger.db{ending}")

    monkeypatch.setattr(omr.ledger, "make_one_file", meanwhile)
    with Ledger.create(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        assert take(ledger, 1).first == 8
    assert not list(tmp_path.glob("*.new*"))


def _drafts(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).touch()
    return folder / "ledger.db"


def _left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_only_drafts_of_makers_that_are_gone_are_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = os.getpid()
    asked = []

    def kill(number: int, signal: int) -> None:
        asked.append((number, signal))
        if number == ours + 1:
            raise ProcessLookupError
        if number == ours + 2:
            raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    stays = {
        "ledger.db",
        f"ledger.db.{ours + 2}.new",  # somebody else's
        f"ledger.db.{ours + 3}.new",
        f"ledger.db.{ours + 3}.new-wal",
        f"ledger.db.{ours + 1}.old",
        f"other.db.{ours + 1}.new",
    }
    goes = {
        f"ledger.db.{ours}.new",
        f"ledger.db.{ours + 1}.new",
        f"ledger.db.{ours + 1}.new-shm",
        "ledger.db.x7.new",
    }
    take_drafts_away(_drafts(tmp_path, *stays, *goes))
    assert _left(tmp_path) == stays
    assert {number for number, _signal in asked} == {ours + 1, ours + 2, ours + 3}
    assert {signal for _number, signal in asked} == {0}  # which asks, and ends nothing


def test_on_windows_nobody_is_asked_whether_a_maker_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(_number: int, _signal: int) -> None:
        pytest.fail("there it would end the other one")

    windows = SimpleNamespace(name="nt", getpid=os.getpid, kill=kill)
    monkeypatch.setattr(omr.ledger, "os", windows)
    take_drafts_away(_drafts(tmp_path, f"ledger.db.{os.getpid() + 1}.new"))
    assert _left(tmp_path) == set()


def test_a_draft_that_is_still_open_does_not_stop_the_others_from_being_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _drafts(tmp_path, "ledger.db.x.new", "ledger.db.y.new")
    unlink = Path.unlink

    def held(draft: Path) -> None:
        if ".x." in draft.name:
            raise PermissionError
        unlink(draft)

    monkeypatch.setattr(Path, "unlink", held)
    take_drafts_away(path)
    assert _left(tmp_path) == {"ledger.db.x.new"}


@pytest.mark.parametrize("table", ["create table alembic_version (version_num text)", ""])
def test_a_database_of_no_version_is_no_ledger(tmp_path: Path, table: str) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as direct:
        direct.execute(table or "create table thoughts (thought text)")
    direct.close()

    for way in ("open", "open_copy", "create"):
        with pytest.raises(LedgerUnusable) as refusal:
            _OPENERS[way](f"sqlite:///{path}")
        assert refusal.value.message == f"there is no ledger in the file {path}"
        assert refusal.value.remedy == "Put the newest backup in its place."


def test_a_newer_version_is_refused_in_every_way_with_what_to_do(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with sqlite3.connect(tmp_path / "ledger.db") as direct:
        direct.execute("update alembic_version set version_num = '9999'")
    direct.close()
    for opener in _OPENERS.values():
        with pytest.raises(LedgerUnusable) as refusal:
            opener(url)
        assert refusal.value.message == "the ledger was made by a newer version of omr"
        assert refusal.value.remedy == "Install the newest version, then run the command again."


def test_the_present_is_written_in_utc_to_the_second() -> None:
    moment = now()
    assert len(moment) == len("2026-11-02T07:05:00+00:00")
    assert moment.endswith("+00:00")


def test_what_was_accepted_as_older_stays_in_the_log_and_counts_on(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    early = tmp_path / "early.db"
    with Ledger.open(url) as ledger:
        take(ledger, 1)
    shutil.copyfile(tmp_path / "ledger.db", early)
    with Ledger.open(url) as ledger:
        take(ledger, 1)
    shutil.copyfile(early, tmp_path / "ledger.db")
    with pytest.raises(LedgerUnusable):
        Ledger.open(url)
    with Ledger.open_copy(url):
        pass  # a copy is looked at whatever was seen here

    with Ledger.open_older(url, why="the disk broke", by="hoa") as ledger:
        assert take(ledger, 1).first == 2
    with Ledger.open(url) as ledger:
        assert take(ledger, 1).first == 3
    text = (tmp_path / "ledger.db").read_bytes()
    assert b"the disk broke" in text
    assert b"hoa" in text
