from __future__ import annotations

import functools
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from make_jbig2 import jbig2_data
from make_scans import Grey, image_bytes, picture, raw_pdf
from make_tiff import fax_code
from pdf_scans import COVER, MEDIA, difference
from PIL import Image

from omr.marks import Reason
from scans import pdf_images
from scans.faults import PageFault
from scans.jbig2 import is_whole
from scans.pages import PageRef, load_page

W, H = 240, 330
BILEVEL = np.where(picture() < 128, 0, 255).astype(np.uint8)
ONE_BIT = Image.fromarray(BILEVEL).convert("1", dither=Image.Dither.NONE)
FLATE = {"Filter": "/FlateDecode"}
JPEG = {"Filter": "/DCTDecode"}


def _pdf(
    path: Path, data: bytes, *, page: str = MEDIA, content: bytes = COVER, **keys: str
) -> Path:
    usual = {
        "Width": str(W),
        "Height": str(H),
        "ColorSpace": "/DeviceGray",
        "BitsPerComponent": "8",
    }
    return raw_pdf(path, page=page, content=content, image=data, **{**usual, **keys})


def _read(path: Path) -> Grey:
    page = load_page(PageRef(path, 0))
    assert not isinstance(page, PageFault), page
    return page


def _refused(path: Path) -> str:
    page = load_page(PageRef(path, 0))
    assert isinstance(page, PageFault)
    assert page.reason is Reason.UNREADABLE_FILE
    return page.detail


def _jpeg(mode: str = "L", pixels: Grey | None = None) -> bytes:
    image = Image.fromarray(picture() if pixels is None else pixels).convert("RGB").convert(mode)
    return image_bytes(image, "JPEG", quality=92)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pdfium had to do itself."""
    calls: list[str] = []
    genuine = pdf_images._decoded

    def decoded(image: Any) -> Grey:
        calls.append("decoded")
        return genuine(image)

    monkeypatch.setattr(pdf_images, "_decoded", decoded)
    return calls


@pytest.mark.parametrize(
    ("mode", "colours"),
    [
        ("L", "/DeviceGray"),
        ("RGB", "/DeviceRGB"),
        ("L", "[/CalGray << /WhitePoint [0.95 1 1.09] >>]"),
        ("RGB", "[/CalRGB << /WhitePoint [0.95 1 1.09] >>]"),
    ],
)
def test_a_jpeg_is_decoded_by_us_whatever_the_colours_are_called(
    tmp_path: Path, mode: str, colours: str, drawn: list[str]
) -> None:
    data = _jpeg(mode)
    page = _read(_pdf(tmp_path / "a.pdf", data, ColorSpace=colours, **JPEG))
    direct = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)

    assert direct is not None
    assert np.array_equal(page, direct)
    assert drawn == []


def test_a_jpeg_for_printing_is_shown_as_a_viewer_shows_it(tmp_path: Path) -> None:
    turned = "[1 0 1 0 1 0 1 0]"  # as every writer notes it for Adobe's inverted CMYK
    path = _pdf(tmp_path / "a.pdf", _jpeg("CMYK"), ColorSpace="/DeviceCMYK", Decode=turned, **JPEG)

    assert difference(_read(path), picture()) < 10


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_an_inverted_jpeg_is_shown_as_a_viewer_shows_it(tmp_path: Path, mode: str) -> None:
    grey = mode == "L"
    data = _jpeg(mode, 255 - picture())
    turned = "[1 0]" if grey else "[1 0 1 0 1 0]"
    colours = "/DeviceGray" if grey else "/DeviceRGB"
    path = _pdf(tmp_path / "a.pdf", data, ColorSpace=colours, Decode=turned, **JPEG)

    assert difference(_read(path), picture()) < 4


def test_a_jpeg_packed_once_more_is_unpacked(tmp_path: Path) -> None:
    path = _pdf(tmp_path / "a.pdf", zlib.compress(_jpeg()), Filter="[/FlateDecode /DCTDecode]")

    assert difference(_read(path), picture()) < 4


def test_a_jpeg_that_was_closed_early_is_no_page(tmp_path: Path) -> None:
    data = _jpeg()
    path = _pdf(tmp_path / "a.pdf", data[: len(data) // 2] + b"\xff\xd9", **JPEG)

    assert "scan or copy it again" in _refused(path)


@pytest.mark.parametrize("black_is_one", [False, True])
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("align", [False, True])
def test_a_group_four_page_is_its_own_pixels(
    tmp_path: Path, *, black_is_one: bool, inverted: bool, align: bool, drawn: list[str]
) -> None:
    parms = f"<< /K -1 /Columns {W} /BlackIs1 {str(black_is_one).lower()} >>"
    code = fax_code(ONE_BIT)
    if align:  # every row starts a new byte: only pdfium reads it
        rows = [fax_code(ONE_BIT.crop((0, 0, W, 1)))] * H
        code = b"".join(row[:-3] for row in rows)
        parms = parms.replace(">>", "/EncodedByteAlign true >>")
    keys = {"Decode": "[1 0]"} if inverted else {}
    path = _pdf(
        tmp_path / "a.pdf",
        code,
        Filter="/CCITTFaxDecode",
        DecodeParms=parms,
        **{"BitsPerComponent": "1", **keys},
    )
    page = load_page(PageRef(path, 0))

    if align:
        assert drawn == ["decoded"]
        assert not isinstance(page, PageFault)
        assert page.shape == (H, W)
    else:
        assert np.array_equal(page, BILEVEL if black_is_one == inverted else 255 - BILEVEL)
        assert drawn == []


def test_group_four_kept_as_a_stencil_is_its_own_pixels(tmp_path: Path) -> None:
    keys = {"ImageMask": "true", "BitsPerComponent": "1", "Filter": "/CCITTFaxDecode"}
    parms = f"<< /K -1 /Columns {W} /Rows {H} >>"
    path = tmp_path / "a.pdf"
    data = fax_code(ONE_BIT)
    raw_pdf(
        path,
        page=MEDIA,
        content=b"0 g " + COVER,
        image=data,
        Width=str(W),
        Height=str(H),
        DecodeParms=parms,
        **keys,
    )
    assert np.array_equal(_read(path), BILEVEL)

    raw_pdf(
        path,
        page=MEDIA,
        content=b"1 g " + COVER,  # painted in white: nothing is seen
        image=data,
        Width=str(W),
        Height=str(H),
        DecodeParms=parms,
        **keys,
    )
    assert _read(path).min() == 255


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("beside", [b"", b" 0 0 9 9 re f"])
def test_group_four_that_ends_early_is_no_page_taken_out_or_drawn(
    tmp_path: Path, share: float, beside: bytes
) -> None:
    code = fax_code(ONE_BIT)
    path = _pdf(
        tmp_path / "a.pdf",
        code[: int(share * len(code))],
        content=COVER + beside,
        Filter="/CCITTFaxDecode",
        DecodeParms=f"<< /K -1 /Columns {W} >>",
        BitsPerComponent="1",
    )

    assert _refused(path)


@pytest.mark.parametrize("kind", ["group3", "group3 2-D"])
def test_a_group_three_page_is_read_or_named(tmp_path: Path, kind: str) -> None:
    options = {292: 1} if "2-D" in kind else {}
    tiff = image_bytes(ONE_BIT, "TIFF", compression="group3", tiffinfo={262: 0, 278: H, **options})
    path = tmp_path / "a.tif"
    path.write_bytes(tiff)
    with Image.open(path) as made:
        tags = made.tag_v2  # type: ignore[attr-defined]
        code = tiff[tags[273][0] : tags[273][0] + tags[279][0]]
    parms = f"<< /K {1 if options else 0} /Columns {W} /EndOfLine true >>"
    keys = {"Filter": "/CCITTFaxDecode", "DecodeParms": parms, "BitsPerComponent": "1"}

    assert difference(_read(_pdf(tmp_path / "a.pdf", code, **keys)), BILEVEL) < 1
    assert _refused(_pdf(tmp_path / "b.pdf", code[: len(code) // 2], **keys))


def _packed(bits: int, values: Grey) -> bytes:
    spread = np.unpackbits(values.reshape(H, -1, 1), axis=2)[:, :, 8 - bits :].reshape(H, -1)
    return np.packbits(spread, axis=1).tobytes()


def _predicted(pixels: Grey) -> bytes:
    """Each row as its difference from the row above (PNG's filter "up")."""
    above = np.vstack([np.zeros((1, pixels.shape[1]), np.uint8), pixels[:-1]])
    return b"".join(b"\2" + row.tobytes() for row in pixels - above)


INK = (picture() < 128).astype(np.uint8)
PLAIN: dict[str, tuple[bytes, dict[str, str]]] = {
    "grey": (picture().tobytes(), {}),
    "colour": (np.repeat(picture()[..., None], 3, 2).tobytes(), {"ColorSpace": "/DeviceRGB"}),
    "one bit": (_packed(1, 1 - INK), {"BitsPerComponent": "1"}),
    "four bits": (_packed(4, (1 - INK) * 15), {"BitsPerComponent": "4"}),
    "palette": (
        _packed(1, INK),
        {"BitsPerComponent": "1", "ColorSpace": "[/Indexed /DeviceRGB 1 <FFFFFF000000>]"},
    ),
    "palette of four bits": (
        _packed(4, INK),
        {"BitsPerComponent": "4", "ColorSpace": "[/Indexed /DeviceGray 1 <FF00>]"},
    ),
    "predictor": (
        _predicted(picture()),
        {"DecodeParms": f"<< /Predictor 15 /Columns {W} >>"},
    ),
    "inverted": ((255 - picture()).tobytes(), {"Decode": "[1 0]"}),
    "sixteen bits": ((picture().astype(">u2") * 257).tobytes(), {"BitsPerComponent": "16"}),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_a_deflated_page_is_its_own_pixels(tmp_path: Path, kind: str) -> None:
    data, keys = PLAIN[kind]
    truth = (
        BILEVEL if ("bit" in kind and kind != "sixteen bits") or "palette" in kind else picture()
    )
    page = _read(_pdf(tmp_path / "a.pdf", zlib.compress(data), **FLATE, **keys))

    assert page.shape == truth.shape
    assert np.abs(page.astype(int) - truth).max() <= 1


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("beside", [b"", b" 0 0 9 9 re f"])
def test_a_deflated_page_that_is_cut_off_is_no_page_taken_out_or_drawn(
    tmp_path: Path, kind: str, beside: bytes
) -> None:
    data, keys = PLAIN[kind]
    packed = zlib.compress(data)
    path = _pdf(
        tmp_path / "a.pdf", packed[: len(packed) // 2], content=COVER + beside, **FLATE, **keys
    )

    assert "cut off" in _refused(path)


def test_an_image_without_compression_is_read_and_missed_rows_are_named(tmp_path: Path) -> None:
    data = picture().tobytes()

    assert np.array_equal(_read(_pdf(tmp_path / "a.pdf", data)), picture())
    assert "cut off" in _refused(_pdf(tmp_path / "b.pdf", data[: len(data) - 10 * W]))


@functools.cache
def _jbig2(*, arithmetic: bool) -> bytes:
    return jbig2_data(BILEVEL, arithmetic=arithmetic)


@pytest.mark.parametrize("arithmetic", [False, True])
def test_a_jbig2_page_is_its_own_pixels(tmp_path: Path, *, arithmetic: bool) -> None:
    keys = {"Filter": "/JBIG2Decode", "BitsPerComponent": "1"}
    path = _pdf(tmp_path / "a.pdf", _jbig2(arithmetic=arithmetic), **keys)

    assert np.array_equal(_read(path), BILEVEL)


@pytest.mark.parametrize("arithmetic", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.9, 0.99])
def test_a_jbig2_page_that_is_cut_off_is_no_page(
    tmp_path: Path, share: float, *, arithmetic: bool
) -> None:
    data = _jbig2(arithmetic=arithmetic)
    cut = data[: int(share * len(data))]

    assert is_whole(data)
    assert is_whole(data + b"\r\n")
    assert not is_whole(cut)
    keys = {"Filter": "/JBIG2Decode", "BitsPerComponent": "1"}
    assert _refused(_pdf(tmp_path / "a.pdf", cut, **keys))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ("420 0 0 595 0 0", lambda p: p),
        ("0 595 -420 0 420 0", lambda p: np.rot90(p, 1)),
        ("-420 0 0 -595 420 595", lambda p: np.rot90(p, 2)),
        ("0 -595 420 0 0 595", lambda p: np.rot90(p, 3)),
        ("-420 0 0 595 420 0", lambda p: p[:, ::-1]),
        ("420 0 0 -595 0 595", lambda p: p[::-1]),
        ("0 595 420 0 0 0", lambda p: np.rot90(p, 2).T),
    ],
)
def test_a_page_comes_the_way_up_that_it_is_shown_taken_out_or_drawn(
    tmp_path: Path, matrix: str, turn: Any, rotate: int
) -> None:
    across = matrix.startswith("0")  # then a landscape picture lies on the portrait page
    stored = np.ascontiguousarray(np.rot90(picture())) if across else picture()
    truth = np.ascontiguousarray(np.rot90(turn(stored), -rotate // 90))
    path = _pdf(
        tmp_path / "a.pdf",
        _jpeg(pixels=stored),
        page=f"{MEDIA} /Rotate {rotate}",
        content=f"q {matrix} cm /Im0 Do Q".encode(),
        **{**JPEG, "Width": str(stored.shape[1]), "Height": str(stored.shape[0])},
    )
    taken = _read(path)
    assert taken.shape == truth.shape
    assert difference(taken, truth) < 4

    shown = load_page(PageRef(path, 0), rendered=True)
    assert not isinstance(shown, PageFault)
    assert difference(shown, truth) < 9


def test_an_image_in_the_page_itself_is_read(tmp_path: Path) -> None:
    head = b"q 420 0 0 595 0 0 cm BI /W %d /H %d /CS /G /BPC 8 ID " % (W, H)
    content = head + picture().tobytes() + b"\nEI Q"

    page = _read(raw_pdf(tmp_path / "a.pdf", page=MEDIA, content=content))
    assert difference(page, picture()) < 2


def test_pixels_that_are_not_square_are_drawn_square(tmp_path: Path) -> None:
    low = np.ascontiguousarray(np.repeat(picture(), 5, axis=1)[::2])  # a fax: twice as wide
    path = _pdf(
        tmp_path / "a.pdf",
        _jpeg(pixels=low),
        **{**JPEG, "Width": str(low.shape[1]), "Height": str(low.shape[0])},
    )

    page = _read(path)
    assert page.shape[0] / page.shape[1] == pytest.approx(595 / 420, rel=0.01)
    assert difference(page, picture()) < 9
