"""How many forged codes pass for ours: none may.

Makes codes as somebody would who has no key, the wrong key, or a genuine code to alter, and
asks the program's one verifier about each::

    python benchmarks/forgery.py --seed 1 --out benchmarks/results/NAME.json

Beside the forged ones it verifies genuine codes, so that a verifier that refuses everything
fails as well. The verifier holds a retired, a signing and a withdrawn key; the forger knows
every public fact: the format, the ids, the years, and genuine codes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import base45

from omr.codes import TEXT_LENGTH, CodeBody, CodeFault, Verifier, campaign_key, sign
from omr.keys import Key, Keyring, Withdrawal

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
BODY_LENGTH, CODE_LENGTH = 15, 31  # bytes
BITS = 8 * CODE_LENGTH
CHARACTERS = TEXT_LENGTH * (len(ALPHABET) - 1)  # single-character changes of one code
RETIRED, SIGNING, WITHDRAWN, STRANGE = 1, 2, 3, 9  # key ids
CHUNK = 50_000  # codes in one task of a worker
_PACKAGES = ("omr-surveys", "base45", "cryptography")


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to forge a code, or the one way to make it rightly."""

    name: str
    make: Callable[[random.Random], Iterator[str]]  # codes without end
    full: int  # how many, in the full run
    genuine: bool = False


def _day() -> date:
    return date(2026, 1, 1)


def _master(name: str) -> bytes:
    """A key for this benchmark alone: the same in every process, and nobody's."""
    return random.Random(name).randbytes(32)


def _verifier() -> Verifier:
    gone = Withdrawal(_day(), "known to the forger")
    return Verifier(
        Keyring(
            SIGNING,
            (
                Key(RETIRED, _day(), _master("retired")),
                Key(SIGNING, _day(), _master("signing")),
                Key(WITHDRAWN, _day(), _master("withdrawn"), withdrawn=gone),
            ),
        )
    )


def _body(rng: random.Random, key_id: int | None = None) -> CodeBody:
    """What a form could say: every part one that was really printed."""
    return CodeBody(
        key_id=rng.choice((RETIRED, SIGNING)) if key_id is None else key_id,
        campaign=rng.randrange(2024, 2028),
        unit=rng.randrange(1, 130),
        domain=rng.randrange(1, 17),
        number=rng.randrange(1, 1_000_000),
        layout=rng.choice(("9F2C11", "C0166C", "D09A33")),
    )


def _signed(body: CodeBody, master: bytes | None = None) -> str:
    own = {RETIRED: "retired", SIGNING: "signing", WITHDRAWN: "withdrawn"}.get(body.key_id, "")
    return sign(body, campaign_key(master or _master(own), body.campaign))


def _text(raw: bytes) -> str:
    text: bytes = base45.b45encode(raw)
    return text.decode("ascii")


def genuine(rng: random.Random) -> Iterator[str]:
    """Codes as they are printed."""
    while True:
        yield _signed(_body(rng))


def random_tags(rng: random.Random) -> Iterator[str]:
    """A body that could be printed, under 16 random bytes."""
    bodies = [_body(rng).to_bytes() for _number in range(4096)]  # anew for each chunk
    while True:
        yield _text(rng.choice(bodies) + rng.randbytes(16))


def random_texts(rng: random.Random) -> Iterator[str]:
    """47 random characters of the QR alphabet."""
    while True:
        yield "".join(rng.choices(ALPHABET, k=TEXT_LENGTH))


def random_bytes(rng: random.Random) -> Iterator[str]:
    """Our version's number and 30 random bytes."""
    while True:
        yield _text(b"\x01" + rng.randbytes(CODE_LENGTH - 1))


def bit_flips(rng: random.Random) -> Iterator[str]:
    """Every single wrong bit of one genuine code after the other."""
    for code in genuine(rng):
        raw = base45.b45decode(code)
        for bit in range(BITS):
            flipped = bytearray(raw)
            flipped[bit // 8] ^= 1 << bit % 8
            yield _text(bytes(flipped))


def characters(rng: random.Random) -> Iterator[str]:
    """Every single wrong character of one genuine code after the other."""
    for code in genuine(rng):
        for place, right in enumerate(code):
            for wrong in ALPHABET:
                if wrong != right:
                    yield code[:place] + wrong + code[place + 1 :]


def swapped_tags(rng: random.Random) -> Iterator[str]:
    """The body of one genuine code, the tag of another."""
    for code in genuine(rng):
        tag = base45.b45decode(code)[BODY_LENGTH:]
        yield _text(_body(rng).to_bytes() + tag)


def foreign_keys(rng: random.Random) -> Iterator[str]:
    """Signed by another office, whose keys bear the same ids or others."""
    while True:
        body = _body(rng, rng.choice((RETIRED, SIGNING, STRANGE)))
        yield _signed(body, rng.randbytes(32))


def withdrawn_keys(rng: random.Random) -> Iterator[str]:
    """Rightly signed with a stolen key that was withdrawn."""
    while True:
        yield _signed(_body(rng, WITHDRAWN))


def other_years(rng: random.Random) -> Iterator[str]:
    """Signed with a key of ours, but another year's: what a thief of an export has."""
    while True:
        body = _body(rng)
        stolen = replace(body, campaign=body.campaign + rng.choice((-1, 1)))
        master = _master("retired" if body.key_id == RETIRED else "signing")
        yield sign(body, campaign_key(master, stolen.campaign))


def other_masters(rng: random.Random) -> Iterator[str]:
    """Signed with a key of ours under another id of ours."""
    for code in genuine(rng):
        raw = base45.b45decode(code)
        other = SIGNING if raw[1] == RETIRED else RETIRED
        yield _text(raw[:1] + bytes((other,)) + raw[2:])


def cut_tags(rng: random.Random) -> Iterator[str]:
    """Genuine codes with a shorter tag: dropped, or filled up with zeros or other bytes."""
    for code in genuine(rng):
        raw = base45.b45decode(code)
        kept = raw[: rng.randrange(BODY_LENGTH, CODE_LENGTH)]
        missing = CODE_LENGTH - len(kept)
        filled = kept + rng.choice((bytes(missing), rng.randbytes(missing)))
        # One time in 256 and missing byte the right bytes come back: then it is no forgery.
        yield _text(kept if rng.random() < 0.5 or filled == raw else filled)


KINDS = (
    Kind("genuine", genuine, 100_000, genuine=True),
    Kind("random tag on a printable body", random_tags, 10_000_000),
    Kind("random text", random_texts, 500_000),
    Kind("random bytes of our version", random_bytes, 500_000),
    Kind("every one-bit flip of valid codes", bit_flips, 10_000 * BITS),
    Kind("every one-character change of valid codes", characters, 250 * CHARACTERS),
    Kind("tag of another valid code", swapped_tags, 100_000),
    Kind("another office's keys", foreign_keys, 100_000),
    Kind("a withdrawn key", withdrawn_keys, 100_000),
    Kind("another year's key", other_years, 100_000),
    Kind("another master of ours", other_masters, 100_000),
    Kind("cut or refilled tag", cut_tags, 100_000),
)


def judge(kind: Kind, count: int, seed: str) -> Counter[str]:
    """Verify *count* codes of one kind: how many ended how (``accepted`` or the fault)."""
    verify = _verifier().verify
    said = (verify(text) for text in islice(kind.make(random.Random(seed)), count))
    return Counter("accepted" if isinstance(each, CodeBody) else each.value for each in said)


def run(share: float, seed: int, jobs: int) -> list[dict[str, Any]]:
    """Every kind: what came out, one row each.

    Args:
        share: Of the full numbers; each kind has one code at least.
        seed: The same seed gives the same codes, whatever *jobs*.
        jobs: Worker processes; 1 works in this one.
    """
    tasks = []
    for number, kind in enumerate(KINDS):
        count = max(1, round(kind.full * share))
        unit = BITS if kind.make is bit_flips else CHARACTERS if kind.make is characters else 1
        chunk = CHUNK // unit * unit  # whole codes: every one of their changes is tried
        tasks += [
            (number, min(chunk, count - start), f"{seed} {kind.name} {start}")
            for start in range(0, count, chunk)
        ]
    counts: list[Counter[str]] = [Counter() for _kind in KINDS]
    if jobs == 1:
        for task in tasks:
            counts[task[0]] += _judge(task)
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            for task, found in zip(tasks, pool.map(_judge, tasks), strict=True):
                counts[task[0]] += found
    return [
        {
            "kind": kind.name,
            "codes": counted.total(),
            "accepted": counted["accepted"],
            "should_be_accepted": counted.total() if kind.genuine else 0,
            "refused": {fault.value: counted[fault.value] for fault in CodeFault},
        }
        for kind, counted in zip(KINDS, counts, strict=True)
    ]


def _judge(task: tuple[int, int, str]) -> Counter[str]:
    number, count, seed = task
    return judge(KINDS[number], count, seed)


def microseconds(count: int = 20_000) -> float:
    """What verifying one genuine code costs, its year's key being known."""
    verify = _verifier().verify
    code = next(genuine(random.Random(1)))
    verify(code)
    best = float("inf")
    for _attempt in range(5):
        begun = time.perf_counter()
        for _turn in range(count):
            verify(code)
        best = min(best, time.perf_counter() - begun)
    return 1e6 * best / count


def main(argv: Sequence[str] | None = None) -> None:
    """Try every kind and record what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0, help="of the full numbers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(argv)
    cost = microseconds()
    begun = time.monotonic()
    rows = run(options.share, options.seed, options.jobs)
    wrong = sum(abs(row["accepted"] - row["should_be_accepted"]) for row in rows)
    record = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day on the wall
        "seed": options.seed,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
        "processors": os.cpu_count(),
        "jobs": options.jobs,
        "seconds": round(time.monotonic() - begun, 1),
        "microseconds_a_code": round(cost, 2),
        "forged_codes": sum(row["codes"] for row in rows if not row["should_be_accepted"]),
        "forged_accepted": sum(row["accepted"] for row in rows if not row["should_be_accepted"]),
        "wrong": wrong,
        "kinds": rows,
    }
    print("| kind | codes | accepted | refused as |\n|---|---|---|---|")
    for row in rows:
        faults = ", ".join(f"{name} {count}" for name, count in row["refused"].items() if count)
        print(f"| {row['kind']} | {row['codes']} | {row['accepted']} | {faults} |")
    print(f"\n{record['forged_accepted']} of {record['forged_codes']} forged codes accepted")
    if options.out:
        options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
