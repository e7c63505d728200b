"""omr scans unpack: what units sent, merged and told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from omr.errors import InputUnusable
from omr.i18n import _
from omr.key_pairs import receiver_key
from omr.ledger import Ledger
from omr.marks import SheetStatus
from omr.person import present_person
from omr.pictures import PictureStore
from omr.workspace import open_workspace
from scans.commands import thresholds_of
from scans.late_batch import late_lines
from scans.unpack import Done, Fault, NotMerged, unpack_file
from scans.words import reason_in_words, status_in_words


def unpack_scans(paths: Sequence[Path], root: Path) -> None:
    """Merge the files of units, each by itself, and say what became of them.

    Raises:
        InputUnusable: If some were refused; the others were merged.
    """
    workspace = open_workspace(root)
    receiver = receiver_key(workspace.receiver_key_file)
    store, by = PictureStore(workspace.evidence_folder), present_person()
    thresholds = thresholds_of(workspace)
    refused: list[tuple[Path, NotMerged]] = []
    waits = False
    with Ledger.open(workspace.ledger_url) as ledger:
        for path in paths:
            try:
                done = unpack_file(ledger, store, receiver, path, thresholds=thresholds, by=by)
            except NotMerged as failure:
                refused.append((path, failure))
                continue
            for line in _told(path, done):
                print(line)
            for line in late_lines(ledger, done.merged.periods):
                print(line)
            waits |= _waits(done)
    if waits:
        print(_("Next: omr scans review shows what waits for a person."))
    if refused:
        lines = [f"{path.name}: {_in_words(failure)}" for path, failure in refused]
        remedies = dict.fromkeys(_remedy(failure) for _path, failure in refused)
        raise InputUnusable("\n     ".join(lines), " ".join(remedies))


def _waits(done: Done) -> bool:
    merged = done.merged
    return bool(merged.new[SheetStatus.REVIEW] or merged.reasons or merged.words.disputed)


def _told(path: Path, done: Done) -> Iterator[str]:
    """What became of a file, in words."""
    merged, words = done.merged, done.merged.words
    about = {"file": path.name, "unit": done.head.unit, "period": done.head.period}
    if merged.is_any:
        parts = ", ".join(f"{merged.new[s]} {status_in_words(s)}" for s in SheetStatus)
        yield _(
            "{file}: {unit}, {period}: {new} new sheets: {parts}; {known} known; {words} new "
            "decisions and notes"
        ).format(**about, new=merged.new.total(), parts=parts, known=merged.known, words=words.new)
    else:
        yield _("{file}: {unit}, {period}: everything in it is here already; nothing added").format(
            **about
        )
    for reason, count in merged.reasons.most_common():
        yield f"  {reason_in_words(reason)}: {count}"
    for count, text in (
        (merged.elsewhere, _("sheets of scan files that were read here; not added again: {count}")),
        (merged.destroyed, _("sheets of a month without links; left as they are: {count}")),
        (words.disputed, _("answers that were read differently there, for a third look: {count}")),
        (words.left, _("other words than were said here; what was said here stands: {count}")),
        (words.held, _("serials typed there that another sheet holds here: {count}")),
    ):
        if count:
            yield "  " + text.format(count=count)


def _in_words(failure: NotMerged) -> str:
    match failure.fault:
        case Fault.ALTERED:
            return _("altered, cut off, or no file that a unit packed; nothing was merged")
        case Fault.UNREADABLE:
            return _("cannot be read: {why}").format(why=failure.detail)
        case Fault.UNKNOWN_KEY:
            return _("signed by a key that nobody registered; it says that it is {unit}").format(
                unit=_unit(failure)
            )
        case Fault.WITHDRAWN_KEY:
            return _("signed by a key of {unit} that was withdrawn: {why}").format(
                unit=_unit(failure), why=failure.detail or "?"
            )
        case Fault.OTHER_UNIT:
            return _("says it is {unit}'s, but its key is registered for {other}").format(
                unit=_unit(failure), other=failure.detail
            )
        case Fault.OTHER_RECEIVER:
            return _("locked for another office, or for an earlier key of this one")
        case Fault.FALSE:
            return _false_in_words(failure)


def _false_in_words(failure: NotMerged) -> str:
    where = failure.detail
    match failure.what:
        case "not-issued":
            return _("holds {serial}, which was never printed; nothing was merged").format(
                serial=where
            )
        case "other-unit":
            return _("holds {serial}, a form of another unit; nothing was merged").format(
                serial=where
            )
        case "changed":
            return _(
                "says something else about {serial} than when it was merged; nothing was merged"
            ).format(serial=where)
        case "first-missing":
            return _(
                "holds a second paper of {serial}, but no first one; nothing was merged"
            ).format(serial=where)
        case _:
            what = f"{failure.what}: {where}" if where else failure.what
            return _("says what cannot be ({what}); nothing was merged").format(what=what)


def _remedy(failure: NotMerged) -> str:
    match failure.fault:
        case Fault.UNKNOWN_KEY:
            # Its fingerprint is not shown here: somebody would copy it instead of calling.
            return _("Call the unit on a number that you know; then: omr scans senders add FILE")
        case Fault.OTHER_RECEIVER:
            return _("Give the unit a new kit (omr scans kit); then let it pack again.")
        case Fault.WITHDRAWN_KEY | Fault.OTHER_UNIT | Fault.FALSE:
            return _("Call the unit before anything else: somebody may have forged this file.")
        case Fault.UNREADABLE:
            return _("Give the name of a file from: omr scans pack")
        case Fault.ALTERED:
            return _("Copy it again from the medium it came on, or let the unit pack again.")


def _unit(failure: NotMerged) -> str:
    return failure.head.unit if failure.head else "?"
