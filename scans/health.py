"""The scanner's health in words that an office can act on, from what the ledger keeps.

Nothing is stored for it: how each sheet lay and looked is in the ledger, and what that means
is worked out each time.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from omr.geometry import MM_PER_INCH, PagePoint, Registration
from omr.i18n import _
from omr.layout import Layout
from omr.ledger import Ledger, issued
from omr.ledger.captures import Capture, captures
from omr.ledger.sheets import Axis
from omr.marks import Reason
from omr.measure_codec import unpack_look
from omr.scan_health import ENOUGH, USUAL_DPI, Finding, Lie, Look, SheetFacts, Trouble, examine
from scans.look_again import registration_of


def health_lines(ledger: Ledger, batch_ids: Collection[int]) -> list[str]:
    """The scanner's health over these batches: one line if it is fine, else one a trouble.

    Returns:
        Lines of text; empty if the batches hold no sheet that says anything.
    """
    found = findings(ledger, batch_ids)
    if found is None:
        return []
    if not found:
        return [_("scanner: fine")]
    return [_("scanner:"), *(f"  {line}" for line in _in_words(found))]


def findings(ledger: Ledger, batch_ids: Collection[int]) -> list[Finding] | None:
    """What is wrong with the scanner by these batches, worst first.

    Returns:
        Nothing if it is fine; ``None`` if the batches hold no sheet that says anything.
    """
    facts = list(_facts(ledger, batch_ids))
    return examine(facts) if facts else None


def printed_scale(ledger: Ledger, batch_ids: Collection[int]) -> float | None:
    """How large forms came out, over the size they have; None if too few sheets tell.

    Scanners are set to a few resolutions only: what differs from the nearest of them is the
    printer's scale times the scanner's own error, which is some tenths of a percent.
    """
    dpis = [fact.lie.dpi for fact in _facts(ledger, batch_ids) if fact.lie is not None]
    if len(dpis) < ENOUGH:
        return None
    return median(dpi / min(USUAL_DPI, key=lambda usual: abs(usual / dpi - 1)) for dpi in dpis)


def lie_of(where: Registration, layout: Layout, capture: Capture | None = None) -> Lie:
    """How a sheet lay on the glass.

    Args:
        where: Its registration.
        layout: Gives its size.
        capture: Gives its streaks, if it has any.
    """
    middle = PagePoint(layout.width_mm / 2, layout.height_mm / 2)
    at = where.locate(middle)
    right = where.locate(PagePoint(middle.x_mm + 1, middle.y_mm))
    down = where.locate(PagePoint(middle.x_mm, middle.y_mm + 1))
    across = (right.x_px - at.x_px, right.y_px - at.y_px)
    along = (down.x_px - at.x_px, down.y_px - at.y_px)
    angle = math.degrees(math.atan2(across[1], across[0]))
    quarters = round(angle / 90)
    ratio = math.hypot(*across) / math.hypot(*along)
    scale = where.px_per_mm(middle)
    streaks = capture.streaks if capture is not None else ()
    return Lie(
        dpi=scale * MM_PER_INCH,
        skew_degrees=angle - 90 * quarters,
        aspect=ratio if quarters % 2 == 0 else 1 / ratio,
        streaks_mm=tuple(
            (1 if line.axis is Axis.COLUMN else -1) * line.at_px / scale for line in streaks
        ),
    )


def _facts(ledger: Ledger, batch_ids: Collection[int]) -> Iterator[SheetFacts]:
    layouts = issued.layouts(ledger)
    for capture in captures(ledger, batch_ids):
        layout = layouts.get(capture.layout_id or "")
        lie = None
        if capture.registration is not None and layouts:
            # A sheet that names no layout is on one of our papers, and those are of one size.
            paper = layout or next(iter(layouts.values()))
            lie = lie_of(registration_of(capture.registration), paper, capture)
        yield SheetFacts(
            series=capture.file if capture.file_pages > 1 else "",
            place=_("{file}, page {page}").format(file=capture.file, page=capture.page + 1),
            lie=lie,
            look=_look(capture),
            too_coarse=Reason.LOW_RESOLUTION in capture.reasons,
        )


def _look(capture: Capture) -> Look | None:
    if capture.measurements is None:
        return None
    try:
        return unpack_look(capture.measurements)
    except ValueError:  # kept by another version of the program
        return None


def _in_words(found: Sequence[Finding]) -> Iterator[str]:
    """One line a trouble: the worst of its series, and how many others there are."""
    for worst, alike in worst_of(found):
        line = _sentence(worst)
        yield line if worst.trouble is Trouble.GLASS else line + _where(worst, alike)


def worst_of(found: Iterable[Finding]) -> Iterator[tuple[Finding, list[Finding]]]:
    """Each trouble's worst finding, with all of that trouble."""
    for trouble, some in groupby(found, key=lambda finding: finding.trouble):
        alike = list(some)
        worst = max(alike, key=lambda finding: (finding.sheets, abs(finding.value)))
        if trouble is Trouble.LOW_DPI:
            worst = replace(worst, sheets=sum(finding.sheets for finding in alike))
        yield worst, alike


def _where(worst: Finding, alike: Iterable[Finding]) -> str:
    others = len({finding.series for finding in alike}) - 1
    if others:
        return " " + _("({file} and {count} more files)").format(
            file=worst.series or _("files of one page"), count=others
        )
    return f" ({worst.series})" if worst.series else ""


def _sentence(finding: Finding) -> str:
    said = _sentences()[finding.trouble]
    if finding.trouble is Trouble.GLASS and finding.value < 0:
        said = _(
            "the same streak on {sheets} sheets running, {value:.0f} mm from the top edge of the "
            "image ({first} to {last}): clean the glass there"
        )
    return said.format(
        value=abs(finding.value), sheets=finding.sheets, first=finding.first, last=finding.last
    )


def _sentences() -> Mapping[Trouble, str]:
    """The sentence for each trouble, in the language of the screen."""
    return {
        Trouble.GLASS: _(
            "the same streak on {sheets} sheets running, {value:.0f} mm from the left edge of the "
            "image ({first} to {last}): clean the glass there"
        ),
        Trouble.LOW_DPI: _(
            "{sheets} sheets scanned with fewer than 200 dots per inch: set the scanner to 200 "
            "or 300"
        ),
        Trouble.BILEVEL: _(
            "{value:.0f} percent of the sheets are scanned in black and white, which loses light "
            "marks: scan in grey"
        ),
        Trouble.PALE: _(
            "the scans are pale (contrast {value:.0f} of 255): scan darker, or print with fresh "
            "toner"
        ),
        Trouble.OUTLINES: _(
            "the printed circles can hardly be seen on {value:.0f} percent of the sheets: scan "
            "darker, or print with fresh toner"
        ),
        Trouble.FADING: _(
            "the scans lose {value:.0f} percent of their contrast from first to last: the lamp "
            "or the toner may be failing"
        ),
        Trouble.NOISE: _(
            "{value:.0f} percent of the sheets are noisy: clean the scanner, and do not squeeze "
            "files small"
        ),
        Trouble.CROOKED: _(
            "the sheets go in crooked, by {value:.1f} degrees on the whole: set the paper guides"
        ),
        Trouble.LOOSE: _(
            "the sheets go in at all angles ({value:.1f} degrees): the paper guides are loose"
        ),
        Trouble.RESIZED: _(
            "the forms come out at {value:.0f} percent of their size: print and scan at 100 %, "
            "without fitting to the page"
        ),
        Trouble.STRETCHED: _("the scanner stretches the paper by {value:.1f} %: clean its rollers"),
        Trouble.MIXED_DPI: _(
            "the resolution changes within one file: keep the scanner at one setting"
        ),
    }
