"""Finds answers that were sent twice: kept, reported, and not counted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from omr.ledger.electronic import NewResponse

DOUBLE_SUBMISSION = "double-submission"


@dataclass(frozen=True, slots=True)
class Submission:
    """One response with what only this file's other rows are compared by."""

    response: NewResponse
    moment: datetime
    to_the_second: bool


def flag_doubles(submissions: Sequence[Submission], window_s: int) -> list[NewResponse]:
    """The responses, those marked that repeat an earlier one within *window_s* seconds."""
    window = timedelta(seconds=window_s)
    kept: dict[tuple[object, ...], datetime] = {}
    doubles = set()
    order = sorted(range(len(submissions)), key=lambda place: submissions[place].moment)
    for place in order if window_s else ():
        one = submissions[place]
        response = one.response
        same = (
            response.unit,
            response.domain,
            tuple(response.answers.items()),
            tuple(response.remarks.items()),
        )
        gap = one.moment - kept[same] if same in kept else None
        # Times to the minute that are 60 s apart may lie nearly two minutes apart.
        if gap is not None and (gap < window or (gap == window and one.to_the_second)):
            doubles.add(place)
        else:
            kept[same] = one.moment
    return [
        replace(one.response, excluded=DOUBLE_SUBMISSION) if place in doubles else one.response
        for place, one in enumerate(submissions)
    ]
