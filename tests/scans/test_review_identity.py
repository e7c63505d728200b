"""Sheets without a readable code: typed serials, units and domains, and sheets set aside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import review_office
from fastapi.testclient import TestClient
from make_layout import make_layout
from review_office import PERSON, Office, sheet
from review_page import BY_SCRIPT

from omr.evidence import jpeg_of
from omr.ledger import decisions, issued, readings
from omr.ledger.comments import comments
from omr.ledger.decisions import DecisionRefused
from omr.ledger.pages import Page, add_pages
from omr.ledger.standing import IDENTITY, Verdict, current
from omr.ledger.stock_entries import add_entry
from omr.marks import AnswerState, Reason, SheetStatus
from omr.pictures import PictureStore
from omr.serial_ranges import SerialRange
from omr.stock import Act
from omr.thresholds import Thresholds
from omr.units import Unit, UnitCatalogue, UnitKind
from scans.results import result_lines
from scans.review.deciding import Deciding
from scans.review.remeasure import comment_on, remeasure_as
from scans.review.units_view import domain_typed, domains_of, unit_typed, units_of


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield review_office.open_office(tmp_path, stack)


@pytest.fixture
def browser(office: Office) -> TestClient:
    return office.browser()


def result(office: Office, number: int) -> dict[str, Any]:
    (line,) = result_lines(office.ledger, file=f"phieu-{number}.png")
    found: dict[str, Any] = json.loads(line)
    return found


def place(browser: TestClient, office: Office, unit: str, domain: str, **more: Any) -> Any:
    record = sheet(office.ledger, 2).record_id
    fields = {"record": record, "unit": unit, "domain": domain, "milliseconds": 2500} | more
    return browser.post("/place", data=fields)


def test_unit_and_domain_are_offered_from_the_catalogue_and_what_was_printed(
    browser: TestClient, office: Office
) -> None:
    record = sheet(office.ledger, 2).record_id
    page = browser.get("/item", params={"record": record, "about": ""}).text

    units = re.findall(
        r'<option value="([^"]+)">', page.split('id="units"')[1].split("</datalist")[0]
    )
    assert len(units) == len([u for u in office.desk.units.units if u.domains])
    assert any(unit.endswith(" · HP-PC08") for unit in units)
    assert re.findall(r'<option value="([^"]+ · GTDB)">', page)


def test_a_sheet_whose_number_nobody_can_read_counts_for_its_unit_and_domain(
    browser: TestClient, office: Office
) -> None:
    answer = place(browser, office, "Phòng nào đó · HP-PC08", "GTDB")

    assert "Đã lưu đơn vị và lĩnh vực" in answer.text
    row = sheet(office.ledger, 2)
    assert (row.reading.serial, row.reading.unit, row.reading.domain) == (None, "HP-PC08", "GTDB")
    assert Reason.NO_SERIAL in row.reading.reasons
    assert row.reading.status is SheetStatus.COUNTED
    assert row.reading.answers["a1"].options == ("r5",)
    assert result(office, 2)["answers"]["a2"] == {"state": "answered", "options": ["r4"]}
    (said,) = decisions.find_decisions(office.ledger, row.record_id)
    assert (said.decided_by, said.milliseconds) == (PERSON, 2500)
    shown = browser.get("/item", params={"record": row.record_id, "about": ""}).text
    assert "Đã quyết định: đơn vị HP-PC08, lĩnh vực GTDB" in shown


def test_it_can_be_taken_back_and_the_number_typed_after_all(
    browser: TestClient, office: Office
) -> None:
    place(browser, office, "HP-PC08", "GTDB")
    browser.post("/undo")
    assert sheet(office.ledger, 2).open == (IDENTITY,)

    record = sheet(office.ledger, 2).record_id
    browser.post("/identify", data={"record": record, "serial": "GTDB-26-000002-F"})
    assert result(office, 2)["serial"] == "GTDB-26-000002-F"
    browser.post("/undo")
    assert sheet(office.ledger, 2).open == (IDENTITY,)


@pytest.mark.parametrize(
    ("unit", "domain", "words"),
    [
        ("HP-XX99", "GTDB", "Không có đơn vị “HP-XX99”"),
        ("<b>", "GTDB", "Không có đơn vị “&lt;b&gt;”"),
        ("HP-PC08", "L99", "Không có lĩnh vực “L99”"),
        ("HP-PC08", "CCCD", "Không có lĩnh vực “CCCD”"),  # known, but nothing was printed
    ],
)
def test_what_is_in_no_list_is_refused_in_words(
    browser: TestClient, office: Office, unit: str, domain: str, words: str
) -> None:
    answer = place(browser, office, unit, domain)

    assert answer.status_code == 409
    assert words in answer.text
    assert sheet(office.ledger, 2).open == (IDENTITY,)


def test_a_late_identity_is_refused_with_who_named_the_sheet(
    browser: TestClient, office: Office
) -> None:
    record = sheet(office.ledger, 2).record_id
    decisions.append(office.ledger, record, IDENTITY, Verdict.SCAN_AGAIN, by="lan")

    for answer in (
        place(browser, office, "HP-PC08", "GTDB", seen=0),
        browser.post("/identify", data={"record": record, "serial": "GTDB-26-000002-F", "seen": 0}),
    ):
        assert answer.status_code == 409
        assert "lan đã quyết định mục này" in answer.text
    assert sheet(office.ledger, 2).reading.status is SheetStatus.REFUSED


def test_an_identity_that_is_sent_twice_is_kept_once(browser: TestClient, office: Office) -> None:
    record = sheet(office.ledger, 2).record_id
    typed = {"record": record, "serial": "GTDB-26-000002-F", "seen": 0}
    first, again = (browser.post("/identify", data=typed, headers=BY_SCRIPT) for _ in range(2))

    assert first.json()["decision"] == again.json()["decision"]
    browser.post("/undo")
    unknown = {"record": record, "unit": "HP-PC08", "domain": "GTDB", "seen": 0}
    first, again = (browser.post("/place", data=unknown, headers=BY_SCRIPT) for _ in range(2))
    assert first.json()["decision"] == again.json()["decision"]
    assert len(decisions.find_decisions(office.ledger, record)) == 3


def test_answers_that_people_gave_stay_when_the_number_is_corrected(
    browser: TestClient, office: Office
) -> None:
    lost = SerialRange("GTDB", 2026, 6, 6)
    add_entry(office.ledger, Act.LOST, [lost], on_day=date(2026, 11, 3), why="mất", by="lan")
    record = sheet(office.ledger, 2).record_id
    browser.post("/identify", data={"record": record, "serial": str(lost)})
    for about, say in (("*", "doubted"), ("a1", "answered:r2")):
        browser.post("/decide", data={"record": record, "about": about, "say": say})
    assert sheet(office.ledger, 2).reading.answers["a1"].options == ("r2",)

    browser.post("/undo")
    browser.post("/decide", data={"record": record, "about": "a1", "say": "answered:r2"})
    browser.post("/identify", data={"record": record, "serial": "GTDB-26-000002-F"})

    row = sheet(office.ledger, 2)
    assert row.reading.serial == "GTDB-26-000002-F"
    said = current(decisions.find_decisions(office.ledger, record), "a1")
    assert said is not None
    assert said.options == ("r2",)


def test_of_several_layouts_the_one_whose_bubbles_are_found_is_taken(office: Office) -> None:
    row = sheet(office.ledger, 2)
    jpeg = office.desk.picture(row.picture or "")
    assert jpeg is not None
    own = next(each for each in office.desk.layouts.values() if each.domain == "GTDB")
    strange = make_layout()  # of the same size and domain, its bubbles elsewhere
    for order in ([strange, own], [own, strange]):
        found = remeasure_as(jpeg, "HP-PC08", "GTDB", order, Thresholds())
        assert found.layout_id == own.layout_id
        assert found.answers["a1"].state is AnswerState.ANSWERED
    small = replace(own, width_mm=140.0)
    for none in ([], [small], [replace(own, domain="L05")]):
        with pytest.raises(DecisionRefused, match="other-layout"):
            remeasure_as(jpeg, "HP-PC08", "GTDB", none, Thresholds())


def catalogue(*names: tuple[str, str]) -> UnitCatalogue:
    day = date(2025, 7, 1)
    return UnitCatalogue(
        Unit(code, name, code, UnitKind.OFFICE, "", "", day, None, (), ("GTDB",), ())
        for code, name in names
    )


def test_a_unit_is_known_by_list_entry_code_or_whole_name() -> None:
    units = catalogue(("HP-PC08", "Phòng Cảnh sát giao thông"), ("HP-A", "Trạm"), ("HP-B", "Trạm"))

    for typed in ("Phòng Cảnh sát giao thông · HP-PC08", " hp-pc08 ", "phòng cảnh sát giao thông"):
        assert unit_typed(typed, units) == "HP-PC08"
    for typed in ("", " · ", "Phòng", "HP-PC0", "Trạm"):  # two are called so
        assert unit_typed(typed, units) is None
    assert units_of(units)[0].value == "Phòng Cảnh sát giao thông · HP-PC08"


def test_a_domain_is_known_by_list_entry_id_or_name(office: Office) -> None:
    domains = domains_of(office.desk.layouts.values(), office.desk.surveys)

    assert [each.code for each in domains] == ["GTDB"]
    for typed in (domains[0].value, "gtdb", domains[0].name.upper()):
        assert domain_typed(typed, domains) == "GTDB"
    assert domain_typed("", domains) is None
    assert domains_of([make_layout(domain="L05")], {})[0].value == "L05"


def test_the_comment_of_a_sheet_is_kept_once_its_form_is_known(office: Office) -> None:
    row = sheet(office.ledger, 2)
    layout = next(each for each in issued.layouts(office.ledger).values() if each.domain == "GTDB")
    jpeg = PictureStore(office.workspace.evidence_folder).read(row.picture or "")
    assert jpeg is not None
    assert comment_on(jpeg, layout) is None
    grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    left, top = layout.comment.x_mm + 30, layout.comment.y_mm + 9
    for stroke in range(12):
        start = (round((left + 4 * stroke) * 8), round(top * 8))
        end = (round((left + 2 + 4 * stroke) * 8), round((top - 4) * 8))
        cv2.line(grey, start, end, 40, 4)
    written = replace(row.seen, page=9, picture=jpeg_of(np.asarray(grey, np.uint8), bilevel=False))
    batch_id = readings.open_batch(office.ledger, period="2026-10", software="t", thresholds={})
    file = readings.NewSource("7" * 64, "them.pdf", size_bytes=1, pages=10)
    source_id = readings.add_sources(office.ledger, batch_id, [file])["7" * 64].source_id
    keep = PictureStore(office.workspace.evidence_folder).keep
    add_pages(office.ledger, [Page(source_id, batch_id, [written])], keep_picture=keep)
    [record] = [r.record_id for r in readings.sheet_rows(office.ledger, file="them.pdf")]

    Deciding(office.desk).identify("an", record, "GTDB-26-000002-F")

    [comment] = [each for each in comments(office.ledger) if each.record_id == record]
    kept = PictureStore(office.workspace.evidence_folder).read(comment.sha256)
    assert kept is not None
    assert kept[:2] == b"\xff\xd8"
