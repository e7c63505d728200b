"""How people answer and mark: three populations, and the plan of one sheet.

The rates are assumptions until an office counts its own sheets, except that police surveys
published in Vietnam report 96 to 98 % "satisfied" or "very satisfied", which RATING follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scans.virtual import parameters as p
from scans.virtual.contract import options
from scans.virtual.intent import Doubt, MarkKind, PenKind, QuestionIntent, SheetIntent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

RATING = {"r5": 0.56, "r4": 0.36, "r3": 0.05, "r2": 0.02, "r1": 0.01}
YES_NO = {"co": 0.03, "kh": 0.97}
REASON_RATE = 0.03  # of each option of a multiple-choice question
PENCIL_KINDS = {MarkKind.LIGHT_FILL, MarkKind.LIGHT_TICK}
PLAIN_KINDS = (MarkKind.FILL, MarkKind.SCRIBBLE, MarkKind.TICK, MarkKind.CROSS)


@dataclass(frozen=True, slots=True)
class Profile:
    """A population. Rates are per question unless said otherwise; weights need not sum to 1.

    Attributes:
        name: For reports.
        kinds: Weight of each kind as somebody's habit.
        pens: Weight of each pen.
        waver: Share of marks made in another way than the person's habit.
        blank: Questions left blank.
        blank_sheet: Sheets handed back empty.
        straight: People who mark one column from top to bottom.
        correction: Filled, struck through, another filled.
        blackout: Crossed, blackened, another crossed.
        overvote: Two plain marks.
        circled: Ringed instead of marked.
        speck: A resting dot on a bubble that is not meant.
        stray: Stray lines, per sheet.
        comment: People who write a comment.
        reasons: Rate of each option of a multiple-choice question.
        nib_mm: Width of everybody's line; None for pens as they come.
    """

    name: str
    kinds: Mapping[MarkKind, float]
    pens: Mapping[PenKind, float]
    waver: float = 0.05
    blank: float = 0.03
    blank_sheet: float = 0.0
    straight: float = 0.1
    correction: float = 0.0
    blackout: float = 0.0
    overvote: float = 0.0
    circled: float = 0.0
    speck: float = 0.0
    stray: float = 0.0
    comment: float = 0.1
    ratings: Mapping[str, float] = field(default_factory=lambda: dict(RATING))
    reasons: float = REASON_RATE
    nib_mm: float | None = None


COMPLIANT = Profile(
    "compliant",
    kinds={MarkKind.FILL: 0.6, MarkKind.TICK: 0.2, MarkKind.CROSS: 0.2},
    pens={PenKind.BLACK: 0.45, PenKind.BLUE: 0.5, PenKind.GEL: 0.05},
)
REALISTIC = Profile(
    "realistic",
    kinds={
        MarkKind.FILL: 0.42,
        MarkKind.SCRIBBLE: 0.12,
        MarkKind.TICK: 0.2,
        MarkKind.CROSS: 0.16,
        MarkKind.DASH: 0.02,
        MarkKind.DOT: 0.01,
        MarkKind.LIGHT_FILL: 0.02,
        MarkKind.LIGHT_TICK: 0.01,
        MarkKind.PARTIAL: 0.03,
        MarkKind.OFF_CENTRE: 0.05,  # of the marks that waver from the habit
    },
    pens={
        PenKind.BLACK: 0.3,
        PenKind.BLUE: 0.53,
        PenKind.GEL: 0.07,
        PenKind.PENCIL: 0.05,
        PenKind.RED: 0.02,
        PenKind.FELT: 0.03,
    },
    blank=0.05,
    blank_sheet=0.005,
    straight=0.15,
    correction=0.006,
    overvote=0.002,
    circled=0.002,
    speck=0.005,
    blackout=0.0005,
    stray=0.03,
    comment=0.12,
)
HOSTILE = Profile(
    "hostile",
    kinds=dict.fromkeys(
        (k for k in MarkKind if k not in {"circled", "struck", "blacked-out", "speck", "line"}), 1.0
    ),
    pens=dict.fromkeys(PenKind, 1.0),
    waver=0.5,
    blank=0.15,
    blank_sheet=0.01,
    correction=0.08,
    blackout=0.02,
    overvote=0.05,
    circled=0.05,
    speck=0.08,
    stray=0.5,
    comment=0.4,
    ratings=dict.fromkeys(RATING, 0.2),
)
# Not people but drills: one thing on every sheet, for what has to hold without exception.
EMPTY = Profile(
    "empty",
    kinds={MarkKind.FILL: 1.0},
    pens={PenKind.BLACK: 1.0},
    blank_sheet=1.0,
    reasons=0.0,
    comment=0.0,
)
LINES = {
    pen: Profile(
        f"line-{pen}",
        kinds={MarkKind.LINE: 1.0},
        pens={pen: 1.0},
        waver=0.0,
        blank=0.0,
        straight=0.0,
        comment=0.0,
        ratings=dict.fromkeys(RATING, 0.2),
        reasons=0.5,
        nib_mm=1.0,  # the voting standard's line (VVSG 2.0, 1.1.6-H)
    )
    for pen in (PenKind.PENCIL, PenKind.BLACK, PenKind.BLUE, PenKind.RED)
}
PROFILES = {profile.name: profile for profile in (COMPLIANT, REALISTIC, HOSTILE)}


def _choose(rng: np.random.Generator, weights: Mapping[Any, float]) -> Any:
    """A key of *weights*, by weight."""
    total = sum(weights.values())
    at = rng.random() * total
    for key, weight in weights.items():
        at -= weight
        if at < 0:
            return key
    return next(reversed(weights))


def _meant(
    rng: np.random.Generator,
    kind: str,
    ids: Sequence[str],
    profile: Profile,
    straight: str,
) -> tuple[str, ...]:
    """The options a person means, in the layout's order."""
    if kind == "multi":
        return tuple(option for option in ids if rng.random() < profile.reasons)
    if rng.random() < profile.blank:
        return ()
    if straight in ids:
        return (straight,)
    for table in (profile.ratings, YES_NO):
        if set(ids) <= set(table):
            return (str(_choose(rng, {option: table[option] for option in ids})),)
    return (str(_choose(rng, dict.fromkeys(ids, 1.0))),)


@dataclass(frozen=True, slots=True)
class _Person:
    profile: Profile
    pen: PenKind
    habit: MarkKind

    def kind(self, rng: np.random.Generator, *, plain: bool = False) -> MarkKind:
        """How the next bubble gets marked."""
        kind = self.habit
        if rng.random() < self.profile.waver:
            kind = _choose(rng, self.profile.kinds)
        if kind in PENCIL_KINDS and self.pen is not PenKind.PENCIL:
            kind = MarkKind.FILL if kind is MarkKind.LIGHT_FILL else MarkKind.TICK
        return PLAIN_KINDS[int(rng.integers(4))] if plain and kind not in PLAIN_KINDS else kind


def _single(
    rng: np.random.Generator, question: str, ids: Sequence[str], meant: str, person: _Person
) -> QuestionIntent:
    """The marks of one answered single-choice question."""
    profile, others = person.profile, [option for option in ids if option != meant]
    intended, kind = (meant,), person.kind(rng)
    plan = QuestionIntent(question, intended, ((meant, kind),))
    if not others:
        return plan
    other, at = others[int(rng.integers(len(others)))], rng.random()
    for rate, first, then, doubt in (
        (profile.correction, MarkKind.STRUCK, person.kind(rng, plain=True), None),
        (profile.blackout, MarkKind.BLACKED_OUT, MarkKind.CROSS, Doubt.BLACKED_OUT),
        (
            profile.overvote,
            person.kind(rng, plain=True),
            person.kind(rng, plain=True),
            Doubt.OVERVOTE,
        ),
        (profile.speck, MarkKind.SPECK, kind, None),
    ):
        if at < rate:
            return QuestionIntent(question, intended, ((other, first), (meant, then)), doubt)
        at -= rate
    if at < profile.circled:
        return QuestionIntent(question, intended, ((meant, MarkKind.CIRCLED),), Doubt.CIRCLED)
    return plan


def plan_answers(
    layout: Mapping[str, Any], rng: np.random.Generator, profile: Profile = REALISTIC
) -> SheetIntent:
    """What one person answers, and how.

    Args:
        layout: The contract's layout.
        rng: The person; all of the plan comes from it.
        profile: The population the person belongs to.
    """
    pen = _choose(rng, profile.pens)
    # nobody misses every bubble: off-centre marks are slips, not a habit
    habits = {kind: w for kind, w in profile.kinds.items() if kind is not MarkKind.OFF_CENTRE}
    habit = _choose(rng, habits)
    if habit in PENCIL_KINDS:
        pen = PenKind.PENCIL
    person = _Person(profile, pen, habit)
    empty = rng.random() < profile.blank_sheet
    straight = ""
    if rng.random() < profile.straight:
        straight = str(_choose(rng, profile.ratings))
    kinds = {question["id"]: str(question["kind"]) for question in layout["questions"]}
    questions: list[QuestionIntent] = []
    for question, ids in options(layout).items():
        meant = _meant(rng, kinds[question], ids, profile, straight)
        if empty or not meant:
            questions.append(_blank(rng, question, ids, profile))
        elif kinds[question] == "multi":
            marks = tuple((option, person.kind(rng)) for option in meant)
            questions.append(QuestionIntent(question, meant, marks))
        else:
            questions.append(_single(rng, question, ids, meant[0], person))
    return SheetIntent(
        pen=pen,
        shaky=float(rng.beta(1.2, 3.0)),
        pressure=p.PRESSURE.draw(rng),
        questions=tuple(questions),
        stray_lines=int(rng.poisson(profile.stray)),
        comment_words=0 if empty or rng.random() >= profile.comment else int(rng.integers(2, 15)),
        nib_mm=profile.nib_mm,
    )


def _blank(
    rng: np.random.Generator, question: str, ids: Sequence[str], profile: Profile
) -> QuestionIntent:
    """An unanswered question; now and then the pen rested on a bubble."""
    if ids and rng.random() < profile.speck:
        rested = ids[int(rng.integers(len(ids)))]
        return QuestionIntent(question, (), ((rested, MarkKind.SPECK),), Doubt.SPECK)
    return QuestionIntent(question, (), ())
