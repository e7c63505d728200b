"""Which files a command is about, and what names them: their content."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from omr.i18n import _

SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"})


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One input file."""

    path: Path
    sha256: str
    size_bytes: int

    @property
    def name(self) -> str:
        """The file's own name in NFC: a label, never used as a path again."""
        return unicodedata.normalize("NFC", self.path.name)


@dataclass(frozen=True, slots=True)
class UnusablePath:
    """An argument that leads to no scan file, in words, with the remedy."""

    path: Path
    why: str


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[UnusablePath]]:
    """The scan files behind *paths*, folders opened one level deep, in a stable order.

    Only regular files are taken: links, pipes and devices in a folder are named instead.
    """
    files: list[Path] = []
    unusable: list[UnusablePath] = []
    for path in paths:
        if path.is_dir():
            inside, odd = _inside(path)
            files += inside
            unusable += odd
            if not inside:
                why = _("no scans in this folder; it takes PDF, TIFF, JPEG and PNG files")
                unusable.append(UnusablePath(path, why))
        elif not path.exists():
            why = _("no such file or folder; check the name")
            unusable.append(UnusablePath(path, why))
        elif not path.is_file():
            unusable.append(UnusablePath(path, _("not a regular file; copy the scan to a file")))
        else:
            files.append(path)
    return list(dict.fromkeys(files)), unusable


def identify_file(path: Path) -> ScanFile:
    """Read *path* once to name it by its content.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    return ScanFile(path, digest.hexdigest(), path.stat().st_size)


def _inside(folder: Path) -> tuple[list[Path], list[UnusablePath]]:
    files, odd = [], []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.suffix.lower() not in SUFFIXES:
            continue
        if entry.is_symlink():
            odd.append(UnusablePath(entry, _("a link is not followed; put the file itself here")))
        elif entry.is_file():
            files.append(entry)
        elif not entry.is_dir():
            odd.append(UnusablePath(entry, _("not a regular file; it was left out")))
    return files, odd
