from __future__ import annotations

from pathlib import Path

import pytest

from omr.survey_file import shipped_survey
from omr.toml_file import parse_toml
from omr.units import UnitCatalogue
from reports.columns import Columns, HeaderWords
from reports.profile import Profile, parse_profile

SURVEY = shipped_survey()
SHIPPED = Path(__file__).parents[2] / "omr" / "data" / "profiles" / "google-forms.toml"


def profile(extra: str = "") -> Profile:
    text = SHIPPED.read_text(encoding="utf-8").replace("[headers]", f"[headers]\n{extra}")
    return parse_profile(
        parse_toml(text, SHIPPED), surveys={SURVEY.id: SURVEY}, units=UnitCatalogue(())
    )


def columns(*headers: str, extra: str = "") -> Columns:
    return HeaderWords(profile(extra), {SURVEY.id: SURVEY}).columns(headers)


@pytest.mark.parametrize(
    "header",
    [
        "a1",
        "Thủ tục được niêm yết công khai, dễ tìm hiểu",
        "THỦ TỤC ĐƯỢC NIÊM YẾT CÔNG KHAI, DỄ TÌM HIỂU",
        "1. Thủ tục được niêm yết công khai, dễ tìm hiểu",
        "Câu 1: Thủ tục được niêm yết công khai, dễ tìm hiểu?",
        "Câu hỏi 12. Thủ tục được niêm yết công khai, dễ tìm hiểu",
        "Thủ tục được niêm yết công khai, dễ tìm hiểu *",
        "Thủ tục được niêm yết công khai,\u00a0dễ tìm hiểu\u00a0",
        "Ông/Bà đánh giá thế nào? [Thủ tục được niêm yết công khai, dễ tìm hiểu]",
        "Đánh giá [1. Thủ tục được niêm yết công khai, dễ tìm hiểu]",
        "Question 3 [a1]",
    ],
)
def test_a_question_is_known_by_its_words_its_id_or_its_row_in_a_grid(header: str) -> None:
    assert columns(header).questions[SURVEY.id] == {"a1": (0,)}


def test_every_domain_s_own_line_is_the_same_question() -> None:
    headers = sorted({domain.specific for domain in SURVEY.domains})
    found = columns(*headers).questions[SURVEY.id]
    assert found == {"x1": tuple(range(len(headers)))}


def test_every_question_of_the_survey_is_known_by_its_own_words() -> None:
    texts = [q.text for q in SURVEY.questions if "{" not in q.text]
    found = columns(*texts)
    assert not found.unmapped
    assert len(found.questions[SURVEY.id]) == len(texts)


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Timestamp", "timestamp"),
        ("Dấu thời gian", "timestamp"),
        ("Đơn vị giải quyết thủ tục", "unit"),
        ("2. Đơn vị", "unit"),
        ("Lĩnh vực", "domain"),
        ("Địa chỉ email", "personal"),
        ("Số điện thoại", "personal"),
        ("Score", "ignored"),
        ("Thủ tục được niêm yết", "unmapped"),
        ("", "unmapped"),
    ],
)
def test_the_shipped_profile_knows_both_languages_of_the_other_columns(
    header: str, role: str
) -> None:
    assert getattr(columns(header), role) == (0,)


def test_a_profile_can_add_headers_and_goes_before_the_survey() -> None:
    found = columns("Nói chung", "a1", extra='t0 = ["Nói chung", "a1"]')
    assert found.questions[SURVEY.id] == {"t0": (0, 1)}


def test_the_comment_is_no_question() -> None:
    found = columns("Ý kiến góp ý khác:")
    assert found.comments[SURVEY.id] == (0,)
    assert not found.asks_something
    assert not found.unmapped
