"""A printed pad, and its sheets filled with plain discs, as images that a reader sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
from made_workspace import workspace_in
from numpy.typing import NDArray

from omr.cli import main as omr
from omr.codes import Verifier
from omr.ledger import Ledger
from omr.marks import AnswerState
from omr.thresholds import Thresholds
from omr.workspace import open_workspace
from scans.batch import reading_context
from scans.stages import ReadingContext

Image = NDArray[np.uint8]
DPI = 200
SCALE = DPI / 25.4
CHOSEN = {"a1": "r5", "a2": "r1", "b1": "r3", "c1": "r2", "t0": "r4", "gt": "nu", "m1": "lai"}


class Printed:
    """Three printed sheets, and what a worker knows."""

    def __init__(self, root: Path) -> None:
        self.root = root
        workspace_in(root)
        order = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", "3"]
        files = ["--out", str(root / "f.pdf"), "--manifest", str(root / "f.jsonl")]
        at = ["--workspace", str(root)]
        assert omr(["forms", "print", *at, *order, *files]) == 0
        lines = (root / "f.jsonl").read_text(encoding="utf-8").splitlines()
        sheets = [json.loads(line) for line in lines]
        self.serials: list[str] = [sheet["serial"] for sheet in sheets]
        pages = pages_of(root / "f.pdf")  # of which some bear no form: covers
        self.pages = [pages[sheet["pdf_page"]] for sheet in sheets]
        workspace = open_workspace(root)
        with Ledger.open(workspace.ledger_url) as ledger:
            verifier = Verifier(workspace.keyring())
            self.context: ReadingContext = reading_context(ledger, verifier, Thresholds())
        (self.layout,) = self.context.layouts.values()

    def filled(self, sheet: int = 0, chosen: dict[str, str] = CHOSEN) -> Image:
        """A page with dark discs in the chosen bubbles."""
        page = self.pages[sheet].copy()
        for question, option in chosen.items():
            for bubble in self.layout.question(question).bubbles:
                if bubble.option == option:
                    at = (round(bubble.centre.x_mm * SCALE), round(bubble.centre.y_mm * SCALE))
                    cv2.circle(page, at, round(1.8 * SCALE), 40, -1, cv2.LINE_AA)
        return page


def pages_of(pdf: Path) -> list[Image]:
    """Every page of a PDF, grey, at 200 dpi."""
    document = pdfium.PdfDocument(pdf)
    pages = [
        cv2.cvtColor(page.render(scale=DPI / 72).to_numpy(), cv2.COLOR_BGR2GRAY)
        for page in document
    ]
    document.close()
    return [np.asarray(page, np.uint8) for page in pages]


def moved(
    page: Image, *, turn: float = 0, scale: float = 1, tilt: float = 0, seed: int = 0
) -> Image:
    """The page lying somewhere on a larger dark ground, as a camera or a flatbed sees it."""
    rng = np.random.default_rng(seed)
    height, width = page.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    rotation = cv2.getRotationMatrix2D((width / 2, height / 2), turn, scale)
    places = np.column_stack([corners, np.ones(4)]) @ rotation.T
    places += rng.uniform(-tilt, tilt, (4, 2)) * width
    places -= places.min(axis=0) - 25
    across, down = (int(side) + 25 for side in places.max(axis=0))
    matrix = cv2.getPerspectiveTransform(corners, places.astype(np.float32))
    out = cv2.warpPerspective(page, matrix, (across, down), flags=cv2.INTER_AREA, borderValue=90)
    return np.asarray(out, np.uint8)


def said(reading: Any) -> dict[str, str]:
    """The options chosen, none of them doubtful."""
    assert all(a.state is not AnswerState.DOUBTFUL for a in reading.answers.values())
    return {q: "|".join(a.options) for q, a in reading.answers.items() if a.options}
