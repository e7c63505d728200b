"""What the overview's pages show, in words and numbers (pure over the ledger's rows)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from omr.layout import Layout
from omr.ledger.history import Act, Entry
from omr.ledger.reviewed import Standing
from omr.ledger.sheets import SheetRow
from omr.ledger.standing import IDENTITY, PAPER, WHOLE
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from omr.survey import Survey
from scans.review.queue import Item, Kind
from scans.review.view import words_of
from scans.review.words_overview import OverviewWords


@dataclass(frozen=True, slots=True)
class Waiting:
    """Things of one kind that wait for one reason."""

    kind: str  # in words
    reason: str  # in words; empty where nothing may be told beforehand
    count: int
    first: Item  # in the queue's order


@dataclass(frozen=True, slots=True)
class Share:
    """One status's part of a bar."""

    status: SheetStatus
    count: int
    start: float  # percent of the bar
    width: float  # percent


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question of a sheet: what the machine saw, and what a person said."""

    title: str
    machine: str
    reasons: tuple[str, ...]
    person: str  # empty: the machine's reading stands
    waits: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that a person said about a sheet."""

    at: str  # ISO 8601, UTC
    by: str
    about: str
    said: str
    why: str
    seconds: float | None  # None: no clock was running
    other: str | None  # record id of the other paper


def waiting(items: Iterable[Item], standing: Standing, words: OverviewWords) -> list[Waiting]:
    """What waits by kind and reason, in the queue's order.

    Args:
        items: The queue.
        standing: How the reviewed sheets stand.
        words: In the office's language.
    """
    reasons = {
        (one.record_id, wait.about): wait.reason for one in standing.values() for wait in one.waits
    }
    counts: dict[tuple[Kind, Reason | None], int] = {}
    first: dict[tuple[Kind, Reason | None], Item] = {}
    for item in items:
        reason = None if item.kind is Kind.SECOND else reasons.get(item.place)
        key = (item.kind, reason)
        counts[key] = counts.get(key, 0) + 1
        first.setdefault(key, item)
    return [
        Waiting(
            words(f"overview_kind_{kind.name.lower()}"),
            _why(kind, reason, words),
            count,
            first[kind, reason],
        )
        for (kind, reason), count in counts.items()
    ]


def _why(kind: Kind, reason: Reason | None, words: OverviewWords) -> str:
    if reason is not None:
        return words.reason(reason.value)
    return "" if kind is Kind.SECOND else words("overview_no_reason")


def shares(sheets: Mapping[SheetStatus, int]) -> list[Share]:
    """The bar of a batch's sheets by status; statuses that none has are left out."""
    total, start, found = max(1, sum(sheets.values())), 0.0, []
    for status in SheetStatus:
        count = sheets.get(status, 0)
        if count > 0:
            width = 100 * count / total
            found.append(Share(status, count, start, width))
            start += width
    return found


def answer_lines(
    row: SheetRow, layout: Layout | None, surveys: Mapping[str, Survey], words: OverviewWords
) -> list[AnswerLine]:
    """Every question that was read on a sheet, in printed order."""
    if layout is None:
        return []
    lines = []
    for question in layout.questions:
        machine, now = row.seen_answers.get(question.id), row.reading.answers.get(question.id)
        if machine is None:
            continue
        title, labels = words_of(question, layout, surveys)
        waits = question.id in row.open
        lines.append(
            AnswerLine(
                title=title,
                machine=_answer(machine, labels, words),
                reasons=tuple(words.reason(reason.value) for reason in machine.reasons),
                person=_by_person(row, question.id, machine, now, labels, words),
                waits=waits,
            )
        )
    return lines


def _by_person(
    row: SheetRow,
    question: str,
    machine: Answer,
    now: Answer | None,
    labels: Mapping[str, str],
    words: OverviewWords,
) -> str:
    if now is None or question in row.open or question not in row.asked:
        return ""
    if (now.state, now.options) == (machine.state, machine.options):
        return words("sheet_unchanged")
    return _answer(now, labels, words)


def _answer(answer: Answer, labels: Mapping[str, str], words: OverviewWords) -> str:
    options = ", ".join(labels.get(option, option) for option in answer.options)
    match answer.state:
        case AnswerState.ANSWERED:
            return options
        case AnswerState.BLANK:
            return words("sheet_answer_blank")
        case AnswerState.INVALID:
            return words("sheet_answer_invalid")
        case AnswerState.DOUBTFUL:
            return words("sheet_answer_doubtful", options=options or words("sheet_answer_blank"))


def history_lines(
    entries: Sequence[Entry],
    layout: Layout | None,
    surveys: Mapping[str, Survey],
    words: OverviewWords,
) -> list[HistoryLine]:
    """Everything that was said about a sheet, in words."""
    names = {}
    if layout is not None:
        names = {q.id: words_of(q, layout, surveys) for q in layout.questions}
    lines = []
    for entry in entries:
        title, labels = names.get(entry.about, (entry.about, {}))
        about = {
            IDENTITY: words("sheet_about_identity"),
            WHOLE: words("sheet_about_whole"),
            PAPER: words("sheet_about_paper"),
        }.get(entry.about, title)
        if entry.act is Act.CHOICE:
            about = words("sheet_about_paper")
        elif entry.act is Act.COMMENT:
            about = words("sheet_about_comment")
        lines.append(
            HistoryLine(
                at=entry.at,
                by=entry.by,
                about=about,
                said=_said(entry, labels, words),
                why=entry.why,
                seconds=entry.milliseconds / 1000 if entry.milliseconds else None,
                other=entry.other,
            )
        )
    return lines


def _said(entry: Entry, labels: Mapping[str, str], words: OverviewWords) -> str:
    if entry.act is Act.COMMENT:
        tags = [words(f"tag_{tag}") if words.knows(f"tag_{tag}") else tag for tag in entry.options]
        personal = [words("said_personal")] if entry.said else []
        return "; ".join([*personal, *tags]) or words("said_comment")
    key = f"said_{entry.said}"
    if entry.about == WHOLE and entry.said == "invalid":
        key = "said_invalid_whole"
    options = ", ".join(labels.get(option, option) for option in entry.options)
    said = words(key, options=options)
    return f"{said} ({words('sheet_second')})" if entry.act is Act.SECOND else said


def day_and_time(text: str, zone: tzinfo | None) -> str:
    """``02/11/2026 15:04`` for a time of the ledger; as it is if it is none."""
    try:
        return datetime.fromisoformat(text).astimezone(zone).strftime("%d/%m/%Y %H:%M")
    except ValueError:
        return text


def month(text: str) -> str:
    """``10/2026`` for the period ``2026-10``, as people here write it."""
    year, _dash, number = text.partition("-")
    return f"{number}/{year}" if number else text


def number(count: int, words: OverviewWords) -> str:
    """``12.345`` or ``12,345``, as the language writes it."""
    return f"{count:,}".replace(",", words("overview_thousands"))


def decimal(value: float, words: OverviewWords, places: int = 1) -> str:
    """``2,8`` or ``2.8``, as the language writes it."""
    return f"{value:.{places}f}".replace(".", words("overview_point"))
