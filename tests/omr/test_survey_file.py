from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

from omr.errors import MistakesInFile, UsageError
from omr.layout import QuestionKind
from omr.survey import Role, Survey, text_for
from omr.survey_file import (
    find_domain,
    load_surveys,
    parse_survey,
    shipped_survey,
    shipped_survey_text,
)
from omr.toml_file import parse_toml, read_toml

FILE = Path("s.toml")
DRAFT = Path(__file__).parents[3] / "shared" / "survey-draft.toml"

GROUP = """\
[[domain]]
id = "G"
name = "x"
specific = "y"
"""

SMALL = """\
[form]
format = "A5"
rev = 2
title = "Phiếu"
[[scale]]
id = "r2"
value = 2
label = "Tốt"
[[scale]]
id = "r1"
value = 1
label = "Kém"
[[question]]
id = "a1"
factor = "A"
text = "Dòng {specific}"
[comment]
id = "g1"
text = "Ý kiến"
height_mm = 20
[[domain]]
id = "QLHC"
name = "Quản lý"
specific = "Cư trú"
"""


def parse(text: str) -> Survey:
    return parse_survey(parse_toml(text, FILE))


def mistakes(text: str) -> list[str]:
    with pytest.raises(MistakesInFile) as caught:
        parse(text)
    return caught.value.problems


def test_the_shipped_survey_is_parsed_in_printed_order() -> None:
    survey = shipped_survey()

    assert survey.id == "hai-long"
    assert survey.revision == 1
    assert [question.id for question in survey.questions] == [
        *("dt", "gt", "tu", "ht"),
        *("a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2", "e1", "x1"),
        *("t0", "m1", "y1"),
    ]
    roles = [question.role for question in survey.questions]
    assert roles == (
        [Role.PROFILE] * 4 + [Role.RATED] * 10 + [Role.OVERALL, Role.REASONS, Role.YES_NO]
    )
    assert [option.id for option in survey.scale] == ["r5", "r4", "r3", "r2", "r1"]
    assert [option.value for option in survey.scale] == [5, 4, 3, 2, 1]
    assert survey.scale[1].aliases == ("4", "4 - Hài lòng", "Tốt")
    assert survey.comment.height_mm == 20
    by_id = {question.id: question for question in survey.questions}
    assert by_id["m1"].kind is QuestionKind.MULTI
    assert by_id["y1"].alert_on == ("co",)
    assert by_id["t0"].options == survey.scale
    assert {name for name, q in by_id.items() if q.optional} == {
        *("dt", "gt", "tu", "ht"),
        "e1",
        "m1",
    }
    assert "".join(question.factor for question in survey.questions) == "AABBCCDDEB"


def test_every_sub_domain_of_the_shipped_survey_has_pads_of_its_own() -> None:
    survey = shipped_survey()
    parts = {f"L{number:02d}" for number in range(1, 13)}

    assert {domain.id for domain in survey.domains} == {"QLHC", "PCCC", "XNC", "GTDB", *parts}
    assert {domain.id for domain in survey.domains if domain.group == "CHUNG"} == parts
    assert {domain.id for domain in survey.domains if domain.group and not domain.rollup} == {
        *("L07", "L08", "L09"),
    }
    fire = survey.domain("L05")
    assert (fire.name, fire.rollup) == ("Phòng cháy, chữa cháy", "PCCC")
    line = survey.with_role(Role.RATED)[-1]
    assert text_for(line, fire) == "Nộp hồ sơ, theo dõi kết quả trực tuyến"


def test_the_shipped_survey_keeps_ids_and_wording_of_the_draft() -> None:
    if not DRAFT.exists():
        pytest.skip("the draft in ../shared is not here")
    draft = DRAFT.read_text(encoding="utf-8")

    assert tomllib.loads(shipped_survey_text()) == tomllib.loads(draft)
    assert parse_survey(read_toml(DRAFT)).questions == shipped_survey().questions


def test_decomposed_text_gives_the_same_survey() -> None:
    loose = unicodedata.normalize("NFD", shipped_survey_text())
    survey = parse_survey(parse_toml(loose, Path("hai-long.toml")))

    assert survey == shipped_survey()


def test_a_small_survey_needs_no_optional_part() -> None:
    survey = parse(SMALL)

    assert survey.id == "s"
    assert survey.footer == ""
    assert survey.scale[0].short == "Tốt"
    assert [question.id for question in survey.questions] == ["a1"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('format = "A5"', 'format = "A4"', "s.toml:2: only forms of A5"),
        ("rev = 2", "rev = 0", "s.toml:3: 'rev' must be a whole number from 1"),
        ("rev = 2\n", "", "s.toml:1: 'rev' is missing"),
        ('title = "Phiếu"', 'title = ""', "s.toml:4: 'title' is empty"),
        ('id = "r1"', 'id = "r2"', "s.toml:10: the option id 'r2' is used twice"),
        ('id = "r1"', 'id = "R1"', "s.toml:10: 'R1' is no valid id"),
        ("value = 1", "value = 2", "s.toml:11: the value 2 is given twice"),
        ("value = 1", "value = 3", "s.toml:11: 'value' must be a whole number from 1 to 2"),
        ('label = "Kém"', 'label = "tốt"', "s.toml:10: 'tốt' also stands for the option 'r2'"),
        (
            'label = "Kém"',
            'label = "Kém"\naliases = ["1", "TỐT"]',
            "s.toml:10: 'TỐT' also stands for the option 'r2'",
        ),
        ('id = "a1"', 'id = "A1"', "s.toml:14: 'A1' is no valid id"),
        ('id = "a1"', 'id = "ă1"', "s.toml:14: 'ă1' is no valid id"),
        ('id = "a1"', 'id = "1a"', "s.toml:14: '1a' is no valid id"),
        ('id = "a1"', 'id = "unit"', "s.toml:14: 'unit' is the name of another column"),
        ('id = "g1"', 'id = "a1"', "s.toml:18: the id 'a1' is already used on line 14"),
        ('factor = "A"', 'factor = "AB"', "s.toml:15: a factor is one capital letter"),
        ('factor = "A"\n', "", "s.toml:13: 'factor' is missing"),
        ("{specific}", "{name}", "s.toml:16: {name} means nothing here"),
        ("{specific}", "{specific", "s.toml:16: {specific means nothing here"),
        ('text = "Dòng {specific}"', "text = 5", "s.toml:16: 'text' must be text in quotes"),
        ("height_mm = 20", "height_mm = 500", "s.toml:20: 'height_mm' must be a number"),
        ('id = "QLHC"', 'id = "qlhc"', "s.toml:22: 'qlhc' is no valid id"),
        ('id = "QLHC"', 'id = "QLHCQLHCQLH"', "s.toml:22: 'QLHCQLHCQLH' is no valid id"),
        ('specific = "Cư trú"\n', "", "s.toml:21: 'specific' is missing"),
        ('specific = "Cư trú"', 'specific = "{x}"', "s.toml:24: braces mean nothing here"),
        (SMALL[SMALL.index("[comment]") : SMALL.index("[[domain]]")], "", "s.toml:1: too few"),
        (SMALL[SMALL.index("[[question]]") : SMALL.index("[comment]")], "", "s.toml:1: too few"),
        (SMALL[SMALL.index("[[domain]]") :], "", "s.toml:1: too few sections [domain]"),
    ],
)
def test_a_mistake_is_reported_with_its_line(old: str, new: str, expected: str) -> None:
    assert SMALL.count(old) == 1

    found = mistakes(SMALL.replace(old, new))

    assert any(sentence.startswith(expected) for sentence in found), found
    assert len(found) == 1, found


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("[extra]\nx = 1\n", "unknown key 'extra'"),
        (
            '[multi]\nid = "m1"\ntext = "x"\noptions = [["a", "b, c"], ["d", "e"]]\n',
            "comma or semi",
        ),
        (
            '[multi]\nid = "m1"\ntext = "x"\noptions = [["a", "b; c"], ["d", "e"]]\n',
            "comma or semi",
        ),
        ('[multi]\nid = "m1"\ntext = "x"\noptions = [["a", "b"]]\n', "fewer than two options"),
        ('[[profile]]\nid = "p"\nlabel = "x"\noptions = [["a", "b"], ["a", "c"]]\n', "used twice"),
        ('[[profile]]\nid = "p"\nlabel = "x"\noptions = [["a", "b"], ["c", "B"]]\n', "also stands"),
        (
            '[[yesno]]\nid = "y1"\ntext = "x"\noptions = [["k","b"],["h","c"]]\nalert_on = ["c"]\n',
            "'c' is no option of this question",
        ),
        ('[[overall]]\nid = "t0"\ntext = "x"\n[[overall]]\nid = "t1"\ntext = "x"\n', "too many"),
        ('[overall]\nid = "t0"\ntext = "{specific}"\n', "{specific} means nothing here"),
        ('[[domain]]\nid = "QLHC"\nname = "x"\nspecific = "y"\n', "already used on line 22"),
        (
            GROUP + "sub_domains = []\n",
            "a group without parts",
        ),
        (
            GROUP + 'sub_domains = [["L1", "a"], ["L1", "b"]]\n',
            "the id 'L1' is already used",
        ),
        (
            GROUP + 'sub_domains = [["L1", "a"]]\nrollup = { L1 = "NONE" }\n',
            "roll-up to 'NONE', which is no domain",
        ),
        (
            GROUP + 'sub_domains = [["L1", "a"]]\nrollup = { L1 = "L1" }\n',
            "roll-up to 'L1', which is no domain",
        ),
        (
            GROUP + 'sub_domains = [["L1", "a"]]\nrollup = { L2 = "QLHC" }\n',
            "roll-up of 'L2', which is no part of G; parts: L1",
        ),
        (
            GROUP + 'rollup = { L1 = "QLHC" }\n',
            "unknown key 'rollup'",
        ),
    ],
)
def test_a_mistaken_section_is_reported(section: str, expected: str) -> None:
    first_line = SMALL.count("\n") + 1

    (sentence,) = mistakes(SMALL + section)

    assert expected in sentence
    line = re.match(r"s\.toml:(\d+): ", sentence)
    assert line
    assert int(line[1]) >= first_line


def test_a_misspelt_key_is_named_with_the_right_one() -> None:
    missing, unknown = mistakes(SMALL.replace("title", "titel"))

    assert missing.startswith("s.toml:1: 'title' is missing")
    assert unknown == "s.toml:4: unknown key 'titel'; did you mean 'title'?"


def test_all_mistakes_are_listed_at_once() -> None:
    text = SMALL.replace("rev = 2", "rev = 0").replace('id = "a1"', 'id = "A1"')

    found = mistakes(text.replace("height_mm = 20", 'height = "x"'))

    assert [sentence.split(": ")[0] for sentence in found] == [
        "s.toml:3",
        "s.toml:14",
        "s.toml:17",
        "s.toml:20",
    ]


def test_an_empty_file_lists_every_missing_section() -> None:
    found = mistakes("")

    assert len(found) == 5
    for section in ("form", "scale", "question", "comment", "domain"):
        assert any(f"[{section}]" in sentence for sentence in found)


def test_a_folder_of_surveys_is_loaded_by_id(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "a.toml").write_text(SMALL.replace("QLHC", "XNC"), encoding="utf-8")
    (tmp_path / "._b.toml").write_bytes(b"\x00macOS")
    (tmp_path / "notes.txt").write_text("no survey", encoding="utf-8")

    surveys = load_surveys(tmp_path)

    assert list(surveys) == ["a", "b"]
    assert find_domain(surveys, "qlhc ") == (surveys["b"], surveys["b"].domains[0])


def test_a_domain_in_two_surveys_is_refused_in_the_second(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "b.toml").write_text("\n" + SMALL, encoding="utf-8")

    with pytest.raises(MistakesInFile, match=r"b\.toml:23: domain QLHC is already in a\.toml"):
        load_surveys(tmp_path)


def test_mistakes_of_all_files_are_listed_even_when_one_is_no_toml(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[form\n", encoding="utf-8")
    (tmp_path / "b.toml").write_text(SMALL.replace("rev = 2", "rev = 0"), encoding="utf-8")

    with pytest.raises(MistakesInFile) as caught:
        load_surveys(tmp_path)

    assert [Path(sentence.split(":")[0]).name for sentence in caught.value.problems] == [
        "a.toml",
        "b.toml",
    ]


def test_a_folder_without_surveys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no survey in"):
        load_surveys(tmp_path)


def test_an_unknown_domain_is_refused_with_the_known_codes() -> None:
    survey = shipped_survey()

    with pytest.raises(UsageError, match="'ABC'") as caught:
        find_domain({survey.id: survey}, "ABC")

    assert "QLHC, PCCC, XNC, GTDB, L01" in caught.value.remedy


def test_a_group_is_refused_with_its_parts() -> None:
    survey = shipped_survey()

    with pytest.raises(UsageError, match="CHUNG is a group") as caught:
        find_domain({survey.id: survey}, "CHUNG")

    assert "L01, L02" in caught.value.remedy
    assert "QLHC" not in caught.value.remedy


def test_the_shipped_survey_without_any_one_line_is_parsed_or_refused_by_line() -> None:
    lines = shipped_survey_text().split("\n")
    refused = 0
    for number in range(len(lines)):
        rest = lines[:number] + lines[number + 1 :]
        try:
            parse("\n".join(rest))
        except MistakesInFile as error:
            refused += 1
            for sentence in error.problems:
                where = re.match(r"s\.toml:(\d+): ", sentence)
                assert where, sentence
                assert 1 <= int(where[1]) <= len(rest)

    assert refused > 80  # all but notes, blank lines and optional keys
