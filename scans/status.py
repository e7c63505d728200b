"""omr scans status: what the review page's overview shows, as text or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from omr.i18n import _
from omr.ledger import Ledger, overview, readings, seconds, sheet_lists
from omr.ledger.captures import Batch, newest_batch
from omr.ledger.comment_list import State, comment_lines
from omr.ledger.deciders import Pace, pace
from omr.ledger.overview import BatchSummary
from omr.ledger.reviewed import Standings
from omr.ledger.seconds import Agreement
from omr.ledger.sheet_lists import BY_PERSON, Aside
from omr.ledger.standing import IDENTITY, PAPER, WHOLE
from omr.marks import Reason, SheetStatus
from omr.workspace import open_workspace
from scans.health import health_lines
from scans.words import reason_in_words, status_in_words

_BATCHES = 5  # that are listed, the newest
_MEGABYTE = 1e6

Waits = Counter[tuple[str, Reason | None]]  # by kind (about, "?" for a question) and reason
_QUESTION = "?"
_KIND_ORDER = (IDENTITY, PAPER, WHOLE, _QUESTION)
_KIND_NAMES = {IDENTITY: "identity", PAPER: "paper", WHOLE: "whole", _QUESTION: "answer"}


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that is told."""

    sheets: Mapping[SheetStatus, int]
    waits: Waits
    aside: Sequence[Aside]
    batches: Sequence[BatchSummary]  # the newest
    older: int  # batches that are not among them
    last: Batch | None
    health: Sequence[str]  # of the last batch
    agreement: Agreement
    pace: Pace
    comments: Mapping[State, int]
    pictures: int  # files
    pictures_bytes: int
    zone: tzinfo


def print_status(root: Path, *, as_json: bool = False) -> None:
    """Say how many sheets ended how, what waits for a person, and what was set aside.

    Args:
        root: The workspace.
        as_json: One JSON object instead of sentences, for other programs.
    """
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        status = _status(ledger, workspace.evidence_folder, workspace.settings.zone)
    if as_json:
        print(json.dumps(_as_json(status), ensure_ascii=False))
        return
    for line in status_lines(status):
        print(line)


def _status(ledger: Ledger, evidence: Path, zone: tzinfo) -> Status:
    standing = Standings(ledger).now()
    waits: Waits = Counter(
        (wait.about if wait.about in _KIND_ORDER else _QUESTION, wait.reason)
        for one in standing.values()
        for wait in one.waits
    )
    last = newest_batch(ledger)
    batches = overview.batches(ledger, standing, count=_BATCHES)
    sizes = [path.stat().st_size for path in evidence.glob("??/*.jpg")]
    return Status(
        sheets=readings.count_by_status(ledger),
        waits=waits,
        aside=sheet_lists.set_aside(ledger, standing),
        batches=batches,
        older=overview.count_batches(ledger) - len(batches),
        last=last,
        health=health_lines(ledger, [last.batch_id]) if last is not None else [],
        agreement=seconds.agreement(ledger),
        pace=pace(ledger)["all"],
        comments=Counter(line.state for line in comment_lines(ledger, standing)),
        pictures=len(sizes),
        pictures_bytes=sum(sizes),
        zone=zone,
    )


def status_lines(status: Status) -> Iterator[str]:
    """The status in words, one line each."""
    for sheet_status, count in status.sheets.items():
        yield f"{status_in_words(sheet_status)}: {count}"
    yield _("sheets seen: {count}").format(count=sum(status.sheets.values()))
    if status.waits:
        yield _("what waits for a person:")
        for (kind, reason), count in _in_order(status.waits):
            why = reason_in_words(reason) if reason else _("the sheet was doubted as a whole")
            yield f"  {_kind_in_words(kind)}, {why}: {count}"
    if status.aside:
        yield _("what was set aside:")
        for aside in status.aside:
            cause = _("a person decided so")
            if aside.cause != BY_PERSON:
                cause = reason_in_words(Reason(aside.cause))
            yield f"  {status_in_words(aside.status)}, {cause}: {aside.sheets}"
    yield from _batch_lines(status)
    yield from _work_lines(status)
    count = status.waits.total()
    if count:
        yield _("{count} decisions wait for a person. Next: omr scans review").format(count=count)
    else:
        yield _("nothing waits for a person")


def _batch_lines(status: Status) -> Iterator[str]:
    if status.batches:
        yield _("batches:")
    for batch in status.batches:
        yield "  " + _(
            "{number}: {day}, period {period}, {files} files, {sheets} sheets, {waits} wait"
        ).format(
            number=batch.batch_id,
            day=_day(batch.started_at, status.zone),
            period=batch.period,
            files=batch.files,
            sheets=batch.total,
            waits=batch.waits,
        )
        if batch.decided_by:
            people = ", ".join(f"{who} {count}" for who, count in batch.decided_by.items())
            yield "    " + _("decided: {people}").format(people=people)
        if batch.pages_read < batch.pages:
            yield "    " + _(
                "{count} pages are not read yet: run omr scans read on these files again"
            ).format(count=batch.pages - batch.pages_read)
    if status.older:
        yield "  " + _("and {count} older ones").format(count=status.older)
    if status.last is not None and status.health:
        yield _("last batch, {day}, period {period}, {files} files:").format(
            day=_day(status.last.started_at, status.zone),
            period=status.last.period,
            files=status.last.files,
        )
        for line in status.health:
            yield f"  {line}"


def _work_lines(status: Status) -> Iterator[str]:
    if status.pace.median_ms is not None:
        yield _("a decision takes {seconds:.1f} s, in the middle of {count}").format(
            seconds=status.pace.median_ms / 1000, count=status.pace.decisions
        )
    agreement = status.agreement
    if agreement.pairs:
        yield _(
            "read by two people: {pairs} answers; they agree on {agreeing} ({percent:.1f} %), "
            "kappa {kappa}, {open} disagreements open"
        ).format(
            pairs=agreement.pairs,
            agreeing=agreement.agreeing,
            percent=100 * agreement.agreeing / agreement.pairs,
            kappa="-" if agreement.kappa is None else f"{agreement.kappa:.2f}",
            open=agreement.open,
        )
    if status.comments:
        yield _("comments: {open} open, {done} done, {personal} of these personal").format(
            open=status.comments.get(State.OPEN, 0),
            done=status.comments.get(State.DONE, 0) + status.comments.get(State.PERSONAL, 0),
            personal=status.comments.get(State.PERSONAL, 0),
        )
    if status.pictures:
        yield _("kept pictures: {count}, {size:.1f} MB").format(
            count=status.pictures, size=status.pictures_bytes / _MEGABYTE
        )


def _in_order(waits: Waits) -> list[tuple[tuple[str, Reason | None], int]]:
    """By kind, the most frequent reason first."""
    return sorted(
        waits.items(),
        key=lambda item: (_KIND_ORDER.index(item[0][0]), -item[1], item[0][1] or ""),
    )


def _kind_in_words(kind: str) -> str:
    return {
        IDENTITY: _("serial not known"),
        PAPER: _("two papers with one serial"),
        WHOLE: _("whole sheet"),
        _QUESTION: _("answer"),
    }[kind]


def _day(text: str, zone: tzinfo) -> str:
    """The day of one of the ledger's times, as it was in the office."""
    return datetime.fromisoformat(text).astimezone(zone).date().isoformat()


def _as_json(status: Status) -> dict[str, object]:
    return {
        "sheets": {name.value: count for name, count in status.sheets.items()},
        "waits": [
            {"kind": _KIND_NAMES[kind], "reason": reason.value if reason else None, "count": count}
            for (kind, reason), count in _in_order(status.waits)
        ],
        "set_aside": [
            {"status": aside.status.value, "cause": aside.cause, "sheets": aside.sheets}
            for aside in status.aside
        ],
        "batches": [
            {
                "batch": batch.batch_id,
                "started_at": batch.started_at,
                "period": batch.period,
                "files": batch.files,
                "pages": batch.pages,
                "pages_read": batch.pages_read,
                "sheets": {name.value: count for name, count in batch.sheets.items()},
                "waits": batch.waits,
                "decided_by": dict(batch.decided_by),
            }
            for batch in status.batches
        ],
        "older_batches": status.older,
        "scanner": list(status.health),
        "second_readings": {
            "pairs": status.agreement.pairs,
            "agreeing": status.agreement.agreeing,
            "kappa": status.agreement.kappa,
            "open": status.agreement.open,
        },
        "median_ms": status.pace.median_ms,
        "decisions": status.pace.decisions,
        "comments": {state.value: status.comments.get(state, 0) for state in State},
        "pictures": {"files": status.pictures, "bytes": status.pictures_bytes},
    }
