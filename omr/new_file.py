"""Writes files that are either not there or complete, and never replaces one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_OWNER_ONLY = 0o600
_AS_USUAL = 0o666  # less what the person's umask takes away


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
    if path.exists() or path.is_symlink():
        return False
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(beside, flags, _OWNER_ONLY if owner_only else _AS_USUAL)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        give_name(beside, path)
    except FileExistsError:  # another process was faster; its file stands
        return False
    finally:
        beside.unlink(missing_ok=True)
    keep_folder_entry(path.parent)
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
