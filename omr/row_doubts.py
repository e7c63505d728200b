"""What a doubt about one row says about the rows beside it (pure)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from omr.layout import Layout
from omr.marks import Answer, Answers, AnswerState, Reason
from omr.once import once_each
from omr.scoring import BubbleMeasure
from omr.thresholds import Thresholds

_NEXT_MM = 11.0  # rows lie 6 mm apart: the next one, in the same column, and not the next but one

Place = tuple[str, str]  # question, option


def with_doubts_beside(
    answers: Answers,
    bubbles: Mapping[str, Sequence[BubbleMeasure]],
    layout: Layout,
    thresholds: Thresholds,
) -> dict[str, Answer]:
    """*answers*, where a row without a mark may have lost it to a row that is in doubt.

    A mark that was made beside its bubble leaves most of its ink in another row's. Where that
    row is clear such ink is its own mark's; where it is not, the ink may be this row's mark.

    Args:
        answers: Of every question.
        bubbles: Their measurements.
        layout: Where they lie.
        thresholds: Of this run.
    """
    doubted = {
        (name, option)
        for name, answer in answers.items()
        if answer.state is AnswerState.DOUBTFUL
        for option in answer.options
    }
    found = dict(answers)
    beside = _beside(layout)
    for name, answer in answers.items():
        if not doubted or answer.state is not AnswerState.BLANK:
            continue
        options = tuple(
            b.option
            for b in bubbles[name]
            if b.outside >= thresholds.strange and beside[name, b.option] & doubted
        )
        if options:
            found[name] = Answer(AnswerState.DOUBTFUL, options, (Reason.STRAY_LINE,))
    return found


@once_each
def _beside(layout: Layout) -> dict[Place, frozenset[Place]]:
    """The bubbles of other rows next to every bubble."""
    places = [(q.id, b.option, b.centre) for q in layout.questions for b in q.bubbles]
    return {
        (name, option): frozenset(
            (other, its)
            for other, its, there in places
            if other != name and math.hypot(there.x_mm - at.x_mm, there.y_mm - at.y_mm) < _NEXT_MM
        )
        for name, option, at in places
    }
