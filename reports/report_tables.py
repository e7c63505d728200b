"""The tables of the report, as words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from reportlab.platypus import Table

from reports.figures import FACTORS, Figures
from reports.number_text import WITHHELD, ranges_text
from reports.report_follow_up import OpenAlerts
from reports.report_general import answering
from reports.report_parts import CENTRE, LEFT, RIGHT, table
from reports.report_words import Say, short_name
from reports.results import Group, MonthResults, Quality, Ranked, StockLine
from reports.words import Word, change_word, factor_word, word

ENDS = 5  # units at each end of a long ranking
_MOST_RANGES = 3  # runs of missing forms in one cell


def measures_table(results: MonthResults) -> Table:
    """Every measure for all responses and for each channel."""
    say = Say(results.language)
    columns = [results.city.figures, *(group.figures for group in results.by_channel)]
    heads = [
        say("Chỉ tiêu", "Measure"),
        say("Chung", "All"),
        *(group.name for group in results.by_channel),
    ]
    rows: list[tuple[Word, Callable[[Figures], str]]] = [
        (Word.RESPONSES, lambda f: say.n(f.responses)),
        (Word.SHARE_PEOPLE, lambda f: say.share(f.share, withheld=f.overall.n is None)),
        (
            Word.INTERVAL,
            lambda f: say.interval(f.share_interval, withheld=f.overall.n is None),
        ),
        (Word.SHARE_ANSWERS, lambda f: say.share(f.share_answers, withheld=f.rated.n is None)),
        (Word.FULLY, lambda f: say.share(f.fully_share, withheld=f.fully is None)),
        (Word.MEAN, lambda f: say.mean(f.mean, withheld=f.overall.points is None)),
        (Word.INDEX, lambda f: say.mean(f.index, withheld=f.overall.points is None)),
        (Word.COMPOSITE, lambda f: say.share(f.composite, withheld=f.rated.n is None)),
    ]
    return table(
        heads,
        [[_measure(which, say), *(told(f) for f in columns)] for which, told in rows],
        [46, *[24] * len(columns)],
        [LEFT, *[RIGHT] * len(columns)],
        bold=[1],
    )


def factors_table(results: MonthResults) -> Table:
    """The factors' shares: all domains, then each."""
    say = Say(results.language)
    domains = answering(results.by_rollup)
    groups = [results.city, *(domains if len(domains) > 1 else ())]
    heads = [
        say("Nhóm tiêu chí", "Factor"),
        say("Chung", "All"),
        *(group.key[0] for group in groups[1:]),
    ]
    rows = [
        [
            factor_word(factor, results.language),
            *(
                say.share(g.figures.factor_share(factor), withheld=_hides(g.figures, factor))
                for g in groups
            ),
        ]
        for factor in FACTORS
    ]
    return table(heads, rows, [48, *[18] * len(groups)], [LEFT, *[RIGHT] * len(groups)])


def ranking_table(results: MonthResults, ends: int = ENDS) -> Table:
    """The places of units: all of them, or the first and the last *ends*."""
    say = Say(results.language)
    ranked = [each for each in results.ranking if each.place is not None]
    heads = [
        say("Hạng", "Place"),
        say("Đơn vị", "Unit"),
        say("Số người trả lời", "Answers"),
        word(Word.SHARE_PEOPLE, results.language),
        word(Word.INTERVAL, results.language),
        say("So với kỳ trước", "Change"),
    ]
    spans: list[int] = []
    if len(ranked) <= 2 * ends + 1:
        rows = [_ranked(each, say) for each in ranked]
    else:
        left = len(ranked) - 2 * ends
        gap = say(
            f"… {say.n(left)} đơn vị ở giữa: xem Biểu 06 của bảng tổng hợp …",
            f"… {say.of(left, 'đơn vị', 'unit')} between them: see the workbook …",
        )
        rows = [_ranked(each, say) for each in ranked[:ends]]
        spans = [len(rows)]
        rows += [[gap, *[""] * (len(heads) - 1)]]
        rows += [_ranked(each, say) for each in ranked[-ends:]]
    return table(
        heads, rows, [14, 60, 19, 19, 24, 20], [CENTRE, LEFT, RIGHT, RIGHT, CENTRE, CENTRE],
        spans=spans,
    )  # fmt: skip


def stock_table(results: MonthResults, shown: Sequence[StockLine]) -> Table:
    """Lines with forms that nobody can account for."""
    say = Say(results.language)
    heads = [
        say("Đơn vị", "Unit"),
        say("Lĩnh vực", "Domain"),
        say("Không cân đối", "Not balanced"),
        say("Báo mất", "Lost"),
        say("Thiếu số", "Missing"),
        say("Các số còn thiếu", "Missing numbers"),
    ]
    rows = [
        [
            short_name(line.name),
            line.domain,
            say.n(line.difference),
            say.n(line.lost),
            say.n(sum(len(each) for each in line.missing)),
            missing_text(line, say),
        ]
        for line in shown
    ]
    return table(heads, rows, [50, 16, 17, 14, 14, 44], [LEFT, CENTRE, RIGHT, RIGHT, RIGHT, LEFT])


def missing_text(line: StockLine, say: Say, most: int = _MOST_RANGES) -> str:
    """Which forms are missing; of many runs the first ones."""
    told = ranges_text(line.missing[:most])
    left = len(line.missing) - most
    return f"{told}, … (+{say.n(left)})" if left > 0 else told


def alerts_table(shown: Sequence[OpenAlerts], say: Say) -> Table:
    """Answers to be looked into, by unit."""
    heads = [say("Đơn vị", "Unit"), say("Câu trả lời", "Answers"), say("Số câu", "Count")]
    rows = [[short_name(each.unit), each.told(say), say.n(each.count)] for each in shown]
    return table(heads, rows, [52, 98, 15], [LEFT, LEFT, RIGHT])


def quality_table(results: MonthResults, most: int) -> Table:
    """How the data came about; of reasons and troubles the *most* frequent ones."""
    say = Say(results.language)
    rows = [[label, value] for label, value in quality_rows(results.quality, say, most)]
    heads = [say("Nội dung", "What"), say("Số lượng", "Number")]
    return table(heads, rows, [118, 47], [LEFT, RIGHT])


def quality_rows(quality: Quality, say: Say, most: int) -> list[tuple[str, str]]:
    """What was set aside, looked at, corrected; of channels without data nothing is said."""
    paper = [
        (say("Tờ phiếu thấy trên bản quét", "Sheets seen on scans"), say.n(quality.sheets)),
        (say("– được tính", "– counted"), say.n(quality.counted)),
        (say("– chờ cán bộ xem", "– waiting for a person"), say.n(quality.waiting)),
        (say("– quét trùng", "– scanned twice"), say.n(quality.duplicates)),
        (
            say("– trang trắng hoặc không phải phiếu", "– blank or foreign pages"),
            say.n(quality.blank_pages),
        ),
        *(
            (say("– bị loại: ", "– refused: ") + say.reason(reason), say.n(count))
            for reason, count in _most_frequent(quality.refused, most)
        ),
        (
            say("Phiếu cán bộ đã xem lại", "Sheets that a person looked at"),
            _with_share(quality.reviewed, say.share(quality.review_rate), say),
        ),
        (
            say("Câu trả lời do cán bộ quyết định", "Answers that a person decided"),
            say.n(quality.decided),
        ),
        (
            say("– trong đó sửa kết quả của máy", "– of these, corrected the machine"),
            say.n(quality.corrected),
        ),
        (
            say(
                "Lần đọc lại độc lập bởi người thứ hai, cho cùng kết quả",
                "Read again blind by another person, with the same outcome",
            ),
            _of(quality.agreed, quality.second_readings, say.share(quality.agreement), say),
        ),
        (
            say(
                "– hệ số kappa của Cohen (1: luôn thống nhất; 0: chỉ như ngẫu nhiên)",
                "– Cohen's kappa (1: always the same; 0: no more than by chance)",
            ),
            "0" if quality.kappa is None else say.mean(Fraction(quality.kappa)),
        ),
    ]
    electronic = [
        (
            say("Dòng trong tệp điện tử đã nhập", "Rows of imported electronic exports"),
            say.n(quality.electronic_rows),
        ),
        (
            say("– bỏ vì gửi trùng", "– left out as double submissions"),
            say.n(quality.excluded),
        ),
        *(
            (say("– không khớp: ", "– not matched: ") + say.trouble(trouble), say.n(count))
            for trouble, count in _most_frequent(quality.unmatched, most)
        ),
    ]
    rows = (paper if quality.sheets else []) + (electronic if quality.electronic_rows else [])
    return [row for row in rows if row[1] != "0" or not row[0].startswith("–")]


def quality_bursts(quality: Quality, say: Say, most: int) -> list[str]:
    """Answers that look as if one hand gave them, one line each."""
    shown = [
        f"{short_name(burst.unit_name)} ({burst.domain}): {say.burst(burst.kind)}, "
        + say(
            f"{say.n(burst.count)} trong {say.n(burst.of)} phiếu, {burst.where}",
            f"{say.n(burst.count)} of {say.n(burst.of)} responses, {burst.where}",
        )
        for burst in quality.bursts[:most]
    ]
    left = len(quality.bursts) - most
    if left > 0:
        shown.append(say(f"và {say.n(left)} loạt khác.", f"and {say.n(left)} more."))
    return shown


def _most_frequent(counted: Sequence[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """The most frequent ones, and all others together."""
    ordered = sorted(counted, key=lambda pair: -pair[1])
    if len(ordered) <= most:
        return ordered
    return [*ordered[: most - 1], ("", sum(count for _, count in ordered[most - 1 :]))]


def _with_share(count: int, share: str, say: Say) -> str:
    return f"{say.n(count)} ({share})" if count else say.n(count)


def _of(part: int, whole: int, share: str, say: Say) -> str:
    return f"{say.n(part)}/{say.n(whole)} ({share})" if whole else "–"


def _measure(which: Word, say: Say) -> str:
    return word(which, say.language)


def _hides(figures: Figures, factor: str) -> bool:
    return factor in figures.factors and figures.factors[factor].n is None


def _ranked(each: Ranked, say: Say) -> list[str]:
    group: Group = each.group
    figures = group.figures
    withheld = figures.overall.n is None
    return [
        WITHHELD if each.place is None else say.n(each.place),
        short_name(group.name),
        say.n(figures.overall.n),
        say.share(figures.share, withheld=withheld),
        say.interval(figures.share_interval, withheld=withheld),
        change_text(group, say),
    ]


def change_text(group: Group, say: Say) -> str:
    """A group's change in a cell: its mark and how much, or why there is none."""
    mark = change_word(group.change, say.language)
    before = None if group.before is None else group.before.share
    if group.change is None:
        return "–"
    now = group.figures.share
    if mark in {"▲", "▼"} and before is not None and now is not None:
        return f"{mark} {say.apart(now, before)}"
    return mark
