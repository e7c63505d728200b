"""The virtual scanner: fills, spoils and scans printed sheets, knowing the truth.

It takes what a print run leaves (the PDF, its manifest, the layouts), lets people mark the
sheets with pens, sends them through a simulated printer, paper and scanner, and writes scan
files with a truth line per sheet. Offices use it to try their settings and to compare their own
scanner with it; the reader is tested with it. It knows nothing of how sheets are read.

    forms = load_printed(Path("pad.pdf"), Path("pad.jsonl"), Path("layouts"))
    truths = scan_batch(forms, ScanPlan(name="monday", dpi=300), Path("scans"), seed=1)
    card = score(results, truths)

The same seed gives the same bytes, whatever the number of jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scans.virtual.batch import iter_batch
from scans.virtual.capture import Mode
from scans.virtual.containers import Compression, Container
from scans.virtual.contract import PrintedForms, PrintedSheet, load_printed
from scans.virtual.damage import Damage
from scans.virtual.intent import Doubt, MarkKind, PenKind, QuestionIntent, SheetIntent
from scans.virtual.parameters import fingerprint
from scans.virtual.people import (
    COMPLIANT,
    EMPTY,
    HOSTILE,
    LINES,
    PROFILES,
    REALISTIC,
    Profile,
    plan_answers,
)
from scans.virtual.plan import ScanPlan
from scans.virtual.scorecard import ErrorKind, Scorecard, SilentError, judge, score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "COMPLIANT",
    "DEMO_PLANS",
    "EMPTY",
    "HOSTILE",
    "LINES",
    "PROFILES",
    "REALISTIC",
    "Compression",
    "Container",
    "Damage",
    "Doubt",
    "ErrorKind",
    "MarkKind",
    "Mode",
    "PenKind",
    "PrintedForms",
    "PrintedSheet",
    "Profile",
    "QuestionIntent",
    "ScanPlan",
    "Scorecard",
    "SheetIntent",
    "SilentError",
    "fingerprint",
    "iter_batch",
    "judge",
    "load_printed",
    "plan_answers",
    "scan_batch",
    "score",
]

_SOME_DAMAGE = dict.fromkeys(Damage, 0.04) | {Damage.UPSIDE_DOWN: 0.1}

# What a month's returns look like: a good office, one that scans in black and white, one that
# sends photographs of a colour flatbed.
DEMO_PLANS = (
    ScanPlan("grey-200", damage=_SOME_DAMAGE),
    ScanPlan(
        "fax-300",
        container=Container.TIFF,
        compression=Compression.G4,
        mode=Mode.BINARY,
        dpi=300,
        damage=_SOME_DAMAGE,
    ),
    ScanPlan(
        "colour-300",
        container=Container.JPEG_FOLDER,
        mode=Mode.COLOUR,
        dpi=300,
        damage=_SOME_DAMAGE,
    ),
)


def scan_batch(
    forms: PrintedForms,
    plan: ScanPlan,
    out_dir: Path,
    seed: int,
    *,
    jobs: int = 1,
    sheets: Sequence[PrintedSheet] | None = None,
) -> list[dict[str, Any]]:
    """Fill and scan *forms* as *plan* says.

    Args:
        forms: The print run.
        plan: People, damages, scanner settings and files.
        out_dir: Made if absent; gets the scan files and ``<plan name>.truth.jsonl``. A scan file
            appears under its name only when it is complete.
        seed: Everything drawn depends on it, the plan's name and the sheets' serials.
        jobs: Processes. The output does not depend on it.
        sheets: Only these of the print run, in this order; None for all.

    Returns:
        The truth lines, in file, page and reading order. For batches too big for memory use
        :func:`iter_batch`, which yields them.

    Raises:
        InputUnusable: The PDF does not fit its manifest.
    """
    return list(iter_batch(forms, plan, out_dir, seed, jobs=jobs, sheets=sheets))
