from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from make_ledger import add_file, add_page, fresh_ledger, ledger_url, seen, take

import omr.ledger.connecting
from omr.errors import ExitCode, LedgerUnusable
from omr.ledger import Ledger, issued, readings
from omr.ledger.connecting import remedy
from omr.ledger.schema import metadata


@contextmanager
def _named(match: str) -> Iterator[None]:
    """The block must fail as people can understand: what, what to do, and exit code 4."""
    with pytest.raises(LedgerUnusable, match=match) as failure:
        yield
    assert failure.value.exit_code is ExitCode.LEDGER_UNUSABLE
    assert failure.value.remedy
    assert "\n" not in failure.value.message


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(omr.ledger.connecting, "BUSY_TIMEOUT_MS", 50)


@pytest.mark.embedded
def test_a_missing_ledger_is_named_and_not_made(tmp_path: Path) -> None:
    with _named("no ledger at"):
        Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.embedded
def test_a_folder_in_the_ledgers_place_is_named(tmp_path: Path) -> None:
    with _named("no ledger at"):
        Ledger.open(f"sqlite:///{tmp_path}")


@pytest.mark.embedded
def test_a_ledger_in_a_folder_that_does_not_exist_cannot_be_made(tmp_path: Path) -> None:
    with _named("unable to open"):
        Ledger.create(f"sqlite:///{tmp_path / 'none' / 'ledger.db'}")


@pytest.mark.embedded
@pytest.mark.parametrize(
    "content",
    [b"garbage " * 1000, b"PK\x03\x04 a zip file" * 500, b"SQLite format 3\0" + b"\xff" * 5000],
    ids=["garbage", "zip", "only the head is right"],
)
def test_a_file_that_is_no_database_is_named_and_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)

    for attempt in (Ledger.open, Ledger.create):
        with _named(r"cannot be used"):
            attempt(f"sqlite:///{path}")
    assert path.read_bytes() == content


@pytest.mark.embedded
def test_an_emptied_ledger_is_never_taken_for_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()

    for attempt in (Ledger.open, Ledger.create):
        with _named("no ledger in the file"):
            attempt(f"sqlite:///{path}")


@pytest.mark.embedded
def test_another_programs_database_is_not_filled_with_our_tables(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as alien:
        alien.execute("create table thoughts (thought text)")
    alien.close()

    with _named("no ledger in the file"):
        Ledger.open(f"sqlite:///{path}")

    with sqlite3.connect(path) as alien:
        names = alien.execute("select name from sqlite_master").fetchall()
    alien.close()
    assert names == [("thoughts",)]


def _bigger_ledger(folder: Path) -> str:
    url = ledger_url(folder, "whole.db")
    with Ledger.open(url) as ledger:
        for _ in range(3):
            take(ledger, 400)
    return url


@pytest.mark.embedded
@settings(max_examples=40, deadline=None)
@given(share=st.floats(0, 0.9999))
def test_a_ledger_cut_off_anywhere_is_named_or_still_counts_on(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    _bigger_ledger(folder)
    whole = (folder / "whole.db").read_bytes()
    path = folder / "ledger.db"
    path.write_bytes(whole[: int(len(whole) * share)])

    try:
        with Ledger.open(f"sqlite:///{path}") as ledger:
            first = take(ledger, 1).first
    except LedgerUnusable:
        first = 1201
    assert first == 1201
    shutil.rmtree(folder)


@pytest.mark.embedded
def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with sqlite3.connect(tmp_path / "ledger.db") as direct:
        direct.execute("update alembic_version set version_num = '9999'")
    direct.close()

    for attempt in (Ledger.open, Ledger.create):
        with _named("newer version") as _:
            attempt(url)


@pytest.mark.embedded
@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ledger.db",
        "oops://somewhere/ledger",
        "mysql://somewhere/ledger",
        "postgresql://nobody@127.0.0.1:1/ledger",
        "http://127.0.0.1/ledger",
    ],
)
def test_an_address_that_leads_nowhere_is_named(url: str) -> None:
    for attempt in (Ledger.open, Ledger.create):
        with _named("."):
            attempt(url)


@pytest.mark.embedded
def test_a_password_in_the_address_does_not_get_into_the_message() -> None:
    for url in ("postgresql://omr:hunter2@127.0.0.1:1/x", "oops://omr:hunter2@127.0.0.1/x"):
        with pytest.raises(LedgerUnusable) as failure:
            Ledger.open(url)
        assert "hunter2" not in failure.value.message + failure.value.remedy


@contextmanager
def _held_by_another_program(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    try:
        yield
    finally:
        other.execute("rollback")
        other.close()


@pytest.mark.embedded
@pytest.mark.usefixtures("impatient")
def test_a_ledger_that_another_program_writes_to_is_named_and_works_afterwards(
    tmp_path: Path,
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        with _held_by_another_program(tmp_path / "ledger.db"), _named("locked"):
            take(ledger, 5)

        assert take(ledger, 5).first == 1


@pytest.mark.embedded
@pytest.mark.usefixtures("impatient")
def test_a_ledger_that_another_program_writes_to_can_still_be_read(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with (
        _held_by_another_program(tmp_path / "ledger.db"),
        Ledger.open(url) as ledger,
    ):
        assert len(issued.layouts(ledger)) == 1


@pytest.mark.embedded
@pytest.mark.parametrize("cause", ["database or disk is full", "disk I/O error"])
def test_the_remedy_for_a_full_disk_is_to_free_some_space(cause: str) -> None:
    """The second is what SQLite says where its shared index finds no room."""
    assert remedy(cause).startswith("Free some space")


@pytest.mark.embedded
@pytest.mark.usefixtures("impatient")
def test_the_remedy_for_a_locked_ledger_is_to_wait(tmp_path: Path) -> None:
    with (
        fresh_ledger(tmp_path) as ledger,
        _held_by_another_program(tmp_path / "ledger.db"),
        pytest.raises(LedgerUnusable) as failure,
    ):
        take(ledger, 5)
    assert "Wait" in failure.value.remedy


def _disk_is_full(path: Path) -> Callable[[sqlite3.Connection, object], None]:
    pages = path.stat().st_size // 4096

    def limit(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute(f"pragma max_page_count = {pages + 1}")

    return limit


@pytest.mark.embedded
def test_a_full_disk_is_named_and_leaves_no_half_run(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with Ledger.open(url) as ledger:
        limit = _disk_is_full(tmp_path / "ledger.db")
        ledger._engine.dispose()
        sa.event.listen(ledger._engine, "connect", limit)
        with _named("full"):
            take(ledger, 5000)
        sa.event.remove(ledger._engine, "connect", limit)

    with Ledger.open(url) as ledger:
        assert take(ledger, 5).first == 1
        with ledger.read() as connection:
            runs = sa.select(sa.func.count()).select_from(metadata.tables["print_run"])
            assert connection.execute(runs).scalar_one() == 1


def test_an_exception_inside_a_transaction_undoes_all_of_it(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        row = metadata.tables["code_number"].insert().values(kind="unit", code="U", number=1)
        with pytest.raises(ZeroDivisionError), ledger.write() as connection:
            connection.execute(row.values(number=connection.execute(row).rowcount // 0))
        assert issued.code_numbers(ledger) == {}


def test_a_reader_sees_one_moment_while_another_writes(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        source_id, batch_id = add_file(ledger)
        serials = [str(serial) for serial in take(ledger, 700).serials()]
        pages = [
            readings.Page(source_id, batch_id, [seen(serial, page=page)])
            for page, serial in enumerate(serials[:600])
        ]
        readings.add_pages(ledger, pages)
        rows = readings.sheet_rows(ledger)
        first = next(rows)
        add_page(
            ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(serials[650], page=650)]
        )

        assert 1 + sum(1 for _ in rows) == 600
        assert first.reading.serial == serials[0]


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may write anywhere, so the block runs as somebody who may not."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


@pytest.mark.embedded
@pytest.mark.skipif(sys.platform == "win32", reason="permissions work otherwise there")
@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_a_ledger_that_may_not_be_written_is_named(folder_mode: int) -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        folder = Path(name)
        url = ledger_url(folder)
        (folder / "ledger.db").chmod(0o444)
        folder.chmod(folder_mode)
        try:
            with (
                _as_nobody(),
                pytest.raises(LedgerUnusable) as failure,
                Ledger.open(url) as ledger,
            ):
                take(ledger, 1)
        finally:
            folder.chmod(0o755)

    assert failure.value.exit_code == 4
    assert failure.value.remedy == "Check that you may write to the workspace folder."
