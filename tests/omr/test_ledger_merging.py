"""What units send, merged: nothing twice, nothing lost, nothing that cannot be true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from make_ledger import TODAY, seen, take
from make_units import (
    KEYS,
    PERIOD,
    PrintingOffice,
    Unit,
    counts,
    doubted,
    full,
    stands,
)

from omr.errors import UsageError
from omr.geometry import PageRect
from omr.ledger import comments, decisions, papers
from omr.ledger.alert_notes import alert_notes, note_alert
from omr.ledger.handout import books_of, take_books
from omr.ledger.merging import NotItsKey
from omr.ledger.packed import Packed, PackedNote
from omr.ledger.packed_checks import PackRefused
from omr.ledger.readings import sheet_rows
from omr.ledger.senders import register_sender, withdraw_sender
from omr.ledger.sheets import COMMENT_PART, Part
from omr.ledger.standing import Keeps, Verdict
from omr.ledger.stock import read_stock
from omr.ledger.stock_entries import add_entry
from omr.marks import AnswerState, Reason, SheetStatus
from omr.serial_ranges import SerialRange
from omr.stock import Act
from omr.stock_statement import stock_statement


@pytest.fixture
def office(tmp_path: Path) -> PrintingOffice:
    return PrintingOffice(tmp_path / "pv01")


@pytest.fixture
def unit(office: PrintingOffice, tmp_path: Path) -> Unit:
    return Unit(office, tmp_path / "unit")


def one(unit: Unit) -> Packed:
    """A pack of one counted sheet."""
    unit.read([unit.sheet(0)])
    return unit.pack()


def test_what_a_unit_read_and_decided_stands_alike_where_it_is_merged(
    office: PrintingOffice, unit: Unit
) -> None:
    unit.read([unit.sheet(0), unit.sheet(1, doubted("q2", "r1")), unit.sheet(2)])
    unit.decide(1, "q2", "r1")

    merged = office.merge(unit.pack())

    assert stands(office.ledger) == stands(unit.ledger)
    assert (merged.new.total(), merged.words.new) == (3, 1)
    [said] = decisions.find_decisions(office.ledger, unit.record(1))
    assert said.decided_by == "HP-PC08/bình"


def test_the_account_of_forms_is_the_unit_s(office: PrintingOffice, unit: Unit) -> None:
    unit.read([unit.sheet(0), unit.sheet(3, full())])
    office.merge(unit.pack())

    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    rows = [
        [
            row
            for row in stock_statement(read_stock(ledger, start_day=15, zone=zone), PERIOD).rows
            if row.unit == "HP-PC08"
        ]
        for ledger in (office.ledger, unit.ledger)
    ]

    assert rows[0] == rows[1]
    assert rows[0][0].returned_answered == 1


def test_the_same_twice_and_an_older_one_afterwards_change_nothing(
    office: PrintingOffice, unit: Unit
) -> None:
    unit.read([unit.sheet(0), unit.sheet(1, doubted("q2", "r1"))])
    older = unit.pack()
    unit.decide(1, "q2", "r1")
    unit.read([unit.sheet(2)], name="b.pdf")
    newer = unit.pack()

    office.merge(newer)
    before = stands(office.ledger)
    again = office.merge(newer), office.merge(older, number=2)

    assert stands(office.ledger) == before == stands(unit.ledger)
    assert not any(each.is_any for each in again)


def test_a_fuller_one_adds_sheets_and_decisions(office: PrintingOffice, unit: Unit) -> None:
    unit.read([unit.sheet(0), unit.sheet(1, doubted("q2", "r1"))])
    office.merge(unit.pack())
    assert counts(office.ledger)[SheetStatus.REVIEW] == 1
    unit.decide(1, "q2", "r1")
    unit.read([unit.sheet(2)], name="b.pdf")

    merged = office.merge(unit.pack(), number=2)

    assert (merged.new.total(), merged.known, merged.words.new) == (1, 2, 1)
    assert stands(office.ledger) == stands(unit.ledger)


def test_a_serial_from_two_places_is_held_once_and_shown_to_a_person(
    office: PrintingOffice, unit: Unit, tmp_path: Path
) -> None:
    elsewhere = Unit(office, tmp_path / "second")
    unit.read([replace(unit.sheet(0), picture=None)])
    elsewhere.read([elsewhere.sheet(0, full(q1="r1"), ink=b"other")], name="x.pdf")

    office.merge(unit.pack())
    merged = office.merge(elsewhere.pack(), number=2)

    assert merged.new == {SheetStatus.DUPLICATE: 1}
    assert merged.reasons == {Reason.OTHER_ANSWERS: 1}
    pair = papers.find_pair(office.ledger, elsewhere.record(0))
    assert pair is not None
    assert pair.first.record_id == unit.record(0)


def test_the_same_paper_read_at_two_places_counts_once_without_a_question(
    office: PrintingOffice, unit: Unit, tmp_path: Path
) -> None:
    elsewhere = Unit(office, tmp_path / "second")
    unit.read([unit.sheet(0)])
    elsewhere.read([elsewhere.sheet(0)], name="x.pdf")

    for number, each in enumerate((unit, elsewhere)):
        office.merge(each.pack(), number=number)

    assert counts(office.ledger)[SheetStatus.COUNTED] == 1
    assert not any(row.open for row in sheet_rows(office.ledger))


def test_a_choice_between_two_papers_goes_along(office: PrintingOffice, unit: Unit) -> None:
    unit.read([unit.sheet(0), unit.sheet(0, full(q1="r1"), ink=b"other")])
    [_first, second] = [row.record_id for row in sheet_rows(unit.ledger)]
    papers.choose(unit.ledger, second, Keeps.SECOND, why="tờ đầu tẩy xoá", by="bình")

    office.merge(unit.pack())

    assert stands(office.ledger) == stands(unit.ledger)
    assert counts(office.ledger)[SheetStatus.COUNTED] == 1


def test_a_choice_never_makes_a_second_paper_count_beside_that_of_another_place(
    office: PrintingOffice, unit: Unit, tmp_path: Path
) -> None:
    elsewhere = Unit(office, tmp_path / "second")
    elsewhere.read([elsewhere.sheet(0, full(q1="r3"), ink=b"third")], name="x.pdf")
    office.merge(elsewhere.pack())
    unit.read([unit.sheet(0), unit.sheet(0, full(q1="r1"), ink=b"other")])
    second = [row.record_id for row in sheet_rows(unit.ledger)][1]
    papers.choose(unit.ledger, second, Keeps.SECOND, why="tờ đầu tẩy xoá", by="bình")

    merged = office.merge(unit.pack(), number=2)

    assert merged.words.left == 1
    assert counts(office.ledger)[SheetStatus.COUNTED] == 1
    assert sum(bool(row.open) for row in sheet_rows(office.ledger)) == 2


def test_a_second_paper_of_another_month_brings_its_first_along(
    office: PrintingOffice, unit: Unit
) -> None:
    unit.read([unit.sheet(0)], period="2026-10")
    unit.read([unit.sheet(0, full(q1="r1"), ink=b"other")], name="b.pdf")

    office.merge(unit.pack(PERIOD))
    office.merge(unit.pack("2026-10"), number=2)

    for period in ("2026-10", PERIOD):
        assert stands(office.ledger, period) == stands(unit.ledger, period)


def test_two_offices_that_read_an_answer_differently_leave_it_to_a_third_look(
    office: PrintingOffice, unit: Unit
) -> None:
    unit.read([unit.sheet(1, doubted("q2", "r1"))])
    office.merge(unit.pack())
    record = unit.record(1)
    decisions.append(office.ledger, record, "q2", Verdict.BLANK, by="an")
    unit.decide(1, "q2", "r1")

    merged = office.merge(unit.pack(), number=2)

    assert merged.words.disputed == 1
    [row] = sheet_rows(office.ledger)
    assert row.open == ("q2",)
    assert Reason.DISAGREEMENT in row.reading.answers["q2"].reasons
    assert not office.merge(unit.pack(), number=3).is_any
    decisions.append(office.ledger, record, "q2", Verdict.BLANK, by="chi")
    assert not office.merge(unit.pack(), number=4).is_any  # the third look stands
    assert counts(office.ledger)[SheetStatus.COUNTED] == 1


def test_two_offices_that_agree_leave_nothing_open(office: PrintingOffice, unit: Unit) -> None:
    unit.read([unit.sheet(1, doubted("q2", "r1"))])
    office.merge(unit.pack())
    decisions.append(office.ledger, unit.record(1), "q2", Verdict.ANSWERED, ["r1"], by="an")
    unit.decide(1, "q2", "r1")

    assert not office.merge(unit.pack(), number=2).is_any
    assert counts(office.ledger)[SheetStatus.COUNTED] == 1


def test_what_was_corrected_here_is_not_undone_by_what_was_known(
    office: PrintingOffice, unit: Unit
) -> None:
    unit.read([unit.sheet(1, doubted("q2", "r1"))])
    unit.decide(1, "q2", "r1")
    office.merge(unit.pack())
    decisions.append(office.ledger, unit.record(1), "q2", Verdict.BLANK, by="an")

    assert not office.merge(unit.pack(), number=2).is_any
    [row] = sheet_rows(office.ledger)
    assert row.reading.answers["q2"].state is AnswerState.BLANK


def test_a_form_that_became_void_meanwhile_is_refused_and_said(
    office: PrintingOffice, unit: Unit
) -> None:
    void = [SerialRange("GTDB", 2026, 1, 1)]
    add_entry(office.ledger, Act.VOID, void, on_day=TODAY, why="rách", by="an")

    merged = office.merge(one(unit))

    assert merged.new == {SheetStatus.REFUSED: 1}
    assert merged.reasons == {Reason.VOIDED: 1}
    assert not office.merge(unit.pack(), number=2).is_any


def test_two_papers_of_a_form_that_became_void_wait_for_nobody(
    office: PrintingOffice, unit: Unit
) -> None:
    unit.read([unit.sheet(0), unit.sheet(0, full(q1="r1"), ink=b"other")])
    void = [SerialRange("GTDB", 2026, 1, 1)]
    add_entry(office.ledger, Act.VOID, void, on_day=TODAY, why="rách", by="an")

    merged = office.merge(unit.pack())

    assert merged.new == {SheetStatus.REFUSED: 2}
    assert not any(row.open for row in sheet_rows(office.ledger))
    assert not office.merge(unit.pack(), number=2).is_any


def test_a_sheet_that_says_something_else_than_before_is_refused_with_its_file(
    office: PrintingOffice, unit: Unit
) -> None:
    packed = one(unit)
    office.merge(packed)
    [sheet] = packed.sheets
    before = stands(office.ledger)
    altered = replace(packed, sheets=(replace(sheet, seen=unit.sheet(0, full(q1="r1"))),))

    with pytest.raises(PackRefused, match="changed"):
        office.merge(altered, number=2)

    assert stands(office.ledger) == before


def test_only_a_registered_key_of_that_unit_counts(office: PrintingOffice, unit: Unit) -> None:
    packed = one(unit)
    withdraw_sender(office.ledger, KEYS["HP-PC08"], why="lộ khoá", by="an")

    with pytest.raises(NotItsKey):
        office.merge(packed)
    with pytest.raises(UsageError, match="withdrawn"):
        register_sender(office.ledger, "HP-PC08", KEYS["HP-PC08"], by="an")
    with pytest.raises(UsageError, match="HP-PC06"):
        register_sender(office.ledger, "HP-PC08", KEYS["HP-PC06"], by="an")
    assert not list(sheet_rows(office.ledger))


def test_a_comment_s_words_go_along_and_those_said_here_stay(
    office: PrintingOffice, unit: Unit
) -> None:
    packed = one(unit)
    part = Part(COMMENT_PART, PageRect(1.0, 1.0, 10.0, 10.0), "ab" * 32)
    packed = replace(packed, sheets=(replace(packed.sheets[0], parts=(part,)),))
    office.merge(packed)
    comments.add_comment(office.ledger, unit.record(0), "ông A", [], personal=True, by="an")
    at = "2026-11-23T08:00:00+00:00"
    note = PackedNote(1, unit.record(0), "ông A", "", personal=False, by="b", at=at, milliseconds=1)

    merged = office.merge(replace(packed, notes=(note,)), number=2)

    assert merged.words.left == 1
    [comment] = comments.comments(office.ledger)
    assert comment.personal


def test_a_unit_s_books_are_its_own_forms_and_grow_with_each_kit(
    office: PrintingOffice, unit: Unit
) -> None:
    assert unit.forms == 6
    foreign = office.serials["HP-PC06"][0]
    [kept] = unit.read([seen(foreign, unit="HP-PC06")])
    assert kept.reasons == (Reason.NOT_ISSUED,)
    take(office.ledger, 4, unit="HP-PC08")

    assert take_books(unit.ledger, books_of(office.ledger, "HP-PC08")) == 4
    assert take_books(unit.ledger, books_of(office.ledger, "HP-PC08")) == 0
    office.merge(unit.pack())
    assert stands(office.ledger) == stands(unit.ledger)


def test_nothing_is_packed_of_a_month_that_was_never_read(unit: Unit) -> None:
    with pytest.raises(UsageError, match="nothing was read"):
        unit.pack("2025-01")


def test_a_file_that_was_read_twice_counts_once_and_what_people_said_holds(
    office: PrintingOffice, unit: Unit, tmp_path: Path
) -> None:
    made_anew = Unit(office, tmp_path / "same-scans")
    for each in (unit, made_anew):
        each.read([each.sheet(0), each.sheet(1, doubted("q2", "r1"))])
    office.merge(unit.pack())
    made_anew.decide(1, "q2", "r1")

    merged = office.merge(made_anew.pack(), number=2)

    assert (merged.elsewhere, merged.new.total(), merged.words.new) == (2, 0, 1)
    assert counts(office.ledger)[SheetStatus.COUNTED] == 2
    assert not office.merge(made_anew.pack(), number=3).is_any


def test_what_was_done_about_an_alert_goes_along(office: PrintingOffice, unit: Unit) -> None:
    unit.read([unit.sheet(0, full(q1="r1"))])
    note_alert(unit.ledger, unit.record(0), "q1", handled=True, note="xong", by="b")

    office.merge(unit.pack())
    again = office.merge(unit.pack(), number=2)

    [note] = alert_notes(office.ledger).values()
    assert (note.handled, note.by) == (True, "HP-PC08/b")
    assert not again.is_any
