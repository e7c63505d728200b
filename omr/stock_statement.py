"""The stock of one reporting month, which must balance. Pure.

    opening + issued = returned_answered + returned_blank + void + lost + unused_returned
                       + outstanding

Opening and outstanding are counted from where each form is at the month's two ends, the
rest from what happened in between: nothing is found by subtraction, so the balance is a
check that can fail. The office's own store balances in the same way:

    store_opening + printed + unused_returned = issued + void_in_store + lost_in_store
                                                + in_store
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from omr.serial_ranges import SerialRange, compressed, merged
from omr.stock import Act, Event, Flow, FormState, History, follow

Owner = tuple[str, str]  # unit and domain
# A row's numbers about the unit, in the order in which every table shows them.
UNIT_COLUMNS = (
    "unit",
    "domain",
    "opening",
    "issued",
    "returned_answered",
    "returned_blank",
    "void",
    "lost",
    "unused_returned",
    "outstanding",
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Consecutive forms of one unit and one pad about which the same was said."""

    unit: str
    pad: SerialRange
    forms: SerialRange
    printed: str  # reporting month in which they were printed
    events: tuple[Event, ...]  # the oldest first


@dataclass(frozen=True, slots=True)
class CameBack:
    """A form that was read from a scan."""

    domain: str
    year: int
    number: int
    period: str  # reporting month that was declared when it was read
    says_something: bool


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything that is known about forms."""

    parcels: tuple[Parcel, ...]  # every printed form is in exactly one
    back: tuple[CameBack, ...]  # a form at most once


@dataclass(slots=True)
class StockRow:
    """The forms of one unit and domain in one period."""

    unit: str
    domain: str
    opening: int = 0  # out at its start
    issued: int = 0
    returned_answered: int = 0
    returned_blank: int = 0
    void: int = 0
    lost: int = 0
    unused_returned: int = 0
    outstanding: int = 0  # out at its end
    store_opening: int = 0  # in the office's store at its start
    printed: int = 0
    void_in_store: int = 0
    lost_in_store: int = 0
    in_store: int = 0  # at its end
    missing: list[SerialRange] = field(default_factory=list)  # out, though later ones came back
    still_out: list[SerialRange] = field(default_factory=list)  # the other outstanding ones
    reported_lost: list[SerialRange] = field(default_factory=list)  # lost by then, ever
    contradictory: list[SerialRange] = field(default_factory=list)  # void, and back as well

    @property
    def difference(self) -> int:
        """Forms that stock has and fates have not; negative the other way; 0 balances."""
        fates = self.returned_answered + self.returned_blank + self.void + self.lost
        return self.opening + self.issued - fates - self.unused_returned - self.outstanding

    @property
    def store_difference(self) -> int:
        """The same for the office's own store."""
        came = self.store_opening + self.printed + self.unused_returned
        return came - self.issued - self.void_in_store - self.lost_in_store - self.in_store

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to account for, neither out nor in store."""
        return not (self.concerns_unit or any(getattr(self, name) for name in _STORE))

    @property
    def concerns_unit(self) -> bool:
        """Whether the unit has anything to account for."""
        return any(getattr(self, name) for name in (*_COLUMN.values(), *_COUNTED))


@dataclass(frozen=True, slots=True)
class Statement:
    """The stock of one period."""

    period: str
    rows: tuple[StockRow, ...]  # by unit and domain
    returned_before_issue: int  # forms that came back in a period before they were handed out

    @property
    def difference(self) -> int:
        """How many forms do not balance, in either direction."""
        return sum(abs(row.difference) + abs(row.store_difference) for row in self.rows)


_COLUMN = {
    Act.ISSUE: "issued",
    Act.RETURN_UNUSED: "unused_returned",
    Act.RETURN_BLANK: "returned_blank",
    Act.VOID: "void",
    Act.LOST: "lost",
}
_IN_STORE = {Act.VOID: "void_in_store", Act.LOST: "lost_in_store"}
_COUNTED = ("opening", "returned_answered", "outstanding")
_STORE = ("store_opening", "printed", "void_in_store", "lost_in_store", "in_store")


def stock_statement(stock: Stock, period: str) -> Statement:
    """Account for every form up to the end of *period*.

    A unit has a form from the day it was handed out. Collection periods are declared by
    hand when sheets are read, and may be declared late: an entry that handed out a form
    which came back in an earlier period counts in that earlier period.

    Args:
        stock: Every form ever printed.
        period: The reporting month, such as ``2026-11``.
    """
    returns = _Returns(stock.back)
    earliest = _first_returns(stock, returns)
    rows: dict[Owner, StockRow] = {}
    early = 0
    for parcel in stock.parcels:
        owner = (parcel.unit, parcel.forms.domain)
        row = rows.setdefault(owner, StockRow(*owner))
        back = returns.of(parcel.forms)
        if parcel.events:
            early += sum(each.period == period < parcel.events[0].period for each in back)
        events = _moved(parcel.events, earliest)
        numbers = {each.number for each in back}
        rest = [n for n in range(parcel.forms.first, parcel.forms.last + 1) if n not in numbers]
        printed = min([parcel.printed, *(event.period for event in events[:1])])
        stays = _Life.of(printed, events, None)
        stays.count(row, period, len(rest))
        out = rest if stays.state_at(period) is FormState.OUTSTANDING else []
        if stays.state_at(period) is FormState.LOST:
            row.reported_lost += compressed(parcel.forms.domain, parcel.forms.year, rest)
        for some in _alike(back):
            life = _Life.of(min(printed, some[0].period), events, some[0])
            life.count(row, period, len(some))
            if life.state_at(period) is FormState.OUTSTANDING:
                out += [each.number for each in some]
            if life.is_void_as_well:
                row.contradictory += map(_one, some)
        _list(row, parcel, out, returns.last_of(parcel.pad, period))
    for row in rows.values():
        row.missing, row.still_out = merged(row.missing), merged(row.still_out)
        row.reported_lost, row.contradictory = merged(row.reported_lost), merged(row.contradictory)
    kept = (rows[owner] for owner in sorted(rows))
    return Statement(period, tuple(row for row in kept if not row.is_empty), early)


def _alike(back: Sequence[CameBack]) -> Iterable[list[CameBack]]:
    """Forms that came back in the same month, saying something or nothing: one life for all."""
    found: defaultdict[tuple[str, bool], list[CameBack]] = defaultdict(list)
    for each in back:
        found[each.period, each.says_something].append(each)
    return found.values()


@dataclass(frozen=True, slots=True)
class _Life:
    """What happened to a form, and when it was where."""

    printed: str
    events: tuple[Event, ...]
    back: CameBack | None
    flows: tuple[tuple[str, str, int], ...]  # period, column, how many

    @classmethod
    def of(cls, printed: str, events: tuple[Event, ...], back: CameBack | None) -> _Life:
        history = follow(events)
        flows = [(printed, "printed", 1)]
        if back is None or history.state is FormState.VOID:
            # A void form that came back as well is counted twice, so that it does not balance.
            flows += _columns(history)
            return cls(printed, events, back, tuple(flows + _return(back)))
        # What was said for months after it had come back was a mistake.
        events = tuple(event for event in events if event.period <= back.period)
        history = follow(events)
        flows += _columns(history)
        if history.state is not FormState.OUTSTANDING:
            from_store = True
            if history.steps:  # it was not gone after all: what took it away is taken back
                before, last = history.steps[-1]
                from_store = before is not FormState.OUTSTANDING
                undone = Flow(back.period, last.act, -1, from_store)
                flows.append((undone.period, _column(undone), undone.count))
            if from_store:  # it left the store without a word
                flows.append((back.period, _COLUMN[Act.ISSUE], 1))
        return cls(printed, events, back, tuple(flows + _return(back)))

    @property
    def is_void_as_well(self) -> bool:
        """Whether the form is void although it came back."""
        return self.back is not None and follow(self.events).state is FormState.VOID

    def state_at(self, period: str) -> FormState | None:
        """Where the form is at the end of *period*; None before it was printed."""
        if self.back is not None and self.back.period <= period:
            return FormState.RETURNED_ANSWERED
        said = [event for event in self.events if event.period <= period]
        return follow(said).state if said or self.printed <= period else None

    def count(self, row: StockRow, period: str, forms: int) -> None:
        """Add *forms* such forms to *row*."""
        for when, column, count in self.flows:
            if when == period:
                setattr(row, column, getattr(row, column) + count * forms)
        before, after = self._state_before(period), self.state_at(period)
        row.opening += forms * (before is FormState.OUTSTANDING)
        row.outstanding += forms * (after is FormState.OUTSTANDING)
        row.store_opening += forms * (before in _STORED)
        row.in_store += forms * (after in _STORED)

    def _state_before(self, period: str) -> FormState | None:
        """Where the form is at the start of *period*; None if it was not printed then."""
        if self.back is not None and self.back.period < period:
            return FormState.RETURNED_ANSWERED
        said = [event for event in self.events if event.period < period]
        return follow(said).state if said or self.printed < period else None


_STORED = frozenset({FormState.PRINTED, FormState.UNUSED_RETURNED})


def _columns(history: History) -> list[tuple[str, str, int]]:
    return [(flow.period, _column(flow), flow.count) for flow in history.flows]


def _column(flow: Flow) -> str:
    """The column of a statement in which *flow* is counted."""
    in_store = flow.from_store and flow.act is not Act.ISSUE
    return _IN_STORE[flow.act] if in_store else _COLUMN[flow.act]


def _one(form: CameBack) -> SerialRange:
    return SerialRange(form.domain, form.year, form.number, form.number)


def _return(back: CameBack | None) -> list[tuple[str, str, int]]:
    if back is None:
        return []
    return [(back.period, "returned_answered" if back.says_something else "returned_blank", 1)]


class _Returns:
    """Forms that came back, found by range."""

    def __init__(self, back: Sequence[CameBack]) -> None:
        self._found: dict[tuple[str, int], list[CameBack]] = defaultdict(list)
        for each in sorted(back, key=lambda form: form.number):
            self._found[each.domain, each.year].append(each)
        self._numbers = {key: [each.number for each in some] for key, some in self._found.items()}

    def of(self, forms: SerialRange) -> list[CameBack]:
        """Those among *forms*, by number."""
        key = (forms.domain, forms.year)
        if key not in self._numbers:
            return []
        numbers = self._numbers[key]
        start, end = bisect_left(numbers, forms.first), bisect_right(numbers, forms.last)
        return self._found[key][start:end]

    def last_of(self, forms: SerialRange, period: str) -> int:
        """The highest number among *forms* that was back by the end of *period*; 0 if none."""
        return max((each.number for each in self.of(forms) if each.period <= period), default=0)


def _first_returns(stock: Stock, returns: _Returns) -> dict[int, str]:
    """For each entry that first handed forms out, the earliest period in which one was back."""
    earliest: dict[int, str] = {}
    for parcel in stock.parcels:
        if parcel.events and parcel.events[0].act is Act.ISSUE:
            entry_id = parcel.events[0].entry_id
            for each in returns.of(parcel.forms):
                earliest[entry_id] = min(each.period, earliest.get(entry_id, each.period))
    return earliest


def _moved(events: tuple[Event, ...], earliest: dict[int, str]) -> tuple[Event, ...]:
    """*events*, the first of them no later than the first return of its forms."""
    if not events or events[0].entry_id not in earliest:
        return events
    first = replace(events[0], period=min(events[0].period, earliest[events[0].entry_id]))
    return (first, *events[1:])


def _list(row: StockRow, parcel: Parcel, out: list[int], last_back: int) -> None:
    """Name the outstanding forms. Pads are used up in order, so gaps are worth a question."""
    forms = parcel.forms
    row.missing += compressed(forms.domain, forms.year, (n for n in out if n < last_back))
    row.still_out += compressed(forms.domain, forms.year, (n for n in out if n > last_back))
