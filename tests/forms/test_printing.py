"""Print runs: numbers first, paper second, and no number twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from printed_pages import manifest_lines

from forms.cover import CoverWords
from forms.draft_file import DraftFile
from forms.draw import FormsPdf
from forms.issuer import Issuer
from forms.printing import Printed, PrintOrder, ReceiptOrder
from omr.errors import UsageError
from omr.ledger import Ledger, issued
from omr.serials import Serial, parse_serial
from omr.settings import Paper
from omr.stock import FormState
from omr.workspace import Workspace


def is_voided(workspace: Workspace, serial: str) -> bool:
    with Ledger.open(workspace.ledger_url) as ledger, ledger.read() as connection:
        found = issued.find_issued(connection, serial)
    assert found is not None
    return found.state is FormState.VOID


def page_texts(path: Path) -> list[str]:
    with pdfium.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


def halves(path: Path) -> tuple[list[str], list[str]]:
    """What lies on the left and the right half of each A4 page: a pad, a serial or nothing."""
    sides: tuple[list[str], list[str]] = ([], [])
    with pdfium.PdfDocument(path) as document:
        for page in document:
            text = page.get_textpage()
            width, height = page.get_size()
            for side, begin in zip(sides, (0.0, width / 2), strict=True):
                box = (begin, 0.0, begin + width / 2, height)
                words = text.get_text_bounded(*box)
                found = re.search(r"(?:Quyển số\s+|Số: )(\S+)", words)
                side.append(found[1] if found else "")
    return sides


def serials_on_paper(path: Path) -> list[str]:
    with pdfium.PdfDocument(path) as document:
        texts = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    return [found for text in texts for found in re.findall(r"Số: (\S+)", text)]


def test_the_manifest_names_every_sheet_in_page_order(
    order: Callable[..., PrintOrder], run: Callable[..., Printed]
) -> None:
    wanted = order(count=3)
    printed = run(wanted)

    lines = manifest_lines(wanted.manifest or Path())
    assert lines[0] == {
        "pdf_page": 0,
        "x_mm": 0.0,
        "y_mm": 0.0,
        "serial": "GTDB-26-000001-D",
        "unit": "HP-PC08",
        "domain": "GTDB",
        "layout": wanted.typeset.layout.layout_id,
    }
    assert [line["pdf_page"] for line in lines] == [0, 1, 2]
    assert [line["serial"] for line in lines] == serials_on_paper(wanted.out)
    assert [str(serial) for serial in printed.run.serials()] == serials_on_paper(wanted.out)
    assert printed.pages == 3


def test_a_second_run_goes_on_where_the_first_stopped(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], tmp_path: Path
) -> None:
    first = run(order(count=3))
    second = run(order(count=2, out=tmp_path / "more.pdf", manifest=None))
    other_domain = run(order("L05", count=1, out=tmp_path / "other.pdf", manifest=None))

    assert str(first.last) == "GTDB-26-000003-H"
    assert second.first.number == 4
    assert other_domain.first.number == 1


def test_the_ledger_keeps_the_layout_the_forms_were_printed_with(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], workspace: Workspace
) -> None:
    wanted = order()
    run(wanted)
    run(wanted)
    with Ledger.open(workspace.ledger_url) as ledger:
        assert list(issued.layouts(ledger).values()) == [wanted.typeset.layout]


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_a_run_that_fails_midway_voids_its_serials_and_never_reuses_them(
    order: Callable[..., PrintOrder],
    run: Callable[..., Printed],
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    failure: BaseException,
) -> None:
    drawn: list[str] = []
    draw = FormsPdf.sheet

    def draw_two(self: FormsPdf, serial: str, *rest: object) -> None:
        if len(drawn) == 2:
            raise failure
        drawn.append(serial.removeprefix("Số: "))
        draw(self, serial, *rest)  # type: ignore[arg-type]  # passed on as it came

    with monkeypatch.context() as patched:
        patched.setattr(FormsPdf, "sheet", draw_two)
        with pytest.raises(type(failure)):
            run(order(count=4))
    files = [path.name for path in tmp_path.iterdir() if path.is_file()]
    printed = run(order(count=2))

    assert files == []
    assert all(is_voided(workspace, serial) for serial in drawn)
    assert printed.first.number == 5
    assert not is_voided(workspace, str(printed.first))
    assert not set(drawn) & set(serials_on_paper(order().out))


def test_if_the_forms_cannot_get_their_name_no_manifest_stays_either(
    order: Callable[..., PrintOrder],
    run: Callable[..., Printed],
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = order(count=1)
    (wanted.manifest or Path()).write_text("older\n", encoding="utf-8")
    publish = DraftFile.publish

    def fail_for_pdf(self: DraftFile) -> Path | None:
        if self.path == wanted.out:
            raise OSError("disk full")
        return publish(self)

    with monkeypatch.context() as patched:
        patched.setattr(DraftFile, "publish", fail_for_pdf)
        with pytest.raises(OSError, match="disk full"):
            run(wanted)

    assert not wanted.out.exists()
    assert (wanted.manifest or Path()).read_text(encoding="utf-8") == "older\n"
    assert is_voided(workspace, "GTDB-26-000001-D")


def test_where_nothing_can_be_written_no_serial_is_taken(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], tmp_path: Path
) -> None:
    wanted = order(count=1)
    for broken in (
        replace(wanted, out=tmp_path / "missing" / "forms.pdf"),
        replace(wanted, manifest=tmp_path / "missing" / "forms.jsonl"),
    ):
        with pytest.raises(UsageError):
            run(broken)
    assert run(wanted).first.number == 1


def test_an_earlier_print_file_is_kept_beside_the_new_one(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], tmp_path: Path
) -> None:
    run(order(manifest=None))
    printed = run(order(manifest=None))

    assert printed.set_aside == (tmp_path / "forms-2.pdf",)
    assert serials_on_paper(tmp_path / "forms-2.pdf")[0] == "GTDB-26-000001-D"
    assert parse_serial(serials_on_paper(tmp_path / "forms.pdf")[0]).number == 3


COVER = CoverWords(
    issuer=Issuer("Công an thành phố Hải Phòng", "Phòng Tham mưu", "Hải Phòng", "PV01"),
    title="PHIẾU ĐO LƯỜNG MỨC ĐỘ HÀI LÒNG",
    domain="Giao thông đường bộ",
    unit="HP-PC08",
    unit_short="PC08",
    unit_name="Phòng Cảnh sát giao thông",
)


def receipt_at(path: Path, **changes: Any) -> ReceiptOrder:
    parts = {
        "out": path,
        "issuer": COVER.issuer,
        "unit": COVER.unit_name,
        "domain": COVER.domain,
    }
    return ReceiptOrder(**(parts | changes))


def test_every_pad_begins_with_its_cover_and_the_manifest_knows_the_pages(
    order: Callable[..., PrintOrder], run: Callable[..., Printed]
) -> None:
    wanted = order(count=7, pad_size=3, cover=COVER)
    printed = run(wanted)
    texts = page_texts(wanted.out)

    covers = [
        (page, found[1])
        for page, text in enumerate(texts)
        if (found := re.search(r"Quyển số\s+(\S+)", text))
    ]
    assert covers == [
        (0, str(printed.run.pads[0])),
        (4, str(printed.run.pads[1])),
        (8, "GTDB-26-Q0003-U"),
    ]
    assert printed.pages == len(texts) == 10
    lines = manifest_lines(wanted.manifest or Path())
    assert [line["pdf_page"] for line in lines] == [1, 2, 3, 5, 6, 7, 9]
    for line in lines:
        assert f"Số: {line['serial']}" in texts[line["pdf_page"]]


@pytest.mark.parametrize(("count", "pad_size"), [(1, 1), (5, 2), (8, 4), (9, 4), (4, 50)])
def test_on_two_up_paper_every_form_lies_where_the_manifest_says_and_stacks_in_order(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], count: int, pad_size: int
) -> None:
    wanted = order(count=count, pad_size=pad_size, cover=COVER, paper=Paper.A4_TWO_UP)
    printed = run(wanted)

    left, right = halves(wanted.out)
    stacked = [each for each in (*left, *right) if each]
    expected = []
    for pad in printed.run.pads:
        expected += [str(pad)]
        expected += [str(Serial(pad.domain, 2026, n)) for n in range(pad.first, pad.last + 1)]
    assert stacked == expected
    lines = manifest_lines(wanted.manifest or Path())
    assert sorted(line["serial"] for line in lines) == [
        each for each in expected if "Q" not in each
    ]
    for line in lines:
        side = left if line["x_mm"] == 0.0 else right
        assert side[line["pdf_page"]] == line["serial"]


def test_the_receipt_names_the_pads_of_the_run(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], tmp_path: Path
) -> None:
    path = tmp_path / "receipt.pdf"
    printed = run(order(count=7, pad_size=3, receipt=receipt_at(path)))
    [text] = page_texts(path)

    for pad in printed.run.pads:
        assert str(pad) in text
        assert str(pad.last_serial) in text
    assert "ngày 02 tháng 11 năm 2026" in text


def test_a_receipt_that_fails_takes_forms_and_manifest_with_it(
    order: Callable[..., PrintOrder],
    run: Callable[..., Printed],
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    publish = DraftFile.publish

    def fail_for_pdf(self: DraftFile) -> Path | None:
        if self.path == tmp_path / "forms.pdf":
            raise OSError("disk full")
        return publish(self)

    with monkeypatch.context() as patched:
        patched.setattr(DraftFile, "publish", fail_for_pdf)
        with pytest.raises(OSError, match="disk full"):
            run(order(count=1, receipt=receipt_at(tmp_path / "receipt.pdf")))

    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []
    assert is_voided(workspace, "GTDB-26-000001-D")


def test_words_that_cannot_be_printed_are_refused_before_a_serial_is_taken(
    order: Callable[..., PrintOrder], run: Callable[..., Printed], tmp_path: Path
) -> None:
    for broken in (
        {"cover": replace(COVER, unit_name="Phòng " * 60)},
        {"cover": replace(COVER, title="Phiếu 😀")},
        {"receipt": receipt_at(tmp_path / "receipt.pdf", unit="Đội 😀")},
    ):
        with pytest.raises(UsageError):
            run(order(count=1, **broken))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []
    assert run(order(count=1)).first.number == 1


def test_progress_is_told_for_each_sheet(
    order: Callable[..., PrintOrder], run: Callable[..., Printed]
) -> None:
    told: list[None] = []
    run(order(count=7), on_sheet=lambda: told.append(None))
    assert len(told) == 7
