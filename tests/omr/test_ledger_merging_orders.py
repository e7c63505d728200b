"""Whatever units send in whatever order, how often and in how many parts: one ledger."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_units import PERIOD, PrintingOffice, Unit, counts, doubted, full, stands

from omr.ledger import papers
from omr.ledger.decisions import DecisionRefused
from omr.ledger.packed import Packed
from omr.ledger.readings import sheet_rows
from omr.ledger.standing import Keeps
from omr.marks import SheetStatus

EXAMPLES = int(os.environ.get("OMR_EXAMPLES", "4"))  # a long run takes more
MONTHS = ("2026-10", PERIOD)
OPTIONS = ("r1", "r2")
acts = st.one_of(
    st.tuples(
        st.just("read"),
        st.integers(0, 5),
        st.sampled_from((*OPTIONS, "doubt")),
        st.sampled_from(MONTHS),
        st.sampled_from((b"one", b"two")),
    ),
    st.tuples(st.just("decide"), st.integers(0, 5), st.sampled_from(("", *OPTIONS))),
    st.tuples(st.just("choose"), st.integers(0, 5), st.sampled_from(list(Keeps)[:4])),
    st.tuples(st.just("pack"), st.sampled_from(MONTHS)),
)


def live(unit: Unit, said: list[tuple[object, ...]]) -> list[Packed]:
    """A unit's life, and what it packed on the way; at its end every month once more."""
    packed = []
    for number, (act, *rest) in enumerate(said):
        match act, rest:
            case "read", [int(form), str(option), str(month), bytes(ink)]:
                answers = doubted("q1", "r1") if option == "doubt" else full(q1=option)
                unit.read(
                    [unit.sheet(form, answers, ink=ink)],
                    name=f"{unit.code} {number}.pdf",
                    period=month,
                )
            case "decide", [int(form), str(option)]:
                for row in sheet_rows(unit.ledger, serial=unit.serials[form]):
                    if "q1" in row.open:
                        unit.decide(form, "q1", *([option] if option else []))
                        break
            case "choose", [int(form), keeps]:
                for row in sheet_rows(unit.ledger, serial=unit.serials[form]):
                    try:
                        papers.choose(unit.ledger, row.record_id, Keeps(keeps), why="x", by="b")
                    except DecisionRefused:  # it is no second paper
                        continue
            case "pack", [str(month)]:
                packed += pack(unit, month)
    return packed + [each for month in MONTHS for each in pack(unit, month)]


def pack(unit: Unit, month: str) -> list[Packed]:
    read = any(True for _row in sheet_rows(unit.ledger, period=month))
    return [unit.pack(month)] if read else []


@pytest.mark.embedded  # what it proves is above the database
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_order_any_repetition_and_any_split_give_one_ledger(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = PrintingOffice(Path(folder) / "pv01")
        units = [Unit(office, Path(folder) / code, code) for code in ("HP-PC08", "HP-PC06")]
        sent = [
            (unit.code, number, each)
            for unit in units
            for number, each in enumerate(live(unit, data.draw(st.lists(acts, max_size=10))))
        ]
        repeated = sent + data.draw(
            st.lists(st.sampled_from(sent), max_size=3) if sent else st.just([])
        )

        for code, number, each in data.draw(st.permutations(repeated)):
            office.merge(each, code, number)

        for month in MONTHS:
            of_units = {
                record: row for unit in units for record, row in stands(unit.ledger, month).items()
            }
            assert stands(office.ledger, month) == of_units
        office.ledger.close()
        for unit in units:
            unit.ledger.close()


@pytest.mark.embedded  # what it proves is above the database
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(range(3)), st.lists(st.integers(0, 2), max_size=3), st.integers(0, 2))
def test_one_serial_from_three_places_is_counted_once_and_the_order_decides_nothing(
    order: list[int], again: list[int], chosen: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = PrintingOffice(Path(folder) / "pv01")
        places = [Unit(office, Path(folder) / str(number)) for number in range(3)]
        sent = []
        for number, unit in enumerate(places):
            answers = full(q1=f"r{number + 1}")
            unit.read([unit.sheet(0, answers, ink=b"%d" % number)], name=f"{number}.pdf")
            sent.append(unit.pack())

        for number in [*order, *again]:
            office.merge(sent[number], number=number)

        assert counts(office.ledger)[SheetStatus.COUNTED] == 1
        assert sum(bool(row.open) for row in sheet_rows(office.ledger)) == 2
        choose(office, places[chosen].record(0))
        for number in again:
            office.merge(sent[number], number=number)
        [counted] = [
            row.record_id
            for row in sheet_rows(office.ledger)
            if row.reading.status is SheetStatus.COUNTED
        ]
        assert counted == places[chosen].record(0)
        assert not any(row.open for row in sheet_rows(office.ledger))
        for ledger in (office.ledger, *(unit.ledger for unit in places)):
            ledger.close()


def choose(office: PrintingOffice, record: str) -> None:
    """Let one paper count, looking at each of the others beside what counts then."""
    waiting = [row.record_id for row in sheet_rows(office.ledger) if row.open]
    for second in sorted(waiting, key=lambda each: each == record):  # the chosen one last
        keeps = Keeps.SECOND if second == record else Keeps.FIRST
        papers.choose(office.ledger, second, keeps, why="tờ gốc", by="an")
