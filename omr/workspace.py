"""A workspace: the folder that holds one office's settings, catalogue, surveys and keys.

Everything is read when first asked for and kept, so a command that needs no units never
reads them. The ledger has its own module; here is only its address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from omr.errors import LedgerUnusable, UsageError
from omr.i18n import _
from omr.keys import Keyring, KeysUnusable, create_keyring, load_keyring
from omr.ledger_address import COUNTER_ENDING, LedgerAddress
from omr.links import Links
from omr.links_file import read_links, refuse_unknown_domains, shipped_links_text
from omr.new_file import write_new_file
from omr.part_file import take_left_over
from omr.provinces import Province
from omr.settings import Settings, read_settings, shipped_settings_text
from omr.survey import Survey
from omr.survey_file import SHIPPED_SURVEY, load_surveys, shipped_survey_text
from omr.unit_seed import seed_units
from omr.units import UnitCatalogue
from omr.units_file import read_units, units_text


class Workspace:
    """The parts of a workspace. Use :func:`open_workspace` or :func:`init_workspace`.

    Args:
        root: The folder; its parts need not exist yet.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def __repr__(self) -> str:
        return f"Workspace({str(self.root)!r})"

    @property
    def settings_file(self) -> Path:
        """Its presence makes the folder a workspace."""
        return self.root / "omr.toml"

    @property
    def units_file(self) -> Path:
        """The editable unit catalogue."""
        return self.root / "units.csv"

    @property
    def surveys_folder(self) -> Path:
        """The editable surveys, one TOML file each."""
        return self.root / "surveys"

    @property
    def links_file(self) -> Path:
        """The editable addresses of public pages; an older workspace may be without it."""
        return self.root / "links.toml"

    @property
    def profiles_folder(self) -> Path:
        """How electronic exports are understood, one TOML file each."""
        return self.root / "profiles"

    @property
    def keys_file(self) -> Path:
        """The signing keys: secret."""
        return self.root / "keys" / "signing-keys.json"

    @property
    def sender_key_file(self) -> Path:
        """What a unit signs with; its presence makes this a unit's workspace."""
        return self.keys_file.with_name("sender-key.json")

    @property
    def receiver_key_file(self) -> Path:
        """What opens the files that units send: secret."""
        return self.keys_file.with_name("receiver-key.json")

    @property
    def evidence_folder(self) -> Path:
        """Pictures of what was read."""
        return self.root / "evidence"

    @property
    def ledger_file(self) -> Path:
        """The embedded ledger, unless the settings name a server."""
        return self.root / "ledger.db"

    @property
    def ledger_counter(self) -> Path:
        """How far the ledger had come when this workspace last saw it."""
        return self.root / f"ledger.db{COUNTER_ENDING}"

    @property
    def ledger_url(self) -> str:
        """The ledger's address for SQLAlchemy; it may hold a password, so never show it.

        Raises:
            UsageError: If the settings cannot be read, or have mistakes.
            LedgerUnusable: If the folder's name does not fit into an address.
        """
        address = self.settings.ledger_url or self.embedded_ledger_url
        return LedgerAddress(address, self.ledger_counter)

    @property
    def embedded_ledger_url(self) -> str:
        """The address of the ledger file in the folder.

        Raises:
            LedgerUnusable: If the folder's name does not fit into an address.
        """
        path = self.ledger_file.as_posix()
        if "?" in path:  # would begin the address's options
            raise LedgerUnusable(
                _("the workspace's path contains a question mark: {path}").format(path=path),
                _("Rename the folder."),
            )
        return f"sqlite:///{path}"

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once.

        Raises:
            UsageError: If the file cannot be read, or has mistakes (all are listed).
        """
        return read_settings(self.settings_file)

    def units(self) -> UnitCatalogue:
        """The unit catalogue, read once.

        Raises:
            UsageError: If the file cannot be read, or has mistakes (all are listed).
        """
        return self._units

    def surveys(self) -> dict[str, Survey]:
        """The surveys by id, read once.

        Raises:
            UsageError: If there is none, or any has mistakes (all are listed).
        """
        return self._surveys

    def refuse_own_file(self, *targets: Path | None) -> None:
        """Refuse to write where the workspace keeps something of its own.

        Args:
            targets: Files that a command is about to write; None stands for no file.

        Raises:
            UsageError: Naming the file.
        """
        address = self.settings.ledger_url
        ledger = Path(address.removeprefix("sqlite:///")) if address else self.ledger_file
        files = [self.settings_file, self.units_file, self.links_file]
        files += [ledger.with_name(ledger.name + end) for end in ("", "-wal", "-shm")]
        files += [self.ledger_counter]
        folders = [
            self.keys_file.parent,
            self.surveys_folder,
            self.profiles_folder,
            self.evidence_folder,
        ]
        own = {path.resolve() for path in files}
        for target in targets:
            if target is None:
                continue
            place = target.resolve()
            if place in own or any(place.is_relative_to(each.resolve()) for each in folders):
                raise UsageError(
                    _("{path} belongs to the workspace itself").format(path=target),
                    _("Choose another name."),
                )

    def refuse_at_unit(self) -> None:
        """Refuse to change the books about forms where only a copy of them is.

        Raises:
            UsageError: If this is a unit's workspace.
        """
        if self.sender_key_file.exists():
            raise UsageError(
                _("the books about forms are kept by the office that prints them"),
                _("Tell that office; what it writes down comes here with the next kit."),
            )

    def links(self) -> Links:
        """The addresses of public pages, read once; none if the workspace is older than they.

        Raises:
            UsageError: If the file or a survey cannot be read, or has mistakes (all are
                listed); also a domain that no survey has.
        """
        return self._links

    def keyring(self) -> Keyring:
        """The signing keys, read once.

        Raises:
            KeysUnusable: If they are missing, damaged or open to others.
        """
        return self._keyring

    @cached_property
    def _units(self) -> UnitCatalogue:
        return read_units(self.units_file)

    @cached_property
    def _surveys(self) -> dict[str, Survey]:
        return load_surveys(self.surveys_folder)

    @cached_property
    def _links(self) -> Links:
        if not self.links_file.exists():
            return Links(self.links_file)
        links = read_links(self.links_file)
        surveys = self.surveys().values()
        refuse_unknown_domains(links, (domain for each in surveys for domain in each.domains))
        return links

    @cached_property
    def _keyring(self) -> Keyring:
        return load_keyring(self.keys_file)


@dataclass(frozen=True, slots=True)
class InitResult:
    """What :func:`init_workspace` did. Paths are relative to the workspace."""

    workspace: Workspace
    is_new: bool  # false: it was a workspace already, and nothing was changed
    created: tuple[Path, ...]
    kept: tuple[Path, ...]  # were there already and were not touched
    missing: tuple[Path, ...]  # of an existing workspace: to be restored from a backup


def open_workspace(root: Path) -> Workspace:
    """The workspace in *root*.

    Raises:
        LedgerUnusable: If there is none.
    """
    workspace = Workspace(root)
    if not workspace.settings_file.is_file():
        raise LedgerUnusable(
            _("there is no workspace in {folder}").format(folder=workspace.root),
            _("Make one with: omr init {folder} (or name another folder with --workspace)").format(
                folder=root
            ),
        )
    return workspace


def init_workspace(
    root: Path,
    province: Province,
    make_ledger: Callable[[str], object] = lambda _url: None,
) -> InitResult:
    """Make a workspace for the police of *province*.

    Nothing that exists is ever overwritten. The settings are written last: without them a
    run that was cut short is simply run again, and with them nothing is changed any more.

    Args:
        root: The folder; made if absent.
        province: Decides the units.
        make_ledger: Makes or opens the ledger at a SQLAlchemy address; handed in, so that
            this module needs no database.

    Raises:
        KeysUnusable: If there is a ledger but no key: a new key would make every form that
            was printed before look forged.
        LedgerUnusable: If the folder cannot be written to.
    """
    workspace = Workspace(root)
    if workspace.settings_file.exists():
        return _existing(workspace)
    if workspace.ledger_file.exists() and not workspace.keys_file.exists():
        raise KeysUnusable(
            _("there is a ledger in {folder}, but its signing keys are missing").format(
                folder=workspace.root
            ),
            _("Put the backup of {path} back.").format(path=workspace.keys_file),
        )
    try:
        created, kept = _write_parts(workspace, province, make_ledger)
    except OSError as error:
        raise unwritable(workspace, error) from error
    return InitResult(workspace, is_new=True, created=created, kept=kept, missing=())


def unwritable(workspace: Workspace, error: OSError) -> LedgerUnusable:
    """What to tell whoever was to make *workspace* when the disk refused with *error*."""
    return LedgerUnusable(
        _("the workspace cannot be written: {path}: {reason}").format(
            path=error.filename or workspace.root, reason=error.strerror or error
        ),
        _("Choose a folder that you may write to, with some free space."),
    )


def _existing(workspace: Workspace) -> InitResult:
    take_left_over(workspace.settings_file)  # written last, so nobody else would
    parts = (
        workspace.settings_file,
        workspace.units_file,
        workspace.surveys_folder,
        workspace.keys_file,
        *([] if workspace.settings.ledger_url else [workspace.ledger_file]),
    )
    there = tuple(path.relative_to(workspace.root) for path in parts if path.exists())
    missing = tuple(path.relative_to(workspace.root) for path in parts if not path.exists())
    return InitResult(workspace, is_new=False, created=(), kept=there, missing=missing)


def _write_parts(
    workspace: Workspace, province: Province, make_ledger: Callable[[str], object]
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Write what is missing; which files were written, and which were there."""
    ledger_url = workspace.embedded_ledger_url  # refused before anything is written
    for folder in (
        workspace.root,
        workspace.surveys_folder,
        workspace.profiles_folder,
        workspace.evidence_folder,
    ):
        folder.mkdir(parents=True, exist_ok=True)
    workspace.keys_file.parent.mkdir(mode=0o700, exist_ok=True)
    texts = {
        workspace.units_file: units_text(seed_units(province)),
        workspace.surveys_folder / f"{SHIPPED_SURVEY}.toml": shipped_survey_text(),
        workspace.links_file: shipped_links_text(),
        **{
            workspace.profiles_folder / profile.name: profile.read_text(encoding="utf-8")
            for profile in _shipped_profiles()
        },
    }
    written = {path: write_new_file(path, text.encode()) for path, text in texts.items()}
    written[workspace.keys_file] = create_keyring(workspace.keys_file, datetime.now(UTC).date())
    written[workspace.ledger_file] = not workspace.ledger_file.exists()
    make_ledger(ledger_url)
    settings = shipped_settings_text(agency=province.police, city=province.name)
    written[workspace.settings_file] = write_new_file(workspace.settings_file, settings.encode())
    return (
        tuple(path.relative_to(workspace.root) for path, new in written.items() if new),
        tuple(path.relative_to(workspace.root) for path, new in written.items() if not new),
    )


def _shipped_profiles() -> list[Traversable]:
    folder = resources.files("omr").joinpath("data", "profiles")
    if not folder.is_dir():
        return []
    return sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
