"""Numbers in Vietnamese words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.number_words import MOST, number_words

DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "lăm": 5, "sáu": 6,
    "bảy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
GROUPS = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}


def heard(words: str) -> int:
    """The number that a listener writes down."""
    total = group = 0
    digit = 0
    for word in words.split():
        if word in GROUPS:
            total += (group + digit) * GROUPS[word]
            group = digit = 0
        elif word == "trăm":
            group, digit = group + 100 * digit, 0
        elif word == "mươi":
            group, digit = group + 10 * digit, 0
        elif word == "mười":
            group += 10
        elif word != "linh":
            digit = DIGITS[word]
    return total + group + digit


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (1, "một"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (25, "hai mươi lăm"),
        (50, "năm mươi"),
        (55, "năm mươi lăm"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (111, "một trăm mười một"),
        (115, "một trăm mười lăm"),
        (121, "một trăm hai mươi mốt"),
        (500, "năm trăm"),
        (1_000, "một nghìn"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_050, "một nghìn không trăm năm mươi"),
        (3_300, "ba nghìn ba trăm"),
        (10_021, "mười nghìn không trăm hai mươi mốt"),
        (21_000, "hai mươi mốt nghìn"),
        (1_000_000, "một triệu"),
        (1_000_005, "một triệu không trăm linh năm"),
        (1_000_000_000, "một tỷ"),
    ],
)
def test_numbers_are_read_as_people_read_them(number: int, words: str) -> None:
    assert number_words(number) == words


@given(st.integers(0, MOST))
def test_whoever_hears_the_words_writes_the_same_number(number: int) -> None:
    assert heard(number_words(number)) == number


@given(st.integers(0, MOST))
def test_the_words_keep_the_rules_of_mot_lam_and_linh(number: int) -> None:
    words = number_words(number).split()
    for before, word in pairwise(words):
        assert (word, before) not in {("một", "mươi"), ("năm", "mươi"), ("năm", "mười")}
        assert word != "mốt" or before == "mươi"
        assert word != "lăm" or before in {"mươi", "mười"}
        assert word != "linh" or before == "trăm"


@pytest.mark.parametrize("number", [-1, MOST + 1])
def test_numbers_without_words_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        number_words(number)
