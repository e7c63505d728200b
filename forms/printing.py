"""One print run: serials are taken, every sheet is signed and drawn, the file gets its name.

Number first, print second: the serials are committed before a page is drawn, and voided if
the file does not come about. A crash may waste a serial; it can never print one twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from forms.cover import CoverWords, cover
from forms.draft_file import DraftFile
from forms.draw import FormsPdf
from forms.issuer import Issuer
from forms.paper import imposition
from forms.receipt import Receipt, ReceiptKind, rows_of_pads
from forms.sequence import RunSheets
from forms.typeset import Typeset
from omr.codes import CodeBody, campaign_key, sign
from omr.errors import OmrError, UsageError
from omr.geometry import PagePoint
from omr.i18n import _
from omr.ledger import Ledger, issued
from omr.ledger.stock_entries import (
    THE_PROGRAM,
    EntryRefused,
    RunOverruled,
    add_entry,
    finish_run,
)
from omr.pads import Pad
from omr.serials import MAX_NUMBER, Serial
from omr.settings import Paper
from omr.stock import Act


@dataclass(frozen=True, slots=True)
class ReceiptOrder:
    """The receipt to write with a run whose forms are handed out at once."""

    out: Path
    issuer: Issuer
    unit: str  # its full name
    domain: str  # its name


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """What to print, and where to."""

    typeset: Typeset
    unit: str  # code
    unit_short: str
    year: int
    count: int
    pad_size: int
    paper: Paper
    out: Path
    today: date  # local
    by: str  # who prints
    issue: bool = True  # the unit has the forms as soon as they are printed
    manifest: Path | None = None
    cover: CoverWords | None = None  # None: the pads get no covers
    receipt: ReceiptOrder | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished run."""

    run: issued.PrintRun
    pages: int
    set_aside: tuple[Path, ...]  # new names of files that stood in the way

    @property
    def first(self) -> Serial:
        """The first serial."""
        return Serial(self.run.domain, self.run.year, self.run.first)

    @property
    def last(self) -> Serial:
        """The last serial."""
        return Serial(self.run.domain, self.run.year, self.run.first + self.run.count - 1)


def print_forms(
    ledger: Ledger,
    order: PrintOrder,
    signing: tuple[int, bytes],
    on_sheet: Callable[[], None] | None = None,
) -> Printed:
    """Print *order*.

    Args:
        ledger: Keeps the layout, gives the serials.
        order: What to print; ``count`` at least 1.
        signing: Id and master of the key that signs now.
        on_sheet: Called after each sheet, to show progress.

    Raises:
        UsageError: If a file cannot be written, or a name does not fit on a cover or cannot
            be drawn; then no serial was taken.
    """
    key_id, master = signing
    _try_words(order)
    receipt_path = order.receipt.out if order.receipt else None
    with (
        DraftFile(order.out) as pdf,
        DraftFile(order.manifest) as manifest,
        DraftFile(receipt_path) as receipt,
    ):
        issued.keep_layout(ledger, order.typeset.layout)
        run = issued.take_serials(
            ledger,
            unit=order.unit,
            domain=order.typeset.layout.domain,
            year=order.year,
            count=order.count,
            layout=order.typeset.layout,
            key_id=key_id,
            paper=order.paper.value,
            pad_size=order.pad_size,
        )
        try:
            pages = _draw(order, run, campaign_key(master, run.year), pdf, manifest, on_sheet)
            _write_receipt(order, run.pads, receipt.file)
            # The forms last: once the PDF has its name, they exist.
            set_aside = [draft.publish() for draft in (receipt, manifest, pdf)]
            _finish(ledger, order, run)
        except BaseException as failure:  # an interruption too leaves serials without paper
            for draft in (pdf, manifest, receipt):
                draft.withdraw()
            why = _("not printed: {why}").format(why=type(failure).__name__)
            with suppress(OmrError, EntryRefused):  # the first failure is the one to tell
                add_entry(
                    ledger, Act.VOID, [run.forms], on_day=order.today, why=why, by=THE_PROGRAM
                )
            raise
    return Printed(run, pages, tuple(path for path in set_aside if path))


def _finish(ledger: Ledger, order: PrintOrder, run: issued.PrintRun) -> None:
    """Say that the forms are on paper."""
    try:
        finish_run(
            ledger,
            run.run_id,
            run.forms,
            on_day=order.today,
            issue_why="" if order.issue else None,
            by=order.by,
        )
    except RunOverruled as overruled:
        raise UsageError(
            _(
                "somebody said meanwhile that {forms} are void or lost; they were not printed"
            ).format(forms=run.forms),
            _("Print again, and let nobody take a run for interrupted while it goes on."),
        ) from overruled


def _draw(
    order: PrintOrder,
    run: issued.PrintRun,
    key: bytes,
    pdf: DraftFile,
    manifest: DraftFile,
    on_sheet: Callable[[], None] | None,
) -> int:
    """Draw the run's sheets and describe them; the number of pages."""
    typeset = order.typeset
    laid = imposition(order.paper)
    art = FormsPdf(
        pdf.file,
        typeset,
        unit=typeset.unit_words(order.unit, order.unit_short),
        page_width_mm=laid.width_mm,
        page_height_mm=laid.height_mm,
        title=f"{run.unit} {run.domain} {run.year}: {run.first} – {run.first + run.count - 1}",
    )
    run_sheets = RunSheets(run.pads, covers=order.cover is not None)
    page = -1
    for page, places in enumerate(laid.pages(len(run_sheets))):
        for index, at in places:
            sheet = run_sheets[index]
            if sheet.serial is None:
                if order.cover is not None:
                    art.artwork(cover(order.cover, sheet.pad), at)
                continue
            serial = sheet.serial
            art.sheet(typeset.serial_words(serial), _code_text(run, serial, key), at)
            manifest.file.write(_manifest_line(run, serial, page, at))
            if on_sheet:
                on_sheet()
        art.end_page(laid.cuts)
    art.save()
    return page + 1


def _try_words(order: PrintOrder) -> None:
    """Set a cover and a receipt that nobody needs, so that their words fail before a serial."""
    forms = min(order.count, order.pad_size)
    widest = Pad(
        order.typeset.layout.domain, order.year, MAX_NUMBER, MAX_NUMBER - forms + 1, MAX_NUMBER
    )
    if order.cover is not None:
        cover(order.cover, widest)
    _write_receipt(order, (widest,), BytesIO())


def _write_receipt(order: PrintOrder, pads: Sequence[Pad], file: BinaryIO) -> None:
    wanted = order.receipt
    if wanted is None:
        return
    from forms.receipt_pdf import write_receipt  # noqa: PLC0415 - only where one is wanted

    receipt = Receipt(
        ReceiptKind.ISSUE,
        wanted.issuer,
        wanted.unit,
        rows_of_pads(pads, wanted.domain),
        day=order.today,
    )
    write_receipt(file, receipt)


def _code_text(run: issued.PrintRun, serial: Serial, key: bytes) -> str:
    body = CodeBody(
        key_id=run.key_id,
        campaign=run.year,
        unit=run.unit_number,
        domain=run.domain_number,
        number=serial.number,
        layout=run.layout_id[: issued.CODE_DIGITS],
    )
    return sign(body, key)


def _manifest_line(run: issued.PrintRun, serial: Serial, page: int, at: PagePoint) -> bytes:
    line = {
        "pdf_page": page,
        "x_mm": at.x_mm,
        "y_mm": at.y_mm,
        "serial": str(serial),
        "unit": run.unit,
        "domain": run.domain,
        "layout": run.layout_id,
    }
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"
