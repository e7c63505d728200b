"""JPEG 2000 images in PDF pages."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from make_scans import Grey, image_bytes, picture, raw_pdf
from pdf_scans import COVER, MEDIA, difference, fault_of, page_of
from PIL import Image

from omr.marks import Reason
from scans import pdf_images
from scans.faults import PageFault
from scans.pages import PageRef, load_page


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("bare", [False, True])
def test_a_jpeg_2000_page_is_its_own_pixels(tmp_path: Path, mode: str, *, bare: bool) -> None:
    data = image_bytes(Image.fromarray(picture()).convert(mode), "JPEG2000", no_jp2=bare)
    colours = "/DeviceGray" if mode == "L" else "/DeviceRGB"

    page = page_of(_jpeg_2000(tmp_path / "a.pdf", picture(), data, ColorSpace=colours))
    assert np.abs(page.astype(int) - picture()).max() <= 1
    cut = data[: len(data) * 9 // 10]
    fault = fault_of(_jpeg_2000(tmp_path / "b.pdf", picture(), cut, ColorSpace=colours))
    assert fault.reason is Reason.UNREADABLE_FILE


def _jpeg_2000(path: Path, pixels: Grey, data: bytes | None = None, **more: str) -> Path:
    height, width = pixels.shape
    keys = {"Width": str(width), "Height": str(height), "ColorSpace": "/DeviceGray"}
    keys |= {"Filter": "/JPXDecode", "BitsPerComponent": "8"} | more
    packed = data or image_bytes(Image.fromarray(pixels), "JPEG2000")
    return raw_pdf(path, page=MEDIA, content=COVER, image=packed, **keys)


def test_a_huge_jpeg_2000_page_comes_at_half_its_size_and_is_decoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = np.full((7016, 4961), 235, np.uint8)
    page[700:1400, 500:2500] = 40
    path = _jpeg_2000(tmp_path / "a.pdf", page)

    def twice(*_words: object) -> None:
        raise AssertionError("decoded by pdfium, too")

    monkeypatch.setattr("pypdfium2.PdfImage.get_bitmap", twice)
    monkeypatch.setattr("pypdfium2.PdfImage.get_metadata", twice)
    found = load_page(PageRef(path, 0))

    assert not isinstance(found, PageFault)
    assert found.shape == (3508, 2481)
    assert abs(int(found[500, 600]) - 40) < 4
    assert abs(int(found[2000, 600]) - 235) < 4


@pytest.mark.parametrize("cut", [2, 10, 3000])
def test_a_jpeg_2000_page_that_is_cut_off_is_named_so(tmp_path: Path, cut: int) -> None:
    pixels = picture()
    packed = image_bytes(Image.fromarray(pixels), "JPEG2000")[:-cut]

    assert isinstance(
        load_page(PageRef(_jpeg_2000(tmp_path / "a.pdf", pixels, packed), 0)), PageFault
    )


def test_a_jpeg_2000_page_with_a_decode_array_is_left_to_pdfium(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def guessed(_data: bytes) -> None:
        raise AssertionError("taken as it is")

    monkeypatch.setattr(pdf_images, "decode_jpeg2000", guessed)
    ref = PageRef(_jpeg_2000(tmp_path / "a.pdf", picture(), Decode="[1 0]"), 0)

    taken, drawn = load_page(ref), load_page(ref, rendered=True)

    assert isinstance(taken, np.ndarray)
    assert isinstance(drawn, np.ndarray)
    resized = cv2.resize(drawn, taken.shape[::-1], interpolation=cv2.INTER_AREA)
    assert difference(taken, np.asarray(resized, np.uint8)) < 6
