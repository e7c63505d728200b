from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from make_layout import make_layout
from make_ledger import LAYOUT, fresh_ledger, ledger_url, take, void

from omr.errors import LedgerUnusable, OmrError, UsageError
from omr.ledger import Ledger, issued
from omr.ledger.schema import metadata
from omr.ledger.stock_entries import EntryRefused
from omr.serials import MAX_NUMBER, Serial, parse_serial
from omr.stock import FormState


def _issued(ledger: Ledger) -> list[str]:
    """Every serial in the ledger, in no order."""
    with ledger.read() as connection:
        return list(connection.execute(sa.select(metadata.tables["issued"].c.serial)).scalars())


def _found(ledger: Ledger, serial: object) -> issued.Issued | None:
    with ledger.read() as connection:
        return issued.find_issued(connection, str(serial))


def test_numbers_go_on_where_the_last_run_ended(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        runs = [take(ledger, count) for count in (1, 50, 7)]

        assert [run.first for run in runs] == [1, 2, 52]
        assert [str(serial)[:14] for serial in runs[2].serials()][-1] == "GTDB-26-000058"


def test_every_domain_and_every_year_counts_for_itself(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 10, domain="GTDB", year=2026)

        assert take(ledger, 5, domain="PCCC", year=2026).first == 1
        assert take(ledger, 5, domain="GTDB", year=2027).first == 1
        assert take(ledger, 5, domain="GTDB", year=2026).first == 11


def test_units_share_the_numbers_of_a_domain(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 10, unit="HP-PC08")

        assert take(ledger, 5, unit="HP-11000").first == 11


def test_serials_are_in_the_ledger_before_the_run_is_handed_out(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with Ledger.open(url) as ledger, Ledger.open(url) as other:
        run = take(ledger, 25)

        assert sorted(_issued(other)) == sorted(str(serial) for serial in run.serials())


def test_what_was_issued_is_found_with_unit_domain_and_layout(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        run = take(ledger, 2, unit="HP-PA08", domain="XNC")

        for serial in run.serials():
            assert _found(ledger, serial) == issued.Issued(
                str(serial), "HP-PA08", "XNC", LAYOUT.layout_id, FormState.OUTSTANDING
            )
        assert _found(ledger, Serial("XNC", 2026, 3)) is None


def test_numbers_of_a_voided_run_are_not_given_again(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        spoilt = take(ledger, 10)
        void(ledger, spoilt)

        assert take(ledger, 5).first == 11
        found = [_found(ledger, serial) for serial in spoilt.serials()]
        assert all(known is not None and known.state is FormState.VOID for known in found)


def test_voiding_a_run_leaves_the_others_alone(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        before, spoilt, after = take(ledger, 3), take(ledger, 3), take(ledger, 3)
        void(ledger, spoilt)

        for run in (before, after):
            for serial in run.serials():
                known = _found(ledger, serial)
                assert known is not None
                assert known.state is FormState.OUTSTANDING


def test_a_crash_before_the_commit_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: object) -> int:
        raise KeyboardInterrupt

    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 3)
        with monkeypatch.context() as patch:
            patch.setattr(issued, "_number", crash)
            with pytest.raises(KeyboardInterrupt):
                take(ledger, 10)
        assert len(_issued(ledger)) == 3
        with ledger.read() as connection:
            runs = sa.select(sa.func.count()).select_from(metadata.tables["print_run"])
            assert connection.execute(runs).scalar_one() == 1

        assert take(ledger, 2).first == 4


def _take_and_die(url: str) -> None:
    ledger = Ledger.open(url)
    take(ledger, 10)
    multiprocessing.current_process().kill()  # no clean-up of any kind


def test_a_process_killed_after_the_commit_wastes_its_numbers(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    process = multiprocessing.get_context("spawn").Process(target=_take_and_die, args=(url,))
    process.start()
    process.join(60)
    assert process.exitcode not in (0, None)

    with Ledger.open(url) as ledger:
        assert take(ledger, 1).first == 11


def _take_runs(url: str, runs: int, unit: str) -> list[tuple[int, int]]:
    with Ledger.open(url) as ledger:
        return [(run.first, run.count) for run in (take(ledger, 3, unit=unit) for _ in range(runs))]


def test_two_processes_never_get_one_number(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        taken = pool.starmap(_take_runs, [(url, 25, "HP-PC06"), (url, 25, "HP-PC07")])

    numbers = [n for runs in taken for first, count in runs for n in range(first, first + count)]
    assert sorted(numbers) == list(range(1, 151))


def test_four_threads_never_get_one_number(tmp_path: Path) -> None:
    taken: list[int] = []
    failures: list[BaseException] = []

    with fresh_ledger(tmp_path) as ledger:

        def work() -> None:
            try:
                for _ in range(25):
                    run = take(ledger, 2)
                    taken.extend(serial.number for serial in run.serials())
            except BaseException as failure:  # noqa: BLE001 - shown below
                failures.append(failure)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert failures == []
        assert sorted(taken) == list(range(1, 201))
        assert len(_issued(ledger)) == 200


def test_the_last_numbers_are_given_and_then_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issued, "MAX_NUMBER", 20)
    assert MAX_NUMBER == 999_999
    with fresh_ledger(tmp_path) as ledger:
        take(ledger, 15)
        with pytest.raises(UsageError, match="5 serials are left") as failure:
            take(ledger, 6)
        assert failure.value.remedy
        assert take(ledger, 5).first == 16
        with pytest.raises(UsageError, match="0 serials are left"):
            take(ledger, 1)
        assert len(_issued(ledger)) == 20


@pytest.mark.parametrize("count", [0, -1])
def test_a_run_of_no_forms_is_refused(tmp_path: Path, count: int) -> None:
    with fresh_ledger(tmp_path) as ledger:
        with pytest.raises((UsageError, sa.exc.IntegrityError)):
            take(ledger, count)
        assert _issued(ledger) == []


@pytest.mark.parametrize(("domain", "year"), [("gtdb", 2026), ("GT-DB", 2026), ("GTDB", 26)])
def test_a_serial_that_nobody_could_type_back_is_not_taken(
    tmp_path: Path, domain: str, year: int
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        with pytest.raises(ValueError, match="no such serial"):
            take(ledger, 1, domain=domain, year=year)
        assert _issued(ledger) == []


def test_a_layout_that_was_not_kept_cannot_be_printed(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        with pytest.raises(sa.exc.IntegrityError):
            take(ledger, 1, layout=make_layout(survey="never kept"))
        assert _issued(ledger) == []


def test_units_and_domains_keep_their_small_numbers_for_ever(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        first = take(ledger, 1, unit="HP-PC06", domain="GTDB")
        second = take(ledger, 1, unit="HP-PC07", domain="PCCC")
        again = take(ledger, 1, unit="HP-PC06", domain="PCCC")

        assert (first.unit_number, first.domain_number) != (0, 0)
        assert first.unit_number != second.unit_number
        assert first.domain_number != second.domain_number
        assert again.unit_number == first.unit_number
        assert again.domain_number == second.domain_number
        assert issued.code_numbers(ledger) == {
            ("unit", first.unit_number): "HP-PC06",
            ("unit", second.unit_number): "HP-PC07",
            ("domain", first.domain_number): "GTDB",
            ("domain", second.domain_number): "PCCC",
        }


def test_more_domains_than_a_qr_code_can_name_are_refused(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        rows = [{"kind": "domain", "code": f"D{n}", "number": n} for n in range(1, 256)]
        with ledger.write() as connection:
            connection.execute(metadata.tables["code_number"].insert(), rows)
        with pytest.raises(OmrError, match="NEW"):
            take(ledger, 1, domain="NEW")
        assert _issued(ledger) == []
        assert take(ledger, 1, domain="D255").domain_number == 255


def test_two_layouts_that_one_code_would_name_are_refused(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        other = make_layout(survey="other")
        with ledger.write() as connection:
            connection.execute(
                metadata.tables["layout"]
                .insert()
                .values(
                    layout_id=other.layout_id[:6] + "FFFFFF",
                    code=other.layout_id[:6],
                    body_json="{}",
                    kept_at="2026-01-01T00:00:00+00:00",
                )
            )
        with pytest.raises(OmrError, match="cannot be told") as failure:
            issued.keep_layout(ledger, other)
        assert failure.value.remedy


@pytest.mark.embedded
def test_a_layout_altered_in_the_file_is_not_used(tmp_path: Path) -> None:
    url = ledger_url(tmp_path)
    with sqlite3.connect(tmp_path / "ledger.db") as direct:
        direct.execute("drop trigger layout_no_update")
        direct.execute("update layout set body_json = replace(body_json, '70.0', '71.0')")
    direct.close()

    with Ledger.open(url) as ledger, pytest.raises(LedgerUnusable, match="its own content"):
        issued.layouts(ledger)


class Issuing(RuleBasedStateMachine):
    """Runs, voids, crashes and re-opened ledgers in any order: no number is given twice."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="omr-test-"))
        self._url = ledger_url(self._folder)
        self._ledger = Ledger.open(self._url)
        self._given: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._runs: list[issued.PrintRun] = []
        self._voided: set[int] = set()

    @rule(
        domain=st.sampled_from(["GTDB", "L05"]),
        year=st.sampled_from([2026, 2027]),
        count=st.integers(1, 60),
        unit=st.sampled_from(["HP-PC06", "HP-11000"]),
    )
    def print_some(self, domain: str, year: int, count: int, unit: str) -> None:
        run = take(self._ledger, count, domain=domain, year=year, unit=unit)
        given = self._given[domain, year]
        assert [serial.number for serial in run.serials()] == list(
            range(len(given) + 1, len(given) + 1 + count)
        )
        given += [serial.number for serial in run.serials()]
        self._runs.append(run)

    @precondition(lambda self: self._runs)
    @rule(data=st.data())
    def void_one(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(self._runs))
        if run.run_id in self._voided:
            with pytest.raises(EntryRefused):
                void(self._ledger, run)
        else:
            void(self._ledger, run)
        self._voided.add(run.run_id)

    @rule(count=st.integers(1, 20))
    def crash_in_between(self, count: int) -> None:
        class Crash(Exception):
            pass

        with pytest.raises(Crash), _crashing(Crash):
            take(self._ledger, count)

    @rule()
    def start_again(self) -> None:
        self._ledger.close()
        self._ledger = Ledger.open(self._url)

    @invariant()
    def the_ledger_knows_exactly_what_was_given(self) -> None:
        known = [parse_serial(serial) for serial in _issued(self._ledger)]
        numbers: dict[tuple[str, int], list[int]] = defaultdict(list)
        for serial in sorted(known):
            numbers[serial.domain, serial.year].append(serial.number)
        assert numbers == {key: given for key, given in self._given.items() if given}

    @invariant()
    def exactly_the_voided_runs_are_void(self) -> None:
        for run in self._runs:
            known = _found(self._ledger, next(run.serials()))
            assert known is not None
            assert (known.state is FormState.VOID) == (run.run_id in self._voided)
            assert known.unit == run.unit

    def teardown(self) -> None:
        self._ledger.close()
        shutil.rmtree(self._folder)


class _crashing:  # noqa: N801 - reads as a word in a with statement
    """Makes the last step before the commit raise."""

    def __init__(self, kind: type[Exception]) -> None:
        self._kind = kind
        self._patch = pytest.MonkeyPatch()

    def __enter__(self) -> None:
        def crash(_run: issued.PrintRun) -> Iterator[Serial]:
            raise self._kind

        self._patch.setattr(issued.PrintRun, "serials", crash)

    def __exit__(self, *_args: object) -> None:
        self._patch.undo()


TestIssuing = Issuing.TestCase
TestIssuing.settings = settings(max_examples=15, stateful_step_count=10, deadline=None)


def test_a_changed_layout_is_kept_beside_the_old_one(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        newer = replace(LAYOUT, revision=2)
        issued.keep_layout(ledger, newer)

        assert set(issued.layouts(ledger)) == {
            LAYOUT.layout_id,
            newer.layout_id,
        }
