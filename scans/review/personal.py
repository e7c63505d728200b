"""Kept pictures as one person may see them: a personal comment on them is made unreadable."""

from __future__ import annotations

from omr.geometry import PageRect
from omr.ledger.comment_list import hidden_on
from scans.review.desk import Desk
from scans.review.overview_picture import with_veil


def picture_for(desk: Desk, digest: str, person: str) -> bytes | None:
    """The kept picture with that SHA-256, as *person* may see it.

    Whole sheets and crops alike: what they show of a comment that is marked as personal is
    blurred for whoever neither marked it nor asked to see it.

    Args:
        desk: Knows the pictures.
        digest: Of the picture.
        person: Who looks.

    Raises:
        ValueError: If *digest* is no SHA-256.
    """
    jpeg = desk.picture(digest)
    if jpeg is None:
        return None
    for hidden in hidden_on(desk.ledger, digest, person):
        shows = hidden.shows
        if shows is None:  # the whole sheet
            # A sheet without a readable code lies on paper of ours all the same.
            layout = desk.layouts.get(hidden.layout_id) or desk.newest_layout()
            if layout is None:
                return None  # nobody can say where on it the comment is
            shows = PageRect(0.0, 0.0, layout.width_mm, layout.height_mm)
        jpeg = with_veil(jpeg, shows, hidden.comment)
    return jpeg
