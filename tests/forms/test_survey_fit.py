"""Which line of a survey does not fit is found by experiment; so are all of them at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms.survey_fit import Misfit, misfits
from omr.links import Link
from omr.survey import Role, Survey
from omr.survey_places import HEIGHT, Place, with_words

TWO = ("GTDB", "L12")


@pytest.fixture
def small(survey: Survey) -> Survey:
    """The shipped survey for two domains: the others take the same time again."""
    return replace(survey, domains=tuple(d for d in survey.domains if d.id in TWO))


def the(survey: Survey) -> Misfit:
    (misfit,) = misfits(survey)
    assert misfit.remedy
    return misfit


def test_the_shipped_survey_fits_for_every_domain_with_and_without_a_public_code(
    survey: Survey, small: Survey
) -> None:
    assert misfits(survey) == ()
    link = Link("Khảo sát", "https://haiphong.gov.vn/ks", "haiphong.gov.vn")
    assert misfits(small, dict.fromkeys(TWO, link)) == ()


def test_a_comment_box_too_low_for_a_public_code_is_named(small: Survey) -> None:
    link = Link("Khảo sát", "https://haiphong.gov.vn/ks", "haiphong.gov.vn")
    low = replace(small, comment=replace(small.comment, height_mm=19.8))

    assert misfits(low) == ()
    (misfit,) = misfits(low, {"GTDB": link})
    assert misfit.domains == ("GTDB",)
    assert "public code" in misfit.what


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("form", "title"), "PHIẾU" * 20),
        (("form", "subtitle"), "người" * 20),
        (("form", "how_to"), "tô" * 80),
        (("question", "c2"), "Cán bộ thành thạo việc, " * 3),
        (("question", "t0"), "ĐÁNH GIÁ CHUNG " * 5),
        (("question", "y1"), "Ông/Bà có phải chi thêm khoản nào ngoài quy định không? " * 2),
        (("option", "tu", "u25"), "Dưới hai mươi lăm tuổi " * 3),
        (("option", "m1", "cho"), "Chờ đợi lâu " * 12),
        (("scale", "r2", "short"), "Khônghàilònglắm"),
        (("comment", "text"), "Ý kiến góp ý khác " * 6),
        (("question", "d1"), "Trả kết quả 漢"),
    ],
)
def test_a_line_that_does_not_fit_is_named_with_its_excess(
    small: Survey, place: Place, words: str
) -> None:
    misfit = the(with_words(small, place, words))

    assert misfit.place == place
    assert misfit.domains == TWO
    assert "漢" in misfit.what if "漢" in words else " mm " in misfit.what


def test_a_domains_own_line_is_named_and_not_the_question_that_shows_it(small: Survey) -> None:
    misfit = the(with_words(small, ("domain", "GTDB", "specific"), "Kiểm tra xe, cấp biển " * 5))

    assert misfit.place == ("domain", "GTDB", "specific")
    assert misfit.domains == ("GTDB",)


def test_all_lines_that_do_not_fit_are_named_at_once(small: Survey) -> None:
    places: list[Place] = [
        ("form", "title"),
        ("question", "a1"),
        ("question", "t0"),
        ("domain", "L12", "name"),
    ]
    wide = small
    for place in places:
        wide = with_words(wide, place, "Rấtdài" * 40)

    found = misfits(wide)

    assert {misfit.place for misfit in found} == set(places)
    assert {misfit.domains for misfit in found} == {TWO, ("L12",)}


def test_a_form_that_is_too_high_names_the_comment_box_and_the_millimetres(
    small: Survey,
) -> None:
    row = replace(small.with_role(Role.RATED)[0], id="z1")
    high = replace(
        small, questions=(*small.questions, row, replace(row, id="z2"), replace(row, id="z3"))
    )

    misfit = the(high)

    assert misfit.place == HEIGHT
    assert "mm too high" in misfit.what


def test_words_that_make_the_form_too_high_are_named_themselves(small: Survey) -> None:
    misfit = the(replace(small, intro=f"{small.intro} " * 5))

    assert misfit.place == ("form", "intro")
