"""The catalogue's file opened for changes: what is not changed stays as it is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from omr.errors import UsageError
from omr.i18n import _
from omr.problems import decode_text
from omr.replaced_file import replace_file
from omr.unit_records import with_units
from omr.units import Unit, UnitCatalogue
from omr.units_file import parse_units, scan_units

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class UnitStore:
    """A ``units.csv`` without mistakes. Made by :func:`open_units`."""

    path: Path
    raw: bytes
    text: str  # in NFC, line ends \n, no byte order mark
    catalogue: UnitCatalogue
    lines: Mapping[str, int]  # where each unit's row begins, by code

    def changed(self, units: Iterable[Unit]) -> tuple[str, UnitCatalogue]:
        """The file's text with *units* brought up to date or added, and its catalogue.

        Raises:
            MistakesInFile: If such a catalogue would have mistakes; with their lines in the
                file as it would be.
        """
        text = with_units(self.text, units)
        return text, parse_units(text, self.path)

    def save(self, units: Iterable[Unit], now: datetime) -> Path:
        """Write *units* into the file, each in its own row.

        Args:
            units: Changed or new.
            now: For the name of the old file.

        Returns:
            The old file's new name, beside the file.

        Raises:
            MistakesInFile: If such a catalogue would have mistakes; nothing is written.
            UsageError: If the file was changed since it was read; nothing is written.
            LedgerUnusable: If the folder cannot be written to.
        """
        text, _catalogue = self.changed(units)
        if b"\r\n" in self.raw:  # as Excel writes it
            text = text.replace("\n", "\r\n")
        mark = _BOM if self.raw.startswith(_BOM) else b""
        return replace_file(self.path, self.raw, mark + text.encode(), now)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that a person named.

    Raises:
        UsageError: If it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror or error),
            _("Check that the file is there and that you may read it."),
        ) from error


def open_units(path: Path) -> UnitStore:
    """Read a catalogue in order to change it.

    Raises:
        UsageError: If the file is missing or cannot be read.
        MistakesInFile: All mistakes at once: a faulty catalogue is not changed.
    """
    raw = read_bytes(path)
    text = unicodedata.normalize("NFC", decode_text(raw, path))
    scanned = scan_units(text, path)
    scanned.problems.raise_if_any()
    return UnitStore(path, raw, text, UnitCatalogue(scanned.units), scanned.lines)
