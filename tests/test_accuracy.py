"""The accuracy benchmark counts what it says it counts, and finds a reader that errs."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from benchmark_parts import benchmark_parts

from omr.marks import AnswerState
from scans.stages import PageOutcome

PARTS = ("bounds", "strata", "office", "tally", "worker", "record")


@pytest.fixture(scope="module")
def parts() -> Iterator[dict[str, ModuleType]]:
    names = {part: f"accuracy_{part}" for part in PARTS}
    with benchmark_parts(names | {"main": "accuracy"}) as found:
        yield found


@pytest.fixture(scope="module")
def office(parts: dict[str, ModuleType], tmp_path_factory: pytest.TempPathFactory) -> Any:
    return parts["office"].open_office(tmp_path_factory.mktemp("accuracy") / "office", 2)


@pytest.mark.parametrize(
    ("errors", "trials", "bound"),
    [
        (0, 10_000_000, 2.995732e-7),
        (0, 59, 0.0495),  # the 59 clean trials that auditors ask for
        (1, 1_000, 0.0047349),
        (3, 10_000_000, 7.7537e-7),
        (1, 2, 0.974679),
        (5, 5, 1.0),
        (0, 0, 1.0),
    ],
)
def test_bounds_are_those_of_the_tables(
    parts: dict[str, ModuleType], errors: int, trials: int, bound: float
) -> None:
    assert parts["bounds"].upper_bound(errors, trials) == pytest.approx(bound, rel=1e-3)


def test_even_places_are_no_bias_and_uneven_ones_are(parts: dict[str, ModuleType]) -> None:
    p = parts["bounds"].chi_square_p
    assert p([10, 10, 10, 10, 10], [100] * 5) == pytest.approx(1.0)
    assert p([0] * 5, [100] * 5) == 1.0
    assert p([30, 10, 10, 10, 10], [100] * 5) < 0.001
    # statistic 2.5 with 2 degrees of freedom: exp(-1.25)
    assert p([10, 15, 20], [100, 100, 100]) == pytest.approx(math.exp(-50 / 15 / 0.85 / 2))
    with pytest.raises(ValueError, match="odd number"):
        p([1, 2], [3, 4])


def test_every_capture_has_its_strata_and_a_name_that_changes_with_its_numbers(
    parts: dict[str, ModuleType],
) -> None:
    strata = parts["strata"]
    assert len(strata.BY_NAME) == len(strata.STRATA)
    prints = {stratum.fingerprint() for stratum in strata.STRATA}
    assert len(prints) == len(strata.STRATA)
    one = strata.BY_NAME["hostile-grey-200"]
    assert replace(one, plan=replace(one.plan, quality=80)).fingerprint() not in prints
    assert {s.group for s in strata.chosen("")} == set(strata.POSITIONS)
    assert [s.name for s in strata.chosen("empty-grey-150,line-pencil-200")] == [
        "empty-grey-150",
        "line-pencil-200",
    ]
    with pytest.raises(ValueError, match="no stratum is called 'nonsense'"):
        strata.chosen("nonsense")


def test_the_same_seed_gives_the_same_sheet_and_another_another(
    parts: dict[str, ModuleType], office: Any
) -> None:
    look, stratum = parts["worker"].look_again, parts["strata"].BY_NAME["realistic-grey-150"]

    def page(seed: int, index: int) -> tuple[bytes, Any]:
        scan, ((truth, _result, _errors),) = look(office, stratum, seed, index)
        return scan.page.data, truth["answers"]

    assert page(7, 5) == page(7, 5)
    assert page(7, 5)[0] != page(8, 5)[0]
    assert page(7, 5)[1] != page(7, 6)[1]


def test_every_pass_of_a_sheet_scanned_again_can_be_looked_at(
    parts: dict[str, ModuleType], office: Any
) -> None:
    look, stratum = parts["worker"].look_again, parts["strata"].BY_NAME["again-hostile-grey-200"]
    (first, found), (second, found_then) = (look(office, stratum, 7, 0, n) for n in (0, 1))
    assert first.page.data != second.page.data
    assert found[0][0]["answers"] == found_then[0][0]["answers"]
    assert second.place == {"seed": 7, "index": 0, "pass": 1}


def test_every_position_of_a_block_is_tallied_once(
    parts: dict[str, ModuleType], office: Any
) -> None:
    worker = parts["worker"]
    worker.begin(office, None)
    name, tally = worker.work(worker.Block("compliant-pdf-200", 3, 0, 2))
    assert name == "compliant-pdf-200"
    assert tally.sheets == 2
    assert sum(tally.kinds.values()) == 2 * office.positions
    assert not tally.errors
    assert {kind for kind, _outcome in tally.kinds} > {"blank"}


def liar(outcome: PageOutcome) -> PageOutcome:
    """The outcome as if every answered question had been found blank, and counted."""
    sheets = []
    for sheet in outcome.sheets:
        answers = {
            name: replace(answer, state=AnswerState.BLANK, options=())
            if answer.state is AnswerState.ANSWERED
            else answer
            for name, answer in sheet.answers.items()
        }
        sheets.append(replace(sheet, answers=answers))
    return replace(outcome, sheets=tuple(sheets))


def test_a_reader_that_errs_is_found_and_its_sheets_can_be_looked_at(
    parts: dict[str, ModuleType], office: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    worker = parts["worker"]
    honest = worker.read_page
    monkeypatch.setattr(worker, "read_page", lambda *words: liar(honest(*words)))
    worker.begin(office, tmp_path)
    _name, tally = worker.work(worker.Block("compliant-grey-200", 3, 0, 1))
    assert tally.wrong_sheets == 1
    assert len(tally.errors) > 8
    wrong = sum(number for (_kind, outcome), number in tally.kinds.items() if outcome == "wrong")
    assert wrong == len(tally.errors)
    error = tally.errors[0]
    assert (error["seed"], error["index"], error["kind"]) == (3, 0, "wrong-answer")
    assert error["read"] == "blank"
    names = ["compliant-grey-200-3-0-0-rows.png", "compliant-grey-200-3-0-0.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_recorded_errors_are_read_again_and_told(
    parts: dict[str, ModuleType],
    office: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker, main = parts["worker"], parts["main"]
    monkeypatch.setattr(main, "open_office", lambda _folder: office)
    path = tmp_path / "accuracy.jsonl"
    error = {"seed": 3, "index": 0, "kind": "wrong-answer"}
    parts["record"].append(path, [line(parts, "compliant-grey-200", errors=[error])])
    assert main.main(["--replay", "--record", str(path)]) == 0
    assert "0 of 1 sheets are still wrong" in capsys.readouterr().out
    honest = worker.read_page
    monkeypatch.setattr(worker, "read_page", lambda *words: liar(honest(*words)))
    assert main.main(["--replay", "--record", str(path), "--pictures", str(tmp_path)]) == 1
    assert "compliant-grey-200 3 0 0: still wrong" in capsys.readouterr().out
    assert (tmp_path / "compliant-grey-200-3-0-0-rows.png").is_file()


def test_a_mark_seen_once_and_missed_once_is_a_change(parts: dict[str, ModuleType]) -> None:
    def one(*options: str, state: str = "answered") -> tuple[dict[str, Any], dict[str, Any]]:
        truth = {"answers": {"a1": {"kinds": {"r5": "dot"}}}}
        read = {"state": state, "options": list(options)}
        return truth, {"status": "counted", "answers": {"a1": read}}

    changes = parts["tally"].changes
    (change,) = changes([one("r5"), one("r5"), one(state="blank")])
    assert change["read"] == "r5 marked 2 times, blank 1 times"
    assert not list(changes([one("r5"), one("r5", state="doubtful"), one("r5")]))
    found = {c["read"] for c in changes([one(state="blank"), one("r5"), one("r4")])}
    assert found == {
        "r5 marked 1 times, blank 2 times",
        "r4 marked 1 times, blank 2 times",
    }


def line(parts: dict[str, ModuleType], name: str, **changes: Any) -> dict[str, Any]:
    tally = parts["tally"].Tally(
        sheets=10,
        undamaged=10,
        questions=170,
        asked=1,
        kinds=Counter({("tick", "right"): 160, ("blank", "right"): 610, ("tick", "asked"): 10}),
        statuses=Counter(counted=9, review=1),
    )
    reader = parts["record"].Reader("this", "1234567")
    made = parts["record"].line_of(
        parts["strata"].BY_NAME[name], tally, seed=4, reader=reader, layout="L", wall_s=1.0
    )
    return {**made, **changes}


def test_the_record_is_only_added_to_and_knows_what_was_run(
    parts: dict[str, ModuleType], tmp_path: Path
) -> None:
    record, path = parts["record"], tmp_path / "results" / "accuracy.jsonl"
    one = line(parts, "hostile-grey-200")
    record.append(path, [one])
    before = path.read_bytes()
    record.append(path, [line(parts, "hostile-grey-150", seed=5)])
    assert path.read_bytes().startswith(before)
    assert [found["seed"] for found in record.lines_of(path)] == [4, 5]
    assert json.loads(before) == one
    strata = parts["strata"].STRATA
    assert record.was_run(path, 4, strata, "this") == ["hostile-grey-200"]
    assert record.was_run(path, 4, strata, "another reader") == []
    assert record.was_run(path, 6, strata, "this") == []


def test_the_report_adds_up_lines_of_one_reader_and_says_which_are_of_others(
    parts: dict[str, ModuleType],
) -> None:
    lines = [
        line(parts, "hostile-grey-200"),
        line(parts, "hostile-grey-200", seed=5),
        line(parts, "hostile-grey-200", seed=6, reader="older", commit="abc1234"),
        line(parts, "hostile-grey-200", seed=7, fingerprint="of other parameters"),
    ]
    text = parts["record"].report(lines, "this")
    own, others = text.split("## Other versions of the reader")
    assert "| hostile-grey-200 | 20 | 1,560 | 340 | 0 | 1 in 521 | 1 in 7 |" in own
    assert "| hostile | tick | 340 | 94.12% | 5.88% |" in own
    assert "abc1234" in others
    assert "| hostile-grey-200 | 10 | 780 |" in others
    assert "1 lines were made with other parameters" in others


def test_a_seed_is_not_counted_twice(
    parts: dict[str, ModuleType],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "accuracy.jsonl"
    monkeypatch.setattr(parts["main"], "reader_digest", lambda: "this")
    parts["record"].append(path, [line(parts, "hostile-grey-200")])
    words = ["--record", str(path), "--seed", "4", "--strata", "hostile-grey-200"]
    assert parts["main"].main(words) == 2
    assert "take another --seed" in capsys.readouterr().err


def test_the_readers_digest_follows_its_imports_and_leaves_the_scanner_out(
    parts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = parts["office"]
    seen: list[str] = []
    spec = office._spec
    monkeypatch.setattr(office, "_spec", lambda name: seen.append(name) or spec(name))
    assert len(office.reader_digest()) == 16
    assert {"scans.read_page", "omr.judging", "omr.scoring", "omr.registration"} <= set(seen)
    assert not any(name.startswith(("scans.virtual", "forms", "reports")) for name in seen)
