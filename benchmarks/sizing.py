"""What machines and people a month of sheets needs, from what one sheet was measured to cost.

Prints the table of docs/scale.md; every input is an option::

    python benchmarks/sizing.py
    python benchmarks/sizing.py --sheets 250000 --speed benchmarks/results/NAME.json

Formulas, for *n* sheets a month:

- processor hours = n x processor ms a sheet / 3,600,000
- cores = processor hours / (hours allowed x share of a core that reading gets)
- network hours = n x kB a sheet / (MB a second x 3600 x 1000), if scans lie on another machine
- scans, ledger = n x kB a sheet; kept pictures = n x share of sheets with any x kB of them
- people's hours = n x answers a sheet x share that waits for a person x seconds an answer / 3600
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_RECORD = Path(__file__).parent / "results" / "speed-2026-11-23-seed-7-faster.json"
_A_CITY, _THE_NATION = 100_000, 8_500_000
_WORKING_HOURS = 160  # a person's, in a month


@dataclass(frozen=True, slots=True)
class Cost:
    """What one sheet costs, and what is given for it."""

    processor_ms: float
    scan_kb: float
    ledger_kb: float
    answers: int  # rows of bubbles on a sheet
    waiting: float  # share of answers that wait for a person
    seconds_an_answer: float
    pictured: float  # share of sheets of which a picture is kept
    picture_kb: float
    hours: float  # in which a month's sheets shall be read
    core_share: float  # of a core's time: the rest waits for files and goes to other work
    network_mb_s: float


def measured(record: Path, stratum: str) -> tuple[float, float]:
    """Processor ms and kB of a page, from a record of ``benchmarks/speed.py``."""
    for row in json.loads(record.read_text(encoding="utf-8"))["strata"]:
        if row["stratum"] == stratum:
            return row["read_cpu_ms"], row["kB_per_page"]
    raise SystemExit(f"{record} has no {stratum}")


def rows(cost: Cost, sheets: int) -> list[tuple[str, str]]:
    """What *sheets* a month need, in words and numbers."""
    processor_h = sheets * cost.processor_ms / 3_600_000
    people_h = sheets * cost.answers * cost.waiting * cost.seconds_an_answer / 3600
    return [
        ("processor time", f"{processor_h:.1f} h"),
        (f"cores, to read it in {cost.hours:g} h", f"{_cores(cost, sheets)}"),
        (
            f"over a network of {cost.network_mb_s:g} MB/s",
            f"{sheets * cost.scan_kb / cost.network_mb_s / 3_600_000:.1f} h",
        ),
        ("scan files", _size(sheets * cost.scan_kb)),
        ("ledger", _size(sheets * cost.ledger_kb)),
        ("pictures kept for people", _size(sheets * cost.pictured * cost.picture_kb)),
        ("people's time on the review page", f"{people_h:,.0f} h"),
        ("which is people, full time", f"{people_h / _WORKING_HOURS:.1f}"),
    ]


def _cores(cost: Cost, sheets: int) -> int:
    needed = sheets * cost.processor_ms / 3_600_000 / (cost.hours * cost.core_share)
    return max(1, math.ceil(needed))


def _size(kilobytes: float) -> str:
    gigabytes = kilobytes / 1e6
    return f"{gigabytes / 1000:.1f} TB" if gigabytes >= 1000 else f"{gigabytes:.1f} GB"


def table(cost: Cost, months: Sequence[int] = (_A_CITY, _THE_NATION)) -> list[str]:
    """Markdown: a column for each number of sheets a month."""
    columns = [rows(cost, sheets) for sheets in months]
    lines = [
        "| sheets a month | " + " | ".join(f"{sheets:,}" for sheets in months) + " |",
        "|---" * (len(months) + 1) + "|",
    ]
    return lines + [
        f"| {each[0][0]} | " + " | ".join(value for _name, value in each) + " |"
        for each in zip(*columns, strict=True)
    ]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the inputs and the table."""
    options = _options(argv)
    cost = cost_of(options)
    print("\n".join(inputs(cost)))
    print()
    months = (options.sheets,) if options.sheets else (_A_CITY, _THE_NATION)
    print("\n".join(table(cost, months)))


def inputs(cost: Cost) -> list[str]:
    """What the table was computed from."""
    return [
        f"- {cost.processor_ms:.1f} ms of processor time and {cost.scan_kb:.0f} kB a sheet;",
        f"- {cost.ledger_kb:g} kB of the ledger a sheet;",
        f"- {cost.answers} answers a sheet;",
        f"- {100 * cost.waiting:g} % of them wait for a person, {cost.seconds_an_answer:g} s each;",
        f"- pictures of {100 * cost.pictured:g} % of the sheets, {cost.picture_kb:g} kB each;",
        f"- {100 * cost.core_share:g} % of a core's time, {cost.hours:g} h for a month's sheets.",
    ]


def cost_of(options: argparse.Namespace) -> Cost:
    """The inputs that the command names."""
    processor_ms, scan_kb = measured(options.speed, options.stratum)
    return Cost(
        processor_ms=processor_ms,
        scan_kb=scan_kb,
        ledger_kb=options.ledger_kb,
        answers=options.answers,
        waiting=options.waiting,
        seconds_an_answer=options.seconds,
        pictured=options.pictured,
        picture_kb=options.picture_kb,
        hours=options.hours,
        core_share=options.core_share,
        network_mb_s=options.network,
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sheets", type=int, help="a month; without it, a city's and a nation's")
    parser.add_argument("--speed", type=Path, default=_RECORD, help="record of speed.py")
    parser.add_argument("--stratum", default="jpeg-a5-300")
    parser.add_argument("--ledger-kb", type=float, default=2.4, help="a sheet, without pictures")
    parser.add_argument("--answers", type=int, default=17, help="on a sheet")
    parser.add_argument("--waiting", type=float, default=0.024, help="share for people")
    parser.add_argument("--seconds", type=float, default=2.0, help="an answer, of a person")
    parser.add_argument("--pictured", type=float, default=0.4, help="share of sheets")
    parser.add_argument("--picture-kb", type=float, default=25.0)
    parser.add_argument("--hours", type=float, default=8.0, help="in which a month is read")
    parser.add_argument("--core-share", type=float, default=0.7)
    parser.add_argument("--network", type=float, default=110.0, help="MB/s; 1 Gbit/s gives 110")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
