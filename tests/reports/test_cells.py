from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.survey import Option, Role, SurveyQuestion
from omr.survey_file import shipped_survey
from reports.cells import Chosen, OptionWords

SURVEY = shipped_survey()
QUESTIONS = {question.id: question for question in SURVEY.questions}
RATED = OptionWords(QUESTIONS["a1"])
REASONS = OptionWords(QUESTIONS["m1"])


@pytest.mark.parametrize(
    ("cell", "option"),
    [
        ("Rất hài lòng", "r5"),
        ("RẤT HÀI LÒNG", "r5"),
        ("  rất  hài\u00a0lòng ", "r5"),
        ("Rất hài lòng!!! 😀", "r5"),
        ("5 - Rất hài lòng", "r5"),
        ("5. Rất hài lòng", "r5"),
        ("5", "r5"),
        ("5.0", "r5"),
        ("r5", "r5"),
        ("Không hài lòng", "r2"),
        ("Rất không hài lòng", "r1"),
        ("Chưa hài lòng.", "r2"),
        ("Ha\u0300i lo\u0300ng", "r4"),  # decomposed
    ],
)
def test_what_people_and_programs_write_for_a_rating_is_understood(cell: str, option: str) -> None:
    assert RATED.chosen(cell) == Chosen((option,))


@pytest.mark.parametrize(
    "cell", ["hài", "Khá hài lòng", "Hài lòng lắm", "Hai long", "Hài lòng Không", "6", "r6"]
)
def test_likeness_is_never_enough(cell: str) -> None:
    assert RATED.chosen(cell) == Chosen(leftover=cell)


@pytest.mark.parametrize("dash", ["–", "-", " - ", "—", " – "])
def test_any_dash_will_do_in_an_age(dash: str) -> None:
    assert OptionWords(QUESTIONS["tu"]).chosen(f"25{dash}34") == Chosen(("25",))


def test_an_empty_cell_says_nothing() -> None:
    assert RATED.chosen("") == Chosen()


def test_words_of_a_profile_go_first() -> None:
    words = OptionWords(QUESTIONS["a1"], {"Tuyệt vời": "r5", "Tốt": "r5", "Có": "co"})
    assert words.chosen("tuyệt vời").options == ("r5",)
    assert words.chosen("Tốt").options == ("r5",)
    assert words.chosen("Có").options == ()  # an option of another question


@given(
    chosen=st.sets(st.sampled_from([option.id for option in QUESTIONS["m1"].options])),
    separator=st.sampled_from([";", ", ", ",", "; ", "\n"]),
    seed=st.randoms(use_true_random=False),
)
def test_several_reasons_are_told_apart_in_any_order(
    chosen: set[str], separator: str, seed: object
) -> None:
    labels = [option.label for option in QUESTIONS["m1"].options if option.id in chosen]
    seed.shuffle(labels)  # type: ignore[attr-defined]
    expected = tuple(option.id for option in QUESTIONS["m1"].options if option.id in chosen)
    assert REASONS.chosen(separator.join(labels)) == Chosen(expected)


def test_what_is_no_reason_is_left_over_in_its_own_words() -> None:
    said = REASONS.chosen("Trễ hẹn, Khác: mất điện, nóng, Chờ đợi lâu")
    assert said == Chosen(("cho", "tre"), "Khác: mất điện, nóng")


def test_an_option_that_contains_the_separator_is_matched_at_its_longest() -> None:
    question = SurveyQuestion(
        id="m9",
        text="?",
        role=Role.REASONS,
        options=(Option("a", "Chậm"), Option("b", "Chậm, muộn"), Option("c", "muộn")),
    )
    assert OptionWords(question).chosen("Chậm, muộn, muộn").options == ("b", "c")


def test_words_for_two_options_mean_none() -> None:
    question = SurveyQuestion(
        id="q1",
        text="?",
        role=Role.PROFILE,
        options=(Option("a", "Một", aliases=("x",)), Option("b", "Hai", aliases=("x",))),
    )
    assert OptionWords(question).chosen("x") == Chosen(leftover="x")


def test_a_cell_of_many_thousand_pieces_is_read_at_once() -> None:
    assert REASONS.chosen("a," * 30_000).options == ()
