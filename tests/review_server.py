"""The review page as its own process, to be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

_ROOT = Path(__file__).parents[1]


class Server:
    """``omr scans review`` on a workspace.

    Args:
        workspace: Its folder.
        port: Where it serves; the same after every start.
        host: For an office network's page.
    """

    def __init__(self, workspace: Path, port: int, host: str | None = None) -> None:
        self._command = [
            *(sys.executable, "-m", "omr", "scans", "review", "--no-browser"),
            *("--workspace", str(workspace), "--port", str(port)),
            *(("--host", host) if host else ()),
        ]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start it; the address that it prints."""
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=_ROOT,
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
        )
        assert self._process.stdout is not None
        address = self._process.stdout.readline().strip()
        assert address.startswith("http://"), "the server did not start"
        return address

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
