"""omr demo: the whole job once, on made-up sheets, with the commands that an office uses.

Every step is a real command, shown as it would be typed; only filling and scanning the
sheets is simulated. At the end what was read is compared with what was filled in.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from omr.errors import ExitCode, OmrError, UsageError
from omr.i18n import _
from omr.periods import Period
from omr.workspace import Workspace, open_workspace
from reports.sample_export import write_sample_export
from scans.virtual_scanner import (
    COMPLIANT,
    Compression,
    Container,
    Damage,
    Mode,
    ScanPlan,
    load_printed,
    scan_batch,
    score,
)

# What happens to sheets between the counter and the scanner; shares are our estimate.
_DAMAGE = {
    Damage.UPSIDE_DOWN: 0.10,
    Damage.QR_SMUDGE: 0.05,
    Damage.CREASE: 0.05,
    Damage.STAIN: 0.03,
    Damage.BLANK_BACK: 0.02,
    Damage.TORN_CORNER: 0.015,
    Damage.DUPLICATE: 0.015,
    Damage.FOREIGN_PAGE: 0.01,
    Damage.QR_BOTH: 0.01,
    Damage.STREAK: 0.01,
}
_GREY_PDF = ScanPlan("grey-pdf", dpi=200, damage=_DAMAGE)
_FAX_TIFF = ScanPlan(
    "fax-tiff",
    container=Container.TIFF,
    compression=Compression.G4,
    mode=Mode.BINARY,
    dpi=300,
    people=COMPLIANT,  # 1-bit scans lose pencil: such an office hands out pens
    damage=_DAMAGE,
)
_COLOUR_JPEG = ScanPlan(
    "colour-jpeg", container=Container.JPEG_FOLDER, mode=Mode.COLOUR, dpi=200, damage=_DAMAGE
)


@dataclass(frozen=True, slots=True)
class _Pad:
    """One unit's pads of one domain, and the scanner that its forms come back through."""

    unit: str
    domain: str
    paper: str
    scanner: ScanPlan


_COUNT = 70  # forms for each pad
_PADS = (
    _Pad("HP-PC06", "QLHC", "a5", _GREY_PDF),
    _Pad("HP-PC08", "GTDB", "a4-2up", _GREY_PDF),
    _Pad("HP-PC07", "PCCC", "a5", _FAX_TIFF),
    _Pad("HP-11311", "QLHC", "a4-2up", _FAX_TIFF),
    _Pad("HP-PA08", "XNC", "a5", _COLOUR_JPEG),
    _Pad("HP-11341", "GTDB", "a5", _COLOUR_JPEG),
)
_ELECTRONIC_ROWS = 300


@dataclass(slots=True)
class _Demo:
    """The running demonstration."""

    folder: Path
    jobs: int
    seed: int
    period: Period
    truths: list[dict[str, Any]] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.folder)

    def command(self, *words: str) -> None:
        """Run one omr command as it would be typed, in the workspace."""
        from omr.cli import main  # noqa: PLC0415 - the two modules use each other

        shown = " ".join(words)
        print(f"\n$ omr {shown}", flush=True)
        code = main([*words[:2], "--workspace", str(self.folder), *words[2:]])
        if code != ExitCode.OK:
            raise OmrError(
                _("the demonstration stopped: omr {words} ended with {code}").format(
                    words=shown, code=code
                ),
                _("Please report this, with what was printed above."),
            )


def run_demo(folder: Path, *, jobs: int | None, seed: int) -> None:
    """Show the whole job in *folder*, which must not exist yet or be empty.

    Raises:
        UsageError: If there is something in the folder.
        OmrError: If a step fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            _("{folder} exists already; the demonstration wants a fresh folder").format(
                folder=folder
            ),
            _("Name another one: omr demo DIR, or delete it first."),
        )
    demo = _Demo(folder, jobs or os.cpu_count() or 1, seed, _this_month())
    _make_workspace(demo)
    _print_pads(demo)
    _fill_and_scan(demo)
    _read(demo)
    _import_and_export(demo)
    _sum_up(demo)


def _this_month() -> Period:
    return Period.containing(date.today())  # noqa: DTZ011 - the month on the office's wall


def _make_workspace(demo: _Demo) -> None:
    from omr.cli import main  # noqa: PLC0415 - the two modules use each other

    print(f"$ omr init {demo.folder}")
    code = main(["init", str(demo.folder)])
    if code:
        raise OmrError(_("the workspace could not be made"))
    verb = "set" if os.name == "nt" else "export"
    print(f"\n$ {verb} OMR_WORKSPACE={demo.folder}")  # as every command below is meant


def _print_pads(demo: _Demo) -> None:
    printed = demo.folder / "printed"
    printed.mkdir()
    for pad in _PADS:
        stem = printed / f"{pad.unit}-{pad.domain}"
        words = ["forms", "print", "--unit", pad.unit, "--domain", pad.domain]
        words += ["--count", str(_COUNT), "--paper", pad.paper, "--out", f"{stem}.pdf"]
        demo.command(*words, "--manifest", f"{stem}.jsonl")
    demo.command("forms", "layouts", "--out", str(demo.folder / "layouts"))


def _fill_and_scan(demo: _Demo) -> None:
    print("\n" + _("(people fill the forms in, and three scanners scan them ...)"), flush=True)
    begun = time.monotonic()
    scans = demo.folder / "scans"
    for pad in _PADS:
        stem = demo.folder / "printed" / f"{pad.unit}-{pad.domain}"
        forms = load_printed(
            stem.with_suffix(".pdf"), stem.with_suffix(".jsonl"), demo.folder / "layouts"
        )
        plan = replace(pad.scanner, name=f"{pad.scanner.name}-{pad.unit}")
        demo.truths += scan_batch(forms, plan, scans, demo.seed, jobs=demo.jobs)
    for truth_file in scans.glob("*.truth.jsonl"):
        truth_file.rename(demo.folder / truth_file.name)  # not a scan, so not in the way
    demo.seconds["scan"] = round(time.monotonic() - begun)
    sheets = sum(truth["serial"] is not None for truth in demo.truths)
    kinds = ", ".join(sorted({path.suffix[1:].upper() for path in _files(scans)}))
    print(
        _("{sheets} sheets on {pages} pages in {files} files ({kinds}), {seconds} s").format(
            sheets=sheets,
            pages=len(demo.truths),
            files=len(_files(scans)),
            kinds=kinds,
            seconds=demo.seconds["scan"],
        )
    )


def _read(demo: _Demo) -> None:
    begun = time.monotonic()
    scans = str(demo.folder / "scans")
    demo.command("scans", "read", scans, "--period", str(demo.period), "--jobs", str(demo.jobs))
    demo.seconds["read_ms"] = round(1000 * (time.monotonic() - begun))


def _import_and_export(demo: _Demo) -> None:
    workspace = demo.workspace
    survey = next(iter(workspace.surveys().values()))
    catalogue = workspace.units()
    export = demo.folder / "google-forms.csv"
    units = [(catalogue.unit(pad.unit), (pad.domain,)) for pad in _PADS]
    write_sample_export(export, survey, units, demo.period, rows=_ELECTRONIC_ROWS, seed=demo.seed)
    demo.command("reports", "import", str(export), "--profile", "google-forms")
    results = str(demo.folder / "results")
    demo.command(
        "reports", "export", "--period", str(demo.period), "--out", results, "--provisional"
    )


def _sum_up(demo: _Demo) -> None:
    from omr.ledger import Ledger  # noqa: PLC0415 - kept out of the start of every command
    from scans.results import result_lines  # noqa: PLC0415

    with Ledger.open(demo.workspace.ledger_url) as ledger:
        results = [json.loads(line) for line in result_lines(ledger)]
    card = score(results, demo.truths)
    statuses = Counter(result["status"] for result in results)
    print("\n" + _("What this made, in {folder}:").format(folder=demo.folder))
    print(
        _("  printed   {count} numbered forms for {units} units in {domains} domains").format(
            count=_COUNT * len(_PADS),
            units=len({pad.unit for pad in _PADS}),
            domains=len({pad.domain for pad in _PADS}),
        )
    )
    print(
        _(
            "  read      {seen} sheets: {counted} counted, {review} for review, {refused} refused, "
            "{duplicate} seen before, {blank} without a form"
        ).format(
            seen=len(results),
            counted=statuses["counted"],
            review=statuses["review"],
            refused=statuses["refused"],
            duplicate=statuses["duplicate"],
            blank=statuses["blank"],
        )
    )
    print(
        _("  truth     {errors} silent errors in {questions} answers").format(
            errors=len(card.errors), questions=card.questions
        )
    )
    for error in card.errors[:10]:
        print(f"            {error}")
    print(
        _("  time      {per_sheet:.0f} ms a sheet with {jobs} processes").format(
            per_sheet=demo.seconds["read_ms"] / max(1, len(results)), jobs=demo.jobs
        )
    )
    print(_("  results   {folder}").format(folder=demo.folder / "results"))
    print(
        "\n"
        + _("Settle what is doubtful: omr scans review --workspace {folder}").format(
            folder=demo.folder
        )
    )


def _files(folder: Path) -> Sequence[Path]:
    return [path for path in folder.rglob("*") if path.suffix in {".pdf", ".tif", ".jpg"}]
