"""Serves the review page on this machine until Ctrl-C."""

from __future__ import annotations

import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from omr.errors import UsageError
from omr.i18n import _

HOST = "127.0.0.1"  # never another one: the page is for the person at this machine


def listen(port: int | None) -> socket.socket:
    """A listening socket on 127.0.0.1.

    Args:
        port: None for any free one.

    Raises:
        UsageError: If the port is taken or not allowed.
    """
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        taken.bind((HOST, port or 0))
        taken.listen(64)
    except OSError as error:
        taken.close()
        raise UsageError(
            _("port {port} cannot be used: {why}").format(port=port, why=error.strerror),
            _("Leave --port out to use any free one."),
        ) from error
    return taken


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
