r"""The one file in which a unit sends a month: signed by the unit, locked for one receiver.

Layout, all numbers big-endian::

    "OMR-PACK 1\n"             11 bytes
    length of the head         4 bytes
    head                       JSON, ASCII: who sends what to whom, length and SHA-256 of the body
    signature                  64 bytes, Ed25519, over everything before it
    body                       locked (omr.key_parcel), to the file's end

The body, once unlocked, is the length of the lines (8 bytes), the lines (scans.pack_json, each
ended by "\n"), and the pictures: each its SHA-256 (32 bytes), its length (4 bytes), and itself.
Nothing in it is compressed and nothing in it is a path, so nothing can unfold or lead elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from omr.key_pairs import (
    KEY_LENGTH,
    SIGNATURE_LENGTH,
    ReceiverKey,
    SenderKey,
    fingerprint,
    is_signed_by,
)
from omr.key_parcel import (
    PIECE,
    SEALED_LENGTH,
    TAG,
    ParcelFault,
    locked,
    new_key,
    open_key,
    seal_key,
    unlocked,
)
from omr.new_file import give_name, keep_folder_entry
from omr.part_file import PartFile, take_left_over
from scans.pack_json import LONGEST_LINE

MAGIC = b"OMR-PACK 1\n"
MOST_BYTES = 8 << 30  # of a file; a month of 100,000 sheets with every picture is half of it
MOST_LINES = 256 << 20  # bytes of lines; 80,000 sheets, more than a unit has in years
MOST_PICTURE = 4 << 20  # bytes; a whole A4 sheet at 8 px/mm is 0.6 MB
_MOST_HEAD = 10_000
_SIZE = 4


class PackFault(Exception):
    """A file that is no whole, unaltered file of ours; nothing of it was used."""


class NotForUs(Exception):
    """A file that is locked for another receiver."""


@dataclass(frozen=True, slots=True)
class Head:
    """What everybody can read of a file, and nobody can change."""

    unit: str
    period: str
    made_at: str  # ISO 8601, UTC
    software: str
    sheets: int
    sender: str  # public Ed25519 key, hexadecimal
    receiver: str  # fingerprint of the receiver's key
    key: str  # sealed key of the body, hexadecimal
    body_bytes: int
    body_sha256: str

    @property
    def public(self) -> bytes:
        """The sender's public key."""
        return bytes.fromhex(self.sender)


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file whose signature and whole body were checked."""

    path: Path
    head: Head
    sha256: str  # of the whole file
    body_at: int  # where the body begins


def write_pack(
    path: Path,
    key: SenderKey,
    lines: Iterable[bytes],
    pictures: Iterable[bytes],
    *,
    period: str,
    made_at: str,
    software: str,
    sheets: int,
) -> Head:
    """Write a new file, beside it first: it is there whole or not at all.

    Raises:
        PackFault: If it would be larger than anybody opens.
        FileExistsError: If there is a file of that name.
        OSError: If it cannot be written.
    """
    secret = new_key()
    sender = key.public.hex()
    about = _about(key.unit, period, sender)
    with PartFile(_body_of(path)) as body, PartFile(path) as whole:
        digest, length = hashlib.sha256(), 0
        for piece in locked(secret, _plain(lines, pictures)):
            body.file.write(piece)
            digest.update(piece)
            length += len(piece)
        body.file.flush()
        head = Head(
            unit=key.unit,
            period=period,
            made_at=made_at,
            software=software,
            sheets=sheets,
            sender=sender,
            receiver=fingerprint(key.receiver),
            key=seal_key(secret, key.receiver, about).hex(),
            body_bytes=length,
            body_sha256=digest.hexdigest(),
        )
        raw = json.dumps(asdict(head), sort_keys=True).encode("ascii")
        signed = MAGIC + len(raw).to_bytes(_SIZE, "big") + raw
        whole.file.write(signed + key.sign(signed))
        with body.path.open("rb") as stream:
            while block := stream.read(PIECE):
                whole.file.write(block)
        whole.finish()
        give_name(whole.path, path)
    keep_folder_entry(path.parent)
    return head


def take_pack_left_over(path: Path) -> None:
    """Remove what an interrupted writer of *path* left behind."""
    for each in (path, _body_of(path)):
        take_left_over(each)


def open_pack(path: Path) -> PackFile:
    """Check that a file is whole and unaltered since its sender signed it.

    Who the sender is has still to be asked: anybody can sign with a key of their own.

    Raises:
        PackFault: If it is no such file.
        OSError: If it cannot be read.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
        raise PackFault
    with path.open("rb") as stream:
        state = os.fstat(stream.fileno())
        if state.st_size > MOST_BYTES:
            raise PackFault
        digest = hashlib.sha256()
        head, start = _head(stream, digest.update)
        if start + head.body_bytes != state.st_size:
            raise PackFault
        body = hashlib.sha256()
        while block := stream.read(PIECE):
            body.update(block)
            digest.update(block)
        if body.hexdigest() != head.body_sha256:
            raise PackFault
    return PackFile(path, head, digest.hexdigest(), start)


class Content:
    """What is in a file, read once from its beginning: the lines, then the pictures.

    Args:
        pack: From :func:`open_pack`.
        receiver: Who opens it.

    Raises:
        NotForUs: If it is locked for another receiver.
        OSError: If it cannot be read.
    """

    def __init__(self, pack: PackFile, receiver: ReceiverKey) -> None:
        head = pack.head
        about = _about(head.unit, head.period, head.sender)
        try:
            secret = open_key(bytes.fromhex(head.key), receiver, about)
        except ParcelFault:
            raise NotForUs from None
        self._stream = pack.path.open("rb")
        self._stream.seek(pack.body_at)
        self._plain = unlocked(secret, iter(lambda: self._stream.read(PIECE + TAG), b""))
        self._held = bytearray()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def lines(self) -> Iterator[bytes]:
        """Every line.

        Raises:
            PackFault: If they do not end where they should.
        """
        left = int.from_bytes(self._take(8), "big")
        if left > MOST_LINES:
            raise PackFault
        line = bytearray()
        while left:
            some = self._take(min(left, PIECE))
            left -= len(some)
            *whole, rest = (bytes(line) + some).split(b"\n")
            if len(rest) > LONGEST_LINE:
                raise PackFault
            yield from whole
            line = bytearray(rest)
        if line:
            raise PackFault

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        """Every picture with its SHA-256, which was checked; after the lines.

        Raises:
            PackFault: If one is not what it says, or cut off.
        """
        while digest := self._take(32, may_end=True):
            length = int.from_bytes(self._take(_SIZE), "big")
            if length > MOST_PICTURE:
                raise PackFault
            picture = self._take(length)
            if hashlib.sha256(picture).digest() != digest:
                raise PackFault
            yield digest.hex(), picture

    def _take(self, count: int, *, may_end: bool = False) -> bytes:
        while len(self._held) < count:
            try:
                more = next(self._plain, None)
            except ParcelFault:
                raise PackFault from None
            if more is None:
                if may_end and not self._held:
                    return b""
                raise PackFault
            self._held += more
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken


def _body_of(path: Path) -> Path:
    """Where the body goes before anybody knows its length; it never gets that name."""
    return path.with_name(f"{path.name}.body")


def _plain(lines: Iterable[bytes], pictures: Iterable[bytes]) -> Iterator[bytes]:
    text = b"".join(line + b"\n" for line in lines)
    if len(text) > MOST_LINES:
        raise PackFault
    yield len(text).to_bytes(8, "big")
    yield text
    for picture in pictures:
        yield hashlib.sha256(picture).digest() + len(picture).to_bytes(_SIZE, "big")
        yield picture


def _about(unit: str, period: str, sender: str) -> bytes:
    """What the body is bound to: nobody can sign it again as theirs."""
    return MAGIC + json.dumps([unit, period, sender]).encode("ascii")


def _head(stream: BinaryIO, seen: Callable[[bytes], None]) -> tuple[Head, int]:
    start = stream.read(len(MAGIC) + _SIZE)
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if start[: len(MAGIC)] != MAGIC or length > _MOST_HEAD:
        raise PackFault
    raw, signature = stream.read(length), stream.read(SIGNATURE_LENGTH)
    seen(start + raw + signature)
    try:
        head = _checked(json.loads(raw))
    except (ValueError, TypeError, RecursionError):
        raise PackFault from None
    if not is_signed_by(head.public, start + raw, signature):
        raise PackFault
    return head, len(start) + length + SIGNATURE_LENGTH


def _checked(content: Any) -> Head:
    if not isinstance(content, dict):
        raise TypeError
    head = Head(**content)  # TypeError: something is missing or too much
    texts = (head.unit, head.period, head.made_at, head.software, head.receiver, head.body_sha256)
    if not all(isinstance(text, str) and text.isprintable() for text in texts):
        raise TypeError
    for number in (head.sheets, head.body_bytes):
        if type(number) is not int or number < 0:
            raise TypeError
    if len(head.public) != KEY_LENGTH or len(bytes.fromhex(head.key)) != SEALED_LENGTH:
        raise ValueError
    return head
