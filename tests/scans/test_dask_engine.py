"""The same pages on a cluster of two processes: nothing differs, nothing is lost, all is said."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from make_scans import image_bytes, pdf_with_image, picture, tiff_bytes
from PIL import Image

from omr import loops
from omr.cli import main as omr
from omr.codes import Verifier
from omr.keys import Keyring
from omr.ledger import Ledger
from omr.thresholds import Thresholds
from scans import dask_engine
from scans.batch import read_batch
from scans.engine import Engine
from scans.files import identify_file
from scans.results import result_lines
from scans.stages import ReadingContext
from scans.tasks import PageTask

distributed = pytest.importorskip("distributed", reason="needs omr-surveys[dask]")
from scans.dask_engine import ClusterUnusable, DaskEngine  # noqa: E402 - after the check above

CONTEXT = ReadingContext(Verifier(Keyring(1, ())), {}, {}, Thresholds())
PAGES = 12  # of the longest file


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """As a batch does: reading processes find the loops on the disk, each of them."""
    loops.load()


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """A scheduler and two reading processes."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as made:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("scans")
    jpeg = image_bytes(Image.fromarray(picture()), "JPEG")
    pages = [Image.fromarray(picture(n, width=90, height=120)) for n in range(PAGES)]
    (folder / "a.tif").write_bytes(tiff_bytes(pages, compression="tiff_lzw"))
    pdf_with_image(folder / "b.pdf", jpeg)
    (folder / "c.jpg").write_bytes(jpeg)
    (folder / "d.pdf").write_bytes(b"%PDF-1.4\nno page at all")
    (folder / "e.tif").write_bytes((folder / "a.tif").read_bytes()[:-3000])
    return sorted(folder.iterdir())


def _read(folder: Path, files: list[Path], engine: Engine | None) -> list[str]:
    """What the ledger says after reading with *engine*, or with this machine alone."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'ledger.db'}"
    Ledger.create(url).close()
    with Ledger.open(url) as ledger:
        read_batch(ledger, files, CONTEXT, period="2026-11", jobs=1, engine=engine)
        return list(result_lines(ledger))


def test_a_cluster_reads_what_this_machine_reads(
    cluster: distributed.LocalCluster,
    files: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dask_engine, "PAGES_PER_TASK", 5)  # batches across the ends of files

    there = _read(tmp_path / "there", files, DaskEngine(CONTEXT, cluster.scheduler_address))
    here = _read(tmp_path / "here", files, None)

    assert there == here
    assert len(here) > 2 * PAGES


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_worker_killed_in_the_middle_costs_nothing(
    cluster: distributed.LocalCluster, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_engine, "PAGES_PER_TASK", 2)
    engine = DaskEngine(CONTEXT, cluster.scheduler_address)
    task = PageTask(identify_file(files[0]), tuple(range(PAGES)))
    try:
        outcomes = engine.read([task])
        seen = [next(outcomes).page]
        victim = next(iter(cluster.workers.values()))
        os.kill(victim.process.pid, signal.SIGKILL)
        seen += [outcome.page for outcome in outcomes]
    finally:
        engine.close()

    assert seen == list(range(PAGES))


def test_a_file_that_a_worker_cannot_see_stops_the_batch_with_a_remedy(
    cluster: distributed.LocalCluster, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(image_bytes(Image.fromarray(picture()), "JPEG"))
    task = PageTask(identify_file(path), (0,))
    path.write_bytes(b"another file on another machine")
    engine = DaskEngine(CONTEXT, cluster.scheduler_address)
    try:
        with pytest.raises(ClusterUnusable, match=r"cannot see .*a\.jpg") as caught:
            list(engine.read([task]))
        with pytest.raises(ClusterUnusable, match="cannot see"):
            engine.count_pages([tmp_path / "elsewhere" / "b.jpg"])
    finally:
        engine.close()

    assert "same name" in caught.value.remedy


def test_workers_with_other_software_are_refused(
    cluster: distributed.LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = dask_engine.software
    monkeypatch.setattr(dask_engine, "_ours", lambda: f"{ours()} and more")

    with pytest.raises(ClusterUnusable, match="other software"):
        DaskEngine(CONTEXT, cluster.scheduler_address)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_engine, "_LONGEST_WAIT_S", 0.3)

    with pytest.raises(ClusterUnusable, match="no Dask scheduler answers"):
        DaskEngine(CONTEXT, "tcp://127.0.0.1:9")


def test_an_engine_and_its_scheduler_are_named_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert omr(["init", str(tmp_path / "w")]) == 0
    for words in (["--engine", "dask"], ["--scheduler", "tcp://127.0.0.1:9"]):
        read = ["scans", "read", str(tmp_path), "--workspace", str(tmp_path / "w"), *words]
        assert omr(read) == 2
        assert "--engine dask --scheduler ADDRESS" in capsys.readouterr().err
