"""Tiny sound scans of every kind that is read, and how hostile ones are made of them.

Small images, because what is looked for is in the parsers: thousands of cases a second then.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from fuzz_changes import png_spoilt_inside, renumbered, spoilt, tiff_entry_changed
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from make_jbig2 import jbig2_data
from make_scans import image_bytes, tiff_bytes
from make_tiff import fax_code, made_tiff

WIDTH, HEIGHT = 32, 44
_PDF_WORDS = (
    *(b"/FlateDecode", b"/DCTDecode", b"/CCITTFaxDecode", b"/JBIG2Decode", b"/JPXDecode"),
    *(b"/LZWDecode", b"/ASCII85Decode", b"/ASCIIHexDecode", b"/RunLengthDecode", b"/Crypt"),
    *(b"/Filter", b"/DecodeParms", b"/Predictor 15", b"/Columns", b"/K -1", b"/Length", b"/SMask"),
    *(b"/Mask", b"/ImageMask true", b"/Decode [1 0]", b"/ColorSpace", b"/Indexed", b"/ICCBased"),
    *(b"/Kids", b"/Parent", b"/Count", b"/Type /ObjStm", b"/XRef", b"/Prev 9", b"/Encrypt", b"/ID"),
    *(
        b"/Rotate 90",
        b"/UserUnit 9",
        b"/Contents",
        b"/Resources",
        b"/Annots",
        b"/AcroForm",
        b"/XFA",
    ),
    *(
        b" obj",
        b"endobj",
        b"stream\n",
        b"endstream",
        b"xref",
        b"trailer",
        b"startxref",
        b"<<",
        b">>",
    ),
    *(b"[", b"]", b"(", b")", b"5 0 R", b"3 0 R", b"1 0 R", b"null", b"/Im0 Do", b"q", b"Q", b"BI"),
    *(
        b"ID ",
        b"EI",
        b"0 0 m",
        b"9 9 l",
        b"S",
        b"f",
        b"W n",
        b"sh",
        b"BT",
        b"ET",
        b"Tj",
        b"cm",
        b"gs",
    ),
    *(b"/Type3", b"/Shading", b"/Pattern", b"/FontFile2", b"/Separation", b"/Function", b"%%EOF"),
)
_JPEG_WORDS = tuple(bytes((0xFF, code)) for code in (*range(0xC0, 0xE2), 0xEE, 0xFE, 0x01, 0x00))
_PNG_WORDS = (
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"iCCP",
    b"zTXt",
    b"iTXt",
    b"acTL",
    b"fdAT",
)
_MARKS = (b"%PDF-1.7\n", b"II*\0", b"MM\0*", b"II+\0", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def cases(kind: str, rng: random.Random) -> Iterator[bytes]:
    """Hostile files of *kind* without end: ``pdf``, ``tiff``, ``jpeg`` or ``png``."""
    make = {"pdf": _pdf_case, "tiff": _tiff_case, "jpeg": _jpeg_case, "png": _png_case}[kind]
    while True:
        yield make(rng)


def seeds(kind: str) -> list[bytes]:
    """The sound files of *kind*."""
    if kind == "pdf":
        return [each.file() for each in _pages()] + list(_other_pdfs())
    found: dict[str, Callable[[], tuple[bytes, ...]]] = {
        "tiff": _tiffs,
        "jpeg": _jpegs,
        "png": _pngs,
    }
    return list(found[kind]())


@dataclass(frozen=True, slots=True)
class _Page:
    """A PDF of one page, in the parts that are spoilt one by one."""

    image: bytes
    keys: bytes  # the image's
    content: bytes = b"q 8 0 0 11 0 0 cm /Im0 Do Q"
    page: bytes = b"/MediaBox [0 0 8 11]"
    more: tuple[bytes, ...] = ()  # objects from number 6 on

    def file(self) -> bytes:
        bodies = [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R %s/Contents 4 0 R/Resources<</XObject<</Im0 5 0 R"
            b"/Im1 6 0 R>>/Font<</F0<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
            % self.page,
            b"<</Length %d>>stream\n%s\nendstream" % (len(self.content), self.content),
            b"<</Type/XObject/Subtype/Image %s/Length %d>>stream\n%s\nendstream"
            % (self.keys, len(self.image), self.image),
            *self.more,
        ]
        data, places = bytearray(b"%PDF-1.5\n"), []
        for number, body in enumerate(bodies, start=1):
            places.append(len(data))
            data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(data)
        data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
        data += b"".join(b"%010d 00000 n \n" % place for place in places)
        data += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start)
        return bytes(data)


def _pdf_case(rng: random.Random) -> bytes:
    chance = rng.random()
    if chance < 0.12:
        return spoilt(rng.choice(_other_pdfs()), rng, _PDF_WORDS)
    page = rng.choice(_pages())
    if chance < 0.40:  # a sound file around spoilt pixels
        return replace(page, image=spoilt(page.image, rng, _JPEG_WORDS)).file()
    if chance < 0.52:
        return replace(page, keys=_changed_words(page.keys, rng)).file()
    if chance < 0.64:
        return replace(page, content=_changed_words(page.content, rng)).file()
    if chance < 0.68:
        return replace(page, page=_changed_words(page.page, rng)).file()
    if chance < 0.78 and page.more:
        place = rng.randrange(len(page.more))
        more = list(page.more)
        more[place] = _changed_words(more[place], rng)
        return replace(page, more=tuple(more)).file()
    if chance < 0.82:
        other = rng.choice(_pages())
        return replace(page, image=other.image, more=other.more).file()
    return spoilt(page.file(), rng, _PDF_WORDS)


def _changed_words(text: bytes, rng: random.Random) -> bytes:
    return renumbered(text, rng) if rng.random() < 0.4 else spoilt(text, rng, _PDF_WORDS)


def _tiff_case(rng: random.Random) -> bytes:
    data = rng.choice(_tiffs())
    chance = rng.random()
    if chance < 0.45:
        return tiff_entry_changed(data, rng)
    if chance < 0.55:
        return spoilt(tiff_entry_changed(data, rng), rng, _MARKS)
    return spoilt(data, rng, _MARKS)


def _jpeg_case(rng: random.Random) -> bytes:
    data = spoilt(rng.choice(_jpegs()), rng, _JPEG_WORDS)
    if rng.random() < 0.5 and not data.endswith(b"\xff\xd9"):
        data += b"\xff\xd9"  # else most are refused for lack of an end
    return data if rng.random() < 0.05 else b"\xff\xd8" + data[2:]


def _png_case(rng: random.Random) -> bytes:
    data = rng.choice(_pngs())
    if rng.random() < 0.6:
        return png_spoilt_inside(data, rng, _PNG_WORDS)
    data = spoilt(data, rng, _PNG_WORDS)
    return data if rng.random() < 0.05 else b"\x89PNG\r\n\x1a\n" + data[8:]


def _grey(seed: int = 0) -> Image.Image:
    chance = np.random.default_rng(seed)
    page = np.full((HEIGHT, WIDTH), 240, np.uint8)
    for _block in range(6):
        x, y = int(chance.integers(0, WIDTH - 6)), int(chance.integers(0, HEIGHT - 6))
        page[y : y + 6, x : x + 6] = chance.integers(0, 200)
    return Image.fromarray(page)


def _black_and_white(seed: int = 0) -> Image.Image:
    return _grey(seed).convert("1", dither=Image.Dither.NONE)


@cache
def _jpegs() -> tuple[bytes, ...]:
    grey, colour = _grey(), _grey(1).convert("RGB")
    turned = Image.Exif()
    turned[0x0112] = 6
    return (
        image_bytes(grey, "JPEG", quality=60),
        image_bytes(colour, "JPEG", quality=60),
        image_bytes(colour, "JPEG", quality=60, subsampling=0),
        image_bytes(grey, "JPEG", quality=60, progressive=True),
        image_bytes(colour, "JPEG", quality=50, progressive=True),
        image_bytes(colour.convert("CMYK"), "JPEG", quality=60),
        image_bytes(grey, "JPEG", quality=60, exif=turned.tobytes()),
        image_bytes(colour, "JPEG", quality=60, restart_marker_blocks=2),
        image_bytes(grey, "JPEG", quality=60, optimize=True, dpi=(300, 300)),
    )


@cache
def _pngs() -> tuple[bytes, ...]:
    grey = _grey()
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    images = [grey.convert(mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")]
    return (
        *(image_bytes(image, "PNG") for image in images),
        image_bytes(deep, "PNG"),
        image_bytes(grey.convert("P"), "PNG", transparency=3),
        image_bytes(grey, "PNG", dpi=(300, 300), compress_level=0),
    )


@cache
def _tiffs() -> tuple[bytes, ...]:
    greys = [_grey(seed) for seed in range(2)]
    bits = [_black_and_white(seed) for seed in range(2)]
    size = {256: WIDTH, 257: HEIGHT, 258: 1, 262: 0, 277: 1}
    code = fax_code(bits[0])
    flat = np.asarray(greys[0]).tobytes()
    return (
        *(tiff_bytes(greys, compression=kind) for kind in (None, "tiff_lzw", "jpeg", "packbits")),
        tiff_bytes([each.convert("RGB") for each in greys], compression="tiff_adobe_deflate"),
        tiff_bytes([greys[0].convert("RGBA")], compression="tiff_lzw"),
        tiff_bytes([greys[0].convert("CMYK")]),
        tiff_bytes([greys[0].convert("P")], compression="tiff_lzw"),
        tiff_bytes([greys[0].convert("RGB").convert("YCbCr")], compression="jpeg"),
        *(tiff_bytes(bits, compression=kind) for kind in ("group3", "group4", "tiff_ccitt")),
        made_tiff(size | {259: 4, 278: HEIGHT}, [code]),
        made_tiff(size | {259: 4, 278: HEIGHT, 274: 6}, [code], big_endian=True),
        made_tiff(
            size | {259: 1, 278: 22, 258: 8, 262: 1}, [flat[: 22 * WIDTH], flat[22 * WIDTH :]]
        ),
        made_tiff(size | {259: 1, 278: HEIGHT, 258: 8, 262: 1}, [flat], big=True),
        made_tiff(size | {259: 1, 258: 8, 262: 1, 322: 16, 323: 16}, [flat[:256]] * 6, tiled=True),
    )


@cache
def _pages() -> tuple[_Page, ...]:
    grey, colour = _grey(), _grey(1).convert("RGB")
    flat = zlib.compress(np.asarray(grey).tobytes())
    bits = _black_and_white()
    raw_bits = np.packbits(np.asarray(bits, bool), axis=1).tobytes()
    fax = fax_code(bits)
    size = b"/Width %d/Height %d/BitsPerComponent " % (WIDTH, HEIGHT)
    in_grey = size + b"8/ColorSpace/DeviceGray"
    in_bits = size + b"1/ColorSpace/DeviceGray"
    rows = b"".join(b"\x02" + row.tobytes() for row in np.diff(np.asarray(grey), axis=0, prepend=0))
    fax_keys = in_bits + b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns %d/Rows %d>>" % (
        WIDTH,
        HEIGHT,
    )
    flat_keys = in_grey + b"/Filter/FlateDecode"
    mask = b"<</Type/XObject/Subtype/Image %s/Length %d>>stream\n%s\nendstream" % (
        flat_keys,
        len(flat),
        flat,
    )
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 8 11]/Resources<</XObject<</Im0 5 0 R/Im1 6 0 R>>>>"
        b"/Length 27>>stream\nq 8 0 0 11 0 0 cm /Im0 Do Q\nendstream"
    )
    inline = b"q 8 0 0 11 0 0 cm BI /W 4 /H 4 /BPC 8 /CS /G ID 0123456789abcdef EI Q"
    drawn = b"BT /F0 3 Tf 1 1 Td (abc) Tj ET 1 1 3 3 re f 0 0 m 8 11 l S /Im0 Do"
    jpegs, jpx = _jpegs(), [image_bytes(each, "JPEG2000") for each in (grey, colour)]
    coloured = size + b"8/ColorSpace/DeviceRGB"
    palette = (
        size + b"8/ColorSpace[/Indexed/DeviceRGB 3<000000ffffff808080404040>]/Filter/FlateDecode"
    )
    return (
        _Page(jpegs[0], in_grey + b"/Filter/DCTDecode"),
        _Page(jpegs[1], coloured + b"/Filter/DCTDecode"),
        _Page(jpegs[3], in_grey + b"/Filter/DCTDecode"),
        _Page(jpegs[5], size + b"8/ColorSpace/DeviceCMYK/Decode[1 0 1 0 1 0 1 0]/Filter/DCTDecode"),
        _Page(zlib.compress(jpegs[0]), in_grey + b"/Filter[/FlateDecode/DCTDecode]"),
        _Page(flat, flat_keys),
        _Page(flat, flat_keys, page=b"/MediaBox [0 0 8 11]/Rotate 90/CropBox[1 1 7 10]"),
        _Page(flat, flat_keys, content=drawn),
        _Page(flat, flat_keys, content=inline),
        _Page(flat, flat_keys + b"/SMask 6 0 R", more=(mask,)),
        _Page(flat, flat_keys, content=b"/Im1 Do", more=(form,)),
        _Page(flat, palette),
        _Page(
            zlib.compress(rows),
            flat_keys + b"/DecodeParms<</Predictor 15/Colors 1/Columns %d>>" % WIDTH,
        ),
        _Page(np.asarray(grey).tobytes(), in_grey),
        _Page(raw_bits, in_bits),
        _Page(fax, fax_keys),
        _Page(
            fax, size + b"1/ImageMask true/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 32>>"
        ),
        _Page(
            fax_code(bits, "group3"), in_bits + b"/Filter/CCITTFaxDecode/DecodeParms<</Columns 32>>"
        ),
        _Page(
            jbig2_data(np.asarray(bits.convert("L")), arithmetic=False),
            in_bits + b"/Filter/JBIG2Decode",
        ),
        _Page(
            jbig2_data(np.asarray(bits.convert("L")), arithmetic=True),
            in_bits + b"/Filter/JBIG2Decode",
        ),
        _Page(jpx[0], size + b"8/Filter/JPXDecode"),
        _Page(jpx[1], coloured + b"/Filter/JPXDecode"),
    )


@cache
def _other_pdfs() -> tuple[bytes, ...]:
    """As another program writes them: more pages, text, locked with a password."""

    def made(*, lock: str | None = None, packed: int = 1) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "made.pdf"
            canvas = Canvas(str(path), pagesize=(8, 11), encrypt=lock, pageCompression=packed)
            for number in range(2):
                shown = ImageReader(io.BytesIO(_jpegs()[number]))
                canvas.drawImage(shown, 0, 0, 8, 11)
                if number:
                    canvas.drawString(1, 1, "x")
                canvas.showPage()
            canvas.save()
            return path.read_bytes()

    return made(), made(packed=0), made(lock="owner"), _with_object_stream()


def _with_object_stream() -> bytes:
    """Objects packed in a stream, places in another (ISO 32000-1, 7.5.7 and 7.5.8)."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 8 11]/Contents 4 0 R/Resources<<>>>>",
    ]
    starts = [sum(len(each) + 1 for each in bodies[:n]) for n in range(len(bodies))]
    head = b" ".join(b"%d %d" % (n + 1, start) for n, start in enumerate(starts)) + b" "
    packed = zlib.compress(head + b" ".join(bodies))
    data, places = bytearray(b"%PDF-1.5\n"), {}
    for number, body in (
        (4, b"<</Length 14>>stream\n1 1 3 3 re f  \nendstream"),
        (
            5,
            b"<</Type/ObjStm/N 3/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
            % (len(head), len(packed), packed),
        ),
    ):
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    rows = [(0, 0, 255), (2, 5, 0), (2, 5, 1), (2, 5, 2), (1, places[4], 0), (1, places[5], 0)]
    rows.append((1, start, 0))
    table = b"".join(bytes((kind,)) + at.to_bytes(2, "big") + bytes((n,)) for kind, at, n in rows)
    data += (
        b"6 0 obj\n<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream\n"
        b"endobj\nstartxref\n%d\n%%%%EOF" % (len(table), table, start)
    )
    return bytes(data)
