"""Fail-points that the program does not contain: the interpreter tells of every step itself.

A child process is forked, and in it Python's audit hook, its files and the database driver tell
what is about to happen: every file opened for writing, every write, flush to the disk, rename,
link, deletion and folder, every changing statement and every commit. So no step can be forgotten,
whatever is written later, and a released program holds nothing that could be switched on.
"""

from __future__ import annotations

import builtins
import errno
import inspect
import io
import os
import signal
import sqlite3
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from omr.ledger import connecting

PROJECT = Path(__file__).resolve().parent.parent
_OURS = tuple(f"{PROJECT / name}{os.sep}" for name in ("omr", "forms", "scans", "reports"))
_ON_FILES = {  # audit events whose first argument is the path that changes
    "os.rename": "rename",
    "os.link": "link",
    "os.remove": "unlink",
    "os.mkdir": "mkdir",
    "os.rmdir": "rmdir",
    "os.chmod": "chmod",
    "os.truncate": "truncate",
}
_CHANGES = ("insert", "update", "delete", "create", "drop", "alter", "vacuum", "commit")
# What a full disk cannot refuse: it makes room, or only looks.
_NEEDS_NO_ROOM = frozenset({"unlink", "rmdir", "chmod"})

Step = str  # "omr/new_file.py write_new_file: fsync"


@dataclass(slots=True)
class Steps:
    """Sees the steps of this process, and acts at one of them.

    Args:
        root: Only files in this folder count.
        act: Called before every step with its name and how often it was met by then.
    """

    root: str
    act: Callable[[Step, int], None]
    met: Counter[Step] = field(default_factory=Counter)

    def watch(self) -> None:
        """Begin; there is no end but that of the process."""
        sys.addaudithook(self._audited)
        opened, synced = io.open, os.fsync

        def watched_open(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
            here = file > 2 if isinstance(file, int) else self._is_ours(file)
            buffering = named.get("buffering", more[0] if more else -1)
            writes = set("wxa") & set(mode) or ("+" in mode and buffering == 0)
            if not here or not writes:
                return opened(file, mode, *more, **named)
            binary = mode.replace("b", "")
            named.pop("buffering", None)
            raw = _WatchedRaw(self, file, binary, closefd=named.pop("closefd", True))
            if buffering == 0:
                return raw
            writer = _Watched(self, raw)
            return writer if "b" in mode else io.TextIOWrapper(writer, **named)

        def watched_fsync(descriptor: Any, /) -> None:
            self.step(_caller(), "fsync")
            synced(descriptor)

        io.open = builtins.open = watched_open
        os.fsync = watched_fsync  # type: ignore[assignment]
        prepare = connecting._prepare_sqlite  # noqa: SLF001 - how connections are made

        def watched_connection(connection: sqlite3.Connection, _entry: Any) -> None:
            prepare(connection, _entry)
            connection.set_trace_callback(self._traced)

        connecting._prepare_sqlite = watched_connection  # noqa: SLF001
        for name in ("do_execute", "do_executemany", "do_commit"):
            setattr(SQLiteDialect_pysqlite, name, self._watched_dialect(name))

    def step(self, frame: FrameType | None, what: str) -> None:
        """Act before a step that *frame* is about to take."""
        name = f"{_place(frame)}: {what}"
        self.met[name] += 1
        self.act(name, self.met[name])

    def _watched_dialect(self, name: str) -> Callable[..., Any]:
        original = getattr(SQLiteDialect_pysqlite, name)

        def watched(dialect: Any, *given: Any, **named: Any) -> Any:
            frame = _caller()
            if name != "do_commit":
                what = _in_the_ledger(given[1])
            else:
                what = "" if _place(frame).endswith(" read") else "commit"
            if what:
                self.step(frame, what)
            return original(dialect, *given, **named)

        return watched

    def _audited(self, event: str, given: tuple[Any, ...]) -> None:
        if event == "open":
            path, _mode, flags = given
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and self._is_ours(path):
                self.step(_caller(), "open")
        elif event in _ON_FILES and self._is_ours(given[0]):
            self.step(_caller(), _ON_FILES[event])

    def _traced(self, statement: str) -> None:
        """Statements that go past the library; an error here would be lost."""
        first = statement.lower()
        if first.startswith(("vacuum", "pragma wal_checkpoint")):
            self.step(_caller(), " ".join(first.split()[:2]))

    def _is_ours(self, path: object) -> bool:
        return isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(self.root)


class _WatchedRaw(io.FileIO):
    """A file without a buffer."""

    def __init__(self, steps: Steps, file: Any, mode: str, *, closefd: bool) -> None:
        super().__init__(file, mode, closefd=closefd)
        self._steps = steps

    def write(self, data: Any, /) -> int:
        """As ever, after the step was told."""
        self._steps.step(_caller(), "write")
        return super().write(data)


class _Watched(io.BufferedWriter):
    """A file whose buffer is emptied under our eyes."""

    def __init__(self, steps: Steps, raw: io.RawIOBase) -> None:
        super().__init__(raw)
        self._steps = steps

    def flush(self) -> None:
        """As ever, after the step was told."""
        if not self.closed:
            self._steps.step(_caller(), "flush")
        super().flush()


def _in_the_ledger(statement: str) -> str:
    """What a statement does to the ledger; empty if it only asks."""
    text = statement.split(None, 3)
    first = text[0].lower() if text else ""
    if first not in _CHANGES:
        return ""
    return f"{first} {text[2]}" if first in {"insert", "delete"} else first


def _caller() -> FrameType | None:
    """Whoever called the function that asks."""
    frame = inspect.currentframe()
    asking = frame.f_back if frame else None
    return asking.f_back if asking else None


def _place(frame: FrameType | None) -> str:
    """The nearest function of the project that leads to *frame*."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_OURS):
            return f"{Path(file).relative_to(PROJECT).as_posix()} {frame.f_code.co_name}"
        frame = frame.f_back
    return "?"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    code: int  # exit code, or minus the signal
    said: str  # on standard error

    @property
    def was_killed(self) -> bool:
        """Whether by SIGKILL."""
        return self.code == -signal.SIGKILL


def start(work: Callable[[], int], said: Path) -> int:
    """Fork a child that does *work* and ends with its code; its process id.

    What it prints goes nowhere, what it complains of to *said*.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        complaints = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(nowhere, 1)
        os.dup2(complaints, 2)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8")
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", write_through=True)
        code = int(work())
    except BaseException:  # noqa: BLE001 - told, and then the child ends
        traceback.print_exc()
    finally:
        os._exit(code)


def wait(child: int, said: Path) -> Ended:
    """How the child ended."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(code, said.read_text(encoding="utf-8", errors="replace") if said.exists() else "")


def run(work: Callable[[], int], said: Path) -> Ended:
    """Do *work* in a forked child, undisturbed or as *work* disturbs itself."""
    return wait(start(work, said), said)


def recorded(work: Callable[[], int], root: Path, said: Path) -> tuple[Ended, Counter[Step]]:
    """Do *work* in a child; every step that it took, and how often."""
    file = said.with_name("steps.txt")

    def watched() -> int:
        with file.open("w", encoding="utf-8") as out:  # opened before anybody watches
            steps = Steps(f"{root}{os.sep}", lambda _step, _times: None)
            steps.watch()
            code = work()
            out.writelines(f"{times}\t{step}\n" for step, times in steps.met.items())
        return code

    ended = run(watched, said)
    lines = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    return ended, Counter({step: int(times) for times, step in lines})


def killed_at(
    work: Callable[[], int], root: Path, said: Path, wanted: Step, occurrence: int
) -> Ended:
    """Do *work* in a child that is killed right before the *occurrence*-th such step."""

    def act(step: Step, times: int) -> None:
        if step == wanted and times == occurrence:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched() -> int:
        Steps(f"{root}{os.sep}", act).watch()
        return work()

    return run(watched, said)


def refused_at(
    work: Callable[[], int], root: Path, said: Path, wanted: Step, occurrence: int
) -> Ended:
    """Do *work* in a child whose disk is full at the *occurrence*-th such step, and once only."""

    def act(step: Step, times: int) -> None:
        if step != wanted or times != occurrence:
            return
        place = step.partition(": ")[2].partition(" ")[0]
        if place in {*_CHANGES, "pragma"}:
            raise sqlite3.OperationalError("database or disk is full")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(root / "somewhere"))

    def watched() -> int:
        Steps(f"{root}{os.sep}", act).watch()
        return work()

    return run(watched, said)


def may_run_out_of_room(step: Step) -> bool:
    """Whether a full disk can refuse *step*."""
    what = step.partition(": ")[2].partition(" ")[0]
    return what not in _NEEDS_NO_ROOM and what not in {"drop", "delete", "vacuum", "pragma"}
