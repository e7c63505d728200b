"""Truth lines: what a reader ought to find, one JSON object a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scans.virtual.damage import Damage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scans.virtual.filling import Filled
    from scans.virtual.intent import SheetIntent
    from scans.virtual.plan import PageJob, ScannedSheet

NOT_DAMAGE = {Damage.BLANK_BACK, Damage.FOREIGN_PAGE}  # these are pages of their own


def form_truth(
    job: PageJob,
    place: int,
    scanned: ScannedSheet,
    intent: SheetIntent,
    answers: Sequence[Filled],
    notes: dict[str, Any],
) -> dict[str, Any]:
    """The truth of one filled sheet.

    Per question: ``intended`` option ids, ``ambiguous``, ``kinds`` (mark per option), ``doubt``
    (the rule that made it ambiguous, or null) and ``right``: every clear answer that would be
    right. ``right`` is ``[intended]`` unless the question is ambiguous, and empty when only a
    person may decide.
    """
    sheet = scanned.sheet
    return {
        "file": job.file,
        "page": job.page,
        "sheet": place,
        "kind": str(job.kind),
        "serial": sheet.serial,
        "unit": sheet.unit,
        "domain": sheet.domain,
        "layout": sheet.layout,
        "copy": scanned.copy,
        "pen": str(intent.pen),
        "capture": notes,
        "damage": [str(one) for one in scanned.damage if one not in NOT_DAMAGE],
        "answers": {
            filled.intent.question: {
                "intended": list(filled.intent.intended),
                "ambiguous": filled.intent.doubt is not None,
                "doubt": None if filled.intent.doubt is None else str(filled.intent.doubt),
                "right": [list(one) for one in filled.right],
                "kinds": {option: str(kind) for option, kind in filled.intent.marks},
            }
            for filled in answers
        },
    }


def other_truth(job: PageJob, place: int, notes: dict[str, Any]) -> dict[str, Any]:
    """The truth of a page that is no form: no serial, no answers."""
    nothing = dict.fromkeys(("serial", "unit", "domain", "layout"))
    return {
        "file": job.file,
        "page": job.page,
        "sheet": place,
        "kind": str(job.kind),
        **nothing,
        "copy": 0,
        "pen": None,
        "capture": notes,
        "damage": [],
        "answers": {},
    }
