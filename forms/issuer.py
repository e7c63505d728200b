"""Who issues forms: what stands at the head of covers and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from omr.settings import Settings
from omr.units import UnitCatalogue


@dataclass(frozen=True, slots=True)
class Issuer:
    """The office that prints the forms and keeps their stock."""

    agency: str  # the body above the office: Công an thành phố Hải Phòng
    office: str  # Phòng Tham mưu
    city: str  # the place that documents are dated with
    symbol: str = ""  # of the office in document numbers: PV01; empty: not known


def issuer_of(settings: Settings, units: UnitCatalogue, day: date) -> Issuer:
    """The issuer that a workspace's settings name.

    Its symbol is the short name of the one unit that is called as the office is.
    """
    called = units.called(settings.office, day)
    symbol = called[0].short if len(called) == 1 else ""
    return Issuer(settings.agency, settings.office, settings.city, symbol)
