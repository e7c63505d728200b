"""Changes of the catalogue in words (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omr.i18n import _
from omr.unit_import import Outcome, Planned
from omr.unit_records import unit_cells
from omr.units import Unit, UnitCatalogue

_NOTHING = "–"


def change_lines(before: UnitCatalogue, units: Sequence[Unit]) -> Iterator[str]:
    """What *units*, changed or new, mean for the catalogue."""
    for unit in units:
        if unit.code not in before:
            yield _("new: {code}  {name}").format(code=unit.code, name=unit.name)
            continue
        yield _("changed: {code}  {name}").format(code=unit.code, name=unit.name)
        old, new = unit_cells(before.unit(unit.code)), unit_cells(unit)
        for column in old:
            if old[column] != new[column]:
                yield f"    {column}: {old[column] or _NOTHING} → {new[column] or _NOTHING}"


def plan_lines(
    before: UnitCatalogue, planned: Sequence[Planned], unused: Sequence[str], file: str
) -> Iterator[str]:
    """What a list would do to the catalogue, row by row, and a last line that counts.

    Args:
        before: The catalogue.
        planned: What becomes of each row.
        unused: Heads of the list that mean no column.
        file: The list's name.
    """
    for p in planned:
        if p.outcome is Outcome.REFUSED:
            yield _("refused: {file}:{line}: {code}: {why}").format(
                file=file, line=p.line, code=p.code or _NOTHING, why=p.why
            )
        elif p.unit is not None and p.outcome is not Outcome.SAME:
            yield from change_lines(before, [p.unit])
    if unused:
        yield _("columns not used: {names}").format(names=", ".join(unused))
    counts = {outcome: sum(p.outcome is outcome for p in planned) for outcome in Outcome}
    yield _("{new} new, {changed} changed, {same} as they are, {refused} refused").format(
        new=counts[Outcome.NEW],
        changed=counts[Outcome.CHANGED],
        same=counts[Outcome.SAME],
        refused=counts[Outcome.REFUSED],
    )
