"""The file behind an export: there, not too large, and of a kind that can be read."""

from __future__ import annotations

import hashlib
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from omr.errors import InputUnusable
from omr.i18n import _

MAX_BYTES = 200 * 1024 * 1024  # a province's whole year is below 100 MB as CSV
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024  # a million rows of 25 columns are 0.8 GB of XML
MAX_PARTS = 5000  # files within a workbook; Excel writes a dozen, and one for each picture
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
_PIECE = 1024 * 1024
_MB = 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # Excel 97-2003, and every workbook with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class FileKind(StrEnum):
    """What the bytes are, whatever the name says."""

    CSV = "csv"
    WORKBOOK = "workbook"


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file that may be read again and again."""

    name: str  # without folders, NFC
    sha256: str
    kind: FileKind
    size: int  # bytes of what :attr:`open` gives
    open: Callable[[], IO[bytes]]


def file_source(path: Path) -> FileSource:
    """Look at the file at *path*: kind, size and digest, reading it once.

    Google's download is a ZIP with one CSV in it; that is read as it is.

    Raises:
        InputUnusable: If it is missing, too large (packed or unpacked), locked with a
            password, or neither CSV nor workbook.
    """
    name = unicodedata.normalize("NFC", path.name)
    try:
        if not path.is_file():
            raise InputUnusable(
                _("there is no file {file}").format(file=path),
                _("Check the name and the folder."),
            )
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _too_large(name, MAX_BYTES)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            start = stream.read(8)
    except OSError as error:
        raise InputUnusable(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror or error),
            _("Check that you may read the file."),
        ) from error
    if start.startswith(_OLE):
        raise _ole(name, path.read_bytes())
    if start.startswith(b"%PDF"):
        raise _not_a_table(name)
    if start.startswith(_ZIP):
        return _packed(path, name, digest)
    return FileSource(name, digest, FileKind.CSV, size, lambda: path.open("rb"))


def broken_workbook(name: str, why: object) -> InputUnusable:
    """The refusal of a workbook that is damaged, or made to do damage."""
    return InputUnusable(
        _("{file} is damaged: {why}").format(file=name, why=why),
        _("Open it in a spreadsheet program, save it as .xlsx again, and import that file."),
    )


def _packed(path: Path, name: str, digest: str) -> FileSource:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except BROKEN_ZIP as error:
        raise broken_workbook(name, error) from error
    names = {part.filename for part in parts}
    unpacked = sum(part.file_size for part in parts)
    # What a part declares is all that the standard library unpacks of it; a part that holds
    # more than it declares fails its checksum.
    if unpacked > MAX_UNPACKED_BYTES or len(parts) > MAX_PARTS:
        raise InputUnusable(
            _("{file} unpacks to {size} MB in {parts} parts; at most {most} MB are read").format(
                file=name, size=unpacked // _MB, parts=len(parts), most=MAX_UNPACKED_BYTES // _MB
            ),
            _("If it is sound, split it by month and import each part."),
        )
    if any(part.flag_bits & 1 for part in parts):
        raise _locked(name)
    if "[Content_Types].xml" in names:
        return FileSource(name, digest, FileKind.WORKBOOK, unpacked, lambda: path.open("rb"))
    tables = [p for p in parts if p.filename.lower().endswith(".csv") and not p.is_dir()]
    if len(tables) == 1 and "mimetype" not in names:
        return _csv_in_zip(path, name, digest, tables[0])
    raise _not_a_table(name)


def _csv_in_zip(path: Path, name: str, digest: str, part: zipfile.ZipInfo) -> FileSource:
    if part.file_size > MAX_BYTES:
        raise _too_large(name, MAX_BYTES)

    def unpack() -> IO[bytes]:
        try:
            with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
                return io.BytesIO(stream.read())
        except BROKEN_ZIP as error:
            raise broken_workbook(name, error) from error

    return FileSource(name, digest, FileKind.CSV, part.file_size, unpack)


def _too_large(name: str, most: int) -> InputUnusable:
    return InputUnusable(
        _("{file} is larger than {most} MB").format(file=name, most=most // _MB),
        _("Split it by month and import each part."),
    )


def _ole(name: str, body: bytes) -> InputUnusable:
    if _ENCRYPTED in body:
        return _locked(name)
    return InputUnusable(
        _("{file} is a workbook of Excel 97-2003 (.xls)").format(file=name),
        _("Open it in a spreadsheet program and save it as .xlsx."),
    )


def _locked(name: str) -> InputUnusable:
    return InputUnusable(
        _("{file} is locked with a password").format(file=name),
        _("Save it without a password, then import it again."),
    )


def _not_a_table(name: str) -> InputUnusable:
    return InputUnusable(
        _("{file} is neither a CSV file nor a workbook (.xlsx)").format(file=name),
        _("Unpack the ZIP, or export as CSV or .xlsx."),
    )
