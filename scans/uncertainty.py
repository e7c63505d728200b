"""The thresholds of a batch, and how clearly its marks and blanks lie apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omr.errors import UsageError
from omr.i18n import _
from omr.judging import judge_sheet
from omr.layout import Layout
from omr.ledger import Ledger, issued
from omr.ledger.captures import Rules, captures, rules_of_batch
from omr.marks import AnswerState
from omr.measure_codec import unpack
from omr.scoring import SheetMeasure
from omr.thresholds import Thresholds
from omr.workspace import open_workspace

_RARE = 0.01  # one bubble in a hundred


@dataclass(slots=True)
class Spread:
    """Darkness of a batch's bubbles by what they were taken for, and its sheets' noise."""

    sheets: int = 0
    questions: int = 0
    doubtful: int = 0
    blank: list[float] = field(default_factory=list)
    marked: list[float] = field(default_factory=list)
    no_answer: int = 0  # bubbles with ink that was struck out, or that is another one's
    between: int = 0  # bubbles whose darkness alone settles nothing
    noise: list[float] = field(default_factory=list)

    def add(self, measured: SheetMeasure, layout: Layout, thresholds: Thresholds) -> None:
        """Count one sheet, judged by *thresholds*."""
        answers, _doubts = judge_sheet(measured, layout, thresholds)
        self.sheets += 1
        self.questions += len(answers)
        self.noise.append(measured.noise)
        self.doubtful += sum(a.state is AnswerState.DOUBTFUL for a in answers.values())
        for bubble in measured.bubbles:
            answer = answers[bubble.question]
            self.between += thresholds.marginal <= bubble.darkness < thresholds.definite
            if answer.state is AnswerState.DOUBTFUL:
                continue
            if bubble.option in answer.options:
                self.marked.append(bubble.darkness)
            elif bubble.darkness < thresholds.definite:
                self.blank.append(bubble.darkness)
            else:
                self.no_answer += 1


def print_thresholds(root: Path, batch: int | None) -> None:
    """Print by which thresholds a batch was judged, and what they had to divide.

    Args:
        root: The workspace.
        batch: Its number; None for the newest.

    Raises:
        UsageError: If there is no such batch.
    """
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        rules = rules_of_batch(ledger, batch)
        if rules is None:
            raise UsageError(_("no such batch was read"), _("Read scans with: omr scans read PATH"))
        layouts = issued.layouts(ledger)
        kept = _kept(rules.thresholds)
        spread = None if kept is None else _spread(ledger, rules, layouts, kept)
    for line in (*_table(rules), *_in_words(spread)):
        print(line)


def _kept(values: Mapping[str, Any]) -> Thresholds | None:
    """The batch's thresholds; None if another version of the program had others."""
    return Thresholds(**values) if set(values) == set(Thresholds().as_dict()) else None


def _spread(
    ledger: Ledger, rules: Rules, layouts: Mapping[str, Layout], thresholds: Thresholds
) -> Spread:
    spread = Spread()
    for capture in captures(ledger, [rules.batch_id]):
        layout = layouts.get(capture.layout_id or "")
        if layout is None or capture.measurements is None:
            continue
        try:
            measured = unpack(capture.measurements, layout)
        except ValueError:  # kept by another version of the program
            continue
        spread.add(measured, layout, thresholds)
    return spread


def _table(rules: Rules) -> Iterator[str]:
    yield _("batch {number}, period {period}, begun {started}: {software}").format(
        number=rules.batch_id,
        period=rules.period,
        started=rules.started_at,
        software=rules.software,
    )
    usual = Thresholds().as_dict()
    for name, value in rules.thresholds.items():
        note = ""
        if name not in usual:
            note = _("unknown to this version")
        elif usual[name] != value:
            note = _("the program's own: {value}").format(value=f"{usual[name]:g}")
        yield f"  {name:16}{value:>8g}  {note}".rstrip()


def _in_words(spread: Spread | None) -> Iterator[str]:
    if spread is None:
        yield _("Judged by another version of the program, whose rules are not known here.")
        return
    yield _("{sheets} sheets measured, {asked} of {questions} questions in doubt").format(
        sheets=spread.sheets, asked=spread.doubtful, questions=spread.questions
    )
    if spread.noise:
        yield _("noise of blank bubbles: usually {usual}, at most {most}").format(
            usual=_number(_quantile(spread.noise, 0.5)), most=_number(max(spread.noise))
        )
    if spread.blank:
        yield _("darkness of blank bubbles: 99 of 100 below {rare}, all below {most}").format(
            rare=_number(_quantile(spread.blank, 1 - _RARE)), most=_number(max(spread.blank))
        )
    if spread.marked:
        yield _("darkness of marks that stand: 99 of 100 above {rare}, all above {least}").format(
            rare=_number(_quantile(spread.marked, _RARE)), least=_number(min(spread.marked))
        )
    yield _("bubbles with ink that is no answer, struck out or another's: {count}").format(
        count=spread.no_answer
    )
    yield _("bubbles between marginal and definite: {count}").format(count=spread.between)


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def _number(value: float) -> str:
    return f"{value:.4f}"
