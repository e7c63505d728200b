"""What the sheets of one reporting month mean for counting: pure over the ledger's rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from omr.ledger.readings import SheetRow
from omr.ledger.standing import PAPER
from omr.marks import AnswerState, Reason, SheetStatus
from reports.responses import Channel, Place, Response

# Faults of a sheet's identity, code or stock state, as against faults of the scan: the
# paper exists, yet it is no form that this unit should have returned.
ANOMALIES = frozenset(
    {
        Reason.BAD_SIGNATURE,
        Reason.UNKNOWN_KEY,
        Reason.WITHDRAWN_KEY,
        Reason.FOREIGN_CODE,
        Reason.NOT_ISSUED,
        Reason.VOIDED,
        Reason.LAYOUT,
        Reason.IDENTITY_CONFLICT,
        Reason.NOT_HANDED_OUT,
        Reason.RETURNED_UNUSED,
        Reason.REPORTED_LOST,
        Reason.NO_SERIAL,
    }
)

Owner = tuple[str, str]  # unit and domain; both empty where a sheet names none


@dataclass(slots=True)
class PaperMonth:
    """The sheets of one reporting month."""

    responses: list[Response] = field(default_factory=list)
    in_review: int = 0  # sheets with an answer or identity that waits for a person
    disputed: int = 0  # sheets whose serial is held by a reading of another paper, perhaps
    duplicates: Counter[Owner] = field(default_factory=Counter)
    anomalies: Counter[Owner] = field(default_factory=Counter)

    @property
    def doubts(self) -> int:
        """Sheets about which a person must decide."""
        return self.in_review + self.disputed


def paper_month(rows: Iterable[SheetRow]) -> PaperMonth:
    """Sort the sheets of one month by what they mean for counting.

    Only counted sheets become responses. An answer that a person found invalid is blank.
    """
    month = PaperMonth()
    for row in rows:
        seen = row.reading
        owner = (seen.unit or "", seen.domain or "")
        if seen.status is not SheetStatus.DUPLICATE:
            month.anomalies[owner] += bool(ANOMALIES.intersection(seen.reasons))
        match seen.status:
            case SheetStatus.COUNTED:
                month.responses.append(_response(row))
            case SheetStatus.REVIEW:
                month.in_review += 1
            case SheetStatus.DUPLICATE:
                month.duplicates[owner] += 1
                # With other answers, which of the two counts changes the tally. On perhaps
                # another paper with the same answers nothing does: it is named, no more.
                month.disputed += PAPER in row.open and Reason.OTHER_ANSWERS in seen.reasons
            case SheetStatus.REFUSED | SheetStatus.BLANK:
                pass
    return month


def _response(row: SheetRow) -> Response:
    seen = row.reading
    if seen.unit is None or seen.domain is None:
        raise ValueError(f"counted sheet {row.record_id} names no unit or domain")
    return Response(
        record_id=row.record_id,
        channel=Channel.PAPER,
        unit=seen.unit,
        domain=seen.domain,
        period=row.period,
        answers={
            question: said.options if said.state is AnswerState.ANSWERED else ()
            for question, said in seen.answers.items()
        },
        place=Place(row.file, seen.page, seen.sheet),
        invalid=frozenset(
            question for question, said in seen.answers.items() if said.state is AnswerState.INVALID
        ),
    )
