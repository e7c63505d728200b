from __future__ import annotations

from pathlib import Path

import pytest

from omr.problems import Problems
from omr.toml_file import parse_toml
from omr.toml_table import Table

FILE = Path("a.toml")


def top(text: str) -> Table:
    return Table(parse_toml(text, FILE), Problems())


def test_values_of_the_right_type_are_returned_without_a_mistake() -> None:
    table = top(
        'name = "  ô tô "\ncount = 3\nsize = 2\nshare = 0.5\nyes = true\n'
        'words = ["a", "b"]\noptions = [["x", "Có"]]\nmap = { A = "b" }\n'
        "[one]\nx = 1\n[[many]]\n[[many]]\n"
    )

    assert table.text("name") == "ô tô"
    assert table.integer("count", 1, 5) == 3
    assert table.number("size", 0, 9) == 2.0
    assert table.number("share", 0, 1) == 0.5
    assert table.flag("yes", default=False) is True
    assert table.texts("words") == ("a", "b")
    assert [(pair.id, pair.text, pair.line) for pair in table.pairs("options")] == [("x", "Có", 7)]
    assert table.words_by_id("map") == {"A": "b"}
    assert table.table("one").integer("x", 0, 1) == 1
    assert [inner.line for inner in table.tables("many")] == [11, 12]
    table.close()  # "one" was asked for above
    assert table.problems.sentences() == []


def test_defaults_stand_in_for_missing_keys() -> None:
    table = top('empty = ""\n')

    assert table.text("empty", "") == ""
    assert table.text("name", "none") == "none"
    assert table.integer("count", 1, 5, 2) == 2
    assert table.number("share", 0, 1, 0.25) == 0.25
    assert table.flag("yes", default=True) is True
    assert table.texts("words", ("w",)) == ("w",)
    assert table.words_by_id("map") == {}
    assert table.tables("many") == ()
    assert table.problems.sentences() == []


@pytest.mark.parametrize("method", ["text", "texts", "pairs", "table"])
def test_a_missing_required_key_is_a_mistake(method: str) -> None:
    table = top("[part]\n")
    getattr(table, method)("name")

    (sentence,) = table.problems.sentences()
    assert "name" in sentence


@pytest.mark.parametrize(
    ("text", "method", "arguments"),
    [
        ("v = 1", "text", ()),
        ('v = " "', "text", ()),
        ('v = "two\\nlines"', "text", ()),
        ('v = "zero\\u200bwidth"', "text", ()),
        ("v = true", "integer", (0, 9)),
        ("v = 10", "integer", (0, 9)),
        ("v = 1.0", "integer", (0, 9)),
        ('v = "1"', "integer", (0, 9)),
        ("v = nan", "number", (0, 9)),
        ("v = inf", "number", (0, 9)),
        ("v = false", "number", (0, 9)),
        ("v = -0.1", "number", (0, 9)),
        ('v = "a"', "texts", ()),
        ("v = [1]", "texts", ()),
        ('v = [""]', "texts", ()),
        ('v = ["a"]', "pairs", ()),
        ('v = [["a", "b", "c"]]', "pairs", ()),
        ('v = [["a", 1]]', "pairs", ()),
        ('v = [["a", ""]]', "pairs", ()),
        ("v = 1", "pairs", ()),
        ("v = { A = 1 }", "words_by_id", ()),
        ("v = 1", "words_by_id", ()),
        ("v = 1", "table", ()),
        ("v = [1]", "tables", ()),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_mistake_on_its_line(
    text: str, method: str, arguments: tuple[int, ...]
) -> None:
    table = top("\n" + text)
    getattr(table, method)("v", *arguments)

    (sentence,) = table.problems.sentences()
    assert sentence.startswith("a.toml:2: ")


def test_a_flag_must_be_true_or_false() -> None:
    table = top("v = 1")

    assert table.flag("v", default=True) is True
    assert len(table.problems) == 1


def test_too_few_and_too_many_sections_are_mistakes() -> None:
    table = top("[[a]]\n[[b]]\n[[b]]\n")
    table.tables("a", least=2)
    kept = table.tables("b", most=1)

    assert [sentence.split(": ")[0] for sentence in table.problems.sentences()] == [
        "a.toml:1",
        "a.toml:3",
    ]
    assert len(kept) == 1


def test_an_unknown_key_is_a_mistake_with_the_likely_name() -> None:
    table = top('texts = "x"\nother = 1\n')
    table.text("text", "")
    table.close()

    first, second = table.problems.sentences()
    assert first == "a.toml:1: unknown key 'texts'; did you mean 'text'?"
    assert second == "a.toml:2: unknown key 'other'; known here: text"
