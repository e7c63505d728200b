"""What a reviewer may be called, and which passwords are too easily guessed (pure)."""

from __future__ import annotations

import unicodedata

from omr.errors import UsageError
from omr.i18n import _

LONGEST_NAME = 40  # characters
LEAST_PASSWORD = 10  # characters; it can be tried only through the page, which slows tries down
MOST_PASSWORD = 200  # characters
_LEAST_DIFFERENT = 5  # characters; "aaaaaaaaaa" and "abababababa" are guessed at once
_SIGNS = frozenset(" .-_")


def one_spelling(name: str) -> str:
    """*name* with composed letters and single spaces, whichever keyboard typed it."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def check_name(name: str, known: list[str]) -> None:
    """Refuse a name that cannot be typed, or be told from another, without doubt.

    Args:
        name: In one spelling.
        known: Everybody who has a password.

    Raises:
        UsageError: With what is wrong with it.
    """
    remedy = _("Letters, digits, spaces, dots, hyphens and underscores; at most {most}.").format(
        most=LONGEST_NAME
    )
    if not name:
        raise UsageError(_("the name is empty"), remedy)
    if len(name) > LONGEST_NAME:
        raise UsageError(_("the name has {length} characters").format(length=len(name)), remedy)
    strange = next((letter for letter in name if not _may_stand_in_a_name(letter)), None)
    if strange is not None:
        raise UsageError(_("a name cannot contain {letter}").format(letter=ascii(strange)), remedy)
    if not any(unicodedata.category(letter)[0] in "LN" for letter in name):
        raise UsageError(_("the name has no letter"), remedy)
    alike = next((each for each in known if _folded(each) == _folded(name) and each != name), None)
    if alike is not None:
        raise UsageError(
            _("{name} is there already, written {other}").format(name=name, other=alike),
            _("Take a name that nobody mistakes for that one, or write it the same way."),
        )


def check_password(password: str, name: str) -> None:
    """Refuse a password that is guessed soon.

    Raises:
        UsageError: With what is wrong with it; it is not quoted.
    """
    fault = None
    folded = _folded(password)
    if len(password) < LEAST_PASSWORD:
        fault = _("the password has fewer than {least} characters").format(least=LEAST_PASSWORD)
    elif len(password) > MOST_PASSWORD:
        fault = _("the password has more than {most} characters").format(most=MOST_PASSWORD)
    elif len(set(folded)) < _LEAST_DIFFERENT:
        fault = _("the password repeats a few characters")
    elif "".join(folded.split()).isdecimal():
        fault = _("the password has digits only, as dates and telephone numbers have")
    elif folded.strip(" .-_0123456789!") == _folded(name).strip(" .-_0123456789!"):
        fault = _("the password is the name")
    elif any(unicodedata.category(letter) == "Cc" for letter in password):
        fault = _("the password contains a tab or another control character")
    if fault:
        raise UsageError(fault, _("Take three or four words that do not belong together."))


def _may_stand_in_a_name(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] == "L" or category in ("Mn", "Mc", "Nd") or letter in _SIGNS


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
