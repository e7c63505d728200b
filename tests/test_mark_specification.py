"""The published mark specification says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from omr.marks import Reason
from omr.thresholds import Thresholds

SPECIFICATION = Path(__file__).parent.parent / "docs" / "mark-specification.md"


def test_the_published_thresholds_are_the_programs_own() -> None:
    text = SPECIFICATION.read_text(encoding="utf-8")
    published = re.findall(r"^\| `(\w+)` \| ([\d.]+) \| ", text, re.MULTILINE)

    assert {name: float(value) for name, value in published} == Thresholds().as_dict()
    assert len(published) == len(set(published))


def test_every_word_in_code_is_a_threshold_or_a_reason() -> None:
    text = SPECIFICATION.read_text(encoding="utf-8").partition("## Thresholds")[0]
    words = {word for word in re.findall(r"`([a-z_-]+)`", text) if word != "code"}

    assert words <= set(Thresholds().as_dict()) | {reason.value for reason in Reason}


def test_its_picture_is_there_and_not_heavy() -> None:
    picture = SPECIFICATION.parent / "images" / "marks.png"

    assert f"images/{picture.name}" in SPECIFICATION.read_text(encoding="utf-8")
    assert 10_000 < picture.stat().st_size < 250_000
