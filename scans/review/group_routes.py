"""The review page's addresses for settling many look-alike items on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response

from scans.review.deciding import Confirmed, Deciding
from scans.review.desk import Desk
from scans.review.door import asked_by_script
from scans.review.group import MOST
from scans.review.group_view import tiles_of
from scans.review.item_pages import address_of, item_of, query_of
from scans.review.language import Words
from scans.review.looking_routes import to
from scans.review.pages import NOTHING_SAID, Pages, Said, refuse_other
from scans.review.queue import Item

Text = Annotated[str, Form()]
Several = Annotated[tuple[str, ...], Form()]
Number = Annotated[int, Form()]


def add_groups(app: FastAPI, desk: Desk, deciding: Deciding, pages: Pages, words: Words) -> None:
    """Add the group view."""

    def show(request: Request, here: Item | None, said: Said) -> Response:
        person = request.state.person
        found = desk.group(person, here)
        if found is not None:
            sort, items = found
            return pages.group(request, sort, tiles_of(desk, items), said)
        after = next(iter(desk.ahead(person, here, 1)), None)
        if said == NOTHING_SAID:
            return to(here or after, "group_none")
        return pages.item(request, after, said) if after else pages.empty(request, said.note)

    @app.get("/group")
    def group(request: Request, record: str = "", about: str = "") -> Response:
        return show(request, Item(record, about) if record else None, NOTHING_SAID)

    @app.post("/group")
    def confirm(
        request: Request,
        shown: Several = (),
        item: Several = (),
        say: Text = "suggested",
        milliseconds: Number = 0,
        by: Text = "",
    ) -> Response:
        person = request.state.person
        refuse_other(request, by)
        wanted = _parsed(item)
        apart = [each for each, _seen in _parsed(shown) if each not in {i for i, _s in wanted}]
        done = deciding.confirm(person, [(i, seen, say) for i, seen in wanted], milliseconds)
        desk.keep_alone([*apart, *(each for each, _why in done.refused)])
        desk.give_back(person, [*apart, *done.kept])
        first = next(iter([*done.kept, *apart]), None)
        said = Said(
            note=words("group_kept", n=len(done.kept)) if done.kept else "",
            trouble=words("group_refused", n=len(done.refused)) if done.refused else "",
            more=_refused(done, desk, words),
        )
        if not asked_by_script(request):
            return show(request, first, said)
        found = desk.group(person, first)
        after = found[1][0] if found else next(iter(desk.ahead(person, first, 1)), None)
        address = f"/group?{query_of(after)}" if found and after else ""
        return pages.answer(
            request,
            address=address or (address_of(after) if after else "/"),
            note=said.note,
            why=said.trouble,
            more=said.more,
        )


def _parsed(values: Sequence[str]) -> list[tuple[Item, int]]:
    """Items with the decision that stood when they were shown, as the tiles name them."""
    found = []
    for value in values[:MOST]:
        key, _space, seen = value.rpartition(" ")
        item = item_of(key)
        if item is not None and seen.isascii() and seen.isdecimal():
            found.append((item, int(seen[:18])))
    return found


def _refused(done: Confirmed, desk: Desk, words: Words) -> tuple[str, ...]:
    """Each refused item in words."""
    lines = []
    for item, refused in done.refused:
        row = desk.sheet(item.record_id)
        serial = (row.reading.serial if row else None) or words("unknown_form")
        why = words.refusal(refused.why, refused.detail)
        lines.append(f"{words('group_tile', question=item.about, serial=serial)}: {why}")
    return tuple(lines)
