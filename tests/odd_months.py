"""Months at the edges of what a report has to say: huge, empty, hidden, of one unit."""

from __future__ import annotations

from dataclasses import replace

from sample_figures import some_figures, sum_figures
from sample_results import DOMAINS, ranked, sample_results

from omr.marks import Reason
from omr.settings import Language
from reports.figures import NO_FIGURES, WITHHELD, Figures, Levels
from reports.measures import Change
from reports.results import (
    NO_QUALITY,
    Break,
    Group,
    GroupKind,
    MonthPoint,
    MonthResults,
    Note,
    Ranked,
    Remark,
    Section,
    Trend,
)

LONG_NAME = (
    "Phòng Cảnh sát quản lý hành chính về trật tự xã hội và Trung tâm <b>phục vụ</b> & tiếp dân số "
)


def figures_of(levels: Levels, paper: int | None = None) -> Figures:
    """Figures of a group that only has an overall rating."""
    n = levels.n or 0
    on_paper = n if paper is None else paper
    return replace(NO_FIGURES, responses=n, paper=on_paper, electronic=n - on_paper, overall=levels)


def with_city(figures: Figures, change: Change | None = None) -> MonthResults:
    """A month of one domain and one unit that have *figures*."""
    whole = sample_results()
    unit = replace(whole.by_unit[4], figures=figures, before=None, change=change)
    return replace(
        whole,
        city=replace(whole.city, figures=figures, before=None, change=change),
        by_unit=(unit,),
        by_domain=(replace(whole.by_domain[0], figures=figures),),
        by_rollup=(replace(whole.by_rollup[0], figures=figures),),
        ranking=(Ranked(unit, 1 if (figures.overall.n or 0) >= 30 else None),),
        stock=whole.stock[:1],
        alerts=(),
        options=(),
        questions=(),
    )


def empty_month() -> MonthResults:
    """Nobody answered in 13 months."""
    whole = with_city(NO_FIGURES)
    return replace(
        whole, ranking=(), trend=no_trend(whole.trend), stock=(), quality=NO_QUALITY, remarks=()
    )


def no_trend(trend: Trend) -> Trend:
    points = tuple(MonthPoint(p.period, None, (Break.NO_DATA,)) for p in trend.points)
    return replace(trend, points=points)


def hidden_month() -> MonthResults:
    """Nothing may be shown."""
    whole = with_city(WITHHELD)
    points = tuple(MonthPoint(p.period, WITHHELD) for p in whole.trend.points)
    none = dict.fromkeys(
        (
            *("opening", "issued", "returned_answered", "returned_blank", "void", "lost"),
            *("unused_returned", "outstanding", "difference", "duplicates", "anomalies"),
        )
    )
    return replace(
        whole,
        outside=True,
        trend=replace(whole.trend, points=points),
        stock=tuple(replace(line, missing=(), **none) for line in whole.stock),
        quality=replace(whole.quality, bursts=()),
    )


def huge_month() -> MonthResults:
    """119 units with names out of all proportion, seven domains, every list overfull."""
    whole = sample_results()
    changes = (Change.UP, Change.DOWN, Change.UNCLEAR, None)
    units = tuple(
        Group(
            GroupKind.UNIT,
            (f"HP-{number}",),
            f"{LONG_NAME}{number}",
            f"U{number}",
            some_figures(20 + number * 17, 1 + number % 9),
            Section.COMMUNES,
            some_figures(300, 7),
            changes[number % 4],
        )
        for number in range(119)
    )
    names = DOMAINS | {"L07": "Tổ chức cán bộ", "L08": "Chính sách", "L09": "Khiếu nại"}
    domains = tuple(
        Group(
            GroupKind.ROLLUP,
            (key,),
            name,
            key,
            some_figures(4000 + number * 900, 9 - number),
            None,
            some_figures(3000, 7),
            Change.UP,
        )
        for number, (key, name) in enumerate(names.items())
    )
    alerts = tuple(
        replace(
            alert,
            unit_name=f"{LONG_NAME}{number % 40}",
            handled=False,
            text=alert.text * 2,
            record_id=f"{number:032x}",
        )
        for number, alert in enumerate(whole.alerts * 30)
    )
    stock = tuple(
        replace(line, name=LONG_NAME, lost=1000 + number, missing=line.missing * 3)
        for number, line in enumerate(whole.stock * 10)
    )
    quality = replace(
        whole.quality,
        waiting=1200,
        refused=tuple((reason.value, 3) for reason in Reason),
        unmatched=tuple((f"trouble-{number}", 5) for number in range(9)),
        bursts=whole.quality.bursts * 20,
    )
    return replace(
        whole,
        language=Language.VIETNAMESE,
        provisional=True,
        version=None,
        city=replace(whole.city, figures=sum_figures(unit.figures for unit in units)),
        by_unit=units,
        by_rollup=domains,
        ranking=tuple(ranked(units)),
        alerts=alerts,
        stock=stock,
        quality=quality,
        remarks=tuple(Remark(note, 17) for note in Note),
    )
