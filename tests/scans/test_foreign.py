"""omr marks: the image, the boxes, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from omr.cli import main as omr

SIDE = 40


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Twelve printed circles, the third and the eighth filled."""
    image = np.full((400, 700), 240, np.uint8)
    for n in range(12):
        centre = (100 + 80 * (n % 6), 100 + 120 * (n // 6))
        cv2.circle(image, centre, SIDE // 2, 60, 2, cv2.LINE_AA)
        if n in {2, 7}:
            cv2.circle(image, centre, SIDE // 2 - 4, 50, -1, cv2.LINE_AA)
    noise = np.random.default_rng(1).normal(0, 3, image.shape)
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), np.clip(image + noise, 0, 255).astype(np.uint8))
    return path


def boxes() -> list[dict[str, Any]]:
    return [
        {"id": f"q{n}", "x": 80 + 80 * (n % 6), "y": 80 + 120 * (n // 6), "w": SIDE, "h": SIDE}
        for n in range(12)
    ]


def given(tmp_path: Path, entries: object) -> Path:
    path = tmp_path / "boxes.json"
    text = entries if isinstance(entries, str) else json.dumps(entries)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_box_gets_a_line_in_the_order_given(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shuffled = boxes()[::-1]

    assert omr(["marks", str(page), "--boxes", str(given(tmp_path, shuffled))]) == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == [box["id"] for box in shuffled]
    assert {line["id"] for line in lines if line["mark"] == "marked"} == {"q2", "q7"}
    assert {line["mark"] for line in lines} == {"marked", "blank"}
    assert all(set(line) == {"id", "mark", "fill"} and 0 <= line["fill"] <= 1 for line in lines)


def test_a_group_is_accepted(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grouped = [box | {"group": "one"} for box in boxes()]

    assert omr(["marks", str(page), "--boxes", str(given(tmp_path, grouped))]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 12


def test_every_mistake_in_the_boxes_is_listed_at_once(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = boxes()
    wrong[1] |= {"x": "left"}
    wrong[2] |= {"id": "q0"}
    wrong[3] |= {"w": 1}
    del wrong[4]["h"]
    entries = [*wrong, "nonsense", {"id": 7, "x": 1, "y": 1, "w": 9, "h": float("nan")}]

    assert omr(["marks", str(page), "--boxes", str(given(tmp_path, entries))]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    for place in ("box 2", "box 3", "box 4", "box 5", "box 13", "box 14"):
        assert place in captured.err


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "a"}', "null"])
def test_a_file_that_holds_no_boxes_is_refused(page: Path, tmp_path: Path, text: str) -> None:
    assert omr(["marks", str(page), "--boxes", str(given(tmp_path, text))]) == 2


def test_a_box_outside_the_image_is_refused_by_name(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = [*boxes(), {"id": "far", "x": 690, "y": 10, "w": SIDE, "h": SIDE}]

    assert omr(["marks", str(page), "--boxes", str(given(tmp_path, outside))]) == 2
    assert "far" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["missing.png", "empty.png", "text.png"])
def test_an_image_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    if name != "missing.png":
        (tmp_path / name).write_text("" if name == "empty.png" else "words", encoding="utf-8")

    code = omr(["marks", str(tmp_path / name), "--boxes", str(given(tmp_path, boxes()))])

    assert code == 3
    assert name in capsys.readouterr().err
