"""``manifest.json``: from what an export was made, how it was counted, and what it wrote.

Nothing in it depends on the clock or on where things lie, so the same inputs give the same
bytes, and two people can compare what they hold. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from omr.ledger.inputs import Inputs
from reports.closing import CountedMonth
from reports.results import MonthResults

MANIFEST = "manifest.json"
_FORM = 1  # of the manifest itself; another number where a key changes its meaning
_DIGEST_LETTERS = 16


def software() -> str:
    """This program and its version."""
    return f"omr {version('omr-surveys')}"


def manifest_text(month: CountedMonth, results: MonthResults, files: Mapping[str, bytes]) -> str:
    """The manifest of an export.

    What may leave the office says nothing about how many rows and pages there were: from
    them a count that is left out could be worked out.

    Args:
        month: As it was counted.
        results: What the files lay out: of *month*, or what of it may leave the office.
        files: Everything else that is written, by name.
    """
    period = results.period
    body: dict[str, Any] = {
        "manifest": _FORM,
        "period": str(period),
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "version": results.version,
        "provisional": results.provisional,
        "outside": results.outside,
        "unlinked": month.is_unlinked,
        "software": software(),
        "counted_by": month.settled.software,
        "settings": {
            "start_day": month.settled.start_day,
            "time_zone": month.settled.time_zone,
            "language": results.language.value,
            "alert_ratings": month.settled.alert_ratings,
        },
        "surveys": dict(sorted(month.settled.surveys.items())),
        "units": month.settled.units,
        "counts": _counts(month, results),
        **_inputs(month.inputs, outside=results.outside),
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in sorted(files.items())
        },
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _counts(month: CountedMonth, results: MonthResults) -> dict[str, int | None]:
    city = results.city.figures
    shown = {"responses": city.responses, "paper": city.paper, "electronic": city.electronic}
    if results.outside:
        return shown
    return shown | {
        "double_submissions": month.excluded,
        "waiting_sheets": month.doubts,
        "unbalanced_forms": month.difference,
        "sheets_seen": results.quality.sheets,
        "alerts": len(results.alerts),
        "open_alerts": results.open_alerts,
    }


def _inputs(inputs: Inputs, *, outside: bool) -> dict[str, Any]:
    thresholds = {_digest(each.thresholds): dict(each.thresholds) for each in inputs.scans}
    return {
        "scans": [
            {
                "sha256": each.sha256,
                **({} if outside else {"pages": each.pages}),
                "software": each.software,
                "thresholds": _digest(each.thresholds),
            }
            for each in inputs.scans
        ],
        "thresholds": dict(sorted(thresholds.items())),
        "imports": [
            {
                "sha256": each.sha256,
                "source": each.source,
                **({} if outside else {"rows": each.rows}),
            }
            for each in inputs.imports
        ],
        "layouts": [
            {
                "layout": each.layout_id,
                "survey": each.survey,
                "revision": each.revision,
                "domain": each.domain,
            }
            for each in inputs.layouts
        ],
    }


def _digest(thresholds: Mapping[str, float]) -> str:
    """A short name for a set of thresholds, by which many scans share one entry."""
    text = json.dumps(dict(thresholds), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]
