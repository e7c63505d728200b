"""An office that prints and units that read their own forms: ledgers for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from make_ledger import LAYOUT, add_page, answers, fresh_ledger, ledger_url, seen, take

from omr.ledger import Ledger, decisions, readings
from omr.ledger.handout import books_of, take_books
from omr.ledger.merging import Merged, merge
from omr.ledger.packed import Packed
from omr.ledger.packing import pack_month
from omr.ledger.senders import Unpacked, register_sender
from omr.ledger.sheets import SheetReading
from omr.ledger.standing import Verdict
from omr.marks import Answer, Answers, AnswerState, Reason, SheetStatus

PERIOD = "2026-11"
KEYS = {"HP-PC08": b"8" * 32, "HP-PC06": b"6" * 32}


def full(**said: str) -> Answers:
    """Answers to every question of the layout; blank where nothing is said."""
    return answers(**({question.id: "" for question in LAYOUT.questions} | said))


def doubted(question: str, *options: str, **said: str) -> Answers:
    """As :func:`full`, with one answer that a person has to decide."""
    unsure = Answer(AnswerState.DOUBTFUL, options, (Reason.MARGINAL_MARK,))
    return {**full(**said), question: unsure}


class PrintingOffice:
    """The office that prints, with *forms* forms for each of two units."""

    def __init__(self, folder: Path, forms: int = 6) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.ledger = fresh_ledger(folder)
        self.serials: dict[str, list[str]] = {}
        for unit, key in KEYS.items():
            run = take(self.ledger, forms, unit=unit)
            self.serials[unit] = [str(serial) for serial in run.serials()]
            register_sender(self.ledger, unit, key, by="an")

    def merge(self, packed: Packed, unit: str = "HP-PC08", number: int = 1) -> Merged:
        """Merge what a unit sent; ink of the same bytes is the same paper."""
        digest = hashlib.sha256(f"{unit} {number}".encode()).hexdigest()
        file = Unpacked(digest, unit, PERIOD, KEYS[unit], "2026-11-23T08:00:00+00:00", 1)
        return merge(self.ledger, packed, file, same_paper=same_bytes, by="an")


def same_bytes(_layout: str, one: bytes, other: bytes) -> bool:
    """Whether two sheets were measured alike."""
    return one == other


class Unit:
    """A unit that reads its own scans."""

    def __init__(self, office: PrintingOffice, folder: Path, code: str = "HP-PC08") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.code, self.serials = code, office.serials[code]
        self.ledger = Ledger.open(ledger_url(folder))
        self.forms = take_books(self.ledger, books_of(office.ledger, code))

    def read(
        self, sheets: Iterable[SheetReading], *, name: str = "a.pdf", period: str = PERIOD
    ) -> list[SheetReading]:
        """Read a file of one sheet a page, as it would be read by the command."""
        every = list(sheets)
        batch_id = readings.open_batch(
            self.ledger, period=period, software="test", thresholds={"marginal": 0.02}
        )
        digest = hashlib.sha256(f"{name} {period}".encode()).hexdigest()
        file = readings.NewSource(digest, name, size_bytes=1000, pages=len(every))
        source_id = readings.add_sources(self.ledger, batch_id, [file])[digest].source_id
        kept = []
        for page, sheet in enumerate(every):
            kept += add_page(
                self.ledger,
                source_id=source_id,
                batch_id=batch_id,
                sheets=[replace(sheet, page=page)],
                same_paper=same_bytes,
            )
        return kept

    def sheet(
        self, number: int, said: Answers | None = None, *, ink: bytes = b"ink"
    ) -> SheetReading:
        """One of the unit's forms, as the machine sees it."""
        answered = full(q1="r5") if said is None else said
        doubt = any(each.state is AnswerState.DOUBTFUL for each in answered.values())
        status = SheetStatus.REVIEW if doubt else SheetStatus.COUNTED
        one = seen(self.serials[number], unit=self.code, status=status, said=answered)
        return replace(one, measurements=ink)

    def record(self, number: int) -> str:
        """The record id of the first sheet of a form."""
        rows = readings.sheet_rows(self.ledger, serial=self.serials[number])
        return next(row.record_id for row in rows)

    def decide(self, number: int, question: str, *options: str, by: str = "bình") -> None:
        """Say what a person sees on a form."""
        verdict = Verdict.ANSWERED if options else Verdict.BLANK
        decisions.append(self.ledger, self.record(number), question, verdict, options, by=by)

    def pack(self, period: str = PERIOD) -> Packed:
        """What the unit would send now."""
        return pack_month(self.ledger, period)


def stands(ledger: Ledger, period: str = PERIOD) -> dict[str, tuple[object, ...]]:
    """Every sheet as it stands, by record id: what a tally and an account are made of."""
    return {
        row.record_id: (
            row.file,
            row.period,
            row.reading.page,
            row.reading.status,
            row.reading.serial,
            row.reading.unit,
            frozenset(
                (name, said.state, frozenset(said.options))
                for name, said in row.reading.answers.items()
            ),
            frozenset(row.open),
        )
        for row in readings.sheet_rows(ledger, period=period)
    }


def counts(ledger: Ledger) -> Mapping[SheetStatus, int]:
    """How many sheets stand how."""
    return readings.count_by_status(ledger)
