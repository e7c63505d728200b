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
    said: int  # equal for rows that say the same
    timed: bool = True  # False: only the day is known, so nothing can be said


def flag_doubles(submissions: Sequence[Submission], window_s: int) -> list[NewResponse]:
    """The responses, those marked that repeat an earlier one within *window_s* seconds."""
    window = timedelta(seconds=window_s)
    kept: dict[tuple[str, str, int], datetime] = {}
    doubles = set()
    timed = [place for place, one in enumerate(submissions) if one.timed and window_s]
    for place in sorted(timed, key=lambda place: submissions[place].moment):
        one = submissions[place]
        same = (one.response.unit, one.response.domain, one.said)
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
