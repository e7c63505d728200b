"""Entries about forms whose scans wait, and what stays of sheets whose answers are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from decision_desk import Desk
from make_ledger import TODAY, add_file, answers, fresh_ledger, seen, take, void

from omr.ledger import decisions, readings
from omr.ledger.entries import all_entries, entries_about, entries_in, said_about, states_in
from omr.ledger.held import held_forms
from omr.ledger.issued import pads_of
from omr.ledger.months import close_month
from omr.ledger.rows import holder_of
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.ledger.stock_entries import EntryRefused, Obstacle, add_entry, unfinished_runs
from omr.ledger.unlinking import unlink_month
from omr.marks import Reason, SheetStatus
from omr.serial_ranges import SerialRange
from omr.stock import Act, FormState

pytestmark = pytest.mark.embedded

BACK = FormState.RETURNED_ANSWERED


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def _range(first: int, last: int, domain: str = "GTDB") -> SerialRange:
    return SerialRange(domain, 2026, first, last)


def _obstacles(desk: Desk, act: Act, *forms: SerialRange) -> tuple[Obstacle, ...]:
    with pytest.raises(EntryRefused) as refused:
        add_entry(desk.ledger, act, forms, on_day=TODAY, why="", by="an")
    return refused.value.obstacles


def test_a_late_hand_over_settles_the_scans_of_its_own_forms_alone(desk: Desk) -> None:
    kept = take(desk.ledger, 4, handed_out=False)
    first, second, third, fourth = (
        desk.read(seen(str(serial), reasons=reasons))
        for serial, reasons in zip(
            kept.serials(), [(), (), (Reason.FIDUCIAL_MISSING,), ()], strict=True
        )
    )
    for record in (first, second, third, fourth):
        assert desk.sheet(record).open == (WHOLE,)
        assert Reason.NOT_HANDED_OUT in desk.sheet(record).reading.reasons
    desk.say(fourth, WHOLE, Verdict.CONFIRMED)

    assert _obstacles(desk, Act.ISSUE, _range(7, 10)) == (Obstacle(_range(10, 10), BACK),)
    for act in (Act.VOID, Act.LOST):
        assert _obstacles(desk, act, _range(7, 10)) == (Obstacle(_range(7, 10), BACK),)
    add_entry(desk.ledger, Act.ISSUE, [_range(7, 7), _range(9, 9)], on_day=TODAY, why="", by="hoa")

    assert desk.sheet(first).reading.status is SheetStatus.COUNTED
    [said] = decisions.find_decisions(desk.ledger, first)
    assert (said.question, said.verdict, said.decided_by) == (WHOLE, Verdict.CONFIRMED, "hoa")
    assert (said.options, said.milliseconds) == ((), 0)
    assert said.decided_at.endswith("+00:00")
    assert desk.sheet(second).open == (WHOLE,)
    assert desk.sheet(third).open == (WHOLE,)  # for its corner
    assert decisions.find_decisions(desk.ledger, third) == []


def test_forms_are_refused_by_their_own_scans_and_numbers_alone(desk: Desk) -> None:
    other = take(desk.ledger, 3, domain="L05", handed_out=False)
    desk.read(seen(str(next(other.serials())), domain="L05"))
    desk.read(seen(desk.serials[4]))

    for act in (Act.LOST, Act.VOID):
        assert _obstacles(desk, act, _range(4, 7)) == (
            Obstacle(_range(7, 7), None),
            Obstacle(_range(5, 5), BACK),
        )
    # Handed out by now, and at home as the first domain's form of that number is not.
    assert _obstacles(desk, Act.ISSUE, _range(1, 1)) == (
        Obstacle(_range(1, 1), FormState.OUTSTANDING),
    )
    add_entry(desk.ledger, Act.LOST, [_range(1, 4)], on_day=TODAY, why="", by="an")
    assert _obstacles(desk, Act.LOST, _range(3, 6)) == (
        Obstacle(_range(5, 5), BACK),
        Obstacle(_range(3, 4), FormState.LOST),
    )
    add_entry(desk.ledger, Act.ISSUE, [_range(1, 3, "L05")], on_day=TODAY, why="", by="an")
    with desk.ledger.read() as connection:
        assert states_in(connection, _range(1, 9)) == [
            (_range(1, 4), FormState.LOST),
            (_range(5, 5), BACK),
            (_range(6, 6), FormState.OUTSTANDING),
        ]
        assert states_in(connection, _range(1, 2, "L05")) == [
            (_range(1, 1, "L05"), BACK),
            (_range(2, 2, "L05"), FormState.OUTSTANDING),
        ]


def test_an_entry_may_be_made_for_the_day_of_the_last_one_and_not_for_an_earlier(
    desk: Desk,
) -> None:
    early, later = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    add_entry(desk.ledger, Act.LOST, [_range(1, 2)], on_day=later, why="", by="an")
    with pytest.raises(EntryRefused) as refused:
        add_entry(desk.ledger, Act.UNDO, [_range(1, 3)], on_day=early, why="", by="an")
    assert Obstacle(_range(1, 2), FormState.LOST, later_than=later) in refused.value.obstacles
    add_entry(desk.ledger, Act.UNDO, [_range(1, 2)], on_day=later, why="", by="an")


def test_entries_come_back_with_the_ranges_that_meet_what_is_asked_about(desk: Desk) -> None:
    take(desk.ledger, 3, domain="L05", handed_out=False)
    forms = [_range(5, 6), _range(1, 2), _range(2, 3, "L05")]
    lost = add_entry(desk.ledger, Act.VOID, forms, on_day=TODAY, why="", by="an")
    assert lost.forms == (_range(1, 2), _range(5, 6), _range(2, 3, "L05"))

    def ranges(asked: SerialRange) -> list[tuple[SerialRange, ...]]:
        return [entry.forms for entry in entries_about(desk.ledger, asked)]

    assert ranges(_range(1, 6)) == [(_range(1, 6),), (_range(1, 2), _range(5, 6))]
    assert ranges(_range(2, 4)) == [(_range(1, 6),), (_range(1, 2),)]
    assert ranges(_range(3, 4)) == [(_range(1, 6),)]
    assert ranges(_range(6, 9)) == [(_range(1, 6),), (_range(5, 6),)]
    assert ranges(_range(1, 1, "L05")) == []
    assert ranges(_range(3, 9, "L05")) == [(_range(2, 3, "L05"),)]
    assert ranges(SerialRange("GTDB", 2027, 1, 6)) == []
    with desk.ledger.read() as connection:
        every = all_entries(connection)
        assert entries_in(connection, None) == every
        said = said_about(connection, [*desk.serials, "L05-26-000001-A"])
    assert {entry.entry_id: set(entry.forms) for entry in every}[lost.entry_id] == set(forms)
    assert [entry.entry_id for entry in every] == sorted(entry.entry_id for entry in every)
    assert sorted(said) == desk.serials
    assert [len(said[serial]) for serial in desk.serials] == [2, 2, 1, 1, 2, 2]
    assert said[desk.serials[0]][1] == replace(lost, forms=(_range(1, 2),))


def test_pads_come_in_their_order_and_unfinished_runs_in_that_of_printing(desk: Desk) -> None:
    run = take(desk.ledger, 7, pad_size=3, printed=False)
    other = take(desk.ledger, 2, domain="A01", printed=False)
    take(desk.ledger, 2)
    assert [pad.number for pad in pads_of(desk.ledger, _range(1, 99))] == [1, 2, 3, 4, 5]
    assert [pad.number for pad in pads_of(desk.ledger, _range(9, 10))] == [2, 3]
    assert unfinished_runs(desk.ledger) == [run.forms, other.forms]
    void(desk.ledger, replace(run, first=8, count=2))
    assert unfinished_runs(desk.ledger) == [_range(7, 7), _range(10, 13), other.forms]


def test_refused_sheets_of_void_forms_come_in_the_order_of_keeping(desk: Desk) -> None:
    spoilt = take(desk.ledger, 3)
    void(desk.ledger, spoilt)
    one, two, three = map(str, spoilt.serials())
    later = add_file(desk.ledger, "a.pdf")
    desk.read(seen(three))
    desk.read(seen(one))
    desk.source_id, desk.batch_id = later
    desk.page = 4
    readings.add_pages(
        desk.ledger, [readings.Page(*later, [seen(two, page=4), seen(two, page=4, sheet=1)])]
    )
    desk.read(seen(desk.serials[0], status=SheetStatus.REFUSED, reasons=(Reason.STREAK,)))
    with desk.ledger.read() as connection:
        found = list(readings.refused_as_void(connection, _range(1, 99)))
        none = list(readings.refused_as_void(connection, _range(1, 6)))
    pages = [("batch.pdf", 0), ("batch.pdf", 1), ("a.pdf", 4), ("a.pdf", 4)]
    serials = [three, one, two, two]
    assert found == [(serial, *page) for serial, page in zip(serials, pages, strict=True)]
    assert none == []


def test_once_its_answers_are_gone_a_sheet_stands_as_it_ended(desk: Desk) -> None:
    counted = desk.read(seen(desk.serials[0]))
    typed = desk.nameless()
    desk.name(typed, 1, dict(answers(q1="r5")))
    torn = desk.read(
        seen(desk.serials[2], status=SheetStatus.REVIEW, reasons=(Reason.FIDUCIAL_MISSING,))
    )
    desk.say(torn, WHOLE, Verdict.INVALID)
    nothing = desk.nameless()
    desk.say(nothing, IDENTITY, Verdict.NOT_A_FORM)

    def standing() -> list[tuple[object, ...]]:
        return [
            (
                row.record_id,
                row.file,
                row.period,
                row.reading.status,
                row.reading.serial,
                row.reading.unit,
                row.reading.domain,
            )
            for row in readings.sheet_rows(desk.ledger)
        ]

    def back() -> set[tuple[int, str, bool]]:
        with desk.ledger.read() as connection:
            return {(f.number, f.period, f.says_something) for f in held_forms(connection)}

    before, counts = standing(), readings.count_by_status(desk.ledger)
    assert [each[0] for each in before] == [counted, typed, torn, nothing]
    assert back() == {(1, "2026-07", True), (2, "2026-07", True)}
    close_month(desk.ledger, "2026-07", b"", by="an")
    unlink_month(desk.ledger, "2026-07", b"", by="an")

    kept = {each[0]: each[3:] for each in before if each[0] != torn}
    assert {each[0]: each[3:] for each in standing() if each[0] != torn} == kept
    assert [each[:3] for each in standing()] == [each[:3] for each in before]
    assert readings.count_by_status(desk.ledger) == counts
    assert readings.count_by_status(desk.ledger, period="2026-07") == counts
    assert back() == {(1, "2026-07", True), (2, "2026-07", True)}
    assert all(row.reading.answers == {} for row in readings.sheet_rows(desk.ledger))
    with desk.ledger.read() as connection:
        holder = holder_of(connection, desk.serials[1])
    assert holder is not None
    assert (holder.answers, holder.layout_id, holder.measurements) == ({}, "", None)
    again = desk.sheet(desk.read(seen(desk.serials[1])))
    assert again.reading.status is SheetStatus.DUPLICATE
