"""Photographs of sheets on a table, as a phone takes them.

A pinhole camera looks at sheets that are bent as paper bends: into a cylinder, of which every
length along the paper stays as it was. Rays are followed from the pixels to the paper, so that
perspective, curl and shading fit together as in a real photograph. Nothing here comes from the
reader: it must find its own way back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.floating]

_FOCAL = 0.72  # of the frame's long side: the usual main camera, as of 26 mm on 36 mm film
_STEP = 8  # px between the rays that are followed; places between them are interpolated
_PAPER_LIGHT = 0.86  # share of the light that paper gives back
_LAMP = np.array([-0.35, -0.45, 0.82])  # where most of the light comes from


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet on the table.

    Attributes:
        picture: Grey, shape (h, w), uint8: the sheet from edge to edge.
        dpi: Of the picture.
        at_mm: Where its centre lies on the table.
        turn: How it is turned, degrees.
        rise_mm: How much higher its middle lies than its ends (negative: the ends are up).
        rolled: Direction in which the sheet was rolled, degrees: 0 bends its upper edge.
    """

    picture: Image
    dpi: float
    at_mm: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    rise_mm: float = 0.0
    rolled: float = 0.0

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        height, width = self.picture.shape
        return width / self.dpi * 25.4, height / self.dpi * 25.4


@dataclass(frozen=True, slots=True)
class Shot:
    """How the photograph is taken.

    Attributes:
        size: Width and height, px.
        tilt: Of the camera from straight above, degrees.
        from_side: From where it looks then, degrees round the table.
        turn: Of the camera about its own axis, degrees.
        fills: Share of the frame that the sheets fill, along the side that they fill most.
        barrel: Of the lens; the share of radial distortion left at the frame's edge.
        shadow: Share of the light that the hand's shadow takes.
        gloom: Share of the light that is lost towards the darkest corner.
        blur_px: Of focus and hand, one sigma.
        noise: Grey levels, one sigma.
        seed: Of table, shadow and noise.
    """

    size: tuple[int, int] = (3000, 4000)
    tilt: float = 0.0
    from_side: float = 0.0
    turn: float = 0.0
    fills: float = 0.85
    barrel: float = 0.0
    shadow: float = 0.0
    gloom: float = 0.0
    blur_px: float = 1.0
    noise: float = 3.0
    seed: int = 0


def photograph(shot: Shot, *sheets: Sheet) -> Image:
    """The photograph, grey, shape (height, width) of ``shot.size``."""
    rng = np.random.default_rng(shot.seed)
    camera = _Camera.over(shot, sheets)
    width, height = shot.size
    columns, rows = np.arange(0, width + _STEP, _STEP), np.arange(0, height + _STEP, _STEP)
    rays = camera.rays(*np.meshgrid(columns.astype(np.float64), rows.astype(np.float64)))
    light = _table(camera, rays, shot.size, rng)
    for sheet in sheets:
        _lay(light, sheet, camera, rays)
    light *= _lit(shot, rng)
    return _developed(light, shot, rng)


@dataclass(frozen=True, slots=True)
class _Camera:
    """A camera above the table; lengths in mm, z up, y towards the person."""

    at: Floats
    axes: Floats  # rows: right, down, forward
    focal_px: float
    middle_px: tuple[float, float]
    barrel: float

    @classmethod
    def over(cls, shot: Shot, sheets: Sequence[Sheet]) -> _Camera:
        """The camera as near as lets the sheets fill their share of the frame."""
        corners = np.concatenate([_corners(sheet) for sheet in sheets])
        centre = (corners.min(axis=0) + corners.max(axis=0)) / 2
        near, far = 60.0, 3000.0
        for _ in range(40):
            distance = (near + far) / 2
            camera = cls._at(shot, centre, distance)
            spread = np.ptp(camera.seen(corners), axis=0) / np.array(shot.size)
            near, far = (distance, far) if spread.max() > shot.fills else (near, distance)
        # Perspective moves the sheets' middle out of the frame's: the person aims at it.
        seen = camera.seen(corners)
        off = (seen.min(axis=0) + seen.max(axis=0)) / 2 - np.array(shot.size) / 2
        middle = (camera.middle_px[0] - off[0], camera.middle_px[1] - off[1])
        return cls(camera.at, camera.axes, camera.focal_px, middle, camera.barrel)

    @classmethod
    def _at(cls, shot: Shot, centre: Floats, distance: float) -> _Camera:
        tilt, side, turn = np.radians([shot.tilt, shot.from_side, shot.turn])
        away = np.array([np.sin(tilt) * np.sin(side), np.sin(tilt) * np.cos(side), np.cos(tilt)])
        forward = -away
        # x runs right and y towards the person, so seen from above products point down.
        right = np.cross(forward, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        down = np.cross(right, forward)
        axes = np.array(
            [
                np.cos(turn) * right + np.sin(turn) * down,
                np.cos(turn) * down - np.sin(turn) * right,
                forward,
            ]
        )
        at = np.array([*centre, 0.0]) + distance * away
        width, height = shot.size
        return cls(at, axes, _FOCAL * max(shot.size), (width / 2, height / 2), shot.barrel)

    def seen(self, points: Floats) -> Floats:
        """Where points of the table, shape (n, 2) mm, are seen without the lens's faults, px."""
        there = np.column_stack([points, np.zeros(len(points))]) - self.at
        x, y, z = (there @ self.axes.T).T
        middle = np.array(self.middle_px)
        return np.asarray(np.column_stack([x / z, y / z]) * self.focal_px + middle)

    def rays(self, x: Floats, y: Floats) -> Floats:
        """Directions in which pixels look, shape (*x.shape, 3), not of unit length."""
        across = (x - self.middle_px[0]) / self.focal_px
        down = (y - self.middle_px[1]) / self.focal_px
        bulged = 1 + self.barrel * (across**2 + down**2) / (0.5 / _FOCAL) ** 2
        local = np.stack([across * bulged, down * bulged, np.ones_like(across)], axis=-1)
        return np.asarray(local @ self.axes, np.float64)


def _corners(sheet: Sheet) -> Floats:
    """The sheet's corners on the table if it lay flat, shape (4, 2), mm."""
    width, height = sheet.size_mm
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([width, height]) / 2
    turn = np.radians(sheet.turn)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(half @ rotation + np.array(sheet.at_mm), np.float64)


def _on_plane(camera: _Camera, rays: Floats, height_mm: float = 0.0) -> Floats:
    """Where rays meet the table, shape (..., 2), mm."""
    far = (height_mm - camera.at[2]) / rays[..., 2]
    return np.asarray(camera.at[:2] + far[..., None] * rays[..., :2], np.float64)


def _table(
    camera: _Camera, rays: Floats, size: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float32]:
    """The table's light: boards with grain, a dark edge, and something lying about."""
    at = _on_plane(camera, rays, -1.0)
    place = _full(at[..., 0], size), _full(at[..., 1], size)
    board = np.floor(place[0] / 90.0)
    grain = np.sin(place[0] / 2.3 + 2.5 * np.sin(place[1] / 37.0 + 2.0 * board))
    base = float(rng.uniform(0.12, 0.55))
    light = base * (1 + 0.12 * grain + 0.1 * np.sin(7.1 * board))
    light[np.abs(place[0] / 90.0 - board) < 0.01] *= 0.5
    for _ in range(int(rng.integers(0, 4))):  # a pen, a phone, another paper
        x, y = rng.uniform(-260, 260, 2)
        w, h = rng.uniform(8, 130, 2)
        inside = (np.abs(place[0] - x) < w / 2) & (np.abs(place[1] - y) < h / 2)
        light[inside] = rng.uniform(0.03, 0.9)
    return np.asarray(light, np.float32)


def _lay(light: NDArray[np.float32], sheet: Sheet, camera: _Camera, rays: Floats) -> None:
    """Put the sheet's light where it is seen."""
    width, height = sheet.size_mm
    x, y, tone = _places(sheet, camera, rays)
    size = (light.shape[1], light.shape[0])
    x, y = _full(x, size) + width / 2, _full(y, size) + height / 2
    per_mm = sheet.dpi / 25.4
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    # A pixel of the camera gathers the light of all the paper that it covers.
    coarse = float(np.median(np.hypot(np.diff(x, axis=1)[:-1], np.diff(y, axis=1)[:-1])))
    paper: Floats = sheet.picture.astype(np.float32) / 255
    if coarse * per_mm > 1:
        paper = np.asarray(cv2.GaussianBlur(paper, (0, 0), 0.45 * coarse * per_mm))
    seen = cv2.remap(
        paper,
        (x * per_mm - 0.5).astype(np.float32),
        (y * per_mm - 0.5).astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    shade = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), max(2.0, 1.5 / coarse))
    light *= 1 - 0.5 * shade  # its own shadow on the table
    seen = _PAPER_LIGHT * np.clip(seen, 0.02, 1.0) ** 2.2 * _full(tone, size)
    light[inside] = seen[inside]


def _places(sheet: Sheet, camera: _Camera, rays: Floats) -> tuple[Floats, Floats, Floats]:
    """Where on the sheet (mm from its centre) rays end, and how much light falls there."""
    turn = np.radians(sheet.turn)
    lies = np.array(
        [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1.0]]
    )
    # v @ lies.T takes table coordinates into the sheet's; its own axes were turned by `turn`.
    start = (camera.at - np.array([*sheet.at_mm, 0.0])) @ lies
    ways = rays @ lies
    rolled = np.radians(sheet.rolled)
    bend = np.array(
        [[np.cos(rolled), -np.sin(rolled), 0], [np.sin(rolled), np.cos(rolled), 0], [0, 0, 1.0]]
    )
    start, ways = start @ bend, ways @ bend  # first across the cylinder, then along it
    lamp = _LAMP @ lies @ bend
    if abs(sheet.rise_mm) < 1e-6:
        far = -start[2] / ways[..., 2]
        across, along = start[0] + far * ways[..., 0], start[1] + far * ways[..., 1]
        tone = np.ones_like(across)
    else:
        width, height = sheet.size_mm
        chord = abs(width * np.cos(rolled)) + abs(height * np.sin(rolled))
        up = np.sign(sheet.rise_mm)
        radius = chord**2 / (8 * abs(sheet.rise_mm)) + abs(sheet.rise_mm) / 2
        axis = -up * radius  # height of the cylinder's middle: the sheet's middle lies at z = 0
        a = ways[..., 0] ** 2 + ways[..., 2] ** 2
        b = start[0] * ways[..., 0] + (start[2] - axis) * ways[..., 2]
        c = start[0] ** 2 + (start[2] - axis) ** 2 - radius**2
        root = np.sqrt(np.maximum(b**2 - a * c, 0))
        far = (-b - up * root) / a  # a hill is met from outside, a valley from inside
        met = start[0] + far * ways[..., 0]
        along = start[1] + far * ways[..., 1]
        angle = np.arcsin(np.clip(met / radius, -1, 1))
        across = np.where(b**2 >= a * c, radius * angle, 1e6)
        normal = np.stack([up * np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=-1)
        tone = np.clip(normal @ lamp, 0.2, None) / lamp[2]
    x = across * np.cos(rolled) - along * np.sin(rolled)
    y = across * np.sin(rolled) + along * np.cos(rolled)
    return x, y, tone


def _lit(shot: Shot, rng: np.random.Generator) -> NDArray[np.float32]:
    """How much light falls on each pixel: the lamp's fall-off and a hand's shadow."""
    width, height = shot.size
    small = (max(8, width // 16), max(8, height // 16))
    x, y = np.meshgrid(np.linspace(-1, 1, small[0]), np.linspace(-1, 1, small[1]))
    way = rng.uniform(0, 2 * np.pi)
    lit = 1 - shot.gloom * (0.5 + 0.35 * (np.cos(way) * x + np.sin(way) * y))
    if shot.shadow > 0:
        dark = np.zeros((small[1], small[0]), np.float32)
        way, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.4, 0.5)
        dark[np.cos(way) * x + np.sin(way) * y > offset] = 1
        for _ in range(3):  # fingers
            at = np.array([rng.uniform(0, small[0]), rng.uniform(0, small[1])])
            reach = 0.3 * max(small) * np.array([np.cos(way), np.sin(way)])
            ends = [tuple(int(v) for v in at), tuple(int(v) for v in at + reach)]
            cv2.line(dark, ends[0], ends[1], 1.0, max(2, small[0] // 14))
        lit *= 1 - shot.shadow * cv2.GaussianBlur(dark, (0, 0), rng.uniform(1.5, 8.0))
    return np.asarray(cv2.resize(lit.astype(np.float32), (width, height)), np.float32)


def _developed(light: NDArray[np.float32], shot: Shot, rng: np.random.Generator) -> Image:
    """What the phone makes of the light: exposed for the paper, blurred, grainy, sharpened."""
    blurred = cv2.GaussianBlur(light, (0, 0), shot.blur_px) if shot.blur_px > 0 else light
    exposed = blurred * (0.75 / np.percentile(blurred, 95))
    levels = 255 * np.clip(exposed, 0, 1) ** (1 / 2.2)
    grain: Floats = rng.normal(0, 1, (light.shape[0] // 2 + 1, light.shape[1] // 2 + 1))
    grain = np.asarray(cv2.resize(grain.astype(np.float32), (light.shape[1], light.shape[0])))
    levels = levels + 1.5 * shot.noise * grain  # its pixels hang together after noise reduction
    soft = cv2.GaussianBlur(levels, (0, 0), 1.5)
    sharpened = levels + 0.6 * (levels - soft)
    return np.asarray(np.clip(sharpened, 0, 255), np.uint8)


def _full(values: Floats, size: tuple[int, int]) -> NDArray[np.float32]:
    """Values at every :data:`_STEP` px, at every pixel."""
    grid = values.astype(np.float32)
    x = np.arange(size[0], dtype=np.float32) / _STEP
    y = np.arange(size[1], dtype=np.float32) / _STEP
    return np.asarray(
        cv2.remap(
            grid,
            np.broadcast_to(x, (size[1], size[0])).copy(),
            np.broadcast_to(y[:, None], (size[1], size[0])).copy(),
            cv2.INTER_LINEAR,
        ),
        np.float32,
    )
