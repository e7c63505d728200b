from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.web_address import (
    MAX_ADDRESS,
    address_mistakes,
    filled,
    in_ascii,
    is_example,
    short_mistakes,
    site_of,
)

NAMES = ("unit", "domain")


def wrong(text: str, *, allow_http: bool = False) -> str:
    found = address_mistakes(text, NAMES, allow_http=allow_http)
    assert all(what and remedy for what, remedy in found)
    return "; ".join(what for what, _remedy in found)


@pytest.mark.parametrize(
    "address",
    [
        "https://dichvucong.gov.vn",
        "https://dichvucong.gov.vn:8443/p?a=%20&b={unit}#x",
        "https://docs.google.com/forms/d/e/1FA_-9/viewform?usp=pp_url&entry.12={unit}",
        "https://hảiphòng.vn/thủ-tục/{domain}",
        "HTTPS://Example.VN/",
    ],
)
def test_an_address_that_may_be_posted_is_accepted(address: str) -> None:
    assert wrong(address) == ""


@pytest.mark.parametrize(
    ("address", "because"),
    [
        ("https://a.vn/hai phong", "contains a space"),
        ("a.vn/x", "does not begin with https://"),
        ("ftp://a.vn/x", "does not begin with https://"),
        ("javascript:alert(1)", "does not begin with https://"),
        ("http://a.vn/x", "begins with http://"),
        ("https://a.vn/" + "x" * MAX_ADDRESS, "263 letters long"),
        ("https:///x", "no name of a public site"),
        ("https://intranet/x", "no name of a public site"),
        ("https://10.0.0.7/x", "no name of a public site"),
        ("https://{unit}.a.vn/x", "no name of a public site"),
        ("https://-a.vn/x", "no name of a public site"),
        ("https://a..vn/x", "cannot be read"),
        ("https://a.vn:80000/", "cannot be read"),
        ("https://dichvucong.gov.vn@evil.vn/x", "an @ before"),
        ("https://a.vn/<x>", "contains <"),
        ("https://a.vn/100%", "must follow a %"),
        ("https://a.vn/{Unit}", "unknown placeholder {Unit}"),
        ("https://a.vn/{unit", "brace without its partner"),
    ],
)
def test_an_address_that_would_lead_astray_is_refused(address: str, because: str) -> None:
    assert because in wrong(address)


def test_every_mistake_of_an_address_is_named_at_once() -> None:
    assert wrong("http://intranet/{x}/%").count(";") == 3


def test_http_is_accepted_where_the_office_allows_it() -> None:
    assert wrong("http://a.vn/x", allow_http=True) == ""


@pytest.mark.parametrize(
    ("short", "because"),
    [
        ("a.vn/x y", "contains a space"),
        ("a.vn/" + "x" * 60, "65 letters long"),
        ("khao-sat", "no name of a public site"),
        ("a.vn/{name}", "unknown placeholder {name}"),
    ],
)
def test_a_short_address_that_nobody_could_type_is_refused(short: str, because: str) -> None:
    [(what, _remedy)] = short_mistakes(short, NAMES)

    assert because in what
    assert short_mistakes("a.vn/ks/{unit}", NAMES) == []


def test_letters_beyond_ascii_are_encoded_and_everything_else_stays() -> None:
    assert in_ascii("https://Hảiphòng.vn:81/thủ-tục?q=a%20b&u={unit}#đ") == (
        "https://xn--hiphng-6wa8191d.vn:81/th%E1%BB%A7-t%E1%BB%A5c?q=a%20b&u={unit}#%C4%91"
    )
    plain = "https://docs.google.com/forms/d/e/1FA_-9/viewform?usp=pp_url&entry.12={unit}"
    assert in_ascii(plain) == plain


@given(st.text(max_size=30))
def test_any_value_comes_back_whole_from_a_filled_address(value: str) -> None:
    url = filled("https://a.vn/?u={unit}&d={domain}", {"unit": value, "domain": "GTDB"})

    assert url.isascii()
    query = parse_qs(urlsplit(url).query, keep_blank_values=True)
    assert query == {"u": [value], "d": ["GTDB"]}
    assert unquote(url) == f"https://a.vn/?u={value}&d=GTDB"


def test_made_up_addresses_are_known_for_what_they_are() -> None:
    for made_up in ("https://dvc.example.gov.vn/x", "example.com", "https://a.test/", "x.invalid"):
        assert is_example(made_up)
    for real in ("https://dichvucong.gov.vn/example", "https://myexample.vn", "test.vn"):
        assert not is_example(real)
    assert site_of("https://A.vn:81/x") == "a.vn:81"
