"""Addresses of public pages: what may stand in a code that strangers open (pure).

An address is checked as a person wrote it, with ``{placeholders}`` still in it, and kept
in ASCII: site names in their ``xn--`` form, other letters percent-encoded as UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from omr.i18n import _

# QR version 11 at level M holds 251 bytes (ISO/IEC 18004, table 7). It has 61 modules a
# side: the most that a poster's code of 5 cm can bear and still be read from 1 m.
MAX_ADDRESS = 250
MAX_SHORT = 48  # what a person may be asked to type

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_NEVER = re.compile(r"[\"<>\\^`|\x00-\x1f\x7f]")
# RFC 2606 and RFC 6761; 'example' below other endings (example.gov.vn) is taken as meant.
_RESERVED_ENDINGS = {"test", "invalid", "localhost"}

Mistake = tuple[str, str]  # what is wrong, what to write instead


def address_mistakes(
    text: str, placeholders: tuple[str, ...], *, allow_http: bool
) -> list[Mistake]:
    """What is wrong with a full address, placeholders included; nothing if it may be used.

    Args:
        text: As written, such as ``https://example.vn/ks?unit={unit}``.
        placeholders: The names that may stand in braces after the site's name.
        allow_http: Whether ``http://`` is accepted.
    """
    if re.search(r"\s", text):
        return [(_("the address contains a space"), _("write %20 where the page needs one"))]
    scheme, found, _rest = text.partition("://")
    if not found or scheme.lower() not in {"http", "https"}:
        return [(_("the address does not begin with https://"), _("copy it from the browser"))]
    mistakes: list[Mistake] = []
    if scheme.lower() == "http" and not allow_http:
        mistakes.append(
            (
                _("the address begins with http://, which others on the way can change"),
                _("write https://, or allow_http = true if the site has nothing else"),
            )
        )
    if len(text) > MAX_ADDRESS:
        mistakes.append(
            (
                _("the address is {length} letters long").format(length=len(text)),
                _("at most {most}; a longer one makes a code too fine to scan").format(
                    most=MAX_ADDRESS
                ),
            )
        )
    return [*mistakes, *_parts_mistakes(text, placeholders)]


def short_mistakes(text: str, placeholders: tuple[str, ...]) -> list[Mistake]:
    """What is wrong with an address to be typed, written without ``https://``."""
    if re.search(r"\s", text):
        return [(_("the address contains a space"), _("nobody could type it"))]
    mistakes = _parts_mistakes(f"https://{text}", placeholders)
    if len(text) > MAX_SHORT:
        mistakes.append(
            (
                _("the address is {length} letters long").format(length=len(text)),
                _("at most {most}; nobody types more").format(most=MAX_SHORT),
            )
        )
    return mistakes


def in_ascii(address: str) -> str:
    """An address without mistakes as it goes into a code; placeholders stay as they are."""
    split = urlsplit(address)
    host = (split.hostname or "").encode("idna").decode("ascii")
    site = host if split.port is None else f"{host}:{split.port}"
    rest = address.partition("://")[2][len(split.netloc) :]
    return f"{split.scheme}://{site}" + _NOT_ASCII.sub(lambda found: quote(found[0]), rest)


def site_of(address: str) -> str:
    """The site's name (with its port, if any): what a phone shows before it opens the page."""
    return urlsplit(address if "://" in address else f"https://{address}").netloc.lower()


def is_example(address: str) -> bool:
    """Whether the address is made up, such as ``example.gov.vn``: it leads nowhere."""
    labels = site_of(address).partition(":")[0].split(".")
    return "example" in labels or labels[-1] in _RESERVED_ENDINGS


def filled(address: str, values: dict[str, str]) -> str:
    """*address* with percent-encoded values in the place of ``{names}``."""
    return _PLACEHOLDER.sub(lambda found: quote(values[found[1]], safe=""), address)


def _parts_mistakes(address: str, placeholders: tuple[str, ...]) -> list[Mistake]:
    return [
        *_site_mistakes(address),
        *_letter_mistakes(address),
        *_placeholder_mistakes(address, placeholders),
    ]


def _site_mistakes(address: str) -> Iterator[Mistake]:
    try:
        split = urlsplit(address)
        site = (split.hostname or "").encode("idna").decode("ascii")
        _port = split.port
    except ValueError:  # also UnicodeError: letters that no site's name has
        yield _("the site's name cannot be read"), _("copy the address from the browser")
        return
    if "@" in split.netloc:
        yield _("there is an @ before the site's name"), _("public addresses need no user name")
        return
    labels = site.split(".")
    if (
        len(labels) < 2
        or not all(_LABEL.fullmatch(label) for label in labels)
        or labels[-1].isdigit()
        or len(site) > 253
    ):
        yield (
            _("'{site}' is no name of a public site").format(site=split.netloc),
            _("write one such as dichvucong.gov.vn, without placeholders in it"),
        )


def _letter_mistakes(address: str) -> Iterator[Mistake]:
    strange = _NEVER.search(address)
    if strange:
        yield (
            _("the address contains {letter}").format(letter=strange[0]),
            _("copy the address from the browser"),
        )
    if _BAD_PERCENT.search(address):
        yield _("two hexadecimal digits must follow a %"), _("write %25 for the sign itself")


def _placeholder_mistakes(address: str, placeholders: tuple[str, ...]) -> Iterator[Mistake]:
    known = ", ".join(f"{{{name}}}" for name in placeholders)
    for name in _PLACEHOLDER.findall(address):
        if name not in placeholders:
            yield (
                _("unknown placeholder {name}").format(name=f"{{{name}}}"),
                _("known here: {names}").format(names=known),
            )
    if re.search(r"[{}]", _PLACEHOLDER.sub("", address)):
        yield _("a brace without its partner"), _("known here: {names}").format(names=known)
