from __future__ import annotations

import io
import os
import shutil
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_scans import Grey, image_bytes, pdf_with_image, picture, raw_pdf, resized_jpeg
from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from omr.marks import Reason
from scans.faults import PageFault
from scans.pages import PageRef, count_pages, load_page

A5_PT = (420.0, 595.0)
MEDIA = "/MediaBox [0 0 420 595]"
COVER = b"q 420 0 0 595 0 0 cm /Im0 Do Q"


@pytest.fixture(autouse=True)
def _as_scanners_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_config, "useA85", 0)


def _jpeg(mode: str = "L", seed: int = 0) -> bytes:
    return image_bytes(Image.fromarray(picture(seed)).convert(mode), "JPEG", quality=90)


def _page(path: Path, number: int = 0, *, rendered: bool = False) -> Grey:
    page = load_page(PageRef(path, number), rendered=rendered)
    assert not isinstance(page, PageFault), page
    assert page.dtype == np.uint8
    assert page.ndim == 2
    return page


def _fault(path: Path, number: int = 0) -> PageFault:
    page = load_page(PageRef(path, number))
    assert isinstance(page, PageFault)
    assert page.detail
    return page


def _like(page: Grey, truth: Grey) -> float:
    """Mean difference after bringing *page* to the size of *truth*."""
    size = (truth.shape[1], truth.shape[0])
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    return float(np.abs(small.astype(int) - truth).mean())


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("a85", [0, 1])
def test_a_jpeg_page_is_taken_out_as_its_own_pixels(
    tmp_path: Path, mode: str, a85: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rl_config, "useA85", a85)
    data = _jpeg(mode)
    path = pdf_with_image(tmp_path / "a.pdf", data)
    direct = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)

    assert direct is not None
    assert np.array_equal(_page(path), direct)


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_flate_page_is_taken_out_as_its_own_pixels(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(picture()).convert(mode)
    path = pdf_with_image(tmp_path / "a.pdf", image)

    page = _page(path)
    assert page.shape == picture().shape
    assert np.abs(page.astype(int) - np.asarray(image.convert("L"))).max() <= 1


def test_a_fax_page_is_taken_out_as_its_own_pixels(tmp_path: Path) -> None:
    image = Image.fromarray(picture()).convert("1", dither=Image.Dither.NONE)
    fax = Image.open(io.BytesIO(image_bytes(image, "TIFF", compression="group4")))
    [start], [length] = fax.tag_v2[273], fax.tag_v2[279]  # type: ignore[attr-defined]
    assert fax.fp is not None
    fax.fp.seek(start)
    black_is_one = "false" if fax.tag_v2[262] == 0 else "true"  # type: ignore[attr-defined]
    path = raw_pdf(
        tmp_path / "a.pdf",
        page=MEDIA,
        content=COVER,
        image=fax.fp.read(length),
        Width="240",
        Height="330",
        ColorSpace="/DeviceGray",
        BitsPerComponent="1",
        Filter="/CCITTFaxDecode",
        DecodeParms=f"<< /K -1 /Columns 240 /Rows 330 /BlackIs1 {black_is_one} >>",
    )

    page = _page(path)
    assert page.shape == (330, 240)
    assert _like(page, np.asarray(image.convert("L"))) < 3


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_is_read_whichever_way_it_lies(tmp_path: Path, rotate: int) -> None:
    path = _with_jpeg(tmp_path / "a.pdf", _jpeg(), page=f"{MEDIA} /Rotate {rotate}")

    page = _page(path)
    turns = [np.ascontiguousarray(np.rot90(page, quarters)) for quarters in range(4)]
    best = min(_like(turn, picture()) for turn in turns if turn.shape == picture().shape)
    assert best < 4
    drawn = _page(path, rendered=True)
    assert (drawn.shape[0] > drawn.shape[1]) == (rotate in {0, 180})


def test_two_pictures_on_a_page_are_drawn_together(tmp_path: Path) -> None:
    path = pdf_with_image(tmp_path / "a.pdf", _jpeg(), also=_jpeg(seed=3))

    page = _page(path)
    assert page.shape == pytest.approx((595 * 300 / 72, 420 * 300 / 72), abs=2)


def test_a_picture_with_lines_drawn_over_it_is_drawn_with_them(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5_PT)
    canvas.drawImage(
        ImageReader(Image.new("L", (240, 330), 255)),
        0,
        0,
        *A5_PT,
    )
    canvas.rect(100, 100, 200, 200, stroke=0, fill=1)
    canvas.save()

    page = _page(tmp_path / "a.pdf")
    assert page[page.shape[0] * 2 // 3, page.shape[1] // 2] < 20


def test_a_small_picture_on_a_page_is_not_taken_for_the_page(tmp_path: Path) -> None:
    path = raw_pdf(
        tmp_path / "a.pdf",
        page=MEDIA,
        content=b"q 60 0 0 60 10 10 cm /Im0 Do Q",
        image=bytes(100),
        Width="10",
        Height="10",
        ColorSpace="/DeviceGray",
        BitsPerComponent="8",
    )

    page = _page(path)
    assert page.shape[0] > 2000
    assert page.mean() > 240


def _with_grey_image(path: Path, content: bytes, **keys: str) -> Path:
    keys = {
        "Width": "240",
        "Height": "330",
        "ColorSpace": "/DeviceGray",
        "BitsPerComponent": "8",
        "Filter": "/FlateDecode",
        **keys,
    }
    data = zlib.compress(picture().tobytes())
    return raw_pdf(path, page=MEDIA, content=content, image=data, **keys)


def test_a_picture_that_the_page_shows_mirrored_is_read_as_shown(tmp_path: Path) -> None:
    path = _with_grey_image(tmp_path / "a.pdf", b"q -420 0 0 595 420 0 cm /Im0 Do Q")

    assert _like(_page(path), np.ascontiguousarray(picture()[:, ::-1])) < 8


def test_a_picture_that_the_page_shows_upside_down_is_not_mirrored(tmp_path: Path) -> None:
    path = _with_grey_image(tmp_path / "a.pdf", b"q -420 0 0 -595 420 595 cm /Im0 Do Q")
    turned = np.ascontiguousarray(np.rot90(picture(), 2))

    assert min(_like(_page(path), turned), _like(_page(path), picture())) < 8


def test_a_giant_page_of_a_tiny_file_is_drawn_small(tmp_path: Path) -> None:
    path = raw_pdf(tmp_path / "a.pdf", page="/MediaBox [0 0 14400 14400]")
    assert path.stat().st_size < 1000

    assert max(_page(path).shape) <= 8001


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

    fault = _fault(path)
    if filters == "/FlateDecode":
        assert fault.reason is Reason.TOO_LARGE


def _with_jpeg(path: Path, data: bytes, *, page: str = MEDIA) -> Path:
    return raw_pdf(
        path,
        page=page,
        content=COVER,
        image=data,
        Width="240",
        Height="330",
        ColorSpace="/DeviceGray",
        BitsPerComponent="8",
        Filter="/DCTDecode",
    )


def test_a_jpeg_that_is_larger_than_its_page_says_is_refused_before_it_is_decoded(
    tmp_path: Path,
) -> None:
    path = _with_jpeg(tmp_path / "a.pdf", resized_jpeg(_jpeg(), 30_000, 30_000))

    assert isinstance(load_page(PageRef(path, 0)), PageFault)


@settings(max_examples=30, deadline=None)
@given(share=st.floats(0.02, 0.999))
def test_a_jpeg_cut_off_inside_a_pdf_is_a_fault_not_a_page_with_a_white_end(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    data = _jpeg()
    path = _with_jpeg(folder / "a.pdf", data[: int(share * len(data))])

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

    assert _fault(path).reason is Reason.UNREADABLE_FILE


def test_an_image_that_the_page_shows_inverted_can_be_drawn_as_shown(tmp_path: Path) -> None:
    path = _with_grey_image(tmp_path / "a.pdf", COVER, Decode="[1 0]")

    assert _like(_page(path, rendered=True), 255 - picture()) < 8


def test_a_one_bit_scan_kept_as_a_stencil_shows_dark_ink_on_light_paper(tmp_path: Path) -> None:
    truth = np.where(picture() < 128, 0, 255).astype(np.uint8)
    path = raw_pdf(
        tmp_path / "a.pdf",
        page=MEDIA,
        content=b"q 0 g 420 0 0 595 0 0 cm /Im0 Do Q",
        image=zlib.compress(np.packbits(truth > 0, axis=1).tobytes()),
        Width="240",
        Height="330",
        ImageMask="true",
        BitsPerComponent="1",
        Filter="/FlateDecode",
    )

    assert _like(_page(path), truth) < 8


@pytest.mark.parametrize("bits", [1, 8])
def test_a_scan_whose_ones_are_ink_shows_dark_ink_on_light_paper(tmp_path: Path, bits: int) -> None:
    truth = np.where(picture() < 128, 0, 255).astype(np.uint8)
    negative = 255 - truth
    data = negative if bits == 8 else np.packbits(negative > 0, axis=1)
    path = raw_pdf(
        tmp_path / "a.pdf",
        page=MEDIA,
        content=COVER,
        image=zlib.compress(data.tobytes()),
        Width="240",
        Height="330",
        ColorSpace="/DeviceGray",
        BitsPerComponent=str(bits),
        Decode="[1 0]",
        Filter="/FlateDecode",
    )

    assert np.array_equal(_page(path), truth)


def test_many_pages_come_each_as_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    canvas = Canvas(str(path), pagesize=A5_PT)
    for seed in range(5):
        canvas.drawImage(ImageReader(io.BytesIO(_jpeg(seed=seed))), 0, 0, *A5_PT)
        canvas.showPage()
    canvas.save()

    assert count_pages(path) == 5
    for seed in (3, 0, 4, 1, 2):
        assert _like(_page(path, seed), picture(seed)) < 4
    assert _fault(path, 5).reason is Reason.UNREADABLE_FILE


@pytest.mark.parametrize("password", ["secret", "mật khẩu"])
def test_a_pdf_with_a_password_says_so(tmp_path: Path, password: str) -> None:
    path = pdf_with_image(tmp_path / "a.pdf", _jpeg(), encrypt=password)

    counted = count_pages(path)
    assert isinstance(counted, PageFault)
    assert counted.reason is Reason.ENCRYPTED
    assert "password" in counted.detail
    assert _fault(path).reason is Reason.ENCRYPTED


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_pdf_cut_off_anywhere_is_a_fault_or_the_whole_page(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    path = pdf_with_image(folder / "a.pdf", _jpeg())
    whole = _page(path)
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
    path = _with_grey_image(folder / "a.pdf", COVER)
    data = bytearray(path.read_bytes())
    for share, value in wrong:
        data[int(share * len(data))] = value
    path.write_bytes(bytes(data))

    count = count_pages(path)
    if not isinstance(count, PageFault):
        assert isinstance(load_page(PageRef(path, 0)), np.ndarray | PageFault)
    shutil.rmtree(folder)


def test_a_file_written_anew_under_the_same_name_is_read_anew(tmp_path: Path) -> None:
    path = pdf_with_image(tmp_path / "a.pdf", _jpeg(seed=1))
    assert _like(_page(path), picture(1)) < 4

    pdf_with_image(path, _jpeg(seed=2))
    about = path.stat()
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns + 1_000_000))

    assert _like(_page(path), picture(2)) < 4


def test_reading_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for image in (_jpeg(), Image.fromarray(picture())):
        _page(pdf_with_image(tmp_path / "a.pdf", image))
        _page(tmp_path / "a.pdf", rendered=True)

    said = capfd.readouterr()
    assert said.out + said.err == ""
