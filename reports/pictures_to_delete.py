"""Deletes a month's pictures once the ledger no longer knows them, also after an interruption.

Once the ledger has destroyed its links it cannot say which pictures there were; so they are
listed beside the pictures before, and the list goes last. It names digests alone.
"""

from __future__ import annotations

from pathlib import Path

from omr.disk import disk_remedy
from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.unlinked_rest import pictures_of_month
from omr.ledger.waiting import picture_is_kept
from omr.part_file import write_files
from omr.pictures import PictureStore


class PicturesToDelete:
    """The list of one month.

    Args:
        folder: Of the pictures.
        period: The month.
    """

    def __init__(self, folder: Path, period: str) -> None:
        self._period = period
        self._list = folder / f"to-delete-{period}.txt"
        self._store = PictureStore(folder)

    def announce(self, ledger: Ledger) -> None:
        """List what the month's sheets have now.

        Raises:
            LedgerUnusable: If the list cannot be written.
        """
        digests = sorted({*self._listed(), *pictures_of_month(ledger, self._period)})
        try:
            self._list.parent.mkdir(parents=True, exist_ok=True)
            write_files({self._list: "\n".join(digests).encode("ascii")})
        except OSError as error:
            raise LedgerUnusable(
                _("{path} cannot be written: {why}").format(
                    path=self._list, why=error.strerror or error
                ),
                disk_remedy(error, _("Check that you may write to the workspace folder.")),
            ) from error

    def delete(self, ledger: Ledger) -> int:
        """Delete what is listed and no sheet has any more; then the list itself.

        Returns:
            How many pictures there were.
        """
        digests = self._listed()
        deleted = 0
        for digest in digests:
            if not picture_is_kept(ledger, digest):
                deleted += self._store.delete(digest)
        self._list.unlink(missing_ok=True)
        return deleted

    def _listed(self) -> list[str]:
        try:
            return self._list.read_text(encoding="ascii").split()
        except FileNotFoundError:
            return []
