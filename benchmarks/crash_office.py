"""The office that is killed again and again: small, with everything in it, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

from omr.cli import main as omr
from omr.ledger import Ledger, decisions
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.periods import Period
from omr.workspace import open_workspace
from reports.sample_export import write_sample_export
from scans.virtual_scanner import (
    COMPLIANT,
    Container,
    Damage,
    ScanPlan,
    load_printed,
    scan_batch,
)

PERIOD = "2026-10"
UNIT, DOMAIN = "HP-PC08", "GTDB"
PERSON = "an"
PASSPHRASE = "muoi hai con chim se bay qua song"  # noqa: S105 - of made-up keys
_FORMS, _COME_BACK = 8, 4
_SPECIAL = {IDENTITY: Verdict.SCAN_AGAIN, WHOLE: Verdict.CONFIRMED}


_STAGES = ("bare", "fresh", "printed", "read", "settled", "closed")


class Office:
    """Workspaces in several stages, to be copied, and the inputs that all of them share.

    ``bare`` is none at all, ``fresh`` was just made, ``printed`` has forms handed out, ``read``
    their scans and electronic answers, ``settled`` has nothing waiting, ``closed`` is closed.
    Each is made when it is first asked for.

    Args:
        folder: Where they are kept.
        rows: Electronic answers.
        seed: Of everything that is drawn.
    """

    def __init__(self, folder: Path, *, rows: int = 40, seed: int = 1) -> None:
        self.folder = folder
        self.scans = folder / "inputs" / "scans"
        self.export = folder / "inputs" / "google-forms.csv"
        self.passphrase = folder / "inputs" / "passphrase.txt"
        self.stages = folder / "stages"
        (folder / "inputs").mkdir(parents=True)
        self.passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
        self.passphrase.chmod(0o600)
        (self.stages / "bare").mkdir(parents=True)
        self._rows, self._seed = rows, seed

    def make(self, stage: str) -> None:
        """Make a stage, and those before it, unless it is there."""
        if (self.stages / stage).exists():
            return
        before = _STAGES[_STAGES.index(stage) - 1]
        self.make(before)
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            shutil.copytree(self.stages / before, self.stages / stage)
            root = self.stages / stage / "office"
            getattr(self, f"_make_{stage}")(root)

    def _make_fresh(self, root: Path) -> None:
        _do("init", root)

    def _make_printed(self, root: Path) -> None:
        paper = self.folder / "inputs" / "pad.pdf"
        words = ["--unit", UNIT, "--domain", DOMAIN, "--count", _FORMS, "--out", paper]
        at = ["--workspace", root]
        _do("forms", "print", *at, *words, "--manifest", paper.with_suffix(".jsonl"))
        layouts = self.folder / "inputs" / "layouts"
        _do("forms", "layouts", *at, "--out", layouts)
        self._scan(paper, layouts, self._seed)
        workspace = open_workspace(root)
        units = [(workspace.units().unit(UNIT), (DOMAIN,))]
        survey = next(iter(workspace.surveys().values()))
        period = Period.parse(PERIOD)
        write_sample_export(self.export, survey, units, period, rows=self._rows, seed=self._seed)

    def _make_read(self, root: Path) -> None:
        at = ["--workspace", root]
        _do("scans", "read", *at, self.scans, "--period", PERIOD, "--jobs", 1)
        _do("reports", "import", *at, self.export, "--profile", "google-forms")

    def _make_settled(self, root: Path) -> None:
        settle(root)

    def _make_closed(self, root: Path) -> None:
        _do("reports", "close", "--workspace", root, "--period", PERIOD)

    def _scan(self, paper: Path, layouts: Path, seed: int) -> None:
        forms = load_printed(paper, paper.with_suffix(".jsonl"), layouts)
        # Ordinary JPEG is decoded in the process that is killed; a PDF has one of its own.
        plain = ScanPlan(
            "thu-hai",
            container=Container.JPEG_FOLDER,
            dpi=150,
            people=COMPLIANT,
            quality=70,
        )
        twice = replace(plain, name="thu-ba", damage={Damage.DUPLICATE: 1.0})
        torn = replace(plain, name="thu-tu", damage={Damage.TORN_CORNER: 1.0})
        plans = (
            (plain, forms.sheets[:2]),
            (twice, forms.sheets[2:3]),
            (torn, forms.sheets[3:_COME_BACK]),
        )
        for plan, some in plans:
            scan_batch(forms, plan, self.scans, seed, sheets=some)
        for truth in self.scans.glob("*.truth.jsonl"):
            truth.unlink()

    def copy(self, stage: str, folder: Path) -> Path:
        """A workspace of that stage in *folder*, which must not exist; its root."""
        self.make(stage)
        shutil.copytree(self.stages / stage, folder)
        return folder / "office"


def settle(root: Path) -> None:
    """Decide everything that waits, one transaction each, and always the same."""
    with Ledger.open(open_workspace(root).ledger_url) as ledger:
        for row in list(decisions.open_sheets(ledger)):
            for about in row.open:
                verdict = _SPECIAL.get(about, Verdict.BLANK)
                decisions.append(ledger, row.record_id, about, verdict, by=PERSON, seen=0)


def _do(*words: object) -> None:
    """Run one command; it must work."""
    said = StringIO()
    with redirect_stderr(said):
        code = omr([str(word) for word in words])
    if code:
        raise RuntimeError(f"{list(map(str, words))} ended with {code}: {said.getvalue()}")


def commands(lines: Iterable[Iterable[object]]) -> int:
    """Run commands one after the other; the first code that is not 0, else 0."""
    for words in lines:
        code = omr([str(word) for word in words])
        if code:
            return int(code)
    return 0
