from __future__ import annotations

import io
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from make_scans import image_bytes, pdf_with_image, picture, raw_pdf
from pdf_scans import A5_PT, COVER, MEDIA, difference, jpeg_of, page_of, with_grey_image, with_jpeg
from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


@pytest.fixture(autouse=True)
def _as_scanners_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_config, "useA85", 0)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("a85", [0, 1])
def test_a_jpeg_page_is_taken_out_as_its_own_pixels(
    tmp_path: Path, mode: str, a85: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rl_config, "useA85", a85)
    data = jpeg_of(mode)
    path = pdf_with_image(tmp_path / "a.pdf", data)
    direct = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)

    assert direct is not None
    assert np.array_equal(page_of(path), direct)


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_flate_page_is_taken_out_as_its_own_pixels(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(picture()).convert(mode)
    path = pdf_with_image(tmp_path / "a.pdf", image)

    page = page_of(path)
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

    page = page_of(path)
    assert page.shape == (330, 240)
    assert difference(page, np.asarray(image.convert("L"))) < 3


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_is_read_whichever_way_it_lies(tmp_path: Path, rotate: int) -> None:
    path = with_jpeg(tmp_path / "a.pdf", jpeg_of(), page=f"{MEDIA} /Rotate {rotate}")

    page = page_of(path)
    turns = [np.ascontiguousarray(np.rot90(page, quarters)) for quarters in range(4)]
    best = min(difference(turn, picture()) for turn in turns if turn.shape == picture().shape)
    assert best < 4
    drawn = page_of(path, rendered=True)
    assert (drawn.shape[0] > drawn.shape[1]) == (rotate in {0, 180})


def test_two_pictures_on_a_page_are_drawn_together(tmp_path: Path) -> None:
    path = pdf_with_image(tmp_path / "a.pdf", jpeg_of(), also=jpeg_of(seed=3))

    page = page_of(path)
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

    page = page_of(tmp_path / "a.pdf")
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

    page = page_of(path)
    assert page.shape[0] > 2000
    assert page.mean() > 240


def test_a_picture_that_the_page_shows_mirrored_is_read_as_shown(tmp_path: Path) -> None:
    path = with_grey_image(tmp_path / "a.pdf", b"q -420 0 0 595 420 0 cm /Im0 Do Q")

    assert difference(page_of(path), np.ascontiguousarray(picture()[:, ::-1])) < 8


def test_a_picture_that_the_page_shows_upside_down_is_not_mirrored(tmp_path: Path) -> None:
    path = with_grey_image(tmp_path / "a.pdf", b"q -420 0 0 -595 420 595 cm /Im0 Do Q")
    turned = np.ascontiguousarray(np.rot90(picture(), 2))

    assert min(difference(page_of(path), turned), difference(page_of(path), picture())) < 8


def test_an_image_that_the_page_shows_inverted_can_be_drawn_as_shown(tmp_path: Path) -> None:
    path = with_grey_image(tmp_path / "a.pdf", COVER, Decode="[1 0]")

    assert difference(page_of(path, rendered=True), 255 - picture()) < 8


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

    assert difference(page_of(path), truth) < 8


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

    assert np.array_equal(page_of(path), truth)
