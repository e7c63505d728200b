"""The floor that the reader is compared with: ``cv2.imdecode`` alone, in a process of its own.

The reader tells the C library to keep the memory of images (``scans/memory.py``), which makes a
decoder in the same process faster than it is alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from speed_office import Clock, Spent


class Decoder:
    """A process that decodes files when it is told to, and says how long it took."""

    def __init__(self, files: Sequence[Path]) -> None:
        context = get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_decode_for, args=(theirs, list(files)))

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ours.send(None)
        self._process.join()

    def decode(self, numbers: Sequence[int]) -> Spent:
        """Time to decode these files, grey and at full size, from memory."""
        self._ours.send(list(numbers))
        spent: Spent = self._ours.recv()
        return spent


def _decode_for(them: Connection, files: Sequence[Path]) -> None:
    cv2.setNumThreads(1)
    images = [np.fromfile(path, np.uint8) for path in files]
    while (numbers := them.recv()) is not None:
        clock = Clock()
        for number in numbers:
            cv2.imdecode(images[number], cv2.IMREAD_GRAYSCALE)
        them.send(clock.spent())
