"""What the parts of a form share: small sizes, weights of lines, and where text sits."""

from __future__ import annotations

from collections.abc import Sequence

from forms.fonts import MM_PER_POINT
from omr.i18n import _
from omr.layout import Bubble, Question
from omr.survey import SurveyQuestion

SMALL_PT = 8.0
# A mono laser printer makes grey of black specks, and one photocopy loses them: what has to
# survive is black, and light by being thin.
RULE_MM = 0.16  # 0.12 was lost in a simulated copy (blur of 0.1 mm, threshold at half)
RULE_DARKNESS = 1.0
FAINT = 1.0  # dots; so small that they look grey


def baseline(centre_mm: float, size_pt: float) -> float:
    """The baseline of text that looks centred on *centre_mm*.

    0.30 em below it: half of Sarabun's mean of x-height (0.50 em) and capitals (0.70 em).
    """
    return centre_mm + 0.30 * size_pt * MM_PER_POINT


def called(question: SurveyQuestion) -> str:
    """How messages name *question*."""
    return _("question {id}").format(id=question.id)


def placed_question(question: SurveyQuestion, bubbles: Sequence[Bubble]) -> Question:
    """*question* with its bubbles in printed order."""
    return Question(question.id, question.kind, tuple(bubbles), question.optional)
