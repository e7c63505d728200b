"""What the report says about domains, questions and units. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from omr.survey import Role
from reports.figures import FACTORS
from reports.measures import LEAST_TO_RANK, Change
from reports.report_general import answering
from reports.report_words import Say, short_name
from reports.results import Group, MonthResults, QuestionLevels, QuestionOptions
from reports.words import factor_word

_MOST_NAMED = 4  # units or domains in one sentence
_REASONS_NAMED = 3


def domains(results: MonthResults) -> str:
    """The best and the worst domain, and those that changed."""
    say = Say(results.language)
    every = answering(results.by_rollup)
    enough = [g for g in every if (g.figures.overall.n or 0) >= LEAST_TO_RANK and g.figures.share]
    if len(enough) < 2:
        told = _few_domains(enough, every, say)
    else:
        best, worst = _ends(enough)
        told = say(
            f"Lĩnh vực có tỷ lệ hài lòng cao nhất là {best.name} ({_share(best, say)}), thấp "
            f"nhất là {worst.name} ({_share(worst, say)}).",
            f"{best.name} has the highest share of satisfied people ({_share(best, say)}), "
            f"{worst.name} the lowest ({_share(worst, say)}).",
        )
        if best.figures.share == worst.figures.share:
            told = say(
                f"Tỷ lệ hài lòng của các lĩnh vực bằng nhau ({_share(best, say)}).",
                f"All domains have the same share of satisfied people ({_share(best, say)}).",
            )
    return " ".join(filter(None, [told, changes(every, say, say("lĩnh vực", "domain"))]))


def questions(results: MonthResults) -> str:
    """The best and the worst factor, and the question with the lowest share."""
    say, figures = Say(results.language), results.city.figures
    shares = {f: s for f in FACTORS if (s := figures.factor_share(f)) is not None}
    if len(shares) < 2:
        return ""
    best, worst = max(shares, key=lambda f: shares[f]), min(shares, key=lambda f: shares[f])
    high, low = factor_word(best, results.language), factor_word(worst, results.language)
    told = say(
        f"Trong các nhóm tiêu chí, “{high}” được đánh giá cao nhất ({say.share(shares[best])} "
        f"lượt đánh giá hài lòng), “{low}” thấp nhất ({say.share(shares[worst])}).",
        f"Of the factors, “{high}” is rated best ({say.share(shares[best])} of the answers are "
        f"satisfied) and “{low}” worst ({say.share(shares[worst])}).",
    )
    lowest = lowest_question(results.questions)
    if lowest is not None:
        where = f", {results.names.get(lowest.domain, lowest.domain)}" if lowest.domain else ""
        told += say(
            f" Câu có tỷ lệ hài lòng thấp nhất: “{lowest.text}”{where} "
            f"({say.share(lowest.levels.share)}).",
            f" The question with the lowest share: “{lowest.text}”{where} "
            f"({say.share(lowest.levels.share)}).",
        )
    return told


def lowest_question(every: Iterable[QuestionLevels]) -> QuestionLevels | None:
    """The rated question with the lowest share of enough answers, in the words on paper.

    Questions are looked at for all domains together; a line that each domain words in its own
    way is another question in each of them.
    """
    rows = list(every)
    words: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.domain:
            words[row.question].add(row.text)
    rated = [
        (share, question)
        for question in rows
        if question.role is Role.RATED
        and bool(question.domain) is (len(words[question.question]) > 1)
        and (question.levels.n or 0) >= LEAST_TO_RANK
        and (share := question.levels.share) is not None
    ]
    return min(rated, key=lambda pair: pair[0])[1] if rated else None


def reasons(results: MonthResults) -> str:
    """Why people were not satisfied, and what they said to yes-or-no questions."""
    say = Say(results.language)
    told = []
    for question in results.options:
        if question.domain:
            continue
        if question.role is Role.REASONS:
            told.append(_reasons(question, say))
        elif question.role is Role.YES_NO:
            told.append(_yes_no(question, say))
    return " ".join(filter(None, told))


def units(results: MonthResults) -> str:
    """How many units have a place, and which of them changed."""
    say = Say(results.language)
    every = answering(results.by_unit)
    ranked = [each.group for each in results.ranking if each.place is not None]
    small = len(every) - len(ranked)
    if not every:
        return ""
    if len(every) == 1:
        return say(f"Kỳ này chỉ {every[0].name} có phiếu.", f"Only {every[0].name} has responses.")
    if any(group.figures.overall.n is None for group in every) and not ranked:
        return say("Xếp hạng đơn vị không công bố.", "Places of units are not shown.")
    rule = say("theo cận dưới của khoảng tin cậy", "by the lower end of their intervals")
    if not ranked:
        told = say(
            f"Không đơn vị nào có đủ {LEAST_TO_RANK} người trả lời nên không xếp hạng đơn vị.",
            f"No unit has {LEAST_TO_RANK} answers, so units are not ranked.",
        )
    elif small <= 0:
        told = say(
            f"{_all(len(ranked), say)} có phiếu đều đủ {LEAST_TO_RANK} người trả lời trở lên và "
            f"được xếp hạng {rule}.",
            f"{_all(len(ranked), say)} with responses have {LEAST_TO_RANK} answers or more and "
            f"are ranked {rule}.",
        )
    else:
        rest = say.of(small, "đơn vị", "unit")
        told = say(
            f"Trong {say.n(len(every))} đơn vị có phiếu, {say.n(len(ranked))} đơn vị có từ "
            f"{LEAST_TO_RANK} người trả lời trở lên được xếp hạng ({rule}); {rest} còn lại mẫu "
            "nhỏ, không xếp hạng.",
            f"{say.n(len(ranked))} of {say.of(len(every), 'đơn vị', 'unit')} have "
            f"{LEAST_TO_RANK} answers or more and are ranked {rule}; {rest} with fewer "
            "answers are not.",
        )
    return " ".join(filter(None, [told, changes(every, say, say("đơn vị", "unit"))]))


def changes(groups: Sequence[Group], say: Say, kind: str) -> str:
    """Which groups of a *kind* went up and down for certain; nothing without a comparison."""
    compared = [group for group in groups if group.change is not None]
    up = [short_name(group.name) for group in compared if group.change is Change.UP]
    down = [short_name(group.name) for group in compared if group.change is Change.DOWN]
    unclear = len(compared) - len(up) - len(down)
    if not compared:
        return ""
    if len(groups) == 1:
        return ""  # said of the whole month already
    if not up and not down and len(compared) < len(groups):
        count = say.n(len(compared))
        return say(
            f"So với kỳ trước, trong {count} {kind} so sánh được, chưa {kind} nào tăng hoặc giảm "
            "rõ rệt.",
            f"Of the {count} that can be compared with the month before, no {kind} clearly rose "
            "or fell.",
        )
    if not up and not down:
        return say(
            f"So với kỳ trước, chưa {kind} nào tăng hoặc giảm rõ rệt.",
            f"No {kind} went up or down for certain since the month before.",
        )
    parts = []
    if up:
        names = say.list(up, kind, _MOST_NAMED)
        parts.append(say(f"tăng: {names}", f"up: {names}"))
    if down:
        names = say.list(down, kind, _MOST_NAMED)
        parts.append(say(f"giảm: {names}", f"down: {names}"))
    if unclear:
        parts.append(say(f"{say.n(unclear)} {kind} còn lại chưa rõ", f"unclear: {say.n(unclear)}"))
    return say("So với kỳ trước, ", "Since the month before, ") + "; ".join(parts) + "."


def _few_domains(enough: Sequence[Group], every: Sequence[Group], say: Say) -> str:
    if any(group.figures.overall.n is None for group in every):
        return say(
            "Số liệu của một số lĩnh vực không công bố vì quá ít phiếu hoặc để không suy ra được.",
            "Numbers of some domains are not shown, being small or giving small ones away.",
        )
    if not enough:
        return say(
            f"Không lĩnh vực nào có đủ {LEAST_TO_RANK} người trả lời để so sánh.",
            f"No domain has the {LEAST_TO_RANK} answers that a comparison needs.",
        )
    [only] = enough
    share = _share(only, say)
    if len(every) == 1:
        return say(
            f"Kỳ này chỉ có phiếu của lĩnh vực {only.name} (tỷ lệ hài lòng {share}).",
            f"Only {only.name} has responses this month ({share} satisfied).",
        )
    return say(
        f"Chỉ lĩnh vực {only.name} có đủ {LEAST_TO_RANK} người trả lời (tỷ lệ hài lòng {share}).",
        f"Only {only.name} has {LEAST_TO_RANK} answers or more ({share} satisfied).",
    )


def _reasons(question: QuestionOptions, say: Say) -> str:
    counted = [(each.count, each.label) for each in question.options if each.count]
    counted.sort(key=lambda pair: -pair[0])
    if not counted:
        return ""
    named = "; ".join(
        f"{label} ({say.of(count, 'lượt chọn', 'time')})"
        for count, label in counted[:_REASONS_NAMED]
    )
    return say(
        f"Lý do chưa hài lòng được chọn nhiều nhất: {named}.",
        f"The reasons named most often: {named}.",
    )


def _yes_no(question: QuestionOptions, say: Say) -> str:
    """The question with its counts: what a yes means depends on the question."""
    known = [(each.label, each.count) for each in question.options if each.count is not None]
    answered = sum(count for _, count in known)
    if len(known) < len(question.options) or not answered:
        return ""
    told = "; ".join(
        f"{label}: {say.of(count, 'người', 'person', 'people')} "
        f"({say.share(Fraction(count, answered))})"
        if count
        else say(f"{label}: không ai", f"{label}: nobody")
        for label, count in known
    )
    return say(f"Với câu “{question.text}”: {told}.", f"To “{question.text}”: {told}.")


def _all(count: int, say: Say) -> str:
    return say(f"Cả {say.n(count)} đơn vị", f"All {say.n(count)} units")


def _ends(groups: Sequence[Group]) -> tuple[Group, Group]:
    ordered = sorted(groups, key=lambda group: group.figures.share or Fraction(0))
    return ordered[-1], ordered[0]


def _share(group: Group, say: Say) -> str:
    return say.share(group.figures.share)
