"""The PDF as a file: archival, searchable, and written page by page."""

from __future__ import annotations

import io
import re
import tracemalloc
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from xml.etree import ElementTree as ET

import pypdfium2 as pdfium
import pytest

from forms.artwork import Text
from forms.draw import FormsPdf
from forms.fonts import Face
from forms.pdf_file import open_canvas
from forms.typeset import Typeset, typeset
from omr.colour_profiles import grey_profile
from omr.geometry import PagePoint
from omr.links import Link
from omr.survey import Role, Survey
from omr.survey_file import shipped_survey

DOMAINS = [domain.id for domain in shipped_survey().domains]
TWIN = Link("", "https://danhgia.vn/?dv=HP-PC08", "danhgia.vn/pc08")
CODE_TEXT = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:AB"
TITLE = "Phiếu <Giao thông> & 000001"
CORNER = PagePoint(0.0, 0.0)


def printed(form: Typeset, sheets: int = 1, file: io.BytesIO | None = None) -> bytes:
    file = file or io.BytesIO()
    art = FormsPdf(
        file, form, unit="PC08 Ẫ", page_width_mm=148.0, page_height_mm=210.0, title=TITLE
    )
    for number in range(sheets):
        art.sheet(f"Số: GTDB-26-{number + 1:06d}-D", CODE_TEXT, CORNER)
        art.end_page()
    art.save()
    return file.getvalue()


@pytest.fixture(scope="module")
def form() -> Typeset:
    survey = shipped_survey()
    return typeset(survey, survey.domain("GTDB"), TWIN)


@pytest.fixture(scope="module")
def data(form: Typeset) -> bytes:
    return printed(form, sheets=3)


def objects(data: bytes) -> dict[int, bytes]:
    """Every object by its number, from where the table of the file says it is."""
    found = re.search(rb"startxref\n(\d+)\n%%EOF\n$", data)
    assert found
    table = data[int(found[1]) :]
    head = re.match(rb"xref\n0 (\d+)\n", table)
    assert head
    entries = table[head.end() :][: 20 * int(head[1])]
    objects = {}
    for number in range(1, int(head[1])):
        entry = entries[20 * number : 20 * number + 20]
        assert re.fullmatch(rb"\d{10} 00000 n \n", entry)
        begin = int(entry[:10])
        start = b"%d 0 obj\n" % number
        assert data[begin:].startswith(start)
        objects[number] = data[begin + len(start) : data.index(b"\nendobj\n", begin)]
    return objects


def dictionaries(data: bytes) -> bytes:
    return b"\n".join(body.partition(b"stream\n")[0] for body in objects(data).values())


def stream(body: bytes) -> bytes:
    """A stream's bytes as they stand; its length and its line ends are those of PDF/A."""
    head, content = body.split(b"\nstream\n", 1)
    assert content.endswith(b"\nendstream")
    content = content.removesuffix(b"\nendstream")
    length = re.search(rb"/Length (\d+)", head)
    assert length
    assert int(length[1]) == len(content)
    return zlib.decompress(content) if b"FlateDecode" in head else content


def referred(data: bytes, key: bytes, within: bytes | None = None) -> bytes:
    found = re.search(rb"/%b (\d+) 0 R" % key, within or data)
    assert found, key
    return objects(data)[int(found[1])]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_printed_phrase_can_be_found_and_copied(survey: Survey, domain: str) -> None:
    form = typeset(survey, survey.domain(domain), TWIN)
    with pdfium.PdfDocument(printed(form)) as document:
        text = document[0].get_textpage().get_text_range()

    assert text == unicodedata.normalize("NFC", text)
    flat = " ".join(text.split())
    drawn = [item.words for item in form.items if isinstance(item, Text)]
    asked = [option.label for q in survey.with_role(Role.PROFILE) for option in q.options]
    for words in [*drawn, *asked, "Số: GTDB-26-000001-D", "PC08 Ẫ", TWIN.short]:
        assert " ".join(words.split()) in flat


def test_the_file_has_language_title_and_true_size_when_printed(data: bytes) -> None:
    with pdfium.PdfDocument(data) as document:
        assert document.get_metadata_value("Title") == TITLE
        assert len(document) == 3
    catalog = referred(data, b"Root", data[data.rindex(b"trailer") :])
    assert b"/Lang (vi-VN)" in catalog
    preferences = referred(data, b"ViewerPreferences", catalog)
    assert b"/PrintScaling /None" in preferences


def test_the_description_claims_pdf_a_2b_and_agrees_with_the_file(data: bytes) -> None:
    catalog = referred(data, b"Root", data[data.rindex(b"trailer") :])
    described = referred(data, b"Metadata", catalog)
    assert b"/Filter" not in described.partition(b"stream")[0]
    root = ET.fromstring(stream(described).decode("utf-8"))  # noqa: S314 - we wrote it
    said = {node.tag.rpartition("}")[2]: (node.text or "").strip() for node in root.iter()}

    assert (said["part"], said["conformance"]) == ("2", "B")
    titles = [node.text for node in root.iter() if node.tag.endswith("}li")]
    assert titles == [TITLE, "vi-VN"]
    with pdfium.PdfDocument(data) as document:
        made = document.get_metadata_value("CreationDate")
        assert document.get_metadata_value("Producer") == said["Producer"]
    assert re.sub(r"\D", "", said["CreateDate"])[:14] == made[2:16]
    assert said["ModifyDate"] == said["CreateDate"]


def test_what_an_archive_forbids_is_not_there(data: bytes) -> None:
    """ISO 19005-2: encryption, transparency, scripts, files elsewhere, fonts left out."""
    said = dictionaries(data) + data[data.rindex(b"trailer") :]
    for key in ("Encrypt", "SMask", "ca", "CA", "BM", "Group", "JavaScript", "JS", "AA", "OPI"):
        assert not re.search(rb"/%b[ \n/]" % key.encode(), said), key
    for key in ("Launch", "URI", "EmbeddedFile", "LZWDecode", "Type1", "Type3", "PS", "Trans"):
        assert not re.search(rb"/%b[ \n/]" % key.encode(), said), key
    assert re.search(rb"/ID\s*\[<[0-9a-f]{32}><[0-9a-f]{32}>\]", said)
    assert data.startswith(b"%PDF-1.7\n%")
    assert all(byte > 127 for byte in data[10:14])


def test_every_stream_is_as_long_as_it_says(data: bytes) -> None:
    streams = [body for body in objects(data).values() if b"\nstream\n" in body]
    assert len(streams) > 3 * 2
    assert all(stream(body) for body in streams)


def test_only_grey_is_used_and_the_file_says_which_grey(data: bytes) -> None:
    catalog = referred(data, b"Root", data[data.rindex(b"trailer") :])
    assert b"/S /GTS_PDFA1" in catalog
    profile = stream(referred(data, b"DestOutputProfile", catalog))
    assert profile == grey_profile().data
    for body in objects(data).values():
        if b"/BBox" in body or b"FlateDecode" in body:
            content = re.sub(rb"\([^)]*\)", b"", stream(body))
            assert not re.search(rb"(?<=[\d ]) (rg|RG|k|K|cs|CS|gs|sh)\b", content)


def test_fonts_are_embedded_as_subsets_under_their_own_names(data: bytes) -> None:
    fonts = [body for body in objects(data).values() if re.search(rb"/Type /Font\s", body)]
    names = {re.search(rb"/BaseFont /[A-Z]{6}\+([\w-]+)", font)[1].decode() for font in fonts}  # type: ignore[index]  # each has one
    assert names == {face.value for face in Face}
    for font in fonts:
        assert b"/Subtype /TrueType" in font
        assert b"/Encoding" not in font  # ISO 19005-2, 6.2.11.6: symbolic faces have none
        assert b"/ToUnicode" in font
        descriptor = referred(data, b"FontDescriptor", font)
        flags = int(re.search(rb"/Flags (\d+)", descriptor)[1])  # type: ignore[index]  # it has
        assert (flags & 4, flags & 32) == (4, 0)
        program = stream(referred(data, b"FontFile2", descriptor))
        assert len(program) < 20_000  # of 90 kB
        assert cmap_encodings(program) == [(1, 0)]


def cmap_encodings(program: bytes) -> list[tuple[int, int]]:
    """Platform and encoding of each character map of a TrueType font."""
    tables = int.from_bytes(program[4:6])
    for entry in range(12, 12 + 16 * tables, 16):
        if program[entry : entry + 4] == b"cmap":
            at = int.from_bytes(program[entry + 8 : entry + 12])
            count = int.from_bytes(program[at + 2 : at + 4])
            maps = (program[at + 4 + 8 * n : at + 8 + 8 * n] for n in range(count))
            return [(int.from_bytes(m[:2]), int.from_bytes(m[2:])) for m in maps]
    return []


def test_a_page_is_in_the_file_as_soon_as_it_is_finished(form: Typeset) -> None:
    file = io.BytesIO()
    art = FormsPdf(file, form, unit="", page_width_mm=148.0, page_height_mm=210.0, title="")
    lengths = [len(file.getvalue())]
    for _page in range(3):
        art.sheet("Số: GTDB-26-000001-D", CODE_TEXT, CORNER)
        art.end_page()
        lengths.append(len(file.getvalue()))
    growth = [after - before for before, after in pairwise(lengths)]
    assert all(1000 < more < 2000 for more in growth)


def sheets_drawn(form: Typeset, counts: tuple[int, int]) -> Iterator[int]:
    """The bytes of memory in use after so many sheets."""
    with open("/dev/null", "wb") as file:  # noqa: PTH123 - a file that keeps nothing
        art = FormsPdf(file, form, unit="", page_width_mm=148.0, page_height_mm=210.0, title="")
        for number in range(counts[1]):
            art.sheet("Số: GTDB-26-000001-D", CODE_TEXT, CORNER)
            art.end_page()
            if number + 1 in counts:
                yield tracemalloc.get_traced_memory()[0]


def test_a_page_more_takes_no_more_memory(form: Typeset) -> None:
    tracemalloc.start()
    try:
        few, many = sheets_drawn(form, (50, 250))
    finally:
        tracemalloc.stop()
    assert (many - few) / 200 < 64  # bytes a sheet: where it starts, its number


def test_a_file_without_seeking_will_do(form: Typeset, data: bytes) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_where: int) -> int:
            raise OSError("not seekable")

        tell: Callable[..., int] = seek

    assert len(printed(form, 3, Pipe())) == len(data)


def test_other_documents_of_ours_may_have_pages_of_several_sizes() -> None:
    file = io.BytesIO()
    canvas = open_canvas(file, width_mm=210.0, height_mm=297.0, title="Bảng")
    canvas.setFont(Face.BOLD.value, 20)
    canvas.drawString(72, 72, "Quét mã")
    canvas.showPage()
    canvas.setPageSize((300, 200))
    canvas.setFont(Face.ITALIC.value, 20)
    canvas.drawString(72, 72, "để góp ý")
    canvas.showPage()
    canvas.save()
    with pdfium.PdfDocument(file.getvalue()) as document:
        assert [tuple(map(round, page.get_size())) for page in document] == [(595, 842), (300, 200)]
        assert [page.get_textpage().get_text_range() for page in document] == [
            "Quét mã",
            "để góp ý",
        ]
