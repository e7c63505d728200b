"""Takes one file of a unit apart and merges it: everything in it or nothing."""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image

from omr.key_pairs import ReceiverKey
from omr.ledger import Ledger, issued
from omr.ledger.merging import Merged, NotItsKey, check_packed, merge, missing_pictures
from omr.ledger.packed import Packed
from omr.ledger.packed_checks import PackRefused
from omr.ledger.senders import Unpacked, find_sender
from omr.ledger.waiting import picture_is_kept
from omr.pictures import PictureStore
from omr.thresholds import Thresholds
from scans.judged_again import with_doubts
from scans.pack_file import Content, Head, NotForUs, PackFault, PackFile, open_pack
from scans.pack_json import LineFault, from_lines
from scans.same_ink import same_ink

_LONGEST_SIDE = 6_000  # pixels; an A4 sheet at 8 px/mm has 2,376


class Fault(StrEnum):
    """Why a file was not merged (stable words)."""

    ALTERED = "altered"  # or cut off, or no file of ours
    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown-key"
    WITHDRAWN_KEY = "withdrawn-key"
    OTHER_UNIT = "other-unit"  # signed by a key that is registered for another one
    OTHER_RECEIVER = "other-receiver"
    FALSE = "false"  # something in it cannot be true


class NotMerged(Exception):
    """A file of which nothing was kept.

    Args:
        fault: Why.
        detail: Of it, such as a serial.
        head: What the file says of itself, if its signature fits.
        what: With ``FALSE``, a stable word for what cannot be; see
            :mod:`omr.ledger.packed_checks`.
    """

    def __init__(
        self, fault: Fault, detail: str = "", head: Head | None = None, what: str = ""
    ) -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.detail = detail
        self.head = head
        self.what = what


@dataclass(frozen=True, slots=True)
class Done:
    """A file that was merged."""

    head: Head
    merged: Merged


def unpack_file(
    ledger: Ledger,
    store: PictureStore,
    receiver: ReceiverKey | None,
    path: Path,
    *,
    thresholds: Thresholds,
    by: str,
) -> Done:
    """Merge the file at *path*.

    Args:
        ledger: The open ledger.
        store: Where pictures are kept.
        receiver: What opens it; None: this office never handed out a kit.
        path: The file; a regular one.
        thresholds: For judging again what the unit measured.
        by: Who merges it.

    Raises:
        NotMerged: If anything is wrong with it; nothing of it was kept.
        LedgerUnusable: If the ledger or the store cannot be written.
    """
    pack = _opened(path)
    head = pack.head
    _refuse_stranger(ledger, head)
    if receiver is None:
        raise NotMerged(Fault.OTHER_RECEIVER, head=head)
    try:
        content = Content(pack, receiver)
    except NotForUs:
        raise NotMerged(Fault.OTHER_RECEIVER, head=head) from None
    except OSError as error:
        raise NotMerged(Fault.UNREADABLE, error.strerror or str(error), head) from None
    try:
        return Done(head, _merged(ledger, store, pack, content, thresholds, by))
    except (PackFault, LineFault):
        raise NotMerged(Fault.ALTERED, head=head) from None
    except PackRefused as refused:
        raise NotMerged(Fault.FALSE, refused.where, head, refused.what) from None
    except NotItsKey:  # it was withdrawn a moment ago
        raise NotMerged(Fault.WITHDRAWN_KEY, head=head) from None
    finally:
        content.close()


def _opened(path: Path) -> PackFile:
    try:
        return open_pack(path)
    except PackFault:
        raise NotMerged(Fault.ALTERED) from None
    except (OSError, ValueError) as error:  # ValueError: no name that a file can have
        raise NotMerged(Fault.UNREADABLE, str(getattr(error, "strerror", error))) from None


def _refuse_stranger(ledger: Ledger, head: Head) -> None:
    known = find_sender(ledger, head.public)
    if known is None:
        raise NotMerged(Fault.UNKNOWN_KEY, head=head)
    if not known.counts:
        raise NotMerged(Fault.WITHDRAWN_KEY, known.why, head)
    if known.unit != head.unit:
        raise NotMerged(Fault.OTHER_UNIT, known.unit, head)


def _merged(
    ledger: Ledger,
    store: PictureStore,
    pack: PackFile,
    content: Content,
    thresholds: Thresholds,
    by: str,
) -> Merged:
    head = pack.head
    packed = from_lines(content.lines())
    months = {batch.period for batch in packed.batches}
    if len(packed.sheets) != head.sheets or head.period not in months:
        raise PackFault
    check_packed(ledger, packed, head.unit)
    layouts = issued.layouts(ledger)
    packed = with_doubts(packed, layouts, thresholds)
    file = Unpacked(
        pack.sha256, head.unit, head.period, head.public, head.made_at, len(packed.sheets)
    )
    kept: list[str] = []
    try:
        _keep_pictures(store, content, packed, set(missing_pictures(ledger, packed)), kept)
        return merge(ledger, packed, file, same_paper=same_ink(layouts), by=by)
    except BaseException:
        for digest in kept:  # nothing of a refused file stays
            if not picture_is_kept(ledger, digest):
                store.delete(digest)
        raise


def _keep_pictures(
    store: PictureStore,
    content: Content,
    packed: Packed,
    wanted: Collection[str],
    kept: list[str],
) -> None:
    """Keep the pictures that are *wanted* and not there; *kept* is told each of them.

    They are on the disk before any row names them.

    Raises:
        PackFault: If one is no picture as we make them, or no sheet's.
    """
    named = set(packed.digests())
    for digest, picture in content.pictures():
        if digest not in named or not _is_ours(picture):
            raise PackFault
        named.discard(digest)
        if digest in wanted:
            if store.read(digest) is None:
                kept.append(digest)
            store.keep(picture)  # also one that is there: an interrupted run may have left half


def _is_ours(picture: bytes) -> bool:
    """Whether it is a JPEG of a size that a sheet can have; its pixels are not unpacked."""
    try:
        with Image.open(io.BytesIO(picture), formats=["JPEG"]) as image:
            return max(image.size) <= _LONGEST_SIDE
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
