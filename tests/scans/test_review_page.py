from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import review_office
import sqlalchemy as sa
from fastapi.testclient import TestClient
from review_office import Office, left, sheet

from omr.ledger.decisions import find_sheet
from omr.ledger.readings import sheet_rows
from omr.ledger.schema import metadata
from omr.ledger.stock_entries import add_entry
from omr.marks import Reason, SheetStatus
from omr.serial_ranges import SerialRange
from omr.serials import Serial
from omr.settings import Language
from omr.stock import Act
from reports.paper import paper_month
from scans.results import result_lines


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield review_office.open_office(tmp_path, stack)


@pytest.fixture
def browser(office: Office) -> TestClient:
    return office.browser()


def show(browser: TestClient, office: Office, number: int, about: str) -> str:
    record = sheet(office.ledger, number).record_id
    answer = browser.get("/item", params={"record": record, "about": about})
    assert answer.status_code == 200
    return str(answer.text)


def decide(
    browser: TestClient, office: Office, number: int, about: str, say: str, **more: Any
) -> Any:
    record = sheet(office.ledger, number).record_id
    return browser.post(
        "/decide", data={"record": record, "about": about, "say": say, "milliseconds": 1200} | more
    )


def result(office: Office, number: int) -> dict[str, Any]:
    (line,) = result_lines(office.ledger, file=f"phieu-{number}.png")
    found: dict[str, Any] = json.loads(line)
    return found


def test_the_first_page_shows_what_comes_first_with_its_picture(
    browser: TestClient, office: Office
) -> None:
    page = browser.get("/").text

    assert 'lang="vi"' in page
    assert "Phiếu này mang số nào?" in page  # identities come before all answers
    assert "Không đọc được mã QR nào" in page
    assert "Còn 5" in page
    digest = sheet(office.ledger, 2).picture
    picture = browser.get(f"/pictures/{digest}.jpg")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content[:2] == b"\xff\xd8"
    assert picture.headers["cache-control"] == "no-store"


def test_an_answer_is_shown_with_its_row_its_reason_and_its_sheet(
    browser: TestClient, office: Office
) -> None:
    page = show(browser, office, 1, "a1")

    assert "Thủ tục được niêm yết công khai" in page
    assert "Tô nhiều hơn một ô" in page
    assert "GTDB-26-000001-D" in page
    row = sheet(office.ledger, 1)
    part = find_sheet(office.ledger, row.record_id).parts["a1"]  # type: ignore[union-attr]  # it is there
    crop = page[page.index('id="crop"') : page.index("</svg>")]
    assert part.sha256 in crop
    assert row.picture is not None
    assert row.picture not in crop  # the sharp part is enough for the row ...
    assert row.picture in page  # ... and the whole sheet is one key away


def test_a_clean_sheet_keeps_no_picture(office: Office) -> None:
    assert sheet(office.ledger, 4).reading.status is SheetStatus.COUNTED
    assert sheet(office.ledger, 4).picture is None


def test_decisions_settle_the_sheet_in_results_and_leave_the_reading_alone(
    browser: TestClient, office: Office
) -> None:
    tables = [metadata.tables[name] for name in ("sheet", "answer")]

    def machine() -> list[Any]:
        with office.ledger.read() as connection:
            return [tuple(r) for table in tables for r in connection.execute(sa.select(table))]

    before = machine()
    assert result(office, 1)["answers"]["a1"] == {"state": "doubtful", "options": ["r5", "r1"]}

    assert decide(browser, office, 1, "a1", "invalid").status_code == 200
    assert result(office, 1)["status"] == "review"
    assert decide(browser, office, 1, "b2", "suggested").status_code == 200

    line = result(office, 1)
    assert line["status"] == "counted"
    assert line["reasons"] == ["overvote", "marginal-mark"]
    assert line["answers"]["a1"] == {"state": "invalid", "options": []}
    assert line["answers"]["b2"] == {"state": "answered", "options": ["r3"]}
    assert line["answers"]["a2"] == {"state": "answered", "options": ["r4"]}
    assert machine() == before


def test_undo_brings_the_last_decision_back_to_the_desk(
    browser: TestClient, office: Office
) -> None:
    decide(browser, office, 1, "a1", "answered:r5")
    decide(browser, office, 1, "b2", "blank")
    assert left(office.ledger) == 3

    page = browser.post("/undo")

    assert "Đã hoàn tác" in page.text
    assert page.url.params["about"] == "b2"
    assert result(office, 1)["answers"]["b2"]["state"] == "doubtful"
    assert browser.post("/undo").url.params["about"] == "a1"
    assert "Không có gì để hoàn tác" in browser.post("/undo").text
    assert left(office.ledger) == 5


def test_a_question_that_takes_several_starts_from_what_the_machine_saw(
    browser: TestClient, office: Office
) -> None:
    page = show(browser, office, 5, "m1")
    ticked = re.findall(r'value="(\w+)" data-key="\d" data-option="\w+"\s+checked', page)
    assert ticked == ["cho", "hd"]

    decide(browser, office, 5, "m1", "options", options=["cho", "tre"])

    assert result(office, 5)["answers"]["m1"] == {"state": "answered", "options": ["cho", "tre"]}
    assert result(office, 5)["status"] == "counted"


def test_the_typed_serial_names_the_form_and_measures_it_again(
    browser: TestClient, office: Office
) -> None:
    record = sheet(office.ledger, 2).record_id
    assert "Phiếu này mang số nào?" in show(browser, office, 2, "")

    page = browser.post("/identify", data={"record": record, "serial": " gtdb-26-000002-f "})

    assert "Đã lưu số phiếu" in page.text
    line = result(office, 2)
    assert line["serial"] == "GTDB-26-000002-F"
    assert line["unit"] == "HP-PC08"
    assert line["status"] == "counted"
    assert line["reasons"] == ["no-code", "manual-identity"]
    assert line["answers"]["a1"] == {"state": "answered", "options": ["r5"]}
    assert line["answers"]["a2"] == {"state": "answered", "options": ["r4"]}
    assert line["answers"]["c2"] == {"state": "blank", "options": []}


@pytest.mark.parametrize(
    ("serial", "words"),
    [
        ("GTDB-26-000002-A", "chữ cái cuối"),
        ("phieu", "chữ cái cuối"),
        (str(Serial("GTDB", 2026, 999)), "chưa từng được in"),
        ("GTDB-26-000004-K", "đã thuộc về một phiếu quét khác"),
    ],
)
def test_a_serial_that_cannot_be_is_explained_and_kept_in_the_field(
    browser: TestClient, office: Office, serial: str, words: str
) -> None:
    record = sheet(office.ledger, 2).record_id

    page = browser.post("/identify", data={"record": record, "serial": serial})

    assert page.status_code == 409
    assert words in page.text
    assert f'value="{serial}"' in page.text
    assert result(office, 2)["status"] == "review"


def test_a_sheet_can_be_set_aside_instead(browser: TestClient, office: Office) -> None:
    decide(browser, office, 2, "", "scan-again")
    assert result(office, 2)["status"] == "refused"

    browser.post("/undo")
    decide(browser, office, 2, "", "not-a-form")
    assert result(office, 2)["status"] == "blank"


def test_a_sheet_with_a_missing_corner_is_confirmed_as_a_whole_or_asked_in_parts(
    browser: TestClient, office: Office
) -> None:
    assert "Máy đọc cả phiếu này có đúng không?" in show(browser, office, 3, "*")

    decide(browser, office, 3, "*", "doubted")
    line = result(office, 3)
    assert line["status"] == "review"
    assert line["answers"]["a1"] == {"state": "doubtful", "options": ["r5"]}

    browser.post("/undo")
    decide(browser, office, 3, "*", "confirmed")
    assert result(office, 3)["status"] == "counted"


def test_a_form_that_the_books_place_elsewhere_counts_only_if_a_person_says_so(
    browser: TestClient, office: Office
) -> None:
    lost = SerialRange("GTDB", 2026, 6, 6)
    add_entry(office.ledger, Act.LOST, [lost], on_day=date(2026, 11, 3), why="mất", by="lan")
    record = sheet(office.ledger, 2).record_id
    browser.post("/identify", data={"record": record, "serial": str(lost)})
    page = show(browser, office, 2, "*")
    assert "Có tính phiếu này không?" in page
    assert "Theo sổ, phiếu đã báo mất" in page
    assert result(office, 2)["status"] == "review"

    decide(browser, office, 2, "*", "invalid")
    assert result(office, 2)["status"] == "refused"
    browser.post("/undo")
    decide(browser, office, 2, "*", "confirmed")
    line = result(office, 2)
    assert (line["status"], "reported-lost" in line["reasons"]) == ("counted", True)


def test_the_empty_queue_says_so_and_names_the_next_command(
    browser: TestClient, office: Office
) -> None:
    for number, about, say in (
        (1, "a1", "answered:r1"),
        (1, "b2", "blank"),
        (2, "", "not-a-form"),
        (3, "*", "confirmed"),
        (5, "m1", "invalid"),
    ):
        page = decide(browser, office, number, about, say)

    assert "Không còn gì chờ xem lại" in page.text
    assert "omr reports export --period 2026-10 --out DIR" in page.text
    assert left(office.ledger) == 0


def test_decided_answers_reach_the_count(browser: TestClient, office: Office) -> None:
    decide(browser, office, 1, "a1", "answered:r1")
    decide(browser, office, 1, "b2", "blank")

    month = paper_month(sheet_rows(office.ledger))

    assert month.doubts == 3
    said = {tuple(response.answers["a1"]) for response in month.responses}
    assert ("r1",) in said


def test_english_is_a_setting(tmp_path: Path) -> None:
    with ExitStack() as stack:
        office = review_office.open_office(tmp_path, stack, language=Language.ENGLISH)
        page = office.browser().get("/").text

    assert 'lang="en"' in page
    assert "Neither code could be read" in page


def test_arrows_step_through_what_waits_without_deciding(
    browser: TestClient, office: Office
) -> None:
    here = browser.get("/")
    seen = []
    for _ in range(5):
        seen.append((here.url.params["record"], here.url.params["about"]))
        here = browser.get("/step", params={**here.url.params, "way": "on"})

    assert len(set(seen)) == 5
    assert (here.url.params["record"], here.url.params["about"]) == seen[0]
    back = browser.get("/step", params={**here.url.params, "way": "back"})
    assert (back.url.params["record"], back.url.params["about"]) == seen[-1]
    assert left(office.ledger) == 5


def test_what_is_decided_elsewhere_meanwhile_disappears_here(
    browser: TestClient, office: Office
) -> None:
    from omr.ledger import decisions
    from omr.ledger.standing import Verdict

    page = browser.get("/")
    assert ("Còn 5" in page.text, page.url.params["about"]) == (True, "")
    record = sheet(office.ledger, 2).record_id
    decisions.append(office.ledger, record, "", Verdict.NOT_A_FORM, by="someone else")

    page = browser.get("/")
    assert "Còn 4" in page.text
    assert page.url.params["about"] == "*"


def test_a_missing_picture_is_said_and_the_paper_named(browser: TestClient, office: Office) -> None:
    for path in office.workspace.evidence_folder.rglob("*.jpg"):
        path.unlink()
    digest = sheet(office.ledger, 2).picture
    record = sheet(office.ledger, 2).record_id

    assert browser.get(f"/pictures/{digest}.jpg").status_code == 404
    page = browser.post("/identify", data={"record": record, "serial": "GTDB-26-000002-F"})
    assert page.status_code == 409
    assert "Không có ảnh" in page.text
    assert result(office, 2)["status"] == "review"


@pytest.mark.parametrize(
    ("about", "say"),
    [
        ("a1", "answered:r9"),
        ("a1", "answered:"),
        ("a1", "suggested"),  # two candidates: there is none
        ("a1", "undone"),
        ("a1", "nonsense"),
        ("a2", "blank"),
        ("zz", "blank"),
        ("zz", "suggested"),
        ("*", "confirmed"),
        ("", "not-a-form"),
    ],
)
def test_a_post_that_no_button_makes_changes_nothing(
    browser: TestClient, office: Office, about: str, say: str
) -> None:
    answer = decide(browser, office, 1, about, say)

    assert answer.status_code in {404, 409}
    assert left(office.ledger) == 5
    with office.ledger.read() as connection:
        rows = connection.execute(sa.select(metadata.tables["decision"])).all()
    assert rows == []


def test_garbage_is_answered_with_a_page_never_with_a_trace(
    browser: TestClient, office: Office
) -> None:
    for answer in (
        browser.get("/item", params={"record": "x", "about": "a1"}),
        browser.get("/item"),
        browser.get("/nowhere"),
        browser.post("/decide", data={}),
        browser.post("/decide", data={"record": "x", "say": "blank"}),
        decide(browser, office, 1, "a1", "blank", milliseconds="soon"),
        browser.post("/identify", data={"record": "x", "serial": "GTDB-26-000002-F"}),
        browser.get("/undo"),
    ):
        assert 400 <= answer.status_code < 500
        assert "<main" in answer.text
        assert "Traceback" not in answer.text
    assert left(office.ledger) == 5


def test_a_reason_stays_for_ever_on_a_typed_identity(browser: TestClient, office: Office) -> None:
    record = sheet(office.ledger, 2).record_id
    browser.post("/identify", data={"record": record, "serial": "GTDB-26-000002-F"})

    assert Reason.MANUAL_IDENTITY in sheet(office.ledger, 2).reading.reasons
    browser.post("/undo")
    assert sheet(office.ledger, 2).reading.serial is None
