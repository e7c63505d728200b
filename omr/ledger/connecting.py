"""From a ledger's address to connections that keep its promises, and failures in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import LRUCache

from omr.errors import LedgerUnusable
from omr.i18n import _

BUSY_TIMEOUT_MS = 30_000  # another process of ours may hold the write lock for a page or two
_MOST_STATEMENTS = 500  # SQLAlchemy's own measure for one engine
_SERVER = "postgresql"


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite *url*; None for a server."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise LedgerUnusable(
            _("ledger.url in omr.toml is no database address"),
            _("Leave it empty, or write postgresql://USER@HOST/NAME"),
        ) from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def with_path(url: str, path: Path) -> str:
    """*url* of a SQLite file with another file in it."""
    return make_url(url).set(database=str(path)).render_as_string(hide_password=False)


def make_engine(url: str) -> Engine:
    """What opens connections to *url*.

    Raises:
        LedgerUnusable: If there is no such kind of database, or its driver is missing.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == _SERVER:  # which driver that means differs with SQLAlchemy
            parsed = parsed.set(drivername=f"{_SERVER}+psycopg")
        server = parsed.get_backend_name() == _SERVER
        # A database may be set to another level than the one that writing counts on.
        engine = create_engine(parsed, **({"isolation_level": "READ COMMITTED"} if server else {}))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise LedgerUnusable(
            _("this kind of ledger cannot be opened: {why}").format(why=error),
            _("Leave ledger.url in omr.toml empty to use a file; for PostgreSQL install psycopg."),
        ) from error
    if engine.dialect.name == "sqlite":
        engine = _with_known_statements(engine)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@lru_cache(maxsize=1)
def _known() -> tuple[Dialect, LRUCache[Any, Any]]:
    """A dialect, and the statements that were put into its words."""
    engine = create_engine("sqlite://")
    engine.connect().close()  # then the dialect knows SQLite's version
    engine.dispose()
    return engine.dialect, LRUCache(_MOST_STATEMENTS)


def _with_known_statements(engine: Engine) -> Engine:
    """*engine*, not used yet, that knows what others of this process put into SQLite's words.

    That takes longer than to execute it, and a process opens ledgers again and again. Connections
    are not shared.
    """
    dialect, statements = _known()
    shared = Engine(engine.pool, dialect, engine.url)
    shared.update_execution_options(compiled_cache=statements)
    return shared


def make_one_file(path: Path) -> None:
    """Let a ledger that nobody has open be one file, without a write-ahead log beside it.

    What is closed may still have all of its rows in the log: on a full disk SQLite leaves them
    there and says nothing. So a draft has to go through here before it gets its name.

    Raises:
        LedgerUnusable: If there is no room for that, or somebody has it open.
    """
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("pragma synchronous = full")
            mode = connection.execute("pragma journal_mode = delete").fetchone()[0]
            if mode != "delete":
                raise sqlite3.OperationalError(f"the database is locked: {mode}")
    except sqlite3.Error as error:
        raise LedgerUnusable(
            _("the ledger cannot be used: {why}").format(why=error), remedy(str(error))
        ) from error


def one_at_a_time(connection: Connection, what: str) -> None:
    """Let no other transaction that says the same *what* pass until this one has ended.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == _SERVER:
        connection.execute(text("select pg_advisory_xact_lock(hashtext(:what))"), {"what": what})


@contextmanager
def named_failures() -> Iterator[None]:
    """Turn the database's own failures into ours, with a remedy."""
    try:
        yield
    except IntegrityError:
        raise  # a broken rule is the caller's to understand
    except SQLAlchemyError as error:
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        raise LedgerUnusable(
            _("the ledger cannot be used: {why}").format(why=cause), remedy(cause)
        ) from error


def remedy(cause: str) -> str:
    """What to do about a failure of the database, by its own words."""
    if "locked" in cause:
        return _("Another program is using it. Wait until that has finished, then try again.")
    if "not a database" in cause or "malformed" in cause:
        return _("The file is damaged. Put the newest backup in its place.")
    if "full" in cause or "disk I/O error" in cause:  # SQLite's word where its index finds no room
        return _("Free some space on the disk, then run the command again; nothing was lost.")
    if "readonly" in cause or "unable to open" in cause:
        return _("Check that you may write to the workspace folder.")
    return _("Check ledger.url in omr.toml and that the database is running.")


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so DDL is in it too
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = full")
    cursor.execute("pragma foreign_keys = on")
    # Without this "insert or replace" deletes the old row past the triggers that forbid it.
    cursor.execute("pragma recursive_triggers = on")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("omr_reads", False)
    connection.exec_driver_sql("begin" if reads else "begin immediate")
