"""Handwritten comments, one large at a time: read, tagged, and kept from view if personal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from omr.ledger import decisions
from omr.ledger.comment_list import (
    CommentLine,
    CommentTag,
    State,
    ask_to_see,
    comment_lines,
    comment_periods,
    may_see,
)
from omr.ledger.comments import add_comment
from omr.ledger.refusals import DecisionRefused
from omr.ledger.sheets import COMMENT_PART
from scans.review.overview_frame import Frame, person_of
from scans.review.overview_picture import veiled

_NEAR = 25  # comments listed on either side of the one that is shown
_LONGEST = 4000  # characters; the field on paper holds some 300
Text = Annotated[str, Form(max_length=_LONGEST)]
Word = Annotated[str, Form(max_length=200)]
Several = Annotated[tuple[str, ...], Form()]
Milliseconds = Annotated[int, Form()]


@dataclass(frozen=True, slots=True)
class _Shown:
    """Which comments are gone through."""

    show: State
    period: str  # empty: any

    def address(self, at: str = "", note: str = "") -> str:
        """The page with the comment on sheet *at*."""
        asked = {"show": self.show.value, "period": self.period, "at": at, "note": note}
        return "/comments?" + urlencode({name: said for name, said in asked.items() if said})


def add_comments(app: FastAPI, frame: Frame) -> None:
    """Add the comments' pages to the review page."""
    _add_looking(app, frame)
    _add_noting(app, frame)


def _add_looking(app: FastAPI, frame: Frame) -> None:
    desk = frame.desk

    @app.get("/comments")
    def show_comments(
        request: Request, show: str = "open", period: str = "", at: str = "", note: str = ""
    ) -> Response:
        return _page(frame, request, _shown(show, period), at, saved=note == "saved")

    @app.get("/comments/{record_id}/crop.jpg")
    def show_crop(request: Request, record_id: str) -> Response:
        row = decisions.find_sheet(desk.ledger, record_id)
        part = row.parts.get(COMMENT_PART) if row else None
        jpeg = desk.pictures.read(part.sha256) if part else None
        if part is not None and jpeg and not may_see(desk.ledger, record_id, person_of(request)):
            jpeg = veiled(jpeg, part.region)
        if not jpeg:
            raise HTTPException(404)
        # Whoever asks next, or the same person later, may get another picture.
        return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _add_noting(app: FastAPI, frame: Frame) -> None:
    ledger = frame.desk.ledger

    @app.post("/comments/{record_id}")
    def note_comment(
        request: Request,
        record_id: str,
        text: Text = "",
        tags: Several = (),
        personal: Word = "",
        seen: Word = "",
        show: Word = "open",
        period: Word = "",
        milliseconds: Milliseconds = 0,
    ) -> Response:
        person, shown = person_of(request), _shown(show, period)
        lines = comment_lines(ledger, frame.standing())
        here = next((line for line in lines if line.record_id == record_id), None)
        known = {tag.value for tag in CommentTag}
        if here is None or not known.issuperset(tags):
            raise HTTPException(404)
        if not may_see(ledger, record_id, person) or _stamp(here) != seen:
            said = frame.words("comments_meanwhile", who=here.by)
            return _page(frame, request, shown, record_id, trouble=said, status=409)
        following = _next_of(_chosen(lines, shown), record_id)
        add_comment(
            ledger,
            record_id,
            text,
            [tag.value for tag in CommentTag if tag.value in tags],
            personal=bool(personal),
            by=person,
            milliseconds=milliseconds,
        )
        return RedirectResponse(shown.address(following, "saved"), status_code=303)

    @app.post("/comments/{record_id}/show")
    def show_personal(
        request: Request, record_id: str, show: Word = "open", period: Word = ""
    ) -> Response:
        try:
            ask_to_see(ledger, record_id, by=person_of(request))
        except DecisionRefused as error:
            raise HTTPException(404) from error
        return RedirectResponse(_shown(show, period).address(record_id), status_code=303)


def _page(
    frame: Frame,
    request: Request,
    shown: _Shown,
    at: str,
    *,
    saved: bool = False,
    trouble: str = "",
    status: int = 200,
) -> Response:
    every = comment_lines(frame.desk.ledger, frame.standing(), period=shown.period or None)
    lines = _chosen(every, shown)
    here = next((line for line in every if line.record_id == at), None)
    here = here or next(iter(lines), None)
    place = next((n for n, line in enumerate(lines) if here and line == here), None)
    middle = place if place is not None else 0
    first = max(0, min(middle - _NEAR, len(lines) - 2 * _NEAR))
    before = lines[place - 1] if place else None
    after = lines[place + 1] if place is not None and place + 1 < len(lines) else None
    return frame.page(
        request,
        "comments.html",
        "comments",
        status,
        shown=shown,
        states=[(state, sum(_is_in(line, state) for line in every)) for state in State],
        periods=comment_periods(frame.desk.ledger),
        lines=lines[first : first + 2 * _NEAR],
        first=first,
        total=len(lines),
        place=place,
        comment=here,
        kept=here is not None and frame.desk.pictures.read(here.sha256) is not None,
        stamp=_stamp(here) if here else "",
        sharp=here is not None and may_see(frame.desk.ledger, here.record_id, person_of(request)),
        before=shown.address(before.record_id) if before else "",
        after=shown.address(after.record_id) if after else "",
        tags=list(CommentTag),
        saved=saved,
        trouble=trouble,
    )


def _shown(show: str, period: str) -> _Shown:
    try:
        return _Shown(State(show), period)
    except ValueError as error:
        raise HTTPException(404) from error


def _chosen(lines: Sequence[CommentLine], shown: _Shown) -> list[CommentLine]:
    return [
        line for line in lines if _is_in(line, shown.show) and shown.period in ("", line.period)
    ]


def _is_in(line: CommentLine, state: State) -> bool:
    """Whether a comment is in that list: personal ones are done as well."""
    return line.state is state or (state is State.DONE and line.state is State.PERSONAL)


def _next_of(lines: Sequence[CommentLine], record_id: str) -> str:
    """The comment to show after this one; empty: none is left in the list."""
    ids = [line.record_id for line in lines]
    at = ids.index(record_id) if record_id in ids else -1
    others = ids[at + 1 :] + ids[: max(at, 0)]
    return others[0] if others else ""


def _stamp(line: CommentLine) -> str:
    """Tells whether anybody noted something since the page was made."""
    return f"{line.at} {line.by}".strip()
