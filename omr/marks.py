"""The words for what a reader saw: marks, answers, sheets, and reasons for review.

How a measurement becomes a mark is in :mod:`omr.judging`; this module is the vocabulary
that ledger, reader and reports share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """Judgement on one bubble."""

    BLANK = "blank"
    MARGINAL = "marginal"  # a person decides
    MARKED = "marked"


class Reason(StrEnum):
    """Why a sheet or an answer needs a person, or why no reading is kept (stable words)."""

    # a person decides about an answer
    MARGINAL_MARK = "marginal-mark"
    OVERVOTE = "overvote"
    CORRECTION = "correction"  # a marked bubble looks struck through, or something covers one
    CIRCLED = "circled"  # ink round a bubble rather than in it
    STRAY_LINE = "stray-line"  # a thin line that only crosses the bubble
    DISAGREEMENT = "disagreement"  # two people read it differently
    # a person decides about the sheet
    NO_CODE = "no-code"
    MANUAL_IDENTITY = "manual-identity"
    NO_SERIAL = "no-serial"  # a person knows unit and domain, but not which form it is
    FIDUCIAL_MISSING = "fiducial-missing"
    REGISTRATION = "registration"
    POOR_IMAGE = "poor-image"
    WRONG_PERIOD = "wrong-period"
    NOT_HANDED_OUT = "not-handed-out"  # by the books it lies in the store
    RETURNED_UNUSED = "returned-unused"  # by the books it was handed back as it was
    REPORTED_LOST = "reported-lost"
    NOT_AS_MEASURED = "not-as-measured"  # a unit sent other answers than its measurements give
    # refused: no reading is kept
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_KEY = "unknown-key"
    WITHDRAWN_KEY = "withdrawn-key"
    SPECIMEN = "specimen"  # printed to be looked at; signed with a key that nobody has
    FOREIGN_CODE = "foreign-code"  # other QR codes lie over both of the sheet's own
    NOT_ISSUED = "not-issued"
    VOIDED = "voided"
    LAYOUT = "layout"
    IDENTITY_CONFLICT = "identity-conflict"
    MIRRORED = "mirrored"
    STREAK = "streak"
    LOW_RESOLUTION = "low-resolution"
    UNREADABLE_FILE = "unreadable-file"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too-large"
    INTERNAL = "internal"  # our own fault; the page is named and the run goes on
    # duplicate
    SAME_ANSWERS = "same-answers"
    OTHER_ANSWERS = "other-answers"
    OTHER_PAPER = "other-paper"  # the same answers, yet not certainly the same ink
    # blank
    EMPTY_PAGE = "empty-page"
    FOREIGN_PAGE = "foreign-page"
    COVER = "cover"  # of a pad
    CALIBRATION = "calibration"  # the page that shows what a printer does to forms
    BOARD = "board"  # of QR codes for citizens


class SheetStatus(StrEnum):
    """How a sheet's reading ended (contracts, "Scans")."""

    COUNTED = "counted"  # every answer stands without a person
    REVIEW = "review"  # an answer or the identity waits for a person
    REFUSED = "refused"  # no reading is kept
    DUPLICATE = "duplicate"  # another reading holds this serial
    BLANK = "blank"  # no form on this page


# The books say that the form cannot be in anybody's hands: a person decides whether it counts.
AGAINST_THE_BOOKS = frozenset({Reason.NOT_HANDED_OUT, Reason.RETURNED_UNUSED, Reason.REPORTED_LOST})
# Two papers bear one serial, or may: the second one's picture is kept for a person.
DISPUTED = frozenset({Reason.OTHER_ANSWERS, Reason.OTHER_PAPER})
# A person is asked about the sheet as a whole, whatever is asked about its answers.
ASKED_WHOLE = AGAINST_THE_BOOKS | {Reason.FIDUCIAL_MISSING, Reason.NOT_AS_MEASURED}
HOLDS_SERIAL = frozenset({SheetStatus.COUNTED, SheetStatus.REVIEW})


class AnswerState(StrEnum):
    """How one question ended."""

    ANSWERED = "answered"
    BLANK = "blank"
    DOUBTFUL = "doubtful"  # ``options`` lists the candidates
    INVALID = "invalid"  # more marks than allowed, confirmed by a person


@dataclass(frozen=True, slots=True)
class Answer:
    """What one form says to one question."""

    state: AnswerState
    options: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()  # why it is doubtful; empty otherwise


def doubted(answer: Answer, *why: Reason) -> Answer:
    """The same candidates, for a person to decide; *why* before the reasons it has."""
    reasons = tuple(dict.fromkeys((*why, *answer.reasons)))
    return Answer(AnswerState.DOUBTFUL, answer.options, reasons)


Answers = Mapping[str, Answer]  # by question id, in printed order
