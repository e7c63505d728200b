"""Disks with little room, and one that can only be read: tmpfs, which root alone may mount."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crash_steps import run
from crash_trials import Trials, explained
from crash_works import Work

_PAGE = 4096
_PLENTY = 64 * 1024 * 1024
_SIZES = 10  # from no room at all to what is needed


class NotAllowed(Exception):
    """Nothing can be mounted here."""


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A mounted tmpfs."""

    folder: Path

    def resize(self, size_bytes: int) -> None:
        """Let it hold so much in all."""
        _mount("-o", f"remount,rw,size={size_bytes}", str(self.folder))

    def lock(self) -> None:
        """Let it be read alone."""
        _mount("-o", "remount,ro", str(self.folder))

    def used(self) -> int:
        """What lies on it, in bytes."""
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """A disk of its own, mounted in *folder*.

    Raises:
        NotAllowed: If that is not possible here.
    """
    place = folder / "disk"
    place.mkdir(exist_ok=True)
    try:
        _mount("-t", "tmpfs", "-o", f"size={_PLENTY}", "tmpfs", str(place))
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotAllowed(f"no tmpfs can be mounted: {error}") from error
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", str(place)], check=False)  # noqa: S607


def attempts(trials: Trials, work: Work, disk: SmallDisk) -> Iterator[dict[str, Any]]:
    """Run a work on disks of several sizes and on one that can only be read; each as a line."""
    needed = _needed(trials, work, disk)
    sizes = sorted({needed * part // _SIZES // _PAGE * _PAGE for part in range(_SIZES)})
    for room in (*sizes, None):
        root = trials.office.copy(work.stage, disk.folder / "w")
        if room is None:
            disk.lock()
        else:  # a whole page at least is free or none is
            disk.resize(max(_PAGE, disk.used() + room))  # none at all would mean no limit
        ended = run(lambda: work.run(root), trials.folder / "said")  # noqa: B023
        wrong = explained(ended)
        if ended.code == 0 and room is None:
            wrong.append("it says that it wrote to a disk that can only be read")
        disk.resize(_PLENTY)
        result = trials.finished(work, root, ended)
        shutil.rmtree(disk.folder / "w")
        yield {
            "step": "read-only" if room is None else "full",
            "room": room,
            "ended": ended.code,
            "wrong": [*wrong, *result.wrong],
        }


def _needed(trials: Trials, work: Work, disk: SmallDisk) -> int:
    """How much more an undisturbed run lays on the disk, at the end and a fifth for its drafts."""
    root = trials.office.copy(work.stage, disk.folder / "w")
    before = disk.used()
    run(lambda: work.run(root), trials.folder / "said")
    after = disk.used()
    shutil.rmtree(disk.folder / "w")
    return max(10 * _PAGE, (after - before) * 12 // 10)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)  # noqa: S607
