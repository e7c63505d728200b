"""Passphrases: asked for without echo or read from a file, and refused when easily guessed."""

from __future__ import annotations

import getpass
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

from omr.errors import UsageError
from omr.i18n import _
from omr.keys import is_open_to_others

# NIST SP 800-63B section 5.1.1.2 asks for 8 at least; a file can be tried offline, so more.
LEAST_LENGTH = 12  # characters
_LEAST_DIFFERENT = 6  # characters; "aaaaaaaaaaaa" and "abababababab" are guessed at once
_LONGEST = 1000  # characters, and bytes of a file: more is some other file
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def new_passphrase(file: Path | None) -> str:
    """A passphrase to lock a file with: from *file*, or typed twice.

    Raises:
        UsageError: If it is too easily guessed, was typed in two ways, or cannot be had.
    """
    if file is not None:
        found = _from_file(file)
        check_passphrase(found)
        return found
    found = _typed(
        _("Passphrase for this file (at least {least} characters): ").format(least=LEAST_LENGTH)
    )
    check_passphrase(found)
    if found != _typed(_("The same once more: ")):
        raise UsageError(
            _("the two passphrases differ"), _("Run the command again; nothing was written.")
        )
    return found


def known_passphrase(file: Path | None) -> str:
    """The passphrase that a file was locked with: from *file*, or typed.

    Raises:
        UsageError: If it cannot be had.
    """
    return _from_file(file) if file is not None else _typed(_("Passphrase of this file: "))


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that is guessed soon.

    Raises:
        UsageError: With what is wrong with it; it is not quoted.
    """
    lower = passphrase.casefold()
    fault = None
    if not passphrase.strip():
        fault = _("the passphrase is empty")
    elif len(passphrase) < LEAST_LENGTH:
        fault = _("the passphrase has fewer than {least} characters").format(least=LEAST_LENGTH)
    elif len(set(lower)) < _LEAST_DIFFERENT:
        fault = _("the passphrase repeats a few characters")
    elif "".join(lower.split()).isdecimal():
        fault = _("the passphrase has digits only, as dates and telephone numbers have")
    elif any(lower in run or lower in run[::-1] for run in _RUNS):
        fault = _("the passphrase runs along the alphabet or the keyboard")
    if fault:
        raise UsageError(
            fault, _("Take four or five words that do not belong together, with blanks.")
        )


def _typed(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError(
            _("a passphrase can only be typed at a terminal"),
            _("Put it into a file of your own and give --passphrase-file FILE."),
        )
    with suppress(EOFError, UnicodeError):  # whose message would quote what was typed
        return _one_spelling(getpass.getpass(prompt))
    raise UsageError(_("no passphrase was typed"), _("Run the command again and type it."))


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode
            raw = file.read(_LONGEST + 1)
    except OSError as error:
        raise UsageError(
            _("{path} cannot be read: {why}").format(path=path, why=error.strerror or error),
            _("Give the name of a file that holds the passphrase alone."),
        ) from None
    if is_open_to_others(mode):
        raise UsageError(
            _("other people may read the passphrase in {path}").format(path=path),
            _("Make the file yours alone: chmod 600 '{path}'").format(path=path),
        )
    text = None
    with suppress(UnicodeDecodeError):  # that error quotes what it could not read
        text = raw.decode("utf-8-sig")
    if text is None or len(raw) > _LONGEST or len(text.splitlines()) > 1:
        raise UsageError(
            _("{path} is no file with one passphrase").format(path=path),
            _("Give the name of a file that holds the passphrase alone."),
        )
    return _one_spelling(text.rstrip("\r\n"))


def _one_spelling(text: str) -> str:
    """Composed letters, whichever keyboard typed them: "ế" is one letter or three."""
    return unicodedata.normalize("NFC", text)
