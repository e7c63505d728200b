"""Other words under a number that was printed already are noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms.survey_check import check_revision, is_as_printed
from forms.text_flow import FormDoesNotFit
from forms.typeset import typeset
from omr.layout import Layout
from omr.links import Link
from omr.survey import Survey
from omr.survey_places import REVISION, with_words

D1 = ("question", "d1")


@pytest.fixture
def printed(survey: Survey) -> list[Layout]:
    return [typeset(survey, survey.domain(name)).layout for name in ("GTDB", "L05")]


@pytest.fixture
def edited(survey: Survey) -> Survey:
    return with_words(survey, D1, "Trả đúng hẹn")


def test_the_words_that_were_printed_may_be_printed_again(
    survey: Survey, printed: list[Layout]
) -> None:
    for name in ("GTDB", "L05", "XNC"):
        assert check_revision(printed, survey, survey.domain(name)) is None
    assert is_as_printed(printed, survey)


def test_other_words_need_another_number(edited: Survey, printed: list[Layout]) -> None:
    domain = edited.domain("GTDB")

    problem = check_revision(printed, edited, domain)

    assert problem is not None
    assert problem.place == REVISION
    assert "omr surveys revise hai-long" in problem.remedy
    assert check_revision(printed, replace(edited, revision=2), domain) is None
    assert not is_as_printed(printed, edited)
    assert is_as_printed(printed, replace(edited, revision=2))


def test_the_kept_text_tells_which_words_differ(
    survey: Survey, edited: Survey, printed: list[Layout]
) -> None:
    problem = check_revision(printed, edited, edited.domain("GTDB"), archived=survey)

    assert problem is not None
    assert problem.place == D1


def test_words_on_no_form_of_the_domain_do_not_matter(
    survey: Survey, printed: list[Layout]
) -> None:
    other = with_words(survey, ("domain", "XNC", "specific"), "Khác hẳn")
    assert check_revision(printed, other, other.domain("GTDB")) is None
    assert check_revision(printed, other, other.domain("GTDB"), archived=survey) is None


def test_a_domain_that_was_never_printed_is_free(edited: Survey, printed: list[Layout]) -> None:
    assert check_revision(printed, edited, edited.domain("XNC")) is None
    assert check_revision([], edited, edited.domain("GTDB")) is None
    foreign = [replace(layout, survey="another") for layout in printed]
    assert check_revision(foreign, edited, edited.domain("GTDB")) is None


def test_words_of_the_program_itself_need_no_new_number(
    survey: Survey, printed: list[Layout]
) -> None:
    by_an_older_program = [replace(layout, wording="0" * 16) for layout in printed]
    domain = survey.domain("GTDB")

    assert check_revision(by_an_older_program, survey, domain, archived=survey) is None
    assert check_revision(by_an_older_program, survey, domain) is not None


def test_a_public_code_makes_no_other_words(survey: Survey) -> None:
    link = Link("Khảo sát", "https://haiphong.gov.vn/ks", "haiphong.gov.vn/ks")
    domain = survey.domain("GTDB")
    with_code = [typeset(survey, domain, link).layout]

    assert check_revision(with_code, survey, domain) is None
    assert is_as_printed(with_code, survey)


def test_an_older_text_is_not_printed_after_a_newer_one(
    survey: Survey, printed: list[Layout]
) -> None:
    newer = [replace(layout, revision=3) for layout in printed]

    problem = check_revision(newer, survey, survey.domain("GTDB"))

    assert problem is not None
    assert "revision 3" in problem.what
    assert check_revision([*printed, *newer], survey, survey.domain("GTDB")) is None


def test_a_form_that_does_not_fit_cannot_be_compared(survey: Survey, printed: list[Layout]) -> None:
    wide = with_words(survey, ("form", "title"), "PHIẾU" * 30)

    with pytest.raises(FormDoesNotFit):
        check_revision(printed, wide, wide.domain("GTDB"))
    assert not is_as_printed(printed, wide)
