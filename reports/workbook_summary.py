"""Forms 01 and 01a: every unit and domain with its figures, and their sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.number_text import percent_text
from reports.results import Group, MonthResults
from reports.workbook_book import Book, Kind, Tone
from reports.workbook_charts import Series, add_level_bars
from reports.workbook_figures import FIGURE_COLUMNS, LEVEL_WORDS, LEVELS, write_figures
from reports.workbook_grid import Column, Parts
from reports.workbook_sheet import Form, Sheet
from reports.workbook_text import Pair

RESPONSES = Pair("phiếu", "responses")
FORM_01 = Form(
    "01",
    Pair(
        "Tổng hợp kết quả đo lường sự hài lòng theo đơn vị và lĩnh vực",
        "Satisfaction by unit and domain",
    ),
    RESPONSES,
    frozen=3,
)
FORM_01A = Form(
    "01a",
    Pair(
        "Kết quả đo lường sự hài lòng theo lĩnh vực và kênh thu thập",
        "Satisfaction by domain and channel",
    ),
    RESPONSES,
    frozen=3,
)
STT = Pair("STT", "No.")
UNIT = Pair("Đơn vị", "Unit")
DOMAIN = Pair("Lĩnh vực", "Domain")
GRAND_TOTAL = Pair("TỔNG CỘNG", "TOTAL")
ALL_DOMAINS = Pair("Cộng", "All")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_CODE = Pair("Mã", "Id")
_BY_DOMAIN = Pair("Theo lĩnh vực", "By domain")
_BY_ROLLUP = Pair("Theo lĩnh vực, gồm cả lĩnh vực tính gộp", "Domains with those under them")
_BY_CHANNEL = Pair("Theo kênh thu thập", "By channel")
_BY_PARENT = Pair("Theo đơn vị cấp trên", "By parent unit")
_LEAST_LABELLED = Fraction(4, 100)  # of a bar: as wide as the label
_CHART = Pair("Mức độ hài lòng theo lĩnh vực", "Overall rating by domain")

_NOTES_01 = (
    Pair(
        "Tỷ lệ hài lòng = (Rất hài lòng + Hài lòng) / tổng số phiếu có đánh giá chung × 100; "
        "gộp số phiếu rồi mới tính, không lấy bình quân các tỷ lệ.",
        "Share satisfied = (very satisfied + satisfied) / responses with an overall rating; "
        "of pooled counts, never an average of shares.",
    ),
    Pair(
        "Khoảng tin cậy 95% tính theo Wilson. Chỉ số quy đổi = (điểm trung bình − 1) / 4 × 100, "
        "từ 0 đến 100.",
        "95% intervals by Wilson's method. Index = (mean - 1) / 4 x 100, from 0 to 100.",
    ),
    Pair(
        "Tỷ lệ tham gia = phiếu giấy hợp lệ / lượt trực tiếp, chỉ tính nơi đã có số lượt. "
        "Dưới 60%: chữ đỏ nghiêng; trên 100%: nền đậm, số liệu sai.",
        "Participation = paper answers / visits to the counter, where these are known. "
        "Below 60%: red italics; above 100%: shaded, wrong data.",
    ),
    Pair(
        "Dòng nền nhạt là cộng các lĩnh vực của một đơn vị. Dấu “–”: không có mẫu số. Cột Trống, "
        "không hợp lệ: phiếu không có đánh giá chung dùng được. Lĩnh vực không có phiếu và "
        "không có số lượt thì không liệt kê.",
        "Shaded rows are sums over a unit's domains. “–”: no denominator. Blank, invalid: "
        "responses without a usable overall rating. Domains without responses and visits are "
        "not listed.",
    ),
)


@dataclass(frozen=True, slots=True)
class Summary:
    """Form 01 as far as other sheets refer to it."""

    sheet: Sheet
    places: tuple[tuple[int, str], ...]  # row (from 0) and domain of every leaf
    total: int  # the row of the grand total


def write_summary(book: Book) -> Summary:
    """Form 01: a row for each place, sums for units, sections and everything."""
    results = book.results
    columns = (
        Column("stt", STT, 36, "A"),
        Column("name", UNIT, 212, "B"),
        Column("domain", DOMAIN, 62, "C"),
        *FIGURE_COLUMNS,
    )
    sheet = Sheet(book, FORM_01, columns)
    places: list[tuple[int, str]] = []
    sections = []
    by_unit = _places_of(results)
    for section in results.by_section:
        head = sheet.row
        sheet.step()
        units = [g for g in results.by_unit if g.section is section.section]
        rows = [
            _unit(sheet, number, unit, by_unit[unit.key[0]], places)
            for number, unit in enumerate(units, 1)
        ]
        after, sheet.row, sheet.tone = sheet.row, head, Tone.GROUP
        _named(sheet, section.key[0], section.name.upper(), "")
        # A row with a number in the first column is a unit's; its domains have none.
        span = f"{{c}}${head + 2}:{{c}}${after}"
        numbered = span.replace("{c}", f"${sheet.letter('stt')}")
        parts = Parts(f'SUMIF({numbered},">0",{span})', rows, sheet)
        write_figures(sheet, section.figures, parts)
        sections.append(head)
        sheet.row, sheet.tone = after, Tone.LEAF
    sheet.tone = Tone.TOTAL
    _named(sheet, "", book.said(GRAND_TOTAL), "")
    write_figures(sheet, results.city.figures, _sum_of(sheet, sections))
    total = sheet.row
    sheet.step()
    mark_participation(sheet, sheet.first, total)
    sheet.notes([book.said(note) for note in _NOTES_01])
    sheet.signatures()
    return Summary(sheet, tuple(places), total)


def write_domains(book: Book, summary: Summary) -> Sheet:
    """Form 01a: domains, roll-ups, channels and parents, with bars of levels."""
    results = book.results
    columns = (
        Column("stt", STT, 36, "A"),
        Column("name", DOMAIN, 212, "B"),
        Column("domain", _CODE, 62, "C"),
        *FIGURE_COLUMNS,
    )
    sheet = Sheet(book, FORM_01A, columns)
    table = [(_BY_DOMAIN, results.by_domain)]
    if [(g.key, g.figures) for g in results.by_rollup] != [
        (g.key, g.figures) for g in results.by_domain
    ]:
        table.append((_BY_ROLLUP, results.by_rollup))
    table.append((_BY_CHANNEL, results.by_channel))
    if len(results.by_parent) > 1:
        table.append((_BY_PARENT, results.by_parent))
    domain_rows: list[int] = []
    for symbol, (words, groups) in zip(ROMAN, table, strict=False):
        sheet.band(symbol, book.said(words))
        for number, group in enumerate(groups, 1):
            parts = None
            if groups is results.by_domain:
                domain_rows.append(sheet.row)
                parts = _summed_in(summary, sheet, group.key[0])
            sheet.number("stt", number, Kind.YEAR)
            sheet.text("name", group.name)
            is_domain = groups is results.by_domain or groups is results.by_rollup
            sheet.text("domain", group.key[0] if is_domain else "", Kind.CENTRE)
            write_figures(sheet, group.figures, parts)
            sheet.step()
        if groups is results.by_domain:
            sheet.tone = Tone.TOTAL
            _named(sheet, "", book.said(GRAND_TOTAL), "")
            write_figures(sheet, results.city.figures, _sum_of(sheet, domain_rows))
            sheet.step()
    mark_participation(sheet, sheet.first, sheet.row)
    # Bars are of neighbouring rows: from the first domain with answers to the last.
    drawn = [at for at, group in enumerate(results.by_domain) if is_used(group)]
    if drawn:
        first, last = drawn[0], drawn[-1]
        add_level_bars(
            sheet,
            book.said(_CHART),
            Series("domain", domain_rows[first], domain_rows[last]),
            [(key, book.said(words)) for key, words in zip(LEVELS, LEVEL_WORDS, strict=True)],
            {
                key: [
                    _bar_label(group, place, book) for group in results.by_domain[first : last + 1]
                ]
                for place, key in enumerate(LEVELS)
            },
        )
    sheet.signatures()
    return sheet


def _bar_label(group: Group, level: int, book: Book) -> str:
    """The share of a level, where its part of the bar has room for it."""
    count, whole = group.figures.overall.counts[level], group.figures.overall.n
    if not whole or count is None or Fraction(count, whole) < _LEAST_LABELLED:
        return ""
    return percent_text(Fraction(count, whole), book.language, places=1)


def mark_participation(sheet: Sheet, first: int, last: int) -> None:
    """Show at a glance where participation is low, reached, or cannot be right."""
    book, letter = sheet.book, sheet.letter("participation")
    cells = f"{letter}{first + 1}:{letter}{last + 1}"
    here = f"{letter}{first + 1}"
    for condition, style in (
        (f"{here}>100", {"bold": True, "bg_color": "#BFBFBF", "font_color": "#9C0006"}),
        (f"{here}<60", {"italic": True, "font_color": "#C00000"}),
        (f"{here}<80", {"font_color": "#9C5700"}),
        (f"{here}>=80", {"font_color": "#00612E"}),
    ):
        sheet.ws.conditional_format(
            cells,
            {
                "type": "formula",
                "criteria": f"=AND(ISNUMBER({here}),{condition})",
                "format": book.difference(**style),
                "stop_if_true": True,
            },
        )


def _places_of(results: MonthResults) -> dict[str, list[Group]]:
    found: dict[str, list[Group]] = defaultdict(list)
    for group in results.by_unit_domain:
        if is_used(group):
            found[group.key[0]].append(group)
    return found


def is_used(group: Group) -> bool:
    """Whether a place or domain is more than a possibility: somebody answered or came.

    What may not be shown counts as used, so that nothing follows from a row's being there.
    """
    figures = group.figures
    return figures.hidden or figures.responses != 0 or figures.visits is not None


def _unit(
    sheet: Sheet,
    number: int,
    unit: Group,
    groups: Sequence[Group],
    places: list[tuple[int, str]],
) -> int:
    """A unit's row, and below it those of its domains if there are several."""
    top = sheet.row
    only = groups[0] if len(groups) == 1 else None
    if only is None:
        sheet.step()
        for group in groups:
            places.append((sheet.row, group.key[1]))
            sheet.text("stt", "")
            sheet.text("name", unit.short, Kind.AGAIN)
            sheet.text("domain", group.key[1], Kind.CENTRE)
            write_figures(sheet, group.figures)
            sheet.step()
    else:
        places.append((top, only.key[1]))
    after, sheet.row = sheet.row, top
    sheet.tone = Tone.LEAF if only else Tone.UNIT
    sheet.number("stt", number, Kind.YEAR)
    sheet.text("name", unit.name)
    sheet.text("domain", only.key[1] if only else sheet.book.said(ALL_DOMAINS), Kind.CENTRE)
    if only is not None or not groups:
        write_figures(sheet, only.figures if only else unit.figures)
        after = top + 1
    else:
        rows = range(top + 1, after)
        parts = Parts(f"SUM({{c}}{top + 2}:{{c}}{after})", rows, sheet)
        write_figures(sheet, unit.figures, parts)
    sheet.row, sheet.tone = after, Tone.LEAF
    return top


def _named(sheet: Sheet, symbol: str, name: str, domain: str) -> None:
    sheet.text("stt", symbol, Kind.CENTRE)
    sheet.text("name", name, Kind.CENTRE if sheet.tone is Tone.TOTAL else Kind.TEXT)
    sheet.text("domain", domain, Kind.CENTRE)


def _sum_of(sheet: Sheet, rows: Iterable[int]) -> Parts:
    every = tuple(rows)
    cells = ",".join(f"{{c}}{row + 1}" for row in every) or "0"
    if len(every) > 1 and every == tuple(range(every[0], every[-1] + 1)):
        cells = f"{{c}}{every[0] + 1}:{{c}}{every[-1] + 1}"
    return Parts(f"SUM({cells})", every, sheet)


def _summed_in(summary: Summary, sheet: Sheet, domain: str) -> Parts:
    """A domain's places in form 01."""
    source = summary.sheet
    rows = tuple(row for row, its_domain in summary.places if its_domain == domain)
    first, last = source.first + 1, summary.total
    letter = source.letter("domain")
    keys = f"'{source.name}'!${letter}${first}:${letter}${last}"
    counts = f"'{source.name}'!{{c}}${first}:{{c}}${last}"
    return Parts(f"SUMIF({keys},${sheet.ref('domain')},{counts})", rows, source)
