"""Letters and digits printed inside boxes, told from marks by the boxes in line with them.

Letters differ from box to box, so the template of :mod:`omr.box_print` cannot hold them. But
a form repeats them along its rows or columns, and prints them in all boxes of a region:
what most boxes in line show is the letter; a box among bare ones has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from omr.box_ink import Floats
from omr.box_print import Bools, Print, shaded, spread

_BLOCK = 500
_NEAR = 12  # boxes round a box that tell whether letters are printed about here
_MAY_BE_BARE = 12  # one of so many may have lost its letter
_BARE_INSIDE = 0.025  # absolute ink; a thin I has 0.05, an empty box 0.00 (measured)
_IN_LINE = 8  # boxes of a row or column that a letter is learnt from
_FEWEST_IN_LINE = 6
_LINE_SHARE = 0.4  # a letter: the ink that all but 40 % of them reach
_LINE_WIDTH = 0.35  # of a box: how far boxes of a line are off each other's middle
_LINE_TILT = 0.03  # and how much further per distance: the page may lie askew by 1.7 degrees
_LETTER_VARIES = 1.25  # one letter's printed amount differs this much from box to box
_LETTER_SHARE = 0.35  # of a box's ink must be its letter: an I does not explain a W
_LETTER_MAY_MISS = 0.25  # of a letter's ink, where printing or scanning broke it
_LEXICON = 600  # letters from elsewhere on the page that a box is compared with
_CANDIDATES = 6
_ASKEW = 0.8  # share of its ink that a letter may have one pixel aside
# One letter, printed again, correlates by 0.85 to 0.93 (0.8 on jittered 1-bit scans). Strokes
# of one hand reach 0.2 to 0.85, but with those of any other line as well: what is lacking to 1
# is as much (0.9 to 1.1 of it), where a letter's lacks 0 to 0.3 of another's (measured).
_AGREE, _LOOKS_LIKE = 0.65, 0.7
_REPEATS, _OWN_LESS = 0.75, 0.5
_SLIDES = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)]


@dataclass(frozen=True, slots=True)
class Letters:
    """What letters explain, shape (N,) each.

    Attributes:
        about: Whether letters are printed in the boxes about this one.
        left: New ink with the letter that fits best taken out, 0..1.
        verified: Whether the letter of the box's own line is there.
        printed: Whether letters repeat as exactly as print does (one answer for all).
        shaded: Whether ink leaves less bare paper than any letter would.
    """

    about: Bools
    left: Floats
    verified: Bools
    shaded: Bools
    printed: bool


def without_letters(learnt: Print, ink: Floats, centres: Floats, *, clean: float) -> Letters:
    """Take printed letters out of the new ink.

    A letter explains a box when (nearly) all of it is found there, and then little more ink
    than its own amount. A box is never part of what explains it.

    Args:
        learnt: The class's print.
        ink: New ink per box, shape (N,).
        centres: Middles of the boxes in box sides, shape (N, 2): across, down.
        clean: Ink below which a box holds no letter, 0..1.

    Returns:
        What is left, per box.
    """
    flat = np.maximum(learnt.cores - spread(learnt.template), 0.0)
    dark = shaded(flat[:, learnt.inside])
    about = _letters_about(learnt.cores[:, learnt.inside].mean(axis=1), centres)
    left, verified = ink.copy(), np.zeros(len(ink), np.bool_)
    asked = np.flatnonzero(about & (ink >= clean))
    if not len(asked):
        return Letters(about, left, verified, dark, printed=False)
    own, real = _own_letters(flat[:, learnt.inside], ~dark, asked, centres)  # (A, 2, P), (A, 2)
    printed = _is_print(_likeness(flat, learnt.inside, asked, own)[~dark[asked]])
    new = _NewInk(learnt, flat)
    left[asked], verified[asked] = new.beyond(own, real, asked, ink, dark, clean)
    # Lines too short to show their letter well: one of another line that looks like what is
    # here may explain all of it, or nothing.
    lexicon = _lexicon(own[real])
    rest = asked[~dark[asked] & (left[asked] >= clean)]
    if len(lexicon) and len(rest):
        words = _direction(lexicon).T
        match = np.full((len(rest), len(lexicon)), -1.0, np.float32)
        for slide in _SLIDES:  # a letter may lie a pixel askew in its outline
            mine = np.roll(flat[rest], slide, axis=(1, 2))[:, learnt.inside]
            match = np.maximum(match, _direction(mine) @ words)
        best = np.argsort(-match, axis=1)[:, :_CANDIDATES]
        usable = np.take_along_axis(match, best, axis=1) >= _LOOKS_LIKE
        found, _ = new.beyond(lexicon[best], usable, rest, ink, dark, clean)
        left[rest] = np.where(found < clean, found, left[rest])
    return Letters(about, left, verified, dark, printed)


@dataclass(frozen=True, slots=True)
class _NewInk:
    """The ink of a class's boxes beyond letters that may be theirs."""

    learnt: Print
    flat: Floats

    def beyond(
        self,
        letters: Floats,
        usable: Bools,
        asked: npt.NDArray[np.int_],
        ink: Floats,
        dark: Bools,
        clean: float,
    ) -> tuple[Floats, Bools]:
        """What the best of each box's letters leaves, and whether a letter is there, (A,) each.

        Args:
            letters: float32, shape (A, C, P): the candidates of each asked box.
            usable: Which of them count, shape (A, C).
            asked: Indices of the boxes, shape (A,).
            ink: New ink of all boxes, shape (N,).
            dark: Boxes too shaded to see beside a letter: they keep the surplus in amount.
            clean: Ink below which a box is bare.
        """
        inside = self.learnt.inside
        room = float((1.0 - spread(self.learnt.template)[inside]).mean())
        total = ink[asked][:, None]
        left, there = ink[asked].copy(), np.zeros(len(asked), np.bool_)
        amount = letters.mean(axis=2) / room
        least_amount = np.where(dark[asked], 0.0, _LETTER_SHARE * ink[asked])
        usable = usable & (amount >= np.maximum(least_amount, 0.5 * clean)[:, None])
        grown = _grown(letters, inside)
        still = np.flatnonzero(usable.any(axis=1))
        for slide in _SLIDES:
            if not len(still):
                break
            boxes, some = asked[still], letters[still]
            mine = np.roll(self.flat[boxes], slide, axis=(1, 2))
            mine_grown = spread(mine)[:, None, inside]
            missing = np.maximum(some - mine_grown, 0.0).mean(axis=2) / room
            over = np.maximum(mine[:, None, inside] - grown[still], 0.0).mean(axis=2) / room
            over[dark[boxes]] = 0.0
            rest = np.maximum(over, total[still] - _LETTER_VARIES * amount[still])
            fits = usable[still] & (missing <= _LETTER_MAY_MISS * amount[still])
            there[still] |= fits.any(axis=1)
            least = np.where(fits, rest, np.inf).min(axis=1)
            # a slide may free a letter, never lighten a mark
            better = (least < left[still]) & ((slide == (0, 0)) | (least < clean) | ~there[still])
            left[still[better]] = least[better]
            still = still[left[still] >= clean]
        return left, there


def _letters_about(inner: Floats, centres: Floats) -> Bools:
    """Whether (nearly) all of the nearest boxes have ink inside, shape (N,)."""
    near = min(_NEAR, len(inner) - 1)
    about = np.ones(len(inner), np.bool_)
    for start in range(0, len(inner), _BLOCK):  # keeps the table of distances small
        block = slice(start, start + _BLOCK)
        away = np.square(centres[block, None] - centres[None, :]).sum(axis=2)
        np.fill_diagonal(away[:, start:], np.inf)
        nearest = np.argpartition(away, near - 1, axis=1)[:, :near]
        bare = (inner[nearest] < _BARE_INSIDE).sum(axis=1)
        about[block] = bare <= near // _MAY_BE_BARE
    return about


def usual_in_line(ink: Floats, centres: Floats, asked: npt.NDArray[np.int_]) -> Floats:
    """The middle ink of the boxes nearest in line with each of *asked*, (A,).

    The greater one of row and column: a letter that a line repeats is as heavy in all of it.
    Infinite where either has too few boxes to say.
    """
    usual = np.empty((len(asked), 2), np.float32)
    for k, box in enumerate(asked):
        off = np.abs(centres - centres[box])
        for line, (along, across) in enumerate(((0, 1), (1, 0))):
            in_line = off[:, across] <= _LINE_WIDTH + _LINE_TILT * off[:, along]
            in_line[box] = False
            others = np.flatnonzero(in_line)
            nearest = others[np.argsort(off[others, along])][:_IN_LINE]
            few = len(nearest) < _FEWEST_IN_LINE
            usual[k, line] = np.inf if few else np.median(ink[nearest])
    return np.asarray(usual.max(axis=1), np.float32)


def _own_letters(
    flat: Floats, plain: Bools, asked: npt.NDArray[np.int_], centres: Floats
) -> tuple[Floats, Bools]:
    """What the other boxes of each asked box's row, and of its column, share.

    Returns:
        float32, shape (A, 2, P): row's and column's; bool, shape (A, 2): whether those boxes
        agree on it, so that it is a letter and no blend of several.
    """
    own = np.zeros((len(asked), 2, flat.shape[1]), np.float32)
    real = np.zeros((len(asked), 2), np.bool_)
    directions = _direction(flat)
    for start in range(0, len(asked), _BLOCK):
        block = asked[start : start + _BLOCK]
        off = np.abs(centres[block][:, None] - centres[None, :])
        for line, (along, across) in enumerate(((0, 1), (1, 0))):
            in_line = plain & (off[:, :, across] <= _LINE_WIDTH + _LINE_TILT * off[:, :, along])
            away = np.where(in_line, off[:, :, along], np.inf)
            away[np.arange(len(block)), block] = np.inf
            shared, agreed = _shared(flat, directions, away)
            own[start : start + _BLOCK, line] = shared
            real[start : start + _BLOCK, line] = agreed
    return own, real


def _shared(flat: Floats, directions: Floats, away: Floats) -> tuple[Floats, Bools]:
    """The ink that most of the boxes nearest in line reach, and whether they agree on it."""
    nearest = np.argsort(away, axis=1)[:, :_IN_LINE]
    there = np.isfinite(np.take_along_axis(away, nearest, axis=1))
    count = there.sum(axis=1)
    inks = np.sort(np.where(there[:, :, None], flat[nearest], np.inf), axis=1)
    rank = (_LINE_SHARE * count).astype(int)
    shared = np.take_along_axis(inks, rank[:, None, None], axis=1)[:, 0]
    enough = count >= _FEWEST_IN_LINE
    shared[~enough] = 0.0
    agree = np.einsum("amp,ap->am", directions[nearest], _direction(shared))
    agree = np.sort(np.where(there, agree, -1.0), axis=1)[:, ::-1]
    middle = agree[np.arange(len(agree)), np.minimum(count // 2, agree.shape[1] - 1)]
    return np.asarray(shared, np.float32), np.asarray(enough & (middle >= _AGREE))


def _likeness(flat: Floats, inside: Bools, asked: npt.NDArray[np.int_], own: Floats) -> Floats:
    """How exactly boxes repeat a letter of their own line, and of another box's line, by lot.

    Returns:
        float32, shape (A, 2): correlations -1..1, the better of row and column.
    """
    letters = np.stack([_direction(own[:, 0]), _direction(own[:, 1])], axis=1)
    others = letters[np.random.default_rng(0).permutation(len(letters))]
    both = np.stack([letters, others], axis=1)  # (A, own or other, row or column, P)
    best = np.full((len(asked), 2), -1.0, np.float32)
    for slide in _SLIDES:
        mine = _direction(np.roll(flat[asked], slide, axis=(1, 2))[:, inside])
        best = np.maximum(best, np.einsum("ap,aolp->aol", mine, both).max(axis=2))
    return best


def _lexicon(letters: Floats) -> Floats:
    """Letters of lines, by lot, shape (L, P)."""
    if len(letters) > _LEXICON:
        return np.random.default_rng(0).choice(letters, _LEXICON, replace=False)
    return letters


def _is_print(alike: Floats) -> bool:
    """Whether boxes repeat the letter of their own line, and not just anybody's."""
    if not len(alike):
        return False
    own = float(np.median(alike[:, 0]))
    unlike = (1.0 - alike[:, 0]) / np.maximum(1.0 - alike[:, 1], 1e-3)
    # 0.4, not the median: where a form has two letters, half of the pairs are of one
    return own >= _REPEATS and float(np.quantile(unlike, 0.4)) <= _OWN_LESS


def _grown(letters: Floats, inside: Bools) -> Floats:
    """Letters, each grown by a pixel; shape as *letters*, (A, C, P)."""
    pictures = np.zeros((letters.shape[0] * letters.shape[1], *inside.shape), np.float32)
    pictures[:, inside] = letters.reshape(-1, letters.shape[2])
    grown = _ASKEW * spread(pictures)[:, inside].reshape(letters.shape)
    return np.asarray(np.maximum(letters, grown), np.float32)


def _direction(flat: Floats) -> Floats:
    """Rows less their mean, of length one, so that their products are correlations."""
    centred = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(length, 1e-6), np.float32)
