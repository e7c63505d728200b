"""Pen paths: how a hand moves for each kind of mark.

A movement is a sum of minimum-jerk steps that overlap in time (Flash and Hogan 1985), with
tremor on top. Everything is in millimetres relative to the bubble's centre, y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scans.virtual import parameters as p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Stroke:
    """One movement of the pen on the paper.

    Attributes:
        points_mm: ``(n, 2)`` float64, x and y, about :data:`parameters.PATH_STEP_MM` apart.
        pressure: ``(n,)`` float64, 1 is the pen's nominal ink.
    """

    points_mm: NDArray[Any]
    pressure: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Hand:
    """The person's hand: tremor (mm on paper) and pressure, 1 is usual."""

    tremor_mm: float
    pressure: float


def evenly(points: NDArray[Any]) -> NDArray[Any]:
    """*points* ``(n, 2)`` resampled to even steps along their path."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    way = np.concatenate(([0.0], np.cumsum(steps)))
    count = max(2, int(way[-1] / p.PATH_STEP_MM) + 1)
    at = np.linspace(0.0, way[-1], count)
    return np.column_stack([np.interp(at, way, points[:, axis]) for axis in (0, 1)])


def move(
    rng: np.random.Generator, stops: Sequence[tuple[float, float]], hand: Hand, press: float = 1.0
) -> Stroke:
    """A movement through *stops* (mm), rounded and shaken as hands do.

    Args:
        rng: Source of the shake.
        stops: At least two points.
        hand: Whose hand.
        press: Pressure of this movement relative to the hand's.
    """
    targets = np.asarray(stops, dtype=np.float64)
    jumps = np.diff(targets, axis=0)
    overlap = p.STROKE_OVERLAP.draw(rng)
    length = 1.0 / (1.0 - overlap)  # each step lasts this long and the next begins after 1
    time = np.linspace(0.0, len(jumps) - 1 + length, 40 * len(jumps) + 20)
    share = np.clip((time[:, None] - np.arange(len(jumps))[None, :]) / length, 0.0, 1.0)
    eased = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    path = targets[0] + eased @ jumps
    return finish(rng, path, hand, press)


def finish(rng: np.random.Generator, path: NDArray[Any], hand: Hand, press: float = 1.0) -> Stroke:
    """*path* with tremor, and pressure that comes, wanders and goes."""
    points = evenly(path)
    along = np.arange(len(points)) * p.PATH_STEP_MM
    for axis in (0, 1):
        wave = along / p.TREMOR_WAVE_MM.draw(rng) + rng.random()
        slow = along / (4 * p.TREMOR_WAVE_MM.draw(rng)) + rng.random()
        points[:, axis] += hand.tremor_mm * (
            np.sin(2 * np.pi * wave) + 0.8 * np.sin(2 * np.pi * slow)
        )
    wander = 1.0 + 0.12 * np.sin(2 * np.pi * (along / rng.uniform(2.0, 6.0) + rng.random()))
    way = max(float(along[-1]), p.PATH_STEP_MM)
    start = 0.55 + 0.45 * np.clip(along / (0.15 * way), 0.0, 1.0)
    end = 0.4 + 0.6 * np.clip((way - along) / (0.25 * way), 0.0, 1.0)
    return Stroke(points, hand.pressure * press * wander * start * end)


def spiral(
    rng: np.random.Generator,
    hand: Hand,
    *,
    radius: tuple[float, float],
    pitch: float,
    rough: float,
    press: float = 1.0,
) -> Stroke:
    """Round and round until a disc is full, as most people fill a bubble.

    Args:
        rng: Source of the irregularity.
        hand: Whose hand.
        radius: Half width and half height (mm) of the disc.
        pitch: How much the radius changes per turn (mm).
        rough: Irregularity, 0..1.
        press: Pressure relative to the hand's.
    """
    turns = max(2.0, max(radius) / pitch)
    angle = np.linspace(0.0, 2 * np.pi * turns, int(28 * turns))
    reach = np.linspace(1.0, 0.08, len(angle))
    if rng.random() < 0.5:
        reach = reach[::-1]
    knots = np.linspace(0, len(angle) - 1, int(4 * turns) + 2)
    noise = np.interp(np.arange(len(angle)), knots, rng.normal(0.0, 0.16 * rough, len(knots)))
    reach = reach * (1.0 + noise) + 0.5 * noise
    start, way = rng.uniform(0.0, 2 * np.pi), rng.choice((-1.0, 1.0))
    path = np.column_stack(
        [
            radius[0] * reach * np.cos(start + way * angle),
            radius[1] * reach * np.sin(start + way * angle),
        ]
    )
    return finish(rng, path, hand, press)


def hatch(
    rng: np.random.Generator,
    hand: Hand,
    *,
    radius: tuple[float, float],
    pitch: float,
    rough: float,
    share: tuple[float, float] = (-1.0, 1.0),
    press: float = 1.0,
) -> Stroke:
    """To and fro over a disc; *share* limits it to a band (-1 one side .. 1 the other)."""
    lines = max(3, int((share[1] - share[0]) * max(radius) / pitch) + 1)
    tilt = rng.uniform(0.0, np.pi)
    stops: list[tuple[float, float]] = []
    for number, across in enumerate(np.linspace(share[0], share[1], lines)):
        half = np.sqrt(max(0.02, 1.0 - across**2)) * (1.0 + rng.normal(0.0, 0.22 * rough))
        along = half if number % 2 else -half
        across_here = across + rng.normal(0.0, 0.1 * rough)
        stops.append(
            (
                float(radius[0] * (along * np.cos(tilt) - across_here * np.sin(tilt))),
                float(radius[1] * (along * np.sin(tilt) + across_here * np.cos(tilt))),
            )
        )
    return move(rng, stops, hand, press)


def ring(rng: np.random.Generator, hand: Hand, radius: tuple[float, float]) -> Stroke:
    """Once round, and a little further than the start."""
    angle = np.linspace(0.0, 2 * np.pi * rng.uniform(0.95, 1.15), 60)
    start, drift = rng.uniform(0.0, 2 * np.pi), rng.normal(0.0, 0.06)
    reach = 1.0 + drift * angle / np.pi
    path = np.column_stack(
        [radius[0] * reach * np.cos(start + angle), radius[1] * reach * np.sin(start + angle)]
    )
    return finish(rng, path, hand)


def shifted(stroke: Stroke, x_mm: float, y_mm: float) -> Stroke:
    """*stroke* moved by (x, y) mm."""
    return Stroke(stroke.points_mm + np.array([x_mm, y_mm]), stroke.pressure)
