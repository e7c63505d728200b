"""What fuzzing found (benchmarks/fuzz.py), and what is known of others: refused, at once."""

from __future__ import annotations

import os
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from make_scans import image_bytes, picture, raw_pdf, resized_jpeg
from PIL import Image

from omr.marks import Reason
from scans import pages
from scans.decode import decode_image
from scans.faults import PageFault
from scans.files import find_files, identify_file, shown_name
from scans.pages import PageRef, count_pages, is_ordinary, load_page

MEDIA, COVER = "/MediaBox [0 0 420 595]", b"q 420 0 0 595 0 0 cm /Im0 Do Q"
IN_BITS = {"Width": "240", "Height": "330", "ColorSpace": "/DeviceGray", "BitsPerComponent": "1"}


@contextmanager
def at_once(seconds: float = 2.0) -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds


def _refused(page: object) -> Reason:
    assert isinstance(page, PageFault)
    assert page.detail
    return page.reason


def _png(*chunks: tuple[bytes, bytes], header: bytes = b"") -> bytes:
    header = header or struct.pack(">IIBBBBB", 32, 44, 8, 0, 0, 0, 0)
    out = b"\x89PNG\r\n\x1a\n"
    for kind, body in ((b"IHDR", header), *chunks):
        out += (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )
    return out


def test_a_png_whose_chunk_claims_a_gigabyte_is_cut_off() -> None:
    data = _png() + struct.pack(">I", 750 << 20) + b"zTXt" + b"x" * 90

    assert _refused(decode_image(data)) is Reason.UNREADABLE_FILE


def test_what_a_png_holds_beside_its_pixels_is_not_even_looked_at() -> None:
    pixels = zlib.compress(b"".join(b"\0" + bytes(range(32)) for _row in range(44)))
    bomb = b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9)
    plain = _png((b"IDAT", pixels), (b"IEND", b""))
    strange = _png(
        (b"zTXt", bomb),
        (b"iCCP", b"p\0\0" + zlib.compress(bytes(20_000_000))),
        (b"acTL", struct.pack(">II", 2**31 - 1, 0)),
        (b"IDAT", pixels),
        (b"IEND", b""),
    )
    found, expected = decode_image(strange), decode_image(plain)

    assert not isinstance(found, PageFault)
    assert not isinstance(expected, PageFault)
    assert found.grey.tolist() == expected.grey.tolist() == [list(range(32))] * 44


def test_a_png_of_palette_colours_without_a_palette_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 32, 44, 8, 3, 0, 0, 0)
    pixels = zlib.compress(bytes(33 * 44))
    data = _png((b"tRNS", b"\0"), (b"IDAT", pixels), (b"IEND", b""), header=header)

    assert _refused(decode_image(data)) is Reason.UNREADABLE_FILE


def test_a_jpeg_of_endless_layers_is_refused_before_it_is_decoded() -> None:
    data = image_bytes(Image.fromarray(picture()), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    bomb = resized_jpeg(
        (data[:-2] + data[last:-2] * 5000 + b"\xff\xd9").replace(b"\xff\xc2", b"\xff\xc0", 1),
        9000,
        9000,
    ).replace(b"\xff\xc0", b"\xff\xc2", 1)

    with at_once():
        assert _refused(decode_image(bomb)) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "changes",
    [
        {"Filter": "/CCITTFaxDecode", "DecodeParms": "<< /K -1 /Columns 99999999999999999999 >>"},
        {"Filter": "/CCITTFaxDecode", "DecodeParms": "<< /K -1 /Columns 4294967296 >>"},
        {"Filter": "/CCITTFaxDecode", "DecodeParms": "<< /K -1 /Columns [1] >>"},
        {"Filter": "/FlateDecode", "BitsPerComponent": "1e400"},
        {"Filter": "/FlateDecode", "BitsPerComponent": "99999999999999999999"},
        {"Filter": "/FlateDecode", "BitsPerComponent": "NaN"},
        {"Filter": "/FlateDecode", "Width": "0.0000000001"},
    ],
    ids=lambda changes: " ".join(changes.values())[:60],
)
def test_numbers_beyond_all_limits_in_a_pdf_are_refused_or_harmless(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    keys = IN_BITS | changes
    path = raw_pdf(tmp_path / "a.pdf", page=MEDIA, content=COVER, image=bytes(30), **keys)

    with at_once():
        assert count_pages(path) == 1
        _refused(load_page(PageRef(path, 0)))


def test_a_jpeg_2000_larger_than_its_pdf_says_is_refused(tmp_path: Path) -> None:
    data = bytearray(image_bytes(Image.fromarray(picture()), "JPEG2000", no_jp2=True))
    size = data.index(b"\xff\x51") + 6  # the marker, its length and capabilities
    data[size : size + 8] = struct.pack(">II", 60_000, 60_000)
    keys = IN_BITS | {"BitsPerComponent": "8", "Filter": "/JPXDecode"}
    path = raw_pdf(tmp_path / "a.pdf", page=MEDIA, content=COVER, image=bytes(data), **keys)

    assert _refused(load_page(PageRef(path, 0))) is Reason.TOO_LARGE


def test_an_image_of_too_many_bytes_is_not_even_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(image_bytes(Image.fromarray(picture()), "JPEG"))
    monkeypatch.setattr(pages, "MAX_IMAGE_BYTES", 1000)

    assert _refused(load_page(PageRef(path, 0))) is Reason.TOO_LARGE


def test_a_page_that_asks_for_more_memory_than_there_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(image_bytes(Image.fromarray(picture()), "JPEG"))

    def full(*_words: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pages, "decode_image", full)

    assert _refused(load_page(PageRef(path, 0))) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("name", "ordinary"),
    [("a.jpg", True), ("huge.jpg", False), ("cmyk.jpg", False), ("a.pdf", False), ("a.tif", False)],
)
def test_only_usual_images_are_decoded_without_limits(
    tmp_path: Path, name: str, *, ordinary: bool
) -> None:
    jpeg = image_bytes(Image.fromarray(picture()), "JPEG")
    data = {
        "a.jpg": jpeg,
        "huge.jpg": resized_jpeg(jpeg, 9000, 9000),
        "cmyk.jpg": image_bytes(Image.fromarray(picture()).convert("CMYK"), "JPEG"),
        "a.pdf": b"%PDF-1.4\n",
        "a.tif": image_bytes(Image.fromarray(picture()), "TIFF", compression="tiff_lzw"),
    }[name]
    path = tmp_path / name
    path.write_bytes(data)

    assert is_ordinary(path) is ordinary


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"scan\x1b[2J\n.pdf", r"scan\u001b[2J\u000a.pdf"),
        ("fdp.\u202eexe".encode(), r"fdp.\u202eexe"),
        (b"\xff\xfe.pdf", r"\udcff\udcfe.pdf"),
    ],
)
def test_a_name_that_is_no_name_is_shown_and_kept_spelt_out(
    tmp_path: Path, name: bytes, shown: str
) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(b"x")
    [found], _unusable = find_files([path])

    assert identify_file(found).name == shown_name(path) == shown
    assert str(PageRef(path, 0)) == f"{shown}, page 1"
    shown.encode()  # so that the ledger can keep it


@pytest.mark.skipif(sys.platform == "win32", reason="no links without rights")
def test_a_link_given_by_name_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n")
    link = tmp_path / "link.pdf"
    link.symlink_to(tmp_path / "a.pdf")

    files, [unusable] = find_files([link])

    assert files == []
    assert "link" in unusable.why


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders")
def test_a_pipe_that_takes_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")

    with pytest.raises(OSError, match="regular file"):
        identify_file(tmp_path / "a.pdf")


def test_a_file_that_grows_while_it_is_named_is_not_read_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    path, digest = tmp_path / "a.pdf", hashlib.file_digest
    path.write_bytes(b"%PDF-1.4\n")

    def meanwhile(stream: object, name: str) -> object:
        with path.open("ab") as more:
            more.write(b"more")
        return digest(stream, name)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "file_digest", meanwhile)

    with pytest.raises(OSError, match="still being written"):
        identify_file(path)
