"""Hostile texts of QR codes, made of genuine ones."""

from __future__ import annotations

import random
from functools import cache

import base45
from forgery import ALPHABET, BITS, genuine

from omr.codes import TEXT_LENGTH

GENUINE = 200  # codes that the forger has before him


@cache
def codes() -> tuple[str, ...]:
    """Genuine codes: what a forger may start from, and the only ones that may pass."""
    made = genuine(random.Random("genuine codes"))
    return tuple(next(made) for _number in range(GENUINE))


@cache
def _raw_codes() -> tuple[bytes, ...]:
    return tuple(base45.b45decode(text) for text in codes())


_CODE_WORDS = (
    *(
        "https://x.vn/",
        "' OR 1=1 --",
        "../../etc/passwd",
        "\0",
        "\n",
        "\u202e",
        "%s%n",
        "é",
        "𝟘",
        "İ",
    ),
    *("\ud800", " ", ":::", "ZZZ", "\\000026", "0" * 60, "a", "٠", "０", "\u0301"),
)
_LETTERS = ALPHABET + ALPHABET.lower() + "\0\n\t!\"#&'()<>?@[]^_`{}~é０𝟘"


def code_case(rng: random.Random) -> bytes:
    """A code's text in UTF-8; half-characters are let through as such."""
    return code_text(rng).encode("utf-8", "surrogatepass")


def code_text(rng: random.Random) -> str:
    """What somebody may put into a QR code to be taken for one of ours."""
    chance = rng.random()
    if chance >= 0.60:
        return _changed_text(rng)
    raw = bytearray(rng.choice(_raw_codes()))
    if chance < 0.25:
        for _turn in range(rng.choice((1, 1, 1, 2, 3))):
            bit = rng.randrange(BITS)
            raw[bit // 8] ^= 1 << bit % 8
    elif chance < 0.45:
        at = rng.randrange(1, len(raw))
        raw[at:] = rng.choice(_raw_codes())[at:]
    else:
        at = rng.randrange(len(raw))
        raw[at : at + 4] = rng.randbytes(len(raw[at : at + 4]))
    return _text(raw)


def _changed_text(rng: random.Random) -> str:
    text, chance = rng.choice(codes()), rng.random()
    at = rng.randrange(len(text) + 1)
    if chance < 0.50:
        return text[:at] + rng.choice(_LETTERS) + text[at + 1 :]
    if chance < 0.62:
        return text[:at] + text[at + 1 :] + rng.choice(_LETTERS)
    if chance < 0.75:
        return text[:at] + rng.choice(_CODE_WORDS) + text[at + rng.randrange(8) :]
    if chance < 0.82:
        return "".join(rng.choices(_LETTERS, k=TEXT_LENGTH))
    if chance < 0.88:
        return text.lower() if rng.random() < 0.3 else text[:at] + text[at:].swapcase()
    if chance < 0.93:
        return text * rng.choice((0, 2, 60)) + rng.choice(_CODE_WORDS)
    return text[:at] + " " * rng.randrange(3) + text[at:]


def _text(raw: bytes | bytearray) -> str:
    text: bytes = base45.b45encode(bytes(raw))
    return text.decode("ascii")
