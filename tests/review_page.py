"""The review page over any ledger, for one person, as tests ask it: no browser, no server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from omr.ledger import Ledger
from omr.pictures import PictureStore
from omr.settings import Language
from omr.survey import Survey
from omr.thresholds import Thresholds
from omr.units import UnitCatalogue
from scans.review.app import create_app
from scans.review.desk import Desk
from scans.review.door import Door
from scans.review.guard import Guard
from scans.review.language import Words

PORT = 8124
BY_SCRIPT = {"x-requested-with": "omr"}


class ReviewPage:
    """A person's own page over a ledger; several of them are several reviewers.

    Args:
        ledger: Open.
        folder: Where pictures are kept.
        person: Who is signed in.
        share: Of all decisions, 0 to 1, that a second person reads.
        surveys: For words.
        units: For sheets whose number nobody can read.
    """

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        person: str = "an",
        *,
        share: float = 0.0,
        surveys: dict[str, Survey] | None = None,
        units: UnitCatalogue | None = None,
    ) -> None:
        self.desk = Desk(
            ledger, PictureStore(folder), surveys or {}, Thresholds(), units=units, share=share
        )
        guard = Guard(PORT, Door(Language.VIETNAMESE).refuse, person)
        app, _guard = create_app(
            self.desk, Words(Language.VIETNAMESE), PORT, "omr reports export", guard=guard
        )
        self.browser = TestClient(app, base_url=f"http://127.0.0.1:{PORT}")
        self.browser.headers["origin"] = f"http://127.0.0.1:{PORT}"
        assert self.browser.get(guard.address).status_code == 200

    def item(self, record: str, about: str, second: int = 0) -> Any:
        """The item's page."""
        more = {"second": second} if second else {}
        return self.browser.get("/item", params={"record": record, "about": about, **more})

    def post(self, path: str, **fields: Any) -> Any:
        """Post as a form does, and follow where it leads."""
        return self.browser.post(path, data=fields)

    def send(self, path: str, **fields: Any) -> Any:
        """Post as the script does: JSON comes back."""
        return self.browser.post(path, data=fields, headers=BY_SCRIPT)

    def ask(self, path: str, **query: Any) -> Any:
        """Ask as the script does."""
        return self.browser.get(path, params=query, headers=BY_SCRIPT)
