"""Evidence pictures in a folder: one for each sheet that could be placed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2

from omr.errors import UsageError
from omr.evidence import draw_evidence
from omr.geometry import Registration
from omr.i18n import _
from omr.layout import Layout
from omr.ledger.readings import SheetReading
from scans.faults import PageFault
from scans.pages import PageRef, load_page


class EvidenceFolder:
    """Saves pictures into a folder.

    Args:
        folder: Made if it is missing.
        layouts: Every known layout, by any key.

    Raises:
        UsageError: If the folder cannot be made.
    """

    def __init__(self, folder: Path, layouts: Mapping[str, Layout]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                _("cannot write to {path}: {why}").format(path=folder, why=error.strerror),
                _("Choose a folder you may write to."),
            ) from error
        self._folder = folder
        self._layouts = {layout.layout_id: layout for layout in layouts.values()}

    def save(self, ref: PageRef, sheet: SheetReading) -> None:
        """Save the picture of one sheet; sheets without a place or layout have none."""
        layout = self._layouts.get(sheet.layout_id or "")
        if sheet.registration is None or layout is None:
            return
        image = load_page(ref)
        if isinstance(image, PageFault):
            return
        a, b, c, d, e, f, g, h, i = sheet.registration
        where = Registration((a, b, c, d, e, f, g, h, i))
        picture = draw_evidence(image, where, layout, sheet.answers)
        # Named by serial and place, never by the input's own name.
        name = f"{sheet.serial}-page{sheet.page + 1}-{sheet.status.value}.png"
        cv2.imwrite(str(self._folder / name), picture)
