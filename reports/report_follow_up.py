"""What the report says about forms, alerts, and what has to be done next. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.measures import Change
from reports.report_general import answering
from reports.report_words import Say, short_name
from reports.results import AlertRow, MonthResults, Note, StockLine, unaccounted

_NAMED = 3  # units in one task


@dataclass(frozen=True, slots=True)
class OpenAlerts:
    """Alerts of one unit that nobody has handled."""

    unit: str  # its name
    answers: tuple[tuple[str, int], ...]  # question and answer, and how often; the most first

    @property
    def count(self) -> int:
        """How many alerts."""
        return sum(count for _, count in self.answers)

    def told(self, say: Say, most: int = 2) -> str:
        """The answers in words, of many only the most frequent ones."""
        words = [
            f"{answer} ({say.n(count)})" if count > 1 else answer
            for answer, count in self.answers[:most]
        ]
        return "; ".join(words) + ("; …" if len(self.answers) > most else "")


def open_alerts(alerts: Iterable[AlertRow]) -> list[OpenAlerts]:
    """Alerts that nobody has handled by unit, the most first."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for alert in alerts:
        if not alert.handled:
            question = alert.text.rstrip(" ?:.")
            counted[alert.unit_name][f"{question}: {alert.label}"] += 1
    found = [
        OpenAlerts(unit, tuple(sorted(answers.items(), key=lambda pair: (-pair[1], pair[0]))))
        for unit, answers in counted.items()
    ]
    return sorted(found, key=lambda each: (-each.count, each.unit))


def alerts(results: MonthResults) -> str:
    """How many alerts there are, and where most of them wait."""
    say, opened = Say(results.language), results.open_alerts
    if opened is None:
        return say(
            "Phản ánh cần xem xét là của từng người nên không nêu trong bản gửi ra ngoài.",
            "Alerts are each about one person, so none is given outside the office.",
        )
    every = len(results.alerts)
    if not every:
        return say(
            "Kỳ này không có câu trả lời nào phải xem xét ngay (mức không hài lòng hoặc chi thêm "
            "ngoài quy định).",
            "No answer of this month calls for a look (a low rating, or an extra cost).",
        )
    people = len({alert.record_id for alert in results.alerts})
    told = say(
        f"Có {say.n(every)} câu trả lời cần xem xét (mức không hài lòng hoặc chi thêm ngoài quy "
        f"định) trong {say.n(people)} phiếu",
        f"{say.of(every, 'câu', 'answer')} of {say.of(people, 'phiếu', 'person', 'people')} call "
        "for a look (a low rating, or an extra cost)",
    )
    if not opened:
        return told + say("; tất cả đã được xử lý.", "; all have been handled.")
    if opened == every:
        return told + say("; chưa câu nào được xử lý.", "; none has been handled.")
    return told + say(
        f"; {say.n(every - opened)} câu đã xử lý, còn {say.n(opened)} câu chưa xử lý.",
        f"; {say.n(every - opened)} handled, {say.n(opened)} open.",
    )


def stock(results: MonthResults) -> str:
    """Where the paper forms are."""
    say, found = Say(results.language), results.stock
    if not found:
        return say(
            "Kỳ này không có phiếu giấy nào được cấp phát hoặc thu hồi.",
            "No paper forms were issued or came back this month.",
        )
    sums = {
        name: _sum(found, name)
        for name in (
            "opening",
            "issued",
            "returned_answered",
            "returned_blank",
            "void",
            "lost",
            "unused_returned",
            "outstanding",
        )
    }
    if None in sums.values():
        return say(
            "Số phiếu của những nơi có quá ít phiếu không công bố nên không tính tổng.",
            "Forms of places with few responses are not shown, so there are no sums.",
        )
    had = _phrases(
        sums,
        say,
        {
            "opening": ("tồn đầu kỳ {} phiếu", "{} at the start"),
            "issued": ("cấp phát trong kỳ {} phiếu", "{} issued"),
        },
    )
    went = _phrases(
        sums,
        say,
        {
            "returned_answered": ("thu hồi {} phiếu có ý kiến", "{} came back answered"),
            "returned_blank": ("{} phiếu trắng", "{} blank"),
            "void": ("{} phiếu hỏng, huỷ", "{} void"),
            "lost": ("mất {} phiếu", "{} lost"),
            "unused_returned": ("nộp lại {} phiếu chưa dùng", "{} handed back unused"),
            "outstanding": ("tồn cuối kỳ {} phiếu", "{} still out"),
        },
    )
    told = say("Phiếu giấy: ", "Paper forms: ") + "; ".join(filter(None, [had, went])) + "."
    if sums["returned_blank"]:
        told += say(
            " Phiếu trắng có trên bản quét vẫn được tính vào số phiếu, không vào tỷ lệ nào.",
            " Blank ones that were scanned are among the responses, and in no share.",
        )
    if results.return_rate is not None:
        rate = say.share(results.return_rate)
        told += say(f" Tỷ lệ thu hồi phiếu: {rate}.", f" Rate of return: {rate}.")
    return told


def balance(results: MonthResults) -> str:
    """Whether all forms are accounted for."""
    say = Say(results.language)
    lines = [line for line in results.stock if line.difference is not None]
    odd = [line for line in lines if unaccounted(line)]
    if not lines:
        return ""
    if not odd:
        return say(
            "Mọi dòng đối chiếu đều cân đối, không có phiếu mất hoặc thiếu số.",
            "Every line balances; no form is lost or missing.",
        )
    total = sum(unaccounted(line) for line in odd)
    shown = len(results.worst_stock)
    told = say(
        f"Còn {say.n(total)} phiếu chưa rõ ở đâu (không cân đối, báo mất hoặc thiếu số giữa các "
        f"phiếu đã thu hồi) tại {say.n(len(odd))} dòng đối chiếu",
        f"{say.of(total, 'phiếu', 'form')} in {say.of(len(odd), 'dòng', 'line')} "
        "cannot be accounted for (not balanced, lost, or missing between others that came back)",
    )
    if len(odd) > shown:
        told += say("; bảng dưới đây nêu những dòng nhiều nhất", "; the table has the worst ones")
    return told + "."


def tasks(results: MonthResults) -> list[str]:
    """What the office has to do next, by the numbers alone; may be empty."""
    if results.outside:
        return []
    say = Say(results.language)
    found = [_handle(results, say), *_data_tasks(results, say)]
    down = [short_name(g.name) for g in answering(results.by_unit) if g.change is Change.DOWN]
    if down:
        names = say.list(down, say("đơn vị", "unit"), _NAMED)
        found.append(
            say(
                f"Làm rõ nguyên nhân ở đơn vị có tỷ lệ hài lòng giảm: {names}.",
                f"Find out why the share of satisfied people went down: {names}.",
            )
        )
    return [task for task in found if task]


def _handle(results: MonthResults, say: Say) -> str:
    if not results.open_alerts:
        return ""
    waiting = open_alerts(results.alerts)
    names = say.list(
        [f"{short_name(each.unit)} ({say.n(each.count)})" for each in waiting],
        say("đơn vị", "unit"),
        _NAMED,
    )
    return say(
        f"Xử lý {say.n(results.open_alerts)} câu trả lời cần xem xét: {names}.",
        f"Handle {say.of(results.open_alerts, 'câu', 'open alert')}: {names}.",
    )


def _data_tasks(results: MonthResults, say: Say) -> list[str]:
    remarks = {remark.note: remark.number for remark in results.remarks}
    found = []
    odd = list(dict.fromkeys(short_name(line.name) for line in results.worst_stock))
    if odd:
        names = say.list(odd, say("đơn vị", "unit"), _NAMED)
        found.append(say(f"Đối chiếu lại phiếu giấy: {names}.", f"Check the forms of: {names}."))
    if results.quality.waiting:
        waiting = results.quality.waiting
        found.append(
            say(
                f"Xem lại {say.n(waiting)} phiếu đang chờ cán bộ quyết định.",
                f"Decide {say.of(waiting, 'phiếu', 'form')} that "
                f"{'waits' if waiting == 1 else 'wait'} for a person.",
            )
        )
    if results.quality.bursts:
        alike = list(dict.fromkeys(short_name(burst.unit_name) for burst in results.quality.bursts))
        names = say.list(alike, say("đơn vị", "unit"), _NAMED)
        found.append(
            say(
                f"Xác minh các loạt trả lời giống nhau bất thường: {names}.",
                f"Look into answers that are alike beyond chance: {names}.",
            )
        )
    if exceeded := remarks.get(Note.VISITS_EXCEEDED):
        found.append(
            say(
                f"Kiểm tra số lượt trực tiếp của {say.n(exceeded)} nơi có số phiếu lớn hơn số "
                "lượt.",
                f"Check the visits of {say.of(exceeded, 'nơi', 'place')} with more answers "
                "than visits.",
            )
        )
    if missing := remarks.get(Note.VISITS_MISSING):
        found.append(
            say(
                f"Bổ sung số lượt trực tiếp của {say.n(missing)} nơi còn thiếu.",
                f"Supply the visits of {say.of(missing, 'nơi', 'place')} that lack them.",
            )
        )
    return found


def _phrases(sums: dict[str, int | None], say: Say, words: dict[str, tuple[str, str]]) -> str:
    """The sums that are not 0, in words."""
    return ", ".join(
        say(*pair).format(say.n(sums[name])) for name, pair in words.items() if sums[name]
    )


def _sum(lines: Sequence[StockLine], name: str) -> int | None:
    numbers: list[int | None] = [getattr(line, name) for line in lines]
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
