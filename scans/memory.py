"""The C library's memory: told to keep what pages will need again."""

from __future__ import annotations

import ctypes
import os
import sys

_MMAP_THRESHOLD, _TRIM_THRESHOLD, _TOP_PAD = -3, -1, -2  # malloc.h of glibc
_LARGEST_KEPT = 32 << 20  # bytes; glibc takes no more. A4 at 300 dpi has 9 MB
_KEPT, _AT_ONCE = 128 << 20, 16 << 20  # bytes


def keep_memory() -> bool:
    """Let this process keep the memory of images instead of giving it back after each.

    Memory that comes back from the system is cleared page by page on first use, which costs as
    much as half of decoding an image. Only glibc can be told; others are left alone.

    Returns:
        Whether it was told.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        if not (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc"):
            return False
        tell = ctypes.CDLL(None).mallopt
    except (OSError, ValueError, AttributeError):  # another C library
        return False
    tell.argtypes, tell.restype = [ctypes.c_int, ctypes.c_int], ctypes.c_int
    wishes = (
        (_MMAP_THRESHOLD, _LARGEST_KEPT),
        (_TRIM_THRESHOLD, _KEPT),
        (_TOP_PAD, _AT_ONCE),
    )
    return all(bool(tell(*wish)) for wish in wishes)
