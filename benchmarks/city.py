"""A whole city for thirteen months, every number set beside a second computation.

119 units, four domains, 300,000 responses in both channels. The second computation is that
of the tests, plain counters over the list of people::

    python benchmarks/city.py --out benchmarks/results/city-DATE.json
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the city and its checks

from city_checks import wrong_figures, wrong_groups, wrong_options, wrong_questions
from made_city import DOMAINS, City, no_stock, people_at, plain_settings

from omr.survey_file import shipped_survey
from reports.counts import Ratings, count
from reports.month import MonthInputs, month_results
from reports.results import MonthResults

Result = TypeVar("Result")


def main(argv: Sequence[str] | None = None) -> int:
    """Count every month, check every number, record both; 1 if any number is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(argv)
    city = City(options.seed, units=115, months=13, people=options.people, served=DOMAINS)
    responses = {str(period): city.responses(period) for period in city.periods}
    survey = shipped_survey()
    ratings = Ratings.of([survey])
    seconds: dict[str, float] = {}  # of the processor: the clock adds what other programs do
    counts = _timed(
        seconds, "counting", lambda: {p: count(some, ratings) for p, some in responses.items()}
    )
    inputs = MonthInputs(
        period=city.newest,
        counts=counts[str(city.newest)],
        surveys=[survey],
        units=city.catalogue,
        settings=plain_settings(),
        stock=no_stock(city.newest),
        visits=city.visits,
        history={p: some for p, some in counts.items() if p != str(city.newest)},
    )
    results = _timed(seconds, "results", lambda: month_results(inputs))
    outside = _timed(seconds, "results_for_outside", lambda: month_results(inputs, outside=True))
    wrong = _wrong(city, results)
    for period in city.periods[:-1]:
        month = replace(
            inputs,
            period=period,
            counts=counts[str(period)],
            stock=no_stock(period),
            visits=(),
            history={p: some for p, some in counts.items() if p < str(period)},
        )
        wrong += _wrong(city, month_results(month))
    record = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "seed": options.seed,
        "people": options.people,
        "units": len(results.by_unit),
        "places": len(results.by_unit_domain),
        "months_checked": len(city.periods),
        "processor_seconds": seconds,
        "places_withheld_outside": sum(g.figures.hidden for g in outside.by_unit_domain),
        "places_without_share_outside": sum(
            g.figures.share is None and bool(whole.figures.overall.n)
            for g, whole in zip(outside.by_unit_domain, results.by_unit_domain, strict=True)
        ),
        "wrong_numbers": len(wrong),
    }
    print(json.dumps(record, indent=1))
    print("\n".join(wrong[:20]))
    if options.out:
        options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 1 if wrong else 0


def _wrong(city: City, results: MonthResults) -> list[str]:
    """Every number of a month that the second computation has otherwise."""
    found = [
        *wrong_groups(city, results),
        *wrong_questions(city, results),
        *wrong_options(city, results),
    ]
    for trend in (results.trend, *results.domain_trends):
        domain = trend.key[0] if trend.key else None
        for point in trend.points:
            if point.figures is not None:
                people = people_at(city.of(point.period), domain=domain)
                found += wrong_figures(point.figures, people)
    return found


def _timed(seconds: dict[str, float], name: str, work: Callable[[], Result]) -> Result:
    begun = time.process_time()
    result = work()
    seconds[name] = round(time.process_time() - begun, 2)
    return result


if __name__ == "__main__":
    sys.exit(main())
