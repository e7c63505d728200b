"""States, acts and obstacles of stock control in words that staff use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from omr.i18n import _
from omr.ledger.entries import Entry
from omr.ledger.stock_entries import Obstacle
from omr.serial_ranges import SerialRange
from omr.stock import Act, FormState

_MOST_LINES = 12


def state_in_words(state: FormState) -> str:
    """Where a form is."""
    return {
        FormState.PRINTED: _("in store, not handed out"),
        FormState.OUTSTANDING: _("handed out, not back yet"),
        FormState.RETURNED_ANSWERED: _("back with answers"),
        FormState.RETURNED_BLANK: _("back without any mark"),
        FormState.VOID: _("void"),
        FormState.LOST: _("reported lost"),
        FormState.UNUSED_RETURNED: _("handed back unused, in store"),
    }[state]


def act_in_words(act: Act) -> str:
    """What was said about a form."""
    return {
        Act.ISSUE: _("handed out"),
        Act.RETURN_UNUSED: _("handed back unused"),
        Act.RETURN_BLANK: _("came back without any mark"),
        Act.VOID: _("void"),
        Act.LOST: _("reported lost"),
        Act.UNDO: _("last entry taken back"),
    }[act]


def entry_in_words(entry: Entry) -> str:
    """One entry: what, when, by whom, why."""
    why = f": {entry.why}" if entry.why else ""
    return _("{day}  {what} (entry {id}, by {who}){why}").format(
        day=entry.on_day.isoformat(),
        what=act_in_words(entry.act),
        id=entry.entry_id,
        who=entry.said_by,
        why=why,
    )


def obstacles_in_words(obstacles: Iterable[Obstacle], act: Act) -> Iterator[str]:
    """One line for each, a long list cut short."""
    every = sorted(obstacles, key=lambda obstacle: obstacle.forms)
    for obstacle in every[:_MOST_LINES]:
        if obstacle.state is None:
            why = _("never printed")
        elif obstacle.later_than is not None:
            why = _("something was said about it that happened later, on {day}").format(
                day=obstacle.later_than.isoformat()
            )
        elif act is Act.UNDO and obstacle.state is FormState.PRINTED:
            why = _("nothing was said about it")
        else:
            why = state_in_words(obstacle.state)
        yield f"{obstacle.forms}: {why}"
    if len(every) > _MOST_LINES:
        yield _("and {count} ranges more").format(count=len(every) - _MOST_LINES)


def undone_in_words(last: Iterable[tuple[SerialRange, Entry]]) -> Iterator[str]:
    """What an undo would take back, one line for each range."""
    every = list(last)
    for forms, entry in every[:_MOST_LINES]:
        yield f"{forms}: {entry_in_words(entry)}"
    if len(every) > _MOST_LINES:
        yield _("and {count} ranges more").format(count=len(every) - _MOST_LINES)


def remedy_for(act: Act) -> str:
    """What to do about forms to which *act* cannot happen."""
    return {
        Act.ISSUE: _("Only forms in store can be handed out. Name the others only."),
        Act.RETURN_UNUSED: _("Only forms that a unit has can be handed back. Name these only."),
        Act.RETURN_BLANK: _("Only forms that a unit has can come back. Name these only."),
        Act.VOID: _(
            "Forms that are back, lost or void already cannot be made void. Leave them out."
        ),
        Act.LOST: _("Forms that are back, void or lost already cannot be lost. Leave them out."),
        Act.UNDO: _(
            "Only the last entry about a form can be taken back, and none after its scan was read."
        ),
    }[act]
