"""A workspace's own files: settings, units, surveys, keys and their backup."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from omr.checkup import Line, State
from omr.errors import ExitCode, OmrError
from omr.i18n import _
from omr.key_backup_note import read_note
from omr.workspace import Workspace


def file_lines(workspace: Workspace) -> Iterator[Line]:
    """The files that people may edit: whether each can be read without a mistake."""
    yield _tried("settings", lambda: _("settings of {agency}").format(agency=_office(workspace)))
    yield _tried("units", lambda: _("{count} units").format(count=len(workspace.units())))
    yield _tried(
        "surveys",
        lambda: _("surveys: {names}").format(names=", ".join(sorted(workspace.surveys()))),
    )


def _office(workspace: Workspace) -> str:
    return f"{workspace.settings.agency}, {workspace.settings.office}"


def key_lines(workspace: Workspace) -> Iterator[Line]:
    """The signing keys: there, for their owner only, and in a backup."""
    try:
        keyring = workspace.keyring()
    except OmrError as error:
        yield _trouble("key", error)
        return
    if keyring.signing_id is None:
        yield Line("key", _("keys that verify forms; none that signs, so nothing is printed here"))
        return
    yield Line(
        "key", _("key {id} signs; nobody else may read the file").format(id=keyring.signing_id)
    )
    note = read_note(workspace.keys_file)
    if note is None:
        yield Line(
            "key-backup",
            _("no backup of the keys is known here"),
            State.NOTE,
            _(
                "Make one: omr keys backup --out FILE, or prove an old one: "
                "omr keys check-backup FILE. Without the keys every printed form looks forged."
            ),
        )
    elif note.covers(keyring):
        yield Line(
            "key-backup",
            _("every key is in the backup of {day}").format(day=note.on.isoformat()),
        )
    else:
        yield Line(
            "key-backup",
            _("the keys have changed since the backup of {day}").format(day=note.on.isoformat()),
            State.NOTE,
            _("Make a new one: omr keys backup --out FILE. Keep the old one as well."),
        )


def _tried(topic: str, say: Callable[[], str]) -> Line:
    try:
        return Line(topic, say())
    except OmrError as error:
        return _trouble(topic, error)


def _trouble(topic: str, error: OmrError) -> Line:
    code = max(error.exit_code, ExitCode.BAD_INPUT)  # mistakes in a file are an input's
    return Line(topic, error.message, State.TROUBLE, error.remedy or _("See the message."), code)
