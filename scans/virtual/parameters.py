"""Every number the virtual scanner draws from, with where it came from. Frozen.

Change nothing here to make a reader look better: :func:`fingerprint` goes with published
results, so that two runs can be seen to have used the same paper, pens and scanners.

Origins, named in the comments below:

* ``[M]`` measured on ten real 300 dpi colour scans of filled forms (FormScanner's sample
  files: five questionnaires, five 220-bubble answer sheets, black and blue ball pen).
  Figures: paper clips to 255 with noise sd 0.3-0.5 levels, tile means 242-255; solid toner
  18-24 levels (p1-p99 9-51, sd 3.8-4.1); darkest 3 % of a mark 13-37 levels; mean colour of the
  darkest ink B,G,R = 18,18,24, so black ball pen dries brownish; ink covers 34-71 % of a
  32 px window around a 36 px bubble; single strokes 0.17-0.51 mm wide (p5-p95); edges rise
  from 10 to 90 % in 2.8 px across the feed and 2.4 px along it, that is a Gaussian of 0.093
  and 0.079 mm; 0-4 isolated specks of up to 6 px a page.
* ``[O]`` seen on seventeen real 1-bit scans (OpenMCR's tests): isolated black pixels, and pencil
  fills that break into a halftone-like pattern.
* ``[R]`` the ranges that the project's reliability study asks a fair simulation to cover (print
  scale, skew, feed stretch, paper reflectance, nib width, JPEG quality).
* ``[P]`` standard physics or motor-control literature: minimum-jerk movement (Flash and Hogan
  1985), physiological tremor of 8-12 Hz, Beer-Lambert absorption.
* ``[A]`` assumed, no measurement yet: an office may replace them by its own bench set.

What comes out, measured the same way on 24 simulated 300 dpi grey sheets (p25 / median / p75;
the real figure in brackets): edge across 2.5 / 2.7 / 3.1 px (2.8), along 2.2 / 2.5 / 2.8 px
(2.4); darkest 3 % of a fill 5 / 20 / 32 levels (24); solid toner 35 / 43 / 52 levels (18-24: ours
is paler, so contrast is not flattered), its noise 1.4 / 1.9 / 4.3 (4); noise of the paper
0.1 / 0.3 / 0.5 (0.4).
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Span:
    """A closed range that values are drawn from uniformly."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """One value of the range."""
        return float(rng.uniform(self.low, self.high))

    def at(self, share: float) -> float:
        """The value *share* (0..1) of the way up the range."""
        return self.low + (self.high - self.low) * share


# --- people's hands -------------------------------------------------------------------------
PATH_STEP_MM = 0.04  # well under the finest nib, so that deposits merge into a line
TREMOR_MM = Span(0.01, 0.07)  # [P] amplitude on paper of a resting to an old hand
TREMOR_WAVE_MM = Span(1.2, 3.5)  # [P] 8-12 Hz at 12-35 mm/s writing speed
STROKE_OVERLAP = Span(0.15, 0.45)  # [P] share of a movement during which the next has begun
AIM_ERROR_BUBBLES = 0.07  # [M] sd of a mark's centre, in bubble widths (0.05-0.09 on the sheets)
PRESSURE = Span(0.75, 1.15)  # [A] of a person, 1 is the pen's nominal ink
LIGHT_PRESSURE = Span(0.28, 0.5)  # [A] a hand that hardly touches the paper

TICK_MM = Span(3.6, 8.0)  # [A] length of a tick's long arm
CROSS_BUBBLES = Span(0.75, 1.35)  # [A] height of a cross, in bubble widths
DASH_BUBBLES = Span(0.6, 1.3)
DOT_MM = Span(1.0, 1.7)  # a dot put there on purpose
SPECK_MM = Span(0.2, 0.5)  # the pen rested while its owner thought
PARTIAL_SHARE = Span(0.3, 0.75)  # of the bubble's height that gets filled
OFF_CENTRE_BUBBLES = Span(0.3, 0.85)  # [R] up to 1.5; beyond 0.85 no person could say which
OFF_CENTRE_OF_GAP = 0.4  # never nearer than this share of the way to the next bubble
CIRCLE_BUBBLES = Span(1.25, 1.7)  # diameter of a ring drawn round a bubble
STRIKE_BUBBLES = Span(1.25, 2.0)  # size of the X that strikes a wrong mark
STRAY_MM = Span(12.0, 60.0)


# --- pens -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PenMaker:
    """What pens of one make are like.

    Attributes:
        nib_mm: Width of a line.
        density: Natural optical density of one pass at full pressure.
        absorb_bgr: How strongly blue, green and red light are absorbed, 1 is full.
        floor: Reflectance, relative to the paper, that no further ink goes below.
        grain: 0 even ink .. 1 ink only where the paper's fibres stand up (pencil).
        skip: Share of the way on which a ball fails to roll.
        bleed_mm: Sd of the ink's spread into the paper.
    """

    nib_mm: Span
    density: Span
    absorb_bgr: tuple[float, float, float]
    floor: float
    grain: float
    skip: float
    bleed_mm: float


PENS: dict[str, PenMaker] = {
    # [M] widths and darkness of ball pens; [R] the widest nibs; [A] felt, gel and pencil
    "black": PenMaker(Span(0.3, 0.6), Span(1.3, 2.8), (1.0, 1.0, 0.88), 0.02, 0.25, 0.04, 0.0),
    "blue": PenMaker(Span(0.3, 0.6), Span(1.2, 2.6), (0.32, 0.85, 1.15), 0.02, 0.25, 0.04, 0.0),
    "red": PenMaker(Span(0.3, 0.6), Span(1.2, 2.4), (1.05, 1.0, 0.12), 0.02, 0.25, 0.04, 0.0),
    "gel": PenMaker(Span(0.4, 0.75), Span(2.2, 3.5), (0.75, 1.0, 1.05), 0.02, 0.08, 0.0, 0.02),
    "pencil": PenMaker(Span(0.4, 0.9), Span(0.7, 1.3), (1.0, 1.0, 1.0), 0.16, 0.8, 0.0, 0.0),
    "felt": PenMaker(Span(0.75, 1.2), Span(2.4, 3.6), (1.0, 1.0, 1.0), 0.02, 0.05, 0.0, 0.04),
}
GRAIN_MM = 0.11  # [A] size of the paper's fibres as a pencil feels them

# --- printer ----------------------------------------------------------------------------------
PRINT_SCALE = Span(0.98, 1.02)  # [R]
PRINT_OFFSET_MM = Span(-1.5, 1.5)  # [R] +-3 at worst; a desk printer registers to about 1.5
TONER_REFLECTANCE = Span(0.025, 0.08)  # [M] black clips to 18-24 levels after the driver's curve
TONER_DENSITY = Span(0.95, 1.0)  # [M] solid areas; [R] allows 0.8, which is FADED_TONER here
TONER_SPREAD_MM = Span(0.02, 0.045)  # [M] what the edge width leaves after the scanner's share
DOT_GAIN_MM = Span(-0.01, 0.05)  # [A] how far an edge moves outwards
FADED_TONER = Span(0.35, 0.7)  # [A] density of a cartridge that runs out, in bands

# --- paper ------------------------------------------------------------------------------------
PAPER_REFLECTANCE = Span(0.76, 0.94)  # [R]
PAPER_TINT_BGR = Span(0.93, 1.0)  # [A] blue relative to red: recycled to bright white paper
PAPER_TEXTURE = Span(0.003, 0.014)  # [A] sd of the reflectance, 1/f over the page
SHOW_THROUGH = Span(0.04, 0.15)  # [R] 0-15 %
CREASE_DEPTH = Span(0.08, 0.4)
CREASE_WIDTH_MM = Span(0.15, 0.6)
STAIN_DEPTH = Span(0.06, 0.3)
TORN_BEYOND_MM = Span(1.0, 6.0)  # how much further than the fiducial the tear goes
SEAL_DIAMETER_MM = 36.0  # a provincial police seal
SEAL_INK = Span(0.5, 1.6)  # [A] density of a dry to a wet pad
SEAL_SHIFT_MM = 2.5  # [A] sd; clerks aim at the zone's middle
SEAL_TURN_DEGREES = 18.0  # [A] sd

# --- scanner ----------------------------------------------------------------------------------
SKEW_DEGREES = Span(-3.0, 3.0)  # [R]
USUAL_SKEW_SD = 0.7  # [A] most sheets lie straighter than the worst allowed
FLATBED_SKEW_SD = 0.5  # [A] laid against the edge by hand
FEED_STRETCH = Span(0.99, 1.01)  # [R]
FEED_WAVE = Span(0.0, 0.12)  # [R] mm, slow wander of the feed
FEED_SLIP_MM = Span(0.0, 0.3)  # [R] one local slip
BOW_MM = Span(-0.15, 0.15)  # [A]
PSF_ACROSS_MM = Span(0.045, 0.09)  # [M] 0.093 together with the printer's spread
PSF_ALONG_MM = Span(0.04, 0.08)  # [M] 0.079 together with the printer's spread
FLARE_SHARE = Span(0.01, 0.05)  # [A] light scattered further than the PSF's core
FLARE_MM = 0.45
READ_NOISE = Span(0.002, 0.012)  # [M] low end after clipping; [A] high end: an old sensor
COLUMN_NOISE = Span(0.0, 0.006)  # [A] gain error of a sensor column, sd
FALL_OFF = Span(0.0, 0.05)  # [A] less light at the sides
SPECKS_PER_PAGE = 6.0  # [M] 0-4 isolated dark dots of up to 6 px; doubled
STREAK_MM = Span(0.09, 0.5)  # [R] 1-5 px at 200-300 dpi
STREAK_STRENGTH = Span(0.35, 1.0)
BLACK_POINT = Span(0.015, 0.06)  # [M] with GAMMA it puts solid toner at 10-70 levels
WHITE_POINT = Span(0.9, 1.08)  # [M] of the paper: below 1 clips it to 255, above leaves it grey
GAMMA = Span(1.3, 2.2)  # [P] drivers write sRGB-like values
BINARY_THRESHOLD = Span(0.45, 0.72)  # [A] of the encoded paper white; drivers default to 0.5-0.6
BINARY_DITHER = Span(0.0, 0.12)  # [O]
JPEG_QUALITY = Span(50, 90)  # [R]
OVERSCAN_MM = Span(-0.5, 4.0)  # [A] scanned beyond the paper's edge
EDGE_CROP_MM = Span(1.0, 4.0)  # lost at one edge when the sheet lay badly
LID_REFLECTANCE = (0.85, 0.3, 0.05)  # [A] white, grey, black lid
A4_GLASS_MM = (216.0, 300.0)  # [A] what an "A4" flatbed returns
COPIER_BLACK, COPIER_WHITE = Span(0.08, 0.2), Span(0.62, 0.78)  # [A] of paper white: hard contrast

# --- the rule for "a person could not be sure", stated before any reader was run ---------------
CLEAR_INK_MM2 = 0.3  # less ink than this inside a bubble says nothing certain (1 mm of ball pen)
CLEAR_BEYOND_MM = 0.3  # the outline's own width and aim count as inside
CLEAR_DROP_LEVELS = 25  # ink is what is at least this much darker than the paper, of 255


def fingerprint() -> str:
    """SHA-256 of this file: names the parameters a result was made with."""
    source = Path(sys.modules[__name__].__file__ or "").read_bytes()
    return hashlib.sha256(source.replace(b"\r\n", b"\n")).hexdigest()
