"""What was said, as counts per place and channel: the one thing all measures start from. Pure.

Counts of disjoint responses may simply be added up. A response is looked at once, here;
everything else works on some thousand numbers a month, however many people answered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from omr.layout import QuestionKind
from omr.ledger.aggregates import AggregateCount
from omr.survey import Role, Survey
from reports.responses import Channel, Response

BLANK = ""  # the option of a question that nothing was chosen for
INVALID = "!"  # of one for which more was chosen than allowed; no option has this id
RATED_ROLES = frozenset({Role.RATED, Role.OVERALL})
SATISFIED = 4  # the lowest level that counts as satisfied


class GroupKey(NamedTuple):
    """Where, how and when; sorts as tallies do."""

    unit: str
    domain: str
    channel: Channel
    period: str


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """The responses with one key."""

    responses: int
    empty: int  # of these, wholly blank
    uncounted: int  # of these, known as counts only: nothing is known about single people
    fully: tuple[int, int]  # people with every rating 4 or better, of those that rated
    options: Mapping[str, Mapping[str, int]]  # people by question and option; BLANK, INVALID
    asked: Mapping[str, int]  # people by question

    def people(self, question: str) -> int:
        """Who was asked: of single people everybody, as a form without a question is blank."""
        return self.asked.get(question, self.responses - self.uncounted)

    def said(self, question: str) -> Mapping[str, int]:
        """People by option; who was not asked, as far as single people are known, is blank."""
        return self.options.get(question) or {BLANK: self.people(question)}


@dataclass(frozen=True, slots=True)
class Ratings:
    """Which questions rate, and what their options are worth."""

    by_domain: Mapping[str, Mapping[str, Mapping[str, int]]]  # domain, question, option: level
    single: frozenset[str]  # questions of which a person chooses one option at most

    @classmethod
    def of(cls, surveys: Iterable[Survey]) -> Ratings:
        """What *surveys* ask."""
        by_domain: dict[str, Mapping[str, Mapping[str, int]]] = {}
        single: set[str] = set()
        for survey in surveys:
            rated = {
                q.id: {o.id: o.value for o in q.options if o.value is not None}
                for q in survey.questions
                if q.role in RATED_ROLES
            }
            single.update(q.id for q in survey.questions if q.kind is QuestionKind.SINGLE)
            by_domain.update({domain.id: rated for domain in survey.domains})
        return cls(by_domain, frozenset(single))

    def of_domain(self, domain: str) -> Mapping[str, Mapping[str, int]]:
        """Options and levels of every rated question of *domain*.

        A domain that no survey has any more is rated by the questions of all of them.
        """
        if domain in self.by_domain:
            return self.by_domain[domain]
        return {
            question: levels
            for rated in self.by_domain.values()
            for question, levels in rated.items()
        }


Counts = Mapping[GroupKey, GroupCounts]


def count(responses: Iterable[Response], ratings: Ratings) -> dict[GroupKey, GroupCounts]:
    """Count *responses*, each of which must be given once."""
    groups: dict[tuple[str, str, Channel, str], _Group] = {}
    known = _Known()
    for each in responses:
        key = (each.unit, each.domain, each.channel, each.period)
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(each)
        group.add(each, known)
    return {
        GroupKey(*key): _count_group(groups[key], ratings.of_domain(key[1]))
        for key in sorted(groups)
    }


def count_aggregates(
    rows: Iterable[AggregateCount], ratings: Ratings
) -> dict[GroupKey, GroupCounts]:
    """Counts of a system that gives no single responses; their channel is electronic.

    As many people answered as the question with most answers shows (of questions with
    several choices: blanks and the option chosen most). Who did not answer another
    question left it blank; a question that is not in the counts was not asked.
    """
    said: dict[GroupKey, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows:
        key = GroupKey(row.unit, row.domain, Channel.ELECTRONIC, row.period)
        said[key][row.question][row.option] += row.count
    return {key: _from_counts(said[key], ratings.single) for key in sorted(said)}


def added(*parts: Counts) -> dict[GroupKey, GroupCounts]:
    """The counts of disjoint responses together."""
    found: dict[GroupKey, list[GroupCounts]] = defaultdict(list)
    for part in parts:
        for key, counts in part.items():
            found[key].append(counts)
    return {key: _sum(found[key]) for key in sorted(found)}


class _Known(dict[tuple[str, ...], tuple[str, ...]]):
    """Equal answers become one object: counting then finds them all in the cache."""

    def __missing__(self, answer: tuple[str, ...]) -> tuple[str, ...]:
        self[answer] = answer
        return answer


class _Group:
    """The answers with one key, as rows while all have the questions of the first."""

    def __init__(self, first: Response) -> None:
        self.questions = list(first.answers)
        self.rows: list[tuple[tuple[str, ...], ...]] = []
        self.others: list[Response] = []  # with other questions, or invalid answers
        # One question would not come as a tuple; such forms are counted the slow way.
        self._pick = itemgetter(*self.questions) if len(self.questions) > 1 else None

    def add(self, response: Response, known: _Known) -> None:
        """Keep what one response says."""
        answers = response.answers
        if self._pick and len(answers) == len(self.questions) and not response.invalid:
            with suppress(KeyError):
                self.rows.append(tuple(map(known.__getitem__, self._pick(answers))))
                return
        self.others.append(response)

    def columns(self) -> dict[str, Sequence[tuple[str, ...]]]:
        """The answers by question; those of one question in one and the same order."""
        said = zip(*self.rows, strict=True) if self.rows else [()] * len(self.questions)
        columns = dict(zip(self.questions, said, strict=True))
        if not self.others:
            return dict(columns)
        more = (q for each in self.others for q in (*each.answers, *sorted(each.invalid)))
        return {
            question: [*columns.get(question, [()] * len(self.rows)), *self._others(question)]
            for question in dict.fromkeys([*self.questions, *more])
        }

    def _others(self, question: str) -> Iterator[tuple[str, ...]]:
        for each in self.others:
            invalid = question in each.invalid
            yield (INVALID,) if invalid else each.answers.get(question, ())


def _count_group(group: _Group, rated: Mapping[str, Mapping[str, int]]) -> GroupCounts:
    columns = group.columns()
    people = len(group.rows) + len(group.others)
    found = {question: Counter(column) for question, column in columns.items()}
    options = {}
    for question, answers in found.items():
        chosen: dict[str, int] = {}
        for answer, number in answers.items():
            for option in answer or (BLANK,):
                chosen[option] = chosen.get(option, 0) + number
        options[question] = chosen
    silent = 0
    if all(() in answers for answers in found.values()):  # else nobody is wholly blank
        silent = sum(not any(row) for row in zip(*columns.values(), strict=True))
    return GroupCounts(
        responses=people,
        empty=silent if columns else people,
        uncounted=0,
        fully=_fully(columns, found, rated),
        options=options,
        asked=dict.fromkeys(options, people),
    )


def _level(answer: tuple[str, ...], levels: Mapping[str, int]) -> int | None:
    """What an answer to a rated question is worth; None for blanks and the like."""
    return levels.get(answer[0]) if len(answer) == 1 else None


def _fully(
    columns: Mapping[str, Sequence[tuple[str, ...]]],
    found: Mapping[str, Iterable[tuple[str, ...]]],
    rated: Mapping[str, Mapping[str, int]],
) -> tuple[int, int]:
    """People with every rating 4 or better, and people that rated anything."""
    asked = [question for question in rated if question in columns]
    none: set[tuple[str, ...]] = set()
    fine: set[tuple[str, ...]] = set()
    for question in asked:
        for answer in found[question]:
            level = _level(answer, rated[question])
            if level is None:
                none.add(answer)
            elif level >= SATISFIED:
                fine.add(answer)
    fine |= none
    content = silent = people = 0
    for answers in zip(*(columns[question] for question in asked), strict=True):
        people += 1
        if fine.issuperset(answers):
            content += 1
            silent += none.issuperset(answers)
    return content - silent, people - silent


def _from_counts(said: Mapping[str, Counter[str]], single: frozenset[str]) -> GroupCounts:
    people = max(
        sum(options.values())
        if question in single
        else options[BLANK] + max((n for o, n in options.items() if o != BLANK), default=0)
        for question, options in said.items()
    )
    filled = {
        question: dict(options)
        | ({BLANK: options[BLANK] + people - sum(options.values())} if question in single else {})
        for question, options in said.items()
    }
    asked = dict.fromkeys(filled, people)
    return GroupCounts(people, 0, people, (0, 0), filled, asked)


def _sum(parts: Sequence[GroupCounts]) -> GroupCounts:
    if len(parts) == 1:
        return parts[0]
    options: dict[str, Counter[str]] = {
        question: Counter() for part in parts for question in part.options
    }
    for part in parts:
        for question, total in options.items():
            total.update(part.said(question))
    return GroupCounts(
        sum(part.responses for part in parts),
        sum(part.empty for part in parts),
        sum(part.uncounted for part in parts),
        (sum(part.fully[0] for part in parts), sum(part.fully[1] for part in parts)),
        {question: dict(chosen) for question, chosen in options.items()},
        {question: sum(part.people(question) for part in parts) for question in options},
    )
