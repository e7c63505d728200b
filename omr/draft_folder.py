"""A folder for what is on its way, such as a backup: gone when it is done, or with the next one.

Its name differs each time, because what it is for is called otherwise each time (a backup bears a
date). So whoever makes one first takes away all that lie beside it and that nobody holds: what a
crash or a power cut left, which may be a whole ledger, does not lie about unseen for ever.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_ATTEMPTS = 20  # each is lost only to somebody who took the new folder for left over
_HELD = "held"  # on Windows, where folders have no locks: a file that is open
_HELD_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL


@contextmanager
def draft_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder in *parent*, for its owner only; removed with all in it when the context ends.

    Args:
        parent: An existing folder.
        prefix: What its name begins with; no other files may bear such names.

    Raises:
        OSError: If it cannot be made.
    """
    take_drafts_away(parent, prefix)
    folder, descriptor = _made(parent, prefix)
    try:
        yield folder
    finally:
        if sys.platform == "win32":
            os.close(descriptor)
            _remove(folder)
        else:  # held until it is gone
            _remove(folder)
            os.close(descriptor)


def take_drafts_away(parent: Path, prefix: str) -> None:
    """Remove the folders of interrupted runs from *parent*; those that somebody holds stay."""
    for folder in sorted(parent.glob(f"{prefix}*")):
        with suppress(OSError):  # held by its maker, or nothing that we may touch
            _take_away(folder)


def _made(parent: Path, prefix: str) -> tuple[Path, int]:
    """A new folder that is ours alone, and a descriptor that holds it."""
    for _attempt in range(_ATTEMPTS):
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            return folder, _hold(folder)
        except FileNotFoundError:  # somebody took it for left over a moment ago
            continue
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(parent))


def _hold(folder: Path) -> int:
    """Hold a new folder.

    Raises:
        FileNotFoundError: If it is somebody else's, or gone.
    """
    if sys.platform == "win32":
        return os.open(folder / _HELD, _HELD_FLAGS)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = os.path.samestat(os.fstat(descriptor), folder.lstat())
    except (FileNotFoundError, BlockingIOError):
        is_ours = False
    except OSError:  # a file system without locks: then nobody takes anything away either
        is_ours = True
    if not is_ours:
        os.close(descriptor)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    return descriptor


def _take_away(folder: Path) -> None:
    """Remove *folder* unless somebody holds it.

    Raises:
        OSError: If somebody does, or it is no folder, or it cannot be removed.
    """
    if sys.platform == "win32":
        (folder / _HELD).unlink(missing_ok=True)  # refused while it is open
        _remove(folder)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), folder.lstat()):
            _remove(folder)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
