"""Several pages in one transaction: as if they came one by one, and all of them or none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_ledger import LAYOUT, add_file, answers, fresh_ledger, seen, take, void

from omr.ledger import Ledger, readings
from omr.ledger.readings import Page, SheetReading
from omr.ledger.sheets import Axis, Streak
from omr.marks import Reason, SheetStatus
from omr.serials import Serial

_PAGES = st.lists(
    st.lists(
        st.tuples(
            st.integers(0, 5),  # which serial; the last was never printed, the one before is void
            st.sampled_from([SheetStatus.COUNTED, SheetStatus.REVIEW, SheetStatus.REFUSED]),
            st.sampled_from(["r1", "r5"]),
        ),
        min_size=1,
        max_size=3,
    ),
    min_size=1,
    max_size=6,
)


def _sheets(
    serials: list[str], pages: list[list[tuple[int, SheetStatus, str]]]
) -> list[list[SheetReading]]:
    return [
        [
            seen(serials[which], page=page, sheet=sheet, status=status, said=answers(q1=option))
            for sheet, (which, status, option) in enumerate(sheets)
        ]
        for page, sheets in enumerate(pages)
    ]


def _prepared(ledger: Ledger) -> tuple[list[str], tuple[int, int]]:
    """Four printed forms, a void one and one that was never printed; and a file."""
    serials = [str(serial) for serial in take(ledger, 4).serials()]
    thrown = take(ledger, 1)
    void(ledger, thrown)
    never = Serial("GTDB", 2026, 900)
    return [*serials, str(next(thrown.serials())), str(never)], add_file(ledger)


@pytest.mark.embedded  # what it proves is above the database
@settings(max_examples=25, deadline=None)
@given(pages=_PAGES)
def test_pages_kept_together_are_kept_as_one_by_one(
    pages: list[list[tuple[int, SheetStatus, str]]],
) -> None:
    found = []
    for together in (False, True):
        with TemporaryDirectory() as folder, fresh_ledger(Path(folder)) as ledger:
            serials, (source_id, batch_id) = _prepared(ledger)
            every = [Page(source_id, batch_id, each) for each in _sheets(serials, pages)]
            groups = [every] if together else [[page] for page in every]
            kept = [page for group in groups for page in readings.add_pages(ledger, group)]
            rows = [row.reading for row in readings.sheet_rows(ledger)]
            assert [sheet for page in kept for sheet in page] == rows
            found.append(rows)

    assert found[0] == found[1]


def test_a_sheet_is_compared_with_one_of_the_same_transaction(tmp_path: Path) -> None:
    asked = []

    def same_paper(layout_id: str, held: bytes, new: bytes) -> bool:
        asked.append((layout_id, held, new))
        return True

    with fresh_ledger(tmp_path) as ledger:
        [serial] = [str(serial) for serial in take(ledger, 1).serials()]
        source_id, batch_id = add_file(ledger)
        first = seen(serial, page=0)
        again = replace(seen(serial, page=1), measurements=b"again")
        pages = [Page(source_id, batch_id, [sheet]) for sheet in (first, again)]
        [[_first], [second]] = readings.add_pages(ledger, pages, same_paper=same_paper)

    assert (second.status, second.reasons) == (SheetStatus.DUPLICATE, (Reason.SAME_ANSWERS,))
    assert asked == [(LAYOUT.layout_id, b"measured", b"again")]


def test_an_interruption_in_the_middle_of_several_pages_keeps_none_of_them(
    tmp_path: Path,
) -> None:
    def interrupted(_layout_id: str, _held: bytes, _new: bytes) -> bool:
        raise KeyboardInterrupt

    with fresh_ledger(tmp_path) as ledger:
        serials = [str(serial) for serial in take(ledger, 3).serials()]
        source_id, batch_id = add_file(ledger)
        line = Streak(Axis.ROW, 7, 1)
        sheets = [
            replace(seen(serials[0], page=0), streaks=(line,)),
            seen(serials[1], page=1),
            seen(serials[0], page=2),  # for whose sake those before it were written
            seen(serials[2], page=3),
        ]
        pages = [Page(source_id, batch_id, [sheet]) for sheet in sheets]
        with pytest.raises(KeyboardInterrupt):
            readings.add_pages(ledger, pages, same_paper=interrupted)

        assert list(readings.sheet_rows(ledger)) == []
        assert readings.pages_done(ledger, source_id) == set()

        kept = readings.add_pages(ledger, pages)
        assert [sheet.status for [sheet] in kept] == [
            SheetStatus.COUNTED,
            SheetStatus.COUNTED,
            SheetStatus.DUPLICATE,
            SheetStatus.COUNTED,
        ]


def test_no_pages_change_nothing(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        assert readings.add_pages(ledger, []) == []
        assert list(readings.sheet_rows(ledger)) == []


def test_a_disputed_sheet_gets_the_picture_of_its_own_page(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = [str(serial) for serial in take(ledger, 1).serials()]
        source_id, batch_id = add_file(ledger)
        pages = [
            Page(
                source_id,
                batch_id,
                [seen(serial, page=page)],
                picture_of=lambda _sheet, page=page: f"page {page}".encode(),
            )
            for page in range(3)
        ]
        readings.add_pages(
            ledger,
            pages,
            keep_picture=lambda jpeg: jpeg.decode(),
            same_paper=lambda _layout, _held, _new: False,
        )

        pictures = [row.picture for row in readings.sheet_rows(ledger)]
        assert pictures == [None, "page 1", "page 2"]
