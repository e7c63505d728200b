"""A comment is kept however little it is; an empty field with a scanner's dirt is not."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from printed_office import DPI, SCALE, Printed

from omr.geometry import PageRect, Registration
from omr.layout import Layout
from scans.comment_ink import is_written_on

Image = NDArray[np.uint8]
FLAT = Registration((SCALE, 0.0, -0.5, 0.0, SCALE, -0.5, 0.0, 0.0, 1.0))
CONTRAST = 230.0  # of the drawn pages: paper 255 less print


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


@pytest.fixture
def page(printed: Printed) -> Image:
    return printed.filled()


@pytest.fixture
def field(printed: Printed) -> PageRect:
    return printed.layout.comment


def written(image: Image, layout: Layout) -> bool:
    return is_written_on(image, FLAT, layout, CONTRAST)


def write(
    image: Image, words: str, x_mm: float, y_mm: float, *, level: int = 60, high_mm: float = 2.5
) -> None:
    """Words in thin strokes, their line's left end at that place."""
    at = round(x_mm * SCALE), round(y_mm * SCALE)
    size = high_mm * SCALE / 21  # px high at 1.0
    cv2.putText(image, words, at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, size, level, 3, cv2.LINE_AA)


def test_a_field_in_which_nothing_is_written_is_empty_although_it_bears_print(
    printed: Printed, page: Image
) -> None:
    assert not written(page, printed.layout)


@pytest.mark.parametrize(
    ("words", "x_mm", "y_mm"),
    [
        ("ok", 60.0, 4.0),  # beside the title, on its line
        ("tot", 3.0, 10.2),
        ("khong co y kien", 5.0, 16.0),
        ("cam on", 70.0, 19.0),
        ("x", 30.0, 10.0),
    ],
)
@pytest.mark.parametrize("level", [40, 150, 200])  # a pen, a pencil, a pale pencil
def test_the_shortest_comment_is_seen_wherever_it_stands(
    printed: Printed, page: Image, field: PageRect, words: str, x_mm: float, y_mm: float, level: int
) -> None:
    write(page, words, field.x_mm + x_mm, field.y_mm + y_mm, level=level)

    assert written(page, printed.layout)


def test_writing_over_the_title_is_seen(printed: Printed, page: Image, field: PageRect) -> None:
    write(page, "gap lai", field.x_mm + 3, field.y_mm + 5, high_mm=4)

    assert written(page, printed.layout)


def test_of_a_pale_line_the_crumbs_that_a_1_bit_scan_kept_are_enough(
    printed: Printed, page: Image, field: PageRect
) -> None:
    for n in range(8):
        x, y = field.x_mm + 8 + 2.3 * n, field.y_mm + 7.5 + 0.9 * (n % 2)
        page[round(y * SCALE) : round(y * SCALE) + 3, round(x * SCALE) : round(x * SCALE) + 3] = 0

    assert written(page, printed.layout)


def test_noise_specks_and_a_scanners_streaks_are_no_comment(
    printed: Printed, page: Image, field: PageRect
) -> None:
    rng = np.random.default_rng(5)
    noisy = np.clip(page + rng.normal(0, 8, page.shape), 0, 255).astype(np.uint8)
    for x_mm in (20.0, 55.0):  # two specks
        x, y = round((field.x_mm + x_mm) * SCALE), round((field.y_mm + 7) * SCALE)
        noisy[y : y + 3, x : x + 3] = 30
    column = round((field.x_mm + 62) * SCALE)
    noisy[:, column : column + 2] = 90
    row = round((field.y_mm + 13.0) * SCALE)
    noisy[row : row + 2] = 90

    assert not written(noisy, printed.layout)


def test_shadows_and_print_that_shines_through_are_no_comment(
    printed: Printed, page: Image, field: PageRect
) -> None:
    light = (
        np.linspace(1.0, 0.7, page.shape[1])[None] * np.linspace(0.9, 1.0, page.shape[0])[:, None]
    )
    stain: NDArray[np.floating] = np.ones(page.shape, np.float32)
    centre = round((field.x_mm + 60) * SCALE), round((field.y_mm + 10) * SCALE)
    cv2.circle(stain, centre, round(6 * SCALE), 0.8, -1)
    stain = np.asarray(cv2.GaussianBlur(stain, (0, 0), 2 * SCALE), np.float32)
    back = np.asarray(cv2.GaussianBlur(page[:, ::-1], (0, 0), 0.35 * SCALE), np.float32)
    through = 1 - 0.12 * (255 - back) / 255

    shaded = np.clip(page * light * stain * through, 0, 255).astype(np.uint8)

    assert not written(shaded, printed.layout)


@pytest.mark.parametrize("written_there", [False, True])
def test_a_first_look_at_half_the_size_says_the_same(
    printed: Printed, page: Image, field: PageRect, *, written_there: bool
) -> None:
    if written_there:
        write(page, "tot", field.x_mm + 20, field.y_mm + 10)
    high, wide = (side // 2 * 2 for side in page.shape)
    half = cv2.resize(page[:high, :wide], (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
    s = SCALE / 2
    where = Registration((s, 0.0, -0.5, 0.0, s, -0.5, 0.0, 0.0, 1.0))

    assert is_written_on(np.asarray(half, np.uint8), where, printed.layout, CONTRAST) is (
        written_there
    )


def test_an_empty_field_costs_less_than_a_millisecond(printed: Printed, page: Image) -> None:
    assert DPI == 200
    spent = []
    for _try in range(5):
        begun = time.process_time()
        for _look in range(20):
            written(page, printed.layout)
        spent.append((time.process_time() - begun) / 20)

    assert min(spent) < 1e-3
