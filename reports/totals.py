"""Rows that add up other rows: people write them below their tables. Pure."""

from __future__ import annotations

from reports.cells import tidy_key

# Whole cells only: "Tổng cục" and "Cộng Hoà" are no totals.
_WORDS = (
    "Tổng",
    "Tổng cộng",
    "Tổng số",
    "Cộng",
    "Cộng chung",
    "Cộng tổng",
    "Tổng cộng chung",
    "Tổng toàn thành phố",
    "Toàn thành phố",
    "Toàn tỉnh",
    "Total",
    "Grand total",
    "Sum",
)
_KEYS = frozenset(map(tidy_key, _WORDS))
_FIRST = frozenset(word[0] for word in _WORDS)  # most cells need no more than this
_LONGEST = 30


def says_total(cell: str) -> bool:
    """Whether *cell* says that its row is a total."""
    return cell[:1].upper() in _FIRST and len(cell) <= _LONGEST and tidy_key(cell) in _KEYS
