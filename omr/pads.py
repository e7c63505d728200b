"""Pads: consecutive forms glued together under one numbered cover ("quyển").

A pad's number, ``GTDB-26-Q0003-U``, runs within domain and year as serials do, and ends
with the same kind of check letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from omr.i18n import _
from omr.serials import MAX_NUMBER, Serial, SerialMistyped, check_letter

_PATTERN = re.compile(r"([A-Z][A-Z0-9]{0,9})-([0-9]{2})-Q([0-9]{4,6})-([A-Z])")


@dataclass(frozen=True, slots=True, order=True)
class Pad:
    """Some consecutive forms of one domain and year."""

    domain: str
    year: int  # four digits
    number: int  # of the pad, 1 and up within domain and year
    first: int  # running number of its first form
    last: int  # of its last form

    def __post_init__(self) -> None:
        if not (self.number >= 1 and 1 <= self.first <= self.last <= MAX_NUMBER):
            raise ValueError(f"no such pad: {self.number}, forms {self.first} to {self.last}")

    def __str__(self) -> str:
        stem = f"{self.domain}-{self.year % 100:02d}-Q{self.number:04d}"
        return f"{stem}-{check_letter(stem)}"

    def __len__(self) -> int:
        return self.last - self.first + 1

    @property
    def first_serial(self) -> Serial:
        """The serial of the form on top."""
        return Serial(self.domain, self.year, self.first)

    @property
    def last_serial(self) -> Serial:
        """The serial of the last form."""
        return Serial(self.domain, self.year, self.last)


@dataclass(frozen=True, slots=True, order=True)
class PadName:
    """What a cover's barcode says."""

    domain: str
    year: int
    number: int


def parse_pad(text: str) -> PadName:
    """The pad that *text* names; blanks and lower case are forgiven.

    Raises:
        SerialMistyped: If it has another form or its check letter does not fit.
    """
    tidy = re.sub(r"\s+", "", text).upper()
    match = _PATTERN.fullmatch(tidy)
    if match is None:
        raise SerialMistyped(_("'{text}' is not a pad like GTDB-26-Q0003-U").format(text=text))
    domain, year, number, letter = match.groups()
    if check_letter(tidy[:-2]) != letter or int(number) == 0:
        raise SerialMistyped(
            _("{serial}: the check letter does not fit, so a character is wrong").format(
                serial=tidy
            )
        )
    return PadName(domain, 2000 + int(year), int(number))


def cut_into_pads(
    *, domain: str, year: int, first: int, count: int, pad_size: int, first_pad: int
) -> Iterator[Pad]:
    """Forms *first* to ``first + count - 1`` in pads of *pad_size*; the last may be thinner.

    Args:
        domain: Code of the survey domain.
        year: Four digits.
        first: Running number of the first form.
        count: How many forms, at least 1.
        pad_size: Forms in one pad, at least 1.
        first_pad: Number of the first pad.
    """
    for index, start in enumerate(range(first, first + count, pad_size)):
        end = min(start + pad_size, first + count) - 1
        yield Pad(domain, year, first_pad + index, start, end)
