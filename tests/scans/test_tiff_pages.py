from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from make_scans import Grey, image_bytes, picture, tiff_bytes
from make_tiff import Value, fax_code, made_tiff
from PIL import Image

from omr.marks import Reason
from scans import tiff_pages
from scans.faults import PageFault
from scans.fax import _black_row, decode_g4, decode_g4_strips
from scans.pages import PageRef, count_pages, load_page

W, H = 240, 330
BILEVEL = np.where(picture() < 128, 0, 255).astype(np.uint8)
ONE_BIT = Image.fromarray(BILEVEL).convert("1", dither=Image.Dither.NONE)
GREY = {256: W, 257: H, 258: 8, 259: 1, 262: 1, 277: 1, 278: H}
FAX = {256: W, 257: H, 258: 1, 259: 4, 262: 0, 277: 1, 278: H}


def _load(path: Path, data: bytes) -> Grey | PageFault:
    path.write_bytes(data)
    return load_page(PageRef(path, 0))


def _read(path: Path, data: bytes) -> Grey:
    page = _load(path, data)
    assert not isinstance(page, PageFault), page
    return page


def _refused(path: Path, data: bytes) -> str:
    page = _load(path, data)
    assert isinstance(page, PageFault)
    assert page.reason is Reason.UNREADABLE_FILE
    return page.detail


@pytest.mark.parametrize(("big", "big_endian"), [(False, False), (False, True), (True, False)])
def test_a_page_is_read_in_either_byte_order_and_in_64_bits(
    tmp_path: Path, *, big: bool, big_endian: bool
) -> None:
    data = made_tiff(GREY, [picture().tobytes()], big=big, big_endian=big_endian)

    assert np.array_equal(_read(tmp_path / "a.tif", data), picture())


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt", "packbits", "tiff_lzw"])
def test_a_one_bit_page_is_its_own_pixels_in_every_compression(
    tmp_path: Path, compression: str
) -> None:
    data = tiff_bytes([ONE_BIT], compression=compression)

    assert np.array_equal(_read(tmp_path / "a.tif", data), BILEVEL)


def test_group_three_in_two_dimensions_is_read(tmp_path: Path) -> None:
    data = tiff_bytes([ONE_BIT], compression="group3", tiffinfo={292: 1})

    assert np.array_equal(_read(tmp_path / "a.tif", data), BILEVEL)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "LA", "P"])
def test_a_colour_page_is_read_in_grey(tmp_path: Path, mode: str, compression: str | None) -> None:
    image = Image.fromarray(BILEVEL).convert("RGB").convert(mode)
    data = tiff_bytes([image], compression=compression)

    assert np.abs(_read(tmp_path / "a.tif", data).astype(int) - BILEVEL).max() <= 1


def test_colour_in_separate_planes_is_read(tmp_path: Path) -> None:
    tags = {**GREY, 258: (8, 8, 8), 262: 2, 277: 3, 284: 2}
    data = made_tiff(tags, [picture().tobytes()] * 3)

    assert np.abs(_read(tmp_path / "a.tif", data).astype(int) - picture()).max() <= 1


def test_tiles_are_put_together(tmp_path: Path) -> None:
    padded = np.pad(picture(), ((0, 384 - H), (0, 256 - W)))
    tiles = [
        np.ascontiguousarray(padded[y : y + 128, x : x + 128]).tobytes()
        for y in range(0, 384, 128)
        for x in range(0, 256, 128)
    ]
    tags = {tag: value for tag, value in GREY.items() if tag != 278} | {322: 128, 323: 128}
    data = made_tiff(tags, tiles, tiled=True)

    assert np.array_equal(_read(tmp_path / "a.tif", data), picture())


def test_white_may_be_the_least_or_the_greatest_value(tmp_path: Path) -> None:
    negative = made_tiff({**GREY, 262: 0}, [(255 - picture()).tobytes()])

    assert np.array_equal(_read(tmp_path / "a.tif", negative), picture())
    for colour, truth in ((0, BILEVEL), (1, 255 - BILEVEL)):
        fax = made_tiff({**FAX, 262: colour}, [fax_code(ONE_BIT)])
        assert np.array_equal(_read(tmp_path / "a.tif", fax), truth)


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bits_keep_their_ink_in_colour_too(tmp_path: Path, order: str) -> None:
    deep = np.repeat(picture()[..., None], 3, axis=2).astype(f"{order}u2") * 257
    tags = {**GREY, 258: (16, 16, 16), 262: 2, 277: 3}
    data = made_tiff(tags, [deep.astype(f"{order}u2").tobytes()], big_endian=order == ">")

    assert np.abs(_read(tmp_path / "a.tif", data).astype(int) - picture()).max() <= 1


@pytest.mark.parametrize("dpi", [None, (0, 0), (1, 1), (72, 72), (9999, 9999)])
def test_wrong_or_missing_resolution_changes_nothing(
    tmp_path: Path, dpi: tuple[int, int] | None
) -> None:
    options = {} if dpi is None else {"dpi": dpi}
    data = tiff_bytes([Image.fromarray(picture())], **options)

    assert np.array_equal(_read(tmp_path / "a.tif", data), picture())


def _turned_back(truth: Grey, orientation: int) -> Grey:
    """The pixels that *orientation* shows as *truth* (TIFF 6.0: where row 0, column 0 lie)."""
    return {
        1: truth,
        2: truth[:, ::-1],
        3: truth[::-1, ::-1],
        4: truth[::-1],
        5: truth.T,
        6: np.rot90(truth, 1),
        7: truth[::-1, ::-1].T,
        8: np.rot90(truth, -1),
    }[orientation]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("fax", [False, True])
def test_a_page_comes_the_way_up_that_its_tag_says(
    tmp_path: Path, orientation: int, *, fax: bool
) -> None:
    truth = BILEVEL if fax else picture()
    stored = np.ascontiguousarray(_turned_back(truth, orientation))
    size: Mapping[int, Value] = {
        256: stored.shape[1],
        257: stored.shape[0],
        278: stored.shape[0],
        274: orientation,
    }
    code = fax_code(Image.fromarray(stored).convert("1", dither=Image.Dither.NONE))
    data = made_tiff({**(FAX if fax else GREY), **size}, [code if fax else stored.tobytes()])

    assert np.array_equal(_read(tmp_path / "a.tif", data), truth)


@pytest.mark.parametrize("rows", [1, 37, 165, 330])
@pytest.mark.parametrize("end_of_block", [True, False])
def test_group_four_is_read_from_any_number_of_strips(
    tmp_path: Path, rows: int, *, end_of_block: bool
) -> None:
    strips = [fax_code(ONE_BIT.crop((0, y, W, min(y + rows, H)))) for y in range(0, H, rows)]
    if not end_of_block:
        strips = [_without_end(strip) for strip in strips]
    data = made_tiff({**FAX, 278: rows}, strips)

    assert np.array_equal(_read(tmp_path / "a.tif", data), BILEVEL)


def _without_end(code: bytes) -> bytes:
    bits = "".join(f"{byte:08b}" for byte in code)
    kept = bits[: bits.rindex("000000000001000000000001")]
    kept += "0" * (-len(kept) % 8)
    return int(kept, 2).to_bytes(len(kept) // 8, "big")


def test_bits_may_be_in_the_other_order(tmp_path: Path) -> None:
    turned = bytes(int(f"{byte:08b}"[::-1], 2) for byte in fax_code(ONE_BIT))

    page = _read(tmp_path / "a.tif", made_tiff({**FAX, 266: 2}, [turned]))
    assert np.array_equal(page, BILEVEL)


@pytest.mark.parametrize("after", [b"\n", b"\r\n", b"\0" * 9, b"scanner 7 " * 9])
def test_whatever_follows_the_end_of_the_code_is_passed_over(after: bytes) -> None:
    page = decode_g4(fax_code(ONE_BIT) + after, W, H, black_is_dark=True)

    assert page is not None
    assert np.array_equal(page, BILEVEL)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.9, 0.97])
@pytest.mark.parametrize("closed", [False, True])
def test_fax_code_that_ends_early_is_no_page_even_when_it_was_closed(
    tmp_path: Path, share: float, *, closed: bool
) -> None:
    code = fax_code(ONE_BIT)
    short = code[: int(share * len(code))] + (b"\0\x10\x01" if closed else b"")

    assert "missing" in _refused(tmp_path / "a.tif", made_tiff(FAX, [short]))


def test_fewer_or_more_rows_than_the_page_has_are_not_taken_for_it(tmp_path: Path) -> None:
    for rows in (H - 1, H + 1):
        assert decode_g4(fax_code(ONE_BIT), W, rows, black_is_dark=True) is None


@pytest.mark.parametrize("seed", range(20))
def test_damaged_fax_code_is_no_page(seed: int) -> None:
    rng = np.random.default_rng(seed)
    code = bytearray(fax_code(ONE_BIT))
    at = int(rng.integers(20, len(code) - 40))
    code[at : at + 12] = bytes(rng.integers(0, 256, 12, dtype=np.uint8))

    page = decode_g4(bytes(code), W, H, black_is_dark=True)
    assert page is None or np.array_equal(page, BILEVEL)


@pytest.mark.parametrize("compression", [1, 3, 5, 7, 8, 32773])
def test_a_strip_shorter_than_its_rows_is_named(tmp_path: Path, compression: int) -> None:
    names = {1: None, 3: "group3", 5: "tiff_lzw", 7: "jpeg", 8: "tiff_adobe_deflate"}
    image = ONE_BIT if compression == 3 else Image.fromarray(picture())
    whole = tiff_bytes([image], compression=names.get(compression, "packbits"))
    path = tmp_path / "a.tif"
    path.write_bytes(whole)
    with Image.open(path) as made:
        tags = dict(made.tag_v2)  # type: ignore[attr-defined]
    starts, lengths = tags.pop(273), tags.pop(279)
    strips = [whole[at : at + length] for at, length in zip(starts, lengths, strict=True)]
    strips[-1] = strips[-1][: len(strips[-1]) // 2]
    kept = {tag: tags[tag] for tag in (256, 257, 259, 262, 278)}
    kept |= {277: 1, 258: tags.get(258, (1,))[0]}
    tables = {347: tags[347]} if compression == 7 else {}
    assert not tables or isinstance(tables[347], bytes)
    if tables:  # the tables would need a type of their own: put them into each strip
        strips = [tags[347][:-2] + strip[2:] for strip in strips]

    assert _refused(path, made_tiff(kept, strips))


def test_old_style_jpeg_pages_are_named_with_what_to_do(tmp_path: Path) -> None:
    jpeg = image_bytes(Image.fromarray(picture()), "JPEG")
    tags = {**GREY, 259: 6, 513: 8, 514: len(jpeg)}

    words = _refused(tmp_path / "a.tif", made_tiff(tags, [jpeg]))
    assert "JPEG" in words
    assert "save it as" in words


@pytest.mark.parametrize(
    "data",
    [
        made_tiff(GREY, [picture().tobytes()], big=True, big_endian=True),
        made_tiff({**GREY, 259: 34712}, [b"JPEG 2000"]),
        made_tiff({**GREY, 258: 64}, [picture().tobytes() * 8]),
    ],
    ids=["64-bit big-endian", "unknown compression", "64 bits a pixel"],
)
def test_a_kind_that_is_not_read_is_no_page_and_says_how_to_save_it(
    tmp_path: Path, data: bytes
) -> None:
    assert "save it as G4 or LZW" in _refused(tmp_path / "a.tif", data)


def test_damage_is_not_printed_line_by_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = fax_code(ONE_BIT)
    _refused(tmp_path / "a.tif", made_tiff(FAX, [code[: len(code) // 2]]))
    _refused(tmp_path / "b.tif", made_tiff({**FAX, 259: 3}, [code[: len(code) // 2]]))

    assert capfd.readouterr().err == ""


def test_a_long_file_is_opened_once(tmp_path: Path) -> None:
    pages = [Image.fromarray(picture(seed, width=60, height=80)) for seed in range(120)]
    path = tmp_path / "a.tif"
    path.write_bytes(tiff_bytes(pages, compression="tiff_lzw"))
    tiff_pages._opened.cache_clear()
    count = count_pages(path)

    assert count == 120
    for number in range(120):
        page = load_page(PageRef(path, number))
        assert not isinstance(page, PageFault)
        assert np.array_equal(page, np.asarray(pages[number]))
    assert tiff_pages._opened.cache_info().misses == 1
    tiff_pages._opened.cache_clear()


def test_the_pages_after_a_damaged_one_are_read(tmp_path: Path) -> None:
    pages = [Image.fromarray(picture(seed)) for seed in range(3)]
    data = bytearray(tiff_bytes(pages, compression="tiff_adobe_deflate"))
    path = tmp_path / "a.tif"
    path.write_bytes(data)
    with Image.open(path) as made:
        made.seek(1)
        start = made.tag_v2[273][0]  # type: ignore[attr-defined]
    data[start : start + 20] = b"\xff" * 20
    path.write_bytes(data)
    seen = [load_page(PageRef(path, number)) for number in (0, 1, 2, 0)]

    assert isinstance(seen[1], PageFault)
    for number, page in ((0, seen[0]), (2, seen[2]), (0, seen[3])):
        assert not isinstance(page, PageFault)
        assert np.array_equal(page, picture(number))


def test_orientation_is_not_mixed_up_with_mirroring() -> None:
    page = tiff_pages._turned(np.ascontiguousarray(picture()), 6)

    assert np.array_equal(page, cv2.rotate(picture(), cv2.ROTATE_90_CLOCKWISE))


@pytest.mark.parametrize("width", [16, 63, 64, 65, 127, 1748, 2559, 2560, 2561, 2624, 5184, 9933])
def test_our_black_row_is_coded_as_libtiff_codes_one(width: int) -> None:
    assert _black_row(width) == fax_code(Image.new("1", (width, 1), 0))


@pytest.mark.parametrize("rows", [1, 7, 64, 329, 330, 400])
def test_strips_of_any_height_are_one_page(rows: int) -> None:
    truth = np.where(picture() < 128, 0, 255).astype(np.uint8)
    parts = [truth[first : first + rows] for first in range(0, len(truth), rows)]
    strips = [fax_code(Image.fromarray(part).convert("1")) for part in parts]
    height, width = truth.shape

    page = decode_g4_strips(strips, width, height, rows, black_is_dark=True)
    assert page is not None
    assert np.array_equal(page, truth)
    for wrong in (strips[:-1], [*strips, strips[0]], [b"", *strips[1:]]):
        assert decode_g4_strips(wrong, width, height, rows, black_is_dark=True) is None
