"""The counter outside the ledger: an older copy is refused, and nothing else is."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from make_ledger import LAYOUT, fresh_ledger, ledger_url, take

from omr.errors import ExitCode
from omr.ledger import Ledger, counter_of, issued
from omr.ledger.checking import check_ledger
from omr.ledger.connecting import make_engine
from omr.ledger.counter import Counter, CounterDamaged, Seen
from omr.ledger.digests import entry_hash
from omr.ledger.log import Head
from omr.ledger.migrate import _config
from omr.ledger.older_copy import OlderCopy
from omr.ledger.schema import log_entry
from omr.ledger_address import LedgerAddress


@pytest.fixture
def used(tmp_path: Path) -> tuple[str, Path]:
    """A ledger that went on after a copy of it was made: its address, and the copy."""
    url = ledger_url(tmp_path)
    with Ledger.open(url) as ledger:
        take(ledger, 1)
    shutil.copy(tmp_path / "ledger.db", tmp_path / "older.db")
    with Ledger.open(url) as ledger:
        take(ledger, 1)
    return url, tmp_path / "older.db"


@pytest.mark.embedded
def test_an_older_copy_in_the_ledgers_place_is_refused_until_somebody_accepts_it(
    used: tuple[str, Path], tmp_path: Path
) -> None:
    url, older = used
    shutil.copy(older, tmp_path / "ledger.db")

    for attempt in (Ledger.open, Ledger.create):
        with pytest.raises(OlderCopy, match="an older copy: it ends with entry 4") as failure:
            attempt(url)
        assert failure.value.exit_code is ExitCode.LEDGER_UNUSABLE
        assert "accept-older" in failure.value.remedy

    with Ledger.open_older(url, why="đĩa hỏng", by="an") as ledger:
        assert take(ledger, 1).first == 2
    with Ledger.open(url) as ledger:
        [(_entry, _at, said)] = check_ledger(ledger).accepted
    assert (said["why"], said["by"]) == ("đĩa hỏng", "an")
    assert said["instead_of"]["entry"] == 6


@pytest.mark.embedded
def test_another_ledger_is_refused_though_it_is_longer(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    url, other = ledger_url(tmp_path), f"sqlite:///{tmp_path / 'other' / 'ledger.db'}"
    with Ledger.open(url) as ledger, Ledger.create(other) as longer:
        take(ledger, 1)
        issued.keep_layout(longer, LAYOUT)
        for _ in range(4):
            take(longer, 1)
    shutil.copy(tmp_path / "other" / "ledger.db", tmp_path / "ledger.db")

    with pytest.raises(OlderCopy, match="another ledger"):
        Ledger.open(url)


@pytest.mark.embedded
def test_a_crash_before_the_counter_was_written_is_no_fault(used: tuple[str, Path]) -> None:
    url, _older = used
    counter = counter_of(url)
    assert counter is not None
    behind = counter.path.read_bytes()
    with Ledger.open(url) as ledger:
        take(ledger, 1)
        take(ledger, 1)
    counter.path.write_bytes(behind)

    with Ledger.open(url) as ledger:
        head = check_ledger(ledger).head
    assert head is not None
    assert counter.read() == Seen(head.entry, head.hash)


@pytest.mark.embedded
def test_a_ledger_without_its_counter_is_refused_unless_nothing_is_in_it(
    used: tuple[str, Path], tmp_path: Path
) -> None:
    url, _older = used
    new = f"sqlite:///{tmp_path / 'new.db'}"
    Ledger.create(new).close()
    for path in tmp_path.glob("*.counter"):
        path.unlink()

    with pytest.raises(OlderCopy, match=r"counter .* is missing"):
        Ledger.open(url)
    Ledger.open(new).close()
    assert (tmp_path / "new.db.counter").exists()


@pytest.mark.embedded
def test_a_damaged_counter_is_named_and_can_be_begun_anew(used: tuple[str, Path]) -> None:
    url, _older = used
    counter = counter_of(url)
    assert counter is not None
    counter.path.write_bytes(b"\0" * 216)

    with pytest.raises(CounterDamaged, match="damaged"):
        Ledger.open(url)
    Ledger.open_older(url, why="mất điện", by="an").close()
    Ledger.open(url).close()


def _head(entry: int) -> Head:
    return Head(entry, entry_hash("", entry, "", ""), "2026-11-02T00:00:00+00:00")


@pytest.mark.embedded
@given(cut=st.integers(0, 107), entries=st.lists(st.integers(1, 99), min_size=1, max_size=6))
def test_a_note_that_a_power_cut_tears_leaves_the_one_before_it(
    tmp_path_factory: pytest.TempPathFactory, cut: int, entries: list[int]
) -> None:
    counter = Counter(tmp_path_factory.getbasetemp() / "torn.counter")
    counter.start_over(_head(0))
    for entry in entries:
        counter.advance(_head(entry))
    seen = counter.read()
    assert seen is not None
    assert seen.entry == max(entries)

    whole = counter.path.read_bytes()
    counter.advance(_head(100))
    written = counter.path.read_bytes()
    at = 0 if written[:108] != whole[:108] else 108
    torn = whole[:at] + written[at : at + cut] + whole[at + cut :]
    counter.path.write_bytes(torn)

    assert counter.read() in (seen, Seen(100, _head(100).hash))


@pytest.mark.server
def test_each_workspace_of_a_server_has_a_counter_of_its_own(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    here = LedgerAddress(url, tmp_path / "here.counter")
    there = LedgerAddress(url, tmp_path / "there.counter")
    with Ledger.open(here) as ledger, Ledger.open(there) as other:
        take(ledger, 1)
        take(other, 1)
        entry = check_ledger(ledger).head.entry  # type: ignore[union-attr] # it has entries

    with make_engine(url).begin() as connection:  # as if an older dump had been restored
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.execute(log_entry.delete().where(log_entry.c.entry == entry))
    Ledger.open(here).close()  # it had not seen that entry
    with pytest.raises(OlderCopy):
        Ledger.open(there)


@pytest.mark.server
def test_writers_at_the_same_moment_stand_in_one_log_without_a_gap(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    ledgers = [Ledger.open(url) for _ in range(4)]
    failures: list[BaseException] = []

    def print_some(ledger: Ledger, unit: str) -> None:
        try:
            for _ in range(5):
                take(ledger, 2, unit=unit)
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [
        threading.Thread(target=print_some, args=(ledger, f"U{number}"))
        for number, ledger in enumerate(ledgers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checked = check_ledger(ledgers[0])
    for ledger in ledgers:
        ledger.close()

    assert failures == []
    assert checked.findings == ()


def test_an_older_ledger_gets_a_log_of_what_is_in_it(tmp_path: Path) -> None:
    from alembic import command

    if ledger_url(tmp_path).startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        from postgres_server import empty_database

        url = empty_database()
    engine = make_engine(url)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0006")
        for statement in (
            "insert into layout values ('L', '123456', '{}', '2026')",
            "insert into print_run values (1, 'U', 'GTDB', 2026, 1, 1, 'L', 1, 'a5', 50, '2026')",
            "insert into issued values ('GTDB-26-000001-D', 'GTDB', 2026, 1, 1)",
            "insert into batch values (1, '2026-07', 'x', '{}', '2026')",
            "insert into source values (1, 'x', 'b.pdf', 1, 1, 1)",
            (
                "insert into sheet (sheet_id, record_id, source_id, page, sheet, status, "
                "reasons_json, batch_id) values (1, 'r', 1, 0, 0, 'review', '[]', 1)"
            ),
            "insert into answer values (1, 'q1', 'blank', '', '')",
            "insert into decision values (1, 1, 'q1', 'blank', '', 'an', '2026', 1)",
        ):
            connection.exec_driver_sql(statement)
    with Ledger.open(url) as ledger:
        before = check_ledger(ledger)
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("drop trigger decision_no_update")
        else:
            connection.exec_driver_sql("set local session_replication_role = replica")
        connection.execute(sa.text("update decision set decided_by = 'binh'"))
    with Ledger.open(url) as ledger:
        after = check_ledger(ledger)
    engine.dispose()

    assert before.findings == ()
    assert before.records == 8
    assert "decision 1 (b.pdf, page 1)" in {each.record for each in after.findings}


def test_a_transaction_that_fails_leaves_no_entry(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        before = check_ledger(ledger)
        with pytest.raises(sa.exc.IntegrityError), ledger.write() as connection:
            connection.execute(
                sa.insert(log_entry.metadata.tables["run_finished"]).values(
                    run_id=77, finished_at=""
                )
            )
        assert check_ledger(ledger) == before


def test_what_another_process_keeps_while_a_ledger_is_opened_is_no_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = LedgerAddress(ledger_url(tmp_path), tmp_path / "one.counter")
    Counter(url.counter).start_over(_head_of(url))
    genuine = Counter.read

    def slowly(self: Counter) -> Seen | None:
        monkeypatch.setattr(Counter, "read", genuine)
        with Ledger.open(url) as other:
            take(other, 1)
        return genuine(self)

    monkeypatch.setattr(Counter, "read", slowly)
    Ledger.open(url).close()


def _head_of(url: str) -> Head:
    with Ledger.open_copy(url) as ledger:
        head = check_ledger(ledger).head
    assert head is not None
    return head
