"""What charts are made of: inks that differ in grey, words that fit, honest scales."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_text import text_of
from reportlab.pdfgen.canvas import Canvas
from sample_results import sample_results

from omr.document_fonts import Serif, serif_font
from omr.settings import Language
from reports.charts import LEVEL_INKS, drawable, lines, shortened, width
from reports.charts_levels import Bar, bars_height, draw_bars
from reports.charts_trend import _scale, broken_months, draw_trend, has_months
from reports.figures import WITHHELD_LEVELS, Levels
from reports.results import Break, MonthPoint

VI = Language.VIETNAMESE


def grey(number: int) -> float:
    ink = LEVEL_INKS[number]
    return 0.2126 * ink.red + 0.7152 * ink.green + 0.0722 * ink.blue


def luminance(number: int) -> float:
    ink = LEVEL_INKS[number]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (ink.red, ink.green, ink.blue)
    ]
    return sum(a * b for a, b in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def drawn(draw: object) -> str:
    assert callable(draw)
    file = io.BytesIO()
    serif_font(Serif.REGULAR)
    canvas = Canvas(file, initialFontName=Serif.REGULAR.value)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return text_of(file.getvalue())


def test_neighbouring_levels_differ_in_grey_and_their_labels_can_be_read() -> None:
    shades = [grey(number) for number in range(5)]
    assert all(abs(a - b) > 0.15 for a, b in pairwise(shades))
    for number, ink in enumerate(LEVEL_INKS):
        light, dark = sorted((ink.words, luminance(number)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 4.5  # as WCAG 2 counts contrast


@given(st.text(max_size=80), st.floats(20, 300))
def test_words_never_leave_their_room(words: str, room: float) -> None:
    found = lines(words, Serif.REGULAR, 9.0, room, 2)
    assert len(found) <= 2
    assert all(width(line, Serif.REGULAR, 9.0) <= room + 1e-6 for line in found)
    assert width(shortened(words, Serif.BOLD, 9.0, room), Serif.BOLD, 9.0) <= room + 1e-6


def test_words_that_fit_are_whole_and_composed() -> None:
    name = "Công an đặc khu Bạch Long Vĩ"
    assert shortened(unicodedata.normalize("NFD", name), Serif.REGULAR, 9, 500) == name
    assert " ".join(lines(name, Serif.REGULAR, 9, 80, 2)) == name
    assert drawable("a\n b\t😀\u200b") == "a b □"


def test_a_bar_s_labels_are_whole_percents_and_its_share_exact() -> None:
    bars = [Bar("Một", Levels.of(50, 30, 20)), Bar("Không ai", Levels.of())]
    text = drawn(lambda canvas: draw_bars(canvas, 50, 700, 450, bars, VI))
    for words in ("50%", "30%", "20%", "80,00%", "100", "Rất không hài lòng", "–"):
        assert words in text


def test_hidden_levels_are_not_drawn() -> None:
    some = replace(WITHHELD_LEVELS, n=40, satisfied=30)
    bars = [Bar("Ít", WITHHELD_LEVELS), Bar("Một phần", some)]
    text = drawn(lambda canvas: draw_bars(canvas, 50, 700, 450, bars, VI))
    assert "75%" in text
    assert "75,00%" in text
    assert "*" in text


def test_a_chart_takes_the_height_that_it_says() -> None:
    assert bars_height(7) > bars_height(4) > bars_height(1)


def points(*shares: int | None) -> tuple[MonthPoint, ...]:
    trend = sample_results().trend.points
    figures = next(point.figures for point in trend if point.figures)
    return tuple(
        MonthPoint(point.period, None)
        if share is None
        else MonthPoint(point.period, replace(figures, overall=Levels.of(share, 0, 100 - share)))
        for point, share in zip(trend, shares, strict=False)
    )


@given(st.lists(st.none() | st.integers(0, 100), max_size=13))
def test_every_share_lies_within_the_scale(shares: list[int | None]) -> None:
    scale = _scale(points(*shares), 0.0, 100.0)
    assert 0 <= scale.low < scale.high <= 100
    assert (scale.high - scale.low) % scale.step == 0
    assert 2 <= (scale.high - scale.low) / scale.step <= 5
    assert all(scale.low <= share <= scale.high for share in shares if share is not None)


def test_a_wide_interval_is_never_cut_at_the_edge_of_the_scale() -> None:
    points = sample_results().trend.points
    point = next(point for point in points if point.figures)
    assert point.figures is not None
    few = replace(point.figures, overall=Levels.of(18, 0, 2))
    assert few.share_interval is not None

    scale = _scale([*points, replace(point, figures=few)], 0, 100)
    assert scale.shown(few.share_interval) == (few.share_interval.low, few.share_interval.high)


def test_a_trend_names_all_months_and_why_lines_break() -> None:
    trend = sample_results().trend
    text = drawn(lambda canvas: draw_trend(canvas, 40, 400, (480, 150), trend, VI))
    assert all(f"{point.period.month:02d}/{point.period.year}" in text for point in trend.points)
    assert broken_months(trend, VI) == (
        "Chấm rỗng: tháng không so sánh được với kỳ này (danh sách đơn vị khác; bộ câu hỏi khác). "
        "–: chưa có số liệu."
    )


@pytest.mark.parametrize(("months", "enough"), [((), False), ((90,), False), ((90, 91), True)])
def test_one_month_is_no_line(months: tuple[int, ...], *, enough: bool) -> None:
    trend = replace(sample_results().trend, points=points(*months))
    assert has_months(trend) is enough
    assert broken_months(trend, VI) == ""


def test_months_of_other_units_are_no_part_of_the_line() -> None:
    trend = sample_results().trend
    apart = [point for point in trend.points if Break.UNITS in point.breaks]
    assert apart
    assert not any(point.comparable for point in apart)
