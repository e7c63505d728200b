"""A sheet's kept pictures put together again: the overview, and over it what was kept sharp."""

from __future__ import annotations

import cv2
import numpy as np

from omr.evidence import ON_UPRIGHT, PX_PER_MM, size_px, upright
from omr.fiducials import GreyImage
from omr.layout import Layout
from omr.ledger.sheets import WHOLE_PART, SheetRow
from omr.pictures import PictureStore


def kept_sheet(store: PictureStore, row: SheetRow, layout: Layout) -> GreyImage | None:
    """The sheet as far as pictures of it are left; ``None`` if none shows all of it.

    Args:
        store: The pictures.
        row: The sheet.
        layout: Gives the sheet's size; any layout printed on that paper will do.

    Returns:
        Shape and scale as from :func:`omr.evidence.upright`.
    """
    whole = row.parts.get(WHOLE_PART)
    names = [whole.sha256] if whole else []
    names += [row.picture] if row.picture else []
    shown = next((each for name in names if (each := _opened(store, name)) is not None), None)
    if shown is None:
        return None
    if shown.shape[1] >= size_px(layout)[0]:
        return upright(shown, ON_UPRIGHT, layout)
    sheet = _stretched(shown, size_px(layout))
    for part in row.parts.values():
        crop = None if part.part == WHOLE_PART else _opened(store, part.sha256)
        if crop is not None:
            left, top, right, bottom = (
                round(mm * PX_PER_MM)
                for mm in (
                    part.region.x_mm,
                    part.region.y_mm,
                    part.region.right_mm,
                    part.region.bottom_mm,
                )
            )
            there = sheet[max(0, top) : bottom, max(0, left) : right]
            if there.size:
                there[:] = _stretched(crop, (there.shape[1], there.shape[0]))
    return sheet


def _opened(store: PictureStore, sha256: str) -> GreyImage | None:
    """A picture's pixels; ``None`` if it is missing or damaged."""
    jpeg = store.read(sha256)
    if jpeg is None:
        return None
    opened = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if opened is None else np.asarray(opened, np.uint8)


def _stretched(picture: GreyImage, size: tuple[int, int]) -> GreyImage:
    """*picture* with that width and height; of its own size as it is."""
    if picture.shape[::-1] == size:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)
