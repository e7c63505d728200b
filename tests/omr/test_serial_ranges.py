from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.pads import Pad, PadName, cut_into_pads, parse_pad
from omr.serial_ranges import SerialRange, compressed, merged, parse_forms
from omr.serials import MAX_NUMBER, Serial, SerialMistyped

numbers = st.integers(1, MAX_NUMBER)
domains = st.sampled_from(["GTDB", "L05", "QLHC"])


@given(domains, st.integers(2000, 2099), numbers, numbers)
def test_a_range_is_read_back_as_it_is_written(domain: str, year: int, one: int, two: int) -> None:
    forms = SerialRange(domain, year, min(one, two), max(one, two))
    assert parse_forms(str(forms)) == forms
    assert parse_forms(str(forms).lower().replace("..", " .. ")) == forms


@pytest.mark.parametrize(
    "text",
    [
        "GTDB-26-000417..000423",
        "GTDB-26-000417..423",
        "GTDB-26-000417..GTDB-26-000423",
        "GTDB-26-000417…000423",
    ],
)
def test_the_check_letters_of_a_range_may_be_left_out(text: str) -> None:
    assert parse_forms(text) == SerialRange("GTDB", 2026, 417, 423)


def test_a_single_serial_needs_its_check_letter() -> None:
    serial = Serial("GTDB", 2026, 417)
    assert parse_forms(str(serial)) == SerialRange("GTDB", 2026, 417, 417)
    with pytest.raises(SerialMistyped):
        parse_forms(str(serial)[:-2])


@pytest.mark.parametrize(
    "text",
    [
        "GTDB-26-000423..000417",  # backwards
        "GTDB-26-000000..000005",
        "GTDB-26-000417..QLHC-26-000423",
        "GTDB-26-000417-A..000423",  # wrong letter
        "GTDB-26-000417..000423-A",
        "GTDB-26-000417 to 000423",
        "",
    ],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(SerialMistyped):
        parse_forms(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "gtdb-26-000417..qlhc-26-000423",
            "GTDB-26-000417..QLHC-26-000423: both ends must be of the same domain and year",
        ),
        (
            "GTDB-26-000417..GTDB-27-000423",
            "GTDB-26-000417..GTDB-27-000423: both ends must be of the same domain and year",
        ),
        (
            "GTDB-26-000417..423-A",
            "GTDB-26-000423-A: the check letter does not fit, so a character is wrong",
        ),
        (
            "GTDB-26-000423..000417",
            "GTDB-26-000423..000417: the first number must not be greater than the last",
        ),
    ],
)
def test_a_refused_range_says_what_is_wrong_with_it(text: str, words: str) -> None:
    with pytest.raises(SerialMistyped) as failure:
        parse_forms(text)
    assert str(failure.value) == words


def test_a_range_counts_both_of_its_ends_and_holds_them() -> None:
    forms = SerialRange("GTDB", 2026, 417, 423)
    assert len(forms) == 7
    assert [n for n in range(410, 430) if forms.holds(n)] == [417, 418, 419, 420, 421, 422, 423]


def test_a_range_of_one_form_is_written_as_its_serial_and_typed_as_one() -> None:
    one = SerialRange("GTDB", 2026, 417, 417)
    serial = str(Serial("GTDB", 2026, 417))
    assert str(one) == serial
    assert parse_forms("GTDB-26-000417..000417") == parse_forms(serial) == one
    other = str(SerialRange("GTDB", 2026, 417, 423))
    assert other == f"{serial}..{str(Serial('GTDB', 2026, 423)).removeprefix('GTDB-26-')}"


@given(st.sets(st.integers(1, 60)))
def test_ranges_hold_exactly_the_numbers_they_were_made_of(some: set[int]) -> None:
    ranges = compressed("GTDB", 2026, some)
    held = [n for each in ranges for n in range(each.first, each.last + 1)]
    assert held == sorted(some)
    assert all(two.first > one.last + 1 for one, two in pairwise(ranges))


@given(domains, st.integers(1, 5000), st.integers(1, 300), st.integers(1, 60), st.integers(1, 99))
def test_pads_hold_every_form_of_a_run_once_and_in_order(
    domain: str, first: int, count: int, size: int, pad: int
) -> None:
    pads = list(
        cut_into_pads(
            domain=domain, year=2026, first=first, count=count, pad_size=size, first_pad=pad
        )
    )
    assert [n for p in pads for n in range(p.first, p.last + 1)] == list(
        range(first, first + count)
    )
    assert [p.number for p in pads] == list(range(pad, pad + len(pads)))
    assert all(len(p) == size for p in pads[:-1])
    for each in pads:
        assert parse_pad(str(each).lower()) == PadName(domain, 2026, each.number)
        assert parse_forms(str(each)) == PadName(domain, 2026, each.number)


def test_a_pad_mistyped_in_one_place_is_refused() -> None:
    text = str(Pad("GTDB", 2026, 3, 1, 50))
    for place, character in enumerate(text):
        for other in "0123456789":
            if character.isdigit() and other != character:
                with pytest.raises(SerialMistyped):
                    parse_pad(text[:place] + other + text[place + 1 :])


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 6)), max_size=12))
def test_merged_ranges_hold_the_same_forms_and_neither_touch_nor_overlap(
    some: list[tuple[int, int]],
) -> None:
    ranges = [SerialRange("GTDB", 2026, first, first + more) for first, more in some]
    numbers = {n for each in ranges for n in range(each.first, each.last + 1)}
    assert merged(ranges) == compressed("GTDB", 2026, numbers)
    other = SerialRange("QLHC", 2026, 1, 3)
    assert merged([*ranges, other])[-1] == other


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gtdb q3", "'gtdb q3' is not a pad like GTDB-26-Q0003-U"),
        (
            "gtdb-26-q0003-a",
            "GTDB-26-Q0003-A: the check letter does not fit, so a character is wrong",
        ),
    ],
)
def test_a_refused_pad_is_named_with_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(SerialMistyped) as failure:
        parse_pad(text)
    assert str(failure.value) == words


def test_blanks_in_a_pads_number_are_forgiven() -> None:
    pad = Pad("GTDB", 2026, 3, 1, 50)
    assert parse_pad(f" {str(pad).replace('-', ' - ')}\t") == PadName("GTDB", 2026, 3)


def test_a_pad_holds_forms_that_can_be_printed() -> None:
    assert len(Pad("GTDB", 2026, 1, MAX_NUMBER, MAX_NUMBER)) == 1
    for number, first, last in [(0, 1, 50), (1, 0, 50), (1, 51, 50), (1, 1, MAX_NUMBER + 1)]:
        words = f"no such pad: {number}, forms {first} to {last}"
        with pytest.raises(ValueError, match=words):
            Pad("GTDB", 2026, number, first, last)
