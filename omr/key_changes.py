"""What can become of a keyring (pure): a key added, one withdrawn, two keyrings joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from omr.errors import UsageError
from omr.i18n import _
from omr.keys import FIRST_KEY_ID, MAX_KEY_ID, Key, Keyring, KeysUnusable, Withdrawal

LEAST_REASON = 3  # characters; fewer say nothing to the person who reads it in two years


def rotated(keyring: Keyring, today: date, master: bytes, key_id: int | None = None) -> Keyring:
    """*keyring* with a new key that signs from now on; the others verify.

    Args:
        keyring: What there is.
        today: The new key's first day.
        master: 32 fresh random bytes.
        key_id: For the new key, above every other; None: the next.

    Raises:
        KeysUnusable: If this workspace only verifies, or no id is left.
        UsageError: If *key_id* will not do.
    """
    keyring.signing()  # a workspace that only verifies stays one
    last = keyring.keys[-1].key_id
    wanted = max(last + 1, FIRST_KEY_ID) if key_id is None else key_id
    if last >= MAX_KEY_ID:
        raise KeysUnusable(
            _("no key id is left: {most} is the highest").format(most=MAX_KEY_ID),
            _("Begin a new workspace, and keep this one to read its forms."),
        )
    if not last < wanted <= MAX_KEY_ID:
        raise UsageError(
            _("a new key cannot have the id {id}").format(id=wanted),
            _("Give a number from {least} to {most}.").format(least=last + 1, most=MAX_KEY_ID),
        )
    return Keyring(wanted, (*keyring.keys, Key(wanted, today, master)))


def withdrawn(keyring: Keyring, key_id: int, today: date, why: str) -> Keyring:
    """*keyring* in which the codes of a key are refused from now on, for good.

    Raises:
        UsageError: If there is no such key, it still signs, it is withdrawn already, or *why*
            says nothing.
    """
    key = keyring.key(key_id)
    why = " ".join(why.split())
    if key is None:
        raise UsageError(
            _("there is no key {id}").format(id=key_id),
            _("The keys here: {ids}.").format(ids=in_words(each.key_id for each in keyring.keys)),
        )
    if key.withdrawn:
        raise UsageError(
            _("key {id} was withdrawn on {date}: {why}").format(
                id=key_id, date=key.withdrawn.on.isoformat(), why=key.withdrawn.why
            ),
            _("Nothing is left to do; a withdrawal is for good."),
        )
    if key_id == keyring.signing_id:
        raise UsageError(
            _("key {id} signs new forms").format(id=key_id),
            _("First let a new key sign: omr keys rotate. Then withdraw this one."),
        )
    if len(why) < LEAST_REASON:
        raise UsageError(
            _("a withdrawal needs its reason"), _("Say in words what happened: --why TEXT")
        )
    gone = Key(key.key_id, key.created, key.master, key.campaigns, Withdrawal(today, why))
    return Keyring(
        keyring.signing_id,
        tuple(gone if each.key_id == key_id else each for each in keyring.keys),
    )


def joined(present: Keyring, other: Keyring) -> Keyring:
    """Every key of both; of what signs, the newer signs; what one withdrew is withdrawn.

    Raises:
        UsageError: If a key of *other* is not the one of that id in *present*.
    """
    keys = {key.key_id: key for key in present.keys}
    differing = [key.key_id for key in other.keys if not _alike(keys.get(key.key_id), key)]
    if differing:
        raise UsageError(
            _("other keys bear these ids here: {ids}; nothing was changed").format(
                ids=in_words(differing)
            ),
            _("The file belongs to another workspace; name that one with --workspace."),
        )
    for key in other.keys:
        keys[key.key_id] = _both(keys.get(key.key_id, key), key)
    both = [each for each in (present.signing_id, other.signing_id) if each is not None]
    signing = max(both, default=None)  # ids ascend, so the higher one is the newer one
    if signing is not None and keys[signing].withdrawn:
        raise UsageError(
            _("key {id} signs new forms here, but the file says that it was withdrawn").format(
                id=signing
            ),
            _("First let a new key sign: omr keys rotate. Then run the command again."),
        )
    return Keyring(signing, tuple(keys[key_id] for key_id in sorted(keys)))


def in_words(numbers: Iterable[int]) -> str:
    """Key ids or years as a sentence lists them."""
    return ", ".join(map(str, numbers))


def _alike(here: Key | None, there: Key) -> bool:
    """Whether two records of one id can be of the same key."""
    if here is None:
        return True
    if here.master is not None and there.master is not None:
        return here.master == there.master
    if here.master is not None or there.master is not None:
        return not (here.campaigns or there.campaigns)  # a mere withdrawal joins with anything
    return _agree(here.campaigns, there.campaigns)


def _agree(here: Mapping[int, bytes], there: Mapping[int, bytes]) -> bool:
    return all(there[year] == secret for year, secret in here.items() if year in there)


def _both(here: Key, there: Key) -> Key:
    withdrawals = [key.withdrawn for key in (here, there) if key.withdrawn]
    return Key(
        here.key_id,
        min(here.created, there.created),
        here.master if here.master is not None else there.master,
        {**here.campaigns, **there.campaigns},
        min(withdrawals, key=lambda each: each.on, default=None),
    )
