"""marksense (MIT, from PyPI) as a reader beside ours: templates for it, and what it says.

It aligns a page with a picture of the blank form (ORB, SIFT, ECC), subtracts that, and takes the
darkest option of each question, if any ink is left at all. Its weights for a learnt detector are
not published (0.2.0), so this is what an installed marksense does. It says of itself when it is
not sure: an alignment confidence below 0.3 "may be unreliable", and several marks in a question.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_UNSURE_BELOW = 0.3  # its own word on the confidence of an alignment
# Homographies from the boxes' centres: they were measured to about 2 pixels.
_OUTLIER_PX = 5.0
_BAND = 200  # rows of a picture at a time
_ROUND = 0.6  # of a box's side, on each side: marks run over the outline


@dataclass(frozen=True, slots=True)
class Row:
    """A question for marksense: boxes of which it takes one.

    Attributes:
        name: Ours.
        boxes: Option to (x, y, w, h) in pixels of the blank form.
    """

    name: str
    boxes: Mapping[str, tuple[float, float, float, float]]


@dataclass(frozen=True, slots=True)
class Said:
    """What marksense says of a page.

    Attributes:
        chosen: Row name to the option taken; rows without one are left out.
        unsure: Rows it found several marks in.
        aligned: Whether it trusts its alignment of the page.
    """

    chosen: Mapping[str, str]
    unsure: frozenset[str]
    aligned: bool


def marksense_version() -> str:
    """The release of marksense that is installed."""
    return version("marksense")


def template(blank: Path, rows: Sequence[Row]) -> dict[str, Any]:
    """A template for *rows* on the picture of the blank form."""
    picture = cv2.imread(str(blank), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise FileNotFoundError(blank)
    high, wide = picture.shape
    return {
        "form_type": "peers",
        "canonical_dpi": 200,
        "pages": {
            "1": {
                "canonical_size": [wide, high],
                "template_image": blank.name,
                "questions": _questions(rows),
            }
        },
    }


def _questions(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {
            "question_num": number,
            "options": [
                {
                    "option_index": index,
                    "roi": [round(value) for value in box],
                    "expected_mark": "check",
                    "value": option,
                }
                for index, (option, box) in enumerate(row.boxes.items())
            ],
        }
        for number, row in enumerate(rows, 1)
    ]


def read_form(path: Path, words: Mapping[str, Any], folder: Path, rows: Sequence[Row]) -> Said:
    """Read a page with its public function.

    Args:
        path: The page.
        words: From :func:`template`.
        folder: Where the picture of the blank form is.
        rows: Those of the template.
    """
    found = _marksense().read_form(path, dict(words), template_dir=folder)
    names = {f"Q{number}": row.name for number, row in enumerate(rows, 1)}
    return Said(
        {names[key]: value for key, value in found.answers.items()},
        frozenset(names[key] for key in found.multi_marked),
        min(found.alignment_confidence.values()) >= _UNSURE_BELOW,
    )


def read_in_place(path: Path, rows: Sequence[Row]) -> Said:
    """Read a page whose own boxes are given, without a blank form and without alignment."""
    _marksense()
    from marksense.detector import DensityDetector  # noqa: PLC0415 - after the stand-in below
    from marksense.interpreter import TemplateInterpreter  # noqa: PLC0415

    image = cv2.imread(str(path))
    if image is None:
        raise FileNotFoundError(path)
    questions = _questions(rows)
    detections = DensityDetector().detect_from_rois(image, questions)
    interpreter = TemplateInterpreter({"pages": {"1": {"questions": questions}}})
    _all, answers, scores, _guesses = interpreter.interpret(detections, 1)
    names = {f"Q{number}": row.name for number, row in enumerate(rows, 1)}
    unsure = {key for key in answers if f"{key}_multi_mark" in scores}
    return Said(
        {names[key]: value for key, value in answers.items()},
        frozenset(names[key] for key in unsure),
        aligned=True,
    )


def blank_of(
    pages: Sequence[NDArray[Any]], boxes: Sequence[Sequence[Mapping[str, Any]]]
) -> NDArray[Any]:
    """The blank form behind filled pages: no scan of it was handed down.

    Pages are laid over the first by their boxes' centres, and each pixel is the median; about
    each box, the median of those pages that have no mark in it.

    Args:
        pages: uint8 (h, w) each.
        boxes: The boxes of each page, in the same order on all of them.

    Returns:
        uint8, shape of the first page.
    """
    high, wide = pages[0].shape
    centres = [np.array([(b["x"] + b["w"] / 2, b["y"] + b["h"] / 2) for b in one]) for one in boxes]
    laid = [pages[0]]
    for page, own in zip(pages[1:], centres[1:], strict=True):
        matrix, _seen = cv2.findHomography(own, centres[0], cv2.RANSAC, _OUTLIER_PX)
        laid.append(
            cv2.warpPerspective(page, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)
        )
    blank = np.empty_like(pages[0])
    for top in range(0, high, _BAND):
        band = np.stack([page[top : top + _BAND] for page in laid])
        blank[top : top + _BAND] = np.median(band, axis=0)
    for index, box in enumerate(boxes[0]):
        bare = [laid[n] for n, one in enumerate(boxes) if one[index]["marked"] is False]
        if not bare:
            continue
        more_x, more_y = _ROUND * box["w"], _ROUND * box["h"]
        left, top = max(0, round(box["x"] - more_x)), max(0, round(box["y"] - more_y))
        right, bottom = round(box["x"] + box["w"] + more_x), round(box["y"] + box["h"] + more_y)
        part = np.stack([page[top:bottom, left:right] for page in bare])
        blank[top:bottom, left:right] = np.median(part, axis=0)
    return blank


@cache
def _marksense() -> ModuleType:
    """The package, without PyMuPDF (AGPL), which it needs for PDF files only."""
    sys.modules.setdefault("fitz", ModuleType("fitz"))
    import marksense  # noqa: PLC0415

    return marksense
