"""What looks wrong in a catalogue without being a mistake (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from omr.i18n import _
from omr.units import Unit

_TONES = re.compile("[¹²³⁴⁵]")  # as omr.text_key writes them


def warnings(units: Sequence[Unit], domains: Collection[str]) -> Iterator[tuple[str, str]]:
    """Code of the unit and a sentence without full stop, for each thing worth a look.

    Args:
        units: The catalogue.
        domains: Ids of all domains of the workspace's surveys.
    """
    by_code = {unit.code: unit for unit in units}
    for unit in units:
        for sentence in (
            *_ends(unit, by_code),
            *_parents(unit, by_code),
            *_domains(unit, domains),
        ):
            yield unit.code, sentence
    yield from _alike(units)


def _ends(unit: Unit, by_code: Mapping[str, Unit]) -> Iterator[str]:
    if unit.valid_to is None:
        if unit.successors:
            yield _("has successors but no valid_to; write the day on which it ended")
        return
    if not unit.successors:
        yield _("ended on {day} without a successor; name one if its work went on").format(
            day=unit.valid_to
        )
    for code in unit.successors:
        heir = by_code.get(code)
        if heir is not None and not heir.valid_on(unit.valid_to):
            yield _("its successor {code} does not exist on {day}, when it ended").format(
                code=code, day=unit.valid_to
            )


def _parents(unit: Unit, by_code: Mapping[str, Unit]) -> Iterator[str]:
    parent = by_code.get(unit.parent)
    if parent is None or parent.valid_to is None:
        return
    if unit.valid_to is None or unit.valid_to > parent.valid_to:
        yield _("is still below {code}, which ended on {day}").format(
            code=parent.code, day=parent.valid_to
        )


def _domains(unit: Unit, domains: Collection[str]) -> Iterator[str]:
    for domain in unit.domains:
        if domain not in domains:
            yield _("no survey has the domain {domain}, so no forms can be printed").format(
                domain=domain
            )


def _alike(units: Sequence[Unit]) -> Iterator[tuple[str, str]]:
    """Units that are easily taken for another one further up in the file."""
    called: dict[str, list[Unit]] = defaultdict(list)
    numbered: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        plain = {_plain(key) for key in unit.text_keys()}
        likes = {other.code: other for key in plain for other in called[key]}
        for other in likes.values():
            if other.overlaps(unit):
                yield (
                    unit.code,
                    _("differs from {code} ({name}) in accents only: take care when typing").format(
                        code=other.code, name=other.name
                    ),
                )
        for key in plain:
            called[key].append(unit)
        same_number = numbered[unit.kind, unit.admin_code] if unit.admin_code else []
        for other in same_number:
            if other.overlaps(unit):
                yield (
                    unit.code,
                    _("has the administrative code of {code}, {number}").format(
                        code=other.code, number=other.admin_code
                    ),
                )
        same_number.append(unit)


def _plain(key: str) -> str:
    """A name's key without accents and tones."""
    letters = unicodedata.normalize("NFD", _TONES.sub("", key).replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
