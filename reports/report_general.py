"""What the report says about the whole month: responses, satisfaction, participation. Pure."""

from __future__ import annotations

from fractions import Fraction

from reports.figures import Figures
from reports.measures import LEAST_TO_RANK, Band, Change
from reports.report_words import Say
from reports.results import Group, MonthResults, Note, Remark
from reports.words import break_word, remark_text


def general(results: MonthResults) -> list[str]:
    """The paragraphs of part I."""
    if results.city.figures.responses == 0:
        return [_nothing(results)]
    if results.city.figures.hidden:
        return [opening(results)]
    return [
        opening(results),
        " ".join(filter(None, [satisfaction(results), movement(results)])),
        explanation(results),
        participation(results),
    ]


def opening(results: MonthResults) -> str:
    """How many answered, by which channel, and where."""
    say, figures = Say(results.language), results.city.figures
    if figures.hidden:
        return say(
            f"Kỳ báo cáo {say.month(results)} ({say.days(results)}) có quá ít phiếu nên số liệu "
            "không công bố.",
            f"In {say.month(results)} ({say.days(results)}) so few people answered that no "
            "numbers are published.",
        )
    count = say("phiếu đánh giá (số phiếu không công bố)", "responses (how many is not shown)")
    if figures.responses is not None:
        count = say.of(figures.responses, "phiếu đánh giá", "response")
    return say(
        f"Trong kỳ báo cáo {say.month(results)} ({say.days(results)}), {results.office} tổng hợp "
        f"{count}{_channels(figures, say)}{_where(results, say)}.",
        f"In {say.month(results)} ({say.days(results)}) the office counted "
        f"{count}{_channels(figures, say)}{_where(results, say)}.",
    )


def satisfaction(results: MonthResults) -> str:
    """The share of satisfied people."""
    say, overall = Say(results.language), results.city.figures.overall
    if overall.n is None or overall.satisfied is None:
        return say(
            "Tỷ lệ hài lòng chung không công bố vì có ô quá ít phiếu.",
            "The overall share is not published, as it would give away small counts.",
        )
    if overall.n == 0:
        return say(
            "Không có câu đánh giá chung nào hợp lệ nên chưa tính được tỷ lệ hài lòng chung.",
            "Nobody answered the overall rating, so there is no share of satisfied people.",
        )
    share, low = say.share(overall.share), overall.n < LEAST_TO_RANK
    told = say(
        f"Tỷ lệ hài lòng chung là {share}: {say.n(overall.satisfied)} trong "
        f"{say.n(overall.n)} người trả lời câu đánh giá chung chọn mức Rất hài lòng hoặc Hài "
        f"lòng (khoảng tin cậy 95%: {say.interval(overall.interval)}).",
        f"{share} were satisfied: {say.n(overall.satisfied)} of {say.n(overall.n)} people who "
        "answered the overall rating chose one of the two best levels (95% interval: "
        f"{say.interval(overall.interval)}).",
    )
    told += _unrated(results.city.figures, say)
    if low:
        told += say(
            f" Mẫu nhỏ (dưới {LEAST_TO_RANK} người): tỷ lệ này chỉ để tham khảo.",
            f" The sample is small (fewer than {LEAST_TO_RANK} people): take it as a hint only.",
        )
    return told


def _unrated(figures: Figures, say: Say) -> str:
    """Who is among the responses and not among those that the share is of."""
    overall, every = figures.overall, figures.responses
    if every is None or overall.n is None or every == overall.n:
        return ""
    others, blank, invalid = every - overall.n, overall.blank, overall.invalid
    if blank is None or invalid is None:
        return ""
    elsewhere = others - blank - invalid  # their counts came without this question
    parts = [
        (blank, say("để trống câu này", "left it blank")),
        (invalid, say("chọn không hợp lệ", "chose more than allowed")),
        (elsewhere, say("không được hỏi câu này", "were not asked it")),
    ]
    there = [(count, words) for count, words in parts if count > 0]
    if len(there) == 1:
        return say(
            f" {say.n(others)} phiếu còn lại {there[0][1]}, vẫn được tính vào số phiếu.",
            f" The other {say.n(others)} {there[0][1]}; they are counted as responses.",
        )
    told = "; ".join(f"{say.n(count)} {words}" for count, words in there)
    return say(
        f" {say.n(others)} phiếu còn lại vẫn được tính vào số phiếu: {told}.",
        f" The other {say.n(others)} are counted as responses: {told}.",
    )


def movement(results: MonthResults) -> str:
    """What happened to the share since the month before, only as far as it is certain."""
    say, city = Say(results.language), results.city
    now = city.figures.share
    if now is None:
        return ""
    if city.change is None:
        return _not_compared(results, say)
    return movement_words(city, say)


def movement_words(group: Group, say: Say) -> str:
    """A group's change as a sentence; it has one."""
    now = group.figures.share
    before = None if group.before is None else group.before.share
    if group.change is Change.UNCLEAR:
        if before is None:
            return say(
                "So với kỳ trước, chưa rõ tăng hay giảm.",
                "Whether that is more or less than a month ago is unclear.",
            )
        return say(
            f"So với kỳ trước ({say.share(before)}), chưa rõ tăng hay giảm: chênh lệch "
            f"{say.apart(now, before)} điểm phần trăm có thể chỉ do ngẫu nhiên.",
            f"Compared with {say.share(before)} a month ago the change is unclear: "
            f"{say.apart(now, before)} points may be chance alone.",
        )
    up = group.change is Change.UP
    if before is None or now is None or (now > before) is not up:
        return say(
            f"So với kỳ trước, tỷ lệ này {'tăng' if up else 'giảm'}, chênh lệch có ý nghĩa thống "
            "kê.",
            f"It went {'up' if up else 'down'} since the month before (significant).",
        )
    return say(
        f"So với kỳ trước ({say.share(before)}), tỷ lệ này {'tăng' if up else 'giảm'} "
        f"{say.apart(now, before)} điểm phần trăm; chênh lệch có ý nghĩa thống kê.",
        f"It went {'up' if up else 'down'} by {say.apart(now, before)} points from "
        f"{say.share(before)} a month ago, which is significant.",
    )


def explanation(results: MonthResults) -> str:
    """What an interval is, and what it does not cover; said once."""
    say = Say(results.language)
    return say(
        "Khoảng tin cậy 95% là khoảng mà tỷ lệ thật nhiều khả năng nằm trong đó; càng ít phiếu, "
        "khoảng càng rộng. ",
        "A 95% interval is where the true share most likely lies; the fewer answers, the wider "
        "it is. ",
    ) + remark_text(Remark(Note.SELF_SELECTED), results.language)


def participation(results: MonthResults) -> str:
    """Who answered of those at the counter, against the target."""
    say, figures = Say(results.language), results.city.figures
    visits, band = figures.visits, figures.participation_band
    if visits is None and results.outside:
        return say(
            "Tỷ lệ tham gia không nêu trong bản gửi ra ngoài.",
            "The rate of participation is not given outside the office.",
        )
    if visits is None or band is None:
        return say(
            "Chưa có số lượt trực tiếp tại quầy nên chưa tính được tỷ lệ tham gia.",
            "Visits to the counters are not known, so there is no rate of participation.",
        )
    if not visits.answered:
        return say(
            f"Chưa có phiếu giấy nào trên {say.n(visits.counter)} lượt trực tiếp tại quầy.",
            f"None of {say.of(visits.counter, 'lượt', 'visit')} to the counters led to a paper "
            "response.",
        )
    share = say.share(figures.participation)
    told = say(
        f"Tỷ lệ tham gia tại quầy là {share} ({say.n(visits.answered)} phiếu giấy trên "
        f"{say.n(visits.counter)} lượt trực tiếp), {_target(band, say)}.",
        f"{share} of the visits to the counters led to a paper response "
        f"({say.n(visits.answered)} of {say.n(visits.counter)}), {_target(band, say)}.",
    )
    if not visits.complete:
        told += say(
            " Tỷ lệ này chỉ tính ở những nơi đã có số lượt trực tiếp.",
            " It covers only the places whose visits are known.",
        )
    return told


def _nothing(results: MonthResults) -> str:
    say = Say(results.language)
    return say(
        f"Trong kỳ báo cáo {say.month(results)} ({say.days(results)}) chưa thu được phiếu đánh "
        "giá nào, cả phiếu giấy và phiếu điện tử; vì vậy báo cáo không có tỷ lệ nào.",
        f"In {say.month(results)} ({say.days(results)}) nobody answered, neither on paper nor "
        "electronically, so this report has no shares.",
    )


def _channels(figures: Figures, say: Say) -> str:
    paper, electronic, every = figures.paper, figures.electronic, figures.responses
    if paper is None or electronic is None or not every:
        return ""
    if electronic == 0:
        return say(", toàn bộ là phiếu giấy", ", all on paper")
    if paper == 0:
        return say(", toàn bộ là phiếu điện tử", ", all electronic")
    shares = [say.share(Fraction(part, every)) for part in (paper, electronic)]
    return say(
        f", gồm {say.n(paper)} phiếu giấy ({shares[0]}) và {say.n(electronic)} phiếu điện tử "
        f"({shares[1]})",
        f", {say.n(paper)} on paper ({shares[0]}) and {say.n(electronic)} electronic ({shares[1]})",
    )


def answering(groups: tuple[Group, ...]) -> list[Group]:
    """The groups that anybody answered for, whether or not their numbers may be shown."""
    return [group for group in groups if group.figures.responses != 0]


def _where(results: MonthResults, say: Say) -> str:
    units, domains = answering(results.by_unit), answering(results.by_rollup)
    if not units or not domains:
        return ""
    unit = units[0].name if len(units) == 1 else say.of(len(units), "đơn vị", "unit")
    domain = (
        say(f"lĩnh vực {domains[0].name}", domains[0].name)
        if len(domains) == 1
        else say.of(len(domains), "lĩnh vực", "domain")
    )
    return say(f", tại {unit}, thuộc {domain}", f", from {unit} in {domain}")


def _not_compared(results: MonthResults, say: Say) -> str:
    points = results.trend.points
    before = points[-2] if len(points) > 1 else None
    if before is None or before.figures is None or before.figures.share is None:
        return say(
            "Chưa có số liệu kỳ trước để so sánh.", "There is no month before to compare with."
        )
    why = "; ".join(break_word(reason, results.language) for reason in before.breaks)
    if not why:
        return ""
    return say(
        f"Không so sánh được với kỳ trước ({why}).",
        f"It cannot be compared with the month before ({why}).",
    )


def _target(band: Band, say: Say) -> str:
    return {
        Band.LOW: say("thấp hơn mục tiêu 60–80%", "below the target of 60–80%"),
        Band.NEAR: say("trong khoảng mục tiêu 60–80%", "within the target of 60–80%"),
        Band.REACHED: say("đạt mục tiêu từ 80% trở lên", "which reaches the target of 80%"),
        Band.IMPOSSIBLE: say(
            "số phiếu nhiều hơn số lượt: số liệu sai, phải kiểm tra trước khi sử dụng",
            "more answers than visits: the data are wrong and must be checked before use",
        ),
    }[band]
