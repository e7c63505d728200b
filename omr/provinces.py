"""The 34 provinces since 1 July 2025, the prefix of each one's unit codes, and its communes."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from omr.errors import UsageError
from omr.i18n import _
from omr.text_key import text_key

# By the code of the province in the official list. Ours, like the pattern of unit codes:
# initials, lengthened by a letter where two provinces share them. Permanent once printed.
_PREFIXES = {
    "01": "HN",
    "04": "CB",
    "08": "TQ",
    "11": "DB",
    "12": "LC",
    "14": "SL",
    "15": "LCA",
    "19": "TN",
    "20": "LS",
    "22": "QN",
    "24": "BN",
    "25": "PT",
    "31": "HP",
    "33": "HY",
    "37": "NB",
    "38": "TH",
    "40": "NA",
    "42": "HT",
    "44": "QT",
    "46": "HUE",
    "48": "DN",
    "51": "QNG",
    "52": "GL",
    "56": "KH",
    "66": "DL",
    "68": "LD",
    "75": "DNA",
    "79": "HCM",
    "80": "TNI",
    "82": "DT",
    "86": "VL",
    "91": "AG",
    "92": "CT",
    "96": "CM",
}
_CITY = "Thành phố "


@dataclass(frozen=True, slots=True)
class Commune:
    """A ward, commune or special zone."""

    code: str  # five digits
    name: str  # with its kind in front: Phường Hồng Bàng


@dataclass(frozen=True, slots=True)
class Province:
    """A province or a city of the same rank."""

    code: str  # two digits
    name: str  # without the kind: Hải Phòng
    is_city: bool
    prefix: str  # of its unit codes
    communes: tuple[Commune, ...]

    @property
    def police(self) -> str:
        """The full name of its police force."""
        kind = "thành phố" if self.is_city else "tỉnh"
        return f"Công an {kind} {self.name}"


@cache
def provinces() -> tuple[Province, ...]:
    """All provinces in the order of their codes, from the packaged list of communes."""
    table = resources.files("omr").joinpath("data", "communes.csv").read_text(encoding="utf-8")
    names: dict[str, str] = {}
    communes: dict[str, list[Commune]] = {}
    for row in csv.DictReader(unicodedata.normalize("NFC", table).splitlines()):
        code = row["province_code"]
        names[code] = row["province"]
        name = " ".join(row["commune"].split())  # the list has a few double blanks
        communes.setdefault(code, []).append(Commune(row["commune_code"], name))
    return tuple(
        Province(
            code=code,
            name=name.removeprefix(_CITY),
            is_city=name.startswith(_CITY),
            prefix=_PREFIXES[code],
            communes=tuple(communes[code]),
        )
        for code, name in sorted(names.items())
    )


def find_province(wanted: str) -> Province:
    """The province that *wanted* names: its code, prefix, or name, with or without accents.

    Raises:
        UsageError: If there is none, or more than one; all are listed.
    """
    # Plain letters match accented names, but a wrong accent matches nothing.
    for spelling in (text_key, _without_accents) if wanted.isascii() else (text_key,):
        key = _without_kind(spelling(wanted), spelling)
        found = [
            province
            for province in provinces()
            if key in {province.code, spelling(province.prefix), spelling(province.name)}
        ]
        if len(found) == 1:
            return found[0]
    raise UsageError(
        _("there is no province '{name}'").format(name=wanted),
        _("Provinces: {names}").format(
            names=", ".join(f"{province.code} {province.name}" for province in provinces())
        ),
    )


def _without_kind(key: str, spelling: Callable[[str], str]) -> str:
    for kind in ("thành phố", "tp.", "tp", "tỉnh"):
        begin = spelling(kind) + " "
        if key.startswith(begin):
            return key.removeprefix(begin)
    return key


def _without_accents(text: str) -> str:
    """Plain letters, for names typed without a Vietnamese keyboard; never for units."""
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d").casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.split())
