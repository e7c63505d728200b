"""An office with five scanned sheets, four of which need a person.

Printed with the real forms, marked and spoilt as pixels, read by the real reader. Made once
and copied, so that a test has its own in milliseconds.

========= ==================================================================
1         two marks in a1, and a speck in b2
2         both codes painted over
3         a corner mark painted over, nothing else
4         clean: counted
5         a speck beside a mark in m1, which takes several
========= ==================================================================
"""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from fastapi import FastAPI
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from forms.printing import PrintOrder, print_forms
from forms.typeset import typeset
from omr.layout import Layout
from omr.ledger import Ledger
from omr.ledger.decisions import open_sheets
from omr.ledger.readings import sheet_rows
from omr.ledger.sheets import SheetRow
from omr.pictures import PictureStore
from omr.provinces import find_province
from omr.settings import Language, Paper
from omr.thresholds import Thresholds
from omr.workspace import Workspace, init_workspace, open_workspace
from scans.commands import read_scans
from scans.review.app import create_app
from scans.review.desk import Desk
from scans.review.door import Door
from scans.review.guard import Guard
from scans.review.language import Words

PERIOD = "2026-10"
PORT = 8123
PERSON = "an.nguyen"
_PX_PER_MM = 8.0
_CHOSEN = {"a1": "r5", "a2": "r4", "b1": "r5", "c1": "r4", "y1": "kh"}

Image = NDArray[np.uint8]


def fill(image: Image, layout: Layout, question: str, option: str, share: float = 1.0) -> None:
    """A round mark in one bubble; *share* of its diameter wide."""
    bubble = next(b for b in layout.question(question).bubbles if b.option == option)
    centre = (round(bubble.centre.x_mm * _PX_PER_MM), round(bubble.centre.y_mm * _PX_PER_MM))
    radius = max(2, round(share * bubble.diameter_mm / 2 * 0.9 * _PX_PER_MM))
    cv2.circle(image, centre, radius, 30, -1, cv2.LINE_AA)


def _paint_over(image: Image, x_mm: float, y_mm: float, w_mm: float, h_mm: float) -> None:
    left, top = round(x_mm * _PX_PER_MM), round(y_mm * _PX_PER_MM)
    right, bottom = round((x_mm + w_mm) * _PX_PER_MM), round((y_mm + h_mm) * _PX_PER_MM)
    image[top:bottom, left:right] = 252


def _spoil(number: int, image: Image, layout: Layout) -> None:
    if number == 1:
        fill(image, layout, "a1", "r1")
        fill(image, layout, "b2", "r3", share=0.13)
    elif number == 2:
        for code in layout.codes:
            _paint_over(image, code.x_mm - 1, code.y_mm - 1, code.w_mm + 2, code.h_mm + 2)
    elif number == 3:
        mark = layout.fiducials[3]
        half = mark.size_mm / 2 + 1
        _paint_over(image, mark.centre.x_mm - half, mark.centre.y_mm - half, 2 * half, 2 * half)
    elif number == 5:
        fill(image, layout, "m1", "cho")
        fill(image, layout, "m1", "hd", share=0.13)


@functools.cache
def _template() -> Path:
    root = Path(tempfile.mkdtemp(prefix="omr-review-")) / "office"
    atexit.register(shutil.rmtree, root.parent, ignore_errors=True)
    workspace = init_workspace(
        root, find_province("31"), make_ledger=lambda url: Ledger.create(url).close()
    ).workspace
    survey = next(iter(workspace.surveys().values()))
    printed = typeset(survey, survey.domain("GTDB"))
    order = PrintOrder(
        typeset=printed,
        unit="HP-PC08",
        unit_short="PC08",
        year=2026,
        count=8,
        pad_size=50,
        paper=Paper.A5,
        out=root / "forms.pdf",
        manifest=root / "forms.jsonl",
        today=date(2026, 11, 2),
        by="an",
    )
    with Ledger.open(workspace.ledger_url) as ledger:
        print_forms(ledger, order, workspace.keyring().signing())
    pages = [
        json.loads(line)["pdf_page"]
        for line in (root / "forms.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    scans = root / "scans"
    scans.mkdir()
    with pypdfium2.PdfDocument(root / "forms.pdf") as document:
        for number in range(1, 6):
            page = document[pages[number - 1]]
            bitmap = page.render(scale=_PX_PER_MM * 25.4 / 72, grayscale=True)
            image = np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
            for question, option in _CHOSEN.items():
                fill(image, printed.layout, question, option)
            _spoil(number, image, printed.layout)
            # Paper round the sheet, and the grain that tells a scan from a drawing.
            image = cv2.copyMakeBorder(image, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=252)
            grain = np.random.default_rng(number).normal(0, 2.0, image.shape)
            noisy = np.clip(image + grain, 0, 255).astype(np.uint8)
            cv2.imwrite(str(scans / f"phieu-{number}.png"), noisy)
    read_scans([scans], root, period=PERIOD, jobs=1)
    shutil.rmtree(scans)  # pictures are kept, so scans may go
    return root


@functools.cache
def _template_workspace() -> Workspace:
    return open_workspace(_template())


def fresh_office(folder: Path) -> Workspace:
    """A copy of the office in *folder*."""
    root = folder / "office"
    shutil.copytree(_template(), root)
    return open_workspace(root)


def sheet(ledger: Ledger, number: int) -> SheetRow:
    """One of the five sheets as it stands."""
    return next(row for row in sheet_rows(ledger) if row.file == f"phieu-{number}.png")


def left(ledger: Ledger) -> int:
    """How many decisions wait."""
    return sum(len(row.open) for row in open_sheets(ledger))


@dataclass
class Office:
    """The office with its review page."""

    workspace: Workspace
    ledger: Ledger
    desk: Desk
    app: FastAPI
    guard: Guard

    def browser(self, *, let_in: bool = True) -> TestClient:
        """A browser; *let_in*: it has opened the one-time address."""
        client = TestClient(
            self.app, base_url=f"http://127.0.0.1:{PORT}", raise_server_exceptions=False
        )
        client.headers["origin"] = f"http://127.0.0.1:{PORT}"
        if let_in:
            assert client.get(self.guard.address).status_code == 200
        return client


def open_office(
    folder: Path,
    stack: ExitStack,
    *,
    language: Language = Language.VIETNAMESE,
    share: float = 0.0,
) -> Office:
    """A fresh office with its page, closed with *stack*; *share* is read a second time."""
    workspace = fresh_office(folder)
    of_all = _template_workspace()  # nobody here edits the survey or the units
    ledger = stack.enter_context(Ledger.open(workspace.ledger_url))
    desk = Desk(
        ledger,
        PictureStore(workspace.evidence_folder),
        of_all.surveys(),
        Thresholds(),
        units=of_all.units(),
        share=share,
    )
    guard = Guard(PORT, Door(language).refuse, PERSON)
    app, _guard = create_app(
        desk, Words(language), PORT, "omr reports export --period 2026-10 --out DIR", guard=guard
    )
    return Office(workspace, ledger, desk, app, guard)
