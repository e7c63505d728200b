"""What a PDF says: its words in reading order, and what kind of file it is."""

from __future__ import annotations

import re
import unicodedata
import zlib

import pypdfium2 as pdfium


def pages_of(data: bytes) -> list[str]:
    """The words of each page, with single blanks; they are in NFC already."""
    with pdfium.PdfDocument(data) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    assert all(text == unicodedata.normalize("NFC", text) for text in texts)
    return [" ".join(text.split()) for text in texts]


def text_of(data: bytes) -> str:
    return " ".join(pages_of(data))


def bookmarks(data: bytes) -> list[str]:
    with pdfium.PdfDocument(data) as document:
        return [mark.get_title() for mark in document.get_toc()]


def title(data: bytes) -> str:
    with pdfium.PdfDocument(data) as document:
        return str(document.get_metadata_value("Title"))


def bookmark_pages(data: bytes) -> list[int | None]:
    """The page (from 0) that each bookmark leads to."""
    with pdfium.PdfDocument(data) as document:
        places = [mark.get_dest() for mark in document.get_toc()]
        return [None if place is None else place.get_index() for place in places]


def archive_faults(data: bytes) -> list[str]:
    """What PDF/A-2b (ISO 19005-2) forbids or misses, as far as dictionaries tell."""
    said = re.sub(rb"stream\n.*?endstream", b"", data, flags=re.DOTALL)
    bad = (b"Encrypt", b"SMask", b"ca", b"CA", b"Group", b"JavaScript", b"URI", b"Type1")
    wanted = (b"OutputIntents", b"Metadata", b"Lang", b"Outlines")
    faults = [key.decode() for key in bad if re.search(rb"/%b[ \n/]" % key, said)]
    faults += [f"no {key.decode()}" for key in wanted if b"/%b " % key not in said]
    fonts = re.findall(rb"/BaseFont /([\w+-]+)", said)
    programs = said.count(b"/FontFile2")
    if not fonts or programs != len(set(fonts)):
        faults.append(f"{len(fonts)} fonts, {programs} embedded")
    if not all(re.fullmatch(rb"[A-Z]{6}\+Tinos[\w-]*", name) for name in fonts):
        faults.append("foreign fonts")
    profile = [body for body in _streams(data) if body[36:40] == b"acsp"]
    if len(profile) != 1 or profile[0][16:20] != b"RGB ":
        faults.append("no RGB profile")
    return faults


def _streams(data: bytes) -> list[bytes]:
    found = []
    for body in re.findall(rb"stream\n(.*?)\nendstream", data, flags=re.DOTALL):
        try:
            found.append(zlib.decompress(body))
        except zlib.error:
            found.append(body)
    return found
