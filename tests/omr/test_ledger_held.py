"""Which forms came back, asked for alone and among all, blank or with a mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from decision_desk import Desk, remeasured
from make_ledger import add_file, answers, fresh_ledger, seen, take

from omr.ledger import decisions, papers
from omr.ledger.held import HeldForm, held_forms
from omr.ledger.months import close_month
from omr.ledger.papers import Keeps
from omr.ledger.standing import IDENTITY, WHOLE, Verdict
from omr.ledger.unlinking import unlink_month
from omr.marks import Reason, SheetStatus
from omr.serial_ranges import SerialRange
from omr.serials import Serial

pytestmark = pytest.mark.embedded

MONTH = "2026-07"  # of the file that the desk reads
BLANK = answers(q1="", q2="")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_ledger(tmp_path) as ledger:
        yield Desk(ledger)


def _back(desk: Desk, within: SerialRange | None = None) -> list[HeldForm]:
    with desk.ledger.read() as connection:
        found = held_forms(connection, within)
    return sorted(found, key=lambda form: (form.domain, form.year, form.number))


def _form(number: int, *, says: bool, period: str = MONTH, domain: str = "GTDB") -> HeldForm:
    return HeldForm(domain, 2026, number, period, says)


def _is_found_alone_as_among_all(desk: Desk) -> None:
    every = _back(desk)
    for form in every:
        n, year = form.number, form.year
        assert _back(desk, SerialRange(form.domain, year, n, n)) == [form]
        assert form not in _back(desk, SerialRange(form.domain, year, n + 1, n + 9))
        assert form not in _back(desk, SerialRange(form.domain, year, max(1, n - 9), n - 1))
        assert form not in _back(desk, SerialRange("QLHC", year, n, n))
        assert form not in _back(desk, SerialRange(form.domain, year + 1, n, n))
    assert _back(desk, SerialRange("GTDB", 2026, 1, 99)) == [
        form for form in every if form.domain == "GTDB"
    ]


@pytest.mark.parametrize("unlinked", [False, True], ids=["as decided", "once unlinked"])
def test_every_way_in_which_a_form_is_back_is_known(desk: Desk, *, unlinked: bool) -> None:
    serials = desk.serials
    desk.read(seen(serials[0], said=answers(q1="r5")))
    desk.read(seen(serials[1], said=BLANK))
    decided = desk.doubtful(2)
    for question in ("q2", "q3"):
        desk.say(decided, question, Verdict.BLANK)
    typed = desk.nameless()
    decisions.identify(desk.ledger, typed, remeasured(serials[3], dict(BLANK)), by="an")
    first = desk.read(seen(serials[4], said=BLANK))
    second = desk.read(seen(serials[4], said=answers(q1="r1")))
    papers.choose(desk.ledger, second, Keeps.SECOND, why="bản gốc", by="an")
    refused = desk.nameless()
    desk.say(refused, IDENTITY, Verdict.SCAN_AGAIN)
    take(desk.ledger, 3, domain="L05")
    desk.read(seen(str(Serial("L05", 2026, 2)), domain="L05", said=BLANK))
    assert first != second
    if unlinked:
        close_month(desk.ledger, MONTH, b"", by="an")
        unlink_month(desk.ledger, MONTH, b"", by="an")

    assert _back(desk) == [
        _form(1, says=True),
        _form(2, says=False),
        _form(3, says=True),
        _form(4, says=False),
        _form(5, says=True),
        _form(2, says=False, domain="L05"),
    ]
    _is_found_alone_as_among_all(desk)


def test_a_sheet_that_waits_is_back_and_one_that_does_not_count_is_not(desk: Desk) -> None:
    waiting = desk.doubtful(0)
    torn = desk.read(
        seen(
            desk.serials[1],
            status=SheetStatus.REVIEW,
            reasons=(Reason.FIDUCIAL_MISSING,),
            said=answers(q1="r5"),
        )
    )
    desk.read(seen(desk.serials[2], status=SheetStatus.REFUSED, reasons=(Reason.STREAK,)))
    both = [_form(1, says=True), _form(2, says=True)]
    assert _back(desk) == both

    desk.say(torn, WHOLE, Verdict.INVALID)
    assert _back(desk) == both[:1]
    desk.undo(torn, WHOLE)
    assert _back(desk) == both
    desk.say(torn, WHOLE, Verdict.DOUBTED)
    desk.say(torn, "q1", Verdict.BLANK)
    assert _back(desk) == [both[0], _form(2, says=False)]
    desk.say(waiting, "q2", Verdict.BLANK)  # and q3 waits still
    assert _back(desk)[0] == both[0]
    _is_found_alone_as_among_all(desk)


def test_a_form_is_back_in_the_month_of_its_own_batch(desk: Desk) -> None:
    desk.read(seen(desk.serials[0], said=BLANK))
    desk.source_id, desk.batch_id = add_file(desk.ledger, "later.pdf", period="2026-08")
    desk.page = -1
    desk.read(seen(desk.serials[0], said=answers(q1="r1")))
    desk.read(seen(desk.serials[1], said=BLANK))

    assert _back(desk) == [_form(1, says=False), _form(2, says=False, period="2026-08")]


def test_a_form_of_which_only_a_second_paper_counts_stays_back_once_unlinked(desk: Desk) -> None:
    first = desk.read(
        seen(
            desk.serials[0],
            status=SheetStatus.REVIEW,
            reasons=(Reason.FIDUCIAL_MISSING,),
            said=BLANK,
        )
    )
    second = desk.read(seen(desk.serials[0], said=answers(q1="r1")))
    desk.say(first, WHOLE, Verdict.INVALID)
    papers.choose(desk.ledger, second, Keeps.BOTH, why="đã xem", by="an")
    back = _back(desk)
    assert back == [_form(1, says=True)]

    close_month(desk.ledger, MONTH, b"", by="an")
    unlink_month(desk.ledger, MONTH, b"", by="an")

    assert _back(desk) == back
