"""Files that get their name only when they are complete; nothing with that name is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from omr.disk import NO_ROOM, disk_remedy
from omr.errors import UsageError
from omr.i18n import _
from omr.new_file import give_name, keep_folder_entry
from omr.part_file import PartFile


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
        self._published: os.stat_result | None = None
        self._part: PartFile | None = None
        if path is None:
            self.file: BinaryIO = Path(os.devnull).open("wb")  # noqa: SIM115 - closed at the end
            return
        if path.is_dir():
            raise UsageError(
                _("{path} is a folder").format(path=path), _("Give the name of a file.")
            )
        if path.exists() and not path.is_file():
            raise UsageError(
                _("{path} is no ordinary file").format(path=path), _("Give another name.")
            )
        with _told(path):
            self._part = PartFile(path)
        self.file = self._part.file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.path is None or self._part is None:
            self.file.close()
            return
        with _told(self.path):
            self._part.__exit__(kind, value, trace)
        if isinstance(value, OSError) and value.errno in NO_ROOM:
            raise _cannot(self.path, value) from value

    def finish(self) -> None:
        """Bring all of the file to the disk, still without its name.

        Raises:
            UsageError: If there is no room, or the disk fails.
        """
        if self.path is None or self._part is None:
            return
        with _told(self.path):
            self._part.finish()

    def publish(self) -> Path | None:
        """Give the file its name. Whoever publishes that name at the same time loses nothing.

        Returns:
            The new name of the file that bore this one before, if there was one.

        Raises:
            UsageError: If it cannot.
        """
        if self.path is None or self._part is None:
            return None
        self.finish()
        with _told(self.path):
            while self._published is None:
                try:
                    give_name(self._part.path, self.path)
                    self._published = self.path.stat()
                except FileExistsError:
                    self._set_aside(self.path)
            keep_folder_entry(self.path.parent)
        return self._aside

    def withdraw(self) -> None:
        """Undo :meth:`publish`, as far as it got."""
        if self.path is None:
            return
        with suppress(FileNotFoundError):
            if self._published is not None and os.path.samestat(self._published, self.path.stat()):
                self.path.unlink()
        if self._aside is not None and not self.path.exists():
            self._aside.rename(self.path)

    def _set_aside(self, path: Path) -> None:
        """Give the file that stands in the way a free name of its own."""
        number = 2
        with suppress(FileNotFoundError):  # it has just been set aside by somebody else
            while True:
                name = path.with_stem(f"{path.stem}-{number}")
                try:
                    give_name(path, name)
                except FileExistsError:
                    number += 1
                    continue
                self._aside = name
                if os.path.samestat(name.stat(), path.stat()):
                    path.unlink()
                return


def _cannot(path: Path, error: OSError) -> UsageError:
    return UsageError(
        _("{path} cannot be written: {why}").format(path=path, why=error.strerror or error),
        disk_remedy(error, _("Choose a folder that exists, has room, and that you may write to.")),
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _cannot(path, error) from error
