"""How long a month's export takes in a city with 300,000 answers over thirteen open months.

Fills a workspace of the city's own 119 units with paper and electronic answers, half of them
each, through the ledger's own functions, and runs the command that offices run::

    python benchmarks/export.py --people 300000 --out benchmarks/results/export-DATE.json
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import random
import resource
import secrets
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from forms.typeset import typeset
from omr.layout import Layout
from omr.ledger import Ledger, issued, readings
from omr.ledger.electronic import NewResponse, add_import
from omr.ledger.pages import Page, add_pages
from omr.ledger.sheets import SheetReading
from omr.ledger.stock_entries import finish_run
from omr.marks import Answer, AnswerState, SheetStatus
from omr.periods import Period
from omr.provinces import find_province
from omr.survey import Survey
from omr.workspace import Workspace, init_workspace
from reports.export_commands import export_results

DOMAINS = ("QLHC", "PCCC", "XNC", "GTDB")
MONTHS = 13
_NEWEST = Period.parse("2026-12")
_AT_ONCE = 500


def main() -> int:
    """Fill, export, record; 1 if the export takes longer than a minute."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with TemporaryDirectory() as folder:
        root = Path(folder) / "office"
        workspace = init_workspace(
            root, find_province("31"), make_ledger=lambda url: Ledger.create(url).close()
        ).workspace
        begun = time.monotonic()
        with Ledger.open(workspace.ledger_url) as ledger:
            for month in range(MONTHS):
                _fill(workspace, ledger, month, given.people // MONTHS, chance)
        filled = time.monotonic() - begun
        begun, processor = time.monotonic(), time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            summary = export_results(root, str(_NEWEST), Path(folder) / "out", provisional=False)
        seconds, processor = time.monotonic() - begun, time.process_time() - processor
        sizes = {path.name: path.stat().st_size for path in summary.files}
        ledger_mb = (root / "ledger.db").stat().st_size / 1e6
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "seed": given.seed,
        "people": given.people,
        "months": MONTHS,
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor, 1),
        "filling_seconds": round(filled, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "ledger_mb": round(ledger_mb, 1),
        "bytes": sizes,
    }
    print(json.dumps(result, indent=1))
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(seconds > 60)


def _fill(
    workspace: Workspace, ledger: Ledger, month: int, people: int, chance: random.Random
) -> None:
    """One month's answers, *month* months before the newest."""
    period = _NEWEST
    for _ in range(month):
        period = period.previous()
    survey = next(iter(workspace.surveys().values()))
    units = [unit.code for unit in workspace.units().valid_on(period.first_day)][:119]
    online = [_online(survey, period, chance.choice(units), chance) for _ in range(people // 2)]
    add_import(
        ledger,
        profile="google-forms",
        file_name=f"{period}.csv",
        sha256=secrets.token_hex(32),
        rows_seen=len(online),
        problems=[],
        responses=online,
    )
    layouts = [typeset(survey, survey.domain(domain)).layout for domain in DOMAINS]
    for layout in layouts:
        issued.keep_layout(ledger, layout)
    each = -(-(people - people // 2) // len(units))
    for number, unit in enumerate(units):  # every unit hands out one domain's forms
        _paper(ledger, period, unit, layouts[number % len(layouts)], each, chance)


def _online(survey: Survey, period: Period, unit: str, chance: random.Random) -> NewResponse:
    answers = {
        question.id: (chance.choice(question.options).id,) if chance.random() < 0.95 else ()
        for question in survey.questions
    }
    day = period.first_day + timedelta(days=chance.randrange(28))
    return NewResponse(
        group=secrets.token_hex(16),
        unit=unit,
        domain=chance.choice(DOMAINS),
        period=str(period),
        answered_on=day.isoformat(),
        answers=answers,
    )


def _paper(
    ledger: Ledger, period: Period, unit: str, layout: Layout, count: int, chance: random.Random
) -> None:
    run = issued.take_serials(
        ledger,
        unit=unit,
        domain=layout.domain,
        year=2026,
        count=count,
        layout=layout,
        key_id=1,
        paper="a5",
        pad_size=50,
    )
    finish_run(ledger, run.run_id, run.forms, on_day=period.first_day, issue_why="", by="an")
    batch_id = readings.open_batch(ledger, period=str(period), software="test", thresholds={})
    digest = secrets.token_hex(32)
    file = readings.NewSource(digest, f"{unit}.pdf", size_bytes=1, pages=count)
    source_id = readings.add_sources(ledger, batch_id, [file])[digest].source_id
    sheets = list(_sheets(layout, unit, [str(serial) for serial in run.serials()], chance))
    for first in range(0, len(sheets), _AT_ONCE):
        some = sheets[first : first + _AT_ONCE]
        add_pages(ledger, [Page(source_id, batch_id, [sheet]) for sheet in some])


def _sheets(
    layout: Layout, unit: str, serials: list[str], chance: random.Random
) -> Iterator[SheetReading]:
    for page, serial in enumerate(serials):
        yield SheetReading(
            page,
            0,
            SheetStatus.COUNTED,
            serial=serial,
            unit=unit,
            domain=layout.domain,
            layout_id=layout.layout_id,
            answers={
                q.id: Answer(AnswerState.ANSWERED, (chance.choice(q.bubbles).option,))
                for q in layout.questions
            },
        )


if __name__ == "__main__":
    sys.exit(main())
