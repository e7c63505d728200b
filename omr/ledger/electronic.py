"""Electronic responses: what an export of another system said. Added once, never changed.

An export has no id for its rows, so the ledger recognises a row by where and when it was
given (``group``) and by what it says. A row that an earlier import could only read in part
is added again once it can be read better, naming the row that it replaces.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from omr.errors import LedgerUnusable
from omr.i18n import _
from omr.ledger import Ledger, now
from omr.ledger.schema import electronic_import, electronic_response

_ROWS_AT_ONCE = 500  # keeps memory and statements small over a month of responses
_A_DAY = timedelta(days=1)

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


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import added."""

    new: int
    known: int
    improved: int  # known rows of which more was understood this time


@dataclass(frozen=True, slots=True)
class ElectronicRow:
    """One electronic response as the ledger holds it, in its newest reading."""

    record_id: str
    file: str
    unit: str
    domain: str
    period: str
    answers: Said
    remarks: Mapping[str, str]
    excluded: str


@dataclass(slots=True)
class _Held:
    """A response of this profile that no other one replaces."""

    record_id: str
    digest: str
    answers: Said
    readable: frozenset[str]  # the questions asked, less those not understood
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
            settled = _Settlement(connection, profile, responses)
            outcome = settled.outcome()
            if outcome.new or outcome.improved or not _seen_before(connection, profile, sha256):
                import_id = connection.execute(
                    insert(electronic_import)
                    .values(
                        profile=profile,
                        file_name=file_name,
                        sha256=sha256,
                        rows_seen=rows_seen,
                        rows_new=outcome.new,
                        problems_json=json.dumps(list(problems), ensure_ascii=False),
                        imported_at=now(),
                    )
                    .returning(electronic_import.c.import_id)
                ).scalar_one()
                settled.insert(import_id)
    except IntegrityError as error:  # two imports at once on a server: the other one was first
        raise LedgerUnusable(
            _("another import was running at the same moment"),
            _("Run the command again; nothing was added twice."),
        ) from error
    return outcome


def electronic_rows(ledger: Ledger, *, period: str) -> Iterator[ElectronicRow]:
    """The electronic responses of a reporting month, also excluded ones, by record id."""
    query = (
        select(electronic_response, electronic_import.c.file_name)
        .join(electronic_import)
        .where(electronic_response.c.period == period)
        .order_by(electronic_response.c.record_id)
    )
    with ledger.read() as connection:
        replaced = _replaced(connection)
        for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
            for row in rows:
                if row.record_id in replaced:
                    continue
                body = json.loads(row.answers_json)
                yield ElectronicRow(
                    record_id=row.record_id,
                    file=row.file_name,
                    unit=row.unit,
                    domain=row.domain,
                    period=row.period,
                    answers=_answers(body),
                    remarks=body["remarks"],
                    excluded=row.excluded,
                )


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


class _Settlement:
    """Which rows of an export are new, known, or known rows read better."""

    def __init__(
        self, connection: Connection, profile: str, responses: Sequence[NewResponse]
    ) -> None:
        self._connection = connection
        self._responses = responses
        self._held: dict[str, list[_Held]] = defaultdict(list)
        self._keys_taken: Counter[str] = Counter()
        self._load(profile)
        self._added: list[tuple[NewResponse, str | None]] = []  # with the id it replaces
        for response in self._not_held_just_so():
            self._settle(response)

    def outcome(self) -> ImportOutcome:
        improved = sum(replaces is not None for _response, replaces in self._added)
        return ImportOutcome(
            new=len(self._added) - improved,
            known=len(self._responses) - len(self._added),
            improved=improved,
        )

    def insert(self, import_id: int) -> None:
        rows = []
        for response, replaces in self._added:
            stem = f"{response.group}.{_digest(response.answers)}"
            self._keys_taken[stem] += 1
            rows.append(
                {
                    "record_id": secrets.token_hex(16),
                    "row_key": f"{stem}.{self._keys_taken[stem]}",
                    "import_id": import_id,
                    "unit": response.unit,
                    "domain": response.domain,
                    "period": response.period,
                    "answered_on": response.answered_on,
                    "answers_json": _body(response, replaces),
                    "excluded": response.excluded,
                }
            )
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            self._connection.execute(
                insert(electronic_response), rows[start : start + _ROWS_AT_ONCE]
            )

    def _load(self, profile: str) -> None:
        """Everything of this profile that could be a row of this export."""
        days = [date.fromisoformat(response.answered_on) for response in self._responses]
        if not days:
            return
        first, last = (min(days) - _A_DAY).isoformat(), (max(days) + _A_DAY).isoformat()
        groups = {response.group for response in self._responses}
        # A day more at each end: the workspace's time zone may have been changed meanwhile.
        query = (
            select(electronic_response)
            .join(electronic_import)
            .where(electronic_import.c.profile == profile)
            .where(electronic_response.c.answered_on.between(first, last))
        )
        replaced = _replaced(self._connection)
        for row in self._connection.execute(query):
            group, digest, _number = row.row_key.split(".")
            if group not in groups:
                continue
            self._keys_taken[f"{group}.{digest}"] += 1
            if row.record_id not in replaced:
                body = json.loads(row.answers_json)
                self._held[group].append(
                    _Held(
                        record_id=row.record_id,
                        digest=digest,
                        answers=_answers(body),
                        readable=frozenset(body["asked"]) - frozenset(body["unread"]),
                        excluded=row.excluded,
                    )
                )

    def _not_held_just_so(self) -> list[NewResponse]:
        """The rows that match no held row; each held row matches once."""
        unmatched = []
        for response in self._responses:
            digest = _digest(response.answers)
            candidates = self._held.get(response.group, [])
            equal = [held for held in candidates if held.digest == digest]
            if not equal:
                unmatched.append(response)
                continue
            held = next((h for h in equal if h.excluded == response.excluded), equal[0])
            candidates.remove(held)
            if response.excluded and not held.excluded:
                # The row that this one repeats was refused in the earlier import.
                self._added.append((response, held.record_id))
        return unmatched

    def _settle(self, response: NewResponse) -> None:
        """Add *response*, unless it is a held row that a changed profile reads otherwise.

        Two rows of one unit, domain and moment are the same row if they agree wherever
        both could be read and the profile let different questions be read. Then whatever
        either reading understood is kept.
        """
        readable = frozenset(response.answers) - frozenset(response.unread)
        same_row = [
            held
            for held in self._held.get(response.group, [])
            if readable != held.readable
            and all(response.answers[q] == held.answers[q] for q in readable & held.readable)
        ]
        if not same_row:
            self._added.append((response, None))
            return
        held = max(same_row, key=lambda held: len(readable & held.readable))
        self._held[response.group].remove(held)
        if readable - held.readable:
            before = {name: held.answers[name] for name in held.readable}
            better = replace(
                response,
                answers={**response.answers, **before},
                unread=tuple(name for name in response.unread if name not in before),
            )
            self._added.append((better, held.record_id))


def _body(response: NewResponse, replaces: str | None) -> str:
    body = {
        "answers": {question: list(said) for question, said in response.answers.items() if said},
        "asked": list(response.answers),
        "unread": list(response.unread),
        "remarks": dict(response.remarks),
    }
    if replaces is not None:
        body["replaces"] = replaces
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _answers(body: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {question: tuple(body["answers"].get(question, ())) for question in body["asked"]}


def _digest(answers: Said) -> str:
    said = sorted((question, sorted(options)) for question, options in answers.items() if options)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _replaced(connection: Connection) -> set[str]:
    """The ids of every response of which a better reading was added."""
    bodies = connection.execute(
        select(electronic_response.c.answers_json).where(
            electronic_response.c.answers_json.contains('"replaces":"', autoescape=True)
        )
    ).scalars()
    found = (json.loads(body).get("replaces") for body in bodies)
    return {name for name in found if name is not None}


def _seen_before(connection: Connection, profile: str, sha256: str) -> bool:
    query = select(electronic_import.c.import_id).where(
        electronic_import.c.profile == profile, electronic_import.c.sha256 == sha256
    )
    return connection.execute(query.limit(1)).first() is not None
