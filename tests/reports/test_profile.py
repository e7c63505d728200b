from __future__ import annotations

from pathlib import Path

import pytest

from omr.errors import MistakesInFile, UsageError
from omr.workspace import Workspace
from reports.electronic import Surroundings
from reports.profile import Profile, load_profile


def load(folder: Path, name: str, around: Surroundings) -> Profile:
    return load_profile(folder, name, surveys=around.surveys, units=around.units)


def test_a_new_workspace_has_the_google_profile(workspace: Workspace, around: Surroundings) -> None:
    found = load(workspace.profiles_folder, "google-forms", around)
    assert found.date_order is None
    assert found.double_submission_s == 60
    assert "Dấu thời gian" in found.timestamp
    assert found.path == workspace.profiles_folder / "google-forms.toml"


def test_an_unknown_profile_is_refused_with_the_known_ones(
    workspace: Workspace, around: Surroundings
) -> None:
    with pytest.raises(UsageError) as refusal:
        load(workspace.profiles_folder, "../omr", around)
    assert "google-forms" in refusal.value.remedy


def test_every_mistake_in_a_profile_is_named_with_its_line(
    tmp_path: Path, around: Surroundings
) -> None:
    (tmp_path / "p.toml").write_text(
        'date_order = "ymd"\nunit = "HP-XX"\ndomain = "GTBD"\nspeling = 1\n'
        '[columns]\ntimestamp = ["T"]\n'
        '[headers]\nz9 = ["Z"]\n'
        '[options.a1]\n"Tuyệt vời" = "r6"\n'
        '[options."*"]\n"Tốt lắm" = "nope"\n'
        '[units]\n"CSGT" = "HP-PC99"\n'
        '[domains]\n"Xe" = "XE"\n',
        encoding="utf-8",
    )
    with pytest.raises(MistakesInFile) as refusal:
        load(tmp_path, "p", around)
    lines = [problem.split(":")[1] for problem in refusal.value.problems]
    assert lines == ["1", "2", "3", "4", "8", "10", "12", "14", "16"]
