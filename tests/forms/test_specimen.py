"""A specimen looks like a form, says that it is none, and can never count."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from forms.proof import codes_on, page_count
from forms.specimen import SPECIMEN, specimen_pdf
from forms.typeset import typeset
from omr.codes import CodeFault, Verifier
from omr.keys import Keyring
from omr.serials import SerialMistyped, parse_serial
from omr.survey import Survey


@pytest.fixture
def pdf(survey: Survey) -> bytes:
    return specimen_pdf(typeset(survey, survey.domain("GTDB")), "PC08", 2026)


def words(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return str(document[0].get_textpage().get_text_range())


def test_both_codes_are_there_and_no_key_of_ours_signed_them(pdf: bytes, keyring: Keyring) -> None:
    texts = [code.text for code in codes_on(pdf, 0)]

    assert page_count(pdf) == 1
    assert len(texts) == 2
    assert set(map(Verifier(keyring).verify, texts)) == {CodeFault.SPECIMEN}


def test_two_specimens_have_different_codes(survey: Survey, pdf: bytes) -> None:
    other = specimen_pdf(typeset(survey, survey.domain("GTDB")), "PC08", 2026)
    assert codes_on(pdf, 0)[0].text != codes_on(other, 0)[0].text


def test_the_serials_place_says_specimen_and_no_serial(pdf: bytes) -> None:
    said = words(pdf)

    assert f"GTDB-26-{SPECIMEN}" in said
    assert "PC08" in said
    assert not re.search(r"[A-Z]+-\d\d-\d{6}", said)
    with pytest.raises(SerialMistyped):
        parse_serial(f"GTDB-26-{SPECIMEN}")


def test_a_unit_whose_name_does_not_fit_is_left_out(survey: Survey, tmp_path: Path) -> None:
    form = typeset(survey, survey.domain("L12"))
    assert "Phòng" not in words(specimen_pdf(form, "Phòng Cảnh sát " * 5, 2026))
