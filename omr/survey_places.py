"""The single texts of a survey: how each is named, where it stands, another one in its place.

A place is a short tuple such as ``("question", "a1")`` or ``("option", "m1", "cho")``; it is
the same in every revision, so that revisions can be compared and messages can name lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from omr.survey import Option, Role, Survey, SurveyQuestion
from omr.toml_file import Steps, TomlFile

Place = tuple[str, ...]

REVISION: Place = ("form", "rev")
HEIGHT: Place = ("comment", "height_mm")
_FORM_TEXTS = ("title", "subtitle", "intro", "how_to", "footer")
_SECTIONS = {  # of the file, by what a question is for
    "profile": "label",
    "question": "text",
    "overall": "text",
    "multi": "text",
    "yesno": "text",
}


def words_of(survey: Survey) -> dict[Place, str]:
    """Every text of *survey* that people read, on paper or in results; empty ones left out."""
    found: dict[Place, str] = {("form", name): getattr(survey, name) for name in _FORM_TEXTS}
    for option in survey.scale:
        found["scale", option.id, "label"] = option.label
        found["scale", option.id, "short"] = option.short
    for question in survey.questions:
        found["question", question.id] = question.text
        for option in own_options(question):
            found["option", question.id, option.id] = option.label
    found["comment", "text"] = survey.comment.text
    for domain in survey.domains:
        found["domain", domain.id, "name"] = domain.name
        found["domain", domain.id, "specific"] = domain.specific
    return {place: words for place, words in found.items() if words}


def own_options(question: SurveyQuestion) -> tuple[Option, ...]:
    """The options that only this question has; none on the rating scale."""
    return () if question.role in {Role.RATED, Role.OVERALL} else question.options


def with_words(survey: Survey, place: Place, words: str) -> Survey:
    """*survey* with *words* at *place*.

    Raises:
        KeyError: If no text of a survey is named so.
    """
    change: dict[str, Any] = {place[-1]: words}
    match place:
        case ("form", name) if name in _FORM_TEXTS:
            return replace(survey, **change)
        case ("scale", name, "label" | "short"):
            scale = tuple(
                replace(option, **change) if option.id == name else option
                for option in survey.scale
            )
            return _with_questions(
                replace(survey, scale=scale),
                lambda q: q if own_options(q) else replace(q, options=scale),
            )
        case ("question", name):
            return _with_questions(survey, lambda q: replace(q, text=words) if q.id == name else q)
        case ("option", name, option_id):
            return _with_questions(
                survey,
                lambda q: (
                    replace(
                        q,
                        options=tuple(
                            replace(o, label=words) if o.id == option_id else o for o in q.options
                        ),
                    )
                    if q.id == name
                    else q
                ),
            )
        case ("comment", "text"):
            return replace(survey, comment=replace(survey.comment, text=words))
        case ("domain", name, "name" | "specific"):
            domains = tuple(
                replace(domain, **change) if domain.id == name else domain
                for domain in survey.domains
            )
            return replace(survey, domains=domains)
    raise KeyError(place)


def _with_questions(survey: Survey, change: Callable[[SurveyQuestion], SurveyQuestion]) -> Survey:
    return replace(survey, questions=tuple(map(change, survey.questions)))


def lines_of(file: TomlFile) -> dict[Place, int]:
    """The 1-based line of every place in a survey's file without mistakes."""
    steps = dict(_steps(file.values))
    return {place: file.line(*way) for place, way in steps.items()}


def _steps(values: dict[str, Any]) -> Iterator[tuple[Place, Steps]]:
    for name in (*_FORM_TEXTS, "rev"):
        yield ("form", name), ("form", name)
    for table, way in _tables(values, "scale"):
        yield ("scale", table["id"], "label"), (*way, "label")
        yield ("scale", table["id"], "short"), (*way, "short" if "short" in table else "label")
    for section, key in _SECTIONS.items():
        for table, way in _tables(values, section):
            yield ("question", table["id"]), (*way, key)
            for place, option in enumerate(table.get("options", ())):
                yield ("option", table["id"], option[0]), (*way, "options", place)
    yield ("comment", "text"), ("comment", "text")
    yield HEIGHT, HEIGHT
    for table, way in _tables(values, "domain"):
        yield from _domain_steps(table, way)


def _domain_steps(table: dict[str, Any], way: Steps) -> Iterator[tuple[Place, Steps]]:
    if "sub_domains" not in table:
        for part in ("name", "specific"):
            yield ("domain", table["id"], part), (*way, part)
        return
    for place, (name, _words) in enumerate(table["sub_domains"]):
        yield ("domain", name, "name"), (*way, "sub_domains", place)
        yield ("domain", name, "specific"), (*way, "specific")


def _tables(values: dict[str, Any], key: str) -> Iterator[tuple[dict[str, Any], Steps]]:
    """The tables ``[[key]]`` or the one ``[key]``, and the way to each."""
    found = values.get(key, [])
    if isinstance(found, dict):
        yield found, (key,)
        return
    for place, table in enumerate(found):
        yield table, (key, place)
