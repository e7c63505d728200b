from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.text_key import text_key

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
WORDS = st.text(LETTERS + LETTERS.upper() + "Đ", min_size=1, max_size=6)


def with_tone(word: str, tone: str, at: int) -> str:
    """*word* with the tone mark on its letter number *at*, composed where possible."""
    return unicodedata.normalize("NFC", word[: at + 1] + tone + word[at + 1 :])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà Bình", "Hòa Bình"),
        ("Thuỷ Nguyên", "Thủy Nguyên"),
        ("Quý", "Qúy"),
        ("CÔNG AN PHƯỜNG HỒNG BÀNG", "Công an phường Hồng Bàng"),
        ("Đồ Sơn", "Ðồ Sơn"),  # the second begins with an Icelandic eth
        ("Đồ Sơn", "ðồ sơn"),
        ("Hải\u00a0Dương", "Hải \t Dương "),
        ("Hải\u200bDương", "Hải\u00adDương"),
        ("Hải Dương", "Ｈải Dương"),
    ],
)
def test_spellings_of_the_same_words_share_a_key(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cẩm Giang", "Cẩm Giàng"),
        ("Đồ Sơn", "Nam Đồ Sơn"),
        ("An Hưng", "Tân Hưng"),
        ("Hải Dương", "Hải Dưỡng"),
        ("Không hài lòng", "Hài lòng"),
        ("Bá", "Ba1"),
        ("Bá", "Ba2"),
        ("Dương", "Đương"),
        ("Hải Dương", "HảiDương"),
        ("Cấm-Giang", "Cam-Giáng"),
        ("o", "ơ"),
    ],
)
def test_different_words_keep_different_keys(one: str, other: str) -> None:
    assert text_key(one) != text_key(other)


@given(st.text())
def test_composed_and_decomposed_text_share_a_key_in_nfc(text: str) -> None:
    key = text_key(text)

    assert text_key(unicodedata.normalize("NFD", text)) == key
    assert text_key(unicodedata.normalize("NFC", text)) == key
    assert unicodedata.is_normalized("NFC", key)


@given(WORDS, st.sampled_from(TONES), st.data())
def test_the_place_of_the_tone_within_a_word_makes_no_difference(
    word: str, tone: str, data: st.DataObject
) -> None:
    places = st.integers(0, len(word) - 1)
    one, other = data.draw(places), data.draw(places)

    assert text_key(with_tone(word, tone, one)) == text_key(with_tone(word, tone, other))


@given(WORDS, st.sampled_from(TONES), WORDS, st.sampled_from(TONES))
def test_words_share_a_key_only_with_the_same_letters_and_tone(
    one: str, tone: str, other: str, other_tone: str
) -> None:
    same = one.casefold() == other.casefold() and tone == other_tone

    assert (text_key(with_tone(one, tone, 0)) == text_key(with_tone(other, other_tone, 0))) == same


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_case_and_blanks_make_no_difference(words: list[str]) -> None:
    key = text_key(" ".join(words))

    assert text_key("\u2003 " + "\u00a0\n".join(words).upper() + "\t") == key


def test_no_two_communes_of_a_province_share_a_key() -> None:
    names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    count = 0
    table = resources.files("omr").joinpath("data", "communes.csv")
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        names[row["province_code"]][text_key(row["commune"])].add(row["commune_code"])
        count += 1

    assert count == 3321
    assert [codes for keys in names.values() for codes in keys.values() if len(codes) > 1] == []
