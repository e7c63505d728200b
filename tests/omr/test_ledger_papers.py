from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from decision_desk import DOUBTS, Desk, machine_rows, refused
from make_ledger import add_file, answers, fresh_ledger, seen, void
from make_pictures import WHOLE_REGION, kept_part

from omr.ledger import decisions, papers, readings
from omr.ledger.months import close_month
from omr.ledger.pages import Page, Scanned, add_pages
from omr.ledger.papers import Keeps
from omr.ledger.refusals import Refusal
from omr.ledger.sheets import WHOLE_PART, KeptPart, SheetReading
from omr.ledger.standing import PAPER, WHOLE, Verdict
from omr.ledger.unlinking import unlink_month
from omr.marks import Answers, Reason, SheetStatus
from reports.paper import paper_month

FIRST, SECOND = answers(q1="r5", q2="r1"), answers(q1="r1", q2="r1")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def two_papers(desk: Desk, second: Answers = SECOND) -> tuple[str, str]:
    first = desk.read(seen(desk.serials[0], said=FIRST))
    return first, desk.read(seen(desk.serials[0], said=second))


def status(desk: Desk, record: str) -> SheetStatus:
    return desk.sheet(record).reading.status


def choose(
    desk: Desk, record: str, keeps: Keeps, why: str = "đã hỏi đơn vị", by: str = "an"
) -> int:
    return papers.choose(desk.ledger, record, keeps, why=why, by=by, milliseconds=700)


def test_a_second_paper_waits_for_a_person_and_counts_nothing_meanwhile(desk: Desk) -> None:
    first, second = two_papers(desk)

    assert status(desk, second) is SheetStatus.DUPLICATE
    assert desk.sheet(second).open == (PAPER,)
    assert [row.record_id for row in decisions.open_sheets(desk.ledger)] == [second]
    month = paper_month(readings.sheet_rows(desk.ledger))
    assert [response.record_id for response in month.responses] == [first]
    assert month.doubts == 1


@pytest.mark.parametrize(
    ("keeps", "one", "two", "counted"),
    [
        (Keeps.FIRST, SheetStatus.COUNTED, SheetStatus.DUPLICATE, 1),
        (Keeps.SECOND, SheetStatus.DUPLICATE, SheetStatus.COUNTED, 1),
        (Keeps.BOTH, SheetStatus.COUNTED, SheetStatus.COUNTED, 2),
        (Keeps.NEITHER, SheetStatus.REFUSED, SheetStatus.REFUSED, 0),
    ],
)
def test_a_person_chooses_which_of_two_papers_count_and_may_take_it_back(
    desk: Desk, keeps: Keeps, one: SheetStatus, two: SheetStatus, counted: int
) -> None:
    first, second = two_papers(desk)
    before = machine_rows(desk.ledger)

    choose(desk, second, keeps)

    assert (status(desk, first), status(desk, second)) == (one, two)
    month = paper_month(readings.sheet_rows(desk.ledger))
    assert (len(month.responses), month.doubts) == (counted, 0)
    counts = readings.count_by_status(desk.ledger)
    assert counts[SheetStatus.COUNTED] == counted
    assert sum(counts.values()) == 2
    pair = papers.find_pair(desk.ledger, second)
    assert pair is not None
    assert pair.said is not None
    assert (pair.said.keeps, pair.said.why, pair.said.decided_by) == (keeps, "đã hỏi đơn vị", "an")
    assert pair.first.record_id == first

    papers.undo(desk.ledger, second, by="an")

    assert status(desk, first) is SheetStatus.COUNTED
    assert desk.sheet(second).open == (PAPER,)
    assert machine_rows(desk.ledger) == before


def test_a_chosen_second_papers_doubtful_answers_are_asked_about(desk: Desk) -> None:
    first, second = two_papers(desk, DOUBTS)
    assert desk.sheet(second).open == (PAPER,)
    with refused(Refusal.NOT_ASKED):
        desk.say(second, "q2", Verdict.BLANK)

    choose(desk, second, Keeps.SECOND)

    row = desk.sheet(second)
    assert (row.reading.status, row.open) == (SheetStatus.REVIEW, ("q2", "q3"))
    assert row.asked[0] == PAPER
    desk.say(second, "q2", Verdict.BLANK)
    desk.say(second, "q3", Verdict.ANSWERED, "r4")
    assert status(desk, second) is SheetStatus.COUNTED
    assert status(desk, first) is SheetStatus.DUPLICATE


def test_keeping_anything_but_the_first_paper_needs_a_reason(desk: Desk) -> None:
    _first, second = two_papers(desk)

    for keeps in (Keeps.SECOND, Keeps.BOTH, Keeps.NEITHER):
        with refused(Refusal.NO_REASON_GIVEN):
            choose(desk, second, keeps, why="  ")
    choose(desk, second, Keeps.FIRST, why="")
    assert desk.sheet(second).open == ()


def test_two_people_cannot_decide_about_the_same_two_papers_unknowingly(desk: Desk) -> None:
    _first, second = two_papers(desk)
    done = papers.choose(desk.ledger, second, Keeps.BOTH, why="in trùng", by="an", seen=0)

    with refused(Refusal.DECIDED_MEANWHILE):
        papers.choose(desk.ledger, second, Keeps.FIRST, why="", by="bình", seen=0)
    again = papers.choose(desk.ledger, second, Keeps.BOTH, why="in trùng", by="an", seen=0)
    assert again == done  # a request that was repeated
    newest = papers.newest_of(desk.ledger, "an")
    assert newest is not None
    assert (newest[0], newest[1].choice_id) == (second, done)
    assert papers.newest_of(desk.ledger, "bình") is None


def test_only_a_second_paper_can_be_chosen(desk: Desk) -> None:
    first, _second = two_papers(desk)

    for record in (first, desk.doubtful(1), "no-such-sheet"):
        with pytest.raises(decisions.DecisionRefused):
            choose(desk, record, Keeps.FIRST)
    assert papers.find_pair(desk.ledger, first) is None


def test_another_scan_of_a_second_paper_is_asked_about_only_once(desk: Desk) -> None:
    inks = {b"first": 1, b"second": 2, b"second again": 2}

    def read(page: int, ink: bytes, said: Answers) -> SheetReading:
        sheet = replace(seen(desk.serials[0], said=said), page=page, measurements=ink)
        [[kept]] = add_pages(
            desk.ledger,
            [Page(desk.source_id, desk.batch_id, [sheet])],
            same_paper=lambda _layout, held, new: inks[held] == inks[new],
        )
        return kept

    read(1, b"first", FIRST)
    assert read(2, b"second", SECOND).reasons == (Reason.OTHER_ANSWERS,)
    assert read(3, b"second again", SECOND).reasons == (Reason.SAME_ANSWERS,)


def test_the_first_papers_picture_is_kept_when_a_second_one_comes(desk: Desk) -> None:
    first = desk.read(seen(desk.serials[0], said=FIRST))
    asked: list[Scanned] = []

    def from_the_file(scanned: Scanned) -> KeptPart:
        asked.append(scanned)
        return kept_part(WHOLE_PART, WHOLE_REGION)

    for page in (7, 8):
        sheet = replace(seen(desk.serials[0], said=SECOND), page=page)
        add_pages(
            desk.ledger,
            [Page(desk.source_id, desk.batch_id, [sheet])],
            keep_picture=lambda jpeg: f"kept {len(jpeg)}",
            first_picture=from_the_file,
        )

    assert [(each.name, each.page, each.sheet) for each in asked] == [("batch.pdf", 0, 0)]
    part = desk.sheet(first).parts[WHOLE_PART]
    assert (part.region, part.sha256) == (WHOLE_REGION, "kept 4")
    assert decisions.picture_is_kept(desk.ledger, "kept 4")
    assert not decisions.picture_is_kept(desk.ledger, "kept 5")


def counted(desk: Desk, *records: str) -> list[bool]:
    return [status(desk, record) is SheetStatus.COUNTED for record in records]


def three_papers(desk: Desk) -> tuple[str, str, str]:
    first, second = two_papers(desk)
    return first, second, desk.read(seen(desk.serials[0], said=answers(q1="r2", q2="r2")))


def test_a_third_paper_is_set_against_the_one_that_counts_so_one_serial_counts_once(
    desk: Desk,
) -> None:
    first, second, third = three_papers(desk)

    choose(desk, second, Keeps.SECOND)
    pair = papers.find_pair(desk.ledger, third)
    assert pair is not None
    assert pair.first.record_id == second
    choose(desk, third, Keeps.SECOND)

    assert counted(desk, first, second, third) == [False, False, True]
    with refused(Refusal.PAPERS_DEPEND):
        papers.undo(desk.ledger, second, by="an")
    with refused(Refusal.PAPERS_DEPEND):
        choose(desk, second, Keeps.BOTH)
    papers.undo(desk.ledger, third, by="an")
    assert counted(desk, first, second, third) == [False, True, False]
    papers.undo(desk.ledger, second, by="an")
    assert counted(desk, first, second, third) == [True, False, False]


def test_a_first_paper_counts_again_if_a_person_keeps_it_against_a_third_one(desk: Desk) -> None:
    first, second, third = three_papers(desk)

    choose(desk, second, Keeps.NEITHER)
    choose(desk, third, Keeps.FIRST)

    assert counted(desk, first, second, third) == [True, False, False]


def test_a_choice_made_over_another_first_paper_than_counts_now_is_not_kept(desk: Desk) -> None:
    first, second, third = three_papers(desk)
    choose(desk, second, Keeps.SECOND, by="bình")

    with pytest.raises(decisions.DecisionRefused, match="decided-meanwhile: bình"):
        papers.choose(
            desk.ledger, third, Keeps.SECOND, why="bản gốc", by="an", seen=0, against=first
        )

    assert counted(desk, first, second, third) == [False, True, False]


def test_taking_a_choice_back_does_not_take_back_what_somebody_else_chose_since(
    desk: Desk,
) -> None:
    _first, second = two_papers(desk)
    old = choose(desk, second, Keeps.BOTH)
    choose(desk, second, Keeps.NEITHER, by="bình")

    with pytest.raises(decisions.DecisionRefused, match="decided-meanwhile: bình"):
        papers.undo(desk.ledger, second, by="an", seen=old)


def test_no_paper_counts_whose_form_became_void_while_the_first_one_did_not_count(
    desk: Desk,
) -> None:
    first = desk.read(
        seen(
            desk.serials[0],
            status=SheetStatus.REVIEW,
            reasons=(Reason.FIDUCIAL_MISSING,),
            said=FIRST,
        )
    )
    second = desk.read(seen(desk.serials[0], said=SECOND))
    desk.say(first, WHOLE, Verdict.INVALID)
    void(desk.ledger, desk.run)

    for keeps in (Keeps.SECOND, Keeps.BOTH):
        with refused(Refusal.VOIDED):
            choose(desk, second, keeps)


def test_a_paper_of_a_month_that_cannot_change_goes_on_as_it_ended(desk: Desk) -> None:
    first = desk.read(seen(desk.serials[0], said=FIRST))
    close_month(desk.ledger, "2026-07", b"counted", by="an")
    desk.source_id, desk.batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    second = desk.read(seen(desk.serials[0], said=SECOND))
    unlink_month(desk.ledger, "2026-07", b"anonymous", by="an")

    for keeps in (Keeps.SECOND, Keeps.NEITHER):
        with refused(Refusal.MONTH_UNLINKED):
            choose(desk, second, keeps)
    choose(desk, second, Keeps.FIRST)
    assert counted(desk, first, second) == [True, False]


def test_what_a_month_without_links_ended_with_is_not_taken_back_beside_it(desk: Desk) -> None:
    first = desk.read(seen(desk.serials[0], said=FIRST))
    desk.source_id, desk.batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    second = desk.read(seen(desk.serials[0], said=SECOND))
    choose(desk, second, Keeps.SECOND)
    close_month(desk.ledger, "2026-07", b"counted", by="an")
    unlink_month(desk.ledger, "2026-07", b"anonymous", by="an")

    with refused(Refusal.MONTH_UNLINKED):
        papers.undo(desk.ledger, second, by="an")
    assert counted(desk, first, second) == [False, True]
