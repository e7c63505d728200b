"""Who reads the pages of a batch: processes of this machine, or those of a cluster."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from scans.faults import PageFault
from scans.stages import PageOutcome
from scans.tasks import PageTask


class Engine(Protocol):
    """Reads pages. What comes back does not depend on who it is, nor how many."""

    def count_pages(self, paths: Sequence[Path]) -> Mapping[Path, int | PageFault]:
        """How many pages each file has, or why none of it can be read."""

    def read(self, tasks: Sequence[PageTask]) -> Generator[PageOutcome, None, None]:
        """Every page's outcome, in the order of the tasks and their pages."""

    def close(self) -> None:
        """Let go of what was held for reading."""
