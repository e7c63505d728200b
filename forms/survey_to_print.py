"""The survey that is about to be printed: its words are kept, and changed words get a number.

A form's layout is a hash of its words, so forms of other words are never mixed up. What
people read beside an answer, though, are the words of a revision: two texts under one
number would show some of them the wrong words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forms.survey_check import check_revision, is_as_printed
from omr.errors import UsageError
from omr.i18n import _
from omr.layout import Layout
from omr.survey import Domain, Survey
from omr.survey_archive import Revised, archived, keep_words, revise
from omr.survey_file import find_domain, load_surveys
from omr.survey_revision import compare, compare_with_print
from omr.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ToPrint:
    """A survey whose words may be printed under its number."""

    survey: Survey
    domain: Domain
    revised: Revised | None  # the new revision that was begun for it


def survey_to_print(
    office: Workspace, layouts: Sequence[Layout], domain_code: str, now: datetime
) -> ToPrint:
    """The survey of a domain, made a new revision if its words changed since it was printed.

    Args:
        office: Its surveys' folder keeps the words.
        layouts: Every layout ever printed.
        domain_code: As a person gave it.
        now: For the name of a file that is set aside.

    Raises:
        UsageError: If there is no such domain, an id came to mean something else, or the text
            is older than what is in print.
        FormDoesNotFit: If there is no form to compare with.
    """
    survey, domain = find_domain(office.surveys(), domain_code)
    kept = archived(office.surveys_folder, survey.id).get(survey.revision)
    problem = check_revision(layouts, survey, domain, kept)
    revised = None
    if problem is not None:
        in_print = {each.revision for each in layouts if each.survey == survey.id}
        if max(in_print) > survey.revision:
            raise UsageError(problem.what, problem.remedy)
        findings = [*(compare(kept, survey) if kept else ()), *compare_with_print(layouts, survey)]
        forbidden = [each for each in findings if each.forbidden]
        if forbidden:
            raise UsageError(
                f"{survey.id}: " + "; ".join(dict.fromkeys(each.what for each in forbidden)),
                _("Ids keep their meaning. All mistakes with their lines: omr surveys check"),
            )
        revised = revise(
            office.surveys_folder,
            survey.id,
            in_print,
            lambda text: is_as_printed(layouts, text),
            now,
        )
        survey, domain = find_domain(load_surveys(office.surveys_folder), domain_code)
    keep_words(office.surveys_folder, survey)
    return ToPrint(survey, domain, revised)
