"""An office whose keys are changed by commands, for tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from omr import key_commands
from omr.codes import CodeBody, campaign_key, sign
from omr.errors import OmrError
from omr.keys import Keyring, load_keyring
from omr.keys_cli import app
from omr.workspace import Workspace

PHRASE = "bốn con trâu xanh uống trà"
Keys = Callable[..., str]


def sealed_cheaply(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least cost that files may have; the same code, 8 times as fast."""
    for name in ("back_up_keys", "export_keys"):
        command = getattr(key_commands, name)
        monkeypatch.setitem(command.__kwdefaults__, "cost", 2**14)


def phrase_in(folder: Path) -> Path:
    """A file of one person's with the passphrase."""
    path = folder / "phrase"
    path.write_text(PHRASE + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def keys_of(office: Workspace, phrase: Path) -> Keys:
    """Run a command in the office, or in another workspace; what it printed."""

    def run(*words: object, at: Workspace = office) -> str:
        asks = {"backup", "restore", "check-backup", "export", "import"}
        more = ["--passphrase-file", str(phrase)] if words[0] in asks else []
        done = CliRunner().invoke(
            app, [*map(str, words), *more, "--workspace", str(at.root)], catch_exceptions=True
        )
        if isinstance(done.exception, OmrError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


def ring(workspace: Workspace) -> Keyring:
    """The keys as they are now."""
    return load_keyring(workspace.keys_file)


def code(key_id: int, master: bytes, year: int = 2026) -> str:
    """What stands in a form's QR code."""
    return sign(CodeBody(key_id, year, 7, 3, 417, "9F2C11"), campaign_key(master, year))
