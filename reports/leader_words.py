"""What the leader's page says, as short words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reports.charts_levels import Bar
from reports.measures import Band, Change
from reports.report_follow_up import open_alerts
from reports.report_general import answering
from reports.report_tables import missing_text
from reports.report_words import Say
from reports.results import Group, MonthResults, Note, Remark, StockLine, unaccounted
from reports.words import band_word, remark_text

MOST_BARS = 7


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the four numbers."""

    name: str
    number: str
    note: str
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of a list."""

    name: str
    note: str
    number: str


def title(results: MonthResults) -> str:
    """The page's title."""
    say = Say(results.language)
    return say("Mức độ hài lòng ", "Satisfaction, ") + say.month(results)


def headlines(results: MonthResults) -> tuple[Headline, Headline, Headline, Headline]:
    """Responses, participation, share of satisfied people, open alerts."""
    say = Say(results.language)
    return (
        _responses(results, say),
        _participation(results, say),
        _share(results, say),
        _alerts(results, say),
    )


def bars_of(results: MonthResults) -> list[Bar]:
    """A bar for every domain that anybody answered for, the largest ones where too many."""
    every = [g for g in answering(results.by_rollup) if g.figures.overall.n is not None]
    largest = sorted(every, key=lambda group: -(group.figures.overall.n or 0))[:MOST_BARS]
    return [Bar(group.name, group.figures.overall) for group in every if group in largest]


def lowest_of(results: MonthResults) -> tuple[Group, ...]:
    """The lowest places, of few units only the lower half: nobody is both first and last."""
    ranked = sum(each.place is not None for each in results.ranking)
    return results.lowest[: max(1, ranked // 2)]


def stock_lines(results: MonthResults) -> list[ListLine]:
    """The five worst reconciliations."""
    say = Say(results.language)
    return [
        ListLine(f"{line.name} – {line.domain}", _stock_note(line, say), say.n(unaccounted(line)))
        for line in results.worst_stock
    ]


def open_lines(results: MonthResults, most: int) -> tuple[list[ListLine], str]:
    """Open alerts, the most frequent first, and a line about those that do not fit."""
    say = Say(results.language)
    if results.open_alerts is None:
        return [], say("Không nêu trong bản gửi ra ngoài.", "Not given outside the office.")
    found = open_alerts(results.alerts)
    if not found:
        return [], say("Không có câu nào đang chờ.", "None.")
    kept = found if len(found) <= most else found[: most - 1]
    left = sum(each.count for each in found[len(kept) :])
    more = say(f"và {say.n(left)} câu khác, xem Biểu 04.", f"and {say.n(left)} more.")
    shown = [ListLine(e.unit, e.told(say, most=1), say.n(e.count)) for e in kept]
    return shown, more if left else ""


def no_trend(say: Say) -> str:
    """Instead of a line."""
    return say(
        "Chưa có đủ hai tháng có số liệu để vẽ.", "There are not yet two months with numbers."
    )


def footnotes(results: MonthResults) -> str:
    """What must be known with every number of the page."""
    say = Say(results.language)
    told = remark_text(Remark(Note.SELF_SELECTED), results.language)
    if results.outside:
        return told + say(" Dấu *: không công bố.", " *: not shown.")
    return told


def _responses(results: MonthResults, say: Say) -> Headline:
    figures = results.city.figures
    note = ""
    if figures.paper is not None and figures.electronic is not None and figures.responses:
        note = say(
            f"{say.n(figures.paper)} giấy, {say.n(figures.electronic)} điện tử; "
            f"{len(answering(results.by_unit))} đơn vị",
            f"{say.n(figures.paper)} on paper, {say.n(figures.electronic)} electronic; "
            f"{say.of(len(answering(results.by_unit)), 'đơn vị', 'unit')}",
        )
    return Headline(say("Số phiếu", "Responses"), say.n(figures.responses), note)


def _participation(results: MonthResults, say: Say) -> Headline:
    figures, name = results.city.figures, say("Tỷ lệ tham gia", "Participation")
    visits, band = figures.visits, figures.participation_band
    if visits is None and results.outside:
        return Headline(name, "*", say("không nêu ở bản này", "not given in this version"))
    if visits is None or band is None:
        return Headline(name, "–", say("chưa có số lượt trực tiếp", "visits are not known"))
    note = say(
        f"{say.n(visits.answered)} phiếu giấy trên {say.n(visits.counter)} lượt trực tiếp; mục "
        f"tiêu 60–80%: {band_word(band, say.language)}",
        f"{say.n(visits.answered)} paper responses of {say.n(visits.counter)} visits; target "
        f"60–80%: {band_word(band, say.language)}",
    )
    wrong = band in {Band.LOW, Band.IMPOSSIBLE}
    return Headline(name, say.share(figures.participation), note, alarming=wrong)


def _share(results: MonthResults, say: Say) -> Headline:
    city, name = results.city, say("Tỷ lệ hài lòng", "Share satisfied")
    overall = city.figures.overall
    if overall.share is None:
        missing = say("chưa có câu trả lời", "nobody answered")
        why = missing if overall.n == 0 else say("không công bố", "not shown")
        return Headline(name, say.share(None, withheld=overall.n != 0), why)
    low, high = say("khoảng tin cậy 95%: ", "95% interval: "), say.interval(overall.interval)
    before = None if city.before is None else city.before.share
    moved = ""
    if city.change is not None:
        how = {
            Change.UP: say("tăng", "up"),
            Change.DOWN: say("giảm", "down"),
            Change.UNCLEAR: say("chưa rõ tăng, giảm", "no clear change"),
        }[city.change]
        moved = say(f"; {how} so với kỳ trước", f"; {how} on last month")
        if before is not None:
            moved += f" ({say.share(before)})"
    return Headline(name, say.share(overall.share), f"{low}{high}{moved}")


def _alerts(results: MonthResults, say: Say) -> Headline:
    name, opened = say("Cảnh báo chưa xử lý", "Open alerts"), results.open_alerts
    if opened is None:
        return Headline(name, "*", say("không nêu ở bản gửi ra ngoài", "not given outside"))
    every = len(results.alerts)
    note = say(f"trong {say.n(every)} câu cần xem xét", f"of {say.of(every, 'câu', 'alert')}")
    if not every:
        note = say("không có câu nào cần xem xét", "no answer calls for a look")
    return Headline(name, say.n(opened), note, alarming=opened > 0)


def _stock_note(line: StockLine, say: Say) -> str:
    parts = []
    if line.difference:
        parts.append(say(f"không cân đối {say.n(line.difference)}",
                         f"not balanced {say.n(line.difference)}"))  # fmt: skip
    if line.lost:
        parts.append(say(f"báo mất {say.n(line.lost)}", f"lost {say.n(line.lost)}"))
    if line.missing:
        numbers = missing_text(line, say, most=2)
        count = say.n(sum(len(each) for each in line.missing))
        parts.append(say(f"thiếu {count}: {numbers}", f"missing {count}: {numbers}"))
    return "; ".join(parts)
