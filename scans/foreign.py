"""Pages of strangers: an image file and a file of boxes in, one JSON line a box out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from omr.boxes import SMALLEST_SIDE, Box, read_boxes
from omr.errors import InputUnusable, MistakesInFile
from omr.fiducials import GreyImage
from omr.i18n import _
from scans.faults import PageFault
from scans.pages import PageRef, load_page

_SIDES = ("x", "y", "w", "h")


def mark_lines(image: Path, boxes: Path) -> Iterator[str]:
    """Read the marks of a page, one JSON line for each box, in the order given.

    Args:
        image: TIFF, JPEG, PNG or PDF; the first page counts.
        boxes: JSON list of ``{"id", "x", "y", "w", "h"}`` in pixels of that image, optional
            ``"group"``.

    Raises:
        InputUnusable: If the image cannot be read.
        MistakesInFile: If the boxes have mistakes; all of them are listed.
    """
    wanted = parse_boxes(_text(boxes), boxes.name)
    page = _page(image)
    _refuse_outside(wanted, page, boxes.name)
    for reading in read_boxes(page, wanted):
        fill = min(1.0, max(0.0, reading.fill))
        line = {"id": reading.id, "mark": reading.mark.value, "fill": round(fill, 4)}
        yield json.dumps(line, ensure_ascii=False)


def parse_boxes(text: str, name: str) -> list[Box]:
    """The boxes that *text* describes.

    Args:
        text: JSON.
        name: Of the file, for messages.

    Raises:
        MistakesInFile: Naming every mistake with the box's place in the list (from 1).
    """
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise MistakesInFile(
            [_("{name}: this is no JSON: {why}").format(name=name, why=error)],
            _("Write a list of boxes: [{example}]").format(example=_EXAMPLE),
        ) from error
    if not isinstance(entries, list) or not entries:
        raise MistakesInFile(
            [_("{name}: this is no list of boxes").format(name=name)],
            _("Write a list of boxes: [{example}]").format(example=_EXAMPLE),
        )
    problems: list[str] = []
    found = [_box(entry, f"{name}: box {n}", problems) for n, entry in enumerate(entries, 1)]
    seen: dict[str, int] = {}
    for number, box in enumerate(found, 1):
        if box is None:
            continue
        if box.id in seen:
            problems.append(
                _("{name}: box {n}: the id {id} is taken by box {other}").format(
                    name=name, n=number, id=repr(box.id), other=seen[box.id]
                )
            )
        seen.setdefault(box.id, number)
    if problems:
        raise MistakesInFile(problems, _("Correct these boxes; nothing was read."))
    return [box for box in found if box is not None]


_EXAMPLE = '{"id": "1.a", "x": 100, "y": 200, "w": 40, "h": 40}'


def _box(entry: Any, where: str, problems: list[str]) -> Box | None:
    """One box, or None after its mistakes were added to *problems*."""
    if not isinstance(entry, dict):
        problems.append(
            _("{where}: this is no box; write {example}").format(where=where, example=_EXAMPLE)
        )
        return None
    before = len(problems)
    if not isinstance(entry.get("id"), str) or not entry["id"]:
        problems.append(_("{where}: the id is missing or no text").format(where=where))
    for side in _SIDES:
        value = _number(entry.get(side))
        if value is None:
            problems.append(
                _("{where}: {side} is missing or no number").format(where=where, side=side)
            )
        elif side in "wh" and value < SMALLEST_SIDE:
            problems.append(
                _("{where}: {side} is {value}; at least {least} pixels are needed").format(
                    where=where, side=side, value=value, least=SMALLEST_SIDE
                )
            )
    group = entry.get("group")
    if group is not None and not isinstance(group, str):
        problems.append(_("{where}: the group is no text").format(where=where))
    if len(problems) > before:
        return None
    x, y, w, h = (float(entry[side]) for side in _SIDES)
    return Box(entry["id"], x, y, w, h, group)


def _number(value: Any) -> float | None:
    """*value* if it is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _refuse_outside(boxes: list[Box], page: GreyImage, name: str) -> None:
    height, width = page.shape
    problems = [
        _("{name}: box {id} reaches outside the image of {width} x {height} pixels").format(
            name=name, id=repr(box.id), width=width, height=height
        )
        for box in boxes
        if box.x < 0 or box.y < 0 or box.x + box.w > width or box.y + box.h > height
    ]
    if problems:
        raise MistakesInFile(problems, _("Check that the boxes were measured on this very image."))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnusable(
            _("{path} cannot be read: {why}").format(path=path, why=error),
            _("Give the boxes as a JSON file in UTF-8."),
        ) from error


def _page(path: Path) -> GreyImage:
    page = load_page(PageRef(path, 0))
    if isinstance(page, PageFault):
        raise InputUnusable(
            _("{path} cannot be read: {why}").format(path=path, why=page.detail),
            _("Give a TIFF, JPEG, PNG or PDF file."),
        )
    return page
