from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.errors import UsageError
from scans.review.addresses import host_names, office_address, own_path


@pytest.mark.parametrize(
    "text",
    ["192.168.1.20", "10.0.0.5", "172.31.255.1", "169.254.7.7", "127.0.0.1", "::1", "fd00::2"],
)
def test_an_offices_own_addresses_may_be_served(text: str) -> None:
    assert str(office_address(text)) == text


def test_an_ipv6_address_may_stand_in_brackets() -> None:
    assert str(office_address("[fd00::2]")) == "fd00::2"


@pytest.mark.parametrize("text", ["0.0.0.0", "::", "::ffff:0.0.0.0"])  # noqa: S104 - refused
def test_every_address_at_once_is_refused_with_the_machines_own_as_remedy(text: str) -> None:
    with pytest.raises(UsageError, match="every network") as caught:
        office_address(text, own="192.168.7.8")
    assert "192.168.7.8" in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8",
        "172.32.0.1",
        "100.64.0.1",
        "::ffff:8.8.8.8",
        "2001:4860:4860::8888",
        "2002:808:808::1",
        "224.0.0.1",
        "255.255.255.255",
        "ff02::1",
    ],
)
def test_addresses_that_strangers_reach_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="from outside") as caught:
        office_address(text)
    assert caught.value.exit_code == 2
    assert "192.168.1.20" in caught.value.remedy


@pytest.mark.parametrize("text", ["fe80::1", "fe80::1%eth0"])
def test_an_address_that_no_browser_opens_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="browsers cannot open"):
        office_address(text)


@pytest.mark.parametrize(
    "text", ["", "may-chu", "192.168.1", "192.168.1.300", "192.168.01.2", "http://10.0.0.1", "*"]
)
def test_what_is_no_address_in_digits_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no network address"):
        office_address(text)


def test_the_page_answers_to_its_address_and_the_machines_name() -> None:
    assert host_names(ip_address("10.0.0.5"), 8123, "PHONG-PV01") == (
        "10.0.0.5:8123",
        "phong-pv01:8123",
    )
    assert host_names(ip_address("fd00::2"), 80, "")[0] == "[fd00::2]:80"
    assert "localhost:8123" in host_names(ip_address("127.0.0.1"), 8123, "vm")


@pytest.mark.parametrize(
    "text", ["/", "/item?record=ab&about=a1", "/overview", "/item?record=a&about=%2A#x"]
)
def test_a_page_of_ours_is_kept_as_the_next_one(text: str) -> None:
    assert own_path(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "item",
        "http://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "/login",
        "/login?next=/login",
        "/leave",
        "/open/x",
        "/" + "a" * 2000,
        "/ok\r\nSet-Cookie: a=b",
        "//[",
    ],
)
def test_nobody_is_sent_anywhere_else(text: str) -> None:
    assert own_path(text) == "/"


@given(st.text(alphabet="/\\.:@?#%ab\t\n e", max_size=12))
def test_no_text_at_all_leads_to_another_site(text: str) -> None:
    here = "http://10.0.0.5:8123/login"

    assert urlsplit(urljoin(here, own_path(text))).netloc == "10.0.0.5:8123"
