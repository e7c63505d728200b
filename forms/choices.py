"""Choices with their words beside them: profile, reasons, and yes or no."""

from __future__ import annotations

import math
from collections.abc import Sequence

from forms.artwork import Block, Item
from forms.fonts import Face
from forms.frame import (
    BUBBLE_LINE_MM,
    BUBBLE_MM,
    BUBBLE_REACH_MM,
    LEFT_MM,
    RIGHT_MM,
    ROW_PITCH_MM,
)
from forms.style import baseline, called, placed_question
from forms.table import COLUMN_PITCH_MM, LAST_COLUMN_MM, column_centres
from forms.text_flow import line_width_mm, refuse_wider, set_line
from omr.geometry import PagePoint
from omr.layout import Bubble, Question
from omr.survey import Option, SurveyQuestion

CHOICE_PT = 8.5
CHOICE_GAP_MM = 1.2  # from a bubble's outline to its words
CHOICE_APART_MM = 2.4  # at least, from those words to the next bubble: clearly more
LABEL_GAP_MM = 1.8
GROUP_GAP_MM = 3.0  # between two questions in one row
LABEL_PT = 8.0
CELL_MM = 2 * COLUMN_PITCH_MM  # choices stand under each other and above the table's columns
_BUBBLE_WIDTH_MM = BUBBLE_MM + BUBBLE_LINE_MM


def profile(questions: Sequence[SurveyQuestion]) -> Block:
    """Who answers: labels in a column; a short question joins the row before it."""
    label_room = _label_room(questions)
    rows: list[list[SurveyQuestion]] = []
    for question in questions:
        joined = rows and _shared_width(question, rows[-1], label_room) <= RIGHT_MM - LEFT_MM
        if joined:
            rows[-1].append(question)
        else:
            rows.append([question])
    items: list[Item] = []
    placed: list[Question] = []
    for index, (first, *others) in enumerate(rows):
        centre = (index + 0.5) * ROW_PITCH_MM
        starts = [(first, LEFT_MM, label_room)]
        x = _joined_start(others, LEFT_MM + _shared_width(None, [first], label_room))
        for other in others:
            starts.append((other, x, _label_width(other) + LABEL_GAP_MM))
            x += _close_width(other) + GROUP_GAP_MM
        for question, left, room in starts:
            words, laid = _choices(question, left, centre, room)
            items += words
            placed.append(laid)
    return Block("profile", len(rows) * ROW_PITCH_MM, tuple(items), tuple(placed))


def reasons(question: SurveyQuestion) -> Block:
    """Several choices in as few rows as fit, in columns."""
    title = 4.6
    items: list[Item] = list(
        set_line(PagePoint(LEFT_MM, 3.4), question.text, Face.BOLD, CHOICE_PT, question.id)
    )
    room = RIGHT_MM - LEFT_MM
    width = line_width_mm(question.text, Face.BOLD, CHOICE_PT)
    refuse_wider(called(question), question.text, width, room)
    for rows in range(1, len(question.options) + 1):
        across = math.ceil(len(question.options) / rows)
        columns = [
            max(_choice_width(option) for option in question.options[i::across])
            for i in range(across)
        ]
        apart = (room - sum(columns)) / max(across - 1, 1)
        if across == 1 or apart >= CHOICE_APART_MM:
            break
    refuse_wider(called(question), question.options[0].label, sum(columns), room)
    lefts = [LEFT_MM]
    for wide in columns[:-1]:
        lefts.append(lefts[-1] + wide + min(apart, 8.0))
    bubbles: list[Bubble] = []
    for index, option in enumerate(question.options):
        centre = title + (index // across + 0.5) * ROW_PITCH_MM
        words, bubble = _choice(question, option, lefts[index % across], centre)
        items += words
        bubbles.append(bubble)
    height = title + rows * ROW_PITCH_MM
    return Block(question.id, height, tuple(items), (placed_question(question, bubbles),))


def yes_no(question: SurveyQuestion) -> Block:
    """A question and its few choices in one row, under columns of the table where they fit."""
    centre = ROW_PITCH_MM / 2
    width = line_width_mm(question.text, Face.BOLD, CHOICE_PT)
    items: list[Item] = list(
        set_line(
            PagePoint(LEFT_MM, baseline(centre, CHOICE_PT)),
            question.text,
            Face.BOLD,
            CHOICE_PT,
            question.id,
        )
    )
    first = LEFT_MM + width + CHOICE_APART_MM
    lefts = _under_columns(question.options, first)
    if lefts is None:
        widths = [_choice_width(option) + CHOICE_APART_MM for option in question.options]
        start = RIGHT_MM + CHOICE_APART_MM - sum(widths)
        refuse_wider(called(question), question.text, first - start, 0.0)
        lefts = [start + sum(widths[:i]) for i in range(len(widths))]
    bubbles: list[Bubble] = []
    for option, left in zip(question.options, lefts, strict=True):
        words, bubble = _choice(question, option, left, centre)
        items += words
        bubbles.append(bubble)
    return Block(question.id, ROW_PITCH_MM, tuple(items), (placed_question(question, bubbles),))


def _choices(
    question: SurveyQuestion, x: float, centre: float, label_room: float
) -> tuple[list[Item], Question]:
    """A label, taking *label_room*, and its choices in one row from *x*."""
    at = PagePoint(x, baseline(centre, CHOICE_PT))
    items: list[Item] = list(set_line(at, question.text, Face.BOLD, LABEL_PT, called(question)))
    x += label_room
    steps = _steps(question, RIGHT_MM - x)
    end = x + sum(steps[:-1]) + _choice_width(question.options[-1])
    refuse_wider(called(question), question.text, end, RIGHT_MM)
    bubbles: list[Bubble] = []
    for option, step in zip(question.options, steps, strict=True):
        words, bubble = _choice(question, option, x, centre)
        items += words
        bubbles.append(bubble)
        x += step
    return items, placed_question(question, bubbles)


def _label_room(questions: Sequence[SurveyQuestion]) -> float:
    """From the margin to the first choice: so much that it stands on a stop, if all fit then."""
    least = max(_label_width(question) for question in questions) + LABEL_GAP_MM
    stop = _stop_before(LEFT_MM + least + COLUMN_PITCH_MM - 1e-6)
    choices = max(_close_width(question) - _label_width(question) for question in questions)
    return stop - LEFT_MM if stop - LABEL_GAP_MM + choices <= RIGHT_MM else least


def _joined_start(others: Sequence[SurveyQuestion], before_mm: float) -> float:
    """Where questions that join a row begin: their choices on a stop, else at the right."""
    if not others:
        return RIGHT_MM
    x = RIGHT_MM + GROUP_GAP_MM - sum(_close_width(q) + GROUP_GAP_MM for q in others)
    label = _label_width(others[0]) + LABEL_GAP_MM
    stopped = _stop_before(x + label) - label
    return stopped if stopped >= before_mm + GROUP_GAP_MM else x


def _stop_before(x_mm: float) -> float:
    """The last place at or before *x_mm* where a choice lines up with the table's columns."""
    last = LAST_COLUMN_MM - BUBBLE_REACH_MM
    return last - math.ceil((last - x_mm) / COLUMN_PITCH_MM) * COLUMN_PITCH_MM


def _shared_width(
    question: SurveyQuestion | None, row: Sequence[SurveyQuestion], label_room: float
) -> float:
    """What a row needs if *question* joins it."""
    first, *others = row
    room = RIGHT_MM - LEFT_MM - label_room
    steps = _steps(first, room)
    width = label_room + sum(steps[:-1]) + _choice_width(first.options[-1])
    joined = [*others, question] if question else others
    return width + sum(GROUP_GAP_MM + _close_width(other) for other in joined)


def _choice(
    question: SurveyQuestion, option: Option, x: float, centre: float
) -> tuple[tuple[Item, ...], Bubble]:
    """One bubble with its outline starting at *x*, and its words."""
    bubble = Bubble(option.id, PagePoint(x + BUBBLE_REACH_MM, centre), BUBBLE_MM)
    at = PagePoint(x + _BUBBLE_WIDTH_MM + CHOICE_GAP_MM, baseline(centre, CHOICE_PT))
    return set_line(at, option.label, Face.REGULAR, CHOICE_PT, called(question)), bubble


def _choice_width(option: Option) -> float:
    words = line_width_mm(option.label, Face.REGULAR, CHOICE_PT)
    return _BUBBLE_WIDTH_MM + CHOICE_GAP_MM + words


def _close_width(question: SurveyQuestion) -> float:
    """A label and its choices without any grid."""
    choices = sum(_choice_width(option) + CHOICE_APART_MM for option in question.options)
    return _label_width(question) + LABEL_GAP_MM + choices - CHOICE_APART_MM


def _label_width(question: SurveyQuestion) -> float:
    return line_width_mm(question.text, Face.BOLD, LABEL_PT)


def _steps(question: SurveyQuestion, room: float) -> list[float]:
    """From each choice to the next: equal whole cells if *room* allows, else ever closer."""
    widths = [_choice_width(option) for option in question.options]
    cells = [math.ceil((width + CHOICE_APART_MM) / CELL_MM) * CELL_MM for width in widths]
    for steps in ([max(cells[:-1], default=0.0)] * len(cells), cells):
        if sum(steps[:-1]) + widths[-1] <= room:
            return steps
    return [width + CHOICE_APART_MM for width in widths]


def _under_columns(options: Sequence[Option], first: float) -> list[float] | None:
    """Left edges of choices under columns of the table, evenly; None if they do not fit."""
    centres = [x for x in column_centres(5) if x - BUBBLE_REACH_MM >= first]
    step = len(centres) // len(options)
    if step == 0:
        return None
    chosen = [centres[len(centres) - step * (len(options) - i)] for i in range(len(options))]
    lefts = [x - BUBBLE_REACH_MM for x in chosen]
    ends = [x + _choice_width(o) for x, o in zip(lefts, options, strict=True)]
    limits = [*(left - CHOICE_APART_MM for left in lefts[1:]), RIGHT_MM]
    return lefts if all(e <= limit for e, limit in zip(ends, limits, strict=True)) else None
