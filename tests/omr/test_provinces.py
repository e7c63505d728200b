from __future__ import annotations

import re
import unicodedata

import pytest

from omr.errors import UsageError
from omr.provinces import find_province, provinces


def test_there_are_34_provinces_with_3321_communes() -> None:
    assert len(provinces()) == 34
    assert sum(len(province.communes) for province in provinces()) == 3321
    assert sum(province.is_city for province in provinces()) == 6


def test_prefixes_are_unique_short_capitals_and_communes_have_five_digits() -> None:
    prefixes = [province.prefix for province in provinces()]

    assert len(set(prefixes)) == 34
    assert all(re.fullmatch("[A-Z]{2,4}", prefix) for prefix in prefixes)
    assert {"HP", "HN", "HCM", "DN", "HUE", "CT"} <= set(prefixes)
    for province in provinces():
        assert re.fullmatch(r"\d\d", province.code)
        codes = [commune.code for commune in province.communes]
        assert len(set(codes)) == len(codes)
        assert all(re.fullmatch(r"\d{5}", code) for code in codes)


@pytest.mark.parametrize(
    "wanted",
    [
        "31",
        "HP",
        "hp",
        "Hải Phòng",
        "Hai Phong",
        "HẢI PHÒNG",
        "thành phố Hải Phòng",
        "TP. hai phong",
    ],
)
def test_hai_phong_is_found_by_code_prefix_and_name(wanted: str) -> None:
    assert find_province(wanted).code == "31"


def test_every_province_is_found_with_and_without_accents() -> None:
    for province in provinces():
        letters = unicodedata.normalize("NFD", province.name.replace("Đ", "D"))
        typed = letters.encode("ascii", "ignore").decode()
        assert find_province(province.name) is province
        assert find_province(typed) is province
        assert find_province(province.code) is province
        assert find_province(province.prefix) is province
    assert find_province("tinh Dak Lak").code == "66"
    assert find_province("Thanh Hoá").code == "38"
    assert find_province("TP HCM").code == "79"


@pytest.mark.parametrize("wanted", ["", "99", "Hải Dương", "Hải", "Hải Phóng", "thành phố"])
def test_an_unknown_province_is_refused_with_the_list(wanted: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_province(wanted)

    assert "31 Hải Phòng" in caught.value.remedy
    assert "96 Cà Mau" in caught.value.remedy


def test_the_police_force_is_named_by_kind() -> None:
    assert find_province("31").police == "Công an thành phố Hải Phòng"
    assert find_province("04").police == "Công an tỉnh Cao Bằng"
