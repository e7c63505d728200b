"""Changes the keyring's file: one command at a time, and never a moment without whole keys."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from omr.alone import held_alone
from omr.i18n import _
from omr.keys import (
    Keyring,
    KeysUnusable,
    keyring_to_bytes,
    load_keyring,
)
from omr.new_file import keep_folder_entry, write_new_file
from omr.part_file import PartFile


def change_keyring(path: Path, change: Callable[[Keyring], Keyring]) -> Keyring:
    """Replace the keyring in *path* by what *change* makes of it.

    A crash at any moment leaves the old file or the new one, whole and for its owner only.
    If *change* gives back an equal keyring, nothing is written.

    Returns:
        The keyring as it is now.

    Raises:
        KeysUnusable: If the keys cannot be read or written, or another command changes them.
        Whatever *change* raises; then nothing was changed.
    """
    try:
        with _alone(path):
            before = load_keyring(path)
            after = change(before)
            if after != before:
                _replace(path, keyring_to_bytes(after))
    except OSError as error:
        raise _unwritable(path, error) from None
    return after


def put_keyring(path: Path, keyring: Keyring) -> None:
    """Write *keyring* where there is none; its folder is made if it is missing.

    Raises:
        KeysUnusable: If there is a file already, or the folder cannot be written to.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        done = write_new_file(path, keyring_to_bytes(keyring), owner_only=True)
    except OSError as error:
        raise _unwritable(path, error) from None
    if not done:
        raise KeysUnusable(
            _("something bears the name of the signing keys already: {path}").format(path=path),
            _("If it is a link, make what it leads to reachable; then run the command again."),
        )


def exchange_keyring(path: Path, keyring: Keyring) -> Path:
    """Put *keyring* in the place of another, which keeps its content under a new name.

    Returns:
        The name of the old file.

    Raises:
        KeysUnusable: If the keys cannot be read or written, or another command changes them.
    """
    try:
        with _alone(path):
            old = keyring_to_bytes(load_keyring(path))
            number = 1
            while not write_new_file(
                aside := path.with_stem(f"{path.stem}-set-aside-{number}"), old, owner_only=True
            ):
                number += 1
            _replace(path, keyring_to_bytes(keyring))
    except OSError as error:
        raise _unwritable(path, error) from None
    return aside


def _replace(path: Path, data: bytes) -> None:
    """Let *path* be *data*: written and read back under another name, then renamed."""
    target = path.resolve()  # the file may lie on a medium of its own, behind a link
    for left_over in target.parent.glob(f".{target.name}*.part"):  # by a crash; keys too
        left_over.unlink(missing_ok=True)
    with PartFile(target, owner_only=True) as part:
        part.file.write(data)
        part.finish()
        if part.path.read_bytes() != data:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        part.path.replace(target)
    keep_folder_entry(target.parent)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock on the keyring; the system frees it even if this process is killed."""
    if not path.parent.is_dir():  # no keys, so nobody to wait for: loading will say so
        yield
        return
    with path.with_name(f".{path.name}.lock").open("ab") as file:
        if not held_alone(file):
            raise KeysUnusable(
                _("another command is changing the signing keys: {path}").format(path=path),
                _("Wait until it is done, then run the command again."),
            )
        yield


def _unwritable(path: Path, error: OSError) -> KeysUnusable:
    return KeysUnusable(
        _("the signing keys cannot be written: {path}: {reason}").format(
            path=path, reason=error.strerror or error
        ),
        _("Run the command as the person who owns the workspace; the keys are as they were."),
    )
