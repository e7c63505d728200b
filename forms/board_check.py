"""Verifies a finished board: what its codes really say, and what really stands below them.

A board that leads astray is worse than none, so it is judged from the PDF alone: every
page is made a picture, the codes on it are decoded, and the words near them copied out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from forms.board_grid import Placed
from forms.board_page import BoardPage
from forms.proof import SeenCode, codes_on, page_count, words_in
from omr.errors import OmrError
from omr.geometry import PageRect
from omr.i18n import _
from omr.links import BoardLinks

# Distances from which a board is looked at; a page must stand the greatest that its
# smallest modules allow for (A4 about 1 m, A3 about 1.5 m).
_PHONES_M = (2.0, 1.5, 1.0)
_OFF_MM = 2.0  # a decoder's corners, in a picture of 0.17 mm a pixel, are far better than this
_LOOK_MM = 5.0  # of white and words around a code, as a phone would have in view


class BoardWrong(OmrError):
    """The finished board does not show what was ordered. Nothing was published."""


def phone_m(page: BoardPage) -> float:
    """The distance, in m, from which the page is looked at as a phone would."""
    return next((m for m in _PHONES_M if m <= page.reading_m), _PHONES_M[-1])


def verify(pdf: bytes, pages: Sequence[BoardPage], links: BoardLinks) -> None:
    """Compare a finished board with what was ordered.

    Args:
        pdf: The board.
        pages: Where its codes should be.
        links: What it should lead to: every page once, the surveys on every page.

    Raises:
        BoardWrong: Naming everything that differs.
    """
    faults = list(_faults(pdf, pages, links))
    if faults:
        raise BoardWrong(
            _("the finished board is wrong and was not written: {faults}").format(
                faults="; ".join(faults)
            ),
            _("Run it again; if it happens again, report these words."),
        )


def _faults(pdf: bytes, pages: Sequence[BoardPage], links: BoardLinks) -> Iterator[str]:
    if page_count(pdf) != len(pages):
        yield _("{found} pages where {wanted} were ordered").format(
            found=page_count(pdf), wanted=len(pages)
        )
        return
    wanted = Counter(link.url for link in links.pages)
    for survey in links.surveys:
        wanted[survey.link.url] += len(pages)
    found: Counter[str] = Counter()
    for number, page in enumerate(pages):
        looks = [each.code.grown(_LOOK_MM) for each in page.placed]
        seen = codes_on(pdf, number, looks)
        found += Counter(code.text for code in seen)
        at = _("page {page}").format(page=number + 1)
        yield from (f"{at}: {fault}" for fault in _misplaced(page.placed, seen))
        yield from (f"{at}: {fault}" for fault in _captions(pdf, number, page.placed))
        metres = phone_m(page)
        far = {code.text for code in codes_on(pdf, number, looks, phone_m=metres)}
        for each in page.placed:
            if each.link.url not in far:
                yield (
                    at
                    + ": "
                    + _("a phone cannot read '{name}' from {metres} m").format(
                        name=each.link.name, metres=metres
                    )
                )
    for url in sorted(wanted - found):
        yield _("no code leads to {url}").format(url=url)
    for url in sorted(found - wanted):
        yield _("a code that was not ordered leads to {url}").format(url=url)


def _misplaced(placed: Sequence[Placed], seen: Sequence[SeenCode]) -> Iterator[str]:
    """Codes that are not where they belong, and places that have another code or none."""
    for each in placed:
        there = [code.text for code in seen if _same_place(code.box, each.code)]
        if there != [each.link.url]:
            yield _("the code of '{name}' says {found}").format(
                name=each.link.name, found=", ".join(there) or _("nothing")
            )
    for code in seen:
        if not any(_same_place(code.box, each.code) for each in placed):
            yield _("a code where none belongs says {url}").format(url=code.text)


def _captions(pdf: bytes, page: int, placed: Sequence[Placed]) -> Iterator[str]:
    printed = words_in(pdf, page, [each.caption.grown(1.0) for each in placed])
    for each, words in zip(placed, printed, strict=True):
        link = each.link
        addresses = (link.short,) if link.short_shows_site else (link.site, link.short)
        for wanted in (link.name, *addresses):
            # Where a line ends, copied text has a blank, and a broken address has none.
            if wanted.replace(" ", "") not in words.replace(" ", ""):
                yield _("'{words}' is not printed below its code").format(words=wanted)


def _same_place(one: PageRect, other: PageRect) -> bool:
    return all(
        abs(a - b) <= _OFF_MM
        for a, b in (
            (one.x_mm, other.x_mm),
            (one.y_mm, other.y_mm),
            (one.right_mm, other.right_mm),
            (one.bottom_mm, other.bottom_mm),
        )
    )
