from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from omr.survey_file import parse_survey, shipped_survey, shipped_survey_text
from omr.survey_places import HEIGHT, REVISION, lines_of, with_words, words_of
from omr.toml_file import parse_toml

TEXT = shipped_survey_text()
FILE = parse_toml(TEXT, Path("hai-long.toml"))
SURVEY = shipped_survey()


def test_every_text_of_the_shipped_survey_stands_on_the_line_that_is_named() -> None:
    lines = TEXT.split("\n")
    where = lines_of(FILE)

    for place, words in words_of(SURVEY).items():
        assert words in lines[where[place] - 1], place
    assert lines[where[REVISION] - 1].startswith("rev =")
    assert lines[where[HEIGHT] - 1].startswith("height_mm =")


def test_putting_words_in_one_place_changes_that_place_alone() -> None:
    before = words_of(SURVEY)
    for place in before:
        changed = with_words(SURVEY, place, "Khác")
        assert words_of(changed) == before | {place: "Khác"}
        assert with_words(changed, place, before[place]) == SURVEY


def test_a_column_head_that_is_left_out_stands_where_its_label_stands() -> None:
    text = TEXT.replace('short = "Bình thường"\n', "", 1)
    file = parse_toml(text, Path("s.toml"))

    where = lines_of(file)

    assert where["scale", "r3", "short"] == where["scale", "r3", "label"]
    assert parse_survey(file) == replace(SURVEY, id="s")


@pytest.mark.parametrize("place", [("form", "rev"), ("nothing",), ("scale", "r5", "value")])
def test_what_is_no_text_has_no_words(place: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        with_words(SURVEY, place, "x")
