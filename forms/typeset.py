"""From a survey's words to places on A5 paper: the one place where positions are chosen.

Pure: the same survey gives the same typeset on every machine, and :mod:`forms.draw` only
draws what stands here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from forms import choices, clearance, prose, public_code, table
from forms.artwork import Block, Item, Slot, Stroke
from forms.frame import (
    BOTTOM_MM,
    CODES,
    FIDUCIALS,
    HEIGHT_MM,
    LEFT_MM,
    RIGHT_MM,
    STAMP,
    TOP_MM,
    WIDTH_MM,
)
from forms.style import RULE_DARKNESS, RULE_MM
from forms.text_flow import FormDoesNotFit, line_width_mm, refuse_wider
from omr.geometry import PagePoint, PageRect
from omr.i18n import _
from omr.layout import Layout, Question
from omr.links import Link
from omr.serials import Serial
from omr.survey import Domain, Role, Survey

# White between two parts of the body: what they need, and a hairline's room besides.
LEAST_GAP_MM = 0.25
RULED_GAP_MM = 0.7  # from here on a rule in the gap keeps clear of the bubbles beside it
GROUP_GAP_MM = 0.8  # between groups of rows: less would look like rows set unevenly
RULED_SHARE = 1.5
MOST_GAP_MM = 3.0
_ARTWORK_REACH_MM = 8.0  # strokes of one mark hardly go further from their bubble


@dataclass(frozen=True, slots=True)
class Typeset:
    """One domain's form, ready to draw.

    ``items`` are equal on every sheet (a public code's address: on every sheet of a unit);
    ``serial`` and ``unit`` say where other words go.
    """

    layout: Layout
    items: tuple[Item, ...]
    serial: Slot
    unit: Slot

    def serial_words(self, serial: Serial) -> str:
        """What stands in the serial's place."""
        return f"{prose.NUMBER} {serial}"

    def unit_words(self, code: str, short: str) -> str:
        """What stands in the unit's place: its short name if that fits, else its code."""
        return short if short and self.unit.holds(short) else code


def typeset(survey: Survey, domain: Domain, public: Link | None = None) -> Typeset:
    """Set the form of *domain*.

    Args:
        survey: The words.
        domain: Whose form.
        public: A unit's electronic twin of the form. Its code stands beside the comment; the
            layout tells that there is one, and not where it leads.

    Raises:
        FormDoesNotFit: If the words need more room than an A5 page has; the message names
            the survey's line and the excess in mm.
    """
    header = prose.header(survey, domain).moved_down(TOP_MM)
    top = max(TOP_MM + header.height_mm + 0.7, STAMP.bottom_mm + 0.4)
    if not survey.how_to:  # narrow enough to stand beside the unit
        top = max(top, prose.UNIT.ink.bottom_mm + 0.4)
    written, area = prose.comment(survey, public)
    body = _body(survey, domain, written, BOTTOM_MM - top)
    placed, rules = _stack(body, top)
    comment_top = next(y for block, y in placed if block.name == "comment")
    parts = [block.moved_down(y) for block, y in placed]
    items = (*prose.furniture(), *header.items, *rules)
    items += tuple(item for part in parts for item in part.items)
    layout = Layout(
        survey=survey.id,
        revision=survey.revision,
        domain=domain.id,
        wording=_wording(survey, domain, public),
        width_mm=WIDTH_MM,
        height_mm=HEIGHT_MM,
        questions=_in_printed_order(survey, parts),
        fiducials=FIDUCIALS,
        codes=CODES,
        comment=_rounded(replace(area, y_mm=comment_top)),
        stamp=STAMP,
        artwork=_artwork(
            [part.items for part in parts if part.name != "comment"] + [header.items, rules],
            [bubble.centre for part in parts for q in part.questions for bubble in q.bubbles],
        ),
    )
    clearance.check(layout, items, (prose.SERIAL, prose.UNIT))
    made = Typeset(layout, items, prose.SERIAL, prose.UNIT)
    widest = made.serial_words(Serial(domain.id, 2000, 1))[:-1] + "W"
    refuse_wider(
        _("the serial of domain {domain}").format(domain=domain.id),
        widest,
        line_width_mm(widest, prose.SERIAL.face, prose.SERIAL.size_pt),
        prose.SERIAL.room_mm,
    )
    return made


def _body(survey: Survey, domain: Domain, comment: Block, room_mm: float) -> list[Block]:
    """The parts under the header, the rating table's groups a little apart if room is left."""

    def parts(group_gap_mm: float) -> list[Block]:
        rated = survey.with_role(Role.RATED)
        blocks = [prose.how_to(survey)] if survey.how_to else []
        if profile := survey.with_role(Role.PROFILE):
            blocks.append(choices.profile(profile))
        heads = table.heads(survey.scale)
        shown = prose.examples(heads.height_mm)
        blocks.append(replace(heads, items=(*heads.items, *shown.items)))
        blocks.append(table.rated(rated, domain, group_gap_mm))
        blocks += [table.overall(q, domain) for q in survey.with_role(Role.OVERALL)]
        blocks += [choices.reasons(q) for q in survey.with_role(Role.REASONS)]
        blocks += [choices.yes_no(q) for q in survey.with_role(Role.YES_NO)]
        blocks.append(comment)
        if survey.footer:
            blocks.append(prose.footer(survey))
        return blocks

    tight = parts(0.0)
    free = room_mm - _least_height(tight)
    if free < 0:
        raise FormDoesNotFit(
            _("the form of domain {domain} is {excess:.1f} mm too high for A5").format(
                domain=domain.id, excess=-free
            ),
            _("Take a line out of the survey, or make the comment box lower."),
        )
    factors = [question.factor for question in survey.with_role(Role.RATED)]
    groups = sum(one != other for one, other in pairwise(factors))
    spare = free - len(tight) * (RULED_GAP_MM - LEAST_GAP_MM)
    # What the parts do not need sets the groups of rows apart, up to a third of a row.
    apart = round(min(spare / 2 / groups, 2.0), 3) if groups else 0.0
    return parts(apart) if apart >= GROUP_GAP_MM else tight


def _least_height(blocks: Sequence[Block]) -> float:
    gaps = sum(LEAST_GAP_MM for block in blocks[1:] if block.name != "rated")
    return sum(block.height_mm for block in blocks) + gaps


def _stack(
    blocks: Sequence[Block], top_mm: float
) -> tuple[list[tuple[Block, float]], list[Stroke]]:
    """Each block with its top edge, down to the margin, and hairlines in the gaps."""
    shares = [_share_of_gap(before, block) for before, block in pairwise(blocks)]
    # The first 1 is the white above the first block.
    free = (BOTTOM_MM - top_mm - _least_height(blocks)) / (1 + sum(shares))
    free = min(free, (MOST_GAP_MM - LEAST_GAP_MM) / max(shares, default=1.0))
    y = top_mm + free
    placed: list[tuple[Block, float]] = []
    rules: list[Stroke] = []
    for block, share in zip(blocks, [0.0, *shares], strict=True):
        if share:
            gap = LEAST_GAP_MM + share * free
            if share == RULED_SHARE and gap >= RULED_GAP_MM:
                rules.append(_rule(y + gap / 2))
            y += gap
        placed.append((block, round(y, 3)))
        y += block.height_mm
    return placed, rules


def _share_of_gap(before: Block, block: Block) -> float:
    """How much of the free white goes between two blocks: most where the table begins or ends."""
    if block.name == "rated":
        return 0.0
    ruled = block.name in {"heads", "overall"} or before.name == "overall"
    return RULED_SHARE if ruled else 1.0


def _rule(y_mm: float) -> Stroke:
    ends = (PagePoint(LEFT_MM, round(y_mm, 3)), PagePoint(RIGHT_MM, round(y_mm, 3)))
    return Stroke(ends, RULE_MM, RULE_DARKNESS, "rule")


def _in_printed_order(survey: Survey, parts: Sequence[Block]) -> tuple[Question, ...]:
    placed = {question.id: question for part in parts for question in part.questions}
    return tuple(placed[question.id] for question in survey.questions)


def _artwork(
    printed: Iterable[Iterable[Item]], centres: Sequence[PagePoint]
) -> tuple[PageRect, ...]:
    """Boxes round what is printed near bubbles, alike for every unit."""
    boxes = (_rounded(item.ink) for items in printed for item in items)
    return tuple(box for box in boxes if any(_is_near(centre, box) for centre in centres))


def _is_near(centre: PagePoint, box: PageRect) -> bool:
    around = PageRect(centre.x_mm, centre.y_mm, 0.0, 0.0).grown(_ARTWORK_REACH_MM)
    return box.overlaps(around)


def _rounded(area: PageRect) -> PageRect:
    return PageRect(*(round(v, 3) for v in (area.x_mm, area.y_mm, area.w_mm, area.h_mm)))


def _wording(survey: Survey, domain: Domain, public: Link | None) -> str:
    """Hash of every printed word: the survey's and those that every form carries."""
    invitation = public_code.FIXED_WORDS if public else ()
    words = "\n".join((survey.wording(domain), *prose.FIXED_WORDS, *invitation))
    return hashlib.sha256(words.encode()).hexdigest()[:16]
