"""The review page's addresses that keep what a person says about one item.

The script posts in the background and gets JSON: 200 with the decision's id, or 409 with the
reason in words and the item as it stands now. Without a script the same posts lead on by
redirect, or show the item again with what was wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Form, Request, Response

from omr.ledger.decisions import DecisionRefused, Refusal
from omr.ledger.papers import Keeps
from omr.ledger.standing import IDENTITY, PAPER, Verdict
from scans.review.deciding import Deciding
from scans.review.desk import Desk
from scans.review.door import asked_by_script
from scans.review.item_pages import address_of, key_of
from scans.review.language import Words
from scans.review.looking_routes import to
from scans.review.pages import Pages, Said, refuse_other
from scans.review.queue import Item
from scans.review.units_view import domain_typed, domains_of, unit_typed

_LONGEST_WHY = 300  # characters

Text = Annotated[str, Form()]
Several = Annotated[tuple[str, ...], Form()]
Number = Annotated[int, Form()]


@dataclass(frozen=True, slots=True)
class Post:
    """What every form of ours sends."""

    person: str
    record: str
    about: str
    milliseconds: int
    seen: int | None


def _post(
    request: Request,
    record: Text = "",
    about: Text = "",
    milliseconds: Number = 0,
    seen: Annotated[int | None, Form()] = None,
    by: Text = "",
) -> Post:
    """The common fields.

    Args:
        request: Of a person who was let in.
        record: The sheet.
        about: What is asked about it.
        milliseconds: How long it was on the screen.
        seen: The decision that stood when the person looked, 0 for none.
        by: Who pressed the key, from the script alone: a browser may be signed in anew.

    Raises:
        OtherPerson: If somebody else pressed it.
    """
    refuse_other(request, by)
    return Post(request.state.person, record, about, milliseconds, seen)


Posted = Annotated[Post, Depends(_post)]


def add_deciding(app: FastAPI, desk: Desk, deciding: Deciding, pages: Pages, words: Words) -> None:
    """Add what keeps decisions."""
    routes = _Routes(desk, deciding, pages, words)
    for path, route in (
        ("/decide", routes.decide),
        ("/identify", routes.identify),
        ("/place", routes.place),
        ("/papers", routes.papers),
        ("/undo", routes.undo),
    ):
        app.post(path)(route)


class _Routes:
    def __init__(self, desk: Desk, deciding: Deciding, pages: Pages, words: Words) -> None:
        self._desk = desk
        self._deciding = deciding
        self._pages = pages
        self._words = words

    def decide(
        self,
        request: Request,
        post: Posted,
        say: Text,
        options: Several = (),
        second: Number = 0,
    ) -> Response:
        here = Item(post.record, post.about, second)
        note = ""
        try:
            if second:
                done, note = self._read_blind(post, here, say, options), "note_agrees"
            elif say == "suggested":
                done = self._deciding.accept(
                    post.person, here, milliseconds=post.milliseconds, seen=post.seen
                )
            else:
                verdict, chosen = _said(say, options)
                done = self._deciding.decide(
                    post.person,
                    here,
                    verdict,
                    chosen,
                    milliseconds=post.milliseconds,
                    seen=post.seen,
                )
        except DecisionRefused as refused:
            return self._refused(request, here, refused)
        return self._kept(request, here, done, note)

    def _read_blind(self, post: Post, here: Item, say: str, options: tuple[str, ...]) -> int:
        verdict, chosen = _said(say, options)
        self._deciding.read_blind(
            post.person, here, verdict, chosen, milliseconds=post.milliseconds
        )
        return here.second

    def identify(self, request: Request, post: Posted, serial: Text) -> Response:
        here = Item(post.record, IDENTITY)
        try:
            done = self._deciding.identify(
                post.person, post.record, serial, milliseconds=post.milliseconds, seen=post.seen
            )
        except DecisionRefused as refused:
            return self._refused(request, here, refused, typed=serial)
        return self._kept(request, here, done, "note_identified")

    def place(self, request: Request, post: Posted, unit: Text, domain: Text) -> Response:
        here = Item(post.record, IDENTITY)
        code = unit_typed(unit, self._desk.units)
        domains = domains_of(self._desk.layouts.values(), self._desk.surveys)
        domain_id = domain_typed(domain, domains)
        if code is None or domain_id is None:
            which, typed = ("no_such_unit", unit) if code is None else ("no_such_domain", domain)
            trouble = self._words(which, detail=typed.strip())
            return self._pages.item(request, here, Said(trouble=trouble))
        try:
            done = self._deciding.place(
                post.person,
                post.record,
                code,
                domain_id,
                milliseconds=post.milliseconds,
                seen=post.seen,
            )
        except DecisionRefused as refused:
            return self._refused(request, here, refused)
        return self._kept(request, here, done, "note_placed")

    def papers(
        self,
        request: Request,
        post: Posted,
        keeps: Text = "",
        why: Text = "",
        why_other: Text = "",
        against: Text = "",
    ) -> Response:
        here = Item(post.record, PAPER)
        reason = "; ".join(filter(None, (why.strip(), why_other.strip())))[:_LONGEST_WHY]
        try:
            done = self._deciding.choose(
                post.person,
                post.record,
                _keeps(keeps),
                reason,
                milliseconds=post.milliseconds,
                seen=post.seen,
                against=against or None,
            )
        except DecisionRefused as refused:
            return self._refused(request, here, refused, typed=why_other)
        return self._kept(request, here, done)

    def undo(self, request: Request, post: Posted) -> Response:
        named = Item(post.record, post.about) if post.record else None
        undone = self._deciding.undo(post.person, named, post.seen)
        if not asked_by_script(request):
            return to(undone, "note_undone") if undone else to(None, "note_nothing")
        note = self._words("note_undone" if undone else "note_nothing")
        address = address_of(undone) if undone else ""
        return self._pages.answer(request, note=note, address=address)

    def _kept(self, request: Request, here: Item, decision_id: int, note: str = "") -> Response:
        if asked_by_script(request):
            shown = self._words(note) if note else ""
            return self._pages.answer(request, key=key_of(here), decision=decision_id, note=shown)
        return to(next(iter(self._desk.ahead(request.state.person, here, 1)), None), note)

    def _refused(
        self, request: Request, here: Item, refused: DecisionRefused, typed: str = ""
    ) -> Response:
        if here.second:  # it is no item any more, so it cannot be shown again
            raise refused
        return self._pages.item(request, here, Said(refused=refused, typed=typed))


def _said(say: str, options: tuple[str, ...]) -> tuple[Verdict, tuple[str, ...]]:
    """What the pressed button means."""
    kind, _colon, option = say.partition(":")
    if kind == "options":
        return (Verdict.ANSWERED, options) if options else (Verdict.BLANK, ())
    try:
        verdict = Verdict(kind)
    except ValueError as error:
        raise DecisionRefused(Refusal.NOT_ASKED) from error
    return verdict, (option,) if verdict is Verdict.ANSWERED and option else ()


def _keeps(text: str) -> Keeps:
    try:
        return Keeps(text)
    except ValueError as error:
        raise DecisionRefused(Refusal.NO_OPTION) from error
