"""omr scans reviewers: who may review from another machine."""

from __future__ import annotations

import getpass
import io
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger, reviewers
from omr.workspace import open_workspace
from scans.reviewer_names import (
    LEAST_PASSWORD,
    MOST_PASSWORD,
    check_name,
    check_password,
    one_spelling,
)


def add_reviewer(root: Path, name: str) -> None:
    """Let *name* review with a password, which is asked for; an earlier one ends.

    Raises:
        UsageError: If the name or the password cannot be used; nothing is changed.
        LedgerUnusable: If there is no workspace or no ledger.
    """
    workspace = open_workspace(root)
    name = one_spelling(name)
    with Ledger.open(workspace.ledger_url) as ledger:
        known = reviewers.reviewers(ledger)
        check_name(name, known)
        reviewers.add_reviewer(ledger, name, _new_password(name))
    if name in known:
        print(_("{name} has a new password; the old one is no longer valid").format(name=name))
    else:
        print(
            _("{name} may review now; start the page with: omr scans review --host ADDRESS").format(
                name=name
            )
        )


def remove_reviewer(root: Path, name: str) -> None:
    """Let *name* review no more. What they decided stays.

    Raises:
        UsageError: If nobody of that name may.
        LedgerUnusable: If there is no workspace or no ledger.
    """
    name = one_spelling(name)
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        if not reviewers.remove_reviewer(ledger, name):
            raise UsageError(
                _("there is no reviewer {name}").format(name=name),
                _("See who there is with: omr scans reviewers list"),
            )
    print(_("{name} may not review any more; earlier decisions stay").format(name=name))


def list_reviewers(root: Path) -> None:
    """Print everybody who may review from another machine, one name a line."""
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        names = reviewers.reviewers(ledger)
    for name in names:
        print(name)
    if not names:
        print(_("nobody yet; add one with: omr scans reviewers add NAME"), file=sys.stderr)


def _new_password(name: str) -> str:
    if not sys.stdin.isatty():
        password = _piped()
        check_password(password, name)
        return password
    password = _typed(
        _("Password for {name} (at least {least} characters): ").format(
            name=name, least=LEAST_PASSWORD
        )
    )
    check_password(password, name)
    if password != _typed(_("The same once more: ")):
        raise UsageError(
            _("the two passwords differ"), _("Run the command again; nothing was changed.")
        )
    return password


def _typed(prompt: str) -> str:
    with suppress(EOFError, UnicodeError):  # whose message would quote what was typed
        return unicodedata.normalize("NFC", getpass.getpass(prompt))
    raise UsageError(_("no password was typed"), _("Run the command again and type it."))


def _piped() -> str:
    """The one line on standard input, in UTF-8 whatever the console speaks."""
    raw = (
        sys.stdin.buffer.read(8 * MOST_PASSWORD)
        if isinstance(sys.stdin, io.TextIOWrapper)
        else sys.stdin.read(8 * MOST_PASSWORD).encode()
    )
    text = None
    with suppress(UnicodeDecodeError):  # that error quotes what it could not read
        text = raw.decode("utf-8-sig")
    if text is None or len(text.splitlines()) != 1:
        raise UsageError(
            _("standard input must hold the password alone, as one line"),
            _("Run the command at a terminal to be asked for it."),
        )
    return unicodedata.normalize("NFC", text.rstrip("\r\n"))
