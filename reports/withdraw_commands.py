"""What the commands about imports as a whole do: list them, and take one back."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from omr.days import said_day
from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.withdrawals import KeptImport, kept_imports, withdraw_import
from omr.person import present_person
from omr.workspace import open_workspace
from reports.unmatched import printable

_CHUNK = 1 << 20


def list_imports(root: Path) -> list[KeptImport]:
    """Print every import, the oldest first, with what it brought and whether it counts."""
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        found = kept_imports(ledger)
    for each in found:
        for line in _told(each, workspace.settings.zone):
            print(line)
    if not found:
        print(_("nothing was imported yet"))
    return found


def withdraw(root: Path, name: str, *, why: str) -> KeptImport:
    """Take an import back: nothing that it brought counts any more, and all stays on record.

    Args:
        root: The workspace.
        name: The import's number in the list, the name of its file, or the file itself.
        why: The reason, for the record.

    Raises:
        UsageError: If no import or several are meant, a reason is missing, or the import
            brought something to a closed month.
    """
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        found = _meant(kept_imports(ledger), name)
        withdraw_import(ledger, found.import_id, why=why, by=present_person())
    print(
        _("import {number} of {file} counts no longer: {count} rows or numbers").format(
            number=found.import_id,
            file=printable(found.file_name),
            count=sum(found.brought.values()),
        )
    )
    print(
        _(
            "Rows that a later export of the same form holds too come back when that one is "
            "imported again."
        )
    )
    return found


def _meant(every: list[KeptImport], name: str) -> KeptImport:
    """The only import that *name* may mean; one that was taken back only by its number."""
    if name.isdecimal() and not Path(name).exists():
        found = [each for each in every if each.import_id == int(name)]
    else:
        standing = [each for each in every if each.withdrawn is None]
        path = Path(name)
        digest = _digest(path) if path.is_file() else ""
        found = [each for each in standing if each.sha256 == digest]
        plain = unicodedata.normalize("NFC", path.name)
        found = found or [each for each in standing if each.file_name == plain]
    if not found:
        raise UsageError(
            _("no import is meant by '{name}'").format(name=printable(name)),
            _("See them with: omr reports imports"),
        )
    if len(found) > 1:
        numbers = ", ".join(str(each.import_id) for each in found)
        raise UsageError(
            _("'{name}' may mean several imports: {numbers}").format(
                name=printable(name), numbers=numbers
            ),
            _("Give the number of one; see them with: omr reports imports"),
        )
    return found[0]


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _told(each: KeptImport, zone: ZoneInfo) -> Iterator[str]:
    months = ", ".join(f"{period}: {count}" for period, count in each.brought.items())
    yield _("{number}  {day}  {profile}  {file}  {months}").format(
        number=each.import_id,
        day=_day(each.at, zone),
        profile=each.profile,
        file=printable(each.file_name),
        months=months or _("nothing new"),
    )
    back = each.withdrawn
    if back is not None:
        yield "    " + _("taken back {day} by {who}: {why}").format(
            day=_day(back.at, zone), who=back.by, why=back.why
        )


def _day(moment: str, zone: ZoneInfo) -> str:
    return said_day(datetime.fromisoformat(moment).astimezone(zone).date())
