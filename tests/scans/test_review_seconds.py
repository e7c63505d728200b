from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from decision_desk import Desk
from make_ledger import fresh_ledger
from review_page import ReviewPage

from omr.ledger import decisions
from omr.ledger.reviewers import add_reviewer
from omr.ledger.standing import Decision, Verdict, current
from omr.ledger.waiting import newest
from omr.marks import AnswerState, SheetStatus
from scans.review.queue import Item, Kind
from scans.review.seconds_due import SecondsDue


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


@pytest.fixture
def record(desk: Desk) -> str:
    """A sheet on which Mai has decided everything."""
    record = desk.doubtful()
    for about, verdict, options in (
        ("q2", Verdict.ANSWERED, ("r4",)),
        ("q3", Verdict.BLANK, ()),
    ):
        decisions.append(desk.ledger, record, about, verdict, options, by="mai.phan")
    return record


@pytest.fixture
def page(desk: Desk, record: str, tmp_path: Path) -> ReviewPage:
    assert desk.sheet(record).open == ()
    return ReviewPage(desk.ledger, tmp_path, share=1.0)


def stands(desk: Desk, record: str, about: str) -> Decision:
    said = current(decisions.find_decisions(desk.ledger, record), about)
    assert said is not None
    return said


def test_once_nothing_else_waits_decisions_are_read_again_by_somebody_else(
    page: ReviewPage, desk: Desk, record: str, tmp_path: Path
) -> None:
    shown = page.browser.get("/")

    assert shown.url.params["second"] == str(stands(desk, record, "q2").decision_id)
    assert [item.kind for item in page.desk.queue("an").items] == [Kind.SECOND, Kind.SECOND]
    add_reviewer(desk.ledger, "mai.phan", "một mật khẩu dài")
    author = ReviewPage(desk.ledger, tmp_path, "mai.phan", share=1.0)
    assert "Không còn gì chờ xem lại" in author.browser.get("/").text


def test_what_waits_comes_before_all_second_readings(
    page: ReviewPage, desk: Desk, record: str
) -> None:
    other = desk.doubtful(1)

    assert {item.record_id for item in page.desk.queue("an").items} == {other}


def test_a_blind_reading_shows_nothing_of_the_machine_and_the_first(
    page: ReviewPage, desk: Desk, record: str
) -> None:
    open_page = page.item(record, "q2").text
    assert "Đã quyết định" in open_page
    assert "candidate" in open_page

    blind = page.item(record, "q2", stands(desk, record, "q2").decision_id).text

    assert "Đọc độc lập lần hai" in blind
    content = blind.split("</header>")[1]
    for hint in ("mai.phan", "Đã quyết định", "candidate", "chosen", "suggested", "Tô nhiều hơn"):
        assert hint not in content, hint


def test_agreeing_settles_it_and_nothing_waits_again(
    page: ReviewPage, desk: Desk, record: str
) -> None:
    said = stands(desk, record, "q2").decision_id

    answer = page.send(
        "/decide", record=record, about="q2", second=said, say="answered:r4", milliseconds=900
    ).json()

    assert answer["note"] == "Đã lưu lần đọc độc lập."
    assert desk.sheet(record).open == ()
    assert stands(desk, record, "q2").second is not None
    assert [item.about for item in page.desk.queue("an").items] == ["q3"]
    again = page.send("/decide", record=record, about="q2", second=said, say="answered:r4")
    assert again.status_code == 200  # sent twice, kept once


def test_where_two_people_disagree_the_item_is_open_with_both_readings(
    page: ReviewPage, desk: Desk, record: str
) -> None:
    said = stands(desk, record, "q2").decision_id
    page.send("/decide", record=record, about="q2", second=said, say="invalid")

    assert desk.sheet(record).open == ("q2",)
    assert desk.sheet(record).reading.status is SheetStatus.REVIEW
    shown = page.item(record, "q2").text
    assert "Hai cán bộ đọc khác nhau" in shown
    assert "mai.phan: r4" in shown
    assert "an: Không hợp lệ" in shown
    assert 'value="suggested"' not in shown

    refused = page.send("/decide", record=record, about="q2", say="suggested", seen=said)
    assert refused.status_code == 409
    page.post("/decide", record=record, about="q2", say="answered:r4", seen=said)
    answer = desk.sheet(record).reading.answers["q2"]
    assert (answer.state, answer.options) == (AnswerState.ANSWERED, ("r4",))
    assert desk.sheet(record).open == ()


def test_a_blind_reading_of_what_was_taken_back_meanwhile_is_refused_in_words(
    page: ReviewPage, desk: Desk, record: str
) -> None:
    said = stands(desk, record, "q2").decision_id
    assert len(page.desk.queue("an").items) == 2
    decisions.undo(desk.ledger, record, "q2", by="lan")

    answer = page.send("/decide", record=record, about="q2", second=said, say="invalid")

    assert answer.status_code == 409
    assert answer.json()["why"] == "Mục này không còn chờ quyết định."
    assert page.item(record, "q2", said).status_code == 404
    assert desk.sheet(record).open == ("q2",)


def test_a_question_that_takes_several_starts_empty(
    page: ReviewPage, desk: Desk, record: str
) -> None:
    blind = page.item(record, "q3", stands(desk, record, "q3").decision_id).text

    assert 'type="checkbox"' in blind
    assert "checked" not in blind.split("</header>")[1]


def test_the_ledger_is_looked_through_again_only_when_it_changed_and_a_while_later(
    desk: Desk, record: str
) -> None:
    now = [0.0]
    due = SecondsDue(desk.ledger, 1.0, clock=lambda: now[0])
    both = due.items("an", newest(desk.ledger))
    assert len(both) == 2

    other = desk.doubtful(1)
    decisions.append(desk.ledger, other, "q2", Verdict.BLANK, by="lan")
    assert due.items("an", newest(desk.ledger)) == both
    now[0] = 61.0
    assert Item(other, "q2", stands(desk, other, "q2").decision_id) in due.items(
        "an", newest(desk.ledger)
    )
    for item in due.items("an", newest(desk.ledger)):
        due.drop(item)
    assert len(due.items("an", newest(desk.ledger))) == 0  # nothing changed since
