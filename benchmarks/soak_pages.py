"""Scanned pages with serials of their own, made faster than they are read.

A few hundred pages come from the virtual scanner. Every further one is such a page with both of
its QR codes painted over: a freshly signed code of a serial that was really issued, laid through
the sheet's own homography, as dark and as blurred as the old one, and packed as JPEG again. So
every page is decoded, placed and measured for itself, and the ledger sees a new serial each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from omr.codes import CodeBody, campaign_key, sign
from omr.geometry import PagePoint, PageRect, Registration
from omr.layout import Layout
from omr.ledger import Ledger, issued
from omr.ledger.issued import PrintRun
from omr.ledger.stock_entries import finish_run
from omr.marks import Answers, SheetStatus
from omr.serials import Serial
from scans.faults import PageFault
from scans.look_again import registration_of
from scans.pages import PageRef, load_page
from scans.read_page import read_page
from scans.stages import ReadingContext

_PATCH_PX = 8  # a module's side in the pattern that is laid onto the page
_QUIET = 2  # modules of paper round it that are painted as well
_BLUR_PX = 0.6  # about what the virtual scanner's lens leaves of an edge at 200 dpi
_QUALITY = 80
_MODULES = 29  # of a code's side: version 3
_RIM_PX = 4  # round the spot that is looked at
_FINER = 3  # times as many pixels each way, before they are averaged

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one of a page's codes lies, and what it looks like there."""

    rows: slice
    columns: slice
    matrix: NDArray[np.float64]  # from the pattern's pixels to those of the enlarged spot
    share: NDArray[np.float32]  # of each pixel that is painted, 0 to 1
    paper: float
    black: float


@dataclass(frozen=True, slots=True)
class Base:
    """A scanned page with one readable sheet, and what the reader says of it."""

    grey: Grey
    spots: tuple[Spot, ...]
    layout: Layout
    unit: str
    status: SheetStatus
    answers: Answers


def bases_of(files: Sequence[Path], context: ReadingContext) -> list[Base]:
    """The pages of *files* that can bear another code: one sheet on each, named by its code.

    What is expected of a page is what is read of it packed as JPEG once more, as every painted
    page is: a mark at the edge between two judgements may fall to the other side by that alone.
    """
    layouts = {layout.layout_id: layout for layout in context.layouts.values()}
    found = []
    with TemporaryDirectory() as folder:
        again = Path(folder) / "again.jpg"
        for path in files:
            grey = load_page(PageRef(path, 0))
            if isinstance(grey, PageFault):
                continue
            again.write_bytes(_packed(grey))
            outcome = read_page(PageRef(again, 0), context)
            if len(outcome.sheets) != 1:
                continue
            [sheet] = outcome.sheets
            layout = layouts.get(sheet.layout_id or "")
            if layout is None or sheet.registration is None or sheet.unit is None:
                continue
            where = registration_of(sheet.registration)
            spots = tuple(_spot(grey, place, where) for place in layout.codes)
            found.append(Base(grey, spots, layout, sheet.unit, sheet.status, sheet.answers))
    return found


class Painter:
    """Makes pages of *bases* with other serials.

    Args:
        bases: In turn.
        signing: Id and master of the key that signs.
    """

    def __init__(self, bases: Sequence[Base], signing: tuple[int, bytes]) -> None:
        self._bases = bases
        self._key_id, self._master = signing

    def base(self, number: int) -> Base:
        """What the page *number* shows."""
        return self._bases[number % len(self._bases)]

    def jpeg(self, number: int, run: PrintRun, serial: Serial) -> bytes:
        """The page *number* as that serial's sheet."""
        base = self.base(number)
        body = CodeBody(
            key_id=self._key_id,
            campaign=run.year,
            unit=run.unit_number,
            domain=run.domain_number,
            number=serial.number,
            layout=run.layout_id[: issued.CODE_DIGITS],
        )
        pattern = _pattern(sign(body, campaign_key(self._master, run.year)))
        page = base.grey.copy()
        for spot in base.spots:
            _lay(page, pattern, spot)
        return _packed(page)


def _pattern(text: str) -> Grey:
    """The code's modules with a rim of paper, 255 for ink, each a square of pixels."""
    code = segno.make(
        text, version=3, error="q", mode="alphanumeric", mask=0, boost_error=False, micro=False
    )
    modules = np.pad(np.array([bytearray(row) for row in code.matrix], np.uint8), _QUIET)
    return np.asarray(np.kron(modules, np.full((_PATCH_PX, _PATCH_PX), 255, np.uint8)), np.uint8)


def _spot(page: Grey, place: PageRect, where: Registration) -> Spot:
    """Where the code at *place* lies on the page; worked out once for all that are laid there."""
    module = place.w_mm / _MODULES
    to_mm = np.array(
        [
            [module / _PATCH_PX, 0, place.x_mm - _QUIET * module],
            [0, module / _PATCH_PX, place.y_mm - _QUIET * module],
            [0, 0, 1],
        ]
    )
    corners = [
        where.locate(PagePoint(place.x_mm + dx * place.w_mm, place.y_mm + dy * place.h_mm))
        for dx, dy in ((-0.1, -0.1), (1.1, -0.1), (1.1, 1.1), (-0.1, 1.1))
    ]
    left = max(0, int(min(each.x_px for each in corners)) - _RIM_PX)
    top = max(0, int(min(each.y_px for each in corners)) - _RIM_PX)
    right = min(page.shape[1], int(max(each.x_px for each in corners)) + _RIM_PX)
    bottom = min(page.shape[0], int(max(each.y_px for each in corners)) + _RIM_PX)
    shift = np.array([[1.0, 0, -left], [0, 1, -top], [0, 0, 1]])
    finer = np.diag([float(_FINER), float(_FINER), 1.0])
    matrix = finer @ shift @ np.array(where.h).reshape(3, 3) @ to_mm
    side = (_MODULES + 2 * _QUIET) * _PATCH_PX
    size = (right - left, bottom - top)
    share = _warped(np.full((side, side), 255, np.uint8), matrix, size)
    here = page[top:bottom, left:right]
    black, paper = np.percentile(here, [5, 95])
    return Spot(
        slice(top, bottom),
        slice(left, right),
        matrix,
        np.asarray(share / np.float32(255), np.float32),
        float(paper),
        float(black),
    )


def _lay(page: Grey, pattern: Grey, spot: Spot) -> None:
    """Paint the pattern over a code."""
    here = page[spot.rows, spot.columns]
    ink = cv2.GaussianBlur(_warped(pattern, spot.matrix, here.shape[::-1]), (0, 0), _BLUR_PX)
    painted = np.float32(spot.paper) - np.float32((spot.paper - spot.black) / 255) * ink
    here[:] = np.clip(here + (painted - here) * spot.share, 0, 255).astype(np.uint8)


def _warped(picture: Grey, matrix: NDArray[np.float64], size: tuple[int, ...]) -> Grey:
    """*picture* as it lies on a page's spot of *size* (w, h): finer first, then averaged."""
    width, height = size
    large = (_FINER * width, _FINER * height)
    there = cv2.warpPerspective(picture, matrix, large, flags=cv2.INTER_NEAREST)
    return np.asarray(cv2.resize(there, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _packed(page: Grey) -> bytes:
    done, packed = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise RuntimeError("the page could not be packed")
    return packed.tobytes()


def issue(ledger: Ledger, base: Base, count: int, key_id: int, on_day: Any) -> PrintRun:
    """Serials for pages of that kind, printed and handed out, without a PDF."""
    run = issued.take_serials(
        ledger,
        unit=base.unit,
        domain=base.layout.domain,
        year=on_day.year,
        count=count,
        layout=base.layout,
        key_id=key_id,
        paper="a5",
        pad_size=50,
    )
    finish_run(ledger, run.run_id, run.forms, on_day=on_day, issue_why="", by="soak")
    return run


def silent_errors(base: Base, answers: Answers) -> int:
    """Questions read with certainty, now and before, and not the same."""
    doubtful = "doubtful"
    return sum(
        base.answers[name].state != doubtful
        and said.state != doubtful
        and (base.answers[name].state, base.answers[name].options) != (said.state, said.options)
        for name, said in answers.items()
        if name in base.answers
    )


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """Counts as shares of their sum."""
    total = max(1, sum(counts.values()))
    return {name: round(count / total, 4) for name, count in sorted(counts.items())}
