from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omr.errors import MistakesInFile, UsageError
from omr.toml_file import Steps, TomlFile, parse_toml, read_toml

FILE = Path("a.toml")

SAMPLE = '''\
title = "x"  # [not.a.table]

[owner]
name."first name" = 'A # b'
many = [
  1,  # ] no end
  [2,
   3],
  "four, five ]",
]
when = 1979-05-27 07:32:00
inline = { a = 1, "b.c" = [ 7 ] }

[[part]]
id = "p1"
text = """first
[[part]]
said "yes\\""""
after = 1
[[part]]
id = "p2"
[[part.hole]]
mm = 3
[part.hole.edge]
round = true
[[part.hole]]
mm = 4
[last]
plain = \'\'\'
it''s\'\'\'\'
end = 0
'''


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        (("title",), 1),
        (("owner",), 3),
        (("owner", "name"), 4),
        (("owner", "name", "first name"), 4),
        (("owner", "many"), 5),
        (("owner", "many", 0), 6),
        (("owner", "many", 1), 7),
        (("owner", "many", 1, 0), 7),
        (("owner", "many", 1, 1), 8),
        (("owner", "many", 2), 9),
        (("owner", "when"), 11),
        (("owner", "inline", "b.c", 0), 12),
        (("part",), 14),
        (("part", 0), 14),
        (("part", 0, "text"), 16),
        (("part", 0, "after"), 19),
        (("part", 1, "id"), 21),
        (("part", 1, "hole", 0, "mm"), 23),
        (("part", 1, "hole", 0, "edge", "round"), 25),
        (("part", 1, "hole", 1, "mm"), 27),
        (("last", "plain"), 29),
        (("last", "end"), 31),
    ],
)
def test_every_value_has_the_line_on_which_it_begins(steps: Steps, line: int) -> None:
    assert parse_toml(SAMPLE, FILE).line(*steps) == line


def test_values_are_those_of_the_standard_parser() -> None:
    assert parse_toml(SAMPLE, FILE).values == tomllib.loads(SAMPLE)


def test_a_missing_key_gets_the_line_of_its_table() -> None:
    file = parse_toml(SAMPLE, FILE)

    assert file.line("part", 1, "missing") == 20
    assert file.line("nowhere") == 1


def test_a_table_opened_after_its_sub_table_has_its_own_line() -> None:
    assert parse_toml("[a.b]\nx = 1\n[a]\ny = 2\n", FILE).line("a") == 3


def test_windows_line_ends_do_not_shift_lines() -> None:
    assert parse_toml("a = 1\r\n\r\nb = '''\r\n\r\n'''\r\nc = 2\r\n", FILE).line("c") == 6


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\nb\n", 2),
        ('a = "open\n', 1),
        ("a = 1\n\na = 2\n", 3),
        ("a = [1, 2\n\n", 2),
        ("d = 2026-13-45\n", 1),
        ("n = " + "9" * 5000 + "\n", 1),
        ("deep = " + "[" * 50_000 + "\n", 1),
    ],
)
def test_a_syntax_error_is_reported_with_file_and_line(text: str, line: int) -> None:
    with pytest.raises(MistakesInFile, match=rf"^a\.toml:{line}: this is not TOML: \w+"):
        parse_toml(text, FILE)


def test_text_is_normalised_even_when_written_with_escapes() -> None:
    loose = unicodedata.normalize("NFD", '"tên" = "Thủy Nguyên"\n')

    assert parse_toml(loose, FILE).values == {"tên": "Thủy Nguyên"}
    assert parse_toml('a = ["e\\u0301"]', FILE).values == {"a": ["é"]}
    assert parse_toml(loose, FILE).line("tên") == 1


def test_a_file_is_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes("\ufeffa = 'ộ'\r\n".encode())

    assert read_toml(path).values == {"a": "ộ"}
    with pytest.raises(UsageError):
        read_toml(tmp_path / "missing.toml")


def places(value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Every place in a parsed document, with what stands there."""
    if steps:
        yield steps, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*steps, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*steps, number))


# Each scalar holds a number that the writer makes unique, so its true line is known.
SCALARS = st.sampled_from(
    ["{n}", "'a # {n}'", '"] {n} \\" ="', '"""{n}\nb = x "" """', "'''{n}\n'' ]'''"]
)
GAPS = st.sampled_from(["", " ", "\n", " # , ] } = '\n", "\n\n  "])
KEYS = st.sampled_from(["k", '"k = ]#"', "'k.k'", "k.k-2", '"\\u0111"'])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, int]:
    """A TOML document whose scalars contain the numbers 1000, 1001, ... once each."""
    count = 0

    def value(depth: int) -> str:
        nonlocal count
        kind = draw(st.sampled_from(["scalar", "array", "inline"])) if depth else "scalar"
        if kind == "array":
            items = [
                draw(GAPS) + value(depth - 1) + draw(GAPS) for _ in range(draw(st.integers(0, 3)))
            ]
            return "[" + ",".join(items) + draw(st.sampled_from(["", "\n"])) + "]"
        if kind == "inline":
            pairs = [f" k{place} = {value(depth - 1)} " for place in range(draw(st.integers(0, 2)))]
            return "{" + ",".join(pairs) + "}"
        count += 1
        return draw(SCALARS).replace("{n}", str(999 + count))

    lines = []
    for section in range(draw(st.integers(0, 4))):
        if section:
            lines.append(draw(st.sampled_from([f"[s{section}]", "[[list]]", "[ 'list'.sub ]"])))
            if lines[-1] == "[ 'list'.sub ]" and "[[list]]" not in lines:
                lines[-1] = f"[s{section}.sub]"
        for place in range(draw(st.integers(0, 3))):
            key = draw(KEYS)
            key = f"a{place}.{key}" if section % 2 else f"a{place}"
            lines.append(f"{key} = {value(2)}{draw(st.sampled_from(['', ' # end']))}")
    return "\n".join(lines) + "\n", count


@settings(max_examples=300, deadline=None)
@given(documents())
def test_every_scalar_of_any_document_is_found_on_its_line(document: tuple[str, int]) -> None:
    text, count = document
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # the writer opened one table twice
        return

    file = parse_toml(text, FILE)

    assert file.values == expected
    found = dict(places(file.values))
    assert file.lines.keys() == found.keys()
    text_lines = text.split("\n")
    scalars = [steps for steps, value in found.items() if not isinstance(value, dict | list)]
    assert len(scalars) == count
    for steps in scalars:
        value = found[steps]
        number = value if isinstance(value, int) else "".join(c for c in value if c.isdigit())[:4]
        assert str(number) in text_lines[file.line(*steps) - 1]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1.=[]{}\"'#,\n \\", max_size=40))
def test_any_text_is_parsed_as_by_the_standard_parser_or_refused_with_a_line(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(MistakesInFile, match=r"a\.toml:\d+: "):
            parse_toml(text, FILE)
        return
    file: TomlFile = parse_toml(text, FILE)

    assert file.values == expected
    assert file.lines.keys() == dict(places(expected)).keys()
    assert all(1 <= line <= text.count("\n") + 1 for line in file.lines.values())
