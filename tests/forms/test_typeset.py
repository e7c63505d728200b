"""Positions: chosen once, the same everywhere, refused when anything touches."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

import pytest

from forms import clearance
from forms.artwork import Ring, Stroke, Text
from forms.fonts import Face
from forms.frame import CLEAR_MM, CODES, quiet_zones
from forms.text_flow import FormDoesNotFit
from forms.typeset import Typeset, typeset
from omr.errors import ExitCode
from omr.geometry import PagePoint
from omr.layout import Bubble, Layout, layout_from_json, layout_to_json
from omr.survey import Role, Survey

DOMAINS = ["QLHC", "PCCC", "XNC", "GTDB", *(f"L{n:02d}" for n in range(1, 13))]


def bubbles(layout: Layout) -> list[Bubble]:
    return [bubble for question in layout.questions for bubble in question.bubbles]


def with_text(survey: Survey, question_id: str, text: str) -> Survey:
    questions = tuple(replace(q, text=text) if q.id == question_id else q for q in survey.questions)
    return replace(survey, questions=questions)


def refused(survey: Survey, domain: str = "GTDB") -> str:
    with pytest.raises(FormDoesNotFit) as failure:
        typeset(survey, survey.domain(domain))
    assert failure.value.exit_code is ExitCode.BAD_USAGE
    assert failure.value.remedy
    return failure.value.message


of_domain = cache(typeset)  # most tests look at the same sixteen forms


@pytest.fixture
def gtdb(survey: Survey) -> Typeset:
    return of_domain(survey, survey.domain("GTDB"))


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_has_a_form_with_every_question(survey: Survey, domain: str) -> None:
    layout = of_domain(survey, survey.domain(domain)).layout

    assert [q.id for q in layout.questions] == [q.id for q in survey.questions]
    for placed, worded in zip(layout.questions, survey.questions, strict=True):
        assert [b.option for b in placed.bubbles] == [o.id for o in worded.options]
    assert (layout.width_mm, layout.height_mm) == (148.0, 210.0)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_layout_names_the_print_near_bubbles_and_none_of_it_comes_near_their_ink(
    survey: Survey, domain: str
) -> None:
    layout = of_domain(survey, survey.domain(domain)).layout

    assert len(layout.artwork) > len(layout.questions)  # their words at least
    for box in layout.artwork:
        # How far the box's nearest point lies from every bubble's outline.
        apart = [
            math.hypot(
                max(box.x_mm - b.centre.x_mm, 0.0, b.centre.x_mm - box.right_mm),
                max(box.y_mm - b.centre.y_mm, 0.0, b.centre.y_mm - box.bottom_mm),
            )
            - b.diameter_mm / 2
            for b in bubbles(layout)
        ]
        assert min(apart) > CLEAR_MM - 0.11
        assert min(apart) < 9.1


@pytest.mark.parametrize("domain", DOMAINS)
def test_bubbles_keep_their_distances(survey: Survey, domain: str) -> None:
    layout = of_domain(survey, survey.domain(domain)).layout

    centres = [bubble.centre for bubble in bubbles(layout)]
    assert all(bubble.diameter_mm == 4.5 for bubble in bubbles(layout))
    nearest = min(math.hypot(a.x_mm - b.x_mm, a.y_mm - b.y_mm) for a, b in combinations(centres, 2))
    assert nearest >= 6.2 - 1e-9
    for question in layout.questions:
        if len(question.bubbles) == 5 and question.id != "tu":
            xs = [bubble.centre.x_mm for bubble in question.bubbles]
            assert min(b - a for a, b in pairwise(xs)) >= 9.0


@pytest.mark.parametrize("domain", DOMAINS)
def test_hairlines_set_the_table_and_its_last_row_apart(survey: Survey, domain: str) -> None:
    items = of_domain(survey, survey.domain(domain)).items
    rules = [item for item in items if isinstance(item, Stroke) and item.source == "rule"]
    assert len(rules) == 3


@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_that_a_machine_reads_lies_under_the_stamp(survey: Survey, domain: str) -> None:
    layout = of_domain(survey, survey.domain(domain)).layout

    assert (layout.stamp.w_mm, layout.stamp.h_mm) == (42.0, 42.0)
    assert not any(rect.overlaps(layout.stamp) for _name, rect in quiet_zones())
    for bubble in bubbles(layout):
        at = bubble.centre
        assert at.x_mm - 3.4 > layout.stamp.right_mm or at.y_mm - 3.4 > layout.stamp.bottom_mm


@pytest.mark.parametrize("domain", DOMAINS)
def test_choices_about_the_person_line_up_with_the_rating_columns(
    survey: Survey, domain: str
) -> None:
    layout = of_domain(survey, survey.domain(domain)).layout
    columns = [bubble.centre.x_mm for bubble in layout.question("a1").bubbles]
    pitch = columns[1] - columns[0]

    for profile in survey.with_role(Role.PROFILE):
        first = layout.question(profile.id).bubbles[0].centre.x_mm
        steps = (columns[-1] - first) / pitch
        assert steps == pytest.approx(round(steps)), profile.id
    for question in ("tu", "ht"):
        xs = [bubble.centre.x_mm for bubble in layout.question(question).bubbles]
        gaps = [after - before for before, after in pairwise(xs)]
        assert gaps == pytest.approx([gaps[0]] * len(gaps)), question


@pytest.mark.parametrize("domain", DOMAINS)
def test_rows_of_the_table_are_evenly_set(survey: Survey, domain: str) -> None:
    layout = of_domain(survey, survey.domain(domain)).layout
    rated = survey.with_role(Role.RATED)
    ys = [layout.question(question.id).bubbles[0].centre.y_mm for question in rated]
    assert {round(after - before, 3) for before, after in pairwise(ys)} == {6.2}


def test_right_and_wrong_marks_and_a_correction_are_shown_beside_the_heads(gtdb: Typeset) -> None:
    words = {item.words: item for item in gtdb.items if isinstance(item, Text)}
    shown = [item for item in gtdb.items if item.source == "how_to"]
    for label, rings in (("Đúng:", 3), ("Sai:", 3), ("Sửa:", 2)):
        at = words[label].at
        after = [w.at.x_mm for w in words.values() if w.at.y_mm == at.y_mm and w.at.x_mm > at.x_mm]
        end = min(after, default=85.0)
        within = [i for i in shown if isinstance(i, Ring) and at.x_mm < i.centre.x_mm < end]
        assert len(within) == rings, label
    heads = [w for w in words.values() if w.source.startswith("the short name")]
    assert max(i.ink.right_mm for i in shown if not isinstance(i, Text)) < min(
        head.at.x_mm for head in heads
    )


def test_the_promise_of_anonymity_stands_out(survey: Survey, gtdb: Typeset) -> None:
    bold = [i.words for i in gtdb.items if isinstance(i, Text) and i.face is Face.BOLD]
    assert "Phiếu không ghi tên," in bold
    one = replace(survey, intro="Để phục vụ Nhân dân tốt hơn.")
    items = typeset(one, one.domain("GTDB")).items
    (intro,) = (i for i in items if isinstance(i, Text) and i.source == "intro")
    assert intro.face is Face.REGULAR


def test_both_control_codes_say_that_citizens_need_not_scan_them(gtdb: Typeset) -> None:
    said = [i for i in gtdb.items if isinstance(i, Text) and "không quét" in i.words]
    for code in CODES:
        near = [i for i in said if i.ink.overlaps(code.grown(8.0))]
        assert near, code


def test_a_domain_whose_serials_have_no_room_is_refused_by_millimetres(survey: Survey) -> None:
    long = replace(survey.domain("GTDB"), id="GIAOTHONG1")
    with pytest.raises(FormDoesNotFit, match=r"serial of domain GIAOTHONG1 is \d+\.\d mm"):
        typeset(survey, long)


def test_the_same_words_give_the_same_layout_and_other_words_another(survey: Survey) -> None:
    domain = survey.domain("GTDB")
    first = typeset(survey, domain)
    other = typeset(with_text(survey, "a1", "Thủ tục được niêm yết công khai"), domain)

    assert typeset(survey, domain) == first
    assert other.layout.layout_id != first.layout.layout_id


def test_forms_of_all_domains_have_layouts_of_their_own(survey: Survey) -> None:
    ids = {of_domain(survey, survey.domain(d)).layout.layout_id[:6] for d in DOMAINS}
    assert len(ids) == len(DOMAINS)


def test_a_layout_survives_being_written_and_read(gtdb: Typeset) -> None:
    text = json.dumps(layout_to_json(gtdb.layout))
    assert layout_from_json(json.loads(text)) == gtdb.layout


def test_a_rated_line_that_is_too_long_is_refused_by_name_and_millimetres(
    survey: Survey,
) -> None:
    message = refused(with_text(survey, "c2", "Cán bộ thành thạo việc, " * 3))
    assert "c2" in message
    assert "mm too long" in message


def test_a_form_with_too_many_rows_is_refused_by_millimetres(survey: Survey) -> None:
    extra = replace(survey.with_role(Role.RATED)[0], id="a9")
    message = refused(replace(survey, questions=(*survey.questions, extra)))
    assert "GTDB" in message
    assert "mm too high" in message


def test_a_letter_that_the_font_lacks_is_refused_by_name(survey: Survey) -> None:
    message = refused(with_text(survey, "d1", "Trả kết quả đúng hẹn 漢"))
    assert "d1" in message
    assert "漢" in message


def test_a_footer_as_long_as_a_page_is_refused(survey: Survey) -> None:
    assert "mm" in refused(replace(survey, footer=survey.footer * 6))


def test_a_survey_without_optional_parts_is_set_with_more_air(survey: Survey) -> None:
    kept = tuple(
        q for q in survey.questions if q.role in {Role.RATED, Role.OVERALL} and q.id != "x1"
    )
    small = replace(survey, questions=kept, subtitle="", intro="", how_to="", footer="")

    layout = typeset(small, small.domain("GTDB")).layout

    assert [q.id for q in layout.questions] == [q.id for q in kept]
    assert layout.question("b1").bubbles[0].centre.y_mm - layout.question("a2").bubbles[
        0
    ].centre.y_mm == pytest.approx(8.2)


def moved(layout: Layout, to: PagePoint) -> Layout:
    first = layout.questions[0]
    bubble = replace(first.bubbles[0], centre=to)
    question = replace(first, bubbles=(bubble, *first.bubbles[1:]))
    return replace(layout, questions=(question, *layout.questions[1:]))


@pytest.mark.parametrize(
    ("to", "near"),
    [
        (PagePoint(CODES[0].x_mm - 4.0, 30.0), "code 1"),
        (PagePoint(60.0, 30.0), "stamp"),
        (PagePoint(11.5, 191.0), "fiducial 3"),
        (PagePoint(138.5, 100.0), "edge"),
        (PagePoint(100.0, 178.0), "comment"),
    ],
)
def test_a_bubble_too_near_to_something_is_refused(gtdb: Typeset, to: PagePoint, near: str) -> None:
    with pytest.raises(FormDoesNotFit, match=near):
        clearance.check(moved(gtdb.layout, to), (), ())


def test_print_in_a_bubbles_clear_zone_is_refused(gtdb: Typeset) -> None:
    at = gtdb.layout.question("a1").bubbles[0].centre
    for apart, clear in ((2.375 + CLEAR_MM + 0.06, True), (2.375 + CLEAR_MM - 0.1, False)):
        y = at.y_mm - apart - 0.05
        line = Stroke((PagePoint(at.x_mm - 9, y), PagePoint(at.x_mm + 9, y)), 0.1, 1.0, "a rule")
        if clear:
            clearance.check(gtdb.layout, (line,), ())
        else:
            with pytest.raises(FormDoesNotFit, match="a rule"):
                clearance.check(gtdb.layout, (line,), ())


def test_two_bubbles_too_near_to_each_other_are_refused(gtdb: Typeset) -> None:
    at = gtdb.layout.question("a1").bubbles[0].centre
    with pytest.raises(FormDoesNotFit, match="bubble a1"):
        clearance.check(moved(gtdb.layout, PagePoint(at.x_mm, at.y_mm - 6.0)), (), ())


def test_a_long_unit_name_gives_way_to_the_units_code(gtdb: Typeset) -> None:
    assert gtdb.unit_words("HP-11948", "CAĐK Bạch Long Vĩ") == "CAĐK Bạch Long Vĩ"
    assert gtdb.unit_words("HP-PC07", "Phòng Cảnh sát phòng cháy, chữa cháy") == "HP-PC07"
    assert gtdb.unit_words("HP-PC07", "") == "HP-PC07"
