"""The pictures that together show a part of a sheet, each at its place in mm (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from omr.geometry import PageRect
from omr.layout import Layout
from omr.ledger.sheets import WHOLE_PART, SheetRow

_SLACK_MM = 0.5  # of a crop's rim that a kept picture may lack


@dataclass(frozen=True, slots=True)
class Layer:
    """One picture."""

    digest: str  # SHA-256
    at: PageRect  # what of the sheet it shows, exactly


def whole_layers(row: SheetRow, layout: Layout) -> tuple[Layer, ...]:
    """The whole sheet, as sharp as it is kept; empty if it is not."""
    layers = []
    if row.picture:
        layers.append(Layer(row.picture, PageRect(0.0, 0.0, layout.width_mm, layout.height_mm)))
    whole = row.parts.get(WHOLE_PART)
    if whole is not None:
        layers.append(Layer(whole.sha256, whole.region))
    return tuple(layers)


def crop_layers(row: SheetRow, layout: Layout, part: str, crop: PageRect) -> tuple[Layer, ...]:
    """What shows *crop*: the sharp *part* alone if it is enough, else over the whole sheet."""
    kept = row.parts.get(part)
    if kept is None:
        return whole_layers(row, layout)
    sharp = Layer(kept.sha256, kept.region)
    if _covers(kept.region, crop):
        return (sharp,)
    return (*whole_layers(row, layout), sharp)


def _covers(region: PageRect, crop: PageRect) -> bool:
    wide = region.grown(_SLACK_MM)
    return (
        wide.x_mm <= crop.x_mm
        and wide.y_mm <= crop.y_mm
        and wide.right_mm >= crop.right_mm
        and wide.bottom_mm >= crop.bottom_mm
    )
