"""Print, hand out, read and decide at a unit, send, merge: both offices count alike."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import cv2
import pytest
from printed_office import CHOSEN, Printed

from omr.cli import main as omr
from omr.key_pairs import fingerprint, load_sender_key
from omr.ledger import Ledger, decisions
from omr.ledger.months import close_month
from omr.ledger.readings import sheet_rows
from omr.ledger.standing import WHOLE, Verdict
from omr.marks import Reason, SheetStatus
from omr.part_file import part_name
from omr.pictures import PictureStore
from omr.workspace import Workspace, open_workspace
from reports.gathering import Gatherer
from scans.pack_file import open_pack

PERIOD = "2026-11"
UNIT = "HP-PC08"


class Two:
    """An office that printed three forms, and the unit that read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        printed = Printed(folder / "pv01")
        self.serials = printed.serials
        self.pass_file = folder / "pass"
        self.pass_file.write_text("bốn từ không liên quan", encoding="utf-8")
        self.pass_file.chmod(0o600)
        self.kit = folder / "pc08.kit"
        assert self.pv01("kit", UNIT, "--out", str(self.kit), *self.phrase) == 0
        assert self.unit("use-kit", str(self.kit), *self.phrase) == 0
        scans = folder / "scans"
        scans.mkdir()
        pages = [printed.filled(0), printed.filled(1), printed.filled(2, {**CHOSEN, "a1": "r1"})]
        layout = printed.layout
        bubble = next(b for b in layout.question("b1").bubbles if b.option == "r5")
        at = (round(bubble.centre.x_mm * 200 / 25.4), round(bubble.centre.y_mm * 200 / 25.4))
        cv2.circle(pages[1], at, 13, 40, -1, cv2.LINE_AA)  # two answers to one question
        for number, page in enumerate(pages):
            cv2.imwrite(str(scans / f"{number}.png"), page)
        assert self.unit("read", str(scans), "--period", PERIOD) == 0

    @property
    def phrase(self) -> list[str]:
        """Whoever types no passphrase gives a file."""
        return ["--passphrase-file", str(self.pass_file)]

    def pv01(self, command: str, *words: str) -> int:
        """A command of the office that prints."""
        return omr(["scans", command, "--workspace", str(self.folder / "pv01"), *words])

    def unit(self, command: str, *words: str) -> int:
        """A command of the unit."""
        return omr(["scans", command, "--workspace", str(self.folder / "unit"), *words])

    def pack(self, name: str) -> Path:
        """What the unit sends now."""
        out = self.folder / name
        assert self.unit("pack", "--period", PERIOD, "--out", str(out)) == 0
        return out

    def register(self, file: Path) -> None:
        """Compare the unit's fingerprint and let its files count."""
        key = load_sender_key(Workspace(self.folder / "unit").sender_key_file)
        assert key is not None
        words = ["--fingerprint", fingerprint(key.public), str(file)]
        at = ["--workspace", str(self.folder / "pv01")]
        assert omr(["scans", "senders", "add", *at, *words]) == 0

    def texts(self, name: str) -> dict[str, str]:
        """The CSV files of the month, as ``omr reports export`` writes them."""
        workspace = open_workspace(self.folder / name)
        with Ledger.open(workspace.ledger_url) as ledger:
            gatherer = Gatherer(workspace, ledger)
            counted = gatherer.counted(gatherer.period(PERIOD), outside=False)
            return {**counted.texts, "alerts": repr(gatherer.alerts(gatherer.period(PERIOD)))}

    def rows(self, name: str) -> list[tuple[str | None, SheetStatus]]:
        """Every sheet with its status."""
        with Ledger.open(open_workspace(self.folder / name).ledger_url) as ledger:
            return [(row.reading.serial, row.reading.status) for row in sheet_rows(ledger)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Two:
    return Two(tmp_path_factory.mktemp("units") / "made")


@pytest.fixture
def two(made: Two, tmp_path: Path) -> Two:
    """A copy of the made offices, to be changed."""
    copy = object.__new__(Two)
    copy.__dict__ = {**made.__dict__, "folder": tmp_path / "copy"}
    shutil.copytree(made.folder, copy.folder)
    return copy


def test_both_offices_count_alike_once_people_have_decided(two: Two) -> None:
    first = two.pack("first.omr")
    two.register(first)
    assert two.pv01("unpack", str(first)) == 0
    workspace = open_workspace(two.folder / "unit")
    with Ledger.open(workspace.ledger_url) as ledger:
        [doubt] = [row for row in sheet_rows(ledger) if row.open]
        assert doubt.open == ("b1",)
        decisions.append(ledger, doubt.record_id, "b1", Verdict.ANSWERED, ["r3"], by="bình")

    assert two.pv01("unpack", str(two.pack("second.omr")), str(first)) == 0

    assert two.texts("pv01") == two.texts("unit")
    assert [status for _serial, status in two.rows("pv01")] == [SheetStatus.COUNTED] * 3


def test_every_picture_comes_along_also_of_sheets_that_nobody_asked_about(two: Two) -> None:
    file = two.pack("a.omr")
    two.register(file)
    assert two.pv01("unpack", str(file)) == 0

    workspace = open_workspace(two.folder / "pv01")
    store = PictureStore(workspace.evidence_folder)
    with Ledger.open(workspace.ledger_url) as ledger:
        for row in sheet_rows(ledger):
            assert row.picture is not None
            assert store.read(row.picture) is not None


def test_a_merge_that_was_cut_short_is_finished_and_leaves_no_half_pictures(two: Two) -> None:
    file = two.pack("a.omr")
    two.register(file)
    with Ledger.open(open_workspace(two.folder / "unit").ledger_url) as ledger:
        digest = next(row.picture for row in sheet_rows(ledger) if row.picture)
    folders = [open_workspace(two.folder / name).evidence_folder for name in ("unit", "pv01")]
    here, there = (PictureStore(folder).path(digest) for folder in folders)
    there.parent.mkdir(parents=True)
    shutil.copyfile(here, there)
    part_name(there).hardlink_to(there)  # killed between its name and the end

    assert two.pv01("unpack", str(file)) == 0

    assert list(folders[1].rglob("*.part")) == []
    assert len(two.rows("pv01")) == 3


def test_a_stranger_s_file_a_cut_one_and_a_withdrawn_key_are_refused_and_the_rest_is_merged(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    good = two.pack("good.omr")
    cut = two.folder / "cut.omr"
    cut.write_bytes(good.read_bytes()[:-100])

    assert two.pv01("unpack", str(good)) == 3
    assert "senders add" in capsys.readouterr().err
    assert two.rows("pv01") == []
    two.register(good)
    assert two.pv01("unpack", str(cut), str(good), str(two.folder / "nothing.omr")) == 3
    told = capsys.readouterr().err
    assert "cut.omr: altered" in told
    assert "nothing.omr: cannot be read" in told
    assert len(two.rows("pv01")) == 3
    at = ["--workspace", str(two.folder / "pv01")]
    shown = fingerprint(open_pack(good).head.public)
    assert omr(["scans", "senders", "withdraw", *at, shown, "--why", "mất máy"]) == 0
    assert two.pv01("unpack", str(good)) == 3
    assert "mất máy" in capsys.readouterr().err
    assert len(two.rows("pv01")) == 3


def test_a_wrong_fingerprint_registers_nothing(two: Two) -> None:
    file = two.pack("a.omr")
    at = ["--workspace", str(two.folder / "pv01")]

    assert omr(["scans", "senders", "add", *at, str(file), "--fingerprint", "0000"]) == 2
    assert two.pv01("unpack", str(file)) == 3


def test_a_picture_that_is_none_is_refused_and_leaves_no_file_behind(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = PictureStore.read

    def swapped(store: PictureStore, digest: str) -> bytes | None:
        picture = genuine(store, digest)
        return b"no jpeg at all" if picture is not None and digest == last else picture

    with Ledger.open(open_workspace(two.folder / "unit").ledger_url) as ledger:
        last = [row.picture for row in sheet_rows(ledger)][-1]
    with monkeypatch.context() as patch:
        patch.setattr(PictureStore, "read", swapped)
        forged = two.pack("forged.omr")
    two.register(forged)

    assert two.pv01("unpack", str(forged)) == 3

    assert two.rows("pv01") == []
    assert not list((two.folder / "pv01" / "evidence").rglob("*.jpg"))


def test_answers_that_were_altered_in_the_unit_s_ledger_wait_for_a_person(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(two.folder / "unit" / "ledger.db") as forged:
        forged.execute("drop trigger answer_no_update")
        forged.execute("update answer set options = 'r5' where sheet_id = 3 and question = 'a1'")
    forged.close()
    file = two.pack("forged.omr")
    two.register(file)

    assert two.pv01("unpack", str(file)) == 0

    assert "not what its measurements give: 1" in capsys.readouterr().out
    with Ledger.open(open_workspace(two.folder / "pv01").ledger_url) as ledger:
        row = next(row for row in sheet_rows(ledger) if Reason.NOT_AS_MEASURED in row.seen.reasons)
    assert row.open == (WHOLE,)
    assert two.pv01("unpack", str(file)) == 0


def test_into_a_closed_month_it_comes_late_as_a_late_batch_does(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    file = two.pack("a.omr")
    two.register(file)
    with Ledger.open(open_workspace(two.folder / "pv01").ledger_url) as ledger:
        close_month(ledger, PERIOD, b"", by="an")
    capsys.readouterr()

    assert two.pv01("unpack", str(file)) == 0

    assert "late and not counted" in capsys.readouterr().out


def test_a_missing_picture_is_named_and_the_rest_is_sent(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    next((two.folder / "unit" / "evidence").rglob("*.jpg")).unlink()
    out = two.folder / "a.omr"

    assert two.unit("pack", "--period", PERIOD, "--out", str(out)) == 3

    assert "1 pictures are missing" in capsys.readouterr().err
    two.register(out)
    assert two.pv01("unpack", str(out)) == 0
    assert len(two.rows("pv01")) == 3


def test_a_unit_signs_no_form_and_keeps_no_books(two: Two) -> None:
    at = ["--workspace", str(two.folder / "unit")]
    form = two.serials[0]

    assert omr(["forms", "lost", *at, form, "--why", "mất túi"]) == 2
    order = ["--unit", UNIT, "--domain", "GTDB", "--count", "1", "--out", str(two.folder / "f.pdf")]
    assert omr(["forms", "print", *at, *order]) == 4
    assert two.unit("kit", UNIT, "--out", str(two.folder / "x.kit"), *two.phrase) == 2


def test_a_kit_is_used_again_and_nowhere_else(two: Two) -> None:
    assert two.unit("use-kit", str(two.kit), *two.phrase) == 0
    assert two.pv01("use-kit", str(two.kit), *two.phrase) == 2
    assert two.unit("use-kit", str(two.pack("a.omr")), *two.phrase) == 3
    two.pass_file.write_text("một cụm từ khác hẳn", encoding="utf-8")
    assert two.unit("use-kit", str(two.kit), *two.phrase) == 2


def test_only_a_unit_packs_and_only_what_it_read(two: Two) -> None:
    assert two.pv01("pack", "--period", PERIOD, "--out", str(two.folder / "x.omr")) == 2
    assert two.unit("pack", "--period", "2025-01", "--out", str(two.folder / "y.omr")) == 2
    assert two.unit("pack", "--period", PERIOD, "--out", str(two.pack("z.omr"))) == 2
