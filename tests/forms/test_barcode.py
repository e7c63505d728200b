"""Barcodes that scanners read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.artwork import Pattern
from forms.barcode import LEAST_MODULE_MM, MODULE_MM, QUIET_MODULES, barcode
from omr.geometry import PagePoint
from omr.pads import Pad, parse_pad

try:
    from pyzbar import pyzbar
except ImportError:  # the system has no zbar library: the other decoder is checked alone
    pyzbar = None


def bars_of(text: str, room_mm: float = 120.0) -> Pattern:
    return barcode(text, PagePoint(10.0, 20.0), height_mm=12.0, room_mm=room_mm)


def picture(bars: Pattern, px: int = 4) -> np.ndarray:
    """The bars with their quiet zones, *px* pixels a module."""
    line = np.full((bars.columns + 2 * QUIET_MODULES) * px, 255, np.uint8)
    for column, _row, width, _height in bars.runs:
        start = (QUIET_MODULES + column) * px
        line[start : start + width * px] = 0
    return np.repeat(line[None, :], 60, axis=0)


def zxing(image: np.ndarray) -> list[str]:
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
    return [found.text for found in zxingcpp.read_barcodes(image, formats=formats)]


def zbar(image: np.ndarray) -> list[str]:
    if pyzbar is None:
        pytest.skip("the system has no zbar library")
    symbols: list[Any] = pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.CODE128])
    return [symbol.data.decode() for symbol in symbols]


@settings(deadline=None, max_examples=40)
@given(
    domain=st.from_regex(r"[A-Z][A-Z0-9]{0,9}", fullmatch=True),
    year=st.integers(2000, 2099),
    number=st.integers(1, 999_999),
)
def test_every_pads_name_can_be_read_from_its_bars(domain: str, year: int, number: int) -> None:
    pad = Pad(domain, year, number, 1, 50)
    bars = bars_of(str(pad))

    assert zxing(picture(bars)) == [str(pad)]
    assert parse_pad(str(pad)).number == number
    assert bars.box.w_mm <= 120.0 + 1e-9


@pytest.mark.parametrize("read", [zxing, zbar])
def test_both_decoders_agree(read: Callable[[np.ndarray], list[str]]) -> None:
    assert read(picture(bars_of("GTDB-26-Q0003-U"))) == ["GTDB-26-Q0003-U"]


def test_bars_begin_and_end_at_the_edges_of_their_box() -> None:
    bars = bars_of("GTDB-26-Q0003-U")
    last, _row, width, _height = bars.runs[-1]

    assert bars.runs[0][0] == 0
    assert last + width == bars.columns
    assert bars.box.w_mm == pytest.approx(bars.columns * MODULE_MM)
    assert (bars.box.x_mm, bars.box.y_mm, bars.box.h_mm) == (10.0, 20.0, 12.0)


def test_modules_shrink_to_the_room_and_no_further_than_scanners_see() -> None:
    modules = bars_of("GTDB-26-Q0003-U").columns

    assert bars_of("GTDB-26-Q0003-U", room_mm=70.0).box.w_mm == pytest.approx(70.0)
    with pytest.raises(ValueError, match="modules in"):
        bars_of("GTDB-26-Q0003-U", room_mm=modules * LEAST_MODULE_MM - 0.1)


@pytest.mark.parametrize("text", ["", "QUYỂN-1"])
def test_what_a_barcode_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="barcode"):
        bars_of(text)
