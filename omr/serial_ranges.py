"""Ranges of serials as people write them: ``GTDB-26-000417..000423``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from omr.i18n import _
from omr.pads import PadName, parse_pad
from omr.serials import Serial, SerialMistyped, check_letter, parse_serial

_RANGE = re.compile(
    r"([A-Z][A-Z0-9]{0,9})-([0-9]{2})-([0-9]{6})(?:-([A-Z]))?"
    r"(?:\.\.|…|–)"
    r"(?:([A-Z][A-Z0-9]{0,9})-([0-9]{2})-)?([0-9]{1,6})(?:-([A-Z]))?"
)


@dataclass(frozen=True, slots=True, order=True)
class SerialRange:
    """Consecutive forms of one domain and year, both ends included."""

    domain: str
    year: int
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        """With both check letters: ``GTDB-26-000417-M..000423-D``; one serial stands alone."""
        first, last = (
            str(Serial(self.domain, self.year, number)) for number in (self.first, self.last)
        )
        return first if self.first == self.last else f"{first}..{last.split('-', 2)[2]}"

    def holds(self, number: int) -> bool:
        """Whether the form with that running number is among them."""
        return self.first <= number <= self.last

    def meets(self, other: SerialRange) -> bool:
        """Whether any form is in both."""
        same = (self.domain, self.year) == (other.domain, other.year)
        return same and self.first <= other.last and other.first <= self.last


def parse_forms(text: str) -> SerialRange | PadName:
    """The forms that *text* names: a serial, a range of serials, or a pad.

    A single serial needs its check letter. In a range the letters may be left out, and the
    second end may be written short, ``GTDB-26-000417..423``; a letter that is there is
    checked. Blanks and lower case are forgiven.

    Raises:
        SerialMistyped: If it is none of the three, or a check letter does not fit.
    """
    tidy = re.sub(r"\s+", "", text).upper()
    if re.fullmatch(r"[A-Z0-9]+-[0-9]{2}-Q.*", tidy):
        return parse_pad(tidy)
    match = _RANGE.fullmatch(tidy)
    if match is None:
        serial = parse_serial(tidy)
        return SerialRange(serial.domain, serial.year, serial.number, serial.number)
    domain, year, first, letter, other, other_year, last, last_letter = match.groups()
    if (other or domain, other_year or year) != (domain, year):
        raise SerialMistyped(
            _("{forms}: both ends must be of the same domain and year").format(forms=tidy)
        )
    last = first[: 6 - len(last)] + last
    for number, given in ((first, letter), (last, last_letter)):
        if given and check_letter(f"{domain}-{year}-{number}") != given:
            raise SerialMistyped(
                _("{serial}: the check letter does not fit, so a character is wrong").format(
                    serial=f"{domain}-{year}-{number}-{given}"
                )
            )
    if not 1 <= int(first) <= int(last):
        raise SerialMistyped(
            _("{forms}: the first number must not be greater than the last").format(forms=tidy)
        )
    return SerialRange(domain, 2000 + int(year), int(first), int(last))


def compressed(domain: str, year: int, numbers: Iterable[int]) -> list[SerialRange]:
    """The fewest ranges that hold exactly *numbers*, in order."""
    ranges: list[SerialRange] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1].last == number - 1:
            ranges[-1] = SerialRange(domain, year, ranges[-1].first, number)
        else:
            ranges.append(SerialRange(domain, year, number, number))
    return ranges


def merged(ranges: Iterable[SerialRange]) -> list[SerialRange]:
    """The fewest ranges that hold the same forms, in order."""
    found: list[SerialRange] = []
    for each in sorted(ranges):
        last = found[-1] if found else None
        if last is not None and replace(last, last=last.last + 1).meets(each):
            found[-1] = replace(last, last=max(last.last, each.last))
        else:
            found.append(each)
    return found
