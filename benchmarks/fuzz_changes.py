"""How a sound input is spoilt: bytes, numbers, words; the same for the same chance.

Changes are made where formats keep their lengths, sizes and places, so that a spoilt file gets
past its own head more often than by chance.
"""

from __future__ import annotations

import random
import re
import struct
import zlib
from collections.abc import Callable, Sequence

_EDGES = (
    *(0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 1000, 4096, 32767, 32768, 65535),
    *(65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1),
)
_NUMBERS = (
    *(b"0", b"-1", b"1", b"2", b"3", b"8", b"99", b"255", b"256", b"65535", b"65536", b"0.001"),
    *(b"-0.5", b"2147483647", b"2147483648", b"4294967295", b"4294967296", b"1e9", b"1e400"),
    *(b"99999999999999999999", b"-2147483648", b"NaN", b"0.0000000001", b"3000", b"20000"),
)
_DIGITS = re.compile(rb"-?\d+(?:\.\d+)?")

Words = Sequence[bytes]
_Change = Callable[[bytearray, random.Random, Words], None]


def spoilt(data: bytes, rng: random.Random, words: Words = (), most: int = 5) -> bytes:
    """*data* after one to *most* changes.

    Args:
        data: Sound bytes.
        rng: Decides everything.
        words: Of the format: they are put in at random places.
        most: Changes.
    """
    found = bytearray(data)
    for _turn in range(rng.randint(1, most)):
        rng.choice(_CHANGES)(found, rng, words)
    return bytes(found)


def renumbered(data: bytes, rng: random.Random, most: int = 3) -> bytes:
    """*data* with some of the numbers that are written out in it exchanged."""
    places = list(_DIGITS.finditer(data))
    if not places:
        return data
    for place in sorted(rng.sample(places, min(len(places), rng.randint(1, most))), key=_start)[
        ::-1
    ]:
        data = data[: place.start()] + rng.choice(_NUMBERS) + data[place.end() :]
    return data


def _start(place: re.Match[bytes]) -> int:
    return place.start()


def png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a sound PNG: kind and body."""
    found, at = [], 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


def png_of(chunks: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A PNG of *chunks*, whose lengths and check sums fit, so that what is in them is looked at."""
    out = bytearray(b"\x89PNG\r\n\x1a\n")
    for kind, body in chunks:
        out += len(body).to_bytes(4, "big") + kind + body
        out += struct.pack(">I", zlib.crc32(kind + body))
    return bytes(out)


def png_spoilt_inside(data: bytes, rng: random.Random, words: Words) -> bytes:
    """A PNG of which one chunk is spoilt, or the pixels that are packed in it."""
    chunks = png_chunks(data)
    place = rng.randrange(len(chunks))
    kind, body = chunks[place]
    if kind == b"IDAT" and rng.random() < 0.6:
        body = zlib.compress(spoilt(zlib.decompress(body), rng, words), 1)
    elif rng.random() < 0.2:
        kind = rng.choice(words)[:4].ljust(4, b"x") if words else kind
    else:
        body = spoilt(body, rng, words)
    chunks[place] = kind, body
    if rng.random() < 0.2:
        chunks.insert(rng.randrange(len(chunks)), rng.choice(chunks))
    return png_of(chunks)


def tiff_entry_changed(data: bytes, rng: random.Random) -> bytes:
    """A classic TIFF with one entry of its first directories changed."""
    order = "<" if data[:2] == b"II" else ">"
    found = bytearray(data)
    try:
        (at,) = struct.unpack_from(order + "I", found, 4)
        for _page in range(rng.choice((0, 0, 1))):
            (count,) = struct.unpack_from(order + "H", found, at)
            (at,) = struct.unpack_from(order + "I", found, at + 2 + 12 * count)
        (count,) = struct.unpack_from(order + "H", found, at)
        for _turn in range(rng.randint(1, 3)):
            entry = at + 2 + 12 * rng.randrange(max(count, 1))
            part = rng.randrange(4)
            if part == 0:
                struct.pack_into(order + "H", found, entry, rng.choice(_TAGS))
            elif part == 1:
                struct.pack_into(order + "H", found, entry + 2, rng.randrange(20))
            else:
                value = (
                    rng.choice(_EDGES) & 0xFFFFFFFF if rng.random() < 0.7 else rng.getrandbits(16)
                )
                struct.pack_into(order + "I", found, entry + (4 if part == 2 else 8), value)
    except struct.error:
        return spoilt(data, rng)
    return bytes(found)


_TAGS = (
    *(254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 292, 293, 296),
    *(317, 320, 322, 323, 324, 325, 330, 338, 339, 347, 512, 513, 514, 519, 530, 532, 700, 33723),
    *(34377, 34665, 34675, 65535),
)


def _flip(data: bytearray, rng: random.Random, _words: Words) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _set(data: bytearray, rng: random.Random, _words: Words) -> None:
    if data:
        data[rng.randrange(len(data))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.getrandbits(8)))


def _edge(data: bytearray, rng: random.Random, _words: Words) -> None:
    code = rng.choice(("<H", ">H", "<I", ">I", "<Q", ">Q"))
    size = struct.calcsize(code)
    if len(data) >= size:
        value = rng.choice(_EDGES) & ((1 << 8 * size) - 1)
        struct.pack_into(code, data, rng.randrange(len(data) - size + 1), value)


def _cut(data: bytearray, rng: random.Random, _words: Words) -> None:
    del data[rng.randrange(len(data) + 1) :]


def _remove(data: bytearray, rng: random.Random, _words: Words) -> None:
    at = rng.randrange(len(data) + 1)
    del data[at : at + rng.randint(1, 40)]


def _repeat(data: bytearray, rng: random.Random, _words: Words) -> None:
    at = rng.randrange(len(data) + 1)
    piece = bytes(data[at : at + rng.randint(1, 60)])
    data[at:at] = piece * rng.choice((1, 1, 2, 20))


def _move(data: bytearray, rng: random.Random, _words: Words) -> None:
    at, to = rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)
    piece = bytes(data[at : at + rng.randint(1, 60)])
    data[to : to + len(piece)] = piece


def _noise(data: bytearray, rng: random.Random, _words: Words) -> None:
    at = rng.randrange(len(data) + 1)
    data[at : at + rng.choice((0, 4))] = rng.randbytes(rng.randint(1, 16))


def _word(data: bytearray, rng: random.Random, words: Words) -> None:
    if words:
        at = rng.randrange(len(data) + 1)
        word = rng.choice(words)
        data[at : at + rng.choice((0, len(word)))] = word


def _number(data: bytearray, rng: random.Random, _words: Words) -> None:
    places = [place.span() for place in _DIGITS.finditer(data)] if len(data) < 4000 else []
    if places:
        start, end = rng.choice(places)
        data[start:end] = rng.choice(_NUMBERS)


_CHANGES: tuple[_Change, ...] = (
    *(_flip, _flip, _set, _set, _edge, _edge, _cut, _remove, _repeat, _move, _noise, _word, _word),
    *(_number,),
)
