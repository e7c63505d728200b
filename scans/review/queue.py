"""In which order things are shown, like with like, and what the machine would suggest (pure).

A person who sees forty faint crosses of one row one after another decides faster, and more
alike, than one who jumps between sheets. So the order is: kind of item, main reason, question
in printed order, candidate bubbles, then file and page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain

from omr.layout import Layout, Question, QuestionKind
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, PAPER, WHOLE, Verdict
from omr.marks import AGAINST_THE_BOOKS, ASKED_WHOLE, Answer, Reason

# What these reasons leave open no rule can settle; a person must look and say.
_NO_SUGGESTION = frozenset({Reason.CORRECTION, Reason.OVERVOTE, Reason.DISAGREEMENT})
_REASON_ORDER = {reason: n for n, reason in enumerate(Reason)}
_NO_REASON = len(_REASON_ORDER)

Key = tuple[int, int, int, str, tuple[int, ...], int]


class Kind(IntEnum):
    """What is asked of a person; in this order."""

    IDENTITY = 0  # which form a sheet is
    PAPER = 1  # which of two papers with one serial counts
    WHOLE = 2  # whether a whole sheet was read correctly
    ANSWER = 3  # what a form says to one question
    SECOND = 4  # the same, read blind by a second person


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits for a person."""

    record_id: str
    about: str  # IDENTITY, PAPER, WHOLE or a question's id
    second: int = 0  # id of the decision that is read again blind; 0: of none

    @property
    def kind(self) -> Kind:
        """What is asked."""
        if self.second:
            return Kind.SECOND
        special = {IDENTITY: Kind.IDENTITY, PAPER: Kind.PAPER, WHOLE: Kind.WHOLE}
        return special.get(self.about, Kind.ANSWER)

    @property
    def place(self) -> tuple[str, str]:
        """What a lease is for."""
        return self.record_id, self.about


Entry = tuple[Key, Item]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a person most likely says."""

    verdict: Verdict
    options: tuple[str, ...] = ()


class Ranks:
    """Where items stand in the queue.

    Args:
        layouts: By layout id.
    """

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self._places = {
            layout_id: {
                question.id: (n, {b.option: at for at, b in enumerate(question.bubbles)})
                for n, question in enumerate(layout.questions)
            }
            for layout_id, layout in layouts.items()
        }

    def key(self, row: SheetRow, item: Item, ordinal: int) -> Key:
        """What *item* is sorted by.

        Args:
            row: Its sheet as it stands.
            item: About that sheet.
            ordinal: The sheet's place in file and page order.
        """
        printed = self._places.get(row.reading.layout_id or "", {})
        position, bubbles = printed.get(item.about, (len(printed), {}))
        kind = item.kind
        if kind is Kind.SECOND:  # in no order that could tell what was seen or said
            return kind, 0, position, item.about, (), ordinal
        main = main_reason(row, item.about)
        reason = _NO_REASON if main is None else _REASON_ORDER[main]
        if kind is not Kind.ANSWER:
            return kind, reason, 0, "", (), ordinal
        seen = row.seen_answers.get(item.about)
        candidates = tuple(sorted(bubbles.get(o, 0) for o in seen.options)) if seen else ()
        return kind, reason, position, item.about, candidates, ordinal


def main_reason(row: SheetRow, about: str) -> Reason | None:
    """The reason that says most about why *about* waits; None if there is none."""
    if about == WHOLE:
        every = row.reading.reasons
        first = [reason for reason in every if reason in AGAINST_THE_BOOKS]
        return next(iter(first + [reason for reason in every if reason in ASKED_WHOLE]), None)
    if about in (IDENTITY, PAPER):
        return next(iter(row.seen.reasons), None)
    answer = row.reading.answers.get(about)
    if answer is None:
        return None
    return Reason.DISAGREEMENT if is_disputed(answer) else next(iter(answer.reasons), None)


def is_disputed(answer: Answer) -> bool:
    """Whether two people read it differently."""
    return Reason.DISAGREEMENT in answer.reasons


class Queue:
    """What waits, in order; never changes.

    Args:
        entries: Items with their keys, in any order; no key stands twice.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = sorted(entries, key=_by_key)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def items(self) -> list[Item]:
        """Every item."""
        return [item for _key, item in self._entries]

    @property
    def first(self) -> Item | None:
        """The one that comes first; None if nothing waits."""
        return self._entries[0][1] if self._entries else None

    def changed(self, gone: Iterable[Entry], come: Iterable[Entry]) -> Queue:
        """The queue without what is *gone*, and with what has *come*.

        Args:
            gone: Entries of this queue.
            come: Entries that are not in it, or are among those that are gone.
        """
        found = Queue()
        found._entries = self._entries.copy()
        for entry in gone:
            at = bisect_left(found._entries, entry[0], key=_by_key)
            del found._entries[at]
        for entry in come:
            insort_left(found._entries, entry, key=_by_key)
        return found

    def has(self, key: Key) -> bool:
        """Whether something with that key waits."""
        at = bisect_left(self._entries, key, key=_by_key)
        return at < len(self._entries) and self._entries[at][0] == key

    def ahead(self, here: Key | None, skip: Collection[Item] = ()) -> Iterator[Item]:
        """Everything after *here*, then from the start again.

        Args:
            here: Where to begin; what stands there is not among them. None for the start.
            skip: What to leave out.
        """
        at = 0 if here is None else bisect_right(self._entries, here, key=_by_key)
        return _without(chain(self._entries[at:], self._entries[:at]), here, skip)

    def behind(self, here: Key | None, skip: Collection[Item] = ()) -> Iterator[Item]:
        """Everything before *here*, the nearest first, then from the end again."""
        at = len(self._entries) if here is None else bisect_left(self._entries, here, key=_by_key)
        return _without(
            chain(reversed(self._entries[:at]), reversed(self._entries[at:])), here, skip
        )


def _by_key(entry: Entry) -> Key:
    return entry[0]


def _without(entries: Iterable[Entry], here: Key | None, skip: Collection[Item]) -> Iterator[Item]:
    return (item for key, item in entries if item not in skip and key != here)


def items_of(row: SheetRow) -> list[Item]:
    """What waits on one sheet."""
    return [Item(row.record_id, about) for about in row.open]


def suggestion(question: Question, answer: Answer) -> Suggestion | None:
    """What Enter accepts; None where only a person can tell."""
    if Reason.DISAGREEMENT in answer.reasons:
        return None
    if question.kind is QuestionKind.MULTI:
        return _said(answer.options)
    if len(answer.options) > 1 or _NO_SUGGESTION.intersection(answer.reasons):
        return None
    return _said(answer.options)


def suggestion_for(
    row: SheetRow, layouts: Mapping[str, Layout], question_id: str
) -> Suggestion | None:
    """What Enter accepts for a question of a sheet as it stands."""
    layout = layouts.get(row.reading.layout_id or "")
    seen, stands = row.seen_answers.get(question_id), row.reading.answers.get(question_id)
    if layout is None or seen is None or (stands is not None and is_disputed(stands)):
        return None
    return suggestion(layout.question(question_id), seen)


def _said(options: tuple[str, ...]) -> Suggestion:
    return Suggestion(Verdict.ANSWERED, options) if options else Suggestion(Verdict.BLANK)
