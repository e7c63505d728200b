"""How many alerts the sheets raised that were read just now."""

from __future__ import annotations

from collections.abc import Iterator

from omr.alert_rule import AlertRule
from omr.i18n import _
from omr.ledger.readings import SheetReading
from omr.marks import AnswerState, SheetStatus


class AlertsSeen:
    """Counts alerts on the sheets of a run.

    Args:
        rule: What raises one.
        period: The run's reporting month, for the command that lists them.
    """

    def __init__(self, rule: AlertRule, period: str) -> None:
        self._rule = rule
        self._period = period
        self.count = 0

    def see(self, sheet: SheetReading) -> None:
        """Count the alerts of one sheet as the ledger keeps it; only counted sheets have any.

        What waits for a person raises its alerts once it is decided.
        """
        if sheet.status is SheetStatus.COUNTED:
            said = {
                question: answer.options
                for question, answer in sheet.answers.items()
                if answer.state is AnswerState.ANSWERED
            }
            self.count += sum(1 for _each in self._rule.raised(sheet.domain, said))

    def lines(self) -> Iterator[str]:
        """One line, with the command that shows them; none without an alert."""
        if self.count:
            yield _(
                "{count} new alerts, low ratings or extra costs. "
                "Next: omr reports alerts --period {period}"
            ).format(count=self.count, period=self._period)
