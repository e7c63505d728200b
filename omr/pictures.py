"""Pictures of sheets that a person has to look at, kept by the hash of their content.

So scan files may be moved or deleted once they are read.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.new_file import write_new_file

_DIGEST = re.compile(r"[0-9a-f]{64}")


class PictureStore:
    """JPEG files under ``<first 2 hex digits>/<SHA-256>.jpg``; written once, never changed.

    Args:
        folder: Made when the first picture is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, jpeg: bytes) -> str:
        """Keep a picture; it is on the disk when this returns.

        Returns:
            Its SHA-256, 64 hexadecimal digits.

        Raises:
            LedgerUnusable: If it cannot be written: a sheet must not lose its picture.
        """
        digest = hashlib.sha256(jpeg).hexdigest()
        path = self._path(digest)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not write_new_file(path, jpeg) and path.read_bytes() != jpeg:
                raise LedgerUnusable(
                    _("the picture {path} is damaged").format(path=path),
                    _("Delete that file, then run the command again."),
                )
        except OSError as error:
            raise LedgerUnusable(
                _("a picture cannot be kept in {path}: {why}").format(
                    path=path.parent, why=error.strerror or error
                ),
                _("Free some space on the disk, then run the command again; nothing was lost."),
            ) from error
        return digest

    def read(self, digest: str) -> bytes | None:
        """The picture with that SHA-256; None if it is missing or damaged.

        Raises:
            ValueError: If *digest* is no SHA-256.
        """
        try:
            jpeg = self._path(digest).read_bytes()
        except OSError:
            return None
        return jpeg if hashlib.sha256(jpeg).hexdigest() == digest else None

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError("a picture is named by 64 hexadecimal digits")
        return self._folder / digest[:2] / f"{digest}.jpg"
