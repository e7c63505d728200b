"""The benchmarks' modules for tests, as their scripts find them: beside each other."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parent.parent / "benchmarks"


@contextmanager
def benchmark_parts(names: Mapping[str, str]) -> Iterator[dict[str, ModuleType]]:
    """Modules of ``benchmarks/``, by what the test calls them."""
    sys.path.insert(0, str(FOLDER))
    yield {called: importlib.import_module(name) for called, name in names.items()}
    sys.path.remove(str(FOLDER))
