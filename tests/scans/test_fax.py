"""Our own decoder of whole Group 4 code against libtiff's, from which it differs in nothing."""

from __future__ import annotations

import numpy as np
import pytest
from make_tiff import fax_code
from numpy.typing import NDArray
from PIL import Image

from scans import fax
from scans.fax import _quickly


def _code(pixels: NDArray[np.uint8]) -> bytes:
    """The Group 4 code of black (0) and white (255) pixels in one strip, as libtiff writes it."""
    return fax_code(Image.fromarray(pixels).convert("1"))


def _picture(seed: int) -> NDArray[np.uint8]:
    """Blots of any size and density; every length of a run comes up sooner or later."""
    rng = np.random.default_rng(seed)
    width, height = int(rng.integers(16, 6000)), int(rng.integers(1, 40))
    blot = int(rng.integers(1, 400)) if seed % 2 else 1
    density = rng.choice([0.001, 0.01, 0.1, 0.5, 0.9, 0.999])
    dots = rng.random((height, -(-width // blot))) < density
    wide = np.repeat(dots, blot, axis=1)[:, :width]
    return np.where(wide, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(60))
def test_whole_code_gives_the_pixels_that_it_was_made_of(seed: int) -> None:
    truth = _picture(seed)

    found = _quickly([_code(truth)], truth.shape[1], [len(truth)], black_is_dark=True)

    assert found is not None
    assert np.array_equal(found, truth)


def test_what_the_code_calls_black_may_be_light() -> None:
    truth = _picture(3)

    found = _quickly([_code(truth)], truth.shape[1], [len(truth)], black_is_dark=False)

    assert found is not None
    assert np.array_equal(found, 255 - truth)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_code_is_left_alone_or_decoded_as_libtiff_does(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = _picture(seed)
    code = bytearray(_code(truth))
    rng = np.random.default_rng(seed)
    code[int(rng.integers(len(code)))] ^= 1 << int(rng.integers(8))
    height, width = truth.shape

    quick = _quickly([bytes(code)], width, [height], black_is_dark=True)
    monkeypatch.setattr(fax, "_quickly", lambda *_code, **_words: None)
    careful = fax.decode_g4(bytes(code), width, height, black_is_dark=True)

    assert quick is None or (careful is not None and np.array_equal(quick, careful))


@pytest.mark.parametrize("rows", [-1, 1])
def test_code_of_more_or_fewer_rows_is_left_alone(rows: int) -> None:
    truth = _picture(5)
    height, width = truth.shape

    assert _quickly([_code(truth)], width, [height + rows], black_is_dark=True) is None


def test_code_without_its_end_or_with_nothing_in_it_is_left_alone() -> None:
    truth = _picture(7)
    height, width = truth.shape

    assert _quickly([_code(truth)[:-4]], width, [height], black_is_dark=True) is None
    assert _quickly([b""], width, [height], black_is_dark=True) is None


def test_no_code_of_a_run_begins_with_another() -> None:
    for codes in ((*fax._WHITE, *fax._WHITE_64), (*fax._BLACK, *fax._BLACK_64)):
        assert len(set(codes)) == len(codes)
        assert not any(b.startswith(a) for a in codes for b in codes if a != b)
