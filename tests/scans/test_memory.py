"""Images come and go; their memory stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scans import memory

_PROGRAM = """
import resource, sys
import numpy as np
from scans.memory import keep_memory
if {tell}: assert keep_memory()
def images():
    for megabytes in (4, 9, 2, 9, 4) * 10:
        np.empty(megabytes << 20, np.uint8).fill(1)
images()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
images()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(*, tell: bool) -> int:
    """Pages of memory that the system had to clear for 50 images after the first 50."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(tell=tell)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return int(done.stdout)


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or "CS_GNU_LIBC_VERSION" not in os.confstr_names,
    reason="only glibc can be told",
)
def test_the_memory_of_images_is_used_again() -> None:
    assert _faults(tell=True) < 100


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_are_left_alone(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)

    assert not memory.keep_memory()


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_name: str) -> str:
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "confstr", unknown, raising=False)

    assert not memory.keep_memory()
