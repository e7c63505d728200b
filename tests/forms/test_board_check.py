"""A finished board is looked at before it is published: sabotage is caught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from make_board import Order, links_of, orders_in

import forms.board
from forms.board import BoardOrder, drawn, lay_out, publish_board
from forms.board_art import Area, Code, Ink, Words
from forms.board_check import BoardWrong, phone_m, verify
from forms.board_page import BoardPage
from forms.board_paper import BoardPaper
from omr.errors import ExitCode
from omr.geometry import PageRect


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A board of PC08 with four procedures, with any part of it changed."""
    return orders_in(tmp_path)


def swapped(page: BoardPage) -> BoardPage:
    """The page with the addresses of its first two codes exchanged."""
    one, other = [art for art in page.art if isinstance(art, Code) and "/tt/" in art.text][:2]
    instead = {one: replace(one, text=other.text), other: replace(other, text=one.text)}
    return replace(
        page, art=tuple(instead.get(a, a) if isinstance(a, Code) else a for a in page.art)
    )


def relabelled(page: BoardPage) -> BoardPage:
    """The page with one printed address changed in one letter."""
    return replace(
        page,
        art=tuple(
            replace(art, text="dvc.gov.vn/tt/1009")
            if isinstance(art, Words) and art.text == "dvc.gov.vn/tt/1001"
            else art
            for art in page.art
        ),
    )


def covered(page: BoardPage) -> BoardPage:
    """The page with a white patch over the middle of one code."""
    code = page.placed[1].code
    return replace(page, art=(*page.art, Area(code.grown(-code.w_mm / 4), Ink.WHITE)))


def crowded(page: BoardPage) -> BoardPage:
    """The page with one more code, in the margin of the title."""
    extra = Code("https://evil.vn/x", PageRect(165, 40, 25, 25))
    return replace(page, art=(*page.art, extra))


def shrunk(page: BoardPage) -> BoardPage:
    """The page with one code too fine for a phone, in its place."""
    art = [
        replace(a, box=a.box.grown(-a.box.w_mm / 3)) if isinstance(a, Code) and n else a
        for n, a in enumerate(page.art)
    ]
    return replace(page, art=tuple(art))


@pytest.mark.parametrize(
    ("sabotage", "told"),
    [
        (swapped, r"the code of 'Đăng ký xe lần đầu 0' says https://dvc.gov.vn/tt/1001"),
        (relabelled, r"'dvc.gov.vn/tt/1001' is not printed below its code"),
        (covered, r"no code leads to https://dvc.gov.vn/tt/1001"),
        (crowded, r"a code that was not ordered leads to https://evil.vn/x"),
        (shrunk, r"a phone cannot read"),
    ],
)
def test_a_board_that_was_drawn_wrong_is_never_published(
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
    sabotage: Callable[[BoardPage], BoardPage],
    told: str,
) -> None:
    one = order()
    draw = forms.board.drawn

    def draw_wrong(order: BoardOrder, pages: tuple[BoardPage, ...]) -> bytes:
        return draw(order, tuple(sabotage(page) for page in pages))

    monkeypatch.setattr(forms.board, "drawn", draw_wrong)

    with pytest.raises(BoardWrong, match=told) as caught:
        publish_board(one)

    assert caught.value.exit_code is ExitCode.INTERNAL_ERROR
    assert list(one.out.parent.iterdir()) == []


def test_a_board_with_a_page_too_few_is_never_published(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = order(links_of(count=24))
    draw = forms.board.drawn
    monkeypatch.setattr(forms.board, "drawn", lambda order, pages: draw(order, pages[1:]))

    with pytest.raises(BoardWrong, match="1 pages where 2 were ordered"):
        publish_board(one)


def test_a_code_left_out_of_the_layout_is_missed_too(order: Order) -> None:
    """The links decide what must be there, not the layout that was drawn from them."""
    one = order()
    [page] = lay_out(one)
    less = replace(
        page,
        art=tuple(a for a in page.art if not (isinstance(a, Code) and a.text.endswith("1000"))),
        placed=page.placed[1:],
    )

    with pytest.raises(BoardWrong, match=r"no code leads to https://dvc\.gov\.vn/tt/1000"):
        verify(drawn(one, (less,)), (less,), one.links)


def test_a_page_is_looked_at_from_the_greatest_distance_that_it_allows(order: Order) -> None:
    [near] = lay_out(order(links_of(count=9)))
    [far] = lay_out(order(links_of(count=1), paper=BoardPaper.A3))

    assert (phone_m(near), phone_m(far)) == (1.0, 2.0)
