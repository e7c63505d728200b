"""A unit's month as lines of JSON, and back: strict, since the lines come from outside (pure).

One line for each thing, its kind first. What is missing, of the wrong kind or too much is a
:class:`LineFault`; nothing is guessed and nothing passed over.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from omr.geometry import PageRect
from omr.ledger.packed import (
    Packed,
    PackedAlertNote,
    PackedBatch,
    PackedChoice,
    PackedDecision,
    PackedNote,
    PackedSecond,
    PackedSheet,
    PackedSource,
)
from omr.ledger.sheets import Axis, Part, SheetReading, Streak
from omr.ledger.standing import Keeps, Remeasured, Verdict
from omr.marks import Answer, Answers, AnswerState, Reason, SheetStatus

LONGEST_LINE = 1_000_000  # bytes; a sheet of 26 questions takes 3,000
_LONGEST_TEXT = 100_000  # characters, such as a comment
_LONGEST_NAME = 1_000
_LONGEST_INK = 20_000  # bytes; 150 bubbles take 1,000
_NUMBERS = range(2**31)  # what every database holds
Value = TypeVar("Value")


class LineFault(ValueError):
    """A line that is not what it should be; it says which, and quotes nothing."""


def to_lines(packed: Packed) -> Iterator[bytes]:
    """Every line of *packed*, without line ends."""
    for kind, encode, values in _parts(packed):
        for value in values:
            yield json.dumps(
                [kind, *encode(value)], ensure_ascii=False, separators=(",", ":")
            ).encode()


def from_lines(lines: Iterable[bytes]) -> Packed:
    """What :func:`to_lines` wrote.

    Raises:
        LineFault: If a line is not what it should be.
    """
    found: dict[str, list[Any]] = {kind: [] for kind in _DECODERS}
    for number, line in enumerate(lines, 1):
        try:
            kind, *rest = _list(_loaded(line))
            found[_text(kind)].append(_DECODERS[kind](rest))
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            fault = number
        else:
            continue
        raise LineFault(fault)  # outside the handler: the cause would quote the line
    return Packed(
        batches=tuple(found["batch"]),
        sources=tuple(found["file"]),
        sheets=tuple(found["sheet"]),
        decisions=tuple(found["decision"]),
        choices=tuple(found["choice"]),
        notes=tuple(found["note"]),
        alert_notes=tuple(found["alert"]),
    )


def _parts(packed: Packed) -> Iterator[tuple[str, Callable[[Any], list[Any]], tuple[Any, ...]]]:
    yield "batch", _batch, packed.batches
    yield "file", _source, packed.sources
    yield "sheet", _sheet, packed.sheets
    yield "decision", _decision, packed.decisions
    yield "choice", _choice, packed.choices
    yield "note", _note, packed.notes
    yield "alert", _alert, packed.alert_notes


def _batch(one: PackedBatch) -> list[Any]:
    return [one.number, one.period, one.software, one.thresholds_json, one.started_at]


def _source(one: PackedSource) -> list[Any]:
    return [one.sha256, one.name, one.size_bytes, one.pages, one.batch]


def _sheet(one: PackedSheet) -> list[Any]:
    seen = one.seen
    return [
        one.record_id,
        one.source,
        [seen.page, seen.sheet, seen.status.value, [reason.value for reason in seen.reasons]],
        [seen.serial, seen.unit, seen.domain, seen.layout_id],
        _answers(seen.answers),
        None if seen.registration is None else list(seen.registration),
        _ink(seen.measurements),
        [[line.axis.value, line.at_px, line.width_px] for line in seen.streaks],
        one.picture,
        [
            [part.part, part.sha256, at.x_mm, at.y_mm, at.w_mm, at.h_mm]
            for part in one.parts
            for at in (part.region,)
        ],
    ]


def _answers(answers: Answers) -> list[Any]:
    return [
        [name, said.state.value, list(said.options), [reason.value for reason in said.reasons]]
        for name, said in answers.items()
    ]


def _decision(one: PackedDecision) -> list[Any]:
    named, second = one.named, one.second
    return [
        one.number,
        one.record_id,
        [one.question, one.verdict.value, list(one.options), one.by, one.at, one.milliseconds],
        None
        if named is None
        else [
            named.serial,
            named.unit,
            named.domain,
            named.layout_id,
            [reason.value for reason in named.reasons],
            _answers(named.answers),
            _ink(named.measurements),
        ],
        None
        if second is None
        else [
            second.verdict.value,
            list(second.options),
            second.by,
            second.at,
            second.milliseconds,
        ],
    ]


def _choice(one: PackedChoice) -> list[Any]:
    said = [one.keeps.value, one.why, one.by, one.at, one.milliseconds]
    return [one.number, one.first, one.second, said]


def _note(one: PackedNote) -> list[Any]:
    said = [one.text, one.tags, one.personal, one.by, one.at, one.milliseconds]
    return [one.number, one.record_id, said]


def _alert(one: PackedAlertNote) -> list[Any]:
    return [
        one.number,
        one.record_id,
        one.question,
        [one.handled, one.note, one.by, one.at],
    ]


def _ink(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode("ascii")


def _loaded(line: bytes) -> Any:
    if len(line) > LONGEST_LINE:
        raise ValueError
    return json.loads(line.decode("utf-8"), parse_constant=_refused)


def _refused(_word: str) -> Any:
    raise ValueError  # NaN and Infinity are no JSON


def _list(value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or "\x00" in value:
        raise TypeError
    value.encode()  # a lone surrogate could not be kept
    return value


def _word(value: Any) -> str:
    """A text that the ledger joins with others by bars."""
    if "|" in _text(value) or not value:
        raise ValueError
    return str(value)


def _maybe(value: Any) -> str | None:
    return None if value is None else _text(value)


def _number(value: Any) -> int:
    if type(value) is not int or value not in _NUMBERS:
        raise TypeError
    return value


def _real(value: Any) -> float:
    if type(value) not in (int, float) or not -1e9 < value < 1e9:
        raise TypeError
    return float(value)


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError
    return value


def _time(value: Any) -> str:
    if datetime.fromisoformat(_text(value)).tzinfo is None:
        raise ValueError
    return str(value)


def _name(value: Any) -> str:
    """A person's or a file's name: it is shown on a terminal, so it commands nothing."""
    if len(_text(value)) > _LONGEST_NAME or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError
    return str(value)


def _raw(value: Any) -> bytes | None:
    if value is None:
        return None
    raw = base64.b64decode(_text(value), validate=True)
    if len(raw) > _LONGEST_INK:
        raise ValueError
    return raw


def _read_answers(value: Any) -> dict[str, Answer]:
    found = {}
    for each in _list(value):
        name, state, options, reasons = _list(each, 4)
        found[_word(name)] = Answer(AnswerState(state), _options(options), _reasons(reasons))
    if len(found) != len(value):
        raise ValueError
    return found


def _options(value: Any) -> tuple[str, ...]:
    return tuple(map(_word, _list(value)))


def _reasons(value: Any) -> tuple[Reason, ...]:
    return tuple(map(Reason, _list(value)))


def _read_batch(values: list[Any]) -> PackedBatch:
    number, period, software, thresholds, started = _list(values, 5)
    known = json.loads(_text(thresholds))
    if not isinstance(known, dict) or not all(type(v) in (int, float) for v in known.values()):
        raise TypeError
    return PackedBatch(_number(number), _text(period), _text(software), thresholds, _time(started))


def _read_source(values: list[Any]) -> PackedSource:
    sha256, name, size, pages, batch = _list(values, 5)
    return PackedSource(_text(sha256), _name(name), _number(size), _number(pages), _number(batch))


def _read_sheet(values: list[Any]) -> PackedSheet:
    record, source, end, identity, answers, where, ink, streaks, picture, parts = _list(values, 10)
    page, sheet, status, reasons = _list(end, 4)
    serial, unit, domain, layout = map(_maybe, _list(identity, 4))
    return PackedSheet(
        record_id=_text(record),
        source=_text(source),
        seen=SheetReading(
            page=_number(page),
            sheet=_number(sheet),
            status=SheetStatus(status),
            reasons=_reasons(reasons),
            serial=serial,
            unit=unit,
            domain=domain,
            layout_id=layout,
            answers=_read_answers(answers),
            registration=None if where is None else tuple(map(_real, _list(where, 9))),
            measurements=_raw(ink),
            streaks=tuple(_read_streak(each) for each in _list(streaks)),
        ),
        picture=_maybe(picture),
        parts=tuple(_read_part(each) for each in _list(parts)),
    )


def _read_streak(value: Any) -> Streak:
    axis, at, width = _list(value, 3)
    return Streak(Axis(axis), _number(at), _number(width))


def _read_part(value: Any) -> Part:
    part, sha256, *sides = _list(value, 6)
    return Part(_text(part), PageRect(*map(_real, sides)), _text(sha256))


def _read_decision(values: list[Any]) -> PackedDecision:
    number, record, said, named, second = _list(values, 5)
    question, verdict, options, by, at, milliseconds = _list(said, 6)
    return PackedDecision(
        number=_number(number),
        record_id=_text(record),
        question=_text(question),
        verdict=Verdict(verdict),
        options=_options(options),
        by=_name(by),
        at=_time(at),
        milliseconds=_number(milliseconds),
        named=None if named is None else _read_named(named),
        second=None if second is None else _read_second(second),
    )


def _read_named(value: Any) -> Remeasured:
    serial, unit, domain, layout, reasons, answers, ink = _list(value, 7)
    measured = _raw(ink)
    if measured is None:
        raise TypeError
    return Remeasured(
        _text(serial),
        _text(unit),
        _text(domain),
        _text(layout),
        _reasons(reasons),
        _read_answers(answers),
        measured,
    )


def _read_second(value: Any) -> PackedSecond:
    verdict, options, by, at, milliseconds = _list(value, 5)
    return PackedSecond(
        Verdict(verdict), _options(options), _name(by), _time(at), _number(milliseconds)
    )


def _read_choice(values: list[Any]) -> PackedChoice:
    number, first, second, said = _list(values, 4)
    keeps, why, by, at, milliseconds = _list(said, 5)
    return PackedChoice(
        number=_number(number),
        first=_text(first),
        second=_text(second),
        keeps=Keeps(keeps),
        why=_text(why),
        by=_name(by),
        at=_time(at),
        milliseconds=_number(milliseconds),
    )


def _read_note(values: list[Any]) -> PackedNote:
    number, record, said = _list(values, 3)
    text, tags, personal, by, at, milliseconds = _list(said, 6)
    words = (_text(text), _text(tags), _flag(personal), _name(by), _time(at))
    return PackedNote(_number(number), _text(record), *words, _number(milliseconds))


def _read_alert(values: list[Any]) -> PackedAlertNote:
    number, record, question, said = _list(values, 4)
    handled, note, by, at = _list(said, 4)
    words = (_flag(handled), _text(note), _name(by), _time(at))
    return PackedAlertNote(_number(number), _text(record), _text(question), *words)


_DECODERS: dict[str, Callable[[list[Any]], Any]] = {
    "batch": _read_batch,
    "file": _read_source,
    "sheet": _read_sheet,
    "decision": _read_decision,
    "choice": _read_choice,
    "note": _read_note,
    "alert": _read_alert,
}
