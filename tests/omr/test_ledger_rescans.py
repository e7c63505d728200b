"""What stands around a first reading: rescans, second papers, batches and their files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from kept_sheets import add_to, serials_in
from make_ledger import LAYOUT, add_file, add_page, answers, fresh_ledger, seen

from omr.ledger import readings
from omr.ledger.captures import captures, newest_batch
from omr.ledger.readings import SheetReading
from omr.ledger.schema import metadata
from omr.ledger.sheets import Axis, Streak
from omr.marks import Answer, Answers, AnswerState, Reason, SheetStatus


def _told(reading: SheetReading) -> tuple[SheetStatus, tuple[Reason, ...]]:
    return reading.status, reading.reasons


@pytest.mark.parametrize(
    ("same_ink", "reason"), [(True, Reason.SAME_ANSWERS), (False, Reason.OTHER_PAPER)]
)
def test_the_same_answers_again_are_a_second_paper_unless_the_ink_is_the_same(
    tmp_path: Path, *, same_ink: bool, reason: Reason
) -> None:
    asked = []

    def same_paper(layout_id: str, held: bytes, new: bytes) -> bool:
        asked.append((layout_id, held, new))
        return same_ink

    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        source_id, batch_id = add_file(ledger)
        add_to(ledger, (source_id, batch_id), seen(serial, page=0))
        [again] = add_page(
            ledger,
            source_id=source_id,
            batch_id=batch_id,
            sheets=[replace(seen(serial, page=1), measurements=b"measured again")],
            same_paper=same_paper,
        )

        assert _told(again) == (SheetStatus.DUPLICATE, (reason,))
        assert asked == [(LAYOUT.layout_id, b"measured", b"measured again")]


def test_a_rescan_that_leaves_an_answer_doubtful_is_a_rescan_all_the_same(tmp_path: Path) -> None:
    doubtful = {**answers(q2="r1"), "q1": Answer(AnswerState.DOUBTFUL, ("r5",))}
    changed = {**answers(q2="r1"), "q1": Answer(AnswerState.DOUBTFUL, ("r5", "r1"))}
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        source_id, batch_id = add_file(ledger)
        add_to(ledger, (source_id, batch_id), seen(serial, page=0))

        def add(page: int, said: Answers, *, same_ink: bool) -> tuple[Reason, ...]:
            [kept] = add_page(
                ledger,
                source_id=source_id,
                batch_id=batch_id,
                sheets=[seen(serial, page=page, status=SheetStatus.REVIEW, said=said)],
                same_paper=lambda _layout, _held, _new: same_ink,
            )
            return kept.reasons

        assert add(1, doubtful, same_ink=True) == (Reason.SAME_ANSWERS,)
        assert add(2, changed, same_ink=True) == (Reason.OTHER_ANSWERS,)  # a mark was added
        assert add(3, doubtful, same_ink=False) == (Reason.OTHER_ANSWERS,)


@pytest.mark.parametrize(
    ("held", "new", "reason"),
    [
        # Which options of a doubtful answer are shown depends on the scan.
        (("r5", "r4"), ("r5",), Reason.SAME_ANSWERS),
        (("r5",), ("r5", "r4"), Reason.SAME_ANSWERS),
        ((), ("r5",), Reason.SAME_ANSWERS),
        (("r4",), "r5", Reason.SAME_ANSWERS),  # a person is asked about it, with the picture
        ("r5", (), Reason.SAME_ANSWERS),
        ("r5", ("r4",), Reason.OTHER_ANSWERS),
        ("r5", ("r5", "r4"), Reason.OTHER_ANSWERS),
        ("r5", "r4", Reason.OTHER_ANSWERS),
    ],
)
def test_a_rescan_may_show_other_options_where_an_answer_is_in_doubt_but_none_that_was_added(
    tmp_path: Path, held: str | tuple[str, ...], new: str | tuple[str, ...], reason: Reason
) -> None:
    def said(q1: str | tuple[str, ...]) -> Answers:
        if isinstance(q1, str):
            return answers(q1=q1, q2="r1")
        return {**answers(q2="r1"), "q1": Answer(AnswerState.DOUBTFUL, q1)}

    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        source_id, batch_id = add_file(ledger)
        for page, answer in enumerate((held, new)):
            [kept] = add_page(
                ledger,
                source_id=source_id,
                batch_id=batch_id,
                sheets=[seen(serial, page=page, status=SheetStatus.REVIEW, said=said(answer))],
                same_paper=lambda _layout, _held, _new: True,
            )

        assert _told(kept) == (SheetStatus.DUPLICATE, (reason,))


def test_a_second_paper_keeps_its_picture_and_a_rescan_does_not(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        source_id, batch_id = add_file(ledger)
        add_to(ledger, (source_id, batch_id), seen(serial, page=0))
        for page, same_ink in ((1, True), (2, False)):
            add_page(
                ledger,
                source_id=source_id,
                batch_id=batch_id,
                sheets=[seen(serial, page=page)],
                keep_picture=lambda jpeg: jpeg.decode(),
                picture_of=lambda sheet: f"page {sheet.page}".encode(),
                same_paper=lambda _layout, _held, _new, same=same_ink: same,
            )

        rows = readings.sheet_rows(ledger)
        assert [row.picture for row in rows] == [None, None, "page 2"]


def test_a_batch_tells_how_its_sheets_lay_and_where_streaks_ran(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        one, two = serials_in(ledger, 2)
        source_id, batch_id = add_file(ledger, "a.pdf", pages=4)
        line = Streak(Axis.COLUMN, 640, 3)
        streaked = seen(two, page=1, status=SheetStatus.REFUSED, reasons=(Reason.STREAK,), said={})
        add_to(ledger, (source_id, batch_id), seen(one, page=0))
        add_to(ledger, (source_id, batch_id), replace(streaked, streaks=(line,)))
        add_to(
            ledger,
            (source_id, batch_id),
            replace(seen(None, page=2, status=SheetStatus.BLANK), registration=None),
        )
        other = add_file(ledger, "b.pdf")

        found = list(captures(ledger, [batch_id]))

        assert [(c.file, c.file_pages, c.page, c.streaks) for c in found] == [
            ("a.pdf", 4, 0, ()),
            ("a.pdf", 4, 1, (line,)),
        ]
        assert found[1].reasons == (Reason.STREAK,)
        newest = newest_batch(ledger)
        assert newest is not None
        assert (newest.batch_id, newest.files) == (other[1], 1)


def test_an_empty_ledger_has_no_newest_batch(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        assert newest_batch(ledger) is None


def test_files_are_announced_with_their_batch_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = readings.NewSource("ab" * 32, "a.pdf", size_bytes=1, pages=1)

    def crash(*_args: object) -> None:
        raise KeyboardInterrupt

    def announce() -> dict[str, readings.Source]:
        return readings.announce_sources(
            ledger, [file], period="2026-11", software="test", thresholds={}
        )

    with fresh_ledger(tmp_path) as ledger:
        with monkeypatch.context() as patch:
            patch.setattr("omr.ledger.sources._insert_sources", crash)
            with pytest.raises(KeyboardInterrupt):
                announce()
        first = announce()
        assert announce() == first
        with ledger.read() as connection:
            batches = sa.select(sa.func.count()).select_from(metadata.tables["batch"])
            assert connection.execute(batches).scalar_one() == 1
