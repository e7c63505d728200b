from __future__ import annotations

import io
import os
import shutil
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_scans import pdf_with_image, picture, raw_pdf, resized_jpeg
from pdf_scans import (
    A5_PT,
    COVER,
    MEDIA,
    difference,
    fault_of,
    jpeg_of,
    page_of,
    with_grey_image,
    with_jpeg,
)
from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from omr.marks import Reason
from scans.faults import PageFault
from scans.pages import PageRef, count_pages, load_page


@pytest.fixture(autouse=True)
def _as_scanners_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_config, "useA85", 0)


def test_a_giant_page_of_a_tiny_file_is_drawn_small(tmp_path: Path) -> None:
    path = raw_pdf(tmp_path / "a.pdf", page="/MediaBox [0 0 14400 14400]")
    assert path.stat().st_size < 1000

    assert max(page_of(path).shape) <= 8001


@pytest.mark.parametrize("box", ["[0 0 1 1]", "[0 0 14400 1]", "[0 0 0 0]", "[0 0 -9 9]", "[9]"])
def test_a_page_of_any_size_is_a_page_or_a_fault(tmp_path: Path, box: str) -> None:
    path = raw_pdf(tmp_path / "a.pdf", page=f"/MediaBox {box}")

    page = load_page(PageRef(path, 0))
    assert isinstance(page, PageFault) or max(page.shape) <= 8001


@pytest.mark.parametrize(
    "filters", ["/FlateDecode", "/DCTDecode", "/JPXDecode", "/RunLengthDecode"]
)
def test_an_image_that_claims_giant_size_is_refused(tmp_path: Path, filters: str) -> None:
    path = raw_pdf(
        tmp_path / "a.pdf",
        page=MEDIA,
        content=COVER,
        image=zlib.compress(bytes(1000)),
        Width="60000",
        Height="60000",
        ColorSpace="/DeviceGray",
        BitsPerComponent="8",
        Filter=filters,
    )

    fault = fault_of(path)
    if filters == "/FlateDecode":
        assert fault.reason is Reason.TOO_LARGE


def test_a_jpeg_that_is_larger_than_its_page_says_is_refused_before_it_is_decoded(
    tmp_path: Path,
) -> None:
    path = with_jpeg(tmp_path / "a.pdf", resized_jpeg(jpeg_of(), 30_000, 30_000))

    assert isinstance(load_page(PageRef(path, 0)), PageFault)


@settings(max_examples=30, deadline=None)
@given(share=st.floats(0.02, 0.999))
def test_a_jpeg_cut_off_inside_a_pdf_is_a_fault_not_a_page_with_a_white_end(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    data = jpeg_of()
    path = with_jpeg(folder / "a.pdf", data[: int(share * len(data))])

    assert isinstance(load_page(PageRef(path, 0)), PageFault)
    shutil.rmtree(folder)


@pytest.mark.parametrize("also", [b"", b" 0 0 50 50 re f"])
@pytest.mark.parametrize("filters", ["/DCTDecode", "/JPXDecode", "/JBIG2Decode", "/Nonsense"])
def test_a_page_whose_image_cannot_be_decoded_is_a_fault_not_a_blank_page(
    tmp_path: Path, filters: str, also: bytes
) -> None:
    path = raw_pdf(
        tmp_path / "a.pdf",
        page=MEDIA,
        content=COVER + also,
        image=b"damaged " * 50,
        Width="240",
        Height="330",
        ColorSpace="/DeviceGray",
        BitsPerComponent="1" if filters == "/JBIG2Decode" else "8",
        Filter=filters,
    )

    assert fault_of(path).reason is Reason.UNREADABLE_FILE


def test_many_pages_come_each_as_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path), pagesize=A5_PT)
    for seed in range(5):
        canvas.drawImage(ImageReader(io.BytesIO(jpeg_of(seed=seed))), 0, 0, *A5_PT)
        canvas.showPage()
    canvas.save()

    assert count_pages(path) == 5
    for seed in (3, 0, 4, 1, 2):
        assert difference(page_of(path, seed), picture(seed)) < 4
    assert fault_of(path, 5).reason is Reason.UNREADABLE_FILE


@pytest.mark.parametrize("password", ["secret", "mật khẩu"])
def test_a_pdf_with_a_password_says_so(tmp_path: Path, password: str) -> None:
    path = pdf_with_image(tmp_path / "a.pdf", jpeg_of(), encrypt=password)

    counted = count_pages(path)
    assert isinstance(counted, PageFault)
    assert counted.reason is Reason.ENCRYPTED
    assert "password" in counted.detail
    assert fault_of(path).reason is Reason.ENCRYPTED


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_pdf_cut_off_anywhere_is_a_fault_or_the_whole_page(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    path = pdf_with_image(folder / "a.pdf", jpeg_of())
    whole = page_of(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])

    count = count_pages(path)
    if not isinstance(count, PageFault):
        page = load_page(PageRef(path, 0))
        assert isinstance(page, PageFault) or np.array_equal(page, whole)
    shutil.rmtree(folder)


@settings(max_examples=80, deadline=None)
@given(
    wrong=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8
    )
)
def test_a_pdf_with_wrong_bytes_never_raises(
    wrong: list[tuple[float, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("wrong")
    path = with_grey_image(folder / "a.pdf", COVER)
    data = bytearray(path.read_bytes())
    for share, value in wrong:
        data[int(share * len(data))] = value
    path.write_bytes(bytes(data))

    count = count_pages(path)
    if not isinstance(count, PageFault):
        assert isinstance(load_page(PageRef(path, 0)), np.ndarray | PageFault)
    shutil.rmtree(folder)


def test_a_file_written_anew_under_the_same_name_is_read_anew(tmp_path: Path) -> None:
    path = pdf_with_image(tmp_path / "a.pdf", jpeg_of(seed=1))
    assert difference(page_of(path), picture(1)) < 4

    pdf_with_image(path, jpeg_of(seed=2))
    about = path.stat()
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns + 1_000_000))

    assert difference(page_of(path), picture(2)) < 4


def test_reading_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for image in (jpeg_of(), Image.fromarray(picture())):
        page_of(pdf_with_image(tmp_path / "a.pdf", image))
        page_of(tmp_path / "a.pdf", rendered=True)

    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_data_that_unpack_to_far_more_than_the_picture_are_not_unpacked(tmp_path: Path) -> None:
    bomb = zlib.compress(picture().tobytes() + bytes(100_000_000), 1)
    path = raw_pdf(
        tmp_path / "a.pdf",
        page=MEDIA,
        content=COVER,
        image=bomb,
        Width="240",
        Height="330",
        ColorSpace="/DeviceGray",
        BitsPerComponent="8",
        Filter="/FlateDecode",
    )
    tracemalloc.start()
    page = page_of(path)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert np.array_equal(page, picture())
    assert most < 20_000_000
