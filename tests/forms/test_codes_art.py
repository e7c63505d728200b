"""Patterns as rectangles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp

from forms.codes_art import Run, code_runs, fiducial_runs, link_runs

TEXT = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:AB"


def painted(runs: list[Run], side: int) -> np.ndarray:
    image = np.full((side, side), 255, np.uint8)
    for column, row, columns, rows in runs:
        image[row : row + rows, column : column + columns] = 0
    return image


@pytest.mark.parametrize("marker", range(4))
def test_fiducials_are_those_of_the_detectors_dictionary(marker: int) -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    wanted = cv2.aruco.generateImageMarker(dictionary, marker, 6)
    assert np.array_equal(painted(fiducial_runs(marker), 6), wanted)


def test_a_code_reads_back_as_version_3_with_level_q() -> None:
    image = painted(code_runs(TEXT), 29)
    large = np.pad(np.kron(image, np.ones((8, 8), np.uint8)), 40, constant_values=255)
    (seen,) = zxingcpp.read_barcodes(large)
    assert seen.text == TEXT
    assert seen.ec_level == "Q"


@pytest.mark.parametrize("length", [1, 60, 150, 300])
def test_a_public_code_reads_back_at_level_m_or_better(length: int) -> None:
    url = "https://danhgia.haiphong.gov.vn/?u=HP-PC08&x=" + "a" * length
    side, runs = link_runs(url, 6)
    large = np.pad(np.kron(painted(runs, side), np.ones((4, 4), np.uint8)), 20, constant_values=255)
    (seen,) = zxingcpp.read_barcodes(large)
    assert seen.text == url
    assert seen.ec_level in {"M", "Q", "H"}
    assert side >= 17 + 4 * 6


def test_an_address_that_no_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        link_runs("https://a.vn/" + "a" * 4000, 6)


def test_other_text_than_a_signed_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r".+"):
        code_runs("lower case does not fit the alphabet")
    with pytest.raises(ValueError, match=r".+"):
        code_runs(TEXT * 3)
