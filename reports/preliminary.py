"""Why a month has no final count yet."""

from __future__ import annotations

from omr.errors import PeopleMustDecide
from omr.i18n import _
from reports.gathering import Standing


def not_final(period: str, standing: Standing) -> PeopleMustDecide:
    """The refusal of a final count, with both numbers."""
    return PeopleMustDecide(
        _(
            "no final count for {period}: {doubts} sheets wait for a person, and stock and "
            "returns differ by {difference} forms"
        ).format(period=period, doubts=standing.doubts, difference=standing.difference),
        _("Decide with: omr scans review. For a count without these sheets: --provisional"),
    )
