from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import review_office
import sqlalchemy as sa
from review_office import PORT, Office, left, sheet

from omr.ledger import Ledger
from omr.ledger.schema import metadata
from omr.pictures import PictureStore
from omr.survey_file import shipped_survey
from scans.review.desk import Desk

HERE = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield review_office.open_office(tmp_path, stack)


def decision(office: Office) -> dict[str, str]:
    return {"record": sheet(office.ledger, 1).record_id, "about": "a1", "say": "blank"}


def test_a_session_of_another_run_is_told_what_to_do_and_goes_on_after_a_new_visit(
    office: Office,
) -> None:
    browser = office.browser(let_in=False)
    browser.cookies.set(f"omr_review_{PORT}", "of-an-earlier-run", domain="127.0.0.1", path="/")

    answer = browser.get("/item", params={"record": "x", "about": "a1"})
    assert answer.status_code == 403
    assert "Phiên làm việc đã kết thúc" in answer.text
    assert "omr scans review" in answer.text
    assert 'href="/"' in answer.text
    posted = browser.post("/decide", data=decision(office))
    assert posted.status_code == 403
    assert "Mọi quyết định đã lưu vẫn còn" in posted.text

    assert browser.get(office.guard.address).url.path == "/item"


def test_a_script_is_told_why_it_is_refused_in_words_that_it_can_show(office: Office) -> None:
    stranger, browser = office.browser(let_in=False), office.browser()
    by_script = {"x-requested-with": "omr"}
    stranger.cookies.set(f"omr_review_{PORT}", "of-an-earlier-run")

    for answer, status, kind in (
        (stranger.post("/decide", headers=by_script), 403, "lost"),
        (stranger.get("/", headers=by_script), 403, "lost"),
        (browser.post("/decide", headers=by_script | {"origin": "null"}), 403, "denied_request"),
        (browser.get("/", headers=by_script | {"host": "evil.example"}), 400, "denied_request"),
        (browser.get("/a%00", headers=by_script), 404, "no_such_page"),
    ):
        assert answer.status_code == status
        assert answer.json()["kind"] == kind
        assert answer.json()["why"]
        assert "content-security-policy" in answer.headers


def test_no_other_site_can_send_what_marks_our_script_unasked(office: Office) -> None:
    asked = office.browser().options(
        "/decide",
        headers={
            "origin": "http://evil.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "x-requested-with",
        },
    )

    assert asked.status_code == 403
    assert not [name for name in asked.headers if name.startswith("access-control")]


def test_the_person_at_the_machine_has_no_button_to_sign_out(office: Office) -> None:
    assert "/leave" not in office.browser().get("/").text


def test_a_post_too_large_or_of_unknown_length_is_not_read(office: Office) -> None:
    browser = office.browser()

    huge = browser.post("/decide", data=decision(office) | {"more": "x" * 1_000_001})
    assert huge.status_code == 413
    assert browser.post("/decide", content=iter([b"record=x"])).status_code == 411
    wrong = browser.post("/decide", content=b"x", headers={"content-length": "-1"})
    assert wrong.status_code == 400
    assert left(office.ledger) == 5


def test_without_the_one_time_address_nothing_is_shown(office: Office) -> None:
    stranger = office.browser(let_in=False)
    digest = sheet(office.ledger, 1).picture

    for path in ("/", "/item?record=x&about=a1", f"/pictures/{digest}.jpg", "/openapi.json"):
        answer = stranger.get(path)
        assert answer.status_code == 403
        assert "GTDB" not in answer.text
        assert "set-cookie" not in answer.headers
    assert stranger.post("/decide", data=decision(office)).status_code == 403
    assert left(office.ledger) == 5


@pytest.mark.parametrize("token", ["", "x", "%00", "ä", "a" * 43])
def test_a_wrong_token_lets_nobody_in_and_does_not_use_the_right_one_up(
    office: Office, token: str
) -> None:
    stranger = office.browser(let_in=False)

    assert stranger.get(f"/open/{token}").status_code == 403
    assert stranger.get("/").status_code == 403
    assert office.browser().get("/").status_code == 200


def test_the_address_opens_one_browser_only(office: Office) -> None:
    first = office.browser()
    second = office.browser(let_in=False)

    assert second.get(office.guard.address).status_code == 403
    assert second.get("/").status_code == 403
    assert first.get(office.guard.address).status_code == 200  # its own reload


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    answer = office.browser(let_in=False).get(office.guard.address, follow_redirects=False)

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert office.guard.token.lower() not in cookie
    assert answer.headers["location"] == "/"  # so the token leaves the address bar


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        f"127.0.0.1:{PORT + 1}",
        f"127.0.0.1.evil.example:{PORT}",
        f"[::1]:{PORT}",
        "",
    ],
)
def test_another_host_name_is_refused_even_with_the_cookie(office: Office, host: str) -> None:
    browser = office.browser()

    answer = browser.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "GTDB" not in answer.text
    posted = browser.post("/decide", data=decision(office), headers={"host": host})
    assert posted.status_code == 400
    assert left(office.ledger) == 5


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", f"https://127.0.0.1:{PORT}", "http://127.0.0.1"]
)
def test_a_post_from_another_site_is_refused(office: Office, origin: str) -> None:
    browser = office.browser()

    for path, data in (("/decide", decision(office)), ("/undo", {}), ("/identify", {})):
        answer = browser.post(path, data=data, headers={"origin": origin})
        assert answer.status_code == 403
    assert left(office.ledger) == 5


def test_a_post_without_an_origin_is_refused(office: Office) -> None:
    browser = office.browser()
    del browser.headers["origin"]

    assert browser.post("/decide", data=decision(office)).status_code == 403
    assert left(office.ledger) == 5


def test_every_answer_forbids_foreign_and_inline_content(office: Office) -> None:
    browser = office.browser()
    for path in ("/", "/static/review.css", "/static/review.js", "/nowhere"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        for part in ("script-src", "style-src", "img-src", "connect-src"):
            assert f"{part} 'self';" in policy


def test_the_pages_obey_their_own_policy(office: Office) -> None:
    browser = office.browser()
    pages = [browser.get("/").text]
    for number, about in ((1, "a1"), (2, ""), (3, "*"), (5, "m1")):
        record = sheet(office.ledger, number).record_id
        pages.append(browser.get("/item", params={"record": record, "about": about}).text)
    for page in pages:
        assert not re.search(r"<script(?! src=\"/static/)|<style|\sstyle=|\son\w+=", page)
        assert not re.findall(r'(?:src|href|action)="(?!/|#)', page)


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/../../omr.toml",
        "/pictures/%2e%2e%2f%2e%2e%2fomr.toml",
        "/pictures/..%2f..%2fkeys%2fsigning-keys.json.jpg",
        "/pictures/....//omr.toml.jpg",
        f"/pictures/{'0' * 64}.jpg",
        "/pictures/.jpg",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/review.css%00.png",
        "/static/..%5capp.py",
        f"/static/{'a' * 5000}",
        "/pictures/%00.jpg",
        "/pictures//etc/passwd.jpg",
        "/pictures/%2fetc%2fpasswd.jpg",
        "/pictures/%2e%2e/%2e%2e/omr.toml.jpg",
        f"/pictures/{'a' * 5000}.jpg",
        f"/pictures/{'../' * 400}etc/passwd.jpg",
        "/static/../pictures/x.jpg",
    ],
)
def test_no_path_leads_to_another_file(office: Office, path: str) -> None:
    answer = office.browser().get(path)

    assert answer.status_code == 404
    assert "agency" not in answer.text
    assert "import" not in answer.text
    assert "root:" not in answer.text


def test_the_way_to_the_style_sheets_leads_no_stranger_to_a_picture(office: Office) -> None:
    digest = sheet(office.ledger, 1).picture
    stranger = office.browser(let_in=False)

    for start in ("/static/../pictures/", "/static/%2e%2e/pictures/", "/static/..%2fpictures/"):
        answer = stranger.get(f"{start}{digest}.jpg")
        assert answer.status_code in (403, 404)
        assert answer.headers["content-type"] != "image/jpeg"


def test_a_picture_that_no_sheet_names_is_not_served(office: Office) -> None:
    stray = PictureStore(office.workspace.evidence_folder).keep(b"\xff\xd8 somebody else's picture")

    assert office.browser().get(f"/pictures/{stray}.jpg").status_code == 404


def test_script_in_any_field_is_shown_as_text(office: Office) -> None:
    evil = '"><script>alert(1)</script>'
    browser = office.browser()
    record = sheet(office.ledger, 2).record_id

    for answer in (
        browser.post("/identify", data={"record": record, "serial": evil}),
        browser.post("/decide", data={"record": evil, "about": evil, "say": evil}),
        browser.post("/decide", data={"record": record, "about": "", "say": evil}),
        browser.get("/item", params={"record": record, "about": "", "note": evil}),
        browser.get("/item", params={"record": evil, "about": evil}),
    ):
        assert "<script>alert" not in answer.text
    shown = browser.post("/identify", data={"record": record, "serial": evil}).text
    assert "&lt;script&gt;alert(1)" in shown


def test_script_in_a_file_name_a_survey_or_a_persons_name_is_shown_as_text(
    office: Office,
) -> None:
    evil = "<img src=x onerror=alert(1)>"
    batch, source, sheets = (metadata.tables[name] for name in ("batch", "source", "sheet"))
    survey = shipped_survey()
    office.desk.surveys = {
        survey.id: replace(
            survey,
            questions=tuple(replace(q, text=evil) for q in survey.questions),
        )
    }
    office.guard._visit = replace(office.guard._visit, person=evil)
    with office.ledger.write() as connection:
        batch_id = connection.execute(sa.select(batch.c.batch_id)).scalar_one()
        made = connection.execute(
            source.insert()
            .values(sha256="e", name=f"{evil}.pdf", size_bytes=1, pages=1, batch_id=batch_id)
            .returning(source.c.source_id)
        ).scalar_one()
        connection.execute(
            sheets.insert().values(
                record_id="e" * 32,
                source_id=made,
                page=0,
                sheet=0,
                status="review",
                reasons_json='["no-code"]',
                batch_id=batch_id,
            )
        )
    browser = office.browser()
    browser.post("/decide", data=decision(office))

    for record, about in (("e" * 32, ""), (decision(office)["record"], "a1")):
        page = browser.get("/item", params={"record": record, "about": about}).text
        assert "<img" not in page
        assert "&lt;img" in page


def test_a_fault_of_ours_costs_one_request_and_shows_no_trace(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = office.browser()

    def broken(_desk: Desk, *_details: object) -> None:
        raise RuntimeError("secret path /home/an")

    with monkeypatch.context() as patch:
        patch.setattr(Desk, "first", broken)
        answer = browser.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers
    assert capsys.readouterr().err.startswith("omr: RuntimeError")
    assert browser.get("/").status_code == 200


def test_a_ledger_that_is_busy_is_said_and_nothing_is_lost(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from omr.errors import LedgerUnusable

    browser = office.browser()

    def locked(_ledger: Ledger) -> None:
        raise LedgerUnusable("the ledger cannot be used: locked", "Wait, then try again.")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "write", locked)
        answer = browser.post("/decide", data=decision(office))
    assert answer.status_code == 503
    assert "Wait, then try again." in answer.text
    assert left(office.ledger) == 5
