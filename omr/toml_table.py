"""Typed access to one TOML table, noting every mistake instead of stopping at the first."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Final

from omr.i18n import _
from omr.problems import Problems
from omr.toml_file import Steps, TomlFile


class _Required:
    """The default of a key that has none."""


REQUIRED: Final = _Required()


@dataclass(frozen=True, slots=True)
class Pair:
    """An id and its words, as in ``["cn", "Cá nhân"]``."""

    id: str
    text: str
    line: int


@dataclass(slots=True)
class Table:
    """One table of a TOML file, read key by key.

    Each method returns a harmless stand-in after a mistake, so that reading goes on; the
    result is only to be used once :meth:`Problems.raise_if_any` let it pass. Keys that
    nobody asked for are mistakes too: :meth:`close`.
    """

    file: TomlFile
    problems: Problems
    steps: Steps = ()
    asked: set[str] = field(default_factory=set)

    @property
    def values(self) -> dict[str, Any]:
        """The table as parsed."""
        value: Any = self.file.values
        for step in self.steps:
            value = value[step]
        return dict(value)

    @property
    def line(self) -> int:
        """The line on which the table begins."""
        return self.file.line(*self.steps)

    def line_of(self, key: str, *inner: str | int) -> int:
        """The line of a key (or of something inside its value), or of the table."""
        return self.file.line(*self.steps, key, *inner)

    def wrong(self, key: str, what: str, remedy: str = "", *inner: str | int) -> None:
        """Note a mistake in the value of *key*."""
        self.problems.add(self.file.path, self.line_of(key, *inner), what, remedy)

    def has(self, key: str) -> bool:
        """Whether the table has that key."""
        self.asked.add(key)
        return key in self.values

    def text(self, key: str, default: str | _Required = REQUIRED) -> str:
        """Words on one line, stripped; never empty unless that is the default."""
        value = self._value(key, default)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._not_a(key, _("text in quotes"))
            return ""
        stripped = value.strip()
        if stripped == default:
            return stripped
        return self._checked_text(key, stripped)

    def integer(self, key: str, least: int, most: int, default: int | _Required = REQUIRED) -> int:
        """A whole number from *least* to *most*."""
        value = self._value(key, default)
        if value is None:
            return least
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self._not_a(
                key, _("a whole number from {least} to {most}").format(least=least, most=most)
            )
            return least
        return value

    def number(
        self, key: str, least: float, most: float, default: float | _Required = REQUIRED
    ) -> float:
        """A number from *least* to *most*."""
        value = self._value(key, default)
        if value is None:
            return least
        if not isinstance(value, int | float) or isinstance(value, bool):
            value = float("nan")
        if not least <= value <= most:  # false for NaN too
            self._not_a(key, _("a number from {least} to {most}").format(least=least, most=most))
            return least
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """``true`` or ``false``."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            self._not_a(key, "true / false")
            return default
        return value

    def texts(self, key: str, default: tuple[str, ...] | _Required = REQUIRED) -> tuple[str, ...]:
        """A list of words, each on one line and not empty."""
        value = self._value(key, default)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self._not_a(key, _('a list such as ["one", "two"]'))
            return ()
        found = []
        for place, item in enumerate(value):
            if isinstance(item, str):
                found.append(self._checked_text(key, item.strip(), place))
            else:
                self._not_a(key, _("a list of texts in quotes"), place)
        return tuple(found)

    def pairs(self, key: str) -> tuple[Pair, ...]:
        """A list of ids and words, as in ``[["cn", "Cá nhân"], ["tc", "Tổ chức"]]``."""
        expected = _('a list of pairs such as [["cn", "Cá nhân"], ["tc", "Tổ chức"]]')
        value = self._value(key, REQUIRED)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._not_a(key, expected)
            return ()
        found = []
        for place, item in enumerate(value):
            match item:
                case [str(name), str(words)]:
                    text = self._checked_text(key, words.strip(), place)
                    found.append(Pair(name, text, self.line_of(key, place)))
                case _other:
                    self._not_a(key, expected, place)
        return tuple(found)

    def words_by_id(self, key: str) -> dict[str, str]:
        """A table of texts such as ``{ L01 = "QLHC" }``; empty where the key is missing."""
        value = self._value(key, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            self._not_a(key, _('a table of texts such as { L01 = "QLHC" }'))
            return {}
        return dict(value)

    def table(self, key: str) -> Table:
        """The table at *key*; one that is missing is a mistake."""
        tables = self.tables(key, least=1, most=1)
        return tables[0] if tables else Table(TomlFile(self.file.path, {}, {}), Problems())

    def tables(self, key: str, *, least: int = 0, most: int | None = None) -> tuple[Table, ...]:
        """The tables ``[[key]]``; one ``[key]`` alone will do as well."""
        self.asked.add(key)
        value = self.values.get(key, [])
        steps = (*self.steps, key)
        if isinstance(value, dict):
            found = [Table(self.file, self.problems, steps)]
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            found = [
                Table(self.file, self.problems, (*steps, place)) for place in range(len(value))
            ]
        else:
            self._not_a(key, _("a section [{key}]").format(key=key))
            return ()
        if len(found) < least:
            self.wrong(
                key,
                _("too few sections [{key}]: {count} found").format(key=key, count=len(found)),
                _("at least {least} needed").format(least=least),
            )
        if most is not None and len(found) > most:
            self.problems.add(
                self.file.path,
                found[most].line,
                _("one section [{key}] too many").format(key=key),
                _("no more than {most} allowed").format(most=most),
            )
            return tuple(found[:most])
        return tuple(found)

    def close(self) -> None:
        """Note every key that nobody asked for: a misspelt key must not pass unseen."""
        for key in self.values:
            if key in self.asked:
                continue
            close = difflib.get_close_matches(key, self.asked, n=1)
            remedy = (
                _("did you mean '{name}'?").format(name=close[0])
                if close
                else _("known here: {names}").format(names=", ".join(sorted(self.asked)))
            )
            self.wrong(key, _("unknown key '{key}'").format(key=key), remedy)

    def _value(self, key: str, default: Any) -> Any:
        """The raw value; ``None`` after noting that a required key is missing."""
        self.asked.add(key)
        values = self.values
        if key in values:
            return values[key]
        if default is not REQUIRED:
            return default
        self.problems.add(
            self.file.path,
            self.line,
            _("'{key}' is missing").format(key=key),
            _("add a line beginning with: {key} =").format(key=key),
        )
        return None

    def _not_a(self, key: str, expected: str, *inner: str | int) -> None:
        what = _("'{key}' must be {expected}").format(key=key, expected=expected)
        self.wrong(key, what, "", *inner)

    def _checked_text(self, key: str, text: str, *inner: str | int) -> str:
        if not text:
            self.wrong(key, _("'{key}' is empty").format(key=key), _("write some words"), *inner)
        elif any(unicodedata.category(letter) in {"Cc", "Cf", "Cn", "Co"} for letter in text):
            self.wrong(
                key,
                _("'{key}' contains a line break or an invisible character").format(key=key),
                _("type the words again, on one line"),
                *inner,
            )
        return text
