"""Answers that look as if one hand gave them."""

from __future__ import annotations

import random
from math import comb

import pytest

from omr.pads import Pad
from omr.survey_file import shipped_survey
from reports.bursts import BurstKind, Given, bursts, tail
from reports.responses import Channel, Place, Response
from reports.results import Burst

RATED = [q.id for q in shipped_survey().questions if q.id[0] in "abcdet"]
LEVELS = {name: {f"r{n}": n for n in range(1, 6)} for name in RATED}
PAD = Pad("GTDB", 2026, 3, 101, 150)


def found(given: list[Given]) -> tuple[Burst, ...]:
    return bursts(
        given,
        levels=LEVELS,
        unit_name=lambda code: f"<{code}>",
        share_text=lambda part, whole: f"{part}/{whole}",
    )


def say(
    name: str,
    said: dict[str, str],
    *,
    unit: str = "HP-PC08",
    day: str = "",
    page: int | None = None,
    number: int = 0,
) -> Given:
    channel = Channel.ELECTRONIC if day else Channel.PAPER
    response = Response(
        record_id=name,
        channel=channel,
        unit=unit,
        domain="GTDB",
        period="2026-11",
        answers={question: (option,) for question, option in said.items()},
        place=Place("lô 1.pdf", page, None if page is None else 0),
    )
    return Given(response, day, PAD if number else None, number)


def honest(chance: random.Random) -> dict[str, str]:
    """A person's answers; half of them tick one level all the way down."""
    if chance.random() < 0.5:
        return dict.fromkeys(RATED, chance.choice(["r5", "r5", "r4"]))
    return {question: f"r{chance.choice([5, 5, 4, 4, 3, 2])}" for question in RATED}


def month(size: int = 600, seed: int = 1) -> list[Given]:
    """Honest people of twelve units; on paper in pads, page by page, and electronic."""
    chance = random.Random(seed)
    return [
        say(
            f"h{seed}-{n}",
            honest(chance),
            unit=f"U{n % 12}",
            day=f"2026-11-{1 + n // 12 % 14:02d}" if n % 3 == 0 else "",
            page=n if n % 3 else None,
        )
        for n in range(size)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_honest_people_of_whom_half_tick_one_column_are_not_named(seed: int) -> None:
    assert found(month(seed=seed)) == ()


def test_a_pad_filled_in_by_one_hand_is_named_once_with_its_place() -> None:
    said = dict.fromkeys(RATED, "r4") | {"a1": "r5"}
    pad = [say(f"p{n:02}", said, number=101 + n, page=1000 + n) for n in range(38)]

    (burst,) = [each for each in found(month() + pad) if each.kind != BurstKind.STRAIGHT]

    assert burst == Burst(
        "identical-pad", "HP-PC08", "<HP-PC08>", "GTDB", 38, 38, "GTDB-26-Q0003-" + str(PAD)[-1]
    )


def test_consecutive_pages_with_the_same_answers_are_named_with_their_pages() -> None:
    said = dict.fromkeys(RATED, "r4") | {"a1": "r2"}
    same = [say(f"p{n:02}", said, page=2000 + n) for n in range(12)]

    (burst,) = found(month() + same)

    assert (burst.kind, burst.count) == ("identical-minutes", 12)
    assert burst.where == "lô 1.pdf, 2001–2012"


def test_a_sheet_between_that_does_not_count_ends_no_run_but_another_answer_does() -> None:
    said = dict.fromkeys(RATED, "r4") | {"a1": "r2"}
    other = dict.fromkeys(RATED, "r1") | {"a2": "r3"}
    pages = [2000, 2001, 2003, 2004, 2006, 2007]
    run = [say(f"p{n}", said, page=n) for n in pages]

    (burst,) = found(month() + run)
    assert burst.count == 6
    cut = [*run, say("z1", other, page=2002), say("z2", other, page=2005)]
    assert found(month() + cut) == ()


def test_many_same_answers_on_one_day_are_named_the_same_over_a_month_are_not() -> None:
    said = dict.fromkeys(RATED, "r5") | {"c1": "r4"}
    same_day = [say(f"e{n}", said, day="2026-11-03") for n in range(15)]
    spread = [say(f"e{n}", said, day=f"2026-11-{1 + n % 14:02d}") for n in range(15)]

    (burst,) = found(month() + same_day)
    assert (burst.kind, burst.unit, burst.count, burst.of) == (
        "identical-minutes",
        "HP-PC08",
        15,
        15,
    )
    assert burst.where == "2026-11-03"
    assert found(month() + spread) == ()


def test_a_unit_where_nearly_all_tick_one_column_is_named_beside_the_city_s_share() -> None:
    chance = random.Random(5)
    column = [
        say(f"s{n}", dict.fromkeys(RATED, chance.choice(["r5", "r4", "r3"]))) for n in range(40)
    ]

    (burst,) = [each for each in found(month() + column) if each.kind == BurstKind.STRAIGHT]

    assert (burst.unit, burst.count, burst.of) == ("HP-PC08", 40, 40)
    part, whole = map(int, burst.where.split("/"))
    assert whole == 640
    assert 0.45 < part / whole < 0.6


def test_blank_forms_and_a_handful_alike_are_no_burst() -> None:
    blank = [say(f"b{n}", {}, page=3000 + n) for n in range(30)]
    few = [say(f"f{n}", dict.fromkeys(RATED, "r1"), page=4000 + n) for n in range(4)]

    assert found(month() + blank + few) == ()
    assert found([]) == ()


def test_the_order_in_which_responses_come_makes_no_difference() -> None:
    said = dict.fromkeys(RATED, "r4") | {"a1": "r5"}
    given = month() + [say(f"p{n:02}", said, number=101 + n, page=1000 + n) for n in range(9)]
    shuffled = list(given)
    random.Random(2).shuffle(shuffled)

    assert found(shuffled) == found(given) != ()


@pytest.mark.parametrize(("part", "whole", "chance"), [(3, 10, 0.2), (10, 10, 0.5), (1, 7, 0.01)])
def test_the_tail_is_the_binomial_s(part: int, whole: int, chance: float) -> None:
    exact = sum(
        comb(whole, k) * chance**k * (1 - chance) ** (whole - k) for k in range(part, whole + 1)
    )

    assert tail(part, whole, chance) == pytest.approx(exact)
    assert tail(0, whole, chance) == 1
    assert tail(part, whole, 0) == 0
