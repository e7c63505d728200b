"""What the commands about alerts do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.alert_notes import note_alert
from omr.ledger.month_list import periods_with_answers
from omr.ledger.quality import kept_pictures
from omr.ledger.unlinked_rest import unlinked_records
from omr.person import present_person
from omr.pictures import PictureStore
from omr.workspace import Workspace, open_workspace
from reports.alerts import Coded, coded, named, with_notes
from reports.closing import closed_month
from reports.export import alerts_csv, write_together
from reports.gathering import Gatherer
from reports.responses import Channel
from reports.results import AlertRow


def list_alerts(
    root: Path, period: str | None = None, *, handled_too: bool = False, out: Path | None = None
) -> list[AlertRow]:
    """Print the alerts of a month, or write them to a file.

    Args:
        root: The workspace.
        period: Its name; None: the newest month with anything in it.
        handled_too: Also those that somebody handled.
        out: A CSV file to write instead of printing.

    Raises:
        UsageError: If the file cannot be written.
    """
    workspace = open_workspace(root)
    workspace.refuse_own_file(out)
    with Ledger.open(workspace.ledger_url) as ledger:
        month = period or _newest(workspace, ledger)
        every = coded(alerts_now(Gatherer(workspace, ledger), month))
        shown = [each for each in every if handled_too or not each.row.handled]
        pictures = kept_pictures(ledger, {each.row.record_id for each in shown})
    if out is not None:
        table = alerts_csv([each.row for each in shown], month)
        write_together(out.parent, {out.name: table.encode()})
    else:
        store = PictureStore(workspace.evidence_folder)
        for each in shown:
            kept = pictures.get(each.row.record_id, {})
            digest = kept.get(each.row.question) or kept.get("picture")
            crop = None if digest is None else store.path(digest)
            for line in _told(each, crop):
                print(line)
    print(_summary(month, [each.row for each in every]))
    return [each.row for each in shown]


def settle_alert(
    root: Path,
    name: str,
    question: str = "",
    *,
    period: str | None = None,
    handled: bool = True,
    note: str = "",
) -> AlertRow:
    """Keep what was done about one alert.

    Args:
        root: The workspace.
        name: Its code, or the record id of its response (the start will do).
        question: With a record id, which of its answers.
        period: The month to look in; None: every month, the newest first.
        handled: Whether it is settled now; false opens it again.
        note: What was done.

    Raises:
        UsageError: If no alert or several have that name, or a note is missing.
    """
    if handled and not note.strip():
        raise UsageError(
            _("to settle an alert say what was done about it"),
            _('Add for example: --note "spoke with the unit on 3 November"'),
        )
    workspace = open_workspace(root)
    with Ledger.open(workspace.ledger_url) as ledger:
        gatherer = Gatherer(workspace, ledger)
        for month in [period] if period else periods_with_answers(ledger):
            found = named(alerts_now(gatherer, month), name, question)
            if found:
                break
        else:
            found = []
        row = _only(found, name)
        note_alert(
            ledger,
            row.record_id,
            row.question,
            handled=handled,
            note=note,
            by=present_person(),
        )
    code = coded([row])[0].code
    said = (
        _("alert {code} is settled: {unit}, {text}")
        if handled
        else _("alert {code} is open again: {unit}, {text}")
    )
    print(said.format(code=code, unit=row.unit_name, text=row.text))
    return row


def alerts_now(gatherer: Gatherer, period: str) -> tuple[AlertRow, ...]:
    """The alerts of a month, closed or not, with what was done about them by now.

    A closed month's numbers stay, but an alert that came late must not wait until somebody
    opens the month again: such ones follow those that were counted.
    """
    month = gatherer.period(period)
    closed = closed_month(gatherer.ledger, str(month))
    now = gatherer.alerts(month)
    if closed is None:
        return now
    counted = with_notes(closed[1].results.alerts, gatherer.notes)
    if closed[1].is_unlinked:
        return (*counted, *_late_of_unlinked(gatherer, str(month), counted, now))
    there = {(row.record_id, row.question) for row in counted}
    return (*counted, *(row for row in now if (row.record_id, row.question) not in there))


def _late_of_unlinked(
    gatherer: Gatherer, month: str, counted: Sequence[AlertRow], now: Sequence[AlertRow]
) -> Iterator[AlertRow]:
    """Those of *now* that were not counted, where ids lead nowhere any more.

    Electronic ones are compared by what they say, as :func:`reports.closing.late_since` does.
    """
    destroyed = unlinked_records(gatherer.ledger, month)
    known = Counter(_said(row) for row in counted if row.channel is Channel.ELECTRONIC)
    for row in now:
        if row.channel is Channel.PAPER:
            if row.record_id not in destroyed:
                yield row
        elif known[_said(row)]:
            known[_said(row)] -= 1
        else:
            yield row


def _said(row: AlertRow) -> tuple[str, ...]:
    return (row.unit, row.domain, row.question, row.option)


def _newest(workspace: Workspace, ledger: Ledger) -> str:
    periods = periods_with_answers(ledger)
    if not periods:
        raise UsageError(
            _("nothing has been read or imported yet"),
            _("Read scans first: omr scans read FILE --workspace {folder}").format(
                folder=workspace.root
            ),
        )
    return periods[0]


def _only(found: Sequence[AlertRow], name: str) -> AlertRow:
    places = {(row.record_id, row.question) for row in found}
    if len(places) == 1:
        return found[0]
    if not places:
        raise UsageError(
            _("no alert is called '{name}'").format(name=name),
            _("The codes are in the list: omr reports alerts --all"),
        )
    raise UsageError(
        _("'{name}' may be {count} alerts").format(name=name, count=len(places)),
        _("Give the whole code, or the record and its question."),
    )


def _told(alert: Coded, crop: Path | None) -> Iterator[str]:
    row = alert.row
    state = _("handled") if row.handled else _("new")
    yield f"{alert.code}  {state}  {row.unit}  {row.unit_name}  {row.domain}"
    yield f"    {row.text} → {row.label}"
    place = row.file
    if row.page is not None:
        place = _("{file}, page {page}, sheet {sheet}").format(
            file=row.file, page=row.page + 1, sheet=(row.sheet or 0) + 1
        )
    elif row.row is not None:
        place = _("{file}, row {row}").format(file=row.file, row=row.row)
    yield "    " + _("{channel} {record}: {place}").format(
        channel=_("on paper") if row.channel is Channel.PAPER else _("electronic"),
        record=row.record_id,
        place=place or _("place destroyed"),
    )
    if crop is not None:
        yield "    " + _("picture: {path}").format(path=crop)
    if row.note:
        yield "    " + _("note: {note}").format(note=row.note)


def _summary(period: str, rows: Sequence[AlertRow]) -> str:
    still = sum(not row.handled for row in rows)
    if not still:
        return _("{period}: no open alerts, {handled} handled").format(
            period=period, handled=len(rows)
        )
    return _(
        "{period}: {open} open alerts, {handled} handled. To settle one: "
        'omr reports alert CODE --handled --note "WHAT WAS DONE"'
    ).format(period=period, open=still, handled=len(rows) - still)
