"""What the ledger says about forms that were printed, and the words with which it refuses."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from make_layout import make_layout
from make_ledger import LAYOUT, TODAY, add_file, add_page, fresh_ledger, ledger_url, seen, take

from omr.errors import LedgerUnusable, OmrError, UsageError
from omr.geometry import PageRect
from omr.layout import layout_to_json
from omr.ledger import Ledger, entries, issued, pages, readings
from omr.ledger.schema import metadata
from omr.ledger.sheets import KeptPart
from omr.ledger.stock_entries import add_entry
from omr.marks import Reason, SheetStatus
from omr.pads import Pad, PadName
from omr.serial_ranges import SerialRange
from omr.stock import Act, FormState

pytestmark = pytest.mark.embedded  # the statements are simple; what costs is a second database


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as fresh:
        yield fresh


def _forms(first: int, last: int, domain: str = "GTDB", year: int = 2026) -> SerialRange:
    return SerialRange(domain, year, first, last)


def test_a_pad_is_found_by_its_name_and_refused_by_it(ledger: Ledger) -> None:
    take(ledger, 70, pad_size=50)
    take(ledger, 5, domain="L05", pad_size=50)
    take(ledger, 5, year=2027, pad_size=50)

    assert issued.pad_of(ledger, PadName("GTDB", 2026, 2)) == Pad("GTDB", 2026, 2, 51, 70)
    assert issued.pad_of(ledger, PadName("L05", 2026, 1)) == Pad("L05", 2026, 1, 1, 5)
    assert issued.pad_of(ledger, PadName("GTDB", 2027, 1)) == Pad("GTDB", 2027, 1, 1, 5)
    with pytest.raises(UsageError) as failure:
        issued.pad_of(ledger, PadName("GTDB", 2026, 3))
    assert failure.value.message == "there is no pad 3 of GTDB in 2026"
    assert failure.value.remedy == "Compare the number on the cover."


def test_the_pads_of_some_forms_are_those_that_hold_one_of_them(ledger: Ledger) -> None:
    take(ledger, 20, pad_size=10)
    take(ledger, 10, pad_size=10, domain="L05")
    take(ledger, 10, pad_size=10, year=2027)
    one, two = Pad("GTDB", 2026, 1, 1, 10), Pad("GTDB", 2026, 2, 11, 20)

    assert issued.pads_of(ledger, _forms(10, 11)) == [one, two]
    assert issued.pads_of(ledger, _forms(1, 10)) == [one]
    assert issued.pads_of(ledger, _forms(11, 11)) == [two]
    assert issued.pads_of(ledger, _forms(21, 30)) == []
    assert issued.pads_of(ledger, _forms(10, 10, "L05")) == [Pad("L05", 2026, 1, 1, 10)]


def test_the_units_of_some_forms_are_those_for_which_they_were_printed(ledger: Ledger) -> None:
    take(ledger, 10, unit="HP-PC06")
    take(ledger, 10, unit="HP-PC07")
    take(ledger, 10, unit="HP-PC08", domain="L05")
    take(ledger, 10, unit="HP-PC09", year=2027)

    assert issued.units_of(ledger, _forms(10, 11)) == {"HP-PC06", "HP-PC07"}
    assert issued.units_of(ledger, _forms(1, 10)) == {"HP-PC06"}
    assert issued.units_of(ledger, _forms(11, 12)) == {"HP-PC07"}
    assert issued.units_of(ledger, _forms(20, 21)) == {"HP-PC07"}
    assert issued.units_of(ledger, _forms(21, 21)) == set()


def test_some_forms_were_printed_when_the_youngest_of_their_runs_was(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in (7, 8):
        monkeypatch.setattr(issued, "now", lambda hour=hour: f"2026-11-02T0{hour}:00:00+00:00")
        take(ledger, 10)

    assert issued.printed_at(ledger, _forms(1, 10)) == "2026-11-02T07:00:00+00:00"
    assert issued.printed_at(ledger, _forms(10, 11)) == "2026-11-02T08:00:00+00:00"
    assert issued.printed_at(ledger, _forms(21, 22)) is None


def test_forms_that_nobody_should_have_are_named_in_the_fewest_ranges(ledger: Ledger) -> None:
    take(ledger, 10)
    for act, first, last in [
        (Act.RETURN_UNUSED, 2, 3),
        (Act.LOST, 4, 5),
        (Act.VOID, 6, 6),
        (Act.RETURN_BLANK, 7, 7),
    ]:
        add_entry(ledger, act, [_forms(first, last)], on_day=TODAY, why="", by="an")
    take(ledger, 5, handed_out=False)
    take(ledger, 5, domain="L05", handed_out=False)

    assert issued.forms_against_the_books(ledger) == [
        _forms(2, 5),
        _forms(11, 15),
        _forms(1, 5, "L05"),
    ]


def test_many_forms_are_found_at_once_as_they_are_one_by_one(ledger: Ledger) -> None:
    first, second = take(ledger, 1), take(ledger, 1, unit="HP-PC06", handed_out=False)
    serials = [str(next(run.serials())) for run in (first, second)]

    with ledger.read() as connection:
        found = issued.find_all_issued(connection, [*serials, "GTDB-26-000009-A"], lock=False)
        single = {serial: issued.find_issued(connection, serial) for serial in serials}
        assert issued.find_all_issued(connection, []) == {}
    assert found == single
    assert [each.against_the_books for each in found.values()] == [None, Reason.NOT_HANDED_OUT]


def test_refused_sheets_of_void_forms_are_named_with_their_place(ledger: Ledger) -> None:
    serials = [str(serial) for serial in take(ledger, 4).serials()]
    source_id, batch_id = add_file(ledger, "lô 1.pdf")
    for page, number in ((0, 1), (1, 3)):
        add_page(
            ledger,
            source_id=source_id,
            batch_id=batch_id,
            sheets=[seen(serials[number], page=page)],
        )
    void = [_forms(1, 1), _forms(3, 3)]
    add_entry(ledger, Act.VOID, void, on_day=TODAY, why="", by="an")
    others = [(2, 0, SheetStatus.COUNTED), (3, 2, SheetStatus.COUNTED), (4, 1, SheetStatus.COUNTED)]
    for page, number, status in others:
        sheet = seen(serials[number], page=page, status=status)
        add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[sheet])
    strange = seen(serials[0], page=5, status=SheetStatus.REFUSED, reasons=(Reason.BAD_SIGNATURE,))
    add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[strange])

    with ledger.read() as connection:
        assert list(readings.refused_as_void(connection, _forms(1, 4))) == [
            (serials[0], "lô 1.pdf", 2),
            (serials[2], "lô 1.pdf", 3),
        ]
        assert list(readings.refused_as_void(connection, _forms(2, 3))) == [
            (serials[2], "lô 1.pdf", 3)
        ]


def test_a_crop_is_kept_once_under_its_name(ledger: Ledger) -> None:
    [serial] = [str(serial) for serial in take(ledger, 1).serials()]
    source_id, batch_id = add_file(ledger)
    add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(serial)])
    [row] = readings.sheet_rows(ledger)
    crop = KeptPart("q1", PageRect(1.0, 2.0, 3.0, 4.0), b"jpeg")

    pages.keep_part(ledger, row.record_id, crop, "ab" * 32)
    pages.keep_part(ledger, row.record_id, crop, "cd" * 32)
    pages.keep_part(ledger, row.record_id, KeptPart("q2", crop.region, b""), "ef" * 32)

    with ledger.read() as connection:
        table = metadata.tables["picture_part"]
        kept = connection.execute(sa.select(table).order_by(table.c.part)).mappings().all()
    assert [(each["part"], each["sha256"]) for each in kept] == [
        ("q1", "ab" * 32),
        ("q2", "ef" * 32),
    ]
    assert [kept[0][name] for name in ("x_mm", "y_mm", "w_mm", "h_mm")] == [1.0, 2.0, 3.0, 4.0]


def test_what_was_deleted_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    secret = b"who said it " * 40
    with Ledger.open(url) as ledger:
        direct = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        direct.execute("create table thoughts (thought blob)")
        direct.execute("insert into thoughts values (?)", (secret,))
        direct.execute("delete from thoughts")
        direct.close()
        assert any(secret in path.read_bytes() for path in tmp_path.glob("ledger.db*"))

        ledger.forget_deleted()

        assert not any(secret in path.read_bytes() for path in tmp_path.glob("ledger.db*"))


def _refusal(kind: type[OmrError], work: object, *args: object, **more: object) -> tuple[str, str]:
    with pytest.raises(kind) as failure:
        work(*args, **more)  # type: ignore[operator]
    return failure.value.message, failure.value.remedy


def test_a_run_longer_than_what_is_left_is_refused_with_the_number(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issued, "MAX_NUMBER", 20)
    take(ledger, 15)

    assert _refusal(UsageError, take, ledger, 6) == (
        "only 5 serials are left for GTDB in 2026",
        "Ask for fewer forms.",
    )


def test_a_layout_that_one_code_would_name_with_another_is_refused(ledger: Ledger) -> None:
    other = make_layout(survey="other")
    older = other.layout_id[:6] + "F" * (len(other.layout_id) - 6)
    row = {"layout_id": older, "code": older[:6], "body_json": "{}", "kept_at": "2026"}
    with ledger.write() as connection:
        connection.execute(metadata.tables["layout"].insert().values(**row))

    assert _refusal(OmrError, issued.keep_layout, ledger, other) == (
        f"layout {other.layout_id} cannot be told from layout {older} by its code",
        "Change the survey's revision number and print again.",
    )
    said, remedy = _refusal(LedgerUnusable, issued.layouts, ledger)
    assert said.startswith("a layout in the ledger is damaged: '")
    assert remedy == "Put the newest backup of the ledger in its place."


def test_a_layout_is_kept_once_with_its_code_and_moment(ledger: Ledger) -> None:
    issued.keep_layout(ledger, LAYOUT)

    with ledger.read() as connection:
        [row] = connection.execute(sa.select(metadata.tables["layout"])).all()
    assert (row.layout_id, row.code) == (LAYOUT.layout_id, LAYOUT.layout_id[:6])
    assert row.kept_at.endswith("+00:00")
    assert row.body_json == json.dumps(layout_to_json(LAYOUT), sort_keys=True)


def test_a_run_keeps_everything_that_it_was_asked_for(ledger: Ledger) -> None:
    take(ledger, 3, pad_size=2)
    run = take(ledger, 3, pad_size=2)

    assert run.pads == (Pad("GTDB", 2026, 3, 4, 5), Pad("GTDB", 2026, 4, 6, 6))
    assert (run.layout_id, run.key_id, run.unit, run.year) == (LAYOUT.layout_id, 1, "HP-PC08", 2026)
    assert run.forms == _forms(4, 6)
    with ledger.read() as connection:
        table = metadata.tables["print_run"]
        row = connection.execute(sa.select(table).where(table.c.run_id == run.run_id)).one()
    assert (row.first, row.count, row.paper, row.pad_size) == (4, 3, "a5", 2)
    assert row.taken_at.endswith("+00:00")


def test_a_unit_beyond_what_a_code_can_name_is_refused_by_name(ledger: Ledger) -> None:
    full = {"kind": "unit", "code": "LAST", "number": 0xFFFF}
    with ledger.write() as connection:
        connection.execute(metadata.tables["code_number"].insert().values(**full))

    said, _remedy = _refusal(OmrError, take, ledger, 1, unit="HP-NEW")
    assert said == "no number is left for unit HP-NEW"
    assert take(ledger, 1, unit="LAST").unit_number == 0xFFFF


def test_entries_that_contradict_each_other_make_the_ledger_unusable() -> None:
    twice = [
        entries.Entry(n, Act.VOID, (_forms(1, 2),), date(2026, 11, 2), "", "an", "") for n in (1, 2)
    ]

    said, remedy = _refusal(LedgerUnusable, entries.history_of, twice)
    assert said.startswith("entries about GTDB-26-000001-")
    assert said.endswith("contradict each other: void cannot void")
    assert remedy == "Put the newest backup of the ledger in its place, and report this."


def test_where_forms_are_is_told_in_ranges_of_one_state(ledger: Ledger) -> None:
    serials = [str(serial) for serial in take(ledger, 6).serials()]
    add_entry(ledger, Act.LOST, [_forms(2, 3)], on_day=TODAY, why="", by="an")
    source_id, batch_id = add_file(ledger)
    add_page(ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(serials[4])])
    add_page(
        ledger, source_id=source_id, batch_id=batch_id, sheets=[seen(serials[5], page=1, said={})]
    )

    with ledger.read() as connection:
        assert entries.states_in(connection, _forms(1, 9)) == [
            (_forms(1, 1), FormState.OUTSTANDING),
            (_forms(2, 3), FormState.LOST),
            (_forms(4, 4), FormState.OUTSTANDING),
            (_forms(5, 5), FormState.RETURNED_ANSWERED),
            (_forms(6, 6), FormState.RETURNED_BLANK),
        ]
        assert [entry.act for entry in entries.entries_in(connection, _forms(3, 3))] == [
            Act.ISSUE,
            Act.LOST,
        ]


@pytest.mark.parametrize(
    ("content", "words", "remedy"),
    [
        (None, "no ledger at {path}", "Make a workspace with: omr init DIR"),
        (b"", "there is no ledger in the file {path}", "Put the newest backup in its place."),
    ],
    ids=["missing", "emptied"],
)
def test_a_ledger_that_is_not_there_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes | None, words: str, remedy: str
) -> None:
    path = tmp_path / "ledger.db"
    if content is not None:
        path.write_bytes(content)

    said = _refusal(LedgerUnusable, Ledger.open, f"sqlite:///{path}")
    assert said == (words.format(path=path), remedy)


def test_a_ledger_of_a_newer_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with sqlite3.connect(tmp_path / "ledger.db") as direct:
        direct.execute("update alembic_version set version_num = 'from the future'")
    direct.close()

    assert _refusal(LedgerUnusable, Ledger.open, url) == (
        "the ledger was made by a newer version of omr",
        "Install the newest version, then run the command again.",
    )
