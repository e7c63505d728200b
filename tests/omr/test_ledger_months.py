from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from decision_desk import Desk, refused
from make_ledger import add_file, answers, fresh_ledger, seen
from make_pictures import kept_part

from omr.errors import UsageError
from omr.ledger import decisions, months, papers, readings, seconds
from omr.ledger.alert_notes import alert_notes, note_alert
from omr.ledger.held import held_forms
from omr.ledger.months import MonthAct, close_month, closed_version, month_versions, reopen_month
from omr.ledger.pages import Page, add_pages
from omr.ledger.papers import Keeps
from omr.ledger.refusals import Refusal
from omr.ledger.schema import metadata
from omr.ledger.standing import WHOLE, Verdict
from omr.ledger.unlinking import unlink_month
from omr.marks import Reason, SheetStatus

MONTH = "2026-07"  # of the file that the desk reads


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def test_a_closed_month_is_a_version_that_only_a_reason_opens_again(desk: Desk) -> None:
    assert closed_version(desk.ledger, MONTH) is None
    assert close_month(desk.ledger, MONTH, b"one", by="an") == 1
    with pytest.raises(UsageError, match="closed already, as version 1"):
        close_month(desk.ledger, MONTH, b"again", by="an")
    with pytest.raises(UsageError, match="needs a reason"):
        reopen_month(desk.ledger, MONTH, by="an", why=" ")

    assert reopen_month(desk.ledger, MONTH, by="bình", why="lô đến muộn") == 1
    assert closed_version(desk.ledger, MONTH) is None
    with pytest.raises(UsageError, match="is not closed"):
        reopen_month(desk.ledger, MONTH, by="bình", why="x")
    assert close_month(desk.ledger, MONTH, b"two", by="an") == 2

    closed = closed_version(desk.ledger, MONTH)
    assert closed is not None
    assert (closed.number, closed.body, closed.by) == (2, b"two", "an")
    assert [(v.number, v.act, v.why) for v in month_versions(desk.ledger, MONTH)] == [
        (1, MonthAct.CLOSE, ""),
        (1, MonthAct.REOPEN, "lô đến muộn"),
        (2, MonthAct.CLOSE, ""),
    ]
    assert months.closed_periods(desk.ledger) == [MONTH]


def used_desk(desk: Desk) -> dict[str, str]:
    """Sheets of every kind that people decided about; their record ids."""
    plain = replace(
        seen(desk.serials[0], said=answers(q1="r5")),
        page=50,
        parts=(kept_part("comment", jpeg=b"a comment"),),
    )
    add_pages(
        desk.ledger,
        [Page(desk.source_id, desk.batch_id, [plain])],
        keep_picture=lambda jpeg: f"picture of {jpeg.decode()}",
    )
    doubtful = desk.doubtful(1)
    desk.say(doubtful, "q2", Verdict.BLANK)
    last = desk.say(doubtful, "q3", Verdict.ANSWERED, "r4")
    seconds.add(desk.ledger, last, Verdict.ANSWERED, ["r4"], by="bình")
    nameless = desk.nameless()
    desk.name(nameless, 2, dict(answers(q1="r4")))
    first = desk.doubtful(3)
    desk.say(first, "q2", Verdict.BLANK)
    desk.say(first, "q3", Verdict.BLANK)
    second = desk.read(seen(desk.serials[3], said=answers(q1="r1")))
    papers.choose(desk.ledger, second, Keeps.SECOND, why="bản gốc", by="an")
    refused = desk.nameless()
    desk.say(refused, "", Verdict.SCAN_AGAIN)
    return {
        "plain": desk.row(50).record_id,
        "doubtful": doubtful,
        "nameless": nameless,
        "first": first,
        "second": second,
        "refused": refused,
    }


def forms_back(desk: Desk) -> set[tuple[object, ...]]:
    with desk.ledger.read() as connection:
        found = held_forms(connection)
    assert len(found) == len({(f.domain, f.year, f.number) for f in found})
    return {(f.domain, f.year, f.number, f.period, f.says_something) for f in found}


def test_unlinking_destroys_answers_but_not_how_forms_ended(
    desk: Desk, tmp_path: Path, database: str
) -> None:
    records = used_desk(desk)
    before = {name: desk.sheet(record).reading.status for name, record in records.items()}
    back, counts = forms_back(desk), readings.count_by_status(desk.ledger)
    assert before["second"] is SheetStatus.COUNTED
    assert len(back) == 4
    note_alert(desk.ledger, records["plain"], "q1", handled=True, note="đã gọi", by="an")
    close_month(desk.ledger, MONTH, b"with record ids", by="an")

    done = unlink_month(desk.ledger, MONTH, b"anonymous", by="an")

    assert (done.sheets, done.alert_notes) == (len(records), 1)
    assert alert_notes(desk.ledger) == {}
    assert done.pictures == ("picture of a comment",)
    after = {name: desk.sheet(record).reading.status for name, record in records.items()}
    assert after == before
    assert forms_back(desk) == back
    assert readings.count_by_status(desk.ledger) == counts
    assert all(not row.reading.answers for row in readings.sheet_rows(desk.ledger))
    assert decisions.open_sheets(desk.ledger) == []
    closed = closed_version(desk.ledger, MONTH)
    assert closed is not None
    assert closed.body == b"anonymous"
    for name in ("answer", "decision", "identified", "second_reading", "picture_part"):
        assert not rows(desk, name), name
    if database == "file":
        assert b"with record ids" not in (tmp_path / "ledger.db").read_bytes()
    with pytest.raises(UsageError, match="no longer linked"):
        unlink_month(desk.ledger, MONTH, b"", by="an")
    with pytest.raises(UsageError, match="no longer linked"):
        reopen_month(desk.ledger, MONTH, by="an", why="x")


def rows(desk: Desk, table: str) -> list[object]:
    with desk.ledger.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(metadata.tables[table]))]


def test_rows_are_only_ever_added_again_after_unlinking(desk: Desk) -> None:
    used_desk(desk)
    close_month(desk.ledger, MONTH, b"x", by="an")
    unlink_month(desk.ledger, MONTH, b"y", by="an")

    for name in ("sheet", "month_version", "unlinked"):
        with (
            pytest.raises(sa.exc.IntegrityError, match="only ever added"),
            desk.ledger.write() as connection,
        ):
            connection.execute(metadata.tables[name].delete())


def test_an_open_month_is_never_unlinked(desk: Desk) -> None:
    used_desk(desk)
    with pytest.raises(UsageError, match="is not closed"):
        unlink_month(desk.ledger, MONTH, b"", by="an")

    assert rows(desk, "answer")
    assert not rows(desk, "unlinked")


def test_a_form_that_came_back_twice_stays_back_whatever_is_chosen(desk: Desk) -> None:
    first = desk.doubtful(0)
    desk.say(first, "q2", Verdict.BLANK)
    desk.say(first, "q3", Verdict.BLANK)
    second = desk.read(seen(desk.serials[0], said=answers(q1="r1")))
    back = forms_back(desk)
    assert len(back) == 1

    for keeps in (Keeps.FIRST, Keeps.SECOND, Keeps.BOTH, Keeps.NEITHER):
        papers.choose(desk.ledger, second, keeps, why="đã xem", by="an")
        assert forms_back(desk) == back, keeps


def test_a_typed_form_of_a_month_without_links_is_not_counted_a_second_time(desk: Desk) -> None:
    nameless = desk.nameless()
    desk.name(nameless, 2, dict(answers(q1="r4")))
    close_month(desk.ledger, MONTH, b"x", by="an")
    unlink_month(desk.ledger, MONTH, b"y", by="an")

    desk.source_id, desk.batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    again = desk.read(seen(desk.serials[2], said=answers(q1="r4")))
    typed = desk.nameless()

    assert desk.sheet(again).reading.status is SheetStatus.DUPLICATE
    with refused(Refusal.HELD):
        desk.name(typed, 2)
    assert len(forms_back(desk)) == 1


def test_a_form_of_which_only_the_second_paper_counts_came_back(desk: Desk) -> None:
    first = desk.read(
        seen(
            desk.serials[0],
            status=SheetStatus.REVIEW,
            reasons=(Reason.FIDUCIAL_MISSING,),
            said=answers(q1="", q2=""),
        )
    )
    second = desk.read(seen(desk.serials[0], said=answers(q1="r1")))
    desk.say(first, WHOLE, Verdict.INVALID)
    assert forms_back(desk) == set()

    papers.choose(desk.ledger, second, Keeps.BOTH, why="đã xem", by="an")

    ((*_form, says_something),) = forms_back(desk)
    assert says_something


def test_a_look_at_what_changed_misses_nothing_though_ids_are_given_again(desk: Desk) -> None:
    desk.source_id, desk.batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    later = desk.doubtful(0)
    desk.source_id, desk.batch_id = add_file(desk.ledger, "old.pdf")
    old = desk.doubtful(1)
    desk.say(old, "q2", Verdict.BLANK)
    desk.say(old, "q3", Verdict.BLANK)
    before = decisions.newest(desk.ledger)
    close_month(desk.ledger, MONTH, b"x", by="an")
    unlink_month(desk.ledger, MONTH, b"y", by="an")

    desk.say(later, "q2", Verdict.BLANK)  # gets the id of a decision that was destroyed
    desk.say(later, "q3", Verdict.BLANK)

    reached, changed = decisions.changed_sheets(desk.ledger, before)
    assert set(changed) == {later, old}
    assert decisions.changed_sheets(desk.ledger, reached) == (reached, [])
