"""Native charts, told apart in grey: by lightness, dashes and markers, never by hue alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.workbook_book import FONT
from reports.workbook_grid import Box
from reports.workbook_sheet import Sheet

# From the best level to the worst; the worst is hatched so that it is no lighter "neutral".
_GREYS = ("#1F3864", "#6F8DB9", "#C9CED6", "#F2C9A1", "#FFFFFF")
_HATCH = {"pattern": "wide_upward_diagonal", "fg_color": "#7F2A00", "bg_color": "#FFFFFF"}
_LINES: tuple[tuple[str, str, str], ...] = (
    ("solid", "circle", "#000000"),
    ("dash", "square", "#2F5597"),
    ("round_dot", "triangle", "#843C0C"),
    ("dash_dot", "diamond", "#385723"),
    ("long_dash", "x", "#7F6000"),
    ("long_dash_dot", "star", "#5B2C83"),
    ("square_dot", "plus", "#595959"),
)
_ROW_PX = 21
_HIGHEST_PX = 540  # of a row; the file format allows 409 points
_INSET_PX = 2
_TEXT = {"name": FONT, "size": 10}
_BOLD = {"name": FONT, "size": 12, "bold": True}
_GRID = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}


@dataclass(frozen=True, slots=True)
class Series:
    """Neighbouring rows of a column."""

    key: str
    first: int  # rows from 0
    last: int


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A series of shares over months."""

    name: list[str | int]  # sheet, row and column of the cell with it: no text can be a formula
    cells: list[str | int]  # sheet, first row, first column, last row, last column
    connected: bool = True  # otherwise single marks


def add_level_bars(
    sheet: Sheet,
    title: str,
    names: Series,
    levels: Sequence[tuple[str, str]],
    labels: Mapping[str, Sequence[str]],
) -> None:
    """One bar for each row of *names*, divided by levels; the sheet goes on below it.

    Args:
        sheet: With the counts.
        title: Above the chart.
        names: The rows that bars stand for, by the column with their names.
        levels: Columns with the counts and what their levels are called, the best first.
        labels: By column, what stands in each bar's part; empty where it would not fit.
    """
    chart = sheet.book.chart("bar", "percent_stacked")
    for (key, words), colour in zip(levels, _GREYS, strict=True):
        fill: dict[str, Any] = {"fill": {"color": colour}}
        if colour == _GREYS[-1]:
            fill = {"pattern": _HATCH}
        chart.add_series(
            {
                "name": words,
                "categories": _area(sheet, names),
                "values": _area(sheet, Series(key, names.first, names.last)),
                "border": {"color": "#404040", "width": 0.5},
                "gap": 60,
                "data_labels": _labels(labels[key], light=colour != _GREYS[0]),
            }
            | fill
        )
    chart.set_x_axis({"num_format": "0%", "num_font": _TEXT, "major_gridlines": _GRID})
    chart.set_y_axis(
        {"reverse": True, "crossing": "max", "num_font": _TEXT, "major_tick_mark": "none"}
    )
    bars = names.last - names.first + 1
    _insert(sheet, chart, title, 130 + 34 * bars)


def _labels(words: Sequence[str], *, light: bool) -> dict[str, Any]:
    """Labels of one series; *light*: they stand on a light ground."""
    font = _TEXT | {"color": "#000000" if light else "#FFFFFF"}
    custom = [{"value": each, "font": font} if each else {"delete": True} for each in words]
    return {"value": True, "position": "center", "font": font, "custom": custom}


def add_lines(
    sheet: Sheet,
    key: str,
    last: int,
    names: str,
    lines: Sequence[ChartLine],
    *,
    least: int,
) -> None:
    """Shares over months, laid over a column of the table.

    Args:
        sheet: Where the chart goes.
        key: The column, from the table's first row to *last*; its head is the title.
        last: See *key*; from 0.
        names: The cells with the months, as formulas name them.
        lines: What is drawn.
        least: Where the axis begins, in per cent.
    """
    chart = sheet.book.chart("line")
    number = 0
    for each in lines:
        dash, marker, colour = _LINES[number % len(_LINES)]
        line = {"color": colour, "width": 2.75 if number == 0 else 1.5, "dash_type": dash}
        mark = {
            "type": marker,
            "size": 7 if number == 0 else 6,
            "border": {"color": colour},
            "fill": {"color": colour},
        }
        if each.connected:
            number += 1
        else:
            line = {"none": True}
            mark = {
                "type": "circle",
                "size": 7,
                "border": {"color": "#7F7F7F"},
                "fill": {"color": "#BFBFBF"},
            }
        chart.add_series(
            {
                "name": each.name,
                "categories": names,
                "values": each.cells,
                "line": line,
                "marker": mark,
            }
        )
    chart.show_blanks_as("gap")
    chart.set_title({"none": True})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_x_axis({"num_font": _TEXT})
    chart.set_y_axis(
        {
            "min": least,
            "max": 100,
            "num_format": "0",
            "num_font": _TEXT,
            "major_gridlines": _GRID,
        }
    )
    title = next(each.head for each in sheet.columns if each.key == key)
    sheet.area(key, sheet.first, last)
    _place(sheet, chart, sheet.book.said(title), sheet.box(key, sheet.first, last))


def _insert(sheet: Sheet, chart: Any, title: str, pixels: int) -> None:
    """Lay a chart below the table; the sheet goes on below it."""
    sheet.row += 1
    chart.set_title({"name": title, "name_font": _BOLD, "overlay": False})
    chart.set_chartarea({"border": {"color": "#7F7F7F"}})
    whole = sheet.px(0, len(sheet.columns))
    if pixels <= _HIGHEST_PX:  # in one row: no page ends within it
        sheet.set_height(sheet.row, pixels * 72 / 96)
        _place(sheet, chart, title, Box(sheet.row, 0, whole, pixels))
        sheet.row += 1
        return
    rows = -(-pixels // _ROW_PX)
    _place(sheet, chart, title, Box(sheet.row, 0, whole, rows * _ROW_PX))
    sheet.row += rows


def _place(sheet: Sheet, chart: Any, title: str, box: Box) -> None:
    chart.set_legend({"position": "bottom", "font": _TEXT})
    # Inside the box, so that the lines round its cells stay in sight.
    chart.set_size({"width": box.width - 2 * _INSET_PX, "height": box.height - 2 * _INSET_PX})
    options = {
        "object_position": 1,
        "description": title,
        "x_offset": _INSET_PX,
        "y_offset": _INSET_PX,
    }
    sheet.ws.insert_chart(box.row, box.column, chart, options)


def _area(sheet: Sheet, series: Series) -> str:
    letter = sheet.letter(series.key)
    return f"='{sheet.name}'!${letter}${series.first + 1}:${letter}${series.last + 1}"
