"""Form 02b: the questions without levels: who answered, their reasons, yes or no."""

from __future__ import annotations

from reports.measures import ratio
from reports.results import QuestionOptions
from reports.rounding import percent
from reports.words import Word, word
from reports.workbook_book import Book, Kind, Tone
from reports.workbook_formulas import share
from reports.workbook_grid import Column
from reports.workbook_questions import CONTENT, domain_names
from reports.workbook_sheet import Form, Sheet
from reports.workbook_summary import RESPONSES, STT, is_used
from reports.workbook_text import Pair

FORM_02B = Form(
    "02b",
    Pair(
        "Thông tin người trả lời, lý do và các câu hỏi khác theo lĩnh vực",
        "Who answered, reasons and other questions by domain",
    ),
    RESPONSES,
)
_ALL_OVER = Pair("Tất cả lĩnh vực", "All domains")
_DOMAINS_OVER = Pair("Số phiếu theo lĩnh vực", "Responses by domain")
_ASKED = Pair("số phiếu được hỏi", "people asked")
_SEVERAL = Pair("được chọn nhiều ý", "several may be chosen")
_NOTES = (
    Pair(
        "Tỷ lệ tính trên số phiếu được hỏi; câu được chọn nhiều ý có tổng tỷ lệ lớn hơn 100%.",
        "Shares are of people asked; where several may be chosen they exceed 100 % together.",
    ),
)


def write_options(book: Book) -> Sheet:
    """Form 02b."""
    found: dict[str, dict[str, QuestionOptions]] = {}
    for each in book.results.options:
        found.setdefault(each.question, {})[each.domain] = each
    named = list(domain_names(book, (each.domain for each in book.results.options)))
    used = {group.key[0] for group in book.results.by_domain if is_used(group)}
    named = [each for each in named if each[0] in used or not used]
    domains = [domain for domain, _ in named if domain]
    columns = (
        Column("stt", STT, 44, "A"),
        Column("name", CONTENT, 420, "B"),
        Column("all", Pair("Số phiếu", "Responses"), 80, "1", _ALL_OVER),
        Column("share", Pair("Tỷ lệ (%)", "Share (%)"), 74, "2", _ALL_OVER),
        *(
            Column(f"d{number}", Pair(domain, domain), 70, str(number), _DOMAINS_OVER)
            for number, domain in enumerate(domains, 3)
        ),
    )
    sheet = Sheet(book, FORM_02B, columns)
    for number, by_domain in enumerate(found.values(), 1):
        _question(sheet, number, by_domain, domains)
    names = "; ".join(f"{domain}: {name}" for domain, name in named if domain)
    sheet.notes([*([names] if names else []), *(book.said(note) for note in _NOTES)])
    sheet.signatures()
    return sheet


def _question(
    sheet: Sheet, number: int, by_domain: dict[str, QuestionOptions], domains: list[str]
) -> None:
    book, whole = sheet.book, by_domain.get("") or next(iter(by_domain.values()))
    sheet.tone = Tone.UNIT
    said = [book.said(_ASKED), *([book.said(_SEVERAL)] if whole.several else [])]
    sheet.number("stt", number, Kind.YEAR)
    sheet.text("name", f"{whole.text} ({', '.join(said)})")
    people = sheet.row
    _counts(sheet, whole.people, [_people(by_domain.get(domain)) for domain in domains])
    sheet.text("share", "")
    sheet.step()
    for place, option in enumerate(whole.options):
        of_domains = [_count(by_domain.get(domain), option.option) for domain in domains]
        _line(sheet, f"{number}.{place + 1}", option.label, option.count, of_domains)
        _share(sheet, people, option.count, whole.people)
    blanks = [each.blank if (each := by_domain.get(domain)) else 0 for domain in domains]
    _line(sheet, "", word(Word.BLANK, book.language), whole.blank, blanks)
    _share(sheet, people, whole.blank, whole.people)


def _line(
    sheet: Sheet,
    symbol: str,
    label: str,
    count: int | None,
    of_domains: list[int | None],
) -> None:
    sheet.text("stt", symbol, Kind.CENTRE)
    sheet.text("name", label, Kind.INDENTED)
    _counts(sheet, count, of_domains)


def _share(sheet: Sheet, people: int, count: int | None, whole: int | None) -> None:
    if count is None or whole is None:
        sheet.value("share", None, withheld=True)
    else:
        formula = share(sheet.ref("all"), sheet.ref("all", people))
        value = percent(ratio(count, whole))
        sheet.formula("share", formula, "–" if value is None else value, Kind.DECIMAL)
    sheet.step()


def _counts(sheet: Sheet, every: int | None, of_domains: list[int | None]) -> None:
    for number, count in enumerate(of_domains, 3):
        sheet.count(f"d{number}", count)
    keys = [f"d{number}" for number in range(3, 3 + len(of_domains))]
    shown = [sheet.number_at(key) for key in keys]
    if every is not None and keys and None not in shown and sum(map(_known, shown)) == every:
        cells = f"{sheet.ref(keys[0])}:{sheet.ref(keys[-1])}"
        sheet.formula("all", f"=SUM({cells})", every, Kind.COUNT)
    else:
        sheet.count("all", every)


def _known(count: int | None) -> int:
    return count or 0


def _people(question: QuestionOptions | None) -> int | None:
    return question.people if question else 0


def _count(question: QuestionOptions | None, option: str) -> int | None:
    if question is None:
        return 0
    found = [each.count for each in question.options if each.option == option]
    return found[0] if found else 0
