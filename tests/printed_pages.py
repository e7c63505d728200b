"""Pictures of printed pages, and the manifests that describe them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium

PX_PER_MM = 12  # 305 dpi; whole pixels for every paper's size


def picture(path: Path, page: int = 0, px_per_mm: int = PX_PER_MM) -> np.ndarray:
    """A page as grey values, uint8 (height, width), in whole pixels per mm."""
    scale = px_per_mm * 25.4 / 72 * (1 - 1e-6)  # pypdfium2 rounds the size up
    with pdfium.PdfDocument(path) as document:
        rendered = document[page].render(scale=scale, grayscale=True).to_numpy()
        return rendered.reshape(rendered.shape[:2]).copy()


def manifest_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
