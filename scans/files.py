"""Which files a command is about, and what names them: their content."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
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
    modified_ns: int  # when it was named by its content

    @property
    def name(self) -> str:
        """The file's own name: a label, never used as a path again; see :func:`shown_name`."""
        return shown_name(self.path)


@dataclass(frozen=True, slots=True)
class UnusablePath:
    """An argument that leads to no scan file, in words, with the remedy."""

    path: Path
    why: str


def shown_name(path: Path) -> str:
    r"""The file's name in NFC; what cannot be printed, or turns writing round, as ``\u202e``.

    A name is whatever its giver wanted: commands to a terminal, bytes that are no letters.
    """
    name = unicodedata.normalize("NFC", path.name)
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in name)


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
        OSError: If it cannot be read, is no regular file (any more), or changes meanwhile.
    """
    with open(path, "rb", opener=_without_waiting) as stream:
        before = os.fstat(stream.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, _("not a regular file; copy the scan to a file"))
        digest = hashlib.file_digest(stream, "sha256")
        after = os.fstat(stream.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        words = _("the file is still being written; read it again when it is complete")
        raise OSError(errno.EBUSY, words)
    return ScanFile(path, digest.hexdigest(), after.st_size, after.st_mtime_ns)


def is_as_it_was(file: ScanFile) -> bool:
    """Whether *file* still has the size and time that it had when it was named."""
    try:
        now = file.path.stat()
    except OSError:
        return False
    return (now.st_size, now.st_mtime_ns) == (file.size_bytes, file.modified_ns)


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; of a pipe that has come to stand in its place, without waiting for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _behind(path: Path) -> tuple[list[Path], list[UnusablePath]]:
    if path.is_dir():
        files, odd = _inside(path)
        if not files:
            why = _("no scans in this folder; it takes PDF, TIFF, JPEG and PNG files")
            odd.append(UnusablePath(path, why))
        return files, odd
    if path.is_symlink():
        return [], [UnusablePath(path, _("a link is not followed; name the file itself"))]
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
