"""The desk at which people decide: the queue, the pictures and the ledger, without a web."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from omr.layout import Layout
from omr.ledger import Ledger, decisions, issued
from omr.ledger.decisions import DecisionRefused, Refusal
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, Decision, Verdict, current
from omr.pictures import PictureStore
from omr.survey import Survey
from omr.thresholds import Thresholds
from scans.review.queue import Item, after, before, items_of
from scans.review.remeasure import remeasure

_FEW = 50  # changed sheets that are looked up one by one; more are loaded all at once


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work has come."""

    left: int  # things that wait
    done: int  # decided since this command was started

    @property
    def share(self) -> int:
        """Percent done, 0 to 100."""
        return 100 * self.done // max(1, self.done + self.left)


class Desk:
    """Everything that the page can ask for and do. Safe to use from several threads.

    Args:
        ledger: Open; the caller closes it.
        pictures: Where sheets' pictures are kept.
        surveys: By id, for the words of questions and options.
        thresholds: For sheets that are measured again.
        person: Who decides.
    """

    def __init__(
        self,
        ledger: Ledger,
        pictures: PictureStore,
        surveys: Mapping[str, Survey],
        thresholds: Thresholds,
        person: str,
    ) -> None:
        self._ledger = ledger
        self._pictures = pictures
        self._thresholds = thresholds
        self.surveys = surveys
        self.person = person
        self.layouts = {layout.layout_id: layout for layout in issued.layouts(ledger)}
        self._lock = threading.Lock()
        self._reached = decisions.newest(ledger)
        self._rows = {row.record_id: row for row in decisions.open_sheets(ledger)}
        self._done = 0

    def items(self) -> list[Item]:
        """Everything that waits for a person."""
        self._catch_up()
        return items_of(self._rows.values(), self.layouts)

    def progress(self) -> Progress:
        """How much is left and done."""
        return Progress(len(self.items()), self._done)

    def first(self) -> Item | None:
        """What to begin with."""
        return next(iter(self.items()), None)

    def after(self, here: Item) -> Item | None:
        """What to show after *here*."""
        return after(self.items(), here, list(self._rows))

    def before(self, here: Item) -> Item | None:
        """What to show before *here*."""
        return before(self.items(), here, list(self._rows))

    def sheet(self, record_id: str) -> SheetRow | None:
        """A sheet on which people are asked something; None if there is no such."""
        row = decisions.find_sheet(self._ledger, record_id)
        return row if row is not None and row.asked else None

    def decision(self, item: Item) -> Decision | None:
        """What is said about *item* now."""
        return current(decisions.find_decisions(self._ledger, item.record_id), item.about)

    def picture(self, digest: str) -> bytes | None:
        """The picture with that SHA-256, if a sheet in the ledger has it.

        Raises:
            ValueError: If *digest* is no SHA-256.
        """
        return (
            self._pictures.read(digest) if decisions.picture_is_kept(self._ledger, digest) else None
        )

    def newest_layout(self) -> Layout | None:
        """A layout that shows where codes stand on a sheet whose own is not known."""
        return next(reversed(self.layouts.values()), None)

    def decide(
        self, item: Item, verdict: Verdict, options: tuple[str, ...], milliseconds: int
    ) -> None:
        """Keep a decision.

        Raises:
            DecisionRefused: If it does not fit.
        """
        known = self.decision(item)
        decisions.append(
            self._ledger,
            item.record_id,
            item.about,
            verdict,
            options,
            by=self.person,
            milliseconds=milliseconds,
        )
        self._count(0 if known else 1)

    def identify(self, record_id: str, text: str, milliseconds: int) -> str:
        """Keep the serial that a person typed for a sheet, and measure it as that form.

        Returns:
            The serial as it is printed.

        Raises:
            DecisionRefused: If the sheet cannot be that form, with the reason.
        """
        form = decisions.find_form(self._ledger, text, sheet_of=record_id)
        row = self.sheet(record_id)
        jpeg = self._pictures.read(row.picture) if row and row.picture else None
        if jpeg is None:
            raise DecisionRefused(Refusal.NO_PICTURE)
        layout = self.layouts.get(form.layout_id)
        if layout is None:  # printed after this command was started
            self.layouts = {each.layout_id: each for each in issued.layouts(self._ledger)}
            layout = self.layouts[form.layout_id]
        found = remeasure(jpeg, form, layout, self._thresholds)
        known = self.decision(Item(record_id, IDENTITY))
        decisions.identify(
            self._ledger, record_id, found, by=self.person, milliseconds=milliseconds
        )
        self._count(0 if known else 1)
        return form.serial

    def undo(self) -> Item | None:
        """Take back this person's newest decision; None if there is none.

        Raises:
            DecisionRefused: If it cannot be taken back.
        """
        found = decisions.newest_of(self._ledger, self.person)
        if found is None:
            return None
        record_id, said = found
        decisions.undo(self._ledger, record_id, said.question, by=self.person)
        self._count(-1)
        return Item(record_id, said.question)

    def _count(self, by: int) -> None:
        with self._lock:
            self._done = max(0, self._done + by)

    def _catch_up(self) -> None:
        """Look up what was read or decided since, here or by another program."""
        with self._lock:
            reached, changed = decisions.changed_sheets(self._ledger, self._reached)
            if len(changed) > _FEW:
                self._rows = {row.record_id: row for row in decisions.open_sheets(self._ledger)}
            else:
                for record_id in changed:
                    row = decisions.find_sheet(self._ledger, record_id)
                    if row is not None:
                        self._rows[record_id] = row
            self._reached = reached
