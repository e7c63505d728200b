"""Forms 02, 02a and 02b: every question and factor, in all domains and in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from omr.survey import Role
from reports.figures import FACTORS, Figures, Levels
from reports.measures import plain_mean
from reports.number_text import EMPTY, WITHHELD
from reports.results import MonthResults, QuestionLevels
from reports.rounding import percent
from reports.words import Word, factor_word, word
from reports.workbook_book import Book, Kind, Tone
from reports.workbook_figures import (
    INDEX_HEAD,
    LEVEL_WORDS,
    LEVELS,
    MEAN_HEAD,
    SHARE_HEAD,
    write_levels,
)
from reports.workbook_formulas import mean_of_shares
from reports.workbook_grid import Column, Parts
from reports.workbook_sheet import Form, Sheet
from reports.workbook_summary import STT, is_used
from reports.workbook_text import Pair

ANSWERS = Pair("lượt đánh giá", "answers")
FORM_02 = Form(
    "02",
    Pair(
        "Kết quả theo câu hỏi, nhóm tiêu chí và lĩnh vực", "Results by question, factor and domain"
    ),
    ANSWERS,
)
FORM_02A = Form(
    "02a",
    Pair(
        "Tỷ lệ hài lòng theo câu hỏi, nhóm tiêu chí và lĩnh vực",
        "Share satisfied by question, factor and domain",
    ),
    Pair("%", "%"),
)
ALL_DOMAINS = Pair("Tất cả lĩnh vực", "All domains")
CONTENT = Pair("Nội dung", "Item")
_FACTOR = Pair("Nhóm {factor}: {words}", "Factor {factor}: {words}")
_POOLED = Pair("Cộng các lượt đánh giá theo nhóm tiêu chí", "All rated questions pooled")
_LEVELS_OVER = Pair("Số lượt theo mức", "Answers by level")
_NOTES = (
    Pair(
        "Dòng nhóm tiêu chí là tổng các câu hỏi của nhóm: tỷ lệ tính theo lượt đánh giá. "
        "Đánh giá chung tính theo người.",
        "A factor is the sum of its questions, so its share is of answers; the overall rating "
        "is of people.",
    ),
    Pair(
        "Bình quân năm nhóm tiêu chí là chỉ tiêu của Phòng, tính từ năm tỷ lệ chưa làm tròn.",
        "The mean of the five factors is the office's own measure, of shares before rounding.",
    ),
)


@dataclass(slots=True)
class _Block:
    """The rows of one domain; keys: ids of questions, letters of factors, and these."""

    domain: str
    name: str
    rows: dict[str, int] = field(default_factory=dict)
    values: dict[str, Decimal | str] = field(default_factory=dict)


_POOL_KEY, _COMPOSITE_KEY = " pool", " composite"  # no id begins with a blank


def write_questions(book: Book) -> tuple[Sheet, Sheet]:
    """Forms 02 and 02a."""
    sheet, blocks = _write_counts(book)
    return sheet, _write_shares(sheet, blocks)


def domain_names(book: Book, domains: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The domains of question tables, all together first, with their names."""
    for domain in dict.fromkeys(("", *domains)):
        name = book.results.names.get(domain, domain) if domain else book.said(ALL_DOMAINS)
        yield domain, name


def _write_counts(book: Book) -> tuple[Sheet, list[_Block]]:
    results = book.results
    columns = (
        Column("stt", STT, 44, "A"),
        Column("name", CONTENT, 392, "B"),
        *(
            Column(key, words, 64, str(number), _LEVELS_OVER)
            for number, (key, words) in enumerate(zip(LEVELS, LEVEL_WORDS, strict=True), 1)
        ),
        Column("n", Pair("Tổng số lượt", "All answers"), 70, "6=1+…+5"),
        Column("blank", Pair("Để trống", "Blank"), 60, "7"),
        Column("invalid", Pair("Không hợp lệ", "Invalid"), 60, "8"),
        Column("share", SHARE_HEAD, 70, "9=(1+2)/6"),
        Column("mean", MEAN_HEAD, 62, "10"),
        Column("index", INDEX_HEAD, 62, "11"),
    )
    sheet = Sheet(book, FORM_02, columns)
    blocks = []
    used = {group.key[0] for group in results.by_domain if is_used(group)}
    asked_in = (q.domain for q in results.questions if q.domain in used or not used)
    for number, (domain, name) in enumerate(domain_names(book, asked_in)):
        sheet.band(str(number) if number else "", name if not domain else f"{domain}. {name}")
        block = _Block(domain, name)
        asked = [question for question in results.questions if question.domain == domain]
        _write_block(sheet, block, asked, _figures_of(results, domain))
        blocks.append(block)
    sheet.notes([book.said(note) for note in _NOTES])
    sheet.signatures()
    return sheet, blocks


def _figures_of(results: MonthResults, domain: str) -> Figures:
    if not domain:
        return results.city.figures
    return next(g.figures for g in results.by_domain if g.key[0] == domain)


def _write_block(
    sheet: Sheet, block: _Block, asked: Sequence[QuestionLevels], figures: Figures
) -> None:
    book = sheet.book
    for question in asked:
        if question.role is Role.OVERALL:
            sheet.tone = Tone.UNIT
            _row(sheet, block, question.question, "", question.text, question.levels)
    factor_rows: dict[str, int] = {}
    summed: dict[str, Levels] = {}
    factors = dict.fromkeys(q.factor for q in asked if q.role is Role.RATED)
    for factor in factors:
        head = sheet.row
        sheet.step()
        questions = [q for q in asked if q.role is Role.RATED and q.factor == factor]
        for number, question in enumerate(questions, 1):
            place = f"{factor}{number}" if factor else str(number)
            _row(sheet, block, question.question, place, question.text, question.levels)
        after, sheet.row, sheet.tone = sheet.row, head, Tone.UNIT
        levels = _added([q.levels for q in questions]) or figures.factors.get(factor)
        summed[factor] = levels or Levels(*[None] * 10)
        words = factor_word(factor, book.language) if factor else EMPTY
        name = book.said(_FACTOR).format(factor=factor, words=words)
        parts = Parts(f"SUM({{c}}{head + 2}:{{c}}{after})", range(head + 1, after), sheet)
        _row(sheet, block, f" {factor}", factor, name, summed[factor], parts)
        factor_rows[factor] = head
        sheet.row, sheet.tone = after, Tone.LEAF
    pooled = _added(list(summed.values())) or figures.rated
    cells = ",".join(f"{{c}}{row + 1}" for row in factor_rows.values()) or "0"
    sheet.tone = Tone.GROUP
    parts = Parts(f"SUM({cells})", tuple(factor_rows.values()), sheet)
    _row(sheet, block, _POOL_KEY, "", book.said(_POOLED), pooled, parts)
    _composite(sheet, block, factor_rows, [summed[f].share for f in FACTORS if f in summed])


def _added(every: Sequence[Levels]) -> Levels | None:
    """The sum of levels that are all shown; None if one is not."""
    columns = [[*each.counts, each.blank, each.invalid] for each in every]
    if any(None in column for column in columns):
        return None
    sums = [sum(count or 0 for count in one) for one in zip(*columns, strict=True)] or [0] * 7
    return Levels.of(*sums[:5], blank=sums[5], invalid=sums[6])


def _row(
    sheet: Sheet,
    block: _Block,
    key: str,
    symbol: str,
    name: str,
    levels: Levels,
    parts: Parts | None = None,
) -> None:
    sheet.text("stt", symbol, Kind.CENTRE)
    sheet.text("name", name)
    write_levels(sheet, levels, parts)
    for column, count in (("blank", levels.blank), ("invalid", levels.invalid)):
        if parts is None:
            sheet.count(column, count)
        else:
            sheet.total(column, parts, count)
    value = percent(levels.share)
    block.rows[key] = sheet.row
    block.values[key] = _shown(value, withheld=levels.n != 0)
    sheet.step()


def _composite(
    sheet: Sheet, block: _Block, rows: dict[str, int], shares: list[Fraction | None]
) -> None:
    book, complete = sheet.book, all(factor in rows for factor in FACTORS)
    sheet.tone = Tone.GROUP
    sheet.blanks()
    sheet.text("name", word(Word.COMPOSITE, book.language))
    value = percent(plain_mean(shares)) if complete else None
    counted = [sheet.number_at(key, rows[f]) for f in rows for key in (*LEVELS, "n")]
    if complete and None not in counted:
        cells = [
            (f"{sheet.ref('n5', rows[f])}+{sheet.ref('n4', rows[f])}", sheet.ref("n", rows[f]))
            for f in FACTORS
        ]
        formula = mean_of_shares(cells)
        sheet.formula("share", formula, EMPTY if value is None else value, Kind.DECIMAL)
    else:
        sheet.value("share", value, withheld=None in counted)
    block.rows[_COMPOSITE_KEY] = sheet.row
    block.values[_COMPOSITE_KEY] = _shown(value, withheld=None in counted)
    sheet.step()


def _shown(value: Decimal | None, *, withheld: bool) -> Decimal | str:
    if value is None:
        return WITHHELD if withheld else EMPTY
    return value


def _write_shares(source: Sheet, blocks: Sequence[_Block]) -> Sheet:
    """Form 02a: the shares of form 02 (*source*) side by side, as references to it."""
    book = source.book
    over = Pair("Tỷ lệ hài lòng theo lĩnh vực (%)", "Share satisfied by domain (%)")
    columns = (
        Column("stt", STT, 44, "A"),
        Column("name", CONTENT, 430, "B"),
        *(
            Column(
                f"d{number}",
                Pair(block.domain, block.domain) if block.domain else Pair("Tất cả", "All"),
                74,
                str(number),
                over,
            )
            for number, block in enumerate(blocks, 1)
        ),
    )
    sheet = Sheet(book, FORM_02A, columns)
    for key, symbol, name, tone in _share_rows(book):
        sheet.tone = tone
        sheet.text("stt", symbol, Kind.CENTRE)
        sheet.text("name", name)
        for number, block in enumerate(blocks, 1):
            row = block.rows.get(key)
            if row is None:
                sheet.empty(f"d{number}")
            else:
                cell = f"={source.far_ref('share', row)}"
                sheet.formula(f"d{number}", cell, block.values[key], Kind.DECIMAL)
        sheet.step()
    names = [f"{b.domain}: {b.name}" for b in blocks if b.domain]
    sheet.notes(["; ".join(names), *(book.said(note) for note in _NOTES)])
    sheet.signatures()
    return sheet


def _share_rows(book: Book) -> Iterator[tuple[str, str, str, Tone]]:
    """Every row of form 02a: key, symbol, name and weight."""
    asked = list({q.question: q for q in reversed(book.results.questions)}.values())[::-1]
    for question in asked:
        if question.role is Role.OVERALL:
            yield question.question, "", question.text, Tone.UNIT
    for factor in dict.fromkeys(q.factor for q in asked if q.role is Role.RATED):
        words = factor_word(factor, book.language) if factor else EMPTY
        name = book.said(_FACTOR).format(factor=factor, words=words)
        yield f" {factor}", factor, name, Tone.UNIT
        questions = [q for q in asked if q.role is Role.RATED and q.factor == factor]
        for number, question in enumerate(questions, 1):
            yield question.question, f"{factor}{number}", question.text, Tone.LEAF
    yield _POOL_KEY, "", book.said(_POOLED), Tone.GROUP
    yield _COMPOSITE_KEY, "", word(Word.COMPOSITE, book.language), Tone.GROUP
