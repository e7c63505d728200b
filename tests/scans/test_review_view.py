from __future__ import annotations

import string
from dataclasses import replace

import pytest
from make_ledger import seen

from omr.layout import Layout
from omr.ledger.decisions import Refusal
from omr.ledger.sheets import SheetRow
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from omr.settings import Language
from omr.survey_file import shipped_survey
from scans.review import language, words_doubts
from scans.review.language import Words
from scans.review.queue import Item
from scans.review.view import answer_view, marks_of, serial_crop, words_of
from scans.rows_shown import crop_of

SURVEY = shipped_survey()


@pytest.fixture(scope="module")
def layout() -> Layout:
    from forms.typeset import typeset

    return typeset(SURVEY, SURVEY.domain("GTDB")).layout


def test_every_crop_shows_the_question_and_lies_on_the_sheet(layout: Layout) -> None:
    for question in layout.questions:
        crop, band = crop_of(layout, question)
        assert 0 <= crop.y_mm <= band.y_mm < band.bottom_mm <= crop.bottom_mm
        assert crop.bottom_mm <= layout.height_mm
        assert crop.h_mm < 60
        for bubble in question.bubbles:
            radius = bubble.diameter_mm / 2
            assert band.y_mm <= bubble.centre.y_mm - radius
            assert bubble.centre.y_mm + radius <= band.bottom_mm
            assert crop.x_mm <= bubble.centre.x_mm - radius
            assert bubble.centre.x_mm + radius <= crop.right_mm


def test_a_crop_shows_the_neighbours_rows_whole_but_dimmed(layout: Layout) -> None:
    rated = [layout.question(name) for name in ("b1", "b2", "c1")]
    above, own, below = (question.bubbles[0].centre.y_mm for question in rated)

    crop, band = crop_of(layout, rated[1])

    assert crop.y_mm < above - 2.25 < above + 2.25 < band.y_mm
    assert band.y_mm < own < band.bottom_mm
    assert band.bottom_mm < below - 2.25 < below + 2.25 < crop.bottom_mm


def test_the_serials_crop_lies_on_the_sheet_below_the_upper_code(layout: Layout) -> None:
    crop = serial_crop(layout)
    code = layout.codes[0]

    assert crop.y_mm < code.bottom_mm < crop.bottom_mm < layout.height_mm
    assert 0 <= crop.x_mm < code.x_mm < crop.right_mm <= layout.width_mm


def test_questions_and_options_are_named_as_printed(layout: Layout) -> None:
    title, labels = words_of(layout.question("a1"), layout, {SURVEY.id: SURVEY})

    assert title == "Thủ tục được niêm yết công khai, dễ tìm hiểu"
    assert labels["r5"] == "Rất hài lòng"


def test_words_of_another_revision_are_not_put_into_the_papers_mouth(layout: Layout) -> None:
    edited = replace(SURVEY, revision=SURVEY.revision + 1)

    for surveys in ({}, {edited.id: edited}):
        title, labels = words_of(layout.question("a1"), layout, surveys)
        assert title == "a1"
        assert labels["r5"] == "r5"


def test_a_view_marks_candidates_and_gives_each_bubble_its_digit(layout: Layout) -> None:
    said = {"a1": Answer(AnswerState.DOUBTFUL, ("r5", "r1"), (Reason.OVERVOTE,))}
    reading = replace(
        seen("GTDB-26-000001-D", status=SheetStatus.REVIEW, said=said),
        layout_id=layout.layout_id,
    )
    row = SheetRow("f", "2026-07", "r", reading, reading, ("a1",), ("a1",), said)

    view = answer_view(row, {layout.layout_id: layout}, Item("r", "a1"), {SURVEY.id: SURVEY}, None)

    assert [(b.option, b.key, b.candidate) for b in view.bubbles] == [
        ("r5", "1", True),
        ("r4", "2", False),
        ("r3", "3", False),
        ("r2", "4", False),
        ("r1", "5", True),
    ]
    assert view.suggestion is None
    marks = marks_of(layout, said)
    assert [mark.doubtful for mark in marks] == [True, True]


def test_both_languages_have_every_word_with_the_same_blanks_to_fill() -> None:
    for table in (language.PAGE_WORDS, words_doubts.DOUBT_WORDS, words_doubts.REFUSAL_WORDS):
        for key, words in table.items():
            assert len(words) == 2, key
            assert all(text.strip() for text in words), key
            blanks = [
                {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in words
            ]
            assert blanks[0] == blanks[1], key


def test_every_refusal_has_a_sentence_and_every_doubt_a_phrase() -> None:
    from omr.ledger.standing import Verdict
    from scans import words as screen

    for chosen in Language:
        words = Words(chosen)
        for refusal in Refusal:
            assert len(words.refusal(refusal, "X")) >= 10
        for verdict in set(Verdict) - {Verdict.UNDONE}:
            assert words(verdict.value, what="x")
    asked = {
        Reason.MARGINAL_MARK,
        Reason.OVERVOTE,
        Reason.CORRECTION,
        Reason.CIRCLED,
        Reason.STRAY_LINE,
        Reason.NO_CODE,
        Reason.FIDUCIAL_MISSING,
        Reason.REGISTRATION,
        Reason.POOR_IMAGE,
    }
    assert all(Words(Language.VIETNAMESE).reason(reason) != reason.value for reason in asked)
    assert all(screen.reason_in_words(reason) for reason in asked)
