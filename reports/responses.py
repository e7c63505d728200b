"""One person's answers, wherever they came from: what merging and counting work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """How a response reached us."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person finds the original."""

    file: str
    page: int | None = None  # 0-based in the file; None where there is no page
    sheet: int | None = None  # 0-based on the page
    row: int | None = None  # of an imported file, as spreadsheets count; None: no such place


@dataclass(frozen=True, slots=True)
class Response:
    """One sheet or one electronic submission that counts."""

    record_id: str  # random; says nothing about when, where or which form
    channel: Channel
    unit: str
    domain: str
    period: str
    answers: Mapping[str, tuple[str, ...]]  # option ids by question; () or missing: blank
    place: Place
    invalid: frozenset[str] = frozenset()  # questions with more chosen than allowed, as decided
