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

    Only regular files are taken: links, pipes, devices and folders with scans of their own
    are named instead when they lie in a folder.
    """
    files: list[Path] = []
    unusable: list[UnusablePath] = []
    for path in paths:
        try:
            found, odd = _behind(path)
        except OSError as error:  # no name that a file can have, or a folder closed to us
            found, odd = [], [UnusablePath(path, error.strerror or str(error))]
        files += found
        unusable += odd
    return list(dict.fromkeys(files)), unusable


def identify_file(path: Path) -> ScanFile:
    """Read *path* once to name it by its content.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    return ScanFile(path, digest.hexdigest(), path.stat().st_size)


def _behind(path: Path) -> tuple[list[Path], list[UnusablePath]]:
    if path.is_dir():
        files, odd = _inside(path)
        if not files:
            why = _("no scans in this folder; it takes PDF, TIFF, JPEG and PNG files")
            odd.append(UnusablePath(path, why))
        return files, odd
    if not path.exists():
        return [], [UnusablePath(path, _("no such file or folder; check the name"))]
    if not path.is_file():
        return [], [UnusablePath(path, _("not a regular file; copy the scan to a file"))]
    return [path], []


def _inside(folder: Path) -> tuple[list[Path], list[UnusablePath]]:
    files, odd = [], []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and not entry.is_symlink():
            if any(_is_scan(inner) for inner in entry.iterdir()):
                why = _("a folder inside a folder is not opened; name it in the command too")
                odd.append(UnusablePath(entry, why))
        elif not _is_scan(entry):
            continue
        elif entry.is_symlink():
            odd.append(UnusablePath(entry, _("a link is not followed; put the file itself here")))
        elif entry.is_file():
            files.append(entry)
        else:
            odd.append(UnusablePath(entry, _("not a regular file; it was left out")))
    return files, odd


def _is_scan(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES
