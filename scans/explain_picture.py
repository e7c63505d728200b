"""The picture that explains a reading: the sheet with what was seen on it, and words beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from omr.evidence import (
    EXPECTED_COLOUR,
    FOUND_COLOUR,
    PX_PER_MM,
    RING_COLOURS,
    Ring,
    draw_found,
    draw_places,
    in_colour,
)
from omr.fiducials import GreyImage
from omr.i18n import _
from omr.layout import Layout
from omr.scoring import bubbles_of

_PANEL_PX, _MARGIN_PX = 900, 40
_HEAD_PX, _TEXT_PX, _NUMBER_PX = 34, 25, 18  # sizes of the letters
_LEADING = 1.35  # of a line, in sizes of its letters
_INDENT_PX, _SAMPLE_PX = 36, 11  # where text begins beside a sample of its colour; its radius
_INK, _GREY, _PAPER = (30, 30, 30), (110, 110, 110), (255, 255, 255)
_LEAST_SHOWN = 0.005  # darkness below which a bubble gets no number: paper
_BESIDE_MM = 1.2  # between a bubble's outline and its question's name
_NUMBER_AT_MM = (2.0, -2.9)  # from its middle: above the words that are printed beside it


class Origin(StrEnum):
    """Where the picture of the sheet comes from."""

    SCAN = "scan"
    KEPT = "kept"  # the picture that was kept for people
    DRAWN = "drawn"  # from the layout and the measurements alone
    PAGE = "page"  # the whole scanned page: no sheet was placed on it
    NOTHING = "nothing"  # bare: nothing was placed, measured or kept


# Pictures that show no sheet where the layout says; and those in which nothing can be found.
_UNPLACED = frozenset({Origin.PAGE, Origin.NOTHING})
_NOT_SCANNED = _UNPLACED | {Origin.DRAWN}


@dataclass(frozen=True, slots=True)
class Explained:
    """What is to be said about a sheet."""

    head: Sequence[str]  # which sheet, and how it ended
    questions: Sequence[tuple[str, Ring]]  # a line each, and the ring whose colour it has
    rings: Mapping[tuple[str, str], Ring]  # by question and option
    darkness: Mapping[tuple[str, str], float]


def draw_explanation(
    sheet: GreyImage, layout: Layout, explained: Explained, origin: Origin
) -> NDArray[np.uint8]:
    """The sheet on the left, the words on the right.

    Args:
        sheet: Upright, as from :func:`omr.evidence.upright`; if *origin* is PAGE or NOTHING, any.
        layout: The sheet's own, or, where *explained* has no rings, any on that paper.
        explained: What is drawn and said.
        origin: Where *sheet* comes from.

    Returns:
        Shape (h, w, 3), uint8, RGB.
    """
    picture = in_colour(sheet)
    notes = [_origins()[origin]]
    if origin not in _UNPLACED:
        draw_places(picture, layout, explained.rings)
    if origin not in _NOT_SCANNED:
        found = draw_found(picture, sheet, layout, outlines=bool(explained.rings))
        notes.append(
            _("corner marks found: {found} of {count}").format(
                found=len(found.fiducials), count=len(layout.fiducials)
            )
        )
        if explained.rings:
            notes.append(
                _("printed circles seen: {share:.0f} percent").format(share=100 * found.outlines)
            )
    lines = list(_panel(explained, notes, origin))
    height = max(picture.shape[0], _height(lines))
    canvas = Image.new("RGB", (picture.shape[1] + _PANEL_PX, height), _PAPER)
    canvas.paste(Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])), (0, 0))
    pen = ImageDraw.Draw(canvas)
    pen.line((picture.shape[1], 0, picture.shape[1], height), fill=_GREY, width=1)
    _number_bubbles(pen, layout, explained)
    if origin is Origin.DRAWN:
        _name_questions(pen, layout)
    _write(pen, lines, picture.shape[1] + _MARGIN_PX)
    return np.asarray(canvas, np.uint8)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the panel."""

    words: str
    size: int = _TEXT_PX
    colour: tuple[int, int, int] = _INK
    sample: tuple[int, int, int] | None = None  # a ring of that colour before it
    thick: int = 4
    indent: int = 0
    before: float = 0.0  # extra space above, in lines


def _panel(explained: Explained, notes: Sequence[str], origin: Origin) -> Iterator[_Line]:
    """The words of the panel, wrapped."""
    for n, words in enumerate(explained.head):
        yield from _wrapped(_Line(words, _HEAD_PX if n == 0 else _TEXT_PX))
    for n, words in enumerate(notes):
        yield from _wrapped(_Line(words, colour=_GREY, before=0.4 if n == 0 else 0.0))
    for n, (words, ring) in enumerate(explained.questions):
        yield from _wrapped(
            _Line(
                words,
                sample=_rgb(RING_COLOURS[ring]),
                thick=1 if ring is Ring.BLANK else 4,
                indent=_INDENT_PX,
                before=1.0 if n == 0 else 0.12,
            )
        )
    for n, (colour, thick, words) in enumerate(_legend(explained, origin)):
        yield from _wrapped(
            _Line(
                words,
                colour=_GREY,
                sample=_rgb(colour),
                thick=thick,
                indent=_INDENT_PX,
                before=1.2 if n == 0 else 0.0,
            )
        )
    if explained.darkness:
        words = _("numbers: how dark a circle is inside, in percent of black print")
        yield from _wrapped(_Line(words, colour=_GREY))


def _legend(
    explained: Explained, origin: Origin
) -> Iterator[tuple[tuple[int, int, int], int, str]]:
    """Colour (BGR), width of line and meaning of everything that is drawn."""
    rings = set(explained.rings.values())
    if Ring.MARKED in rings:
        yield RING_COLOURS[Ring.MARKED], 4, _("marked: the answer stands")
    if rings & {Ring.DOUBTFUL, Ring.OPEN}:
        yield RING_COLOURS[Ring.DOUBTFUL], 4, _("in doubt: a person decides")
    if Ring.DECIDED in rings:
        yield RING_COLOURS[Ring.DECIDED], 4, _("chosen by a person")
    if Ring.BLANK in rings:
        yield RING_COLOURS[Ring.BLANK], 1, _("measured and found blank")
    if origin not in _UNPLACED:
        yield EXPECTED_COLOUR, 2, _("where corner marks and codes are expected")
    if origin not in _NOT_SCANNED:
        yield FOUND_COLOUR, 1, _("where corner marks and circles were found")


def _origins() -> Mapping[Origin, str]:
    """Each origin in the language of the screen."""
    return {
        Origin.SCAN: _("the picture is from the scan file"),
        Origin.KEPT: _("the picture is the one that was kept"),
        Origin.DRAWN: _("no picture was kept: this is drawn from what was measured"),
        Origin.PAGE: _("the page as it was scanned: no sheet was placed on it"),
        Origin.NOTHING: _("no picture was kept: --scan with the scan file shows the page"),
    }


def _wrapped(line: _Line) -> Iterator[_Line]:
    """*line* in as many lines as the panel's width needs."""
    room, font = _PANEL_PX - 2 * _MARGIN_PX - line.indent, _font(line.size)
    words, first = "", True
    for word in line.words.split():
        longer = f"{words} {word}".strip()
        if words and font.getlength(longer) > room:
            yield _part(line, words, first=first)
            words, first = word, False
        else:
            words = longer
    yield _part(line, words, first=first)


def _part(line: _Line, words: str, *, first: bool) -> _Line:
    return _Line(
        words,
        line.size,
        line.colour,
        line.sample if first else None,
        line.thick,
        line.indent,
        line.before if first else 0.0,
    )


def _height(lines: Sequence[_Line]) -> int:
    """How high a panel of these lines is, px."""
    return round(2 * _MARGIN_PX + sum(line.size * _LEADING * (1 + line.before) for line in lines))


def _write(pen: ImageDraw.ImageDraw, lines: Sequence[_Line], left: int) -> None:
    top = float(_MARGIN_PX)
    for line in lines:
        step = line.size * _LEADING
        top += step * line.before
        pen.text((left + line.indent, top), line.words, font=_font(line.size), fill=line.colour)
        if line.sample is not None:
            x, y = left + _SAMPLE_PX, top + 0.62 * step
            box = (x - _SAMPLE_PX, y - _SAMPLE_PX, x + _SAMPLE_PX, y + _SAMPLE_PX)
            pen.ellipse(box, outline=line.sample, width=line.thick)
        top += step


def _number_bubbles(pen: ImageDraw.ImageDraw, layout: Layout, explained: Explained) -> None:
    """Beside every bubble with anything in it, how dark it is."""
    font = _font(_NUMBER_PX)
    for question, bubble in bubbles_of(layout):
        place = (question, bubble.option)
        darkness = explained.darkness.get(place, 0.0)
        ring = explained.rings.get(place, Ring.BLANK)
        if darkness < _LEAST_SHOWN and ring is Ring.BLANK:
            continue
        words = f"{100 * darkness:.0f}" if darkness >= 0.1 else f"{100 * darkness:.1f}"
        x = (bubble.centre.x_mm + _NUMBER_AT_MM[0]) * PX_PER_MM
        y = (bubble.centre.y_mm + _NUMBER_AT_MM[1]) * PX_PER_MM
        pen.text(
            (x, y),
            words,
            font=font,
            anchor="lm",
            fill=_rgb(RING_COLOURS[ring]),
            stroke_width=2,
            stroke_fill=_PAPER,
        )


def _name_questions(pen: ImageDraw.ImageDraw, layout: Layout) -> None:
    """Beside each question's first bubble its id, where no print says what it is."""
    for question in layout.questions:
        first = question.bubbles[0]
        x = (first.centre.x_mm - first.diameter_mm / 2 - _BESIDE_MM) * PX_PER_MM
        at = (x, first.centre.y_mm * PX_PER_MM)
        pen.text(at, question.id, font=_font(_NUMBER_PX), anchor="rm", fill=_GREY)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """The forms' own face: OpenCV and Pillow bring none with Vietnamese letters."""
    forms = find_spec("forms")
    if forms is None or forms.origin is None:
        raise RuntimeError("the fonts of the forms are not installed")
    return ImageFont.truetype(Path(forms.origin).parent / "fonts" / "Sarabun-Regular.ttf", size)


def _rgb(bgr: tuple[int, int, int]) -> tuple[int, int, int]:
    return bgr[2], bgr[1], bgr[0]
