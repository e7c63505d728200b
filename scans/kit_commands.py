"""omr scans kit, at the office that prints; omr scans use-kit, at the unit."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from omr.errors import InputUnusable, LedgerUnusable, UsageError
from omr.i18n import _
from omr.key_changes import joined
from omr.key_pairs import (
    SenderKey,
    change_receiver,
    fingerprint,
    keep_sender_key,
    load_sender_key,
    new_sender_key,
    receiver_key,
    same_fingerprint,
)
from omr.key_passphrase import known_passphrase, new_passphrase
from omr.key_sealing import COST, Kind, read_sealed, write_locked
from omr.key_share import imported, shared
from omr.key_store import change_keyring, put_keyring
from omr.keys import Keyring
from omr.ledger import Ledger
from omr.ledger.handout import Rows, books_of, take_books
from omr.new_file import is_there, write_new_file
from omr.part_file import take_left_over
from omr.replaced_file import replace_file
from omr.settings import Settings
from omr.survey_archive import archive_folder
from omr.toml_file import read_toml
from omr.workspace import Workspace, open_workspace, unwritable
from scans.kit import Kit, kit_from_bytes, kit_to_bytes

_FROM_KIT = "omr-from-kit.toml"


def make_kit(
    root: Path,
    unit: str,
    out: Path,
    *,
    year: int | None,
    passphrase_file: Path | None,
    cost: int = COST,
) -> None:
    """Write to a new file, locked with a passphrase, all that a unit needs.

    Raises:
        UsageError: If there is no such unit, no signing key, or the file is there already.
    """
    workspace = open_workspace(root)
    name = workspace.units().unit(unit).name
    if is_there(out):
        raise UsageError(_("{path} is there already").format(path=out), _("Give another name."))
    today = datetime.now(workspace.settings.zone).date()
    with Ledger.open(workspace.ledger_url) as ledger:
        books = books_of(ledger, unit)
    keyring = _verifying(workspace.keyring(), _years(books, year, today))
    receiver = receiver_key(workspace.receiver_key_file, make=True)
    if receiver is None:
        raise LedgerUnusable(_("there is no key to receive with"))
    kit = Kit(
        unit=unit,
        settings=settings_text(workspace.settings, name),
        units=workspace.units_file.read_text(encoding="utf-8"),
        links=_text_of(workspace.links_file),
        surveys=dict(_surveys(workspace)),
        books=books,
        receiver=receiver.public,
        keyring=keyring,
    )
    phrase = new_passphrase(passphrase_file)
    readable = {"unit": unit, "key_ids": [key.key_id for key in keyring.keys]}
    write_locked(out, Kind.KIT, readable, kit_to_bytes(kit), phrase, today, cost=cost)
    forms = sum(int(run["count"]) for run in books["print_run"])
    print(_("{unit}: {forms} forms, keys that verify only").format(unit=unit, forms=forms))
    print(
        _("Send the passphrase by another way than the file. At the unit: omr scans use-kit FILE")
    )
    print(_receiving(receiver.public))
    if not workspace.settings.keep_every_picture:
        print(
            _(
                "Set keep_every_picture = true in omr.toml: then this office's papers, too, can be "
                "shown beside those of a unit that bear the same serial."
            )
        )
    print(_("file {path}").format(path=out))


def _receiving(public: bytes) -> str:
    return _("fingerprint of the receiving office's key: {fingerprint}").format(
        fingerprint=fingerprint(public)
    )


def use_kit(
    root: Path, file: Path, *, passphrase_file: Path | None, receiver: str | None = None
) -> None:
    """Make a unit's workspace from its kit, or bring to an existing one what is new.

    Run again after an interruption, it goes on where it stopped.

    Args:
        root: The unit's folder.
        file: The kit.
        passphrase_file: Holds the passphrase; None: it is asked for.
        receiver: Fingerprint of the receiving office's new key, where that changed.

    Raises:
        UsageError: If the file is no kit, the workspace is another office's, or the kit names
            another receiving key than the one before and nobody compared it.
        InputUnusable: If the kit is damaged, or contradicts what is here.
    """
    sealed = read_sealed(file)
    if sealed.kind is not Kind.KIT:
        raise UsageError(
            _("{path} is no kit of a unit").format(path=file),
            _("A kit is made by: omr scans kit UNIT --out FILE"),
        )
    workspace = Workspace(root)
    _refuse_other_office(workspace)
    kit = kit_from_bytes(sealed.secret(known_passphrase(passphrase_file)))
    key = load_sender_key(workspace.sender_key_file)
    if key is not None and key.unit != kit.unit:
        raise UsageError(
            _("this workspace is {here}'s, the kit is {there}'s").format(
                here=key.unit, there=kit.unit
            ),
            _("Name another folder with --workspace."),
        )
    if (
        key is not None
        and key.receiver != kit.receiver
        and not same_fingerprint(receiver or "", kit.receiver)
    ):
        raise UsageError(
            _("this kit lets you lock what you send for another key than before"),
            _(
                "It may be forged: call the office that you send to; if it has a new key, give "
                "what it reads out: --receiver FINGERPRINT"
            ),
        )
    is_new = not workspace.settings_file.exists()
    try:
        forms, key = _take(workspace, kit, key)
    except OSError as error:
        raise unwritable(workspace, error) from error
    made = _("workspace of {unit} ready in {folder}: {forms} forms")
    updated = _("workspace of {unit} in {folder}: {forms} new forms")
    text = made if is_new else updated
    print(text.format(unit=kit.unit, folder=workspace.root, forms=forms))
    print(
        _("fingerprint of this unit's key: {fingerprint}").format(
            fingerprint=fingerprint(key.public)
        )
    )
    print(_receiving(kit.receiver))
    if is_new:
        print(_("Next: omr scans read SCANS, omr scans review, omr scans pack --period YYYY-MM"))


def settings_text(settings: Settings, office: str) -> str:
    """The ``omr.toml`` of a unit: what has to be the same everywhere is the same."""
    thresholds = (
        f"marginal = {settings.marginal}\ndefinite = {settings.definite}\n"
        if settings.marginal is not None
        else ""
    )
    return (
        "# Cài đặt của đơn vị, lập từ bộ cấp (omr scans use-kit). Lưu bằng mã UTF-8.\n"
        "[office]\n"
        f"agency = {_toml(settings.agency)}\n"
        f"name = {_toml(office)}\n"
        f"city = {_toml(settings.city)}\n"
        f"language = {_toml(settings.language.value)}\n\n"
        "[period]   # như nơi in phiếu; sửa thì số liệu hai nơi khác nhau\n"
        f"start_day = {settings.start_day}\n"
        f"time_zone = {_toml(settings.time_zone)}\n\n"
        "[reading]\n"
        "jobs = 0   # số việc chạy song song; 0: bằng số nhân của máy\n"
        "keep_every_picture = true   # hình nhỏ của mọi phiếu, để nơi nhận so hai tờ trùng số\n"
        f"{thresholds}\n"
        "[review]\n"
        f"second_reading = {settings.second_reading}\n\n"
        "[alerts]\n"
        f"ratings = {_toml(settings.alert_ratings.value)}\n"
    )


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _verifying(keyring: Keyring, years: list[int]) -> Keyring:
    first, *others = (shared(keyring, year) for year in years)
    for each in others:
        first = joined(first, each)
    return first


def _years(books: dict[str, Rows], year: int | None, today: date) -> list[int]:
    if year is not None:
        return [year]
    return sorted({today.year, *(int(run["year"]) for run in books["print_run"])})


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _surveys(workspace: Workspace) -> Iterator[tuple[str, str]]:
    workspace.surveys()  # mistakes are told here, not at the unit
    for path in sorted(workspace.surveys_folder.glob("*.toml")):
        yield path.name, _text_of(path)
    for path in sorted(archive_folder(workspace.surveys_folder).glob("*.toml")):
        yield f"archive/{path.name}", _text_of(path)


def _refuse_other_office(workspace: Workspace) -> None:
    """Refuse to make a unit's workspace of one that signs forms."""
    has_ledger = workspace.ledger_file.exists() or workspace.settings_file.exists()
    if has_ledger and not workspace.sender_key_file.exists():
        raise UsageError(
            _("{folder} is the workspace of an office that prints forms").format(
                folder=workspace.root
            ),
            _("Name a folder of its own for the unit: --workspace DIR"),
        )


def _take(workspace: Workspace, kit: Kit, key: SenderKey | None) -> tuple[int, SenderKey]:
    """Write everything; the settings last, as their presence makes it a workspace."""
    archive = archive_folder(workspace.surveys_folder)
    for folder in (workspace.root, archive, workspace.profiles_folder, workspace.evidence_folder):
        folder.mkdir(parents=True, exist_ok=True)
    take_left_over(workspace.sender_key_file)  # it got its name, but not rid of the other one
    if key is None:
        keep_sender_key(workspace.sender_key_file, new_sender_key(kit.unit, kit.receiver))
        key = load_sender_key(workspace.sender_key_file)
    elif key.receiver != kit.receiver:
        change_receiver(workspace.sender_key_file, key, kit.receiver)
    if key is None:
        raise InputUnusable(_("the unit's key was not kept"))
    made = workspace.settings_file.exists()
    with Ledger.create(workspace.ledger_url if made else workspace.embedded_ledger_url) as ledger:
        forms = take_books(ledger, kit.books)
    if is_there(workspace.keys_file):
        change_keyring(workspace.keys_file, lambda here: imported(here, kit.keyring))
    else:
        put_keyring(workspace.keys_file, kit.keyring)
    texts = {workspace.units_file: kit.units, workspace.links_file: kit.links}
    texts |= {workspace.surveys_folder / name: text for name, text in kit.surveys.items()}
    for path, text in texts.items():
        _put(path, text)
    if not write_new_file(workspace.settings_file, kit.settings.encode()):
        _compare_settings(workspace, kit.settings)
    return forms, key


def _put(path: Path, text: str) -> None:
    """Write *text*; what was there stays under a dated name."""
    after = text.encode()
    if not text or write_new_file(path, after):
        return
    before = path.read_bytes()
    if before != after:
        archive = path.parent / "archive"
        folder = archive if path.parent.name == "surveys" else None
        replace_file(path, before, after, datetime.now().astimezone(), folder=folder)


def _compare_settings(workspace: Workspace, text: str) -> None:
    """Say aloud where the unit would count otherwise than the office that prints.

    Its settings are a person's: they may name a server, so they are left alone.
    """
    beside = workspace.settings_file.with_name(_FROM_KIT)
    beside.write_text(text, encoding="utf-8")
    here, there = read_toml(workspace.settings_file).values, read_toml(beside).values
    if _counts_by(here) == _counts_by(there):
        beside.unlink()
        return
    print(
        _(
            "omr: warning: months, alerts or thresholds in omr.toml are not those of the office "
            "that prints, so numbers will differ; its settings are in {path}"
        ).format(path=beside),
        file=sys.stderr,
    )


def _counts_by(values: Mapping[str, Any]) -> list[Any]:
    """What of the settings decides about numbers."""
    reading = values.get("reading", {})
    thresholds = [reading.get("marginal"), reading.get("definite")]
    return [values.get("period"), values.get("alerts"), *thresholds]
