"""Why a sheet was read as it was: in words for the screen, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from omr.disk import disk_remedy
from omr.errors import UsageError
from omr.evidence import Ring, drawn_sheet, rings_of, size_px, upright
from omr.fiducials import GreyImage
from omr.i18n import _
from omr.layout import Layout
from omr.ledger import Ledger, issued, readings
from omr.ledger.sheets import SheetRow
from omr.ledger.waiting import find_sheet
from omr.marks import HOLDS_SERIAL, Answer, AnswerState
from omr.measure_codec import unpack
from omr.part_file import write_files
from omr.pictures import PictureStore
from omr.scoring import BubbleMeasure, SheetMeasure
from omr.serials import SerialMistyped, parse_serial
from omr.workspace import Workspace, open_workspace
from scans.explain_picture import Explained, Origin, draw_explanation
from scans.faults import PageFault
from scans.files import identify_file
from scans.kept_sheet import kept_sheet
from scans.look_again import page_image, registration_of
from scans.pages import PageRef, load_page
from scans.words import reason_in_words, status_in_words


@dataclass(frozen=True, slots=True)
class Which:
    """Which sheet is meant; the numbers count from 1, as people do."""

    serial: str | None = None
    file: str | None = None
    page: int | None = None
    sheet: int | None = None


def explain_sheet(root: Path, which: Which, *, scan: Path | None, out: Path | None) -> None:
    """Print why a sheet was read as it was, and save the picture that shows it.

    Args:
        root: The workspace.
        which: The sheet.
        scan: The file that it was read from; without it the kept picture, or a drawing.
        out: Where the picture goes, PNG.

    Raises:
        UsageError: If there is no such sheet, or *scan* is not the file that shows it.
    """
    workspace = open_workspace(root)
    workspace.refuse_own_file(out)
    with Ledger.open(workspace.ledger_url) as ledger:
        row, others = _find(ledger, which)
        row = find_sheet(ledger, row.record_id) or row  # with its kept crops
        layouts = issued.layouts(ledger)
        if scan is not None:
            _check_is_its_file(ledger, scan, row)
    layout = layouts.get(row.reading.layout_id or "")
    measured = _measured(row, layout)
    if out is not None:
        paper = layout or next(iter(layouts.values()), None)
        _save(out, _drawn(workspace, row, layout, paper, measured, scan))
    for line in (*_headline(row), *_table(row, layout, measured), *_elsewhere(others)):
        print(line)
    if out is not None:
        print(_("picture: {path}").format(path=out))


def _drawn(
    workspace: Workspace,
    row: SheetRow,
    layout: Layout | None,
    paper: Layout | None,
    measured: SheetMeasure | None,
    scan: Path | None,
) -> NDArray[np.uint8]:
    """The picture, RGB; a sheet that names no layout lies on *paper* of ours all the same."""
    if paper is None:
        raise UsageError(
            _("this workspace has printed no form yet"), _("Print forms with: omr forms print")
        )
    sheet, origin = _picture(workspace, row, paper, measured, scan)
    return draw_explanation(sheet, paper, _explained(row, layout, measured), origin)


def _save(out: Path, picture: NDArray[np.uint8]) -> None:
    done, png = cv2.imencode(".png", np.ascontiguousarray(picture[:, :, ::-1]))
    if not done:
        raise RuntimeError("the picture could not be packed")
    try:
        write_files({out: bytes(png)})
    except OSError as error:
        raise UsageError(
            _("cannot write {path}: {why}").format(path=out, why=error.strerror),
            disk_remedy(error, _("Choose a file in a folder you may write to.")),
        ) from error


def _find(ledger: Ledger, which: Which) -> tuple[SheetRow, list[SheetRow]]:
    """The sheet, and the others with its serial."""
    if which.serial is None and which.file is None:
        raise UsageError(
            _("which sheet?"), _("Give its serial, or --file with --page and --sheet.")
        )
    serial = None
    if which.serial is not None:
        try:
            serial = str(parse_serial(which.serial))
        except SerialMistyped as error:
            raise UsageError(str(error), _("Type it as it stands on the form.")) from error
    rows = [
        row
        for row in readings.sheet_rows(ledger, serial=serial, file=which.file)
        if which.page in (None, row.seen.page + 1) and which.sheet in (None, row.seen.sheet + 1)
    ]
    if not rows:
        raise UsageError(
            _("no sheet was read that fits"),
            _("See what was read with: omr scans results"),
        )
    if serial is None and len(rows) > 1:
        raise UsageError(
            _("{count} sheets fit").format(count=len(rows)),
            _("Say which one with --page and --sheet, or give its serial."),
        )
    held = [row for row in rows if row.reading.status in HOLDS_SERIAL]
    chosen = (held or rows)[-1]
    return chosen, [row for row in rows if row is not chosen]


def _check_is_its_file(ledger: Ledger, scan: Path, row: SheetRow) -> None:
    try:
        source = readings.find_source(ledger, identify_file(scan).sha256)
    except OSError as error:
        raise UsageError(
            _("cannot read {path}: {why}").format(path=scan, why=error.strerror),
            _("Give the scan file, or leave --scan out."),
        ) from error
    known = readings.sheet_rows(ledger, source_id=source.source_id) if source else iter(())
    if not any(other.record_id == row.record_id for other in known):
        raise UsageError(
            _("{path} is not the file that this sheet was read from").format(path=scan),
            _("Give the file {file} as it was read, or leave --scan out.").format(file=row.file),
        )


def _measured(row: SheetRow, layout: Layout | None) -> SheetMeasure | None:
    if layout is None or row.reading.measurements is None:
        return None
    try:
        return unpack(row.reading.measurements, layout)
    except ValueError:  # kept by another version of the program
        return None


def _picture(
    workspace: Workspace,
    row: SheetRow,
    paper: Layout,
    measured: SheetMeasure | None,
    scan: Path | None,
) -> tuple[GreyImage, Origin]:
    """The sheet upright, and where its picture comes from."""
    numbers = row.seen.registration
    if scan is not None and numbers is None:
        return _whole_page(row, paper, scan), Origin.PAGE
    if scan is not None and numbers is not None:
        where = registration_of(numbers)
        grey = page_image(PageRef(scan, row.seen.page), where, paper)
        if grey is None:
            raise UsageError(
                _("the page shows no form where this sheet was read"),
                _("Leave --scan out to see what was kept."),
            )
        return upright(grey, where, paper), Origin.SCAN
    kept = kept_sheet(PictureStore(workspace.evidence_folder), row, paper)
    if kept is not None:
        return kept, Origin.KEPT
    if measured is None:
        return np.full(size_px(paper)[::-1], 255, np.uint8), Origin.NOTHING
    return drawn_sheet(paper, measured), Origin.DRAWN


def _whole_page(row: SheetRow, paper: Layout, scan: Path) -> GreyImage:
    """The scanned page of a sheet that has no place on it, as large as a sheet is drawn."""
    page = load_page(PageRef(scan, row.seen.page))
    if isinstance(page, PageFault):
        raise UsageError(
            _("{path} cannot be shown: {why}").format(path=scan, why=page.detail),
            _("Leave --scan out to see why in words."),
        )
    factor = max(size_px(paper)) / max(page.shape)
    size = [max(1, round(side * factor)) for side in page.shape[::-1]]
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)


def _explained(row: SheetRow, layout: Layout | None, measured: SheetMeasure | None) -> Explained:
    if layout is None or not row.seen_answers:
        return Explained(tuple(_headline(row)), (), {}, {})
    return Explained(
        head=tuple(_headline(row)),
        questions=tuple(_question_lines(row, layout, measured)),
        rings=_rings(row, layout),
        darkness={(b.question, b.option): b.darkness for b in measured.bubbles} if measured else {},
    )


def _headline(row: SheetRow) -> Iterator[str]:
    seen = row.reading
    yield _("{serial}: {status}").format(
        serial=seen.serial or _("no serial"), status=status_in_words(seen.status)
    )
    yield _("{file}, page {page}, sheet {sheet}; unit {unit}, period {period}").format(
        file=row.file,
        page=seen.page + 1,
        sheet=seen.sheet + 1,
        unit=seen.unit or "?",
        period=row.period,
    )
    if seen.reasons:
        yield _("reasons: {reasons}").format(
            reasons="; ".join(reason_in_words(reason) for reason in seen.reasons)
        )


def _elsewhere(others: list[SheetRow]) -> Iterator[str]:
    if others:
        yield _("the same serial was also read on:")
    for row in others:
        yield _("  {file}, page {page}, sheet {sheet}: {status}").format(
            file=row.file,
            page=row.seen.page + 1,
            sheet=row.seen.sheet + 1,
            status=status_in_words(row.reading.status),
        )


def _table(row: SheetRow, layout: Layout | None, measured: SheetMeasure | None) -> Iterator[str]:
    """Every bubble: what was measured there and what it was taken for."""
    if layout is None or not row.seen_answers:
        yield _("No answers were read on this sheet.")
        return
    head = (_("dark"), _("full"), _("peak"), _("long"), _("trace"), _("outside"), _("own"))
    columns = "".join(f"{word:>8}" for word in head)
    yield "{:10}{:8}{}  {}".format(_("question"), _("option"), columns, _("mark"))
    by_place = {(b.question, b.option): b for b in measured.bubbles} if measured else {}
    for question in layout.questions:
        for bubble in question.bubbles:
            found = by_place.get((question.id, bubble.option))
            numbers = _numbers(found)
            mark = _mark_in_words(row, question.id, bubble.option)
            yield f"{question.id:10}{bubble.option:8}{numbers}  {mark}"
        answer = row.seen_answers.get(question.id)
        if answer is not None and answer.reasons:
            yield "          " + "; ".join(reason_in_words(reason) for reason in answer.reasons)


def _numbers(found: BubbleMeasure | None) -> str:
    """What decides most: ``docs/mark-specification.md`` says what each means."""
    if found is None:
        return f"{'-':>8}" * 7
    outside = max(found.outside, found.beside)
    shares = (found.darkness, found.coverage, found.peak, found.extent, found.zone, outside)
    # Where there is no ink, none of it is another bubble's.
    own = f"{100 * found.share:>6.1f} %" if found.extent > 0 else f"{'-':>8}"
    return "".join(f"{100 * share:>6.1f} %" for share in shares) + own


def _mark_in_words(row: SheetRow, question: str, option: str) -> str:
    """What the machine took a bubble for, and what a person said."""
    machine, now = row.seen_answers.get(question), row.reading.answers.get(question)
    said = _of_answer(machine, option)
    if now is None or machine is None or now == machine:
        return said
    person = _("chosen") if option in now.options else _("not chosen")
    return _("{mark}; {person} by a person").format(mark=said, person=person)


def _of_answer(answer: Answer | None, option: str) -> str:
    if answer is None or option not in answer.options:
        return _("blank")
    return _("in doubt") if answer.state is AnswerState.DOUBTFUL else _("marked")


def _rings(row: SheetRow, layout: Layout) -> dict[tuple[str, str], Ring]:
    """The machine's rings, with people's decisions over them."""
    rings = rings_of(layout, row.seen_answers)
    for question, answer in row.reading.answers.items():
        if answer == row.seen_answers.get(question):
            continue
        for bubble in layout.question(question).bubbles:
            chosen = bubble.option in answer.options
            rings[question, bubble.option] = Ring.DECIDED if chosen else Ring.BLANK
    return rings


def _question_lines(
    row: SheetRow, layout: Layout, measured: SheetMeasure | None
) -> Iterator[tuple[str, Ring]]:
    """One line a question for the picture, with the ring whose colour it has."""
    for question in layout.questions:
        machine = row.seen_answers.get(question.id)
        if machine is None:
            continue
        line = f"{question.id}: {_answer_in_words(machine)}"
        ring = Ring.MARKED if machine.options else Ring.BLANK
        bubbles = [b for b in measured.bubbles if b.question == question.id] if measured else []
        shown = [b for b in bubbles if b.option in machine.options]
        shown = shown or sorted(bubbles, key=lambda b: -b.darkness)[:1]
        if shown:
            darkness = ", ".join(f"{b.option} {100 * b.darkness:.1f} %" for b in shown)
            line += " · " + _("dark: {darkness}").format(darkness=darkness)
        if machine.reasons:
            line += " · " + "; ".join(reason_in_words(reason) for reason in machine.reasons)
        if machine.state is AnswerState.DOUBTFUL:
            ring = Ring.DOUBTFUL
        now = row.reading.answers.get(question.id)
        if now is not None and now != machine:
            ring = Ring.DECIDED
            line += " · " + _("a person: {answer}").format(answer=_answer_in_words(now))
        yield line, ring


def _answer_in_words(answer: Answer) -> str:
    options = ", ".join(answer.options)
    match answer.state:
        case AnswerState.ANSWERED:
            return options
        case AnswerState.BLANK:
            return _("blank")
        case AnswerState.INVALID:
            return _("not valid")
        case AnswerState.DOUBTFUL:
            return _("in doubt: {options}").format(options=options or _("blank"))
