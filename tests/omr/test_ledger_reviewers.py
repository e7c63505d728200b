from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from make_ledger import fresh_ledger

from omr.ledger import Ledger
from omr.ledger.reviewers import add_reviewer, check, remove_reviewer, reviewers
from omr.ledger.schema import reviewer

WORDS = "mật khẩu dài"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as opened:
        yield opened


@pytest.mark.embedded  # scrypt takes its time, whatever the database
def test_only_the_right_password_of_a_known_name_lets_in(ledger: Ledger) -> None:
    add_reviewer(ledger, "Nguyễn An", WORDS)

    assert check(ledger, "Nguyễn An", WORDS)
    assert check(ledger, " Nguye\u0302\u0303n An ", WORDS)  # the same name, typed otherwise
    assert not check(ledger, "Nguyễn An", WORDS + " ")
    assert not check(ledger, "Nguyễn An", "")
    assert not check(ledger, "Bình", WORDS)
    assert not check(ledger, "", "")


def test_a_new_password_ends_the_old_one_and_a_removed_name_has_none(ledger: Ledger) -> None:
    add_reviewer(ledger, "an", WORDS)
    add_reviewer(ledger, "an", "another password")
    add_reviewer(ledger, "bình", WORDS)
    assert not check(ledger, "an", WORDS)
    assert check(ledger, "an", "another password")
    assert reviewers(ledger) == ["an", "bình"]

    assert remove_reviewer(ledger, "an")
    assert not remove_reviewer(ledger, "an")
    assert not remove_reviewer(ledger, "nobody")

    assert reviewers(ledger) == ["bình"]
    assert not check(ledger, "an", "another password")
    assert not check(ledger, "an", "")


def test_the_ledger_keeps_no_password_and_no_two_alike(ledger: Ledger) -> None:
    add_reviewer(ledger, "an", WORDS)
    add_reviewer(ledger, "bình", WORDS)

    with ledger.read() as connection:
        one, two = connection.execute(sa.select(reviewer.c.secret)).scalars()

    assert one != two
    assert WORDS not in one
    assert one.startswith("scrypt$")
