"""An ICC profile that says what a share of grey looks like, made here from its definition.

PDF/A wants one. Bought and downloaded profiles carry licences; a grey one is a page of
numbers (ICC.1:2001-04): white point, one tone curve, a name.
"""

from __future__ import annotations

import struct

NAME = "Grey, gamma 2.2"
_RIGHTS = "Public domain"
_D50 = (0.9642, 1.0, 0.8249)  # the profile connection space's white
_GAMMA = 2.2  # of office screens and of sRGB's curve as a whole


def grey_profile() -> bytes:
    """The profile, some 400 bytes."""
    white = b"XYZ \0\0\0\0" + _xyz(_D50)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(_GAMMA * 256)) + b"\0\0"
    name = NAME.encode("ascii") + b"\0"
    # After the name: its Unicode and Macintosh forms, which may be empty.
    named = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)
    rights = b"text\0\0\0\0" + _RIGHTS.encode("ascii") + b"\0"
    return _assembled({b"desc": named, b"wtpt": white, b"kTRC": curve, b"cprt": rights})


def _assembled(tags: dict[bytes, bytes]) -> bytes:
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
        b"GRAY",
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
