"""Every number of the workbook: against the results, and recalculated by LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from made_city import City, no_stock, plain_settings
from sample_results import sample_results
from workbook_cells import formulas, numbers_in, read, rows_of

from omr.settings import Language
from omr.survey_file import shipped_survey
from reports.counts import Ratings, count
from reports.figures import FACTORS, NO_FIGURES, Levels
from reports.month import MonthInputs, month_results
from reports.results import Group, MonthResults, Ranked
from reports.rounding import percent, rounded
from reports.workbook import workbook_bytes

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
_CACHED = re.compile(rb"(<c [^>]*?)( t=\"str\")?(>)(<f>.*?</f>)<v>.*?</v>")
_LONGEST = 170  # seconds for one conversion; it takes ten


def _city(*, outside: bool) -> MonthResults:
    city = City(seed=5, units=9, months=3, people=1500)
    survey = shipped_survey()
    ratings = Ratings.of([survey])
    counts = {str(period): count(city.responses(period), ratings) for period in city.periods}
    inputs = MonthInputs(
        period=city.newest,
        counts=counts[str(city.newest)],
        surveys=[survey],
        units=city.catalogue,
        settings=plain_settings(),
        stock=no_stock(city.newest),
        visits=city.visits,
        history={name: some for name, some in counts.items() if name != str(city.newest)},
    )
    return month_results(inputs, outside=outside)


def _ties() -> MonthResults:
    """Shares whose third decimal is a five and nothing follows: n is 800."""
    results = sample_results()
    groups = [
        replace(
            results.by_unit[0],
            name=f"{satisfied}/800",
            figures=replace(NO_FIGURES, overall=Levels.of(satisfied, 0, 800 - satisfied)),
            before=None,
            change=None,
        )
        for satisfied in range(1, 800, 2)
    ]
    return replace(results, ranking=tuple(Ranked(each, i) for i, each in enumerate(groups, 1)))


def _english() -> MonthResults:
    return sample_results(Language.ENGLISH)


MONTHS: dict[str, Callable[[], MonthResults]] = {
    "sample": sample_results,
    "english": _english,
    "city": lambda: _city(outside=False),
    "outside": lambda: _city(outside=True),
    "ties": _ties,
}


@pytest.fixture(scope="module")
def months() -> dict[str, MonthResults]:
    return {name: make() for name, make in MONTHS.items()}


@pytest.fixture(scope="module")
def bodies(months: dict[str, MonthResults]) -> dict[str, bytes]:
    return {name: workbook_bytes(results) for name, results in months.items()}


def without_values(body: bytes) -> bytes:
    """The workbook with formulas alone, so that whoever opens it has to calculate."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data, changed = _CACHED.subn(rb"\1\3\4", data)
                assert changed == data.count(b"<f>")
            new.writestr(name, data)
    return out.getvalue()


@pytest.fixture(scope="module")
def recalculated(
    bodies: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """The same workbooks, opened, calculated and written again by LibreOffice."""
    if SOFFICE is None:
        pytest.skip("LibreOffice is not installed: nothing here recalculates formulas")
    folder = tmp_path_factory.mktemp("office")
    out = folder / "out"
    for name, body in bodies.items():
        (folder / f"{name}.xlsx").write_bytes(without_values(body))
    done = subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(out),
            *(str(folder / f"{name}.xlsx") for name in bodies),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST,
    )
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr
    return {name: (out / f"{name}.xlsx").read_bytes() for name in bodies}


@pytest.mark.parametrize("name", MONTHS)
def test_every_formula_recalculated_by_libreoffice_gives_our_number(
    name: str, bodies: dict[str, bytes], recalculated: dict[str, bytes]
) -> None:
    ours, theirs = read(bodies[name]), read(recalculated[name])
    live = formulas(bodies[name])
    wrong = [
        (sheet, address, formula, ours[sheet].get(address), theirs[sheet].get(address))
        for (sheet, address), formula in live.items()
        if not same(ours[sheet].get(address), theirs[sheet].get(address))
    ]

    assert wrong == []
    assert len(live) > 400
    assert list(ours) == list(theirs)  # no sheet was lost to a repair


def same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-9
    return one is not None and bool(one == other)


def test_a_wrong_number_would_be_found() -> None:
    assert same(88.33, 88.33)
    assert same("–", "–")
    assert not same(88.33, 88.34)
    assert not same(None, None)
    assert not same("–", 0)


@pytest.mark.parametrize("name", ["city", "outside", "sample"])
def test_the_first_form_shows_every_place_as_the_results_have_it(
    name: str, months: dict[str, MonthResults], bodies: dict[str, bytes]
) -> None:
    results, cells = months[name], read(bodies[name])["Biểu 01"]
    rows = {
        cells[f"A{row}"]: row for row in rows_of(cells, "A") if isinstance(cells[f"A{row}"], str)
    }
    total = max(row for row in rows_of(cells, "B") if cells[f"B{row}"] == "TỔNG CỘNG")

    listed = [group for group in results.by_unit_domain if _is_listed(group)]
    places = iter(listed)
    for section in results.by_section:
        row = rows[section.key[0]]
        assert numbers_in(cells, row) == _expected(section)
        for unit in (each for each in results.by_unit if each.section is section.section):
            row += 1
            groups = [next(places) for _ in range(_domains_of(listed, unit))]
            assert cells[f"B{row}"] == unit.name
            assert numbers_in(cells, row) == _expected(unit)
            if len(groups) > 1:
                for group in groups:
                    row += 1
                    assert cells[f"C{row}"] == group.key[1]
                    assert numbers_in(cells, row) == _expected(group)
            elif groups:
                assert cells[f"C{row}"] == groups[0].key[1]
    assert next(places, None) is None
    assert numbers_in(cells, total) == _expected(results.city)


def _is_listed(group: Group) -> bool:
    """Whether anything is known of the place, or may not be told."""
    return group.figures.responses != 0 or group.figures.visits is not None


def _domains_of(listed: list[Group], unit: Group) -> int:
    return sum(group.key[0] == unit.key[0] for group in listed)


def _expected(group: Group) -> list[Any]:
    """What a row must show, worked out here from the group's counts."""
    figures = group.figures
    levels, visits, ends = figures.overall, figures.visits, figures.share_interval
    rest = [levels.blank, levels.invalid]
    if None in rest and None not in (figures.responses, levels.n):
        rest = [figures.responses - levels.n]
    star_or_dash = "*" if figures.hidden else "–"
    return [
        _count(figures.responses),
        _count(figures.paper),
        _count(figures.electronic),
        _count(levels.n),
        *map(_count, levels.counts),
        "*" if None in rest else sum(each or 0 for each in rest),
        _number(percent(levels.share), levels),
        _number(percent(ends.low if ends else None), levels),
        _number(percent(ends.high if ends else None), levels),
        _number(None if levels.index is None else rounded(levels.index), levels),
        star_or_dash if visits is None else visits.counter,
        star_or_dash if visits is None else visits.answered,
        star_or_dash
        if visits is None or visits.participation is None
        else float(percent(visits.participation) or 0),
    ]


def _count(count: int | None) -> int | str:
    return "*" if count is None else count


def _number(value: Decimal | None, levels: Levels) -> float | str:
    if value is None:
        return "–" if levels.n == 0 else "*"
    return float(value)


def test_domains_are_live_sums_of_the_first_form(
    months: dict[str, MonthResults], bodies: dict[str, bytes]
) -> None:
    results, cells = months["city"], read(bodies["city"])["Biểu 01a"]
    live = formulas(bodies["city"])
    by_code = {cells.get(f"C{row}"): row for row in rows_of(cells, "C")}
    for group in results.by_domain:
        row = by_code[group.key[0]]
        assert numbers_in(cells, row) == _expected(group)
        assert live["Biểu 01a", f"H{row}"].startswith("=SUMIF('Biểu 01'!")


def test_factors_summed_from_their_questions_are_those_of_the_results(
    months: dict[str, MonthResults], bodies: dict[str, bytes]
) -> None:
    results, cells = months["city"], read(bodies["city"])["Biểu 02"]
    bands = [(row, str(cells[f"B{row}"])) for row in rows_of(cells, "B")]
    groups = {"": results.city} | {group.key[0]: group for group in results.by_domain}
    for domain, group in groups.items():
        head = next(
            row
            for row, text in bands
            if text == "Tất cả lĩnh vực" or text.startswith(f"{domain}.")
            if (text == "Tất cả lĩnh vực") == (not domain)
        )
        for factor in FACTORS:
            row = next(row for row, _ in bands if row > head and cells.get(f"A{row}") == factor)
            levels = group.figures.factors[factor]
            assert [cells[f"{letter}{row}"] for letter in "CDEFG"] == list(levels.counts)
            assert cells[f"H{row}"] == levels.n
            assert cells[f"K{row}"] == float(percent(levels.share) or 0)
        means = [row for row, text in bands if text == "Bình quân năm nhóm tiêu chí" and row > head]
        composite = percent(group.figures.composite)
        assert composite is not None
        assert cells[f"K{means[0]}"] == float(composite)
        assert cells[f"H{means[0] - 1}"] == group.figures.rated.n


def test_halves_are_rounded_up_in_every_cell(bodies: dict[str, bytes]) -> None:
    cells = read(bodies["ties"])["Biểu 06"]
    shares = {cells[f"B{row}"]: cells.get(f"E{row}") for row in rows_of(cells, "B")}

    assert shares["1/800"] == 0.13  # 0.125
    assert shares["3/800"] == 0.38  # 0.375
    assert shares["799/800"] == 99.88  # 99.875


def test_parts_that_do_not_add_up_are_an_error_and_no_number() -> None:
    results = sample_results()
    figures = results.city.figures
    wrong = replace(figures, paper=(figures.paper or 0) + 1)
    with pytest.raises(ValueError, match="do not add up"):
        workbook_bytes(replace(results, city=replace(results.city, figures=wrong)))


def test_withheld_counts_are_stars_and_no_formula_tells_them(
    months: dict[str, MonthResults], bodies: dict[str, bytes]
) -> None:
    hidden = [group for group in months["outside"].by_unit_domain if group.figures.hidden]
    cells, live = read(bodies["outside"])["Biểu 01"], formulas(bodies["outside"])

    assert hidden
    stars = [row for row in rows_of(cells, "D") if cells[f"D{row}"] == "*"]
    lost = [row for row in stars if cells[f"G{row}"] == "*"]
    assert len(lost) >= len(hidden)
    for row in set(stars) - set(lost):  # ratings without how many answered, in all and how
        shown = numbers_in(cells, row)
        assert (shown[1], shown[2], shown[9]) == ("*", "*", "*")
    for row in lost:
        assert numbers_in(cells, row)[1:14] == ["*"] * 13
        assert not [
            address for sheet, address in live if sheet == "Biểu 01" and address[1:] == str(row)
        ]


def test_stock_rows_balance_by_formula_and_sums_hide_no_difference() -> None:
    results = sample_results()
    lines = list(results.stock)
    lines[0] = replace(lines[0], outstanding=(lines[0].outstanding or 0) + 7, difference=-7)
    body = workbook_bytes(replace(results, stock=tuple(lines)))
    cells = read(body)["Biểu 03"]
    total = next(row for row in rows_of(cells, "B") if cells[f"B{row}"] == "TỔNG CỘNG")

    assert cells[f"L{total}"] == 14  # seven too many and seven too few
    assert formulas(body)["Biểu 03", f"L{total}"].startswith("=SUM(")
    units = [row for row in rows_of(cells, "A") if isinstance(cells[f"A{row}"], int)]
    assert [cells[f"L{row}"] for row in units] == [line.difference for line in lines]
