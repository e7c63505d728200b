"""A unit's kit: nothing in it signs, nothing in it leads out of the folder."""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from make_keys import keyring_of

from omr.cli import main as omr
from omr.errors import InputUnusable, UsageError
from omr.key_pairs import fingerprint, load_sender_key, receiver_key
from omr.key_sealing import Kind, write_locked
from omr.key_share import shared
from omr.keys import keyring_to_bytes
from omr.settings import parse_settings
from omr.toml_file import parse_toml
from omr.workspace import Workspace, open_workspace
from scans.kit import Kit, kit_from_bytes, kit_to_bytes
from scans.kit_commands import make_kit, settings_text, use_kit

MASTERS = keyring_of({1: b"a" * 32})
KIT = Kit(
    unit="HP-PC08",
    settings="",
    units="code\n",
    links="",
    surveys={"hai-long.toml": "x", "archive/hai-long-r1.toml": "y"},
    books={"print_run": []},
    receiver=b"r" * 32,
    keyring=shared(MASTERS, 2026),
)
CHEAP = 2**14


def test_a_kit_comes_back_as_it_was_and_shows_no_key() -> None:
    assert kit_from_bytes(kit_to_bytes(KIT)) == KIT
    assert "keyring" not in repr(KIT)


def _changed(**change: Any) -> bytes:
    return json.dumps(json.loads(kit_to_bytes(KIT)) | change).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"[" * 10_000,
        _changed(format=2),
        _changed(keyring=keyring_to_bytes(MASTERS).decode()),
        _changed(keyring="{}"),
        _changed(receiver=base64.b64encode(b"short").decode()),
        _changed(unit=8),
        _changed(surveys={"../../.bashrc.toml": "x"}),
        _changed(surveys={"archive/../../x.toml": "x"}),
        _changed(surveys={"/etc/x.toml": "x"}),
        _changed(surveys={"C:\\x.toml": "x"}),
        _changed(surveys={".hidden.toml": "x"}),
        _changed(surveys={"x.exe": "x"}),
    ],
)
def test_a_kit_that_signs_leads_elsewhere_or_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(InputUnusable):
        kit_from_bytes(raw)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("office") / "pv01"
    assert omr(["init", str(root)]) == 0
    (root / "pass").write_text("bốn từ không liên quan", encoding="utf-8")
    (root / "pass").chmod(0o600)
    return root


def _kit(office: Path, folder: Path, unit: str = "HP-PC08") -> Path:
    number = len(list(folder.glob("*.kit")))
    out = folder / f"{number}.kit"
    make_kit(office, unit, out, year=2026, passphrase_file=office / "pass", cost=CHEAP)
    return out


def test_a_unit_counts_as_the_office_does(office: Path) -> None:
    settings = open_workspace(office).settings
    text = settings_text(settings, 'Phòng "Đăng ký" \\ xe')
    there = parse_settings(parse_toml(text, Path("omr.toml")))

    assert (there.start_day, there.time_zone, there.alert_ratings) == (
        settings.start_day,
        settings.time_zone,
        settings.alert_ratings,
    )
    assert there.office == 'Phòng "Đăng ký" \\ xe'
    assert there.keep_every_picture


def test_a_run_that_was_cut_short_is_run_again(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit, unit = _kit(office, tmp_path), tmp_path / "unit"
    for name in ("put_keyring", "take_books", "_put"):
        with monkeypatch.context() as patch:
            patch.setattr(f"scans.kit_commands.{name}", _power_cut)
            with pytest.raises(KeyboardInterrupt):
                use_kit(unit, kit, passphrase_file=office / "pass")
        assert not (unit / "omr.toml").exists()

    use_kit(unit, kit, passphrase_file=office / "pass")

    assert open_workspace(unit).keyring().signing_id is None
    assert "HP-PC08" in open_workspace(unit).units()


def _power_cut(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_a_unit_s_own_settings_stay_and_a_difference_is_said_aloud(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit, kit = tmp_path / "unit", _kit(office, tmp_path)
    use_kit(unit, kit, passphrase_file=office / "pass")
    settings = unit / "omr.toml"
    text = settings.read_text(encoding="utf-8").replace("jobs = 0", "jobs = 2")
    settings.write_text(text, encoding="utf-8")
    use_kit(unit, kit, passphrase_file=office / "pass")
    assert "warning" not in capsys.readouterr().err
    changed = text.replace("start_day = 15", "start_day = 1")
    settings.write_text(changed, encoding="utf-8")

    use_kit(unit, kit, passphrase_file=office / "pass")

    assert "numbers will differ" in capsys.readouterr().err
    assert settings.read_text(encoding="utf-8") == changed
    assert "start_day = 15" in (unit / "omr-from-kit.toml").read_text(encoding="utf-8")


def test_a_kit_of_another_unit_or_of_another_receiving_key_is_refused(
    office: Path, tmp_path: Path
) -> None:
    unit = tmp_path / "unit"
    use_kit(unit, _kit(office, tmp_path), passphrase_file=office / "pass")
    before = load_sender_key(Workspace(unit).sender_key_file)
    with pytest.raises(UsageError, match="HP-PC06"):
        use_kit(unit, _kit(office, tmp_path, "HP-PC06"), passphrase_file=office / "pass")
    lost = Workspace(office).receiver_key_file
    lost.rename(lost.with_suffix(".lost"))
    kit = _kit(office, tmp_path)

    with pytest.raises(UsageError, match="another key"):
        use_kit(unit, kit, passphrase_file=office / "pass")
    assert load_sender_key(Workspace(unit).sender_key_file) == before

    new = receiver_key(lost)
    assert new is not None
    shown = fingerprint(new.public)
    use_kit(unit, kit, passphrase_file=office / "pass", receiver=shown)
    after = load_sender_key(Workspace(unit).sender_key_file)
    assert after is not None
    assert before is not None
    assert (after.secret, after.receiver) == (before.secret, new.public)


def test_a_locked_file_of_another_kind_is_no_kit(office: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    phrase = (office / "pass").read_text(encoding="utf-8")
    write_locked(path, Kind.BACKUP, {"key_ids": [1]}, b"x", phrase, date(2026, 11, 23), cost=CHEAP)

    with pytest.raises(UsageError, match="no kit"):
        use_kit(tmp_path / "unit", path, passphrase_file=office / "pass")
