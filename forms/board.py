"""A unit's QR board: composed, drawn, verified from the finished PDF, and only then published."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path

from forms.board_art import Anchor, Area, Ink, Words, draw_board
from forms.board_check import phone_m, verify
from forms.board_grid import Group
from forms.board_page import BoardPage, BoardText, compose
from forms.board_paper import BoardPaper
from forms.board_survey import MAX_SURVEYS
from forms.board_words import BoardWords, board_words
from forms.draft_file import DraftFile
from forms.fonts import MM_PER_POINT, Face, missing, width_mm
from omr.errors import UsageError
from omr.geometry import PagePoint
from omr.i18n import _
from omr.links import BoardLinks
from omr.settings import Language
from omr.units import Unit

_MARK_SHARE = 0.55  # of the page's diagonal


class BoardDoesNotFit(UsageError):
    """A board's words or codes need more room than a page has, or cannot be drawn."""


@dataclass(frozen=True, slots=True)
class BoardOrder:
    """What to put on a board, and where to write it."""

    unit: Unit
    links: BoardLinks
    agency: str  # the force that the unit belongs to
    office: str  # that issues the board
    revision: int
    issued_on: date
    language: Language
    paper: BoardPaper
    specimen: bool
    out: Path


@dataclass(frozen=True, slots=True)
class BoardMade:
    """A published board."""

    pages: int
    codes: int
    least_side_mm: float  # of the smallest code
    checked_m: float  # from this far, a phone read every code
    set_aside: Path | None  # new name of a file that stood in the way


def publish_board(order: BoardOrder) -> BoardMade:
    """Make a board and give it its name once it is proved right.

    Raises:
        BoardDoesNotFit: If something cannot be drawn readably; the cause is named.
        BoardWrong: If the finished board does not show what was ordered.
        UsageError: If an address is made up and no specimen was asked for, or if the file
            cannot be written.
    """
    _refuse_examples(order)
    pages = lay_out(order)
    with DraftFile(order.out) as draft:
        pdf = drawn(order, pages)
        verify(pdf, pages, order.links)
        draft.file.write(pdf)
        set_aside = draft.publish()
    return BoardMade(
        pages=len(pages),
        codes=sum(len(page.placed) for page in pages),
        least_side_mm=min(page.least_side_mm for page in pages),
        checked_m=min(phone_m(page) for page in pages),
        set_aside=set_aside,
    )


def lay_out(order: BoardOrder) -> tuple[BoardPage, ...]:
    """The board's pages: as few as show every code at a readable size.

    Raises:
        BoardDoesNotFit: If a single code is too much for a page.
    """
    words = board_words(order.language)
    text = _text(order, words)
    groups = _groups(order.links, words)
    if len(groups) == 1 and groups[0].heading:  # one domain: its name stands in the head
        text = replace(text, subtitle=groups[0].heading)
        groups = (replace(groups[0], heading=""),)
    if len(text.surveys) > MAX_SURVEYS:
        raise BoardDoesNotFit(
            _("{count} different surveys do not fit on one board").format(count=len(text.surveys)),
            _("Name fewer domains with --domain, or give one [survey] for all in links.toml."),
        )
    _refuse_strange_letters(order, text)
    count = sum(len(group.links) for group in groups)
    for pages in range(1, count + 1):
        laid = []
        for number, part in enumerate(_divided(groups, pages), start=1):
            mark = words.page.format(page=number, pages=pages) if pages > 1 else ""
            page = compose(
                order.paper, text, part, " · ".join(filter(None, (order.unit.code, mark)))
            )
            if page is None:
                break
            laid.append(_marked(order, page))
        if len(laid) == pages:
            return tuple(laid)
    raise BoardDoesNotFit(
        _("the codes or their words are too large for a page of {paper}").format(
            paper=order.paper.value.upper()
        ),
        _("In links.toml, shorten the addresses and names, or give a short address with 'short'."),
    )


def drawn(order: BoardOrder, pages: tuple[BoardPage, ...]) -> bytes:
    """The board as PDF."""
    file = BytesIO()
    title = f"{board_words(order.language).title} – {order.unit.name}"
    sheets = ((page.width_mm, page.height_mm, page.art) for page in pages)
    draw_board(file, sheets, title=title, language=order.language)
    return file.getvalue()


def _text(order: BoardOrder, words: BoardWords) -> BoardText:
    imprint = " · ".join(
        (
            words.issued.format(
                office=order.office, agency=order.agency, date=f"{order.issued_on:%d/%m/%Y}"
            ),
            words.revision.format(revision=order.revision),
        )
    )
    only_surveys = not order.links.sections
    return BoardText(
        words=words,
        agency=order.agency if order.agency != order.unit.name else "",
        unit=order.unit.name,
        title=words.survey_title if only_surveys else words.title,
        subtitle=words.survey_invitation if only_surveys else words.invitation,
        imprint=imprint,
        surveys=() if only_surveys else order.links.surveys,
    )


def _groups(links: BoardLinks, words: BoardWords) -> tuple[Group, ...]:
    """The codes under the names of their domains; domains of one code each need no names."""
    if not links.sections:
        surveys = tuple(
            replace(survey.link, name=", ".join(domain.name for domain in survey.domains))
            for survey in links.surveys
        )
        return (Group("", surveys),)
    groups = []
    for section in links.sections:
        page = section.page
        if page and section.procedures and page.name == section.domain.name:
            page = replace(page, name=words.other_procedures)
        pages = (*section.procedures, *([page] if page else []))
        groups.append(Group(section.domain.name, pages))
    if len(groups) > 1 and all(len(group.links) == 1 for group in groups):
        return (Group("", tuple(group.links[0] for group in groups)),)
    return tuple(groups)


def _divided(groups: tuple[Group, ...], pages: int) -> Iterator[tuple[Group, ...]]:
    """The groups on so many pages of like size, divided between groups where that is near."""
    flat = [(number, link) for number, group in enumerate(groups) for link in group.links]
    borders = [i for i in range(1, len(flat)) if flat[i - 1][0] != flat[i][0]]
    each = len(flat) / pages
    cuts = [0]
    for page in range(1, pages):
        even = round(page * each)
        near = [b for b in borders if abs(b - even) <= each / 4 and b > cuts[-1]]
        cut = min(near, key=lambda border: abs(border - even)) if near else even
        cuts.append(max(cut, cuts[-1] + 1))
    for start, end in zip(cuts, [*cuts[1:], len(flat)], strict=True):
        numbers = dict.fromkeys(number for number, _link in flat[start:end])
        yield tuple(
            Group(groups[n].heading, tuple(link for m, link in flat[start:end] if m == n))
            for n in numbers
        )


def _refuse_examples(order: BoardOrder) -> None:
    made_up = [link.url for link in order.links.links if link.is_example]
    if made_up and not order.specimen:
        raise UsageError(
            _("{count} addresses in links.toml are examples that lead nowhere: {first}").format(
                count=len(made_up), first=made_up[0]
            ),
            _("Put the true addresses there, or make a specimen with --specimen."),
        )


def _refuse_strange_letters(order: BoardOrder, text: BoardText) -> None:
    printed = [text.agency, text.unit, text.imprint]
    for link in order.links.links:
        printed += [link.name, link.short]
    printed += [section.domain.name for section in order.links.sections]
    for words in printed:
        strange = missing(words + words.upper(), Face.BOLD)
        if strange:
            raise BoardDoesNotFit(
                _("the board's font cannot draw '{letters}' in: {words}").format(
                    letters=strange, words=words
                ),
                _("Take these letters out of the name."),
            )


def _marked(order: BoardOrder, page: BoardPage) -> BoardPage:
    """The page, unfit to be posted if it is a specimen: marked above areas, below the rest."""
    if not order.specimen:
        return page
    words = board_words(order.language)
    angle = math.degrees(math.atan2(page.height_mm, page.width_mm))
    length = math.hypot(page.width_mm, page.height_mm) * _MARK_SHARE
    size = length / width_mm(words.specimen, Face.BOLD, 1.0)
    # Turned about the page's centre, half a capital's height below the baseline's middle.
    drop = 0.35 * size * MM_PER_POINT
    turn = math.radians(angle)
    at = PagePoint(
        page.width_mm / 2 + drop * math.sin(turn), page.height_mm / 2 + drop * math.cos(turn)
    )
    mark = Words(at, words.specimen, Face.BOLD, size, Ink.PINK, Anchor.MIDDLE, angle)
    note = Words(
        PagePoint(page.width_mm / 2, 0.6 * page.margin_mm),
        words.specimen_note,
        Face.BOLD,
        11.0 * order.paper.scale,
        Ink.RED,
        Anchor.MIDDLE,
    )
    areas = tuple(each for each in page.art if isinstance(each, Area))
    rest = tuple(each for each in page.art if not isinstance(each, Area))
    return replace(page, art=(*areas, mark, note, *rest))
