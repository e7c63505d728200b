"""Replaces a file that people edit: the old one stays beside it under a dated name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from omr.disk import disk_remedy
from omr.errors import LedgerUnusable, UsageError
from omr.i18n import _
from omr.new_file import keep_folder_entry, write_new_file
from omr.part_file import PartFile


def replace_file(
    path: Path, before: bytes, after: bytes, now: datetime, *, folder: Path | None = None
) -> Path:
    """Give *path* the content *after*; its content so far is kept under a dated name.

    A crash at any moment leaves the old file or the new one, and the old one under its
    dated name too once there is a new one.

    Args:
        path: An existing file; where it is a link, what it points to is replaced.
        before: The content that the change was made from.
        after: The new content.
        now: For the name of the old file: ``units-20260714-093000.csv``.
        folder: Where the old file goes; an existing folder. Default: beside the new one.

    Returns:
        The name of the old file.

    Raises:
        UsageError: If the file is no longer what was read; it is left alone.
        LedgerUnusable: If the folder cannot be written to; the file is left alone.
    """
    with _told(path):
        aside = _keep(path.resolve(strict=True), before, now, folder)
    exchange_content(path, before, after)
    return aside


def exchange_content(path: Path, before: bytes, after: bytes) -> None:
    """Give *path* the content *after* at one stroke; *before* must be kept somewhere else.

    Args and errors are those of :func:`replace_file`.
    """
    with _told(path):
        target = path.resolve(strict=True)
        with PartFile(target) as part:
            part.file.write(after)
            part.finish()
            shutil.copymode(target, part.path)
            if target.read_bytes() != before:
                raise UsageError(
                    _("{file} was changed by somebody else just now").format(file=path),
                    _("Close it in other programs and run the command again."),
                )
            part.path.replace(target)
        keep_folder_entry(target.parent)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the system refuses into words for the person."""
    try:
        yield
    except OSError as error:
        raise LedgerUnusable(
            _("{path} cannot be written: {why}").format(
                path=error.filename or path, why=error.strerror or error
            ),
            disk_remedy(
                error,
                _("Close the file in other programs; choose a folder that you may write to."),
            ),
        ) from error


def _keep(target: Path, content: bytes, now: datetime, folder: Path | None) -> Path:
    """Write *content* under a dated name of its own."""
    stem = f"{target.stem}-{now:%Y%m%d-%H%M%S}"
    first = (folder or target.parent) / f"{stem}{target.suffix}"
    aside, number = first, 1
    while not write_new_file(aside, content):
        number += 1  # two changes within one second
        aside = first.with_stem(f"{stem}-{number}")
    return aside
