"""Whether what a unit says can be true: checked before anything of it is kept (pure).

A file that is signed by a unit is that unit's word and no more. What it says has to fit the
books of the office that merges it: forms that were issued to this unit, answers that their
layout allows, decisions that can be made about such sheets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from omr.layout import Layout, QuestionKind
from omr.ledger.issued import Issued
from omr.ledger.packed import Packed, PackedDecision, PackedSheet
from omr.ledger.standing import (
    ABOUT_ANSWER,
    ABOUT_IDENTITY,
    ABOUT_WHOLE,
    IDENTITY,
    PAPER,
    WHOLE,
    Remeasured,
    Verdict,
)
from omr.marks import DISPUTED, HOLDS_SERIAL, Answers, AnswerState, SheetStatus

_RECORD = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class PackRefused(Exception):
    """Something in a file cannot be true; nothing of it is kept.

    Args:
        what: A stable word for what is wrong.
        where: The serial or the place it is about; empty: the file as a whole.
    """

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(f"{what}: {where}" if where else what)
        self.what = what
        self.where = where


@dataclass(frozen=True, slots=True)
class Books:
    """What the office that merges knows itself."""

    unit: str  # that sent the file
    layouts: Mapping[str, Layout]  # every one, by id
    issued: Mapping[str, Issued]  # of the serials that the file names, those that exist


def serials_in(packed: Packed) -> list[str]:
    """Every serial that must have been issued, each once."""
    borne = (s.seen.serial for s in packed.sheets if s.seen.status not in _SAYS_NOTHING)
    typed = (each.named.serial for each in packed.decisions if each.named is not None)
    return sorted({serial for some in (borne, typed) for serial in some if serial})


_SAYS_NOTHING = frozenset({SheetStatus.REFUSED, SheetStatus.BLANK})


def check(packed: Packed, books: Books) -> None:
    """Refuse what cannot be true.

    Raises:
        PackRefused: With the first thing that is wrong.
    """
    _check_files(packed)
    by_record: dict[str, PackedSheet] = {}
    places: set[tuple[str, int, int]] = set()
    pages = {each.sha256: each.pages for each in packed.sources}
    for sheet in packed.sheets:
        where = sheet.seen.serial or f"{sheet.source[:12]}/{sheet.seen.page + 1}"
        place = (sheet.source, sheet.seen.page, sheet.seen.sheet)
        _require(bool(_RECORD.fullmatch(sheet.record_id)), "record", where)
        _require(sheet.record_id not in by_record and place not in places, "twice", where)
        _require(0 <= sheet.seen.page < pages.get(sheet.source, 0), "page", where)
        _require(sheet.seen.sheet >= 0, "page", where)
        _check_sheet(sheet, books, where)
        by_record[sheet.record_id] = sheet
        places.add(place)
    named = _named_layouts(packed.decisions)
    for decision in packed.decisions:
        _check_decision(decision, by_record.get(decision.record_id), named, books)
    for choice in packed.choices:
        first, second = by_record.get(choice.first), by_record.get(choice.second)
        _require(first is not None and second is not None and first is not second, "choice")
        if second is not None:
            disputed = DISPUTED.intersection(second.seen.reasons)
            is_second = second.seen.status is SheetStatus.DUPLICATE and bool(disputed)
            _require(is_second, "choice", second.seen.serial or "")
    about = {each.record_id for each in packed.notes}
    about |= {each.record_id for each in packed.alert_notes}
    _require(about <= by_record.keys(), "note")


def _require(holds: bool, what: str, where: str = "") -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise PackRefused(what, where)


def _check_files(packed: Packed) -> None:
    numbers = [each.number for each in packed.batches]
    _require(len(set(numbers)) == len(numbers), "batch")
    for batch in packed.batches:
        _require(bool(_PERIOD.fullmatch(batch.period)), "period", batch.period)
    digests = [each.sha256 for each in packed.sources]
    _require(len(set(digests)) == len(digests), "file")
    for source in packed.sources:
        _require(bool(_DIGEST.fullmatch(source.sha256)), "file", source.name)
        _require(source.batch in numbers and source.pages > 0 <= source.size_bytes, "file")


def _check_sheet(sheet: PackedSheet, books: Books, where: str) -> None:
    seen = sheet.seen
    numbers = seen.registration
    _require(numbers is None or (len(numbers) == 9 and all(map(math.isfinite, numbers))), "place")
    _require(all(_DIGEST.fullmatch(digest) for digest in sheet.digests()), "picture", where)
    _require(len({part.part for part in sheet.parts}) == len(sheet.parts), "picture", where)
    for part in sheet.parts:
        at = part.region
        sides = (at.x_mm, at.y_mm, at.w_mm, at.h_mm)
        _require(all(map(math.isfinite, sides)) and at.w_mm > 0 < at.h_mm, "picture", where)
    _require(seen.layout_id is None or seen.layout_id in books.layouts, "layout", where)
    if seen.status in _SAYS_NOTHING:
        _require(not seen.answers, "answers", where)
        return
    if seen.serial is None:  # a person has to say which form it is
        _require(seen.status is SheetStatus.REVIEW and not seen.answers, "answers", where)
        return
    form = _form(seen.serial, books)
    _require((seen.unit, seen.domain) == (form.unit, form.domain), "identity", where)
    _require(seen.layout_id == form.layout_id, "layout", where)
    layout = books.layouts[form.layout_id]
    _check_answers(seen.answers, layout, where)
    if seen.status is SheetStatus.COUNTED:
        doubts = any(said.state is AnswerState.DOUBTFUL for said in seen.answers.values())
        _require(not doubts, "answers", where)


def _form(serial: str, books: Books) -> Issued:
    form = books.issued.get(serial)
    if form is None:
        raise PackRefused("not-issued", serial)
    _require(form.unit == books.unit, "other-unit", serial)
    return form


def _check_answers(answers: Answers, layout: Layout, where: str) -> None:
    """Refuse answers that the machine cannot have read on such a form."""
    printed = {question.id: question for question in layout.questions}
    _require(answers.keys() == printed.keys(), "answers", where)
    for name, said in answers.items():
        options = {bubble.option for bubble in printed[name].bubbles}
        chosen = set(said.options)
        _require(chosen <= options and len(chosen) == len(said.options), "answers", where)
        match said.state:
            case AnswerState.ANSWERED:
                one = printed[name].kind is QuestionKind.SINGLE
                _require(len(chosen) == 1 if one else bool(chosen), "answers", where)
            case AnswerState.BLANK:
                _require(not chosen, "answers", where)
            case AnswerState.INVALID:  # only a person says so
                raise PackRefused("answers", where)


def _named_layouts(decisions: Iterable[PackedDecision]) -> dict[str, list[str]]:
    """The layouts of the forms that people said a sheet is, by record id."""
    found: dict[str, list[str]] = {}
    for each in decisions:
        if each.named is not None:
            found.setdefault(each.record_id, []).append(each.named.layout_id)
    return found


def _check_decision(
    said: PackedDecision, sheet: PackedSheet | None, named: Mapping[str, list[str]], books: Books
) -> None:
    if sheet is None:
        raise PackRefused("decision")
    where = sheet.seen.serial or f"{sheet.source[:12]}/{sheet.seen.page + 1}"
    _require((said.named is not None) == (said.verdict is Verdict.IDENTIFIED), "decision", where)
    if said.named is not None:
        _check_named(said.named, books, where)
    if said.question in (IDENTITY, WHOLE):
        about = ABOUT_IDENTITY if said.question == IDENTITY else ABOUT_WHOLE
        _require(said.verdict in about | {Verdict.UNDONE}, "decision", where)
        _require(not said.options and said.second is None, "decision", where)
        return
    _require(said.question != PAPER, "decision", where)
    layouts = [each for each in (sheet.seen.layout_id, *named.get(sheet.record_id, ())) if each]
    words = [(said.verdict, said.options)]
    if said.second is not None:
        words.append((said.second.verdict, said.second.options))
        _require(said.second.verdict in ABOUT_ANSWER, "decision", where)
    _require(said.verdict in ABOUT_ANSWER | {Verdict.UNDONE}, "decision", where)
    for verdict, options in words:
        _require(
            any(_can_be(books.layouts[each], said.question, verdict, options) for each in layouts),
            "decision",
            where,
        )


def _can_be(layout: Layout, question: str, verdict: Verdict, options: tuple[str, ...]) -> bool:
    """Whether a person can say that about a question of a form."""
    printed = next((each for each in layout.questions if each.id == question), None)
    if printed is None or not {bubble.option for bubble in printed.bubbles}.issuperset(options):
        return False
    if verdict is not Verdict.ANSWERED:
        return not options
    return bool(options) and (printed.kind is not QuestionKind.SINGLE or len(options) == 1)


def _check_named(named: Remeasured, books: Books, where: str) -> None:
    _require(named.unit == books.unit and named.layout_id in books.layouts, "identity", where)
    layout = books.layouts[named.layout_id]
    if named.serial:
        form = _form(named.serial, books)
        fits = (form.domain, form.layout_id) == (named.domain, named.layout_id)
        _require(fits, "identity", where)
    _require(layout.domain == named.domain, "identity", where)
    _check_answers(named.answers, layout, where)


def disputes(packed: Packed) -> Iterator[str]:
    """The serials of second papers: each needs a first one."""
    for each in packed.sheets:
        second = each.seen.status is SheetStatus.DUPLICATE
        if second and DISPUTED.intersection(each.seen.reasons) and each.seen.serial:
            yield each.seen.serial


def held_in(packed: Packed) -> set[str]:
    """The serials that a sheet of the file holds, by its code or by a person's word."""
    borne = {s.seen.serial for s in packed.sheets if s.seen.status in HOLDS_SERIAL}
    typed = {each.named.serial for each in packed.decisions if each.named is not None}
    return {serial for serial in borne | typed if serial}
