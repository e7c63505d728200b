from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_sheets import add_to, rows_of, serials_in
from make_ledger import LAYOUT, add_file, add_page, answers, fresh_ledger, seen, take, void

from omr.ledger import issued, readings
from omr.ledger.readings import SheetReading
from omr.ledger.schema import metadata
from omr.marks import Answer, AnswerState, Reason, SheetStatus


def test_what_was_seen_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        reading = SheetReading(
            page=3,
            sheet=1,
            status=SheetStatus.REVIEW,
            reasons=(Reason.OVERVOTE, Reason.FIDUCIAL_MISSING),
            serial=serial,
            unit="HP-PC08",
            domain="GTDB",
            layout_id=LAYOUT.layout_id,
            answers={
                "q1": Answer(AnswerState.ANSWERED, ("r5",)),
                "q2": Answer(AnswerState.BLANK),
                "q3": Answer(AnswerState.DOUBTFUL, ("r1", "r4"), (Reason.OVERVOTE,)),
            },
            registration=(7.87, 0.01, -3.25, -0.01, 7.88, 12.5, 1e-7, -2e-7, 1.0),
            measurements=b"\x00\xff measured",
        )
        [kept] = add_to(ledger, add_file(ledger), reading)

        assert kept == reading
        assert rows_of(ledger) == [reading]


def test_a_page_added_a_second_time_changes_nothing(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        first, second = serials_in(ledger, 2)
        source = add_file(ledger)
        add_to(ledger, source, seen(first, page=4))
        before = rows_of(ledger)

        with pytest.raises(sa.exc.IntegrityError):
            add_to(ledger, source, seen(second, page=4))

        assert rows_of(ledger) == before
        assert readings.pages_done(ledger, source[0]) == {4}


def test_a_page_that_fails_midway_leaves_no_sheet_behind(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        first, second = serials_in(ledger, 2)
        source = add_file(ledger)

        def sheets() -> Any:
            yield seen(first, sheet=0)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            add_page(ledger, source_id=source[0], batch_id=source[1], sheets=sheets())
        with pytest.raises(sa.exc.IntegrityError):  # two sheets in one place
            add_to(ledger, source, seen(first, sheet=0), seen(second, sheet=0))

        assert rows_of(ledger) == []
        assert readings.pages_done(ledger, source[0]) == set()
        with ledger.read() as connection:
            answer = metadata.tables["answer"]
            assert connection.execute(sa.select(answer)).all() == []

        assert add_to(ledger, source, seen(first))[0].status is SheetStatus.COUNTED


def test_a_serial_that_was_never_issued_is_refused(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        serials_in(ledger, 3)
        [kept] = add_to(ledger, add_file(ledger), seen("GTDB-26-000004-A"))

        assert (kept.status, kept.reasons) == (SheetStatus.REFUSED, (Reason.NOT_ISSUED,))
        assert kept.answers == {}
        assert rows_of(ledger) == [kept]


def test_a_voided_serial_is_refused(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        run = take(ledger, 1)
        void(ledger, run)
        [kept] = add_to(ledger, add_file(ledger), seen(str(next(run.serials()))))

        assert (kept.status, kept.reasons) == (SheetStatus.REFUSED, (Reason.VOIDED,))
        assert kept.answers == {}


@pytest.mark.parametrize(
    "wrong", [{"unit": "HP-PC07"}, {"domain": "PCCC"}, {"unit": None}, {"domain": None}], ids=str
)
def test_a_code_that_names_another_unit_or_domain_than_the_ledger_is_refused(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        [kept] = add_to(ledger, add_file(ledger), seen(serial, **wrong))

        assert kept.status is SheetStatus.REFUSED
        assert kept.reasons == (Reason.IDENTITY_CONFLICT,)
        assert kept.answers == {}


def test_a_code_that_names_another_layout_than_was_printed_is_refused(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        newer = replace(LAYOUT, revision=2)
        issued.keep_layout(ledger, newer)
        [kept] = add_to(ledger, add_file(ledger), replace(seen(serial), layout_id=newer.layout_id))

        assert (kept.status, kept.reasons) == (SheetStatus.REFUSED, (Reason.LAYOUT,))


@pytest.mark.parametrize("first", [SheetStatus.COUNTED, SheetStatus.REVIEW])
@pytest.mark.parametrize("second", [SheetStatus.COUNTED, SheetStatus.REVIEW])
def test_a_serial_seen_again_is_a_duplicate_that_says_whether_it_differs(
    tmp_path: Path, first: SheetStatus, second: SheetStatus
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        source = add_file(ledger)
        add_to(ledger, source, seen(serial, page=0, status=first))
        [same] = add_to(ledger, source, seen(serial, page=1, status=second))
        [other] = add_to(
            ledger, source, seen(serial, page=2, status=second, said=answers(q1="r4", q2="r1"))
        )

        assert (same.status, same.reasons) == (SheetStatus.DUPLICATE, (Reason.SAME_ANSWERS,))
        assert (other.status, other.reasons) == (SheetStatus.DUPLICATE, (Reason.OTHER_ANSWERS,))
        assert [row.status for row in rows_of(ledger)] == [first, *[SheetStatus.DUPLICATE] * 2]


def test_a_serial_twice_on_one_page_is_a_duplicate_too(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        kept = add_to(ledger, add_file(ledger), seen(serial, sheet=0), seen(serial, sheet=1))

        assert [sheet.status for sheet in kept] == [SheetStatus.COUNTED, SheetStatus.DUPLICATE]


def test_a_duplicate_that_orders_its_options_otherwise_says_the_same(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        source = add_file(ledger)
        one = {"q3": Answer(AnswerState.ANSWERED, ("r1", "r2"))}
        other = {"q3": Answer(AnswerState.ANSWERED, ("r2", "r1"))}
        add_to(ledger, source, seen(serial, page=0, said=one))
        [kept] = add_to(ledger, source, seen(serial, page=1, said=other))

        assert kept.reasons == (Reason.SAME_ANSWERS,)


def test_a_duplicate_that_answers_one_question_more_says_something_else(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        source = add_file(ledger)
        add_to(ledger, source, seen(serial, page=0, said=answers(q1="r5", q2="")))
        [kept] = add_to(ledger, source, seen(serial, page=1, said=answers(q1="r5", q2="r1")))

        assert kept.reasons == (Reason.OTHER_ANSWERS,)


@pytest.mark.parametrize("status", [SheetStatus.REFUSED, SheetStatus.BLANK])
def test_a_refused_sheet_does_not_keep_a_good_scan_of_it_out(
    tmp_path: Path, status: SheetStatus
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        [serial] = serials_in(ledger, 1)
        source = add_file(ledger)
        add_to(
            ledger, source, seen(serial, page=0, status=status, reasons=(Reason.STREAK,), said={})
        )
        [kept] = add_to(ledger, source, seen(serial, page=1))

        assert kept.status is SheetStatus.COUNTED


def test_sheets_without_an_identity_can_wait_for_a_person_in_any_number(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        kept = add_to(
            ledger,
            add_file(ledger),
            *(
                seen(None, sheet=n, status=SheetStatus.REVIEW, reasons=(Reason.NO_CODE,), said={})
                for n in range(3)
            ),
        )

        assert [sheet.status for sheet in kept] == [SheetStatus.REVIEW] * 3


def test_threads_that_read_the_same_sheets_hold_each_serial_once(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        serials = serials_in(ledger, 30)
        sources = [add_file(ledger, f"{n}.pdf") for n in range(3)]
        failures: list[BaseException] = []

        def work(source: tuple[int, int]) -> None:
            try:
                for page, serial in enumerate(serials):
                    add_to(ledger, source, seen(serial, page=page))
            except BaseException as failure:  # noqa: BLE001 - shown below
                failures.append(failure)

        threads = [threading.Thread(target=work, args=(source,)) for source in sources]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert failures == []
        counts = readings.count_by_status(ledger)
        assert counts[SheetStatus.COUNTED] == 30
        assert counts[SheetStatus.DUPLICATE] == 60


def test_rows_come_in_file_page_and_sheet_order_whatever_order_they_were_added_in(
    tmp_path: Path,
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        first, second = add_file(ledger, "b.pdf"), add_file(ledger, "a.pdf")
        for source, page in ((second, 0), (first, 11), (first, 2), (second, 10), (first, 0)):
            add_to(
                ledger,
                source,
                *(
                    seen(None, page=page, sheet=n, status=SheetStatus.BLANK, said={})
                    for n in (1, 0)
                ),
            )

        places = [
            (row.file, row.reading.page, row.reading.sheet) for row in readings.sheet_rows(ledger)
        ]
        assert places == [
            (name, page, sheet)
            for name, pages in (("b.pdf", (0, 2, 11)), ("a.pdf", (0, 10)))
            for page in pages
            for sheet in (0, 1)
        ]


def test_rows_can_be_asked_for_by_file_and_by_period(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        july = add_file(ledger, "july.pdf", period="2026-07")
        august = add_file(ledger, "august.pdf", period="2026-08")
        add_to(ledger, july, seen(None, status=SheetStatus.BLANK, said={}))
        add_to(ledger, august, seen(None, status=SheetStatus.REFUSED, said={}))

        assert [row.file for row in readings.sheet_rows(ledger, file="july.pdf")] == ["july.pdf"]
        assert [row.file for row in readings.sheet_rows(ledger, period="2026-08")] == ["august.pdf"]
        assert [row.file for row in readings.sheet_rows(ledger, source_id=july[0])] == ["july.pdf"]
        assert list(readings.sheet_rows(ledger, file="july.pdf", period="2026-08")) == []
        assert readings.count_by_status(ledger, period="2026-08")[SheetStatus.REFUSED] == 1
        assert sum(readings.count_by_status(ledger, period="2026-09").values()) == 0


def test_more_sheets_than_are_fetched_at_once_keep_their_answers(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        serials = serials_in(ledger, 1203)
        source = add_file(ledger)
        add_to(
            ledger,
            source,
            *(
                seen(serial, sheet=n, said=answers(q1=f"r{n % 5}"))
                for n, serial in enumerate(serials)
            ),
        )

        rows = rows_of(ledger)
        assert [row.serial for row in rows] == serials
        assert [row.answers["q1"].options for row in rows] == [(f"r{n % 5}",) for n in range(1203)]


SEEN = st.lists(
    st.lists(
        st.tuples(
            st.integers(0, 7),  # which serial; 6 is void, 7 was never issued
            st.sampled_from([*SheetStatus]),
            st.sampled_from(["r1", "r2"]),
        ),
        min_size=1,
        max_size=3,
    ),
    max_size=8,
)


@pytest.mark.embedded  # what it proves is above the database
@settings(max_examples=40, deadline=None)
@given(pages=SEEN)
def test_every_sheet_seen_has_one_row_and_no_serial_two_holders(
    pages: list[list[tuple[int, SheetStatus, str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with fresh_ledger(tmp_path_factory.mktemp("ledger")) as ledger:
        serials = serials_in(ledger, 6)
        spoilt = take(ledger, 1)
        void(ledger, spoilt)
        serials += [str(next(spoilt.serials())), "GTDB-26-000999-A"]
        source = add_file(ledger)
        for page, sheets in enumerate(pages):
            add_to(
                ledger,
                source,
                *(
                    seen(
                        serials[which],
                        page=page,
                        sheet=n,
                        status=SheetStatus.COUNTED if status is SheetStatus.DUPLICATE else status,
                        said=answers(q1=option),
                    )
                    for n, (which, status, option) in enumerate(sheets)
                ),
            )

        rows = rows_of(ledger)
        counts = readings.count_by_status(ledger)
        assert set(counts) == set(SheetStatus)
        assert sum(counts.values()) == len(rows) == sum(len(sheets) for sheets in pages)
        held = [
            row.serial for row in rows if row.status in {SheetStatus.COUNTED, SheetStatus.REVIEW}
        ]
        assert len(held) == len(set(held))
        assert not {serials[6], serials[7]} & set(held)
        duplicated = {row.serial for row in rows if row.status is SheetStatus.DUPLICATE}
        assert duplicated <= set(held)


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        batch_id = readings.open_batch(
            ledger, period="2026-07", software="omr 0", thresholds={"b": 2.0, "a": 1.0}
        )
        assert readings.find_source(ledger, "aa" * 32) is None
        file = readings.NewSource("aa" * 32, "quét.pdf", size_bytes=7, pages=3)
        added = readings.add_sources(ledger, batch_id, [file])

        known = readings.find_source(ledger, "aa" * 32)
        assert known is not None
        assert (known.name, known.pages, known.batch_id) == ("quét.pdf", 3, batch_id)
        assert known.period == "2026-07"
        assert added == {"aa" * 32: known}
        again = readings.NewSource("aa" * 32, "x.pdf", size_bytes=7, pages=5)
        other = readings.NewSource("bb" * 32, "y.pdf", size_bytes=8, pages=1)
        both = readings.add_sources(ledger, batch_id, [again, other, other])
        assert both["aa" * 32] == known
        assert both["bb" * 32].source_id != known.source_id
        assert readings.find_sources(ledger, ["aa" * 32, "bb" * 32, "cc" * 32]) == both
        with ledger.read() as connection:
            batch = metadata.tables["batch"]
            kept = connection.execute(sa.select(batch.c.thresholds_json)).scalar_one()
        assert json.loads(kept) == {"a": 1.0, "b": 2.0}


def test_ids_that_leave_the_ledger_are_random(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        serials = serials_in(ledger, 20)
        source = add_file(ledger)
        add_to(ledger, source, *(seen(serial, sheet=n) for n, serial in enumerate(serials)))

        ids = [row.record_id for row in readings.sheet_rows(ledger)]
        assert len(set(ids)) == 20
        assert ids != sorted(ids)
        assert all(len(name) == 32 for name in ids)
