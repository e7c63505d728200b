"""Batches, files and sheets as people look them up, counted as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from decision_desk import Desk
from make_ledger import add_file, add_page, answers, fresh_ledger, seen

from omr.ledger import Ledger, deciders, overview, papers, sheet_lists
from omr.ledger.readings import count_by_status
from omr.ledger.reviewed import Standings, Wait
from omr.ledger.sheet_lists import BY_PERSON, Aside, SheetFilter
from omr.ledger.sheets import SheetReading
from omr.ledger.standing import IDENTITY, PAPER, Keeps, Verdict
from omr.marks import Reason, SheetStatus


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


def test_a_batch_is_counted_as_its_sheets_stand_now(desk: Desk) -> None:
    first, second = desk.doubtful(0), desk.doubtful(1)
    desk.read(seen(desk.serials[2]))
    nameless = desk.nameless()
    standings = Standings(desk.ledger)

    [before] = overview.batches(desk.ledger, standings.now())
    desk.say(first, "q2", Verdict.ANSWERED, "r1")
    desk.say(first, "q3", Verdict.ANSWERED, "r1")
    desk.say(nameless, IDENTITY, Verdict.NOT_A_FORM)
    [after] = overview.batches(desk.ledger, standings.now())

    assert before.sheets[SheetStatus.REVIEW] == 3
    assert before.waits == 5
    assert before.decided_by == {}
    assert {s.value: n for s, n in after.sheets.items() if n} == {
        "counted": 2,
        "review": 1,
        "blank": 1,
    }
    assert after.total == 4
    assert after.sheets == count_by_status(desk.ledger)
    assert after.waits == 2
    assert after.decided_by == {"an": 3}
    assert (after.files, after.pages, after.pages_read) == (1, 10, 4)
    waiting = [one for one in standings.now().values() if one.waits]
    assert [one.record_id for one in waiting] == [second]
    assert waiting[0].waits == (Wait("q2", Reason.OVERVOTE), Wait("q3", Reason.MARGINAL_MARK))


def test_what_is_looked_at_between_two_decisions_does_not_change(desk: Desk) -> None:
    record = desk.doubtful(0)
    standings = Standings(desk.ledger)
    held = standings.now()
    desk.say(record, "q2", Verdict.INVALID)

    assert len(next(iter(held.values())).waits) == 2
    assert len(next(iter(standings.now().values())).waits) == 1
    desk.undo(record, "q2")
    assert len(next(iter(standings.now().values())).waits) == 2


def test_batches_come_newest_first_and_in_portions(ledger: Ledger) -> None:
    ids = [add_file(ledger, f"{n}.pdf", pages=3)[1] for n in range(5)]
    standing = Standings(ledger).now()

    def shown(first: int, count: int) -> list[int]:
        return [b.batch_id for b in overview.batches(ledger, standing, first=first, count=count)]

    assert shown(0, 2) == [ids[4], ids[3]]
    assert shown(4, 2) == [ids[0]]
    assert overview.count_batches(ledger) == 5
    assert overview.find_batch(ledger, standing, 999) is None
    found = overview.find_batch(ledger, standing, ids[1])
    assert found is not None
    assert (found.pages, found.pages_read) == (3, 0)


def test_files_of_a_batch_have_their_own_counts(desk: Desk) -> None:
    desk.doubtful(0)
    other, batch_id = add_file(desk.ledger, "other.pdf", pages=2)
    blank = SheetReading(0, 0, SheetStatus.BLANK, (Reason.EMPTY_PAGE,))
    add_page(desk.ledger, source_id=other, batch_id=batch_id, sheets=[blank])
    standing = Standings(desk.ledger).now()

    [first] = overview.batch_files(desk.ledger, standing, desk.batch_id)
    [second] = overview.batch_files(desk.ledger, standing, batch_id)

    assert (first.waits, first.sheets[SheetStatus.REVIEW], first.pages_read) == (2, 1, 1)
    assert (second.name, second.sheets[SheetStatus.BLANK], second.waits) == ("other.pdf", 1, 0)


def test_sheets_are_filtered_as_they_stand_and_paged(desk: Desk) -> None:
    settled, waiting = desk.doubtful(0), desk.doubtful(1)
    for question in ("q2", "q3"):
        desk.say(settled, question, Verdict.BLANK)
    plain = desk.read(seen(desk.serials[2]))
    standing = Standings(desk.ledger).now()

    def found(wanted: SheetFilter, first: int = 0, count: int = 100) -> list[str]:
        page = sheet_lists.sheets(desk.ledger, standing, wanted, first=first, count=count)
        return [row.record_id for row in page.rows]

    batch_id = desk.batch_id
    assert found(SheetFilter(batch_id)) == [settled, waiting, plain]
    assert found(SheetFilter(batch_id, status=SheetStatus.COUNTED)) == [settled, plain]
    assert found(SheetFilter(batch_id, status=SheetStatus.REVIEW)) == [waiting]
    assert found(SheetFilter(batch_id, reason="overvote")) == [settled, waiting]
    assert found(SheetFilter(batch_id, reason="marginal-mark")) == [settled, waiting]
    assert found(SheetFilter(batch_id, reason="marginal-mark", main=True)) == []
    assert found(SheetFilter(source_id=desk.source_id), first=1, count=1) == [waiting]
    assert found(SheetFilter(batch_id + 1)) == []
    assert found(SheetFilter(batch_id), first=50) == []
    page = sheet_lists.sheets(desk.ledger, standing, SheetFilter(batch_id), count=1)
    assert page.total == 3


def test_what_was_set_aside_says_why_and_whether_a_person_did_it(desk: Desk) -> None:
    for _ in range(2):
        desk.read(SheetReading(0, 0, SheetStatus.REFUSED, (Reason.STREAK,)))
    desk.read(SheetReading(0, 0, SheetStatus.BLANK, (Reason.EMPTY_PAGE,)))
    nameless = desk.nameless()
    desk.say(nameless, IDENTITY, Verdict.SCAN_AGAIN)
    standing = Standings(desk.ledger).now()

    assert sheet_lists.set_aside(desk.ledger, standing) == [
        Aside(SheetStatus.REFUSED, "streak", 2),
        Aside(SheetStatus.REFUSED, BY_PERSON, 1),
        Aside(SheetStatus.BLANK, "empty-page", 1),
    ]
    wanted = SheetFilter(status=SheetStatus.REFUSED, reason=BY_PERSON, main=True)
    [row] = sheet_lists.sheets(desk.ledger, standing, wanted).rows
    assert row.record_id == nameless
    assert sheet_lists.reasons_in(desk.ledger, standing, desk.batch_id) == {
        "streak": 2,
        "empty-page": 1,
        "no-code": 1,
        BY_PERSON: 1,
    }


def test_of_two_papers_the_one_that_lost_is_set_aside_and_the_other_counts(desk: Desk) -> None:
    first = desk.read(seen(desk.serials[0], said=answers(q1="r5")))
    second = desk.read(seen(desk.serials[0], said=answers(q1="r2")))
    standings = Standings(desk.ledger)
    [one] = [one for one in standings.now().values() if one.waits]
    assert (one.record_id, one.waits) == (second, (Wait(PAPER, Reason.OTHER_ANSWERS),))
    assert sheet_lists.set_aside(desk.ledger, standings.now()) == [
        Aside(SheetStatus.DUPLICATE, "other-answers", 1)
    ]

    papers.choose(desk.ledger, second, Keeps.SECOND, why="tờ gốc", by="lan", milliseconds=4000)

    standing = standings.now()
    assert sheet_lists.set_aside(desk.ledger, standing) == [
        Aside(SheetStatus.DUPLICATE, BY_PERSON, 1)
    ]
    [counted] = sheet_lists.sheets(
        desk.ledger, standing, SheetFilter(desk.batch_id, status=SheetStatus.COUNTED)
    ).rows
    assert counted.record_id == second
    [aside] = sheet_lists.sheets(
        desk.ledger, standing, SheetFilter(status=SheetStatus.DUPLICATE)
    ).rows
    assert aside.record_id == first
    assert deciders.decided_by(desk.ledger) == {"lan": 1}
    assert deciders.pace(desk.ledger)["paper"].median_ms == 4000


def test_the_pace_is_the_median_of_what_was_timed_and_not_undone(desk: Desk) -> None:
    from omr.ledger import decisions

    record, other = desk.doubtful(0), desk.doubtful(1)
    for milliseconds, (sheet, question) in zip(
        (1000, 2000, 9000, 0),
        ((record, "q2"), (record, "q3"), (other, "q2"), (other, "q3")),
        strict=True,
    ):
        decisions.append(
            desk.ledger, sheet, question, Verdict.BLANK, by="an", milliseconds=milliseconds
        )
    desk.undo(record, "q2")

    found = deciders.pace(desk.ledger)

    assert (found["answer"].decisions, found["answer"].median_ms) == (4, 2000)
    assert found["all"] == found["answer"]
    assert found["identity"].median_ms is None
    assert deciders.decided_by(desk.ledger, desk.batch_id) == {"an": 4}
    assert deciders.decided_by(desk.ledger, desk.batch_id + 1) == {}
