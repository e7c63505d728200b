"""What was read, one JSON line for each sheet (contracts, "Scans")."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from omr.layout import Layout
from omr.ledger import Ledger, issued, readings
from omr.ledger.readings import SheetRow


def result_lines(ledger: Ledger, *, file: str | None = None) -> Iterator[str]:
    """A line for every sheet seen, in file and page order.

    Args:
        ledger: The open ledger.
        file: Only files of that name.
    """
    layouts = issued.layouts(ledger)
    for row in readings.sheet_rows(ledger, file=file):
        yield json.dumps(_line(row, layouts), ensure_ascii=False)


def _line(row: SheetRow, layouts: Mapping[str, Layout]) -> dict[str, object]:
    seen = row.reading
    layout = layouts.get(seen.layout_id or "")
    order = [question.id for question in layout.questions] if layout else list(seen.answers)
    return {
        "file": row.file,
        "page": seen.page,
        "sheet": seen.sheet,
        "serial": seen.serial,
        "unit": seen.unit,
        "domain": seen.domain,
        "layout": seen.layout_id,
        "status": seen.status.value,
        "reasons": [reason.value for reason in seen.reasons],
        "answers": {
            question: {
                "state": seen.answers[question].state.value,
                "options": list(seen.answers[question].options),
            }
            for question in order
            if question in seen.answers
        },
    }
