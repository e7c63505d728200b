"""Files that get their name only when they are complete; nothing with that name is lost."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from omr.errors import UsageError
from omr.i18n import _


class DraftFile:
    """A file being written under another name beside its place.

    Use as a context: what was not published when it ends is removed. ``path`` None stands
    for a file that nobody asked for; writing to it does nothing.

    Raises:
        UsageError: On opening, if the file could not be written.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._aside: Path | None = None
        self._published = False
        if path is None:
            self._beside = Path(os.devnull)
            self.file = self._beside.open("wb")
            return
        if path.is_dir():
            raise UsageError(
                _("{path} is a folder").format(path=path), _("Give the name of a file.")
            )
        self._beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            self.file = self._beside.open("xb")
        except OSError as error:
            raise UsageError(
                _("{path} cannot be written: {why}").format(path=path, why=error.strerror or error),
                _("Choose a folder that exists and that you may write to."),
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.file.close()
        if self.path is not None and not self._published:
            self._beside.unlink(missing_ok=True)

    def publish(self) -> Path | None:
        """Give the file its name.

        Returns:
            The new name of the file that bore this one before, if there was one.
        """
        if self.path is None:
            return None
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        if self.path.exists():
            self._aside = _free_name(self.path)
            self.path.rename(self._aside)
        self._beside.replace(self.path)
        self._published = True
        return self._aside

    def withdraw(self) -> None:
        """Undo :meth:`publish`, as far as it got."""
        if self.path is None:
            return
        if self._published:
            self.path.unlink(missing_ok=True)
        if self._aside is not None and not self.path.exists():
            self._aside.rename(self.path)


def _free_name(path: Path) -> Path:
    """``forms-2.pdf`` for ``forms.pdf``, or the next number that is free."""
    number = 2
    while (name := path.with_stem(f"{path.stem}-{number}")).exists():
        number += 1
    return name
