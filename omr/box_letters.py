"""Letters and digits printed inside boxes, told from marks by what other boxes show.

They differ from box to box, so the template of :mod:`omr.box_print` cannot hold them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from omr.box_ink import Floats
from omr.box_print import Bools, Print, shaded, spread

HEAVIEST_LETTER = 0.5  # of the inside: a bold W on a 1-bit scan (measured 0.43)
_ALIKE = 4
_SAME_LETTER = 0.8  # correlation: M and N reach 0.6, two Ms 0.8 (measured)
_HEAVIER = 1.4
_LETTER_VARIES = 1.25  # one letter's printed amount differs this much from box to box
_LETTER_SHARE = 0.35  # of a box's ink must be its letter: an I does not explain a W
_LETTER_MAY_MISS = 0.25  # of a letter's ink, where printing or scanning broke it
_SLIDES = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)]
_CANDIDATES = 8
_LARGEST_LEXICON = 1000
_MOAT_FREE = 0.97  # of the boxes with letters leave the moat bare
_MOAT_INK = 0.15
_SMALLEST_MOAT = 0.15  # of the inside


@dataclass(frozen=True, slots=True)
class Letters:
    """What letters explain, shape (N,) each.

    Attributes:
        left: New ink with the box's own letter taken out, 0..1.
        letter: The letter's own ink, 0..1; 0 where none was found.
        shaded: Whether ink leaves less bare paper than any letter would.
        moat: Ink where no letter of this page reaches, 0..1; 0 where no such place is.
    """

    left: Floats
    letter: Floats
    shaded: Bools
    moat: Floats


def without_letters(learnt: Print, ink: Floats, which: Bools, *, clean: float) -> Letters:
    """Take a box's own letter for print where at least two other boxes show it too.

    A letter is the ink that three of four look-alike boxes share, so a hand-made mark
    does not become one. It explains a box when (nearly) all of it is found there, and then
    no more ink than little beyond its own amount.

    Args:
        learnt: The class's print.
        ink: New ink per box, shape (N,).
        which: Boxes to explain, shape (N,).
        clean: Ink below which two boxes are the same, 0..1.

    Returns:
        What is left, per box.
    """
    left, letter = ink.copy(), np.zeros_like(ink)
    flat = np.maximum(learnt.cores - spread(learnt.template), 0.0)
    strokes = ~shaded(flat[:, learnt.inside])
    moat = _moat(flat[:, learnt.inside], learnt.light & strokes)
    lexicon = np.flatnonzero((ink > clean) & (ink <= HEAVIEST_LETTER) & strokes)
    if len(lexicon) > _LARGEST_LEXICON:
        lexicon = np.random.default_rng(0).choice(lexicon, _LARGEST_LEXICON, replace=False)
    asked = np.flatnonzero(which & strokes)
    if len(lexicon) < _ALIKE or not len(asked):
        return Letters(left, letter, ~strokes, moat)
    letters = _letters(flat[lexicon][:, learnt.inside], ink[lexicon])
    room = float((1.0 - spread(learnt.template)[learnt.inside]).mean())
    amount = letters.mean(axis=1) / room
    letters, amount = letters[amount > 0.5 * clean], amount[amount > 0.5 * clean]
    if not len(letters):
        return Letters(left, letter, ~strokes, moat)
    pictures = np.zeros((len(letters), *learnt.inside.shape), np.float32)
    pictures[:, learnt.inside] = letters
    grown = spread(pictures)[:, learnt.inside]
    match = _direction(flat[asked][:, learnt.inside]) @ _direction(letters).T
    best = np.argsort(-match, axis=1)[:, :_CANDIDATES]
    for slide in _SLIDES:
        mine = np.roll(flat[asked], slide, axis=(1, 2))
        grown_mine = spread(mine)[:, None, learnt.inside]
        mine = mine[:, None, learnt.inside]
        missing = np.maximum(letters[best] - grown_mine, 0.0).mean(axis=2) / room
        beyond = np.maximum(mine - grown[best], 0.0).mean(axis=2) / room
        rest = np.maximum(beyond, ink[asked][:, None] - _LETTER_VARIES * amount[best])
        rest[missing > _LETTER_MAY_MISS * amount[best]] = np.inf
        rest[amount[best] < _LETTER_SHARE * ink[asked][:, None]] = np.inf
        fit = rest.argmin(axis=1)
        least, known = rest[_range(fit), fit], amount[best[_range(fit), fit]]
        # a slide may free a letter, never lighten a mark
        better = (least < left[asked]) & ((slide == (0, 0)) | (least < clean))
        letter[asked[better]] = known[better]
        left[asked[better]] = least[better]
        still = left[asked] >= clean
        asked, best = asked[still], best[still]
        if not len(asked):
            break
    return Letters(left, letter, ~strokes, moat)


def _moat(flat: Floats, plain: Bools) -> Floats:
    """Ink between letters and outline, shape (N,): pens cross it, printed letters do not."""
    if not plain.any():
        return np.zeros(len(flat), np.float32)
    free = np.quantile(flat[plain], _MOAT_FREE, axis=0) < _MOAT_INK
    if float(free.mean()) < _SMALLEST_MOAT:
        return np.zeros(len(flat), np.float32)
    return np.asarray(flat[:, free].mean(axis=1), np.float32)


def _range(like: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    return np.arange(len(like))


def _letters(flat: Floats, ink: Floats) -> Floats:
    """What boxes share with the boxes most like them, heavier than usual ones left out.

    Args:
        flat: float32, shape (N, P): new ink per pixel of the inside.
        ink: float32, shape (N,): their means.

    Returns:
        float32, shape (M, P), M <= N.
    """
    direction = _direction(flat)
    match = direction @ direction.T
    by_ink = np.argsort(ink)
    close = (match >= _SAME_LETTER)[:, by_ink]
    rank = np.cumsum(close, axis=1)
    usual = ink[by_ink[(rank > 0.3 * rank[:, -1:]).argmax(axis=1)]]
    plain = ink <= _HEAVIER * usual
    match[:, ~plain] = -1.0
    alike = np.argpartition(-match[plain], min(_ALIKE, len(ink) - 1), axis=1)[:, :_ALIKE]
    return np.asarray(np.partition(flat[alike], 1, axis=1)[:, 1], np.float32)


def _direction(flat: Floats) -> Floats:
    """Rows less their mean, of length one, so that their products are correlations."""
    centred = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(length, 1e-6), np.float32)
