"""Our reader and ``marksense`` from PyPI on the same pages: errors and time of both.

Two sets of pages:

* real ones, of strangers (``../shared/real``, its README says whose), whose boxes are given: ours
  is ``omr marks``. marksense gets the blank form (the median of the set's pages, laid over each
  other) and one question a row; then each box as a question of its own; then the boxes of the
  very page without blank form and alignment;
* our own form, filled and scanned by the virtual scanner: ours is the reader of ``omr scans
  read``, identity included; marksense gets the printed blank form and the layout's places.

What counts: for boxes a mark missed or invented; for questions a statement that is not right
and that nobody would look at, by the rule of ``scans/virtual/scorecard.py``. A page whose
alignment marksense itself calls unreliable counts as refused, a question in which it found
several marks as asked. Times are of one process with one thread, file to answers, medians::

    python benchmarks/peers.py --sheets 40 --seed 1 [--out FILE]

marksense is no dependency; how to install it stands in ``pyproject.toml``, group ``benchmarks``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import pypdfium2
from accuracy_office import Office, open_office, reader_digest
from accuracy_worker import read_file
from peers_marksense import (
    Row,
    Said,
    blank_of,
    marksense_version,
    read_form,
    read_in_place,
    template,
)

from scans.foreign import mark_lines
from scans.virtual.scorecard import judge
from scans.virtual_scanner import COMPLIANT, REALISTIC, Container, ScanPlan, scan_batch

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
RESULTS = Path(__file__).parent / "results"
_DPI = 200
_PACKAGES = ("numpy", "opencv-python-headless", "zxing-cpp")
PLANS = tuple(
    ScanPlan(f"{name}-grey-{_DPI}", dpi=_DPI, container=Container.JPEG_FOLDER, people=people)
    for name, people in (("compliant", COMPLIANT), ("realistic", REALISTIC))
)


def main(argv: Sequence[str] | None = None) -> int:
    """Read all pages with both readers; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sheets", type=int, default=40, help="of our own form, a plan")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", type=Path, default=REAL)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(argv)
    cv2.setNumThreads(1)
    record: dict[str, Any] = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "seed": options.seed,
        "reader": reader_digest(),
        "versions": {"python": platform.python_version(), "marksense": marksense_version()}
        | {name: version(name) for name in _PACKAGES},
        "load_average_before": os.getloadavg(),
        "boxes": [],
        "forms": [],
    }
    with TemporaryDirectory() as folder:
        if (options.real / "truth.jsonl").is_file():
            for name, pages in sorted(_sets(options.real).items()):
                record["boxes"] += real_set(name, pages, options.real, Path(folder))
        else:
            print(f"no real pages: {options.real} is not there", file=sys.stderr)
        office = open_office(Path(folder) / "office", options.sheets)
        for plan in PLANS:
            record["forms"] += own_forms(plan, office, options.seed, Path(folder))
    record["load_average_after"] = os.getloadavg()
    out = options.out or RESULTS / f"peers-{record['date']}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print("\n".join(_tables(record)))
    return 0


def real_set(
    name: str, pages: Sequence[Mapping[str, Any]], root: Path, folder: Path
) -> list[dict[str, Any]]:
    """Both readers on one form's pages, whose boxes are known.

    Args:
        name: Of the set.
        pages: Lines of the truth; all of one form.
        root: Folder of the images.
        folder: For the blank form and lists of boxes.

    Returns:
        A line for each way of reading.
    """
    order = [bubble["id"] for bubble in pages[0]["bubbles"]]
    sorted_boxes = [[_by_id(page)[one] for one in order] for page in pages]
    images = [cv2.imread(str(root / page["image"]), cv2.IMREAD_GRAYSCALE) for page in pages]
    blank = folder / f"{name}.png"
    cv2.imwrite(str(blank), blank_of([one for one in images if one is not None], sorted_boxes))
    rows, singles = _rows(pages[0], alone=False), _rows(pages[0], alone=True)
    by_row, by_box = template(blank, rows), template(blank, singles)
    ways: dict[str, Callable[[Mapping[str, Any]], Mapping[str, str]]] = {
        "ours: omr marks": lambda page: _our_marks(page, root, folder),
        "marksense, by row": lambda page: _boxes_of(
            read_form(root / page["image"], by_row, folder, rows), rows
        ),
        "marksense, by box": lambda page: _boxes_of(
            read_form(root / page["image"], by_box, folder, singles), singles
        ),
        "marksense, in place": lambda page: _in_place(page, root),
    }
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    times: dict[str, list[float]] = defaultdict(list)
    wrong: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for way, read in ways.items():
            begun = time.perf_counter()
            said = read(page)
            times[way].append(time.perf_counter() - begun)
            for outcome, box in box_outcomes(page, said):
                tallies[way][outcome] += 1
                if outcome in {"missed", "invented"}:
                    wrong[way].append(f"{outcome} {page['image']} {box}")
    return [
        {
            "set": name,
            "way": way,
            "pages": len(pages),
            "boxes": tally.total(),
            "outcomes": dict(sorted(tally.items())),
            "ms_per_page": round(1000 * statistics.median(times[way]), 1),
            "errors": wrong[way][:50],
        }
        for way, tally in tallies.items()
    ]


def box_outcomes(page: Mapping[str, Any], said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Outcome and id of every box whose truth is known.

    Outcomes are ``right``, ``asked``, ``missed``, ``invented`` and ``second``: a mark beside
    another in its row, of which a reader that may name one a row named the other.

    Args:
        page: A line of the truth.
        said: Box id to ``marked``, ``blank`` or ``doubtful``.
    """
    named = {
        _row_of(bubble)
        for bubble in page["bubbles"]
        if bubble["marked"] is True and said[bubble["id"]] == "marked"
    }
    for bubble in page["bubbles"]:
        mark = said[bubble["id"]]
        if bubble["marked"] == "unknown":
            continue
        if mark == "doubtful":
            outcome = "asked"
        elif bubble["marked"] and mark == "blank":
            outcome = "second" if _row_of(bubble) in named else "missed"
        elif mark == "marked" and not bubble["marked"]:
            outcome = "invented"
        else:
            outcome = "right"
        yield outcome, bubble["id"]


def _row_of(bubble: Mapping[str, Any]) -> str:
    return str(bubble["id"]).rpartition(".")[0]


def _our_marks(page: Mapping[str, Any], root: Path, folder: Path) -> dict[str, str]:
    boxes = folder / "boxes.json"
    sides = ("id", "x", "y", "w", "h")
    boxes.write_text(json.dumps([{side: b[side] for side in sides} for b in page["bubbles"]]))
    lines = [json.loads(line) for line in mark_lines(root / page["image"], boxes)]
    return {line["id"]: line["mark"] for line in lines}


def _in_place(page: Mapping[str, Any], root: Path) -> Mapping[str, str]:
    rows = _rows(page, alone=False)
    return _boxes_of(read_in_place(root / page["image"], rows), rows)


def _boxes_of(said: Said, rows: Sequence[Row]) -> dict[str, str]:
    """What marksense says, box by box."""
    found: dict[str, str] = {}
    for row in rows:
        for option in row.boxes:
            if not said.aligned or row.name in said.unsure:
                found[option] = "doubtful"
            elif said.chosen.get(row.name) == option:
                found[option] = "marked"
            else:
                found[option] = "blank"
    return found


def _rows(page: Mapping[str, Any], *, alone: bool) -> list[Row]:
    """The boxes of a page by question, or each alone."""
    rows: dict[str, dict[str, tuple[float, float, float, float]]] = defaultdict(dict)
    for bubble in page["bubbles"]:
        name = bubble["id"] if alone else _row_of(bubble)
        rows[name][bubble["id"]] = (bubble["x"], bubble["y"], bubble["w"], bubble["h"])
    return [Row(name, boxes) for name, boxes in rows.items()]


def _by_id(page: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {bubble["id"]: bubble for bubble in page["bubbles"]}


def _sets(root: Path) -> dict[str, list[dict[str, Any]]]:
    """Pages by form: those with the same boxes."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for text in (root / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(text)
        found[f"{Path(page['image']).parent.name}-{len(page['bubbles'])}"].append(page)
    return found


def own_forms(plan: ScanPlan, office: Office, seed: int, folder: Path) -> list[dict[str, Any]]:
    """Both readers on sheets of our own form that the virtual scanner made.

    Args:
        plan: People and scanner.
        office: Its printed forms, each filled once.
        seed: Of everything drawn.
        folder: For scans and the blank form.
    """
    (layout,) = office.forms.layouts.values()
    truths = scan_batch(office.forms, plan, folder / plan.name, seed)
    blank, rows = _blank_form(office, folder), _form_rows(layout)
    words = template(blank, rows)
    ways: dict[str, Callable[[Path, Mapping[str, Any]], Mapping[str, Any] | None]] = {
        "ours: omr scans read": lambda path, _truth: next(iter(read_file(path, office)), None),
        "marksense": lambda path, truth: _line(read_form(path, words, folder, rows), truth, layout),
    }
    found = []
    for way, read in ways.items():
        times, tally, errors = [], Counter[str](), []
        for truth in truths:
            path = folder / plan.name / truth["file"]
            begun = time.perf_counter()
            result = read(path, truth)
            times.append(time.perf_counter() - begun)
            tally["sheets"] += 1
            if result is None:
                errors.append(f"{truth['file']}: lost")
                continue
            tally[result["status"]] += 1
            errors += [str(error) for error in judge(result, truth)]
            if result["status"] == "review":
                states = [answer["state"] for answer in result["answers"].values()]
                tally["asked"] += sum(state not in {"answered", "blank"} for state in states)
            if result["status"] in {"counted", "review"}:
                tally["questions"] += len(truth["answers"])
        found.append(
            {
                "set": plan.name,
                "way": way,
                "outcomes": dict(sorted(tally.items())),
                "silent_errors": len(errors),
                "ms_per_page": round(1000 * statistics.median(times), 1),
                "errors": errors[:50],
            }
        )
    return found


def _line(said: Said, truth: Mapping[str, Any], layout: Mapping[str, Any]) -> dict[str, Any]:
    """What marksense says as a result line; who the sheet is it cannot say, so that is given."""
    answers: dict[str, dict[str, Any]] = {}
    for question in layout["questions"]:
        name = question["id"]
        options = [one for row, one in said.chosen.items() if row.partition("/")[0] == name]
        state = "doubtful" if name in said.unsure else "answered" if options else "blank"
        answers[name] = {"state": state, "options": options}
    doubtful = any(answer["state"] == "doubtful" for answer in answers.values())
    status = "refused" if not said.aligned else "review" if doubtful else "counted"
    same = {key: truth[key] for key in ("sheet", "serial", "unit", "domain", "layout")}
    return {"status": status, "reasons": [], "answers": answers, **same}


def _form_rows(layout: Mapping[str, Any]) -> list[Row]:
    """A question a row; where several may be marked, each option is one of its own."""
    scale = _DPI / 25.4
    rows = []
    for question in layout["questions"]:
        boxes = {
            bubble["option"]: (
                (bubble["x_mm"] - bubble["w_mm"] / 2) * scale,
                (bubble["y_mm"] - bubble["h_mm"] / 2) * scale,
                bubble["w_mm"] * scale,
                bubble["h_mm"] * scale,
            )
            for bubble in layout["bubbles"]
            if bubble["question"] == question["id"]
        }
        if question["kind"] == "multi":
            rows += [Row(f"{question['id']}/{one}", {one: box}) for one, box in boxes.items()]
        else:
            rows.append(Row(question["id"], boxes))
    return rows


def _blank_form(office: Office, folder: Path) -> Path:
    """The first printed form as a picture; its codes and serial are like any other's."""
    path = folder / "blank-form.png"
    with pypdfium2.PdfDocument(office.forms.pdf) as document:
        page = document[office.forms.sheets[0].pdf_page]
        picture = page.render(scale=_DPI / 72, prefer_bgrx=True).to_numpy()[..., :3]
        cv2.imwrite(str(path), picture)
    return path


def _tables(record: Mapping[str, Any]) -> Iterator[str]:
    yield "| real pages | reader | pages | boxes | missed | invented | second | asked | ms a page |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in record["boxes"]:
        seen = Counter(row["outcomes"])
        yield (
            f"| {row['set']} | {row['way']} | {row['pages']} | {row['boxes']:,} "
            f"| {seen['missed']} | {seen['invented']} | {seen['second']} | {seen['asked']} "
            f"| {row['ms_per_page']:.0f} |"
        )
    yield ""
    yield "| our form | reader | sheets | refused | questions | silent errors | asked | ms a page |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in record["forms"]:
        seen = Counter(row["outcomes"])
        yield (
            f"| {row['set']} | {row['way']} | {seen['sheets']} | {seen['refused']} "
            f"| {seen['questions']} | {row['silent_errors']} | {seen['asked']} "
            f"| {row['ms_per_page']:.0f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
