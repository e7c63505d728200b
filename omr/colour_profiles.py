"""ICC profiles that say what grey and RGB look like, made here from their definitions.

PDF/A wants one. Bought and downloaded profiles carry licences; these are a page of numbers
(ICC.1:2001-04): white point, primaries, a tone curve, a name.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache

_RIGHTS = "Public domain"
_D50 = (0.9642, 1.0, 0.8249)  # the profile connection space's white
_GAMMA = 2.2  # of office screens and of sRGB's curve as a whole
# sRGB's primaries (IEC 61966-2-1), adapted to D50 as the connection space wants them
# (Bradford; the values that ICC publishes).
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}


@dataclass(frozen=True, slots=True)
class ColourProfile:
    """An ICC profile."""

    name: str
    channels: int  # 1: grey; 3: RGB
    data: bytes


@cache
def grey_profile() -> ColourProfile:
    """Grey alone, some 400 bytes."""
    return _profile("Grey, gamma 2.2", b"GRAY", {b"kTRC": _curve()})


@cache
def rgb_profile() -> ColourProfile:
    """Colours of sRGB's primaries; its curve as a plain power."""
    primaries = {name: b"XYZ \0\0\0\0" + _xyz(values) for name, values in _PRIMARIES.items()}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve())
    return _profile("RGB, sRGB primaries, gamma 2.2", b"RGB ", primaries | curves)


def _curve() -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(_GAMMA * 256)) + b"\0\0"


def _profile(name: str, space: bytes, own: dict[bytes, bytes]) -> ColourProfile:
    """The profile of a colour space whose *own* tags are given."""
    white = b"XYZ \0\0\0\0" + _xyz(_D50)
    text = name.encode("ascii") + b"\0"
    # After the name: its Unicode and Macintosh forms, which may be empty.
    named = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)
    rights = b"text\0\0\0\0" + _RIGHTS.encode("ascii") + b"\0"
    tags = {b"desc": named, b"wtpt": white} | own | {b"cprt": rights}
    return ColourProfile(name, 1 if space == b"GRAY" else 3, _assembled(tags, space))


def _assembled(tags: dict[bytes, bytes], space: bytes) -> bytes:
    """Header, table of tags, tags; each at a multiple of four bytes."""
    start = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for signature, content in tags.items():
        table += struct.pack(">4sII", signature, start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sI4sIQI12s48x",
        start + len(data),
        b"\0\0\0\0",  # no preferred colour engine
        0x02400000,  # version 2.4
        b"mntr",
        space,
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
        b"\0\0\0\0",  # no platform
        0,  # flags
        b"\0\0\0\0",  # no manufacturer
        0,  # model
        0,  # attributes
        0,  # perceptual
        _xyz(_D50),
    )
    return header + table + data


def _xyz(values: tuple[float, float, float]) -> bytes:
    """Three numbers as signed 16.16."""
    return struct.pack(">3i", *(round(value * 65536) for value in values))
