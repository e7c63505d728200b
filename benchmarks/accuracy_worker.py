"""Sheets made, read by the real code, and judged: what one process of the benchmark does.

A sheet is known by its stratum, the run's seed and its index: the same three give the same
picture, so that every error can be looked at again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import accuracy_pictures as pictures
import cv2
import numpy as np
from accuracy_office import Office
from accuracy_strata import BY_NAME, Stratum
from accuracy_tally import Tally, changes, judged

from scans.pages import PageRef, load_page
from scans.read_page import read_page
from scans.virtual.containers import EncodedPage, open_book
from scans.virtual.contract import options
from scans.virtual.page import make_page, scan_again
from scans.virtual.plan import page_jobs
from scans.virtual.scorecard import pair_up
from scans.virtual_scanner import Container, ScanPlan

BLOCK = 16  # sheets that are filled copies of one printed form: it is drawn once for all of them
_SEED_STEP = 10**8  # more sheets than any run reaches
_SUFFIX = {Container.PDF: "pdf", Container.TIFF: "tif", Container.JPEG_FOLDER: "jpg"}


@dataclass(frozen=True, slots=True)
class Block:
    """Some sheets of one stratum: those from *first* on, at most :data:`BLOCK`."""

    stratum: str
    seed: int
    first: int
    sheets: int = BLOCK


@dataclass(frozen=True, slots=True)
class Scan:
    """One page, packed, its truths, and which pass of which sheet of which run it is."""

    seed: int
    index: int
    number: int  # of the pass, from 0
    page: EncodedPage
    truths: list[dict[str, Any]]

    @property
    def place(self) -> dict[str, int]:
        """What finds it again, beside the stratum."""
        return {"seed": self.seed, "index": self.index, "pass": self.number}


# A sheet's truth, the reader's result line for it, and the silent errors in that.
Found = tuple[Mapping[str, Any], Mapping[str, Any] | None, list[dict[str, Any]]]

_office: Office | None = None
_pictures: Path | None = None


def begin(office: Office, pictures: Path | None) -> None:
    """Set up this process.

    Args:
        office: Its forms and what the reader must know.
        pictures: Folder for the pages with silent errors; None keeps none.
    """
    global _office, _pictures
    cv2.setNumThreads(1)  # the processes are the parallelism
    _office, _pictures = office, pictures


def work(block: Block) -> tuple[str, Tally]:
    """Make, read and judge the sheets of *block*; the stratum's name comes back too."""
    office = _office
    if office is None:
        raise RuntimeError("begin() comes first")
    tally, stratum = Tally(), BY_NAME[block.stratum]
    with TemporaryDirectory(dir=_fast_folder()) as folder:
        passes: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
        scans = _scans(office, stratum, block)
        for number in count():
            begun = time.process_time()
            scan = next(scans, None)
            if scan is None:
                break
            path = _write(Path(folder), scan.page, stratum.plan, number)
            made = time.process_time()
            results = read_file(path, office)
            tally.make_s += made - begun
            tally.read_s += time.process_time() - made
            path.unlink()
            found = _found(tally, office, stratum, scan, results)
            passes += [(truth, result) for truth, result, _errors in found if result is not None]
            wrong = [error for _truth, _result, errors in found for error in errors]
            tally.errors += [{**scan.place, **one} for one in wrong]
            if wrong and _pictures is not None:
                save_picture(_pictures, office, stratum, scan, found)
        if stratum.passes > 1:
            changed = list(changes(passes))
            tally.changed += len(changed)
            tally.errors += [
                {"seed": block.seed, "index": block.first, **error} for error in changed
            ]
    return stratum.name, tally


def _fast_folder() -> str | None:
    """A folder in memory, where the machine has one: pages are written and read once."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def _scans(office: Office, stratum: Stratum, block: Block) -> Iterator[Scan]:
    """The pages of *block*, one by one."""
    forms, plan = office.forms, stratum.plan
    at_once = plan.sheets_per_page
    for index in range(block.first, block.first + block.sheets, at_once):
        number = index // BLOCK if stratum.passes == 1 else index
        sheets = [forms.sheets[(number + k) % len(forms.sheets)] for k in range(at_once)]
        seed = block.seed * _SEED_STEP + index
        if stratum.passes > 1:
            scans = scan_again(forms, plan, seed, sheets[0], stratum.passes)
            for again, (page, truths) in enumerate(scans):
                yield Scan(block.seed, index, again, page, truths)
            continue
        for job in page_jobs(replace(plan, pages_per_file=1), seed, sheets):
            page, truths = make_page(forms, plan, seed, job)
            yield Scan(block.seed, index, 0, page, truths)


def _write(folder: Path, page: EncodedPage, plan: ScanPlan, number: int) -> Path:
    """The page as a scan file of its own, as the reader gets it."""
    path = folder / f"{number:05}.{_SUFFIX[plan.container]}"  # readers may keep the last by name
    book = open_book(path, plan.container)
    book.add(page)
    book.close()
    return path


def read_file(path: Path, office: Office) -> list[dict[str, Any]]:
    """What the real reader says of a one-page file, as result lines."""
    outcome = read_page(PageRef(path, 0), office.context)
    return [
        {
            "status": sheet.status.value,
            "reasons": [reason.value for reason in sheet.reasons],
            "sheet": sheet.sheet,
            "serial": sheet.serial,
            "unit": sheet.unit,
            "domain": sheet.domain,
            "layout": sheet.layout_id,
            "answers": {
                question: {"state": answer.state.value, "options": list(answer.options)}
                for question, answer in sheet.answers.items()
            },
            "registration": sheet.registration,
            "detail": outcome.detail,
        }
        for sheet in outcome.sheets
    ]


def save_picture(
    folder: Path, office: Office, stratum: Stratum, scan: Scan, found: Sequence[Found]
) -> Path:
    """The page and its wrong rows as PNG, under names that say how to make them again."""
    with TemporaryDirectory() as other:
        page = load_page(PageRef(_write(Path(other), scan.page, stratum.plan, 0), 0))
    image = page if isinstance(page, np.ndarray) else np.zeros((1, 1), np.uint8)
    name = "-".join(map(str, (stratum.name, *scan.place.values())))
    rows = [
        (
            f"{error['question']}: {error['truth']}, read {error['read']}",
            pictures.row(
                image,
                result["registration"],
                office.forms.layouts[truth["layout"]],
                error["question"],
            ),
        )
        for truth, result, errors in found
        for error in errors
        if error["kind"] == "wrong-answer" and result and result["registration"]
    ]
    return pictures.save(folder, name, image, rows)


def look_again(
    office: Office, stratum: Stratum, seed: int, index: int, number: int = 0
) -> tuple[Scan, list[Found]]:
    """Make one sheet of a run once more (its pass *number*, from 0) and judge it."""
    scans = _scans(office, stratum, Block(stratum.name, seed, index, 1))
    (scan,) = islice(scans, number, number + 1)
    with TemporaryDirectory(dir=_fast_folder()) as folder:
        results = read_file(_write(Path(folder), scan.page, stratum.plan, index), office)
    return scan, _found(Tally(), office, stratum, scan, results)


def _found(
    tally: Tally,
    office: Office,
    stratum: Stratum,
    scan: Scan,
    results: list[dict[str, Any]],
) -> list[Found]:
    """Tally a page; its sheets' truths, results and silent errors."""
    found: list[Found] = []
    for truth, result in pair_up(scan.truths, list(results)):
        ids = options(office.forms.layouts[truth["layout"]])
        found.append((truth, result, judged(tally, stratum, truth, result, ids)))
    return found
