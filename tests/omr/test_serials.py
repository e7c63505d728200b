from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from omr.serials import (
    CHECK_LETTERS,
    MAX_NUMBER,
    Serial,
    SerialMistyped,
    check_letter,
    parse_serial,
)

DOMAINS = st.from_regex(r"[A-Z][A-Z0-9]{0,9}", fullmatch=True)
SERIALS = st.builds(Serial, DOMAINS, st.integers(2000, 2099), st.integers(1, MAX_NUMBER))
SAMPLES = [
    Serial("GTDB", 2026, 1),
    Serial("GTDB", 2026, 417),
    Serial("L05", 2026, 999_999),
    Serial("A", 2000, 100_000),
    Serial("Z9Z9Z9Z9Z9", 2099, 909_090),
    Serial("PCCC", 2031, 123_456),
    Serial("XNC", 2010, 101_010),
    *(Serial("QLHC", 2026, number) for number in range(98_765, 98_865)),
]


def _stands(text: str) -> bool:
    try:
        parse_serial(text)
    except SerialMistyped:
        return False
    return True


@given(SERIALS)
def test_a_serial_comes_back_from_its_text_the_same(serial: Serial) -> None:
    assert parse_serial(str(serial)) == serial


def test_a_serial_looks_as_promised() -> None:
    assert str(Serial("GTDB", 2026, 417)).startswith("GTDB-26-000417-")
    assert len(str(Serial("GTDB", 2026, 417))) == len("GTDB-26-000417-M")


@pytest.mark.parametrize("serial", SAMPLES, ids=str)
def test_every_single_wrong_digit_is_caught(serial: Serial) -> None:
    text = str(serial)
    for place, right in enumerate(text):
        if right.isdigit():
            for digit in "0123456789".replace(right, ""):
                assert not _stands(text[:place] + digit + text[place + 1 :])


@pytest.mark.parametrize("serial", SAMPLES, ids=str)
def test_every_swap_of_neighbouring_digits_is_caught(serial: Serial) -> None:
    text = str(serial)
    # Neighbours across a dash as well: 26-0… typed as 20-6…
    places = [place for place, char in enumerate(text) if char.isdigit()]
    for one, other in pairwise(places):
        if text[one] != text[other]:
            swapped = list(text)
            swapped[one], swapped[other] = text[other], text[one]
            assert not _stands("".join(swapped)), "".join(swapped)


@pytest.mark.parametrize("serial", SAMPLES, ids=str)
def test_every_wrong_check_letter_is_caught(serial: Serial) -> None:
    text = str(serial)
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-":
        if letter != text[-1]:
            assert not _stands(text[:-1] + letter)


@given(SERIALS, st.data())
def test_any_one_wrong_digit_anywhere_is_caught(serial: Serial, data: st.DataObject) -> None:
    text = str(serial)
    place = data.draw(st.sampled_from([place for place, char in enumerate(text) if char.isdigit()]))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != text[place])

    assert not _stands(text[:place] + digit + text[place + 1 :])


@given(SERIALS, st.data())
def test_what_is_accepted_is_always_a_serial_that_prints_the_same(
    serial: Serial, data: st.DataObject
) -> None:
    text = list(str(serial))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.characters(codec="utf-8"))
    mangled = "".join(text)
    try:
        parsed = parse_serial(mangled)
    except SerialMistyped:
        return
    assert str(parsed) == "".join(mangled.split()).upper()


@given(SERIALS, st.sampled_from([" ", "\t", "\n", "\u00a0", "  "]), st.data())
def test_blanks_and_small_letters_are_forgiven(
    serial: Serial, blank: str, data: st.DataObject
) -> None:
    text = str(serial).lower()
    place = data.draw(st.integers(0, len(text)))

    assert parse_serial(text[:place] + blank + text[place:]) == serial


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        " ",
        "-",
        "GTDB",
        "GTDB-26-000417",
        "GTDB-2026-000417-M",
        "GTDB-26-417-M",
        "GTDB-26-0000417-M",
        "GTDB26000417M",
        "-26-000417-M",
        "4TDB-26-000417-M",
        "GTDBGTDBGTDB-26-000417-M",
        "GTDB-26-000417-M-M",
        "GTDB-26-000417-M; drop table issued",
        "GTDB-26-٠٠٠٤١٧-M",  # Arabic digits: nothing that we print
        "ＧＴＤＢ-26-000417-M",
        "GTĐB-26-000417-M",
        "\x00",
        "GTDB-26-000417-M\x00",
        "9" * 10_000,
    ],
)
def test_nonsense_is_refused_with_a_sentence(nonsense: str) -> None:
    with pytest.raises(SerialMistyped) as failure:
        parse_serial(nonsense)
    assert str(failure.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gtdb 417", "'gtdb 417' is not a serial like GTDB-26-000417-M"),
        (
            "gtdb-26-000417-a",
            "GTDB-26-000417-A: the check letter does not fit, so a character is wrong",
        ),
        (
            f"gtdb-26-000000-{check_letter('GTDB-26-000000')}",
            "no such serial: GTDB 2026 0",
        ),
    ],
)
def test_a_refusal_says_what_was_typed_and_what_is_wrong_with_it(text: str, words: str) -> None:
    with pytest.raises(SerialMistyped) as failure:
        parse_serial(text)
    assert str(failure.value) == words


def test_number_zero_is_refused_though_its_check_letter_fits() -> None:
    stem = "GTDB-26-000000"

    with pytest.raises(SerialMistyped):
        parse_serial(f"{stem}-{check_letter(stem)}")


@given(st.text())
def test_text_of_any_kind_is_a_serial_or_refused(text: str) -> None:
    try:
        parsed = parse_serial(text)
    except SerialMistyped:
        return
    assert isinstance(parsed, Serial)


@pytest.mark.parametrize(
    ("domain", "year", "number"),
    [
        ("GTDB", 1999, 1),
        ("GTDB", 2100, 1),
        ("GTDB", 26, 1),
        ("GTDB", 2026, 0),
        ("GTDB", 2026, -1),
        ("GTDB", 2026, MAX_NUMBER + 1),
        ("", 2026, 1),
        ("gtdb", 2026, 1),
        ("GT-DB", 2026, 1),
        ("ABCDEFGHIJK", 2026, 1),
    ],
)
def test_a_serial_that_could_not_be_typed_back_is_refused(
    domain: str, year: int, number: int
) -> None:
    with pytest.raises(ValueError, match="no such serial"):
        Serial(domain, year, number)


def test_check_letters_are_a_prime_number_of_letters_that_look_like_no_digit() -> None:
    assert len(CHECK_LETTERS) == len(set(CHECK_LETTERS)) == 23
    assert not set("IOQ") & set(CHECK_LETTERS)


@given(st.lists(SERIALS, min_size=2, max_size=8))
def test_serials_sort_by_domain_year_and_number(serials: list[Serial]) -> None:
    assert sorted(serials) == sorted(serials, key=lambda s: (s.domain, s.year, s.number))
