"""Numbers and words on paper."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from omr.serial_ranges import SerialRange
from omr.settings import Language
from reports.measures import Band, Change, Interval
from reports.number_text import (
    count_text,
    day_text,
    decimal_text,
    difference_text,
    interval_text,
    percent_text,
    ranges_text,
)
from reports.responses import Channel
from reports.results import Break, Note, Remark, Section
from reports.words import (
    Word,
    band_word,
    break_word,
    change_word,
    channel_word,
    factor_word,
    remark_text,
    section_word,
    word,
)

VI, EN = Language.VIETNAMESE, Language.ENGLISH


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert count_text(1234567, VI) == "1.234.567"
    assert count_text(1234567, EN) == "1,234,567"
    assert percent_text(Fraction(6650, 7528), VI) == "88,34%"
    assert percent_text(Fraction(6650, 7528), EN) == "88.34%"
    assert decimal_text(Fraction(412345, 100000), VI) == "4,12"
    assert interval_text(Interval(0.566, 1.0), VI) == "56,6–100,0%"
    assert day_text(date(2026, 11, 4), VI) == "04/11/2026"
    assert day_text(date(2026, 11, 4), EN) == "2026-11-04"


def test_nothing_counted_is_a_dash_and_nothing_to_be_shown_a_star() -> None:
    assert percent_text(None, VI) == decimal_text(None, VI) == interval_text(None, VI) == "–"
    assert percent_text(None, VI, withheld=True) == count_text(None, VI) == "*"
    assert count_text(0, VI) == "0"


def test_a_difference_is_that_of_the_numbers_as_printed() -> None:
    now, before = Fraction(88335, 100000), Fraction(88334, 100000)
    assert difference_text(now, before, VI) == "+0,01"
    assert difference_text(before, now, VI) == "−0,01"
    assert difference_text(now, now, VI) == "0,00"
    assert difference_text(now, None, VI) == "–"


def test_missing_forms_are_named_by_their_running_numbers() -> None:
    ranges = [SerialRange("GTDB", 2026, 417, 423), SerialRange("GTDB", 2026, 501, 501)]
    assert ranges_text(ranges) == "000417–000423, 000501"
    more = [*ranges, SerialRange("GTDB", 2027, 1, 2)]
    assert ranges_text(more) == "26-000417–000423, 26-000501, 27-000001–000002"
    assert ranges_text([]) == ""


def test_every_word_exists_in_both_languages_and_differs_where_letters_are_words() -> None:
    for language in (VI, EN):
        for which in Word:
            assert word(which, language)
        for note in Note:
            text = remark_text(Remark(note, 17), language)
            assert text.endswith(".")
            assert "{" not in text
        for channel in Channel:
            assert channel_word(channel, language)
        for section in Section:
            assert section_word(section, language)
        for some in Change:
            assert change_word(some, language)
        for band in Band:
            assert band_word(band, language)
        for reason in Break:
            assert break_word(reason, language)
        for factor in "ABCDE":
            assert len(factor_word(factor, language)) > 1
    assert change_word(None, VI) == ""
    assert factor_word("F", VI) == "F"
    assert all(word(which, VI) != word(which, EN) for which in Word)
    assert "17" in remark_text(Remark(Note.SMALL, 17), VI)
