"""The PDF that pages are taken from, kept open; and the dictionaries of its images.

pypdfium2 gives an image's data and filters, not the rest of its dictionary (masks, /Decode,
fax parameters). It stands in plain text before the data, and we know where pdfium read those.
"""

from __future__ import annotations

import atexit
import io
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

# pdfium keeps every stream it has read; opening a file of 1,000 pages anew takes 2 ms.
_MOST_READ_BYTES = 64_000_000
_DICTIONARY_BYTES = 6000  # before the data; scanners' dictionaries have 150 to 400
_READ_AT_ONCE = 1024  # pdfium reads text in pieces of 512; longer data in one
_SAMPLE_BYTES = 256
_CIPHER_BYTES = 32  # by which encrypted data may be longer than what they hold

Entries = dict[str, Any]
REFERENCE = object()  # the value stands elsewhere in the file

_TOKEN = re.compile(
    rb"\s*(?:%[^\r\n]*\s*)*"
    rb"(?P<token><<|>>|\[|\]|<[0-9A-Fa-f\s]*>|\((?:\\.|[^\\()])*\)|/[^\s<>\[\]()/%]*"
    rb"|\d+\s+\d+\s+R\b|[^\s<>\[\]()/%]+)",
    re.DOTALL,
)


class PdfFile(io.FileIO):
    """A file that remembers what was read from it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self.reads: list[tuple[int, int]] = []  # (start, size) for the present page
        self._earlier: dict[int, list[int]] = {}  # size -> starts: pdfium keeps what it has read
        self.bytes_read = 0

    def readinto(self, buffer: Any, /) -> int:
        """Fill *buffer*, as pdfium asks; note where from."""
        start, size = self.tell(), len(buffer)
        self.reads.append((start, size))
        self.bytes_read += size
        if size > _READ_AT_ONCE:
            self._earlier.setdefault(size, []).append(start)
        return super().readinto(buffer)

    def entries_before(self, data: bytes) -> Entries | None:
        """The dictionary before a stream of *data* read for the present page.

        ``None`` if it was not found or not understood: nothing may be assumed then.
        """
        for start, size in self.reads:
            if len(data) <= size <= len(data) + _CIPHER_BYTES:
                found = _entries(self._before(start))
                if found is not None:
                    return found
        for start in self._earlier.get(len(data), ()):
            found = _entries(self._before(start)) if self._holds(start, data) else None
            if found is not None:
                return found
        if len(data) <= _READ_AT_ONCE:  # it came with what stands around it
            for start, size in self.reads:
                before = self._before(start + size + len(data))
                at = before.find(data)
                found = _entries(before[:at]) if at >= 0 else None
                if found is not None:
                    return found
        return None

    def _holds(self, start: int, data: bytes) -> bool:
        """Whether *data* stand at *start*, as far as a look at its middle and end tells."""
        for at in (len(data) // 2, max(0, len(data) - _SAMPLE_BYTES)):
            self.seek(start + at)
            if self.read(_SAMPLE_BYTES) != data[at : at + _SAMPLE_BYTES]:
                return False
        return True

    def _before(self, end: int) -> bytes:
        start = max(0, end - _DICTIONARY_BYTES)
        self.seek(start)
        return self.read(end - start)


def opened(path: Path) -> tuple[pdfium.PdfDocument, PdfFile]:
    """The open document and its file; another one when it was written anew.

    Raises:
        pypdfium2.PdfiumError: If it cannot be opened.
        OSError: If it cannot be read.
    """
    about = path.stat()
    key = (path, about.st_mtime_ns, about.st_size)
    if _open(*key)[1].bytes_read > _MOST_READ_BYTES:
        close_files()
    document, file = _open(*key)
    del file.reads[:-1]  # what was read last is still with pdfium
    return document, file


@lru_cache(maxsize=1)  # the pages of one file come one after the other
def _open(path: Path, _modified_ns: int, _size: int) -> tuple[pdfium.PdfDocument, PdfFile]:
    file = PdfFile(path)
    try:
        return pdfium.PdfDocument(file, autoclose=True), file
    except BaseException:
        file.close()
        raise


def close_files() -> None:
    """Let go of the file that was read last."""
    _open.cache_clear()


atexit.register(close_files)  # pypdfium2 complains of documents left open


def _entries(text: bytes) -> Entries | None:
    """The last image's dictionary in *text*, which ends where its stream starts."""
    head = text.rfind(b" obj")
    if head < 0 or not text.rstrip(b"\r\n").endswith(b"stream"):
        return None
    tokens = (found["token"] for found in _TOKEN.finditer(text, head + len(b" obj")))
    try:
        value = _value(next(tokens), tokens)
    except (StopIteration, ValueError, RecursionError):
        return None
    is_image = isinstance(value, dict) and value.get("Subtype") == "/Image"
    return value if is_image else None


def _value(token: bytes, rest: Iterator[bytes]) -> Any:
    """One PDF object (ISO 32000-1, 7.3); strings are not needed and stay as they are."""
    if token == b"<<":
        entries: Entries = {}
        while (name := next(rest)) != b">>":
            if not name.startswith(b"/"):
                raise ValueError(name)
            entries[name[1:].decode("latin-1")] = _value(next(rest), rest)
        return entries
    if token == b"[":
        items = []
        while (item := next(rest)) != b"]":
            items.append(_value(item, rest))
        return items
    if token.startswith((b"/", b"<", b"(")):
        return token.decode("latin-1")
    if token.endswith(b"R"):
        return REFERENCE
    word = {b"true": True, b"false": False, b"null": None}.get(token, token)
    if not isinstance(word, bytes):
        return word
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(token)
    return number
