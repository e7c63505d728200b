"""Ids are permanent: what a new revision of a survey may do to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from make_layout import make_layout

from omr.layout import Layout, QuestionKind
from omr.survey import Role, Survey, SurveyQuestion
from omr.survey_file import shipped_survey
from omr.survey_places import with_words
from omr.survey_revision import Finding, compare, compare_with_print, removals

OLD = shipped_survey()


def revised(**changed: Any) -> Survey:
    return replace(OLD, revision=2, **changed)


def with_question(name: str, **changes: Any) -> Survey:
    return revised(
        questions=tuple(replace(q, **changes) if q.id == name else q for q in OLD.questions)
    )


def without(name: str) -> Survey:
    return revised(questions=tuple(q for q in OLD.questions if q.id != name))


def question(name: str) -> SurveyQuestion:
    return next(q for q in OLD.questions if q.id == name)


def forbidden(new: Survey, old: Survey = OLD) -> list[Finding]:
    return [finding for finding in compare(old, new) if finding.forbidden]


def test_the_same_text_is_no_finding() -> None:
    assert compare(OLD, revised()) == ()
    assert removals(OLD, revised()) == ()


def test_other_words_of_the_same_meaning_are_no_finding() -> None:
    new = with_words(OLD, ("question", "c1"), "Thái độ phục vụ của cán bộ")
    new = with_words(new, ("form", "intro"), "Xin chào")
    assert compare(OLD, new) == ()


def test_quite_other_words_are_worth_a_look() -> None:
    (finding,) = compare(OLD, with_words(OLD, ("question", "d1"), "Chỗ đỗ xe rộng rãi"))

    assert finding.place == ("question", "d1")
    assert not finding.forbidden
    assert "Trả kết quả đúng hẹn" in finding.what


def test_two_questions_cannot_change_places_under_their_ids() -> None:
    a1, a2 = question("a1").text, question("a2").text
    new = with_words(with_words(OLD, ("question", "a1"), a2), ("question", "a2"), a1)

    found = forbidden(new)

    assert [finding.place[1] for finding in found] == ["a1", "a2"]
    assert "a2" in found[0].what


def test_two_options_or_ratings_cannot_change_places_under_their_ids() -> None:
    reasons = tuple(
        replace(o, label={"cho": "Trễ hẹn", "tre": "Chờ đợi lâu"}.get(o.id, o.label))
        for o in question("m1").options
    )
    assert {f.place for f in forbidden(with_question("m1", options=reasons))} == {
        ("option", "m1", "cho"),
        ("option", "m1", "tre"),
    }
    turned = tuple(replace(o, value=6 - (o.value or 0)) for o in OLD.scale)
    places = {f.place for f in forbidden(revised(scale=turned))}
    assert ("scale", "r5", "label") in places
    assert ("scale", "r3", "label") not in places


@pytest.mark.parametrize(
    "new",
    [
        with_question("t0", role=Role.RATED),
        with_question("y1", role=Role.REASONS),
        with_question(
            "gt", options=tuple(replace(o, id=f"x{o.id}") for o in question("gt").options)
        ),
        revised(questions=(*OLD.questions, replace(question("a1"), id="g1"))),
        replace(without("a2"), comment=replace(OLD.comment, id="a2")),
    ],
)
def test_an_id_never_comes_to_mean_something_else(new: Survey) -> None:
    assert forbidden(new)


def test_a_removed_question_is_told_once_and_allowed() -> None:
    new = without("m1")

    assert forbidden(new) == []
    (finding,) = removals(OLD, new)
    assert not finding.forbidden
    assert "m1" in finding.what


def test_a_removed_option_and_a_removed_domain_are_told() -> None:
    fewer = with_question("m1", options=question("m1").options[1:])
    fewer = replace(fewer, domains=OLD.domains[:-1])

    told = " ".join(finding.what for finding in removals(OLD, fewer))

    assert "'cho' of m1" in told
    assert "L12" in told
    assert forbidden(fewer) == []


def test_a_question_that_comes_back_under_another_id_is_told() -> None:
    again = replace(question("a2"), id="a9")
    new = replace(without("a2"), questions=(*without("a2").questions, again))

    (finding,) = compare(OLD, new)

    assert not finding.forbidden
    assert "a2" in finding.what
    assert finding.place == ("question", "a9")


def test_new_questions_and_options_are_free() -> None:
    more = (*question("m1").options, replace(question("m1").options[0], id="moi", label="Khác"))
    new = with_question("m1", options=more)
    new = replace(
        new,
        questions=(*new.questions, replace(question("a1"), id="a9", text="Chỗ đỗ xe")),
    )
    assert compare(OLD, new) == ()


def test_another_factor_or_roll_up_moves_earlier_months_and_is_told() -> None:
    found = compare(OLD, with_question("c1", factor="D"))
    assert [(f.place, f.forbidden) for f in found] == [(("question", "c1"), False)]

    domains = tuple(replace(d, rollup="GTDB") if d.id == "L05" else d for d in OLD.domains)
    (finding,) = compare(OLD, revised(domains=domains))
    assert (finding.place, finding.forbidden) == (("domain", "L05", "name"), False)


def printed(**changes: Any) -> Layout:
    layout = replace(make_layout(), survey=OLD.id, revision=1)
    first = replace(layout.questions[0], **changes)
    return replace(layout, questions=(first,))


def test_printed_forms_whose_words_are_lost_still_protect_their_ids() -> None:
    bubbles = make_layout().questions[0].bubbles
    reused = tuple(replace(bubble, option=f"x{n}") for n, bubble in enumerate(bubbles))
    rated = tuple(replace(b, option=o.id) for b, o in zip(bubbles, OLD.scale, strict=False))

    assert compare_with_print([printed(id="a1", bubbles=rated)], revised()) == ()
    assert compare_with_print([printed(id="gone")], revised()) == ()
    for layout in (
        printed(id="a1", bubbles=reused),
        printed(id="a1", bubbles=rated, kind=QuestionKind.MULTI),
    ):
        (finding,) = compare_with_print([layout, layout], revised())
        assert finding.forbidden
        assert "a1" in finding.what
    foreign = replace(printed(id="a1", bubbles=reused), survey="another")
    assert compare_with_print([foreign], revised()) == ()
