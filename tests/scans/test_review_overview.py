"""The overview, its lists and the sheets' pages, as a browser gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import review_office
import sqlalchemy as sa
from make_ledger import answers, seen
from overview_office import Shown, open_shown

from omr.ledger import decisions, papers, schema, seconds
from omr.ledger.comments import add_comment
from omr.ledger.sheets import COMMENT_PART, SheetReading
from omr.ledger.standing import IDENTITY, Keeps, Verdict
from omr.marks import Reason, SheetStatus
from omr.settings import Language

SCRIPT = "<script>alert('x')</script>"


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    with ExitStack() as stack:
        yield open_shown(tmp_path, stack)


def text_of(html: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def get(shown: Shown, path: str, person: str = "an") -> str:
    answer = shown.browser(person).get(path)
    assert answer.status_code == 200, path
    return str(answer.text)


def test_an_empty_office_says_what_to_do_first(shown: Shown) -> None:
    page = text_of(get(shown, "/overview"))

    assert "Không còn gì chờ quyết định." in page
    assert "Đọc bằng lệnh omr scans read" in page
    assert "Chưa có trang nào bị để riêng." in page
    assert "Chưa có câu nào được xem lại độc lập." in page


def test_the_overview_counts_what_waits_by_kind_and_reason_and_leads_there(shown: Shown) -> None:
    first, second = shown.doubtful(0), shown.doubtful(1)
    nameless = shown.read(SheetReading(0, 0, SheetStatus.REVIEW, (Reason.NO_CODE,)))

    page = get(shown, "/overview")

    rows = re.findall(
        r'<th scope="row">([^<]+)</th>\s*<td>([^<]*)</td>\s*<td class="n">(\d+)', page
    )
    assert rows == [
        ("Phiếu chưa rõ số", "Không đọc được mã QR nào", "1"),
        ("Câu trả lời", "Dấu tô quá nhạt hoặc quá nhỏ", "2"),
        ("Câu trả lời", "Tô nhiều hơn một ô", "2"),
    ]
    assert f'href="/item?record={nameless}&amp;about="' in page
    assert f'href="/item?record={first}&amp;about=q2"' in page
    assert second not in page.split('id="aside"')[0]


def test_a_batch_shows_its_sheets_by_status_and_who_decided(shown: Shown) -> None:
    record = shown.doubtful(0)
    shown.read(seen(shown.serials[1]))
    shown.read(SheetReading(0, 0, SheetStatus.REFUSED, (Reason.STREAK,)), "other.pdf", pages=1)
    for question in ("q2", "q3"):
        decisions.append(shown.ledger, record, question, Verdict.BLANK, by="lan", milliseconds=2400)

    page = text_of(get(shown, "/overview"))

    assert "2 được tính" in page
    assert "1 từ chối" in page
    assert "lan: 2" in page
    assert "2,4 giây" in page
    assert "Còn 8 trang chưa đọc" in page
    assert page.index("1 từ chối") < page.index("2 được tính")  # the newest batch first
    assert re.search(r"\d\d/\d\d/\d{4} \d\d:\d\d 07/2026", page)


def test_what_was_set_aside_is_told_with_a_remedy_and_each_file_and_page(shown: Shown) -> None:
    for _ in range(2):
        shown.read(SheetReading(0, 0, SheetStatus.REFUSED, (Reason.STREAK,)))
    shown.read(SheetReading(0, 0, SheetStatus.BLANK, (Reason.EMPTY_PAGE,)))
    nameless = shown.read(SheetReading(0, 0, SheetStatus.REVIEW, (Reason.NO_CODE,)))
    decisions.append(shown.ledger, nameless, IDENTITY, Verdict.SCAN_AGAIN, by="an")

    page = get(shown, "/overview")
    assert "Lau kính máy quét rồi quét lại." in page
    assert "Do người xem lại quyết định" in page
    links = re.findall(r'href="(/aside\?[^"]+)"', page)
    assert len(links) == 3

    streak = text_of(get(shown, links[0].replace("&amp;", "&")))
    assert "Trang đã để riêng: Có vệt của máy quét chạy qua các ô" in streak
    assert "batch.pdf 1 1" in streak
    assert "batch.pdf 2 1" in streak
    assert "1–2 trong 2" in streak
    by_hand = get(shown, "/aside?status=refused&reason=person")
    assert nameless in by_hand


def test_a_batch_page_filters_and_shows_a_hundred_rows_at_a_time(shown: Shown) -> None:
    for _ in range(130):
        shown.read(SheetReading(0, 0, SheetStatus.BLANK, (Reason.EMPTY_PAGE,)), "many.pdf", 150)
    waits = shown.doubtful(0, "many.pdf")
    batch_id = shown.places["many.pdf"][1]

    page = get(shown, f"/batches/{batch_id}")
    assert page.count("<tr>") == 1 + 1 + 1 + 100  # two heads, one file, and the rows
    assert "1–100 trong 131" in page
    assert f"/batches/{batch_id}?page=2" in page
    second = get(shown, f"/batches/{batch_id}?page=2")
    assert "101–131 trong 131" in second
    assert waits in second
    review = get(shown, f"/batches/{batch_id}?status=review")
    assert "1–1 trong 1" in review
    assert '<option value="review" selected>' in review
    both = get(shown, f"/batches/{batch_id}?status=blank&reason=empty-page&page=2")
    assert "101–130 trong 130" in both
    assert f"/batches/{batch_id}?status=blank&amp;reason=empty-page&amp;page=1" in both
    assert "Không có trang nào như vậy." in get(shown, f"/batches/{batch_id}?reason=streak")


def test_lists_show_serials_but_no_answers(shown: Shown) -> None:
    shown.read(seen(shown.serials[0], said=answers(q1="r5", q2="r1")))
    batch_id = shown.places["batch.pdf"][1]

    page = get(shown, f"/batches/{batch_id}")

    assert shown.serials[0] in page
    assert not re.search(r"\br[1-5]\b", text_of(page))


def test_a_sheet_shows_the_machines_reading_beside_every_decision(shown: Shown) -> None:
    record = shown.doubtful(0)
    said = decisions.append(
        shown.ledger, record, "q2", Verdict.ANSWERED, ("r4",), by="lan", milliseconds=1500
    )
    seconds.add(shown.ledger, said, Verdict.BLANK, by="hoa", milliseconds=900)
    decisions.append(shown.ledger, record, "q3", Verdict.ANSWERED, ("r1", "r4"), by="lan")
    decisions.undo(shown.ledger, record, "q3", by="lan")

    html = get(shown, f"/sheets/{record}")
    page = text_of(html)

    assert shown.serials[0] in page
    assert "nghi ngờ: r1, r4" in page
    assert page.count("nghi ngờ: r1, r4") == 2  # both as the machine left them
    assert "lan q2 r4 1,5 giây" in page
    assert "hoa q2 để trống (xem lại độc lập) 0,9 giây" in page
    assert "lan q3 hoàn tác" in page
    assert "đang chờ" in page
    assert f"/item?record={record}&amp;about=q2" in html


def test_two_papers_lead_to_each_other(shown: Shown) -> None:
    first = shown.read(seen(shown.serials[0], said=answers(q1="r5")))
    second = shown.read(seen(shown.serials[0], said=answers(q1="r2")))
    papers.choose(shown.ledger, second, Keeps.BOTH, why=f"hai người {SCRIPT}", by="lan")

    page = get(shown, f"/sheets/{second}")

    assert f"/sheets/{first}" in page
    assert "tính cả hai tờ: hai người &lt;script&gt;" in page
    assert f"/sheets/{second}" in get(shown, f"/sheets/{first}")


def test_names_with_markup_in_them_are_shown_as_text(shown: Shown) -> None:
    record = shown.read(replace(seen(shown.serials[0], unit="HP-PC08")), f"{SCRIPT}.pdf")
    aside = SheetReading(0, 0, SheetStatus.REFUSED, (Reason.STREAK,))
    shown.read(aside, f"{SCRIPT}.pdf")
    review = shown.doubtful(1, f"{SCRIPT}.pdf")
    decisions.append(shown.ledger, review, "q2", Verdict.BLANK, by=SCRIPT)
    batch_id = shown.places[f"{SCRIPT}.pdf"][1]

    for path in (
        "/overview",
        f"/batches/{batch_id}",
        "/aside?status=refused&reason=streak",
        f"/sheets/{record}",
        f"/sheets/{review}",
    ):
        page = get(shown, path)
        assert "&lt;script&gt;" in page, path
        assert "<script>alert" not in page, path
        assert "style=" not in page, path  # the policy forbids it


@pytest.mark.parametrize(
    "path",
    [
        "/batches/999",
        "/batches/1?status=nonsense",
        "/batches/1?reason=nonsense",
        "/aside",
        "/aside?status=counted",
        "/aside?status=refused&reason=<script>",
        "/sheets/nonsense",
        "/sheets/nonsense/picture.jpg",
        "/sheets/..%2f..%2fledger.db/picture.jpg",
    ],
)
def test_what_is_not_there_is_not_found(shown: Shown, path: str) -> None:
    shown.doubtful(0)
    answer = shown.browser().get(path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/overview?page=0", "/overview?page=x", "/batches/x"])
def test_addresses_that_our_pages_never_name_are_refused(shown: Shown, path: str) -> None:
    assert shown.browser().get(path).status_code == 422


def picture(shown: Shown, record: str, person: str = "an") -> np.ndarray:
    answer = shown.browser(person).get(f"/sheets/{record}/picture.jpg")
    assert answer.headers["content-type"] == "image/jpeg"
    decoded = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded)


def test_without_a_picture_the_answers_are_drawn_on_the_forms_outline(shown: Shown) -> None:
    record = shown.read(seen(shown.serials[0], said=answers(q1="r5", q2="")))

    drawn = picture(shown, record)

    assert drawn.shape == (1680, 1184, 3)
    x, y = round((70.0 + 11.0 * 4) * 8), round(55.0 * 8)  # r5 of q1 in make_layout
    ring = drawn[y, x + round((4.5 / 2 + 0.5) * 8)].astype(int)
    assert ring[1] > ring[2] + 40  # green: read by the machine
    blank = drawn[y + 80, x + round((4.5 / 2 + 0.5) * 8)].astype(int)
    assert blank.min() > 200
    assert "Không lưu ảnh: vẽ theo mẫu phiếu." in get(shown, f"/sheets/{record}")


def test_a_page_without_form_and_picture_says_where_the_paper_is(shown: Shown) -> None:
    record = shown.read(
        SheetReading(0, 0, SheetStatus.REFUSED, (Reason.UNREADABLE_FILE,)), "hong.pdf", 1
    )

    page = get(shown, f"/sheets/{record}")

    assert "Không có ảnh và không rõ mẫu phiếu" in page
    assert "hong.pdf, trang 1" in page
    assert "picture.jpg" not in page
    assert shown.browser().get(f"/sheets/{record}/picture.jpg").status_code == 404


def test_the_overview_speaks_english_where_the_office_does(tmp_path: Path) -> None:
    with ExitStack() as stack:
        shown = open_shown(tmp_path, stack, language=Language.ENGLISH)
        shown.doubtful(0)
        page = get(shown, "/overview")

    assert 'lang="en"' in page
    assert "Waiting for a person" in page
    assert "More than one bubble marked" in page


def test_every_table_has_heads_for_its_columns_and_no_control_is_without_a_name(
    shown: Shown,
) -> None:
    record = shown.doubtful(0)
    decisions.append(shown.ledger, record, "q2", Verdict.BLANK, by="an")
    batch_id = shown.places["batch.pdf"][1]
    for path in ("/overview", f"/batches/{batch_id}", f"/sheets/{record}"):
        page = get(shown, path)
        assert page.count("<table") == page.count("<thead>") >= 1
        assert all("scope=" in head for head in re.findall(r"<th[ >][^>]*", page)), path
        assert all("alt=" in image for image in re.findall(r"<img[^>]*", page))
        assert page.count("<select") <= page.count("<label")
        assert page.count("<h1>") == 1


def test_strangers_and_other_sites_get_nothing_of_these_pages(tmp_path: Path) -> None:
    with ExitStack() as stack:
        office = review_office.open_office(tmp_path, stack)
        record = review_office.sheet(office.ledger, 1).record_id
        stranger = office.browser(let_in=False)
        paths = [
            "/overview",
            "/batches/1",
            "/aside?status=refused",
            f"/sheets/{record}",
            f"/sheets/{record}/picture.jpg",
            "/comments",
            f"/comments/{record}/crop.jpg",
        ]
        for path in paths:
            answer = stranger.get(path)
            assert answer.status_code == 403, path
            assert "GTDB" not in answer.text, path
        browser = office.browser()
        for path in paths[:-1]:
            answer = browser.get(path)
            assert answer.status_code == 200, path
            assert "script-src 'self'" in answer.headers["content-security-policy"], path
            assert answer.headers["cache-control"] == "no-store", path
        evil = {"origin": "http://evil.example"}
        for path in (f"/comments/{record}", f"/comments/{record}/show"):
            assert browser.post(path, headers=evil).status_code == 403, path


def test_the_queues_pages_lead_to_the_overview_and_back(tmp_path: Path) -> None:
    with ExitStack() as stack:
        office = review_office.open_office(tmp_path, stack)
        browser = office.browser()
        first = browser.get("/").text
        assert 'href="/overview"' in first
        assert 'href="/comments"' in first
        page = browser.get("/overview").text
        assert 'href="/" ' in page or 'href="/">' in page
        waits = re.findall(r'href="(/item\?[^"]+)"', page)
        assert len(waits) == 4
        for address in waits:
            assert browser.get(address.replace("&amp;", "&")).status_code == 200


def test_the_queue_shows_no_personal_comment_on_a_sheets_picture(tmp_path: Path) -> None:
    with ExitStack() as stack:
        office = review_office.open_office(tmp_path, stack)
        browser = office.browser()
        row = review_office.sheet(office.ledger, 3)
        layout = next(iter(office.desk.layouts.values()))
        clear = browser.get(f"/pictures/{row.picture}.jpg").content
        with office.ledger.write() as connection:
            region = layout.comment
            sheet_id = connection.execute(
                sa.select(schema.sheet.c.sheet_id).where(schema.sheet.c.record_id == row.record_id)
            ).scalar_one()
            connection.execute(
                sa.insert(schema.picture_part).values(
                    sheet_id=sheet_id,
                    part=COMMENT_PART,
                    sha256="0" * 64,
                    x_mm=region.x_mm,
                    y_mm=region.y_mm,
                    w_mm=region.w_mm,
                    h_mm=region.h_mm,
                )
            )
        add_comment(office.ledger, row.record_id, "tên", [], personal=True, by="somebody else")

        assert browser.get(f"/pictures/{row.picture}.jpg").content != clear
        browser.post(f"/comments/{row.record_id}/show")
        assert browser.get(f"/pictures/{row.picture}.jpg").content == clear
