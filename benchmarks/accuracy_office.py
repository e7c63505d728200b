"""An office of the benchmark's own: the shipped survey, printed, and what a reader must know.

Its signing key is fixed, so that the same seed gives the same picture, codes included.
"""

from __future__ import annotations

import ast
import hashlib
import random
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

from omr.cli import main as omr
from omr.codes import Verifier
from omr.keys import Key, Keyring, keyring_to_bytes
from omr.ledger import Ledger
from omr.thresholds import Thresholds
from omr.workspace import open_workspace
from scans.batch import reading_context
from scans.stages import ReadingContext
from scans.virtual_scanner import PrintedForms, load_printed

SHEETS = 240  # printed; each is filled again and again by other people
_UNIT, _DOMAIN = "HP-PC08", "GTDB"
_KEY_DAY = date(2026, 1, 1)
# What a picture passes through until it is an answer; imports of these are followed.
_READER = "scans.read_page"
_OURS = ("omr", "scans")


@dataclass(frozen=True, slots=True)
class Office:
    """What a worker needs."""

    forms: PrintedForms
    context: ReadingContext

    @property
    def positions(self) -> int:
        """Bubbles on one sheet."""
        (layout,) = self.forms.layouts.values()
        return len(layout["bubbles"])


def open_office(folder: Path, sheets: int = SHEETS) -> Office:
    """Make an office in *folder* (it must not exist) and print its forms."""
    with redirect_stdout(StringIO()):
        omr(["init", str(folder)])
        workspace = open_workspace(folder)
        master = random.Random("accuracy").randbytes(32)
        workspace.keys_file.write_bytes(keyring_to_bytes(Keyring(1, (Key(1, _KEY_DAY, master),))))
        pad, manifest = folder / "pad.pdf", folder / "pad.jsonl"
        words = f"--unit {_UNIT} --domain {_DOMAIN} --count {sheets}".split()
        files = ["--out", str(pad), "--manifest", str(manifest)]
        omr(["forms", "print", "--workspace", str(folder), *words, *files])
        omr(["forms", "layouts", "--workspace", str(folder), "--out", str(folder / "layouts")])
    forms = load_printed(pad, manifest, folder / "layouts")
    with Ledger.open(workspace.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(workspace.keyring()), Thresholds())
    return Office(forms, context)


def reader_digest() -> str:
    """Sixteen hexadecimal digits that change with any source the reader is made of."""
    waiting, sources = [_READER], dict[str, bytes]()
    while waiting:
        name = waiting.pop()
        if name in sources or name.split(".")[0] not in _OURS:
            continue
        spec = _spec(name)
        if spec is None:
            continue
        sources[name] = Path(spec).read_bytes()
        for node in ast.walk(ast.parse(sources[name])):
            if isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                waiting.append(node.module)
                waiting += [f"{node.module}.{alias.name}" for alias in node.names]
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(name.encode() + b"\0" + sources[name] + b"\0")
    return digest.hexdigest()[:16]


def _spec(name: str) -> str | None:
    """The source file of a module, or None where *name* is none."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return None
    return spec.origin if spec and spec.origin and spec.origin.endswith(".py") else None
