"""What the C image libraries say about damaged data, kept off the terminal.

They decode what they can and print a line where they had to guess; nothing else tells.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_STDERR = 2
_one_at_a_time = threading.RLock()  # a decoder may be called for by another


@contextmanager
def listening() -> Iterator[bytearray]:
    """Standard error is listened to; what was said is in the yielded bytes afterwards.

    What others wrote meanwhile, such as a progress bar, is passed on: ``DECODERS`` words alone
    are swallowed. Where standard error cannot be redirected nothing is heard.
    """
    said = bytearray()
    with _one_at_a_time:
        try:
            kept = os.dup(_STDERR)
        except OSError:
            yield said
            return
        try:
            with tempfile.TemporaryFile(buffering=0) as ear:
                os.dup2(ear.fileno(), _STDERR)
                try:
                    yield said
                finally:
                    os.dup2(kept, _STDERR)
                    if ear.tell():
                        ear.seek(0)
                        said += ear.read()
                        _pass_on(bytes(said))
        finally:
            os.close(kept)


# How the lines begin: libjpeg (jerror.h), libtiff's codecs, libpng, OpenCV's log.
_DECODERS = (
    b"Corrupt JPEG", b"Premature end", b"Invalid JPEG", b"Invalid SOS", b"Unsupported marker",
    b"Inconsistent progression", b"Unknown Adobe", b"Warning: unknown JFIF", b"Application trans",
    b"Fax", b"LZW", b"ZIP", b"PackBits", b"JPEG", b"OJPEG", b"TIFF", b"_TIFF", b"PixarLog",
    b"libpng", b"[ WARN", b"[ERROR",
)  # fmt: skip


def _pass_on(said: bytes) -> None:
    others = [line for line in said.splitlines(keepends=True) if not line.startswith(_DECODERS)]
    if others:
        with suppress(OSError):
            sys.stderr.flush()
            os.write(_STDERR, b"".join(others))
