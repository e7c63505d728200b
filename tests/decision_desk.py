"""A desk at which decisions are made: a ledger with sheets that wait, for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from make_ledger import LAYOUT, add_file, add_page, answers, seen, take

from omr.ledger import Ledger, decisions, readings
from omr.ledger.decisions import DecisionRefused, Refusal
from omr.ledger.schema import metadata
from omr.ledger.sheets import SheetReading, SheetRow
from omr.ledger.standing import Remeasured, Verdict
from omr.marks import Answer, AnswerState, Reason, SheetStatus

DOUBT = Answer(AnswerState.DOUBTFUL, ("r1", "r4"), (Reason.OVERVOTE,))
DOUBTS = {**answers(q1="r5"), "q2": DOUBT, "q3": replace(DOUBT, reasons=(Reason.MARGINAL_MARK,))}


class Desk:
    """A ledger with one file of sheets, and the forms they may be."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.run = take(ledger, 6)
        self.serials = [str(serial) for serial in self.run.serials()]
        self.source_id, self.batch_id = add_file(ledger)
        self.page = -1

    def read(self, reading: SheetReading) -> str:
        """Keep a sheet on a page of its own; its record id."""
        self.page += 1
        add_page(
            self.ledger,
            source_id=self.source_id,
            batch_id=self.batch_id,
            sheets=[replace(reading, page=self.page)],
        )
        return self.row(self.page).record_id

    def doubtful(self, number: int = 0) -> str:
        return self.read(
            seen(
                self.serials[number],
                status=SheetStatus.REVIEW,
                reasons=(Reason.OVERVOTE, Reason.MARGINAL_MARK),
                said=DOUBTS,
            )
        )

    def nameless(self, *more: Reason) -> str:
        reading = SheetReading(0, 0, SheetStatus.REVIEW, (Reason.NO_CODE, *more))
        return self.read(reading)

    def row(self, page: int) -> SheetRow:
        return next(r for r in readings.sheet_rows(self.ledger) if r.seen.page == page)

    def sheet(self, record_id: str) -> SheetRow:
        found = decisions.find_sheet(self.ledger, record_id)
        assert found is not None
        return found

    def say(self, record_id: str, question: str, verdict: Verdict, *options: str) -> int:
        return decisions.append(self.ledger, record_id, question, verdict, options, by="an")

    def name(self, record_id: str, number: int, said: dict[str, Answer] | None = None) -> int:
        found = remeasured(self.serials[number], said or dict(DOUBTS))
        return decisions.identify(self.ledger, record_id, found, by="an", milliseconds=900)

    def undo(self, record_id: str, question: str) -> int:
        return decisions.undo(self.ledger, record_id, question, by="an")


def remeasured(serial: str, said: dict[str, Answer]) -> Remeasured:
    return Remeasured(
        serial=serial,
        unit="HP-PC08",
        domain="GTDB",
        layout_id=LAYOUT.layout_id,
        reasons=(Reason.OVERVOTE,),
        answers=said,
        measurements=b"again",
    )


def refused(why: Refusal) -> Any:
    return pytest.raises(DecisionRefused, match=f"^{why.value}")


def machine_rows(ledger: Ledger, tables: tuple[str, ...] = ("sheet", "answer")) -> list[Any]:
    with ledger.read() as connection:
        return [
            tuple(row)
            for name in tables
            for row in connection.execute(sa.select(metadata.tables[name]))
        ]
