"""The numbers that divide blank, doubtful and marked; kept with every batch (pure)."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What divides blank, marginal and marked; see :class:`omr.scoring.BubbleMeasure`.

    The defaults were set on virtual scans of our own forms at 150, 200 and 300 dpi
    (``docs/decisions.md``): 99 % of blank bubbles measure below 0.008, a hesitation speck
    of 0.5 mm 0.015, a light pencil's dash 0.014, a ball pen's tick 0.03 to 0.2.
    """

    marginal: float = 0.012  # darkness
    pencil: float = (
        0.40  # middle darkness of a sheet's ink, below which its pen is a light one: ...
    )
    faint: float = 0.006  # ... darkness of a trace that it may leave, ...
    faint_zone: float = 0.15  # ... or reach ...
    faint_peak: float = 0.05  # ... of one so dark
    light: float = 0.008  # darkness of a trace that is shorter than ``trace`` ...
    light_zone: float = 0.15  # ... but no speck: in a row without a mark it may be the answer
    trace: float = 0.28  # reach of a trace in such a row, however light ...
    spot: float = 0.22  # ... or so little of one that is ...
    spot_peak: float = 0.10  # ... so dark
    second: float = 0.45  # reach of one beside a mark that may be a second mark, ...
    second_beside: float = 0.12  # ... if so much of the white round the bubble shows it, ...
    second_peak: float = 0.40  # ... or it is so dark, compared with the row's mark
    second_light: float = 0.30  # ... and of one by a light pen, or beside a mark that may be ...
    second_inside: float = 0.20  # ... struck out, with so much of it inside
    black: float = 0.004  # darkness of the crumbs that a 1-bit scan leaves of a stroke
    rough: float = 0.28  # reach of what a 1-bit scan makes of the outlines
    shading: float = 0.020  # darkness without any ink that paper and print alone may have
    definite: float = 0.050
    long: float = 0.40  # extent of a stroke that is meant though it is thin, ...
    definite_long: float = 0.027  # ... and the darkness that it must have
    own_straight: float = 0.42  # share of a straight line's ink in this bubble ...
    own: float = 0.52  # share of a line's ink in this bubble, below which it is another's
    scattered: float = 0.50  # ... and of one that has more of its ink beside the bubble than in it
    spread: float = 0.38  # share of a piece of ink near bubbles: below, it is handwriting, a seal
    pale: float = 0.35  # peak of ink that is a pencil's or a stain's ...
    pale_thin: float = 0.28  # ... and of a thin line that is one's or a fold's: a mark ...
    alike: int = 3  # ... if more marks than this on the sheet are like it
    broad: float = 0.20  # coverage of what is no thin line
    apart: float = 0.60  # share of its ink near bubbles that a mark has which is like others
    least: float = 0.02  # coverage: less ink than this and yet dark is a shade
    tail: float = 0.20  # coverage that the end of another bubble's stroke may have, ...
    bit: float = 0.10  # ... or a mere bit of it, bent or not, ...
    tail_share: float = 0.30  # ... and the share of that stroke's ink
    enters: float = 0.30  # how far a line that only passes goes beyond the outline both sides ...
    bend: float = 0.06  # ... if less than this of its ink lies off it: a tick has a knee, ...
    bend_long: float = 0.10  # ... a long one a clear one, ...
    crossed: float = 0.20  # ... or two lines cross, ...
    length: float = 0.19  # ... or if it is longer than a tick, in tens of diameters
    across: float = 0.70  # extent of a thin straight line that is a fold if it is pale too
    kneed: float = 0.50  # extent of a bent stroke that shows a tick's knee
    crumbs: float = 0.50  # share of its ink in one piece, below which a mark is half lost
    beside: float = 0.04  # ink in the white round a bubble that is itself blank
    ring: float = 0.60  # share of directions with ink outside: circled ...
    ring_alone: float = 0.45  # ... and in a row without a mark ...
    loose_alone: float = 0.25  # ... of ink that belongs to no bubble ...
    hollow: float = 0.10  # ... if no more of the inside than this is ink
    dot: float = 0.33  # extent of a dot that is meant, ...
    dot_darkness: float = 0.027
    dot_coverage: float = 0.06
    dot_peak: float = 0.50  # ... by a pen
    alone: float = 0.99  # share of a stroke that enters no other bubble, though ...
    edged_home: float = 0.25  # ... most of it lies outside: so much inside, ...
    edged_coverage: float = 0.04
    edged_peak: float = 0.22
    edged_zone: float = 0.60  # ... and it is as long as a mark
    amid: float = 0.35  # share of directions with loose ink round a mark: a seal, a stain
    half_struck: float = 0.45  # coverage of a mark that may be struck out ...
    half_arms: float = 0.36  # ... if strokes end outside in so many directions
    solid: float = 0.80  # coverage from which strokes over a mark are looked for: ...
    struck: float = 0.60  # ... they end outside in so many directions
    cancelled: float = 0.92  # coverage of a filled bubble that is struck out beyond doubt ...
    not_struck: float = 0.26  # ... beside a mark that has no more such ends than this
    spilt: float = 1.3  # ink outside per ink inside from which it comes from elsewhere, ...
    spilt_least: float = 0.12  # ... if there is so much of it
    # Middle coverage of a sheet's marks in a 1-bit scan: the thinnest ball pen's ticks make
    # 0.09, pencil that has fallen to pieces at most 0.06.
    whole: float = 0.085
    crumb: float = 0.050  # coverage of what is left of a mark that fell to pieces
    noise_factor: float = 5.0  # blank bubbles' spread times this is no evidence of ink

    def __post_init__(self) -> None:
        if not 0 < self.marginal < self.definite <= 1:
            raise ValueError(
                f"need 0 < marginal < definite <= 1, got {self.marginal} and {self.definite}"
            )

    def as_dict(self) -> dict[str, float]:
        """For the record of a batch."""
        return asdict(self)
