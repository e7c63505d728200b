"""The ledger: the one record of serials, readings and decisions.

SQLAlchemy Core over an embedded SQLite file (WAL, one writer) or a PostgreSQL server. No
SQL is written outside this package; each activity uses its own module here:
:mod:`omr.ledger.issued`, :mod:`omr.ledger.readings`, :mod:`omr.ledger.electronic`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger.schema import HEAD_REVISION

BUSY_TIMEOUT_MS = 30_000  # another process of ours may hold the write lock for a page or two


def now() -> str:
    """The present time as the ledger writes it: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Ledger:
    """An open ledger. Use :meth:`open` or :meth:`create`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading: dict[str, Any] = {"omr_reads": True}
        if engine.dialect.name == "postgresql":  # else every statement sees another moment
            self._reading["isolation_level"] = "REPEATABLE READ"

    @classmethod
    def open(cls, url: str) -> Ledger:
        """Open an existing ledger and bring it to the present version.

        A file without a ledger in it is never filled: it may be all that a full disk or a
        synchronised folder left of one, and an empty ledger would give serials out again.

        Raises:
            LedgerUnusable: If it is missing, damaged, locked or of a newer version.
        """
        path = sqlite_path(url)
        if path is not None and not path.is_file():
            raise LedgerUnusable(
                _("no ledger at {path}").format(path=path),
                _("Make a workspace with: omr init DIR"),
            )
        return cls._opened(url, may_be_empty=path is None)

    @classmethod
    def create(cls, url: str) -> Ledger:
        """Make an empty ledger, or open the one that is there.

        Raises:
            LedgerUnusable: If it cannot be made.
        """
        path = sqlite_path(url)
        if path is None:
            return cls._opened(url, may_be_empty=True)
        if path.exists():
            return cls.open(url)
        # Made under another name, so that an interruption leaves no half of a ledger.
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            cls._opened(_with_path(url, draft), may_be_empty=True).close()
            if not path.exists():
                draft.replace(path)
        except OSError as error:
            raise LedgerUnusable(
                _("the ledger cannot be used: {why}").format(why=error), _remedy("unable to open")
            ) from error
        finally:
            for ending in ("", "-wal", "-shm"):
                draft.with_name(draft.name + ending).unlink(missing_ok=True)
        return cls.open(url)

    @classmethod
    def _opened(cls, url: str, *, may_be_empty: bool) -> Ledger:
        ledger = cls(_engine(url))
        try:
            ledger._come_up_to_date(may_be_empty=may_be_empty)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may change the ledger; all of it or nothing is kept."""
        with _named_failures(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at the ledger."""
        with (
            _named_failures(),
            self._engine.connect().execution_options(**self._reading) as connection,
            connection.begin(),
        ):
            yield connection

    def forget_deleted(self) -> None:
        """Leave nothing of deleted rows in an embedded ledger's file or its write-ahead log.

        A server's own upkeep does the same in time (PostgreSQL: ``vacuum full``).
        """
        if self._engine.dialect.name != "sqlite":
            return
        with _named_failures(), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("vacuum")
                raw.execute("pragma wal_checkpoint(truncate)")

    def _come_up_to_date(self, *, may_be_empty: bool) -> None:
        with self.read() as connection:
            known = _revision(connection)
        if known == HEAD_REVISION:
            return
        if known is None and not may_be_empty:
            raise LedgerUnusable(
                _("there is no ledger in the file {path}").format(path=self._engine.url.database),
                _("Put the newest backup in its place."),
            )
        from omr.ledger.migrate import steps, upgrade  # noqa: PLC0415 - slow, seldom needed

        if known is not None and known not in steps():
            raise LedgerUnusable(
                _("the ledger was made by a newer version of omr"),
                _("Install the newest version, then run the command again."),
            )
        with self.write() as connection:
            one_at_a_time(connection, "omr ledger upgrade")
            if _revision(connection) != HEAD_REVISION:  # else another process was faster
                upgrade(connection)


def one_at_a_time(connection: Connection, what: str) -> None:
    """Let no other transaction that says the same *what* pass until this one has ended.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(hashtext(:what))"), {"what": what})


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


def _with_path(url: str, path: Path) -> str:
    return make_url(url).set(database=str(path)).render_as_string(hide_password=False)


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise LedgerUnusable(
            _("this kind of ledger cannot be opened: {why}").format(why=error),
            _("Leave ledger.url in omr.toml empty to use a file."),
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


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


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: Any = connection.execute(text("select version_num from alembic_version")).scalar()
    return None if found is None else str(found)


@contextmanager
def _named_failures() -> Iterator[None]:
    """Turn the database's own failures into ours, with a remedy."""
    try:
        yield
    except IntegrityError:
        raise  # a broken rule is the caller's to understand
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip()
        raise LedgerUnusable(
            _("the ledger cannot be used: {why}").format(why=cause), _remedy(cause)
        ) from error


def _remedy(cause: str) -> str:
    if "locked" in cause:
        return _("Another program is using it. Wait until that has finished, then try again.")
    if "not a database" in cause or "malformed" in cause:
        return _("The file is damaged. Put the newest backup in its place.")
    if "full" in cause:
        return _("Free some space on the disk, then run the command again; nothing was lost.")
    if "readonly" in cause or "unable to open" in cause:
        return _("Check that you may write to the workspace folder.")
    return _("Check ledger.url in omr.toml and that the database is running.")
