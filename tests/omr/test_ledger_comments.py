from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from decision_desk import Desk, refused
from make_ledger import answers, fresh_ledger, seen
from make_pictures import kept_part

from omr.geometry import PageRect
from omr.ledger import comments, papers
from omr.ledger.pages import Page, add_pages
from omr.ledger.papers import Keeps
from omr.ledger.refusals import Refusal
from omr.ledger.sheets import COMMENT_PART

WHERE = PageRect(10.0, 170.0, 128.0, 22.0)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def commented(desk: Desk, number: int, page: int, said: str = "r5") -> str:
    sheet = replace(
        seen(desk.serials[number], said=answers(q1=said)),
        page=page,
        parts=(kept_part(COMMENT_PART, WHERE),),
    )
    add_pages(
        desk.ledger, [Page(desk.source_id, desk.batch_id, [sheet])], keep_picture=lambda _jpeg: "d1"
    )
    return desk.row(page).record_id


def test_a_comment_is_listed_with_its_crop_until_somebody_says_what_it_is(desk: Desk) -> None:
    record = commented(desk, 0, 0)
    desk.page = 0
    desk.read(seen(desk.serials[1], said=answers(q1="r5")))

    [row] = comments.comments(desk.ledger)

    assert (row.record_id, row.sha256, row.region) == (record, "d1", WHERE)
    assert (row.text, row.tags, row.personal, row.by) == ("", (), False, "")
    assert comments.comments(desk.ledger, "1999-01") == []


def test_the_newest_note_counts_and_text_is_kept_in_one_form(desk: Desk) -> None:
    record = commented(desk, 0, 0)
    comments.add_comment(desk.ledger, record, "khen", ["khen"], personal=False, by="an")
    decomposed = "Anh A\u0323n ra\u0302\u0301t nhie\u0323\u0302t ti\u0300nh "
    comments.add_comment(
        desk.ledger, record, decomposed, ["khen", "ten", "khen"], personal=True, by="bình"
    )

    [row] = comments.comments(desk.ledger)

    assert row.text == "Anh Ạn rất nhiệt tình"
    assert (row.tags, row.personal, row.by) == (("khen", "ten"), True, "bình")


def test_a_sheet_without_a_comment_takes_no_note(desk: Desk) -> None:
    record = desk.read(seen(desk.serials[0], said=answers(q1="r5")))

    with refused(Refusal.NOT_ASKED):
        comments.add_comment(desk.ledger, record, "x", [], personal=False, by="an")
    with refused(Refusal.UNKNOWN_SHEET):
        comments.add_comment(desk.ledger, "nothing", "x", [], personal=False, by="an")


def test_the_comment_of_a_paper_that_does_not_count_is_not_listed(desk: Desk) -> None:
    first = commented(desk, 0, 0)
    second = commented(desk, 0, 1, said="r1")
    assert [row.record_id for row in comments.comments(desk.ledger)] == [first]

    papers.choose(desk.ledger, second, Keeps.SECOND, why="phiếu đúng", by="an")

    assert [row.record_id for row in comments.comments(desk.ledger)] == [second]
