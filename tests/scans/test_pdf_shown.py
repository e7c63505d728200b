"""PDF pages that show more, or something else, than one image."""

from __future__ import annotations

import io
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from make_scans import Grey, image_bytes, picture, raw_pdf
from pdf_scans import COVER, MEDIA, difference
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from scans import pdf_file, pdf_images
from scans.faults import PageFault
from scans.pages import PageRef, count_pages, load_page

W, H = 240, 330
SCAN = picture(width=875, height=1240)  # A5 at 150 dpi


def _jpeg(pixels: Grey = SCAN) -> bytes:
    return image_bytes(Image.fromarray(pixels), "JPEG", quality=90)


def _read(path: Path, number: int = 0) -> Grey:
    page = load_page(PageRef(path, number))
    assert not isinstance(page, PageFault), page
    return page


def _scan(path: Path, *, content: bytes = COVER, page: str = MEDIA, **keys: str) -> Path:
    about = {"Width": "875", "Height": "1240", "ColorSpace": "/DeviceGray"}
    about |= {"BitsPerComponent": "8", "Filter": "/DCTDecode", **keys}
    return raw_pdf(path, page=page, content=content, image=_jpeg(), **about)


def _drawn(path: Path) -> Canvas:
    return Canvas(str(path), pagesize=(420.0, 595.0))


def _reader(pixels: Grey) -> ImageReader:
    return ImageReader(io.BytesIO(_jpeg(pixels)))


def test_a_page_in_strips_is_put_together(tmp_path: Path) -> None:
    canvas = _drawn(tmp_path / "a.pdf")
    for top in range(0, 1240, 124):
        strip = np.ascontiguousarray(SCAN[top : top + 124])
        canvas.drawImage(_reader(strip), 0, 595 * (1 - (top + 124) / 1240), 420, 59.5)
    canvas.save()

    page = _read(tmp_path / "a.pdf")
    assert page.shape == pytest.approx(SCAN.shape, abs=2)  # its own resolution, not another
    assert difference(page, SCAN) < 6


def test_a_page_in_tiles_is_put_together(tmp_path: Path) -> None:
    canvas = _drawn(tmp_path / "a.pdf")
    for row in range(2):
        for column in range(2):
            tile = SCAN[row * 620 : row * 620 + 620, column * 437 : column * 437 + 437]
            x, y = column * 437 * 420 / 875, 595 * (1 - (row + 1) / 2)
            tile = np.ascontiguousarray(tile)
            canvas.drawImage(_reader(tile), x, y, 437 * 420 / 875, 297.5)
    canvas.save()

    assert difference(_read(tmp_path / "a.pdf"), SCAN) < 6


def test_a_scan_with_a_logo_is_drawn_with_it_at_its_own_resolution(tmp_path: Path) -> None:
    canvas = _drawn(tmp_path / "a.pdf")
    canvas.drawImage(_reader(SCAN), 0, 0, 420, 595)
    canvas.drawImage(_reader(np.zeros((40, 40), np.uint8)), 0, 0, 60, 60)
    canvas.save()

    page = _read(tmp_path / "a.pdf")
    assert page.shape == pytest.approx(SCAN.shape, abs=2)
    assert page[-50:, :50].max() < 30
    assert difference(page[:1000], SCAN[:1000]) < 6


@pytest.mark.parametrize(("mode", "seen"), [(0, True), (3, False)])
def test_text_over_a_scan_is_drawn_if_it_can_be_seen(
    tmp_path: Path, mode: int, *, seen: bool
) -> None:
    canvas = _drawn(tmp_path / "a.pdf")
    canvas.drawImage(_reader(np.full((1240, 875), 255, np.uint8)), 0, 0, 420, 595)
    text = canvas.beginText(100, 300)
    text.setTextRenderMode(mode)
    text.setFont("Helvetica-Bold", 60)
    text.textLine("X X X")
    canvas.drawText(text)
    canvas.save()

    assert (_read(tmp_path / "a.pdf").min() < 40) == seen


def test_what_someone_drew_on_the_scan_in_a_viewer_is_seen(tmp_path: Path) -> None:
    mark = "<< /Type /Annot /Subtype /Square /F 4 /Rect [100 100 200 200] /C [0 0 0] /IC [0 0 0] >>"
    link = "<< /Type /Annot /Subtype /Link /Rect [100 100 200 200] >>"
    marked = _read(_scan(tmp_path / "a.pdf", page=f"{MEDIA} /Annots [{mark}]"))
    linked = _read(_scan(tmp_path / "b.pdf", page=f"{MEDIA} /Annots [{link}]"))
    height, width = marked.shape
    inside = marked[int(height * 0.7) : int(height * 0.8), int(width * 0.3) : int(width * 0.4)]

    assert inside.max() < 30
    assert np.array_equal(linked, _read(_scan(tmp_path / "c.pdf")))


def test_what_a_mask_hides_is_not_seen(tmp_path: Path) -> None:
    hidden = "[0 255]"  # every value of the image is see-through: white paper is left
    grey = zlib.compress(picture().tobytes())
    about = {"Width": "240", "Height": "330", "ColorSpace": "/DeviceGray"}
    about |= {"BitsPerComponent": "8", "Filter": "/FlateDecode", "Mask": hidden}

    page = _read(raw_pdf(tmp_path / "a.pdf", page=MEDIA, content=COVER, image=grey, **about))
    assert page.min() > 250


def test_a_soft_mask_is_applied(tmp_path: Path) -> None:
    picture_with_holes = np.zeros((H, W, 4), np.uint8)  # black, seen where the mask says
    picture_with_holes[..., 3] = 255 - picture()
    canvas = _drawn(tmp_path / "a.pdf")
    canvas.drawImage(ImageReader(Image.fromarray(picture_with_holes)), 0, 0, 420, 595, mask="auto")
    canvas.save()

    assert difference(_read(tmp_path / "a.pdf"), picture()) < 8


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_scan_inside_a_form_is_placed_where_the_form_is(tmp_path: Path, scale: float) -> None:
    canvas = _drawn(tmp_path / "a.pdf")
    canvas.beginForm("page")
    canvas.drawImage(_reader(SCAN), 0, 0, 420, 595)
    canvas.endForm()
    canvas.scale(scale, scale)
    canvas.doForm("page")
    canvas.save()

    page = _read(tmp_path / "a.pdf")
    if scale == 1.0:
        assert page.shape == SCAN.shape
    else:  # a quarter of the page is not the page
        assert page[: page.shape[0] // 3].min() > 250
        lower_left = page[page.shape[0] // 2 :, : page.shape[1] // 2]
        assert difference(np.ascontiguousarray(lower_left), SCAN) < 9


def test_a_page_of_text_and_lines_is_drawn(tmp_path: Path) -> None:
    canvas = _drawn(tmp_path / "a.pdf")
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.drawString(100, 500, "no image at all")
    canvas.save()

    page = _read(tmp_path / "a.pdf")
    assert page.shape == pytest.approx((595 * 300 / 72, 420 * 300 / 72), abs=2)
    assert page[page.shape[0] * 2 // 3, page.shape[1] // 2] == 0


def test_pages_of_different_sizes_come_each_in_its_own(tmp_path: Path) -> None:
    canvas = _drawn(tmp_path / "a.pdf")
    sizes = [(420.0, 595.0), (842.0, 595.0), (595.0, 842.0), (298.0, 420.0)]
    for number, (width, height) in enumerate(sizes):
        canvas.setPageSize((width, height))
        shown = picture(number, width=int(width * 2), height=int(height * 2))
        canvas.drawImage(_reader(shown), 0, 0, width, height)
        canvas.showPage()
    canvas.save()

    for number, (width, height) in enumerate(sizes):
        assert _read(tmp_path / "a.pdf", number).shape == (int(height * 2), int(width * 2))


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    lock = StandardEncryption("", ownerPassword="owner", canPrint=0, strength=128)
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(420.0, 595.0), encrypt=lock)
    canvas.drawImage(_reader(SCAN), 0, 0, 420, 595)
    canvas.save()

    page = _read(tmp_path / "a.pdf")
    assert page.shape == SCAN.shape
    assert difference(page, SCAN) < 4


@pytest.mark.parametrize("wrong", [b"startxref\n0\n", b"startxref\n99999999\n", b"xref gone"])
def test_a_wrong_cross_reference_table_does_not_cost_the_pages(
    tmp_path: Path, wrong: bytes
) -> None:
    path = _scan(tmp_path / "a.pdf")
    whole = _read(path)
    data = path.read_bytes()
    table = data.rindex(b"xref\n0 ")
    start = data.rindex(b"startxref")
    if wrong == b"xref gone":
        data = data[:table] + data[data.rindex(b"trailer") :]
    else:
        data = data[:start] + wrong + b"%%EOF\n"
    path.write_bytes(data)

    assert count_pages(path) == 1
    assert np.array_equal(_read(path), whole)


def _long_pdf(path: Path, pages: int) -> Path:
    """Many pages with an image each; the same image, written again for every page."""
    noise = np.random.default_rng(1).integers(0, 256, (330, 240), dtype=np.uint8)
    image = _jpeg(noise)
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = b" ".join(b"%d 0 R" % (3 + 3 * number) for number in range(pages))
    parts.append(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages))
    for number in range(pages):
        at = 3 + 3 * number
        parts.append(
            b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R /Resources "
            b"<< /XObject << /Im0 %d 0 R >> >> >>" % (MEDIA.encode(), at + 1, at + 2)
        )
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(COVER), COVER))
        parts.append(
            b"<< /Type /XObject /Subtype /Image /Width 240 /Height 330 /ColorSpace /DeviceGray "
            b"/BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream"
            % (len(image), image)
        )
    data, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(parts, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        start,
    )
    path.write_bytes(data)
    return path


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux for the memory used")
def test_a_long_pdf_is_read_in_flat_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _long_pdf(tmp_path / "a.pdf", 300)
    assert path.stat().st_size > 18_000_000
    monkeypatch.setattr(pdf_file, "_MOST_READ_BYTES", 1_000_000)
    for number in range(30):
        _read(path, number)
    before = _resident_bytes()

    for number in range(30, 300):
        _read(path, number)
    assert _resident_bytes() - before < 8_000_000


def test_a_page_read_again_is_taken_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(_image: object) -> Grey:
        raise AssertionError("left to pdfium, which takes longer")

    monkeypatch.setattr(pdf_images, "_decoded", decoded)
    path = _long_pdf(tmp_path / "a.pdf", 3)

    first = [_read(path, number) for number in (0, 1, 2)]
    for number in (2, 0, 1):
        assert np.array_equal(_read(path, number), first[number])


def test_the_file_is_opened_once_for_many_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _long_pdf(tmp_path / "a.pdf", 60)
    pdf_file.close_files()

    assert count_pages(path) == 60
    for number in range(60):
        _read(path, number)
    assert pdf_file._open.cache_info().misses == 1
    monkeypatch.setattr(pdf_file, "_MOST_READ_BYTES", 0)
    _read(path)
    assert pdf_file._open.cache_info().misses == 1  # of the file that was opened anew
    pdf_file.close_files()
