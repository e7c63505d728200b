"""Whole numbers in Vietnamese words, as documents repeat them (pure)."""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ")  # of three digits, from the right
MOST = 1000 ** len(_GROUPS) - 1


def number_words(number: int) -> str:
    """*number* as it is read aloud: 1005 is "một nghìn không trăm linh năm".

    Groups of zeros are left out ("một triệu"), and a group after the first is read with
    its hundreds, so that no digit can be slipped in.

    Args:
        number: 0 to 999,999,999,999.

    Raises:
        ValueError: If it is out of that range.
    """
    if not 0 <= number <= MOST:
        raise ValueError(f"no words for {number}")
    if number == 0:
        return _DIGITS[0]
    words: list[str] = []
    for index in reversed(range(len(_GROUPS))):
        group = number // 1000**index % 1000
        if group:
            words += _group(group, leading=not words)
            words.append(_GROUPS[index])
    return " ".join(filter(None, words))


def _group(group: int, *, leading: bool) -> list[str]:
    """Three digits, 1 to 999; the hundreds of a leading group are read only if there are any."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    spoken = hundreds > 0 or not leading
    words = [_DIGITS[hundreds], "trăm"] if spoken else []
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and spoken:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return words
