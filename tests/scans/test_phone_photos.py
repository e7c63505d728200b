"""Photographs made with a phone: read, or sent to a person, but never read wrongly in silence."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from phone_photo import Image, Sheet, Shot, photograph
from PIL import Image as PillowImage
from printed_office import CHOSEN, DPI, Printed, said

from omr.ledger.readings import SheetReading
from omr.marks import AnswerState, SheetStatus
from scans.pages import PageRef
from scans.read_page import read_image, read_page

_SIZE = (1800, 2400)  # one A5 sheet then has 10 px/mm


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


@dataclass(frozen=True)
class _Hand:
    """How badly people photograph: the most of everything."""

    tilt: float
    rise_mm: float
    shadow: float
    gloom: float
    barrel: float
    blur_px: float

    def photo(self, page: Image, seed: int) -> Image:
        rng = np.random.default_rng(seed)
        shot = Shot(
            size=_SIZE if seed % 3 else (_SIZE[1], _SIZE[0]),
            tilt=rng.uniform(0, self.tilt),
            from_side=rng.uniform(0, 360),
            turn=90.0 * int(rng.integers(4)) + rng.normal(0, 4),
            fills=rng.uniform(0.8, 0.97),
            barrel=rng.uniform(-self.barrel, self.barrel),
            shadow=rng.uniform(0, self.shadow),
            gloom=rng.uniform(0, self.gloom),
            blur_px=rng.uniform(0.4, self.blur_px),
            noise=rng.uniform(1, 4),
            seed=seed,
        )
        rise = rng.uniform(-self.rise_mm, self.rise_mm)
        return photograph(shot, Sheet(page, DPI, rise_mm=rise, rolled=rng.uniform(0, 180)))


_CAREFUL = _Hand(tilt=12, rise_mm=1.0, shadow=0.3, gloom=0.3, barrel=0.005, blur_px=0.8)
_HASTY = _Hand(tilt=22, rise_mm=4, shadow=0.5, gloom=0.5, barrel=0.02, blur_px=1.3)
_RECKLESS = _Hand(tilt=35, rise_mm=15, shadow=0.7, gloom=0.6, barrel=0.04, blur_px=2.5)


def _is_right_or_asks(reading: SheetReading) -> bool:
    """Whether nothing stands without a person that was not marked."""
    return all(
        answer.state is AnswerState.DOUBTFUL or "|".join(answer.options) == CHOSEN.get(question, "")
        for question, answer in reading.answers.items()
    )


def _read(printed: Printed, hand: _Hand, seeds: range) -> list[SheetReading]:
    """One reading a photograph, each of them right or asked about."""
    readings = []
    for seed in seeds:
        (reading,) = read_image(hand.photo(printed.filled(), seed), printed.context)
        assert reading.serial in (None, printed.serials[0])
        assert _is_right_or_asks(reading), seed
        readings.append(reading)
    return readings


def test_a_careful_photograph_is_counted(printed: Printed) -> None:
    readings = _read(printed, _CAREFUL, range(5))

    assert all(reading.status is not SheetStatus.REFUSED for reading in readings)
    counted = [reading for reading in readings if reading.status is SheetStatus.COUNTED]
    assert len(counted) >= 4
    assert all(said(reading) == CHOSEN for reading in counted)


def test_most_hasty_photographs_are_not_refused(printed: Printed) -> None:
    readings = _read(printed, _HASTY, range(5))

    assert sum(reading.status is SheetStatus.REFUSED for reading in readings) <= 1


def test_a_reckless_photograph_is_never_read_wrongly_in_silence(printed: Printed) -> None:
    _read(printed, _RECKLESS, range(5))


@functools.cache
def _three(printed: Printed, seed: int) -> Image:
    """Three sheets on a table, the last one upside down."""
    places = [(-82.0, 0.0), (80.0, 4.0), (0.0, 226.0)]
    sheets = [
        Sheet(printed.filled(n), DPI, at_mm=at, turn=4.0 * n - 3 + 180 * (n == 2))
        for n, at in enumerate(places)
    ]
    shot = Shot(
        size=(2700, 3600),
        tilt=10,
        from_side=70.0 * seed,
        turn=3,
        fills=0.96,
        blur_px=0.5,
        seed=seed,
    )
    return photograph(shot, *sheets)


@pytest.mark.parametrize("seed", range(2))
def test_sheets_on_one_photograph_are_each_read_by_itself(printed: Printed, seed: int) -> None:
    readings = read_image(_three(printed, seed), printed.context)

    assert sorted(reading.serial or "" for reading in readings) == printed.serials
    assert all(reading.status is not SheetStatus.REFUSED for reading in readings)
    assert all(_is_right_or_asks(reading) for reading in readings)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_note_of_a_camera_about_which_side_is_up_is_followed(
    printed: Printed, tmp_path: Path, orientation: int
) -> None:
    """EXIF orientation 1 to 8, of which four are mirrored (EXIF 2.32, table 6)."""
    seen = _CAREFUL.photo(printed.filled(), 1)
    stored = {
        1: seen,
        2: seen[:, ::-1],
        3: seen[::-1, ::-1],
        4: seen[::-1],
        5: seen.T,
        6: np.rot90(seen, 1),
        7: np.rot90(seen.T, 2),
        8: np.rot90(seen, 3),
    }[orientation]
    about = PillowImage.Exif()
    about[0x0112] = orientation
    path = tmp_path / "photo.jpg"
    photo = PillowImage.fromarray(np.ascontiguousarray(stored))
    photo.save(path, quality=90, exif=about)

    (reading,) = read_page(PageRef(path, 0), printed.context).sheets

    assert reading.status is SheetStatus.COUNTED
    assert said(reading) == CHOSEN
