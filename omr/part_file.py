"""A file on its way: written under another name beside its place, and gone if that fails.

The name is always the same, and held by a lock while somebody writes. So what a crash or a
power cut has left behind is known as such, and the next writer of the same file takes it away:
no half of a file, which may hold signed codes or people's answers, lies about unseen for ever.
"""

from __future__ import annotations

import errno
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

if sys.platform != "win32":
    import fcntl

_OWNER_ONLY = 0o600
_AS_USUAL = 0o666  # less what the person's umask takes away
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_ATTEMPTS = 20  # each is lost only to somebody who took a left-over away in between


def part_name(path: Path) -> Path:
    """What *path* is called while it is written."""
    return path.with_name(f".{path.name}.part")


class PartFile:
    """A new file beside *path*, open for writing; removed when the context ends.

    Whoever writes gives it its name with :func:`omr.new_file.give_name` or ``replace`` first.

    Args:
        path: The place that it is for, in an existing folder.
        owner_only: Let nobody else read it (on Windows the folder's rights decide).

    Raises:
        OSError: If it cannot be made.
    """

    def __init__(self, path: Path, *, owner_only: bool = False) -> None:
        mode = _OWNER_ONLY if owner_only else _AS_USUAL
        self.path, descriptor = _made(path, mode)
        self.file: BinaryIO = os.fdopen(descriptor, "wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.file.close()  # writes what is left, for which a full disk has no room
        finally:
            self.path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Bring all of it to the disk.

        Raises:
            OSError: If there is no room, or the disk fails.
        """
        if self.file.closed:
            return
        self.file.flush()
        os.fsync(self.file.fileno())
        if sys.platform == "win32":  # an open file cannot be given another name there
            self.file.close()


def take_left_over(path: Path) -> bool:
    """Remove what an interrupted writer of *path* left behind.

    Returns:
        Whether there is nothing any more; false if somebody is writing just now.
    """
    part = part_name(path)
    try:
        if sys.platform == "win32":
            part.unlink()  # refused while it is open
        else:
            _remove_if_nobody_writes(part)
    except FileNotFoundError:
        return True
    except OSError:  # held by its writer, or nothing that we may touch
        return False
    return True


def write_files(
    contents: Mapping[Path, bytes], *, before_names: Callable[[], object] = lambda: None
) -> None:
    """Write every file of *contents*, replacing older ones.

    All are complete on the disk, under other names, before the first gets its own.

    Args:
        contents: By place.
        before_names: Called in between.

    Raises:
        OSError: If one of them cannot be written.
    """
    with ExitStack() as stack:
        parts = {}
        for path, content in contents.items():
            parts[path] = stack.enter_context(PartFile(path))
            parts[path].file.write(content)
            parts[path].finish()
        before_names()
        for path, part in parts.items():
            part.path.replace(path)


def _made(path: Path, mode: int) -> tuple[Path, int]:
    """A new file beside *path* that is ours alone, and its descriptor."""
    part = part_name(path)
    for _attempt in range(_ATTEMPTS):
        try:
            descriptor = os.open(part, _FLAGS, mode)
        except FileExistsError:
            if take_left_over(path):
                continue
            # Somebody writes the same file at this moment: each has a name then.
            part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
            continue
        if _hold(descriptor, part):
            return part, descriptor
        os.close(descriptor)
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(part))


def _hold(descriptor: int, part: Path) -> bool:
    """Lock a new file; whether it still has its name then."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # somebody takes it for left over
        return False
    except OSError:  # a file system without locks: then nobody takes anything away either
        return True
    try:
        return os.path.samestat(os.fstat(descriptor), part.lstat())
    except FileNotFoundError:
        return False


def _remove_if_nobody_writes(part: Path) -> None:
    """Remove *part* unless somebody holds it.

    Raises:
        OSError: If somebody does, or it cannot be removed.
    """
    descriptor = os.open(part, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), part.lstat()):
            part.unlink()
    finally:
        os.close(descriptor)
