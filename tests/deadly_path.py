"""A path whose file breaks what reads it, as a page does that a decoder cannot cope with."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path, PosixPath
from typing import Any


class DeadlyPath(PosixPath):
    """Harmless where tests run; in a reading process, opening it does what its note says.

    The note lies beside the file: ``dies``, ``dies once``, ``hangs``, ``spins`` or ``swells``.
    """

    def open(self, *args: Any, **words: Any) -> Any:
        note = Path(f"{self}.note")
        if multiprocessing.parent_process() is not None and note.exists():
            _do(note)
        return super().open(*args, **words)


def arm(path: Path, what: str) -> None:
    """Write the note."""
    Path(f"{path}.note").write_text(what)


def _do(note: Path) -> None:
    match note.read_text():
        case "dies once":
            note.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        case "dies":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hangs":
            time.sleep(600)
        case "spins":
            while True:
                pass
        case "swells":
            bytes(2 << 30)
