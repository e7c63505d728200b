"""Whether a survey may be printed as it stands, given what was printed before (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from forms.text_flow import FormDoesNotFit
from forms.typeset import typeset
from omr.i18n import _
from omr.layout import Layout
from omr.links import Link
from omr.survey import Domain, Survey
from omr.survey_places import REVISION, Place, words_of

# Where a public code leads is no part of a layout.
_ANY_LINK = Link("", "https://omr.invalid/", "omr.invalid")


@dataclass(frozen=True, slots=True)
class RevisionProblem:
    """Why a survey may not be printed under the number of its revision."""

    place: Place  # of the first text that differs, as far as that is known
    what: str
    remedy: str


def check_revision(
    ledger_layouts: Iterable[Layout],
    survey: Survey,
    domain: Domain,
    archived: Survey | None = None,
) -> RevisionProblem | None:
    """Whether other words were printed under the number of this revision already.

    Args:
        ledger_layouts: Every layout ever printed.
        survey: About to be printed.
        domain: For whose forms.
        archived: The text of this revision that was kept when it was printed, if any. It
            tells the survey's words from those that belong to the program, and shows which
            ones differ.

    Raises:
        FormDoesNotFit: If there is no form to compare with.
    """
    printed = [
        each for each in ledger_layouts if (each.survey, each.domain) == (survey.id, domain.id)
    ]
    same = [each for each in printed if each.revision == survey.revision]
    if not same:
        return _older_than_print(printed, survey)
    kept = _wording(archived, domain)
    if kept is not None and kept == survey.wording(domain):
        return None
    if {each.wording for each in same} & _wordings(survey, domain):
        return None
    return RevisionProblem(
        _first_change(archived, survey, domain),
        _("other words than these were printed as revision {revision}").format(
            revision=survey.revision
        ),
        _("let the new words be a new revision: omr surveys revise {survey}").format(
            survey=survey.id
        ),
    )


def is_as_printed(ledger_layouts: Iterable[Layout], survey: Survey) -> bool:
    """Whether all forms printed under the number of *survey*'s revision say what it says."""
    domains = {domain.id: domain for domain in survey.domains}
    for layout in ledger_layouts:
        if (layout.survey, layout.revision) != (survey.id, survey.revision):
            continue
        domain = domains.get(layout.domain)
        try:
            if domain is None or layout.wording not in _wordings(survey, domain):
                return False
        except FormDoesNotFit:
            return False
    return True


def _wordings(survey: Survey, domain: Domain) -> set[str]:
    """What a layout's ``wording`` may be for these words, without and with a public code.

    Raises:
        FormDoesNotFit: If the form does not even fit without one.
    """
    found = {typeset(survey, domain).layout.wording}
    with suppress(FormDoesNotFit):
        found.add(typeset(survey, domain, _ANY_LINK).layout.wording)
    return found


def _older_than_print(printed: Iterable[Layout], survey: Survey) -> RevisionProblem | None:
    newest = max((each.revision for each in printed), default=0)
    if newest <= survey.revision:
        return None
    return RevisionProblem(
        REVISION,
        _("revision {newest} is in print already, and this is revision {revision}").format(
            newest=newest, revision=survey.revision
        ),
        _("go back to the newest text, or make this a newer one: omr surveys revise {id}").format(
            id=survey.id
        ),
    )


def _wording(archived: Survey | None, domain: Domain) -> str | None:
    if archived is None or domain.id not in {each.id for each in archived.domains}:
        return None
    return archived.wording(archived.domain(domain.id))


def _first_change(archived: Survey | None, survey: Survey, domain: Domain) -> Place:
    """The first text of the form of *domain* that is not as it was kept."""
    if archived is None:
        return REVISION
    before = words_of(archived)
    for place, words in words_of(survey).items():
        elsewhere = place[0] == "domain" and place[1] != domain.id
        if not elsewhere and before.get(place) != words:
            return place
    return REVISION  # a text was taken out
