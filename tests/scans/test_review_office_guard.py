"""The gate for an office network: who is let in, and for how long."""

from __future__ import annotations

import html
import re

import pytest
from office_door import COOKIE, HERE, PASSWORD, Office, sign_in

from scans.review.sessions import IDLE_S, LONGEST_S


@pytest.fixture
def office() -> Office:
    return Office({"Lan": PASSWORD, "Nguyễn Văn Minh": "bốn năm sáu bảy"})


def test_nobody_sees_anything_before_signing_in(office: Office) -> None:
    stranger = office.browser()

    answer = stranger.get("/item?record=ab&about=a1", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fitem%3Frecord%3Dab%26about%3Da1"
    assert stranger.post("/decide").status_code == 401
    assert office.decided == ""
    assert "set-cookie" not in answer.headers


def test_the_address_holds_no_secret(office: Office) -> None:
    assert office.guard.address == f"{HERE}/"


def test_the_page_asks_in_vietnamese_and_leads_on_to_where_one_wanted_to_be(
    office: Office,
) -> None:
    browser = office.browser()
    page = browser.get("/item?record=ab&about=a1")
    assert page.status_code == 200
    assert "Đăng nhập" in page.text
    assert 'lang="vi"' in page.text
    wanted = html.unescape(re.findall(r'name="next" value="([^"]*)"', page.text)[0])

    answer = sign_in(browser, "Lan", PASSWORD, next=wanted)

    assert answer.headers["location"] == "/item?record=ab&about=a1"
    assert browser.get("/").json()["who"] == "Lan"
    assert browser.get("/login?next=/item", follow_redirects=False).status_code == 303


def test_a_name_typed_in_single_accents_or_with_blanks_is_the_same_person(
    office: Office,
) -> None:
    browser = office.browser()
    typed = "  Nguyễn Văn  Minh "

    assert sign_in(browser, typed, "bốn năm sáu bảy").status_code == 303
    assert browser.get("/").json()["who"] == "Nguyễn Văn Minh"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    cookie = sign_in(office.browser(), "Lan", PASSWORD).headers["set-cookie"].lower()

    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "lan" not in cookie.partition(";")[0].removeprefix(COOKIE)[:5]


def test_a_person_may_have_several_browsers_and_each_its_own_session(office: Office) -> None:
    one, two = office.browser("Lan"), office.browser("Lan")
    first, second = one.get("/").json(), two.get("/").json()

    assert first["who"] == second["who"] == first["shown"] == "Lan"
    assert first["at"] != second["at"]
    assert one.cookies[COOKIE] not in first["at"]


def test_signing_out_ends_that_session_alone_and_tells_when_it_was_the_last(
    office: Office,
) -> None:
    one, two, other = (
        office.browser("Lan"),
        office.browser("Lan"),
        office.browser("Nguyễn Văn Minh"),
    )
    secret = one.cookies[COOKIE]

    answer = one.post("/leave", follow_redirects=False)
    assert answer.headers["location"] == "/login?note=signed_out"
    assert "Đã đăng xuất" in one.get(answer.headers["location"]).text
    assert office.left == []
    one.cookies.set(COOKIE, secret)  # as somebody would who had copied it
    assert one.post("/decide").status_code == 401
    assert two.get("/").json()["who"] == "Lan"
    two.post("/leave")
    assert office.left == ["Lan"]
    assert other.get("/").json()["who"] == "Nguyễn Văn Minh"


def test_signing_in_gives_a_new_secret_and_ends_what_the_browser_had(office: Office) -> None:
    browser = office.browser()
    browser.cookies.set(COOKIE, "planted-by-somebody")
    assert sign_in(browser, "Lan", PASSWORD).status_code == 303
    first = browser.cookies.get(COOKIE, domain="192.168.1.20")
    assert first != "planted-by-somebody"
    browser.cookies.delete(COOKIE, domain="")
    sign_in(browser, "Nguyễn Văn Minh", "bốn năm sáu bảy")

    thief = office.browser()
    thief.cookies.set(COOKIE, first or "")
    assert thief.post("/decide").status_code == 401


@pytest.mark.parametrize("seconds", [IDLE_S, LONGEST_S])
def test_a_session_that_ran_out_says_so_and_leads_back(office: Office, seconds: float) -> None:
    browser = office.browser("Lan")
    office.now += seconds

    page = browser.get("/item?record=ab")
    assert page.url.path == "/login"
    assert "đã hết hạn" in page.text
    assert 'value="/item?record=ab"' in page.text


def test_a_press_after_the_session_ran_out_is_said_not_to_be_saved(office: Office) -> None:
    browser = office.browser("Lan")
    office.now += IDLE_S

    answer = browser.post("/decide", headers={"referer": f"{HERE}/item?record=ab"})

    assert answer.status_code == 401
    assert "chưa được lưu" in answer.text
    assert 'value="/item?record=ab"' in answer.text
    assert office.decided == ""


def test_a_day_of_steady_work_ends_after_twelve_hours(office: Office) -> None:
    browser = office.browser("Lan")
    for _step in range(23):
        office.now += 1800
        assert browser.get("/").json()["who"] == "Lan"
    office.now += 1800

    assert browser.get("/").url.path == "/login"


def test_what_the_page_asks_by_itself_is_no_work(office: Office) -> None:
    browser = office.browser("Lan")
    for _minute in range(59):
        office.now += 60
        browser.get("/", headers={"x-omr-background": "1"})
    office.now += 60

    assert browser.get("/").url.path == "/login"


def test_a_cookie_of_another_server_lets_nobody_in(office: Office) -> None:
    other = Office({"Lan": PASSWORD})
    secret = other.browser("Lan").cookies[COOKIE]
    browser = office.browser()
    browser.cookies.set(COOKIE, secret)

    assert browser.post("/decide").status_code == 401
    assert browser.get("/").url.path == "/login"


def test_a_reviewer_who_was_removed_is_out_within_seconds_and_in_every_browser(
    office: Office,
) -> None:
    browsers = [office.browser("Lan"), office.browser("Lan")]
    assert browsers[0].get("/").status_code == 200
    del office.passwords["Lan"]
    office.now += 5

    for browser in browsers:
        assert browser.post("/decide").status_code == 401
    office.passwords["Lan"] = "another one now"
    office.now += 5
    assert browsers[0].post("/decide").status_code == 401


def test_a_reviewer_who_was_just_added_is_in_at_once(office: Office) -> None:
    office.browser("Lan").get("/")
    office.passwords["Hoa"] = "hoa hồng bạch đàn"

    assert office.browser("Hoa").get("/").json()["who"] == "Hoa"
