"""``omr units`` as people and programs call it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from made_workspace import workspace_in

from omr.errors import MistakesInFile, OmrError
from omr.units_cli import app
from omr.workspace import Workspace

Units = Callable[..., tuple[int, str, str]]


@pytest.fixture
def office(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path / "office")


@pytest.fixture
def units(office: Workspace, capsys: pytest.CaptureFixture[str]) -> Units:
    """Run a command in the workspace: exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        code = 0
        failure = ""
        try:
            app([*map(str, words), "--workspace", str(office.root)], standalone_mode=False)
        except OmrError as error:
            code, failure = error.exit_code, f"{error.message}\n{error.remedy}"
        said = capsys.readouterr()
        return code, said.out, said.err + failure

    return run


def old_files(office: Workspace) -> list[Path]:
    return sorted(office.root.glob("units-*.csv"))


def test_the_list_is_a_table_with_tabs_for_programs(units: Units) -> None:
    code, out, err = units("list", "--kind", "dackhu")

    assert (code, err) == (0, "")
    rows = list(csv.reader(io.StringIO(out), delimiter="\t"))
    assert rows[0] == ["code", "short", "name", "kind", "valid_from", "valid_to", "domains"]
    assert [row[0] for row in rows[1:]] == ["HP-11914", "HP-11948"]


def test_the_list_shows_the_units_of_a_day_and_of_a_domain(units: Units) -> None:
    def codes(*words: str) -> set[str]:
        return {line.split("\t")[0] for line in units("list", *words)[1].splitlines()[1:]}

    assert "HP-CU-DUONGQUAN" not in codes()
    assert "HP-CU-DUONGQUAN" in codes("--all")
    assert codes("--on", "2025-06-30") == {"HP-CU-DUONGQUAN", "HD-PC06"}
    assert codes("--domain", "pccc") == {"HP-PC07"}


def test_check_names_warnings_and_every_mistake_with_its_line(
    units: Units, office: Workspace
) -> None:
    code, out, _err = units("check")
    assert code == 0
    assert "units.csv:44: warning: HP-10903" in out

    text = office.units_file.read_text(encoding="utf-8")
    text = text.replace("HP-11311,", "HP-11311!,").replace("HP-PC07,", "HP-PC06,")
    office.units_file.write_text(text, encoding="utf-8")
    code, out, err = units("check")

    assert code == 2
    assert "units.csv:5: the code HP-PC06 is already on line 4" in err
    assert "'HP-11311!' is no valid unit code" in err
    assert "warning: HP-10903" in out


def test_check_goes_on_where_the_surveys_are_unreadable(units: Units, office: Workspace) -> None:
    (office.surveys_folder / "hai-long.toml").write_text("[form", encoding="utf-8")

    code, out, err = units("check")

    assert code == 0
    assert "domains are not checked" in err
    assert "NOPE" not in out


def test_an_import_shows_first_and_writes_only_when_told(
    units: Units, office: Workspace, tmp_path: Path
) -> None:
    before = office.units_file.read_bytes()
    file = tmp_path / "new.csv"
    file.write_text("code,domains\nHP-PC08,GTDB\n", encoding="utf-8-sig")

    code, out, _err = units("import", file)
    assert code == 0
    assert "GTDB|L10|L12 → GTDB" in out
    assert "--apply" in out
    assert office.units_file.read_bytes() == before
    assert old_files(office) == []

    code, out, _err = units("import", file, "--apply")
    assert code == 0
    (old,) = old_files(office)
    assert old.name in out
    assert old.read_bytes() == before
    assert "HP-PC08,Phòng Cảnh sát giao thông,PC08,phong,HP,,2025-07-01,,,GTDB,PC08" in (
        office.units_file.read_text(encoding="utf-8")
    )

    code, out, _err = units("import", file, "--apply")
    assert "0 changed" in out
    assert old_files(office) == [old]


def test_an_import_does_what_it_can_and_names_the_rest(
    units: Units, office: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "new.csv"
    file.write_text("Số;Tên\nHP-PC08;Khác\nHP-1;Mới\n", encoding="utf-8")

    code, out, err = units("import", file, "--map", "Số=code", "--apply")
    assert code == 3
    assert f"{file}:2: HP-PC08" in out
    assert "2 rows" in err
    assert old_files(office) == []

    code, _out, err = units("import", file, "--apply")
    assert code == 2
    assert "--map" in err


def test_a_list_in_a_lossy_encoding_is_refused(units: Units, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes("code,name\nHP-1,Mới\n".encode("utf-16"))

    code, _out, err = units("import", file)

    assert code == 2
    assert "UTF-16" in err


def test_a_merger_keeps_what_it_does_not_change_byte_by_byte(
    units: Units, office: Workspace
) -> None:
    text = office.units_file.read_text(encoding="utf-8")
    text = "# ours\n" + text.replace("HP-PC08,", " HP-PC08 ,")
    raw = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    office.units_file.write_bytes(raw)

    code, out, err = units(
        "merge", "--from", "HP-11311", "--from", "HP-11341", "--into", "HP-20000",
        "--name", "Công an phường Hồng Ngô", "--on", "2026-10-01",
    )  # fmt: skip

    assert (code, err) == (0, "")
    assert "HP-20000" in out
    after = office.units_file.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf# ours\r\n")
    was, now = raw.split(b"\r\n"), after.split(b"\r\n")
    assert sum(line not in now for line in was) == 2
    assert sum(line not in was for line in now) == 3
    catalogue = Workspace(office.root).units()
    assert [u.code for u in catalogue.called("P. Hồng Bàng", date(2026, 9, 30))] == ["HP-11311"]
    assert [u.code for u in catalogue.called("P. Hồng Ngô", date(2026, 10, 1))] == ["HP-20000"]


def test_a_merger_can_be_repeated_and_changes_nothing_then(units: Units, office: Workspace) -> None:
    words = ["merge", "--from", "HP-11311", "--into", "HP-1", "--name", "A", "--on", "2026-10-01"]
    assert units(*words)[0] == 0
    before = office.units_file.read_bytes()

    code, out, _err = units(*words)

    assert code == 0
    assert "nothing to change" in out
    assert office.units_file.read_bytes() == before
    assert len(old_files(office)) == 1


def test_a_split_gives_each_new_unit_its_own_words(units: Units, office: Workspace) -> None:
    code, _out, _err = units(
        "merge", "--from", "HP-11311", "--into", "HP-1", "--into", "HP-2", "--on", "2026-10-01",
        "--name", "HP-1=Công an phường A", "--name", "HP-2=Công an xã B", "--kind", "HP-2=xa",
        "--short", "HP-2=CAX B", "--domains", "QLHC",
    )  # fmt: skip

    assert code == 0
    catalogue = Workspace(office.root).units()
    assert catalogue.unit("HP-11311").successors == ("HP-1", "HP-2")
    assert (catalogue.unit("HP-1").kind, catalogue.unit("HP-2").kind) == ("phuong", "xa")
    assert catalogue.unit("HP-2").short == "CAX B"
    assert catalogue.unit("HP-1").domains == ("QLHC",)


def test_retiring_says_what_is_left_to_look_at(units: Units, office: Workspace) -> None:
    code, _out, err = units("retire", "HP-11311", "--on", "2026-10-01")

    assert code == 0
    assert "HP-11311 ended on 2026-10-01 without a successor" in err
    assert "HP-10903" not in err
    assert Workspace(office.root).units().unit("HP-11311").valid_to == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["retire", "HP-11311", "--on", "1.10.2026"], "--on cannot be 1.10.2026"),
        (["retire", "HP-404", "--on", "2026-10-01"], "HP-404"),
        (["merge", "--from", "HP-11311", "--into", "HP-1", "--into", "HP-2", "--name", "A",
          "--on", "2026-10-01"], "which unit"),
        (["merge", "--from", "HP-11311", "--into", "HP-1", "--name", "A", "--kind", "city",
          "--on", "2026-10-01"], "unknown kind 'city'"),
        (["merge", "--from", "HP-11311", "--into", "hp.1", "--name", "A",
          "--on", "2026-10-01"], "no valid unit code"),
        (["merge", "--from", "HP-11311", "--into", "HP-1", "--name", "Công an phường Ngô Quyền",
          "--on", "2026-10-01"], "HP-11341"),
        (["import", "no-such-file.csv"], "no-such-file.csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_leaves_the_catalogue_alone(
    units: Units, office: Workspace, words: list[str], said: str
) -> None:
    before = office.units_file.read_bytes()

    code, _out, err = units(*words)

    assert code == 2
    assert said in err
    assert office.units_file.read_bytes() == before
    assert old_files(office) == []


def test_a_faulty_catalogue_is_not_changed(units: Units, office: Workspace) -> None:
    text = office.units_file.read_text(encoding="utf-8").replace(",phong,", ",office,", 1)
    office.units_file.write_text(text, encoding="utf-8")

    code, _out, err = units("retire", "HP-11311", "--on", "2026-10-01")

    assert code == MistakesInFile.exit_code
    assert "unknown kind 'office'" in err
    assert office.units_file.read_text(encoding="utf-8") == text
