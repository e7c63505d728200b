"""The second generator draws what its truth says, always the same, and finds a reader that errs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from benchmark_parts import benchmark_parts

PARTS = ("marks", "effects", "page", "erased", "generator")
needs_augraphy = pytest.mark.skipif(
    find_spec("augraphy") is None,
    reason="augraphy is not installed (pyproject.toml, group benchmarks, says how)",
)


@pytest.fixture(scope="module")
def parts() -> Iterator[dict[str, ModuleType]]:
    names = {part: f"second_{part}" for part in PARTS}
    with benchmark_parts(names | {"office": "accuracy_office"}) as found:
        yield found


@pytest.fixture(scope="module")
def office(parts: dict[str, ModuleType], tmp_path_factory: pytest.TempPathFactory) -> Any:
    return parts["office"].open_office(tmp_path_factory.mktemp("second") / "office", 2)


@pytest.fixture
def undamaged(parts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing happens to any page, so that augraphy is not needed."""
    monkeypatch.setattr(parts["effects"], "draw_effects", lambda _rng: [])


def filled_sheets(parts: dict[str, ModuleType], office: Any, count: int) -> list[Any]:
    (layout,) = office.forms.layouts.values()
    return [parts["marks"].fill_in(layout, (9, number)) for number in range(count)]


def test_every_mark_leaves_ink_inside_its_own_bubble(
    parts: dict[str, ModuleType], office: Any
) -> None:
    (layout,) = office.forms.layouts.values()
    places = {(b["question"], b["option"]): b for b in layout["bubbles"]}
    per_mm, kinds = 6.0, set()
    for filled in filled_sheets(parts, office, 8):
        for mark in filled.marks[::4]:
            page = np.full((1260, 888, 3), 255, np.uint8)
            others = {(m.question, m.option) for m in filled.marks} - {(mark.question, mark.option)}
            parts["marks"].draw(page, layout, filled, (per_mm, per_mm), others)
            bubble = places[mark.question, mark.option]
            y, x = np.mgrid[:1260, :888] / per_mm
            away = np.hypot(x - bubble["x_mm"], y - bubble["y_mm"])
            inked = page.min(axis=2) < 200
            inside = np.count_nonzero(inked & (away < bubble["w_mm"] / 2)) / per_mm**2
            assert inside >= 0.8 * parts["marks"].LEAST_INK_MM2, mark
            assert not (inked & (away > 9.0)).any(), mark
            kinds.add(mark.kind)
    assert kinds == set(parts["marks"].KINDS)


def test_the_truth_is_what_is_drawn_and_two_marks_have_none(
    parts: dict[str, ModuleType], office: Any
) -> None:
    (layout,) = office.forms.layouts.values()
    kind = {question["id"]: question["kind"] for question in layout["questions"]}
    seen = set()
    for filled in filled_sheets(parts, office, 60):
        for question, right in filled.right.items():
            drawn = [mark.option for mark in filled.marks if mark.question == question]
            if kind[question] == "single" and len(drawn) == 2:
                assert right == []
            else:
                assert [sorted(one) for one in right] == [sorted(drawn)]
                assert kind[question] == "multi" or len(drawn) <= 1
            seen.add((kind[question], min(len(drawn), 2)))
    assert seen == {(k, n) for k in ("single", "multi") for n in (0, 1, 2)}


@pytest.mark.usefixtures("undamaged")
def test_a_page_without_one_of_its_marks_differs_there_alone(
    parts: dict[str, ModuleType], office: Any
) -> None:
    make = parts["page"].make_page
    page, again = make(office.forms, 3, 1), make(office.forms, 3, 1)
    assert (page.pixels == again.pixels).all()
    question, drawn = next((q, a["kinds"]) for q, a in page.truth["answers"].items() if a["kinds"])
    option = next(iter(drawn))
    twin = make(office.forms, 3, 1, without=[(question, option)])
    rows, columns = np.nonzero((page.pixels != twin.pixels).any(axis=2))
    assert rows.size
    assert max(np.ptp(rows), np.ptp(columns)) < 16 * page.dpi / 25.4
    area = parts["page"].visible_mm2(office.forms, 3, 1, question, option)
    assert area >= parts["marks"].LEAST_INK_MM2 / 2


@pytest.mark.usefixtures("undamaged")
def test_undamaged_pages_are_read_without_an_error(
    parts: dict[str, ModuleType], office: Any
) -> None:
    generator = parts["generator"]
    generator.begin(office, None)
    found = generator.work((5, [0, 1, 2, 3]))
    assert [page["errors"] for page in found] == [[]] * 4
    assert {page["status"] for page in found} <= {"counted", "review"}
    assert {page["effects"] for page in found} == {("nothing",)}


def lying(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As if every answer had been found blank, and the sheet counted."""
    for result in results:
        result["status"] = "counted"
        for answer in result["answers"].values():
            answer |= {"state": "blank", "options": []}
    return results


@pytest.mark.usefixtures("undamaged")
def test_a_reader_that_errs_is_found_and_its_pages_are_kept(
    parts: dict[str, ModuleType], office: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    generator = parts["generator"]
    honest = generator.read_file
    monkeypatch.setattr(generator, "read_file", lambda *words: lying(honest(*words)))
    generator.begin(office, tmp_path)
    (page,) = generator.work((5, [1]))
    assert len(page["errors"]) > 8
    error = page["errors"][0]
    assert (error["page"], error["kind"], error["read"]) == (1, "wrong-answer", "blank")
    assert len(error["image"]) == 16
    assert "5-1-rows.png" in {path.name for path in tmp_path.iterdir()}


@pytest.mark.usefixtures("undamaged")
def test_a_mark_that_the_damage_erased_may_be_left_out_of_a_reading(
    parts: dict[str, ModuleType], office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = parts["generator"]
    honest = generator.read_file
    monkeypatch.setattr(generator, "read_file", lambda *words: lying(honest(*words)))
    monkeypatch.setattr(generator, "visible_mm2", lambda *_words: 0.1)
    generator.begin(office, None)
    (page,) = generator.work((5, [1]))
    assert page["errors"] == []
    assert page["erased"] > 8


@pytest.mark.usefixtures("undamaged")
def test_a_sheet_that_comes_to_nothing_is_an_error(
    parts: dict[str, ModuleType], office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = parts["generator"]
    monkeypatch.setattr(generator, "read_file", lambda *_words: [])
    generator.begin(office, None)
    (page,) = generator.work((5, [1]))
    assert (page["status"], [error["kind"] for error in page["errors"]]) == (
        "missing",
        ["lost-sheet"],
    )


@pytest.mark.usefixtures("undamaged")
def test_a_page_that_the_damage_left_bare_has_no_sheet_to_lose(
    parts: dict[str, ModuleType], office: Any
) -> None:
    bare = np.full((900, 700, 3), 255, np.uint8)
    bare[:40], bare[:, 660:] = 0, 0  # the glass beside the paper
    shows_nothing = parts["erased"].shows_nothing

    assert shows_nothing(bare, 150)
    assert shows_nothing(np.zeros((900, 700), np.uint8), 150)
    for level in (0, 230):
        marked = bare.copy()
        marked[500:503, 300:309] = level
        assert not shows_nothing(marked, 150), level
    assert not shows_nothing(parts["page"].make_page(office.forms, 9, 0).pixels, 150)


@needs_augraphy
def test_each_effect_gives_the_same_page_again(parts: dict[str, ModuleType], office: Any) -> None:
    effects, page = parts["effects"], parts["page"]
    for number, effect in enumerate(effects.EFFECTS):
        first, again = (
            page.make_page(office.forms, 2, number, effects=[effect]).pixels for _turn in (0, 1)
        )
        assert first.shape == again.shape, effect.name
        assert (first == again).all(), effect.name


@needs_augraphy
def test_a_run_goes_on_where_it_stopped_and_its_lines_add_up(
    parts: dict[str, ModuleType],
    office: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator, record = parts["generator"], tmp_path / "record.jsonl"
    monkeypatch.setattr(generator, "open_office", lambda *_words: office)
    words = ["--seed", "4", "--jobs", "1", "--record", str(record), "--pages"]
    assert generator.main([*words, "2"]) == 0
    assert generator.main([*words, "3"]) == 0
    assert "2 pages were read before" in capsys.readouterr().out
    lines = [json.loads(text) for text in record.read_text(encoding="utf-8").splitlines()]
    assert [line["spans"] for line in lines] == [[[0, 1]], [[2, 2]]]
    assert sum(sum(line["statuses"].values()) for line in lines) == 3
    assert generator.main(["--report", "--record", str(record)]) == 0
    assert "seeds 4: 3 pages" in capsys.readouterr().out
