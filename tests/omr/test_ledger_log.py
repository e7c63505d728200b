"""The log: everything that is added is in it, and whatever is done to it or to rows is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from full_ledger import full_ledger
from make_ledger import add_file, add_page, answers, fresh_ledger, seen, take

from omr.ledger import Ledger
from omr.ledger.checking import Finding, Wrong, check, check_ledger
from omr.ledger.digests import KINDS
from omr.ledger.months import close_month
from omr.ledger.schema import PASSING, log_entry, metadata
from omr.ledger.unlinking import unlink_month

_ROWS = [t for t in metadata.sorted_tables if t.name not in PASSING and t is not log_entry]


def _after(ledger: Ledger, *meddling: sa.Executable | str) -> tuple[Finding, ...]:
    """What a check finds after statements that pass by the log; they are undone again."""
    past_the_log = sa.create_engine(ledger._engine.url)
    with past_the_log.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("set local session_replication_role = replica")
        else:
            connection.exec_driver_sql("pragma defer_foreign_keys = on")
            triggers = "select name from sqlite_master where type = 'trigger'"
            for name in connection.exec_driver_sql(triggers).scalars().all():
                connection.exec_driver_sql(f"drop trigger {name}")
        for statement in meddling:
            connection.execute(sa.text(statement) if isinstance(statement, str) else statement)
        found = check(connection).findings
        connection.rollback()
    past_the_log.dispose()
    return tuple(each for each in found if each.wrong is not Wrong.UNPROTECTED)


def _other(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.Integer | sa.Float):
        return 987654
    return b"other" if isinstance(column.type, sa.LargeBinary) else "other"


def test_a_ledger_in_which_everything_was_said_is_as_it_was_logged(tmp_path: Path) -> None:
    with full_ledger(tmp_path) as ledger, ledger.read() as connection:
        checked = check_ledger(ledger)
        rows = sum(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in _ROWS
        )

    assert checked.findings == ()
    assert checked.records >= rows - 4  # five forms of two runs are two records, answers are two
    assert checked.head is not None


def test_a_row_of_any_table_that_is_altered_removed_or_put_in_is_named(tmp_path: Path) -> None:
    with full_ledger(tmp_path) as ledger:
        changes = [
            table.update().values({column: _other(column)})
            for table in _ROWS
            for column in [_free_column(table)]
        ]
        altered = _after(ledger, *changes)
        removed = _after(ledger, *(table.delete() for table in _ROWS))
        again = [
            table.insert().from_select(
                [c.name for c in table.columns], sa.select(*_moved(table)).limit(1)
            )
            for table in _ROWS
        ]
        put_in = _after(ledger, *again)

    for table in _ROWS:
        assert _named(altered, table) & {Wrong.ALTERED, Wrong.INSERTED}, table.name
        assert Wrong.REMOVED in _named(removed, table), table.name
        assert _named(put_in, table) & {Wrong.ALTERED, Wrong.INSERTED}, table.name


def _free_column(table: sa.Table) -> sa.Column[Any]:
    """The last column that may hold anything."""
    return [c for c in table.columns if c.name != "salt" and not _is_checked(table, c)][-1]


def _moved(table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """A row's columns, those that must be its own another's: it may stand beside it."""
    own = {c for u in table.constraints if isinstance(u, sa.UniqueConstraint) for c in u.columns}
    own |= {c for index in table.indexes if index.unique for c in index.columns}
    own |= set(table.primary_key.columns)
    return [
        sa.literal(_other(c)).label(c.name) if c in own and not _is_checked(table, c) else c
        for c in table.columns
    ]


def _named(found: tuple[Finding, ...], table: sa.Table) -> set[Wrong]:
    return {each.wrong for each in found if each.record.startswith(table.name)}


def _is_checked(table: sa.Table, column: sa.Column[Any]) -> bool:
    rules = [str(c.sqltext) for c in table.constraints if isinstance(c, sa.CheckConstraint)]
    return any(column.name in rule for rule in rules)


def test_a_row_that_passed_by_the_log_is_named(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        source_id, batch_id = add_file(ledger)
        add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(None)])
        found = _after(
            ledger,
            "insert into sheet (record_id, source_id, page, sheet, status, reasons_json, "
            "batch_id) select 'r', source_id, 7, 0, 'blank', '[]', batch_id from source",
        )

    assert [(each.wrong, each.record) for each in found] == [
        (Wrong.INSERTED, "sheet 2 (batch.pdf, page 8)")
    ]


@pytest.mark.parametrize(
    ("meddling", "wrong"),
    [
        ("update log_entry set body_json = '{}' where entry = 3", Wrong.ENTRY_ALTERED),
        ("update log_entry set at = '2026' where entry = 3", Wrong.ENTRY_ALTERED),
        ("update log_entry set hash = 'x' where entry = 3", Wrong.ENTRY_ALTERED),
        ("update log_entry set body_json = '[7' where entry = 3", Wrong.ENTRY_UNREADABLE),
        ("delete from log_entry where entry = 3", Wrong.ENTRY_MISSING),
        pytest.param(
            "update log_entry set entry = 109 - entry where entry in (4, 5); "  # change places
            "update log_entry set entry = entry - 100 where entry > 100",
            Wrong.ENTRY_ALTERED,
        ),
        ("delete from log_entry", Wrong.ENTRY_MISSING),
        (
            """update log_entry set body_json = '{"gone":{"x":[[1,999999999]]}}' where entry = 3""",
            Wrong.ENTRY_UNREADABLE,
        ),
        (
            """update log_entry set body_json = '{"rows":{"sheet":[[1,[2]]]}}' where entry = 3""",
            Wrong.ENTRY_UNREADABLE,
        ),
    ],
)
def test_an_entry_that_is_altered_removed_or_moved_is_named(
    tmp_path: Path, meddling: str, wrong: Wrong
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        for _ in range(3):
            take(ledger, 1)
        found = _after(ledger, *meddling.split("; "))

    assert any(each.wrong is wrong for each in found)


def test_the_end_of_the_log_cannot_go_without_its_rows(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 1)
        last = sa.select(sa.func.max(log_entry.c.entry)).scalar_subquery()
        found = _after(ledger, log_entry.delete().where(log_entry.c.entry == last))

    assert {each.wrong for each in found} == {Wrong.INSERTED}


def test_protection_that_was_taken_away_is_named(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        with ledger.write() as connection:
            server = connection.dialect.name == "postgresql"
            connection.exec_driver_sql(
                "drop trigger sheet_only_added on sheet"
                if server
                else "drop trigger sheet_no_update"
            )
        [found] = check_ledger(ledger).findings
        if server:
            with ledger.write() as connection:
                connection.exec_driver_sql(
                    "create trigger sheet_only_added before update or delete on sheet "
                    "for each row execute function omr_only_added()"
                )

    assert found.wrong is Wrong.UNPROTECTED
    assert "sheet" in found.record


def test_rows_are_added_only_where_they_are_logged(tmp_path: Path) -> None:
    row = metadata.tables["code_number"].insert().values(kind="unit", code="U", number=1)
    with fresh_ledger(tmp_path) as ledger:
        with ledger.read() as connection, pytest.raises(RuntimeError, match=r"Ledger\.write"):
            connection.execute(row)
        copied = (
            metadata.tables["pad"]
            .insert()
            .from_select(["domain"], sa.select(metadata.tables["issued"].c.domain))
        )
        with pytest.raises((RuntimeError, sa.exc.IntegrityError)), ledger.write() as connection:
            connection.execute(copied)
        assert check_ledger(ledger).findings == ()


def _add_and_take_back(ledger: Ledger, row: sa.Insert) -> None:
    with ledger.write() as connection, connection.begin_nested() as inner:
        connection.execute(row)
        inner.rollback()


def test_a_row_that_a_savepoint_took_back_is_not_logged(tmp_path: Path) -> None:
    row = (
        metadata.tables["batch"]
        .insert()
        .values(period="2026-07", software="x", thresholds_json="{}", started_at="")
    )
    with fresh_ledger(tmp_path) as ledger:
        with pytest.raises(RuntimeError, match="cannot be logged"):
            _add_and_take_back(ledger, row)
        assert check_ledger(ledger).findings == ()


def test_unlinking_a_month_leaves_a_whole_log_that_no_answer_can_be_tried_against(
    tmp_path: Path,
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        serial = str(next(take(ledger, 1).serials()))
        source_id, batch_id = add_file(ledger)
        said = answers(q1="r5")
        add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(serial, said=said)])
        with ledger.read() as connection:
            log = "".join(connection.execute(sa.select(log_entry.c.body_json)).scalars())
            row = {"sheet_id": 1, "question": "q1", "state": "answered", "options": "r5"}
            salt = connection.execute(sa.text("select salt from sheet")).scalar_one()
        row["reasons"] = ""
        with_salt = KINDS["answer"].digest_of([row], bytes(salt))
        assert with_salt in log  # the very row, so the one without its salt is the right trial
        assert KINDS["answer"].digest_of([row], None) not in log
        close_month(ledger, "2026-07", b"what was counted", by="an")
        unlink_month(ledger, "2026-07", b"totals", by="an")
        checked = check_ledger(ledger)
        with ledger.read() as connection:
            left = connection.execute(sa.text("select salt from sheet")).scalars().all()

    assert checked.findings == ()
    assert checked.gone == 3  # its answers, its measurements, what was counted
    assert left == [None]


def test_what_was_destroyed_with_a_month_cannot_come_back(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        serial = str(next(take(ledger, 1).serials()))
        source_id, batch_id = add_file(ledger)
        add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(serial)])
        close_month(ledger, "2026-07", b"what was counted", by="an")
        unlink_month(ledger, "2026-07", b"totals", by="an")
        found = _after(
            ledger,
            "insert into answer values (1, 'q1', 'answered', 'r1', '')",
        )

    assert [each.wrong for each in found] == [Wrong.CAME_BACK]
