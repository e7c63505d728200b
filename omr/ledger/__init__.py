"""The ledger: the one record of serials, readings and decisions.

SQLAlchemy Core over an embedded SQLite file (WAL, one writer) or a PostgreSQL server. No
SQL is written outside this package; each activity uses its own module here:
:mod:`omr.ledger.issued`, :mod:`omr.ledger.readings`, :mod:`omr.ledger.electronic`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, inspect, text

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger.connecting import (
    make_engine,
    make_one_file,
    named_failures,
    one_at_a_time,
    remedy,
    sqlite_path,
    with_path,
)
from omr.ledger.counter import Counter
from omr.ledger.log import listen, logged
from omr.ledger.network_share import refuse_network_share
from omr.ledger.older_copy import accept, compare, head
from omr.ledger.schema import HEAD_REVISION
from omr.ledger_address import COUNTER_ENDING, LedgerAddress

__all__ = ["Ledger", "counter_of", "now", "one_at_a_time", "sqlite_path", "take_drafts_away"]


def now() -> str:
    """The present time as the ledger writes it: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Ledger:
    """An open ledger. Use :meth:`open` or :meth:`create`."""

    def __init__(self, engine: Engine, counter: Counter | None = None) -> None:
        self._engine = engine
        self._counter = counter
        self._reading: dict[str, Any] = {"omr_reads": True}
        if engine.dialect.name == "postgresql":  # else every statement sees another moment
            self._reading["isolation_level"] = "REPEATABLE READ"
        listen(engine)

    @classmethod
    def open(cls, url: str) -> Ledger:
        """Open an existing ledger and bring it to the present version.

        A file without a ledger in it is never filled: it may be all that a full disk or a
        synchronised folder left of one, and an empty ledger would give serials out again.

        Raises:
            LedgerUnusable: If it is missing, damaged, locked or of a newer version; also if
                it is an older copy of what was seen here before.
        """
        path = _existing(url)
        return cls._opened(url, counter_of(url), may_be_empty=path is None)

    @classmethod
    def open_older(cls, url: str, *, why: str, by: str) -> Ledger:
        """Open a ledger although it is older than what was seen here, or another one.

        That it was accepted, why and by whom, stays in its log.

        Raises:
            LedgerUnusable: If it is missing, damaged, locked or of a newer version.
        """
        path = _existing(url)
        counter = counter_of(url)
        ledger = cls._opened(url, counter, may_be_empty=path is None, compared=False)
        if counter is not None:
            try:
                with ledger.write() as connection:
                    accept(connection, counter, why=why, by=by)
                with ledger.read() as connection:
                    counter.start_over(head(connection))
            except BaseException:
                ledger.close()
                raise
        return ledger

    @classmethod
    def open_copy(cls, url: str) -> Ledger:
        """Open a copy that is no workspace's ledger: there is no counter to compare it with.

        Raises:
            LedgerUnusable: If it is missing, damaged, locked or of a newer version.
        """
        path = _existing(url)
        return cls._opened(url, None, may_be_empty=path is None)

    @classmethod
    def create(cls, url: str) -> Ledger:
        """Make an empty ledger, or open the one that is there.

        Raises:
            LedgerUnusable: If it cannot be made.
        """
        path = sqlite_path(url)
        if path is None:
            return cls._opened(url, counter_of(url), may_be_empty=True)
        take_drafts_away(path)
        if path.exists():
            return cls.open(url)
        refuse_network_share(path)
        # Made under another name, so that an interruption leaves no half of a ledger.
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            cls._opened(with_path(url, draft), None, may_be_empty=True).close()
            make_one_file(draft)
            if not path.exists():
                draft.replace(path)
        except OSError as error:
            raise LedgerUnusable(
                _("the ledger cannot be used: {why}").format(why=error), remedy("unable to open")
            ) from error
        finally:
            for ending in ("", "-wal", "-shm"):
                draft.with_name(draft.name + ending).unlink(missing_ok=True)
        return cls.open(url)

    @classmethod
    def _opened(
        cls, url: str, counter: Counter | None, *, may_be_empty: bool, compared: bool = True
    ) -> Ledger:
        ledger = cls(make_engine(url), counter)
        try:
            ledger._come_up_to_date(may_be_empty=may_be_empty)
            if counter is not None and compared:
                with ledger.read() as connection:
                    compare(connection, counter, may_be_unseen=sqlite_path(url) is None)
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
        """One transaction that may change the ledger; all of it or nothing is kept.

        What it adds is in the log (:mod:`omr.ledger.log`).
        """
        with named_failures(), self._engine.begin() as connection, logged(connection) as added:
            yield connection
        if added.head is not None and self._counter is not None:
            self._counter.advance(added.head)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at the ledger."""
        with (
            named_failures(),
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
        with named_failures(), self._engine.connect() as connection:
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
        # The steps log what they find and what they add by themselves.
        with named_failures(), self._engine.begin() as connection:
            one_at_a_time(connection, "omr ledger upgrade")
            if _revision(connection) != HEAD_REVISION:  # else another process was faster
                upgrade(connection)


def counter_of(url: str) -> Counter | None:
    """The counter for the ledger at *url*; None for one in memory, or without a workspace."""
    if isinstance(url, LedgerAddress):
        return Counter(url.counter)
    path = sqlite_path(url)
    return None if path is None else Counter(path.with_name(path.name + COUNTER_ENDING))


def _existing(url: str) -> Path | None:
    """The file of the ledger at *url*, which must be there; None for a server."""
    path = sqlite_path(url)
    try:
        missing = path is not None and not path.is_file()
    except OSError as error:  # a folder on the way that is closed to us
        raise LedgerUnusable(
            _("the ledger cannot be used: {why}").format(why=error), remedy("unable to open")
        ) from error
    if missing:
        raise LedgerUnusable(
            _("no ledger at {path}").format(path=path),
            _("Make a workspace with: omr init DIR"),
        )
    if path is not None:
        refuse_network_share(path)
    return path


def take_drafts_away(path: Path) -> None:
    """Remove what killed makers of the ledger in *path* left behind.

    To be called before a draft is made: one that bears this process's own number is left over
    then, as in a container, where every command has the same number.
    """
    for draft in path.parent.glob(f"{path.name}.*.new*"):
        maker = draft.name.removeprefix(f"{path.name}.").partition(".")[0]
        if not (maker.isdecimal() and _is_at_work(int(maker))):
            with suppress(OSError):  # still open on Windows: its maker removes it
                draft.unlink()


def _is_at_work(process: int) -> bool:
    """Whether there is such another process; on Windows nobody knows."""
    if os.name == "nt" or process == os.getpid():  # there, to ask would be to end it
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: Any = connection.execute(text("select version_num from alembic_version")).scalar()
    return None if found is None else str(found)
