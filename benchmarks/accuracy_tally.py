"""What is counted: sheets, questions and positions by outcome, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accuracy_strata import Group, Stratum

from scans.virtual.scorecard import judge
from scans.virtual_scanner import MarkKind

_HARMLESS = {"upside-down"}
# Marks near the reader's limits that lie within their own bubble: asking about them may not
# depend on the bubble's place in its row. (A tick's tail reaches into the next bubble, if any.)
_MARGINAL = {MarkKind.DOT, MarkKind.DASH, MarkKind.PARTIAL, MarkKind.LIGHT_FILL, MarkKind.LINE}
_PLACES = 5


@dataclass(slots=True)
class Tally:
    """What came out; tallies of different sheets add up.

    Attributes:
        sheets: That bear a form.
        undamaged: Of them, those that nothing had happened to.
        undamaged_refused: Of those, refused ones.
        questions: On sheets that were not refused.
        asked: Of them, left to a person.
        kinds: Positions by (kind of mark, outcome): ``right``, ``asked``, ``wrong``, ``refused``.
        statuses: Sheets by status.
        refusals: Refused sheets by reason.
        wrong_sheets: Sheets with a silent error.
        errors: One entry for each silent error, with what finds the sheet again.
        changed: Positions that were marked in one pass and blank in another.
        bias_seen: Marginal marks by their option's place in a row of five.
        bias_asked: Of them, those left to a person.
        make_s: Processor seconds spent on making pictures.
        read_s: On reading them, decoding included.
    """

    sheets: int = 0
    undamaged: int = 0
    undamaged_refused: int = 0
    questions: int = 0
    asked: int = 0
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    wrong_sheets: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    changed: int = 0
    bias_seen: Counter[int] = field(default_factory=Counter)
    bias_asked: Counter[int] = field(default_factory=Counter)
    make_s: float = 0.0
    read_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Add *other*'s sheets."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def judged(
    tally: Tally,
    stratum: Stratum,
    truth: Mapping[str, Any],
    result: Mapping[str, Any] | None,
    ids: Mapping[str, tuple[str, ...]],
) -> list[dict[str, Any]]:
    """Tally one sheet and name its silent errors.

    Args:
        tally: Added to.
        stratum: The sheet's.
        truth: Its truth line.
        result: What was read; None where nothing came back for it.
        ids: Option ids of every question, in their order.
    """
    tally.sheets += 1
    status = "missing" if result is None else str(result["status"])
    tally.statuses[status] += 1
    harmless = set(truth["damage"]) <= _HARMLESS
    tally.undamaged += harmless
    if status == "refused" and result is not None:
        tally.undamaged_refused += harmless
        tally.refusals[" ".join(result["reasons"])] += 1
    errors = [] if result is None else judge(result, truth)
    found = [
        _entry(str(error.kind), error.question, error.truth, error.read, error.marks)
        for error in errors
    ]
    if result is None:
        found.append(_entry("lost-sheet", "", "form", "nothing", ()))
    for error in found:
        error |= {"pen": truth["pen"], "damage": list(truth["damage"]), "status": status}
    for question, true in truth["answers"].items():
        read = None if result is None else (result["answers"] or {}).get(question)
        outcomes = dict(_outcomes(status, read, true, ids[question]))
        tally.kinds.update(outcomes.values())
        if status not in {"counted", "review"}:
            continue
        asked = any(outcome == "asked" for _kind, outcome in outcomes.values())
        tally.questions += 1
        tally.asked += asked
        if stratum.group in {Group.HOSTILE, Group.LINE}:
            _bias(tally, true, ids[question], asked=asked)
    tally.wrong_sheets += bool(found)
    return found


def _entry(kind: str, question: str, truth: str, read: str, marks: Sequence[str]) -> dict[str, Any]:
    return {"kind": kind, "question": question, "truth": truth, "read": read, "marks": list(marks)}


def _outcomes(
    status: str, read: Mapping[str, Any] | None, true: Mapping[str, Any], ids: Sequence[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Kind of mark and outcome of every position of one question."""
    stated = status == "counted" or (read is not None and read["state"] in {"answered", "blank"})
    said = set() if read is None or read["state"] == "blank" else set(read["options"])
    right = [set(one) for one in true["right"]]
    # Where only a person may decide, what was said of the marks is wrong.
    wrong = min((said ^ one for one in right), key=len, default=set(true["kinds"]))
    for option in ids:
        kind = str(true["kinds"].get(option, "blank"))
        if true["doubt"] == "faint" and kind != "blank":
            kind = "faint"
        elif true["doubt"] == "stray-line":
            kind = "stray-line"
        if status not in {"counted", "review"}:
            yield option, (kind, "refused")
        elif not stated:
            yield option, (kind, "asked")
        else:
            yield option, (kind, "wrong" if option in wrong else "right")


def _bias(tally: Tally, true: Mapping[str, Any], ids: Sequence[str], *, asked: bool) -> None:
    """Note where in its row a lone marginal mark stood."""
    if len(ids) != _PLACES or len(true["kinds"]) != 1 or true["ambiguous"]:
        return
    ((option, kind),) = true["kinds"].items()
    if kind in _MARGINAL:
        place = list(ids).index(option)
        tally.bias_seen[place] += 1
        tally.bias_asked[place] += asked


def changes(
    passes: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> Iterator[dict[str, Any]]:
    """Positions of one sheet that were marked in one pass and blank in another."""
    stated = [
        (question, set(read["options"]) if read["state"] == "answered" else set())
        for _truth, result in passes
        if result["status"] in {"counted", "review"}
        for question, read in result["answers"].items()
        if read["state"] in {"answered", "blank"}
    ]
    said: dict[tuple[str, str], Counter[bool]] = {}
    for question, options_said in stated:  # an option nobody ever saw is no change
        for option in options_said:
            said.setdefault((question, option), Counter())
    for question, options_said in stated:
        for (other, option), seen in said.items():
            if other == question:
                seen[option in options_said] += 1
    marks = passes[0][0]["answers"] if passes else {}
    for (question, option), seen in said.items():
        if len(seen) > 1:
            drawn = [f"{o}:{kind}" for o, kind in marks[question]["kinds"].items()]
            read = f"{option} marked {seen[True]} times, blank {seen[False]} times"
            yield _entry("changed", question, "always the same", read, drawn)
