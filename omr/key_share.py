"""Keys for an office that scans but does not print: single years' keys, never a master (pure).

The signature is symmetric, so whoever verifies a year's forms could sign forms of that year.
What an export withholds is every other year and the master, from which alone forms are
printed; the list of issued serials stands behind it (docs/keys.md).
"""

from __future__ import annotations

from collections.abc import Collection

from omr.codes import campaign_key
from omr.errors import UsageError
from omr.i18n import _
from omr.key_changes import in_words, joined
from omr.keys import YEARS, Key, Keyring


def shared(keyring: Keyring, year: int, key_ids: Collection[int] = ()) -> Keyring:
    """What verifies the forms of one year, and only those.

    Every withdrawal goes along, without its key, so that the other office learns of it.

    Args:
        keyring: With the masters.
        year: Of the serials.
        key_ids: Only these keys; none named: every key that is not withdrawn.

    Raises:
        UsageError: If the year or a key will not do, or there is no master.
    """
    if year not in YEARS:
        raise UsageError(
            _("there are no serials of the year {year}").format(year=year),
            _("Give a year from {first} to {last}.").format(first=YEARS[0], last=YEARS[-1]),
        )
    masters = {key.key_id: key for key in keyring.keys if key.master is not None}
    usable = [key_id for key_id, key in masters.items() if not key.withdrawn]
    if not usable:
        raise UsageError(
            _("this workspace holds no master key to make an export from"),
            _("Ask the office that prints the forms for the export."),
        )
    refused = [key_id for key_id in key_ids if key_id not in usable]
    if refused:
        raise UsageError(
            _("these keys are not here or withdrawn: {ids}").format(ids=in_words(refused)),
            _("The keys that can be exported: {ids}.").format(ids=in_words(usable)),
        )
    keys = []
    for key in keyring.keys:
        if key.withdrawn:
            keys.append(Key(key.key_id, key.created, withdrawn=key.withdrawn))
        elif key.master is not None and key.key_id in (key_ids or usable):
            year_key = {year: campaign_key(key.master, year)}
            keys.append(Key(key.key_id, key.created, campaigns=year_key))
    return Keyring(None, tuple(keys))


def imported(present: Keyring, export: Keyring) -> Keyring:
    """*present* with what an export adds.

    Where the masters are, an export has nothing to add.

    Raises:
        UsageError: If this workspace signs with keys of its own, or keys contradict.
    """
    if present.signing_id is None:
        return joined(present, export)
    if all(_is_derived(present.key(key.key_id), key) for key in export.keys):
        return present
    raise UsageError(
        _("this workspace signs forms with a key of its own; nothing was changed"),
        _(
            "If it has never printed forms that are still used, run the command again with"
            " --set-aside: its own keys are kept under another name."
        ),
    )


def _is_derived(here: Key | None, there: Key) -> bool:
    """Whether a year's keys come from the master that is here."""
    if here is None or here.master is None:
        return False
    master = here.master
    return all(campaign_key(master, year) == secret for year, secret in there.campaigns.items())
