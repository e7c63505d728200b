"""Sheets set against each other while pages are kept, and in what order they come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from decision_desk import Desk, remeasured
from make_ledger import LAYOUT, TODAY, add_file, add_page, answers, fresh_ledger, seen, take, void

from omr.geometry import PageRect
from omr.ledger import decisions, readings
from omr.ledger.desk import Scanned
from omr.ledger.issued import keep_layout
from omr.ledger.rows import answers_by_sheet, held_answers, holder_of, perhaps_held
from omr.ledger.sheets import WHOLE_PART, KeptPart, SheetReading
from omr.ledger.standing import IDENTITY, Verdict
from omr.ledger.stock_entries import add_entry
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from omr.serial_ranges import SerialRange
from omr.stock import Act

pytestmark = pytest.mark.embedded


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def _keep(desk: Desk, *sheets: SheetReading, **more: object) -> list[SheetReading]:
    return add_page(
        desk.ledger,
        source_id=desk.source_id,
        batch_id=desk.batch_id,
        sheets=sheets,
        **more,  # type: ignore[arg-type]
    )


def _same_ink(_layout: str, held: bytes, new: bytes) -> bool:
    return held == new


def test_sheets_of_a_page_come_back_by_their_place_on_it(desk: Desk) -> None:
    late = [seen(desk.serials[n], page=1, sheet=n) for n in (2, 0, 1)]
    _keep(desk, *late)
    _keep(desk, *(seen(desk.serials[n], page=0, sheet=n) for n in (4, 3)))

    places = [(row.reading.page, row.reading.sheet) for row in readings.sheet_rows(desk.ledger)]
    assert places == [(0, 3), (0, 4), (1, 0), (1, 1), (1, 2)]
    serials = [row.reading.serial for row in readings.sheet_rows(desk.ledger)]
    assert serials == [desk.serials[n] for n in (3, 4, 0, 1, 2)]


def test_a_further_scan_of_a_second_paper_is_known_by_its_own_serials_papers(desk: Desk) -> None:
    def paper(number: int, page: int, ink: bytes, **said: str) -> SheetReading:
        reading = seen(desk.serials[number], page=page, said=answers(**said))
        return replace(reading, measurements=ink)

    def keep(reading: SheetReading) -> tuple[SheetStatus, tuple[Reason, ...]]:
        [kept] = _keep(desk, reading, same_paper=_same_ink)
        return kept.status, kept.reasons

    counted = (SheetStatus.COUNTED, ())
    other = (SheetStatus.DUPLICATE, (Reason.OTHER_ANSWERS,))
    same = (SheetStatus.DUPLICATE, (Reason.SAME_ANSWERS,))
    assert keep(paper(0, 0, b"a", q1="r5")) == counted
    assert keep(paper(1, 1, b"b", q1="r5")) == counted
    assert keep(paper(0, 2, b"c", q1="r1")) == other
    assert keep(paper(1, 3, b"c", q1="r1")) == other  # though another serial's looks so
    assert keep(paper(1, 4, b"c", q1="r1")) == same
    assert keep(paper(0, 5, b"d", q1="r1")) == other  # a third paper
    assert keep(paper(0, 6, b"d", q1="r1")) == same
    assert keep(paper(0, 7, b"a", q1="r5")) == same  # the first again
    assert keep(paper(0, 8, b"a", q1="r2")) == other
    unmeasured = replace(paper(0, 9, b"", q1="r1"), measurements=None)
    assert keep(unmeasured) == other


def test_a_rescan_of_the_first_paper_is_not_taken_for_a_second_one(desk: Desk) -> None:
    first = seen(desk.serials[0], page=0)
    _keep(desk, first, same_paper=_same_ink)
    _keep(desk, replace(first, page=1), same_paper=_same_ink)  # a rescan
    changed = replace(first, page=2, answers=answers(q1="r1", q2="r1"))
    [kept] = _keep(desk, changed, same_paper=lambda *_: True)
    # A rescan was settled without a person, so what differs from it is asked about.
    assert kept.reasons == (Reason.OTHER_ANSWERS,)


def test_the_first_papers_picture_is_made_once_from_where_it_lay(desk: Desk) -> None:
    asked: list[Scanned] = []
    kept: list[bytes] = []

    def first_picture(scanned: Scanned) -> KeptPart | None:
        asked.append(scanned)
        if len(asked) == 1:
            return None  # its file is not at hand
        return KeptPart(WHOLE_PART, PageRect(1.0, 2.0, 3.0, 4.0), b"first")

    def keep_picture(jpeg: bytes) -> str:
        kept.append(jpeg)
        return f"{jpeg.decode():0>64}"

    where = seen(desk.serials[0], page=3, sheet=1)
    _keep(desk, where)
    for page in (4, 5, 6):
        second = replace(
            where, page=page, measurements=b"%d" % page, answers=answers(q1="r1", q2="r2")
        )
        _keep(
            desk,
            second,
            keep_picture=keep_picture,
            same_paper=_same_ink,
            first_picture=first_picture,
            picture_of=lambda reading: b"page%d" % reading.page,
        )

    digest = asked[0].sha256
    assert readings.find_sources(desk.ledger, [digest])[digest].source_id == desk.source_id
    assert asked == 2 * [Scanned(digest, "batch.pdf", 3, 1, LAYOUT.layout_id, where.registration)]
    assert kept == [b"page4", b"page5", b"first", b"page6"]
    rows = list(readings.sheet_rows(desk.ledger))
    assert [row.picture for row in rows] == [None, *(f"{f'page{n}':0>64}" for n in (4, 5, 6))]
    with_parts = decisions.find_sheet(desk.ledger, rows[0].record_id)
    assert with_parts is not None
    part = with_parts.parts[WHOLE_PART]
    assert (part.part, part.region) == (WHOLE_PART, PageRect(1.0, 2.0, 3.0, 4.0))
    assert part.sha256 == f"{'first':0>64}"


def test_a_sheet_without_places_is_shown_without_them(desk: Desk) -> None:
    asked: list[Scanned] = []
    _keep(desk, replace(seen(desk.serials[0]), registration=None))
    _keep(
        desk,
        seen(desk.serials[0], page=1, said=answers(q1="r1")),
        keep_picture=lambda jpeg: jpeg.hex(),
        picture_of=lambda _seen: b"page",
        first_picture=asked.append,
    )
    assert [each.registration for each in asked] == [None]


def test_a_named_sheets_own_picture_is_enough(desk: Desk) -> None:
    record = desk.nameless()
    desk.name(record, 0, dict(answers(q1="r5")))
    asked: list[Scanned] = []
    [kept] = _keep(
        desk,
        seen(desk.serials[0], page=7, said=answers(q1="r1")),
        keep_picture=lambda jpeg: jpeg.hex(),
        picture_of=lambda _seen: b"page",
        first_picture=asked.append,
    )
    assert kept.reasons == (Reason.OTHER_ANSWERS,)
    assert asked == []


def test_pictures_are_stored_for_sheets_that_wait_and_for_those_that_have_one(desk: Desk) -> None:
    crop = KeptPart("q1", PageRect(5.0, 6.0, 7.0, 8.0), b"crop")
    asked = []

    def picture_of(reading: SheetReading) -> bytes | None:
        asked.append(reading.sheet)
        return None if reading.sheet == 2 else b"made"

    waits = seen(None, status=SheetStatus.REVIEW, reasons=(Reason.NO_CODE,))
    _keep(
        desk,
        replace(seen(desk.serials[0], sheet=0), picture=b"own", parts=(crop,)),
        replace(waits, sheet=1),
        replace(waits, sheet=2),
        replace(waits, sheet=3, picture=b"own"),
        seen(desk.serials[1], sheet=4),
        keep_picture=lambda jpeg: jpeg.decode(),
        picture_of=picture_of,
    )
    rows = list(readings.sheet_rows(desk.ledger))
    assert [row.picture for row in rows] == ["own", "made", None, "own", None]
    assert asked == [1, 2]
    found = decisions.find_sheet(desk.ledger, rows[0].record_id)
    assert found is not None
    assert {name: part.sha256 for name, part in found.parts.items()} == {"q1": "crop"}
    # Without a store nothing is kept.
    _keep(desk, replace(seen(desk.serials[2], page=1), picture=b"own", parts=(crop,)))
    [*_, last] = readings.sheet_rows(desk.ledger)
    assert last.picture is None


def test_who_holds_a_serial_is_told_with_answers_layout_and_ink(desk: Desk) -> None:
    desk.read(seen(desk.serials[0], said=answers(q1="r5", q2="")))
    typed = desk.nameless()
    decisions.identify(
        desk.ledger, typed, remeasured(desk.serials[1], dict(answers(q1="r1"))), by="an"
    )
    gone = desk.nameless()
    desk.name(gone, 2)
    desk.undo(gone, IDENTITY)
    desk.read(seen(desk.serials[3], status=SheetStatus.REFUSED, reasons=(Reason.STREAK,)))

    with desk.ledger.read() as connection:
        borne, named, *none = (holder_of(connection, serial) for serial in desk.serials)
        assert perhaps_held(connection, []) == set()
        assert perhaps_held(connection, desk.serials) == set(desk.serials[:3])
        assert perhaps_held(connection, desk.serials[1:2]) == {desk.serials[1]}
        assert held_answers(connection, desk.serials[0]) == answers(q1="r5", q2="")
        assert held_answers(connection, desk.serials[4]) is None
        assert borne is not None
        assert answers_by_sheet(connection, [borne.sheet_id, 999]) == {
            borne.sheet_id: answers(q1="r5", q2=""),
            999: {},
        }
        assert answers_by_sheet(connection, []) == {}
    assert none == [None] * 4
    assert (borne.answers, borne.layout_id) == (answers(q1="r5", q2=""), LAYOUT.layout_id)
    assert borne.measurements == b"measured"
    assert named is not None
    assert (named.answers, named.layout_id) == (answers(q1="r1"), LAYOUT.layout_id)
    assert named.measurements == b"again"
    assert named.sheet_id != borne.sheet_id


def test_a_sheet_against_the_books_waits_and_says_why_once(desk: Desk) -> None:
    add_entry(
        desk.ledger, Act.LOST, [SerialRange("GTDB", 2026, 1, 2)], on_day=TODAY, why="", by="an"
    )
    given = (Reason.FIDUCIAL_MISSING, Reason.REPORTED_LOST)
    kept = _keep(
        desk,
        seen(desk.serials[0], sheet=0),
        seen(desk.serials[1], sheet=1, status=SheetStatus.REVIEW, reasons=given),
        seen(desk.serials[2], sheet=2),
    )
    assert [(each.status, each.reasons) for each in kept] == [
        (SheetStatus.REVIEW, (Reason.REPORTED_LOST,)),
        (SheetStatus.REVIEW, given),
        (SheetStatus.COUNTED, ()),
    ]


def test_a_sheet_that_the_books_refuse_keeps_no_answers(desk: Desk) -> None:
    spoilt = take(desk.ledger, 1)
    void(desk.ledger, spoilt)
    other = replace(LAYOUT, questions=LAYOUT.questions[:3])
    keep_layout(desk.ledger, other)
    kept = _keep(
        desk,
        seen(str(next(spoilt.serials())), sheet=0),
        seen("GTDB-26-000999-A", sheet=1),
        seen(desk.serials[0], sheet=2, unit="HP-PC06"),
        seen(desk.serials[1], sheet=3, domain="L05"),
        replace(seen(desk.serials[2], sheet=4), layout_id=other.layout_id),
        replace(seen(desk.serials[3], sheet=5), layout_id=None),
    )
    assert [each.reasons for each in kept] == [
        (Reason.VOIDED,),
        (Reason.NOT_ISSUED,),
        (Reason.IDENTITY_CONFLICT,),
        (Reason.IDENTITY_CONFLICT,),
        (Reason.LAYOUT,),
        (),
    ]
    assert [each.status for each in kept] == [SheetStatus.REFUSED] * 5 + [SheetStatus.COUNTED]
    assert [bool(each.answers) for each in kept] == [False] * 5 + [True]
    said = [row.reading.answers for row in readings.sheet_rows(desk.ledger)]
    assert said[:5] == [{}] * 5


def test_answers_come_back_with_every_option_and_reason(desk: Desk) -> None:
    said = {
        "q1": Answer(AnswerState.DOUBTFUL, ("r1", "r4"), (Reason.OVERVOTE, Reason.MARGINAL_MARK)),
        "q2": Answer(AnswerState.DOUBTFUL, (), (Reason.MARGINAL_MARK,)),
        "q3": Answer(AnswerState.BLANK),
    }
    reasons = (Reason.OVERVOTE, Reason.MARGINAL_MARK)
    given = seen(desk.serials[0], status=SheetStatus.REVIEW, reasons=reasons, said=said)
    record = desk.read(given)
    assert desk.sheet(record).seen == replace(given, page=desk.page)
    desk.say(record, "q1", Verdict.ANSWERED, "r4")
    row = desk.sheet(record)
    assert row.seen_answers == said
    assert (row.file, row.period, row.record_id) == ("batch.pdf", "2026-07", record)
    assert row.reading.answers["q1"] == Answer(AnswerState.ANSWERED, ("r4",), said["q1"].reasons)


def test_counts_follow_decisions_of_their_own_month_only(desk: Desk) -> None:
    desk.nameless()
    desk.source_id, desk.batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    ended = desk.nameless()
    desk.say(ended, IDENTITY, Verdict.NOT_A_FORM)

    def counted(period: str | None) -> dict[SheetStatus, int]:
        counts = readings.count_by_status(desk.ledger, period=period)
        return {status: number for status, number in counts.items() if number}

    assert counted("2026-07") == {SheetStatus.REVIEW: 1}
    assert counted("2026-08") == {SheetStatus.BLANK: 1}
    assert counted(None) == {SheetStatus.REVIEW: 1, SheetStatus.BLANK: 1}
