"""``omr forms issue | return | void | lost | undo | stock`` as people call them."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdfium2 as pdfium
import pytest
from made_workspace import workspace_in

from omr.cli import main
from omr.ledger import Ledger, issued
from omr.ledger.entries import entries_about
from omr.serial_ranges import SerialRange
from omr.workspace import Workspace, open_workspace

Omr = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with 120 forms in store, in pads of 50."""
    root = workspace_in(tmp_path_factory.mktemp("printed") / "office").root
    order = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", "120", "--store"]
    out = str(root.parent / "forms.pdf")
    assert main(["forms", "print", "--workspace", str(root), *order, "--out", out]) == 0
    return root


@pytest.fixture
def workspace(printed: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(printed, tmp_path / "office")
    return open_workspace(tmp_path / "office")


@pytest.fixture
def omr(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Omr:
    """Run a command in the workspace: exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([*map(str, words), "--workspace", str(workspace.root)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def pad_names(workspace: Workspace) -> list[str]:
    with Ledger.open(workspace.ledger_url) as ledger:
        return [str(p) for p in issued.pads_of(ledger, SerialRange("GTDB", 2026, 1, 120))]


def statement(omr: Omr, tmp_path: Path) -> dict[str, str]:
    out = tmp_path / "stock.csv"
    out.unlink(missing_ok=True)
    code, _text, err = omr("forms", "stock", "--out", out)
    assert (code, err) == (0, "")
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    return row


def test_a_pad_is_handed_out_used_lost_spoilt_and_handed_back(
    omr: Omr, workspace: Workspace, tmp_path: Path
) -> None:
    first, second, _third = pad_names(workspace)
    assert statement(omr, tmp_path)["in_store"] == "120"
    code, out, _err = omr("forms", "issue", first, second.lower())
    assert code == 0
    assert "handed out: 100" in out
    assert omr("forms", "lost", "GTDB-26-000007..9", "--why", "mất túi")[0] == 0
    assert omr("forms", "void", "GTDB-26-000010..000010", "--why", "rách", "--by", "Lan")[0] == 0
    assert omr("forms", "return", second)[0] == 0
    assert omr("forms", "return", "--blank", "GTDB-26-000001..000002")[0] == 0
    assert omr("forms", "undo", "GTDB-26-000009..000009", "--why", "tìm thấy")[0] == 0
    row = statement(omr, tmp_path)
    assert {name: row[name] for name in row if row[name] != "0"} == {
        "period": row["period"],
        "unit": "HP-PC08",
        "domain": "GTDB",
        "issued": "100",
        "returned_blank": "2",
        "void": "1",
        "lost": "2",
        "unused_returned": "50",
        "outstanding": "45",
        "in_store": "70",
        "printed": "120",
        "missing": "",
        "still_out": row["still_out"],
        "reported_lost": row["reported_lost"],
        "contradictory": "",
    }
    assert row["reported_lost"].startswith("GTDB-26-000007")
    code, out, _err = omr("forms", "stock", "GTDB-26-000010..000010")
    assert code == 0
    assert "void" in out
    assert "by Lan): rách" in out


def test_an_impossible_entry_is_refused_with_the_forms_and_where_they_are(
    omr: Omr, workspace: Workspace
) -> None:
    code, out, err = omr("forms", "return", "GTDB-26-000119..000121")
    assert (code, out) == (2, "")
    assert "nothing was kept" in err
    assert "in store, not handed out" in err
    assert "never printed" in err
    with Ledger.open(workspace.ledger_url) as ledger:
        assert entries_about(ledger, SerialRange("GTDB", 2026, 1, 120)) == []


@pytest.mark.parametrize(
    ("forms", "words"),
    [
        ("GTDB-26-000001", "is not a serial"),
        ("GTDB-26-000001-A", "check letter"),
        ("GTDB-26-Q0009-A", "check letter"),
        ("GTDB-26-000009..000001", "first number"),
    ],
)
def test_a_mistyped_serial_range_or_pad_is_refused(omr: Omr, forms: str, words: str) -> None:
    code, out, err = omr("forms", "issue", forms)
    assert (code, out) == (2, "")
    assert words in err


def test_nothing_can_have_happened_tomorrow_or_before_the_forms_were_printed(omr: Omr) -> None:
    forms = "GTDB-26-000001..000050"
    for day, words in (
        ("2099-01-01", "has not come yet"),
        ("01/01/2020", "were printed on"),
        ("1999-12-01", "were printed on"),
        ("gestern", "is no date"),
        ("31/02/2026", "is no date"),
    ):
        code, _out, err = omr("forms", "issue", forms, "--on", day)
        assert (code, words in err) == (2, True), day
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    assert omr("forms", "issue", forms, "--on", f"{today:%d/%m/%Y}")[0] == 0


def test_a_reason_is_asked_for_where_forms_leave_the_stock_without_coming_back(omr: Omr) -> None:
    for command in ("void", "lost", "undo"):
        assert omr("forms", command, "GTDB-26-000001..000001")[0] == 2
        code, _out, err = omr("forms", command, "GTDB-26-000001..000001", "--why", "  ")
        assert (code, "there is no reason" in err) == (2, True)
    assert omr("forms", "issue", "GTDB-26-000001..000001", "--by", " ")[0] == 2


def test_the_receipt_lists_the_pads_that_were_handed_out(
    omr: Omr, workspace: Workspace, tmp_path: Path
) -> None:
    first, second, _third = pad_names(workspace)
    receipt = tmp_path / "receipt.pdf"
    assert omr("forms", "issue", first, "GTDB-26-000051..60", "--receipt", receipt)[0] == 0
    with pdfium.PdfDocument(receipt) as document:
        text = " ".join(document[0].get_textpage().get_text_range().split())
    assert "BIÊN BẢN GIAO NHẬN PHIẾU" in text
    assert first in text
    assert second in text
    assert "gồm 01 quyển và 10 phiếu lẻ" in text


def test_a_receipt_that_a_power_cut_prevented_is_written_when_the_command_is_run_again(
    omr: Omr, workspace: Workspace, tmp_path: Path
) -> None:
    receipt = tmp_path / "receipt.pdf"
    words = ("forms", "issue", "GTDB-26-000001..50", "--receipt", receipt)
    assert omr(*words)[0] == 0
    first = receipt.read_bytes()
    receipt.unlink()

    code, out, _err = omr(*words)

    assert code == 0
    assert "only the receipt" in out
    assert len(receipt.read_bytes()) == len(first)
    with Ledger.open(workspace.ledger_url) as ledger:
        assert len(entries_about(ledger, SerialRange("GTDB", 2026, 1, 120))) == 1
    assert omr("forms", "issue", "GTDB-26-000001..60", "--receipt", receipt)[0] == 2
    assert omr("forms", "issue", "GTDB-26-000001..50")[0] == 2


def test_no_entry_is_made_whose_receipt_cannot_be_written(
    omr: Omr, workspace: Workspace, tmp_path: Path
) -> None:
    code, _out, _err = omr(
        "forms", "issue", "GTDB-26-000001..50", "--receipt", tmp_path / "nowhere" / "r.pdf"
    )
    assert code == 2
    with Ledger.open(workspace.ledger_url) as ledger:
        assert entries_about(ledger, SerialRange("GTDB", 2026, 1, 120)) == []


def test_no_entry_is_made_whose_receipt_cannot_be_drawn(omr: Omr, workspace: Workspace) -> None:
    text = workspace.units_file.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("HP-PC08,")]
    workspace.units_file.write_text("\n".join(lines), encoding="utf-8")
    code, out, _err = omr(
        "forms", "issue", "GTDB-26-000001..50", "--receipt", workspace.root / "r.pdf"
    )
    assert (code, out) == (2, "")
    assert not (workspace.root / "r.pdf").exists()
    with Ledger.open(workspace.ledger_url) as ledger:
        assert entries_about(ledger, SerialRange("GTDB", 2026, 1, 120)) == []


@pytest.mark.parametrize(
    "name", ["ledger.db", "ledger.db-wal", "omr.toml", "units.csv", "keys/signing-keys.json"]
)
def test_no_output_takes_the_place_of_the_workspaces_own_files(
    omr: Omr, workspace: Workspace, name: str
) -> None:
    target = workspace.root / name
    there = target.read_bytes() if target.exists() else None
    for words in (
        ("forms", "stock", "--out"),
        ("forms", "issue", "GTDB-26-000001..50", "--receipt"),
        ("forms", "print", "--unit", "HP-PC08", "--domain", "GTDB", "--count", 1, "--out"),
        ("scans", "results", "--out"),
        ("scans", "explain", "GTDB-26-000001-D", "--out"),
    ):
        code, _out, err = omr(*words, target)
        assert (code, "belongs to the workspace itself" in err) == (2, True)
    assert there is None or target.read_bytes()[:16] == there[:16]


def test_an_undo_takes_one_entry_back_and_says_where_the_forms_are_now(omr: Omr) -> None:
    omr("forms", "issue", "GTDB-26-000001..000050")
    omr("forms", "void", "GTDB-26-000002..000002", "--why", "rách")
    code, _out, err = omr("forms", "undo", "GTDB-26-000001..000009", "--why", "nhầm")
    assert code == 2
    assert "different entries would be taken back" in err
    assert "void (entry 2" in err
    assert "handed out (entry 1" in err
    code, out, _err = omr("forms", "undo", "GTDB-26-000002..000002", "--why", "nhầm")
    assert code == 0
    assert "now handed out, not back yet" in out


def test_forms_of_two_units_cannot_share_a_receipt(omr: Omr, tmp_path: Path) -> None:
    omr(
        *("forms", "print", "--unit", "HP-PC06", "--domain", "GTDB", "--count", 5, "--store"),
        *("--out", tmp_path / "more.pdf"),
    )
    code, _out, err = omr(
        "forms", "issue", "GTDB-26-000110..000125", "--receipt", tmp_path / "r.pdf"
    )
    assert (code, "HP-PC06, HP-PC08" in err) == (2, True)


def test_the_history_of_one_form_names_its_scans(
    omr: Omr, workspace: Workspace, tmp_path: Path
) -> None:
    pages = tmp_path / "forms.pdf"
    order = ("--unit", "HP-PC08", "--domain", "GTDB", "--count", 2, "--store")
    _code, out, _err = omr("forms", "print", *order, "--out", pages)
    serial = re.findall(r"GTDB-26-\d{6}-[A-Z]", out)[0]
    assert omr("scans", "read", pages, "--jobs", 1)[0] == 0
    code, out, _err = omr("forms", "stock", serial)
    assert code == 0
    assert "scanned: forms.pdf, page 2" in out
    assert "review not-handed-out" in out


def test_a_statement_can_be_of_one_unit_or_domain(omr: Omr, tmp_path: Path) -> None:
    omr(
        *("forms", "print", "--unit", "HP-PC06", "--domain", "QLHC", "--count", 5),
        *("--out", tmp_path / "more.pdf"),
    )
    for words, here, gone in (
        (("--unit", "hp-pc06"), "QLHC", "GTDB"),
        (("--domain", "gtdb"), "HP-PC08", "HP-PC06"),
    ):
        code, out, _err = omr("forms", "stock", *words)
        assert code == 0
        assert here in out
        assert gone not in out
    assert omr("forms", "stock", "--unit", "HP-XX")[0] == 2
    assert omr("forms", "stock", "--domain", "NOPE")[0] == 2
    assert omr("forms", "stock", "--period", "2026-13")[0] == 2


def test_an_interrupted_run_is_named_with_what_to_do(
    omr: Omr, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:  # as if it had been killed just before
        patch.setattr("forms.printing.finish_run", lambda *_args, **_options: None)
        omr(
            *("forms", "print", "--unit", "HP-PC08", "--domain", "GTDB", "--count", 2),
            *("--out", tmp_path / "more.pdf"),
        )
    code, _out, err = omr("forms", "stock")
    assert code == 0
    assert "GTDB-26-000121" in err
    assert "omr forms void" in err
