"""Words in cells: how wide they are, what they may hold; letters of columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from reportlab.pdfbase.pdfmetrics import stringWidth

from omr.document_fonts import Serif, serif_font
from omr.periods import Period
from omr.settings import Language
from reports.workbook_formulas import column_letter
from reports.workbook_text import (
    MOST_LETTERS,
    Pair,
    lines,
    looks_like_formula,
    month_text,
    tidy,
    width,
)

PHRASES = (
    "Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "003417, 003457–003458, 003497–003499",
    "Ông/Bà có phải chi thêm khoản nào ngoài quy định không?",
    "Tỷ lệ hài lòng (%)",
    "The quick brown fox jumps over the lazy dog",
)


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_text_is_as_wide_as_the_font_makes_it(phrase: str) -> None:
    serif_font(Serif.REGULAR)
    true = stringWidth(phrase, Serif.REGULAR.value, 11) * 96 / 72
    assert width(phrase, 11) == pytest.approx(true, rel=0.02)
    bold = stringWidth(phrase, Serif.BOLD.value, 11) * 96 / 72
    assert 0.98 * bold < width(phrase, 11, bold=True) < 1.08 * bold


@given(st.integers(min_value=0, max_value=16_383))
def test_columns_have_the_letters_that_programs_give_them(column: int) -> None:
    assert column_letter(column) == get_column_letter(column + 1)


def test_a_text_takes_the_lines_that_its_words_need() -> None:
    assert lines("", 100, 11) == 1
    assert lines("Có", 100, 11) == 1
    assert lines("Có\nKhông", 100, 11) == 2
    assert lines(PHRASES[0], 1000, 11) == 1
    assert lines(PHRASES[0], 200, 11) == 2
    assert lines("x" * 100, 100, 11) >= 7  # one long word is broken


@given(st.text(), st.integers(min_value=30, max_value=400))
def test_a_wider_cell_never_needs_more_lines(text: str, pixels: int) -> None:
    assert lines(text, pixels + 50, 11) <= lines(text, pixels, 11)


@given(st.text(st.characters(), max_size=200))
def test_a_tidy_text_can_be_kept_in_any_workbook(text: str) -> None:
    clean = tidy(text)
    clean.encode("utf-8")
    assert not any(ord(c) < 32 and c not in "\t\n\r" for c in clean)
    assert tidy(clean) == clean


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    for text in ("x" * 40_000, "𝕏" * 20_000):
        cut = tidy(text)
        assert cut.endswith(" […]")
        assert len(cut.encode("utf-16-le")) <= 2 * MOST_LETTERS
    assert tidy("x" * MOST_LETTERS) == "x" * MOST_LETTERS


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", " =1", "＝1", "\t=1"])
def test_what_may_be_taken_for_a_formula_is_known(text: str) -> None:
    assert looks_like_formula(text)


@pytest.mark.parametrize("text", ["", "Phòng", "1=1", "–", "'=1"])
def test_ordinary_text_is_no_formula(text: str) -> None:
    assert not looks_like_formula(text)


def test_months_are_named_as_each_language_does() -> None:
    assert month_text(Period(2026, 3), Language.VIETNAMESE) == "03/2026"
    assert month_text(Period(2026, 3), Language.ENGLISH) == "2026-03"
    assert Pair("Từ", "From").said(Language.VIETNAMESE) == "Từ"
