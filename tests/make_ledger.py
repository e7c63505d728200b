"""Ledgers for tests: fresh ones in milliseconds, print runs and readings in a line."""

from __future__ import annotations

import atexit
import functools
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from make_layout import make_layout

from omr.layout import Layout
from omr.ledger import Ledger, issued, readings
from omr.ledger.readings import SheetReading
from omr.ledger.stock_entries import add_entry, finish_run
from omr.ledger_address import COUNTER_ENDING
from omr.marks import Answer, Answers, AnswerState, Reason, SheetStatus
from omr.stock import Act

LAYOUT = make_layout()
if TYPE_CHECKING:
    from postgres_server import Databases

TODAY = date(2026, 11, 2)


@functools.cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="omr-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "ledger.db"
    _fill(f"sqlite:///{path}")
    return path


def _fill(url: str) -> None:
    with Ledger.create(url) as ledger:
        issued.keep_layout(ledger, LAYOUT)


class Kind:
    """On what kind of database the ledgers of a test are; a fixture chooses it."""

    databases: Databases | None = None  # of a server; None: each is a file

    @classmethod
    def choose_server(cls) -> None:
        """Let fresh ledgers be on a server until :meth:`choose_files`."""
        cls.databases = _databases()

    @classmethod
    def choose_files(cls) -> None:
        """Let fresh ledgers be files again."""
        if cls.databases is not None:
            cls.databases.give_back()
        cls.databases = None


@functools.cache
def _databases() -> Databases:
    from postgres_server import Databases

    return Databases(_fill)


def ledger_url(folder: Path, name: str = "ledger.db") -> str:
    """The address of a fresh ledger in *folder* that knows one layout."""
    path = folder / name
    if Kind.databases is not None:
        return Kind.databases.take(path)
    for ending in ("", COUNTER_ENDING):
        shutil.copyfile(f"{_template()}{ending}", f"{path}{ending}")
    return f"sqlite:///{path}"


def fresh_ledger(folder: Path) -> Ledger:
    """A fresh ledger in *folder* that knows one layout, open."""
    return Ledger.open(ledger_url(folder))


def take(
    ledger: Ledger,
    count: int = 10,
    *,
    unit: str = "HP-PC08",
    domain: str = "GTDB",
    year: int = 2026,
    layout: Layout = LAYOUT,
    pad_size: int = 50,
    printed: bool = True,
    handed_out: bool = True,
    on_day: date = TODAY,
) -> issued.PrintRun:
    """Print forms without paper and hand them out."""
    run = issued.take_serials(
        ledger,
        unit=unit,
        domain=domain,
        year=year,
        count=count,
        layout=layout,
        key_id=1,
        paper="a5",
        pad_size=pad_size,
    )
    if printed:
        finish_run(
            ledger,
            run.run_id,
            run.forms,
            on_day=on_day,
            issue_why="" if handed_out else None,
            by="an",
        )
    return run


def void(ledger: Ledger, run: issued.PrintRun, why: str = "kẹt giấy") -> None:
    """Void every form of a run."""
    add_entry(ledger, Act.VOID, [run.forms], on_day=TODAY, why=why, by="an")


def add_file(
    ledger: Ledger, name: str = "batch.pdf", *, pages: int = 10, period: str = "2026-07"
) -> tuple[int, int]:
    """Announce a scan file in a batch of its own: source id and batch id."""
    batch_id = readings.open_batch(
        ledger, period=period, software="test", thresholds={"marginal": 0.1}
    )
    digest = hashlib.sha256(f"{name} {batch_id}".encode()).hexdigest()
    file = readings.NewSource(digest, name, size_bytes=1000, pages=pages)
    source_id = readings.add_sources(ledger, batch_id, [file])[digest].source_id
    return source_id, batch_id


def add_page(
    ledger: Ledger,
    *,
    source_id: int,
    batch_id: int,
    sheets: Iterable[SheetReading],
    picture_of: Callable[[SheetReading], bytes | None] = lambda seen: seen.picture,
    **more: Any,
) -> list[SheetReading]:
    """Keep one page in a transaction of its own; *more* as for ``add_pages``."""
    page = readings.Page(source_id, batch_id, tuple(sheets), picture_of)
    [kept] = readings.add_pages(ledger, [page], **more)
    return kept


def answers(**said: str) -> Answers:
    """``answers(q1="r5", q2="")``: what a form says; blank where the text is empty."""
    return {
        question: Answer(AnswerState.ANSWERED, (option,)) if option else Answer(AnswerState.BLANK)
        for question, option in said.items()
    }


def seen(
    serial: str | None,
    *,
    page: int = 0,
    sheet: int = 0,
    status: SheetStatus = SheetStatus.COUNTED,
    reasons: tuple[Reason, ...] = (),
    unit: str | None = "HP-PC08",
    domain: str | None = "GTDB",
    said: Answers | None = None,
) -> SheetReading:
    """What the machine saw on one sheet."""
    return SheetReading(
        page=page,
        sheet=sheet,
        status=status,
        reasons=reasons,
        serial=serial,
        unit=unit,
        domain=domain,
        layout_id=LAYOUT.layout_id,
        answers=answers(q1="r5", q2="r1") if said is None else said,
        registration=(8.0, 0.0, 0.0, 0.0, 8.0, 0.0, 0.0, 0.0, 1.0),
        measurements=b"measured",
    )
