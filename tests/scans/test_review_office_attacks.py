"""The gate for an office network: guessing, other sites, odd requests, faults of ours."""

from __future__ import annotations

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from office_door import ADDRESS, PASSWORD, PORT, Office, sign_in

from omr.errors import LedgerUnusable
from scans.review.sessions import IDLE_S


@pytest.fixture
def office() -> Office:
    return Office({"Lan": PASSWORD, "Nguyễn Văn Minh": "bốn năm sáu bảy"})


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(office: Office) -> None:
    answers = [
        sign_in(office.browser(), name, password)
        for name, password in (("Lan", "wrong"), ("Xuân", PASSWORD), ("", ""), ("x" * 500, "y"))
    ]

    texts = {re.sub(r'(?<=name="name" value=")[^"]*', "", answer.text) for answer in answers[:2]}
    assert len(texts) == 1
    assert {answer.status_code for answer in answers} == {401}
    assert all("Tên hoặc mật khẩu không đúng" in answer.text for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert len(office.checked) == 4  # as slow for names that nobody has


def test_guessing_one_persons_password_is_slowed_from_wherever_it_comes(office: Office) -> None:
    for number in range(4):
        assert sign_in(office.browser(at=f"10.0.0.{number}"), "Lan", "x").status_code == 401
    looked_at = len(office.checked)

    answer = sign_in(office.browser(at="10.0.0.9"), "Lan", PASSWORD)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "2"
    assert "2 giây" in answer.text
    assert len(office.checked) == looked_at
    office.now += 2
    assert sign_in(office.browser(at="10.0.0.9"), "Lan", PASSWORD).status_code == 303


def test_a_thousand_guesses_an_hour_look_at_a_hundred_passwords_at_most(office: Office) -> None:
    for number in range(1000):
        sign_in(office.browser(at=f"10.0.{number // 250}.{number % 250}"), "Lan", f"guess{number}")
        office.now += 3.6

    assert len(office.checked) <= 100


def test_guesses_sent_all_at_once_wait_for_one_another(office: Office) -> None:
    def slow(name: str, password: str) -> bool:
        time.sleep(0.02)
        return check(name, password)

    check, office.guard._attempts._check = office.check, slow

    def guess(number: int) -> int:
        return sign_in(office.browser(at=f"10.0.0.{number}"), "Lan", f"x{number}").status_code

    with ThreadPoolExecutor(12) as pool:
        answers = Counter(pool.map(guess, range(12)))

    assert answers == {401: 4, 429: 8}
    assert len(office.checked) == 4


def test_guessing_many_names_from_one_machine_is_slowed(office: Office) -> None:
    for number in range(10):
        assert sign_in(office.browser(), f"name {number}", "x").status_code == 401

    assert sign_in(office.browser(), "Lan", PASSWORD).status_code == 429
    assert sign_in(office.browser(at="192.168.1.31"), "Lan", PASSWORD).status_code == 303


def test_who_guesses_a_name_does_not_shut_its_owner_out(office: Office) -> None:
    office.browser("Lan", at="192.168.1.40")
    for number in range(20):
        sign_in(office.browser(at=f"10.0.0.{number}"), "Lan", "x")

    assert sign_in(office.browser(at="10.0.0.99"), "Lan", PASSWORD).status_code == 429
    assert sign_in(office.browser(at="192.168.1.40"), "Lan", PASSWORD).status_code == 303


def test_a_forwarded_address_that_anybody_can_write_does_not_count(office: Office) -> None:
    for number in range(10):
        browser = office.browser()
        browser.headers["x-forwarded-for"] = f"10.0.0.{number}"
        sign_in(browser, f"name {number}", "x")

    assert sign_in(office.browser(), "Lan", PASSWORD).status_code == 429


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        f"https://{ADDRESS}",
        "http://192.168.1.20",
        f"http://phong-pv01:{PORT}",
        None,
    ],
)
@pytest.mark.parametrize("path", ["/login", "/leave", "/decide"])
def test_a_post_from_another_site_is_refused(office: Office, origin: str | None, path: str) -> None:
    browser = office.browser("Lan")
    del browser.headers["origin"]
    headers = {} if origin is None else {"origin": origin}
    data = {"name": "Nguyễn Văn Minh", "password": "bốn năm sáu bảy"}

    answer = browser.post(path, data=data, headers=headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert office.decided == ""
    assert browser.get("/").json()["who"] == "Lan"


def test_the_machines_name_will_do_as_well(office: Office) -> None:
    browser = TestClient(office.app, base_url=f"http://phong-pv01:{PORT}")
    browser.headers["origin"] = f"http://phong-pv01:{PORT}"

    assert sign_in(browser, "Lan", PASSWORD).status_code == 303
    assert browser.get("/").json()["who"] == "Lan"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "192.168.1.20",
        f"192.168.1.20:{PORT + 1}",
        "evil.example",
        f"evil.example:{PORT}",
        f"127.0.0.1:{PORT}",
        f"localhost:{PORT}",
        f"{ADDRESS}.evil.example",
        f"a@{ADDRESS}",
    ],
)
def test_another_host_name_is_refused_even_with_the_cookie(office: Office, host: str) -> None:
    browser = office.browser("Lan")

    for answer in (
        browser.get("/", headers={"host": host}),
        browser.get("/login", headers={"host": host}),
        browser.get("/static/review.css", headers={"host": host}),
        browser.post("/decide", headers={"host": host, "origin": f"http://{host}"}),
    ):
        assert answer.status_code == 400
    assert office.decided == ""


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example"]
)
def test_signing_in_sends_nobody_to_another_site(office: Office, wanted: str) -> None:
    browser = office.browser()
    shown = browser.get("/login", params={"next": wanted})
    assert "evil" not in shown.text

    assert sign_in(browser, "Lan", PASSWORD, next=wanted).headers["location"] == "/"
    again = browser.get("/login", params={"next": wanted}, follow_redirects=False)
    assert again.headers["location"] == "/"


def test_the_page_that_asks_shows_only_notes_of_its_own(office: Office) -> None:
    for note in ("internal", "lost", "<script>", "wrong_password"):
        page = office.browser().get("/login", params={"note": note})
        assert page.status_code == 200
        assert 'class="note"' not in page.text


def test_script_in_a_name_is_shown_as_text(office: Office) -> None:
    evil = '"><script>alert(1)</script>'

    page = sign_in(office.browser(), evil, "x", next=f"/item?record={evil}")

    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_a_password_is_never_sent_back(office: Office) -> None:
    assert "swordfish" not in sign_in(office.browser(), "Lan", "swordfish").text


def test_a_form_too_large_or_of_unknown_length_is_not_read(office: Office) -> None:
    browser = office.browser()
    assert sign_in(browser, "Lan", "x" * 9000).status_code == 413
    assert (
        browser.post("/login", content=b"x", headers={"content-length": "9" * 12}).status_code
        == 413
    )
    assert browser.post("/login", content=iter([b"name=Lan"])).status_code == 411
    many = "&".join(f"f{number}=1" for number in range(50))
    assert browser.post("/login", content=many.encode()).status_code == 413
    assert office.checked == []


def test_bytes_that_are_no_text_are_a_wrong_password(office: Office) -> None:
    browser = office.browser()

    for body in (b"\xff\xfe", b"name=%ff&password=%ff", b"name=a%00b&password=%00", b""):
        assert browser.post("/login", content=body).status_code == 401


@pytest.mark.parametrize("path", ["/item", "/decide"])
def test_a_script_is_told_why_and_not_sent_a_page(office: Office, path: str) -> None:
    browser = office.browser("Lan")
    office.now += IDLE_S
    headers = {"x-requested-with": "omr", "accept": "*/*"}

    answer = browser.request("GET" if path == "/item" else "POST", path, headers=headers)

    assert answer.status_code == 401
    assert answer.json()["kind"] in ("session_over", "not_kept")
    assert "hết hạn" in answer.json()["why"]


def test_a_script_is_told_of_a_refused_request_as_well(office: Office) -> None:
    answer = office.browser("Lan").post(
        "/decide", headers={"x-requested-with": "omr", "origin": "null"}
    )

    assert answer.status_code == 403
    assert answer.json()["kind"] == "denied_request"


def test_every_kind_of_answer_carries_the_policy(office: Office) -> None:
    browser, stranger = office.browser("Lan"), office.browser()
    for status, answer in (
        (200, browser.get("/")),
        (404, browser.get("/nowhere")),
        (405, browser.get("/decide")),
        (404, browser.get("/a/../b%00")),
        (200, stranger.get("/login")),
        (303, stranger.get("/", follow_redirects=False)),
        (401, sign_in(stranger, "Lan", "x")),
        (303, browser.post("/leave", follow_redirects=False)),
        (400, stranger.get("/", headers={"host": "evil.example"})),
        (403, stranger.post("/login", headers={"origin": "null"})),
        (413, sign_in(stranger, "Lan", "x" * 9000)),
    ):
        assert answer.status_code == status
        policy = answer.headers["content-security-policy"]
        for part in ("script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"):
            assert part in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_the_pages_at_the_door_obey_their_own_policy(office: Office) -> None:
    stranger = office.browser()
    for page in (
        stranger.get("/login").text,
        sign_in(stranger, "Lan", "x").text,
        stranger.post("/decide", headers={"origin": "null"}).text,
    ):
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)
        assert not re.findall(r'(?:src|href|action)="(?!/)', page)


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_fault_of_ours_is_traced_in_the_command_window_alone(
    office: Office,
    debug: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(_name: str, _password: str) -> bool:
        raise RuntimeError("secret path")

    monkeypatch.setenv("OMR_DEBUG", debug)
    office.guard._attempts._check = broken

    answer = sign_in(office.browser(), "Lan", PASSWORD)

    assert answer.status_code == 500
    assert "secret path" not in answer.text
    assert "content-security-policy" in answer.headers
    said = capsys.readouterr().err
    assert "omr: RuntimeError: secret path" in said
    assert ("Traceback" in said) is bool(debug)


def test_a_ledger_that_is_busy_is_said_and_lets_nobody_in(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    def busy(_name: str, _password: str) -> bool:
        raise LedgerUnusable("the ledger cannot be used: locked", "Wait, then try again.")

    locked = Office({"Lan": PASSWORD})
    locked.guard._attempts._check = busy

    answer = sign_in(locked.browser(), "Lan", PASSWORD)

    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers
    assert "sổ dữ liệu" in answer.text
    assert "locked" in capsys.readouterr().err
