"""What words in exports mean, as people confirmed it once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import insert, select

from omr.ledger import Ledger, now
from omr.ledger.schema import alias
from omr.text_key import text_key


class AliasKind(StrEnum):
    """What the words stand for."""

    UNIT = "unit"
    DOMAIN = "domain"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class Alias:
    """Words and what they mean."""

    kind: AliasKind
    words: str  # as they stood in the file
    code: str
    by: str
    at: str  # ISO 8601, UTC


def confirm_alias(
    ledger: Ledger, kind: AliasKind | str, profile: str, words: str, code: str, *, by: str
) -> None:
    """Keep that *words* mean *code* in files of *profile*; an empty code takes it back.

    Raises:
        ValueError: If there are no words.
    """
    key = text_key(words)
    if not key:
        raise ValueError("an alias needs words")
    with ledger.write() as connection:
        connection.execute(
            insert(alias).values(
                kind=AliasKind(kind).value,
                profile=profile,
                words=words.strip(),
                words_key=key,
                code=code,
                said_by=by,
                said_at=now(),
            )
        )


def aliases(ledger: Ledger, profile: str) -> list[Alias]:
    """What is confirmed for files of *profile*, by kind and words."""
    query = select(alias).where(alias.c.profile == profile).order_by(alias.c.alias_id)
    with ledger.read() as connection:
        newest = {(row.kind, row.words_key): row for row in connection.execute(query)}
    return [
        Alias(AliasKind(row.kind), row.words, row.code, row.said_by, row.said_at)
        for _key, row in sorted(newest.items())
        if row.code
    ]
