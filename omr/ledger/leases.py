"""Who has what on the screen: so that two people are never given the same item.

A lease ends by itself, so a browser that was closed keeps nothing from the others. It is a
courtesy only: that nothing is decided twice is seen to when a decision is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import and_, delete, insert, or_, select

from omr.ledger import Ledger, one_at_a_time
from omr.ledger.schema import lease, sheet

LEASE_S = 120  # two minutes: more than anybody looks at one row

# One that ends later than any could was made before a clock went back; machines that share a
# ledger may differ by some seconds, and a lease is taken after a wait for the ledger.
_LATEST_S = LEASE_S + 300

Place = tuple[str, str]  # a sheet's record id, and what is asked about it


def take(
    ledger: Ledger,
    items: Sequence[Place],
    person: str,
    seconds: float = LEASE_S,
    *,
    clock: Callable[[], float] = time.time,
) -> set[Place]:
    """Give *person* those of *items* that nobody else has, or lengthen their leases.

    Args:
        ledger: The open ledger.
        items: A few of them.
        person: Who looks at them.
        seconds: For how long from now.
        clock: Seconds since 1970.

    Returns:
        The items that are this person's now.
    """
    if not items:
        return set()
    with ledger.write() as connection:
        one_at_a_time(connection, "omr leases")
        known = {
            row.record_id: row.sheet_id
            for row in connection.execute(
                select(sheet.c.record_id, sheet.c.sheet_id).where(
                    sheet.c.record_id.in_({record for record, _about in items})
                )
            )
        }
        places = {
            (known[record], about): (record, about) for record, about in items if record in known
        }
        present = clock()
        over = or_(lease.c.until <= present, lease.c.until > present + _LATEST_S)
        connection.execute(delete(lease).where(over))
        held = {
            (row.sheet_id, row.about)
            for row in connection.execute(
                select(lease.c.sheet_id, lease.c.about).where(
                    lease.c.sheet_id.in_(set(known.values())), lease.c.person != person
                )
            )
        }
        mine = [place for place in places if place not in held]
        if mine:
            wanted = [and_(lease.c.sheet_id == s, lease.c.about == about) for s, about in mine]
            connection.execute(delete(lease).where(lease.c.person == person, or_(*wanted)))
            until = present + seconds
            connection.execute(
                insert(lease),
                [{"sheet_id": s, "about": a, "person": person, "until": until} for s, a in mine],
            )
    return {places[place] for place in mine}


def give_back(ledger: Ledger, person: str, items: Iterable[Place] | None = None) -> None:
    """End *person*'s leases: of *items*, or all of them."""
    with ledger.write() as connection:
        every = delete(lease).where(lease.c.person == person)
        if items is None:
            connection.execute(every)
            return
        for record, about in items:
            sheet_id = select(sheet.c.sheet_id).where(sheet.c.record_id == record)
            connection.execute(
                every.where(lease.c.sheet_id == sheet_id.scalar_subquery(), lease.c.about == about)
            )


def others(ledger: Ledger, person: str, *, clock: Callable[[], float] = time.time) -> set[Place]:
    """What is on other people's screens now."""
    present = clock()
    query = (
        select(sheet.c.record_id, lease.c.about)
        .join(sheet, sheet.c.sheet_id == lease.c.sheet_id)
        .where(
            lease.c.person != person,
            lease.c.until > present,
            lease.c.until <= present + _LATEST_S,
        )
    )
    with ledger.read() as connection:
        return {(row.record_id, row.about) for row in connection.execute(query)}
