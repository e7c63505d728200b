"""Writes the result files: all of them or none, and the same bytes from the same month."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from omr.disk import disk_remedy
from omr.errors import UsageError
from omr.i18n import _
from omr.new_file import keep_folder_entry
from omr.part_file import write_files
from omr.stock_statement import UNIT_COLUMNS
from reports.closing import SEVERAL, CountedMonth
from reports.csv_text import csv_text
from reports.laid_out import writers
from reports.manifest import MANIFEST, manifest_text
from reports.privacy import ClearedComment
from reports.reconcile import Reconciliation
from reports.responses import Response
from reports.results import AlertRow

if TYPE_CHECKING:
    import pandas as pd

RESPONSES, TALLY, RECONCILIATION = "responses.csv", "tally.csv", "reconciliation.csv"
ALERTS, COMMENTS = "alerts.csv", "comments.csv"
# What stays in the office: single answers, and counts of any size.
INSIDE = (RESPONSES, TALLY, RECONCILIATION, ALERTS, COMMENTS)
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
    "row",
    "question_text",
    "option_label",
    "state",
    "note",
)
_COMMENT_HEAD = ("unit", "domain", "tags", "comment")


def result_files(month: CountedMonth, *, outside: bool = False) -> dict[str, bytes]:
    """Every file of an export by name, the manifest last.

    Args:
        month: As it was counted.
        outside: Only what may leave the office: no single answers, no small counts.

    Raises:
        ValueError: If what may leave the office was not worked out.
    """
    results = month.outside if outside else month.results
    if results is None:
        raise ValueError("counted without what may leave the office")
    files: dict[str, bytes] = {}
    if not outside:
        texts = {**month.texts, ALERTS: alerts_csv(results.alerts, month.period)}
        files = {name: texts[name].encode() for name in INSIDE if name in texts}
    with tempfile.TemporaryDirectory(prefix="omr-") as folder:
        for name, write in writers().items():
            path = Path(folder) / name
            write(results, path)
            files[name] = path.read_bytes()
    files[MANIFEST] = manifest_text(month, results, files).encode()
    return files


def responses_csv(responses: Iterable[Response], questions: Sequence[str]) -> str:
    """``responses.csv``: one row per response, one column per question."""
    return csv_text(
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
    """``tally.csv``, from :func:`reports.tally.tally_of`."""
    return csv_text(tuple(counts.columns), counts.itertuples(index=False))


def reconciliation_csv(stock: Reconciliation) -> str:
    """``reconciliation.csv``: one row per unit and domain."""
    return csv_text(
        (*UNIT_COLUMNS, "duplicates", "anomalies"),
        (
            [*(getattr(row.stock, name) for name in UNIT_COLUMNS), row.duplicates, row.anomalies]
            for row in stock.rows
        ),
    )


def alerts_csv(found: Iterable[AlertRow], period: str) -> str:
    """``alerts.csv``: what to look into, and on which sheet of which scan it stands.

    ``page`` and ``sheet`` count from 0, as in the results of reading; both are empty for
    electronic answers, which have ``row`` instead: in the imported file, as spreadsheets
    count. All of them are empty, with ``file``, once a month's links are destroyed.
    """
    return csv_text(
        _ALERT_HEAD,
        (
            (
                row.unit,
                row.domain,
                period,
                row.channel.value,
                row.record_id,
                row.question,
                row.option,
                row.file,
                row.page,
                row.sheet,
                row.row,
                row.text,
                row.label,
                "handled" if row.handled else "new",
                row.note,
            )
            for row in found
        ),
    )


def comments_csv(found: Iterable[ClearedComment]) -> str:
    """``comments.csv``: what people wrote, as typed and cleared; no row leads to a form."""
    return csv_text(
        _COMMENT_HEAD,
        ((each.unit, each.domain, SEVERAL.join(each.tags), each.text) for each in found),
    )


def refuse_mixture(folder: Path) -> None:
    """Refuse to write what may leave the office beside what must not.

    Raises:
        UsageError: If *folder* holds files of an export for inside.
    """
    there = [name for name in INSIDE if (folder / name).exists()]
    if there:
        raise UsageError(
            _("{folder} holds files that must not leave the office: {names}").format(
                folder=folder, names=", ".join(there)
            ),
            _("Choose an empty folder for what leaves it."),
        )


def write_together(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write every file of *contents* (name to bytes), replacing older ones.

    All are complete beside their places before the first is put in its place. An older manifest
    goes before that, and the new one comes last: so a folder with a manifest holds just what
    that says, also after a power cut between two files.

    Raises:
        UsageError: If the folder cannot be written to; unless it fails between two files, the
            older ones are still there.
    """
    places = {folder / name: content for name, content in contents.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_files(places, before_names=lambda: _without_manifest(folder))
        keep_folder_entry(folder)
    except OSError as error:
        raise UsageError(
            _("cannot write to {folder}: {reason}").format(
                folder=folder, reason=error.strerror or error
            ),
            disk_remedy(
                error,
                _("Choose a folder you may write to, and close the files in other programs."),
            ),
        ) from error
    return list(places)


def _without_manifest(folder: Path) -> None:
    """Take away what says that the folder holds a whole export, before it is half of one."""
    (folder / MANIFEST).unlink(missing_ok=True)
    keep_folder_entry(folder)
