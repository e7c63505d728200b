"""A line over 13 months: broken where months must not be compared, open dots there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from reportlab.pdfgen.canvas import Canvas

from omr.document_fonts import Serif
from omr.settings import Language
from reports.charts import BLUE, HAIR, LABEL_PT, MIDDLE, PALE, Ink, fill, put, stroke, width
from reports.measures import Interval
from reports.number_text import EMPTY, percent_text
from reports.results import MonthPoint, Trend
from reports.words import break_word

WHITE = Ink(1, 1, 1)
_LEFT = 30.0  # room for the scale's numbers
_BELOW = 15.0  # for the months
_ABOVE = 12.0  # for a label over the highest dot
_DOT = 2.6
_STEP = 5  # percent between two lines of the scale, at least
_LINES = 5  # steps of the scale, at the utmost
_AROUND = 2  # percent of room beyond the lowest and the highest share


@dataclass(frozen=True, slots=True)
class _Scale:
    low: int  # percent
    high: int
    step: int  # between two lines
    bottom: float  # points
    top: float

    def y(self, share: float) -> float:
        part = (100 * share - self.low) / (self.high - self.low)
        return self.bottom + part * (self.top - self.bottom)

    def shown(self, interval: Interval) -> tuple[float, float]:
        """The part of an interval that lies within the scale."""
        return max(interval.low, self.low / 100), min(interval.high, self.high / 100)


def draw_trend(
    canvas: Canvas,
    x: float,
    bottom: float,
    size: tuple[float, float],
    trend: Trend,
    language: Language,
) -> None:
    """Draw the city's or a domain's share of satisfied people, month by month.

    Vertical lines are the 95 % intervals. Months that may not be compared with the newest one
    are open dots without a line to them.
    """
    room, high = size
    scale = _scale(trend.points, bottom + _BELOW, bottom + high - _ABOVE)
    _grid(canvas, x, room, scale, language)
    pitch = (room - _LEFT) / max(len(trend.points), 1)
    places = [x + _LEFT + pitch * (number + 0.5) for number in range(len(trend.points))]
    for at, point in zip(places, trend.points, strict=True):
        month = f"{point.period.month:02d}/{point.period.year}"
        put(canvas, at, bottom + 3, month, size=LABEL_PT - 1, align="centre")
        _interval(canvas, at, point, scale)
    stroke(canvas, BLUE, 1.6)
    for (one, before), (other, after) in pairwise(zip(places, trend.points, strict=True)):
        if before.comparable and after.comparable:
            first, second = _share(before), _share(after)
            if first is not None and second is not None:
                canvas.line(one, scale.y(first), other, scale.y(second))
    last = len(places) - 1
    for number, (at, point) in enumerate(zip(places, trend.points, strict=True)):
        _dot(canvas, at, point, scale, newest=number == last)
        under = _is_valley(trend.points, number)
        _value(canvas, at, point, scale, language, newest=number == last, under=under)


def broken_months(trend: Trend, language: Language) -> str:
    """Why months have no line or no dot, as one line below the chart; may be empty."""
    reasons = dict.fromkeys(
        break_word(reason, language)
        for point in trend.points
        if point.figures is not None and not point.comparable
        for reason in point.breaks
    )
    vietnamese = language is Language.VIETNAMESE
    told = []
    if reasons:
        why = "; ".join(reasons)
        told.append(
            f"Chấm rỗng: tháng không so sánh được với kỳ này ({why})."
            if vietnamese
            else f"Open dots: months that cannot be compared with this one ({why})."
        )
    if any(point.figures is None for point in trend.points):
        told.append(f"{EMPTY}: chưa có số liệu." if vietnamese else f"{EMPTY}: no data.")
    return " ".join(told)


def has_months(trend: Trend) -> bool:
    """Whether at least two months have a share to draw."""
    return sum(_share(point) is not None for point in trend.points) > 1


def _share(point: MonthPoint) -> float | None:
    share = None if point.figures is None else point.figures.share
    return None if share is None else float(share)


def _scale(points: Sequence[MonthPoint], bottom: float, top: float) -> _Scale:
    """Between round numbers around all shares, at least two steps apart.

    Intervals lie within it too: one that is cut at the edge looks narrower than it is.
    """
    shares = [100 * share for point in points if (share := _share(point)) is not None]
    lowest, highest = min(shares, default=80.0) - _AROUND, max(shares, default=100.0) + _AROUND
    for point in points:
        interval = None if point.figures is None else point.figures.share_interval
        if interval is not None:
            lowest = min(lowest, 100 * interval.low)
            highest = max(highest, 100 * interval.high)
    step = _STEP
    while True:
        low = max(0, step * floor(lowest / step))
        high = min(100, step * ceil(highest / step))
        low = max(0, min(low, high - 2 * step))
        high = max(high, low + 2 * step)
        if (high - low) / step <= _LINES:
            return _Scale(low, high, step, bottom, top)
        step *= 2


def _grid(canvas: Canvas, x: float, room: float, scale: _Scale, language: Language) -> None:
    for value in range(scale.low, scale.high + 1, scale.step):
        y = scale.y(value / 100)
        stroke(canvas, MIDDLE if value == scale.low else HAIR, 0.7 if value == scale.low else 0.35)
        canvas.line(x + _LEFT, y, x + room, y)
        words = percent_text(Fraction(value, 100), language, places=0)
        put(canvas, x + _LEFT - 4, y - 3, words, size=LABEL_PT - 0.5, align="right", ink=MIDDLE)


def _interval(canvas: Canvas, at: float, point: MonthPoint, scale: _Scale) -> None:
    interval = None if point.figures is None else point.figures.share_interval
    if interval is not None:
        low, high = scale.shown(interval)
        stroke(canvas, PALE, 4.0)
        canvas.line(at, scale.y(low), at, scale.y(high))


def _is_valley(points: Sequence[MonthPoint], number: int) -> bool:
    """Whether lines rise from the dot at both sides, through a label above it."""
    here = _share(points[number])
    beside = [
        share
        for point in points[max(number - 1, 0) : number + 2]
        if point is not points[number]
        and point.comparable
        and points[number].comparable
        and (share := _share(point)) is not None
    ]
    return here is not None and bool(beside) and all(share > here + 0.01 for share in beside)


def _dot(canvas: Canvas, at: float, point: MonthPoint, scale: _Scale, *, newest: bool) -> None:
    share = _share(point)
    if share is None:
        hidden = point.figures is not None and point.figures.hidden
        words = "*" if hidden else EMPTY
        put(canvas, at, scale.bottom + 4, words, align="centre", ink=MIDDLE)
        return
    y = scale.y(share)
    fill(canvas, BLUE if point.comparable else WHITE)
    stroke(canvas, BLUE if point.comparable else MIDDLE, 1.1)
    canvas.circle(at, y, _DOT + 0.9 * newest, stroke=1, fill=1)


def _value(
    canvas: Canvas,
    at: float,
    point: MonthPoint,
    scale: _Scale,
    language: Language,
    *,
    newest: bool,
    under: bool,
) -> None:
    """The share beside its dot and interval: above, or *under* them."""
    figures = point.figures
    if figures is None or figures.share is None:
        return
    interval, y = figures.share_interval, scale.y(float(figures.share))
    ends = (y, y) if interval is None else tuple(map(scale.y, scale.shown(interval)))
    size = LABEL_PT + (0.5 if newest else -0.5)
    low = min(ends[0], y - _DOT - newest) - 2.5 - 0.72 * size
    high = max(ends[1], y + _DOT + newest) + 2.5
    at_y = low if under and low > scale.bottom + 1 else high
    words = percent_text(figures.share, language, places=1).rstrip("%")
    face = Serif.BOLD if newest else Serif.REGULAR
    wide = width(words, face, size)
    fill(canvas, WHITE)  # a line of the scale ends beside the number
    canvas.rect(at - wide / 2 - 1, at_y - 0.5, wide + 2, 0.7 * size, stroke=0, fill=1)
    put(canvas, at, at_y, words, size=size, face=face, align="centre")
