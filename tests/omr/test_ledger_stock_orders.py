"""Stock commands, scans and decisions in any order: every month balances."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from make_ledger import (
    ledger_url,
    take,
)
from stock_forms import ZONE, gtdb, read_sheet, states

from omr.ledger import Ledger, decisions, readings
from omr.ledger.standing import WHOLE, Verdict
from omr.ledger.stock import read_stock
from omr.ledger.stock_entries import (
    EntryRefused,
    UndoesSeveral,
    add_entry,
)
from omr.marks import SheetStatus
from omr.stock import Act, FormState
from omr.stock_statement import stock_statement


class Office(RuleBasedStateMachine):
    """Prints, hands out, scans, loses and voids forms in any order, also wrongly."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="omr-test-"))
        self._ledger = Ledger.open(ledger_url(self._folder))
        self._day = date(2026, 9, 20)
        self._printed = 0
        self._scans = 0

    @rule(count=st.integers(1, 8), pad_size=st.integers(1, 5), handed_out=st.booleans())
    def print_some(self, count: int, pad_size: int, *, handed_out: bool) -> None:
        take(self._ledger, count, pad_size=pad_size, handed_out=handed_out, on_day=self._day)
        self._printed += count

    @rule(days=st.integers(1, 40))
    def days_pass(self, days: int) -> None:
        self._day = min(self._day + timedelta(days), date(2026, 12, 10))

    @precondition(lambda self: self._printed)
    @rule(act=st.sampled_from(list(Act)), data=st.data())
    def say(self, act: Act, data: st.DataObject) -> None:
        first = data.draw(st.integers(1, self._printed + 1))
        forms = gtdb(first, data.draw(st.integers(first, self._printed + 1)))
        before = self._everything()
        refused = False
        try:
            add_entry(self._ledger, act, [forms], on_day=self._day, why="x", by="an")
        except (EntryRefused, UndoesSeveral):
            refused = True
        now = self._everything()
        if refused:
            assert now == before
        elif now == before:  # only a hand-over that is written down after the form was back
            assert act is Act.ISSUE
            said = range(forms.first, min(forms.last, self._printed) + 1)
            assert {now[n] for n in said} == {FormState.RETURNED_ANSWERED}

    @precondition(lambda self: self._printed)
    @rule(data=st.data(), verdict=st.sampled_from([Verdict.INVALID, Verdict.CONFIRMED, None]))
    def decide(self, data: st.DataObject, verdict: Verdict | None) -> None:
        asked = [row.record_id for row in readings.sheet_rows(self._ledger) if WHOLE in row.asked]
        if not asked:
            return
        record = data.draw(st.sampled_from(asked))
        with suppress(decisions.DecisionRefused):
            if verdict is None:
                decisions.undo(self._ledger, record, WHOLE, by="an")
            else:
                decisions.append(self._ledger, record, WHOLE, verdict, by="an")

    @precondition(lambda self: self._printed)
    @rule(data=st.data(), period=st.sampled_from(["2026-10", "2026-11", "2026-12"]))
    def scan(self, data: st.DataObject, period: str) -> None:
        self._scans += 1
        number = data.draw(st.integers(1, self._printed))
        was = states(self._ledger, gtdb(number, number))[number]
        kept = read_sheet(self._ledger, number, name=f"{self._scans}.pdf", period=period)
        assert isinstance(kept, readings.SheetReading)
        if was is FormState.VOID:
            assert kept.status is SheetStatus.REFUSED
        elif kept.status is not SheetStatus.DUPLICATE:
            assert states(self._ledger, gtdb(number, number))[number] is FormState.RETURNED_ANSWERED

    @invariant()
    def every_month_balances(self) -> None:
        stock = read_stock(self._ledger, start_day=15, zone=ZONE)
        assert sum(len(p.forms) for p in stock.parcels) == self._printed
        left = 0
        for period in ("2026-09", "2026-10", "2026-11", "2026-12"):
            found = stock_statement(stock, period)
            assert found.difference == 0
            assert sum(row.opening for row in found.rows) == left
            left = sum(row.outstanding for row in found.rows)
        if self._printed:
            now = Counter(states(self._ledger, gtdb(1, self._printed)).values())
            assert left == now[FormState.OUTSTANDING]
            stored = now[FormState.PRINTED] + now[FormState.UNUSED_RETURNED]
            assert sum(row.in_store for row in found.rows) == stored

    def _everything(self) -> dict[int, FormState]:
        return states(self._ledger, gtdb(1, self._printed))

    def teardown(self) -> None:
        self._ledger.close()
        shutil.rmtree(self._folder)


TestOffice = Office.TestCase

TestOffice.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
