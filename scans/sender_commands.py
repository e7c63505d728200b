"""omr scans senders: whose files count here."""

from __future__ import annotations

import sys
from pathlib import Path

from omr.errors import InputUnusable, UsageError
from omr.i18n import _
from omr.key_pairs import fingerprint, same_fingerprint
from omr.ledger import Ledger, senders
from omr.ledger.senders import Sender
from omr.person import present_person
from omr.workspace import open_workspace
from scans.pack_file import PackFault, open_pack

_LEAST_REASON = 3  # characters; fewer say nothing to the person who reads it in two years


def add_sender(root: Path, file: Path, typed: str | None) -> None:
    """Register the key that signed *file*, once a person has compared its fingerprint.

    Args:
        root: The workspace.
        file: Any file that the unit packed.
        typed: The fingerprint as the unit read it out; None: it is asked for.

    Raises:
        InputUnusable: If the file is no whole file of a unit.
        UsageError: If the fingerprint is another one, or the key cannot be registered.
    """
    workspace = open_workspace(root)
    try:
        head = open_pack(file).head
    except (PackFault, OSError):
        raise InputUnusable(
            _("{file} is altered, cut off, or no file that a unit packed").format(file=file.name),
            _("Ask the unit to send it again."),
        ) from None
    name = workspace.units().unit(head.unit).name
    if typed is None:
        typed = _asked(head.unit, name)
    if not same_fingerprint(typed, head.public):
        raise UsageError(
            _("that is not the fingerprint of the key that signed {file}").format(file=file.name),
            _("Call the unit on a number that you know; omr scans pack shows it there."),
        )
    with Ledger.open(workspace.ledger_url) as ledger:
        new = senders.register_sender(ledger, head.unit, head.public, by=present_person())
    text = _("{unit}: key {fingerprint} is registered; its files count from now on")
    known = _("{unit}: key {fingerprint} was registered before")
    print((text if new else known).format(unit=head.unit, fingerprint=fingerprint(head.public)))


def withdraw_sender(root: Path, typed: str, why: str) -> None:
    """Refuse from now on, and for good, what a key signed.

    Raises:
        UsageError: If no registered key has that fingerprint, or a reason is missing.
    """
    why = " ".join(why.split())
    if len(why) < _LEAST_REASON:
        raise UsageError(
            _("a withdrawal needs its reason"), _("Say in words what happened: --why TEXT")
        )
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        found = [each for each in senders.senders(ledger) if same_fingerprint(typed, each.public)]
        if not found:
            raise UsageError(
                _("no registered key has this fingerprint"),
                _("See which are: omr scans senders list"),
            )
        senders.withdraw_sender(ledger, found[0].public, why=why, by=present_person())
    print(
        _("{unit}: what this key signs is refused from now on; what was merged stays").format(
            unit=found[0].unit
        )
    )


def list_senders(root: Path) -> None:
    """Print every key that was ever registered."""
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        known = senders.senders(ledger)
    for each in known:
        print(_in_words(each))
    if not known:
        print(_("nobody yet; register with: omr scans senders add FILE"), file=sys.stderr)


def _in_words(each: Sender) -> str:
    about = {
        "unit": each.unit,
        "fingerprint": fingerprint(each.public),
        "day": each.at[:10],
        "by": each.by,
    }
    if each.counts:
        return _("{unit}  {fingerprint}  registered {day} by {by}").format(**about)
    return _("{unit}  {fingerprint}  withdrawn {day} by {by}: {why}").format(**about, why=each.why)


def _asked(unit: str, name: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError(
            _("the fingerprint has to be compared by a person"),
            _(
                "Call {unit}, let it read out its fingerprint, and give it: --fingerprint TEXT"
            ).format(unit=unit),
        )
    return input(
        _("Call {unit} ({name}) and type the fingerprint that it reads out: ").format(
            unit=unit, name=name
        )
    )
