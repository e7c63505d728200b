"""omr scans pack: a unit's month into one signed file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from omr.errors import InputUnusable, UsageError
from omr.i18n import _
from omr.key_pairs import SenderKey, fingerprint, load_sender_key
from omr.ledger import Ledger, now
from omr.ledger.packed import Packed
from omr.ledger.packing import pack_month
from omr.ledger.readings import count_by_status
from omr.marks import SheetStatus
from omr.periods import Period
from omr.pictures import PictureStore
from omr.workspace import Workspace, open_workspace
from scans.pack_file import PackFault, take_pack_left_over, write_pack
from scans.pack_json import to_lines

_MEGABYTE = 1e6


def pack_scans(root: Path, period_text: str, out: Path) -> None:
    """Write what a unit read and decided about a month to a new file.

    Raises:
        UsageError: If this is no unit's workspace, nothing was read for the month, or there
            is a file of that name.
        InputUnusable: If pictures are missing; everything else was packed.
    """
    workspace = open_workspace(root)
    key = unit_key(workspace)
    period = str(Period.parse(period_text, workspace.settings.start_day))
    if out.exists():
        take_pack_left_over(out)  # it got its name, but not rid of the other ones
        raise UsageError(
            _("{path} is there already").format(path=out),
            _("Give another name: what was sent is never replaced."),
        )
    workspace.refuse_own_file(out)
    store = PictureStore(workspace.evidence_folder)
    with Ledger.open(workspace.ledger_url) as ledger:
        packed = pack_month(ledger, period)
        waiting = count_by_status(ledger, period=period)[SheetStatus.REVIEW]
    missing: list[str] = []
    try:
        write_pack(
            out,
            key,
            to_lines(packed),
            _pictures(store, packed.digests(), missing),
            period=period,
            made_at=now(),
            software=f"omr {version('omr-surveys')}",
            sheets=len(packed.sheets),
        )
    except PackFault as error:
        raise UsageError(
            _("{sheets} sheets are too many for one file").format(sheets=len(packed.sheets)),
            _("Read them in parts, into several workspaces made from the same kit."),
        ) from error
    except OSError as error:
        raise UsageError(
            _("cannot write {path}: {why}").format(path=out, why=error.strerror or error),
            _("Choose a file in a folder you may write to, with some free space."),
        ) from error
    for line in _told(packed, out, period, key, waiting):
        print(line)
    if missing:
        raise InputUnusable(
            _("{count} pictures are missing or damaged in {folder}; the rest was packed").format(
                count=len(missing), folder=workspace.evidence_folder
            ),
            _(
                "Put them back from a backup and pack again, or send the file as it is: {path}"
            ).format(path=out),
        )


def unit_key(workspace: Workspace) -> SenderKey:
    """What the workspace signs with.

    Raises:
        UsageError: If it is no unit's workspace.
    """
    key = load_sender_key(workspace.sender_key_file)
    if key is None:
        raise UsageError(
            _("this workspace sends nothing: it was not made from a unit's kit"),
            _("At the unit: omr scans use-kit FILE. The kit comes from: omr scans kit UNIT"),
        )
    return key


def _pictures(store: PictureStore, digests: Sequence[str], missing: list[str]) -> Iterator[bytes]:
    for digest in digests:
        picture = store.read(digest)
        if picture is None:
            missing.append(digest)
        else:
            yield picture


def _told(packed: Packed, out: Path, period: str, key: SenderKey, waiting: int) -> Iterator[str]:
    yield _(
        "{unit}, {period}: {sheets} sheets, {decisions} decisions, {pictures} pictures, "
        "{megabytes:.1f} MB"
    ).format(
        unit=key.unit,
        period=period,
        sheets=len(packed.sheets),
        decisions=len(packed.decisions) + len(packed.choices),
        pictures=len(packed.digests()),
        megabytes=out.stat().st_size / _MEGABYTE,
    )
    if waiting:
        yield _(
            "{waiting} of them wait for a person: decide with omr scans review and pack again, or "
            "let the receiving office decide"
        ).format(waiting=waiting)
    yield _("fingerprint of this unit's key: {fingerprint}").format(
        fingerprint=fingerprint(key.public)
    )
    yield _("file {path}").format(path=out)
