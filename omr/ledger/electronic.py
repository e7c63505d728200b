"""Electronic responses: what an export of another system said. Added once, never changed.

An export has no id for its rows, so the ledger recognises a row by where and when it was
given (``group``) and by what it says, as :mod:`omr.ledger.settling` settles it. A row that
an earlier import could only read in part is added again once it can be read better, naming
the row that it replaces; so is a row that was edited at its source.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger import Ledger, now
from omr.ledger.schema import electronic_import, electronic_response
from omr.ledger.settling import (
    Held,
    NewResponse,
    Said,
    Settlement,
    Vanished,
    answers_digest,
    answers_of,
)
from omr.ledger.withdrawals import stands

__all__ = [
    "ElectronicRow",
    "ImportOutcome",
    "NewResponse",
    "Vanished",
    "add_import",
    "electronic_rows",
    "import_problems",
    "replaced_responses",
]

_ROWS_AT_ONCE = 500  # keeps memory and statements small over a month of responses
_A_DAY = timedelta(days=1)
VANISHED = "vanished"  # a problem of an import: an earlier one's row is not in its export
_ALWAYS = {"unread", "remarks"}  # of a body, even where they are empty
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import added."""

    new: int
    known: int
    improved: int  # known rows of which more was understood this time
    edited: int = 0  # rows in the place of ones that are gone; they count instead of these
    vanished: tuple[Vanished, ...] = ()  # brought by earlier imports of this export, now gone
    uncompared: int = 0  # of earlier imports, outside this export's days or after its end
    # How many were added (new, improved or edited) to each reporting month.
    added: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class ElectronicRow:
    """One electronic response as the ledger holds it, in its newest reading."""

    record_id: str
    file: str
    row: int  # in it, as people count; 0: not known
    unit: str
    domain: str
    period: str
    answers: Said
    remarks: Mapping[str, str]
    excluded: str


def add_import(
    ledger: Ledger,
    *,
    profile: str,
    file_name: str,
    sha256: str,
    rows_seen: int,
    problems: Sequence[Mapping[str, Any]],
    responses: Sequence[NewResponse],
) -> ImportOutcome:
    """Keep what is new in one export, in one transaction.

    Args:
        ledger: The open ledger.
        profile: Id of the mapping profile; rows are only compared within one profile.
        file_name: Name of the export, without folders.
        sha256: Digest of its bytes.
        rows_seen: Data rows in the file, used or not.
        problems: Every row and value that was not used, as JSON-ready mappings.
        responses: The rows that could be matched, in the file's order.
    """
    try:
        with ledger.write() as connection:
            known, keys_taken = _held(connection, profile, responses)
            settled = Settlement(known, responses, file_name)
            outcome = _outcome(settled, len(responses))
            if settled.added or not _seen_before(connection, profile, sha256):
                import_id = connection.execute(
                    insert(electronic_import)
                    .values(
                        profile=profile,
                        file_name=file_name,
                        sha256=sha256,
                        rows_seen=rows_seen,
                        rows_new=outcome.new,
                        problems_json=json.dumps(
                            [*problems, *map(_gone, outcome.vanished)], ensure_ascii=False
                        ),
                        imported_at=now(),
                    )
                    .returning(electronic_import.c.import_id)
                ).scalar_one()
                _insert(connection, import_id, settled, keys_taken)
    except IntegrityError as error:  # two imports at once on a server: the other one was first
        raise LedgerUnusable(
            _("another import was running at the same moment"),
            _("Run the command again; nothing was added twice."),
        ) from error
    return outcome


def electronic_rows(
    ledger: Ledger, *, period: str, replaced: Collection[str] | None = None
) -> Iterator[ElectronicRow]:
    """The electronic responses of a reporting month, also excluded ones, by record id.

    Args:
        ledger: The open ledger.
        period: The reporting month.
        replaced: Of :func:`replaced_responses`, where several months are read; else it is
            looked up.
    """
    query = (
        select(electronic_response, electronic_import.c.file_name)
        .join(electronic_import)
        .where(electronic_response.c.period == period, stands(electronic_response.c.import_id))
        .order_by(electronic_response.c.record_id)
    )
    with ledger.read() as connection:
        gone = _replaced(connection) if replaced is None else replaced
        for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
            for row in rows:
                if row.record_id in gone:
                    continue
                body = json.loads(row.answers_json)
                yield ElectronicRow(
                    record_id=row.record_id,
                    file=row.file_name,
                    row=int(body.get("row", 0)),
                    unit=row.unit,
                    domain=row.domain,
                    period=row.period,
                    answers=answers_of(body),
                    remarks=body["remarks"],
                    excluded=row.excluded,
                )


def replaced_responses(ledger: Ledger) -> frozenset[str]:
    """The ids of every response of which a better or newer reading was added, in any month."""
    with ledger.read() as connection:
        return frozenset(_replaced(connection))


def import_problems(ledger: Ledger, *, sha256: str) -> list[dict[str, Any]]:
    """Everything that the newest import of that file could not use."""
    with ledger.read() as connection:
        body = connection.execute(
            select(electronic_import.c.problems_json)
            .where(electronic_import.c.sha256 == sha256)
            .order_by(electronic_import.c.import_id.desc())
            .limit(1)
        ).scalar_one_or_none()
    return [] if body is None else list(json.loads(body))


def _held(
    connection: Connection, profile: str, responses: Sequence[NewResponse]
) -> tuple[list[Held], Counter[str]]:
    """Everything of this profile that could be a row of this export, and the keys in use.

    Rows of imports that were taken back are not known any more; their keys stay theirs.
    """
    keys: Counter[str] = Counter()
    if not responses:
        return [], keys
    days = {response.answered_on for response in responses}
    # A day more at each end: the workspace's time zone may have been changed meanwhile.
    first = (date.fromisoformat(min(days)) - _A_DAY).isoformat()
    last = (date.fromisoformat(max(days)) + _A_DAY).isoformat()
    query = (
        select(
            electronic_response,
            electronic_import.c.file_name,
            stands(electronic_response.c.import_id).label("stands"),
        )
        .join(electronic_import)
        .where(electronic_import.c.profile == profile)
        .where(electronic_response.c.answered_on.between(first, last))
        .order_by(electronic_response.c.import_id)
    )
    replaced = _replaced(connection)
    found = []
    for row in connection.execute(query):
        group, digest, _number = row.row_key.split(".")
        keys[f"{group}.{digest}"] += 1
        if not row.stands:
            continue
        found.append(
            Held(
                record_id=row.record_id,
                import_id=row.import_id,
                file=row.file_name,
                group=group,
                digest=digest,
                unit=row.unit,
                domain=row.domain,
                answered_on=row.answered_on,
                excluded=row.excluded,
                replaced=row.record_id in replaced,
                body_json=row.answers_json,
            )
        )
    return found, keys


def _outcome(settled: Settlement, rows: int) -> ImportOutcome:
    gone, uncompared = settled.gone()
    replacing = settled.improved + settled.edited
    return ImportOutcome(
        new=len(settled.added) - replacing,
        known=rows - len(settled.added),
        improved=settled.improved,
        edited=settled.edited,
        vanished=tuple(gone),
        uncompared=uncompared,
        added=Counter(one.response.period for one in settled.added),
    )


def _insert(
    connection: Connection, import_id: int, settled: Settlement, keys_taken: Counter[str]
) -> None:
    for start in range(0, len(settled.added), _ROWS_AT_ONCE):
        rows = []
        for one in settled.added[start : start + _ROWS_AT_ONCE]:
            response = one.response
            stem = f"{response.group}.{answers_digest(response.answers)}"
            keys_taken[stem] += 1
            rows.append(
                {
                    "record_id": secrets.token_hex(16),
                    "row_key": f"{stem}.{keys_taken[stem]}",
                    "import_id": import_id,
                    "unit": response.unit,
                    "domain": response.domain,
                    "period": response.period,
                    "answered_on": response.answered_on,
                    "answers_json": _body(response, one.replaces, settled.continues),
                    "excluded": response.excluded,
                }
            )
        connection.execute(insert(electronic_response), rows)


def _body(response: NewResponse, replaces: str | None, continues: int) -> str:
    said = ",".join(_said(*item) for item in response.answers.items() if item[1])
    # "replaces" stands with a text right after it: that is how replaced rows are found.
    beside = {
        "unread": response.unread,
        "remarks": response.remarks,
        "replaces": replaces,
        "row": response.row,
        "from": continues,
        "id": response.row_id,
        "near": response.near,
    }
    rest = {name: value for name, value in beside.items() if value or name in _ALWAYS}
    asked = _list(tuple(response.answers))
    return f'{{"answers":{{{said}}},"asked":{asked},{_COMPACT.encode(rest)[1:]}'


@lru_cache(maxsize=4096)
def _said(question: str, options: tuple[str, ...]) -> str:
    return f"{_COMPACT.encode(question)}:{_list(options)}"


@lru_cache(maxsize=4096)
def _list(words: tuple[str, ...]) -> str:
    return _COMPACT.encode(words)


def _gone(row: Vanished) -> dict[str, Any]:
    return {"trouble": VANISHED, "file": row.file, "row": row.row, "column": "", "value": ""}


def _replaced(connection: Connection) -> set[str]:
    """The ids of every response of which a better reading was added, and stands."""
    bodies = connection.execute(
        select(electronic_response.c.answers_json).where(
            electronic_response.c.answers_json.contains('"replaces":"', autoescape=True),
            stands(electronic_response.c.import_id),
        )
    ).scalars()
    found = (json.loads(body).get("replaces") for body in bodies)
    return {name for name in found if name is not None}


def _seen_before(connection: Connection, profile: str, sha256: str) -> bool:
    query = select(electronic_import.c.import_id).where(
        electronic_import.c.profile == profile,
        electronic_import.c.sha256 == sha256,
        stands(electronic_import.c.import_id),
    )
    return connection.execute(query.limit(1)).first() is not None
