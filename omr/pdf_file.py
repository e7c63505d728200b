"""PDF files for print and archive: each page goes to the file as soon as it is finished.

reportlab keeps all pages until the end and then builds the file in memory; a run of ten
thousand sheets took 120 MB. Here a finished page leaves a few bytes behind: where it starts.

The file is made to be PDF/A-2b (ISO 19005-2): fonts embedded, no transparency, a colour
profile as output intent, and a description of the document in XMP.
"""

from __future__ import annotations

import zlib
from array import array
from datetime import UTC, datetime
from typing import BinaryIO
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import (
    XMP,
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFError,
    PDFInfo,
    PDFName,
    PDFObject,
    PDFObjectReference,
    PDFPage,
    PDFStream,
    PDFString,
    PDFTrailer,
)
from reportlab.pdfgen.canvas import Canvas

from omr.colour_profiles import ColourProfile

VIETNAMESE = "vi-VN"
PRODUCER = "omr-surveys (ReportLab)"
_END = b"endstream\n"


def open_canvas(
    file: BinaryIO,
    *,
    size: tuple[float, float],
    title: str,
    first_font: str,
    profile: ColourProfile,
    language: str = VIETNAMESE,
    made: datetime | None = None,
) -> Canvas:
    """A canvas whose pages go to *file* one by one; ``save`` ends the file.

    Only registered fonts may be used on it, since the faces that every PDF viewer brings
    along are not embedded.

    Args:
        file: Open for writing; it need not be seekable.
        size: Width and height of the first page, points.
        title: The document's title.
        first_font: The registered font that pages begin with.
        profile: What the colours mean: grey alone, or grey and RGB.
        language: Of the document, as in BCP 47.
        made: With its time zone, where equal contents are to give equal bytes; else now.
    """
    rl_config.useA85 = 0  # text encoding of compressed streams would cost a quarter
    canvas = Canvas(file, pagesize=size, pageCompression=1, initialFontName=first_font)
    canvas._doc = _StreamedDocument(file, profile, language, made)  # noqa: SLF001 - reportlab has no other way in
    canvas.setTitle(title)
    # Scaled to fit, a page would be some 3 % too small: say so to the print dialogue.
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    return canvas


class _StreamedDocument(PDFDocument):  # type: ignore[misc]  # reportlab ships no types
    """Writes what is finished; keeps the objects that pages share until the end.

    ``addPage`` and ``format`` are what reportlab's canvas calls; the rest is its own.
    """

    def __init__(
        self, file: BinaryIO, profile: ColourProfile, language: str, made: datetime | None
    ) -> None:
        # "Invariant" for reportlab: neither the clock nor chance is in the file's identifier.
        super().__init__(
            compression=1, pdfVersion=(1, 7), lang=language, invariant=None if made is None else 1
        )
        self._file = file
        self._length = 0  # of the file so far
        self._starts = array("Q", [0])  # where each object lies, by number; 0: not written yet
        self._page_numbers = array("L")  # the pages' numbers as objects
        self._referred_page = 0  # number of the present page as an object, once it is referred to
        made = (made or datetime.fromtimestamp(self._timeStamp.t, UTC)).astimezone(UTC)
        self.info = _Info(made)
        catalog = self.Catalog
        catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
        catalog.OutputIntents = PDFArray([self._output_intent(profile)])
        catalog.Metadata = XMP(creator=lambda _doc: _description(self.info.title, made, language))
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")  # the second line says: not plain text

    def addPage(self, page: PDFPage) -> None:  # noqa: N802 - reportlab's name
        """Write *page* and forget it."""
        kind = PDFDictionary({"Filter": PDFName("FlateDecode")})
        content = PDFStream(kind, zlib.compress(page.stream.encode("latin-1")))
        page.Contents = f"{self._put(self._new_number(), content)} 0 R"
        page.Trans = None
        number = self._referred_page or self._new_number()
        self._referred_page = 0
        self._page_numbers.append(self._put(number, page))
        self.pageCounter += 1
        self.inObject = None

    def thisPageRef(self) -> PDFObjectReference:  # noqa: N802 - reportlab's name
        """How bookmarks point to the present page."""
        self._referred_page = self._referred_page or self._new_number()
        name = f"Page{self.pageCounter}"
        self.idToObjectNumberAndVersion[name] = (self._referred_page, 0)
        return PDFObjectReference(name)

    def format(self) -> bytes:
        """Write what all pages share and where everything lies.

        Returns:
            Nothing more to write.
        """
        self.Pages.pages = [f"{number} 0 R" for number in self._page_numbers]
        root, info = self.Reference(self.Catalog), self.Reference(self.info)
        # Formatting one object may register others.
        while left := [number for number in self.numberToId if not self._written(number)]:
            for number in left:
                self._put(number, self.idToObject[self.numberToId[number]])
        if 0 in self._starts[1:]:
            raise PDFError("an object of the file was never written")
        begins = self._length
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._starts))
        for start in self._starts[1:]:
            self._write(b"%010d 00000 n \n" % start)
        trailer = PDFTrailer(begins, Size=len(self._starts), Root=root, Info=info, ID=self.ID())
        self._write(trailer.format(self))
        return b""

    def _output_intent(self, profile: ColourProfile) -> PDFDictionary:
        """What grey, or RGB, means here (ISO 19005-2, 6.2.3)."""
        stream = PDFStream(PDFDictionary({"N": profile.channels}), profile.data)
        return PDFDictionary(
            {
                "Type": PDFName("OutputIntent"),
                "S": PDFName("GTS_PDFA1"),
                "OutputConditionIdentifier": PDFString(profile.name),
                "Info": PDFString(profile.name),
                "DestOutputProfile": self.Reference(stream),
            }
        )

    def _new_number(self) -> int:
        self.objectcounter += 1
        return int(self.objectcounter)

    def _written(self, number: int) -> bool:
        return number < len(self._starts) and self._starts[number] > 0

    def _put(self, number: int, content: PDFObject) -> int:
        """Write an object; returns its number."""
        body: bytes = content.format(self)
        if body.endswith(_END):  # ISO 19005-2, 6.1.7.1 wants a line end before it
            body = body.removesuffix(_END) + b"\n" + _END
        missing = number + 1 - len(self._starts)
        self._starts.extend([0] * missing)
        self._starts[number] = self._length
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body.rstrip(b"\n")))
        return number

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._length += len(data)


class _Info(PDFInfo):  # type: ignore[misc]  # reportlab ships no types
    """The same facts as in XMP, for programs that do not read that, and no others."""

    def __init__(self, made: datetime) -> None:
        super().__init__()
        self._made = made

    def format(self, document: PDFDocument) -> bytes:
        stamp = PDFString(f"{self._made:D:%Y%m%d%H%M%S}+00'00'")
        facts = {
            "Title": PDFString(self.title),
            "Producer": PDFString(PRODUCER),
            "CreationDate": stamp,
            "ModDate": stamp,
        }
        formatted: bytes = PDFDictionary(facts).format(document)
        return formatted


def _description(title: str, made: datetime, language: str) -> bytes:
    """The document's description in XMP (ISO 16684-1), with its claim to be PDF/A-2b."""
    stamp = f"{made:%Y-%m-%dT%H:%M:%S}+00:00"
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{escape(language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{stamp}</xmp:CreateDate>
<xmp:ModifyDate>{stamp}</xmp:ModifyDate>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
""".encode()
