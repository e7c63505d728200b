"""The papers that a printer's test page is made for."""

from __future__ import annotations

from enum import StrEnum


class CalibrationPaper(StrEnum):
    """What lies in the printer's tray."""

    A5 = "a5"
    A4 = "a4"  # upright, as for receipts and boards
    A4_TWO_UP = "a4-2up"  # two forms on one sheet
