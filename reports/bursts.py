"""Answers that look as if one hand gave them: shown to people, never dropped. Pure.

Many honest people tick the same boxes, so likeness alone says nothing. A burst is named only
where chance would give one like it less than once in a hundred such months, taking for each
set of answers how common it is in the same domain everywhere else. That people answer
independently of each other is assumed; families do not, so a burst is a question, no proof.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log, log1p

from omr.pads import Pad
from reports.responses import Response
from reports.results import Burst

LEAST = 5  # fewer alike are never named: a family may fill in so many
_CHANCE = 0.01  # bursts of each kind that chance may bring in a month
_LEAST_RATED = 5  # rated rows answered; less of them are soon alike

_NOTHING = 0  # the number of saying nothing at all


class BurstKind(StrEnum):
    """What is alike (stable words, see :class:`reports.results.Burst`)."""

    PAD = "identical-pad"  # the same answers on consecutive forms of one pad
    MINUTES = "identical-minutes"  # on consecutive pages of one file, or sent on one day
    STRAIGHT = "straight-line"  # the same level in every rated row, far above the others


@dataclass(frozen=True, slots=True)
class Given:
    """One response, with what tells bursts."""

    response: Response
    day: str = ""  # local date of an electronic response; nothing finer is known
    pad: Pad | None = None
    number: int = 0  # running number of the form in its pad


def bursts(
    given: Sequence[Given],
    *,
    levels: Mapping[str, Mapping[str, int]],
    unit_name: Callable[[str], str],
    share_text: Callable[[int, int], str],
) -> tuple[Burst, ...]:
    """Every burst of one month: pads, then files and days, then straight lines.

    Args:
        given: All responses that count.
        levels: Of every rated question the option ids with their levels.
        unit_name: What a unit is called.
        share_text: Words for the share that all units together have, from part and whole.
    """
    names = _Names(unit_name)
    keys = _numbered(given)
    usual = _Usual(given, keys)
    pads = list(_runs(_by_pad(given), keys, usual, BurstKind.PAD, names))
    known = {record for _burst, records in pads for record in records}
    files = [
        (burst, records)
        for burst, records in _runs(_by_file(given), keys, usual, BurstKind.MINUTES, names)
        if not set(records) <= known  # the pad says it all
    ]
    return (
        *(burst for burst, _records in pads),
        *(burst for burst, _records in files),
        *_days(given, keys, usual, names),
        *_straight(given, levels, names, share_text),
    )


def tail(part: int, whole: int, chance: float) -> float:
    """How often at least *part* of *whole* happen that each have that *chance*."""
    if part <= 0 or chance >= 1:
        return 1.0
    if chance <= 0:
        return 0.0
    every = (
        lgamma(whole + 1)
        - lgamma(k + 1)
        - lgamma(whole - k + 1)
        + k * log(chance)
        + (whole - k) * log1p(-chance)
        for k in range(part, whole + 1)
    )
    return min(1.0, sum(map(exp, every)))


class _Names:
    """Makes bursts, with the names of units."""

    def __init__(self, unit_name: Callable[[str], str]) -> None:
        self._unit_name = unit_name

    def burst(
        self, kind: BurstKind, place: tuple[str, str], count: int, of: int, where: str
    ) -> Burst:
        unit, domain = place
        return Burst(kind.value, unit, self._unit_name(unit), domain, count, of, where)


class _Usual:
    """How common a set of answers is in a domain, one unit left out."""

    def __init__(self, given: Sequence[Given], keys: Mapping[str, int]) -> None:
        self._all: dict[str, Counter[int]] = defaultdict(Counter)
        self._own: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        for each in given:
            response, key = each.response, keys[each.response.record_id]
            self._all[response.domain][key] += 1
            self._own[response.unit, response.domain][key] += 1
        self._total = {domain: sum(said.values()) for domain, said in self._all.items()}
        self._own_total = {place: sum(said.values()) for place, said in self._own.items()}
        self.responses = len(given)

    def share(self, place: tuple[str, str], key: int) -> float:
        """The share elsewhere, as if one person more had said it and one had not."""
        domain = place[1]
        part = self._all[domain][key] - self._own[place][key]
        whole = self._total[domain] - self._own_total[place]
        return (part + 1) / (whole + 2)


def _numbered(given: Sequence[Given]) -> dict[str, int]:
    """A number for everything that a response says, by record id; the same for the same.

    Comparing numbers takes a tenth of the time that comparing all answers does.
    """
    said = {
        each.response.record_id: tuple(
            sorted((name, options) for name, options in each.response.answers.items() if options)
        )
        for each in given
    }
    numbers = {key: number for number, key in enumerate(sorted({(), *said.values()}))}
    return {record: numbers[key] for record, key in said.items()}


_Sequence = tuple[str, list[tuple[int, Given]]]  # where, and what follows on what


def _by_pad(given: Sequence[Given]) -> Iterator[_Sequence]:
    found: dict[Pad, list[tuple[int, Given]]] = defaultdict(list)
    for each in given:
        if each.pad is not None:
            found[each.pad].append((each.number, each))
    for pad in sorted(found):
        yield str(pad), found[pad]


def _by_file(given: Sequence[Given]) -> Iterator[_Sequence]:
    found: dict[str, list[tuple[int, Given]]] = defaultdict(list)
    for each in given:
        place = each.response.place
        if place.page is not None:
            found[place.file].append((place.page, each))
    for file in sorted(found):
        yield file, found[file]


def _runs(
    sequences: Iterable[_Sequence],
    keys: Mapping[str, int],
    usual: _Usual,
    kind: BurstKind,
    names: _Names,
) -> Iterator[tuple[Burst, list[str]]]:
    """Same answers on what follows one another; one sheet between that does not count is none."""
    for where, found in sequences:
        ordered = sorted(found, key=lambda pair: (pair[0], pair[1].response.record_id))
        run: list[tuple[int, Given]] = []
        for pair in [*ordered, None]:
            if pair is not None and run and _goes_on(run[-1], pair, keys):
                run.append(pair)
                continue
            if len(run) >= LEAST and _is_strange(run, keys, usual):
                records = [each.response.record_id for _number, each in run]
                response = run[0][1].response
                told = where
                if kind is BurstKind.MINUTES:
                    told = f"{where}, {run[0][0] + 1}–{run[-1][0] + 1}"
                place = (response.unit, response.domain)
                yield names.burst(kind, place, len(run), len(ordered), told), records
            run = [] if pair is None else [pair]


def _goes_on(last: tuple[int, Given], pair: tuple[int, Given], keys: Mapping[str, int]) -> bool:
    one, other = last[1].response, pair[1].response
    same_place = (one.unit, one.domain) == (other.unit, other.domain)
    near = pair[0] - last[0] <= 2
    return near and same_place and keys[one.record_id] == keys[other.record_id]


def _is_strange(run: Sequence[tuple[int, Given]], keys: Mapping[str, int], usual: _Usual) -> bool:
    response = run[0][1].response
    key = keys[response.record_id]
    share = usual.share((response.unit, response.domain), key)
    return key != _NOTHING and log(usual.responses) + len(run) * log(share) < log(_CHANCE)


def _days(
    given: Sequence[Given], keys: Mapping[str, int], usual: _Usual, names: _Names
) -> Iterator[Burst]:
    """The same answers, sent about one unit on one day."""
    found: dict[tuple[str, str, str], Counter[int]] = defaultdict(Counter)
    for each in given:
        if each.day:
            response = each.response
            place = (response.unit, response.domain, each.day)
            found[place][keys[response.record_id]] += 1
    for (unit, domain, day), said in sorted(found.items(), key=lambda item: item[0]):
        key, count = max(said.items(), key=lambda item: (item[1], item[0]))
        of = sum(said.values())
        if count < LEAST or key == _NOTHING:
            continue
        if tail(count, of, usual.share((unit, domain), key)) * len(found) < _CHANCE:
            yield names.burst(BurstKind.MINUTES, (unit, domain), count, of, day)


def _straight(
    given: Sequence[Given],
    levels: Mapping[str, Mapping[str, int]],
    names: _Names,
    share_text: Callable[[int, int], str],
) -> Iterator[Burst]:
    """Units where many more gave one level to every rated row than in the other units."""
    straight: Counter[tuple[str, str]] = Counter()
    looked_at: Counter[tuple[str, str]] = Counter()
    for each in given:
        response = each.response
        rated = [
            levels[question][said[0]]
            for question, said in response.answers.items()
            if len(said) == 1 and said[0] in levels.get(question, {})
        ]
        if len(rated) >= _LEAST_RATED:
            place = (response.unit, response.domain)
            looked_at[place] += 1
            straight[place] += len(set(rated)) == 1
    part, whole = sum(straight.values()), sum(looked_at.values())
    for place in sorted(looked_at):
        count, of = straight[place], looked_at[place]
        elsewhere = (part - count + 1) / (whole - of + 2)
        if count >= LEAST and tail(count, of, elsewhere) * len(looked_at) < _CHANCE:
            where = share_text(part, whole)
            yield names.burst(BurstKind.STRAIGHT, place, count, of, where)
