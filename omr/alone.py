"""A lock on a file that one process alone holds; the system frees it even if that is killed."""

from __future__ import annotations

import sys
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def held_alone(file: BinaryIO) -> bool:
    """Lock the open *file* until it is closed, without waiting.

    Returns:
        Whether the lock is ours now; false if another holds it, or the file system has none.
    """
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
