"""Sheets on the printer's paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forms.paper import imposition
from omr.settings import Paper


@given(count=st.integers(1, 400))
def test_cutting_and_stacking_leaves_the_serials_in_order(count: int) -> None:
    laid = imposition(Paper.A4_TWO_UP)
    left: list[int] = []
    right: list[int] = []
    for page in laid.pages(count):
        for index, at in page:
            (left if at.x_mm == 0 else right).append(index)

    assert left + right == list(range(count))
    assert 0 <= len(left) - len(right) <= 1


@given(count=st.integers(1, 400))
def test_on_a5_every_form_has_a_page_of_its_own(count: int) -> None:
    pages = list(imposition(Paper.A5).pages(count))
    assert [[index for index, _at in page] for page in pages] == [[n] for n in range(count)]


def test_two_sheets_share_an_a4_page_without_touching() -> None:
    laid = imposition(Paper.A4_TWO_UP)
    (left, right) = laid.places
    assert (laid.width_mm, laid.height_mm) == (297.0, 210.0)
    assert left.x_mm + 148.0 <= right.x_mm
    assert right.x_mm + 148.0 <= laid.width_mm


def test_cut_marks_stay_in_the_sheets_margins() -> None:
    laid = imposition(Paper.A4_TWO_UP)
    for mark in laid.cuts:
        assert {point.x_mm for point in mark.points} == {148.5}
        # On the way from the forms' own margin, 8 mm, to what printers do not reach, 5 mm.
        assert mark.ink.bottom_mm <= 11.0 or mark.ink.y_mm >= 199.0
        ends = sorted(point.y_mm for point in mark.points)
        assert ends[1] >= 10.0
        assert ends[0] <= 200.0
