"""Stock commands and scans in any order: refused where impossible, and always in balance."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from make_ledger import (
    TODAY,
    add_file,
    add_page,
    fresh_ledger,
    seen,
    take,
    void,
)
from stock_forms import ZONE, gtdb, read_sheet, states

from omr.errors import LedgerUnusable
from omr.ledger import Ledger, decisions, issued, migrate, readings
from omr.ledger.entries import entries_about
from omr.ledger.schema import metadata
from omr.ledger.standing import WHOLE, Verdict
from omr.ledger.stock import read_stock
from omr.ledger.stock_entries import (
    EntryRefused,
    RunOverruled,
    UndoesSeveral,
    add_entry,
    finish_run,
    unfinished_runs,
)
from omr.marks import Reason, SheetStatus
from omr.serials import Serial, parse_serial
from omr.stock import Act, FormState


def test_an_entry_moves_exactly_the_named_forms(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 10)
        add_entry(ledger, Act.LOST, [gtdb(3, 5), gtdb(5, 6)], on_day=TODAY, why="mất", by="an")
        found = states(ledger, gtdb(1, 10))
        assert [n for n, state in found.items() if state is FormState.LOST] == [3, 4, 5, 6]
        (_printed, lost) = entries_about(ledger, gtdb(4, 4))
        assert (lost.act, lost.why, lost.said_by, lost.on_day) == (Act.LOST, "mất", "an", TODAY)
        assert lost.forms == (gtdb(3, 6),)


def test_one_impossible_form_keeps_the_whole_entry_out_and_is_named(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 10)
        read_sheet(ledger, 4)
        add_entry(ledger, Act.VOID, [gtdb(7, 8)], on_day=TODAY, why="rách", by="an")
        with pytest.raises(EntryRefused) as refused:
            add_entry(ledger, Act.LOST, [gtdb(1, 12)], on_day=TODAY, why="mất", by="an")
        assert {(o.forms, o.state) for o in refused.value.obstacles} == {
            (gtdb(4, 4), FormState.RETURNED_ANSWERED),
            (gtdb(7, 8), FormState.VOID),
            (gtdb(11, 12), None),
        }
        assert FormState.LOST not in states(ledger, gtdb(1, 10)).values()


def test_an_entry_cannot_happen_before_what_was_said_last(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 2)
        with pytest.raises(EntryRefused) as refused:
            add_entry(ledger, Act.LOST, [gtdb(1, 1)], on_day=TODAY - timedelta(1), why="", by="an")
        assert [o.later_than for o in refused.value.obstacles] == [TODAY]


@pytest.mark.parametrize(
    ("acts", "status", "reason"),
    [
        ([Act.UNDO], SheetStatus.REVIEW, Reason.NOT_HANDED_OUT),
        ([Act.RETURN_UNUSED], SheetStatus.REVIEW, Reason.RETURNED_UNUSED),
        ([Act.LOST], SheetStatus.REVIEW, Reason.REPORTED_LOST),
        ([Act.VOID], SheetStatus.REFUSED, Reason.VOIDED),
        ([Act.RETURN_BLANK], SheetStatus.COUNTED, None),
        ([Act.LOST, Act.UNDO], SheetStatus.COUNTED, None),
    ],
)
def test_a_scanned_form_that_the_books_place_elsewhere_waits_for_a_person(
    tmp_path: Path, acts: list[Act], status: SheetStatus, reason: Reason | None
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 1)
        for act in acts:
            add_entry(ledger, act, [gtdb(1, 1)], on_day=TODAY, why="x", by="an")
        kept = read_sheet(ledger, 1)
        assert isinstance(kept, readings.SheetReading)
        assert (kept.status, kept.reasons) == (status, (reason,) if reason else ())


def test_a_form_that_is_back_cannot_be_made_void_or_lost_or_handed_back(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 2)
        read_sheet(ledger, 1)
        for act in Act:
            with pytest.raises(EntryRefused):
                add_entry(ledger, act, [gtdb(1, 1)], on_day=TODAY, why="x", by="an")


def test_forms_of_an_interrupted_run_are_named_until_somebody_says_what_they_are(
    tmp_path: Path,
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 3)
        take(ledger, 4, printed=False)
        assert unfinished_runs(ledger) == [gtdb(4, 7)]
        add_entry(ledger, Act.VOID, [gtdb(4, 5)], on_day=TODAY, why="không in", by="an")
        assert unfinished_runs(ledger) == [gtdb(6, 7)]
        add_entry(ledger, Act.ISSUE, [gtdb(6, 7)], on_day=TODAY, why="có giấy", by="an")
        assert unfinished_runs(ledger) == []


def test_a_crash_while_a_run_is_finished_leaves_it_unfinished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash() -> str:
        raise KeyboardInterrupt

    with fresh_ledger(tmp_path) as ledger:
        run = take(ledger, 3, printed=False)
        with monkeypatch.context() as patch:
            patch.setattr("omr.ledger.stock_entries.now", crash)
            with pytest.raises(KeyboardInterrupt):
                finish_run(ledger, run.run_id, run.forms, on_day=TODAY, issue_why="", by="an")
        assert unfinished_runs(ledger) == [gtdb(1, 3)]
        assert set(states(ledger, gtdb(1, 3)).values()) == {FormState.PRINTED}


def test_who_takes_a_run_for_interrupted_while_it_goes_on_has_the_last_word(
    tmp_path: Path,
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        spoilt, given = take(ledger, 3, printed=False), take(ledger, 3, printed=False)
        add_entry(ledger, Act.VOID, [spoilt.forms], on_day=TODAY, why="ngắt", by="lan")
        with pytest.raises(RunOverruled):
            finish_run(ledger, spoilt.run_id, spoilt.forms, on_day=TODAY, issue_why="", by="an")
        add_entry(ledger, Act.ISSUE, [given.forms], on_day=TODAY, why="có giấy", by="lan")
        finish_run(ledger, given.run_id, given.forms, on_day=TODAY, issue_why="", by="an")
        assert set(states(ledger, spoilt.forms).values()) == {FormState.VOID}
        assert set(states(ledger, given.forms).values()) == {FormState.OUTSTANDING}
        assert len(entries_about(ledger, given.forms)) == 1


def test_an_undo_of_different_entries_is_refused_with_what_it_would_undo(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 4)
        add_entry(ledger, Act.LOST, [gtdb(2, 2)], on_day=TODAY, why="mất", by="an")
        with pytest.raises(UndoesSeveral) as refused:
            add_entry(ledger, Act.UNDO, [gtdb(1, 3)], on_day=TODAY, why="nhầm", by="an")
        assert [(forms, entry.act) for forms, entry in refused.value.last] == [
            (gtdb(1, 1), Act.ISSUE),
            (gtdb(2, 2), Act.LOST),
            (gtdb(3, 3), Act.ISSUE),
        ]
        assert states(ledger, gtdb(2, 2))[2] is FormState.LOST


def test_a_hand_over_that_is_written_down_late_answers_what_was_asked_about_its_scans(
    tmp_path: Path,
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 3, handed_out=False)
        kept = read_sheet(ledger, 2)
        assert isinstance(kept, readings.SheetReading)
        assert kept.status is SheetStatus.REVIEW
        add_entry(ledger, Act.ISSUE, [gtdb(1, 3)], on_day=TODAY, why="quên ghi", by="lan")
        (row,) = readings.sheet_rows(ledger)
        assert row.reading.status is SheetStatus.COUNTED
        assert states(ledger, gtdb(1, 3)) == {
            1: FormState.OUTSTANDING,
            2: FormState.RETURNED_ANSWERED,
            3: FormState.OUTSTANDING,
        }


def test_a_late_hand_over_does_not_confirm_a_sheet_that_is_asked_about_for_its_corner_too(
    tmp_path: Path,
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 1, handed_out=False)
        source_id, batch_id = add_file(ledger)
        torn = seen(
            str(Serial("GTDB", 2026, 1)),
            status=SheetStatus.REVIEW,
            reasons=(Reason.FIDUCIAL_MISSING,),
        )
        add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[torn])
        add_entry(ledger, Act.ISSUE, [gtdb(1, 1)], on_day=TODAY, why="quên ghi", by="lan")
        (row,) = readings.sheet_rows(ledger)
        assert row.open == (WHOLE,)
        assert row.reading.status is SheetStatus.REVIEW


def test_a_void_form_never_counts_however_people_decide_about_its_sheet(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 1)
        add_entry(ledger, Act.RETURN_UNUSED, [gtdb(1, 1)], on_day=TODAY, why="", by="an")
        read_sheet(ledger, 1)
        (row,) = readings.sheet_rows(ledger)
        decisions.append(ledger, row.record_id, WHOLE, Verdict.INVALID, by="an")
        add_entry(ledger, Act.VOID, [gtdb(1, 1)], on_day=TODAY, why="huỷ", by="lan")
        for attempt in (
            lambda: decisions.undo(ledger, row.record_id, WHOLE, by="an"),
            lambda: decisions.append(ledger, row.record_id, WHOLE, Verdict.CONFIRMED, by="an"),
            lambda: decisions.append(ledger, row.record_id, WHOLE, Verdict.DOUBTED, by="an"),
        ):
            with pytest.raises(decisions.DecisionRefused) as refused:
                attempt()
            assert refused.value.why is decisions.Refusal.VOIDED
        assert states(ledger, gtdb(1, 1))[1] is FormState.VOID


def test_entries_that_contradict_each_other_are_named_and_not_an_internal_error(
    tmp_path: Path,
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        run = take(ledger, 2)
        void(ledger, run)
        with ledger.write() as connection:  # what no command does
            connection.execute(
                sa.text(
                    "insert into stock_entry (act, on_day, why, said_by, said_at) "
                    "values ('issue', '2026-11-03', '', 'x', '2026-11-03T00:00:00+00:00')"
                )
            )
            connection.execute(
                sa.text(
                    "insert into stock_range select max(entry_id), 'GTDB', 2026, 1, 2 "
                    "from stock_entry"
                )
            )
        with pytest.raises(LedgerUnusable, match="contradict"):
            states(ledger, gtdb(1, 2))
        with pytest.raises(LedgerUnusable, match="contradict"):
            read_stock(ledger, start_day=15, zone=ZONE)


def test_pads_are_numbered_through_a_domain_and_year(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        one = take(ledger, 120, pad_size=50)
        two = take(ledger, 10, unit="HP-11000", pad_size=50)
        other = take(ledger, 10, domain="QLHC", pad_size=50)
        assert [pad.number for pad in (*one.pads, *two.pads, *other.pads)] == [1, 2, 3, 4, 1]
        assert issued.pads_of(ledger, gtdb(50, 121)) == [*one.pads, *two.pads]


def test_an_older_ledger_keeps_its_forms_as_handed_out_and_its_void_ones(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        command.upgrade(migrate._config(connection), "0002")
        connection.execute(sa.text("insert into layout values ('L', 'ABCDEF', '{}', '2026')"))
        for run_id, (first, count) in enumerate(((1, 60), (61, 3)), start=1):
            connection.execute(
                sa.text(
                    "insert into print_run values (:id, 'HP-PC08', 'GTDB', 2026, :first, :count, "
                    "'L', 1, 'a5', 50, '2026-11-14T18:00:00+00:00')"
                ),
                {"id": run_id, "first": first, "count": count},
            )
            for number in range(first, first + count):
                connection.execute(
                    sa.text("insert into issued values (:s, 'GTDB', 2026, :n, :run)"),
                    {"s": str(Serial("GTDB", 2026, number)), "n": number, "run": run_id},
                )
        for number in (7, 8, 10, 61, 62, 63):
            connection.execute(
                sa.text("insert into voided values (:s, 'kẹt', '2026-11-20T01:00:00+00:00')"),
                {"s": str(Serial("GTDB", 2026, number))},
            )
    engine.dispose()
    with Ledger.open(url) as ledger:
        found = states(ledger, gtdb(1, 63))
        assert [n for n, state in found.items() if state is FormState.VOID] == [
            *(7, 8, 10),
            *(61, 62, 63),
        ]
        assert found[1] is found[60] is FormState.OUTSTANDING
        assert unfinished_runs(ledger) == []
        assert [len(pad) for pad in issued.pads_of(ledger, gtdb(1, 63))] == [50, 10, 3]
        handed, spoilt = entries_about(ledger, gtdb(7, 7))
        assert handed.on_day == date(2026, 11, 15)  # one in the morning in Hà Nội
        assert (spoilt.act, spoilt.why) == (Act.VOID, "kẹt")
        assert len(entries_about(ledger, gtdb(61, 63))) == 1
        assert "voided" not in sa.inspect(ledger._engine).get_table_names()
    assert "stock_entry" in metadata.tables


def test_void_forms_are_found_void_by_their_serial(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        run = take(ledger, 2)
        void(ledger, run)
        with ledger.read() as connection:
            for serial in run.serials():
                known = issued.find_issued(connection, str(parse_serial(str(serial))))
                assert known is not None
                assert known.state is FormState.VOID
