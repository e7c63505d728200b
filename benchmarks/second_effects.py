"""What befalls the print, the paper and the scan: effects of augraphy (MIT), at random.

Chosen are those that happen to office paper; glare, moire, books and screens are not among
them. Ranges are augraphy's own unless a comment says why not. augraphy draws from four random
generators (random, numpy, OpenCV's, and numba's own pair in each of its threads): with all of
them seeded and one numba thread, the same seed gives the same bytes.
"""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_MOST_AT_ONCE = 4


class Phase(IntEnum):
    """When an effect happens."""

    PRINT = 0  # before the person: the marks are not touched
    PAPER = 1
    SCAN = 2


@dataclass(frozen=True, slots=True)
class Effect:
    """One augmentation: when, how often relative to the others, and with which words."""

    name: str
    phase: Phase
    weight: float
    words: Callable[[np.random.Generator], Mapping[str, Any]] = lambda _rng: {}


def _folding(rng: np.random.Generator) -> Mapping[str, Any]:
    # A scanner's lid flattens a fold: it moves print by 0.2 to 1 mm, not by 2 to 4.
    return {"fold_count": int(rng.integers(1, 4)), "gradient_height": (0.001, 0.005)}


def _letterpress(rng: np.random.Generator) -> Mapping[str, Any]:
    # From a few bare spots to augraphy's own, which leaves little of any print, codes included.
    most = int(np.exp(rng.uniform(np.log(20), np.log(800))))
    return {"n_samples": (most // 2, most), "n_clusters": (most // 2, most)}


def _drum(rng: np.random.Generator) -> Mapping[str, Any]:
    # As much dirt as augraphy draws, and less: every sheet under the default is unusable.
    return {
        "line_concentration": float(rng.uniform(0.01, 0.1)),
        "noise_intensity": float(rng.uniform(0.1, 0.6)),
    }


def _turned(rng: np.random.Generator) -> Mapping[str, Any]:
    middle = 180 if rng.random() < 0.15 else 0
    return {"rotate_range": (middle - 4, middle + 4)}


EFFECTS = (
    Effect("InkBleed", Phase.PRINT, 2.0),
    Effect("Letterpress", Phase.PRINT, 2.0, _letterpress),
    Effect("InkMottling", Phase.PRINT, 1.0),
    Effect("LowInkRandomLines", Phase.PRINT, 1.0),
    Effect("LowInkPeriodicLines", Phase.PRINT, 1.0),
    Effect("LinesDegradation", Phase.PRINT, 0.5),
    Effect("BrightnessTexturize", Phase.PAPER, 1.0),
    Effect("NoiseTexturize", Phase.PAPER, 1.0),
    Effect("ColorPaper", Phase.PAPER, 1.0),
    Effect("Stains", Phase.PAPER, 1.0),
    Effect("BleedThrough", Phase.PAPER, 1.0),
    Effect("Folding", Phase.PAPER, 2.0, _folding),
    Effect("WaterMark", Phase.PAPER, 0.5),  # as a stamp over the page
    Effect("BindingsAndFasteners", Phase.PAPER, 0.5),
    Effect("Geometric", Phase.SCAN, 3.0, _turned),
    Effect("PageBorder", Phase.SCAN, 1.0),
    # Feed slips: up to three of up to three lines (0.4 mm) each; augraphy's own cut 9 mm out.
    Effect(
        "Squish",
        Phase.SCAN,
        0.5,
        lambda _rng: {"squish_number_range": (1, 3), "squish_distance_range": (1, 3)},
    ),
    Effect("DirtyRollers", Phase.SCAN, 1.5),
    Effect("DirtyDrum", Phase.SCAN, 1.5, _drum),
    Effect("NoisyLines", Phase.SCAN, 1.0),
    Effect("BadPhotoCopy", Phase.SCAN, 2.0),
    Effect("ShadowCast", Phase.SCAN, 1.5),
    Effect("LightingGradient", Phase.SCAN, 1.5),
    Effect("LowLightNoise", Phase.SCAN, 0.5),
    Effect("Gamma", Phase.SCAN, 1.0),
    Effect("Brightness", Phase.SCAN, 1.0),
    Effect("SubtleNoise", Phase.SCAN, 1.0),
    Effect("Faxify", Phase.SCAN, 1.0),
    Effect("Jpeg", Phase.SCAN, 1.5),
)


def draw_effects(rng: np.random.Generator) -> list[Effect]:
    """One to four effects for a page, in the order in which they happen."""
    weights = np.array([effect.weight for effect in EFFECTS])
    count = int(rng.integers(1, _MOST_AT_ONCE + 1))
    found = rng.choice(len(EFFECTS), count, replace=False, p=weights / weights.sum())
    return [EFFECTS[index] for index in sorted(int(one) for one in found)]


def apply(page: NDArray[Any], effects: Sequence[Effect], seed: Sequence[int]) -> NDArray[Any]:
    """*page* after *effects*.

    Args:
        page: uint8 (h, w, 3).
        effects: In order.
        seed: Of all that is drawn; each effect's draws do not depend on the others'.

    Returns:
        uint8, (h, w, 3) or (h, w).
    """
    if not effects:
        return page
    augraphy = _augraphy()
    for effect in effects:
        rng = np.random.default_rng([*seed, *effect.name.encode()])
        words = effect.words(rng)
        _seed_all(int(rng.integers(2**31)))
        with warnings.catch_warnings():  # of divisions by nothing in textures
            warnings.simplefilter("ignore")
            page = getattr(augraphy, effect.name)(**words, p=1)(page.copy(), force=True)
        page = np.ascontiguousarray(page)
    return page


def augraphy_version() -> str:
    """The release of augraphy that is installed."""
    return version("augraphy")


@cache
def _augraphy() -> Any:
    os.environ["NUMBA_NUM_THREADS"] = "1"  # each thread draws from a generator of its own
    import augraphy  # noqa: PLC0415 - seconds; and most of this benchmark's tests do without

    return augraphy


@cache
def _seeders() -> tuple[Callable[[int], None], Callable[[int], None]]:
    """Functions that seed numba's generators: of the calling thread, and of its worker."""
    _augraphy()
    from numba import njit, prange  # noqa: PLC0415

    def here(seed: int) -> None:
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - that is what numba's code draws from

    def there(seed: int) -> None:
        for _turn in prange(2):
            random.seed(seed)
            np.random.seed(seed)  # noqa: NPY002

    return njit(here), njit(parallel=True)(there)


def _seed_all(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - augraphy draws from it
    cv2.setRNGSeed(seed)
    for seeder in _seeders():
        seeder(seed)
