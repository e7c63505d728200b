"""Frozen dataclasses as JSON and back, by their own annotations. Pure.

What a closed month holds must be read again years later, so fields go by name: one that was
added since has its default, one that is gone is an error and not a guess.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import types
import zlib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

_Value = TypeVar("_Value")
_LEVEL = 9  # small; a month is packed once


class NotReadable(ValueError):
    """What was packed is damaged, or of another version of the program."""


def canonical(value: Any) -> str:
    """*value*, a dataclass, as JSON; the same value, the same text."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def pack(value: Any, mark: bytes) -> bytes:
    """*value*, a dataclass, as compressed JSON behind *mark*; the same value, the same bytes."""
    return mark + zlib.compress(canonical(value).encode(), _LEVEL)


def unpack(body: bytes, kind: type[_Value], mark: bytes) -> _Value:
    """The *kind* that :func:`pack` packed behind *mark*.

    Raises:
        NotReadable: If it is anything else.
    """
    if not body.startswith(mark):
        raise NotReadable("not packed by this version")
    try:
        plain = json.loads(zlib.decompress(body[len(mark) :]))
        found = _value(kind, plain)
    except (zlib.error, ValueError, TypeError, KeyError) as error:
        raise NotReadable(str(error)) from error
    if not isinstance(found, kind):
        raise NotReadable("something else was packed")
    return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.init
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        # In pairs: the order of a mapping is part of it.
        return [[_plain(key), _plain(each)] for key, each in value.items()]
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value).__name__} cannot be packed")


def _value(kind: Any, plain: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        [only] = [each for each in inner if each is not types.NoneType]
        return None if plain is None else _value(only, plain)
    if origin is tuple or (isinstance(kind, type) and issubclass(kind, tuple)):
        return _tuple(kind, inner, plain)
    if origin is not None and issubclass(origin, Mapping):
        key, each = inner
        return {_value(key, name): _value(each, part) for name, part in plain}
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if kind is bytes:
        return base64.b64decode(plain, validate=True)
    if kind is float and isinstance(plain, int | float) and not isinstance(plain, bool):
        return float(plain)
    if kind in (str, int, bool) and type(plain) is kind:
        return plain
    raise TypeError(f"{plain!r:.40} is no {kind}")


def _tuple(kind: Any, inner: tuple[Any, ...], plain: Any) -> Any:
    if inner[1:] == (...,):
        return tuple(_value(inner[0], each) for each in plain)
    if inner:
        return tuple(_value(each, part) for each, part in zip(inner, plain, strict=True))
    parts = zip(_hints(kind).values(), plain, strict=True)  # a NamedTuple
    return kind(*(_value(each, part) for each, part in parts))


def _dataclass(kind: Any, plain: Any) -> Any:
    hints = _hints(kind)
    if not isinstance(plain, dict) or not plain.keys() <= hints.keys():
        raise TypeError(f"unknown fields in {kind.__name__}")
    return kind(**{name: _value(hints[name], part) for name, part in plain.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
