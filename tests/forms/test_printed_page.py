"""What really stands on the paper, seen in pictures of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from printed_pages import PX_PER_MM, manifest_lines, picture

from forms.frame import CLEAR_MM
from forms.printing import Printed, PrintOrder
from omr.codes import CodeBody, Verifier
from omr.geometry import PageRect
from omr.keys import Keyring
from omr.layout import Bubble
from omr.settings import Paper

try:
    from pyzbar import pyzbar
except ImportError:  # the system has no zbar library: the other decoder is checked alone
    pyzbar = None


INK = 200  # darker counts as ink; the outline's grey is 102


def crop(image: np.ndarray, box: PageRect, corner: tuple[float, float] = (0, 0)) -> np.ndarray:
    """The part of a page at *box* of the sheet whose corner is at *corner* mm."""
    x, y = (box.x_mm + corner[0]) * PX_PER_MM, (box.y_mm + corner[1]) * PX_PER_MM
    w, h = box.w_mm * PX_PER_MM, box.h_mm * PX_PER_MM
    return image[round(y) : round(y + h), round(x) : round(x + w)]


def ring_seen(image: np.ndarray, bubble: Bubble) -> tuple[float, float, float, float, float]:
    """Centre and mean diameter of the outline in mm; darkest ink beside and inside it."""
    ys, xs = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    x_mm = (xs + 0.5) / PX_PER_MM - bubble.centre.x_mm
    y_mm = (ys + 0.5) / PX_PER_MM - bubble.centre.y_mm
    radius = np.hypot(x_mm, y_mm)
    ink = 255.0 - image
    on_line = np.abs(radius - bubble.diameter_mm / 2) < 0.4
    weight = ink * on_line
    total = weight.sum()
    dx, dy = (weight * x_mm).sum() / total, (weight * y_mm).sum() / total
    mean_radius = (weight * np.hypot(x_mm - dx, y_mm - dy)).sum() / total
    edge = bubble.diameter_mm / 2 + 0.125
    pixel = 1 / PX_PER_MM  # antialiasing may grey one pixel beyond the edge
    beside = (radius > edge + 1.5 * pixel) & (radius < edge + CLEAR_MM - pixel)
    inside = radius < bubble.diameter_mm / 2 - 0.125 - 1.5 * pixel
    return dx, dy, 2 * mean_radius, ink[beside].max(), ink[inside].max()


@pytest.mark.parametrize("domain", ["GTDB", "L12"])
def test_every_bubble_stands_where_the_layout_says_in_a_clear_zone(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], domain: str
) -> None:
    wanted = order(domain, count=1)
    run(wanted)
    page = picture(wanted.out)

    for question in wanted.typeset.layout.questions:
        for bubble in question.bubbles:
            name = (question.id, bubble.option)
            at, reach = bubble.centre, 3.6
            box = PageRect(at.x_mm - reach, at.y_mm - reach, 2 * reach, 2 * reach)
            left, top = round(box.x_mm * PX_PER_MM), round(box.y_mm * PX_PER_MM)
            part = page[top : top + 90, left : left + 90]
            shifted = Bubble(
                bubble.option,
                type(at)(at.x_mm - left / PX_PER_MM, at.y_mm - top / PX_PER_MM),
                bubble.diameter_mm,
            )
            dx, dy, diameter, beside, inside = ring_seen(part, shifted)
            assert math.hypot(dx, dy) < 0.1, name
            assert diameter == pytest.approx(bubble.diameter_mm, abs=0.1), name
            assert beside == 0, name
            assert inside == 0, name


def test_outlines_survive_a_scan_in_black_and_white(
    order: Callable[..., PrintOrder], run: Callable[..., Printed]
) -> None:
    wanted = order(count=1)
    run(wanted)
    page = picture(wanted.out, px_per_mm=8)
    at = wanted.typeset.layout.question("a1").bubbles[0].centre
    around = [
        page[
            round((at.y_mm + 2.25 * math.sin(turn)) * 8 - 0.5),
            round((at.x_mm + 2.25 * math.cos(turn)) * 8 - 0.5),
        ]
        for turn in np.linspace(0, 2 * math.pi, 72, endpoint=False)
    ]
    assert np.mean(np.array(around) < 170) > 0.9  # dark enough for a threshold of two thirds


def test_both_codes_are_read_by_every_decoder_and_carry_our_signature(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], keyring: Keyring
) -> None:
    wanted = order(count=3)
    printed = run(wanted)

    for page in range(3):
        image = picture(wanted.out, page, px_per_mm=8)
        for code in wanted.typeset.layout.codes:
            zone = code.grown(2.76)
            x, y, side = (round(v * 8) for v in (zone.x_mm, zone.y_mm, zone.w_mm))
            part = np.ascontiguousarray(image[y : y + side, x : x + side])
            (seen,) = zxingcpp.read_barcodes(part)
            if pyzbar is not None:
                (also,) = pyzbar.decode(part)
                assert also.data.decode() == seen.text
            body = Verifier(keyring).verify(seen.text)
            assert isinstance(body, CodeBody)
            assert body.number == printed.run.first + page
            assert (body.campaign, body.layout) == (2026, printed.run.layout_id[:6])
            assert (body.unit, body.domain) == (
                printed.run.unit_number,
                printed.run.domain_number,
            )


def test_around_the_codes_and_fiducials_the_paper_is_white(
    order: Callable[..., PrintOrder], run: Callable[..., Printed]
) -> None:
    wanted = order(count=1)
    run(wanted)
    page = picture(wanted.out)
    layout = wanted.typeset.layout
    squares = [(code, 2.7) for code in layout.codes]
    for f in layout.fiducials:
        half = f.size_mm / 2
        box = PageRect(f.centre.x_mm - half, f.centre.y_mm - half, f.size_mm, f.size_mm)
        squares.append((box, 1.15))
    for square, quiet in squares:
        zone = square.grown(quiet)
        ring = crop(page, zone).astype(int).copy()
        inner = round((quiet - 0.1) * PX_PER_MM)
        ring[inner:-inner, inner:-inner] = 255
        assert ring.min() == 255


@pytest.mark.parametrize("paper", list(Paper))
def test_fiducials_are_found_at_the_places_in_layout_and_manifest(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], paper: Paper
) -> None:
    wanted = order(paper=paper, count=3)
    run(wanted)
    detector = cv2.aruco.ArucoDetector(
        cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), cv2.aruco.DetectorParameters()
    )
    layout = wanted.typeset.layout

    for line in manifest_lines(wanted.manifest or Path()):
        page = picture(wanted.out, line["pdf_page"])
        sheet = PageRect(0, 0, layout.width_mm, layout.height_mm)
        part = crop(page, sheet, (line["x_mm"], line["y_mm"]))
        corners, ids, _rejected = detector.detectMarkers(part)
        seen = dict(zip(np.ravel(ids).tolist(), corners, strict=True))
        assert sorted(seen) == [0, 1, 2, 3]
        for fiducial in layout.fiducials:
            centre = (seen[fiducial.marker][0].mean(axis=0) + 0.5) / PX_PER_MM
            at = fiducial.centre
            assert math.hypot(centre[0] - at.x_mm, centre[1] - at.y_mm) < 0.1


def test_two_up_sheets_carry_the_serials_of_the_manifest(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], keyring: Keyring
) -> None:
    wanted = order(paper=Paper.A4_TWO_UP, count=5)
    run(wanted)
    lines = manifest_lines(wanted.manifest or Path())

    assert [(line["pdf_page"], line["x_mm"]) for line in lines] == [
        (0, 0.0), (0, 148.5), (1, 0.0), (1, 148.5), (2, 0.0),
    ]  # fmt: skip
    for line in lines:
        page = picture(wanted.out, line["pdf_page"])
        for code in wanted.typeset.layout.codes:
            part = crop(page, code.grown(2.7), (line["x_mm"], line["y_mm"]))
            (seen,) = zxingcpp.read_barcodes(np.ascontiguousarray(part))
            body = Verifier(keyring).verify(seen.text)
            assert isinstance(body, CodeBody)
            assert body.number == int(line["serial"].split("-")[2])


def test_no_long_upright_line_looks_like_a_dirty_scanner(
    order: Callable[..., PrintOrder], run: Callable[..., Printed]
) -> None:
    wanted = order(count=1)
    run(wanted)
    image = picture(wanted.out)
    for code in wanted.typeset.layout.codes:  # chance puts a dozen dark modules in a column
        crop(image, code)[:] = 255
    page = image < INK
    upright = cv2.morphologyEx(
        page.astype(np.uint8), cv2.MORPH_OPEN, np.ones((round(8 * PX_PER_MM), 1), np.uint8)
    )
    assert not upright.any()


def test_a_sheet_more_costs_less_than_two_kilobytes(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], tmp_path: Path
) -> None:
    small, large = (order(count=n, out=tmp_path / f"{n}.pdf") for n in (1, 41))
    run(small)
    run(large)
    growth = large.out.stat().st_size - small.out.stat().st_size
    assert growth / 40 < 2048
