"""The scanner's pictures look as they did when its parameters were compared with real scans.

The figures were taken from commit 7beaf46, before the optical chain was made faster: whoever
makes it faster still, or replaces a step, has to keep them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import virtual_forms

from scans.virtual_scanner import (
    HOSTILE,
    Compression,
    Container,
    Damage,
    Mode,
    PrintedForms,
    ScanPlan,
    load_printed,
    scan_batch,
)

_DAMAGED = dict.fromkeys(Damage, 0.25)
PLANS = {
    "grey-200": ScanPlan("grey-200", Container.JPEG_FOLDER, damage=_DAMAGED),
    "grey-300": ScanPlan("grey-300", Container.JPEG_FOLDER, dpi=300, people=HOSTILE),
    "colour-200": ScanPlan(
        "colour-200", Container.JPEG_FOLDER, mode=Mode.COLOUR, people=HOSTILE, damage=_DAMAGED
    ),
    "g4-200": ScanPlan("g4-200", Container.TIFF, Compression.G4, Mode.BINARY, pages_per_file=1),
    "glass-150": ScanPlan("glass-150", Container.JPEG_FOLDER, dpi=150, sheets_per_page=2),
}
# mean level, share darker than 128, noise of plain paper (levels), mean step between pixels,
# bytes of the file; each the mean over the plan's pages
BEFORE: dict[str, tuple[float, float, float, float, float]] = {
    "grey-200": (245.493, 0.0271149, 2.44118, 3.12751, 102575),
    "grey-300": (246.335, 0.0322941, 2.07526, 2.14261, 203831),
    "colour-200": (245.435, 0.0193873, 1.82541, 2.13987, 81962.1),
    "g4-200": (244.218, 0.0422806, 0, 3.11598, 9788),
    "glass-150": (248.494, 0.0180744, 2.31229, 2.79373, 128448),
}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> PrintedForms:
    return load_printed(*virtual_forms.print_run(tmp_path_factory.mktemp("pad"), 4))


def looks(path: Path) -> tuple[float, float, float, float, float]:
    """What BEFORE lists, of one file."""
    data = path.read_bytes()
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    level: np.ndarray[Any, Any] = image.astype(np.float64)
    across = np.abs(np.diff(level, axis=1))
    plain = np.sort(across[across < 30])  # no edges of print or ink
    noise = float(np.sqrt(np.mean(plain**2) / 2))
    return (
        float(level.mean()),
        float((image < 128).mean()),
        noise,
        float(across.mean()),
        float(len(data)),
    )


@pytest.mark.parametrize("name", PLANS)
def test_pictures_look_as_when_they_were_compared_with_real_scans(
    forms: PrintedForms, tmp_path: Path, name: str
) -> None:
    scan_batch(forms, PLANS[name], tmp_path, seed=6)
    files = [path for path in sorted(tmp_path.iterdir()) if path.suffix != ".jsonl"]
    now = np.mean([looks(path) for path in files], axis=0)
    assert now == pytest.approx(BEFORE[name], rel=0.001, abs=1e-9)
