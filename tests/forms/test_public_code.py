"""The code that leads to a form's electronic twin: room for it, and no trace of it elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms.artwork import Pattern, Text
from forms.public_code import FIXED_WORDS, LEAST_MODULE_MM, SOURCE
from forms.text_flow import FormDoesNotFit
from forms.typeset import Typeset, typeset
from omr.links import Link
from omr.survey import Survey

PC08 = Link("Phiếu điện tử", "https://danhgia.haiphong.gov.vn/?dv=HP-PC08", "danhgia.vn/pc08")
PC07 = Link("Phiếu điện tử", "https://danhgia.haiphong.gov.vn/?dv=HP-PC07&l=vi", "danhgia.vn/pc7")
LONG = "https://docs.google.com/forms/d/e/" + "A" * 56 + "/viewform?usp=pp_url&entry.1234567890="


def code_of(form: Typeset) -> Pattern:
    (code,) = (item for item in form.items if isinstance(item, Pattern))
    return code


def refused(survey: Survey, public: Link) -> str:
    with pytest.raises(FormDoesNotFit, match=r"\d mm") as failure:
        typeset(survey, survey.domain("GTDB"), public)
    assert failure.value.remedy
    return failure.value.message


def test_every_domain_has_room_for_a_public_code(survey: Survey) -> None:
    for domain in survey.domains:
        form = typeset(survey, domain, Link("", LONG + "HP-PC08", "danhgia.haiphong.gov.vn/pc08"))
        code = code_of(form)
        assert code.box.w_mm >= 16.0
        assert code.box.w_mm / code.columns >= LEAST_MODULE_MM


def test_a_form_with_a_public_code_differs_in_its_comment_box_only(survey: Survey) -> None:
    domain = survey.domain("GTDB")
    plain, public = typeset(survey, domain), typeset(survey, domain, PC08)

    assert public.layout.layout_id != plain.layout.layout_id
    assert public.layout.wording != plain.layout.wording
    same = replace(public.layout, comment=plain.layout.comment, wording=plain.layout.wording)
    assert same == plain.layout
    narrow, wide = public.layout.comment, plain.layout.comment
    assert (narrow.x_mm, narrow.y_mm) == (wide.x_mm, wide.y_mm)
    assert 60.0 < narrow.w_mm < wide.w_mm
    assert not narrow.overlaps(code_of(public).box)
    elsewhere = {SOURCE, "comment"}
    assert [i for i in public.items if i.source not in elsewhere] == [
        i for i in plain.items if i.source not in elsewhere
    ]


def test_without_a_link_nothing_invites_to_scan(survey: Survey) -> None:
    form = typeset(survey, survey.domain("GTDB"))
    assert not any(isinstance(item, Pattern) for item in form.items)
    words = {item.words for item in form.items if isinstance(item, Text)}
    assert not words & set(FIXED_WORDS)


def test_all_units_have_one_layout_and_codes_of_their_own(survey: Survey) -> None:
    domain = survey.domain("GTDB")
    one, other = typeset(survey, domain, PC08), typeset(survey, domain, PC07)

    assert one.layout == other.layout
    assert code_of(one).box == code_of(other).box
    assert code_of(one).runs != code_of(other).runs
    assert any(isinstance(i, Text) and i.words.endswith("danhgia.vn/pc7") for i in other.items)


def test_an_address_too_long_for_a_code_of_that_size_is_refused(survey: Survey) -> None:
    message = refused(survey, replace(PC08, url=LONG + "HP-PC08&entry.2=" + "B" * 60))
    assert "BBBB" in message


def test_an_address_that_no_code_can_hold_is_refused(survey: Survey) -> None:
    assert "too large" in refused(survey, replace(PC08, url="https://a.vn/" + "a" * 4000))


def test_a_short_address_that_is_none_is_refused(survey: Survey) -> None:
    assert SOURCE in refused(survey, replace(PC08, short="danhgia.vn/" + "pc08" * 20))


def test_a_comment_box_too_low_for_the_code_is_refused(survey: Survey) -> None:
    low = replace(survey, comment=replace(survey.comment, height_mm=18.5))
    assert "1.5 mm too low" in refused(low, PC08)


def test_a_higher_comment_box_has_a_larger_code(survey: Survey) -> None:
    kept = tuple(q for q in survey.questions if q.id not in {"x1", "e1"})
    comment = replace(survey.comment, height_mm=24.0)
    high = replace(survey, comment=comment, questions=kept)
    assert code_of(typeset(high, high.domain("GTDB"), PC08)).box.w_mm == pytest.approx(20.0)


def test_nothing_may_stand_in_the_white_around_the_code(survey: Survey) -> None:
    crowded = replace(survey, comment=replace(survey.comment, text="Ý kiến góp ý khác: " * 3))
    typeset(crowded, crowded.domain("GTDB"))
    assert "comment" in refused(crowded, PC08)
