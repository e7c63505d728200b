"""Brings channels together. Pure; the order of inputs makes no difference.

Paper and electronic answers are both anonymous, so one person's two answers cannot be
known as such: nothing is de-duplicated between channels, and tallies keep them apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from omr.errors import OmrError
from omr.i18n import _
from reports.responses import Response


def merge(*channels: Iterable[Response]) -> tuple[Response, ...]:
    """Every response once, by record id.

    Merging is commutative, associative and idempotent. Record ids are random, so their
    order tells nothing about who answered when.

    Raises:
        OmrError: If one record id stands for two different responses.
    """
    found: dict[str, Response] = {}
    for channel in channels:
        for response in channel:
            if found.setdefault(response.record_id, response) != response:
                raise OmrError(
                    _("two different responses have the id {id}").format(id=response.record_id),
                    _("The ledger may have been restored in part; put back the whole backup."),
                )
    return tuple(found[record_id] for record_id in sorted(found))
