"""Pages made by a second, independent generator, read by the real reader: no silent error?

The first generator (``scans/virtual``) and the reader come from one hand and may share a blind
spot. Here the pens are other code (``second_marks.py``) and all damage to print, paper and scan
is augraphy's (``second_effects.py``). The rule is the same: an answer that stands without a
person and is not what was drawn is a silent error, and so is a lost sheet or a wrong identity
(``scans/virtual/scorecard.py``). One thing is added, fixed in advance: where the damage left
less than 0.3 mm² of a mark to be seen, a reading without that mark is right, too.

augraphy is no dependency; how to install it stands in ``pyproject.toml``, group ``benchmarks``.
Runs accumulate in ``benchmarks/results/second-generator.jsonl``, one line for every few hundred
pages; a run that was cut short goes on where it stopped::

    python benchmarks/second_generator.py --pages 5000 --seed 1 --jobs 2 --pictures out
    python benchmarks/second_generator.py --report
    python benchmarks/second_generator.py --reproduce 1 4711 --pictures out
    python benchmarks/second_generator.py --pages 100 --check   # adds nothing; 1 on an error
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import accuracy_pictures
import cv2
import numpy as np
from accuracy_bounds import upper_bound
from accuracy_office import Office, open_office, reader_digest
from accuracy_record import Reader, append, commit, lines_of
from accuracy_worker import read_file
from second_effects import augraphy_version
from second_erased import shows_nothing
from second_page import ERASED_BELOW_MM2, Page, fingerprint, make_page, visible_mm2

from scans.pages import PageRef, load_page
from scans.virtual.scorecard import ErrorKind, judge, pair_up

RECORD = Path(__file__).parent / "results" / "second-generator.jsonl"
_SHEETS = 60  # printed; each is filled again and again by other people
_CHUNK = 200  # pages to a line of the record
_BLOCK = 8  # pages to a piece of work
_PACKAGES = ("numpy", "opencv-python-headless", "zxing-cpp", "pypdfium2", "numba", "scikit-image")
_NOTHING = "nothing"  # the name under which pages without an effect are counted
_STATED = {"answered", "blank"}

_office: Office | None = None
_pictures: Path | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Run, report or reproduce; the exit code."""
    options = _parser().parse_args(argv)
    if options.report:
        print(report(list(lines_of(options.record))))
        return 0
    with TemporaryDirectory() as folder:
        office = open_office(Path(folder) / "office", _SHEETS)
        if options.reproduce:
            seed, number = options.reproduce
            begin(office, options.pictures)
            print(json.dumps(read_one(office, seed, number), indent=1, ensure_ascii=False))
            return 0
        reader, maker = Reader(reader_digest(), commit()), fingerprint()
        done = set() if options.check else _done(options.record, options.seed, reader.digest, maker)
        left = [number for number in range(options.pages) if number not in done]
        if done:
            print(f"seed {options.seed}: {options.pages - len(left)} pages were read before")
        errors = 0
        with ProcessPoolExecutor(
            options.jobs,
            mp_context=get_context("spawn"),
            initializer=begin,
            initargs=(office, options.pictures),
        ) as pool:
            for chunk in _pieces(left, _CHUNK):
                begun = time.monotonic()
                blocks = [(options.seed, block) for block in _pieces(chunk, _BLOCK)]
                pages = [page for block in pool.map(work, blocks) for page in block]
                line = line_of(pages, options.seed, reader, maker, time.monotonic() - begun)
                if not options.check:
                    append(options.record, [line])
                errors += len(line["errors"])
                _say(line)
    return 1 if errors and options.check else 0


def begin(office: Office, pictures: Path | None) -> None:
    """Set up this process: its forms and reader, and the folder for pages with errors."""
    global _office, _pictures
    cv2.setNumThreads(1)  # the processes are the parallelism
    _office, _pictures = office, pictures


def work(block: tuple[int, Sequence[int]]) -> list[dict[str, Any]]:
    """What came of the pages of a block: a seed and their numbers."""
    if _office is None:
        raise RuntimeError("begin() comes first")
    seed, numbers = block
    return [read_one(_office, seed, number) for number in numbers]


def read_one(office: Office, seed: int, number: int) -> dict[str, Any]:
    """Make, read and judge one page.

    Returns:
        ``number``, ``effects``, ``dpi``, ``status``, ``reasons``, ``questions`` stated or asked,
        ``asked``, ``errors``, ``erased`` (readings that only the damage made right) and the
        milliseconds spent on making and reading it.
    """
    begun = time.process_time()
    page = make_page(office.forms, seed, number)
    shared = Path("/dev/shm")  # noqa: S108 - a page is written and read once
    with TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        path = page.write(Path(folder), f"{seed}-{number}")
        made = time.process_time()
        results = read_file(path, office)
        read = time.process_time()
        errors, erased, result = _judged(office, seed, number, page, results)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16] if errors else ""
        if errors and _pictures is not None:
            _save(path, office, page, result, errors)
    status = "missing" if result is None else str(result["status"])
    answers = (result or {}).get("answers") or {}
    known = page.truth["answers"] if status in {"counted", "review"} else {}
    asked = [question for question in known if not _is_stated(status, answers.get(question))]
    where = {"page": number, "image": digest, "effects": list(page.effects)}
    return {
        "number": number,
        "effects": page.effects or (_NOTHING,),
        "dpi": page.dpi,
        "status": status,
        "reasons": list(result["reasons"]) if result else [],
        "questions": len(known),
        "asked": len(asked),
        "positions": office.positions,
        "errors": [{**where, **error} for error in errors],
        "erased": erased,
        "make_ms": 1000 * (made - begun),
        "read_ms": 1000 * (read - made),
    }


def _is_stated(status: str, answer: Mapping[str, Any] | None) -> bool:
    return status == "counted" or (answer is not None and answer["state"] in _STATED)


def _judged(
    office: Office, seed: int, number: int, page: Page, results: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], int, dict[str, Any] | None]:
    """Silent errors, readings forgiven for erased marks, and the sheet's result line."""
    ((_truth, found),) = pair_up([page.truth], list(results))
    result = None if found is None else dict(found)
    errors: list[dict[str, Any]] = [
        {"kind": "invented-sheet", "question": "", "truth": "one sheet", "read": other["status"]}
        for other in results
        if other is not found and other["status"] == "counted"
    ]
    if result is None:
        lost = {"kind": "lost-sheet", "question": "", "truth": "form", "read": "nothing"}
        return [*errors, lost], 0, None
    erased, truth = 0, page.truth
    for error in judge(result, truth):
        if error.kind is ErrorKind.LOST and shows_nothing(page.pixels, page.dpi):
            erased += 1
            continue
        said = {
            "kind": str(error.kind),
            "question": error.question,
            "truth": error.truth,
            "read": error.read,
            "marks": list(error.marks),
            "status": result["status"],
        }
        answer = truth["answers"].get(error.question)
        if answer is not None:
            seen = {
                option: visible_mm2(office.forms, seed, number, error.question, option)
                for option in answer["kinds"]
            }
            left = [option for option, area in seen.items() if area >= ERASED_BELOW_MM2]
            forgiven = {**answer, "right": [*answer["right"], left]}
            kinder = {**truth, "answers": {error.question: forgiven}}
            if len(left) < len(seen) and not judge(result, kinder):
                erased += 1
                continue
            said["visible_mm2"] = {
                option: round(area, 2) for option, area in seen.items() if np.isfinite(area)
            }
        errors.append(said)
    return errors, erased, result


def _save(
    path: Path,
    office: Office,
    page: Page,
    result: Mapping[str, Any] | None,
    errors: Sequence[Mapping[str, Any]],
) -> None:
    """Keep the page as it was read, and its wrong rows."""
    if _pictures is None:
        return
    image = load_page(PageRef(path, 0))
    if not isinstance(image, np.ndarray):
        image = np.zeros((1, 1), np.uint8)
    layout = office.forms.layouts[page.truth["layout"]]
    rows = [
        (
            f"{error['question']}: {error['truth']}, read {error['read']}",
            accuracy_pictures.row(image, result["registration"], layout, error["question"]),
        )
        for error in errors
        if error["kind"] == "wrong-answer" and result and result["registration"]
    ]
    accuracy_pictures.save(_pictures, path.stem, image, rows)
    (_pictures / path.name).write_bytes(path.read_bytes())


def line_of(
    pages: Sequence[Mapping[str, Any]], seed: int, reader: Reader, maker: str, wall_s: float
) -> dict[str, Any]:
    """The record's line of some pages of one run."""
    effects: dict[str, Counter[str]] = {}
    for page in pages:
        for name in page["effects"]:
            effects.setdefault(name, Counter()).update(
                pages=1,
                refused=page["status"] == "refused",
                questions=page["questions"],
                asked=page["asked"],
                wrong_pages=bool(page["errors"]),
                errors=len(page["errors"]),
            )
    refused = Counter(" ".join(p["reasons"]) for p in pages if p["status"] == "refused")
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "seed": seed,
        "spans": _spans(page["number"] for page in pages),
        "pages": len(pages),
        "generator": maker,
        "reader": reader.digest,
        "commit": reader.commit,
        "versions": {"python": platform.python_version(), "augraphy": augraphy_version()}
        | {name: version(name) for name in _PACKAGES},
        "positions": sum(page["positions"] for page in pages),
        "dpi": dict(sorted(Counter(str(page["dpi"]) for page in pages).items())),
        "statuses": dict(sorted(Counter(page["status"] for page in pages).items())),
        "refusals": dict(sorted(refused.items())),
        "questions": sum(page["questions"] for page in pages),
        "asked": sum(page["asked"] for page in pages),
        "erased": sum(page["erased"] for page in pages),
        "wrong_pages": sum(bool(page["errors"]) for page in pages),
        "errors": [error for page in pages for error in page["errors"]],
        "effects": {name: dict(found) for name, found in sorted(effects.items())},
        "make_ms": round(sum(page["make_ms"] for page in pages) / len(pages), 1),
        "read_ms": round(sum(page["read_ms"] for page in pages) / len(pages), 1),
        "wall_s": round(wall_s),
    }


def report(lines: Sequence[Mapping[str, Any]]) -> str:
    """The accumulated tables, in Markdown: readers and generators are not mixed."""
    runs: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for line in lines:
        runs.setdefault((line["reader"], line["generator"]), []).append(line)
    return "\n".join(part for run in runs.values() for part in _table(run)) or "Nothing recorded."


def _table(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    first = lines[0]
    pages, wrong = (sum(line[name] for line in lines) for name in ("pages", "wrong_pages"))
    positions = sum(line["positions"] for line in lines)
    errors = [error for line in lines for error in line["errors"]]
    statuses = sum((Counter(line["statuses"]) for line in lines), Counter[str]())
    seeds = ", ".join(str(seed) for seed in sorted({line["seed"] for line in lines}))
    yield f"## Reader {first['reader']} ({first['commit']}), generator {first['generator']}"
    yield ""
    yield (
        f"seeds {seeds}: {pages:,} pages, {positions:,} positions, {len(errors)} silent errors on "
        f"{wrong} pages (95 %: at most {upper_bound(wrong, pages):.3%} of pages); "
        + ", ".join(f"{status} {number:,}" for status, number in sorted(statuses.items()))
    )
    yield ""
    yield "| effect | pages | refused | questions asked | pages with an error | errors |"
    yield "|---|---|---|---|---|---|"
    effects: dict[str, Counter[str]] = {}
    for line in lines:
        for name, found in line["effects"].items():
            effects.setdefault(name, Counter()).update(found)
    for name, found in sorted(effects.items()):
        asked = f"{found['asked'] / found['questions']:.2%}" if found["questions"] else "-"
        yield (
            f"| {name} | {found['pages']:,} | {found['refused'] / found['pages']:.1%} | {asked} "
            f"| {found['wrong_pages']} | {found['errors']} |"
        )
    yield ""


def _say(line: Mapping[str, Any]) -> None:
    print(
        f"pages {line['spans']}: {len(line['errors'])} silent errors, {line['statuses']}, "
        f"asked {line['asked']} of {line['questions']} questions, {line['erased']} marks erased; "
        f"{line['make_ms']:.0f} + {line['read_ms']:.0f} ms a page, {line['wall_s']} s",
        flush=True,
    )
    for error in line["errors"]:
        print(f"  seed {line['seed']} {json.dumps(error, ensure_ascii=False)}", flush=True)


def _done(record: Path, seed: int, reader: str, maker: str) -> set[int]:
    """Pages of *seed* that this reader has read, made by this generator."""
    return {
        number
        for line in lines_of(record)
        if (line["seed"], line["reader"], line["generator"]) == (seed, reader, maker)
        for first, last in line["spans"]
        for number in range(first, last + 1)
    }


def _spans(numbers: Iterable[int]) -> list[list[int]]:
    """Runs of whole numbers as first and last."""
    ordered = sorted(numbers)
    cuts = [0, *(k for k, (a, b) in enumerate(pairwise(ordered), 1) if b != a + 1), len(ordered)]
    return [[ordered[a], ordered[b - 1]] for a, b in pairwise(cuts)] if ordered else []


def _pieces(numbers: Sequence[int], size: int) -> Iterator[list[int]]:
    for first in range(0, len(numbers), size):
        yield list(numbers[first : first + size])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, default=5000, help="the seed's first so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--record", type=Path, default=RECORD)
    parser.add_argument("--pictures", type=Path, help="folder for pages with silent errors")
    parser.add_argument(
        "--check", action="store_true", help="record nothing; exit code 1 on a silent error"
    )
    parser.add_argument("--report", action="store_true", help="the record's tables, no run")
    parser.add_argument(
        "--reproduce", nargs=2, type=int, metavar=("SEED", "PAGE"), help="one page of a run"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
