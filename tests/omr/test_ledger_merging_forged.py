"""Records of units that cannot be true: refused, and nothing of them is merged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from make_units import (
    PrintingOffice,
    Unit,
    doubted,
    full,
)

from omr.ledger.packed import Packed, PackedDecision
from omr.ledger.packed_checks import PackRefused
from omr.ledger.readings import sheet_rows
from omr.ledger.standing import Verdict
from omr.marks import Answer, AnswerState, Reason, SheetStatus


def _reading(packed: Packed, **change: object) -> Packed:
    [sheet] = packed.sheets
    return replace(packed, sheets=(replace(sheet, seen=replace(sheet.seen, **change)),))


def _said(packed: Packed, question: str, verdict: Verdict, *options: str) -> Packed:
    [sheet] = packed.sheets
    at = "2026-11-23T08:00:00+00:00"
    said = PackedDecision(1, sheet.record_id, question, verdict, options, "x", at, 10)
    return replace(packed, decisions=(said,))


def _answering(name: str, answer: Answer) -> dict[str, Answer]:
    return {**full(q1="r5"), name: answer}


FORGED = {
    "a serial that was never issued": lambda p: _reading(p, serial="GTDB-26-000999-B"),
    "a form of another unit": lambda p: _reading(p, serial="GTDB-26-000007-S"),
    "another unit's name": lambda p: _reading(p, unit="HP-PC06"),
    "another domain": lambda p: _reading(p, domain="QLHC"),
    "a layout that was never printed": lambda p: _reading(p, layout_id="0" * 12),
    "no layout": lambda p: _reading(p, layout_id=None),
    "an option that is not there": lambda p: _reading(p, answers=full(q1="r9")),
    "a question that is not there": lambda p: _reading(p, answers=full(q99="r1")),
    "a question that is missing": lambda p: _reading(p, answers={}),
    "two answers to one question": lambda p: _reading(
        p, answers=_answering("q1", Answer(AnswerState.ANSWERED, ("r1", "r2")))
    ),
    "a blank with an option": lambda p: _reading(
        p, answers=_answering("q1", Answer(AnswerState.BLANK, ("r1",)))
    ),
    "a doubt that counts": lambda p: _reading(p, answers=doubted("q1", "r1")),
    "a judgement of people by the machine": lambda p: _reading(
        p, answers=_answering("q1", Answer(AnswerState.INVALID))
    ),
    "a page that the file has not": lambda p: _reading(p, page=7),
    "a nameless sheet that counts": lambda p: _reading(p, serial=None, answers={}),
    "a refused sheet with answers": lambda p: _reading(p, status=SheetStatus.REFUSED),
    "a place that is nowhere": lambda p: _reading(p, registration=(float("nan"),) * 9),
    "the same sheet twice": lambda p: replace(p, sheets=p.sheets * 2),
    "a name that is no record's": lambda p: replace(
        p, sheets=(replace(p.sheets[0], record_id="../x"),)
    ),
    "a picture that is no digest": lambda p: replace(
        p, sheets=(replace(p.sheets[0], picture="../../etc/passwd"),)
    ),
    "a month that is none": lambda p: replace(
        p, batches=(replace(p.batches[0], period="2026-13"),)
    ),
    "a file of no batch": lambda p: replace(p, batches=()),
    "a decision about no sheet": lambda p: replace(_said(p, "q1", Verdict.BLANK), sheets=()),
    "a decision with an option that is not there": lambda p: _said(p, "q1", Verdict.ANSWERED, "r9"),
    "a decision for two options": lambda p: _said(p, "q1", Verdict.ANSWERED, "r1", "r2"),
    "a decision that an answer is a form": lambda p: _said(p, "q1", Verdict.CONFIRMED),
    "a named form without its measurements": lambda p: _said(p, "", Verdict.IDENTIFIED),
    "a second paper without a first": lambda p: _reading(
        p, status=SheetStatus.DUPLICATE, reasons=(Reason.OTHER_ANSWERS,)
    ),
}


@pytest.fixture(scope="module")
def packed_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[PrintingOffice, Packed]:
    folder = tmp_path_factory.mktemp("forged")
    office = PrintingOffice(folder / "pv01")
    unit = Unit(office, folder / "unit")
    unit.read([unit.sheet(0)])
    return office, unit.pack()


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_record_is_refused_and_nothing_is_merged(
    packed_once: tuple[PrintingOffice, Packed], name: str
) -> None:
    office, packed = packed_once

    with pytest.raises(PackRefused):
        office.merge(FORGED[name](packed))

    assert not list(sheet_rows(office.ledger))
