"""An office in which everything waits that people can be asked, for the whole page's tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import review_office
from sqlalchemy import select

from omr.geometry import PageRect
from omr.ledger import Ledger, issued, readings
from omr.ledger.pages import Page, add_pages
from omr.ledger.schema import issued as issued_forms
from omr.ledger.sheets import COMMENT_PART, WHOLE_PART, KeptPart
from omr.marks import Answer, AnswerState
from omr.pictures import PictureStore
from omr.workspace import Workspace

_PX_PER_MM = 8
_WORDS = "Can bo nhiet tinh"  # cv2 draws no diacritics


def full_office(folder: Path) -> Workspace:
    """The office of five sheets, a second paper with one of their serials, and a comment."""
    workspace = review_office.fresh_office(folder)
    with Ledger.open(workspace.ledger_url) as ledger:
        layout = next(each for each in issued.layouts(ledger).values() if each.domain == "GTDB")
        counted = review_office.sheet(ledger, 4).reading
        whole = PageRect(0.0, 0.0, layout.width_mm, layout.height_mm)
        picture = _jpeg(whole, "")
        other = {**counted.answers, "a1": Answer(AnswerState.ANSWERED, ("r1",))}
        sheet = replace(counted, page=0, sheet=0, answers=other, measurements=None, picture=picture)
        comment = KeptPart(COMMENT_PART, layout.comment, _jpeg(layout.comment, _WORDS))
        spare = replace(
            counted, page=1, sheet=0, serial=_spare(ledger), parts=(comment,), measurements=None
        )
        batch_id = readings.open_batch(
            ledger, period=review_office.PERIOD, software="test", thresholds={}
        )
        file = readings.NewSource("5" * 64, "thang-sau.pdf", size_bytes=1, pages=2)
        source_id = readings.add_sources(ledger, batch_id, [file])["5" * 64].source_id
        add_pages(
            ledger,
            [Page(source_id, batch_id, [sheet]), Page(source_id, batch_id, [spare])],
            keep_picture=PictureStore(workspace.evidence_folder).keep,
            first_picture=lambda _scanned: KeptPart(WHOLE_PART, whole, picture),
        )
    return workspace


def _spare(ledger: Ledger) -> str:
    """The serial of a form that was printed and never scanned: the sixth of the eight."""
    with ledger.read() as connection:
        query = select(issued_forms.c.serial).where(issued_forms.c.number == 6)
        return str(connection.execute(query).scalar_one())


def _jpeg(region: PageRect, words: str) -> bytes:
    shape = (round(region.h_mm * _PX_PER_MM), round(region.w_mm * _PX_PER_MM))
    paper = np.full(shape, 250, np.uint8)
    cv2.putText(paper, words, (60, shape[0] // 2), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 30, 3)
    return cv2.imencode(".jpg", paper, [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()
