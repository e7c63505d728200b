from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from decision_desk import Desk
from make_ledger import LAYOUT, fresh_ledger, seen, take
from review_page import ReviewPage

from omr.ledger import decisions, leases
from omr.ledger.sheets import SheetReading
from omr.ledger.standing import Verdict
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from omr.measure_codec import pack
from omr.scoring import BubbleMeasure, SheetMeasure, bubbles_of
from scans.review.group import Sort, darkness_of, sort_of
from scans.review.queue import Item

LAYOUTS = {LAYOUT.layout_id: LAYOUT}


def measured(dark: dict[tuple[str, str], float]) -> bytes:
    """The measurements of a sheet whose bubbles are so dark."""
    nothing = {each.name: 0.0 for each in fields(BubbleMeasure)}
    bubbles = []
    for question, bubble in bubbles_of(LAYOUT):
        where = {"question": question, "option": bubble.option}
        darkness = dark.get((question, bubble.option), 0.0)
        bubbles.append(BubbleMeasure(**nothing | where | {"darkness": darkness, "paper": 250.0}))  # type: ignore[arg-type]  # names by text
    return pack(SheetMeasure(tuple(bubbles), 0.01, 200.0, 0.1, 1.0, bilevel=False))


def faint(serial: str, dark: float = 0.1, *options: str) -> SheetReading:
    doubt = Answer(AnswerState.DOUBTFUL, options or ("r2",), (Reason.MARGINAL_MARK,))
    reading = seen(serial, status=SheetStatus.REVIEW, reasons=doubt.reasons, said={"q1": doubt})
    return replace(reading, measurements=measured({("q1", o): dark for o in doubt.options}))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


@pytest.fixture
def records(desk: Desk) -> list[str]:
    """Six sheets with one faint mark each, the darkest first."""
    return [desk.read(faint(serial, 0.6 - 0.1 * n)) for n, serial in enumerate(desk.serials)]


@pytest.fixture
def page(desk: Desk, records: list[str], tmp_path: Path) -> ReviewPage:
    return ReviewPage(desk.ledger, tmp_path)


def tiles(html: str) -> list[str]:
    return re.findall(r'name="item" value="([^"]+)" checked', html)


def test_what_looks_alike_is_on_one_screen_from_faint_to_dark(
    page: ReviewPage, records: list[str]
) -> None:
    shown = page.browser.get("/group").text

    assert "Tất cả các ô này đều đã được tô?" in shown
    assert [tile.split()[0] for tile in tiles(shown)] == records[::-1]


def test_confirming_makes_each_a_decision_of_its_own_and_exceptions_wait_by_themselves(
    page: ReviewPage, desk: Desk, records: list[str]
) -> None:
    every = tiles(page.browser.get("/group").text)

    answer = page.post("/group", shown=every, item=every[1:], milliseconds=5000)

    assert "Đã lưu 5 quyết định" in answer.text
    apart = every[0].split()[0]
    for record in records:
        said = decisions.find_decisions(desk.ledger, record)
        assert len(said) == (0 if record == apart else 1)
        if said:
            assert (said[0].verdict, said[0].options) == (Verdict.ANSWERED, ("r2",))
            assert (said[0].decided_by, said[0].milliseconds) == ("an", 1000)
    assert [item.record_id for item in page.desk.queue("an").items] == [apart]
    assert f'data-record="{apart}"' in answer.text  # asked by itself, and in no group again
    assert page.browser.get("/group").url.path == "/item"


def test_all_of_them_may_be_blank_instead(page: ReviewPage, desk: Desk, records: list[str]) -> None:
    every = tiles(page.browser.get("/group").text)

    page.post("/group", shown=every, item=every, say="blank")

    for record in records:
        assert desk.sheet(record).reading.answers["q1"].state is AnswerState.BLANK


def test_what_cannot_be_kept_is_named_and_the_rest_is_kept(
    page: ReviewPage, desk: Desk, records: list[str]
) -> None:
    every = tiles(page.browser.get("/group").text)
    decisions.append(desk.ledger, records[2], "q1", Verdict.INVALID, by="lan")

    answer = page.send("/group", shown=every, item=every).json()

    assert answer["note"] == "Đã lưu 5 quyết định."
    assert answer["why"].startswith("1 mục chưa được lưu")
    assert len(answer["more"]) == 1
    assert desk.serials[2] in answer["more"][0]
    assert "lan" in answer["more"][0]
    (said,) = decisions.find_decisions(desk.ledger, records[2])
    assert said.verdict is Verdict.INVALID


def test_a_group_that_is_sent_twice_is_kept_once(
    page: ReviewPage, desk: Desk, records: list[str]
) -> None:
    every = tiles(page.browser.get("/group").text)

    first = page.send("/group", shown=every, item=every).json()
    again = page.send("/group", shown=every, item=every).json()

    assert first["note"] == again["note"]
    assert again["why"] == ""
    assert all(len(decisions.find_decisions(desk.ledger, r)) == 1 for r in records)


@pytest.mark.parametrize("junk", ["", "x", "x y", "x y 0", "x y 0 z", "x y 0 -1", "x q1 0 0"])
def test_nonsense_in_a_group_changes_nothing(page: ReviewPage, desk: Desk, junk: str) -> None:
    answer = page.send("/group", shown=junk, item=junk)

    assert answer.status_code == 200
    assert not answer.json()["note"]
    assert len(page.desk.queue("an")) == 6


def test_two_people_get_two_groups(page: ReviewPage, desk: Desk, tmp_path: Path) -> None:
    more = take(desk.ledger, 60)
    for serial in more.serials():
        desk.read(faint(str(serial)))
    other = ReviewPage(desk.ledger, tmp_path, "lan")

    mine = tiles(page.browser.get("/group").text)
    hers = tiles(other.browser.get("/group").text)

    assert (len(mine), len(hers)) == (40, 26)
    assert not set(mine) & set(hers)


def test_one_item_alone_is_no_group(page: ReviewPage, desk: Desk, records: list[str]) -> None:
    leases.take(desk.ledger, [(record, "q1") for record in records[1:]], "lan")

    answer = page.browser.get("/group")

    assert answer.url.path == "/item"
    assert "Hiện không có nhóm mục giống nhau" in answer.text


def test_only_one_candidate_or_none_and_only_with_a_suggestion_makes_a_group(
    desk: Desk,
) -> None:
    one = desk.sheet(desk.read(faint(desk.serials[0])))
    two = desk.sheet(desk.read(faint(desk.serials[1], 0.2, "r1", "r2")))
    none = faint(desk.serials[2])
    blank = Answer(AnswerState.DOUBTFUL, (), (Reason.POOR_IMAGE,))
    empty = desk.sheet(desk.read(replace(none, answers={"q1": blank})))

    def sort(row: object, about: str = "q1", second: int = 0) -> Sort | None:
        return sort_of(row, LAYOUTS, Item(row.record_id, about, second))  # type: ignore[attr-defined, arg-type]  # a sheet

    assert sort(one) == Sort(Reason.MARGINAL_MARK, Verdict.ANSWERED)
    assert sort(empty) == Sort(Reason.POOR_IMAGE, Verdict.BLANK)
    assert sort(two) is None
    assert sort(one, "q2") is None
    assert sort(one, second=3) is None
    assert sort_of(one, {}, Item(one.record_id, "q1")) is None


def test_rows_that_are_thought_blank_are_asked_as_rows(desk: Desk, tmp_path: Path) -> None:
    blank = Answer(AnswerState.DOUBTFUL, (), (Reason.POOR_IMAGE,))
    for serial in desk.serials[:2]:
        desk.read(replace(faint(serial), answers={"q1": blank}))
    page = ReviewPage(desk.ledger, tmp_path)

    shown = page.browser.get("/group").text
    assert "Tất cả các dòng này đều để trống?" in shown
    every = tiles(shown)
    page.post("/group", shown=every, item=every)
    assert len(page.desk.queue("an")) == 0


def test_darkness_comes_from_what_was_measured_and_is_none_where_that_is_unknown(
    desk: Desk,
) -> None:
    row = desk.sheet(desk.read(faint(desk.serials[0], 0.25)))

    assert darkness_of(row, LAYOUTS, "q1") == pytest.approx(0.25, abs=1e-3)
    old = replace(row, reading=replace(row.reading, measurements=b"of another version"))
    assert darkness_of(old, LAYOUTS, "q1") == 0.0
    assert darkness_of(row, {}, "q1") == 0.0
