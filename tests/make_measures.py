"""Measurements made up for tests; whatever is not said is as on a blank bubble."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from omr.layout import Layout
from omr.scoring import BubbleMeasure, SheetMeasure, bubbles_of

# A stroke belongs to its bubble wholly, and in one piece, unless something else is said.
_WHOLE = {
    "own": 1.0,
    "whole": 1.0,
    "share": 1.0,
    "home": 1.0,
    "housed": 1.0,
    "shown": 1.0,
    "paper": 230.0,
}
NUMBERS = tuple(
    field.name for field in fields(BubbleMeasure) if field.name not in {"question", "option"}
)
SHARES = tuple(name for name in NUMBERS if name not in {"darkness", "paper"})


def bubble(option: str = "r1", question: str = "q1", /, **said: float) -> BubbleMeasure:
    """A bubble with these measurements."""
    values: dict[str, Any] = {name: said.pop(name, _WHOLE.get(name, 0.0)) for name in NUMBERS}
    assert not said, f"no such measurement: {said}"
    return BubbleMeasure(question=question, option=option, **values)


def filled(option: str = "r1", question: str = "q1", /, **said: float) -> BubbleMeasure:
    """A bubble that a ball pen filled well."""
    values = {
        "darkness": 0.55,
        "coverage": 0.75,
        "peak": 0.8,
        "outside": 0.01,
        "zone": 1.0,
        "extent": 0.9,
        "length": 0.09,
    }
    return bubble(option, question, **(values | said))


def sheet(layout: Layout, said: dict[tuple[str, str], BubbleMeasure], **about: Any) -> SheetMeasure:
    """A whole good sheet on which only the bubbles in *said* are not blank."""
    values = {
        "noise": 0.002,
        "contrast": 200.0,
        "bent_mm": 0.1,
        "outlines_found": 0.8,
        "bilevel": False,
    }
    return SheetMeasure(
        tuple(
            said.get((question, place.option)) or bubble(place.option, question)
            for question, place in bubbles_of(layout)
        ),
        **(values | about),
    )
