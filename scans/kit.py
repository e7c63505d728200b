"""A unit's kit: one locked file with all that a unit needs to read its own scans.

Keys that verify and never sign, the catalogue, the surveys, the books about its forms, and the
key for which it locks what it sends back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from omr.errors import InputUnusable
from omr.i18n import _
from omr.key_pairs import KEY_LENGTH
from omr.keys import KeyFault, Keyring, keyring_from_bytes, keyring_to_bytes
from omr.ledger.handout import Rows

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Kit:
    """What is in the file."""

    unit: str
    settings: str  # text of omr.toml
    units: str  # text of units.csv
    links: str  # text of links.toml; empty if there is none
    surveys: Mapping[str, str]  # texts by file name, earlier revisions as archive/NAME
    books: Mapping[str, Rows]
    receiver: bytes  # public X25519 key
    keyring: Keyring = field(repr=False)  # verifies only


def kit_to_bytes(kit: Kit) -> bytes:
    """The content of a kit's file: secret."""
    content = {
        "format": _FORMAT,
        "unit": kit.unit,
        "settings": kit.settings,
        "units": kit.units,
        "links": kit.links,
        "surveys": dict(kit.surveys),
        "books": dict(kit.books),
        "receiver": base64.b64encode(kit.receiver).decode("ascii"),
        "keyring": keyring_to_bytes(kit.keyring).decode("ascii"),
    }
    return json.dumps(content, ensure_ascii=False).encode()


def kit_from_bytes(raw: bytes) -> Kit:
    """The kit that :func:`kit_to_bytes` described.

    Raises:
        InputUnusable: If it is none, or holds keys that sign.
    """
    kit = None
    try:
        content = json.loads(raw)
        if content["format"] == _FORMAT:
            kit = _kit(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, KeyFault):
        pass
    if kit is None:  # outside the handler: neither this error nor its cause may quote a key
        raise InputUnusable(
            _("this kit was written by another version of omr, or it is damaged"),
            _("Install the same version as the office that made it, or ask for a new kit."),
        )
    return kit


def _kit(content: dict[str, Any]) -> Kit:
    keyring = keyring_from_bytes(content["keyring"].encode("ascii"))
    receiver = base64.b64decode(content["receiver"], validate=True)
    if keyring.signing_id is not None or any(key.master for key in keyring.keys):
        raise ValueError
    if len(receiver) != KEY_LENGTH:
        raise ValueError
    return Kit(
        unit=_text(content["unit"]),
        settings=_text(content["settings"]),
        units=_text(content["units"]),
        links=_text(content["links"]),
        surveys={_file_name(name): _text(text) for name, text in content["surveys"].items()},
        books={_text(name): list(rows) for name, rows in content["books"].items()},
        receiver=receiver,
        keyring=keyring,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _file_name(name: str) -> str:
    """The name of a survey's file: it must not lead out of the folder."""
    bare = name.removeprefix("archive/")
    if not bare.endswith(".toml") or set(bare) & set("/\\:\0") or bare.startswith("."):
        raise ValueError
    return name
