"""Which rows of an export are known again, edited or gone; without a database."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from omr.ledger.settling import (
    Held,
    NewResponse,
    Settlement,
    Vanished,
    answers_digest,
    answers_of,
)

pytestmark = pytest.mark.embedded

DAY = "2026-11-10"


def row(number: int, moment: str, said: str, **more: object) -> NewResponse:
    """Row *number* given at *moment*: ``a1=r5 a2=`` is what it says."""
    answers = {}
    for word in said.split():
        name, _is, options = word.partition("=")
        answers[name] = tuple(filter(None, options.split("|")))
    made = NewResponse(moment, "U", "D", "2026-11", DAY, answers, row=number)
    return replace(made, **more)  # type: ignore[arg-type]


def held(
    response: NewResponse, import_id: int = 1, *, came_from: int = 0, replaced: bool = False
) -> Held:
    """*response* as the ledger holds it, since import *import_id*."""
    body: dict[str, object] = {
        "asked": list(response.answers),
        "answers": {name: list(said) for name, said in response.answers.items() if said},
        "unread": list(response.unread),
        "row": response.row,
        "from": came_from,
    }
    if response.near:
        body["near"] = response.near
    if response.row_id:
        body["id"] = response.row_id
    return Held(
        record_id=f"{import_id}.{response.row}",
        import_id=import_id,
        file=f"{import_id}.csv",
        group=response.group,
        digest=answers_digest(response.answers),
        unit=response.unit,
        domain=response.domain,
        answered_on=response.answered_on,
        excluded=response.excluded,
        replaced=replaced,
        body_json=json.dumps(body, separators=(",", ":")),
    )


def outcome(there: list[Held], *rows: NewResponse) -> list[tuple[int, str | None, bool]]:
    """What is added: row, what it replaces, and whether it was edited."""
    settled = Settlement(there, rows, "new.csv")
    found = [(one.response.row, one.replaces, one.edited) for one in settled.added]
    assert settled.edited == sum(edited for *_rest, edited in found)
    improved = [replaces for _row, replaces, edited in found if replaces and not edited]
    assert settled.improved == len(improved)
    return sorted(found, key=lambda each: each[0])


def export(*said: str, **more: object) -> list[NewResponse]:
    """Rows from 2 on, each with a moment of its own: its first letter."""
    return [row(n, word[0], f"q={word[1:]}", **more) for n, word in enumerate(said, start=2)]


def test_a_digest_is_the_same_for_the_same_answers_in_any_order() -> None:
    one = answers_digest({"b": ("2", "1"), "a": ("3",), "c": ()})
    assert one == answers_digest({"a": ("3",), "b": ("1", "2")})
    assert one != answers_digest({"a": ("3",), "b": ("1",)})
    assert one != answers_digest({"a": ("1", "2"), "b": ("3",)})
    assert len(one) == 16
    # Kept in ledgers, so the same for ever.
    assert answers_digest({}) == "4f53cda18c2baa0c"


def test_a_held_rows_numbers_are_those_of_its_body_and_0_where_there_are_none() -> None:
    one = held(row(17, "g", 'q=r5 z=x"row":9'), 3, came_from=2)
    assert (one.row, one.continued) == (17, 2)
    bare = replace(one, body_json="{}")
    assert (bare.row, bare.continued) == (0, 0)
    assert answers_of(held(row(2, "g", "q=r5|r1 s=")).body) == {"q": ("r5", "r1"), "s": ()}


def test_of_equal_rows_each_is_met_once_and_one_that_was_refused_first_by_its_like() -> None:
    plain, refused = row(2, "g", "q=r5"), row(3, "g", "q=r5", excluded="double")
    there = [held(plain), held(refused)]
    settled = Settlement(there, [row(4, "g", "q=r5", excluded="double"), row(5, "g", "q=r5")], "")
    assert [one.met.row for one in there if one.met] == [5, 4]
    assert settled.added == []
    assert outcome([held(plain)], *export("gr5", "gr5")) == [(3, None, False)]


def test_a_row_found_to_repeat_one_is_refused_later_but_not_an_older_copy_of_it() -> None:
    now_refused = row(2, "g", "q=r5", excluded="double")
    plain = row(2, "g", "q=r5")
    assert outcome([held(plain)], now_refused) == [(2, "1.2", False)]
    assert outcome([held(now_refused)], plain) == []
    assert outcome([held(now_refused)], now_refused) == []
    assert outcome([held(plain, replaced=True)], now_refused) == []


def test_what_a_replaced_row_said_is_known_once() -> None:
    old = held(row(2, "g", "q=r4"), replaced=True)
    better = held(row(2, "g", "q=r5"), 2)
    assert outcome([old, better], row(2, "g", "q=r4")) == []
    old.met = better.met = None
    assert outcome([old, better], row(2, "g", "q=r4"), row(3, "g", "q=r4")) == [(3, None, False)]


@pytest.mark.parametrize("fraction_first", [True, False])
def test_a_rounded_second_is_the_same_row_only_with_the_same_answers(
    *, fraction_first: bool
) -> None:
    fraction, rounded = row(2, "33", "q=r5", near="34"), row(2, "34", "q=r5")
    first, second = (fraction, rounded) if fraction_first else (rounded, fraction)
    assert outcome([held(first)], second) == []
    other = replace(second, answers={"q": ("r1",)})
    assert outcome([held(first)], other) == [(2, None, False)]
    # Each held row is met once, the equal one before the near one.
    assert outcome([held(first)], second, replace(second, row=3)) == [(3, None, False)]
    assert outcome([held(first)], replace(second, row=3), first) == [(3, None, False)]
    assert outcome([held(first), held(second, 2)], second, first) == []


def test_two_fractions_of_neighbouring_seconds_are_two_rows() -> None:
    one, two = row(2, "33", "q=r5", near="34"), row(3, "34", "q=r5", near="35")
    assert outcome([held(one)], two) == [(3, None, False)]
    assert outcome([held(two)], one) == [(2, None, False)]
    assert outcome([held(row(2, "35", "q=r5"))], one) == [(2, None, False)]


def test_a_row_of_which_more_is_read_takes_the_place_of_the_held_one() -> None:
    before = row(2, "g", "a=r5 b=", unread=("b",))
    there = held(before)
    settled = Settlement([there], [row(4, "g", "a=r5 b=r4")], "")
    [added] = settled.added
    assert (added.replaces, added.edited) == ("1.2", False)
    assert added.response.answers == {"a": ("r5",), "b": ("r4",)}
    assert there.met is not None
    # Less is known already, and what was understood before is taken over.
    assert outcome([held(row(2, "g", "a=r5 b=r4"))], before) == []
    [joined] = Settlement([held(before)], [row(4, "g", "a= b=r4", unread=("a",))], "").added
    assert joined.response.answers == {"a": ("r5",), "b": ("r4",)}
    assert joined.response.unread == ()
    assert outcome([held(before)], row(2, "g", "a=r1 b=r4")) == [(2, None, False)]


def test_of_two_rows_that_a_better_reading_may_be_the_more_alike_is_replaced_and_once() -> None:
    vague = held(row(2, "g", "a= b= c=", unread=("a", "b", "c")))
    near = held(row(3, "g", "a=r5 b=r4 c=", unread=("c",)))
    better = row(4, "g", "a=r5 b=r4 c=r1")
    assert outcome([vague, near], better) == [(4, "1.3", False)]
    for one in (vague, near):
        one.met = None
    assert outcome([vague, near], better, replace(better, row=5)) == [
        (4, "1.3", False),
        (5, "1.2", False),
    ]


def test_an_edit_stands_between_the_neighbours_of_what_is_gone() -> None:
    there = [held(one) for one in export("ar5", "br4", "cr3")]
    assert outcome(there, *export("ar5", "xr1", "cr3")) == [(3, "1.3", True)]


@pytest.mark.parametrize(
    "now",
    [
        ("ar5", "cr3", "xr1"),  # not in its place
        ("ar5", "xr1", "yr1", "cr3"),  # two for one
        ("xr1", "ar5", "cr3"),
        ("ar5", "xr1"),  # nothing known follows
    ],
)
def test_what_may_be_new_is_no_edit(now: tuple[str, ...]) -> None:
    there = [held(one) for one in export("ar5", "br4", "cr3")]
    assert all(replaces is None for _row, replaces, _edited in outcome(there, *export(*now)))


def test_several_edits_in_a_row_are_told_apart_by_their_order() -> None:
    there = [held(one) for one in export("ar5", "br4", "cr3", "dr2", "er1")]
    assert outcome(there, *export("ar5", "xr1", "yr2", "dr2", "zr5")) == [
        (3, "1.3", True),
        (4, "1.4", True),
        (6, None, False),
    ]


def test_an_edit_of_the_first_row_needs_no_neighbour_before_it() -> None:
    there = [held(one) for one in export("ar5", "br4")]
    assert outcome(there, *export("xr1", "br4")) == [(2, "1.2", True)]


def test_neighbours_in_another_order_show_no_edit() -> None:
    there = [held(one) for one in export("ar5", "br4", "cr3")]
    assert outcome(there, *export("cr3", "xr1", "ar5")) == [(3, None, False)]


def test_rows_of_another_unit_or_without_a_number_show_no_edit() -> None:
    there = [held(one) for one in export("ar5", "br4", "cr3")]
    for moved in ({"unit": "V"}, {"domain": "E"}):
        now = export("ar5", "xr1", "cr3")
        now[1] = replace(now[1], **moved)  # type: ignore[arg-type]
        assert outcome([replace(one) for one in there], *now) == [(3, None, False)]
    there[1] = held(replace(export("b4")[0], row=0))
    assert outcome(there, *export("ar5", "xr1", "cr3")) == [(3, None, False)]


def test_the_exports_own_id_shows_an_edit_wherever_it_stands() -> None:
    there = [held(row(2, "a", "q=r5")), held(row(3, "b", "q=r4", row_id="7"))]
    assert outcome(there, row(9, "x", "q=r1", row_id="7"), row(10, "a", "q=r5")) == [
        (9, "1.3", True)
    ]
    there = [held(row(2, "a", "q=r5")), held(row(3, "b", "q=r4", row_id="7"))]
    other = row(9, "x", "q=r1", row_id="7", unit="V")
    assert outcome(there, row(2, "a", "q=r5"), other) == [(9, None, False)]
    there = [held(row(2, "a", "q=r5")), held(row(3, "b", "q=r4"))]
    unnamed = row(9, "x", "q=r1", row_id="-")
    assert outcome(there, row(2, "a", "q=r5"), unnamed) == [(9, None, False)]


def gone(there: list[Held], *rows: NewResponse) -> tuple[list[int], int]:
    settled = Settlement(there, rows, "new.csv")
    missing, uncompared = settled.gone()
    assert all(isinstance(each, Vanished) for each in missing)
    return [each.row for each in missing], uncompared


def test_rows_before_the_last_known_one_are_gone_and_later_ones_only_if_it_goes_on() -> None:
    was = ("ar5", "br4", "cr3", "dr2")

    def after(*now: str) -> tuple[list[int], int]:
        return gone([held(one) for one in export(*was)], *export(*now))

    assert after(*was) == ([], 0)
    assert after("ar5", "cr3", "dr2") == ([3], 0)
    assert after("ar5", "br4") == ([], 2)  # an older copy
    assert after("ar5", "cr3") == ([3], 1)
    assert after("ar5", "br4", "er1") == ([4, 5], 0)
    assert after("ar5", "br4", "cr3", "er1", "fr1") == ([5], 0)
    assert after("xr5", "yr4") == ([], 0)  # another export


def test_rows_of_days_that_the_export_does_not_hold_are_not_gone() -> None:
    there = [held(one) for one in export("ar5", "br4", "cr3")]
    there[1].answered_on = "2026-11-09"
    assert gone(there, *export("ar5", "cr3")) == ([], 1)
    there = [held(one) for one in export("ar5", "br4", "cr3")]
    there[1].answered_on = "2026-11-11"
    assert gone(there, *export("ar5", "cr3")) == ([], 1)
    there = [held(one) for one in export("ar5", "br4", "cr3")]
    now = export("ar5", "cr3")
    now[0] = replace(now[0], answered_on="2026-11-01")
    now[1] = replace(now[1], answered_on="2026-11-30")
    [vanished], uncompared = Settlement(there, now, "").gone()
    assert (vanished, uncompared) == (Vanished("1.csv", 3, DAY), 0)


def test_an_export_continues_the_imports_whose_rows_it_holds_and_what_those_continued() -> None:
    first = [held(one, 1) for one in export("ar5", "br4")]
    second = [held(row(9, "c", "q=r3"), 2, came_from=1)]
    apart = [held(row(9, "z", "q=r3"), 3)]
    settled = Settlement([*apart, *second, *first], export("ar5", "dr1"), "")
    assert settled.continues == 1
    assert [each.file for each in settled.gone()[0]] == ["1.csv", "2.csv"]
    assert Settlement(apart, export("ar5"), "").continues == 0
    first, second = [held(one, 1) for one in export("ar5")], [held(row(9, "c", "q=r3"), 2)]
    second = [held(row(9, "c", "q=r3"), 2, came_from=1)]
    settled = Settlement([*first, *second], [row(9, "c", "q=r3"), row(10, "d", "q=r1")], "")
    assert settled.continues == 2
    assert [each.file for each in settled.gone()[0]] == ["1.csv"]


def test_replaced_rows_are_not_missed() -> None:
    old = held(row(3, "b", "q=r4"), replaced=True)
    assert gone([held(row(2, "a", "q=r5")), old], *export("ar5", "dr1")) == ([], 0)
