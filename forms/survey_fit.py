"""Which lines of a survey do not fit the page, and by how much (pure).

Typesetting stops at the first thing that does not fit. Here a line is found guilty by
experiment: with a very short text in its place the same complaint is no longer made. Then
the form is set again without it, so that one look shows everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from forms.text_flow import FormDoesNotFit
from forms.typeset import typeset
from omr.links import Link
from omr.survey import Domain, Survey
from omr.survey_places import HEIGHT, REVISION, Place, with_words, words_of

_SHORTEST = "x"
_LEAST_COMMENT_MM = 5.0  # what a survey's file may ask for (omr.survey_reader)
# Two complaints are the same if they differ only in how much, or in the line's own words.
_AMOUNT = re.compile(r'\d+(?:\.\d+)?(?= mm)|"[^"]*"')
_MILLIMETRES = re.compile(r"(\d+(?:\.\d+)?) mm")


@dataclass(frozen=True, slots=True)
class Misfit:
    """One line that does not fit, on the forms of some domains."""

    place: Place  # of the text to change
    what: str  # with the excess in mm
    remedy: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Complaint:
    what: str
    remedy: str

    @property
    def same_as(self) -> str:
        return _AMOUNT.sub("", self.what)

    @property
    def excess_mm(self) -> float:
        found = _MILLIMETRES.search(self.what)
        return float(found[1]) if found else 0.0


def misfits(survey: Survey, public: Mapping[str, Link] | None = None) -> tuple[Misfit, ...]:
    """Everything that keeps a form of *survey* from being printed.

    One complaint hides what lies behind it, so that a line may need a second look once the
    others are cured; a survey without misfits can be printed for every domain.

    Args:
        survey: The words.
        public: The public codes that stand on the forms, by domain id; none by default.
    """
    found: dict[tuple[Place, str], Misfit] = {}
    guilty: dict[str, Place] = {}
    for domain in survey.domains:
        for place, complaint in _complaints(survey, domain, (public or {}).get(domain.id), guilty):
            # The same line on the forms of other domains is one mistake.
            key = (place, complaint.same_as.replace(domain.id, ""))
            known = found.get(key)
            if known is None:
                found[key] = Misfit(place, complaint.what, complaint.remedy, (domain.id,))
            else:
                found[key] = replace(known, domains=(*known.domains, domain.id))
    return tuple(found.values())


def _complaints(
    survey: Survey, domain: Domain, public: Link | None, guilty: dict[str, Place]
) -> Iterator[tuple[Place, _Complaint]]:
    """The guilty places on the form of *domain*, each taken out before the next.

    Args:
        survey: With any of its texts.
        domain: One of the survey's.
        public: The public code on its form, if there is one.
        guilty: Who was found guilty of which complaint on other domains' forms; added to.
    """
    places = _places(survey, domain)
    while (complaint := _complaint(survey, domain.id, public)) is not None:
        kind = complaint.same_as.replace(domain.id, "")
        suspects = [guilty[kind]] if kind in guilty else []
        place = None
        if REVISION not in suspects:
            place = _guilty(
                survey, domain.id, public, complaint, [s for s in suspects if s in places]
            )
            place = place or _guilty(survey, domain.id, public, complaint, places)
        guilty[kind] = place or REVISION
        yield guilty[kind], complaint
        if place is None or place == HEIGHT:  # a matter of the whole page and not of one line
            return
        survey = _without(survey, place)
        places.remove(place)


def _complaint(survey: Survey, domain_id: str, public: Link | None) -> _Complaint | None:
    try:
        typeset(survey, survey.domain(domain_id), public)
    except FormDoesNotFit as error:
        return _Complaint(error.message, error.remedy)
    return None


def _guilty(
    survey: Survey,
    domain_id: str,
    public: Link | None,
    complaint: _Complaint,
    places: Sequence[Place],
) -> Place | None:
    """The place without which *complaint* is not made, or is smallest."""
    words = words_of(survey) | {HEIGHT: ""}

    def unlikely(place: Place) -> bool:
        named = place != HEIGHT and any(
            re.search(rf"\b{name}\b", complaint.what) for name in place[1:]
        )
        return not named and words[place] not in complaint.what

    best: tuple[float, Place] | None = None
    for place in sorted(places, key=unlikely):  # usually the first one tried is it
        left = _complaint(_without(survey, place), domain_id, public)
        if left is None or left.same_as != complaint.same_as:
            return place
        if left.excess_mm < min(complaint.excess_mm, best[0] if best else complaint.excess_mm):
            best = (left.excess_mm, place)
    return best[1] if best else None


def _without(survey: Survey, place: Place) -> Survey:
    if place == HEIGHT:
        return replace(survey, comment=replace(survey.comment, height_mm=_LEAST_COMMENT_MM))
    return with_words(survey, place, _SHORTEST)


def _places(survey: Survey, domain: Domain) -> list[Place]:
    """What can be shortened on the form of *domain*; the comment box first."""
    others = {other.id for other in survey.domains} - {domain.id}
    printed = [
        place
        for place in words_of(survey)
        if not (place[0] == "domain" and place[1] in others) and place[2:] != ("label",)
    ]
    # A row made of the domain's own words is cured there, not in the question.
    printed.sort(key=lambda place: place[0] != "domain")
    return [HEIGHT, *printed]
