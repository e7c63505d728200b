"""The strokes of each kind of mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scans.virtual import parameters as p
from scans.virtual.intent import MarkKind
from scans.virtual.strokes import Hand, Stroke, hatch, move, ring, shifted, spiral

if TYPE_CHECKING:
    from collections.abc import Callable

Size = tuple[float, float]  # a bubble's width and height, mm


def _fill(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    radius = (size[0] / 2 - 0.3 * nib, size[1] / 2 - 0.3 * nib)
    rough = rng.uniform(0.3, 0.9)
    if rng.random() < 0.6:
        outline = spiral(rng, hand, radius=radius, pitch=nib * rng.uniform(0.6, 0.9), rough=rough)
        again = spiral(
            rng, hand, radius=(0.75 * radius[0], 0.75 * radius[1]), pitch=nib, rough=rough
        )
        return [outline, again]
    pitch = nib * rng.uniform(0.6, 0.85)
    return [
        ring(rng, hand, radius),
        hatch(rng, hand, radius=radius, pitch=pitch, rough=rough),
        hatch(rng, hand, radius=radius, pitch=1.6 * pitch, rough=rough),
    ]


def _scribble(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    grow = rng.uniform(0.75, 1.3)
    radius = (grow * size[0] / 2, grow * size[1] / 2)
    pitch = nib * rng.uniform(1.3, 2.4)
    if rng.random() < 0.5:
        return [spiral(rng, hand, radius=radius, pitch=pitch, rough=1.6)]
    return [hatch(rng, hand, radius=radius, pitch=pitch, rough=1.5)]


def _tick(
    rng: np.random.Generator, hand: Hand, size: Size, nib: float, press: float = 1.0
) -> list[Stroke]:
    del nib
    long = p.TICK_MM.draw(rng)
    short = long * rng.uniform(0.2, 0.5)
    up, down = np.radians(rng.uniform(40, 68)), np.radians(rng.uniform(35, 75))
    # the knee lies low in the bubble, so that the arms pass through it
    knee = (rng.normal(-0.08, 0.12) * size[0], rng.uniform(0.0, 0.38) * size[1])
    stops = [
        (knee[0] - short * np.cos(down), knee[1] - short * np.sin(down)),
        knee,
        (knee[0] + long * np.cos(up), knee[1] - long * np.sin(up)),
    ]
    return [move(rng, [(float(x), float(y)) for x, y in stops], hand, press)]


def _x_of(rng: np.random.Generator, hand: Hand, width: float, height: float) -> list[Stroke]:
    strokes = []
    for way in (1.0, -1.0):
        jitter = rng.normal(0.0, 0.1, 4)
        start = (way * width / 2 * (-1 + jitter[0]), height / 2 * (-1 + jitter[1]))
        end = (way * width / 2 * (1 + jitter[2]), height / 2 * (1 + jitter[3]))
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        strokes.append(move(rng, [start, middle, end], hand))
    return strokes


def _cross(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    del nib
    height = p.CROSS_BUBBLES.draw(rng) * size[1]
    return _x_of(rng, hand, height * rng.uniform(0.7, 1.2), height)


def _dash(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    del nib
    half = p.DASH_BUBBLES.draw(rng) * size[0] / 2
    tilt = rng.normal(0.0, 0.25)
    ends = [(-half, float(-half * tilt)), (0.0, 0.0), (half, float(half * tilt))]
    return [move(rng, ends, hand)]


def _line(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    del nib
    half = size[0] / 2
    return [move(rng, [(-half, 0.0), (0.0, 0.0), (half, 0.0)], hand)]


def _blob(rng: np.random.Generator, hand: Hand, across: float, nib: float) -> list[Stroke]:
    radius = (max(0.03, (across - nib) / 2), max(0.03, (across - nib) / 2) * rng.uniform(0.7, 1.0))
    return [spiral(rng, hand, radius=radius, pitch=0.5 * nib, rough=0.6)]


def _dot(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    del size
    return _blob(rng, hand, p.DOT_MM.draw(rng), nib)


def _speck(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    at = rng.normal(0.0, 0.25, 2) * size
    light = Hand(0.0, hand.pressure * p.LIGHT_PRESSURE.draw(rng))
    speck = _blob(rng, light, p.SPECK_MM.draw(rng), nib)
    return [shifted(stroke, float(at[0]), float(at[1])) for stroke in speck]


def _partial(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    share = p.PARTIAL_SHARE.draw(rng)
    edge = -1.0 + 2.0 * share
    radius = (size[0] / 2 - 0.3 * nib, size[1] / 2 - 0.3 * nib)
    side = (-1.0, edge) if rng.random() < 0.5 else (-edge, 1.0)
    return [hatch(rng, hand, radius=radius, pitch=0.75 * nib, rough=0.5, share=side)]


def _light_fill(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    light = Hand(hand.tremor_mm, hand.pressure * p.LIGHT_PRESSURE.draw(rng))
    return _fill(rng, light, size, nib)


def _light_tick(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    return _tick(rng, hand, size, nib, press=p.LIGHT_PRESSURE.draw(rng))


def _off_centre(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    return (_fill, _cross, _scribble)[int(rng.integers(3))](rng, hand, size, nib)


def _circled(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    del nib
    grow = p.CIRCLE_BUBBLES.draw(rng) / 2
    return [ring(rng, hand, (grow * size[0] * rng.uniform(1.0, 1.3), grow * size[1]))]


def _struck(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    first = (_fill, _scribble, _tick, _cross)[int(rng.choice(4, p=(0.6, 0.15, 0.15, 0.1)))]
    width, height = (p.STRIKE_BUBBLES.draw(rng) * side for side in size)
    return first(rng, hand, size, nib) + _x_of(rng, hand, width, height)


def _blacked_out(rng: np.random.Generator, hand: Hand, size: Size, nib: float) -> list[Stroke]:
    heavy = Hand(hand.tremor_mm, 1.2 * hand.pressure)
    larger = (1.15 * size[0], 1.15 * size[1])
    return _cross(rng, hand, size, nib) + _fill(rng, heavy, larger, nib)


_GESTURES: dict[MarkKind, Callable[[np.random.Generator, Hand, Size, float], list[Stroke]]] = {
    MarkKind.FILL: _fill,
    MarkKind.SCRIBBLE: _scribble,
    MarkKind.TICK: _tick,
    MarkKind.CROSS: _cross,
    MarkKind.DASH: _dash,
    MarkKind.DOT: _dot,
    MarkKind.LIGHT_FILL: _light_fill,
    MarkKind.LIGHT_TICK: _light_tick,
    MarkKind.PARTIAL: _partial,
    MarkKind.OFF_CENTRE: _off_centre,
    MarkKind.CIRCLED: _circled,
    MarkKind.STRUCK: _struck,
    MarkKind.BLACKED_OUT: _blacked_out,
    MarkKind.SPECK: _speck,
    MarkKind.LINE: _line,
}


def mark(
    rng: np.random.Generator,
    kind: MarkKind,
    hand: Hand,
    size: Size,
    nib: float,
    gap_mm: float,
) -> list[Stroke]:
    """The strokes of one mark, relative to its bubble's centre.

    Args:
        rng: Source of the hand's variation.
        kind: What to draw.
        hand: Whose hand.
        size: The bubble's width and height, mm.
        nib: Width of the pen's line, mm.
        gap_mm: Distance to the nearest other bubble's centre: nobody aims nearer to that one.
    """
    strokes = _GESTURES[kind](rng, hand, size, nib)
    aim = rng.normal(0.0, p.AIM_ERROR_BUBBLES, 2) * size
    if kind is MarkKind.OFF_CENTRE:
        away = min(p.OFF_CENTRE_BUBBLES.draw(rng) * size[0], p.OFF_CENTRE_OF_GAP * gap_mm)
        angle = rng.uniform(0.0, 2 * np.pi)
        aim = np.array([away * np.cos(angle), away * np.sin(angle)])
    return [shifted(stroke, float(aim[0]), float(aim[1])) for stroke in strokes]


def stray_line(rng: np.random.Generator, hand: Hand, page: Size) -> list[Stroke]:
    """A line across the sheet that means nothing; *page* is its size in mm."""
    start = rng.uniform(0.08, 0.92, 2) * page
    angle, long = rng.uniform(0.0, 2 * np.pi), p.STRAY_MM.draw(rng)
    end = start + long * np.array([np.cos(angle), np.sin(angle)])
    bend = (start + end) / 2 + rng.normal(0.0, 0.06 * long, 2)
    stops = [(float(x), float(y)) for x, y in (start, bend, end)]
    return [move(rng, stops, hand)]


def handwriting(
    rng: np.random.Generator, hand: Hand, room: tuple[float, float, float, float], words: int
) -> list[list[Stroke]]:
    """Words of loops and waves, one list of strokes a word, inside *room* (x, y, w, h mm)."""
    left, top, wide, high = room
    line, written = min(8.0, high / 2), []
    x, y = left + rng.uniform(2.0, 6.0), top + 0.7 * line
    for _ in range(words):
        letters = int(rng.integers(2, 6))
        if x + letters * 2.2 > left + wide - 2.0:
            x, y = left + rng.uniform(2.0, 6.0), y + line
        if y > top + high - 1.0:
            break
        stops = [(x, y)]
        for letter in range(letters):
            tall = rng.choice((1.8, 3.6), p=(0.7, 0.3)) * rng.uniform(0.8, 1.2)
            at = x + 2.1 * letter
            stops += [(at + 1.3, y - tall), (at + 0.9, y + rng.normal(0.0, 0.2)), (at + 2.1, y)]
        written.append([move(rng, [(float(a), float(b)) for a, b in stops], hand)])
        x += letters * 2.2 + rng.uniform(2.0, 4.5)
    return written
