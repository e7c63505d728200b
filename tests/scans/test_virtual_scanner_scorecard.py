from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from scans.virtual_scanner import ErrorKind, judge, score


def question(
    intended: list[str],
    right: list[list[str]] | None = None,
    doubt: str | None = None,
    **kinds: str,
) -> dict[str, Any]:
    return {
        "intended": intended,
        "ambiguous": doubt is not None,
        "doubt": doubt,
        "right": [intended] if right is None else right,
        "kinds": kinds,
    }


TRUTH: dict[str, Any] = {
    "file": "b.pdf",
    "page": 2,
    "sheet": 0,
    "kind": "form",
    "serial": "GTDB-26-000001-K",
    "unit": "HP-PC08",
    "domain": "GTDB",
    "layout": "abc",
    "copy": 0,
    "damage": [],
    "answers": {
        "a1": question(["r5"], r5="fill"),
        "a2": question([]),
        "m1": question(["cho", "tre"], cho="tick", tre="tick"),
        "b1": question(["r4"], [], "overvote", r5="fill", r4="fill"),
        "b2": question(["r4"], [["r4"], []], "faint", r4="light-tick"),
        "c1": question([], [[]], "speck", r2="speck"),
    },
}


def answered(*options: str) -> dict[str, Any]:
    return {"state": "answered" if options else "blank", "options": list(options)}


def right_result(status: str = "review") -> dict[str, Any]:
    named = {key: TRUTH[key] for key in ("file", "page", "sheet", "serial", "unit", "domain")}
    return {
        **named,
        "layout": "abc",
        "status": status,
        "reasons": [],
        "answers": {
            "a1": answered("r5"),
            "a2": answered(),
            "m1": answered("tre", "cho"),
            "b1": {"state": "doubtful", "options": ["r5", "r4"]},
            "b2": answered(),
            "c1": answered(),
        },
    }


def changed(question_id: str, read: dict[str, Any], status: str = "review") -> dict[str, Any]:
    result = right_result(status)
    result["answers"][question_id] = read
    return result


def test_a_right_reading_has_no_silent_error() -> None:
    assert judge(right_result(), TRUTH) == []


@pytest.mark.parametrize(
    ("question_id", "read"),
    [
        ("a1", answered("r4")),
        ("a1", answered("r5", "r4")),
        ("a1", answered()),
        ("a2", answered("r1")),
        ("m1", answered("cho")),
        ("b1", answered("r4")),
        ("b1", answered()),
        ("b2", answered("r3")),
        ("c1", answered("r2")),
    ],
)
def test_a_clear_statement_that_is_wrong_is_a_silent_error(
    question_id: str, read: dict[str, Any]
) -> None:
    (error,) = judge(changed(question_id, read), TRUTH)
    assert (error.kind, error.question) == (ErrorKind.ANSWER, question_id)
    assert TRUTH["serial"] in str(error)


@pytest.mark.parametrize("question_id", list(TRUTH["answers"]))
def test_asking_a_person_is_never_a_silent_error(question_id: str) -> None:
    assert judge(changed(question_id, {"state": "doubtful", "options": ["r1"]}), TRUTH) == []


@pytest.mark.parametrize("options", [("r4",), ()])
def test_a_faint_mark_may_be_read_or_not(options: tuple[str, ...]) -> None:
    assert judge(changed("b2", answered(*options)), TRUTH) == []


def test_a_counted_sheet_must_not_hide_a_doubt_or_leave_a_question_out() -> None:
    (error,) = judge(right_result("counted"), TRUTH)
    assert error.question == "b1"
    short = right_result()
    del short["answers"]["a1"]
    assert judge(short, TRUTH) == []  # in review: nothing was stated
    counted = changed("b1", answered("r5"), "counted")
    del counted["answers"]["a1"]
    assert {error.question for error in judge(counted, TRUTH)} == {"a1", "b1"}


@pytest.mark.parametrize("name", ["serial", "unit", "domain", "layout"])
def test_another_identity_is_a_silent_error_and_none_is_not(name: str) -> None:
    result = right_result()
    result[name] = None
    assert judge(result, TRUTH) == []
    result[name] = "other"
    (error,) = judge(result, TRUTH)
    assert (error.kind, error.question) == (ErrorKind.IDENTITY, name)


def test_a_form_must_not_disappear() -> None:
    for status in ("blank", "duplicate"):
        (error,) = judge(right_result(status), TRUTH)
        assert error.kind is ErrorKind.LOST
    assert judge(right_result("refused"), TRUTH) == []
    again = {**TRUTH, "damage": ["duplicate"]}
    assert judge(right_result("duplicate"), again) == []


def test_a_page_without_a_form_must_not_be_counted() -> None:
    page = {**TRUTH, "kind": "blank-back", "serial": None, "answers": {}}
    (error,) = judge(right_result("counted"), page)
    assert error.kind is ErrorKind.INVENTED
    assert judge({**right_result("blank"), "answers": {}}, page) == []
    assert judge({**right_result("review"), "answers": {}}, page) == []


def test_a_batch_is_matched_by_serial_and_counts_what_people_are_asked() -> None:
    other = {**deepcopy(TRUTH), "sheet": 1, "serial": "GTDB-26-000002-M"}
    second = {**right_result(), "serial": other["serial"], "sheet": 0}
    first = {**right_result(), "sheet": 1}  # another order on the page than the truth's
    card = score([second, first], [TRUTH, other])
    assert card.errors == []
    assert (card.sheets, card.questions) == (2, 12)
    assert card.statuses == {"review": 2}
    assert card.asked == {"overvote": 2}
    assert card.seen["fill"] == 2
    assert card.seen["blank"] == 2


def test_a_sheet_without_a_result_is_lost_and_one_counted_twice_is_named() -> None:
    clear = deepcopy(TRUTH)
    clear["damage"] = ["duplicate"]
    clear["answers"] = {"a1": TRUTH["answers"]["a1"]}
    again = {**clear, "page": 3, "copy": 1}
    counted = {**right_result("counted"), "answers": {"a1": answered("r5")}}
    assert [e.kind for e in score([counted], [clear, again]).errors] == [ErrorKind.LOST]
    twice = score([counted, {**counted, "page": 3}], [clear, again])
    assert [e.kind for e in twice.errors] == [ErrorKind.COUNTED_TWICE]
