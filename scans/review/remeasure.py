"""Measures a kept picture as the form that a person says it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from omr.evidence import ON_UPRIGHT, from_bilevel, size_px
from omr.fiducials import GreyImage
from omr.judging import judge_sheet
from omr.layout import Layout
from omr.ledger.decisions import DecisionRefused, Refusal
from omr.ledger.issued import Issued
from omr.ledger.sheets import KeptPart
from omr.ledger.standing import Remeasured
from omr.measure_codec import pack
from omr.scoring import SheetMeasure, measure
from omr.thresholds import Thresholds
from scans.keeping import comment_part
from scans.streaked import streaked

# Layouts of one domain that a sheet is compared with: one a revision, so years of them.
_MOST_LAYOUTS = 6


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
    grey = _decoded(jpeg)
    if not _fits(grey, layout):
        raise DecisionRefused(Refusal.OTHER_LAYOUT, form.serial)
    measured = measure(grey, ON_UPRIGHT, layout)
    _refuse_streaks(grey, layout, measured, form.serial)
    return _judged(jpeg, measured, layout, thresholds, (form.serial, form.unit, form.domain))


def remeasure_as(
    jpeg: bytes, unit: str, domain: str, layouts: Iterable[Layout], thresholds: Thresholds
) -> Remeasured:
    """What the machine sees on the sheet in *jpeg* if it is some form of *unit* and *domain*.

    Which of the domain's layouts it was printed with shows in the outlines: of the layouts of
    its size, that one is taken whose bubbles are found on it most often.

    Args:
        jpeg: An upright picture.
        unit: Its code.
        domain: Its id.
        layouts: Every layout known, the oldest first.
        thresholds: For judging.

    Raises:
        DecisionRefused: If the picture cannot be read, no layout of that domain is of its
            size, or a streak runs through its bubbles.
    """
    grey = _decoded(jpeg)
    newest = [each for each in reversed(list(layouts)) if each.domain == domain]
    fitting = [each for each in newest if _fits(grey, each)][:_MOST_LAYOUTS]
    if not fitting:
        raise DecisionRefused(Refusal.OTHER_LAYOUT, domain)
    tried = [(measure(grey, ON_UPRIGHT, each), each) for each in fitting]
    measured, layout = max(tried, key=lambda found: found[0].outlines_found)  # first of equals
    _refuse_streaks(grey, layout, measured, domain)
    return _judged(jpeg, measured, layout, thresholds, ("", unit, domain))


def comment_on(jpeg: bytes, layout: Layout) -> KeptPart | None:
    """The handwritten comment on a sheet whose layout is known by now; ``None`` without one."""
    grey = _decoded(jpeg)
    contrast = measure(grey, ON_UPRIGHT, layout).contrast
    return comment_part(grey, ON_UPRIGHT, layout, contrast=contrast, bilevel=from_bilevel(jpeg))


def _decoded(jpeg: bytes) -> GreyImage:
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    if decoded is None:
        raise DecisionRefused(Refusal.NO_PICTURE)
    return np.asarray(decoded, np.uint8)


def _fits(grey: GreyImage, layout: Layout) -> bool:
    return (grey.shape[1], grey.shape[0]) == size_px(layout)


def _refuse_streaks(grey: GreyImage, layout: Layout, measured: SheetMeasure, name: str) -> None:
    if streaked(grey, ON_UPRIGHT, layout, measured.contrast):
        raise DecisionRefused(Refusal.STREAKED, name)


def _judged(
    jpeg: bytes,
    measured: SheetMeasure,
    layout: Layout,
    thresholds: Thresholds,
    identity: tuple[str, str, str],
) -> Remeasured:
    serial, unit, domain = identity
    measured = replace(measured, bilevel=from_bilevel(jpeg))
    answers, doubts = judge_sheet(measured, layout, thresholds)
    reasons = [*doubts, *(reason for answer in answers.values() for reason in answer.reasons)]
    return Remeasured(
        serial=serial,
        unit=unit,
        domain=domain,
        layout_id=layout.layout_id,
        reasons=tuple(dict.fromkeys(reasons)),
        answers=answers,
        measurements=pack(measured),
    )
