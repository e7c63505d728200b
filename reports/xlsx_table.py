"""Opens a workbook as a table: which sheet, where its header is, what is hidden.

Hidden rows and columns are read like all others and named; sheets that are not read are
named too. The rows are kept in a file of their own while the table is in use, so memory
does not grow with them.
"""

from __future__ import annotations

import marshal
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from itertools import islice

from omr.errors import InputUnusable
from omr.i18n import _
from reports.file_source import FileSource
from reports.heads import LOOKED_AT, Head, Merge, find_head, numbers_columns
from reports.table import KnownHeader, Row, Table, column_name
from reports.unmatched import printable, ranges
from reports.xlsx_cells import Aside, SheetRow, read_cells
from reports.xlsx_parts import Parts, SheetPart, Workbook, read_workbook

MAX_SHEETS = 200
_IN_MEMORY = 32 * 1024 * 1024  # bytes of rows before they go to a temporary file
_ROWS_AT_ONCE = 256


class _Spool:
    """Rows of a sheet, written once and read any number of times."""

    def __init__(self) -> None:
        self.first: list[SheetRow] = []  # as many as a header is sought in
        self._blocks: list[int] = []  # bytes of each
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - by close()

    def fill(self, rows: Iterator[SheetRow]) -> None:
        """Take in every row."""
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            self.first += some[: LOOKED_AT - len(self.first)]
            block = marshal.dumps(some)
            self._blocks.append(len(block))
            self._file.write(block)

    def rows(self) -> Iterator[SheetRow]:
        """Every row. Two readers at a time would disturb each other, so places are kept."""
        at = 0
        for size in self._blocks:
            self._file.seek(at)
            at += size
            yield from marshal.loads(self._file.read(size))  # noqa: S302 - our own block

    def close(self) -> None:
        """Give the room back."""
        self._file.close()


def read_xlsx(source: FileSource, known: KnownHeader, sheet: str = "") -> Table:
    """Open the workbook *source*.

    Args:
        source: The file.
        known: Whether a header means something.
        sheet: The sheet's name; without one, the only sheet whose header is known is read.

    Raises:
        InputUnusable: If it is damaged, or does not show which sheet is meant.
    """
    with Parts(source) as parts:
        workbook = read_workbook(parts)
        chosen = _chosen(parts, workbook, known, sheet)
        spool, aside = _Spool(), Aside()
        spool.fill(read_cells(parts, workbook, chosen, aside))
    head = find_head(spool.first, aside.merges, known)
    if head is None:
        raise InputUnusable(
            _("{file}: the sheet '{sheet}' is empty").format(file=source.name, sheet=chosen.name),
            _("Export the answers again, or name another sheet with --sheet."),
        )
    numbered = next((cells for number, cells in spool.first if number == head.last + 1), [])
    skips = head.last + (1 if numbers_columns(numbered) else 0)
    table = Table(
        name=source.name,
        sha256=source.sha256,
        header=head.header,
        rows=_Rows(spool, head, aside.merges, skips),
        header_row=head.last,
        notes=(
            *_sheets_told(workbook.sheets, chosen),
            *head.told(spool.first, skips=skips),
            *_aside_told(aside, head),
        ),
        workbook=True,
        from_1904=workbook.from_1904,
    )
    weakref.finalize(table.rows, spool.close)
    return table


class _Rows:
    """The data rows: short ones filled up, cells merged downwards repeated."""

    def __init__(self, spool: _Spool, head: Head, merges: Sequence[Merge], skips: int) -> None:
        self._spool, self._width, self._skips = spool, len(head.header), skips
        self._downwards = sorted(
            (merge for merge in merges if merge.bottom > merge.top > skips),
            key=lambda merge: merge.top,
        )

    def __call__(self) -> Iterator[Row]:
        width, waiting = self._width, list(reversed(self._downwards))
        open_merges: dict[Merge, str] = {}
        for number, cells in self._spool.rows():
            if number <= self._skips:
                continue
            merged: set[int] = set()
            while waiting and waiting[-1].top < number:
                waiting.pop()  # its first row has no words at all
            if open_merges or (waiting and waiting[-1].top == number):
                merged = _fill_merged(number, cells, waiting, open_merges)
            yield Row(
                number,
                tuple(cells[:width]) + ("",) * (width - len(cells)),
                tuple(cell for cell in cells[width:] if cell),
                merged=frozenset(merged),
            )


def _fill_merged(
    number: int, cells: list[str], waiting: list[Merge], open_merges: dict[Merge, str]
) -> set[int]:
    """Put the words of cells merged downwards into the rows below; the places filled."""
    filled = set()
    for merge in [merge for merge in open_merges if merge.bottom < number]:
        del open_merges[merge]
    for merge, words in open_merges.items():
        cells.extend("" for _place in range(merge.left + 1 - len(cells)))
        if not cells[merge.left]:
            cells[merge.left] = words
            filled.add(merge.left)
    while waiting and waiting[-1].top == number:
        merge = waiting.pop()
        words = cells[merge.left] if merge.left < len(cells) else ""
        if words:
            open_merges[merge] = words
            filled.add(merge.left)
    return filled


def _chosen(parts: Parts, workbook: Workbook, known: KnownHeader, wanted: str) -> SheetPart:
    """The sheet to read.

    Raises:
        InputUnusable: If there is none of that name, or several that could be meant.
    """
    file, sheets = parts.file, workbook.sheets[:MAX_SHEETS]
    names = ", ".join(f"'{printable(sheet.name)}'" for sheet in sheets)
    if wanted:
        named = [sheet for sheet in sheets if sheet.name.strip() == wanted.strip()]
        if named:
            return named[0]
        raise InputUnusable(
            _("{file} has no sheet '{sheet}'").format(file=file, sheet=wanted),
            _("Its sheets are: {names}.").format(names=names),
        )
    if len(sheets) == 1:
        return sheets[0]
    visible = [sheet for sheet in sheets if not sheet.hidden]
    heads = {sheet.path: _first_rows_head(parts, workbook, sheet, known) for sheet in visible}
    worth = {path: _known_words(head, known) for path, head in heads.items()}
    known_sheets = [sheet for sheet in visible if worth[sheet.path] > 1]
    if len(known_sheets) == 1:
        return known_sheets[0]
    if not known_sheets:
        filled = [sheet for sheet in visible if heads[sheet.path] is not None]
        if len(filled) == 1:
            return filled[0]
    raise InputUnusable(
        _("{file} has several sheets, and which one is meant does not show: {names}").format(
            file=file,
            names=", ".join(f"'{printable(s.name)}'" for s in known_sheets) or names,
        ),
        _('Import one after the other, each with --sheet "NAME".'),
    )


def _first_rows_head(
    parts: Parts, workbook: Workbook, sheet: SheetPart, known: KnownHeader
) -> Head | None:
    """The header as far as it shows before merged cells are known (they come last)."""
    rows = list(islice(read_cells(parts, workbook, sheet, Aside()), LOOKED_AT))
    return find_head(rows, (), known)


def _known_words(head: Head | None, known: KnownHeader) -> int:
    return 0 if head is None else len({words for words in head.header if words and known(words)})


def _sheets_told(sheets: Sequence[SheetPart], chosen: SheetPart) -> Iterator[str]:
    others = [
        _("'{name}' (hidden)").format(name=printable(sheet.name))
        if sheet.hidden
        else f"'{printable(sheet.name)}'"
        for sheet in sheets
        if sheet is not chosen
    ]
    if others:
        yield _("sheet '{sheet}' was read; not read: {others}").format(
            sheet=printable(chosen.name), others=", ".join(others)
        )
    elif chosen.hidden:
        yield _("sheet '{sheet}' is hidden; it was read").format(sheet=printable(chosen.name))


def _aside_told(aside: Aside, head: Head) -> Iterator[str]:
    hidden = [place for place in sorted(aside.hidden_columns) if place < len(head.header)]
    named = [
        f"{column_name(place)} '{printable(head.header[place])}'"
        for place in hidden
        if head.header[place]
    ]
    if named:
        yield _("hidden columns, read like the others: {columns}").format(columns=", ".join(named))
    rows = [number for number in aside.hidden_rows if number > head.last]
    if rows:
        yield _("hidden rows, read like the others: {rows}").format(rows=ranges(rows))
    if aside.formulas:
        yield _(
            "{count} formulas were never computed by the program that wrote the file; "
            "open it in a spreadsheet program, save it, and import it again"
        ).format(count=aside.formulas)
