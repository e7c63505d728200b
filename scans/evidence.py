"""Evidence pictures in a folder: one for each sheet that could be placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import cv2

from omr.disk import disk_remedy
from omr.errors import UsageError
from omr.evidence import draw_evidence
from omr.geometry import Registration
from omr.i18n import _
from omr.layout import Layout
from omr.ledger import Ledger
from omr.ledger.readings import SheetReading, find_sources, sheet_rows
from omr.part_file import write_files
from scans.faults import PageFault
from scans.files import find_files, identify_file
from scans.pages import PageRef, load_page

_DIGITS = 8  # of a file's SHA-256: tells two nameless first pages apart


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
            raise _cannot(folder, error) from error
        self._folder = folder
        self._digests: dict[Path, str] = {}
        self._layouts = {layout.layout_id: layout for layout in layouts.values()}

    def save(self, ref: PageRef, sheet: SheetReading) -> None:
        """Save the picture of one sheet; sheets without a place or layout have none.

        Raises:
            UsageError: If it cannot be written.
        """
        path = self._path(ref, sheet)
        layout = self._layouts.get(sheet.layout_id or "")
        if sheet.registration is None or layout is None:
            return
        image = load_page(ref)
        if isinstance(image, PageFault):
            return
        a, b, c, d, e, f, g, h, i = sheet.registration
        where = Registration((a, b, c, d, e, f, g, h, i))
        picture = draw_evidence(image, where, layout, sheet.answers)
        done, png = cv2.imencode(".png", picture)
        if not done:
            raise RuntimeError("the picture could not be packed")
        try:
            write_files({path: bytes(png)})
        except OSError as error:
            raise _cannot(path, error) from error

    def make_up(self, ledger: Ledger, paths: Sequence[Path]) -> None:
        """Save what is missing of the sheets that the ledger has of *paths*.

        A run that is killed between keeping a page and saving its picture would else leave
        none, for the page is not read again.
        """
        with suppress(OSError):  # a file that is gone by now was told of already
            files = [identify_file(path) for path in find_files(paths)[0]]
            known = find_sources(ledger, [file.sha256 for file in files])
            for file in files:
                if file.sha256 in known:
                    for row in sheet_rows(ledger, source_id=known[file.sha256].source_id):
                        self.save_missing(PageRef(file.path, row.seen.page), row.seen)

    def save_missing(self, ref: PageRef, sheet: SheetReading) -> None:
        """Save the picture of a sheet that was read before, unless it is there."""
        if not self._path(ref, sheet).exists():
            self.save(ref, sheet)

    def _path(self, ref: PageRef, sheet: SheetReading) -> Path:
        """Named by serial, content and place, never by the input's own name."""
        if ref.path not in self._digests:
            self._digests[ref.path] = identify_file(ref.path).sha256[:_DIGITS]
        place = f"{self._digests[ref.path]}-page{sheet.page + 1}-sheet{sheet.sheet + 1}"
        return self._folder / f"{sheet.serial}-{place}-{sheet.status.value}.png"


def _cannot(path: Path, error: OSError) -> UsageError:
    return UsageError(
        _("cannot write to {path}: {why}").format(path=path, why=error.strerror or error),
        disk_remedy(error, _("Choose a folder you may write to.")),
    )
