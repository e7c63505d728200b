"""The alert rule of one office: its surveys, their earlier revisions, its setting."""

from __future__ import annotations

from omr.alert_rule import AlertRule
from omr.survey import Survey
from omr.survey_archive import archived
from omr.workspace import Workspace


def every_revision(workspace: Workspace) -> list[Survey]:
    """The surveys as they are now, then the earlier revisions that are kept, newest first.

    Raises:
        UsageError: If a survey cannot be read, or has mistakes (all are listed).
    """
    surveys = workspace.surveys()
    older = [
        old
        for survey_id in surveys
        for _number, old in sorted(archived(workspace.surveys_folder, survey_id).items())[::-1]
    ]
    return [*surveys.values(), *older]


def alert_rule_of(workspace: Workspace) -> AlertRule:
    """The rule by which this office's answers raise alerts.

    Raises:
        UsageError: If the settings or a survey cannot be read, or have mistakes.
    """
    return AlertRule(every_revision(workspace), workspace.settings.alert_ratings)
