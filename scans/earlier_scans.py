"""Scan files that were read earlier, as long as they are at hand.

When a second paper bears a serial, people see both. The first one may have been counted, and
then no picture of it was kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from omr.bilevel import is_bilevel
from omr.layout import Layout
from omr.ledger.pages import Scanned
from omr.ledger.sheets import KeptPart
from scans.files import ScanFile, identify_file
from scans.keeping import whole_part
from scans.look_again import page_image, registration_of
from scans.pages import PageRef


class EarlierScans:
    """Looks for a file among those that are read now, and beside them under its old name.

    Args:
        files: What is read now.
        layouts: By layout id.
    """

    def __init__(self, files: Iterable[ScanFile], layouts: Mapping[str, Layout]) -> None:
        self._found: dict[str, Path | None] = {}
        folders: dict[Path, None] = {}
        for file in files:
            self._found.setdefault(file.sha256, file.path)
            folders.setdefault(file.path.parent)
        self._folders = tuple(folders)
        self._layouts = layouts

    def picture_of(self, sheet: Scanned) -> KeptPart | None:
        """The picture of a sheet; ``None`` if its file, or the sheet in it, is not there."""
        layout = self._layouts.get(sheet.layout_id)
        path = self._find(sheet)
        if layout is None or sheet.registration is None or path is None:
            return None
        where = registration_of(sheet.registration)
        grey = page_image(PageRef(path, sheet.page), where, layout)
        return None if grey is None else whole_part(grey, where, layout, bilevel=is_bilevel(grey))

    def _find(self, sheet: Scanned) -> Path | None:
        if sheet.sha256 not in self._found:
            # Its name says where to look; its content alone says that it is the one.
            self._found[sheet.sha256] = next(
                (path for path in self._of_that_name(sheet.name) if _is(path, sheet.sha256)), None
            )
        return self._found[sheet.sha256]

    def _of_that_name(self, name: str) -> Iterator[Path]:
        if Path(name).name != name:  # no name of a file: it must not lead elsewhere
            return
        # The ledger keeps one spelling of accents, a folder may have the other.
        spellings = dict.fromkeys((name, unicodedata.normalize("NFD", name)))
        for folder in self._folders:
            yield from (folder / spelling for spelling in spellings)


def _is(path: Path, sha256: str) -> bool:
    """Whether *path* is a regular file with that content."""
    try:
        if path.is_symlink() or not path.is_file():
            return False
        return identify_file(path).sha256 == sha256
    except (OSError, ValueError):  # a name that no file can have here
        return False
