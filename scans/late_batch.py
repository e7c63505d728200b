"""Says that sheets were read into a month that is closed already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.months import closed_version


def late_lines(ledger: Ledger, periods: Iterable[str]) -> Iterator[str]:
    """One line for every month among *periods* that is closed now."""
    for period in sorted(set(periods)):
        version = closed_version(ledger, period)
        if version is not None:
            yield _(
                "{period} is closed as version {number}: what was read now is late and not "
                "counted. To count it: omr reports reopen --period {period} --why REASON"
            ).format(period=period, number=version.number)
