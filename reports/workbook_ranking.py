"""Form 06: units in the order of the lower end of their interval; small samples apart."""

from __future__ import annotations

from decimal import Decimal

from reports.figures import Levels
from reports.measures import LEAST_TO_RANK
from reports.number_text import EMPTY, WITHHELD
from reports.results import Ranked
from reports.rounding import percent
from reports.words import Word, change_word, word
from reports.workbook_book import Book, Kind
from reports.workbook_figures import FROM, INTERVAL_OVER, SHARE_HEAD, TO
from reports.workbook_formulas import interval, share
from reports.workbook_grid import Column
from reports.workbook_sheet import Form, Sheet
from reports.workbook_summary import RESPONSES, UNIT, is_used
from reports.workbook_text import Pair

FORM_06 = Form(
    "06",
    Pair("Xếp hạng đơn vị theo mức độ hài lòng", "Units ranked by satisfaction"),
    RESPONSES,
)
_NOW_OVER = Pair("Kỳ này", "This month")
_BEFORE_OVER = Pair("Kỳ trước", "Month before")
_RANKED = Pair("Đơn vị có từ {least} phiếu", "Units with {least} answers or more")
_SMALL = Pair("Đơn vị có dưới {least} phiếu: {words}", "Units with fewer than {least}: {words}")
_SILENT = Pair(
    "{count} đơn vị chưa có phiếu nào trong kỳ không nêu ở đây; xem Biểu 01.",
    "{count} units without any response are not listed here; see form 01.",
)
_NOTES = (
    Pair(
        "Xếp theo đầu dưới của khoảng tin cậy 95%, nên đơn vị ít phiếu không đứng đầu nhờ may rủi.",
        "By the lower end of the 95% interval, so that few answers bring nobody to the top.",
    ),
    Pair(
        "▲ tăng, ▼ giảm: chỉ ghi khi khác biệt so với kỳ trước có ý nghĩa thống kê (5%); "
        "“chưa rõ”: chưa vượt mức ngẫu nhiên; để trống: không so sánh được.",
        "▲ up, ▼ down: only where the change is significant at 5 %; “unclear”: no more than "
        "chance may do; empty: not comparable.",
    ),
    Pair(
        "Hai đơn vị có khoảng tin cậy chồng lên nhau thì thứ hạng giữa hai đơn vị chưa chắc chắn.",
        "Where two intervals overlap, the order of the two units is not certain.",
    ),
)


def write_ranking(book: Book) -> Sheet:
    """Form 06."""
    columns = (
        Column("place", Pair("Hạng", "Place"), 48, "A"),
        Column("name", UNIT, 330, "B"),
        Column("n", Pair("Có đánh giá chung", "Rated"), 76, "1", _NOW_OVER),
        Column("satisfied", Pair("Hài lòng trở lên", "Satisfied"), 76, "2", _NOW_OVER),
        Column("share", SHARE_HEAD, 76, "3=2/1", _NOW_OVER),
        Column("low", FROM, 66, "4", INTERVAL_OVER),
        Column("high", TO, 66, "5", INTERVAL_OVER),
        Column("n0", Pair("Có đánh giá chung", "Rated"), 76, "6", _BEFORE_OVER),
        Column("satisfied0", Pair("Hài lòng trở lên", "Satisfied"), 76, "7", _BEFORE_OVER),
        Column("share0", SHARE_HEAD, 76, "8=7/6", _BEFORE_OVER),
        Column("moved", Pair("Tăng, giảm (điểm %)", "Difference (points)"), 80, "9=3−8"),
        Column("change", Pair("Đánh giá", "Change"), 76, "C"),
    )
    sheet = Sheet(book, FORM_06, columns)
    ranking = book.results.ranking
    ranked = [each for each in ranking if each.place is not None]
    others = [each for each in ranking if each.place is None]
    small = [each for each in others if is_used(each.group)]
    words = word(Word.NOT_RANKED, book.language)
    if ranked:
        sheet.band("I", book.said(_RANKED).format(least=LEAST_TO_RANK))
    for each in ranked:
        _unit(sheet, each)
    if small:
        symbol = "II" if ranked else "I"
        sheet.band(symbol, book.said(_SMALL).format(least=LEAST_TO_RANK, words=words))
    for each in small:
        _unit(sheet, each)
    notes = [book.said(note) for note in _NOTES]
    if len(small) < len(others):
        notes.append(book.said(_SILENT).format(count=len(others) - len(small)))
    sheet.notes(notes)
    sheet.signatures()
    return sheet


def _unit(sheet: Sheet, each: Ranked) -> None:
    group, language = each.group, sheet.book.language
    if each.place is None:
        sheet.text("place", EMPTY, Kind.CENTRE)
    else:
        sheet.number("place", each.place, Kind.YEAR)
    sheet.text("name", group.name)
    now, before = group.figures.overall, group.before.overall if group.before else None
    value = _share(sheet, "n", "satisfied", "share", now)
    ends = now.interval
    for key, high in (("low", False), ("high", True)):
        end = None if ends is None else ends.high if high else ends.low
        formula = interval(sheet.ref("satisfied"), sheet.ref("n"), high=high)
        if now.n == 0:
            sheet.formula(key, formula, EMPTY, Kind.DECIMAL)
        else:
            sheet.derived(key, formula, percent(end), ("n", "satisfied"))
    if before is None:
        for key in ("n0", "satisfied0", "share0", "moved"):
            sheet.empty(key)
    else:
        value0 = _share(sheet, "n0", "satisfied0", "share0", before)
        cells = f"{sheet.ref('share')},{sheet.ref('share0')}"
        difference = f"ROUND({sheet.ref('share')}-{sheet.ref('share0')},2)"
        known = isinstance(value, Decimal) and isinstance(value0, Decimal)
        moved = value - value0 if known else EMPTY  # type: ignore[operator]
        formula = f'=IF(COUNT({cells})=2,{difference},"{EMPTY}")'
        sheet.formula("moved", formula, moved, Kind.SIGNED)
    sheet.text("change", change_word(group.change, language), Kind.CENTRE)
    sheet.step()


def _share(sheet: Sheet, whole: str, part: str, key: str, levels: Levels) -> Decimal | str:
    sheet.count(whole, levels.n)
    sheet.count(part, levels.satisfied)
    value = percent(levels.share)
    sheet.derived(key, share(sheet.ref(part), sheet.ref(whole)), value, (whole, part))
    if value is None:
        return EMPTY if levels.n == 0 else WITHHELD
    return value
