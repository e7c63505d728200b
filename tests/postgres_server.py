"""A PostgreSQL server of the test session's own: in a folder, reached through a socket in it.

Its data live as long as the session and survive no crash, so nothing waits for a disk.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

_DURABLE = ("listen_addresses=", "max_connections=60")  # as an office's would be
_IN_A_HURRY = (
    *_DURABLE,
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=32MB",
)
_MAKING = "-U omr -A trust --no-sync --no-locale --encoding=UTF8"
_START_S = 60
_numbers = itertools.count()


def _program(name: str) -> str:
    """Debian keeps the server's programs out of the path; the newest version counts."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: p.parts[-3])
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        pytest.skip(f"no {name} here: install PostgreSQL's server (Debian: postgresql)")
    return path


def _server() -> Path:
    return running_server(_IN_A_HURRY)


@functools.cache
def running_server(told: tuple[str, ...] = _DURABLE) -> Path:
    """The folder of a server that runs as long as this process; its socket is in it."""
    initdb, postgres = _program("initdb"), _program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="omr-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    user = None
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # it refuses to run as root
        user = "nobody"
        shutil.chown(folder, user)
    made = subprocess.run(
        [initdb, "-D", str(folder / "data"), *_MAKING.split()],
        user=user,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"PostgreSQL cannot be set up here: {made.stderr.strip()}")
    words = [part for setting in told for part in ("-c", setting)]
    log = (folder / "log").open("wb")
    running = subprocess.Popen(
        [postgres, "-D", str(folder / "data"), "-k", str(folder), *words],
        user=user,
        cwd=folder,
        stdout=log,
        stderr=log,
    )
    atexit.register(_stop, running)
    _wait(folder, running)
    return folder


def _wait(folder: Path, running: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _START_S
    engine = sa.create_engine(address(folder, "postgres"))
    while True:
        try:
            with engine.connect():
                break
        except sa.exc.OperationalError:
            if running.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((folder / "log").read_text(errors="replace")) from None
            time.sleep(0.05)
    engine.dispose()


def _stop(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    try:
        running.wait(10)
    except subprocess.TimeoutExpired:
        running.kill()


def address(folder: Path, database: str) -> str:
    return f"postgresql+psycopg://omr@/{database}?host={folder}"


@functools.cache
def _own() -> sa.Engine:
    """Connections that make and drop databases."""
    engine = sa.create_engine(address(_server(), "postgres"), isolation_level="AUTOCOMMIT")
    atexit.register(engine.dispose)
    return engine


def empty_database() -> str:
    """The address of a new, empty database."""
    name = f"omr{next(_numbers)}"
    with _own().connect() as connection:
        connection.execute(sa.text(f"create database {name} template template0"))
    return address(_server(), name)


# As it was when it was filled, row by row: much less work than another database.
_REMEMBER = """
do $$ declare place record; begin
  create schema fresh;
  for place in select tablename as name from pg_tables where schemaname = 'public' loop
    execute format('create table fresh.%%I as table public.%%I', place.name, place.name);
  end loop;
end $$
"""
_RESET = """
do $$ declare place record; begin
  perform pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid();
  set local session_replication_role = replica; -- so that rows may go
  for place in select tablename as name from pg_tables where schemaname = 'public' loop
    execute format('delete from public.%%I', place.name);
    execute format('insert into public.%%I select * from fresh.%%I', place.name, place.name);
  end loop;
  for place in select sequencename as name from pg_sequences where schemaname = 'public' loop
    execute format('alter sequence public.%%I restart', place.name);
  end loop;
end $$
"""


class Databases:
    """Ledgers of tests, each filled once and set back after every use.

    Args:
        fill: Makes a ledger at an address.
    """

    def __init__(self, fill: Callable[[str], None]) -> None:
        self._fill = fill
        self._free: list[str] = []
        self._used: dict[Path, str] = {}

    def take(self, place: Path) -> str:
        """The address of a fresh ledger; it is free again when the folder of *place* is gone."""
        self.give_back(lambda path: not path.parent.exists())
        if place not in self._used:
            self._used[place] = self._free.pop() if self._free else self._made()
        return self._used[place]

    def give_back(self, whether: Callable[[Path], bool] = lambda _path: True) -> None:
        """Set those ledgers back that are used no more."""
        for path in [path for path in self._used if whether(path)]:
            url = self._used.pop(path)
            _run(url, _RESET)
            self._free.append(url)

    def _made(self) -> str:
        url = empty_database()
        self._fill(url)
        _run(url, _REMEMBER)
        return url


def _run(url: str, statement: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
