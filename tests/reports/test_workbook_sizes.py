"""Workbooks of an empty month and of a city with 119 units."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sample_results import sample_results
from workbook_cells import formulas, numbers_in, read, rows_of

from reports.figures import NO_FIGURES, Figures, Levels
from reports.results import Group, GroupKind, MonthResults, QuestionLevels, Ranked, Section
from reports.workbook import workbook_bytes


def test_an_empty_month_makes_a_workbook_of_dashes() -> None:
    results = sample_results()
    empty = replace(
        results,
        city=replace(results.city, figures=NO_FIGURES),
        by_section=(),
        by_unit=(),
        by_domain=(),
        by_rollup=(),
        by_channel=(),
        by_unit_domain=(),
        questions=(),
        options=(),
        ranking=(),
        domain_trends=(),
        stock=(),
        alerts=(),
        trend=replace(results.trend, points=results.trend.points[:0]),
    )
    cells = read(workbook_bytes(empty))["Biểu 01"]
    total = next(row for row in rows_of(cells, "B") if cells[f"B{row}"] == "TỔNG CỘNG")

    assert numbers_in(cells, total)[:11] == [0] * 10 + ["–"]


def _big() -> MonthResults:
    """119 units with four domains each."""
    results = sample_results()
    figures = Figures(
        90, 60, 30, Levels.of(50, 30, 6, 3, 1), Levels.of(9), NO_FIGURES.factors, (3, 90)
    )
    codes = [f"HP-{number}" for number in range(119)]
    places = tuple(
        Group(GroupKind.UNIT_DOMAIN, (code, domain.key[0]), code, domain.key[0], figures,
              Section.COMMUNES)
        for code in codes
        for domain in results.by_domain
    )  # fmt: skip
    units = tuple(
        Group(GroupKind.UNIT, (code,), f"Công an xã {code}", code, _times(figures, 4),
              Section.COMMUNES)
        for code in codes
    )  # fmt: skip
    whole = _times(figures, 4 * 119)
    return replace(
        results,
        city=replace(results.city, figures=whole),
        by_section=(replace(results.by_section[1], figures=whole),),
        by_unit=units,
        by_unit_domain=places,
        by_domain=tuple(
            replace(group, figures=_times(figures, 119)) for group in results.by_domain
        ),
        ranking=tuple(Ranked(unit, number) for number, unit in enumerate(units, 1)),
        stock=results.stock * 40,
        questions=tuple(QuestionLevels(*_fields(each)) for each in results.questions),
    )


def _fields(question: QuestionLevels) -> tuple[Any, ...]:
    return tuple(getattr(question, name) for name in QuestionLevels.__slots__)


def _times(figures: Figures, times: int) -> Figures:
    counts = [each * times for each in figures.overall.counts if each is not None]
    return replace(
        figures,
        responses=90 * times,
        paper=60 * times,
        electronic=30 * times,
        overall=Levels.of(*counts),
    )


def test_a_city_of_119_units_and_four_domains_has_every_unit_and_live_formulas() -> None:
    body = workbook_bytes(_big())
    cells = read(body)["Biểu 01"]

    assert sum(isinstance(cells[f"A{row}"], int) for row in rows_of(cells, "A")) == 119
    assert len(formulas(body)) > 5000
