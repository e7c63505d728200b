"""Compares revisions of a survey: ids are permanent, whatever becomes of the words (pure).

Counts of earlier months and printed forms refer to ids. An id may be given up; it may never
come to mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from omr.i18n import _
from omr.layout import Layout
from omr.survey import Option, Role, Survey, SurveyQuestion
from omr.survey_places import REVISION, Place, own_options
from omr.text_key import text_key

_WORD = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a new revision does to an id."""

    place: Place  # in the new revision
    forbidden: bool  # else only worth a look
    what: str
    remedy: str = ""


def compare(old: Survey, new: Survey) -> tuple[Finding, ...]:
    """What *new* does to the ids of *old*, an earlier revision of the same survey."""
    return (
        *_scale(old, new),
        *_questions(old, new),
        *_domains(old, new),
    )


def compare_with_print(layouts: Iterable[Layout], new: Survey) -> tuple[Finding, ...]:
    """What *new* does to the ids on printed forms whose words may no longer be known.

    Args:
        layouts: Every layout ever printed; those of other surveys are passed over.
        new: The survey as it is to be printed.
    """
    now = {question.id: question for question in new.questions}
    found: dict[Finding, None] = {}
    for layout in layouts:
        for printed in layout.questions if layout.survey == new.id else ():
            question = now.get(printed.id)
            if question is None:
                continue
            options = {bubble.option for bubble in printed.bubbles}
            if question.kind is not printed.kind:
                what = _("{id} was printed as a question of another kind in revision {revision}")
            elif not options & {option.id for option in question.options}:
                what = _("{id} was printed with none of these options in revision {revision}")
            else:
                continue
            told = what.format(id=printed.id, revision=layout.revision)
            found[Finding(("question", printed.id), True, told, _new_id())] = None
    return tuple(found)


def removals(old: Survey, new: Survey) -> tuple[Finding, ...]:
    """Ids of *old* that *new* no longer has: allowed, and given up for good."""
    had, has = _ids(old), _ids(new)
    return tuple(
        Finding(
            REVISION,
            forbidden=False,
            what=_("{what} is no longer there").format(what=called),
            remedy=_("printed forms that have it still count; its id is never used again"),
        )
        for place, called in had.items()
        if place not in has and _owner(place) in {*has, ()}
    )


def _ids(survey: Survey) -> dict[Place, str]:
    """Every id, with what messages call it."""
    found: dict[Place, str] = {
        ("scale", option.id): _("the rating '{id}'").format(id=option.id) for option in survey.scale
    }
    for question in survey.questions:
        found["question", question.id] = _("question {id}").format(id=question.id)
        for option in own_options(question):
            found["option", question.id, option.id] = _("option '{id}' of {question}").format(
                id=option.id, question=question.id
            )
    for domain in survey.domains:
        found["domain", domain.id] = _("domain {id}").format(id=domain.id)
    return found


def _owner(place: Place) -> Place:
    """The question of an option: where it is gone too, its options need no mention."""
    return ("question", place[1]) if place[0] == "option" else ()


def _new_id() -> str:
    return _("ids keep their meaning: give it another id")


def _scale(old: Survey, new: Survey) -> Iterator[Finding]:
    values = {option.id: option.value for option in old.scale}
    for option in new.scale:
        if option.id in values and values[option.id] != option.value:
            yield Finding(
                ("scale", option.id, "label"),
                forbidden=True,
                what=_("the rating '{id}' was worth {before} in revision {revision}").format(
                    id=option.id, before=values[option.id], revision=old.revision
                ),
                remedy=_new_id(),
            )
    yield from _options(old.scale, new.scale, old.revision, lambda o: ("scale", o.id, "label"))


def _questions(old: Survey, new: Survey) -> Iterator[Finding]:
    before = {question.id: question for question in old.questions}
    # A domain's own line may have any words: it is the same question everywhere.
    texts = {question.id: question.text for question in old.questions}
    for question in new.questions:
        place = ("question", question.id)
        if question.id == old.comment.id:
            yield Finding(
                place,
                forbidden=True,
                what=_("{id} was the comment in revision {revision}").format(
                    id=question.id, revision=old.revision
                ),
                remedy=_new_id(),
            )
        elif question.id in before:
            yield from _same_question(before[question.id], question, old.revision)
        yield from _meaning(place, question.id, question.text, texts, old.revision)
    if new.comment.id in before:
        yield Finding(
            ("comment", "text"),
            forbidden=True,
            what=_("{id} was a question in revision {revision}").format(
                id=new.comment.id, revision=old.revision
            ),
            remedy=_new_id(),
        )


def _same_question(old: SurveyQuestion, new: SurveyQuestion, revision: int) -> Iterator[Finding]:
    place = ("question", new.id)
    if new.role is not old.role:
        yield Finding(
            place,
            forbidden=True,
            what=_("{id} stood in another section in revision {revision}").format(
                id=new.id, revision=revision
            ),
            remedy=_new_id(),
        )
        return
    if new.role is Role.RATED and new.factor != old.factor:
        yield Finding(
            place,
            forbidden=False,
            what=_("{id} counted for factor {before} in revision {revision}").format(
                id=new.id, before=old.factor, revision=revision
            ),
            remedy=_("earlier months will be counted anew for {after}").format(after=new.factor),
        )
    before, after = own_options(old), own_options(new)
    if before and not {option.id for option in before} & {option.id for option in after}:
        yield Finding(
            place,
            forbidden=True,
            what=_("{id} had none of these options in revision {revision}").format(
                id=new.id, revision=revision
            ),
            remedy=_new_id(),
        )
        return
    yield from _options(before, after, revision, lambda o: ("option", new.id, o.id))


def _options(
    old: Sequence[Option],
    new: Sequence[Option],
    revision: int,
    place: Callable[[Option], Place],
) -> Iterator[Finding]:
    labels = {option.id: option.label for option in old}
    for option in new:
        yield from _meaning(place(option), option.id, option.label, labels, revision)


def _domains(old: Survey, new: Survey) -> Iterator[Finding]:
    names = {domain.id: domain.name for domain in old.domains}
    before = {domain.id: domain for domain in old.domains}
    for domain in new.domains:
        place = ("domain", domain.id, "name")
        yield from _meaning(place, domain.id, domain.name, names, old.revision)
        known = before.get(domain.id)
        if known is not None and known.rollup != domain.rollup:
            yield Finding(
                place,
                forbidden=False,
                what=_("{id} was counted under '{before}' in revision {revision}").format(
                    id=domain.id, before=known.rollup or "–", revision=old.revision
                ),
                remedy=_("earlier months will be counted anew under '{after}'").format(
                    after=domain.rollup or "–"
                ),
            )


def _meaning(
    place: Place, name: str, words: str, before: Mapping[str, str], revision: int
) -> Iterator[Finding]:
    """Whether the words of id *name* are those of another id, or quite other words."""
    keys = {text_key(text): other for other, text in before.items()}
    other = keys.get(text_key(words))
    if name in before and text_key(before[name]) == text_key(words):
        return
    if other is not None:
        yield Finding(
            place,
            forbidden=name in before,
            what=_("'{words}' was said by id {other} in revision {revision}").format(
                words=words, other=other, revision=revision
            ),
            remedy=_("give it that id again"),
        )
    elif name in before and not _words(words) & _words(before[name]):
        yield Finding(
            place,
            forbidden=False,
            what=_("{id} said '{before}' in revision {revision}").format(
                id=name, before=before[name], revision=revision
            ),
            remedy=_("if it means something else now, give it another id"),
        )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text_key(text)))
