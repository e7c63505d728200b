"""The grid of a board: codes of one size in rows, each with its name and address below."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from forms.board_art import QUIET_MODULES, Anchor, Area, Art, Code, Ink, Words, code_modules
from forms.board_words import BoardWords
from forms.fonts import MM_PER_POINT, Face, width_mm
from forms.text_flow import wrap
from omr.geometry import PagePoint, PageRect
from omr.links import Link

GUTTER_MM = 6.0
# Sarabun needs 1.29 em from line to line for stacked capitals (Ấ above g).
LEADING = 1.3
_NAME_LINES = 3
_ADDRESS_LINES = 3
_NAME_PT_PER_MM = 0.34  # of the code's side: the name is read from where the code is read
_NAME_PT = (10.5, 21.0)
_ADDRESS_SHARES = (0.8, 0.74, 0.68)  # of the name's size: the largest that need not be broken
_ADDRESS_PT = 8.5  # at least
_HEADING_SHARE = 1.15
_LEAST_ROW_GAP_MM = 6.5
_WHITE_ABOVE_MM = 5.0
_RULE_SHARE = 0.36  # of the gap lies above the rule between two rows
_AFTER_SLASH = re.compile(r"(?<=/)|(?=[?&])")


@dataclass(frozen=True, slots=True)
class Group:
    """Pages under one heading, which may be empty."""

    heading: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A code on the page and the room of its caption; both must be found there later."""

    link: Link
    code: PageRect
    caption: PageRect


@dataclass(frozen=True, slots=True)
class Caption:
    """A link's name and addresses, broken into lines."""

    name: tuple[str, ...]
    address: tuple[str, ...]
    name_pt: float
    address_pt: float
    is_broken: bool  # whether an address takes more than one line

    @property
    def height_mm(self) -> float:
        """From the top of the first line to the foot of the last."""
        lines = len(self.name) * self.name_pt + len(self.address) * self.address_pt
        return lines * LEADING * MM_PER_POINT

    def art(self, x_mm: float, top_mm: float, anchor: Anchor) -> list[Art]:
        """The lines, from *top_mm* down."""
        drawn: list[Art] = []
        y = top_mm
        for lines, size, face, ink in (
            (self.name, self.name_pt, Face.BOLD, Ink.BLACK),
            (self.address, self.address_pt, Face.REGULAR, Ink.GREEN),
        ):
            for line in lines:
                y += size * LEADING * MM_PER_POINT
                # The baseline leaves room for descenders below it.
                at = PagePoint(x_mm, y - 0.3 * size * MM_PER_POINT)
                drawn.append(Words(at, line, face, size, ink, anchor))
        return drawn


@dataclass(frozen=True, slots=True)
class Row:
    """Codes side by side, perhaps below a heading."""

    heading: str
    links: tuple[Link, ...]
    captions: tuple[Caption, ...]

    @property
    def caption_mm(self) -> float:
        """The tallest caption."""
        return max(caption.height_mm for caption in self.captions)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of codes of one size."""

    side_mm: float  # of every code
    width_mm: float
    columns: int
    rows: tuple[Row, ...]
    quiet_mm: float

    @property
    def column_mm(self) -> float:
        """The width of a column."""
        return (self.width_mm - (self.columns - 1) * GUTTER_MM) / self.columns

    @property
    def row_gap_mm(self) -> float:
        """White between two rows; a rule in it keeps each caption with its own code."""
        return max(_LEAST_ROW_GAP_MM, self.quiet_mm / (1 - _RULE_SHARE))

    @property
    def _heading_pt(self) -> float:
        return self.rows[0].captions[0].name_pt * _HEADING_SHARE

    @property
    def _heading_mm(self) -> float:
        return self._heading_pt * LEADING * MM_PER_POINT + 1.5 + max(3.0, self.quiet_mm)

    @property
    def _lead_mm(self) -> float:
        """White above the first row of large codes, beyond what every page has there."""
        return 0.0 if self.rows[0].heading else max(0.0, self.quiet_mm - _WHITE_ABOVE_MM)

    @property
    def height_mm(self) -> float:
        """From the top of the first row to the foot of the last."""
        rows = sum(self.side_mm + self.quiet_mm + row.caption_mm for row in self.rows)
        headings = sum(bool(row.heading) for row in self.rows) * self._heading_mm
        return self._lead_mm + rows + headings + (len(self.rows) - 1) * self.row_gap_mm

    @property
    def is_broken(self) -> bool:
        """Whether any address takes more than one line."""
        return any(caption.is_broken for row in self.rows for caption in row.captions)

    @property
    def is_even(self) -> bool:
        """Whether every row of a group has the same number of codes."""
        return all(
            len(row.links) == len(before.links)
            for before, row in zip(self.rows, self.rows[1:], strict=False)
            if not row.heading
        )

    def art(self, left_mm: float, top_mm: float, spare_mm: float) -> tuple[list[Art], list[Placed]]:
        """The grid with *spare_mm* of more white shared out between its rows."""
        art: list[Art] = []
        placed: list[Placed] = []
        more = spare_mm / max(1, len(self.rows) - 1)
        y = top_mm + self._lead_mm
        for number, row in enumerate(self.rows):
            if number and not row.heading:
                rule = y - (self.row_gap_mm + more) * (1 - _RULE_SHARE)
                art.append(Area(PageRect(left_mm, rule, self.width_mm, 0.2), fill=Ink.LINE))
            if row.heading:
                art += self._heading(row.heading, left_mm, y)
                y += self._heading_mm
            across = len(row.links) * (self.column_mm + GUTTER_MM) - GUTTER_MM
            x = left_mm + (self.width_mm - across) / 2
            for link, caption in zip(row.links, row.captions, strict=True):
                middle = x + self.column_mm / 2
                code = PageRect(middle - self.side_mm / 2, y, self.side_mm, self.side_mm)
                below = code.bottom_mm + self.quiet_mm
                room = PageRect(x, below, self.column_mm, caption.height_mm)
                art += [Code(link.url, code), *caption.art(middle, below, Anchor.MIDDLE)]
                placed.append(Placed(link, code, room))
                x += self.column_mm + GUTTER_MM
            y += self.side_mm + self.quiet_mm + row.caption_mm + self.row_gap_mm + more
        return art, placed

    def _heading(self, heading: str, left_mm: float, top_mm: float) -> list[Art]:
        size = self._heading_pt
        baseline = top_mm + size * MM_PER_POINT
        rule_y = top_mm + size * LEADING * MM_PER_POINT + 0.8
        return [
            Words(PagePoint(left_mm, baseline), heading, Face.BOLD, size, Ink.GREEN),
            Area(PageRect(left_mm, rule_y, self.width_mm, 0.35), fill=Ink.GREEN),
        ]


def quiet_mm(link: Link, side_mm: float) -> float:
    """The width of the quiet zone around the link's code."""
    return side_mm * QUIET_MODULES / code_modules(link.url)


def lay_grid(
    groups: tuple[Group, ...],
    width_mm: float,
    columns: int,
    side_mm: float,
    words: BoardWords,
    height_mm: float = math.inf,
) -> Grid | None:
    """The grid with codes of that side, or nothing if something is too wide or high for it."""
    column = (width_mm - (columns - 1) * GUTTER_MM) / columns
    # Neighbours' quiet zones may share the gutter, never a module.
    widest = max(quiet_mm(link, side_mm) for group in groups for link in group.links)
    if side_mm + widest > column + GUTTER_MM:
        return None
    shared = [row for group in groups for row in _shared_out(group.links, columns)]
    if len(shared) * (side_mm + widest) > height_mm:  # whatever the captions; saves most tries
        return None
    links = [link for group in groups for link in group.links]
    captions = iter(_captions(links, column, side_mm, words))
    rows: list[Row] = []
    for group in groups:
        heading = group.heading
        for part in _shared_out(group.links, columns):
            row = tuple(caption for _link in part if (caption := next(captions)))
            if len(row) < len(part):
                return None
            rows.append(Row(heading, part, row))
            heading = ""
    grid = Grid(side_mm, width_mm, columns, tuple(rows), widest)
    return grid if grid.height_mm <= height_mm else None


def _captions(
    links: list[Link], room_mm: float, side_mm: float, words: BoardWords
) -> list[Caption | None]:
    """The captions of all links in one size; nothing in the place of one that does not fit."""
    tried = [
        [_caption(link, room_mm, side_mm, words, share) for link in links]
        for share in _ADDRESS_SHARES
    ]
    whole = (laid for laid in tried if all(each and not each.is_broken for each in laid))
    return next(whole, tried[0])


@lru_cache(maxsize=4096)
def _caption(
    link: Link, room_mm: float, side_mm: float, words: BoardWords, address_share: float
) -> Caption | None:
    least, most = _NAME_PT
    name_pt = round(min(max(_NAME_PT_PER_MM * side_mm, least), most) * 4) / 4
    address_pt = max(_ADDRESS_PT, round(address_share * name_pt * 4) / 4)
    name = wrapped(link.name, Face.BOLD, name_pt, room_mm)
    addresses = (
        (link.short,)
        if link.short_shows_site
        else (link.site, words.or_type.format(short=link.short))
    )
    address = [
        line for text in addresses for line in wrapped(text, Face.REGULAR, address_pt, room_mm)
    ]
    widest = max(width_mm(line, Face.REGULAR, address_pt) for line in address)
    if (
        widest > room_mm
        or len(address) > _ADDRESS_LINES
        or len(name) > _NAME_LINES
        or any(width_mm(line, Face.BOLD, name_pt) > room_mm for line in name)
    ):
        return None
    return Caption(name, tuple(address), name_pt, address_pt, len(address) > len(addresses))


@lru_cache(maxsize=4096)
def wrapped(text: str, face: Face, size_pt: float, room_mm: float) -> tuple[str, ...]:
    """*text* in even lines; an address is broken after a slash, so no hyphen is in doubt."""
    if " " in text:
        return tuple(wrap(text, face, size_pt, room_mm))
    lines = [""]
    for piece in _AFTER_SLASH.split(text):
        longer = lines[-1] + piece
        if not lines[-1] or width_mm(longer, face, size_pt) <= room_mm:
            lines[-1] = longer
        else:
            lines.append(piece)
    return tuple(lines)


def _shared_out(links: tuple[Link, ...], columns: int) -> list[tuple[Link, ...]]:
    """*links* in as few rows as *columns* allow, as even as they can be, longer ones first."""
    count = -(-len(links) // columns)
    least, longer = divmod(len(links), count)
    rows, start = [], 0
    for row in range(count):
        end = start + least + (row < longer)
        rows.append(links[start:end])
        start = end
    return rows
