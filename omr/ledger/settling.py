"""Which rows of an export are new, known, read better, edited, or gone. Pure.

An export has no lasting id for its rows. A row is known again by where and when it was
given (its group) and by what it says; one whose words an earlier import did not understand
by agreeing wherever both readings could be made; an edited one by standing between the same
two neighbours as the row that is gone; and one that lost or gained a fraction of a second
on its way through a workbook by the next second's group.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

Said = Mapping[str, tuple[str, ...]]  # option ids by question; () where nothing was chosen


@dataclass(frozen=True, slots=True)
class NewResponse:
    """One row of an export, matched to units, domains and options."""

    group: str  # digest of unit, domain and moment; equal for rows that nothing else tells apart
    unit: str
    domain: str
    period: str
    answered_on: str  # local date
    answers: Said  # every question that the export asks
    unread: tuple[str, ...] = ()  # questions whose words matched no option
    remarks: Mapping[str, str] = field(default_factory=dict)  # free words by question
    excluded: str = ""  # why it is not counted
    row: int = 0  # in its file, as people count; 0: not known
    row_id: str = ""  # digest of the id that the export gives the row, where it does
    near: str = ""  # group of the next second, where the file holds a fraction of one


@dataclass(frozen=True, slots=True)
class Vanished:
    """A row that an earlier import brought and that its export no longer holds."""

    file: str  # the earlier export
    row: int  # in it; 0: not known
    answered_on: str


@dataclass(slots=True)
class Held:
    """A response of this profile as the ledger holds it."""

    record_id: str
    import_id: int
    file: str
    group: str
    digest: str
    unit: str
    domain: str
    answered_on: str
    excluded: str
    replaced: bool  # a better or newer reading counts instead
    body_json: str
    met: NewResponse | None = None  # the row of this export that is this response

    @property
    def body(self) -> dict[str, Any]:
        """Everything that it says."""
        return dict(json.loads(self.body_json))

    @property
    def row(self) -> int:
        """Its row in the file that brought it; 0: not known."""
        return self._number("row")

    @property
    def continued(self) -> int:
        """The import whose export its own one went on; 0: none."""
        return self._number("from")

    def _number(self, name: str) -> int:
        """A number of the body; its name with plain quotes is never within a text."""
        match = re.search(rf'"{name}":(\d+)', self.body_json)
        return 0 if match is None else int(match[1])


def answers_digest(answers: Said) -> str:
    """Equal for equal answers, whatever the order of questions and options."""
    said = ", ".join(_said(*item) for item in sorted(answers.items()) if item[1])
    return hashlib.sha256(f"[{said}]".encode()).hexdigest()[:16]


@lru_cache(maxsize=4096)
def _said(question: str, options: tuple[str, ...]) -> str:
    return json.dumps([question, sorted(options)])


def answers_of(body: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The answers that a response's body holds, for every question that was asked."""
    return {question: tuple(body["answers"].get(question, ())) for question in body["asked"]}


@dataclass(slots=True)
class Added:
    """A response to add, and the one that it replaces."""

    response: NewResponse
    replaces: str | None = None
    edited: bool = False


class Settlement:
    """Settles one export against what the ledger holds.

    Args:
        held: Every response of the profile around the export's days, replaced ones too.
        responses: The export's rows, in the file's order.
        file: The export's name.
    """

    def __init__(self, held: Iterable[Held], responses: Sequence[NewResponse], file: str) -> None:
        self._file = file
        self._responses = responses
        self._held = list(held)
        self._standing: dict[str, list[Held]] = defaultdict(list)
        self._replaced: dict[str, list[Held]] = defaultdict(list)
        for one in self._held:
            (self._replaced if one.replaced else self._standing)[one.group].append(one)
        self.added: list[Added] = []
        open_rows = self._match(responses, self._equal)
        open_rows = self._match(open_rows, self._a_second_apart)
        for response in open_rows:
            self._settle(response)
        self._pair_edited()

    def _match(
        self,
        responses: Iterable[NewResponse],
        find: Callable[[NewResponse], Held | None],
    ) -> list[NewResponse]:
        """The rows that *find* finds nothing for; each held row is found once."""
        left = []
        for response in responses:
            held = find(response)
            if held is None:
                left.append(response)
                continue
            held.met = response
            if response.excluded and not held.excluded and not held.replaced:
                # The row that this one repeats was refused in the earlier import.
                self.added.append(Added(response, held.record_id))
        return left

    def _equal(self, response: NewResponse) -> Held | None:
        standing = self._standing.get(response.group)
        replaced = self._replaced.get(response.group)
        if not standing and not replaced:
            return None
        digest = answers_digest(response.answers)
        equal = [held for held in standing or () if held.digest == digest]
        if equal and standing is not None:
            held = next((h for h in equal if h.excluded == response.excluded), equal[0])
            standing.remove(held)
            return held
        for held in replaced or ():  # an older copy of the export says it as it was said then
            if held.digest == digest:
                self._replaced[response.group].remove(held)
                return held
        return None

    def _a_second_apart(self, response: NewResponse) -> Held | None:
        """The same answers, one of the two with a fraction that the other file rounded up."""
        candidates = self._standing.get(response.near, []) if response.near else []
        candidates = [h for h in candidates if not h.body.get("near")]
        candidates += self._by_near.get(response.group, []) if not response.near else []
        digest = answers_digest(response.answers) if candidates else ""
        for held in candidates:
            if held.digest == digest and held.met is None and held in self._standing[held.group]:
                self._standing[held.group].remove(held)
                return held
        return None

    @cached_property
    def _by_near(self) -> dict[str, list[Held]]:
        found: dict[str, list[Held]] = defaultdict(list)
        for group in self._standing.values():
            for held in group:
                if '"near":' in held.body_json:
                    found[str(held.body["near"])].append(held)
        return found

    def _settle(self, response: NewResponse) -> None:
        """Add *response*, unless it is a held row that a changed profile reads otherwise.

        Two rows of one unit, domain and moment are the same row if they agree wherever
        both could be read and the profile let different questions be read. Then whatever
        either reading understood is kept.
        """
        readable = frozenset(response.answers) - frozenset(response.unread)
        same_row = []
        for held in self._standing.get(response.group, ()):
            body = held.body
            answers = answers_of(body)
            could = frozenset(body["asked"]) - frozenset(body["unread"])
            if readable != could and all(
                response.answers[q] == answers[q] for q in readable & could
            ):
                same_row.append((held, answers, could))
        if not same_row:
            self.added.append(Added(response))
            return
        held, answers, could = max(same_row, key=lambda found: len(readable & found[2]))
        self._standing[response.group].remove(held)
        held.met = response
        if readable - could:
            before = {name: answers[name] for name in could}
            better = replace(
                response,
                answers={**response.answers, **before},
                unread=tuple(name for name in response.unread if name not in before),
            )
            self.added.append(Added(better, held.record_id))

    @cached_property
    def continues(self) -> int:
        """The newest import of which this export holds a row; 0: none."""
        return max((held.import_id for held in self._held if held.met is not None), default=0)

    @cached_property
    def _continued(self) -> list[Held]:
        """What the imports brought that this export continues, in the order of their files."""
        imports = {held.import_id for held in self._held if held.met is not None}
        if not imports:
            return []
        links = {held.import_id: held.continued for held in self._held}
        for one in sorted(links, reverse=True):  # what those went on from ..
            if one in imports and links[one]:
                imports.add(links[one])
        for one in sorted(links):  # .. and what went on from them
            if links[one] in imports:
                imports.add(one)
        return sorted(
            (held for held in self._held if held.import_id in imports and not held.replaced),
            key=lambda held: (held.import_id, held.row),
        )

    def _pair_edited(self) -> None:
        """Find the rows that were edited: new ones in the place of ones that are gone."""
        fresh = sorted((a for a in self.added if a.replaces is None), key=lambda a: a.response.row)
        if not fresh or all(held.met is not None for held in self._continued):
            return
        rows = [one.response.row for one in fresh]
        by_id = {one.response.row_id: one for one in fresh if one.response.row_id}
        gap: list[Held] = []
        before = 0
        for held in self._continued:
            if held.met is None:
                one = by_id.get(held.body.get("id", ""))
                if one is not None and not one.edited and _same_place(held, one):
                    _edit(held, one)
                elif held.row:
                    gap.append(held)
                continue
            after = held.met.row
            if gap and before < after:
                here = fresh[bisect_right(rows, before) : bisect_left(rows, after)]
                between = [one for one in here if not one.edited]
                if len(between) == len(gap) and all(map(_same_place, gap, between)):
                    for gone, one in zip(gap, between, strict=True):
                        _edit(gone, one)
            gap, before = [], max(before, after)

    @property
    def edited(self) -> int:
        """Rows that stand in the place of an edited one."""
        return sum(one.edited for one in self.added)

    @property
    def improved(self) -> int:
        """Known rows of which more was understood."""
        return sum(one.replaces is not None and not one.edited for one in self.added)

    def gone(self) -> tuple[list[Vanished], int]:
        """The rows that are gone, and how many could not be compared.

        Rows outside the export's days were perhaps never asked for; rows after its last
        known one are only gone if it goes on beyond it, else it is an older copy.
        """
        missing = [held for held in self._continued if held.met is None]
        if not missing:
            return [], 0
        days = [response.answered_on for response in self._responses]
        first, last = min(days), max(days)
        met = [n for n, held in enumerate(self._continued) if held.met is not None]
        end = max((held.met.row for held in self._continued if held.met is not None), default=0)
        goes_on = any(one.replaces is None and one.response.row >= end for one in self.added)
        place = {held.record_id: n for n, held in enumerate(self._continued)}
        sure = [
            held
            for held in missing
            if first <= held.answered_on <= last
            and (goes_on or place[held.record_id] < max(met, default=-1))
        ]
        gone = [Vanished(held.file, held.row, held.answered_on) for held in sure]
        return gone, len(missing) - len(sure)


def _same_place(held: Held, one: Added) -> bool:
    return (held.unit, held.domain) == (one.response.unit, one.response.domain)


def _edit(held: Held, one: Added) -> None:
    one.replaces, one.edited, held.met = held.record_id, True, one.response
