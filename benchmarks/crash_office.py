"""The office that is killed again and again: small, with everything in it, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from unittest import mock

from omr.cli import main as omr
from omr.key_pairs import fingerprint, load_sender_key
from omr.ledger import Ledger, decisions
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.periods import Period
from omr.workspace import Workspace, open_workspace
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
_QUICK = 2**14
_FORMS, _COME_BACK = 8, 4
_SPECIAL = {IDENTITY: Verdict.SCAN_AGAIN, WHOLE: Verdict.CONFIRMED}


# Every stage, and the one that it is made from.
_BEFORE = {
    "bare": "",
    "fresh": "bare",
    "printed": "fresh",
    "dropped": "printed",
    "read": "printed",
    "settled": "read",
    "closed": "settled",
    "to_restore": "bare",
    "kitted": "printed",
    "to_equip": "bare",
    "unit": "to_equip",
    "receiving": "kitted",
}


class Office:
    """Workspaces in several stages, to be copied, and the inputs that all of them share.

    ``bare`` is none at all, ``fresh`` was just made, ``printed`` has forms handed out, ``dropped``
    their scans in a folder beside it, ``read`` the scans and electronic answers, ``settled`` has
    nothing waiting, ``closed`` is closed. ``kitted`` has made a unit its kit, ``unit`` is that
    unit's own workspace with the scans read, ``receiving`` counts what that unit sends.
    ``to_restore`` and ``to_equip`` are none at all, with a backup or a kit at hand. Each is made
    when it is first asked for.

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
        self.backup = folder / "inputs" / "backup.omr"
        self.kit = folder / "inputs" / "unit.kit"
        self.sent = folder / "inputs" / "unit.omr"
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
        before = _BEFORE[stage]
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

    def _make_dropped(self, root: Path) -> None:
        shutil.copytree(self.scans, root.parent / "drop")

    def _make_settled(self, root: Path) -> None:
        settle(root)
        _do("ledger", "backup", self.backup, "--workspace", root)

    def _make_closed(self, root: Path) -> None:
        _do("reports", "close", "--workspace", root, "--period", PERIOD)

    def _make_to_restore(self, _root: Path) -> None:
        self.make("settled")

    def _make_kitted(self, root: Path) -> None:
        phrase = ("--passphrase-file", self.passphrase)
        _do("scans", "kit", UNIT, "--out", self.kit, *phrase, "--workspace", root)

    def _make_to_equip(self, _root: Path) -> None:
        self.make("kitted")

    def _make_unit(self, root: Path) -> None:
        at = ("--workspace", root)
        _do("scans", "use-kit", self.kit, "--passphrase-file", self.passphrase, *at)
        _do("scans", "read", *at, self.scans, "--period", PERIOD, "--jobs", 1)
        settle(root)
        _do("scans", "pack", *at, "--period", PERIOD, "--out", self.sent)

    def _make_receiving(self, root: Path) -> None:
        self.make("unit")
        key = load_sender_key(Workspace(self.stages / "unit" / "office").sender_key_file)
        if key is None:
            raise RuntimeError("the unit has no key")
        words = ("--fingerprint", fingerprint(key.public), self.sent)
        _do("scans", "senders", "add", "--workspace", root, *words)

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


@contextmanager
def quick_locks() -> Iterator[None]:
    """Lock files of keys with the weakest cost that opens: how long a guess takes is no matter."""
    from omr.key_commands import back_up_keys  # noqa: PLC0415 - heavy
    from scans.kit_commands import make_kit  # noqa: PLC0415

    with ExitStack() as stack:
        for function in (back_up_keys, make_kit):
            named = function.__kwdefaults__ or {}
            stack.enter_context(mock.patch.dict(named, cost=_QUICK))
        yield


def _do(*words: object) -> None:
    """Run one command; it must work."""
    said = StringIO()
    with redirect_stderr(said), quick_locks():
        code = omr([str(word) for word in words])
    if code:
        raise RuntimeError(f"{list(map(str, words))} ended with {code}: {said.getvalue()}")


def commands(lines: Iterable[Iterable[object]]) -> int:
    """Run commands one after the other; the first code that is not 0, else 0."""
    with quick_locks():
        for words in lines:
            code = omr([str(word) for word in words])
            if code:
                return int(code)
    return 0
