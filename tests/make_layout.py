"""A layout for tests that need one but not the typesetting of real forms."""

from __future__ import annotations

from omr.geometry import PagePoint, PageRect
from omr.layout import Bubble, Fiducial, Layout, Question, QuestionKind

WIDTH_MM, HEIGHT_MM = 148.0, 210.0
_INSET_MM = 11.5
_FIDUCIAL_MM = 7.0


def make_fiducials(inset_mm: float = _INSET_MM) -> tuple[Fiducial, ...]:
    """Four fiducials, clockwise from top left, their centres *inset_mm* from the edges."""
    right, bottom = WIDTH_MM - inset_mm, HEIGHT_MM - inset_mm
    return tuple(
        Fiducial(marker, PagePoint(x, y), _FIDUCIAL_MM)
        for marker, (x, y) in enumerate(
            ((inset_mm, inset_mm), (right, inset_mm), (right, bottom), (inset_mm, bottom))
        )
    )


def make_questions(count: int = 12, options: int = 5) -> tuple[Question, ...]:
    """*count* rows of *options* bubbles; every third question takes several answers."""
    return tuple(
        Question(
            id=f"q{row + 1}",
            kind=QuestionKind.MULTI if row % 3 == 2 else QuestionKind.SINGLE,
            bubbles=tuple(
                Bubble(f"r{column + 1}", PagePoint(70.0 + 11.0 * column, 55.0 + 10.0 * row), 4.5)
                for column in range(options)
            ),
        )
        for row in range(count)
    )


def make_layout(
    *,
    survey: str = "trial",
    domain: str = "GTDB",
    wording: str = "0" * 64,
    questions: tuple[Question, ...] | None = None,
) -> Layout:
    """An A5 layout with four fiducials, two codes and sixty bubbles."""
    return Layout(
        survey=survey,
        revision=1,
        domain=domain,
        wording=wording,
        width_mm=WIDTH_MM,
        height_mm=HEIGHT_MM,
        questions=make_questions() if questions is None else questions,
        fiducials=make_fiducials(),
        codes=(PageRect(120.0, 18.0, 20.0, 20.0), PageRect(18.0, 182.0, 20.0, 20.0)),
        comment=PageRect(45.0, 180.0, 80.0, 20.0),
        stamp=PageRect(17.0, 6.5, 42.0, 42.0),
    )
