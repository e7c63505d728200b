"""The desk at which people sit: the queue, who has what of it, sheets and pictures; no web."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from omr.layout import Layout
from omr.ledger import Ledger, decisions, issued, leases, papers
from omr.ledger.papers import Pair
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import Decision, current
from omr.pictures import PictureStore
from omr.survey import Survey
from omr.thresholds import Thresholds
from omr.units import UnitCatalogue
from scans.review.group import FEWEST, MOST, Sort, alike, sort_of
from scans.review.queue import Entry, Item, Key, Kind, Queue, Ranks, items_of
from scans.review.seconds_due import SecondsDue

_FEW = 50  # changed sheets that are looked up one by one; more are loaded all at once


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work has come."""

    left: int  # things that wait, for whomever
    done: int  # decided by this person since this command was started

    @property
    def share(self) -> int:
        """Percent done, 0 to 100."""
        return 100 * self.done // max(1, self.done + self.left)


class Desk:
    """Everything that the page can show. Safe to use from several threads.

    Args:
        ledger: Open; the caller closes it.
        pictures: Where sheets' pictures are kept.
        surveys: By id, for the words of questions and options.
        thresholds: For sheets that are measured again.
        units: For sheets whose number nobody can read.
        share: Of all decisions, 0 to 1, that a second person reads blind.
    """

    def __init__(
        self,
        ledger: Ledger,
        pictures: PictureStore,
        surveys: Mapping[str, Survey],
        thresholds: Thresholds,
        *,
        units: UnitCatalogue | None = None,
        share: float = 0.0,
    ) -> None:
        self.ledger = ledger
        self.pictures = pictures
        self.surveys = surveys
        self.thresholds = thresholds
        self.units = units or UnitCatalogue(())
        self.layouts: Mapping[str, Layout] = {}
        self.seconds = SecondsDue(ledger, share)
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()
        self._alone: set[Item] = set()  # not to be shown in groups any more
        self._rows: dict[str, SheetRow] = {}
        self._ordinals: dict[str, int] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._know_layouts()
        self._reached = decisions.newest(ledger)
        self._base = Queue()
        self._load()

    # What waits

    def queue(self, person: str) -> Queue:
        """Everything that waits for *person*, as the ledger stands now."""
        with self._lock:
            self._catch_up()
            base, reached = self._base, self._reached
        blind = self.seconds.items(person, reached) if not len(base) else []
        if not blind:
            return base
        return Queue((self._key(item), item) for item in blind)

    def progress(self, person: str) -> Progress:
        """How much is left and done."""
        return Progress(len(self.queue(person)), self._done[person])

    def first(self, person: str) -> Item | None:
        """What to begin with; it is *person*'s from now."""
        return next(iter(self.ahead(person, None, 1)), None)

    def ahead(
        self, person: str, here: Item | None, many: int, skip: Collection[Item] = ()
    ) -> list[Item]:
        """What to show after *here*; all of it is *person*'s from now.

        Args:
            person: Who looks.
            here: What is on the screen; it may be settled by now.
            many: How many at most.
            skip: What the person has decided already, or has before them.
        """
        queue = self.queue(person)
        found = self._take(person, queue.ahead(self._place(here), skip), many)
        if len(found) < many and queue.first and queue.first.kind is not Kind.SECOND:
            # All others are on other screens: the time for second readings.
            blind = self.seconds.items(person, self._reached)
            rest = Queue((self._key(item), item) for item in blind)
            more = rest.ahead(self._place(here), {*skip, *found})
            found += self._take(person, more, many - len(found))
        return found

    def before(self, person: str, here: Item) -> Item | None:
        """What to show before *here*; it is *person*'s from now."""
        order = self.queue(person).behind(self._place(here))
        return next(iter(self._take(person, order, 1)), None)

    def group(self, person: str, here: Item | None) -> tuple[Sort, list[Item]] | None:
        """Look-alike items from *here* on; all of them are *person*'s from now.

        Returns:
            What they have in common, and at least two of them; None if there is no group.
        """
        queue, at = self.queue(person), self._place(here)
        with self._lock:
            rows, alone = dict(self._rows), set(self._alone)
        taken = leases.others(self.ledger, person)
        free = [
            item
            for item in chain([here] if at and queue.has(at) else [], queue.ahead(at))
            if item is not None and item not in alone and item.place not in taken
        ]
        tried: set[Sort] = set()
        for item in free:
            row = rows.get(item.record_id)
            sort = sort_of(row, self.layouts, item) if row is not None else None
            if sort is None or sort in tried:
                continue
            tried.add(sort)
            found = self.hold(person, alike(sort, free, rows, self.layouts))
            if len(found) >= FEWEST:
                return sort, found[:MOST]
        return None

    def keep_alone(self, items: Iterable[Item]) -> None:
        """Show *items* by themselves from now on, not in groups."""
        with self._lock:
            self._alone.update(items)

    # Who has it

    def hold(self, person: str, items: Sequence[Item]) -> list[Item]:
        """Make *items* this person's, or go on holding them.

        Returns:
            Those that nobody else has.
        """
        mine = leases.take(self.ledger, [item.place for item in items], person)
        return [item for item in items if item.place in mine]

    def give_back(self, person: str, items: Sequence[Item]) -> None:
        """Let others have *items*."""
        if items:
            leases.give_back(self.ledger, person, [item.place for item in items])

    def _take(self, person: str, order: Iterator[Item], many: int) -> list[Item]:
        taken = leases.others(self.ledger, person)
        free = (item for item in order if item.place not in taken)
        found: list[Item] = []
        while len(found) < many and (some := list(islice(free, many - len(found)))):
            found += self.hold(person, some)
        return found

    # Sheets and pictures

    def sheet(self, record_id: str) -> SheetRow | None:
        """A sheet on which people are asked something; None if there is no such."""
        row = decisions.find_sheet(self.ledger, record_id)
        if row is None or not row.asked:
            return None
        self.layout(row)
        return row

    def layout(self, row: SheetRow) -> Layout | None:
        """The layout of a sheet as it stands; None if its form is not known."""
        layout_id = row.reading.layout_id
        return None if layout_id is None else self.layout_by_id(layout_id)

    def layout_by_id(self, layout_id: str) -> Layout:
        """The layout with that id.

        Raises:
            KeyError: If nothing was ever printed with it.
        """
        if layout_id not in self.layouts:
            self._know_layouts()  # printed after this command was started
        return self.layouts[layout_id]

    def newest_layout(self) -> Layout | None:
        """A layout that shows where codes stand on a sheet whose own is not known."""
        return next(reversed(list(self.layouts.values())), None)

    def decision(self, item: Item) -> Decision | None:
        """What is said about *item* now; about two papers see :meth:`pair`."""
        return current(decisions.find_decisions(self.ledger, item.record_id), item.about)

    def pair(self, record_id: str) -> Pair | None:
        """The two papers of which *record_id* is the second."""
        return papers.find_pair(self.ledger, record_id)

    def picture(self, digest: str) -> bytes | None:
        """The picture with that SHA-256, if a sheet in the ledger has it.

        Raises:
            ValueError: If *digest* is no SHA-256.
        """
        return (
            self.pictures.read(digest) if decisions.picture_is_kept(self.ledger, digest) else None
        )

    def count(self, person: str, by: int) -> None:
        """*person* has settled so many things more."""
        with self._lock:
            self._done[person] = max(0, self._done[person] + by)

    # The ledger's rows

    def _know_layouts(self) -> None:
        self.layouts = issued.layouts(self.ledger)
        self._ranks = Ranks(self.layouts)

    def _load(self) -> None:
        self._rows, self._entries = {}, {}
        for row in decisions.open_sheets(self.ledger):
            self._enter(row)
        self._base = Queue(chain.from_iterable(self._entries.values()))

    def _enter(self, row: SheetRow) -> list[Entry]:
        """Know what waits on a sheet.

        Returns:
            What was known to wait on it before.
        """
        self._rows[row.record_id] = row
        ordinal = self._ordinals.setdefault(row.record_id, len(self._ordinals))
        self.layout(row)
        before = self._entries.get(row.record_id, [])
        self._entries[row.record_id] = [
            (self._ranks.key(row, item, ordinal), item) for item in items_of(row)
        ]
        return before

    def _catch_up(self) -> None:
        """Look up what was read or decided since, here or by another program."""
        reached, changed = decisions.changed_sheets(self.ledger, self._reached)
        if reached == self._reached:
            return
        if len(changed) > _FEW:
            self._load()
        else:
            for record_id in changed:
                row = decisions.find_sheet(self.ledger, record_id)
                if row is not None:
                    before = self._enter(row)
                    self._base = self._base.changed(before, self._entries[record_id])
        self._reached = reached

    def _place(self, here: Item | None) -> Key | None:
        return None if here is None else self._key(here)

    def _key(self, item: Item) -> Key:
        """Where *item* stands, or stood, in the queue."""
        with self._lock:
            row = self._rows.get(item.record_id)
        if row is None:  # settled before this command was started
            row = decisions.find_sheet(self.ledger, item.record_id)
        with self._lock:
            ordinal = self._ordinals.setdefault(item.record_id, len(self._ordinals))
            if row is None:
                return (item.kind, 0, 0, "", (), ordinal)
            self._rows.setdefault(item.record_id, row)
            return self._ranks.key(row, item, ordinal)
