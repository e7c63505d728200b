from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import pytest

from omr.periods import Period
from omr.serial_ranges import SerialRange
from omr.settings import Language
from reports.figures import NO_FIGURES
from reports.packing import NotReadable, pack, unpack
from reports.results import Break, Group, GroupKind, MonthPoint, Section, StockLine, Trend

MARK = b"test-1\n"


class Place(NamedTuple):
    name: str
    colour: Colour


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    number: int | None
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    colour: Colour
    pair: tuple[int, str]
    many: tuple[Inner, ...]
    by_name: Mapping[str, Inner | None]
    picture: bytes | None = None
    is_open: bool = False
    late: tuple[str, ...] = field(default=())
    places: Mapping[Place, int] = field(default_factory=dict)


VALUE = Outer(
    "Hải Phòng",
    Colour.RED,
    (1, "hai"),
    (Inner(3, 0.5), Inner(None)),
    {"b": Inner(1), "a": None},
    b"\x89PNG\x00",
    is_open=True,
    late=("x",),
    places={Place("x", Colour.RED): 7},
)


@dataclass(frozen=True, slots=True)
class Month:
    language: Language
    group: Group
    trend: Trend
    line: StockLine


def test_values_of_a_month_come_back_as_they_were() -> None:
    group = Group(GroupKind.UNIT, ("HP-PC08",), "Phòng CSGT", "PC08", NO_FIGURES, Section.OFFICES)
    points = (MonthPoint(Period(2026, 10, 1), None, (Break.NO_DATA,)),)
    missing = (SerialRange("GTDB", 2026, 417, 423),)
    month = Month(
        Language.VIETNAMESE,
        replace(group, before=NO_FIGURES),
        Trend(GroupKind.CITY, (), "Toàn thành phố", points),
        StockLine("U", "D", "N", Section.OTHER, *[None] * 11, missing=missing),
    )

    again = unpack(pack(month, MARK), Month, MARK)

    assert again == month
    assert pack(again, MARK) == pack(month, MARK)


def test_every_kind_of_field_and_the_order_of_mappings_come_back() -> None:
    again = unpack(pack(VALUE, MARK), Outer, MARK)

    assert again == VALUE
    assert list(again.by_name) == ["b", "a"]


def test_a_field_that_was_added_since_has_its_default() -> None:
    @dataclass(frozen=True)
    class Before:
        number: int

    assert unpack(pack(Before(4), MARK), Inner, MARK) == Inner(4, 0.0)


def test_what_was_packed_with_other_fields_or_types_is_refused() -> None:
    @dataclass(frozen=True)
    class After:
        number: int
        colour: str = "red"

    @dataclass(frozen=True)
    class Text:
        number: str

    for other in (After(4), Text("4")):
        with pytest.raises(NotReadable):
            unpack(pack(other, MARK), Inner, MARK)


def test_damage_and_other_versions_are_refused() -> None:
    body = pack(VALUE, MARK)

    for damaged in (
        b"",
        body[:-3],
        b"test-2\n" + body[len(MARK) :],
        MARK + b"no zlib",
        body[:30] + bytes([body[30] ^ 1]) + body[31:],
    ):
        with pytest.raises(NotReadable):
            unpack(damaged, Outer, MARK)


def test_what_cannot_come_back_is_not_packed() -> None:
    with pytest.raises(TypeError):
        pack(replace(VALUE, name={1, 2}), MARK)
