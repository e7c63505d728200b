"""Sheets made, read by the real code, and judged: what one process of the benchmark does.

A sheet is known by its stratum, the run's seed and its index: the same three give the same
picture, so that every error can be looked at again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import accuracy_pictures as pictures
import cv2
import numpy as np
from accuracy_office import Office
from accuracy_strata import BY_NAME, Group, Stratum

from scans.pages import PageRef, load_page
from scans.read_page import read_page
from scans.virtual.containers import EncodedPage, open_book
from scans.virtual.contract import options
from scans.virtual.page import make_page, scan_again
from scans.virtual.plan import page_jobs
from scans.virtual.scorecard import judge, pair_up
from scans.virtual_scanner import Container, MarkKind, ScanPlan

BLOCK = 16  # sheets that are filled copies of one printed form: it is drawn once for all of them
_SEED_STEP = 10**8  # more sheets than any run reaches
_HARMLESS = {"upside-down"}
_SUFFIX = {Container.PDF: "pdf", Container.TIFF: "tif", Container.JPEG_FOLDER: "jpg"}
# Marks near the reader's limits that lie within their own bubble: asking about them may not
# depend on the bubble's place in its row. (A tick's tail reaches into the next bubble, if any.)
_MARGINAL = {MarkKind.DOT, MarkKind.DASH, MarkKind.PARTIAL, MarkKind.LIGHT_FILL, MarkKind.LINE}
_PLACES = 5


@dataclass(slots=True)
class Tally:
    """What came out; tallies of different sheets add up.

    Attributes:
        sheets: That bear a form.
        undamaged: Of them, those that nothing had happened to.
        undamaged_refused: Of those, refused ones.
        questions: On sheets that were not refused.
        asked: Of them, left to a person.
        kinds: Positions by (kind of mark, outcome): ``right``, ``asked``, ``wrong``, ``refused``.
        statuses: Sheets by status.
        refusals: Refused sheets by reason.
        wrong_sheets: Sheets with a silent error.
        errors: One entry for each silent error, with what finds the sheet again.
        changed: Positions that were marked in one pass and blank in another.
        bias_seen: Marginal marks by their option's place in a row of five.
        bias_asked: Of them, those left to a person.
        make_s: Processor seconds spent on making pictures.
        read_s: On reading them, decoding included.
    """

    sheets: int = 0
    undamaged: int = 0
    undamaged_refused: int = 0
    questions: int = 0
    asked: int = 0
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    wrong_sheets: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    changed: int = 0
    bias_seen: Counter[int] = field(default_factory=Counter)
    bias_asked: Counter[int] = field(default_factory=Counter)
    make_s: float = 0.0
    read_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Add *other*'s sheets."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Block:
    """Some sheets of one stratum: those from *first* on, at most :data:`BLOCK`."""

    stratum: str
    seed: int
    first: int
    sheets: int = BLOCK


@dataclass(frozen=True, slots=True)
class Scan:
    """One page, packed, its truths, and which sheet of which run it began with."""

    seed: int
    index: int
    page: EncodedPage
    truths: list[dict[str, Any]]


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
            tally.errors += [{"seed": scan.seed, "index": scan.index, **one} for one in wrong]
            if wrong and _pictures is not None:
                save_picture(_pictures, office, stratum, scan, found)
        if stratum.passes > 1:
            changed = list(_changes(passes))
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
            for page, truths in scan_again(forms, plan, seed, sheets[0], stratum.passes):
                yield Scan(block.seed, index, page, truths)
            continue
        for job in page_jobs(replace(plan, pages_per_file=1), seed, sheets):
            page, truths = make_page(forms, plan, seed, job)
            yield Scan(block.seed, index, page, truths)


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
    return pictures.save(folder, f"{stratum.name}-{scan.seed}-{scan.index}", image, rows)


def look_again(office: Office, stratum: Stratum, seed: int, index: int) -> tuple[Scan, list[Found]]:
    """Make one sheet of a run once more (the first pass, if there are several) and judge it."""
    (scan,) = islice(_scans(office, stratum, Block(stratum.name, seed, index, 1)), 1)
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
        found.append((truth, result, _judged(tally, stratum, truth, result, ids)))
    return found


def _judged(
    tally: Tally,
    stratum: Stratum,
    truth: Mapping[str, Any],
    result: Mapping[str, Any] | None,
    ids: Mapping[str, tuple[str, ...]],
) -> list[dict[str, Any]]:
    """Tally one sheet and name its silent errors."""
    tally.sheets += 1
    status = "missing" if result is None else str(result["status"])
    tally.statuses[status] += 1
    harmless = set(truth["damage"]) <= _HARMLESS
    tally.undamaged += harmless
    if status == "refused" and result is not None:
        tally.undamaged_refused += harmless
        tally.refusals[" ".join(result["reasons"])] += 1
    errors = [] if result is None else judge(result, truth)
    found = [
        _entry(str(error.kind), error.question, error.truth, error.read, error.marks)
        for error in errors
    ]
    if result is None:
        found.append(_entry("lost-sheet", "", "form", "nothing", ()))
    for error in found:
        error |= {"pen": truth["pen"], "damage": list(truth["damage"]), "status": status}
    for question, true in truth["answers"].items():
        read = None if result is None else (result["answers"] or {}).get(question)
        outcomes = dict(_outcomes(status, read, true, ids[question]))
        tally.kinds.update(outcomes.values())
        if status not in {"counted", "review"}:
            continue
        asked = any(outcome == "asked" for _kind, outcome in outcomes.values())
        tally.questions += 1
        tally.asked += asked
        if stratum.group in {Group.HOSTILE, Group.LINE}:
            _bias(tally, true, ids[question], asked=asked)
    tally.wrong_sheets += bool(found)
    return found


def _entry(kind: str, question: str, truth: str, read: str, marks: Sequence[str]) -> dict[str, Any]:
    return {"kind": kind, "question": question, "truth": truth, "read": read, "marks": list(marks)}


def _outcomes(
    status: str, read: Mapping[str, Any] | None, true: Mapping[str, Any], ids: Sequence[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Kind of mark and outcome of every position of one question."""
    stated = status == "counted" or (read is not None and read["state"] in {"answered", "blank"})
    said = set() if read is None or read["state"] == "blank" else set(read["options"])
    right = [set(one) for one in true["right"]]
    # Where only a person may decide, what was said of the marks is wrong.
    wrong = min((said ^ one for one in right), key=len, default=set(true["kinds"]))
    for option in ids:
        kind = str(true["kinds"].get(option, "blank"))
        if true["doubt"] == "faint" and kind != "blank":
            kind = "faint"
        elif true["doubt"] == "stray-line":
            kind = "stray-line"
        if status not in {"counted", "review"}:
            yield option, (kind, "refused")
        elif not stated:
            yield option, (kind, "asked")
        else:
            yield option, (kind, "wrong" if option in wrong else "right")


def _bias(tally: Tally, true: Mapping[str, Any], ids: Sequence[str], *, asked: bool) -> None:
    """Note where in its row a lone marginal mark stood."""
    if len(ids) != _PLACES or len(true["kinds"]) != 1 or true["ambiguous"]:
        return
    ((option, kind),) = true["kinds"].items()
    if kind in _MARGINAL:
        place = list(ids).index(option)
        tally.bias_seen[place] += 1
        tally.bias_asked[place] += asked


def _changes(
    passes: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> Iterator[dict[str, Any]]:
    """Positions of one sheet that were marked in one pass and blank in another."""
    stated = [
        (question, set(read["options"]) if read["state"] == "answered" else set())
        for _truth, result in passes
        if result["status"] in {"counted", "review"}
        for question, read in result["answers"].items()
        if read["state"] in {"answered", "blank"}
    ]
    said: dict[tuple[str, str], Counter[bool]] = {}
    for question, options_said in stated:  # an option nobody ever saw is no change
        for option in options_said:
            said.setdefault((question, option), Counter())
    for question, options_said in stated:
        for (other, option), seen in said.items():
            if other == question:
                seen[option in options_said] += 1
    marks = passes[0][0]["answers"] if passes else {}
    for (question, option), seen in said.items():
        if len(seen) > 1:
            drawn = [f"{o}:{kind}" for o, kind in marks[question]["kinds"].items()]
            read = f"{option} marked {seen[True]} times, blank {seen[False]} times"
            yield _entry("changed", question, "always the same", read, drawn)
