"""Statuses and reasons in words that staff use."""

from __future__ import annotations

from omr.i18n import _
from omr.marks import Reason, SheetStatus


def status_in_words(status: SheetStatus) -> str:
    """A status as the summary names it."""
    return {
        SheetStatus.COUNTED: _("counted"),
        SheetStatus.REVIEW: _("waiting for a person"),
        SheetStatus.REFUSED: _("refused"),
        SheetStatus.DUPLICATE: _("seen before"),
        SheetStatus.BLANK: _("without a form"),
    }[status]


def reason_in_words(reason: Reason) -> str:
    """A reason as one short phrase."""
    return {
        Reason.MARGINAL_MARK: _("a mark too faint or too small to be sure"),
        Reason.OVERVOTE: _("more than one answer marked"),
        Reason.CORRECTION: _("an answer looks crossed out or covered"),
        Reason.CIRCLED: _("an option circled instead of filled"),
        Reason.STRAY_LINE: _("a line that only runs across a bubble"),
        Reason.NO_CODE: _("neither code could be read: type the serial"),
        Reason.MANUAL_IDENTITY: _("serial typed by a person"),
        Reason.FIDUCIAL_MISSING: _("a corner mark is missing"),
        Reason.REGISTRATION: _("the corner marks do not fit a flat sheet: scan it again"),
        Reason.POOR_IMAGE: _("too noisy or too faint: scan it again, darker"),
        Reason.NOT_HANDED_OUT: _("by the books it was never handed out"),
        Reason.RETURNED_UNUSED: _("by the books it was handed back unused"),
        Reason.REPORTED_LOST: _("it was reported lost"),
        Reason.NOT_AS_MEASURED: _("the unit's answers are not what its measurements give"),
        Reason.DISAGREEMENT: _("two people read it differently"),
        Reason.NO_SERIAL: _("unit and domain are known, the serial cannot be read"),
        Reason.WRONG_PERIOD: _("belongs to another month"),
        Reason.BAD_SIGNATURE: _("the code was not signed by us: forged or damaged"),
        Reason.UNKNOWN_KEY: _("the code was signed with a key that is not here"),
        Reason.WITHDRAWN_KEY: _("the code was signed with a key that was withdrawn"),
        Reason.SPECIMEN: _("a specimen, which never counts"),
        Reason.FOREIGN_CODE: _("other QR codes lie over both of the form's codes"),
        Reason.NOT_ISSUED: _("the serial was never issued"),
        Reason.VOIDED: _("the serial is void"),
        Reason.LAYOUT: _("printed with a layout that is not in this ledger"),
        Reason.IDENTITY_CONFLICT: _("the two codes name different forms"),
        Reason.MIRRORED: _("scanned as a mirror image"),
        Reason.STREAK: _("a streak runs through the bubbles: clean the scanner's glass"),
        Reason.LOW_RESOLUTION: _("fewer than 150 dots per inch: scan it again at 200 or 300"),
        Reason.UNREADABLE_FILE: _("the file or page is damaged"),
        Reason.ENCRYPTED: _("the file is protected by a password"),
        Reason.TOO_LARGE: _("the page is larger than any paper"),
        Reason.INTERNAL: _("the program failed on this page: please report it"),
        Reason.SAME_ANSWERS: _("the same form again, with the same answers"),
        Reason.OTHER_ANSWERS: _("the same serial again, with other answers"),
        Reason.OTHER_PAPER: _("the same serial and answers, but perhaps on a second paper"),
        Reason.EMPTY_PAGE: _("an empty page"),
        Reason.FOREIGN_PAGE: _("a page that is none of our forms"),
        Reason.COVER: _("the cover of a pad"),
        Reason.CALIBRATION: _("a page for testing a printer"),
        Reason.BOARD: _("a board of QR codes for citizens"),
    }[reason]
