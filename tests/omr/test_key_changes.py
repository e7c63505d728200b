"""Keyrings that change: the newest key signs, nothing is replaced, a withdrawal is for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_keys import DAY, keyring_of

from omr.codes import CodeBody, CodeFault, Verifier, campaign_key, sign
from omr.errors import UsageError
from omr.key_backup import differences, restored
from omr.key_changes import joined, rotated, withdrawn
from omr.keys import Key, Keyring, KeysUnusable, Withdrawal

LATER = date(2027, 1, 2)
A, B, C = b"a" * 32, b"b" * 32, b"c" * 32


def code(key_id: int, master: bytes, year: int = 2026) -> str:
    return sign(CodeBody(key_id, year, 7, 3, 417, "9F2C11"), campaign_key(master, year))


def test_a_new_key_signs_and_the_old_one_verifies_but_never_signs() -> None:
    keyring = rotated(keyring_of({1: A}), LATER, B)

    assert keyring.signing() == (2, B)
    assert keyring.key(2) == Key(2, LATER, B)
    assert isinstance(Verifier(keyring).verify(code(1, A)), CodeBody)
    assert isinstance(Verifier(keyring).verify(code(2, B)), CodeBody)


def test_however_often_keys_rotate_only_the_newest_signs_and_all_verify() -> None:
    keyring = keyring_of({1: bytes([1]) * 32})
    for number in range(2, 256):
        keyring = rotated(keyring, LATER, bytes([number]) * 32)
        assert keyring.signing()[0] == number
    verifier = Verifier(keyring)

    assert len(keyring.keys) == 255
    for key_id in range(1, 256):
        said = verifier.verify(code(key_id, bytes([key_id]) * 32))
        assert isinstance(said, CodeBody)
        assert said.key_id == key_id
    with pytest.raises(KeysUnusable, match="no key id is left"):
        rotated(keyring, LATER, A)


def test_ids_that_an_old_backup_does_not_know_can_be_skipped() -> None:
    keyring = rotated(keyring_of({1: A}), LATER, B, key_id=5)

    assert keyring.signing() == (5, B)
    assert rotated(keyring, LATER, C).signing()[0] == 6


@pytest.mark.parametrize("key_id", [-1, 0, 1, 2, 256, 1000])
def test_an_id_that_is_taken_or_too_high_is_refused(key_id: int) -> None:
    with pytest.raises(UsageError, match="cannot have the id") as caught:
        rotated(keyring_of({1: A, 2: B}), LATER, C, key_id=key_id)

    assert "3 to 255" in caught.value.remedy


def test_a_workspace_that_only_verifies_gets_no_key_of_its_own() -> None:
    with pytest.raises(KeysUnusable, match="no key to sign"):
        rotated(Keyring(None, (Key(1, DAY, campaigns={2026: A}),)), LATER, B)


def test_the_codes_of_a_withdrawn_key_are_refused_with_their_own_reason() -> None:
    keyring = withdrawn(keyring_of({1: A, 2: B}), 1, LATER, " lost\nlaptop ")

    assert keyring.key(1) == Key(1, DAY, A, withdrawn=Withdrawal(LATER, "lost laptop"))
    verifier = Verifier(keyring)
    assert verifier.verify(code(1, A)) is CodeFault.WITHDRAWN_KEY
    assert verifier.verify(code(1, C)) is CodeFault.BAD_SIGNATURE
    assert isinstance(verifier.verify(code(2, B)), CodeBody)
    assert keyring.signing() == (2, B)


@pytest.mark.parametrize(
    ("key_id", "why", "fault"),
    [
        (2, "stolen", "key 2 signs new forms"),
        (7, "stolen", "there is no key 7"),
        (1, "", "needs its reason"),
        (1, " . ", "needs its reason"),
    ],
)
def test_no_key_is_withdrawn_by_mistake_or_in_silence(key_id: int, why: str, fault: str) -> None:
    with pytest.raises(UsageError, match=fault) as caught:
        withdrawn(keyring_of({1: A, 2: B}), key_id, LATER, why)

    assert caught.value.remedy


def test_a_withdrawal_keeps_its_first_date_and_reason() -> None:
    keyring = withdrawn(keyring_of({1: A, 2: B}), 1, DAY, "stolen")

    with pytest.raises(UsageError, match="was withdrawn on 2026-11-14: stolen"):
        withdrawn(keyring, 1, LATER, "another reason")


def test_the_older_signer_verifies_when_two_keyrings_are_joined() -> None:
    old, new = keyring_of({1: A}), keyring_of({1: A, 2: B})

    assert joined(old, new) == joined(new, old) == new


def test_a_key_is_never_replaced_by_another_of_its_id() -> None:
    with pytest.raises(UsageError, match=r"bear these ids here: 1; nothing was changed"):
        joined(keyring_of({1: A}), keyring_of({1: B, 2: C}))
    with pytest.raises(UsageError, match="bear these ids"):
        joined(keyring_of({1: A}), Keyring(None, (Key(1, DAY, campaigns={2026: A}),)))
    years = [Keyring(None, (Key(1, DAY, campaigns={2026: key, 2025: A}),)) for key in (A, B)]
    with pytest.raises(UsageError, match="bear these ids"):
        joined(*years)


def test_a_withdrawal_on_either_side_survives_joining() -> None:
    whole = keyring_of({1: A, 2: B})
    gone = withdrawn(whole, 1, LATER, "stolen")

    assert joined(whole, gone) == joined(gone, whole) == gone
    earlier = withdrawn(whole, 1, DAY, "seen first")
    assert joined(gone, earlier) == joined(earlier, gone) == earlier


def test_a_key_that_signs_here_cannot_come_to_be_withdrawn_unseen() -> None:
    news = Keyring(None, (Key(2, DAY, withdrawn=Withdrawal(DAY, "stolen")),))

    with pytest.raises(UsageError, match="key 2 signs new forms here"):
        joined(keyring_of({1: A, 2: B}), news)


def test_years_of_one_key_add_up() -> None:
    first = Keyring(None, (Key(1, DAY, campaigns={2026: A}),))
    second = Keyring(None, (Key(1, LATER, campaigns={2027: B}), Key(2, DAY, campaigns={2027: C})))

    assert joined(first, second) == Keyring(
        None, (Key(1, DAY, campaigns={2026: A, 2027: B}), Key(2, DAY, campaigns={2027: C}))
    )


@given(
    st.sets(st.integers(0, 9), min_size=1),
    st.sets(st.integers(0, 9), min_size=1),
    st.sets(st.integers(0, 9)),
)
def test_joining_loses_no_key_and_asks_no_order(
    here: set[int], there: set[int], gone: set[int]
) -> None:
    def ring(ids: set[int]) -> Keyring:
        made = keyring_of({key_id: bytes([key_id]) * 32 for key_id in ids})
        for key_id in gone & ids - {max(ids)}:
            made = withdrawn(made, key_id, DAY, "stolen")
        return made

    one, other = ring(here), ring(there)
    top = max(here | there)
    try:
        both = joined(one, other)
    except UsageError:  # the newest key of all is never withdrawn in these
        raise AssertionError from None

    assert both == joined(other, one) == joined(both, one) == joined(both, other)
    assert {key.key_id for key in both.keys} == here | there
    assert both.signing() == (top, bytes([top]) * 32)
    for key in one.keys + other.keys:
        found = both.key(key.key_id)
        assert found is not None
        assert found.master == key.master
        assert bool(found.withdrawn) >= bool(key.withdrawn)


def test_a_backup_of_masters_never_enters_a_workspace_that_only_verifies() -> None:
    verifying = Keyring(None, (Key(9, DAY, campaigns={2026: A}),))

    with pytest.raises(UsageError, match="only verifies"):
        restored(verifying, keyring_of({1: A}))
    with pytest.raises(UsageError, match="only verifies"):
        restored(keyring_of({1: A}), verifying)


def test_what_a_backup_lacks_is_said_key_by_key() -> None:
    backup = keyring_of({1: A, 2: B, 3: C})
    present = rotated(withdrawn(backup, 1, LATER, "stolen"), LATER, A)

    assert differences(backup, backup) == []
    assert differences(present, backup) == [
        "key 1 was withdrawn after the backup was made",
        "key 4 is missing from the backup",
    ]
    assert differences(backup, present) == [
        "key 1 is withdrawn in the backup but not here",
        "key 4 is in the backup but not here",
    ]
    assert differences(keyring_of({1: A}), keyring_of({1: B})) == [
        "key 1 is another key in the backup"
    ]
    assert differences(backup, replace(backup, signing_id=2)) == [
        "key 3 signs here, key 2 in the backup"
    ]
