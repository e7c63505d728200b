"""The parts of a workbook around its sheets: which sheets, shared words, date formats.

Parts are read by the standard library's streaming parser. A file may come from anywhere, so
every part has a bound, no document type is accepted, and nothing in it is ever run or
followed: formulas, macros and links to other files stay where they are.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self
from xml.parsers import expat

from omr.errors import InputUnusable
from omr.i18n import _
from reports.file_source import BROKEN_ZIP, FileSource, broken_workbook
from reports.xlsx_rows import RowSifter

MAX_SHARED_BYTES = 256 * 1024 * 1024  # of the shared words, unpacked; they stay in memory
_MAX_SMALL_BYTES = 16 * 1024 * 1024  # of the parts that only describe
_MAX_TOKEN = 4 * 1024 * 1024  # bytes between two ends of tags; a cell holds 32,767 characters
_PIECE = 256 * 1024
# Formats that Excel keeps for dates and times (ECMA-376, 18.8.30), also of eastern locales.
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_NO_DATE_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)  # 30:00 hours are no time of day

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of cells."""

    name: str
    path: str  # of its part
    hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the sheets of one workbook share."""

    sheets: tuple[SheetPart, ...]
    words: tuple[str, ...]  # shared by index
    date_styles: frozenset[str]  # indices of cell styles that show a date
    from_1904: bool  # dates count from 1904, as old Macintosh workbooks do


class Parts:
    """The parts of an opened workbook; a context manager."""

    def __init__(self, source: FileSource) -> None:
        self.file: Final = source.name
        self._stream = source.open()
        try:
            self._archive = zipfile.ZipFile(self._stream)
        except BROKEN_ZIP as error:
            self._stream.close()
            raise broken_workbook(self.file, error) from error
        self._names = {name.casefold(): name for name in self._archive.namelist()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()
        self._stream.close()

    def has(self, path: str) -> bool:
        """Whether there is such a part; names differ in case between programs."""
        return path.casefold() in self._names

    def parse(
        self,
        path: str,
        parser: expat.XMLParserType,
        *,
        most: int | None = None,
        sifter: RowSifter | None = None,
    ) -> Iterator[None]:
        """Feed a part to *parser*, piece by piece, so that its handlers' findings can be used.

        Args:
            path: The part.
            parser: With its handlers.
            most: Bytes, unpacked, or None for the bound of the whole file.
            sifter: Takes plain rows out before the parser sees them.

        Raises:
            InputUnusable: If the part is missing, damaged, too large, or hides a bomb.
        """
        if not self.has(path):
            raise broken_workbook(self.file, _("it has no part {part}").format(part=path))
        info = self._archive.getinfo(self._names[path.casefold()])
        if most is not None and info.file_size > most:
            raise _bomb(self.file, path)
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        fed = 0
        try:
            with self._archive.open(info) as stream:
                while piece := stream.read(_PIECE):
                    for part in (piece,) if sifter is None else sifter.feed(piece):
                        parser.Parse(part, False)
                        fed += len(part)
                    if fed - parser.CurrentByteIndex > _MAX_TOKEN:
                        raise _bomb(self.file, path)
                    yield
            parser.Parse(b"" if sifter is None else sifter.rest(), True)
            yield
        except (*BROKEN_ZIP, expat.ExpatError) as error:
            raise broken_workbook(self.file, f"{path}: {error}") from error

    def elements(self, path: str) -> Iterator[tuple[str, Attributes]]:
        """The elements of a small part, each with its attributes, without prefixes."""
        found: list[tuple[str, Attributes]] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, said: found.append(
            (bare(name), {bare(key): value for key, value in said.items()})
        )
        for _piece in self.parse(path, parser, most=_MAX_SMALL_BYTES):
            yield from found
            found.clear()

    def _refuse_doctype(self, *_: object) -> None:
        raise _bomb(self.file, "DOCTYPE")


def bare(name: str) -> str:
    """An XML name without its prefix."""
    return name.rpartition(":")[2]


def read_workbook(parts: Parts) -> Workbook:
    """Everything but the sheets' cells.

    Raises:
        InputUnusable: If it is of another format, or damaged.
    """
    main = _target(parts, "_rels/.rels", "", "/officeDocument") or "xl/workbook.xml"
    if main.endswith(".bin") or not parts.has(main):
        raise InputUnusable(
            _("{file} is no workbook of the kind .xlsx").format(file=parts.file),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        )
    folder, name = posixpath.split(main)
    links = f"{folder}/_rels/{name}.rels"
    targets = {
        said.get("Id", ""): _resolved(folder, said.get("Target", ""))
        for element, said in parts.elements(links)
        if element == "Relationship" and said.get("Type", "").endswith("/worksheet")
    }
    sheets: list[SheetPart] = []
    from_1904 = False
    for element, said in parts.elements(main):
        if element == "workbookPr":
            from_1904 = said.get("date1904", "0") in {"1", "true"}
        elif element == "sheet" and said.get("id", "") in targets:
            hidden = said.get("state", "visible") != "visible"
            sheets.append(SheetPart(said.get("name", "?"), targets[said["id"]], hidden))
    words = _target(parts, links, folder, "/sharedStrings")
    styles = _target(parts, links, folder, "/styles")
    return Workbook(
        sheets=tuple(sheets),
        words=tuple(_shared_words(parts, words)) if words and parts.has(words) else (),
        date_styles=_date_styles(parts, styles) if styles and parts.has(styles) else frozenset(),
        from_1904=from_1904,
    )


def _target(parts: Parts, links: str, folder: str, kind: str) -> str:
    if not parts.has(links):
        return ""
    for element, said in parts.elements(links):
        if element == "Relationship" and said.get("Type", "").endswith(kind):
            return _resolved(folder, said.get("Target", ""))
    return ""


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(folder, target))


class _SharedWords:
    """Handlers that gather the text of every ``si`` element, without phonetic guides."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._inside = self._phonetic = False

    def start(self, name: str, _said: Attributes) -> None:
        """An element begins."""
        match bare(name):
            case "si":
                self._pieces = []
            case "rPh":
                self._phonetic = True
            case "t":
                self._inside = not self._phonetic

    def end(self, name: str) -> None:
        """An element ends."""
        match bare(name):
            case "si":
                self.found.append("".join(self._pieces))
            case "rPh":
                self._phonetic = False
            case "t":
                self._inside = False

    def text(self, words: str) -> None:
        """Words within an element."""
        if self._inside:
            self._pieces.append(words)


def _shared_words(parts: Parts, path: str) -> Iterator[str]:
    words = _SharedWords()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = words.start
    parser.EndElementHandler = words.end
    parser.CharacterDataHandler = words.text
    for _piece in parts.parse(path, parser, most=MAX_SHARED_BYTES):
        yield from words.found
        words.found.clear()


def _date_styles(parts: Parts, path: str) -> frozenset[str]:
    """Indices of the cell formats that show a moment."""
    dates = {str(number) for number in _DATE_FORMATS}
    styles: set[str] = set()
    inside, index = False, 0
    for element, said in parts.elements(path):
        if element == "numFmt" and _shows_date(said.get("formatCode", "")):
            dates.add(said.get("numFmtId", ""))
        elif element in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            inside = element == "cellXfs"
        elif element == "xf" and inside:
            if said.get("numFmtId", "0") in dates:
                styles.add(str(index))
            index += 1
    return frozenset(styles)


def _shows_date(code: str) -> bool:
    shown = code.partition(";")[0]
    if _ELAPSED.search(shown):
        return False
    return _DATE_LETTERS.search(_NO_DATE_IN_FORMAT.sub("", shown)) is not None


def _bomb(file: str, part: str) -> InputUnusable:
    return InputUnusable(
        _("{file}: {part} is larger than anything that a survey holds").format(
            file=file, part=part
        ),
        _("Do not open it. Export the answers again from their source."),
    )
