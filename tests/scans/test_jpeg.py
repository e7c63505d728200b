from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from make_scans import Grey, image_bytes, picture
from PIL import Image

from omr.marks import Reason
from scans.decoder_words import listening
from scans.faults import PageFault
from scans.jpeg import decode_jpeg
from scans.pages import PageRef, load_page

GREY = Image.fromarray(picture())


def _load(path: Path, data: bytes) -> Grey | PageFault:
    path.write_bytes(data)
    return load_page(PageRef(path, 0))


def _read(path: Path, data: bytes) -> Grey:
    page = _load(path, data)
    assert not isinstance(page, PageFault), page
    return page


def _refused(data: bytes) -> str:
    """Why *data* is refused, at full size and at half."""
    pages = [decode_jpeg(data, enough_px=enough) for enough in (None, 100.0)]
    for page in pages:
        assert isinstance(page, PageFault)
        assert page.reason is Reason.UNREADABLE_FILE
    [why] = {page.detail for page in pages if isinstance(page, PageFault)}
    return why


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_every_usual_jpeg_is_read(tmp_path: Path, mode: str, *, progressive: bool) -> None:
    data = image_bytes(GREY.convert("RGB").convert(mode), "JPEG", progressive=progressive)

    assert np.abs(_read(tmp_path / "a.jpg", data).astype(int) - picture()).mean() < 4


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("width", [240, 241, 247])
def test_half_a_jpegs_pixels_are_those_that_opencv_makes(
    mode: str, width: int, *, progressive: bool
) -> None:
    image = Image.fromarray(picture(width=width, height=331)).convert(mode)
    data = image_bytes(image, "JPEG", progressive=progressive)
    array = np.frombuffer(data, np.uint8)
    for enough, shrunk, flag in (
        (165.5, 2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
        (166.0, 1, cv2.IMREAD_GRAYSCALE),
        (None, 1, cv2.IMREAD_GRAYSCALE),
    ):
        found = decode_jpeg(data, enough_px=enough)
        assert not isinstance(found, PageFault)
        assert found.shrunk == shrunk
        assert np.array_equal(found.grey, cv2.imdecode(array, flag))


def test_what_a_careful_decoder_complains_of_without_loss_is_read() -> None:
    data = image_bytes(GREY, "JPEG")
    padded = data[:-2] + bytes(40) + data[-2:]  # "extraneous bytes" before the end
    found = decode_jpeg(padded, enough_px=100.0)

    assert not isinstance(found, PageFault)
    assert np.array_equal(found.grey, cv2.imdecode(np.frombuffer(data, np.uint8), 0))


def test_a_photograph_that_has_to_be_turned_comes_whole() -> None:
    exif = Image.Exif()
    for orientation, shrunk in ((1, 2), (6, 1)):
        exif[0x0112] = orientation
        found = decode_jpeg(image_bytes(GREY, "JPEG", exif=exif), enough_px=100.0)
        assert not isinstance(found, PageFault)
        assert found.shrunk == shrunk


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_comes_the_way_up_that_the_camera_noted(
    tmp_path: Path, orientation: int
) -> None:
    stored = {
        1: picture(),
        2: picture()[:, ::-1],
        3: picture()[::-1, ::-1],
        4: picture()[::-1],
        5: picture().T,
        6: np.rot90(picture(), 1),
        7: picture()[::-1, ::-1].T,
        8: np.rot90(picture(), -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = image_bytes(Image.fromarray(np.ascontiguousarray(stored)), "JPEG", exif=exif)

    assert np.abs(_read(tmp_path / "a.jpg", data).astype(int) - picture()).mean() < 4


def test_twelve_bits_a_sample_are_refused_in_words() -> None:
    data = bytearray(image_bytes(GREY, "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 1], data[frame + 4] = 0xC1, 12

    assert "12 bits" in _refused(bytes(data))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_half_a_page_that_the_scanner_closed_is_not_read_as_a_whole_one(
    share: float, mode: str
) -> None:
    data = image_bytes(GREY.convert(mode), "JPEG", quality=95)

    assert "scan or copy it again" in _refused(data[: int(share * len(data))] + b"\xff\xd9")


def test_half_a_page_is_seen_even_where_the_decoder_cannot_be_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scans.jpeg._GUESSED", ())
    data = image_bytes(GREY, "JPEG", quality=95)

    assert "lower part" in _refused(data[: len(data) // 2] + b"\xff\xd9")


def test_a_progressive_page_without_its_last_scans_is_not_read_blurred() -> None:
    data = image_bytes(GREY, "JPEG", quality=95, progressive=True)
    scans = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]
    assert len(scans) > 2

    for at in scans[1:]:
        assert "cut off" in _refused(data[:at] + b"\xff\xd9")


@pytest.mark.parametrize("seed", range(20))
def test_a_hole_in_the_data_is_named(seed: int) -> None:
    noisy = picture(seed).astype(int) + np.random.default_rng(seed).normal(0, 3, (330, 240))
    image = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    data = bytearray(image_bytes(image, "JPEG", quality=90))
    at = len(data) // 3
    data[at : at + 512] = bytes(512)

    assert "a part of it is lost" in _refused(bytes(data))


def test_damage_is_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    data = image_bytes(GREY, "JPEG", quality=95)
    _refused(data[: len(data) // 2] + b"\xff\xd9")

    assert capfd.readouterr().err == ""


def test_what_others_print_while_a_picture_is_decoded_still_comes_out(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with listening() as said:
        import os

        os.write(2, b"42 % of 300 pages\nCorrupt JPEG data: bad Huffman code\n")

    assert capfd.readouterr().err == "42 % of 300 pages\n"
    assert b"bad Huffman" in said


def _png(pixels: Grey, bits: int, colour: int, *, interlaced: bool, palette: bytes = b"") -> bytes:
    """A PNG by hand: one sample a pixel, values up to 2**bits - 1 (PNG 1.2, sections 2 and 8)."""

    def packed(rows: Grey) -> bytes:
        if rows.size == 0:
            return b""
        lines = b""
        for row in rows:
            if bits == 16:
                line = (row.astype(">u2") * 257).tobytes()
            else:
                spread = np.unpackbits(row[:, None], axis=1)[:, 8 - bits :].reshape(-1)
                line = np.packbits(spread).tobytes()
            lines += b"\0" + line
        return lines

    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4)]
    passes += [(2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    data = packed(pixels)
    if interlaced:
        data = b"".join(packed(pixels[y::dy, x::dx]) for y, x, dy, dx in passes)

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    height, width = pixels.shape
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced))
    chunks = chunk(b"IHDR", head) + (chunk(b"PLTE", palette) if palette else b"")
    return b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("interlaced", [False, True])
def test_a_grey_png_of_any_depth_is_read(tmp_path: Path, bits: int, *, interlaced: bool) -> None:
    levels = (1 << min(bits, 8)) - 1
    values = (picture().astype(int) * levels // 255).astype(np.uint8)
    page = _read(tmp_path / "a.png", _png(values, bits, 0, interlaced=interlaced))

    assert np.abs(page.astype(int) - values.astype(int) * 255 // levels).max() <= 1


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("interlaced", [False, True])
def test_a_png_with_a_palette_shows_its_colours(
    tmp_path: Path, bits: int, *, interlaced: bool
) -> None:
    values = (picture() < 128).astype(np.uint8)  # 1 is ink: the palette says so
    data = _png(values, bits, 3, interlaced=interlaced, palette=b"\xff\xff\xff\0\0\0")

    assert np.array_equal(_read(tmp_path / "a.png", data), np.where(values, 0, 255))


@pytest.mark.parametrize("seed", range(10))
def test_a_damaged_png_is_a_fault_and_prints_nothing(
    tmp_path: Path, seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(image_bytes(GREY, "PNG"))
    at = int(np.random.default_rng(seed).integers(60, len(data) - 30))
    data[at] ^= 0x55

    page = _load(tmp_path / "a.png", bytes(data))
    assert isinstance(page, PageFault) or np.array_equal(page, picture())
    assert capfd.readouterr().err == ""
