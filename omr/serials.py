"""Serial numbers: ``GTDB-26-000417-M``, domain, year, running number, check letter.

The check letter catches every single wrong digit and every swap of two neighbouring
digits: the weights are distinct and non-zero modulo the prime 23, and so are the
differences of neighbours. It is a safeguard for serials typed by hand, not a signature
(:mod:`omr.codes` signs).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from omr.i18n import _

MAX_NUMBER = 999_999
CHECK_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # 23 letters: no I, O, Q, which look like 1 and 0
_DOMAIN = re.compile(r"[A-Z][A-Z0-9]{0,9}")  # longer ones would outgrow the check's weights
_PATTERN = re.compile(rf"({_DOMAIN.pattern})-([0-9]{{2}})-([0-9]{{6}})-([A-Z])")


class SerialMistyped(ValueError):
    """The text is no serial, or its check letter does not fit."""


@dataclass(frozen=True, slots=True, order=True)
class Serial:
    """The number of one form; never reused."""

    domain: str  # code of the survey domain, e.g. GTDB or L05; at most 10 characters
    year: int  # four digits, 2000 to 2099
    number: int  # 1 to 999,999 within domain and year

    def __post_init__(self) -> None:
        fits = 2000 <= self.year <= 2099 and 1 <= self.number <= MAX_NUMBER
        if not fits or _DOMAIN.fullmatch(self.domain) is None:
            raise ValueError(f"no such serial: {self.domain} {self.year} {self.number}")

    def __str__(self) -> str:
        stem = f"{self.domain}-{self.year % 100:02d}-{self.number:06d}"
        return f"{stem}-{check_letter(stem)}"


def check_letter(stem: str) -> str:
    """The letter that completes ``GTDB-26-000417``."""
    values = [int(char, 36) for char in stem if char != "-"]
    # Weights from the right: 2, 3, 4, ... stay below 23 for the longest serial (18 places).
    total = sum(value * weight for weight, value in enumerate(reversed(values), start=2))
    return CHECK_LETTERS[total % len(CHECK_LETTERS)]


def parse_serial(text: str) -> Serial:
    """The serial that *text* names; blanks and lower case are forgiven.

    Raises:
        SerialMistyped: If it has another form or its check letter does not fit.
    """
    tidy = re.sub(r"\s+", "", text).upper()
    match = _PATTERN.fullmatch(tidy)
    if match is None:
        raise SerialMistyped(_("'{text}' is not a serial like GTDB-26-000417-M").format(text=text))
    domain, year, number, letter = match.groups()
    if check_letter(tidy[:-2]) != letter:
        raise SerialMistyped(
            _("{serial}: the check letter does not fit, so a character is wrong").format(
                serial=tidy
            )
        )
    try:
        return Serial(domain, 2000 + int(year), int(number))
    except ValueError as error:
        raise SerialMistyped(str(error)) from error
