from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_scans import (
    Grey,
    giant_png,
    giant_tiff,
    image_bytes,
    pdf_with_image,
    picture,
    resized_jpeg,
    tiff_bytes,
)
from PIL import Image

from omr.marks import Reason
from scans import pages
from scans.faults import PageFault
from scans.pages import PageRef, can_render, count_pages, load_page

HEADS = [b"", b"%PDF-1.4\n", b"II*\0", b"MM\0*", b"II+\0", b"\xff\xd8", b"\x89PNG\r\n"]
COMPRESSIONS = [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4"]


def _write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _page(path: Path, number: int = 0) -> Grey:
    return _image(load_page(PageRef(path, number)))


def _fault(path: Path, number: int = 0) -> PageFault:
    page = load_page(PageRef(path, number))
    assert isinstance(page, PageFault)
    assert page.detail
    return page


def _image(page: Grey | PageFault) -> Grey:
    assert not isinstance(page, PageFault), page
    return page


def _seen(path: Path) -> list[Grey | PageFault]:
    """Every page of a file as the reader would meet it; one fault for a whole file."""
    count = count_pages(path)
    if isinstance(count, PageFault):
        return [count]
    return [load_page(PageRef(path, number)) for number in range(count)]


@functools.cache
def _tiff(compression: str | None) -> tuple[bytes, tuple[Grey, ...]]:
    """Four pages, and what they look like."""
    images = [Image.fromarray(picture(seed, width=90, height=120)) for seed in range(4)]
    if compression == "group4":
        images = [image.convert("1", dither=Image.Dither.NONE) for image in images]
    data = tiff_bytes(images, compression=compression)
    return data, tuple(np.asarray(image.convert("L")) for image in images)


@functools.cache
def _whole(compression: str | None) -> list[Grey | PageFault]:
    with tempfile.TemporaryDirectory() as folder:
        return _seen(_write(Path(folder), "a.tif", _tiff(compression)[0]))


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_every_page_of_a_tiff_is_read(tmp_path: Path, compression: str | None) -> None:
    data, truth = _tiff(compression)
    seen = _seen(_write(tmp_path, "a.tif", data))

    assert len(seen) == 4
    for page, expected in zip(seen, truth, strict=True):
        assert not isinstance(page, PageFault)
        assert page.dtype == np.uint8
        off = np.abs(page.astype(int) - expected)
        assert off.mean() < (4 if compression == "jpeg" else 1e-9)


def _check_cut(path: Path, compression: str | None, cut: int) -> None:
    """Whatever is left: good pages as they were, then one named fault, never less."""
    whole = _whole(compression)
    path.write_bytes(_tiff(compression)[0][:cut])
    seen = _seen(path)

    # Nothing but padding is missing, or else there is a fault.
    assert len(seen) == len(whole) or isinstance(seen[-1], PageFault)
    for page, expected in zip(seen, whole, strict=False):
        assert isinstance(page, PageFault) or np.array_equal(page, _image(expected))


@settings(max_examples=150, deadline=None)
@given(compression=st.sampled_from(COMPRESSIONS), share=st.floats(0, 1, exclude_max=True))
def test_a_tiff_cut_off_anywhere_keeps_its_good_pages_and_names_the_bad_one(
    compression: str | None, share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")

    _check_cut(folder / "a.tif", compression, int(share * len(_tiff(compression)[0])))
    shutil.rmtree(folder)


@pytest.mark.parametrize("compression", ["tiff_lzw", "group4"])
def test_a_tiff_cut_off_inside_a_page_directory_is_not_read_as_if_it_were_whole(
    tmp_path: Path, compression: str
) -> None:
    data, _truth = _tiff(compression)
    ends = {data.rindex(b"\0\0\0\0"), len(data)}

    for end in ends:
        for cut in range(max(0, end - 260), min(end + 2, len(data))):
            _check_cut(tmp_path / "a.tif", compression, cut)


def test_pages_before_the_damage_are_all_there(tmp_path: Path) -> None:
    data, truth = _tiff("tiff_lzw")
    seen = _seen(_write(tmp_path, "a.tif", data[: len(data) * 6 // 10]))

    assert len(seen) == 3
    assert np.array_equal(_image(seen[0]), truth[0])
    assert np.array_equal(_image(seen[1]), truth[1])
    assert isinstance(seen[2], PageFault)


@settings(max_examples=150, deadline=None)
@given(
    compression=st.sampled_from(COMPRESSIONS),
    wrong=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
)
def test_a_tiff_with_wrong_bytes_never_raises(
    compression: str | None,
    wrong: list[tuple[float, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = bytearray(_tiff(compression)[0])
    for share, value in wrong:
        data[int(share * len(data))] = value
    folder = tmp_path_factory.mktemp("wrong")

    assert _seen(_write(folder, "a.tif", bytes(data)))
    shutil.rmtree(folder)


def test_a_tiff_whose_pages_lead_back_to_the_first_ends(tmp_path: Path) -> None:
    data = bytearray(_tiff(None)[0])
    first = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[first : first + 2], "little")
    link = first + 2 + 12 * entries
    data[link : link + 4] = data[4:8]

    assert len(_seen(_write(tmp_path, "a.tif", bytes(data)))) == 1


def test_a_tiff_with_more_pages_than_any_batch_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path, "a.tif", _tiff(None)[0])
    monkeypatch.setattr(pages, "MAX_PAGES", 3)
    [fault] = _seen(path)

    assert isinstance(fault, PageFault)
    assert fault.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("kind", ["I;16", "I;16B"])
def test_a_sixteen_bit_grey_scan_keeps_its_ink(tmp_path: Path, kind: str) -> None:
    truth = picture()
    deep = truth.astype(">u2" if kind == "I;16B" else "<u2") * 257
    path = _write(tmp_path, "a.tif", tiff_bytes([Image.fromarray(deep)]))

    assert np.array_equal(_page(path), truth)


def test_a_sixteen_bit_png_keeps_its_ink(tmp_path: Path) -> None:
    deep = picture().astype(np.uint16) * 257
    path = _write(tmp_path, "a.png", image_bytes(Image.fromarray(deep), "PNG"))

    assert np.abs(_page(path).astype(int) - picture()).max() <= 1


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_pixels_whose_white_nobody_knows_are_refused(tmp_path: Path, kind: type) -> None:
    path = _write(tmp_path, "a.tif", tiff_bytes([Image.fromarray(picture().astype(kind))]))

    assert _fault(path).reason is Reason.UNREADABLE_FILE


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"])
@pytest.mark.parametrize("kind", ["TIFF", "PNG", "JPEG"])
def test_every_colour_model_shows_dark_ink_on_light_paper(
    tmp_path: Path, mode: str, kind: str
) -> None:
    truth = np.where(picture() < 128, 0, 255).astype(np.uint8)
    image = Image.fromarray(truth).convert("RGB").convert(mode)
    try:
        data = image_bytes(image, kind)
    except OSError:
        pytest.skip(f"{kind} has no {mode}")
    page = _page(_write(tmp_path, f"a.{kind}", data))

    assert page.shape == truth.shape
    assert np.abs(page.astype(int) - truth).mean() < 6


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_what_is_see_through_shows_white_paper(tmp_path: Path, kind: str) -> None:
    truth = np.where(picture() < 128, 0, 255).astype(np.uint8)
    black = np.zeros((*truth.shape, 4), np.uint8)
    black[..., 3] = 255 - truth
    page = _page(_write(tmp_path, "a", image_bytes(Image.fromarray(black), kind)))

    assert np.array_equal(page, truth)


@functools.cache
def _jpeg(*, progressive: bool = False, thumbnail: bool = False) -> bytes:
    data = image_bytes(Image.fromarray(picture()), "JPEG", progressive=progressive, quality=95)
    if thumbnail:  # a whole small JPEG inside the head of the large one, as cameras write it
        small = image_bytes(Image.fromarray(picture(1, width=60, height=80)), "JPEG")
        block = b"Exif\0\0" + small
        data = data[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + data[2:]
    return data


@settings(max_examples=80, deadline=None)
@given(
    how=st.sampled_from([{}, {"progressive": True}, {"thumbnail": True}]),
    share=st.floats(0, 1, exclude_max=True),
)
def test_a_jpeg_cut_off_anywhere_is_a_fault_not_a_grey_page(
    how: dict[str, bool], share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = _jpeg(**how)
    folder = tmp_path_factory.mktemp("cut")
    path = _write(folder, "a.jpg", data[: int(share * len(data))])
    [fault] = _seen(path)

    assert isinstance(fault, PageFault)
    assert fault.reason is Reason.UNREADABLE_FILE
    shutil.rmtree(folder)


@settings(max_examples=40, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_png_cut_off_anywhere_is_a_fault_or_still_whole(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = image_bytes(Image.fromarray(picture()), "PNG")
    folder = tmp_path_factory.mktemp("cut")
    [page] = _seen(_write(folder, "a.png", data[: int(share * len(data))]))

    assert isinstance(page, PageFault) or np.array_equal(page, picture())
    shutil.rmtree(folder)


def test_a_jpeg_with_padding_after_its_end_is_whole(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.jpg", _jpeg() + b"\0" * 2000)

    assert np.abs(_page(path).astype(int) - picture()).mean() < 4


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.png", giant_png(60_000, 60_000), Reason.TOO_LARGE),
        ("a.png", giant_png(2**31 - 1, 2**31 - 1), Reason.TOO_LARGE),
        ("a.png", giant_png(100_000_001, 1), Reason.TOO_LARGE),
        ("a.tif", giant_tiff(60_000, 60_000), Reason.TOO_LARGE),
        ("a.tif", giant_tiff(2**32 - 1, 2**32 - 1), Reason.TOO_LARGE),
        (
            "a.jpg",
            resized_jpeg(image_bytes(Image.fromarray(picture()), "JPEG"), 65_000, 65_000),
            Reason.TOO_LARGE,
        ),
        ("a.tif", giant_tiff(9_000, 9_000), Reason.UNREADABLE_FILE),  # allowed, but not there
        ("a.png", giant_png(0, 0), Reason.UNREADABLE_FILE),
    ],
)
def test_a_small_file_that_claims_giant_pages_is_refused_before_it_is_decoded(
    tmp_path: Path, name: str, data: bytes, reason: Reason
) -> None:
    assert len(data) < 20_000
    assert _fault(_write(tmp_path, name, data)).reason is reason


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b""),
        ("a.tif", b""),
        ("a.jpg", b""),
        ("a.pdf", "Kính gửi các đồng chí".encode()),
        ("a.tif", "II. Nội dung".encode()),
        ("a.tif", b"MM"),
        ("a.tif", b"II*\0"),
        ("a.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0"),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.jpg", b"\xff\xd8\xff\xd9"),
        ("a.jpg", b"\xff\xd8"),
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.pdf", b"PK\x03\x04" + b"zip" * 100),
        ("a.jpg", image_bytes(Image.fromarray(picture()), "GIF")),
        ("a.png", image_bytes(Image.fromarray(picture()), "BMP")),
        ("a.jpg", b"8BPS" + b"\0" * 50),
        ("a.jpg", b"\0" * 3000),
    ],
)
def test_a_file_that_is_no_scan_is_one_named_fault(tmp_path: Path, name: str, data: bytes) -> None:
    [fault] = _seen(_write(tmp_path, name, data))

    assert isinstance(fault, PageFault)
    assert fault.reason is Reason.UNREADABLE_FILE
    assert fault.detail


@settings(max_examples=100, deadline=None)
@given(
    head=st.sampled_from(
        [b"", b"%PDF-1.4\n", b"II*\0", b"MM\0*", b"II+\0", b"\xff\xd8", b"\x89PNG\r\n"]
    ),
    rest=st.binary(max_size=300),
)
def test_any_bytes_at_all_are_pages_or_faults_never_exceptions(
    head: bytes, rest: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")

    for page in _seen(_write(folder, "a", head + rest)):
        assert isinstance(page, PageFault | np.ndarray)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["a.pdf", "a.jpg", "a.tif", "a"])
def test_a_file_is_what_its_content_says_not_its_name(tmp_path: Path, name: str) -> None:
    pdf = pdf_with_image(tmp_path / "made.pdf", _jpeg()).read_bytes()
    for data in (pdf, _jpeg(), _tiff("group4")[0], image_bytes(Image.fromarray(picture()), "PNG")):
        assert not isinstance(_seen(_write(tmp_path, name, data))[0], PageFault)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    assert isinstance(count_pages(tmp_path / "a.pdf"), PageFault)
    for name in ("a.pdf", "a.tif", "a.jpg"):
        assert _fault(tmp_path / name).reason is Reason.UNREADABLE_FILE


@pytest.mark.parametrize("make", [lambda p: p.mkdir(), lambda p: p.write_bytes(_tiff(None)[0])])
def test_a_page_that_is_not_there_is_a_fault(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "a.tif"
    make(path)

    assert _fault(path, 4).reason is Reason.UNREADABLE_FILE


def test_a_page_says_where_it_is_in_words(tmp_path: Path) -> None:
    assert str(PageRef(tmp_path / "batch.pdf", 0)) == "batch.pdf, page 1"


def test_only_a_pdf_can_be_drawn_another_way(tmp_path: Path) -> None:
    pdf = pdf_with_image(tmp_path / "a.dat", _jpeg())

    assert can_render(PageRef(pdf, 0))
    assert not can_render(PageRef(_write(tmp_path, "a.jpg", _jpeg()), 0))
