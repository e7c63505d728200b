"""Our own decoder of grey JPEG: libjpeg's pixels or none."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from omr.fiducials import GreyImage
from scans.jpeg_plain import decode_plain


def _paper(height: int, width: int, noise: float) -> GreyImage:
    """Print on paper with a scanner's noise: all lengths of codes there are."""
    chance = np.random.default_rng(height * 1000 + width)
    page = np.full((height, width), 235.0)
    page[height // 4 : height // 3] = 10
    page[:, width // 3 : width // 3 + 3] = 0
    page[height // 2 :, width // 2 :] = chance.integers(
        0, 256, page[height // 2 :, width // 2 :].shape
    )
    return np.asarray(np.clip(page + chance.normal(0, noise, page.shape), 0, 255), np.uint8)


def _jpeg(page: GreyImage, **words: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(page).save(out, "JPEG", **words)
    return out.getvalue()


def _by_libjpeg(data: bytes, shrunk: int) -> GreyImage:
    flag = cv2.IMREAD_GRAYSCALE if shrunk == 1 else cv2.IMREAD_REDUCED_GRAYSCALE_2
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), flag), np.uint8)


@pytest.mark.parametrize("shrunk", [1, 2])
@pytest.mark.parametrize("optimize", [False, True])
@pytest.mark.parametrize("quality", [5, 50, 80, 95, 100])
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (17, 255), (64, 257), (331, 240), (300, 523)])
def test_its_pixels_are_libjpegs(
    size: tuple[int, int], quality: int, shrunk: int, *, optimize: bool
) -> None:
    data = _jpeg(_paper(*size, noise=2.5), quality=quality, optimize=optimize)
    found = decode_plain(data, shrunk=shrunk)

    assert found is not None
    assert found.flags.c_contiguous
    assert np.array_equal(found, _by_libjpeg(data, shrunk))


def test_bytes_in_front_of_the_code_and_after_the_image_change_nothing() -> None:
    page = _paper(120, 90, noise=2.5)
    data = _jpeg(page, comment=b"made by a scanner", exif=b"Exif\0\0" + bytes(40))

    found = decode_plain(data + bytes(100), shrunk=1)

    assert found is not None
    assert np.array_equal(found, _by_libjpeg(data, 1))


@pytest.mark.parametrize("words", [{"progressive": True}, {"restart_marker_rows": 2}])
def test_what_is_not_plain_is_left_to_libjpeg(words: dict[str, object]) -> None:
    assert decode_plain(_jpeg(_paper(120, 90, noise=2.5), **words), shrunk=2) is None


def test_colours_are_left_to_libjpeg() -> None:
    grey = _paper(120, 90, noise=2.5)

    assert decode_plain(_jpeg(np.dstack([grey, grey, grey])), shrunk=2) is None


@pytest.mark.parametrize("shrunk", [1, 2])
@pytest.mark.parametrize("missing", [1, 2, 30, 2000, 10_000])
def test_code_that_is_cut_off_gives_no_page(missing: int, shrunk: int) -> None:
    data = _jpeg(_paper(120, 190, noise=2.5), quality=95)

    assert decode_plain(data[: -2 - missing], shrunk=shrunk) is None
    assert decode_plain(data[: -2 - missing] + b"\xff\xd9", shrunk=shrunk) is None


@pytest.mark.parametrize("more", [b"\x00", b"\xff\x00", bytes(40), b"\xff\xd0"])
def test_code_that_goes_on_after_the_last_block_gives_no_page(more: bytes) -> None:
    data = _jpeg(_paper(120, 190, noise=2.5))

    assert decode_plain(data[:-2] + more + data[-2:], shrunk=2) is None


_DATA = _jpeg(_paper(80, 120, noise=2.5), quality=90)
_TABLES = _DATA.index(b"\xff\xc4") + 4  # the frame's size stands before them


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(_TABLES, len(_DATA) - 1), st.integers(0, 255)), min_size=1))
def test_whatever_the_bytes_are_there_is_a_page_of_the_announced_size_or_none(
    changes: list[tuple[int, int]],
) -> None:
    data = bytearray(_DATA)
    for at, byte in changes:
        data[at] = byte
    found = decode_plain(bytes(data), shrunk=2)

    assert found is None or found.shape == (40, 60)
