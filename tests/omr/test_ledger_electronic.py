from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.ledger import Ledger
from omr.ledger.electronic import (
    ElectronicRow,
    ImportOutcome,
    NewResponse,
    add_import,
    electronic_rows,
    import_problems,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
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
