"""The columns that show figures of a group, and how a row of them is written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from reports.figures import Figures, Levels
from reports.rounding import percent, rounded
from reports.workbook_book import Kind
from reports.workbook_formulas import index, interval, mean, share
from reports.workbook_grid import Column, Grid, Parts
from reports.workbook_text import Pair

LEVELS = ("n5", "n4", "n3", "n2", "n1")
LEVEL_WORDS = (
    Pair("Rất hài lòng", "Very satisfied"),
    Pair("Hài lòng", "Satisfied"),
    Pair("Bình thường", "Neutral"),
    Pair("Không hài lòng", "Dissatisfied"),
    Pair("Rất không hài lòng", "Very dissatisfied"),
)
SHARE_HEAD = Pair("Tỷ lệ hài lòng (%)", "Share satisfied (%)")
INTERVAL_OVER = Pair("Khoảng tin cậy 95% (%)", "95% interval (%)")
FROM, TO = Pair("Từ", "From"), Pair("Đến", "To")
INDEX_HEAD = Pair("Chỉ số quy đổi", "Index")
MEAN_HEAD = Pair("Điểm trung bình", "Mean")
PARTICIPATION_HEAD = Pair("Tỷ lệ (%)", "Share (%)")

_RESPONSES_OVER = Pair("Số phiếu", "Responses")
_LEVELS_OVER = Pair("Đánh giá chung (số phiếu)", "Overall rating (responses)")
_PARTICIPATION_OVER = Pair("Tham gia tại quầy", "Participation")

FIGURE_COLUMNS = (
    Column("responses", Pair("Tổng số", "All"), 56, "1=2+3", _RESPONSES_OVER),
    Column("paper", Pair("Giấy", "Paper"), 52, "2", _RESPONSES_OVER),
    Column("electronic", Pair("Điện tử", "Online"), 52, "3", _RESPONSES_OVER),
    Column("n", Pair("Tổng số", "All"), 58, "4=5+…+9", _LEVELS_OVER),
    *(
        Column(key, words, 56, str(number), _LEVELS_OVER)
        for number, (key, words) in enumerate(zip(LEVELS, LEVEL_WORDS, strict=True), 5)
    ),
    Column("rest", Pair("Trống, không hợp lệ", "Blank, invalid"), 50, "10"),
    Column("share", SHARE_HEAD, 66, "11=(5+6)/4"),
    Column("low", FROM, 50, "12", INTERVAL_OVER),
    Column("high", TO, 50, "13", INTERVAL_OVER),
    Column("index", INDEX_HEAD, 50, "14"),
    Column("counter", Pair("Lượt trực tiếp", "Visits"), 58, "15", _PARTICIPATION_OVER),
    Column("answered", Pair("Phiếu giấy hợp lệ", "Paper answers"), 54, "16", _PARTICIPATION_OVER),
    Column("participation", PARTICIPATION_HEAD, 62, "17=16/15", _PARTICIPATION_OVER),
)


def write_figures(sheet: Grid, figures: Figures, parts: Parts | None = None) -> None:
    """The figures of one group in the present row.

    Args:
        sheet: With :data:`FIGURE_COLUMNS`.
        figures: What to show.
        parts: The rows that the group is the sum of; None: it is no sum.
    """
    write_count = _counts(sheet, parts)
    write_count("paper", figures.paper)
    write_count("electronic", figures.electronic)
    sheet.derived(
        "responses",
        f"={sheet.ref('paper')}+{sheet.ref('electronic')}",
        figures.responses,
        ("paper", "electronic"),
        Kind.COUNT,
    )
    write_levels(sheet, figures.overall, parts)
    write_count("rest", _rest(figures))
    _participation(sheet, figures, write_count)


def _rest(figures: Figures) -> int | None:
    """Who chose no level; a star would keep no secret that two numbers of the row tell."""
    rest, rated = (figures.overall.blank, figures.overall.invalid), figures.overall.n
    if None not in rest:
        return sum(each or 0 for each in rest)
    return None if figures.responses is None or rated is None else figures.responses - rated


def write_levels(sheet: Grid, levels: Levels, parts: Parts | None = None) -> None:
    """Counts by level, and every measure of them that the sheet has a column for."""
    write_count = _counts(sheet, parts)
    for key, count in zip(LEVELS, levels.counts, strict=True):
        write_count(key, count)
    cells = [sheet.ref(key) for key in LEVELS]
    whole = sheet.ref("n")
    sheet.derived("n", f"=SUM({cells[0]}:{cells[-1]})", levels.n, LEVELS, Kind.COUNT)
    satisfied = f"{cells[0]}+{cells[1]}"
    ends = levels.interval
    for key, formula, value in (
        ("share", share(satisfied, whole), percent(levels.share)),
        ("low", interval(satisfied, whole, high=False), percent(ends.low if ends else None)),
        ("high", interval(satisfied, whole, high=True), percent(ends.high if ends else None)),
        ("mean", mean(cells, whole), _rounded(levels, "mean")),
        ("index", index(cells, whole), _rounded(levels, "index")),
    ):
        if sheet.has(key):
            _measure(sheet, key, formula, value, levels)


def _measure(sheet: Grid, key: str, formula: str, value: Decimal | None, levels: Levels) -> None:
    if levels.n == 0:  # a dash is right even where single levels are withheld
        sheet.empty(key) if None in levels.counts else sheet.derived(key, formula, None, LEVELS)
    else:
        sheet.derived(key, formula, value, (*LEVELS, "n"))


def _rounded(levels: Levels, measure: str) -> Decimal | None:
    exact = levels.mean if measure == "mean" else levels.index
    return None if exact is None else rounded(exact)


def _counts(sheet: Grid, parts: Parts | None) -> Callable[[str, int | None], None]:
    if parts is None:
        return sheet.count
    return lambda key, count: sheet.total(key, parts, count)


def _participation(
    sheet: Grid, figures: Figures, write_count: Callable[[str, int | None], None]
) -> None:
    visits = figures.visits
    if visits is None:
        for key in ("counter", "answered", "participation"):
            if figures.hidden:
                sheet.count(key, None)
            else:
                sheet.empty(key)
        return
    write_count("counter", visits.counter)
    write_count("answered", visits.answered)
    sheet.derived(
        "participation",
        share(sheet.ref("answered"), sheet.ref("counter")),
        percent(visits.participation),
        ("answered", "counter"),
    )
