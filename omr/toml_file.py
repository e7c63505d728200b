"""A TOML file's values together with the line on which each of them stands.

The standard parser forgets lines, and a mistake without a line costs its reader minutes.
So a second, small pass over the text notes where keys, tables and array items begin. It
runs only on text that the standard parser has accepted, and need not check anything.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omr.i18n import _
from omr.problems import Problems, read_text

Steps = tuple[str | int, ...]  # the way to a value: ("question", 3, "text")

_LINE_IN_MESSAGE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_BASIC = r'"(?:[^"\\\n]|\\.)*+"'
_LITERAL = r"'[^'\n]*'"
_KEY = re.compile(rf"""(?:{_BASIC}|{_LITERAL}|[^"'=\]\n])+""")
_SCALAR = re.compile(
    # Multi-line strings may end in up to two quotes of their own: """said "yes"""""
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    rf"|{_BASIC}|{_LITERAL}"
    r"|[^\[\]{},#\n]+",
    re.DOTALL,
)
_BLANKS = re.compile(r"[ \t]*")
_BLANKS_AND_COMMENTS = re.compile(r"(?:[ \t\n]|#[^\n]*)*")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a TOML file says and where."""

    path: Path
    values: dict[str, Any]  # all text in NFC
    lines: Mapping[Steps, int]  # 1-based

    def line(self, *steps: str | int) -> int:
        """The line of the value at *steps*, or of the nearest thing around it."""
        for length in range(len(steps), 0, -1):
            if steps[:length] in self.lines:
                return self.lines[steps[:length]]
        return 1


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file, with the line of every value.

    Raises:
        UsageError: If the file is missing or cannot be read.
        MistakesInFile: If it is not UTF-8 or not TOML.
    """
    return parse_toml(read_text(path), path)


def parse_toml(text: str, path: Path) -> TomlFile:
    """Parse *text*; *path* is only named in mistakes. See :func:`read_toml`."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    try:
        values = tomllib.loads(text)
        lines = _LineIndex(text).build()
    except (ValueError, RecursionError) as error:  # ValueError: also numbers beyond all limits
        message = str(error)
        at = _LINE_IN_MESSAGE.search(message)
        last_line = max(1, len(text.splitlines()))
        line = int(at[1]) if at and at[1] else last_line
        what = _LINE_IN_MESSAGE.sub("", message)
        problems = Problems()
        problems.add(
            path,
            line,
            _("this is not TOML: {what}").format(what=what),
            _("check quotes, brackets and the equals sign on this line and the one above"),
        )
        problems.raise_if_any()
        raise  # not reached: a problem was added
    return TomlFile(path, _in_nfc(values), lines)


def _in_nfc(value: Any) -> Any:
    r"""*value* with all its text in NFC: escapes such as ``\u0301`` can undo the first pass."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_in_nfc(item) for item in value]
    if isinstance(value, dict):
        return {_in_nfc(key): _in_nfc(item) for key, item in value.items()}
    return value


@dataclass(slots=True)
class _LineIndex:
    """One pass over accepted TOML that notes where things begin."""

    text: str
    at: int = 0
    lines: dict[Steps, int] = field(default_factory=dict)
    tables_in_array: dict[Steps, int] = field(default_factory=dict)
    line_ends: list[int] = field(default_factory=list)

    def build(self) -> dict[Steps, int]:
        self.line_ends = [match.start() for match in re.finditer("\n", self.text)]
        table: Steps = ()
        while self._skip(_BLANKS_AND_COMMENTS) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _note(self, steps: Steps, start: int) -> None:
        """Everything on the way to *steps* that has no line yet begins at *start*."""
        line = bisect_left(self.line_ends, start) + 1
        for length in range(1, len(steps) + 1):
            self.lines.setdefault(steps[:length], line)

    def _keys(self) -> list[str]:
        """The parts of the (dotted, quoted) key that starts here."""
        start = self.at
        tree = tomllib.loads(self.text[start : self._skip(_KEY)] + "=0")
        keys = []
        while isinstance(tree, dict):
            key, tree = next(iter(tree.items()))
            keys.append(unicodedata.normalize("NFC", key))
        return keys

    def _header(self) -> Steps:
        start = self.at
        is_array = self.text.startswith("[[", start)
        self.at += 1 + is_array
        steps: Steps = ()
        keys = self._keys()
        for number, key in enumerate(keys, start=1):
            steps += (key,)
            if is_array and number == len(keys):
                self.tables_in_array[steps] = self.tables_in_array.get(steps, 0) + 1
            if steps in self.tables_in_array:  # the name means the newest table of the array
                steps += (self.tables_in_array[steps] - 1,)
        self.at += 1 + is_array
        self._note(steps, start)
        # A table may be opened after its sub-tables: its own header is then its line.
        self.lines[steps] = bisect_left(self.line_ends, start) + 1
        return steps

    def _pair(self, table: Steps) -> None:
        start = self.at
        steps = table + tuple(self._keys())
        self._note(steps, start)
        self.at += 1  # the equals sign
        self._value(steps)

    def _value(self, steps: Steps) -> None:
        self._skip(_BLANKS)
        opening = self.text[self.at]
        if opening not in "[{":
            self._skip(_SCALAR)
            return
        self.at += 1
        item = 0
        while self.text[self._skip(_BLANKS_AND_COMMENTS)] not in "]}":
            if opening == "[":
                self._note((*steps, item), self.at)
                self._value((*steps, item))
                item += 1
            else:
                self._pair(steps)
            if self.text[self._skip(_BLANKS_AND_COMMENTS)] == ",":
                self.at += 1
        self.at += 1
