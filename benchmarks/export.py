"""How long a month's export takes in a city with 300,000 answers over thirteen open months.

Fills a workspace of the city's own 119 units with paper and electronic answers, half of them
each, through the ledger's own functions, and runs the command that offices run::

    python benchmarks/export.py --people 300000 --out benchmarks/results/export-DATE.json

A filled workspace can be kept and exported again, with the function calls that took longest,
or by another version of the program, to compare their files byte by byte::

    python benchmarks/export.py --people 30000 --keep FOLDER
    python benchmarks/export.py --again FOLDER --profile
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import hashlib
import io
import json
import os
import platform
import pstats
import random
import resource
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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
from omr.workspace import init_workspace
from reports.export_commands import export_results

DOMAINS = ("QLHC", "PCCC", "XNC", "GTDB")
MONTHS = 13
MOST_SECONDS = 60
# Police-wide, 96 % of those asked in 2020 were content; these weights make 90 %. Each question
# is drawn by itself, so four answers in ten raise an alert: more than any office has seen.
LIKELY: Mapping[str, float] = {"r5": 0.55, "r4": 0.35, "r3": 0.06, "r2": 0.03, "r1": 0.01}
# "Did you have to pay anything extra?" "Yes" raises an alert.
LIKELY_EXTRA: Mapping[str, float] = {"co": 0.01, "kh": 0.99}
BLANK_ONLINE = 0.05  # of questions
_NEWEST = Period.parse("2026-12")
_AT_ONCE = 2_000  # sheets in one transaction
_SLOWEST = 40  # functions shown


def main() -> int:
    """Fill, export, record; 1 if the export needs more than a minute of the processor."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="fill this folder and leave it")
    parser.add_argument("--again", type=Path, help="export a folder that was kept")
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        home = given.again or given.keep or Path(folder)
        begun = time.monotonic()
        if given.again is None:
            fill_city(home / "office", given.people, random.Random(given.seed))
        filled = time.monotonic() - begun
        load = os.getloadavg()[0]
        profile = cProfile.Profile()
        begun, processor = time.monotonic(), time.process_time()
        with contextlib.redirect_stdout(io.StringIO()), profile if given.profile else _plainly():
            summary = export_results(home / "office", str(_NEWEST), home / "out", provisional=False)
        seconds, processor = time.monotonic() - begun, time.process_time() - processor
        files = {path.name: path.read_bytes() for path in summary.files}
        ledger_mb = (home / "office" / "ledger.db").stat().st_size / 1e6
    if given.profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(_SLOWEST)
        pstats.Stats(profile).sort_stats("tottime").print_stats(_SLOWEST)
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "load": round(load, 1),  # programs that wait for a processor; at most 2 on a quiet machine
        "nice": os.nice(0),
        "versions": {"python": platform.python_version()}
        | {
            name: version(name) for name in ("omr-surveys", "SQLAlchemy", "XlsxWriter", "reportlab")
        },
        "seed": given.seed,
        "people": given.people,
        "months": MONTHS,
        "responses_of_the_month": summary.month.results.city.figures.responses,
        "alerts": len(summary.month.results.alerts),
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor, 1),
        "kept": processor <= MOST_SECONDS,  # one thread: the clock adds what other programs do
        "filling_seconds": None if given.again else round(filled, 1),  # None: filled before
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "ledger_mb": round(ledger_mb, 1),
        "bytes": {name: len(body) for name, body in files.items()},
    }
    if given.keep or given.again:
        result["sha256"] = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    print(json.dumps(result, indent=1))
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(processor > MOST_SECONDS)


def fill_city(root: Path, people: int, chance: random.Random) -> None:
    """Make a workspace at *root* whose *people* answered in thirteen months."""
    workspace = init_workspace(
        root, find_province("31"), make_ledger=lambda url: Ledger.create(url).close()
    ).workspace
    periods = [_NEWEST]
    while len(periods) < MONTHS:
        periods.insert(0, periods[0].previous())
    each_month = people // MONTHS
    with Ledger.open(workspace.ledger_url) as ledger:
        survey = next(iter(workspace.surveys().values()))
        units = [unit.code for unit in workspace.units().valid_on(periods[0].first_day)][:119]
        pads = _hand_out(
            ledger, survey, units, -(-(each_month - each_month // 2) // len(units)), periods[0]
        )
        for period in periods:
            _online(ledger, survey, period, units, each_month // 2, chance)
            _paper(ledger, period, pads, chance)


class _Pads:
    """The forms that one unit was handed for all months; each is filled in once."""

    def __init__(self, run: issued.PrintRun, layout: Layout, each_month: int) -> None:
        self.unit, self.layout, self._each_month = run.unit, layout, each_month
        self._serials = map(str, run.serials())

    def month(self) -> list[str]:
        """The serials of the next month."""
        return [next(self._serials) for _ in range(self._each_month)]


def _hand_out(
    ledger: Ledger, survey: Survey, units: Sequence[str], each_month: int, first: Period
) -> list[_Pads]:
    """Print and hand out all forms at once: each unit has those of one domain."""
    layouts = [typeset(survey, survey.domain(domain)).layout for domain in DOMAINS]
    for layout in layouts:
        issued.keep_layout(ledger, layout)
    pads = []
    for number, unit in enumerate(units):
        layout = layouts[number % len(layouts)]
        run = issued.take_serials(
            ledger,
            unit=unit,
            domain=layout.domain,
            year=2026,
            count=each_month * MONTHS,
            layout=layout,
            key_id=1,
            paper="a5",
            pad_size=50,
        )
        finish_run(ledger, run.run_id, run.forms, on_day=first.first_day, issue_why="", by="an")
        pads.append(_Pads(run, layout, each_month))
    return pads


def _online(
    ledger: Ledger,
    survey: Survey,
    period: Period,
    units: Sequence[str],
    count: int,
    chance: random.Random,
) -> None:
    rows = [_sent(survey, period, chance.choice(units), chance) for _ in range(count)]
    add_import(
        ledger,
        profile="google-forms",
        file_name=f"{period}.csv",
        sha256=secrets.token_hex(32),
        rows_seen=len(rows),
        problems=[],
        responses=rows,
    )


def _sent(survey: Survey, period: Period, unit: str, chance: random.Random) -> NewResponse:
    answers = {
        question.id: ()
        if chance.random() < BLANK_ONLINE
        else (_said([option.id for option in question.options], chance),)
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


def _paper(ledger: Ledger, period: Period, pads: Sequence[_Pads], chance: random.Random) -> None:
    batch_id = readings.open_batch(ledger, period=str(period), software="test", thresholds={})
    months = {secrets.token_hex(32): (each, each.month()) for each in pads}
    files = readings.add_sources(
        ledger,
        batch_id,
        [
            readings.NewSource(digest, f"{each.unit}.pdf", size_bytes=1, pages=len(serials))
            for digest, (each, serials) in months.items()
        ],
    )
    pages: list[Page] = []
    for digest, (each, serials) in months.items():
        source_id = files[digest].source_id
        sheets = _sheets(each.layout, each.unit, serials, chance)
        pages.extend(Page(source_id, batch_id, [sheet]) for sheet in sheets)
    for first in range(0, len(pages), _AT_ONCE):
        add_pages(ledger, pages[first : first + _AT_ONCE])


def _sheets(
    layout: Layout, unit: str, serials: Sequence[str], chance: random.Random
) -> Iterator[SheetReading]:
    layout_id = layout.layout_id  # worked out anew each time it is asked for
    options = {q.id: [bubble.option for bubble in q.bubbles] for q in layout.questions}
    for page, serial in enumerate(serials):
        yield SheetReading(
            page,
            0,
            SheetStatus.COUNTED,
            serial=serial,
            unit=unit,
            domain=layout.domain,
            layout_id=layout_id,
            answers={
                question: Answer(AnswerState.ANSWERED, (_said(some, chance),))
                for question, some in options.items()
            },
        )


def _said(options: Sequence[str], chance: random.Random) -> str:
    """What a person chooses of *options*: as weighed above, and evenly where nothing is known."""
    for likely in (LIKELY, LIKELY_EXTRA):
        if likely.keys() == set(options):
            return chance.choices(list(likely), list(likely.values()))[0]
    return chance.choice(options)


def _plainly() -> contextlib.AbstractContextManager[Any]:
    return contextlib.nullcontext()


if __name__ == "__main__":
    sys.exit(main())
