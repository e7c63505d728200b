"""Which files of a folder are complete: judged by what is seen of them, time after time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scans.files import SUFFIXES

# Scanners write page after page, and a page of a slow feeder takes some seconds; a copy over an
# office network stands still for less than that.
SETTLED_S = 5.0
# After that a file that has no proper end gets none: it is read all the same, and named.
PATIENCE_S = 120.0
TAIL_BYTES = 1024  # PDF readers look for the end mark in so many last bytes
_TEMPORARY_BEGINNINGS = (".", "~", "_tmp")
_TEMPORARY_ENDINGS = ("~", ".part", ".tmp", ".temp", ".crdownload", ".filepart", ".download")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes whenever a file is written to."""

    size_bytes: int
    modified_ns: int


@dataclass(slots=True)
class Settling:
    """Remembers since when each file has looked as it does, and which were dealt with."""

    settled_s: float = SETTLED_S
    patience_s: float = PATIENCE_S
    _since: dict[Path, tuple[Stamp, float]] = field(default_factory=dict)
    _done: dict[Path, Stamp] = field(default_factory=dict)

    def complete(
        self, now: float, present: Mapping[Path, Stamp], ended: Callable[[Path], bool]
    ) -> list[Path]:
        """The files that may be read now.

        Args:
            now: Of a clock that never goes back, seconds.
            present: Every scan file in the folder, as it looks now.
            ended: Whether a file ends as its kind should, and nobody else has it open.
        """
        self._since = {path: seen for path, seen in self._since.items() if path in present}
        self._done = {path: stamp for path, stamp in self._done.items() if path in present}
        complete = []
        for path, stamp in sorted(present.items()):
            if self._done.get(path) == stamp:
                continue
            before = self._since.get(path)
            if before is None or before[0] != stamp:
                self._since[path] = (stamp, now)
                continue
            waited = now - before[1]
            if waited >= self.patience_s or (
                waited >= self.settled_s and stamp.size_bytes and ended(path)
            ):
                complete.append(path)
        return complete

    def dealt_with(self, paths: Iterable[Path]) -> None:
        """Do not give these again until they change."""
        for path in paths:
            stamp, _since = self._since.pop(path)
            self._done[path] = stamp

    @property
    def waiting(self) -> bool:
        """Whether any file is not dealt with."""
        return bool(self._since)


def is_scan_name(name: str) -> bool:
    """Whether a scan may be called that; programs give other names to what they still write."""
    low = name.lower()
    return (
        not low.startswith(_TEMPORARY_BEGINNINGS)
        and not low.endswith(_TEMPORARY_ENDINGS)
        and Path(low).suffix in SUFFIXES
        and not any(f"{ending}." in low for ending in _TEMPORARY_ENDINGS[1:])
    )


def ends_properly(head: bytes, tail: bytes) -> bool:
    """Whether a file's last bytes are those of its kind; of TIFF they tell nothing.

    Args:
        head: Its first bytes.
        tail: Its last :data:`TAIL_BYTES`, or all of it.
    """
    if head.startswith(b"\x89PNG"):
        return b"IEND" in tail[-64:]
    if head.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in tail
    if b"%PDF" in head:
        return b"%%EOF" in tail
    # A TIFF's list of pages is written last, its place into the head after that.
    return head[:2] not in (b"II", b"MM") or any(head[4:8])
