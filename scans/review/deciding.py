"""What people say at the desk, on its way into the ledger; no web."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from omr.ledger import decisions, papers, seconds
from omr.ledger.decisions import DecisionRefused, Refusal
from omr.ledger.pages import keep_part
from omr.ledger.papers import Keeps
from omr.ledger.sheets import COMMENT_PART, SheetRow
from omr.ledger.standing import IDENTITY, PAPER, Decision, Verdict
from scans.review.desk import Desk
from scans.review.queue import Item, suggestion_for
from scans.review.remeasure import comment_on, remeasure, remeasure_as


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of a whole group of decisions."""

    kept: tuple[Item, ...]
    refused: tuple[tuple[Item, DecisionRefused], ...]


class Deciding:
    """Keeps what is said about the desk's items. Safe to use from several threads.

    Every method takes *seen*: the id of the decision that stood when the person looked, 0 for
    none, ``None`` not to look. A request that is sent twice is then kept once, and what
    somebody else said meanwhile is never overwritten unseen.

    Args:
        desk: What is on it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._identities = threading.Lock()  # two people must not name one sheet at a time
        self._latest: dict[str, Item] = {}  # what each person decided last

    def decide(
        self,
        person: str,
        item: Item,
        verdict: Verdict,
        options: Sequence[str] = (),
        *,
        milliseconds: int = 0,
        seen: int | None = None,
    ) -> int:
        """Keep a decision.

        Returns:
            Its id.

        Raises:
            DecisionRefused: If it does not fit, or somebody else decided meanwhile.
        """
        before = self._desk.decision(item)
        decision_id = decisions.append(
            self._desk.ledger,
            item.record_id,
            item.about,
            verdict,
            options,
            by=person,
            milliseconds=milliseconds,
            seen=seen,
        )
        self._latest[person] = item
        self._desk.count(person, int(before is None or before.is_disputed))
        return decision_id

    def accept(
        self, person: str, item: Item, *, milliseconds: int = 0, seen: int | None = None
    ) -> int:
        """Keep what the machine suggests.

        Raises:
            DecisionRefused: Also if it suggests nothing.
        """
        row = self._desk.sheet(item.record_id)
        if row is None or item.about not in row.asked:
            raise DecisionRefused(Refusal.NOT_ASKED)
        found = suggestion_for(row, self._desk.layouts, item.about)
        if found is None:
            raise DecisionRefused(Refusal.NO_OPTION)
        return self.decide(
            person, item, found.verdict, found.options, milliseconds=milliseconds, seen=seen
        )

    def confirm(
        self, person: str, group: Sequence[tuple[Item, int, str]], milliseconds: int
    ) -> Confirmed:
        """Keep what is said about look-alike items, each as a decision of its own.

        Args:
            person: Who says so.
            group: Items, for each the decision that stood and what is said: ``suggested`` or
                ``blank``.
            milliseconds: How long all of them together were on the screen.
        """
        each = milliseconds // max(1, len(group))
        kept: list[Item] = []
        refused: list[tuple[Item, DecisionRefused]] = []
        for item, seen, say in group:
            try:
                if say == Verdict.BLANK:
                    self.decide(person, item, Verdict.BLANK, milliseconds=each, seen=seen)
                else:
                    self.accept(person, item, milliseconds=each, seen=seen)
                kept.append(item)
            except DecisionRefused as why:
                refused.append((item, why))
        return Confirmed(tuple(kept), tuple(refused))

    def read_blind(
        self,
        person: str,
        item: Item,
        verdict: Verdict,
        options: Sequence[str] = (),
        *,
        milliseconds: int = 0,
    ) -> bool:
        """Keep a blind second reading.

        Returns:
            Whether it agrees; if not, the answer waits again.

        Raises:
            DecisionRefused: If it is not asked for any more, or no such answer can be.
        """
        try:
            agrees = seconds.add(
                self._desk.ledger,
                item.second,
                verdict,
                options,
                by=person,
                milliseconds=milliseconds,
            )
        except DecisionRefused as refused:
            if refused.why in (Refusal.NOT_ASKED, Refusal.DECIDED_MEANWHILE):
                self._desk.seconds.drop(item)
            raise
        self._desk.seconds.drop(item)
        self._desk.count(person, 1)
        return agrees

    def identify(
        self,
        person: str,
        record_id: str,
        text: str,
        *,
        milliseconds: int = 0,
        seen: int | None = None,
    ) -> int:
        """Keep the serial that a person typed for a sheet, and measure it as that form.

        Raises:
            DecisionRefused: If the sheet cannot be that form, with the reason.
        """
        desk = self._desk
        with self._identities:
            stands, row = desk.decision(Item(record_id, IDENTITY)), desk.sheet(record_id)
            form = decisions.find_form(desk.ledger, text, sheet_of=record_id)
            same = row is not None and row.reading.serial == form.serial
            if known := _known(stands, seen, person, same=same):
                return known
            now_id = stands.decision_id if stands else 0
            found = remeasure(
                self._jpeg(row), form, desk.layout_by_id(form.layout_id), desk.thresholds
            )
            decision_id = decisions.identify(
                desk.ledger, record_id, found, by=person, milliseconds=milliseconds, seen=now_id
            )
            self._keep_comment(row, found.layout_id)
        self._latest[person] = Item(record_id, IDENTITY)
        self._desk.count(person, int(stands is None))
        return decision_id

    def place(
        self,
        person: str,
        record_id: str,
        unit: str,
        domain: str,
        *,
        milliseconds: int = 0,
        seen: int | None = None,
    ) -> int:
        """Keep unit and domain of a sheet whose number nobody can read, and measure it so.

        Args:
            person: Who says so.
            record_id: The sheet.
            unit: A code of the catalogue.
            domain: The id of a domain of which forms were printed.
            milliseconds: How long it was on the screen.
            seen: See the class.

        Raises:
            DecisionRefused: If the sheet cannot be such a form, with the reason.
        """
        desk = self._desk
        with self._identities:
            stands, row = desk.decision(Item(record_id, IDENTITY)), desk.sheet(record_id)
            now = row.reading if row is not None else None
            same = now is not None and (now.serial, now.unit, now.domain) == (None, unit, domain)
            if known := _known(stands, seen, person, same=same):
                return known
            now_id = stands.decision_id if stands else 0
            found = remeasure_as(
                self._jpeg(row), unit, domain, desk.layouts.values(), desk.thresholds
            )
            decision_id = decisions.place(
                desk.ledger, record_id, found, by=person, milliseconds=milliseconds, seen=now_id
            )
            self._keep_comment(row, found.layout_id)
        self._latest[person] = Item(record_id, IDENTITY)
        self._desk.count(person, int(stands is None))
        return decision_id

    def choose(
        self,
        person: str,
        record_id: str,
        keeps: Keeps,
        why: str,
        *,
        milliseconds: int = 0,
        seen: int | None = None,
        against: str | None = None,
    ) -> int:
        """Keep which of two papers count; *against*: the first one that the person saw.

        Raises:
            DecisionRefused: If a reason is missing, or somebody decided meanwhile.
        """
        pair = self._desk.pair(record_id)
        choice_id = papers.choose(
            self._desk.ledger,
            record_id,
            keeps,
            why=why,
            by=person,
            milliseconds=milliseconds,
            seen=seen,
            against=against,
        )
        self._latest[person] = Item(record_id, PAPER)
        is_new = pair is None or pair.said is None
        self._desk.count(person, int(is_new))
        return choice_id

    def undo(self, person: str, item: Item | None = None, seen: int | None = None) -> Item | None:
        """Take back what is said about *item*, or this person's newest decision.

        Args:
            person: Who takes it back.
            item: About what; None for the newest.
            seen: The decision to take back; another one that stands now is left alone.

        Returns:
            What waits again; None if there is nothing to take back.

        Raises:
            DecisionRefused: If it cannot be taken back.
        """
        item = item or self._newest(person)
        if item is None:
            return None
        stands, by = self._stands(item)
        if stands == 0:
            if seen:  # a request that was sent twice
                return item
            raise DecisionRefused(Refusal.NOTHING_TO_UNDO)
        # Without having seen it, nobody takes back what somebody else said.
        if stands != seen and (seen or by != person):
            raise DecisionRefused(Refusal.DECIDED_MEANWHILE, by)
        if item.about == PAPER:
            papers.undo(self._desk.ledger, item.record_id, by=person, seen=stands)
        else:
            decisions.undo(self._desk.ledger, item.record_id, item.about, by=person, seen=stands)
        self._desk.count(person, -1)
        return item

    def _keep_comment(self, row: SheetRow | None, layout_id: str) -> None:
        """Keep the comment of a sheet that has become a form, as other sheets' are at reading."""
        if row is None or COMMENT_PART in row.parts:
            return
        part = comment_on(self._jpeg(row), self._desk.layouts[layout_id])
        if part is not None:
            digest = self._desk.pictures.keep(part.jpeg)
            keep_part(self._desk.ledger, row.record_id, part, digest)

    def _newest(self, person: str) -> Item | None:
        said = decisions.newest_of(self._desk.ledger, person)
        chosen = papers.newest_of(self._desk.ledger, person)
        found = [Item(record, one.question) for record, one in filter(None, [said])]
        found += [Item(record, PAPER) for record, _one in filter(None, [chosen])]
        latest = self._latest.get(person)
        if latest in found or not (said and chosen):
            return latest if latest in found else next(iter(found), None)
        # Both were said before this command was started; the ledger's clock counts seconds.
        return found[chosen[1].decided_at > said[1].decided_at]

    def _stands(self, item: Item) -> tuple[int, str]:
        """The id of what is said about *item* now, and who said it; 0 for nothing."""
        if item.about == PAPER:
            pair = self._desk.pair(item.record_id)
            chosen = pair.said if pair else None
            return (chosen.choice_id, chosen.decided_by) if chosen else (0, "")
        said = self._desk.decision(item)
        return (said.decision_id, said.decided_by) if said else (0, "")

    def _jpeg(self, row: SheetRow | None) -> bytes:
        """The sheet's picture in full size."""
        jpeg = self._desk.pictures.read(row.picture) if row and row.picture else None
        if jpeg is None:
            raise DecisionRefused(Refusal.NO_PICTURE)
        return jpeg


def _known(stands: Decision | None, seen: int | None, person: str, *, same: bool) -> int:
    """The id of the decision that a repeated request made already; 0 if this one is the first.

    Raises:
        DecisionRefused: If something else stands than the person saw.
    """
    now = stands.decision_id if stands else 0
    if seen is None or seen == now:
        return 0
    if stands and same and (stands.decided_by, stands.verdict) == (person, Verdict.IDENTIFIED):
        return now
    raise DecisionRefused(Refusal.DECIDED_MEANWHILE, stands.decided_by if stands else "")
