"""Hostile inputs by the million: nothing may crash, hang, take all memory or forge a code.

Cases are made from sound files (``fuzz_scans.py``, ``fuzz_texts.py``), each from its seed, block
and number alone, so that any of them can be made again::

    python benchmarks/fuzz.py pdf --cases 100000 --seed 1 --out benchmarks/results/fuzz.jsonl
    python benchmarks/fuzz.py pdf --show 1:12:7 > case.pdf
    python benchmarks/fuzz.py --sum benchmarks/results/fuzz.jsonl

A forked process of bounded memory works through the blocks and says before each case which one
it is. If it dies, or one case takes more than ten seconds of the processor (a minute by the clock,
if it only waits), that case is a find, and another process goes on after it. Every run adds
lines to the file named with ``--out``, and none goes.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import platform
import random
import resource
import select
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from fuzz_targets import TARGETS, Forgery, Target

from omr import loops
from scans.limits import Limits, limit_memory

LONGEST_S = 10.0  # one case, of the processor
_PATIENCE = 6  # times as long on the clock: on a full machine a sound case may have to wait
MOST_MB = 1024  # resident, of the whole process
_AT_MOST_MB = 3072  # of memory asked for: the machine is protected before the figure is known
_WHERE = struct.Struct("qqdd")  # block, number in it, when it began by the clock, its processor
_PACKAGES = ("opencv-python-headless", "pillow", "pypdfium2", "simplejpeg", "zxing-cpp")


@dataclass(frozen=True, slots=True)
class Find:
    """A case that did what none may do."""

    block: int
    number: int
    what: str  # crash, hang, memory, escape, forgery
    how: str


@dataclass(slots=True)
class Tally:
    """What came of the cases so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    finds: list[Find] = field(default_factory=list)
    slowest_s: float = 0.0
    peak_mb: float = 0.0

    @property
    def cases(self) -> int:
        """Every one that was tried."""
        return self.outcomes.total()


def made(target: Target, name: str, seed: int, block: int) -> Iterator[bytes]:
    """The cases of one block."""
    rng = random.Random(f"{seed} {name} {block}")
    return islice(target.make(rng), target.block)


def run(name: str, seed: int, first: int, blocks: int) -> Iterator[Tally]:
    """Work through *blocks* of cases from block *first*; a tally for each piece of them."""
    target = TARGETS[name]
    target.seeds()  # made once, before the processes part
    if target.limited:
        loops.load()  # compiled on a machine's first run, which takes longer than any case may
    block, number, end = first, 0, first + blocks
    with mmap.mmap(-1, _WHERE.size) as where:
        while block < end:
            tally, block, number = _one_process(target, name, seed, (block, number, end), where)
            yield tally


def _one_process(
    target: Target, name: str, seed: int, span: tuple[int, int, int], where: mmap.mmap
) -> tuple[Tally, int, int]:
    """What one process did, and where the next has to go on."""
    block, number, end = span
    where[:] = _WHERE.pack(block, number, time.monotonic(), 0.0)
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ear)
        try:
            _work(target, name, seed, span, where, mouth)
        except BaseException:  # noqa: BLE001 - said before this process ends
            traceback.print_exc()
            os._exit(70)
        os._exit(0)
    os.close(mouth)
    tally, hung = Tally(), False
    with os.fdopen(ear, "rb") as stream:
        while True:
            ready, _w, _x = select.select([stream], [], [], min(1.0, LONGEST_S / 4))
            if ready:
                line = stream.readline()
                if not line:
                    break
                _add(tally, json.loads(line))
                continue
            if _is_stuck(child, *_WHERE.unpack(where[:])[2:]):
                hung = True
                os.kill(child, signal.SIGKILL)
                break
    _pid, status = os.waitpid(child, 0)
    if status == 0 and not hung:
        return tally, end, 0
    block, number, *_began = _WHERE.unpack(where[:])
    how = f"over {LONGEST_S:.0f} s" if hung else _death(status)
    tally.finds.append(Find(block, number, "hang" if hung else "crash", how))
    tally.outcomes["hang" if hung else "crash"] += 1
    following = (block, number + 1) if number + 1 < target.block else (block + 1, 0)
    return tally, *following


def _is_stuck(child: int, began: float, used: float) -> bool:
    """Whether a case takes too long, or does nothing any more.

    Args:
        child: The process that works on it.
        began: When it began, by the clock.
        used: What the process had taken of the processor by then, seconds.
    """
    waited = time.monotonic() - began
    if waited <= LONGEST_S or waited > _PATIENCE * LONGEST_S:
        return waited > LONGEST_S
    try:
        said = Path("/proc", str(child), "stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # no Linux
        return True
    ticks = said.rpartition(")")[2].split()[11:13]  # in user and in system mode (proc_pid_stat(5))
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") - used > LONGEST_S


def _death(status: int) -> str:
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit {os.waitstatus_to_exitcode(status)}"


def _work(
    target: Target,
    name: str,
    seed: int,
    span: tuple[int, int, int],
    where: mmap.mmap,
    mouth: int,
) -> None:
    """In the forked process: every case, and a line about each block."""
    first, skip, end = span
    resource.setrlimit(resource.RLIMIT_AS, (_AT_MOST_MB << 20, _AT_MOST_MB << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if target.limited:
        limit_memory(Limits().memory_mb)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    in_memory = Path("/dev/shm")  # noqa: S108 - where there is none, the usual place
    folder = in_memory if in_memory.is_dir() else Path(tempfile.gettempdir())
    path = folder / f"fuzz-{name}-{os.getpid()}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        for block in range(first, end):
            outcomes: Counter[str] = Counter()
            slowest = 0.0
            for number, data in enumerate(made(target, name, seed, block)):
                if block == first and number < skip:
                    continue
                began = time.monotonic()
                where[:] = _WHERE.pack(block, number, began, time.process_time())
                try:
                    said = target.run(data, path)
                except Forgery as error:
                    said = "forgery"
                    _say(mouth, find=Find(block, number, said, str(error)))
                except Exception:  # noqa: BLE001 - whatever escapes is a find
                    said = "escape"
                    _say(mouth, find=Find(block, number, said, traceback.format_exc()[-1500:]))
                outcomes[said] += 1
                took = time.monotonic() - began
                slowest = max(slowest, took)
                most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                if most > peak:
                    if most > MOST_MB * 1024 >= peak:
                        how = f"{most >> 10} MB resident"
                        _say(mouth, find=Find(block, number, "memory", how))
                    peak = most
            _say(mouth, outcomes=outcomes, slowest_s=slowest, peak_mb=peak / 1024)
    finally:
        path.unlink(missing_ok=True)


def _say(
    mouth: int,
    find: Find | None = None,
    outcomes: Counter[str] | None = None,
    slowest_s: float = 0.0,
    peak_mb: float = 0.0,
) -> None:
    """Tell at once: the next case may be this process's last."""
    line = {
        "outcomes": outcomes or {},
        "finds": [] if find is None else [vars_of(find)],
        "slowest_s": slowest_s,
        "peak_mb": peak_mb,
    }
    os.write(mouth, json.dumps(line).encode() + b"\n")


def vars_of(find: Find) -> dict[str, Any]:
    """A find as it is written down."""
    return {"block": find.block, "number": find.number, "what": find.what, "how": find.how}


def _add(tally: Tally, said: dict[str, Any]) -> None:
    tally.outcomes.update(said["outcomes"])
    tally.finds += [Find(**find) for find in said["finds"]]
    tally.slowest_s = max(tally.slowest_s, said["slowest_s"])
    tally.peak_mb = max(tally.peak_mb, said["peak_mb"])


def summed(file: Path) -> dict[str, dict[str, Any]]:
    """By kind of input: every run's cases and finds together."""
    kinds: dict[str, dict[str, Any]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        kind = kinds.setdefault(
            said["target"], {"cases": 0, "finds": 0, "seconds": 0.0, "slowest_s": 0.0, "peak_mb": 0}
        )
        kind["cases"] += said["cases"]
        kind["finds"] += len(said["finds"])
        kind["seconds"] += said["seconds"]
        for most in ("slowest_s", "peak_mb"):
            kind[most] = max(kind[most], said[most])
    return kinds


def main(argv: Sequence[str] | None = None) -> None:
    """Run, show one case, or add up."""
    options = _options(argv)
    if options.sum:
        print("| input | cases | finds | slowest s | most MB |\n|---|---|---|---|---|")
        for name, kind in summed(options.sum).items():
            numbers = f"{kind['slowest_s']:.2f} | {kind['peak_mb']:.0f}"
            print(f"| {name} | {kind['cases']:,} | {kind['finds']} | {numbers} |")
        return
    if options.show:
        seed, block, number = map(int, options.show.split(":"))
        found = made(TARGETS[options.target], options.target, seed, block)
        sys.stdout.buffer.write(next(islice(found, number, None)))
        return
    size = TARGETS[options.target].block
    done, blocks = 0, -(-options.cases // size)
    finds = 0
    while done < blocks:
        step = min(blocks - done, max(1, options.chunk // size))
        tally = _chunk(options, done, step)
        finds += len(tally.finds)
        done += step
    if finds:
        raise SystemExit(1)


def _chunk(options: argparse.Namespace, first: int, blocks: int) -> Tally:
    """Some blocks, and one line about them in the file."""
    begun, tally = time.monotonic(), Tally()
    for part in run(options.target, options.seed, first, blocks):
        tally.outcomes += part.outcomes
        tally.finds += part.finds
        tally.slowest_s = max(tally.slowest_s, part.slowest_s)
        tally.peak_mb = max(tally.peak_mb, part.peak_mb)
    seconds = time.monotonic() - begun
    record = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "target": options.target,
        "seed": options.seed,
        "blocks": [first, first + blocks],
        "cases": tally.cases,
        "outcomes": dict(sorted(tally.outcomes.items())),
        "finds": [vars_of(find) for find in tally.finds],
        "slowest_s": round(tally.slowest_s, 3),
        "peak_mb": round(tally.peak_mb),
        "seconds": round(seconds, 1),
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
    }
    print(
        f"{options.target}: {tally.cases} cases in {seconds:.0f} s "
        f"({tally.cases / seconds:.0f}/s), slowest {tally.slowest_s:.2f} s, "
        f"{tally.peak_mb:.0f} MB, {len(tally.finds)} finds: {record['outcomes']}",
        flush=True,
    )
    for find in tally.finds[:20]:
        how = find.how.strip().splitlines()[-1]
        print(f"  {find.what} --show {options.seed}:{find.block}:{find.number} {how}", flush=True)
    if options.out:
        with options.out.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")
    return tally


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("target", nargs="?", choices=sorted(TARGETS), help="kind of input")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=50_000, help="cases to a line of the file")
    parser.add_argument("--out", type=Path, help="file that lines are added to")
    parser.add_argument("--show", default="", metavar="SEED:BLOCK:NUMBER", help="write one case")
    parser.add_argument("--sum", type=Path, metavar="FILE", help="add up what a file says")
    options = parser.parse_args(argv)
    if not options.target and not options.sum:
        parser.error("name a kind of input")
    return options


if __name__ == "__main__":
    main()
