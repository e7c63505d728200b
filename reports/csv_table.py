"""Reads a CSV file strictly: encoding, delimiter and every row number as a person sees it.

Nothing is guessed about letters: a file saved in an encoding that loses Vietnamese letters
is refused with advice, because every later comparison would fail or, worse, succeed. The
file is streamed, so memory does not grow with it.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from omr.errors import InputUnusable
from omr.i18n import _
from reports.file_source import FileSource
from reports.heads import LOOKED_AT, Head, find_head, numbers_columns
from reports.table import (
    KnownHeader,
    Row,
    Table,
    encoding_advice,
    refuse_columns,
    refuse_rows,
    wrong_encoding,
)

MAX_CELL = 100_000  # characters; the longest comment that a form takes is far below
_MAX_LINE = 8 * 1024 * 1024  # characters; a thousand long cells
_DELIMITERS = ",;\t"
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's own hint
_Record = tuple[int, list[str]]  # row number, cells


@dataclass(frozen=True, slots=True)
class _Text:
    """The file's text and how to split it."""

    source: FileSource
    encoding: str
    delimiter: str = ","
    skipped: int = 0  # lines before the first record

    def lines(self) -> Iterator[str]:
        """Every line in NFC; no letter composes over the end of a line."""
        stream = io.TextIOWrapper(self.source.open(), encoding=self.encoding, newline="")
        with stream:
            for number, line in enumerate(iter(partial(stream.readline, _MAX_LINE), ""), start=1):
                if len(line) == _MAX_LINE:
                    raise InputUnusable(
                        _("{file}, line {line} is longer than {most} characters").format(
                            file=self.source.name, line=number, most=_MAX_LINE
                        ),
                        _("Check that this is the export of one form."),
                    )
                bad = next((mark for mark in ("\ufffd", "\0") if mark in line), None)
                if bad is not None:
                    at = line.index(bad)
                    raise wrong_encoding(
                        self.source.name,
                        _("line {line}").format(line=number),
                        line[max(0, at - 10) : at + 10].strip("\0\r\n"),
                    )
                if number > self.skipped:
                    yield unicodedata.normalize("NFC", line)

    def records(self) -> Iterator[_Record]:
        """Every record with its number, strictly."""
        csv.field_size_limit(MAX_CELL)
        reader = csv.reader(self.lines(), delimiter=self.delimiter, strict=True)
        number = self.skipped
        try:
            for cells in reader:
                number += 1
                yield number, [cell.strip() for cell in cells]
        except csv.Error as error:
            raise InputUnusable(
                _("{file}, after row {row}: {reason}").format(
                    file=self.source.name, row=number, reason=error
                ),
                _("The file is cut off or its quotation marks are broken: export it again."),
            ) from error


def read_csv(source: FileSource, known: KnownHeader) -> Table:
    """Open the CSV file *source*.

    Args:
        source: The file.
        known: Whether a header means something; the delimiter under which most headers do
            is the file's, and the row with most of them is the header.

    Raises:
        InputUnusable: If it is empty, cut off, too long, or in an encoding that lost or
            will lose letters.
    """
    text = _delimited(_decodable(source), known)
    first = list(islice(text.records(), LOOKED_AT))
    head = find_head(first, (), known)
    if head is None:
        raise InputUnusable(
            _("{file} has no header in its first row").format(file=source.name),
            _("Export the answers again; the first row must name the columns."),
        )
    last_number, last_width, ended = _sound(text, head)
    width = len(head.header)
    ends_within = 0 < last_width < width and not ended
    numbered = next((cells for number, cells in first if number == head.last + 1), [])
    skips = head.last + (1 if numbers_columns(numbered) else 0)

    def rows() -> Iterator[Row]:
        for number, found in text.records():
            if number > skips and any(found):
                # Spreadsheets leave empty cells at the end of a row away: filled up here.
                yield Row(
                    number,
                    tuple(found[:width]) + ("",) * (width - len(found)),
                    tuple(cell for cell in found[width:] if cell),
                    ends_within and number == last_number,
                )

    return Table(
        name=source.name,
        sha256=source.sha256,
        header=head.header,
        rows=rows,
        header_row=head.last,
        notes=tuple(head.told(first, skips=skips)),
    )


def _decodable(source: FileSource) -> _Text:
    """The file's encoding; every byte of it is looked at."""
    with source.open() as stream:
        start = stream.read(4)
    encoding = next((word for mark, word in _BYTE_ORDER_MARKS if start.startswith(mark)), "utf-8")
    line = 1
    try:
        with io.TextIOWrapper(source.open(), encoding=encoding, newline="") as stream:
            while piece := stream.read(1024 * 1024):
                line += piece.count("\n")
    except UnicodeError as error:
        raise InputUnusable(
            _("{file} is not UTF-8 (first seen in line {line})").format(
                file=source.name, line=_line_of_error(source, encoding)
            ),
            encoding_advice(),
        ) from error
    return _Text(source, encoding)


def _line_of_error(source: FileSource, encoding: str) -> int:
    with source.open() as stream:
        raw = stream.read()
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        return raw.count(b"\n", 0, error.start) + 1
    return 1


def _delimited(text: _Text, known: KnownHeader) -> _Text:
    """The delimiter under which the header has most known, then most, columns."""
    first = next(text.lines(), "")
    hint = _SEPARATOR_LINE.fullmatch(first)
    if hint:
        return _Text(text.source, text.encoding, hint[1], 1)

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            split = _Text(text.source, text.encoding, delimiter)
            rows = list(islice(split.records(), LOOKED_AT))
        except InputUnusable:  # under a wrong delimiter, quotation marks look misplaced
            rows = _one_record(text, delimiter)
        head = find_head(rows, (), known)
        return (-1, 0) if head is None else (sum(map(known, head.header)), len(head.header))

    return _Text(text.source, text.encoding, max(_DELIMITERS, key=worth))


def _one_record(text: _Text, delimiter: str) -> list[_Record]:
    try:
        return list(islice(_Text(text.source, text.encoding, delimiter).records(), 1))
    except InputUnusable:
        return []


def _sound(text: _Text, head: Head) -> tuple[int, int, bool]:
    """Read to the end before anything is made of the file.

    Returns:
        The last row's number and width, and whether the file's last line was ended.
    """
    number, width = head.last, len(head.header)
    refuse_columns(text.source.name, number, width)
    for number, found in text.records():
        width = len(found)
        refuse_columns(text.source.name, number, width)
        refuse_rows(text.source.name, number - head.last)
    return number, width, _ends_with_newline(text)


def _ends_with_newline(text: _Text) -> bool:
    with text.source.open() as stream:
        stream.seek(-min(4, text.source.size), io.SEEK_END)
        tail = stream.read()
    return b"\n" in tail[-2:] or b"\r" in tail[-2:]
