"""The pages by which decoders are tried: whole, read here, and missed where a decoder fails."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from make_decoder_samples import code_picture, made_samples

from scans import decoder_check
from scans.decoder_check import FOLDER, SAMPLES, broken_decoders, code_readers
from scans.pages import PageRef, load_page


def test_every_decoder_reads_its_page_here() -> None:
    assert broken_decoders() == []
    assert code_readers()["zxing-cpp"] is True


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_shows_the_picture_that_was_put_in(sample: decoder_check.Sample) -> None:
    page = load_page(PageRef(FOLDER / sample.name, 0))
    assert isinstance(page, np.ndarray)
    truth = code_picture()
    small = cv2.resize(page, truth.shape[::-1], interpolation=cv2.INTER_AREA)

    assert np.abs(small.astype(int) - truth).mean() < 12


def test_the_samples_can_be_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_samples(tmp_path)
    monkeypatch.setattr(decoder_check, "FOLDER", tmp_path)

    assert broken_decoders() == []


def test_a_decoder_that_fails_lies_or_gives_another_size_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    true_load = decoder_check.load_page

    def load(ref: PageRef) -> object:
        match ref.path.name:
            case "jpeg2000.pdf":
                raise RuntimeError("no such codec\nsecond line")
            case "fax.tif":
                return np.full((232, 232), 255, np.uint8)
            case "grey.jpg":
                return np.full((50, 50), 255, np.uint8)
        return true_load(ref)

    monkeypatch.setattr(decoder_check, "load_page", load)

    assert {each.kind: each.why for each in broken_decoders()} == {
        "PDF (JPEG 2000)": "RuntimeError: no such codec",
        "TIFF (G4)": "the picture is not the one that was put in",
        "JPEG": "the picture has another size: 50 by 50 px",
    }


def test_a_missing_reader_of_codes_is_told_from_a_failing_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decoder_check, "read_by_each", lambda _page: {"one": None, "two": []})

    assert code_readers() == {"one": None, "two": False}
