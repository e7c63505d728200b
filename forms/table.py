"""The rating table: column heads, numbered rows, and the overall row in bold."""

from __future__ import annotations

import math
from collections.abc import Sequence

from forms.artwork import Block, Item, Stroke
from forms.fonts import Face
from forms.frame import (
    BUBBLE_MM,
    BUBBLE_REACH_MM,
    CLEAR_MM,
    LEFT_MM,
    ROW_PITCH_MM,
)
from forms.style import FAINT, SMALL_PT, baseline, called, placed_question
from forms.text_flow import line_width_mm, refuse_wider, set_line
from omr.geometry import PagePoint
from omr.i18n import _
from omr.layout import Bubble, Question
from omr.survey import Domain, Option, SurveyQuestion, text_for

ROW_PT = 9.0
HEAD_PT = 7.0
COLUMN_PITCH_MM = 10.4
LAST_COLUMN_MM = 134.5  # its head may be 11 mm wide and must end within the margin
HEADS_APART_MM = 0.8  # between the heads of neighbouring columns
NUMBER_ROOM_MM = 5.4  # "10" and a gap
LEADER_DOT_MM = 0.25  # 0.2 was lost in a simulated copy
LEADER_PITCH_MM = 1.5
LEADER_CLEAR_MM = 1.6  # from the last dot to the first bubble: more than a bubble must have


def heads(scale: Sequence[Option]) -> Block:
    """The rating columns' names, the last line of each next to the rows."""
    leading = 2.8
    columns = [_head_lines(option.short or option.label) for option in scale]
    deepest = max(len(lines) for lines in columns)
    height = deepest * leading + 0.3
    items: list[Item] = []
    reach = [-math.inf] * deepest  # how far each line is taken, the last line first
    for centre, lines, option in zip(column_centres(len(scale)), columns, scale, strict=True):
        source = _("the short name of '{option}'").format(option=option.id)
        for up, line in enumerate(reversed(lines)):
            width = line_width_mm(line, Face.REGULAR, HEAD_PT)
            refuse_wider(source, line, reach[up] + HEADS_APART_MM, centre - width / 2)
            reach[up] = centre + width / 2
            at = PagePoint(centre - width / 2, height - 0.9 - up * leading)
            items += set_line(at, line, Face.REGULAR, HEAD_PT, source)
    return Block("heads", height, tuple(items))


def rated(questions: Sequence[SurveyQuestion], domain: Domain, group_gap_mm: float) -> Block:
    """The numbered rows of the rating table, a little apart where the factor changes."""
    items: list[Item] = []
    placed: list[Question] = []
    y = 0.0
    for number, question in enumerate(questions, start=1):
        if number > 1 and question.factor != questions[number - 2].factor:
            y += group_gap_mm
        centre = y + ROW_PITCH_MM / 2
        words = text_for(question, domain)
        figure = str(number)
        figure_width = line_width_mm(figure, Face.REGULAR, SMALL_PT)
        at = PagePoint(LEFT_MM + 3.6 - figure_width, baseline(centre, ROW_PT))
        items += set_line(at, figure, Face.REGULAR, SMALL_PT, question.id)
        items += _row_words(question, words, LEFT_MM + NUMBER_ROOM_MM, centre, Face.REGULAR)
        placed.append(_columns(question, centre))
        y += ROW_PITCH_MM
    return Block("rated", y, tuple(items), tuple(placed))


def overall(question: SurveyQuestion, domain: Domain) -> Block:
    """The table's last row, in bold."""
    centre = ROW_PITCH_MM / 2
    words = _row_words(question, text_for(question, domain), LEFT_MM, centre, Face.BOLD)
    return Block("overall", ROW_PITCH_MM, words, (_columns(question, centre),))


def column_centres(count: int) -> list[float]:
    """Where the rating columns stand, from the left, in mm."""
    return [LAST_COLUMN_MM - COLUMN_PITCH_MM * (count - 1 - i) for i in range(count)]


def _row_words(
    question: SurveyQuestion, words: str, x: float, centre: float, face: Face
) -> tuple[Item, ...]:
    """A table row's words and the dots that lead the eye to its bubbles."""
    edge = column_centres(len(question.options))[0] - BUBBLE_REACH_MM - CLEAR_MM
    width = line_width_mm(words, face, ROW_PT)
    refuse_wider(called(question), words, width, edge - x)
    base = baseline(centre, ROW_PT)
    items = set_line(PagePoint(x, base), words, face, ROW_PT, question.id)
    # Dots of all rows stand under each other.
    start = math.ceil((x + width + 1.0) / LEADER_PITCH_MM) * LEADER_PITCH_MM
    last = edge + CLEAR_MM - LEADER_CLEAR_MM - LEADER_DOT_MM / 2
    stop = math.floor(last / LEADER_PITCH_MM) * LEADER_PITCH_MM
    if stop - start < 2 * LEADER_PITCH_MM:
        return items
    dots = Stroke(
        (PagePoint(start, base), PagePoint(stop, base)),
        LEADER_DOT_MM,
        FAINT,
        question.id,
        LEADER_PITCH_MM,
    )
    return (*items, dots)


def _columns(question: SurveyQuestion, centre: float) -> Question:
    centres = column_centres(len(question.options))
    return placed_question(
        question,
        [
            Bubble(option.id, PagePoint(x, centre), BUBBLE_MM)
            for option, x in zip(question.options, centres, strict=True)
        ],
    )


def _head_lines(words: str) -> list[str]:
    """A head in one line if its column is wide enough, else in two of like width."""
    room = COLUMN_PITCH_MM - 0.8
    if line_width_mm(words, Face.REGULAR, HEAD_PT) <= room:
        return [words]
    parts = words.split()
    splits = [[" ".join(parts[:i]), " ".join(parts[i:])] for i in range(1, len(parts))]
    if not splits:
        return [words]
    widths = [max(line_width_mm(s, Face.REGULAR, HEAD_PT) for s in split) for split in splits]
    # Among like widths the earliest break: it keeps a compound such as "hài lòng" together.
    return next(s for s, w in zip(splits, widths, strict=True) if w <= min(widths) + 1.5)
