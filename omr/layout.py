"""What a printed form looks like to a reader: the one description that both sides use.

``forms`` computes a layout and draws from it; ``scans`` finds the same places again. The
layout is frozen and named by a hash of its content, so a survey that is edited after
printing can never move last month's bubbles.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from omr.geometry import PagePoint, PageRect


class QuestionKind(StrEnum):
    """How many options of a question may be marked."""

    SINGLE = "single"
    MULTI = "multi"


@dataclass(frozen=True, slots=True)
class Bubble:
    """A round place to mark, for one option."""

    option: str
    centre: PagePoint
    diameter_mm: float  # of the printed outline, measured at the middle of its line


@dataclass(frozen=True, slots=True)
class Question:
    """One question's bubbles, in printed order."""

    id: str
    kind: QuestionKind
    bubbles: tuple[Bubble, ...]
    optional: bool = True  # whether blank is an ordinary answer; nothing on paper is mandatory


@dataclass(frozen=True, slots=True)
class Fiducial:
    """A printed ArUco mark (dictionary 4X4_50) that shows where the sheet lies."""

    marker: int  # id in the dictionary
    centre: PagePoint
    size_mm: float  # side of the black square, border included


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything a reader must know about a form, and nothing about ink.

    ``fiducials`` are four, clockwise from top left; ``codes`` are the places of the QR
    code's two copies (black square only, without the quiet zone). ``artwork`` are boxes round
    everything else that is printed near bubbles, so that a reader can tell it from ink.
    """

    survey: str
    revision: int
    domain: str
    wording: str  # hash of every printed word: other words make another layout
    width_mm: float
    height_mm: float
    questions: tuple[Question, ...]
    fiducials: tuple[Fiducial, ...]
    codes: tuple[PageRect, ...]
    comment: PageRect
    stamp: PageRect
    artwork: tuple[PageRect, ...] = ()

    def __post_init__(self) -> None:
        # Neither would come back from its description, so a ledger could keep but never read it.
        if any(code.w_mm != code.h_mm for code in self.codes):
            raise ValueError("a code's place must be square")
        if len({question.id for question in self.questions}) < len(self.questions):
            raise ValueError("a question's id stands twice in one layout")

    @property
    def layout_id(self) -> str:
        """Content hash, 12 hexadecimal digits; the first 6 stand in the QR code."""
        described = asdict(self)
        if not self.artwork:  # forms that were printed before their print was kept
            del described["artwork"]
        canonical = json.dumps(described, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:12].upper()

    @property
    def frame(self) -> tuple[tuple[Fiducial, ...], tuple[PageRect, ...]]:
        """What is needed to find and identify a sheet: equal for many layouts."""
        return self.fiducials, self.codes

    def question(self, question_id: str) -> Question:
        """The question with that id.

        Raises:
            KeyError: If the layout has no such question.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)


def layout_to_json(layout: Layout) -> dict[str, Any]:
    """The layout as other programs read it (contracts, "Forms"), plus what we need back."""
    return {
        "layout": layout.layout_id,
        "survey": layout.survey,
        "revision": layout.revision,
        "domain": layout.domain,
        "wording": layout.wording,
        "page": {"width_mm": layout.width_mm, "height_mm": layout.height_mm},
        "questions": [
            {"id": q.id, "kind": q.kind.value, "optional": q.optional} for q in layout.questions
        ],
        "bubbles": [
            {
                "question": question.id,
                "option": bubble.option,
                "x_mm": bubble.centre.x_mm,
                "y_mm": bubble.centre.y_mm,
                "w_mm": bubble.diameter_mm,
                "h_mm": bubble.diameter_mm,
            }
            for question in layout.questions
            for bubble in question.bubbles
        ],
        "fiducials": [
            {
                "marker": f.marker,
                "x_mm": f.centre.x_mm,
                "y_mm": f.centre.y_mm,
                "size_mm": f.size_mm,
            }
            for f in layout.fiducials
        ],
        "codes": [
            {"x_mm": code.x_mm, "y_mm": code.y_mm, "size_mm": code.w_mm} for code in layout.codes
        ],
        "comment": asdict(layout.comment),
        "stamp": asdict(layout.stamp),
        "artwork": [asdict(box) for box in layout.artwork],
    }


def layout_from_json(data: dict[str, Any]) -> Layout:
    """The layout that :func:`layout_to_json` described.

    Raises:
        ValueError: If the description's own id does not match its content.
        KeyError: If something is missing.
    """
    bubbles: dict[str, list[Bubble]] = {q["id"]: [] for q in data["questions"]}
    for b in data["bubbles"]:
        bubbles[b["question"]].append(
            Bubble(b["option"], PagePoint(b["x_mm"], b["y_mm"]), b["w_mm"])
        )
    layout = Layout(
        survey=data["survey"],
        revision=data["revision"],
        domain=data["domain"],
        wording=data["wording"],
        width_mm=data["page"]["width_mm"],
        height_mm=data["page"]["height_mm"],
        questions=tuple(
            Question(q["id"], QuestionKind(q["kind"]), tuple(bubbles[q["id"]]), q["optional"])
            for q in data["questions"]
        ),
        fiducials=tuple(
            Fiducial(f["marker"], PagePoint(f["x_mm"], f["y_mm"]), f["size_mm"])
            for f in data["fiducials"]
        ),
        codes=tuple(
            PageRect(c["x_mm"], c["y_mm"], c["size_mm"], c["size_mm"]) for c in data["codes"]
        ),
        comment=PageRect(**data["comment"]),
        stamp=PageRect(**data["stamp"]),
        artwork=tuple(PageRect(**box) for box in data.get("artwork", ())),
    )
    if layout.layout_id != data["layout"]:
        raise ValueError(f"layout {data['layout']} does not match its own content")
    return layout
