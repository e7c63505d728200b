"""What one page may cost: memory and time, seen to by the system and not by the decoder.

The system's own limits hold inside any library: where one is broken, the process ends, and the
process that handed out the page says which one it was (scans.workers).
"""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2

_NO_MEMORY = -4  # cv::Error::StsNoMem


@dataclass(frozen=True, slots=True)
class Limits:
    """For one page in a process of its own."""

    # Above what the process has before its first page. A3 at 600 dpi, in colour, takes 450 MB.
    memory_mb: int = 768
    processor_s: float = 10.0  # an A4 sheet of 300 dpi takes 0.03, the largest page that is read 3
    wait_s: float = 60.0  # on the wall: a file on a network drive may stop answering


def limit_memory(megabytes: int) -> bool:
    """Let this process have so much more memory than it has now, for pages (Linux).

    Returns:
        Whether the system was told.
    """
    if not sys.platform.startswith("linux"):
        return False
    import resource  # noqa: PLC0415 - not on every system

    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    used = [line.split()[1] for line in status.splitlines() if line.startswith("VmData:")]
    if not used:
        return False
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = (int(used[0]) << 10) + (megabytes << 20)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    return True


def start_clock(seconds: float) -> bool:
    """From now on this process may use so much processor time; called before each page.

    Returns:
        Whether the system was told (not on Windows).
    """
    if sys.platform == "win32":
        return False
    signal.setitimer(signal.ITIMER_PROF, seconds)
    return True


def stop_clock() -> None:
    """While this process waits for work it may take any time."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, 0)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether *error* says that there was not enough memory."""
    return isinstance(error, MemoryError) or (
        isinstance(error, cv2.error) and getattr(error, "code", None) == _NO_MEMORY
    )
