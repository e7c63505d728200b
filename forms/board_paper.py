"""The sheets that boards are printed on."""

from __future__ import annotations

from enum import StrEnum


class BoardPaper(StrEnum):
    """The sheet that a board is printed on."""

    A4 = "a4"
    A3 = "a3"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height, upright (ISO 216)."""
        return (297.0, 420.0) if self is BoardPaper.A3 else (210.0, 297.0)

    @property
    def scale(self) -> float:
        """The sheet's size beside A4's."""
        return self.size_mm[0] / 210.0
