"""Compares a reader's results with the truth and names every silent error.

**The rule.** A silent error is a wrong statement that nobody would look at:

1. On a ``counted`` sheet every question must be ``answered`` or ``blank`` with one of the truth's
   ``right`` readings (for a clear question that is the intended answer, and blank only where
   nothing was meant). On a sheet in ``review``, questions left ``doubtful`` are in people's hands;
   ``answered`` and ``blank`` are statements and judged like those of a counted sheet. Options
   are compared as sets.
2. Where the truth is ambiguous, ``right`` holds every reading a careful person could defend; it
   is empty for an overvote, so any clear answer to one is an error.
3. A ``counted``, ``review`` or ``duplicate`` sheet must not name another serial, unit, domain or
   layout than the true one (naming none is no statement).
4. A sheet must not disappear: no result line, or ``blank`` for a page that bears a form, or
   ``duplicate`` for a sheet that was scanned once.
5. A page without a form must not be ``counted``, nor get ``answered`` questions.
6. A sheet scanned twice must not be ``counted`` twice.

``refused`` is never an error: a person is told. It costs work, which :class:`Scorecard` counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_IDENTITY = ("serial", "unit", "domain", "layout")


class ErrorKind(StrEnum):
    """What went wrong silently."""

    ANSWER = "wrong-answer"
    IDENTITY = "wrong-identity"
    LOST = "lost-sheet"
    INVENTED = "invented-sheet"
    COUNTED_TWICE = "counted-twice"


@dataclass(frozen=True, slots=True)
class SilentError:
    """One wrong statement that nobody would look at."""

    kind: ErrorKind
    file: str
    page: int
    sheet: int
    serial: str | None
    question: str = ""
    truth: str = ""
    read: str = ""
    marks: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line for a report."""
        where = f"{self.file} page {self.page} sheet {self.sheet} ({self.serial})"
        what = f" {self.question}" if self.question else ""
        marks = f" [{', '.join(self.marks)}]" if self.marks else ""
        return f"{self.kind}: {where}{what}: truth {self.truth}, read {self.read}{marks}"


def judge(result: Mapping[str, Any], truth: Mapping[str, Any]) -> list[SilentError]:
    """Silent errors of one result line (contract: ``omr scans results``) against its truth line."""
    status = result["status"]
    where = (truth["file"], truth["page"], truth["sheet"], truth["serial"])
    if truth["serial"] is None:
        spoke = [q for q, a in (result.get("answers") or {}).items() if a["state"] == "answered"]
        if status == "counted" or (status == "review" and spoke):
            return [SilentError(ErrorKind.INVENTED, *where, truth=truth["kind"], read=status)]
        return []
    errors = []
    if status == "blank" or (status == "duplicate" and "duplicate" not in truth["damage"]):
        errors.append(SilentError(ErrorKind.LOST, *where, truth="form", read=status))
    if status in {"counted", "review", "duplicate"}:
        errors += [
            SilentError(ErrorKind.IDENTITY, *where, name, str(truth[name]), str(result[name]))
            for name in _IDENTITY
            if result.get(name) not in (None, "", truth[name])
        ]
    if status in {"counted", "review"}:
        for question, true in truth["answers"].items():
            error = _answer(result, question, true, where)
            if error is not None:
                errors.append(error)
    return errors


def _answer(
    result: Mapping[str, Any],
    question: str,
    true: Mapping[str, Any],
    where: tuple[str, int, int, str | None],
) -> SilentError | None:
    """The error in one question, if there is one."""
    read = (result.get("answers") or {}).get(question)
    counted = result["status"] == "counted"
    if read is None:
        stated, options = counted, []
    else:
        stated = counted or read["state"] in {"answered", "blank"}
        options = [] if read["state"] == "blank" else list(read.get("options") or [])
    right = [set(one) for one in true["right"]]
    wrong_state = counted and read is not None and read["state"] not in {"answered", "blank"}
    if not stated or (set(options) in right and not wrong_state):
        return None
    said = "nothing" if read is None else f"{read['state']} {'|'.join(options)}".strip()
    truth = " or ".join("|".join(one) or "blank" for one in true["right"]) or "only a person"
    marks = tuple(f"{option}:{kind}" for option, kind in true["kinds"].items())
    return SilentError(ErrorKind.ANSWER, *where, question, truth, said, marks)


@dataclass(slots=True)
class Scorecard:
    """A reader's work on a batch.

    Attributes:
        sheets: Sheets in the truth that bear a form.
        questions: Their questions.
        statuses: Result status to number of sheets.
        asked: Questions a person is asked about on counted and reviewed sheets, by the kind of
            mark that was meant (``blank``, a mark kind, or the doubt's name).
        seen: All questions on those sheets, by the same keys.
        errors: Every silent error.
    """

    sheets: int = 0
    questions: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    errors: list[SilentError] = field(default_factory=list)


def stratum(true: Mapping[str, Any]) -> str:
    """Under which name a question is tallied: its doubt, its mark kinds, or ``blank``."""
    if true["doubt"]:
        return str(true["doubt"])
    kinds = sorted(set(true["kinds"].values()))
    return "+".join(kinds) if kinds else "blank"


def score(results: Iterable[Mapping[str, Any]], truths: Iterable[Mapping[str, Any]]) -> Scorecard:
    """Judge a batch.

    A result belongs to the truth of its file and page; where a page bears several sheets, to the
    one with its serial, else to the one with its place on the page.
    """
    by_page: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for result in results:
        by_page[result["file"], result["page"]].append(result)
    card, counted = Scorecard(), Counter[str]()
    pages: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for truth in truths:
        pages[truth["file"], truth["page"]].append(truth)
    for page, on_page in pages.items():
        for truth, found in pair_up(on_page, by_page.get(page, [])):
            _tally(card, truth, found)
            if truth["serial"] and found is not None and found["status"] == "counted":
                counted[truth["serial"]] += 1
                if counted[truth["serial"]] > 1:
                    where = (truth["file"], truth["page"], truth["sheet"], truth["serial"])
                    card.errors.append(SilentError(ErrorKind.COUNTED_TWICE, *where))
    return card


def pair_up(
    truths: list[Mapping[str, Any]], results: list[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Every truth of a page with its result, or with None.

    By serial, else by place on the page.
    """
    left, pairs = list(results), {}
    for same in ("serial", "sheet"):
        for number, truth in enumerate(truths):
            if number in pairs:
                continue
            for result in left:
                if result.get(same) == truth[same] and truth[same] is not None:
                    pairs[number] = result
                    left.remove(result)
                    break
    for number in range(len(truths)):  # places may differ: then one by one
        if number not in pairs and left:
            pairs[number] = left.pop(0)
    return [(truth, pairs.get(number)) for number, truth in enumerate(truths)]


def _tally(card: Scorecard, truth: Mapping[str, Any], result: Mapping[str, Any] | None) -> None:
    """Add one sheet to *card*."""
    if truth["serial"] is not None:
        card.sheets += 1
        card.questions += len(truth["answers"])
    if result is None:
        card.statuses["missing"] += 1
        if truth["serial"] is not None:
            where = (truth["file"], truth["page"], truth["sheet"], truth["serial"])
            card.errors.append(SilentError(ErrorKind.LOST, *where, truth="form", read="nothing"))
        return
    card.statuses[result["status"]] += 1
    card.errors += judge(result, truth)
    if result["status"] not in {"counted", "review"}:
        return
    for question, true in truth["answers"].items():
        name = stratum(true)
        card.seen[name] += 1
        read = (result.get("answers") or {}).get(question)
        if result["status"] == "review" and (
            read is None or read["state"] not in {"answered", "blank"}
        ):
            card.asked[name] += 1
