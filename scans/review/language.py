"""The page's words in Vietnamese and English; the office's setting chooses.

The screen's catalogue (:mod:`omr.i18n`) follows the system; a page that people read follows
``language`` in ``omr.toml``, so it has tables of its own, one for each part of the page. Every
entry: Vietnamese, English.
"""

from __future__ import annotations

from omr.ledger.decisions import Refusal
from omr.marks import Reason
from omr.settings import Language
from scans.review.words_doubts import DOUBT_WORDS, REFUSAL_WORDS
from scans.review.words_group import GROUP_WORDS
from scans.review.words_guard import GUARD_WORDS
from scans.review.words_item import ITEM_WORDS
from scans.review.words_paper import PAPER_WORDS
from scans.review.words_script import SCRIPT_WORDS

PAGE_WORDS: dict[str, tuple[str, str]] = (
    GUARD_WORDS | ITEM_WORDS | GROUP_WORDS | PAPER_WORDS | SCRIPT_WORDS
)


class Words:
    """The page's words in one language.

    Args:
        language: The office's.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._at = 0 if language is Language.VIETNAMESE else 1

    def __call__(self, key: str, **values: object) -> str:
        """The words for *key*, with *values* put in."""
        return PAGE_WORDS[key][self._at].format(**values)

    def for_script(self) -> dict[str, str]:
        """What the script says, with its blanks still to be filled in."""
        return {key: words[self._at] for key, words in SCRIPT_WORDS.items()}

    def reason(self, reason: Reason) -> str:
        """Why an item is here; the stable word where a page should never show it."""
        found = DOUBT_WORDS.get(reason)
        return found[self._at] if found else reason.value

    def refusal(self, refusal: Refusal, detail: str = "") -> str:
        """Why a decision was not kept, and what to do."""
        who = self("somebody") if refusal is Refusal.DECIDED_MEANWHILE and not detail else detail
        return REFUSAL_WORDS[refusal][self._at].format(detail=who)
