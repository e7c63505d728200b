"""People with pens, drawn by code that shares nothing with ``scans/virtual``.

Every mark is drawn as strokes on a fine grid, brought down to the page's pixels and laid on the
page as ink. Each has a random generator of its own, so that a page can be made again without
one of its marks.

**Rules, fixed before any reader saw a page.** A mark means its option; two marks in a
single-choice row have no clear answer; a row without a mark is blank. Every mark leaves at
least :data:`LEAST_INK_MM2` of ink inside its bubble before anything happens to the page; a mark
beside its bubble is not drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

KINDS = ("fill", "scribble", "tick", "cross")
LEAST_INK_MM2 = 0.8  # a 2.7 mm stroke of a 0.3 mm pen
_BLANK, _TWO = 0.06, 0.03  # single-choice rows without a mark, and with two
_TICKED = 0.2  # of the options of a row where several may be marked
_OWN_KIND = 0.7  # of a sheet's marks are of its person's usual kind
_FINE = 4  # cells of the drawing grid to a pixel
_REACH_MM = 8.0  # of a mark from its bubble's centre
_INSIDE = 0.9  # of the bubble's radius: the printed outline is left out
# Blue, green, red of pens on white paper: black, blue, dark blue and red ball pens, a black felt.
_COLOURS = ((35, 30, 30), (170, 70, 25), (105, 45, 25), (45, 35, 190), (15, 15, 15))


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark to be drawn: which bubble, and how."""

    question: str
    option: str
    kind: str
    seed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """What one person does to one sheet.

    Attributes:
        colour: Of the ink: blue, green, red, 0..255.
        width_mm: Of the pen's line.
        cover: How much of the paper the ink hides, 0..1.
        marks: In drawing order.
        right: Question to the clear answers that would be right; none for two marks.
    """

    colour: tuple[int, int, int]
    width_mm: float
    cover: float
    marks: tuple[Mark, ...]
    right: Mapping[str, list[list[str]]]


def fill_in(layout: Mapping[str, Any], seed: Sequence[int]) -> Filled:
    """A person's answers and pen.

    Args:
        layout: The contract's layout.
        seed: Of everything drawn.
    """
    rng = np.random.default_rng(list(seed))
    options: dict[str, list[str]] = {question["id"]: [] for question in layout["questions"]}
    for bubble in layout["bubbles"]:
        options[bubble["question"]].append(bubble["option"])
    usual = KINDS[rng.integers(len(KINDS))]
    marks: list[Mark] = []
    right: dict[str, list[list[str]]] = {}
    for row, question in enumerate(layout["questions"]):
        ids = options[question["id"]]
        chosen, right[question["id"]] = _choose(rng, ids, several=question["kind"] == "multi")
        for option in chosen:
            kind = usual if rng.random() < _OWN_KIND else KINDS[rng.integers(len(KINDS))]
            own = (*seed, row, ids.index(option))
            marks.append(Mark(question["id"], option, kind, own))
    pen = int(rng.integers(len(_COLOURS)))
    felt = pen == len(_COLOURS) - 1
    width = float(rng.uniform(0.7, 1.1) if felt else rng.uniform(0.3, 0.65))
    return Filled(_COLOURS[pen], width, float(rng.uniform(0.75, 1.0)), tuple(marks), right)


def _choose(
    rng: np.random.Generator, ids: Sequence[str], *, several: bool
) -> tuple[list[str], list[list[str]]]:
    """The options marked, and the answers that would be right."""
    if several:
        chosen = [option for option in ids if rng.random() < _TICKED]
        return chosen, [chosen]
    draw = float(rng.random())
    count = 0 if draw < _BLANK else 2 if draw < _BLANK + _TWO else 1
    chosen = [str(option) for option in rng.choice(list(ids), count, replace=False)]
    return chosen, [] if count == 2 else [chosen]


def draw(
    page: NDArray[Any],
    layout: Mapping[str, Any],
    filled: Filled,
    per_mm: tuple[float, float],
    without: Iterable[tuple[str, str]] = (),
) -> None:
    """Lay a person's ink on *page*.

    Args:
        page: uint8 (h, w, 3); blue, green, red; changed in place.
        layout: Where the bubbles are.
        filled: The marks.
        per_mm: Pixels of the page to a millimetre, across and down.
        without: Question and option of marks to leave out.
    """
    left_out = set(without)
    places = {(bubble["question"], bubble["option"]): bubble for bubble in layout["bubbles"]}
    colour = np.array(filled.colour, np.float32)
    for mark in filled.marks:
        if (mark.question, mark.option) in left_out:
            continue
        bubble = places[mark.question, mark.option]
        ink, corner = _ink(mark, bubble, filled.width_mm, per_mm)
        top, left = max(0, corner[1]), max(0, corner[0])
        part = page[top : corner[1] + ink.shape[0], left : corner[0] + ink.shape[1]]
        share = ink[top - corner[1] :, left - corner[0] :][: part.shape[0], : part.shape[1], None]
        share = share * np.float32(filled.cover)
        # Ink darkens what is there and never lightens it: print stays black under a blue pen.
        part[:] = np.minimum(part, part * (1 - share) + colour * share + 0.5).astype(np.uint8)


def _ink(
    mark: Mark, bubble: Mapping[str, Any], width_mm: float, per_mm: tuple[float, float]
) -> tuple[NDArray[Any], tuple[int, int]]:
    """How much of each pixel the ink covers, float32 0..1, and the patch's corner on the page."""
    rng = np.random.default_rng(list(mark.seed))
    centre = (bubble["x_mm"] * per_mm[0], bubble["y_mm"] * per_mm[1])
    corner = tuple(math.floor(centre[k] - _REACH_MM * per_mm[k]) for k in (0, 1))
    wide, high = (math.ceil(2 * _REACH_MM * scale) + 1 for scale in per_mm)
    middle = np.array([centre[0] - corner[0], centre[1] - corner[1]])
    radius = np.array([bubble["w_mm"], bubble["h_mm"]]) / 2
    inside = np.zeros((high * _FINE, wide * _FINE), np.uint8)
    axes = (radius * _INSIDE * per_mm * _FINE).round().astype(int)
    spot = (middle * _FINE).round().astype(int)
    cv2.ellipse(inside, spot.tolist(), axes.tolist(), 0, 0, 360, 1, -1)
    cells = per_mm[0] * per_mm[1] * _FINE**2  # of the grid to a square millimetre
    for attempt in range(20):
        grid = np.zeros_like(inside)
        slip = rng.normal(0.0, 0.35 / (1 + attempt), 2).clip(-0.9, 0.9)
        for points, wider in _strokes(mark.kind, float(radius.mean()), width_mm, rng):
            at = (middle + (points + slip) * per_mm) * _FINE
            _stroke(grid, at, width_mm * wider * per_mm[0] * _FINE, rng)
        if cv2.countNonZero(grid & (inside * 255)) >= LEAST_INK_MM2 * cells:
            break
    cover = cv2.resize(grid, (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    grain = cv2.resize(rng.uniform(0.8, 1.0, (12, 12)).astype(np.float32), (wide, high))
    return cover * grain, (int(corner[0]), int(corner[1]))


def _strokes(
    kind: str, radius: float, width_mm: float, rng: np.random.Generator
) -> list[tuple[NDArray[Any], float]]:
    """Paths in millimetres about the bubble's centre, each with a factor for the line's width."""
    if kind == "cross":
        return [
            (_line(_polar(turn, reach), _polar(turn + math.pi, reach * back), rng), 1.0)
            for turn in (rng.normal(0.25 * math.pi, 0.12), rng.normal(0.75 * math.pi, 0.12))
            for reach, back in [(radius * rng.uniform(0.75, 1.5), rng.uniform(0.8, 1.2))]
        ]
    if kind == "tick":
        foot = np.array([rng.normal(-0.1, 0.25), rng.uniform(0.3, 0.75)]) * radius
        start = foot + _polar(rng.normal(1.25 * math.pi, 0.15), radius * rng.uniform(0.6, 1.1))
        end = foot + _polar(rng.normal(1.68 * math.pi, 0.12), radius * rng.uniform(1.5, 3.2))
        return [(np.vstack([_line(start, foot, rng), _line(foot, end, rng)]), 1.0)]
    dense = kind == "fill"
    step = width_mm * (rng.uniform(0.6, 0.85) if dense else rng.uniform(1.3, 2.2))
    lean, reach = rng.uniform(0, math.pi), radius * rng.uniform(0.85, 1.05)
    path: list[tuple[float, float]] = []
    for number, across in enumerate(np.arange(-reach, reach, step)):
        half = math.sqrt(max(0.0, reach**2 - across**2)) * rng.uniform(0.85, 1.1)
        side = half if number % 2 else -half
        path += [(side, float(across)), (-side, float(across + step / 2))]
    cos, sin = math.cos(lean), math.sin(lean)
    turned = np.array(path) @ np.array([[cos, sin], [-sin, cos]])
    found = [(turned + rng.normal(0, 0.06, turned.shape), 1.0)]
    if dense:  # people go round the edge, too
        around = np.linspace(0, 2 * math.pi, 40)
        ring = np.column_stack([np.cos(around), np.sin(around)]) * (reach - width_mm / 2)
        found.append((ring + rng.normal(0, 0.08, ring.shape), 1.0))
    return found


def _polar(turn: float, reach: float) -> NDArray[Any]:
    return np.array([math.cos(turn), math.sin(turn)]) * reach


def _line(start: NDArray[Any], end: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """A hand's way from *start* to *end*: bowed a little and unsteady."""
    along = np.linspace(0, 1, 12)[:, None]
    bow = rng.normal(0, 0.05) * np.array([start[1] - end[1], end[0] - start[0]])
    shaken = rng.normal(0, 0.03, (12, 2))
    return np.asarray(
        start + (end - start) * along + bow * np.sin(math.pi * along) + shaken, np.float64
    )


def _stroke(
    grid: NDArray[Any], points: NDArray[Any], width: float, rng: np.random.Generator
) -> None:
    """Draw a path whose width changes by up to a quarter, in cells of *grid*."""
    at = [(round(float(x)), round(float(y))) for x, y in points]
    for start, end in pairwise(at):
        cv2.line(grid, start, end, 255, max(1, round(width * rng.uniform(0.85, 1.1))), cv2.LINE_8)
