"""Whatever people say, in whatever order: the ledger's figures against a plain model of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from decision_desk import DOUBTS, Desk, machine_rows, remeasured
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)
from make_ledger import answers, fresh_ledger, seen

from omr.ledger import decisions, papers, readings, seconds
from omr.ledger.held import held_forms
from omr.ledger.overview import batches
from omr.ledger.refusals import DecisionRefused
from omr.ledger.reviewed import Standings
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, PAPER, WHOLE, Keeps, Verdict
from omr.marks import Answer, Reason, SheetStatus
from reports.paper import paper_month

PEOPLE = st.sampled_from(["an", "bình"])
FORMS = st.integers(0, 1)
RIVALS = [
    answers(q1="r5", q2="r1", q3="r1"),
    answers(q1="r1", q2="r1", q3="r1"),
    answers(q1="r2", q2="r2", q3="r1"),
]
SAID = st.sampled_from([*RIVALS, DOUBTS])
ANSWER = st.sampled_from(
    [
        (Verdict.BLANK, ()),
        (Verdict.INVALID, ()),
        (Verdict.ANSWERED, ("r1",)),
        (Verdict.ANSWERED, ("r4",)),
    ]
)
NOT_FORMS = st.sampled_from([Verdict.NOT_A_FORM, Verdict.SCAN_AGAIN, Verdict.SEEN_BEFORE])
KEEPS = st.sampled_from([k for k in Keeps if k is not Keeps.UNDONE])
SEEN = st.sampled_from([None, 0])


SAID_IN = ("decision", "identified", "identified_place", "paper_choice", "second_reading")


class Office(RuleBasedStateMachine):
    """People at work over one ledger."""

    sheets = Bundle("sheets")
    rivals = Bundle("rivals")  # second and third papers with one serial
    said = Bundle("said")

    @initialize(target=rivals)
    def open(self) -> Any:
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = fresh_ledger(Path(self.folder.name))
        self.desk = Desk(self.ledger)
        self.machine: dict[str, tuple[Any, ...]] = {}
        self.standings = Standings(self.ledger)
        _first, *others = [self.desk.read(seen(self.desk.serials[0], said=said)) for said in RIVALS]
        return multiple(*others)

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()
            self.folder.cleanup()

    # What happens

    @rule(target=sheets, form=FORMS, said=SAID, whole=st.sampled_from([0, 1]))
    def scan(self, form: int, said: dict[str, Answer], whole: int) -> str:
        doubtful = said is DOUBTS or bool(whole)
        reasons = (Reason.FIDUCIAL_MISSING,) * whole + (Reason.OVERVOTE,) * (said is DOUBTS)
        status = SheetStatus.REVIEW if doubtful else SheetStatus.COUNTED
        return self.desk.read(
            seen(self.desk.serials[form], status=status, reasons=reasons, said=said)
        )

    @rule(target=sheets)
    def scan_without_code(self) -> str:
        return self.desk.nameless()

    @rule(
        target=said,
        record=sheets,
        question=st.sampled_from(["q1", "q2", "q3"]),
        say=ANSWER,
        by=PEOPLE,
        seen=SEEN,
    )
    def answer(self, record: str, question: str, say: Any, by: str, seen: int | None) -> Any:
        return self._try(decisions.append, record, question, say[0], say[1], by=by, seen=seen)

    @rule(
        record=sheets,
        verdict=st.sampled_from([Verdict.CONFIRMED, Verdict.DOUBTED, Verdict.INVALID]),
        by=PEOPLE,
    )
    def about_whole(self, record: str, verdict: Verdict, by: str) -> None:
        self._try(decisions.append, record, WHOLE, verdict, by=by)

    @rule(record=sheets, verdict=NOT_FORMS, by=PEOPLE)
    def no_form(self, record: str, verdict: Verdict, by: str) -> None:
        self._try(decisions.append, record, IDENTITY, verdict, by=by)

    @rule(record=sheets, form=FORMS, said=SAID, by=PEOPLE, seen=SEEN)
    def name(self, record: str, form: int, said: Any, by: str, seen: int | None) -> None:
        found = remeasured(self.desk.serials[form], dict(said))
        self._try(decisions.identify, record, found, by=by, seen=seen)

    @rule(record=sheets, said=SAID, by=PEOPLE)
    def place(self, record: str, said: Any, by: str) -> None:
        self._try(decisions.place, record, remeasured("", dict(said)), by=by)

    @rule(record=st.one_of(rivals, rivals, sheets), keeps=KEEPS, by=PEOPLE, seen=SEEN)
    def choose(self, record: str, keeps: Keeps, by: str, seen: int | None) -> None:
        self._try(papers.choose, record, keeps, why="đã xem", by=by, seen=seen)

    @rule(record=st.one_of(rivals, rivals, sheets), by=PEOPLE)
    def undo_choice(self, record: str, by: str) -> None:
        self._try(papers.undo, record, by=by)

    @rule(record=sheets, about=st.sampled_from([IDENTITY, WHOLE, "q1", "q2", "q3"]), by=PEOPLE)
    def undo(self, record: str, about: str, by: str) -> None:
        self._try(decisions.undo, record, about, by=by)

    @rule(decision=said, say=ANSWER, by=PEOPLE)
    def read_blind(self, decision: int | None, say: Any, by: str) -> None:
        if decision is not None:
            self._try(lambda ledger: seconds.add(ledger, decision, say[0], say[1], by=by))

    def _try(self, what: Any, *rest: Any, **more: Any) -> Any:
        before = machine_rows(self.ledger, SAID_IN)
        try:
            return what(self.ledger, *rest, **more)
        except DecisionRefused:
            assert machine_rows(self.ledger, SAID_IN) == before  # nothing of it was kept
            return None

    @rule(one=rivals, other=rivals, keeps=KEEPS, more=KEEPS)
    def choose_both(self, one: str, other: str, keeps: Keeps, more: Keeps) -> None:
        for record, what in ((one, keeps), (other, more)):
            self._try(papers.choose, record, what, why="đã xem", by="an")

    # What is so all the time

    def _rows(self) -> list[SheetRow]:
        return list(readings.sheet_rows(self.ledger))

    @invariant()
    def figures_agree(self) -> None:
        if not hasattr(self, "ledger"):
            return
        rows = self._rows()
        counts = readings.count_by_status(self.ledger)
        standing = self.standings.now()
        by_row = {status: sum(r.reading.status is status for r in rows) for status in SheetStatus}
        assert counts == by_row
        assert sum(counts.values()) == len(rows) == self.desk.page + 1
        for one in standing.values():
            (row,) = [row for row in rows if row.record_id == one.record_id]
            assert one.status is row.reading.status
            assert tuple(wait.about for wait in one.waits) == row.open
        for batch in batches(self.ledger, standing):
            assert {s: n for s, n in batch.sheets.items() if n} == {
                s: n for s, n in counts.items() if n
            }

        assert {row.record_id for row in rows if row.open} == {
            row.record_id for row in decisions.open_sheets(self.ledger)
        }
        for row in rows:  # what waits for a person is never counted, nor is it ever forgotten
            asked_again = row.open and row.open != (PAPER,)
            assert (row.reading.status is SheetStatus.REVIEW) == bool(asked_again)

        month = paper_month(iter(rows))
        counted = [row for row in rows if row.reading.status is SheetStatus.COUNTED]
        assert sorted(r.record_id for r in month.responses) == sorted(r.record_id for r in counted)
        both = self._said_both()
        for serial in self.desk.serials:
            holding = [
                row
                for row in rows
                if row.reading.serial == serial
                and row.reading.status in (SheetStatus.COUNTED, SheetStatus.REVIEW)
            ]
            assert len(holding) <= 1 + both.get(serial, 0), serial

    def _said_both(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self._rows():
            pair = papers.find_pair(self.ledger, row.record_id)
            if pair is not None and pair.said is not None and pair.said.keeps is Keeps.BOTH:
                serial = row.seen.serial or ""
                found[serial] = found.get(serial, 0) + 1
        return found

    @invariant()
    def forms_are_back_that_count(self) -> None:
        if not hasattr(self, "ledger"):
            return
        with self.ledger.read() as connection:
            forms = held_forms(connection)
        numbers = [form.number for form in forms]
        assert len(numbers) == len(set(numbers))
        serials = {self.desk.serials[number - 1] for number in numbers}
        counting = {
            row.reading.serial
            for row in self._rows()
            if row.reading.serial
            and row.reading.status in (SheetStatus.COUNTED, SheetStatus.REVIEW)
        }
        assert counting <= serials

    @invariant()
    def what_the_machine_saw_stays(self) -> None:
        if not hasattr(self, "ledger"):
            return
        present = {str(row): row for row in machine_rows(self.ledger)}
        assert self.machine.keys() <= present.keys()
        self.machine = present

    @invariant()
    def disagreements_wait(self) -> None:
        if not hasattr(self, "ledger"):
            return
        waiting = sum(
            Reason.DISAGREEMENT in row.reading.answers[about].reasons
            for row in decisions.open_sheets(self.ledger)
            for about in row.open
            if about in row.reading.answers
        )
        assert seconds.agreement(self.ledger).open == waiting


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=6,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.server
class TestOfficeOnAServer(Office.TestCase):  # type: ignore[misc,name-defined] # made at run time
    """The same people over a ledger on a server."""


TestOfficeOnAServer.settings = settings(TestOffice.settings, max_examples=2)
