from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from decision_desk import Desk
from make_ledger import add_file, answers, fresh_ledger, seen
from make_pictures import WHOLE_REGION, kept_part
from review_page import ReviewPage

from omr.ledger import decisions, papers
from omr.ledger.months import close_month
from omr.ledger.pages import Page, add_pages
from omr.ledger.papers import Keeps
from omr.ledger.sheets import WHOLE_PART
from omr.ledger.standing import PAPER, Verdict
from omr.ledger.unlinking import unlink_month
from omr.marks import SheetStatus
from omr.pictures import PictureStore

FIRST, SECOND = answers(q1="r5", q2="r1"), answers(q1="r1", q2="")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


@pytest.fixture
def pair(desk: Desk) -> tuple[str, str]:
    first = desk.read(seen(desk.serials[0], said=FIRST))
    return first, desk.read(seen(desk.serials[0], said=SECOND))


@pytest.fixture
def page(desk: Desk, pair: tuple[str, str], tmp_path: Path) -> ReviewPage:
    return ReviewPage(desk.ledger, tmp_path)


def status(desk: Desk, record: str) -> SheetStatus:
    return desk.sheet(record).reading.status


def test_both_papers_are_shown_with_the_rows_that_differ(
    page: ReviewPage, pair: tuple[str, str]
) -> None:
    shown = page.browser.get("/")

    assert shown.url.params["about"] == PAPER
    assert "GTDB-26-000001-D" in shown.text
    assert "Hai phiếu cùng số, câu trả lời khác nhau" in shown.text
    assert "2 dòng khác nhau" in shown.text
    assert shown.text.count('class="differs"') == 4  # each row on each paper
    assert "để trống" in shown.text


def test_a_paper_without_a_picture_is_drawn_and_its_file_named(
    page: ReviewPage, pair: tuple[str, str]
) -> None:
    shown = page.item(pair[1], PAPER).text

    assert shown.count("Ảnh của phiếu này không được giữ") == 2
    assert "batch.pdf, trang 1" in shown
    assert "batch.pdf, trang 2" in shown
    assert shown.count('class="ink"') == 3  # q1 and q2 of the first, q1 of the second
    assert "<image" not in shown


@pytest.mark.parametrize(
    ("keeps", "one", "two"),
    [
        ("first", SheetStatus.COUNTED, SheetStatus.DUPLICATE),
        ("second", SheetStatus.DUPLICATE, SheetStatus.COUNTED),
        ("both", SheetStatus.COUNTED, SheetStatus.COUNTED),
        ("neither", SheetStatus.REFUSED, SheetStatus.REFUSED),
    ],
)
def test_a_choice_with_its_reason_is_kept_and_can_be_taken_back(
    page: ReviewPage,
    desk: Desk,
    pair: tuple[str, str],
    keeps: str,
    one: SheetStatus,
    two: SheetStatus,
) -> None:
    why = "Hai người dân khác nhau điền"
    page.post("/papers", record=pair[1], keeps=keeps, why=why, seen=0, milliseconds=4000)

    assert (status(desk, pair[0]), status(desk, pair[1])) == (one, two)
    found = papers.find_pair(desk.ledger, pair[1])
    assert found is not None
    assert found.said is not None
    assert (found.said.why, found.said.decided_by, found.said.milliseconds) == (why, "an", 4000)

    page.post("/undo")
    assert status(desk, pair[1]) is SheetStatus.DUPLICATE
    assert desk.sheet(pair[1]).open == (PAPER,)


@pytest.mark.parametrize("keeps", ["second", "both", "neither"])
def test_what_changes_what_counts_needs_a_reason(
    page: ReviewPage, desk: Desk, pair: tuple[str, str], keeps: str
) -> None:
    answer = page.post("/papers", record=pair[1], keeps=keeps, why=" ", why_other="", seen=0)

    assert answer.status_code == 409
    assert "Chưa ghi lý do" in answer.text
    assert desk.sheet(pair[1]).open == (PAPER,)


def test_a_reason_of_ones_own_and_no_choice_at_all(
    page: ReviewPage, desk: Desk, pair: tuple[str, str]
) -> None:
    for nothing in ("", "undone", "nonsense"):
        answer = page.post("/papers", record=pair[1], keeps=nothing, why_other="x", seen=0)
        assert answer.status_code == 409

    page.post("/papers", record=pair[1], keeps="second", why_other=" đã gọi điện ", seen=0)
    found = papers.find_pair(desk.ledger, pair[1])
    assert found is not None
    assert found.said is not None
    assert found.said.why == "đã gọi điện"
    shown = page.item(pair[1], PAPER).text
    assert "chỉ tính phiếu thứ hai · Lý do: đã gọi điện" in shown


def test_a_late_choice_is_refused_with_who_chose(
    page: ReviewPage, desk: Desk, pair: tuple[str, str]
) -> None:
    papers.choose(desk.ledger, pair[1], Keeps.FIRST, why="", by="lan")

    late = page.send("/papers", record=pair[1], keeps="both", why="x", seen=0)

    assert late.status_code == 409
    assert "lan" in late.json()["why"]
    assert "chỉ tính phiếu thứ nhất" in late.json()["view"]["html"]


def test_the_kept_pictures_are_shown_where_there_are_any(desk: Desk, tmp_path: Path) -> None:
    desk.read(seen(desk.serials[0], said=FIRST))
    sheet = replace(seen(desk.serials[0], said=SECOND), page=7, picture=b"second")
    add_pages(
        desk.ledger,
        [Page(desk.source_id, desk.batch_id, [sheet])],
        keep_picture=PictureStore(tmp_path).keep,
        first_picture=lambda _scanned: kept_part(WHOLE_PART, WHOLE_REGION, b"first"),
    )
    second = desk.row(7).record_id

    shown = ReviewPage(desk.ledger, tmp_path).item(second, PAPER).text

    for jpeg in (b"first", b"second"):
        assert f"/pictures/{sha256(jpeg).hexdigest()}.jpg" in shown
    assert "không được giữ" not in shown


def test_a_sheet_that_is_no_second_paper_has_no_such_page(
    page: ReviewPage, pair: tuple[str, str]
) -> None:
    assert page.item(pair[0], PAPER).status_code == 404
    answer = page.send("/papers", record=pair[0], keeps="both", why="x", seen=0)
    assert answer.status_code in (404, 409)
    assert page.send("/papers", record="x", keeps="both", why="x", seen=0).status_code == 404


def test_taking_back_begins_with_the_newest_whatever_kind_it_was(
    page: ReviewPage, desk: Desk, pair: tuple[str, str]
) -> None:
    doubtful = desk.doubtful(1)

    # Within one second, which is all that the ledger's clock tells.
    page.post("/decide", record=doubtful, about="q2", say="blank")
    page.browser.post("/papers", data={"record": pair[1], "keeps": "both", "why": "hai người"})
    page.browser.post("/undo")

    assert desk.sheet(pair[1]).open == (PAPER,)
    assert "q2" not in desk.sheet(doubtful).open


def test_a_third_paper_is_shown_beside_the_one_that_counts(
    page: ReviewPage, desk: Desk, pair: tuple[str, str]
) -> None:
    third = desk.read(seen(desk.serials[0], said=answers(q1="r2", q2="r2")))
    stale = {"record": third, "keeps": "second", "why": "bản gốc", "against": pair[0], "seen": "0"}
    page.browser.post("/papers", data={"record": pair[1], "keeps": "second", "why": "bản gốc"})

    answer = page.browser.post("/papers", data=stale)

    assert answer.status_code == 409
    assert "Trong lúc đó" in answer.text
    assert f'name="against" value="{pair[1]}"' in answer.text
    assert status(desk, third) is SheetStatus.DUPLICATE
    page.browser.post("/papers", data=stale | {"against": pair[1]})
    assert [status(desk, one) is SheetStatus.COUNTED for one in (*pair, third)] == [
        False,
        False,
        True,
    ]
    refused = page.browser.post("/undo", data={"record": pair[1], "about": PAPER})
    assert "một tờ khác cùng số GTDB-26-000001-D" in refused.text


def test_a_paper_beside_one_whose_month_has_no_links_any_more_can_still_be_settled(
    desk: Desk, tmp_path: Path
) -> None:
    nameless = desk.nameless()
    desk.name(nameless, 2, dict(answers(q1="r4")))
    close_month(desk.ledger, "2026-07", b"x", by="an")
    unlink_month(desk.ledger, "2026-07", b"y", by="an")
    desk.source_id, desk.batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    again = desk.read(seen(desk.serials[2], said=answers(q1="r4")))
    page = ReviewPage(desk.ledger, tmp_path)

    assert page.browser.get("/").url.params["record"] == again
    refused = page.post("/papers", record=again, keeps="second", why="bản gốc")
    assert "kỳ này đã khoá sổ" in refused.text
    page.post("/papers", record=again, keeps="first")
    assert desk.sheet(again).open == ()


def test_nobody_takes_back_unseen_what_somebody_else_said(
    page: ReviewPage, desk: Desk, pair: tuple[str, str]
) -> None:
    doubtful = desk.doubtful(1)
    decisions.append(desk.ledger, doubtful, "q2", Verdict.BLANK, by="bình")
    papers.choose(desk.ledger, pair[1], Keeps.FIRST, why="", by="bình")

    for record, about in ((doubtful, "q2"), (pair[1], PAPER)):
        answer = page.send("/undo", record=record, about=about)
        assert answer.status_code == 409
        assert "bình đã quyết định" in answer.json()["why"]

    assert desk.sheet(doubtful).open == ("q3",)
    assert desk.sheet(pair[1]).open == ()
