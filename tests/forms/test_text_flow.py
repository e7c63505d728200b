"""Lines of words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.artwork import Stroke, Text
from forms.fonts import Face, font, ink_mm, missing
from forms.text_flow import TICK, FormDoesNotFit, line_width_mm, refuse_wider, set_line, wrap
from omr.geometry import PagePoint

VOWELS = "aăâeêioôơuưy"
TONES = ["", *"\u0300\u0301\u0303\u0309\u0323"]
LETTERS = [unicodedata.normalize("NFC", v + t) for v in VOWELS for t in TONES] + ["đ"]
VIETNAMESE = "".join(LETTERS + [letter.upper() for letter in LETTERS])
WORDS = st.lists(st.text(VIETNAMESE, min_size=1, max_size=9), min_size=1, max_size=25)


@pytest.mark.parametrize("face", list(Face))
def test_every_vietnamese_letter_can_be_drawn(face: Face) -> None:
    assert len(set(VIETNAMESE)) == 146  # 73 in each case, the plain vowels included
    assert missing(VIETNAMESE, face) == ""


def test_the_faces_have_names_of_their_own_so_bold_prints_bold() -> None:
    names = {font(face).face.name for face in Face}
    assert names == {face.value.encode() for face in Face}


def test_stacked_capitals_reach_higher_than_small_letters() -> None:
    high, _below = ink_mm("Ẳ", Face.REGULAR, 9.0)
    low, deep = ink_mm("g", Face.REGULAR, 9.0)
    assert high == pytest.approx(1.062 * 9 / 72 * 25.4, rel=1e-3)
    assert low < high
    assert deep > 0
    assert ink_mm(" ", Face.REGULAR, 9.0) == (0.0, 0.0)


@given(words=WORDS, room=st.floats(20, 140))
def test_wrapping_keeps_every_word_in_order_and_fits_the_room(
    words: list[str], room: float
) -> None:
    lines = wrap(" ".join(words), Face.REGULAR, 8.5, room)

    assert " ".join(lines).split() == words
    for line in lines:
        assert line_width_mm(line, Face.REGULAR, 8.5) <= room or " " not in line


def test_wrapping_makes_even_lines() -> None:
    title = "PHIẾU ĐO LƯỜNG MỨC ĐỘ HÀI LÒNG"
    assert wrap(title, Face.BOLD, 13.5, 55.0) == ["PHIẾU ĐO LƯỜNG", "MỨC ĐỘ HÀI LÒNG"]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            "Phiếu không ghi tên, không làm phát sinh thủ tục.",
            ["Phiếu không ghi tên,", "không làm phát sinh thủ tục."],
        ),
        (
            "Lĩnh vực: Quản lý hành chính về trật tự xã hội",
            ["Lĩnh vực: Quản lý hành chính", "về trật tự xã hội"],
        ),
    ],
)
def test_two_lines_part_between_phrases(words: str, lines: list[str]) -> None:
    assert wrap(words, Face.BOLD, 8.0, 50.0) == lines


def test_a_pause_that_would_leave_a_short_line_does_not_part_words() -> None:
    words = "Đăng ký, quản lý phương tiện giao thông cơ giới"
    assert wrap(words, Face.BOLD, 9.0, 48.0)[0] != "Đăng ký,"
    full = wrap(words, Face.BOLD, 9.0, 48.0, even=False)
    assert full[0] == "Đăng ký, quản lý phương tiện"


def test_a_tick_is_drawn_between_the_words_around_it() -> None:
    before, tick, after = set_line(
        PagePoint(10, 20), f"dấu {TICK} hoặc", Face.REGULAR, 9.0, "how_to"
    )

    assert isinstance(before, Text)
    assert isinstance(tick, Stroke)
    assert isinstance(after, Text)
    assert before.at.x_mm + before.width_mm <= tick.ink.x_mm + 0.1
    assert tick.ink.right_mm <= after.at.x_mm + 0.1
    whole = line_width_mm(f"dấu {TICK} hoặc", Face.REGULAR, 9.0)
    assert after.at.x_mm + after.width_mm == pytest.approx(10 + whole)


def test_letters_with_separate_accents_are_set_as_one() -> None:
    (text,) = set_line(PagePoint(0, 0), "Tie\u0302\u0301ng", Face.REGULAR, 9.0, "title")
    assert isinstance(text, Text)
    assert text.words == "Tiếng"


def test_a_line_wider_than_its_room_is_refused_with_the_excess() -> None:
    refuse_wider("footer", "words", 10.0, 10.0)
    with pytest.raises(FormDoesNotFit, match=r"footer is 1\.5 mm too long"):
        refuse_wider("footer", "words", 11.5, 10.0)
