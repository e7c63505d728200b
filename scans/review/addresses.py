"""Which addresses may be listened on, and where a person may be sent after signing in (pure)."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from omr.errors import UsageError
from omr.i18n import _

_LONGEST_PATH = 1000  # characters; ours have some 150
# Browsers drop tabs and line ends, and take "\" for "/": "/\t/evil.example" is "//evil.example".
_NEVER_IN_A_PATH = re.compile(r"[\x00-\x20\x7f\\]")

Address = IPv4Address | IPv6Address


def office_address(text: str, *, own: str | None = None) -> Address:
    """The address *text*, if only an office's own network can reach it.

    Args:
        text: As given with ``--host``.
        own: This machine's address in that network, for the remedy; None if not known.

    Raises:
        UsageError: If it is no address, every address at once, or one that strangers reach.
    """
    remedy = _("Give this machine's own address in the office network, such as {address}.").format(
        address=own or "192.168.1.20"
    )
    try:
        found = ip_address(text.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        raise UsageError(_("'{text}' is no network address").format(text=text), remedy) from None
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found  # ::ffff:8.8.8.8 is 8.8.8.8, which Python 3.11 calls private
    if found.is_unspecified:
        raise UsageError(
            _("{address} would open the page to every network of this machine").format(
                address=found
            ),
            remedy,
        )
    if getattr(found, "scope_id", None) or (found.version == 6 and found.is_link_local):
        raise UsageError(
            _("browsers cannot open {address}, which is good on one cable only").format(
                address=found
            ),
            remedy,
        )
    inside = found.is_loopback or found.is_link_local or found.is_private
    if not inside or found.is_multicast or (found.is_reserved and not found.is_loopback):
        raise UsageError(
            _("{address} can be reached from outside the office").format(address=found), remedy
        )
    return found


def host_names(address: Address, port: int, machine: str) -> tuple[str, ...]:
    """What the Host header of a request for the page at *address* may say.

    Args:
        address: Where it is served.
        port: Likewise.
        machine: The machine's name, as colleagues may type it.
    """
    shown = f"[{address}]" if address.version == 6 else str(address)
    names = [shown, *(["localhost"] if address.is_loopback else [])]
    names += [machine.lower()] if machine else []
    return tuple(f"{name}:{port}" for name in names)


def own_path(text: str) -> str:
    """*text* if it is a page of ours, else ``/``: nobody is sent to another site.

    Args:
        text: What came with a request: path and query, not to be trusted.
    """
    if (
        not text.startswith("/")
        or text.startswith("//")
        or len(text) > _LONGEST_PATH
        or _NEVER_IN_A_PATH.search(text)
    ):
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    at_the_door = parts.path in ("/login", "/leave") or parts.path.startswith("/open/")
    return "/" if parts.scheme or parts.netloc or at_the_door else text
