"""Pictures of what went wrong: the page as it was read, and the rows in question, straightened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_PX_PER_MM = 12.0
_ROUND_MM = 9.0  # shown on every side of a row: its neighbours belong to the story
_TITLE_PX = 34


def save(folder: Path, name: str, page: NDArray[Any], rows: Sequence[tuple[str, Any]]) -> Path:
    """Write *name*.png, the page, and *name*-rows.png, its rows below each other.

    Args:
        folder: Made if it is not there.
        name: Of the files, without suffix.
        page: Grey, uint8, shape (h, w).
        rows: Title and picture of each row (:func:`row`); without any there is no second file.

    Returns:
        The page's file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f"{name}.png"), page)
    if rows:
        wide = max(picture.shape[1] for _title, picture in rows)
        titled = []
        for title, picture in rows:
            more = wide - picture.shape[1]
            framed = cv2.copyMakeBorder(
                picture, _TITLE_PX, 0, 0, more, cv2.BORDER_CONSTANT, value=(200.0,)
            )
            cv2.putText(framed, title, (6, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0.0,), 2)
            titled.append(framed)
        cv2.imwrite(str(folder / f"{name}-rows.png"), np.vstack(titled))
    return folder / f"{name}.png"


def row(
    page: NDArray[Any], registration: Sequence[float], layout: Mapping[str, Any], question: str
) -> NDArray[Any]:
    """The part of *page* round the bubbles of *question*, upright and at one scale.

    Args:
        page: Grey, uint8, shape (h, w).
        registration: Where the reader found the sheet: nine numbers by row, mm to pixels.
        layout: The contract's layout.
        question: Its id.
    """
    spots = np.array(
        [(b["x_mm"], b["y_mm"]) for b in layout["bubbles"] if b["question"] == question]
    )
    low, high = spots.min(axis=0) - _ROUND_MM, spots.max(axis=0) + _ROUND_MM
    wide, tall = (int(side) for side in (high - low) * _PX_PER_MM)
    scale = 1.0 / _PX_PER_MM
    to_mm = np.array([[scale, 0.0, low[0]], [0.0, scale, low[1]], [0.0, 0.0, 1.0]])
    to_page = np.asarray(registration, dtype=np.float64).reshape(3, 3) @ to_mm
    return np.asarray(
        cv2.warpPerspective(
            page,
            to_page,
            (wide, tall),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderValue=(255.0,),
        )
    )
