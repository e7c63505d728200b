"""Settings of the machine that no test may depend on, and where tests keep their files."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

# omr chooses its language when it is imported. Tests compare English sentences, so the
# choice is made here, before any test module imports it; processes that tests start inherit it.
os.environ["OMR_LANG"] = "en"

# A ledger waits for the disk at every commit, 3 ms each: a third of the tests' time. Files in
# memory bear the same names, locks, limits and kills; what a power cut leaves no test can show.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ENOUGH_BYTES = 3_000_000_000  # two workers keep 0.3 GB in all, most of it PostgreSQL's (du)
_PREFIX = "omr-tests-"


def _folder_in_memory() -> Path | None:
    """A new folder in memory; None where the person chose one, or there is not enough room."""
    if os.environ.get("TMPDIR") or not _MEMORY.is_dir():
        return None
    for left in _MEMORY.glob(f"{_PREFIX}*"):  # by a session that was killed
        with suppress(ValueError):
            if not Path("/proc", str(int(left.name.split("-")[2]))).exists():
                shutil.rmtree(left, ignore_errors=True)
    try:
        if shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
            return None
        made = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY))
        made.chmod(0o755)  # tests become other users, who must get in as they do to /tmp
    except OSError:
        return None
    return made


_folder = _folder_in_memory()
if _folder is not None:
    os.environ["TMPDIR"], tempfile.tempdir = str(_folder), None  # workers inherit it


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back; a worker of xdist has made no folder."""
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)
