"""A folder that a scanner drops files into: what lies in it, and one watcher alone reads it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from omr.alone import held_alone
from omr.errors import InputUnusable, UsageError
from omr.i18n import _
from scans.faults import PageFault
from scans.pages import count_pages
from scans.settling import TAIL_BYTES, Stamp, ends_properly, is_scan_name

if sys.platform != "win32":
    import fcntl

_LOCK = ".omr-watch.lock"


def present_scans(folder: Path) -> tuple[dict[Path, Stamp], set[Path]]:
    """Every scan file that lies in *folder*, as it looks now; and what bears a scan's name only.

    Links, pipes and folders are the latter. What disappears meanwhile is left out.

    Raises:
        InputUnusable: If the folder cannot be looked into.
    """
    found, odd = {}, set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not is_scan_name(entry.name):
                    continue
                try:
                    # Windows notes a file's size in its folder late: the file itself is asked.
                    about = os.stat(entry.path, follow_symlinks=False)  # noqa: PTH116 - fewer objects
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(about.st_mode):
                    found[Path(entry.path)] = Stamp(about.st_size, about.st_mtime_ns)
                else:
                    odd.add(Path(entry.path))
    except OSError as error:
        raise InputUnusable(
            _("the folder cannot be looked into: {folder}: {why}").format(
                folder=folder, why=error.strerror or error
            ),
            _("Check that it is there and that you may read it."),
        ) from error
    return found, odd


def is_ended(path: Path) -> bool:
    """Whether *path* ends as its kind should, and can be opened: nobody else writes to it."""
    try:
        with path.open("rb") as file:
            head = file.read(TAIL_BYTES)
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL_BYTES))
            if not ends_properly(head, file.read()) or not _is_free(file):
                return False
        if sys.platform == "win32":
            path.rename(path)  # refused while another program has it open
    except OSError:
        return False
    return head[:2] not in (b"II", b"MM") or not isinstance(count_pages(path), PageFault)


def _is_free(file: BinaryIO) -> bool:
    """Whether no other program holds a lock on the open *file* (POSIX)."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


@contextmanager
def only_watcher(folder: Path, otherwise: Path) -> Iterator[None]:
    """Be the only one that watches *folder*; the system ends it even if the process is killed.

    Args:
        folder: Its lock lies in it.
        otherwise: A folder for the lock where the other one may only be read.

    Raises:
        UsageError: If somebody watches it already.
    """
    try:
        file = (folder / _LOCK).open("ab")
    except OSError:
        file = (otherwise / _LOCK).open("ab")
    with file:
        if not held_alone(file):
            raise UsageError(
                _("another omr scans watch has this folder already: {folder}").format(
                    folder=folder
                ),
                _("One is enough. End the other one first if you want this one instead."),
            )
        yield
