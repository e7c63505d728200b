"""One scanned page from its job: print, fill, spoil, scan, pack; with its truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scans.virtual import damage as d
from scans.virtual import parameters as p
from scans.virtual.capture import Mode, Placement, Scanner, draw_scanner, expose
from scans.virtual.containers import EncodedPage, encode
from scans.virtual.damage import Damage
from scans.virtual.filling import Filled, Sight, fill
from scans.virtual.people import plan_answers
from scans.virtual.plan import PageJob, PageKind, ScannedSheet, ScanPlan, Stream, chance, fate
from scans.virtual.printing import (
    Paper,
    Printer,
    Raster,
    bare_canvas,
    draw_paper,
    draw_printer,
    print_on,
    rasterise,
    tint,
    toner,
    trim,
)
from scans.virtual.seal import stamp
from scans.virtual.sensor import deliver, least_light, sense
from scans.virtual.truth import form_truth, other_truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scans.virtual.canvas import Canvas
    from scans.virtual.contract import PrintedForms, PrintedSheet
    from scans.virtual.intent import SheetIntent

_FINE_DPI = 200  # coarser scans are made from a canvas twice as fine, as sensors do


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet ready for the glass, and what became of its answers."""

    canvas: Canvas
    paper: Paper
    answers: list[Filled]
    intent: SheetIntent | None


@dataclass(frozen=True, slots=True)
class _Work:
    """What all steps of one page need."""

    forms: PrintedForms
    plan: ScanPlan
    seed: int
    scanner: Scanner

    @property
    def colour(self) -> bool:
        return self.plan.mode is Mode.COLOUR

    @property
    def canvas_dpi(self) -> int:
        return self.plan.dpi if self.plan.dpi >= _FINE_DPI else 2 * self.plan.dpi

    def layout(self, sheet: PrintedSheet) -> Mapping[str, Any]:
        return self.forms.layouts[sheet.layout]

    def chance(self, stream: Stream, *names: str | int) -> np.random.Generator:
        return chance(self.seed, stream, self.plan.name, *names)


def make_page(
    forms: PrintedForms, plan: ScanPlan, seed: int, job: PageJob
) -> tuple[EncodedPage, list[dict[str, Any]]]:
    """Scan one page.

    Args:
        forms: The print run.
        plan: How it is scanned.
        seed: Of the batch; everything drawn depends on it and the sheets' serials only.
        job: Which page.

    Returns:
        The packed image and one truth line per sheet, in reading order.
    """
    work, quality = _work(forms, plan, seed, job.scanner)
    makers = {
        PageKind.FORM: _form_sheet,
        PageKind.BLANK_BACK: _back_sheet,
        PageKind.FOREIGN: _foreign_sheet,
    }
    sheets = [makers[job.kind](work, scanned) for scanned in job.sheets]
    return _capture(work, quality, job, sheets)


def scan_again(
    forms: PrintedForms, plan: ScanPlan, seed: int, sheet: PrintedSheet, count: int
) -> Iterator[tuple[EncodedPage, list[dict[str, Any]]]]:
    """Scan one filled sheet *count* times on one scanner.

    Only what differs from pass to pass does: how the sheet lies, the feed, the scanned edges,
    dust and noise.

    Yields:
        What :func:`make_page` returns, for each pass.
    """
    work, quality = _work(forms, plan, seed, "again")
    scanned = ScannedSheet(sheet, fate(plan, seed, sheet))
    made = _form_sheet(work, scanned)
    for copy in range(count):
        again = ScannedSheet(sheet, scanned.damage, copy)
        job = PageJob(f"{plan.name}-{copy + 1:05}", 0, PageKind.FORM, (again,), "again")
        yield _capture(work, quality, job, [made])


def _work(forms: PrintedForms, plan: ScanPlan, seed: int, name: str) -> tuple[_Work, int]:
    """The scanner called *name*, ready, and the quality its JPEGs are set to."""
    rng = chance(seed, Stream.SCANNER, plan.name, name)
    scanner = draw_scanner(rng)
    return _Work(forms, plan, seed, scanner), plan.quality or round(p.JPEG_QUALITY.draw(rng))


def _capture(
    work: _Work, quality: int, job: PageJob, sheets: list[_Sheet]
) -> tuple[EncodedPage, list[dict[str, Any]]]:
    """Scan and pack *sheets*, which stay as they are."""
    plan, scanner, first = work.plan, work.scanner, job.sheets[0]
    rng = work.chance(Stream.CAPTURE, first.sheet.serial, first.copy, job.kind)
    frame, order, skews = _frame(work, job, sheets, rng)
    hit = {damage for scanned in job.sheets for damage in scanned.damage}
    sense(frame, scanner, rng, plan.dpi, streaked=Damage.STREAK in hit)
    paper = float(np.mean([sheet.paper.reflectance for sheet in sheets]))
    image = deliver(frame, scanner, plan.mode, paper, plan.dpi)
    encoded = encode(image, plan.container, plan.compression, quality, plan.dpi)
    truths = []
    for place, number in enumerate(order):
        scanned, made = job.sheets[number], sheets[number]
        notes = {"mode": str(plan.mode), "dpi": plan.dpi, "skew_degrees": round(skews[number], 2)}
        if made.intent is None:
            truths.append(other_truth(job, place, notes))
        else:
            truths.append(form_truth(job, place, scanned, made.intent, made.answers, notes))
    return encoded, truths


def _form_sheet(work: _Work, scanned: ScannedSheet) -> _Sheet:
    """Print, stamp, fill and spoil a sheet. A second copy comes out the same."""
    sheet, layout, scanner = scanned.sheet, work.layout(scanned.sheet), work.scanner
    rng = work.chance(Stream.PAPER, sheet.serial)
    printer, paper = draw_printer(rng), draw_paper(rng)
    raster = rasterise(str(work.forms.pdf), sheet, layout, work.canvas_dpi, colour=work.colour)
    canvas = bare_canvas(rng, raster.size_mm, raster.per_mm, paper, scanner.lid)
    if raster.pixels.ndim == 3:
        tint(canvas, paper)
    _print(canvas, raster, printer, scanned, rng)
    if work.colour and not canvas.colour:
        tint(canvas, paper)
    _stamp(work, canvas, scanned, rng)
    copied = None
    if Damage.PHOTOCOPY in scanned.damage:
        copied = (p.COPIER_BLACK.draw(rng), p.COPIER_WHITE.draw(rng))
    sight = Sight(
        max(scanner.psf_across, scanner.psf_along),
        least_light(scanner, work.plan.mode, paper.reflectance, copied),
    )
    intent = plan_answers(layout, work.chance(Stream.ANSWERS, sheet.serial), work.plan.people)
    hand_rng = work.chance(Stream.HAND, sheet.serial)
    answers = fill(canvas, layout, intent, hand_rng, scanner.lamp, sight)
    if copied:
        d.photocopy(canvas, rng, paper.reflectance, printer, copied)
    _spoil(work, canvas, scanned, rng)
    trim(canvas, rng)
    if Damage.TORN_CORNER in scanned.damage:
        d.tear(canvas, layout, rng)
    return _Sheet(canvas, paper, answers, intent)


def _print(
    canvas: Canvas,
    raster: Raster,
    printer: Printer,
    scanned: ScannedSheet,
    rng: np.random.Generator,
) -> None:
    cover = toner(raster, printer)
    if Damage.LOW_TONER in scanned.damage:
        d.fade(cover, rng)
    print_on(canvas, raster, printer, cover)
    if Damage.SHOW_THROUGH in scanned.damage:
        d.shine_through(canvas, cover, p.SHOW_THROUGH.draw(rng))


def _stamp(work: _Work, canvas: Canvas, scanned: ScannedSheet, rng: np.random.Generator) -> None:
    layout, zone = work.layout(scanned.sheet), work.layout(scanned.sheet).get("stamp")
    if zone and rng.random() < work.plan.seal:
        centre = (zone["x_mm"] + zone["w_mm"] / 2, zone["y_mm"] + zone["h_mm"] / 2)
        stamp(canvas, rng, centre, work.scanner.lamp)
    if Damage.STAMP_ON_ANSWERS in scanned.damage:
        bubble = layout["bubbles"][int(rng.integers(len(layout["bubbles"])))]
        stamp(canvas, rng, (bubble["x_mm"], bubble["y_mm"]), work.scanner.lamp)


def _spoil(work: _Work, canvas: Canvas, scanned: ScannedSheet, rng: np.random.Generator) -> None:
    layout, lamp = work.layout(scanned.sheet), work.scanner.lamp
    codes = list(layout["codes"])
    if Damage.QR_SMUDGE in scanned.damage and codes:
        codes = [codes[int(rng.integers(len(codes)))]]
    elif Damage.QR_BOTH not in scanned.damage:
        codes = []
    for code in codes:
        d.spoil_code(canvas, code, rng, lamp)
    if Damage.CREASE in scanned.damage:
        d.crease(canvas, rng)
    if Damage.STAIN in scanned.damage:
        d.stain(canvas, rng, lamp)


def _back_sheet(work: _Work, scanned: ScannedSheet) -> _Sheet:
    """The blank back of a form, with a breath of its front."""
    sheet, layout = scanned.sheet, work.layout(scanned.sheet)
    rng = work.chance(Stream.EXTRA, sheet.serial, "back")
    printer, paper = draw_printer(rng), draw_paper(rng)
    raster = rasterise(str(work.forms.pdf), sheet, layout, work.canvas_dpi, colour=False)
    canvas = bare_canvas(rng, raster.size_mm, raster.per_mm, paper, work.scanner.lid)
    d.shine_through(canvas, toner(raster, printer), p.SHOW_THROUGH.draw(rng) * 0.6)
    if work.colour:
        tint(canvas, paper)
    trim(canvas, rng)
    return _Sheet(canvas, paper, [], None)


def _foreign_sheet(work: _Work, scanned: ScannedSheet) -> _Sheet:
    """A page of some other document: a heading and lines of words."""
    sheet, layout = scanned.sheet, work.layout(scanned.sheet)
    rng = work.chance(Stream.EXTRA, sheet.serial, "foreign")
    paper, per_mm = draw_paper(rng), work.canvas_dpi / 25.4
    size = (layout["page"]["width_mm"], layout["page"]["height_mm"])
    canvas = bare_canvas(rng, size, (per_mm, per_mm), paper, work.scanner.lid)
    words, y, margin = np.zeros(canvas.pixels.shape[:2], np.uint8), 22.0, rng.uniform(12.0, 22.0)
    while y < size[1] - 20.0:
        x, height = margin, (5.0 if y < 30.0 else 3.2)  # mm of a tall letter
        while x < size[0] - margin - 10.0:
            letters = "".join(rng.choice(list("aeioutnhcgmlrvd"), int(rng.integers(1, 8))))
            at, scale = canvas.to_pixels(np.array([(x, y)]))[0], height * per_mm / 30.0
            origin, weight = (int(at[0]), int(at[1])), max(1, round(0.3 * per_mm))
            cv2.putText(
                words, letters, origin, cv2.FONT_HERSHEY_COMPLEX, scale, 255, weight, cv2.LINE_AA
            )
            x += 0.75 * height * (len(letters) + 1)
        y += 6.5 if rng.random() < 0.85 else 12.0
    canvas.cover(0, 0, 1.0 - 0.93 / 255 * words.astype(np.float32))
    if work.colour:
        tint(canvas, paper)
    trim(canvas, rng)
    return _Sheet(canvas, paper, [], None)


def _skew(work: _Work, rng: np.random.Generator) -> float:
    """Degrees clockwise."""
    if work.plan.sheets_per_page == 2:
        return float(rng.normal(0.0, p.FLATBED_SKEW_SD))
    if rng.random() < work.plan.worst_skew:
        return p.SKEW_DEGREES.draw(rng)
    usual = rng.normal(0.0, p.USUAL_SKEW_SD)
    return float(np.clip(usual, p.SKEW_DEGREES.low, p.SKEW_DEGREES.high))


def _frame(
    work: _Work, job: PageJob, sheets: list[_Sheet], rng: np.random.Generator
) -> tuple[np.ndarray[Any, Any], list[int], list[float]]:
    """Lay the sheets on the glass and scan them: frame, reading order, skew of each sheet."""
    plan, dpi = work.plan, work.plan.dpi
    turn = 90.0 * float(rng.choice((1, 3))) if plan.sideways else 0.0
    two = plan.sheets_per_page == 2
    size_mm, places = _glass(work, job, rng, sideways=turn != 0.0)
    skews = [_skew(work, rng) for _sheet in sheets]
    quarter = [turn + 180.0 * (Damage.UPSIDE_DOWN in one.damage) for one in job.sheets]
    shape = (round(size_mm[1] * dpi / 25.4), round(size_mm[0] * dpi / 25.4))
    frame = np.full((*shape, 3) if work.colour else shape, work.scanner.lid, dtype=np.float32)
    alone = len(sheets) == 1 and not two
    for number, sheet in enumerate(sheets):
        placement = Placement(
            centre_mm=places[number],
            turn_degrees=quarter[number] + skews[number],
            slip_mm=0.0 if two else p.FEED_SLIP_MM.draw(rng) * float(rng.choice((-1, 1))),
            slip_at_mm=float(rng.uniform(0.0, size_mm[1])),
            wave_phase=float(rng.random()),
        )
        expose(sheet.canvas, work.scanner, placement, frame, dpi, alone=alone)
    heights = [place[1] for place in places]
    down = 1 if max(heights) - min(heights) > sheets[0].canvas.outline_mm[2, 1] / 4 else 0
    order = sorted(range(len(sheets)), key=lambda number: places[number][down])
    return frame, order, skews


def _glass(
    work: _Work, job: PageJob, rng: np.random.Generator, *, sideways: bool
) -> tuple[tuple[float, float], list[tuple[float, float]]]:
    """The scanned area (mm) and where the sheets' centres lie in it."""
    sizes = []
    for scanned in job.sheets:
        page = work.layout(scanned.sheet)["page"]
        size = (float(page["width_mm"]), float(page["height_mm"]))
        sizes.append(size[::-1] if sideways else size)
    wide, high = sizes[0]
    if work.plan.sheets_per_page == 2:
        # upright sheets lie side by side on a landscape glass, turned ones below each other
        along = 1 if sideways else 0
        glass = p.A4_GLASS_MM if sideways else p.A4_GLASS_MM[::-1]
        places = []
        for number, size in enumerate(sizes):
            start = number * (glass[along] - size[along])
            centre = [0.0, 0.0]
            centre[along] = start + size[along] / 2 + float(rng.uniform(-0.5, 0.5))
            spare = max(1.0, glass[1 - along] - size[1 - along])
            centre[1 - along] = size[1 - along] / 2 + float(rng.uniform(0.5, spare))
            places.append((centre[0], centre[1]))
        return glass, places
    if work.plan.a4_glass:
        glass = p.A4_GLASS_MM
        room = (max(1.0, glass[0] - wide), max(1.0, glass[1] - high))
        return glass, [
            (
                wide / 2 + float(rng.choice((1.0, room[0] / 2))) + float(rng.uniform(-0.5, 0.5)),
                high / 2 + min(room[1], float(rng.exponential(4.0))),
            )
        ]
    edges = [p.OVERSCAN_MM.draw(rng) for _ in range(4)]  # left, top, right, bottom
    if Damage.EDGE_CROP in job.sheets[0].damage:
        edges[int(rng.integers(4))] = -p.EDGE_CROP_MM.draw(rng)
    return (wide + edges[0] + edges[2], high + edges[1] + edges[3]), [
        (wide / 2 + edges[0], high / 2 + edges[1])
    ]
