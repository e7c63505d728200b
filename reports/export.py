"""Writes the result files: all of them or none, and the same bytes from the same ledger."""

from __future__ import annotations

import csv
import io
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from omr.errors import UsageError
from omr.i18n import _
from omr.stock_statement import UNIT_COLUMNS
from reports.alerts import Alert
from reports.reconcile import Reconciliation
from reports.responses import Response

# What spreadsheets take for the beginning of a formula, also in full width.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_RESPONSE_HEAD = ("response", "channel", "unit", "domain", "period")
_ALERT_HEAD = (
    "unit",
    "domain",
    "period",
    "channel",
    "response",
    "question",
    "option",
    "file",
    "page",
    "sheet",
)
SEVERAL = "|"  # between the options of one answer


def responses_csv(responses: Iterable[Response], questions: Sequence[str]) -> str:
    """``responses.csv``: one row per response, one column per question."""
    return _csv(
        (*_RESPONSE_HEAD, *questions),
        (
            (
                r.record_id,
                r.channel.value,
                r.unit,
                r.domain,
                r.period,
                *(SEVERAL.join(r.answers.get(question, ())) for question in questions),
            )
            for r in responses
        ),
    )


def tally_csv(counts: pd.DataFrame) -> str:
    """``tally.csv``, from :func:`reports.tally.tally`."""
    return _csv(tuple(counts.columns), counts.itertuples(index=False))


def reconciliation_csv(stock: Reconciliation) -> str:
    """``reconciliation.csv``: one row per unit and domain."""
    return _csv(
        (*UNIT_COLUMNS, "duplicates", "anomalies"),
        (
            [*(getattr(row.stock, name) for name in UNIT_COLUMNS), row.duplicates, row.anomalies]
            for row in stock.rows
        ),
    )


def alerts_csv(found: Iterable[Alert]) -> str:
    """``alerts.csv``: what to look into, and on which sheet of which scan it stands.

    ``page`` and ``sheet`` count from 0, as in the results of reading; both are empty for
    electronic answers.
    """
    return _csv(
        _ALERT_HEAD,
        (
            (
                alert.response.unit,
                alert.response.domain,
                alert.response.period,
                alert.response.channel.value,
                alert.response.record_id,
                alert.question,
                alert.option,
                alert.response.place.file,
                alert.response.place.page,
                alert.response.place.sheet,
            )
            for alert in found
        ),
    )


def write_together(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write every file of *texts* (name to content), replacing older ones.

    All are complete beside their places before the first is put in its place.

    Raises:
        UsageError: If the folder cannot be written to; older files are still there.
    """
    waiting: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            beside = folder / f".{name}.{secrets.token_hex(4)}.part"
            waiting[folder / name] = beside
            beside.write_text(text, encoding="utf-8", newline="")
        for path, beside in waiting.items():
            beside.replace(path)
    except OSError as error:
        raise UsageError(
            _("cannot write to {folder}: {reason}").format(
                folder=folder, reason=error.strerror or error
            ),
            _("Choose a folder you may write to, and close the files in other programs."),
        ) from error
    finally:
        for beside in waiting.values():
            beside.unlink(missing_ok=True)
    return list(waiting)


def safe_text(text: str) -> str:
    """*text* such that no spreadsheet takes it for a formula."""
    start = unicodedata.normalize("NFKC", text).lstrip(" \u00a0")
    return f"'{text}" if start.startswith(_FORMULA_STARTS) else text


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(
            [
                "" if cell is None else safe_text(cell) if isinstance(cell, str) else cell
                for cell in row
            ]
        )
    return stream.getvalue()
