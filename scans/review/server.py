"""Serves the review page, on this machine or at one address of it, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from ipaddress import ip_address

import uvicorn
from fastapi import FastAPI

from omr.errors import UsageError
from omr.i18n import _

HOST = "127.0.0.1"  # unless an address is asked for: the page is for the person at this machine
_NOWHERE = "192.0.2.1"  # RFC 5737: documentation; nothing is sent there


def listen(port: int | None, host: str = HOST) -> socket.socket:
    """A listening socket on one address alone.

    Args:
        port: None for any free one.
        host: The address, in digits.

    Raises:
        UsageError: If the port is taken or not allowed, or the address is another machine's.
    """
    taken: socket.socket | None = None
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        taken = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":  # else a port stays taken for a minute after a run
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port or 0))
        taken.listen(64)
    except OSError as error:
        if taken is not None:
            taken.close()
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            raise UsageError(
                _("{address} is not an address of this machine").format(address=host),
                _(
                    "Give this machine's own address in the office network, such as {address}."
                ).format(address=own_address() or "192.168.1.20"),
            ) from error
        raise UsageError(
            _("port {port} cannot be used: {why}").format(port=port, why=error.strerror),
            _("Leave --port out to use any free one."),
        ) from error
    return taken


def own_address() -> str | None:
    """This machine's address in an office's network; None if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((_NOWHERE, 9))  # sends nothing; only asks which way it would go
            found: str = asking.getsockname()[0]
        except OSError:
            return None
    return found if ip_address(found).is_private else None


def serve(
    app: FastAPI,
    at: socket.socket,
    address: str,
    *,
    browser: bool,
    tell: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C, after telling the address and opening it in the browser.

    Args:
        app: The application.
        at: A listening socket.
        address: What the browser opens.
        browser: Whether to open it.
        tell: Told the address once requests are answered or queued.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        proxy_headers=False,  # whose address it is decides how often it may try passwords
        timeout_graceful_shutdown=2,
    )
    tell(address)
    if browser and _has_screen():
        # Beside the server, which answers only once it runs.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        uvicorn.Server(config).run(sockets=[at])
    except KeyboardInterrupt:
        return  # the usual way to end: every decision was kept when it was made


def _has_screen() -> bool:
    """Whether a browser has a screen; without one, Linux would start a text browser here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
