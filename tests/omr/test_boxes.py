"""Reading boxes of unknown forms: pages drawn here, every one with its truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.boxes import Box, BoxMark, BoxReading, read_boxes

Image = npt.NDArray[np.uint8]
FINE = 4  # drawn this much larger, then averaged down
BLANK, DOUBTFUL, MARKED = BoxMark.BLANK, BoxMark.DOUBTFUL, BoxMark.MARKED
ORDER = [BLANK, DOUBTFUL, MARKED]


@dataclass(frozen=True)
class Form:
    """How a page is printed, filled in and scanned; lengths in pixels of the image."""

    side: int = 36
    square: bool = False
    outline: float = 2.0
    print_grey: int = 30
    letters: str = ""
    pen_grey: int = 60
    pen_width: float = 3.0
    paper: int = 245
    noise: float = 3.0
    columns: int = 5
    seed: int = 0


def drawn(marks: list[str], form: Form | None = None) -> tuple[Image, list[Box]]:
    """A page with one box for each mark: blank, fill, tick, cross, line or pencil."""
    form = form or Form()
    rng = np.random.default_rng(form.seed)
    pitch = round(form.side * 1.9)
    rows = -(-len(marks) // form.columns)
    size = (pitch * (rows + 2) * FINE, pitch * (form.columns + 2) * FINE)
    image = np.full(size, form.paper, np.uint8)
    boxes = []
    for n, mark in enumerate(marks):
        row, column = divmod(n, form.columns)
        x, y = pitch * (column + 1), pitch * (row + 1)
        boxes.append(Box(str(n), x, y, form.side, form.side))
        middle = (np.array([x, y]) + form.side / 2) * FINE
        radius = form.side / 2 * 0.9 * FINE
        _print(image, form, middle, radius, n)
        _mark(image, form, middle, radius, mark, rng)
    small = cv2.resize(image, None, fx=1 / FINE, fy=1 / FINE, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.6)
    noisy = soft + rng.normal(0, form.noise, soft.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), boxes


def _print(image: Image, form: Form, middle: npt.NDArray, radius: float, n: int) -> None:
    centre, thick = middle.astype(int), round(form.outline * FINE)
    if form.outline and form.square:
        low, high = (middle - radius).astype(int), (middle + radius).astype(int)
        cv2.rectangle(image, low.tolist(), high.tolist(), form.print_grey, thick, cv2.LINE_AA)
    elif form.outline:
        cv2.circle(image, centre.tolist(), int(radius), form.print_grey, thick, cv2.LINE_AA)
    if form.letters:
        letter, scale = form.letters[n % len(form.letters)], form.side * FINE / 60
        (wide, high), _ = cv2.getTextSize(letter, 0, scale, 6)
        at = (int(middle[0] - wide / 2), int(middle[1] + high / 2))
        cv2.putText(image, letter, at, 0, scale, form.print_grey, 6, cv2.LINE_AA)


STROKES = {
    "tick": [((-0.5, 0.0), (-0.1, 0.5)), ((-0.1, 0.5), (0.8, -0.8))],
    "cross": [((-0.7, -0.7), (0.7, 0.7)), ((-0.7, 0.7), (0.7, -0.7))],
    "line": [((-0.8, 0.0), (0.8, 0.0))],
}


def _mark(
    image: Image,
    form: Form,
    middle: npt.NDArray,
    radius: float,
    mark: str,
    rng: np.random.Generator,
) -> None:
    def point(x: float, y: float) -> list[int]:
        return list(
            (middle + np.array([x, y]) * radius + rng.normal(0, 0.1, 2) * radius).astype(int)
        )

    width = round(form.pen_width * FINE)
    for start, end in STROKES.get(mark, []):
        cv2.line(image, point(*start), point(*end), form.pen_grey, width, cv2.LINE_AA)
    if mark == "fill":
        cv2.circle(image, point(0, 0), int(0.9 * radius), form.pen_grey, -1, cv2.LINE_AA)
    if mark == "pencil":
        (x, y), reach = point(0, 0), int(0.9 * radius)
        here = image[y - reach : y + reach + 1, x - reach : x + reach + 1]
        disc = np.zeros_like(here)
        cv2.circle(disc, (reach, reach), reach, 1, -1)
        grain = cv2.GaussianBlur(rng.normal(0, 40, here.shape), (0, 0), FINE) + form.pen_grey
        here[disc > 0] = np.minimum(here, np.clip(grain, 0, 255)).astype(np.uint8)[disc > 0]


def mixed(count: int, share: float, mark: str, seed: int = 1) -> list[str]:
    rng = np.random.default_rng(seed)
    return [mark if rng.random() < share else "blank" for _ in range(count)]


def marks_of(image: Image, boxes: list[Box]) -> list[BoxMark]:
    return [reading.mark for reading in read_boxes(image, boxes)]


def expected(marks: list[str]) -> list[BoxMark]:
    return [BLANK if mark == "blank" else MARKED for mark in marks]


def silent_errors(marks: list[str], readings: list[BoxReading]) -> list[str]:
    opposite = {BLANK: MARKED, MARKED: BLANK, DOUBTFUL: None}
    truth = expected(marks)
    return [r.id for r, wanted in zip(readings, truth, strict=True) if opposite[r.mark] is wanted]


FORMS = {
    "circles": Form(),
    "squares": Form(square=True),
    "thick outlines": Form(outline=5),
    "faint outlines": Form(print_grey=200),
    "no outlines": Form(outline=0),
    "small": Form(side=16, outline=1, pen_width=1.5),
    "large": Form(side=90, outline=3, pen_width=6),
    "grey paper": Form(paper=170, print_grey=40, pen_grey=60),
}


@pytest.mark.parametrize("mark", ["fill", "tick", "cross", "line"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_kind_of_mark_is_read_on_every_kind_of_form(form: Form, mark: str) -> None:
    marks = mixed(40, 0.25, mark)

    assert marks_of(*drawn(marks, form)) == expected(marks)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_nothing_is_found_where_nothing_is_marked(form: Form) -> None:
    marks = ["blank"] * 30

    assert set(marks_of(*drawn(marks, form))) == {BLANK}


@pytest.mark.parametrize("grey", [120, 170, 200])
def test_light_pencil_is_read(grey: int) -> None:
    marks = mixed(40, 0.25, "pencil")

    assert marks_of(*drawn(marks, Form(pen_grey=grey))) == expected(marks)


def test_a_trace_of_pencil_is_at_least_doubtful() -> None:
    marks = mixed(40, 0.25, "pencil")
    readings = read_boxes(*drawn(marks, Form(pen_grey=220)))

    assert silent_errors(marks, readings) == []
    assert all(r.mark is not BLANK for r, m in zip(readings, marks, strict=True) if m == "pencil")


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_a_page_with_everything_filled_has_no_blank_box(count: int) -> None:
    assert set(marks_of(*drawn(["fill"] * count))) == {MARKED}


@pytest.mark.parametrize("mark", ["fill", "tick", "cross", "line", "pencil"])
@pytest.mark.parametrize("share", [0.9, 0.95, 1.0])
@pytest.mark.parametrize("count", [3, 12, 40])
def test_pages_nearly_full_of_marks_hold_no_silent_error(
    count: int, share: float, mark: str
) -> None:
    marks = mixed(count, share, mark)

    assert silent_errors(marks, read_boxes(*drawn(marks))) == []


def test_a_single_box_is_read_when_it_is_plainly_empty_or_full() -> None:
    assert marks_of(*drawn(["blank"])) == [BLANK]
    assert marks_of(*drawn(["fill"])) == [MARKED]


@pytest.mark.parametrize("mark", ["tick", "cross", "line"])
def test_strokes_in_a_single_box_may_be_print_and_are_doubtful(mark: str) -> None:
    assert marks_of(*drawn([mark])) == [DOUBTFUL]


@pytest.mark.parametrize("letters", ["ABCDE", "0123456789", "MWIQO"])
def test_printed_letters_are_no_marks(letters: str) -> None:
    marks = ["blank"] * (12 * len(letters))
    form = Form(letters=letters, columns=len(letters))

    assert set(marks_of(*drawn(marks, form))) == {BLANK}


@pytest.mark.parametrize("mark", ["fill", "tick", "cross"])
@pytest.mark.parametrize("share", [0.1, 0.25])
def test_marks_over_printed_letters_are_never_taken_for_blank(mark: str, share: float) -> None:
    marks = mixed(100, share, mark)
    readings = read_boxes(*drawn(marks, Form(letters="ABCDE")))

    assert silent_errors(marks, readings) == []
    doubts = [r.id for r in readings if r.mark is DOUBTFUL]
    assert len(doubts) <= 0.3 * sum(m != "blank" for m in marks)
    assert not any(r.mark is DOUBTFUL for r, m in zip(readings, marks, strict=True) if m == "blank")


@pytest.mark.parametrize("blur", [0.8, 1.4])
def test_heavy_letters_are_no_marks_though_blurred_beside_real_ones(blur: float) -> None:
    marks = ["fill" if n in {7, 23} else "blank" for n in range(60)]
    image, boxes = drawn(marks, Form(letters="MWIQO", columns=5))
    readings = read_boxes(np.asarray(cv2.GaussianBlur(image, (0, 0), blur), np.uint8), boxes)

    assert silent_errors(marks, readings) == []


def test_a_speck_beside_a_letter_is_no_mark_where_the_pages_marks_are_full() -> None:
    marks = mixed(60, 0.2, "fill")
    image, boxes = drawn(marks, Form(letters="ABCDE"))
    clean = marks_of(image, boxes)
    at = next(n for n, mark in enumerate(marks) if mark == "blank")
    x, y = round(boxes[at].x + 0.3 * boxes[at].w), round(boxes[at].y + 0.7 * boxes[at].h)
    image[y : y + 3, x : x + 3] = 0

    assert clean[at] is BLANK
    assert marks_of(image, boxes) == clean


def test_letters_in_few_boxes_are_doubtful_for_want_of_a_proof() -> None:
    readings = read_boxes(*drawn(["blank"] * 5, Form(letters="ABCDE")))

    assert MARKED not in {reading.mark for reading in readings}


def test_fill_is_the_share_of_the_inside_that_is_covered() -> None:
    image, boxes = drawn(["fill", "tick", *["blank"] * 18])
    fill, tick, *blank = (reading.fill for reading in read_boxes(image, boxes))

    assert 0.7 < fill <= 1
    assert 0.05 < tick < 0.4
    assert max(blank) < 0.02


def test_readings_come_in_the_order_of_the_boxes() -> None:
    image, boxes = drawn(mixed(20, 0.3, "fill"))
    forward = read_boxes(image, boxes)

    assert [reading.id for reading in forward] == [box.id for box in boxes]
    backward = {reading.id: reading.mark for reading in read_boxes(image, boxes[::-1])}
    assert backward == {reading.id: reading.mark for reading in forward}


def test_no_boxes_give_no_readings() -> None:
    assert read_boxes(np.full((50, 50), 255, np.uint8), []) == []


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (Box("a", -1, 10, 20, 20), "outside"),
        (Box("a", 90, 10, 20, 20), "outside"),
        (Box("a", 10, 90, 20, 20), "outside"),
        (Box("a", 10, 10, 3, 20), "smaller"),
    ],
)
def test_boxes_that_cannot_be_read_are_refused(box: Box, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_boxes(np.full((100, 100), 255, np.uint8), [box])


def test_a_box_beside_the_printed_ones_is_doubtful() -> None:
    image, boxes = drawn(mixed(39, 0.3, "fill"))
    astray = replace(boxes[0], id="astray", x=5.0, y=5.0)

    assert read_boxes(image, [*boxes, astray])[-1].mark is DOUBTFUL


# ------------------------------------------------- the same page, scanned otherwise


def _turned(image: Image, boxes: list[Box]) -> tuple[Image, list[Box]]:
    height = image.shape[0]
    moved = [Box(b.id, height - b.y - b.h, b.x, b.h, b.w) for b in boxes]
    return np.ascontiguousarray(np.rot90(image, -1)), moved


def _upside_down(image: Image, boxes: list[Box]) -> tuple[Image, list[Box]]:
    return _turned(*_turned(image, boxes))


def _scaled(factor: float, image: Image, boxes: list[Box]) -> tuple[Image, list[Box]]:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(image, None, fx=factor, fy=factor, interpolation=how)
    kx, ky = scaled.shape[1] / image.shape[1], scaled.shape[0] / image.shape[0]
    return np.asarray(scaled, np.uint8), [
        Box(b.id, b.x * kx, b.y * ky, b.w * kx, b.h * ky) for b in boxes
    ]


def _levels(gain: float, offset: float, image: Image) -> Image:
    return np.clip(image.astype(np.float32) * gain + offset, 0, 255).astype(np.uint8)


def _jpeg(quality: int, image: Image) -> Image:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)


def _shaded(image: Image) -> Image:
    across = np.linspace(0.5, 1, image.shape[1])
    return (image * across).astype(np.uint8)


def _moved(share: float, boxes: list[Box]) -> list[Box]:
    rng = np.random.default_rng(7)
    return [
        replace(
            b, x=b.x + rng.uniform(-share, share) * b.w, y=b.y + rng.uniform(-share, share) * b.h
        )
        for b in boxes
    ]


OTHERWISE = {
    "darker": lambda i, b: (_levels(1, -40, i), b),
    "half the contrast": lambda i, b: (_levels(0.5, 110, i), b),
    "uneven light": lambda i, b: (_shaded(i), b),
    "negative": lambda i, b: (255 - i, b),
    "turned": _turned,
    "upside down": _upside_down,
    "0.7 of the size": lambda i, b: _scaled(0.7, i, b),
    "1.5 of the size": lambda i, b: _scaled(1.5, i, b),
    "JPEG 40": lambda i, b: (_jpeg(40, i), b),
    "blurred": lambda i, b: (cv2.GaussianBlur(i, (0, 0), 1.0), b),
    "colour": lambda i, b: (cv2.cvtColor(i, cv2.COLOR_GRAY2BGR), b),
    "1 bit": lambda i, b: (cv2.threshold(i, 0, 255, cv2.THRESH_OTSU)[1], b),
    "boxes a tenth off": lambda i, b: (i, _moved(0.1, b)),
    "boxes all too far right": lambda i, b: (i, [replace(x, x=x.x + 0.1 * x.w) for x in b]),
}


@pytest.mark.parametrize("change", OTHERWISE.values(), ids=OTHERWISE.keys())
@pytest.mark.parametrize("mark", ["fill", "tick"])
def test_another_scan_of_the_page_reads_the_same(change: object, mark: str) -> None:
    assert callable(change)
    marks = mixed(40, 0.25, mark)
    image, boxes = drawn(marks)

    assert marks_of(*change(image, boxes)) == expected(marks)


# ------------------------------------------------- more ink never makes less of a mark


@settings(max_examples=25, deadline=None)
@given(
    box=st.integers(0, 29),
    x=st.floats(0.2, 0.8),
    y=st.floats(0.2, 0.8),
    sizes=st.lists(st.floats(0.02, 0.6), min_size=2, max_size=2),
    grey=st.integers(20, 200),
)
def test_more_ink_never_makes_a_mark_less_marked(
    box: int, x: float, y: float, sizes: list[float], grey: int
) -> None:
    image, boxes = drawn(mixed(30, 0.2, "tick"))
    here = boxes[box]
    seen = []
    for size in [0.0, *sorted(sizes)]:
        inked = image.copy()
        if size:
            blot = np.full_like(image, 255)
            at = (int(here.x + x * here.w), int(here.y + y * here.h))
            cv2.circle(blot, at, max(1, int(size * here.w / 2)), grey, -1, cv2.LINE_AA)
            inked = np.minimum(image, blot)
        seen.append(ORDER.index(marks_of(inked, boxes)[box]))
    assert seen == sorted(seen)
