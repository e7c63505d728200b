"""Keys for an office that scans: one year's forms verify there, and nothing else can be had."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from make_keys import DAY, keyring_of

from omr.codes import CodeBody, CodeFault, Verifier, campaign_key, sign
from omr.errors import UsageError
from omr.key_changes import rotated, withdrawn
from omr.key_share import imported, shared
from omr.keys import Key, KeysUnusable, Withdrawal, keyring_to_bytes

A, B, C = b"a" * 32, b"b" * 32, b"c" * 32
LATER = date(2027, 1, 2)
PRINTER = keyring_of({1: A, 2: B})


def code(key_id: int, master: bytes, year: int = 2026) -> str:
    return sign(CodeBody(key_id, year, 7, 3, 417, "9F2C11"), campaign_key(master, year))


def test_an_export_verifies_its_year_and_no_other() -> None:
    there = Verifier(shared(PRINTER, 2026))

    for key_id, master in ((1, A), (2, B)):
        assert isinstance(there.verify(code(key_id, master)), CodeBody)
        assert there.verify(code(key_id, C)) is CodeFault.BAD_SIGNATURE
        for year in (2025, 2027):
            assert there.verify(code(key_id, master, year)) is CodeFault.UNKNOWN_KEY


def test_an_export_holds_no_master_and_no_other_year() -> None:
    export = shared(PRINTER, 2026)
    raw = keyring_to_bytes(export)

    assert all(key.master is None for key in export.keys)
    assert export.signing_id is None
    assert [dict(key.campaigns) for key in export.keys] == [
        {2026: campaign_key(A, 2026)},
        {2026: campaign_key(B, 2026)},
    ]
    for secret in (A, B, campaign_key(A, 2025), campaign_key(B, 2027)):
        assert base64.b64encode(secret) not in raw
    assert base64.b64encode(campaign_key(A, 2026)) in raw  # so the spelling looked for is right


def test_an_export_signs_nothing() -> None:
    with pytest.raises(KeysUnusable, match="no key to sign"):
        shared(PRINTER, 2026).signing()


def test_single_keys_can_be_exported() -> None:
    assert [key.key_id for key in shared(PRINTER, 2026, [2]).keys] == [2]


@pytest.mark.parametrize("year", [1999, 2100, 26, 0, -1, 70_000])
def test_a_year_without_serials_is_refused(year: int) -> None:
    with pytest.raises(UsageError, match="no serials of the year"):
        shared(PRINTER, year)


def test_missing_and_withdrawn_keys_are_never_exported() -> None:
    keyring = withdrawn(PRINTER, 1, LATER, "stolen")

    with pytest.raises(UsageError, match="not here or withdrawn: 1, 7") as caught:
        shared(keyring, 2026, [1, 2, 7])
    assert "2." in caught.value.remedy
    told = shared(keyring, 2026)
    assert told.key(1) == Key(1, DAY, withdrawn=Withdrawal(LATER, "stolen"))
    assert Verifier(told).verify(code(1, A)) is CodeFault.WITHDRAWN_KEY


def test_who_only_verifies_hands_nothing_on() -> None:
    with pytest.raises(UsageError, match="no master key"):
        shared(shared(PRINTER, 2026), 2026)


def test_next_year_s_export_adds_to_this_year_s() -> None:
    first = shared(PRINTER, 2026)
    renewed = rotated(PRINTER, LATER, C)

    both = imported(first, shared(renewed, 2027))

    verifier = Verifier(both)
    for key_id, master, year in ((1, A, 2026), (2, B, 2026), (1, A, 2027), (3, C, 2027)):
        assert isinstance(verifier.verify(code(key_id, master, year)), CodeBody)
    assert verifier.verify(code(3, C, 2026)) is CodeFault.UNKNOWN_KEY
    assert imported(both, first) == both


def test_a_withdrawal_reaches_the_other_office_with_the_next_export() -> None:
    office = shared(PRINTER, 2026)
    assert isinstance(Verifier(office).verify(code(1, A)), CodeBody)

    office = imported(office, shared(withdrawn(PRINTER, 1, LATER, "stolen"), 2026))

    assert Verifier(office).verify(code(1, A)) is CodeFault.WITHDRAWN_KEY
    assert isinstance(Verifier(office).verify(code(2, B)), CodeBody)


def test_an_export_never_replaces_another_key() -> None:
    office = shared(PRINTER, 2026)

    with pytest.raises(UsageError, match="bear these ids here: 1"):
        imported(office, shared(keyring_of({1: C}), 2026))


def test_an_office_that_prints_takes_no_export_but_its_own_which_adds_nothing() -> None:
    assert imported(PRINTER, shared(PRINTER, 2026)) == PRINTER

    for foreign in ({1: C}, {9: C}):
        with pytest.raises(UsageError, match="a key of its own; nothing was changed") as caught:
            imported(PRINTER, shared(keyring_of(foreign), 2026))
        assert "--set-aside" in caught.value.remedy
