from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from printed_pages import manifest_lines

from omr.cli import main
from omr.survey_archive import archived
from omr.workspace import Workspace, open_workspace

Omr = Callable[..., tuple[int, str, str]]


@pytest.fixture
def printed(workspace: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Omr:
    """Print one form of a domain: exit code, layout id, standard error."""

    def run(domain: str = "GTDB") -> tuple[int, str, str]:
        manifest = tmp_path / "forms.jsonl"
        manifest.unlink(missing_ok=True)
        (tmp_path / "forms.pdf").unlink(missing_ok=True)
        code = main(
            [
                *("forms", "print", "--unit", "HP-PC08", "--domain", domain, "--count", "1"),
                *("--out", str(tmp_path / "forms.pdf"), "--manifest", str(manifest)),
                *("--workspace", str(workspace.root)),
            ]
        )
        said = capsys.readouterr()
        lines = manifest_lines(manifest) if manifest.exists() else []
        return code, str(lines[0]["layout"]) if lines else "", said.err

    return run


def edit(workspace: Workspace, before: str, after: str) -> None:
    path = workspace.surveys_folder / "hai-long.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def revision(workspace: Workspace) -> int:
    return open_workspace(workspace.root).surveys()["hai-long"].revision


def test_the_words_in_print_are_kept(printed: Omr, workspace: Workspace) -> None:
    assert printed()[0] == 0
    (kept,) = archived(workspace.surveys_folder, "hai-long").values()
    assert kept == workspace.surveys()["hai-long"]


def test_changed_words_become_a_new_revision_and_another_layout(
    printed: Omr, workspace: Workspace
) -> None:
    _code, before, _err = printed()
    edit(workspace, "Trả kết quả đúng hẹn", "Trả kết quả đúng ngày hẹn")
    code, after, err = printed()
    assert (code, revision(workspace)) == (0, 2)
    assert after != before
    assert "this is revision 2 now" in err
    kept = archived(workspace.surveys_folder, "hai-long")
    assert {n: "ngày hẹn" in str(survey.questions) for n, survey in kept.items()} == {
        1: False,
        2: True,
    }
    code, _layout, err = printed("QLHC")
    assert (code, "revision" in err) == (0, False)
    assert revision(workspace) == 2


def test_what_no_form_carries_is_no_new_revision(printed: Omr, workspace: Workspace) -> None:
    _code, before, _err = printed()
    edit(workspace, "# ", "# Ghi chú. ")
    assert printed() == (0, before, "")
    assert revision(workspace) == 1


def test_an_id_that_comes_to_mean_something_else_is_not_printed(
    printed: Omr, workspace: Workspace
) -> None:
    printed()
    path = workspace.surveys_folder / "hai-long.toml"
    text = path.read_text(encoding="utf-8")
    one, other = "Trả kết quả đúng hẹn", "Thái độ, tác phong của cán bộ, chiến sĩ"
    assert one in text
    assert other in text
    swapped = text.replace(one, "?").replace(other, one).replace("?", other, 1)
    path.write_text(swapped, encoding="utf-8")
    code, layout, err = printed()
    assert (code, layout) == (2, "")
    assert "Ids keep their meaning" in err
    assert revision(workspace) == 1


def test_a_text_older_than_what_is_in_print_is_refused(printed: Omr, workspace: Workspace) -> None:
    edit(workspace, "rev = 1", "rev = 3")
    printed()
    edit(workspace, "rev = 3", "rev = 1")
    code, _layout, err = printed()
    assert (code, "revision 3 is in print already" in err) == (2, True)
