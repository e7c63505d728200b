"""The signed text in a form's QR code.

A body of 15 bytes (big-endian: version 1, key 1, campaign 2, unit 2, domain 1, number 4,
flags 1, layout 3) followed by the first 16 bytes of an HMAC-SHA256 over it, written in
Base45 (RFC 9285): 47 characters of the QR alphanumeric alphabet, which fit version 3-Q.
Half of the hash is what RFC 2104 section 5 asks for as the least tag length.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import StrEnum

import base45
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from omr.keys import Key, Keyring

VERSION = 1
TEXT_LENGTH = 47
TAG_LENGTH = 16
SPECIMEN_KEY_ID = 0  # keyrings count from 1 (omr.keys.FIRST_KEY_ID), so nothing signed so counts
_BODY = struct.Struct(">BBHHBIB3s")
_CONTEXT = b"PVQR1\0"  # separates this use of the key from every other
_MOST_DERIVED = 1024  # years' keys kept at hand; forged codes may name 65,536 years


class CodeFault(StrEnum):
    """Why a QR code's text is not accepted."""

    FOREIGN = "foreign-code"  # not of our form: some other QR code
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_KEY = "unknown-key"
    SPECIMEN = "specimen"  # of our form, not to be counted
    WITHDRAWN_KEY = "withdrawn-key"  # no forgery as such, but others know that key


@dataclass(frozen=True, slots=True)
class CodeBody:
    """What a form's QR code says. Numbers stand for ids that the ledger knows."""

    key_id: int  # 0 to 255
    campaign: int  # the year of the serial
    unit: int  # 0 to 65,535
    domain: int  # 0 to 255
    number: int  # running number within domain and year
    layout: str  # first 6 hexadecimal digits of the layout id
    flags: int = 0

    def to_bytes(self) -> bytes:
        """The 15 bytes that are signed.

        Raises:
            ValueError: If ``layout`` is not six hexadecimal digits; packing would pad or cut it.
        """
        layout = bytes.fromhex(self.layout)
        if len(layout) != 3:
            raise ValueError(f"a layout's code has 6 hexadecimal digits, not {self.layout!r}")
        return _BODY.pack(
            VERSION,
            self.key_id,
            self.campaign,
            self.unit,
            self.domain,
            self.number,
            self.flags,
            layout,
        )


def campaign_key(master: bytes, campaign: int) -> bytes:
    """The 32-byte key of one year, derived from *master* (HKDF-SHA256, RFC 5869)."""
    info = b"omr campaign %d version %d" % (campaign, VERSION)
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(master)


def sign(body: CodeBody, key: bytes) -> str:
    """The QR text of *body*, signed with a campaign's *key*."""
    raw = body.to_bytes()
    text: bytes = base45.b45encode(raw + _tag(raw, key))
    return text.decode("ascii")


class Verifier:
    """Says what a code's text means, whoever made it: the one way from text to trust.

    Each year's key is derived once and kept, so that a code costs one hash. Holds secrets:
    its ``repr`` names key ids alone. Can be sent to a worker process.

    Args:
        keyring: Every key that may verify, retired and withdrawn ones included.
    """

    __slots__ = ("_derived", "_keys")

    def __init__(self, keyring: Keyring) -> None:
        self._keys = {key.key_id: key for key in keyring.keys}
        self._derived: dict[tuple[int, int], bytes] = {}

    def __repr__(self) -> str:
        return f"Verifier(key_ids={sorted(self._keys)})"

    def verify(self, text: str) -> CodeBody | CodeFault:
        """What *text* says if one of our keys signed it, else why it is not accepted.

        Args:
            text: As decoded from a QR code; anything at all.
        """
        if len(text) != TEXT_LENGTH:
            return CodeFault.FOREIGN
        try:
            raw = base45.b45decode(text)
        except ValueError:
            return CodeFault.FOREIGN
        if len(raw) != _BODY.size + TAG_LENGTH or raw[0] != VERSION:
            return CodeFault.FOREIGN
        body, tag = raw[: _BODY.size], raw[_BODY.size :]
        _version, key_id, campaign, unit, domain, number, flags, layout = _BODY.unpack(body)
        key = self._keys.get(key_id)
        if key is None:
            return CodeFault.SPECIMEN if key_id == SPECIMEN_KEY_ID else CodeFault.UNKNOWN_KEY
        secret = self._campaign_key(key, campaign)
        if secret is None:  # only other years' keys are here, or none any more
            return CodeFault.WITHDRAWN_KEY if key.withdrawn else CodeFault.UNKNOWN_KEY
        if not hmac.compare_digest(tag, _tag(body, secret)):
            return CodeFault.BAD_SIGNATURE
        if key.withdrawn:
            return CodeFault.WITHDRAWN_KEY
        return CodeBody(key_id, campaign, unit, domain, number, layout.hex().upper(), flags)

    def _campaign_key(self, key: Key, campaign: int) -> bytes | None:
        if key.master is None:
            return key.campaigns.get(campaign)
        known = self._derived.get((key.key_id, campaign))
        if known is None:
            if len(self._derived) >= _MOST_DERIVED:
                self._derived.clear()
            known = self._derived[key.key_id, campaign] = campaign_key(key.master, campaign)
        return known


def _tag(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _CONTEXT + body, hashlib.sha256)[:TAG_LENGTH]
