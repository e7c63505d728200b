from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from full_ledger import full_ledger
from make_ledger import LAYOUT, add_file, fresh_ledger, ledger_url, take

from omr.errors import LedgerUnusable
from omr.ledger import Ledger, issued, migrate
from omr.ledger.schema import HEAD_REVISION, PASSING, append_only_ddl, metadata
from omr.marks import SheetStatus

TABLES = sorted(metadata.tables)
KEPT = [name for name in TABLES if name not in PASSING]


@pytest.mark.skipif(os.name == "nt", reason="processes are not asked there")
def test_what_a_killed_maker_left_beside_the_ledger_goes(tmp_path: Path) -> None:
    at_work = tmp_path / f"ledger.db.{os.getppid()}.new"
    at_work.touch()
    for maker in (99999999, os.getpid()):
        for ending in ("", "-wal", "-shm"):
            (tmp_path / f"ledger.db.{maker}.new{ending}").touch()

    Ledger.create(f"sqlite:///{tmp_path / 'ledger.db'}").close()

    assert list(tmp_path.glob("ledger.db.*new*")) == [at_work]


@pytest.mark.embedded
def test_a_ledger_whose_rows_are_still_beside_it_never_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk closing leaves them in the log, as it does while somebody else is reading."""
    path, opened, readers = tmp_path / "ledger.db", Ledger._opened, []

    def while_somebody_reads(url: str, *given: Any, **named: Any) -> Ledger:
        ledger = opened(url, *given, **named)
        if url.endswith(".new"):
            readers.append(sqlite3.connect(url.removeprefix("sqlite:///")))
            readers[0].execute("begin")
            readers[0].execute("select * from alembic_version").fetchall()
        return ledger

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "_opened", while_somebody_reads)
        with pytest.raises(LedgerUnusable, match="locked"):
            Ledger.create(f"sqlite:///{path}")
    readers[0].close()

    assert list(tmp_path.iterdir()) == []
    Ledger.create(f"sqlite:///{path}").close()


def test_the_migrations_lead_to_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger, ledger.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


@pytest.mark.embedded
def test_the_migrations_make_the_same_checks_and_indexes_as_the_tables(tmp_path: Path) -> None:
    direct = sa.create_engine(f"sqlite:///{tmp_path / 'direct.db'}")
    metadata.create_all(direct)
    with fresh_ledger(tmp_path) as ledger, ledger.read() as migrated, direct.connect() as made:
        for name in TABLES:
            assert _rules(migrated, name) == _rules(made, name)
    direct.dispose()


def _rules(connection: sa.Connection, table: str) -> dict[str, Any]:
    inspector = sa.inspect(connection)
    indexes = {
        index["name"]: (
            index["column_names"],
            index["unique"],
            str(index.get("dialect_options", {}).get("sqlite_where")),
        )
        for index in inspector.get_indexes(table)
    }
    return {
        "checks": sorted(
            (check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table)
        ),
        "unique": sorted(
            (str(unique["name"]), unique["column_names"])
            for unique in inspector.get_unique_constraints(table)
        ),
        "foreign": sorted(
            (str(key["name"]), key["constrained_columns"], key["referred_table"])
            for key in inspector.get_foreign_keys(table)
        ),
        "primary": inspector.get_pk_constraint(table),
        "indexes": indexes,
        "nullable": {column["name"]: column["nullable"] for column in inspector.get_columns(table)},
    }


def test_the_newest_step_is_the_one_that_the_program_expects(tmp_path: Path) -> None:
    script = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))

    assert script.get_heads() == [HEAD_REVISION]
    assert HEAD_REVISION in migrate.steps()
    with fresh_ledger(tmp_path) as ledger, ledger.read() as connection:
        version = connection.execute(sa.text("select version_num from alembic_version")).scalar()
        assert version == HEAD_REVISION


@pytest.mark.embedded
def test_every_table_is_of_the_kind_that_only_grows(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger, ledger.read() as connection:
        triggers = set(
            connection.execute(
                sa.text("select name from sqlite_master where type = 'trigger'")
            ).scalars()
        )

    assert triggers == {f"{name}_no_{verb}" for name in KEPT for verb in ("update", "delete")}


def test_no_row_of_any_table_can_be_changed_or_deleted(tmp_path: Path) -> None:
    with full_ledger(tmp_path) as ledger:
        for name in KEPT:
            table = metadata.tables[name]
            column = next(iter(table.columns))
            for attempt in (
                table.update().values({column: column}),
                table.delete(),
            ):
                with (
                    pytest.raises(sa.exc.IntegrityError, match="only ever added"),
                    ledger.write() as connection,
                ):
                    connection.execute(attempt)
        with ledger.read() as connection:
            for name in KEPT:
                count = sa.select(sa.func.count()).select_from(metadata.tables[name])
                assert connection.execute(count).scalar_one() > 0, name


@pytest.mark.embedded
def test_a_row_cannot_be_replaced_by_inserting_over_it(tmp_path: Path) -> None:
    with full_ledger(tmp_path) as ledger:
        before = _everything(ledger)
        for name in KEPT:
            table = metadata.tables[name]
            again = table.insert().from_select(list(table.columns), sa.select(table))
            with pytest.raises(sa.exc.IntegrityError), ledger.write() as connection:
                connection.execute(again.prefix_with("or replace"))
        assert _everything(ledger) == before


def _everything(ledger: Ledger) -> dict[str, list[Any]]:
    with ledger.read() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.select(metadata.tables[name]))]
            for name in KEPT
        }


def test_the_database_itself_lets_no_two_readings_hold_one_serial(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        serial = str(next(take(ledger, 1).serials()))
        source_id, batch_id = add_file(ledger)
        sheet = metadata.tables["sheet"]

        def row(number: int, status: SheetStatus) -> dict[str, Any]:
            return {
                "record_id": f"r{number}",
                "source_id": source_id,
                "batch_id": batch_id,
                "page": number,
                "sheet": 0,
                "status": status.value,
                "reasons_json": "[]",
                "serial": serial,
            }

        with ledger.write() as connection:
            connection.execute(sheet.insert().values(row(0, SheetStatus.COUNTED)))
        for status in (SheetStatus.COUNTED, SheetStatus.REVIEW):
            with pytest.raises(sa.exc.IntegrityError), ledger.write() as connection:
                connection.execute(sheet.insert().values(row(1, status)))
        for number, status in enumerate((SheetStatus.DUPLICATE, SheetStatus.REFUSED), start=2):
            with ledger.write() as connection:
                connection.execute(sheet.insert().values(row(number, status)))


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("run_finished", {"run_id": 77, "finished_at": ""}),
        ("issued", {"serial": "S", "domain": "D", "year": 26, "number": 1, "run_id": 77}),
        (
            "answer",
            {"sheet_id": 77, "question": "a", "state": "blank", "options": "", "reasons": ""},
        ),
    ],
)
def test_a_row_about_something_that_does_not_exist_is_refused(
    tmp_path: Path, table: str, values: dict[str, Any]
) -> None:
    with (
        fresh_ledger(tmp_path) as ledger,
        pytest.raises(sa.exc.IntegrityError),
        ledger.write() as connection,
    ):
        connection.execute(metadata.tables[table].insert().values(values))


def test_a_word_that_is_no_status_is_refused(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        source_id, batch_id = add_file(ledger)
        values = {
            "record_id": "r",
            "source_id": source_id,
            "batch_id": batch_id,
            "page": 0,
            "sheet": 0,
            "status": "maybe",
            "reasons_json": "[]",
        }
        with pytest.raises(sa.exc.IntegrityError), ledger.write() as connection:
            connection.execute(metadata.tables["sheet"].insert().values(values))


@pytest.mark.embedded
@pytest.mark.parametrize("after", ["sheet", "issued", "voided"])
def test_a_migration_that_fails_midway_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    genuine = Operations.create_table

    def fails(self: Operations, name: str, *columns: Any, **options: Any) -> Any:
        made = genuine(self, name, *columns, **options)
        if name == after:
            raise OSError("disk pulled out")
        return made

    path = tmp_path / "ledger.db"
    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_table", fails)
        with pytest.raises((OSError, LedgerUnusable)):
            Ledger.create(f"sqlite:///{path}")
    assert list(tmp_path.iterdir()) == []

    with Ledger.create(f"sqlite:///{path}") as ledger:
        assert issued.layouts(ledger) == {}
    assert {entry.name for entry in tmp_path.iterdir()} == {"ledger.db", "ledger.db.counter"}


def test_making_a_ledger_twice_keeps_what_is_in_it(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with Ledger.open(url) as ledger:
        take(ledger, 3)

    with Ledger.create(url) as ledger:
        assert take(ledger, 1).first == 4


def test_a_kept_layout_comes_back_and_is_kept_once(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        issued.keep_layout(ledger, LAYOUT)

        assert issued.layouts(ledger) == {LAYOUT.layout_id: LAYOUT}
        with ledger.read() as connection:
            body = connection.execute(sa.select(metadata.tables["layout"].c.body_json)).scalar_one()
        assert json.loads(body)["layout"] == LAYOUT.layout_id


@pytest.mark.embedded
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_each_kind_of_database_is_told_to_refuse_changes(dialect: str) -> None:
    statements = " ".join(append_only_ddl(dialect, TABLES)).lower()

    for name in TABLES:
        assert f" on {name} " in statements
    assert "update" in statements
    assert "delete" in statements
