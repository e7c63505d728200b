"""Covers and forms in order, also after cutting and stacking."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forms.paper import imposition
from forms.sequence import RunSheets, Sheet
from omr.pads import Pad, cut_into_pads
from omr.settings import Paper

COUNTS, PAD_SIZES = st.integers(1, 400), st.integers(1, 60)


def pads_of(count: int, pad_size: int, first: int = 1) -> list[Pad]:
    return list(
        cut_into_pads(
            domain="GTDB", year=2026, first=first, count=count, pad_size=pad_size, first_pad=1
        )
    )


def expected(pads: list[Pad], *, covers: bool) -> list[str]:
    """What has to lie on the table at the end, from the top."""
    stack = []
    for pad in pads:
        stack += [str(pad)] if covers else []
        stack += [f"{pad.domain} {number}" for number in range(pad.first, pad.last + 1)]
    return stack


def called(sheet: Sheet) -> str:
    serial = sheet.serial
    return str(sheet.pad) if serial is None else f"{serial.domain} {serial.number}"


@given(count=COUNTS, pad_size=PAD_SIZES, first=st.integers(1, 1000), covers=st.booleans())
def test_every_pad_is_its_cover_and_then_its_forms(
    *, count: int, pad_size: int, first: int, covers: bool
) -> None:
    pads = pads_of(count, pad_size, first)
    sheets = RunSheets(pads, covers=covers)

    assert [called(sheet) for sheet in sheets] == expected(pads, covers=covers)
    assert len(sheets) == count + (len(pads) if covers else 0)
    assert called(sheets[-1]) == f"GTDB {first + count - 1}"
    assert sheets[1:3] == [sheets[n] for n in range(1, min(3, len(sheets)))]


@given(
    count=COUNTS,
    pad_size=PAD_SIZES,
    covers=st.booleans(),
    portions=st.lists(st.integers(1, 200), max_size=4),
)
def test_cutting_in_any_portions_and_stacking_leaves_every_pad_whole_and_in_order(
    *, count: int, pad_size: int, covers: bool, portions: list[int]
) -> None:
    pads = pads_of(count, pad_size)
    sheets = RunSheets(pads, covers=covers)
    laid = imposition(Paper.A4_TWO_UP)
    pages = list(laid.pages(len(sheets)))  # as they come out of the printer, from the top

    left: list[str] = []
    right: list[str] = []
    while pages:  # a portion goes under the cutter; its halves go under those before them
        size = portions.pop() if portions else len(pages)
        portion, pages = pages[:size], pages[size:]
        for page in portion:
            for index, at in page:
                (left if at.x_mm == 0 else right).append(called(sheets[index]))

    assert left + right == expected(pads, covers=covers)
    assert 0 <= len(left) - len(right) <= 1
