"""Reading processes die, hang and swell: each time one page is named, and the rest is read."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from deadly_path import DeadlyPath, arm
from make_scans import image_bytes, pdf_with_image, picture
from PIL import Image

from omr import loops
from omr.codes import Verifier
from omr.keys import Keyring
from omr.ledger import Ledger
from omr.marks import Reason, SheetStatus
from omr.thresholds import Thresholds
from scans import local_engine, workers
from scans.batch import read_batch
from scans.files import identify_file
from scans.limits import Limits
from scans.local_engine import LocalEngine
from scans.stages import PageOutcome, ReadingContext
from scans.tasks import PageTask
from scans.workers import ReadersFail, Workers

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
CONTEXT = ReadingContext(Verifier(Keyring(1, ())), {}, {}, Thresholds())


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """As a batch does: reading processes find the loops on the disk, each of them."""
    loops.load()


@pytest.fixture
def files(tmp_path: Path) -> list[DeadlyPath]:
    """Five scans without a form on them."""
    data = image_bytes(Image.fromarray(picture()), "JPEG")
    made = [DeadlyPath(tmp_path / f"{n}.jpg") for n in range(5)]
    for path in made:
        path.write_bytes(data)
    return made


def _tasks(files: list[DeadlyPath]) -> list[PageTask]:
    return [PageTask(identify_file(path), (0,)) for path in files]


def _outcome(answer: Any) -> tuple[Reason, str]:
    assert isinstance(answer, PageOutcome)
    [sheet] = answer.sheets
    return sheet.reasons[0], answer.detail


@POSIX
def test_whatever_a_page_does_to_its_process_it_alone_is_refused_and_says_why(
    files: list[DeadlyPath],
) -> None:
    for path, what in zip(files, ("dies once", "swells", "spins", "hangs"), strict=False):
        arm(path, what)
    few = Workers(CONTEXT, Limits(memory_mb=300, processor_s=0.5, wait_s=5.0))
    try:
        answers = [_outcome(each) for each in few.answers(_tasks(files), 2)]
    finally:
        few.close()

    assert [reason for reason, _detail in answers] == [
        Reason.FOREIGN_PAGE,  # killed from outside: tried again
        Reason.TOO_LARGE,
        Reason.UNREADABLE_FILE,
        Reason.UNREADABLE_FILE,
        Reason.FOREIGN_PAGE,
    ]
    assert "memory" in answers[1][1]
    assert "more than 0.5 s" in answers[2][1]
    assert "more than 5 s" in answers[3][1]


def test_when_no_process_comes_up_the_command_says_so(
    files: list[DeadlyPath], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "serve", sys.exit)  # pickled by its name: ends at once
    monkeypatch.setattr(workers, "_MOST_STARTS", 1)

    with pytest.raises(ReadersFail) as caught:
        list(Workers(CONTEXT).answers(_tasks(files[:1]), 1))

    assert caught.value.remedy


@POSIX
def test_a_batch_goes_on_after_a_page_that_no_process_survives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = image_bytes(Image.fromarray(picture()), "JPEG")
    scans = []
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        scans.append(DeadlyPath(pdf_with_image(tmp_path / name, data)))
        with scans[-1].open("ab") as stream:
            stream.write(f"% {name}\n".encode())  # else they are one file
    kept: list[str] = []
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    Ledger.create(url).close()
    with Ledger.open(url) as ledger:
        summary = read_batch(
            ledger,
            scans,
            CONTEXT,
            period="2026-11",
            jobs=1,
            progress=lambda done, _total: arm(scans[1], "dies") if done == 0 else None,
            seen=lambda ref, sheet: kept.append(f"{ref}: {sheet.status}"),
        )

    assert kept == ["a.pdf, page 1: blank", "b.pdf, page 1: refused", "c.pdf, page 1: blank"]
    [failure] = summary.failures
    assert failure.reason is Reason.UNREADABLE_FILE
    assert "SIGSEGV" in failure.why
    assert summary.new[SheetStatus.REFUSED] == 1


def test_what_is_ordinary_is_read_where_the_ledger_is(
    files: list[DeadlyPath], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_engine.Workers, "answers", lambda *_words: iter(()))
    engine = LocalEngine(CONTEXT, 1)

    assert engine.count_pages([Path(path) for path in files]) == dict.fromkeys(map(Path, files), 1)
    outcomes = list(engine.read(_tasks(files)))

    assert [_outcome(each)[0] for each in outcomes] == [Reason.FOREIGN_PAGE] * 5


def test_a_file_that_changes_while_it_is_read_is_refused(files: list[DeadlyPath]) -> None:
    [task] = _tasks(files[:1])
    files[0].write_bytes(image_bytes(Image.fromarray(np.asarray(picture(3))), "JPEG"))

    [outcome] = LocalEngine(CONTEXT, 1).read([task])

    reason, why = _outcome(outcome)
    assert reason is Reason.UNREADABLE_FILE
    assert "changed" in why


def test_a_file_that_went_away_is_refused(files: list[DeadlyPath]) -> None:
    [task] = _tasks(files[:1])
    shutil.move(files[0], files[0].with_name("elsewhere"))

    [outcome] = LocalEngine(CONTEXT, 1).read([task])

    assert _outcome(outcome)[0] is Reason.UNREADABLE_FILE
