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

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Base:
    """A scanned page with one readable sheet, and what the reader says of it."""

    grey: Grey
    where: Registration
    layout: Layout
    unit: str
    status: SheetStatus
    answers: Answers


def bases_of(files: Sequence[Path], context: ReadingContext) -> list[Base]:
    """The pages of *files* that can bear another code: one sheet on each, named by its code."""
    layouts = {layout.layout_id: layout for layout in context.layouts.values()}
    found = []
    for path in files:
        ref = PageRef(path, 0)
        outcome, grey = read_page(ref, context), load_page(ref)
        if isinstance(grey, PageFault) or len(outcome.sheets) != 1:
            continue
        [sheet] = outcome.sheets
        layout = layouts.get(sheet.layout_id or "")
        if layout is None or sheet.registration is None or sheet.unit is None:
            continue
        where = registration_of(sheet.registration)
        found.append(Base(grey, where, layout, sheet.unit, sheet.status, sheet.answers))
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
        for place in base.layout.codes:
            _lay(page, pattern, place, base.where)
        done, packed = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        if not done:
            raise RuntimeError("the page could not be packed")
        return packed.tobytes()


def _pattern(text: str) -> Grey:
    """The code's modules with a rim of paper, 1 for ink, each a square of pixels."""
    code = segno.make(
        text, version=3, error="q", mode="alphanumeric", mask=0, boost_error=False, micro=False
    )
    modules = np.pad(np.array([bytearray(row) for row in code.matrix], np.uint8), _QUIET)
    return np.asarray(np.kron(modules, np.ones((_PATCH_PX, _PATCH_PX), np.uint8)), np.uint8)


def _lay(page: Grey, pattern: Grey, place: PageRect, where: Registration) -> None:
    """Paint the pattern over the code at *place*."""
    side = pattern.shape[0] / _PATCH_PX
    module = place.w_mm / (side - 2 * _QUIET)
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
    rim = 4
    left = max(0, int(min(each.x_px for each in corners)) - rim)
    top = max(0, int(min(each.y_px for each in corners)) - rim)
    right = min(page.shape[1], int(max(each.x_px for each in corners)) + rim)
    bottom = min(page.shape[0], int(max(each.y_px for each in corners)) + rim)
    here = page[top:bottom, left:right]
    shift = np.array([[1.0, 0, -left], [0, 1, -top], [0, 0, 1]])
    matrix = shift @ np.array(where.h).reshape(3, 3) @ to_mm
    size, finer = (right - left, bottom - top), 3
    scale = np.diag([float(finer), float(finer), 1.0])
    large = (finer * size[0], finer * size[1])
    ink = cv2.warpPerspective(255 * pattern, scale @ matrix, large, flags=cv2.INTER_LINEAR)
    cover = cv2.warpPerspective(np.full_like(pattern, 255), scale @ matrix, large)
    ink, cover = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (ink, cover))
    ink = cv2.GaussianBlur(ink, (0, 0), _BLUR_PX)
    paper, black = np.percentile(here, 95), np.percentile(here, 5)
    painted = paper - (paper - black) * (ink / 255.0)
    share = cover / 255.0
    here[:] = np.clip(painted * share + here * (1 - share), 0, 255).astype(np.uint8)


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
