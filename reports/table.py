"""Reads a CSV file strictly: encoding, delimiter and every row number as a person sees it.

Nothing is guessed about letters: a file saved in an encoding that loses Vietnamese letters
is refused with advice, because every later comparison would fail or, worse, succeed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from omr.errors import InputUnusable
from omr.i18n import _

MAX_BYTES = 200 * 1024 * 1024  # a province's whole year is below 100 MB
MAX_COLUMNS = 1000
MAX_ROWS = 1_000_000
_DELIMITERS = ",;\t"
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's own hint
# Saving in a Windows code page turns "Hài lòng" with lost letters into "H?i lòng".
_LOST_LETTER = re.compile(r"[^\W\d_]\?+[^\W\d_]|\?\?+[^\W\d_]|\ufffd")


@dataclass(frozen=True, slots=True)
class Row:
    """One data row; ``number`` counts as spreadsheets do, the first line being 1."""

    number: int
    cells: tuple[str, ...]  # NFC, stripped; as many as the header has
    surplus: tuple[str, ...] = ()  # cells beyond the header's last column
    cut_off: bool = False  # the file ends within this row


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A decoded CSV file."""

    name: str  # of the file, without folders, NFC
    sha256: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]  # each call reads from the first data row


def read_csv(path: Path, known_header: Callable[[str], bool]) -> CsvTable:
    """Open the CSV file at *path*.

    Args:
        path: The file.
        known_header: Whether a header means something; the delimiter under which most
            headers do is the file's.

    Raises:
        InputUnusable: If it is missing, too large, empty, no text, or in an encoding that
            lost or will lose letters.
    """
    raw = _bytes(path)
    text = _decoded(raw, path.name)
    lines = io.StringIO(text, newline="")
    first = lines.readline()
    hint = _SEPARATOR_LINE.fullmatch(first)
    skipped = 1 if hint else 0
    body = text[len(first) :] if hint else text
    delimiter = hint[1] if hint else _delimiter(body, known_header, path.name)
    records = _records(body, delimiter, path.name, skipped)
    header_number, cells = next(records, (0, []))
    if not any(cells):
        raise InputUnusable(
            _("{file} has no header in its first row").format(file=path.name),
            _("Export the answers again; the first row must name the columns."),
        )
    header = tuple(cells)
    last_number, last_width = header_number, len(header)
    for number, found in records:  # the whole file is sound before anything is made of it
        last_number, last_width = number, len(found)
    _refuse_size(path.name, len(header), last_number - header_number)
    ends_within = 0 < last_width < len(header) and not body.endswith(("\n", "\r"))

    def rows() -> Iterator[Row]:
        for number, found in islice(_records(body, delimiter, path.name, skipped), 1, None):
            if any(found):
                yield _row(
                    number, found, len(header), cut_off=ends_within and number == last_number
                )

    return CsvTable(
        name=unicodedata.normalize("NFC", path.name),
        sha256=hashlib.sha256(raw).hexdigest(),
        header=header,
        rows=rows,
    )


def first_filled(row: Row, places: Iterable[int]) -> tuple[int | None, str]:
    """The first place whose cell has words, and they; else the first place and no words."""
    first: int | None = None
    for place in places:
        first = place if first is None else first
        if row.cells[place]:
            return place, row.cells[place]
    return first, ""


def damaged(text: str) -> bool:
    """Whether *text* bears the marks of an encoding that lost or mistook letters."""
    return _LOST_LETTER.search(text) is not None or _mistaken(text)


def wrong_encoding(file: str, place: str, value: str) -> InputUnusable:
    """The refusal of a file whose letters were lost before it came here."""
    return InputUnusable(
        _("{file}: letters were lost when it was saved ({place}: {value!r})").format(
            file=file, place=place, value=value
        ),
        _encoding_advice(),
    )


def _encoding_advice() -> str:
    return _(
        "Export the answers again and do not open the file in between; "
        "from Excel, save it as 'CSV UTF-8 (Comma delimited)'."
    )


def _mistaken(text: str) -> bool:
    """Whether *text* is UTF-8 that a program read as Windows-1252 and saved again."""
    if text.isascii():
        return False
    try:
        b"".join(_windows_byte(letter) for letter in text).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _windows_byte(letter: str) -> bytes:
    """The letter's byte in Windows-1252; programs keep its five unused bytes as they are."""
    return bytes([ord(letter)]) if "\x80" <= letter <= "\x9f" else letter.encode("cp1252")


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise InputUnusable(
                _("there is no file {file}").format(file=path),
                _("Check the name and the folder."),
            )
        if path.stat().st_size > MAX_BYTES:
            raise InputUnusable(
                _("{file} is larger than {most} MB").format(
                    file=path.name, most=MAX_BYTES // 1024 // 1024
                ),
                _("Split it by month and import each part."),
            )
        return path.read_bytes()
    except OSError as error:
        raise InputUnusable(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror or error),
            _("Check that you may read the file."),
        ) from error


def _decoded(raw: bytes, name: str) -> str:
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise InputUnusable(
            _("{file} is no CSV file").format(file=name),
            _("Unpack the ZIP, or export as CSV."),
        )
    encoding = next((word for mark, word in _BYTE_ORDER_MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputUnusable(
            _("{file} is not UTF-8 (first seen in line {line})").format(file=name, line=line),
            _encoding_advice(),
        ) from error
    at = next((text.index(bad) for bad in ("\ufffd", "\0") if bad in text), None)
    if at is not None:
        raise wrong_encoding(
            name,
            _("line {line}").format(line=text.count("\n", 0, at) + 1),
            text[max(0, at - 10) : at + 10].strip("\0"),
        )
    return unicodedata.normalize("NFC", text)


def _delimiter(body: str, known_header: Callable[[str], bool], name: str) -> str:
    """The delimiter under which the header has most known, then most, columns."""

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(_records(body, delimiter, name, 0), (0, []))[1]
        except InputUnusable:  # under a wrong delimiter, quotation marks look misplaced
            return -1, 0
        return sum(known_header(cell) for cell in cells), len(cells)

    return max(_DELIMITERS, key=worth)


def _records(body: str, delimiter: str, name: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    number = skipped
    try:
        for cells in reader:
            number += 1
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InputUnusable(
            _("{file}, after row {row}: {reason}").format(file=name, row=number, reason=error),
            _("The file is cut off or its quotation marks are broken: export it again."),
        ) from error


def _refuse_size(name: str, columns: int, rows: int) -> None:
    if columns > MAX_COLUMNS:
        raise InputUnusable(
            _("{file} has {count} columns; at most {most} can be read").format(
                file=name, count=columns, most=MAX_COLUMNS
            ),
            _("Check that this is the export of one form."),
        )
    if rows > MAX_ROWS:
        raise InputUnusable(
            _("{file} has more than {most} rows").format(file=name, most=MAX_ROWS),
            _("Split it by month and import each part."),
        )


def _row(number: int, found: list[str], width: int, *, cut_off: bool) -> Row:
    # Spreadsheets leave empty cells at the end of a row away, so short rows are filled up.
    cells = tuple(found[:width]) + ("",) * (width - len(found))
    return Row(number, cells, tuple(cell for cell in found[width:] if cell), cut_off)
