"""A made-up city whose every number is known, and a second computation of them.

Only the people are shared with the program: what the program should say about them is
worked out here from the list of people with plain counters, by the words of the office's
method, and without a line of the code under test.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from omr.alert_rule import AlertRatings
from omr.ledger.visits import VisitCount
from omr.periods import Period
from omr.settings import Language, Paper, Settings
from omr.stock_statement import Stock
from omr.survey_file import shipped_survey
from omr.units import Unit, UnitCatalogue, UnitKind
from reports.reconcile import Reconciliation, reconcile
from reports.responses import Channel, Place, Response

DOMAINS = ("QLHC", "PCCC", "XNC", "GTDB")
OFFICES = {"HP-PC06": "QLHC", "HP-PC07": "PCCC", "HP-PA08": "XNC", "HP-PC08": "GTDB"}
RATED = ("a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2", "e1", "x1")
FACTOR = {
    "a1": "A",
    "a2": "A",
    "b1": "B",
    "b2": "B",
    "c1": "C",
    "c2": "C",
    "d1": "D",
    "d2": "D",
    "e1": "E",
    "x1": "B",
}
OTHERS = {
    "dt": ("cn", "tc"),
    "gt": ("nam", "nu", "kh"),
    "tu": ("u25", "25", "35", "50", "o60"),
    "ht": ("tt", "on", "bc"),
    "y1": ("co", "kh"),
}
REASONS = ("cho", "lai", "tre", "gt", "td", "hd", "tt", "cs")
_LEVELS = ("r5", "r4", "r3", "r2", "r1", "")
VALUE = {"r5": 5, "r4": 4, "r3": 3, "r2": 2, "r1": 1}


@dataclass(frozen=True)
class Person:
    """One response, as plainly as can be; ``said`` holds an option, "" or "!" (invalid)."""

    unit: str
    domain: str
    paper: bool
    period: str
    said: Mapping[str, str]
    reasons: tuple[str, ...]


NEWEST = Period(2026, 11)


@dataclass(frozen=True)
class City:
    """Units, people and visits of some months."""

    seed: int
    units: int  # commune police besides the four offices
    months: int
    people: int
    newest: Period = NEWEST
    served: tuple[str, ...] = ("QLHC", "GTDB")  # by each commune

    @cached_property
    def catalogue(self) -> UnitCatalogue:
        """The city itself, four offices, and communes."""
        top = _unit("HP", "Công an thành phố Hải Phòng", UnitKind.PROVINCE, "", ())
        offices = [
            _unit(code, f"Phòng {code[3:]}", UnitKind.OFFICE, "HP", (domain,))
            for code, domain in OFFICES.items()
        ]
        communes = [
            _unit(
                f"HP-{10000 + number}",
                f"Công an xã số {number}",
                UnitKind.COMMUNE if number % 3 else UnitKind.WARD,
                "HP",
                self.served,
            )
            for number in range(self.units)
        ]
        return UnitCatalogue([top, *offices, *communes])

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The oldest first."""
        found = [self.newest]
        for _ in range(self.months - 1):
            found.append(found[-1].previous())
        return tuple(reversed(found))

    @cached_property
    def everybody(self) -> tuple[Person, ...]:
        """Every person, in no order."""
        chance = random.Random(self.seed)
        places = [(unit.code, d) for unit in self.catalogue.units for d in unit.domains]
        # Some places are busy, some nearly idle, so that small cells and empty ones occur.
        busy = [chance.choice((0, 1, 1, 3, 12, 12, 25)) for _ in places]
        busy[: len(OFFICES)] = [30] * len(OFFICES)
        good = {place: chance.uniform(0.5, 0.97) for place in places}
        found = []
        for _ in range(self.people):
            unit, domain = chance.choices(places, busy)[0]
            found.append(self._person(chance, unit, domain, good[unit, domain]))
        return tuple(found)

    def _person(self, chance: random.Random, unit: str, domain: str, good: float) -> Person:
        rest = 1 - good
        weights = (good * 0.6, good * 0.4, rest * 0.5, rest * 0.25, rest * 0.15, rest * 0.1)
        paper = chance.random() < 0.7
        said = dict(zip((*RATED, "t0"), chance.choices(_LEVELS, weights, k=11), strict=True))
        for question, options in OTHERS.items():
            said[question] = chance.choice((*options, ""))
        if paper and chance.random() < 0.02:
            said[chance.choice(("a1", "t0", "gt"))] = "!"
        if chance.random() < 0.01:
            said = dict.fromkeys(said, "")
        unhappy = chance.random() < 0.3
        reasons = tuple(r for r in REASONS if unhappy and chance.random() < 0.25)
        if not any(said.values()):
            reasons = ()
        period = str(chance.choice(self.periods))
        return Person(unit, domain, paper, period, said, reasons)

    def of(self, period: Period) -> list[Person]:
        """Everybody who answered in one month."""
        return self._by_period[str(period)]

    @cached_property
    def _by_period(self) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = {str(period): [] for period in self.periods}
        for person in self.everybody:
            found[person.period].append(person)
        return found

    def responses(self, period: Period) -> list[Response]:
        """The same people as the program takes them in."""
        return [
            Response(
                record_id=f"{self.seed:04x}{period}{number:020x}",
                channel=Channel.PAPER if person.paper else Channel.ELECTRONIC,
                unit=person.unit,
                domain=person.domain,
                period=person.period,
                answers={
                    **{q: (o,) if o not in {"", "!"} else () for q, o in person.said.items()},
                    "m1": person.reasons,
                },
                place=Place("tệp.pdf"),
                invalid=frozenset(q for q, o in person.said.items() if o == "!"),
            )
            for number, person in enumerate(self.of(period))
        ]

    @cached_property
    def visits(self) -> list[VisitCount]:
        """Of the newest month; unknown for some places, too few for some."""
        chance = random.Random(self.seed + 1)
        found = []
        for unit in self.catalogue.units:
            for domain in unit.domains:
                if chance.random() < 0.8:
                    there = people_at(self.of(self.newest), unit=unit.code, domain=domain)
                    counter = int(len(there) * chance.uniform(0.5, 1.6))
                    found.append(
                        VisitCount(unit.code, domain, str(self.newest), counter, len(there) // 2)
                    )
        return found


def _unit(code: str, name: str, kind: UnitKind, parent: str, domains: tuple[str, ...]) -> Unit:
    return Unit(code, name, code, kind, parent, "", date(2020, 1, 1), None, (), domains, ())


def no_stock(period: Period) -> Reconciliation:
    """An office without forms."""
    return reconcile(Stock((), ()), period=str(period), duplicates={}, anomalies={})


def plain_settings(language: Language = Language.VIETNAMESE) -> Settings:
    """Settings as a new workspace has them."""
    return Settings(
        agency="Công an thành phố Hải Phòng",
        office="Phòng Tham mưu",
        city="Hải Phòng",
        language=language,
        ledger_url="",
        start_day=15,
        time_zone=str(ZoneInfo("Asia/Ho_Chi_Minh")),
        jobs=1,
        marginal=None,
        definite=None,
        keep_every_picture=False,
        pad_size=50,
        paper=Paper.A5,
        public_code=False,
        issue_when_printed=True,
        second_reading=5,
        alert_ratings=AlertRatings.ALL,
    )


# ----- the second computation -----


def people_at(
    people: list[Person],
    unit: str | None = None,
    domain: str | None = None,
    *,
    paper: bool | None = None,
    section: str | None = None,
) -> list[Person]:
    """Those of *people* that fit."""
    wanted: list[Callable[[Person], bool]] = []
    if unit is not None:
        wanted.append(lambda p: p.unit == unit)
    if domain is not None:
        wanted.append(lambda p: p.domain == domain)
    if paper is not None:
        wanted.append(lambda p: p.paper is paper)
    if section is not None:
        wanted.append(lambda p: ("I" if p.unit in OFFICES else "II") == section)
    return [person for person in people if all(fits(person) for fits in wanted)]


def level_counts(people: list[Person], *questions: str) -> Counter[str]:
    """How often each level, "" and "!" was said to any of *questions*."""
    return Counter(person.said[question] for person in people for question in questions)


def share(counts: Counter[str]) -> Fraction | None:
    """Satisfied of those with a level."""
    whole = sum(counts[level] for level in VALUE)
    return Fraction(counts["r5"] + counts["r4"], whole) if whole else None


def mean(counts: Counter[str]) -> Fraction | None:
    """The mean level."""
    whole = sum(counts[level] for level in VALUE)
    total = sum(counts[level] * value for level, value in VALUE.items())
    return Fraction(total, whole) if whole else None


def fully(people: list[Person]) -> tuple[int, int]:
    """People with only good ratings, and people that rated anything."""
    rated = [
        [VALUE[o] for q in (*RATED, "t0") if (o := person.said[q]) in VALUE] for person in people
    ]
    rated = [values for values in rated if values]
    return sum(min(values) >= 4 for values in rated), len(rated)


def composite(people: list[Person]) -> Fraction | None:
    """The plain mean of the five factors' shares."""
    shares = []
    for factor in "ABCDE":
        part = share(level_counts(people, *(q for q in RATED if FACTOR[q] == factor)))
        if part is None:
            return None
        shares.append(part)
    return sum(shares, Fraction()) / 5


def said_anything(person: Person) -> bool:
    """Whether a form is not wholly blank."""
    return any(person.said.values()) or bool(person.reasons)


def groups(city: City, people: list[Person]) -> Iterator[tuple[str, tuple[str, ...], list[Person]]]:
    """Every group that the tables must show, by kind and key, with its people."""
    yield "city", (), people
    for section in ("I", "II"):
        yield "section", (section,), people_at(people, section=section)
    yield "parent", ("HP",), people
    by_unit: dict[str, list[Person]] = {}
    by_place: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        by_unit.setdefault(person.unit, []).append(person)
        by_place.setdefault((person.unit, person.domain), []).append(person)
    for unit in city.catalogue.units:
        if unit.domains:
            yield "unit", (unit.code,), by_unit.get(unit.code, [])
            for domain in unit.domains:
                yield "unit-domain", (unit.code, domain), by_place.get((unit.code, domain), [])
    for domain in DOMAINS:
        yield "domain", (domain,), people_at(people, domain=domain)
        yield "rollup", (domain,), people_at(people, domain=domain)
    yield "channel", ("paper",), people_at(people, paper=True)
    yield "channel", ("electronic",), people_at(people, paper=False)


def survey_knows() -> None:
    """The facts about the shipped survey that are written down above.

    Raises:
        AssertionError: If the survey has changed.
    """
    survey = shipped_survey()
    if {q.id: q.factor for q in survey.questions if q.factor} != FACTOR:
        raise AssertionError("the shipped survey has other factors")
