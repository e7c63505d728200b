"""Makes realistic Google Forms exports whose true answers are known, for demo and tests."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from omr.layout import QuestionKind
from omr.periods import Period
from omr.survey import Option, Role, Survey, SurveyQuestion, text_for
from omr.units import Unit

Form = Literal["download", "sheet"]

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_JOINED_BY: Mapping[Form, str] = {"download": ";", "sheet": ", "}  # as Google writes
_GRID = "Ông/Bà đánh giá các nội dung sau như thế nào?"
_BLANK = 0.06  # share of questions left out; of the right order for optional questions
# Most people are satisfied (police figures of 2020 and 2021: 96 to 98 %); best first.
_RATING_WEIGHTS = (58, 34, 5, 2, 1)
_ALARMING = 0.04  # share of answers chosen among all options where some raise an alert
_COMMENTS = ("", "", "", "", "Cán bộ nhiệt tình, cảm ơn", "Cần thêm ghế ngồi chờ", "=Không có gì")
_OPEN_FROM, _OPEN_HOURS = time(7, 30), 10


@dataclass(frozen=True, slots=True)
class TrueResponse:
    """What one row of the sample really says."""

    unit: str
    domain: str
    period: str
    answers: Mapping[str, tuple[str, ...]]  # every question; () where left out


def write_sample_export(
    path: Path,
    survey: Survey,
    units: Sequence[tuple[Unit, Sequence[str]]],
    period: Period,
    *,
    rows: int,
    seed: int,
    form: Form = "download",
) -> list[TrueResponse]:
    """Write the export of a Vietnamese Google form and return what it truly says.

    Rows are more than a minute apart, so none is a double submission.

    Args:
        path: The CSV file to write.
        survey: Asked in full; rated questions as a grid, others one by one.
        units: Each with the ids of the domains that it answers for.
        period: The reporting month in which all answers lie.
        rows: How many.
        seed: The same seed makes the same file.
        form: ``download`` as "Download responses" writes it, ``sheet`` as the linked
            sheet saved as CSV.
    """
    chance = random.Random(seed)
    moments = _moments(chance, period, rows)
    asked = _columns(survey)
    names = [domain.name for domain in survey.domains]
    truth = []
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(
            ["Dấu thời gian", "Địa chỉ email", "Đơn vị giải quyết thủ tục", "Lĩnh vực"]
            + [header for header, _question, _seen_by in asked]
            + [survey.comment.text]
        )
        for number, moment in enumerate(moments):
            unit, domain_ids = chance.choice(units)
            domain = survey.domain(chance.choice(domain_ids))
            answers = {question.id: _answer(chance, question) for question in survey.questions}
            truth.append(TrueResponse(unit.code, domain.id, str(period), answers))
            writer.writerow(
                [
                    _written(moment, form),
                    f"nguoidan{number}@example.com",
                    chance.choice((unit.code, unit.name)),
                    # L05 bears the name of PCCC, under which it is counted too.
                    domain.name if names.count(domain.name) == 1 else domain.id,
                ]
                + [
                    _JOINED_BY[form].join(_labels(question, answers[question.id]))
                    if domain.id in seen_by
                    else ""
                    for _header, question, seen_by in asked
                ]
                + [chance.choice(_COMMENTS)]
            )
    return truth


def _columns(survey: Survey) -> list[tuple[str, SurveyQuestion, frozenset[str]]]:
    """Header, question, and the ids of the domains whose people see this column."""
    columns = []
    for question in survey.questions:
        seen_by: dict[str, set[str]] = {}
        for domain in survey.domains:
            seen_by.setdefault(text_for(question, domain), set()).add(domain.id)
        for text, domain_ids in seen_by.items():
            header = f"{_GRID} [{text}]" if question.role is Role.RATED else text
            columns.append((header, question, frozenset(domain_ids)))
    return columns


def _moments(chance: random.Random, period: Period, rows: int) -> list[datetime]:
    """Times of answer within opening hours, in order, more than a minute apart."""
    days = (period.last_day - period.first_day).days + 1
    minutes = days * _OPEN_HOURS * 30
    if rows > minutes:
        raise ValueError(f"{rows} rows do not fit into {period}")
    moments = []
    for place in sorted(chance.sample(range(minutes), rows)):
        day, step = divmod(place, _OPEN_HOURS * 30)
        start = datetime.combine(period.first_day + timedelta(days=day), _OPEN_FROM, _ZONE)
        moments.append(start + timedelta(minutes=2 * step, seconds=chance.randrange(60)))
    return moments


def _written(moment: datetime, form: Form) -> str:
    if form == "sheet":
        return f"{moment.day:02d}/{moment.month:02d}/{moment.year} {moment.hour}:{moment:%M:%S}"
    half = "SA" if moment.hour < 12 else "CH"
    return f"{moment:%Y/%m/%d} {moment.hour % 12 or 12}:{moment:%M:%S} {half} GMT+7"


def _answer(chance: random.Random, question: SurveyQuestion) -> tuple[str, ...]:
    if question.kind is QuestionKind.MULTI:
        chosen = [option.id for option in question.options if chance.random() < _BLANK]
        return tuple(chosen)
    if chance.random() < _BLANK:
        return ()
    options = question.options
    if question.role in {Role.RATED, Role.OVERALL}:
        best_first = sorted(options, key=lambda option: option.value or 0, reverse=True)
        weights = (*_RATING_WEIGHTS, *[1] * len(options))[: len(options)]
        return (chance.choices(best_first, weights)[0].id,)
    if question.alert_on:
        calm = [option for option in options if option.id not in question.alert_on]
        options = tuple(calm) if chance.random() > _ALARMING else options
    return (chance.choice(options).id,)


def _labels(question: SurveyQuestion, chosen: Sequence[str]) -> list[str]:
    by_id: dict[str, Option] = {option.id: option for option in question.options}
    return [by_id[name].label for name in chosen]
