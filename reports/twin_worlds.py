"""Which counts of a table must be left out so that no small one can be worked out. Pure.

A small count is safe if there is a *twin*: another table that differs in this count and yet
agrees with the real one in everything that is shown. Then no reader, whatever they subtract
or solve, can tell which of the two is true. So for each small count a twin is looked for
that differs from the real table in as few shown numbers as possible, and these are left out
as well. A twin moves one person from one answer to another in one place and, so that totals
stay as they are, back again in another place; or it moves people round the corners of a
rectangle of places (Repsilber's hypercube method, with the twin as proof).

The proof holds for any set of totals over places, nested or crossed, because every total is
checked: it is enough that the twin changes none that is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Place = tuple[str, str]  # row and column of the table of places, such as unit and domain
Cell = tuple[Hashable, str]  # a group, and which of its numbers
# Places where people are moved, there (+1) or back (-1): one place, two of which the second undoes
# the first, or four of which the second and the third do so, and the fourth does as the first.
Signs = tuple[tuple[Place, int], ...]
_MOST_STARTS = 4  # places tried for a count that covers several
_EMPTY = 60  # price of a star for nobody, as if somebody had answered there
_LOST = 200  # price of a group of which nothing is shown any more, beside that of its numbers


@dataclass(frozen=True, slots=True)
class Shown:
    """A group whose numbers are shown."""

    places: frozenset[Place]
    stats: Mapping[str, tuple[int, ...]]  # each number as factors of the columns of a place
    weight: int = 1  # how much it is missed


@dataclass(frozen=True, slots=True)
class Move:
    """What is changed in one place: people by column. *dear*: avoided where others do."""

    columns: Mapping[int, int]
    dear: bool = False


@dataclass(frozen=True, slots=True)
class Twin:
    """Another table that agrees with the real one in everything that is shown."""

    signs: Signs
    move: Move
    index: int  # of the move among those of the planner

    def changes(self) -> dict[tuple[Place, int], int]:
        """By how much it differs, by place and column."""
        found: dict[tuple[Place, int], int] = defaultdict(int)
        for place, sign in self.signs:
            for column, by in self.move.columns.items():
                found[place, column] += sign * by
        return dict(found)


@dataclass(slots=True)
class Plan:
    """What to leave out, and why that is enough."""

    small: frozenset[Cell]  # the counts to be protected
    hidden: set[Cell] = field(default_factory=set)
    twins: dict[Cell, Twin] = field(default_factory=dict)  # of every small count


class Planner:
    """Finds what to leave out of one table.

    Args:
        table: People by column in every place; all rows of equal length.
        groups: What is shown.
        moves: What twins may do in a place; each is tried in both directions.
        whole: The number of a group that is small where nothing of it may be shown.
        counts: The numbers that count people, so that small ones are protected.
        least: The smallest count that may be shown; 0 may as well.
        prices: How much more than others some numbers are missed.
        core: A group of which all of these are hidden shows nothing; by default its whole
            number.
    """

    def __init__(
        self,
        table: Mapping[Place, Sequence[int]],
        groups: Mapping[Hashable, Shown],
        moves: Sequence[Move],
        *,
        whole: str,
        counts: frozenset[str],
        least: int,
        prices: Mapping[str, int],
        core: frozenset[str] = frozenset(),
    ) -> None:
        self._core = core or frozenset({whole})
        self._table = table
        self._groups = groups
        self._moves = moves
        self._whole = whole
        self._prices = prices
        self._keys = tuple(groups)
        self._numbers = {group: number for number, group in enumerate(self._keys)}
        of_place: dict[Place, list[int]] = {place: [] for place in table}
        self._values: dict[Cell, int] = {}
        for group, shown in groups.items():
            people = [0] * max(map(len, shown.stats.values()), default=0)
            for place in shown.places:
                of_place[place].append(self._numbers[group])
                people = [a + b for a, b in zip(people, table[place], strict=True)]
            for stat, factors in shown.stats.items():
                value = sum(a * b for a, b in zip(factors, people, strict=True))
                self._values[group, stat] = value
        self._of_place = {place: frozenset(numbers) for place, numbers in of_place.items()}
        self._effects = self._all_effects()
        # What is asked a million times: by a group's number and a move, by a move and its way.
        self._costs: list[dict[int, int]] = [{} for _ in self._keys]
        self._able: dict[tuple[int, int], frozenset[Place]] = {}
        self._found: list[tuple[frozenset[int], Twin]] = []  # with the groups that each moves
        self._rows: dict[str, list[Place]] = defaultdict(list)
        self._columns: dict[str, list[Place]] = defaultdict(list)
        for place in sorted(table):
            self._rows[place[0]].append(place)
            self._columns[place[1]].append(place)
        small = {
            cell for cell, value in self._values.items() if cell[1] in counts and 0 < value < least
        }
        self._plan = Plan(frozenset(small))

    def plan(self, withheld: frozenset[Hashable] = frozenset()) -> Plan:
        """What to leave out.

        Args:
            withheld: Groups of which nothing is shown anyway.
        """
        plan = self._plan
        for group in withheld:
            self._withhold(group)
        plan.hidden |= plan.small
        for group, stat in plan.small:
            if stat == self._whole:
                self._withhold(group)
        # First whole groups, whose twins leave out most; then the others, widest groups first.
        for cell in sorted(plan.small, key=self._urgency):
            twin = self._known_twin(cell)
            if twin is None:
                twin = self._best_twin(cell)
                self._found.append((self._moved_groups(twin.signs), twin))
            plan.twins[cell] = twin
            for changed in self._changed(twin):
                plan.hidden.add(changed)
                self._costs[self._numbers[changed[0]]].clear()
                if changed[1] in self._core and self._is_lost(changed[0], ()):
                    self._withhold(changed[0])
        return plan

    def _is_lost(self, group: Hashable, more: Sequence[str]) -> bool:
        """Whether so much of a group is hidden, with *more*, that nothing of it is shown.

        Its whole number may be missing alone where others are its core too.
        """
        stats = self._groups[group].stats
        return all(
            stat in more or (group, stat) in self._plan.hidden
            for stat in self._core
            if stat in stats
        )

    def _urgency(self, cell: Cell) -> tuple[bool, int, str]:
        group, stat = cell
        return stat != self._whole, -self._groups[group].weight, repr(cell)

    def _withhold(self, group: Hashable) -> None:
        self._plan.hidden.update((group, stat) for stat in self._groups[group].stats)
        self._costs[self._numbers[group]].clear()

    def _all_effects(self) -> dict[Hashable, list[tuple[str, ...]]]:
        """For each group and move the numbers that the move changes."""
        known: dict[tuple[tuple[str, tuple[int, ...]], ...], list[tuple[str, ...]]] = {}
        found = {}
        for group, shown in self._groups.items():
            profile = tuple(shown.stats.items())
            if profile not in known:
                known[profile] = [
                    tuple(
                        stat
                        for stat, factors in profile
                        if sum(factors[column] * by for column, by in move.columns.items())
                    )
                    for move in self._moves
                ]
            found[group] = known[profile]
        return found

    def _changed(self, twin: Twin) -> Iterator[Cell]:
        """The numbers that a twin changes."""
        for number in self._moved_groups(twin.signs):
            group = self._keys[number]
            for stat in self._effects[group][twin.index]:
                yield group, stat

    def _moved_groups(self, signs: Signs) -> frozenset[int]:
        """The groups in which the moves of a twin do not cancel out, by their numbers."""
        groups = [self._of_place[place] for place, _ in signs]
        if len(groups) == 1:
            return groups[0]
        if len(groups) == 2:
            return groups[0] ^ groups[1]
        one, two, three, four = groups
        once = one ^ two ^ three ^ four
        return once | ((one & four) - two - three) | ((two & three) - one - four)

    def _known_twin(self, cell: Cell) -> Twin | None:
        """A twin found for another count that protects this one as well."""
        group, stat = cell
        for moved, twin in self._found:
            if self._numbers[group] in moved and stat in self._effects[group][twin.index]:
                return twin
        return None

    def _best_twin(self, cell: Cell) -> Twin:
        """The twin that leaves least out."""
        best: tuple[int, Twin] | None = None
        for dear in (False, True):
            for signs, index in self._candidates(cell, dear=dear):
                price = self._price(signs, index, best[0] if best else None)
                if price is not None:
                    best = price, Twin(signs, self._moves[index], index)
                    if price == 0:
                        return best[1]
            if best is not None and not dear and best[0] < self._too_dear(cell):
                break
        if best is None:  # a move without a way back is always possible
            raise AssertionError(f"no twin for {cell}")
        return best[1]

    def _too_dear(self, cell: Cell) -> int:
        """What a cheap move may cost before dear ones are looked at."""
        return 100 * self._groups[cell[0]].weight

    def _price(self, signs: Signs, index: int, limit: int | None) -> int | None:
        """What would have to be left out besides; None if that is no less than *limit*."""
        price = 0
        for number in self._moved_groups(signs):
            known = self._costs[number]  # until more of the group is hidden
            if index not in known:
                known[index] = self._cost(self._keys[number], index)
            price += known[index]
            if limit is not None and price >= limit:
                return None
        return price

    def _cost(self, group: Hashable, index: int) -> int:
        """What of one group a move would leave out besides."""
        cost = 0
        changed = self._effects[group][index]
        if not self._core.isdisjoint(changed) and not self._is_lost(group, ()):
            cost += _LOST * self._is_lost(group, changed)
            cost += _EMPTY * (self._values.get((group, self._whole)) == 0)
        for stat in changed:
            if (group, stat) not in self._plan.hidden:
                size = abs(self._values[group, stat]).bit_length() + 1
                cost += self._prices.get(stat, 1) * size
        return cost * self._groups[group].weight

    def _candidates(self, cell: Cell, *, dear: bool) -> Iterator[tuple[Signs, int]]:
        group, stat = cell
        inside = self._groups[group].places
        in_order = sorted(inside)
        usable = [
            index
            for index, move in enumerate(self._moves)
            if move.dear is dear and stat in self._effects[group][index]
        ]
        for index in usable:
            for sign in (1, -1):
                possible = self._possible(index, sign)
                starts = [place for place in in_order if place in possible]
                starts.sort(key=lambda place: sum(self._table[place]))
                for start in starts[:_MOST_STARTS]:
                    for signs in self._patterns(start, index, sign):
                        if sum(way for place, way in signs if place in inside):
                            yield signs, index

    def _patterns(self, start: Place, index: int, sign: int) -> Iterator[Signs]:
        """Ways to move people at *start* and, so that totals stay, back elsewhere."""
        row, column = start
        here = (start, sign)
        there, back = self._possible(index, sign), self._possible(index, -sign)
        beside = [place for place in self._rows[row] if place != start and place in back]
        back_below = [place for place in self._columns[column] if place != start and place in back]
        for other in back_below:
            for next_to in beside:
                corner = (other[0], next_to[1])
                if corner in there:
                    yield here, (other, -sign), (next_to, -sign), (corner, sign)
            yield here, (other, -sign)
        for next_to in beside:
            yield here, (next_to, -sign)
        if not back_below:  # nowhere else in the column: anywhere is better than nowhere
            for far in self._table:
                if row != far[0] and column != far[1] and far in back:
                    yield here, (far, -sign)
        yield (here,)

    def _possible(self, index: int, sign: int) -> frozenset[Place]:
        """The places where there are people to be moved."""
        if (index, sign) not in self._able:
            columns = self._moves[index].columns.items()
            self._able[index, sign] = frozenset(
                place
                for place, people in self._table.items()
                if all(people[column] + sign * by >= 0 for column, by in columns)
            )
        return self._able[index, sign]
