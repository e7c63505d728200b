"""Tinos: every Vietnamese letter, four different faces, files as they were published."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

import pytest

import omr
from omr.document_fonts import Serif, serif_font, serif_words
from omr.errors import UsageError

FONTS = Path(omr.__file__).parent / "data" / "fonts"
VOWELS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
LETTERS = [unicodedata.normalize("NFC", v + t) for v in VOWELS for t in TONES] + ["đ"]
VIETNAMESE = "".join(LETTERS) + "".join(LETTERS).upper()
# Of the files in Debian's fonts-croscore 20201225-1.
PUBLISHED = {
    "Tinos-Regular.ttf": "cf264a22292950ca1679b2ade07e9e6ecb26c649ab70975d0e113f979efa827a",
    "Tinos-Bold.ttf": "971d6af5fcb3a0c05535a92a635fb63a86ea5eb935639c9b864be33f3bfaba80",
    "Tinos-Italic.ttf": "0f949a3fa0e23cd0ca94a0c4784bd8f9efb99c20070b9f73b5fd592b49c092ad",
    "Tinos-BoldItalic.ttf": "0cd67b90617a03a69a815e758d0649d00f2be48a0cb570615e94e8e5a13aae2e",
}


@pytest.mark.parametrize("face", list(Serif))
def test_every_face_draws_every_vietnamese_letter(face: Serif) -> None:
    known = serif_font(face).face.charToGlyph
    assert len(set(VIETNAMESE)) == 146
    assert [letter for letter in VIETNAMESE + "–…“”0123456789" if ord(letter) not in known] == []


def test_the_faces_have_names_of_their_own() -> None:
    # Two faces of one name would be embedded once, and bold would print as regular.
    names = {serif_font(face).face.name.decode() for face in Serif}
    assert names == {face.value for face in Serif}


@pytest.mark.parametrize("file", PUBLISHED)
def test_the_files_are_unmodified_and_come_with_their_licence(file: str) -> None:
    assert hashlib.sha256((FONTS / file).read_bytes()).hexdigest() == PUBLISHED[file]
    licence = (FONTS / "OFL-Tinos.txt").read_text(encoding="utf-8")
    assert "Copyright 2010 Google Inc." in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_words_are_composed_and_letters_without_a_shape_refused() -> None:
    assert serif_words(unicodedata.normalize("NFD", "Ẩn Ưởng")) == "Ẩn Ưởng"
    with pytest.raises(UsageError, match="😀"):
        serif_words("Công an 😀")
