"""What the page's script asks for, and what it is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from decision_desk import Desk
from make_ledger import fresh_ledger
from review_page import ReviewPage

from omr.ledger import decisions, leases
from omr.ledger.standing import Verdict
from scans.review.language import PAGE_WORDS
from scans.review.words_script import SCRIPT_WORDS

STATIC = Path(__file__).parents[2] / "scans" / "review" / "static"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


@pytest.fixture
def page(desk: Desk, tmp_path: Path) -> ReviewPage:
    for number in range(3):
        desk.doubtful(number)
    return ReviewPage(desk.ledger, tmp_path)


def test_the_next_items_come_as_pieces_of_the_page(page: ReviewPage, desk: Desk) -> None:
    first = page.desk.queue("an").items[0]

    answer = page.ask("/ahead", record=first.record_id, about=first.about, many=2).json()

    assert len(answer["views"]) == 2
    assert (answer["left"], answer["done"]) == (6, 0)
    for view, item in zip(answer["views"], page.desk.queue("an").items[1:3], strict=True):
        assert view["key"] == f"{item.record_id} {item.about} 0"
        assert view["address"].startswith("/item?record=")
        assert 'class="view' in view["html"]
        assert "<html" not in view["html"]


def test_what_the_browser_has_or_has_decided_is_not_sent_again(page: ReviewPage) -> None:
    items = page.desk.queue("an").items
    known = [f"{item.record_id} {item.about} 0" for item in items[1:3]]

    answer = page.ask("/ahead", record=items[0].record_id, about=items[0].about, skip=known).json()

    assert answer["views"][0]["key"] == f"{items[3].record_id} {items[3].about} 0"


@pytest.mark.parametrize("skip", ["", "x", "x y", "x y z", "x y -1", "a b c d", f"x y {'9' * 99}"])
def test_nonsense_in_what_is_known_is_passed_over(page: ReviewPage, skip: str) -> None:
    first = page.desk.queue("an").items[0]

    answer = page.ask("/ahead", record=first.record_id, about=first.about, many=999, skip=skip)

    assert answer.status_code == 200
    assert len(answer.json()["views"]) == 5  # never more, however many are asked for


def test_a_decision_is_answered_with_its_id_and_sent_twice_is_kept_once(
    page: ReviewPage, desk: Desk
) -> None:
    record = page.desk.queue("an").items[0].record_id
    said = {"record": record, "about": "q2", "say": "answered:r1", "seen": 0, "by": "an"}

    first = page.send("/decide", **said).json()
    again = page.send("/decide", **said).json()

    assert first["decision"] == again["decision"]
    assert (first["left"], first["done"]) == (5, 1)
    assert again["key"] == f"{record} q2 0"
    assert len(decisions.find_decisions(desk.ledger, record)) == 1


def test_what_somebody_decided_meanwhile_is_shown_and_the_late_choice_is_not_kept(
    page: ReviewPage, desk: Desk
) -> None:
    record = page.desk.queue("an").items[0].record_id
    decisions.append(desk.ledger, record, "q2", Verdict.BLANK, by="lan")

    late = page.send("/decide", record=record, about="q2", say="invalid", seen=0)

    assert late.status_code == 409
    told = late.json()
    assert told["kind"] == "decided-meanwhile"
    assert "lan đã quyết định mục này" in told["why"]
    assert "Đã quyết định: Để trống" in told["view"]["html"]
    (kept,) = decisions.find_decisions(desk.ledger, record)
    assert kept.decided_by == "lan"
    # Seen now, it may be changed: the newest decision counts, the older one stays on record.
    assert page.send(
        "/decide", record=record, about="q2", say="invalid", seen=kept.decision_id
    ).is_success


def test_what_another_person_left_in_the_browser_is_not_kept_in_this_ones_name(
    page: ReviewPage, desk: Desk
) -> None:
    record = page.desk.queue("an").items[0].record_id

    for path, fields in (
        ("/decide", {"about": "q2", "say": "blank"}),
        ("/undo", {}),
        ("/identify", {"serial": "x"}),
        ("/papers", {"keeps": "first"}),
        ("/group", {"item": f"{record} q2 0 0"}),
    ):
        answer = page.send(path, record=record, by="lan", **fields)
        assert (answer.status_code, answer.json()["kind"]) == (409, "other-person")
    assert decisions.find_decisions(desk.ledger, record) == []


def test_undo_takes_back_what_it_names_and_nothing_else(page: ReviewPage, desk: Desk) -> None:
    one, other = (item.record_id for item in page.desk.queue("an").items[:2])
    first = page.send("/decide", record=one, about="q2", say="blank", seen=0).json()["decision"]
    page.send("/decide", record=other, about="q2", say="blank", seen=0)

    undone = page.send("/undo", record=one, about="q2", seen=first)
    again = page.send("/undo", record=one, about="q2", seen=first)  # sent twice

    assert undone.json()["address"] == again.json()["address"]
    assert f"record={one}" in undone.json()["address"]
    assert "q2" in desk.sheet(one).open
    assert "q2" not in desk.sheet(other).open
    assert len(decisions.find_decisions(desk.ledger, one)) == 2


def test_undo_leaves_alone_what_somebody_else_has_said_since(page: ReviewPage, desk: Desk) -> None:
    record = page.desk.queue("an").items[0].record_id
    mine = page.send("/decide", record=record, about="q2", say="blank", seen=0).json()["decision"]
    decisions.append(desk.ledger, record, "q2", Verdict.INVALID, by="lan")

    answer = page.send("/undo", record=record, about="q2", seen=mine)

    assert answer.status_code == 409
    assert answer.json()["kind"] == "decided-meanwhile"
    assert "lan" in answer.json()["why"]


def test_undo_without_a_name_takes_the_newest_and_says_when_there_is_nothing(
    page: ReviewPage,
) -> None:
    record = page.desk.queue("an").items[0].record_id
    page.send("/decide", record=record, about="q2", say="blank", seen=0)

    assert f"record={record}" in page.send("/undo").json()["address"]
    nothing = page.send("/undo").json()
    assert (nothing["address"], nothing["note"]) == ("", "Không có gì để hoàn tác.")


def test_two_people_are_never_given_the_same_item(
    page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    other = ReviewPage(desk.ledger, tmp_path, "lan")
    mine, hers = set(), set()
    for each, seen in ((page, mine), (other, hers)) * 3:
        here = each.browser.get("/").url.params
        seen.add((here["record"], here["about"]))
        views = each.ask("/ahead", record=here["record"], about=here["about"], many=1).json()
        seen.update(tuple(view["key"].split(" ")[:2]) for view in views["views"])

    assert len(mine) == len(hers) == 2
    assert not mine & hers


def test_an_item_on_another_screen_can_be_looked_at_but_not_decided_by_accident(
    page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    here = page.browser.get("/").url.params
    other = ReviewPage(desk.ledger, tmp_path, "lan")

    shown = other.item(here["record"], here["about"]).text

    assert "Một cán bộ khác đang xem mục này" in shown
    assert re.search(r"<fieldset disabled", shown)


def test_what_is_given_back_or_not_renewed_goes_to_others(
    page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    here = page.browser.get("/").url.params
    key = f"{here['record']} {here['about']} 0"
    other = ReviewPage(desk.ledger, tmp_path, "lan")

    assert page.send("/hold", item=key).json()["mine"] == [key]
    assert other.send("/hold", item=key).json()["mine"] == []
    assert page.send("/release", item=key).status_code == 204
    assert other.send("/hold", item=key).json()["mine"] == [key]
    assert page.send("/hold", item=key).json()["mine"] == []
    assert page.send("/hold").json()["mine"] == []


def test_when_others_have_all_that_is_left_the_page_says_so_and_looks_again(
    page: ReviewPage, desk: Desk, tmp_path: Path
) -> None:
    places = [item.place for item in page.desk.queue("an").items]
    leases.give_back(desk.ledger, "an")
    leases.take(desk.ledger, places, "lan")

    shown = page.browser.get("/").text

    assert "Các mục còn lại đang được cán bộ khác xem" in shown
    assert "data-looks-again" in shown


def test_an_item_that_is_gone_is_told_to_the_script_in_words(page: ReviewPage) -> None:
    answer = page.ask("/item", record="x", about="q2")

    assert answer.status_code == 404
    assert answer.json()["why"] == "Không có mục này"


def test_the_script_has_a_word_for_everything_it_says() -> None:
    said = {
        word
        for path in STATIC.glob("*.js")
        for word in re.findall(r'["`](s_[a-z_]+)["`]', path.read_text(encoding="utf-8"))
    }
    states = {f"s_serial_{state}" for state in ("good", "bad", "short")}

    assert {"s_unsent", "s_taken"} <= said
    assert said <= SCRIPT_WORDS.keys()
    assert SCRIPT_WORDS.keys() - said <= states
    assert SCRIPT_WORDS.items() <= PAGE_WORDS.items()


def test_the_script_is_small_and_needs_nothing_from_elsewhere(page: ReviewPage) -> None:
    for path in STATIC.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300, path.name
        assert not re.search(r"https?://|innerHTML|eval\(|document\.write", text), path.name
        served = page.browser.get(f"/static/{path.name}")
        assert served.headers["content-type"].startswith("text/javascript")
    words = page.browser.get("/").text
    table = re.search(r'data-words="([^"]*)"', words)
    assert table is not None
    assert json.loads(table[1].replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&"))
