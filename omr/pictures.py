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
from omr.part_file import take_left_over

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
        path = self.path(digest)
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
            jpeg = self.path(digest).read_bytes()
        except OSError:
            return None
        return jpeg if hashlib.sha256(jpeg).hexdigest() == digest else None

    def delete(self, digest: str) -> bool:
        """Delete a picture for good.

        Returns:
            Whether there was one.

        Raises:
            LedgerUnusable: If it cannot be deleted.
            ValueError: If *digest* is no SHA-256.
        """
        path = self.path(digest)
        take_left_over(path)  # of a run that was cut short: it may hold the same picture
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise LedgerUnusable(
                _("the picture {path} cannot be deleted: {why}").format(
                    path=path, why=error.strerror or error
                ),
                _("Close it in other programs, then run the command again."),
            ) from error
        return True

    def path(self, digest: str) -> Path:
        """Where the picture with that SHA-256 is, if it is kept.

        Raises:
            ValueError: If *digest* is no SHA-256.
        """
        if not _DIGEST.fullmatch(digest):
            raise ValueError("a picture is named by 64 hexadecimal digits")
        return self._folder / digest[:2] / f"{digest}.jpg"
