"""The counter outside the database: how far the ledger had come when it was last written.

After every transaction the number and the hash of the newest entry of the log are noted in a
small file beside the ledger. An older copy of the ledger that somebody puts in its place, or
another ledger, does not have that entry and is refused.

The note is made after the transaction, so a crash between the two leaves a counter that is
behind, which is no fault. The file has two places that are written in turn, each with a check
sum: a write that a power cut tears leaves the note before it. So nothing waits for the disk.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger.log import Head
from omr.part_file import write_files

_LINE = re.compile(rb"omr-ledger 1 (\d{12}) ([0-9a-f]{64}) ([0-9a-f]{16})\n")
_LINE_BYTES = 108
_CHECK_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest entry that was seen here."""

    entry: int
    hash: str


class CounterDamaged(LedgerUnusable):
    """The counter's file cannot be read, or holds no note."""


class Counter:
    """The counter in one file.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Seen | None:
        """The newest note; None if there is no file.

        Raises:
            CounterDamaged: If there is a file without a note.
        """
        try:
            lines = self._lines()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._damaged(error.strerror or str(error)) from error
        notes = [seen for seen in map(_seen, lines) if seen is not None]
        if not notes:
            raise self._damaged(_("there is no note in it"))
        return max(notes, key=lambda seen: seen.entry)

    def advance(self, head: Head) -> None:
        """Note *head* unless a later entry is noted; another process may have been faster.

        What cannot be noted is noted when the ledger is next opened: the ledger itself is
        kept already, so nothing here may make its transaction look lost.
        """
        try:
            notes = [_seen(line) for line in self._lines()]
            numbers = [-1 if seen is None else seen.entry for seen in notes]
            if max(numbers) >= head.entry:
                return
            with self.path.open("r+b", buffering=0) as file:
                file.seek(_LINE_BYTES * numbers.index(min(numbers)))
                file.write(_line(head))
        except OSError:
            return

    def start_over(self, head: Head) -> None:
        """Note *head* whatever was noted before.

        Raises:
            LedgerUnusable: If the file cannot be written.
        """
        try:
            write_files({self.path: _line(head) * 2})
        except OSError as error:
            raise LedgerUnusable(
                _("{path} cannot be written: {why}").format(
                    path=self.path, why=error.strerror or error
                ),
                _("Check that you may write to the workspace folder."),
            ) from error

    def _lines(self) -> tuple[bytes, bytes]:
        content = self.path.read_bytes()
        return content[:_LINE_BYTES], content[_LINE_BYTES:]

    def _damaged(self, why: str) -> CounterDamaged:
        return CounterDamaged(
            _("the ledger's counter {path} is damaged: {why}").format(path=self.path, why=why),
            _("Put its backup back, or begin a new one: omr ledger accept-older --why REASON"),
        )


def _line(head: Head) -> bytes:
    text = f"omr-ledger 1 {head.entry:012d} {head.hash} "
    return f"{text}{_check(text)}\n".encode()


def _seen(line: bytes) -> Seen | None:
    """What a line notes; None for one that was torn or tampered with."""
    found = _LINE.fullmatch(line)
    if found is None or _check(line[: -_CHECK_DIGITS - 1].decode()).encode() != found[3]:
        return None
    return Seen(int(found[1]), found[2].decode())


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_CHECK_DIGITS]
