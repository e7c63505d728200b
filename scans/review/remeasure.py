"""Measures a kept picture as the form that a person says it shows."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from omr.evidence import ON_UPRIGHT, from_bilevel, size_px
from omr.fiducials import GreyImage
from omr.judging import judge_sheet
from omr.layout import Layout
from omr.ledger.decisions import DecisionRefused, Refusal
from omr.ledger.issued import Issued
from omr.ledger.standing import Remeasured
from omr.measure_codec import pack
from omr.scoring import measure
from omr.thresholds import Thresholds
from scans.streaked import streaked


def remeasure(jpeg: bytes, form: Issued, layout: Layout, thresholds: Thresholds) -> Remeasured:
    """What the machine sees on the sheet in *jpeg* if it is *form*.

    Args:
        jpeg: An upright picture, as :func:`omr.evidence.upright` makes them.
        form: The form that a person named.
        layout: The layout it was printed with.
        thresholds: For judging.

    Raises:
        DecisionRefused: If the picture cannot be read, is not of that form's size, or a
            streak runs through its bubbles.
    """
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    if decoded is None:
        raise DecisionRefused(Refusal.NO_PICTURE)
    grey: GreyImage = np.asarray(decoded, np.uint8)
    if (grey.shape[1], grey.shape[0]) != size_px(layout):
        raise DecisionRefused(Refusal.OTHER_LAYOUT, form.serial)
    measured = measure(grey, ON_UPRIGHT, layout)
    if streaked(grey, ON_UPRIGHT, layout, measured.contrast):
        raise DecisionRefused(Refusal.STREAKED, form.serial)
    measured = replace(measured, bilevel=from_bilevel(jpeg))
    answers, doubts = judge_sheet(measured, layout, thresholds)
    reasons = [*doubts, *(reason for answer in answers.values() for reason in answer.reasons)]
    return Remeasured(
        serial=form.serial,
        unit=form.unit,
        domain=form.domain,
        layout_id=form.layout_id,
        reasons=tuple(dict.fromkeys(reasons)),
        answers=answers,
        measurements=pack(measured),
    )
