"""Collects every mistake in the files a person edits, so that one look cures them all."""

from __future__ import annotations

import re
from pathlib import Path

from omr.errors import MistakesInFile, UsageError
from omr.i18n import _

# U+FFFD, or two-letter debris of UTF-8 that was opened as Windows-1252 or 1258: every
# Vietnamese letter with a tone and a hat begins with the bytes E1 BA or E1 BB.
_BROKEN_LETTERS = re.compile("\ufffd|\u00e1\u00ba|\u00e1\u00bb")


class Problems:
    """Mistakes found so far, each with its file and line.

    A parser adds what it finds, carries on with a harmless stand-in, and calls
    :meth:`raise_if_any` before anything that depends on the result.
    """

    def __init__(self) -> None:
        self._found: list[tuple[str, int, str]] = []
        self._absorbed: list[str] = []

    def __len__(self) -> int:
        return len(self._found) + len(self._absorbed)

    def add(self, path: Path, line: int, what: str, remedy: str = "") -> None:
        """Note one mistake.

        Args:
            path: The file.
            line: 1-based line of the mistake.
            what: What is wrong, without a full stop.
            remedy: What to write instead, without a full stop.
        """
        self._found.append((str(path), line, f"{what}; {remedy}" if remedy else what))

    def absorb(self, error: MistakesInFile) -> None:
        """Note the mistakes of a file that could not be read at all."""
        self._absorbed += error.problems

    def sentences(self) -> list[str]:
        """One line per mistake, ``file:line: what; remedy``, by file and line."""
        ordered = sorted(self._found, key=lambda found: found[:2])
        return [
            *self._absorbed,
            *(f"{path}:{line}: {sentence}" for path, line, sentence in ordered),
        ]

    def raise_if_any(self) -> None:
        """Report all mistakes at once.

        Raises:
            MistakesInFile: If any mistake was added.
        """
        if len(self):
            raise MistakesInFile(
                self.sentences(), _("Correct these lines, save the file and run it again.")
            )


def read_text(path: Path) -> str:
    r"""The text of a file that a person edits: UTF-8, with or without byte order mark.

    Line ends become ``\n``. Any other encoding is refused, never guessed: a wrong guess
    turns Vietnamese letters into other letters without a trace.

    Raises:
        UsageError: If the file is missing or cannot be read.
        MistakesInFile: If it is not UTF-8; the line of the first bad byte is named.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror or error),
            _("Check that the file is there and that you may read it."),
        ) from error
    return decode_text(raw, path)


def decode_text(raw: bytes, path: Path) -> str:
    """*raw* as text; see :func:`read_text`, which reports *path* in its mistakes."""
    problems = Problems()
    save_as = _("save it again as UTF-8 (in Excel: CSV UTF-8; in Notepad: encoding UTF-8)")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
        problems.add(path, 1, _("the file is saved as UTF-16, or is no text file"), save_as)
        problems.raise_if_any()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.add(path, line, _("a letter here is not UTF-8"), save_as)
        problems.raise_if_any()
    for number, line_text in enumerate(text.split("\n"), start=1):
        if _BROKEN_LETTERS.search(line_text):
            problems.add(
                path,
                number,
                _("letters on this line were broken by an earlier save"),
                _("go back to a copy from before; then open and save it as UTF-8"),
            )
    problems.raise_if_any()
    return text.replace("\r\n", "\n")
