"""Sets a month's results beside the second computation of :mod:`made_city`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from made_city import (
    DOMAINS,
    OTHERS,
    RATED,
    REASONS,
    City,
    Person,
    composite,
    fully,
    groups,
    level_counts,
    mean,
    people_at,
    share,
)

from reports.figures import Figures, Levels
from reports.results import Group, MonthResults


def wrong_groups(city: City, results: MonthResults) -> list[str]:
    """Every group that is missing, too many, or has another number."""
    found = {(group.kind.value, group.key): group for group in _all_groups(results)}
    expected = {(kind, key): some for kind, key, some in groups(city, city.of(results.period))}
    return [f"{name}: listed only once" for name in sorted(found.keys() ^ expected.keys())] + [
        f"{name}: {wrong}"
        for name in sorted(found.keys() & expected.keys())
        for wrong in wrong_figures(found[name].figures, expected[name])
    ]


def wrong_figures(figures: Figures, people: list[Person]) -> list[str]:
    """The measures of a group that its people contradict."""
    overall, answers = level_counts(people, "t0"), level_counts(people, *RATED)
    paper = sum(person.paper for person in people)
    both = {
        "responses": (figures.responses, len(people)),
        "paper": (figures.paper, paper),
        "electronic": (figures.electronic, len(people) - paper),
        "overall": (_counted(figures.overall), +overall),
        "share": (figures.share, share(overall)),
        "mean": (figures.mean, mean(overall)),
        "rated": (_counted(figures.rated), +answers),
        "share of answers": (figures.share_answers, share(answers)),
        "fully": (figures.fully, fully(people)),
        "composite": (figures.composite, composite(people)),
    }
    return [f"{name} {is_} for {should}" for name, (is_, should) in both.items() if is_ != should]


def wrong_questions(city: City, results: MonthResults) -> list[str]:
    """Every rated question that is missing, too many, or has another number."""
    found = {(row.question, row.domain): _counted(row.levels) for row in results.questions}
    expected = {
        (question, domain): +level_counts(people, question)
        for domain, people in _by_domain(city, results)
        for question in (*RATED, "t0")
    }
    return _differences(found, expected)


def wrong_options(city: City, results: MonthResults) -> list[str]:
    """The same for the other questions."""
    found = {
        (row.question, row.domain): (
            {option.option: option.count for option in row.options},
            row.blank,
            row.people,
        )
        for row in results.options
    }
    expected = {}
    for domain, people in _by_domain(city, results):
        for question, options in OTHERS.items():
            said = level_counts(people, question)
            counts = {option: said[option] for option in options}
            expected[question, domain] = (counts, said[""] + said["!"], len(people))
        reasons = Counter(reason for person in people for reason in person.reasons)
        silent = sum(not person.reasons for person in people)
        expected["m1", domain] = ({r: reasons[r] for r in REASONS}, silent, len(people))
    return _differences(found, expected)


def _by_domain(city: City, results: MonthResults) -> Iterator[tuple[str, list[Person]]]:
    everybody = city.of(results.period)
    yield "", everybody
    for domain in DOMAINS:
        yield domain, people_at(everybody, domain=domain)


def _differences(
    found: Mapping[tuple[str, str], object], expected: Mapping[tuple[str, str], object]
) -> list[str]:
    return [
        f"{name}: {found.get(name)} for {expected.get(name)}"
        for name in sorted(found.keys() | expected.keys())
        if found.get(name) != expected.get(name)
    ]


def _counted(levels: Levels) -> Counter[str]:
    n5, n4, n3, n2, n1 = (number or 0 for number in levels.counts)
    found = {"r5": n5, "r4": n4, "r3": n3, "r2": n2, "r1": n1}
    return +Counter(found | {"": levels.blank or 0, "!": levels.invalid or 0})


def _all_groups(results: MonthResults) -> Iterator[Group]:
    yield results.city
    for some in (
        results.by_section,
        results.by_parent,
        results.by_unit,
        results.by_domain,
        results.by_rollup,
        results.by_channel,
        results.by_unit_domain,
    ):
        yield from some
