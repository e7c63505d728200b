"""Messages in the language of the person's system: Vietnamese or English.

The language is chosen once, when the program starts: ``OMR_LANG`` if set, else the
usual locale variables, else the system's setting; anything but Vietnamese is English.
Papers, workbook and pages that people read have their own setting (``omr.toml``).
"""

from __future__ import annotations

import gettext
import locale
import os
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
_VARIABLES = ("OMR_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def system_language() -> str:
    """``vi`` or ``en``."""
    for name in _VARIABLES:
        value = os.environ.get(name, "")
        if value:
            return "vi" if value.lower().startswith("vi") else "en"
    named = locale.getlocale()[0] or ""  # on Windows: "Vietnamese_Vietnam"
    return "vi" if named.lower().startswith("vi") else "en"


_catalogue = gettext.translation(
    "omr", localedir=LOCALE_DIR, languages=[system_language()], fallback=True
)


def _(message: str) -> str:
    """*message* in the person's language (English where no translation is known)."""
    return _catalogue.gettext(message)
