"""Handwritten comments on a page of their own, and those about a person kept from view."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from httpx2 import Response
from make_ledger import seen
from overview_office import REGION, Shown, comment_jpeg, digest_of, open_shown

from omr.geometry import PageRect
from omr.ledger.comment_list import CommentTag, State, comment_lines, may_see
from omr.ledger.comments import comments
from omr.ledger.decisions import find_sheet
from omr.ledger.history import Act, history
from omr.ledger.pages import keep_part
from omr.ledger.reviewed import Standings
from omr.ledger.sheets import COMMENT_PART, KeptPart, SheetReading
from omr.ledger.standing import Keeps, Verdict
from omr.marks import Reason, SheetStatus
from omr.scan_health import Trouble
from scans.review.overview_picture import Origin, veiled, with_veil
from scans.review.personal import picture_for
from scans.review.queue import Kind
from scans.review.words_health import HEALTH_WORDS
from scans.review.words_overview import OVERVIEW_WORDS
from scans.review.words_reasons import REASON_WORDS

SCRIPT = "<script>alert('x')</script>"


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    with ExitStack() as stack:
        yield open_shown(tmp_path, stack)


def save(shown: Shown, record: str, person: str = "an", **said: Any) -> Response:
    """Post the form as that person's browser has it."""
    browser = shown.browser(person)
    page = browser.get("/comments", params={"show": "done", "at": record}).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    form = {"seen": seen[1] if seen else "", "milliseconds": 1800} | said
    return browser.post(f"/comments/{record}", data=form)


def crop(shown: Shown, record: str, person: str) -> bytes:
    answer = shown.browser(person).get(f"/comments/{record}/crop.jpg")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return bytes(answer.content)


def test_the_first_open_comment_is_large_with_the_others_beside_it(shown: Shown) -> None:
    first, second = shown.comment(0), shown.comment(1)

    page = shown.browser().get("/comments").text

    assert f'src="/comments/{first}/crop.jpg"' in page
    assert f"at={second}" in page
    assert "1 trong 2" in page
    assert crop(shown, first, "an") == comment_jpeg("cam on")


def test_saving_keeps_text_and_tags_and_goes_on(shown: Shown) -> None:
    first, second = shown.comment(0), shown.comment(1)

    answer = save(shown, first, text=" Cảm ơn \r\n", tags=["other", "praise"])

    assert f'src="/comments/{second}/crop.jpg"' in answer.text
    assert "Đã lưu." in answer.text
    [row, _other] = comments(shown.ledger)
    assert (row.text, row.tags, row.personal, row.by) == (
        "Cảm ơn",
        ("praise", "other"),
        False,
        "an",
    )
    [entry] = history(shown.ledger, first)
    assert (entry.act, entry.milliseconds) == (Act.COMMENT, 1800)
    done = shown.browser().get("/comments?show=done").text
    assert "Cảm ơn" in done
    assert re.findall(r'value="([\w-]+)" data-key="\d" checked', done) == ["praise", "other"]


def test_the_last_open_comment_leaves_an_empty_list(shown: Shown) -> None:
    record = shown.comment(0)

    answer = save(shown, record)

    assert "Không có ý kiến nào ở mục này." in answer.text
    assert "Người xem: an" in shown.browser().get("/comments?show=done").text
    standing = Standings(shown.ledger).now()
    assert [line.state for line in comment_lines(shown.ledger, standing)] == [State.DONE]


def test_a_comment_with_personal_data_is_blurred_for_everybody_else(shown: Shown) -> None:
    record = shown.comment(0, "ong Nam")
    sharp = crop(shown, record, "lan")
    save(shown, record, text="ông Nam", personal="yes")

    assert crop(shown, record, "an") == sharp  # who marked it
    blurred = crop(shown, record, "lan")
    assert blurred != sharp
    decoded = cv2.imdecode(np.frombuffer(blurred, np.uint8), cv2.IMREAD_GRAYSCALE)
    clear = cv2.imdecode(np.frombuffer(sharp, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    assert clear is not None
    assert decoded.shape == clear.shape
    assert cv2.Laplacian(decoded, cv2.CV_64F).std() < cv2.Laplacian(clear, cv2.CV_64F).std() / 20
    page = shown.browser("lan").get(f"/comments?show=personal&at={record}").text
    assert "ông Nam" not in page
    assert "<textarea" not in page
    assert "ông Nam" not in shown.browser("lan").get("/comments?show=done").text
    assert "ông Nam" in shown.browser("an").get(f"/comments?show=personal&at={record}").text


def test_whoever_asks_sees_it_and_that_is_recorded(shown: Shown) -> None:
    record = shown.comment(0)
    save(shown, record, text="bà Hoa", tags=["attitude"], personal="yes")

    page = shown.browser("lan").post(f"/comments/{record}/show", data={"show": "personal"}).text

    assert "bà Hoa" in page
    assert crop(shown, record, "lan") == comment_jpeg("cam on")
    assert [(e.by, e.said, e.options) for e in history(shown.ledger, record)] == [
        ("an", "personal", ("attitude",)),
        ("lan", "personal", ("attitude",)),
    ]
    assert crop(shown, record, "an") == comment_jpeg("cam on")  # still
    assert crop(shown, record, "hoa") != comment_jpeg("cam on")
    [row] = comments(shown.ledger)
    assert (row.text, row.personal) == ("bà Hoa", True)


def test_what_is_no_longer_personal_is_for_everybody_and_marking_it_again_hides_it_anew(
    shown: Shown,
) -> None:
    record = shown.comment(0)
    save(shown, record, personal="yes")
    save(shown, record, text="cảm ơn")
    [row] = [line for line in comments(shown.ledger) if line.record_id == record]
    assert not row.personal
    assert may_see(shown.ledger, record, "lan")

    save(shown, record, person="lan", personal="yes")
    assert may_see(shown.ledger, record, "lan")
    assert not may_see(shown.ledger, record, "an")


def test_nobody_can_note_what_they_may_not_see_or_what_changed_meanwhile(shown: Shown) -> None:
    record = shown.comment(0)
    other = shown.comment(1)
    save(shown, record, text="tên người", personal="yes")
    [stamp] = [line for line in comments(shown.ledger) if line.record_id == record]

    refused = shown.browser("lan").post(
        f"/comments/{record}", data={"text": "", "seen": f"{stamp.at} an"}
    )
    assert refused.status_code == 409
    late = shown.browser("lan").post(f"/comments/{other}", data={"seen": "2026-01-01 hoa"})
    assert late.status_code == 409
    assert "Chưa lưu" in late.text
    assert [(c.text, c.by) for c in comments(shown.ledger)] == [("tên người", "an"), ("", "")]


def test_the_sheets_own_picture_hides_a_personal_comment_too(shown: Shown) -> None:
    record = shown.comment(0, "ong Nam")
    address = f"/sheets/{record}/picture.jpg"

    def written(person: str) -> float:
        jpeg = shown.browser(person).get(address).content
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert image is not None
        left, top = round(REGION.x_mm * 8), round(REGION.y_mm * 8)
        part = image[top + 4 : top + 150, left + 4 : left + 630]
        return float(cv2.Laplacian(part, cv2.CV_64F).std())

    clear = written("lan")
    save(shown, record, personal="yes")

    assert written("an") == pytest.approx(clear)
    assert written("lan") < clear / 10
    assert "được làm mờ" in shown.browser("lan").get(f"/sheets/{record}").text


def test_script_in_a_transcription_is_shown_as_text(shown: Shown) -> None:
    record = shown.comment(0)
    save(shown, record, text=f"</textarea>{SCRIPT}")

    page = shown.browser().get(f"/comments?show=done&at={record}").text

    assert "&lt;/textarea&gt;&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "style=" not in page


def test_comments_are_chosen_by_period_and_state(shown: Shown) -> None:
    record = shown.comment(0)
    assert record in shown.browser().get("/comments?period=2026-07").text
    assert record not in shown.browser().get("/comments?period=2026-08").text
    assert record not in shown.browser().get("/comments?show=personal").text
    assert shown.browser().get("/comments?show=nonsense").status_code == 404


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/comments/nonsense", {}),
        ("/comments/nonsense/show", {}),
        ("/comments/{record}/show", {}),  # which is not personal
        ("/comments/{record}", {"tags": "nonsense"}),
        ("/comments/{record}", {"show": "nonsense"}),
    ],
)
def test_posts_that_our_page_never_sends_change_nothing(
    shown: Shown, path: str, data: dict[str, str]
) -> None:
    record = shown.comment(0)
    answer = shown.browser().post(path.format(record=record), data=data)
    assert answer.status_code in (404, 409, 422)
    assert history(shown.ledger, record) == []


def test_a_sheet_without_a_comment_has_no_crop(shown: Shown) -> None:
    record = shown.doubtful(0)
    assert shown.browser().get(f"/comments/{record}/crop.jpg").status_code == 404
    assert shown.browser().get("/comments/nonsense/crop.jpg").status_code == 404


def test_a_veil_leaves_no_two_letters_apart() -> None:
    one, other = veiled(comment_jpeg("Nam"), REGION), veiled(comment_jpeg("Mai"), REGION)
    assert one is not None
    assert other is not None
    images = [cv2.imdecode(np.frombuffer(x, np.uint8), 0).astype(int) for x in (one, other)]
    assert np.abs(images[0] - images[1]).max() < 40
    assert veiled(b"no picture", REGION) is None


def test_every_kept_picture_hides_what_is_personal_on_it(shown: Shown) -> None:
    record = shown.comment(0, "ong Nam")
    sheet = find_sheet(shown.ledger, record)
    assert sheet is not None
    digest = sheet.parts["comment"].sha256
    desk = shown.desk
    assert picture_for(desk, digest, "lan") == comment_jpeg("ong Nam")
    save(shown, record, personal="yes")

    assert picture_for(desk, digest, "an") == comment_jpeg("ong Nam")
    seen = picture_for(desk, digest, "lan")
    assert seen is not None
    image = cv2.imdecode(np.frombuffer(seen, np.uint8), cv2.IMREAD_GRAYSCALE)
    clear = cv2.imdecode(np.frombuffer(comment_jpeg("ong Nam"), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    assert clear is not None
    assert image.shape == clear.shape
    assert cv2.Laplacian(image, cv2.CV_64F).std() < cv2.Laplacian(clear, cv2.CV_64F).std() / 20
    assert picture_for(desk, "0" * 64, "an") is None
    assert picture_for(desk, "../ledger", "an") is None


def test_only_the_part_of_a_picture_that_shows_the_comment_is_blurred() -> None:
    sharp = comment_jpeg("Nguyen Van Nam")
    shows = PageRect(45.0, 170.0, 80.0, 20.0)

    half = with_veil(sharp, shows, REGION)  # its lower half
    untouched = with_veil(sharp, PageRect(0.0, 0.0, 80.0, 20.0), REGION)

    assert untouched == sharp
    images = [cv2.imdecode(np.frombuffer(x, np.uint8), 0).astype(int) for x in (sharp, half)]
    assert np.abs(images[0][:74] - images[1][:74]).mean() < 1  # packed once more
    lower = images[1][84:].astype(np.uint8)
    assert np.abs(np.diff(lower.astype(int), axis=1)).max() < 16


def test_a_comment_whose_picture_is_gone_says_where_the_paper_is(
    shown: Shown, tmp_path: Path
) -> None:
    record = shown.comment(0)
    for jpeg in (tmp_path / "evidence").rglob("*.jpg"):
        jpeg.unlink()

    page = shown.browser().get("/comments").text

    assert "Đề nghị tìm phiếu giấy" in page
    assert "batch.pdf, trang 1" in page
    assert "<img" not in page
    assert shown.browser().get(f"/comments/{record}/crop.jpg").status_code == 404


def test_both_languages_have_every_word_with_the_same_blanks_to_fill() -> None:
    tables = [OVERVIEW_WORDS, HEALTH_WORDS]
    tables += [{key: words[part] for key, words in REASON_WORDS.items()} for part in (0, 1)]
    for table in tables:
        for key, words in table.items():
            assert len(words) == 2, key
            assert bool(words[0].strip()) is bool(words[1].strip()), key
            blanks = [
                {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in words
            ]
            assert blanks[0] == blanks[1], key
    assert {reason.value for reason in Reason} <= REASON_WORDS.keys()
    assert set(Trouble) == HEALTH_WORDS.keys()
    shown = {f"tag_{tag.value}" for tag in CommentTag}
    shown |= {f"said_{said.value}" for said in (*Verdict, *Keeps)}
    shown |= {f"status_{status.value}" for status in SheetStatus}
    shown |= {f"sheet_origin_{origin.value}" for origin in Origin}
    shown |= {f"overview_kind_{kind.name.lower()}" for kind in Kind}
    shown |= {f"comments_filter_{state.value}" for state in State}
    assert shown <= OVERVIEW_WORDS.keys()


def test_another_scan_of_a_personal_comment_is_hidden_too(shown: Shown) -> None:
    record = shown.comment(0, "ong Nam")
    again = shown.read(
        replace(
            seen(shown.serials[0]),
            parts=(KeptPart(COMMENT_PART, REGION, comment_jpeg("ong Nam, lan hai")),),
        )
    )
    row = find_sheet(shown.ledger, again)
    assert row is not None
    assert row.reading.reasons == (Reason.SAME_ANSWERS,)
    digest = row.parts[COMMENT_PART].sha256
    addresses = (f"/comments/{again}/crop.jpg", f"/sheets/{again}/picture.jpg")
    clear = [shown.browser("lan").get(address).content for address in addresses]
    save(shown, record, personal="yes")

    for address, before in zip(addresses, clear, strict=True):
        assert shown.browser("an").get(address).content == before
        assert shown.browser("lan").get(address).content != before
    assert picture_for(shown.desk, digest, "lan") != comment_jpeg("ong Nam, lan hai")


def test_a_sheet_without_a_code_is_shown_with_its_personal_comment_blurred(shown: Shown) -> None:
    whole = comment_jpeg("ca to phieu")
    record = shown.read(SheetReading(0, 0, SheetStatus.REVIEW, (Reason.NO_CODE,), picture=whole))
    keep_part(shown.ledger, record, KeptPart(COMMENT_PART, REGION, b""), "0" * 64)
    save(shown, record, personal="yes")
    digest = digest_of(whole)

    assert picture_for(shown.desk, digest, "an") == whole
    blurred = picture_for(shown.desk, digest, "lan")
    assert blurred is not None
    assert blurred != whole
