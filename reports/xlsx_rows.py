"""Takes the plain rows out of a sheet before the XML parser sees it: half of a big file's time.

A plain row is written as every office program writes rows of numbers and shared words:
``<row r="2"><c r="A2" s="1" t="s"><v>0</v></c>...</row>``, nothing hidden, no formula, no
words in the sheet itself. Whatever differs by one character goes to the parser as it is,
and so does the rest of a sheet from its first comment or CDATA section on, in which a row
would be no row. Both ways lead to the same rows; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# Possessive, so that a row that is not plain is given up at its first odd character.
_CELL = (
    rb'<c r="[A-Z]{1,3}+[0-9]{1,7}+"(?: s="[0-9]{1,5}+")?+(?: t="[sn]")?+'
    rb"(?:/>|><v>[0-9.eE+-]{1,25}+</v></c>)"
)
_ROW = re.compile(rb'<row r="([0-9]{1,7})"([^<>]*)>((?:' + _CELL + rb")*+)</row>")
_CELLS = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"(?: s="([0-9]+)")?(?: t="([sn])")?(?:/>|><v>([^<]*)</v></c>)'
)
_LONGEST_ROW = 4 * 1024 * 1024  # bytes that wait for their end; longer ones go to the parser

PlainCell = tuple[bytes, bytes, bytes, bytes, bytes]  # column, row, style, kind, value


class RowSifter:
    """Divides the bytes of a sheet between plain rows and the XML parser.

    Args:
        take: Takes a plain row in (its number, its cells); False to have the parser see it.
    """

    def __init__(self, take: Callable[[bytes, list[PlainCell]], bool]) -> None:
        self._take = take
        self._kept = b""  # the beginning of a row, or of a tag
        self._began = self._off = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What of the next *piece* is for the parser; rows are taken in between, in order."""
        body = self._kept + piece
        self._kept = b""
        if not self._off and self._odd(body):
            self._off = True
        if self._off:
            yield body
            return
        handed = at = 0  # up to where all was dealt with; where to look next
        while (start := body.find(b"<row ", at)) >= 0:
            if body.find(b"</row>", start) < 0:
                break
            if start > handed:
                yield body[handed:start]
                handed = start
            at = start + 5
            row = _ROW.match(body, start)
            if row and b"hidden" not in row[2] and self._take(row[1], _CELLS.findall(row[3])):
                handed = at = row.end()
        keep = start if start >= 0 else max(handed, body.rfind(b"<"))
        if len(body) - keep > _LONGEST_ROW:
            self._off = True
            keep = len(body)
        yield body[handed:keep]
        self._kept = body[keep:]

    def rest(self) -> bytes:
        """What is left at the end."""
        return self._kept

    def _odd(self, body: bytes) -> bool:
        """Whether there is anything in which a row would be no row."""
        began, self._began = self._began, True
        declared = 0 if began or not body.lstrip().startswith(b"<?xml") else 1
        return b"<!" in body or body.count(b"<?") > declared
