"""Locks a stream of bytes for one receiver (pure: bytes in and out).

A fresh key for every parcel is sealed to the receiver's public key by HPKE (RFC 9180, base mode:
X25519, HKDF-SHA256, AES-256-GCM). It locks the stream in pieces of a mebibyte with AES-256-GCM
(NIST SP 800-38D), each numbered and the last one marked, so that memory stays flat and no piece
can be left out, repeated or moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from omr.key_pairs import ReceiverKey

PIECE = 1 << 20  # bytes of the stream that are locked together
TAG = 16  # bytes that each piece grows by
SEALED_LENGTH = 80  # bytes: HPKE's share of the key, the key, its tag
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class ParcelFault(Exception):
    """A parcel that is not for this receiver, or was altered."""


def seal_key(key: bytes, receiver: bytes, about: bytes) -> bytes:
    """A parcel's 32-byte *key*, which only the receiver can open, and only as *about* this.

    Args:
        key: As from :func:`new_key`.
        receiver: Public X25519 key.
        about: What the parcel says of itself; has to be given again to open it.
    """
    return _SUITE.encrypt(key, X25519PublicKey.from_public_bytes(receiver), info=about)


def open_key(sealed: bytes, receiver: ReceiverKey, about: bytes) -> bytes:
    """The key that :func:`seal_key` sealed.

    Raises:
        ParcelFault: If it was sealed for another receiver, or about something else.
    """
    secret = X25519PrivateKey.from_private_bytes(receiver.secret)
    try:
        return _SUITE.decrypt(sealed, secret, info=about)
    except (InvalidTag, ValueError) as error:
        raise ParcelFault from error


def new_key() -> bytes:
    """A fresh key for one parcel."""
    return AESGCM.generate_key(bit_length=256)


def locked(key: bytes, stream: Iterable[bytes]) -> Iterator[bytes]:
    """*stream*, locked, piece by piece; *key* must never lock another one."""
    lock, number, held = AESGCM(key), 0, bytearray()
    for part in stream:
        held += part
        while len(held) > PIECE:  # what is held last is marked as the last
            yield lock.encrypt(_nonce(number), bytes(held[:PIECE]), b"more")
            del held[:PIECE]
            number += 1
    yield lock.encrypt(_nonce(number), bytes(held), b"last")


def unlocked(key: bytes, stream: Iterable[bytes]) -> Iterator[bytes]:
    """What :func:`locked` locked.

    Args:
        key: The same.
        stream: The pieces as they were locked; each but the last ``PIECE + TAG`` bytes long.

    Raises:
        ParcelFault: If a piece is missing, was altered, moved or added.
    """
    lock, number = AESGCM(key), 0
    before: bytes | None = None
    for piece in stream:
        if before is not None:
            yield _opened(lock, number, before, b"more")
            number += 1
        before = piece
    yield _opened(lock, number, before or b"", b"last")


def _opened(lock: AESGCM, number: int, piece: bytes, mark: bytes) -> bytes:
    try:
        return lock.decrypt(_nonce(number), piece, mark)
    except (InvalidTag, ValueError) as error:  # ValueError: shorter than a tag
        raise ParcelFault from error


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
