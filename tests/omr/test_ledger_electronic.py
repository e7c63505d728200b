from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_ledger import fresh_ledger

from omr.ledger import Ledger
from omr.ledger.electronic import (
    ElectronicRow,
    ImportOutcome,
    NewResponse,
    Vanished,
    add_import,
    electronic_rows,
    import_problems,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as ledger:
        yield ledger


def new(
    group: str = "g",
    *,
    unread: tuple[str, ...] = (),
    excluded: str = "",
    period: str = "2026-11",
    **said: str,
) -> NewResponse:
    return NewResponse(
        group=group,
        unit="HP-PC08",
        domain="GTDB",
        period=period,
        answered_on="2026-11-10",
        answers={name: tuple(filter(None, words.split("|"))) for name, words in said.items()},
        unread=unread,
        remarks=dict.fromkeys(unread, "?"),
        excluded=excluded,
    )


def add(
    ledger: Ledger, *responses: NewResponse, profile: str = "p", sha256: str = "0"
) -> ImportOutcome:
    return add_import(
        ledger,
        profile=profile,
        file_name="tệp.csv",
        sha256=sha256,
        rows_seen=len(responses),
        problems=[{"trouble": "bad-time", "row": 9}],
        responses=responses,
    )


def rows(ledger: Ledger, period: str = "2026-11") -> list[ElectronicRow]:
    return list(electronic_rows(ledger, period=period))


def test_what_is_kept_comes_back_as_it_was(ledger: Ledger) -> None:
    add(ledger, new(a1="r5", m1="cho|tre", y1="", unread=("m1",), excluded="double-submission"))
    (row,) = rows(ledger)
    assert (row.unit, row.domain, row.period, row.file) == (
        "HP-PC08",
        "GTDB",
        "2026-11",
        "tệp.csv",
    )
    assert row.answers == {"a1": ("r5",), "m1": ("cho", "tre"), "y1": ()}
    assert row.remarks == {"m1": "?"}
    assert row.excluded == "double-submission"
    assert rows(ledger, "2026-10") == []
    assert import_problems(ledger, sha256="0") == [{"trouble": "bad-time", "row": 9}]


def test_the_same_rows_again_add_nothing(ledger: Ledger) -> None:
    first = (new(a1="r5"), new(a1="r5"), new(a1="r4"), new("h", a1="r5"))
    assert add(ledger, *first) == ImportOutcome(new=4, known=0, improved=0)
    ids = [row.record_id for row in rows(ledger)]
    assert add(ledger, *first) == ImportOutcome(new=0, known=4, improved=0)
    assert add(ledger, *first, sha256="1") == ImportOutcome(new=0, known=4, improved=0)
    assert [row.record_id for row in rows(ledger)] == ids


def test_other_answers_at_the_same_moment_are_another_response(ledger: Ledger) -> None:
    add(ledger, new(a1="r5", t0="r5"))
    assert add(ledger, new(a1="r5", t0="r4")).new == 1
    assert len(rows(ledger)) == 2


def test_one_more_row_of_the_same_kind_is_new(ledger: Ledger) -> None:
    add(ledger, new(a1="r5"))
    assert add(ledger, new(a1="r5"), new(a1="r5")) == ImportOutcome(new=1, known=1, improved=0)


def test_profiles_do_not_know_each_other_s_rows(ledger: Ledger) -> None:
    add(ledger, new("g", a1="r5"))
    assert add(ledger, new("h", a1="r5"), profile="q").new == 1


def test_a_better_reading_replaces_the_row_and_nothing_is_deleted(ledger: Ledger) -> None:
    add(ledger, new(a1="r5", t0="", unread=("t0",)))
    (before,) = rows(ledger)
    assert add(ledger, new(a1="r5", t0="r4", y1="kh")).improved == 1
    (after,) = rows(ledger)
    assert after.answers == {"a1": ("r5",), "t0": ("r4",), "y1": ("kh",)}
    assert after.record_id != before.record_id
    assert add(ledger, new(a1="r5", t0="r4", y1="kh")).known == 1
    assert add(ledger, new(a1="r5", t0="", unread=("t0",))).known == 1
    assert len(rows(ledger)) == 1


def test_readings_that_each_understood_something_else_are_joined(ledger: Ledger) -> None:
    add(ledger, new(a1="r5", t0="", c1="r3", unread=("t0",)))
    assert add(ledger, new(a1="r5", t0="r4", c1="", unread=("c1",))).improved == 1
    (row,) = rows(ledger)
    assert row.answers == {"a1": ("r5",), "t0": ("r4",), "c1": ("r3",)}


def test_a_row_of_which_nothing_could_be_read_is_not_counted_twice(ledger: Ledger) -> None:
    add(ledger, new(a1="", unread=("a1",)), new(a1="r4"))
    outcome = add(ledger, new(a1="r5"), new(a1="r4"))
    assert outcome == ImportOutcome(new=0, known=1, improved=1)
    assert sorted(row.answers["a1"] for row in rows(ledger)) == [("r4",), ("r5",)]


def test_a_row_found_to_repeat_another_is_excluded_later_but_never_included_again(
    ledger: Ledger,
) -> None:
    add(ledger, new("h", a1="r5"))
    first, second = new("g", a1="r5"), new("h", a1="r5", excluded="double-submission")
    assert add(ledger, first, second) == ImportOutcome(new=1, known=0, improved=1)
    assert sorted(row.excluded for row in rows(ledger)) == ["", "double-submission"]
    assert add(ledger, first, second).known == 2
    assert add(ledger, new("h", a1="r5")).known == 1
    assert sorted(row.excluded for row in rows(ledger)) == ["", "double-submission"]


def test_a_reading_that_contradicts_is_another_response(ledger: Ledger) -> None:
    add(ledger, new(a1="r5", t0="", unread=("t0",)))
    assert add(ledger, new(a1="r4", t0="r4")).new == 1


@pytest.mark.embedded
@settings(max_examples=25, deadline=None)  # each makes a ledger
@given(
    said=st.lists(st.tuples(st.sampled_from("gh"), st.sampled_from(["r5", "r4", ""])), max_size=12),
    cut=st.integers(0, 12),
)
def test_any_part_of_an_export_then_the_whole_is_the_same_as_the_whole_at_once(
    said: list[tuple[str, str]], cut: int
) -> None:
    responses = [new(group, a1=option) for group, option in said]
    with Ledger.create("sqlite://") as ledger:
        part = add(ledger, *responses[:cut])
        whole = add(ledger, *responses)
        assert part.new + whole.new == len(responses)
        assert part.known == 0
        assert whole.known == len(responses[:cut])
        kept = sorted(row.answers["a1"] for row in rows(ledger))
    assert kept == sorted(response.answers["a1"] for response in responses)


def placed(row: int, moment: str, answer: str, **beside: str) -> NewResponse:
    return replace(new(moment, a1=answer), row=row, **beside)  # type: ignore[arg-type]


def sheet(text: str, **beside: str) -> list[NewResponse]:
    """``a5 b4``: one row for each word, its moment and its answer, from row 2 on."""
    return [
        placed(number, word[0], f"r{word[1]}", **beside)
        for number, word in enumerate(text.split(), start=2)
    ]


def answers(ledger: Ledger) -> list[str]:
    return sorted(row.answers["a1"][0] for row in rows(ledger))


def test_rows_that_a_longer_export_no_longer_holds_are_named_and_kept(ledger: Ledger) -> None:
    add(ledger, *sheet("a5 b4 c3"))
    outcome = add(ledger, *sheet("a5 c3 d2"), sha256="1")
    assert (outcome.new, outcome.known, outcome.edited) == (1, 2, 0)
    assert outcome.vanished == (Vanished("tệp.csv", 3, "2026-11-10"),)
    assert answers(ledger) == ["r2", "r3", "r4", "r5"]
    problems = import_problems(ledger, sha256="1")
    assert problems[-1]["trouble"] == "vanished"
    assert problems[-1]["row"] == 3


def test_an_older_copy_of_an_export_makes_nothing_vanish(ledger: Ledger) -> None:
    add(ledger, *sheet("a5 b4 c3 d2"))
    outcome = add(ledger, *sheet("a5 b4"), sha256="1")
    assert (outcome.new, outcome.vanished, outcome.uncompared) == (0, (), 2)


def test_another_export_with_the_same_profile_makes_nothing_vanish(ledger: Ledger) -> None:
    add(ledger, *sheet("a5 b4"))
    outcome = add(ledger, *sheet("x5 y4"), sha256="1")
    assert (outcome.new, outcome.vanished, outcome.uncompared) == (2, (), 0)


def test_an_edited_row_counts_instead_of_what_it_said_before(ledger: Ledger) -> None:
    add(ledger, *sheet("a5 b4 c3"))
    outcome = add(ledger, *sheet("a5 x1 c3 d2"), sha256="1")  # edited, with the edit's time
    assert (outcome.new, outcome.known, outcome.edited, outcome.vanished) == (1, 2, 1, ())
    assert answers(ledger) == ["r1", "r2", "r3", "r5"]
    again = add(ledger, *sheet("a5 x1 c3 d2"), sha256="1")
    assert (again.new, again.known, again.edited) == (0, 4, 0)
    older = add(ledger, *sheet("a5 b4 c3"), sha256="2")
    assert (older.new, older.known, older.vanished) == (0, 3, ())
    assert answers(ledger) == ["r1", "r2", "r3", "r5"]


def test_an_edit_of_another_import_s_only_row_is_still_seen(ledger: Ledger) -> None:
    add(ledger, *sheet("a5 b4"))
    add(ledger, *sheet("a5 b4 c3"), sha256="1")
    outcome = add(ledger, *sheet("a5 b4 x1 d2"), sha256="2")
    # Nothing known follows it, so whether it was edited or deleted does not show.
    assert (outcome.new, outcome.edited, [v.row for v in outcome.vanished]) == (2, 0, [4])
    outcome = add(ledger, *sheet("a5 b4 x1 y2 e5"), sha256="3")
    assert (outcome.new, outcome.edited) == (2, 0)


def test_the_export_s_own_id_shows_an_edit_at_the_end(ledger: Ledger) -> None:
    add(ledger, *sheet("a5"), placed(3, "b", "r4", row_id="7"))
    outcome = add(ledger, *sheet("a5"), placed(3, "x", "r1", row_id="7"), placed(4, "y", "r2"))
    assert (outcome.new, outcome.edited, outcome.vanished) == (1, 1, ())
    assert answers(ledger) == ["r1", "r2", "r5"]


def test_another_unit_in_the_place_of_a_row_is_no_edit(ledger: Ledger) -> None:
    add(ledger, *sheet("a5 b4 c3"))
    moved = [replace(one, unit="HP-PC06") if one.row == 3 else one for one in sheet("a5 x1 c3")]
    outcome = add(ledger, *moved, sha256="1")
    assert (outcome.new, outcome.edited, len(outcome.vanished)) == (1, 0, 1)


@pytest.mark.parametrize("workbook_first", [True, False])
def test_a_fraction_of_a_second_that_a_csv_file_rounds_up_makes_no_second_row(
    ledger: Ledger, *, workbook_first: bool
) -> None:
    workbook, csv = placed(2, "9:05:33", "r5", near="9:05:34"), placed(2, "9:05:34", "r5")
    first, second = (workbook, csv) if workbook_first else (csv, workbook)
    assert add(ledger, first).new == 1
    assert add(ledger, second, sha256="1").known == 1
    assert add(ledger, placed(3, "9:05:35", "r5"), sha256="2").new == 1


@pytest.mark.embedded
@settings(max_examples=25, deadline=None)  # each makes a ledger
@given(
    said=st.lists(st.sampled_from("54321"), min_size=3, max_size=8),
    edits=st.dictionaries(st.integers(0, 6), st.sampled_from("54321"), max_size=3),
    more=st.lists(st.sampled_from("54321"), max_size=3),
    cut=st.integers(1, 8),
)
def test_whatever_was_imported_before_the_newest_export_decides(
    said: list[str], edits: dict[int, str], more: list[str], cut: int
) -> None:
    before = [placed(n + 2, f"m{n}", f"r{level}") for n, level in enumerate(said)]
    inner = {place: level for place, level in edits.items() if place < len(said) - 1}
    after = [
        placed(n + 2, f"e{n}", f"r{inner[n]}") if n in inner else one
        for n, one in enumerate(before)
    ]
    after += [placed(len(after) + 2 + n, f"n{n}", f"r{level}") for n, level in enumerate(more)]
    with Ledger.create("sqlite://") as ledger:
        add(ledger, *before[: min(cut, len(before))], sha256="0")
        add(ledger, *before, sha256="1")
        outcome = add(ledger, *after, sha256="2")
        assert answers(ledger) == sorted(one.answers["a1"][0] for one in after)
        assert outcome.vanished == ()
        assert add(ledger, *after, sha256="3").known == len(after)
        assert add(ledger, *before, sha256="4").new == 0
