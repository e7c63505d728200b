"""Words of a unit's people and words that were said here: which are new, and what became of them.

The same words are kept once, however often they come: they are known by their content. Words
that nobody here could have contradicted are added in their order. Where people said something
here meanwhile, nothing of theirs is overruled unseen: an answer that two offices read
differently waits for a third look, as after a blind second reading; everything else stays as it
is here and is counted, so that it can be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Said = TypeVar("Said")


@dataclass(slots=True)
class Words:
    """What became of a unit's decisions, choices and notes."""

    new: int = 0  # that were added
    disputed: int = 0  # answers that wait, since two offices read them differently
    left: int = 0  # that say something else than what was said here, which stands
    held: int = 0  # serials that were typed there, and that another sheet holds here


def signed(unit: str, person: str) -> str:
    """A person of a unit, as they are named here: nobody can pass for one of this office."""
    return f"{unit}/{person}"


def news(
    theirs: Sequence[Said], here: Iterable[Hashable], key: Callable[[Said], Hashable]
) -> tuple[list[Said], bool]:
    """Those of *theirs* that are not among the words *here*, and whether all of these are theirs.

    Words are compared by *key*; what was said twice is there twice.
    """
    left = Counter(here)
    new = []
    for said in theirs:
        if left[key(said)]:
            left[key(said)] -= 1
        else:
            new.append(said)
    return new, not left.total()


Key = tuple[Any, ...]
