from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from omr.errors import ExitCode, LedgerUnusable, MistakesInFile
from omr.keys import KeysUnusable
from omr.new_file import write_new_file
from omr.provinces import find_province
from omr.workspace import InitResult, Workspace, init_workspace, open_workspace

HAI_PHONG = find_province("31")
CAO_BANG = find_province("04")
PARTS = {
    Path("omr.toml"),
    Path("units.csv"),
    Path("surveys/hai-long.toml"),
    Path("links.toml"),
    Path("keys/signing-keys.json"),
}


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def touch(url: str) -> None:
    Path(url.removeprefix("sqlite:///")).touch()


def make(root: Path) -> InitResult:
    return init_workspace(root, HAI_PHONG, make_ledger=touch)


def test_a_new_workspace_has_every_part_and_opens(tmp_path: Path) -> None:
    result = make(tmp_path / "deep" / "w")

    assert result.is_new
    assert set(result.created) >= PARTS
    assert result.created[-1] == Path("omr.toml")
    assert (result.kept, result.missing) == ((), ())
    workspace = open_workspace(tmp_path / "deep" / "w")
    assert set(contents(workspace.root)) == {path.as_posix() for path in result.created}
    assert workspace.settings.agency == "Công an thành phố Hải Phòng"
    assert workspace.units().unit("HP-PC08").domains[0] == "GTDB"
    assert list(workspace.surveys()) == ["hai-long"]
    assert workspace.links().of("GTDB") is not None
    assert len(workspace.keyring().signing()[1]) == 32
    for folder in (workspace.profiles_folder, workspace.evidence_folder):
        assert folder.is_dir()


def test_a_workspace_of_another_province_bears_its_names(tmp_path: Path) -> None:
    workspace = init_workspace(tmp_path, CAO_BANG).workspace

    assert workspace.settings.agency == "Công an tỉnh Cao Bằng"
    assert workspace.settings.city == "Cao Bằng"
    assert workspace.units().unit("CB-PV01").parent == "CB"


def test_running_it_again_changes_nothing_and_says_so(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "units.csv").write_text("edited", encoding="utf-8")
    before = contents(tmp_path)

    result = init_workspace(tmp_path, CAO_BANG)

    assert not result.is_new
    assert result.created == ()
    assert result.missing == ()
    assert Path("units.csv") in result.kept
    assert contents(tmp_path) == before


def test_a_lost_key_of_an_existing_workspace_is_reported_and_not_replaced(tmp_path: Path) -> None:
    workspace = make(tmp_path).workspace
    workspace.keys_file.unlink()

    result = make(tmp_path)

    assert result.missing == (Path("keys/signing-keys.json"),)
    assert not workspace.keys_file.exists()
    with pytest.raises(KeysUnusable):
        workspace.keyring()


def test_an_older_workspace_without_addresses_has_none(tmp_path: Path) -> None:
    workspace = make(tmp_path).workspace
    workspace.links_file.unlink()

    assert workspace.links().domains == ()
    assert workspace.links().file == tmp_path / "links.toml"
    assert make(tmp_path).missing == ()


def test_addresses_of_a_domain_that_no_survey_has_are_refused(tmp_path: Path) -> None:
    workspace = make(tmp_path).workspace
    text = workspace.links_file.read_text(encoding="utf-8").replace('"GTDB"', '"GTBD"')
    workspace.links_file.write_text(text, encoding="utf-8")

    with pytest.raises(MistakesInFile, match=r"links\.toml:\d+: no survey has the domain 'GTBD'"):
        workspace.links()


def test_a_run_cut_short_anywhere_is_completed_without_replacing_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = len(make(tmp_path / "whole").created)
    for allowed in range(complete - 1):  # the ledger is not one of the files written here
        root = tmp_path / str(allowed)
        written = 0

        def write_some(path: Path, data: bytes, *, owner_only: bool = False) -> bool:
            nonlocal written
            if written == allowed:  # noqa: B023 - used within this turn only
                raise KeyboardInterrupt
            written += 1
            return write_new_file(path, data, owner_only=owner_only)

        with monkeypatch.context() as patch:
            patch.setattr("omr.workspace.write_new_file", write_some)
            patch.setattr("omr.keys.write_new_file", write_some)
            with pytest.raises(KeyboardInterrupt):
                make(root)
        with pytest.raises(LedgerUnusable):
            open_workspace(root)
        before = contents(root)

        result = make(root)

        assert len(before) == len(result.kept)
        assert len(set(before) - {"ledger.db"}) == allowed
        assert before.items() <= contents(root).items()
        assert len(contents(root)) == complete
        assert open_workspace(root).keyring().signing_id == 1


def test_a_key_is_never_made_beside_a_ledger_that_knows_another(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"forms were printed")

    with pytest.raises(KeysUnusable, match="signing keys are missing") as caught:
        make(tmp_path)

    assert "signing-keys.json" in caught.value.remedy
    assert list(contents(tmp_path)) == ["ledger.db"]


def test_a_folder_without_workspace_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="no workspace in") as caught:
        open_workspace(tmp_path)

    assert f"omr init {tmp_path}" in caught.value.remedy
    assert caught.value.exit_code is ExitCode.LEDGER_UNUSABLE
    with pytest.raises(LedgerUnusable):
        open_workspace(tmp_path / "missing")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for root in (tmp_path / "file", tmp_path / "file" / "w"):
        with pytest.raises(LedgerUnusable, match="cannot be written") as caught:
            make(root)
        assert caught.value.remedy


def test_the_ledger_is_a_file_in_the_workspace_unless_the_settings_say_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    workspace = make(Path("thư mục #1 100%")).workspace

    assert make_url(workspace.ledger_url).database == str(workspace.ledger_file)
    assert workspace.ledger_file == tmp_path / "thư mục #1 100%" / "ledger.db"

    text = workspace.settings_file.read_text(encoding="utf-8")
    server = "postgresql://omr@db/omr"
    workspace.settings_file.write_text(text.replace('url = ""', f'url = "{server}"'), "utf-8")
    assert open_workspace(workspace.root).ledger_url == server


def test_a_path_that_would_break_the_ledger_s_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="question mark"):
        make(tmp_path / "what?")

    assert not (tmp_path / "what?").exists()


def test_the_ledger_is_made_before_the_settings_that_complete_a_workspace(tmp_path: Path) -> None:
    there: list[bool] = []

    init_workspace(
        tmp_path, HAI_PHONG, make_ledger=lambda _url: there.append((tmp_path / "omr.toml").exists())
    )

    assert there == [False]


def test_parts_are_read_once_and_only_when_asked_for(tmp_path: Path) -> None:
    workspace = make(tmp_path).workspace
    workspace.units_file.write_text("nonsense", encoding="utf-8")
    assert workspace.surveys() is workspace.surveys()

    with pytest.raises(MistakesInFile, match=r"units\.csv:1"):
        workspace.units()


def test_a_workspace_shows_its_folder_and_nothing_secret(tmp_path: Path) -> None:
    workspace = make(tmp_path).workspace
    workspace.keyring()

    assert repr(workspace) == f"Workspace({str(tmp_path)!r})"


def test_importing_the_workspace_loads_no_heavy_module() -> None:
    heavy = {"numpy", "cv2", "pandas", "sqlalchemy", "alembic", "cryptography", "reportlab"}
    code = f"import sys, omr.workspace; print(sorted({heavy!r} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_workspace_can_be_named_before_it_exists(tmp_path: Path) -> None:
    assert Workspace(tmp_path / "later").ledger_file == tmp_path / "later" / "ledger.db"
