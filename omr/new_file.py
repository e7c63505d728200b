"""Writes files that are either not there or complete, and never replaces one."""

from __future__ import annotations

import os
from pathlib import Path

from omr.part_file import PartFile, take_left_over


def write_new_file(path: Path, data: bytes, *, owner_only: bool = False) -> bool:
    """Write *data* to *path* unless something is there already.

    A crash at any moment leaves either no file or the whole one: the data reaches the disk
    under another name first.

    Args:
        path: In an existing folder.
        data: The whole content.
        owner_only: Let nobody else read it (on Windows the folder's rights decide).

    Returns:
        Whether the file was written; false if there was one.

    Raises:
        OSError: If the folder cannot be written to.
    """
    if is_there(path):
        return False
    with PartFile(path, owner_only=owner_only) as part:
        part.file.write(data)
        part.finish()
        try:
            give_name(part.path, path)
        except FileExistsError:  # another process was faster; its file stands
            return False
    keep_folder_entry(path.parent)
    return True


def is_there(path: Path) -> bool:
    """Whether something bears the name *path*.

    If so, what an interrupted writer left is taken away: the file may have got its name when it
    was not yet rid of the other one.
    """
    if not (path.exists() or path.is_symlink()):
        return False
    take_left_over(path)
    return True


def give_name(beside: Path, path: Path) -> None:
    """Let *path* name the finished file *beside* as well.

    Raises:
        FileExistsError: If it names another one.
        OSError: If it cannot.
    """
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError as error:  # a file system without hard links, such as FAT
        if os.name != "nt" and path.exists():  # there, rename refuses by itself
            raise FileExistsError(path) from error
        beside.rename(path)


def keep_folder_entry(folder: Path) -> None:
    """Make the new name survive a power cut (POSIX; Windows keeps it by itself)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
