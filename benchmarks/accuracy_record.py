"""The record of the accuracy benchmark: one JSON line a run and stratum, only ever added to."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from accuracy_bounds import chi_square_p, upper_bound
from accuracy_strata import BY_NAME, POSITIONS, Group, Stratum
from accuracy_tally import Tally

import scans

RECORD = Path(__file__).parent / "results" / "accuracy.jsonl"
_PACKAGES = ("numpy", "opencv-python-headless", "zxing-cpp", "pypdfium2", "pillow")
_ROOT = Path(scans.__file__).parent.parent  # where the reader is that does the reading


@dataclass(frozen=True, slots=True)
class Reader:
    """Which reader reads: taken when a run begins, since the files may change meanwhile."""

    digest: str  # of its sources
    commit: str  # see commit()


def line_of(
    stratum: Stratum, tally: Tally, *, seed: int, reader: Reader, layout: str, wall_s: float
) -> dict[str, Any]:
    """The record's line of one stratum in one run."""
    kinds: dict[str, dict[str, int]] = defaultdict(dict)
    for (kind, outcome), number in sorted(tally.kinds.items()):
        kinds[kind][outcome] = number
    positions = sum(tally.kinds.values())
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "stratum": stratum.name,
        "seed": seed,
        "fingerprint": stratum.fingerprint(),
        "reader": reader.digest,
        "commit": reader.commit,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in _PACKAGES},
        "layout": layout,
        "sheets": tally.sheets,
        "positions": positions,
        "marked": positions - sum(kinds.get("blank", {}).values()),
        "kinds": kinds,
        "wrong_sheets": tally.wrong_sheets,
        "errors": tally.errors,
        "changed": tally.changed,
        "statuses": dict(sorted(tally.statuses.items())),
        "refusals": dict(sorted(tally.refusals.items())),
        "undamaged": tally.undamaged,
        "undamaged_refused": tally.undamaged_refused,
        "questions": tally.questions,
        "asked": tally.asked,
        "bias_seen": [tally.bias_seen[place] for place in range(5)],
        "bias_asked": [tally.bias_asked[place] for place in range(5)],
        "make_ms": round(1000 * tally.make_s / max(1, tally.sheets), 1),
        "read_ms": round(1000 * tally.read_s / max(1, tally.sheets), 1),
        "wall_s": round(wall_s),
    }


def commit() -> str:
    """The commit, with a plus where the program's files differ from it; empty without git."""
    try:
        words = ["git", "-C", str(_ROOT), "describe", "--always", "--exclude", "*"]
        found = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
        words = ["git", "-C", str(_ROOT), "status", "--porcelain", "-uno", "--", "omr", "scans"]
        changed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found + ("+" if changed.strip() else "")


def append(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add *lines* at the end of *path*, in one write that is safe on the disk when it returns."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The record's lines; none where there is no record yet."""
    if path.is_file():
        for text in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(text)


def is_current(line: Mapping[str, Any]) -> bool:
    """Whether the line's stratum still draws from the same numbers."""
    stratum = BY_NAME.get(line["stratum"])
    return stratum is not None and stratum.fingerprint() == line["fingerprint"]


def was_run(path: Path, seed: int, strata: Iterable[Stratum], reader: str) -> list[str]:
    """Which of *strata* this reader has read with this seed already: twice counts for nothing."""
    wanted = {stratum.name: stratum.fingerprint() for stratum in strata}
    return sorted(
        {
            line["stratum"]
            for line in lines_of(path)
            if line["seed"] == seed
            and line["reader"] == reader
            and wanted.get(line["stratum"]) == line["fingerprint"]
        }
    )


def report(lines: Sequence[Mapping[str, Any]], reader: str) -> str:
    """The accumulated tables, in Markdown.

    Args:
        lines: Of the record.
        reader: Digest of the reader that stands here; its own lines come first, lines of other
            readers are added up separately and said to be so.
    """
    current = [line for line in lines if is_current(line)]
    own = [line for line in current if line["reader"] == reader]
    older = [line for line in current if line["reader"] != reader]
    parts = [f"## This reader ({reader})", *_tables(own)]
    if older:
        commits = ", ".join(sorted({str(line["commit"]) for line in older}))
        parts += ["", f"## Other versions of the reader (commits {commits})", *_tables(older)]
    dropped = len(lines) - len(current)
    if dropped:
        parts += ["", f"{dropped} lines were made with other parameters and count for nothing."]
    return "\n".join(parts)


def _tables(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    if not lines:
        return ["", "Nothing recorded."]
    by_name: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for line in lines:
        by_name[line["stratum"]].append(line)
    named = [name for name in BY_NAME if name in by_name]
    main = [line for line in lines if BY_NAME[line["stratum"]].group in POSITIONS]
    columns = (
        "stratum",
        "sheets",
        "positions",
        "marked or doubtful",
        "silent errors",
        "per position (95 %)",
        "per sheet (95 %)",
        "refused, undamaged",
        "questions asked",
    )
    rows = [
        "",
        f"| {' | '.join(columns)} |",
        "|---" * len(columns) + "|",
        *[_row(name, by_name[name]) for name in named],
        *([_row("**positions, all**", main)] if main else []),
    ]
    return rows + _by_kind(main) + _others(by_name)


def _row(name: str, lines: Sequence[Mapping[str, Any]]) -> str:
    sheets, positions = _sum(lines, "sheets"), _sum(lines, "positions")
    wrong = sum(kind.get("wrong", 0) for line in lines for kind in line["kinds"].values())
    errors = sum(len(line["errors"]) for line in lines)
    return (
        f"| {name} | {sheets:,} | {positions:,} | {_sum(lines, 'marked'):,} | {errors} "
        f"| {_one_in(upper_bound(max(wrong, errors), positions))} "
        f"| {_one_in(upper_bound(_sum(lines, 'wrong_sheets'), sheets))} "
        f"| {_share(_sum(lines, 'undamaged_refused'), _sum(lines, 'undamaged'))} "
        f"| {_share(_sum(lines, 'asked'), _sum(lines, 'questions'))} |"
    )


def _by_kind(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Positions by kind of mark, for each group."""
    found: dict[tuple[Group, str], Counter[str]] = defaultdict(Counter)
    for line in lines:
        for kind, outcomes in line["kinds"].items():
            found[BY_NAME[line["stratum"]].group, kind].update(outcomes)
    rows = [
        "",
        "| people | mark | positions | right | asked | refused | wrong | <= wrong (95 %) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for (group, kind), seen in sorted(found.items()):
        total = seen.total()
        rows.append(
            f"| {group} | {kind} | {total:,} | {_share(seen['right'], total)} "
            f"| {_share(seen['asked'], total)} | {_share(seen['refused'], total)} "
            f"| {seen['wrong']} | {_one_in(upper_bound(seen['wrong'], total))} |"
        )
    return rows if found else []


def _others(by_name: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """The drills: lines, sheets scanned again, bias."""
    rows: list[str] = [""]
    for name, lines in by_name.items():
        group = BY_NAME[name].group
        if group is Group.LINE:
            seen = sum((Counter(line["kinds"].get("line", {})) for line in lines), Counter())
            rows.append(
                f"- {name}: {seen.total():,} lines; marked {_share(seen['right'], seen.total())}, "
                f"asked {_share(seen['asked'] + seen['refused'], seen.total())}, "
                f"missed {seen['wrong']}"
            )
        elif group is Group.AGAIN:
            rows.append(
                f"- {name}: {_sum(lines, 'sheets'):,} scans of "
                f"{_sum(lines, 'sheets') // BY_NAME[name].passes:,} sheets; "
                f"positions marked in one scan and blank in another: {_sum(lines, 'changed')}"
            )
    for group in (Group.HOSTILE, Group.LINE):
        mine = [
            line
            for name, lines in by_name.items()
            if BY_NAME[name].group is group
            for line in lines
        ]
        seen = [sum(line["bias_seen"][place] for line in mine) for place in range(5)]
        asked = [sum(line["bias_asked"][place] for line in mine) for place in range(5)]
        if all(seen):
            shares = ", ".join(_share(a, s) for a, s in zip(asked, seen, strict=True))
            rows.append(
                f"- bias by place among five, {group}: asked {shares} of {sum(seen):,} marginal "
                f"marks; chi-square p = {chi_square_p(asked, seen):.3f}"
            )
    return rows


def _sum(lines: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(int(line[name]) for line in lines)


def _one_in(rate: float) -> str:
    return f"1 in {int(1 / rate):,}" if rate > 0 else "0"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"
