"""Whether every decoder works on this machine: each has to read a page that is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from omr.fiducials import GreyImage
from omr.i18n import _
from scans.faults import PageFault
from scans.identify import read_by_each
from scans.pages import PageRef, load_page

FOLDER = Path(__file__).parent / "samples"
TEXT = "OMR DOCTOR 1"  # what the code on every sample says
_SIDE_PX = (150, 700)  # a page drawn by the PDF library has the reader's resolution


@dataclass(frozen=True, slots=True)
class Sample:
    """A page kept with the program; made by ``tests/make_decoder_samples.py``."""

    name: str
    kind: str  # of scan, as people know it


SAMPLES = (
    Sample("grey.jpg", "JPEG"),
    Sample("colour.jpg", "JPEG (colour, progressive)"),
    Sample("grey.png", "PNG"),
    Sample("fax.tif", "TIFF (G4)"),
    Sample("lzw.tif", "TIFF (LZW)"),
    Sample("jpeg.pdf", "PDF (JPEG)"),
    Sample("jpeg2000.pdf", "PDF (JPEG 2000)"),
    Sample("fax.pdf", "PDF (G4)"),
    Sample("jbig2.pdf", "PDF (JBIG2)"),
    Sample("drawn.pdf", "PDF (drawn)"),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A decoder that does not do its work."""

    kind: str
    why: str


def broken_decoders() -> list[Broken]:
    """The kinds of scans that cannot be read here; no kind if all can."""
    return [Broken(sample.kind, why) for sample in SAMPLES if (why := _fault(sample))]


def code_readers() -> dict[str, bool | None]:
    """Each reader of QR codes: whether it reads the known one; None where it is missing."""
    page = _page(SAMPLES[2])
    image = np.full((200, 200), 255, np.uint8) if isinstance(page, str) else page
    return {
        name: None if said is None else TEXT in said for name, said in read_by_each(image).items()
    }


def _fault(sample: Sample) -> str:
    """Why the page of *sample* does not come out as it is; empty if it does."""
    page = _page(sample)
    if isinstance(page, str):
        return page
    if not all(_SIDE_PX[0] <= side <= _SIDE_PX[1] for side in page.shape):
        return _("the picture has another size: {width} by {height} px").format(
            width=page.shape[1], height=page.shape[0]
        )
    if not any(TEXT in (said or ()) for said in read_by_each(page).values()):
        return _("the picture is not the one that was put in")
    return ""


def _page(sample: Sample) -> GreyImage | str:
    try:
        page = load_page(PageRef(FOLDER / sample.name, 0))
    except Exception as error:  # noqa: BLE001 - a decoder may fail in any way; that is the finding
        return f"{type(error).__name__}: {error}".splitlines()[0]
    if isinstance(page, PageFault):
        return page.detail or page.reason.value
    return page
