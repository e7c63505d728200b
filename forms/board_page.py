"""One page of a QR board: head, grid of codes, set-apart survey, caution and imprint.

Sizes follow the distance from which a code is read. The rule of thumb for posters is
10:1, a side of a tenth of the distance, which old cameras need too. A phone of today sees
about 3 pixels of each mm from 1 m (:data:`forms.proof.PHONE_DPI_AT_1_M`) and, out of focus
by one of them, read every one of 1,100 codes of 29 to 57 modules whose modules were
0.95 mm or more, and 0 to 40 % of them at 0.85 mm: :data:`MODULE_MM_PER_M`. So no code on a
board is finer than that: it is read from 1 m at least, and by the rule of thumb from a
third of that, an arm's length. All room left goes into larger codes; the survey's, which
invites from afar, is the largest. What a page reaches is :attr:`BoardPage.reading_m`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from forms.board_art import Anchor, Area, Art, Ink, Words, code_modules
from forms.board_grid import Grid, Group, Placed, lay_grid, wrapped
from forms.board_paper import BoardPaper
from forms.board_survey import SurveyPanel
from forms.board_words import BoardWords
from forms.fonts import Face
from omr.geometry import PagePoint, PageRect
from omr.links import SurveyLink

MODULE_MM_PER_M = 0.95
MAX_COLUMNS = 6
# The survey's code beside the others, and both in mm on A4.
_SURVEY_SHARE = 1.4
_LEAST_SHARE = 1.15
_LEAST_SURVEY_MM = 44.0
_MOST_SURVEY_MM = 82.0
_MOST_SIDE_MM = 64.0
_ALONE_SIDE_MM = 110.0  # of a page without a panel
_MOST_SURVEY_SHARE = 1.9
_DENSITIES = (1.0, 0.85, 0.7)  # of head, survey and foot
_LEAST_SCALE = 0.85  # of words set for A4
_LEAST_PT = 7.5
_MARGIN_MM = 12.0
_GAP_MM = 6.5
_STEP_MM = 0.5
# By how much smaller codes may be if that avoids these.
_LOPSIDED = 0.94  # rows of unlike length
_BROKEN = 0.92  # addresses on two lines
_SIDEWAYS = 0.93  # a wall has more room for upright pages
_DENSE = 0.35  # power of the density: half of it would cost 22 %


@dataclass(frozen=True, slots=True)
class BoardText:
    """What every page of one board says besides its codes."""

    words: BoardWords
    agency: str
    unit: str  # the full name
    title: str
    subtitle: str
    imprint: str  # who issued it, when, which revision
    surveys: tuple[SurveyLink, ...]


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A page ready to be drawn, and where its codes must then be found."""

    width_mm: float
    height_mm: float
    margin_mm: float
    art: tuple[Art, ...]
    placed: tuple[Placed, ...]

    @property
    def least_side_mm(self) -> float:
        """The side of its smallest code."""
        return min(each.code.w_mm for each in self.placed)

    @property
    def reading_m(self) -> float:
        """From how far every code of the page can be read."""
        finest = min(each.code.w_mm / code_modules(each.link.url) for each in self.placed)
        return finest / MODULE_MM_PER_M


@dataclass(frozen=True, slots=True)
class _Plan:
    """One way to divide the page."""

    frame: _Frame
    grid: Grid
    survey_mm: float  # side of the survey's code; 0 without any

    @property
    def merit(self) -> float:
        """The size of its codes, less what is unbalanced."""
        merit = (
            self.grid.side_mm * math.pow(self.frame.density, _DENSE) * min(1.0, self.frame.scale)
        )
        for is_so, factor in (
            (not self.grid.is_even, _LOPSIDED),
            (self.grid.is_broken, _BROKEN),
            (self.frame.sideways, _SIDEWAYS),
        ):
            merit *= factor if is_so else 1.0
        return merit


@dataclass(frozen=True, slots=True)
class _Frame:
    """The page without its grid: head above, caution and imprint below."""

    paper: BoardPaper
    text: BoardText
    sideways: bool
    density: float  # 1, or less where the codes need the room

    @property
    def scale(self) -> float:
        return self.paper.scale * self.density

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.paper.size_mm
        return (height, width) if self.sideways else (width, height)

    @property
    def margin(self) -> float:
        return _MARGIN_MM * self.scale

    @property
    def gap(self) -> float:
        return _GAP_MM * self.scale

    @property
    def inner_mm(self) -> float:
        return self.size[0] - 2 * self.margin

    @property
    def body_mm(self) -> float:
        """The height between head and foot, without the gaps."""
        return self.foot("")[1] - self.head()[1] - 2 * self.gap

    @property
    def panel(self) -> SurveyPanel:
        return SurveyPanel(self.text.surveys, self.text.words, self.scale, self.sideways)

    def lines(self, text: str, face: Face, size: float) -> tuple[str, ...]:
        return wrapped(text, face, size * self.scale, self.inner_mm - 2 * self._band_pad)

    @property
    def _band_pad(self) -> float:
        return 6.0 * self.scale

    def head(self) -> tuple[list[Art], float]:
        """The head and the y of its foot."""
        s, left, text = self.scale, self.margin, self.text
        unit_lines = self.lines(text.unit.upper(), Face.BOLD, 17)
        agency = [text.agency.upper()] if text.agency else []
        band_mm = (7.4 + 4.8 * len(agency) + 7.8 * len(unit_lines)) * s
        art: list[Art] = [
            Area(PageRect(left, left, self.inner_mm, band_mm), Ink.GREEN),
            Area(PageRect(left, left + band_mm, self.inner_mm, 1.1 * s), Ink.RED),
        ]
        x, y = left + self._band_pad, left + 3.2 * s
        for line in agency:
            y += 4.8 * s
            art.append(Words(PagePoint(x, y), line, Face.REGULAR, 10.5 * s, Ink.WHITE))
        for line in unit_lines:
            y += 7.8 * s
            art.append(Words(PagePoint(x, y), line, Face.BOLD, 17 * s, Ink.WHITE))
        y = left + band_mm + 14.0 * s
        art.append(Words(PagePoint(left, y), text.title, Face.BOLD, 27 * s, Ink.GREEN))
        for line in self.lines(text.subtitle, Face.REGULAR, 13.5):
            y += 7.5 * s
            art.append(Words(PagePoint(left, y), line, Face.REGULAR, 13.5 * s, Ink.GREY))
        return art, y + 1.5 * s

    def foot(self, page_mark: str) -> tuple[list[Art], float]:
        """Caution and imprint, and the y of their top."""
        s, left, right = self.scale, self.margin, self.size[0] - self.margin
        words, small = self.text.words, max(8 * s, _LEAST_PT)
        y = self.size[1] - self.margin
        art: list[Art] = [
            Words(PagePoint(left, y), self.text.imprint, Face.REGULAR, small, Ink.GREY),
            Words(PagePoint(right, y), page_mark, Face.REGULAR, small, Ink.GREY, Anchor.RIGHT),
            Area(PageRect(left, y - 4.8 * s, self.inner_mm, 0.2 * s), Ink.LINE),
        ]
        lines = [
            (line, face)
            for text, face in ((words.caution, Face.BOLD), (words.report, Face.REGULAR))
            for line in self.lines(text, face, 11)
        ]
        y -= 8.3 * s
        for line, face in reversed(lines):
            art.append(Words(PagePoint(left, y), line, face, 11 * s, Ink.BLACK))
            y -= 5.2 * s
        return art, y + 1.2 * s


def compose(
    paper: BoardPaper, text: BoardText, groups: tuple[Group, ...], page_mark: str
) -> BoardPage | None:
    """The page with the largest codes that it can hold, or nothing if they were too small."""
    plans = [
        plan
        for density in _DENSITIES
        if density * paper.scale >= _LEAST_SCALE
        for sideways in (False, True)
        for columns in range(1, MAX_COLUMNS + 1)
        if (plan := _largest(_Frame(paper, text, sideways, density), groups, columns))
    ]
    if not plans:
        return None
    return _drawn(_grown(max(plans, key=lambda plan: plan.merit)), page_mark)


def _largest(frame: _Frame, groups: tuple[Group, ...], columns: int) -> _Plan | None:
    """The plan with the largest codes, by bisection in whole steps."""
    most = (_MOST_SIDE_MM if frame.text.surveys else _ALONE_SIDE_MM) * frame.scale
    least = max(
        code_modules(link.url) * MODULE_MM_PER_M for group in groups for link in group.links
    )
    low, high = math.ceil(least / _STEP_MM), math.floor(most / _STEP_MM)
    best: _Plan | None = None
    while low <= high:
        middle = (low + high) // 2
        plan = _plan(frame, groups, columns, middle * _STEP_MM)
        if plan:
            best, low = plan, middle + 1
        else:
            high = middle - 1
    return best


def _plan(frame: _Frame, groups: tuple[Group, ...], columns: int, side_mm: float) -> _Plan | None:
    """The page with codes of that side and as large a survey as is wanted beside them."""
    for survey_mm in _survey_sides(frame, side_mm) if frame.text.surveys else (0.0,):
        width, height = _grid_room(frame, survey_mm)
        if width <= 0 or height <= 0:
            continue
        grid = lay_grid(groups, width, columns, side_mm, frame.text.words, height)
        if grid:
            return _Plan(frame, grid, survey_mm)
    return None


def _grid_room(frame: _Frame, survey_mm: float) -> tuple[float, float]:
    """Width and height left for the grid beside or above the survey; 0 where none is."""
    width, height = frame.inner_mm, frame.body_mm
    if not survey_mm:
        return width, height
    panel = frame.panel
    if frame.sideways:
        panel_mm = panel.width_for(survey_mm)
        needed = panel.height_for(panel_mm, survey_mm)
        fits = needed is not None and needed <= height
        return (width - panel_mm - frame.gap, height) if fits else (0.0, 0.0)
    needed = panel.height_for(width, survey_mm)
    return (0.0, 0.0) if needed is None else (width, height - needed - frame.gap)


def _grown(plan: _Plan) -> _Plan:
    """The plan with a larger survey, if its grid leaves room for one."""
    most = min(_MOST_SURVEY_SHARE * plan.grid.side_mm, _MOST_SURVEY_MM * plan.frame.scale)
    grown = plan
    while grown.survey_mm and grown.survey_mm + _STEP_MM <= most:
        tried = grown.survey_mm + _STEP_MM
        width, height = _grid_room(plan.frame, tried)
        if width < plan.grid.width_mm or height < plan.grid.height_mm:
            break
        grown = replace(grown, survey_mm=tried)
    return grown


def _survey_sides(frame: _Frame, side_mm: float) -> Iterator[float]:
    """Sides for the survey's code, the most wanted first."""
    finest = max(code_modules(survey.link.url) for survey in frame.text.surveys)
    least = max(side_mm * _LEAST_SHARE, finest * MODULE_MM_PER_M)
    if len(frame.text.surveys) == 1:
        least = max(least, _LEAST_SURVEY_MM * frame.scale)
    wanted = max(least, min(side_mm * _SURVEY_SHARE, _MOST_SURVEY_MM * frame.scale))
    steps = 4
    for step in range(steps + 1):
        yield wanted + (least - wanted) * step / steps


def _drawn(plan: _Plan, page_mark: str) -> BoardPage:
    frame = plan.frame
    head, top = frame.head()
    foot, bottom = frame.foot(page_mark)
    art: list[Art] = [*head, *foot]
    placed: list[Placed] = []
    left = frame.margin
    top, bottom = top + frame.gap, bottom - frame.gap
    if plan.survey_mm:
        panel = frame.panel
        if frame.sideways:
            width = panel.width_for(plan.survey_mm)
            box = PageRect(left + frame.inner_mm - width, top, width, bottom - top)
        else:
            height = panel.height_for(frame.inner_mm, plan.survey_mm) or 0.0
            box = PageRect(left, bottom - height, frame.inner_mm, height)
            bottom -= height + frame.gap
        panel_art, placed = panel.art(box, plan.survey_mm)
        art += panel_art
    spare = bottom - top - plan.grid.height_mm
    # Rows drift apart only so far; what is left over stays as white above and below.
    between = min(spare * 0.6, 12.0 * frame.scale * (len(plan.grid.rows) - 1))
    grid_art, grid_placed = plan.grid.art(left, top + (spare - between) / 2, between)
    return BoardPage(*frame.size, frame.margin, (*art, *grid_art), (*grid_placed, *placed))
