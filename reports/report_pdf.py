"""Lays the month's report out as an official document (NĐ 30/2020): two to four A4 pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
)

from omr.colour_profiles import rgb_profile
from omr.document_fonts import Serif, serif_font
from omr.document_head import VIETNAMESE_STATE, Head, ShortRule
from omr.document_style import BODY_PT, BOTTOM, LEFT, RIGHT, ROOM, TITLE_PT, TOP, style
from omr.pdf_file import VIETNAMESE, open_canvas
from reports.charts import ALARM, MIDDLE, drawable, put, stroke, width
from reports.report_parts import plain, space
from reports.report_story import Density, appendix, parts, signed
from reports.report_words import Say, document_number, place_and_date
from reports.results import MonthResults
from reports.words import Word, word

MOST_PAGES = 4
_ENGLISH_STATE = ("SOCIALIST REPUBLIC OF VIET NAM", "Independence - Freedom - Happiness")
_MARK_PT, _FOOT_PT = 10.5, 9.0


def write_report(results: MonthResults, path: Path, *, outside: bool = False) -> None:
    """Write ``report.pdf``; equal results give equal bytes.

    Args:
        results: The month.
        path: Of the file; an older one is replaced.
        outside: Whether the report leaves the office.

    Raises:
        ValueError: If it does, but small counts are still in *results*.
        OSError: If the file cannot be written.
    """
    if outside and not results.outside:
        raise ValueError("results for outside the office must have their small counts left out")
    path.write_bytes(report_pdf(results))


def report_pdf(results: MonthResults) -> bytes:
    """The report as a PDF/A-2b file."""
    shown = b""
    for density in Density:
        shown, pages = _built(results, density)
        if pages <= MOST_PAGES:
            break
    return shown


def made(results: MonthResults) -> datetime:
    """What files of the month are dated with: the day after its last one, not the clock."""
    day = results.period.last_day + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def language_tag(say: Say) -> str:
    """The papers' language as in BCP 47."""
    return say(VIETNAMESE, "en")


def draw_mark(canvas: Canvas, right: float, y: float, results: MonthResults) -> None:
    """A frame that says the numbers are provisional, its right end at *right*."""
    words = word(Word.PROVISIONAL, results.language)
    wide = width(words, Serif.BOLD, _MARK_PT) + 12
    stroke(canvas, ALARM, 1.2)
    canvas.rect(right - wide, y - 4.5, wide, 16.5, stroke=1, fill=0)
    put(canvas, right - wide / 2, y, words, size=_MARK_PT, face=Serif.BOLD, align="centre",
        ink=ALARM)  # fmt: skip


def foot_words(results: MonthResults) -> str:
    """What every page says about itself."""
    say = Say(results.language)
    words = [say.month(results), say.version(results)]
    if results.provisional:
        words.append(word(Word.PROVISIONAL, results.language).lower())
    if results.outside:
        words.append(say("bản gửi ra ngoài cơ quan", "for use outside the office"))
    return say("Báo cáo mức độ hài lòng, ", "Satisfaction report, ") + " – ".join(words)


class _Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab ships no types
    """Pages with a number, a foot, and a mark where numbers are provisional."""

    def __init__(self, file: io.BytesIO, results: MonthResults, title: str) -> None:
        super().__init__(
            file,
            pagesize=A4,
            leftMargin=LEFT,
            rightMargin=RIGHT,
            topMargin=TOP,
            bottomMargin=BOTTOM,
            title=title,
            initialFontName=Serif.REGULAR.value,
        )
        self._results = results
        self.pages = 0
        frame = Frame(
            LEFT, BOTTOM, ROOM, A4[1] - TOP - BOTTOM,
            leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
        )  # fmt: skip
        self.addPageTemplates(PageTemplate(frames=[frame], onPage=self._page))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        """Make a bookmark of every heading."""
        title = getattr(flowable, "bookmark", "")
        if title:
            key = f"part-{self.seq.nextf('part')}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(title, key, 0)

    def _page(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        top = A4[1] - TOP / 2 - BODY_PT / 3
        self.pages = document.page
        canvas.saveState()
        if document.page > 1:
            put(canvas, A4[0] / 2, top, str(document.page), size=BODY_PT, align="centre")
        if self._results.provisional:
            draw_mark(canvas, A4[0] - RIGHT, top, self._results)
        put(
            canvas,
            LEFT + ROOM / 2,
            BOTTOM / 2,
            foot_words(self._results),
            size=_FOOT_PT,
            align="centre",
            ink=MIDDLE,
        )
        canvas.restoreState()


def _built(results: MonthResults, density: Density) -> tuple[bytes, int]:
    """The report with this much on a page, and how many pages it has."""
    serif_font(Serif.REGULAR)
    say, file = Say(results.language), io.BytesIO()
    title = drawable(say("Báo cáo mức độ hài lòng ", "Satisfaction report, ") + say.month(results))

    def canvas(*_place: Any, **_options: Any) -> Canvas:
        return open_canvas(
            file,
            size=A4,
            title=title,
            first_font=Serif.REGULAR.value,
            profile=rgb_profile(),
            language=language_tag(say),
            made=made(results),
        )

    document = _Document(file, results, title)
    document.build(_story(results, density), canvasmaker=canvas)
    return file.getvalue(), document.pages


def _story(results: MonthResults, density: Density) -> Sequence[Flowable]:
    say = Say(results.language)
    state = say(*("\n".join(pair) for pair in (VIETNAMESE_STATE, _ENGLISH_STATE)))
    name, motto = state.split("\n")
    bold = style(TITLE_PT, Serif.BOLD, TA_CENTER, leading=1.2 * TITLE_PT)
    subject = say(
        f"Kết quả đo lường mức độ hài lòng của người dân, tổ chức {say.month(results)}",
        f"Satisfaction of people and organisations, {say.month(results)}",
    )
    head = Head(
        drawable(results.agency),
        drawable(results.office),
        drawable(document_number(results)),
        drawable(place_and_date(results)),
        (name, motto),
    )
    story: list[Flowable] = [
        head,
        space(14),
        plain(say("BÁO CÁO", "REPORT"), bold),
        plain(subject, style(BODY_PT, Serif.BOLD, TA_CENTER, leading=1.25 * BODY_PT)),
        ShortRule(),
        space(5),
        *signed(parts(results, density), results),
        PageBreak(),
        *appendix(results, density),
    ]
    return story
