"""What all pages of the overview share: their frame, words and filters, and who looks."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from omr.ledger.reviewed import Standing, Standings
from omr.settings import Language
from scans.review.desk import Desk
from scans.review.overview_views import day_and_time, decimal, month, number
from scans.review.words_overview import OverviewWords

ROWS = 100  # of a table on one page


class Frame:
    """Makes those pages.

    Args:
        desk: What they show.
        language: The office's.
        zone: Of the times that are shown; None: this machine's.
    """

    def __init__(self, desk: Desk, language: Language, zone: tzinfo | None) -> None:
        self.desk = desk
        self.words = OverviewWords(language)
        self._standings = Standings(desk.ledger)
        self._templates = Environment(
            loader=PackageLoader("scans.review"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {
            "when": partial(day_and_time, zone=zone),
            "month": month,
            "number": partial(number, words=self.words),
            "decimal": partial(decimal, words=self.words),
        }

    def standing(self) -> Standing:
        """How the reviewed sheets stand at this moment."""
        return self._standings.now()

    def page(
        self, request: Request, template: str, here: str, status: int = 200, **values: Any
    ) -> Response:
        """One page.

        Args:
            request: What is answered.
            template: Its file.
            here: Which of the pages in the navigation it belongs to.
            status: Of the answer.
            **values: For the template.
        """
        html = self._templates.get_template(template).render(
            words=self.words,
            here=here,
            left=self.desk.progress(person_of(request)).left,
            signed_in=getattr(request.state, "signed_in", ""),
            **values,
        )
        return HTMLResponse(html, status_code=status)


def person_of(request: Request) -> str:
    """Who looks; the gate says so for every request that it lets in."""
    person: str = request.state.person
    return person
