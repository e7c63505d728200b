"""A worker ends with the process that started it, also if that is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

_BATCH = """
import multiprocessing, sys, time
from pathlib import Path
from scans.tasks import CountTask
from scans.workers import Workers

if __name__ == "__main__":
    workers = Workers(None)
    list(workers.answers([CountTask(Path(sys.argv[1]))], 1))
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="processes are looked up in /proc or by kill 0")
def test_workers_do_not_outlive_a_batch_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "pool.py"
    script.write_text(_BATCH, encoding="utf-8")
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, script, script],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    parent.stdout.close()

    patience = time.monotonic() + 20
    while _lives(worker) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not _lives(worker)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")  # a dead one that nobody has waited for is none
    return not (status.exists() and status.read_text(encoding="ascii").split()[2] == "Z")
