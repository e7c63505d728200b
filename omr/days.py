"""Days as people write them."""

from __future__ import annotations

from datetime import date, datetime

from omr.i18n import system_language


def parse_day(text: str) -> date:
    """The day that *text* names: ``2026-11-02``, or ``02/11/2026`` as people here write it.

    Raises:
        ValueError: If it names none.
    """
    tidy = text.strip()
    if "/" in tidy:
        return datetime.strptime(tidy, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone
    return date.fromisoformat(tidy)


def said_day(day: date) -> str:
    """*day* as messages on the screen name it: ``14/11/2026``, in English ``2026-11-14``."""
    return f"{day:%d/%m/%Y}" if system_language() == "vi" else day.isoformat()
