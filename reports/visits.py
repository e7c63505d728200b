"""Reads how many people came: unit, domain, month, at the counter, online."""

from __future__ import annotations

from dataclasses import dataclass

from omr.i18n import _
from omr.ledger.visits import VisitCount
from reports.count_tables import CountPlaces, CountReader, CountWords, Totals
from reports.profile import Profile
from reports.table import Table, first_filled
from reports.unmatched import Trouble, Unmatched


@dataclass(frozen=True, slots=True)
class ReadVisits:
    """What a table of visits says."""

    rows_seen: int
    rows_refused: int
    counts: tuple[VisitCount, ...]
    unmatched: tuple[Unmatched, ...]


def visit_words(profile: Profile) -> CountWords:
    """What headers of such a table may say."""
    return CountWords(
        profile,
        {"counter": profile.counter, "online": profile.online, "total": profile.total},
    )


def read_visits(
    table: Table, profile: Profile, around: CountPlaces, period: str = ""
) -> ReadVisits:
    """Match every row of a table of visits.

    Args:
        table: The opened file.
        profile: Of the kind ``visits``.
        around: For matching.
        period: The reporting month where no column names one.

    Raises:
        InputUnusable: If a required column is missing, or letters were lost.
    """
    words = visit_words(profile)
    places = words.places(table.header)
    reader = CountReader(table, profile, around, places, period)
    counter, online = places.get("counter", ()), places.get("online", ())
    reader.require([(_("visits at the counter"), bool(counter))])
    used = {place for found in places.values() for place in found}
    unmapped = [place for place in range(len(table.header)) if place not in used]
    totals = Totals()
    rows_seen = refused = 0
    counts: list[VisitCount] = []
    for row in table.rows():
        rows_seen += 1
        if reader.is_total(row):
            reader.note(Trouble.TOTAL_ROW, row, None, "")
            totals.compare(
                row,
                (*counter, *online),
                lambda place, said, row=row: reader.note(Trouble.SUM_DIFFERS, row, place, said),  # type: ignore[misc]
            )
            continue
        reader.note_columns(row, unmapped)
        before = reader.findings.refusals
        about = reader.about(row)
        numbers = {}
        for place in (first_filled(row, found)[0] for found in (counter, online)):
            number = None if place is None else reader.number(row, place)
            if place is not None and number is not None:
                numbers[place] = number
        if about is not None:
            key = (about.unit, about.domain, about.period)
            reader.counted_before(row, key, ", ".join(key))
        if about is None or reader.findings.refusals > before:
            refused += 1
            totals.miss()
            continue
        totals.add(numbers)
        first = first_filled(row, counter)[0]
        second = first_filled(row, online)[0]
        counts.append(
            VisitCount(
                about.unit,
                about.domain,
                about.period,
                counter=numbers.get(first, 0) if first is not None else 0,
                online=numbers.get(second, 0) if second is not None else 0,
            )
        )
    return ReadVisits(rows_seen, refused, tuple(counts), reader.findings.found())
