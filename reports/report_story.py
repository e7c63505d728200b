"""The report's parts in order: paragraphs, tables and charts, as much as fits its pages."""

from __future__ import annotations

from enum import IntEnum
from itertools import count

from reportlab.platypus import Flowable, KeepTogether, Paragraph

from reports.charts_levels import Bar, bars_height, draw_bars
from reports.charts_trend import broken_months, draw_trend, has_months
from reports.measures import LEAST_TO_RANK
from reports.report_details import domains, questions, reasons, units
from reports.report_follow_up import alerts, balance, open_alerts, stock, tasks
from reports.report_general import answering, general
from reports.report_parts import (
    Chart,
    SigningBlock,
    caption,
    heading,
    item,
    line_of_notes,
    note,
    space,
    text,
)
from reports.report_tables import (
    alerts_table,
    factors_table,
    measures_table,
    quality_bursts,
    quality_table,
    ranking_table,
    stock_table,
)
from reports.report_words import Say, office_symbol
from reports.results import MonthResults
from reports.words import Word, remark_text, word

# Some five lines stay with the block to be signed, so that no page has a signature alone.
_KEPT, _KEPT_LETTERS = 4, 400  # paragraphs at most, and letters from which on it is enough
_TREND_HIGH = 120.0


class Density(IntEnum):
    """How much is left out so that four pages are enough; less first."""

    FULL = 0
    NO_FACTORS = 1  # no table of factors by domain
    SHORT_LISTS = 2  # and three instead of five of everything, smaller notes
    NO_DETAILS = 3  # and two of everything, no list of answers to look into

    @property
    def ends(self) -> int:
        """Units at each end of the ranking, and lines of other lists."""
        return (5, 5, 3, 2)[self]


class _Numbers:
    """Numbers of tables and charts in the order of their use."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._tables, self._charts = count(1), count(1)

    def table(self, words: str) -> str:
        return f"{self._say('Bảng', 'Table')} {next(self._tables)}. {words}"

    def chart(self, words: str) -> str:
        return f"{self._say('Hình', 'Figure')} {next(self._charts)}. {words}"


def parts(results: MonthResults, density: Density) -> list[Flowable]:
    """Parts I to III."""
    say = Say(results.language)
    numbers = _Numbers(say)
    story = _general(results, say, numbers)
    if results.city.figures.responses != 0:
        story += _details(results, density, say, numbers)
    return story + _follow_up(results, density, say, numbers)


def signed(story: list[Flowable], results: MonthResults) -> list[Flowable]:
    """*story* with the block to be signed, which never stands on a page without its text."""
    whole, last = list(story), list[Flowable]()
    letters = 0
    while whole and len(last) < _KEPT and letters < _KEPT_LETTERS:
        if not isinstance(whole[-1], Paragraph):
            break
        letters += len(whole[-1].getPlainText())
        last.insert(0, whole.pop())
    return [*whole, KeepTogether([*last, space(8), _signing(results)])]


def _signing(results: MonthResults) -> Flowable:
    say, symbol = Say(results.language), office_symbol(results)
    return SigningBlock(
        [
            say("Nơi nhận:", "To:"),
            say(f"- Lãnh đạo {results.agency} (để báo cáo);", f"- the head of {results.agency};"),
            say("- Các đơn vị liên quan (để thực hiện);", "- the units concerned;"),
            say("- Lưu: VT", "- file: VT") + (f", {symbol}." if symbol else "."),
        ],
        say("THỦ TRƯỞNG ĐƠN VỊ", "HEAD OF THE OFFICE"),
        say("(Ký, ghi rõ họ tên)", "(signature and name)"),
    )


def appendix(results: MonthResults, density: Density) -> list[Flowable]:
    """Where the numbers come from, and what their readers must know."""
    say = Say(results.language)
    story: list[Flowable] = [
        heading(
            say("PHỤ LỤC. CHẤT LƯỢNG SỐ LIỆU VÀ GHI CHÚ", "ANNEX. QUALITY OF THE DATA AND NOTES"),
            centred=True,
        ),
        quality_table(results, density.ends + 1)
        if results.quality.sheets or results.quality.electronic_rows
        else text(
            say(
                "Kỳ này không có bản quét phiếu giấy và không có tệp điện tử nào được nhập.",
                "No paper was scanned and no electronic export was imported this month.",
            )
        ),
    ]
    bursts = quality_bursts(results.quality, say, density.ends)
    if bursts:
        title = say(
            "Trả lời giống nhau bất thường (để xác minh, chưa phải kết luận)",
            "Answers alike beyond chance (to be looked into, no finding)",
        )
        story += [caption(title), *(line_of_notes(line, "–") for line in bursts), space(4)]
    story.append(caption(say("Ghi chú", "Notes")))
    remarks = [remark_text(remark, results.language) for remark in results.remarks]
    for number, words in enumerate([*_method(say, results), *remarks], 1):
        story.append(line_of_notes(words, f"{number}.", small=density >= Density.SHORT_LISTS))
    return story


def _method(say: Say, results: MonthResults) -> list[str]:
    told = [
        say(
            "Tỷ lệ hài lòng = số người chọn Rất hài lòng hoặc Hài lòng ở câu đánh giá chung chia "
            "cho số người trả lời câu đó; theo lượt đánh giá: tính trên mọi câu trả lời có mức. "
            "Chỉ số quy đổi = (điểm trung bình − 1)/4×100. Mọi tỷ lệ tính từ tổng số phiếu, "
            "không lấy trung bình của các tỷ lệ.",
            "Share satisfied: people who chose one of the two best levels of the overall rating, "
            "of those who answered it; by answers: of all rated questions. Converted index: "
            "(mean − 1)/4×100. All shares are of pooled counts, never means of shares.",
        ),
        say(
            f"Đơn vị có từ {LEAST_TO_RANK} người trả lời được xếp hạng theo cận dưới của khoảng "
            "tin cậy, để không đứng trên chỉ nhờ ít phiếu mà gặp may. ▲, ▼: tăng, giảm có "
            "ý nghĩa thống kê ở mức 5%, kèm số điểm phần trăm; “chưa rõ”: có thể do ngẫu nhiên. "
            "Dấu –: không có số liệu để tính.",
            f"Units with {LEAST_TO_RANK} answers or more are ranked by the lower end of their "
            "intervals, so that none is ahead by luck with few answers. ▲, ▼: up or down, "
            "significant at 5%, with percentage points; “unclear”: may be chance. A dash: "
            "nothing to count.",
        ),
    ]
    if results.outside:
        told.append(word(Word.WITHHELD, results.language) + ".")
    return told


def _general(results: MonthResults, say: Say, numbers: _Numbers) -> list[Flowable]:
    story: list[Flowable] = [heading(say("I. KẾT QUẢ CHUNG", "I. RESULTS"))]
    story += [text(words) for words in general(results) if words]
    if results.city.figures.responses != 0 and not results.city.figures.hidden:
        title = say("Các chỉ tiêu chính, chung và theo kênh", "Measures, all and by channel")
        story.append(KeepTogether([caption(numbers.table(title)), measures_table(results)]))
    if has_months(results.trend):
        title = say("Tỷ lệ hài lòng 13 tháng (%)", "Share satisfied over 13 months (%)")
        band = say("Dải dọc: khoảng tin cậy 95%. ", "Vertical bands: 95% intervals. ")
        story.append(
            KeepTogether(
                [
                    caption(numbers.chart(title)),
                    Chart(
                        _TREND_HIGH,
                        lambda canvas, room, high: draw_trend(
                            canvas, 0, 0, (room, high), results.trend, results.language
                        ),
                    ),
                    note(band + broken_months(results.trend, results.language)),
                ]
            )
        )
    return story


def _details(
    results: MonthResults, density: Density, say: Say, numbers: _Numbers
) -> list[Flowable]:
    known = [g for g in answering(results.by_rollup) if g.figures.overall.n is not None]
    bars = [Bar(g.name, g.figures.overall) for g in known]
    title = say("Mức độ hài lòng theo lĩnh vực", "Satisfaction by domain")
    story: list[Flowable] = [
        heading(say("II. THEO LĨNH VỰC, TIÊU CHÍ VÀ ĐƠN VỊ", "II. DOMAINS, FACTORS AND UNITS")),
        text(domains(results)),
    ]
    if bars:
        chart = Chart(
            bars_height(len(bars)),
            lambda canvas, room, high: draw_bars(canvas, 0, high, room, bars, results.language),
        )
        story.append(KeepTogether([caption(numbers.chart(title)), chart, space(6)]))
    story += [text(words) for words in (questions(results), reasons(results)) if words]
    if density < Density.NO_FACTORS and results.city.figures.rated.n:
        title = say("Tỷ lệ hài lòng theo nhóm tiêu chí", "Share of satisfied answers by factor")
        story.append(KeepTogether([caption(numbers.table(title)), factors_table(results)]))
    story += [text(words) for words in (units(results),) if words]
    if sum(each.place is not None for each in results.ranking) > 1:
        title = say("Xếp hạng đơn vị", "Units by place")
        ranking = ranking_table(results, density.ends)
        story.append(KeepTogether([caption(numbers.table(title)), ranking]))
    return story


def _follow_up(
    results: MonthResults, density: Density, say: Say, numbers: _Numbers
) -> list[Flowable]:
    part = "II" if results.city.figures.responses == 0 else "III"
    title = say("QUẢN LÝ PHIẾU VÀ VIỆC CẦN LÀM", "FORMS, AND WHAT IS TO BE DONE")
    story: list[Flowable] = [heading(f"{part}. {title}")]
    story += [text(words) for words in (stock(results), balance(results)) if words]
    worst = results.worst_stock[: density.ends]
    if worst:
        title = say("Phiếu giấy chưa rõ ở đâu", "Forms that are not accounted for")
        story.append(KeepTogether([caption(numbers.table(title)), stock_table(results, worst)]))
    story.append(text(alerts(results)))
    opened = open_alerts(results.alerts)
    if opened and density < Density.NO_DETAILS:
        title = say("Câu trả lời chưa xử lý, nhiều nhất", "Open alerts, the most first")
        shown = alerts_table(opened[: density.ends], say)
        story.append(KeepTogether([caption(numbers.table(title)), shown]))
    found = tasks(results)
    if found:
        story.append(text(say("Việc cần làm tiếp theo:", "To be done next:"), gap=2.5))
        story += [item(words, f"{number}.") for number, words in enumerate(found, 1)]
    return story
