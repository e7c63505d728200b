"""Every command that writes, killed at every step and at random moments, and stopped by the disk.

Small offices (five pages come back) are copied, a command is started in a forked child and cut
short, and the same command is run again. Whatever was cut: the ledger passes ``integrity_check``
at once, no file that bears its name is half, nothing is lost or there twice, what the second run
comes to equals an undisturbed run, and nothing is left lying about::

    python benchmarks/crash_kills.py --parts points --each 20 --seed 20
    python benchmarks/crash_kills.py --parts random --kills 2000 --seed 20
    python benchmarks/crash_kills.py --parts refused,disk --seed 20

* ``points``: killed right before each write, rename, link, deletion, statement and commit
  (:mod:`crash_steps`), each ``--each`` times, at different occurrences where there are several;
* ``random``: SIGKILL at a moment drawn over the measured time of the work itself, shared out among
  reading, printing, importing and exporting; the histogram tells how many pages were read by then;
* ``refused``: at each such step that needs room the disk is full once;
* ``disk``: a tmpfs with so much room, in steps from none to enough, and one that can only be read
  (root alone may mount one; without it this part is said to be left out).

Every trial adds a line to the log, so a run that is cut short goes on where it was, and several
may share the work (``--only``). Results go to ``benchmarks/results``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import crash_disk
from crash_memo import one_command_line, remembered, small_transactions
from crash_office import Office
from crash_record import CLOCK, SHARES, Log, summary
from crash_steps import run
from crash_trials import (
    Progress,
    Trials,
    occurrences,
    room_steps,
    usual_seconds,
)
from crash_works import Work, everything

RESULTS = Path(__file__).parent / "results"
_ROOM = 2  # times that the disk is full at every step
_MEASURED_ANEW = 40  # trials: the machine's load changes


def main() -> int:
    """Run what is asked for and sum up everything in the log."""
    given = _given()
    log = Log(given.log)
    memory = Path("/dev/shm")  # noqa: S108 - a commit waits for no disk there
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        trials, works = prepared(Path(folder), given.only)
        for part, work in ((part, work) for part in given.parts for work in works):
            if not _is_done(part, work, log, given):
                apart(trials, work, lambda: _part(part, trials, work, log, given))  # noqa: B023
    return _sum_up(log, given)


def _is_done(part: str, work: Work, log: Log, given: argparse.Namespace) -> bool:
    """Whether nothing is left to be tried, as far as that is known without a look."""
    match part:
        case "points":
            return given.each_place == 0 and log.had_every_step(work.name, given.each)
        case "random":
            wanted = round(given.kills * SHARES.get(work.name, 0))
            return log.count("random", work.name).total() >= wanted
        case "disk":
            return log.had_every_disk(work.name)
        case _:
            return False


def apart(trials: Trials, work: Work, doing: Callable[[], None]) -> None:
    """Do it in a process that has loaded what this one command needs: so its forks are cheap."""
    said = trials.folder / "stage"
    stage = run(lambda: trials.office.make(work.stage) or 0, said)
    if stage.code:
        raise RuntimeError(f"{work.name} cannot begin: {stage.said}")
    sys.stdout.flush()
    child = os.fork()
    if not child:
        code = 1
        try:
            doing()
            code = 0
        except BaseException:  # noqa: BLE001 - told, and then the child ends
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        print(f"{work.name}: stopped", file=sys.stderr, flush=True)


def _part(part: str, trials: Trials, work: Work, log: Log, given: argparse.Namespace) -> None:
    known = remembered() if part != "random" else one_command_line()
    with known, small_transactions():
        trials.warm_up([work])
        PARTS[part](trials, work, log, given)


def _sum_up(log: Log, given: argparse.Namespace) -> int:
    """Tell and keep the whole; 1 if anything was wrong and is not mended."""
    result = summary(log.lines()) | {"seed": given.seed}
    text = json.dumps(result, indent=2, ensure_ascii=False)
    print(text)
    out = given.out or given.log.with_suffix(".json")
    out.write_text(text + "\n", encoding="utf-8")
    return 1 if result["wrong_and_not_mended"] else 0


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words = lambda text: [word for word in text.split(",") if word]  # noqa: E731
    parser.add_argument("--parts", type=words, default=["points", "random", "refused", "disk"])
    parser.add_argument("--only", type=words, default=[], help="these commands alone")
    parser.add_argument("--each", type=int, default=20, help="kills at every step")
    parser.add_argument(
        "--each-place", type=int, default=0, help="kills at every place, whichever command"
    )
    parser.add_argument("--kills", type=int, default=2000, help="at random moments")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--log", type=Path, default=RESULTS / f"crash-kills-{date.today()}.jsonl")  # noqa: DTZ011
    parser.add_argument("--out", type=Path, default=None, help="the summary; default: a result")
    return parser.parse_args()


def prepared(folder: Path, only: list[str]) -> tuple[Trials, list[Work]]:
    """An office in *folder*, everything loaded, and what is to be cut short."""
    office = Office(folder / "made")
    copies = folder / "copies"
    copies.mkdir()
    os.environ["TMPDIR"] = str(folder)
    return Trials(office, copies), everything(only, office)


def points(trials: Trials, work: Work, log: Log, given: argparse.Namespace) -> None:
    """Kill at every step."""
    _at_steps("points", trials, work, log, given)


def refused(trials: Trials, work: Work, log: Log, given: argparse.Namespace) -> None:
    """Let the disk be full at every step that needs room, twice."""
    _at_steps("refused", trials, work, log, given)


def _at_steps(part: str, trials: Trials, work: Work, log: Log, given: argparse.Namespace) -> None:
    chance = random.Random(f"{given.seed} {part} {work.name}")
    steps, done, places = trials.steps(work), log.count(part, work.name), log.places()
    if part == "points":
        log.keep_steps(work.name, steps)
    for step, times in (steps if part == "points" else room_steps(steps)).items():
        each = _ROOM if part != "points" else given.each
        if part == "points":  # where other commands seldom come by, this one has to
            each = max(each, given.each_place - places[step] + done[step])
        for occurrence in occurrences(times, each, chance)[done[step] :]:
            cut = trials.killed_at if part == "points" else trials.refused_at
            result = cut(work, step, occurrence)
            log.add(
                part=part,
                work=work.name,
                step=step,
                occurrence=occurrence,
                hit=result.ended.was_killed or part == "refused",
                ended=result.ended.code,
                wrong=result.wrong,
            )
    print(f"{part} {work.name}: {len(steps)} steps", flush=True)


def at_random(trials: Trials, work: Work, log: Log, given: argparse.Namespace) -> None:
    """Kill at random moments of the work."""
    progress = Progress()
    wanted = round(given.kills * SHARES[work.name])
    done = sum(log.count("random", work.name).values())
    chance = random.Random(f"{given.seed} {work.name} {done}")
    usual, measured, attempts = 0.0, 0, 0
    while done < wanted and attempts < 4 * wanted:
        if attempts >= measured:
            usual, measured = usual_seconds(trials, work, progress), attempts + _MEASURED_ANEW
        attempts += 1
        after = chance.uniform(0.0, usual)
        result = trials.killed_after(work, after, progress)
        if result is None:
            continue  # it was faster this time: nothing was killed
        done += not result.wrong
        log.add(
            part="random",
            work=work.name,
            clock=CLOCK,
            after=round(after, 4),
            share=round(after / usual, 3),
            pages=progress.pages(),
            kept=result.kept,
            wrong=result.wrong,
        )
    print(f"random {work.name}: {done} kills", flush=True)


def on_a_full_disk(trials: Trials, work: Work, log: Log, _given: argparse.Namespace) -> None:
    """Give it a disk with little room, and one that can only be read."""
    try:
        with crash_disk.small_disk(trials.folder) as disk:
            for tried in crash_disk.attempts(trials, work, disk):
                log.add(part="disk", work=work.name, **tried)
    except crash_disk.NotAllowed as why:
        print(f"disk: left out: {why}", flush=True)
        log.add(part="disk", work=work.name, step="left out", why=str(why), wrong=[])
    print(f"disk {work.name}", flush=True)


PARTS = {"points": points, "random": at_random, "refused": refused, "disk": on_a_full_disk}


if __name__ == "__main__":
    sys.exit(main())
