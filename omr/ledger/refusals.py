"""Why what a person said was not kept."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Why a decision was not kept (stable words; the page has sentences for them)."""

    UNKNOWN_SHEET = "unknown-sheet"
    NOT_ASKED = "not-asked"  # nothing of the kind waits, or waited, for a person
    NO_SUCH_OPTION = "no-such-option"
    TOO_MANY_OPTIONS = "too-many-options"
    NO_OPTION = "no-option"
    MISTYPED = "mistyped"
    NOT_ISSUED = "not-issued"
    VOIDED = "voided"
    HELD = "held"  # another sheet is this form already
    OTHER_LAYOUT = "other-layout"  # the picture cannot be of that form
    STREAKED = "streaked"
    NO_PICTURE = "no-picture"
    NOTHING_TO_UNDO = "nothing-to-undo"
    DUPLICATES_DEPEND = "duplicates-depend"  # a later scan was set aside because of it
    PAPERS_DEPEND = "papers-depend"  # a further paper was set against what this left
    MONTH_UNLINKED = "month-unlinked"  # it counted, or not, in a month that cannot change
    DECIDED_MEANWHILE = "decided-meanwhile"  # by somebody else; the detail names them
    NO_REASON_GIVEN = "no-reason-given"


class DecisionRefused(Exception):
    """A decision that cannot be kept; the ledger is as it was."""

    def __init__(self, why: Refusal, detail: str = "") -> None:
        super().__init__(f"{why.value}: {detail}" if detail else why.value)
        self.why = why
        self.detail = detail
