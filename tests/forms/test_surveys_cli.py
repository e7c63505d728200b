"""``omr surveys`` as people call it, and the life of a form through revisions."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from forms.surveys_cli import app
from omr.cli import main
from omr.codes import Verifier
from omr.errors import OmrError
from omr.ledger import Ledger
from omr.marks import Reason, SheetStatus
from omr.thresholds import Thresholds
from omr.workspace import Workspace
from scans.batch import reading_context
from scans.read_page import read_image

Surveys = Callable[..., tuple[int, str, str]]
DPI = 200


@pytest.fixture
def surveys(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Surveys:
    """Run a command in the workspace: exit code, standard output, standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        code = 0
        failure = ""
        try:
            app([*map(str, words), "--workspace", str(workspace.root)], standalone_mode=False)
        except OmrError as error:
            code, failure = error.exit_code, f"{error.message}\n{error.remedy}"
        said = capsys.readouterr()
        return code, said.out, said.err + failure

    return run


def file_of(workspace: Workspace) -> Path:
    return workspace.surveys_folder / "hai-long.toml"


def edit(workspace: Workspace, old: str, new: str) -> None:
    text = file_of(workspace).read_text(encoding="utf-8")
    assert old in text
    file_of(workspace).write_text(text.replace(old, new), encoding="utf-8")


def line_of(workspace: Workspace, words: str) -> int:
    lines = file_of(workspace).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def only_two_domains(workspace: Workspace) -> None:
    """Keep QLHC and GTDB: setting sixteen forms again and again takes seconds."""
    text = file_of(workspace).read_text(encoding="utf-8")
    head, *domains = re.split(r"(?m)^(?=\[\[domain\]\])", text)
    kept = [each for each in domains if 'id = "QLHC"' in each or 'id = "GTDB"' in each]
    assert len(kept) == 2
    file_of(workspace).write_text(head + "".join(kept), encoding="utf-8")


def print_one(workspace: Workspace, out: Path, domain: str = "GTDB") -> None:
    words = ["forms", "print", "--unit", "HP-PC08", "--domain", domain, "--count", "1"]
    where = ["--no-covers", "--out", str(out), "--workspace", str(workspace.root)]
    assert main([*words, *where]) == 0


def page(pdf: Path) -> np.ndarray:
    with pdfium.PdfDocument(pdf) as document:
        picture = document[0].render(scale=DPI / 72, grayscale=True).to_numpy()
        return np.ascontiguousarray(picture.reshape(picture.shape[:2]))


def table(out: str) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(out), delimiter="\t")
    return row


def test_the_list_shows_which_revision_was_printed(
    surveys: Surveys, workspace: Workspace, tmp_path: Path
) -> None:
    code, out, err = surveys("list")
    assert (code, err) == (0, "")
    assert table(out)["survey"] == "hai-long"
    assert (table(out)["revision"], table(out)["printed"]) == ("1", "")
    assert table(out)["domains"].split()[:4] == ["QLHC", "PCCC", "XNC", "GTDB"]

    print_one(workspace, tmp_path / "f.pdf")
    surveys("revise", "hai-long")
    _code, out, _err = surveys("list")

    assert (table(out)["revision"], table(out)["printed"]) == ("2", "r1:1")
    assert table(out)["state"] == "not printed yet"


def test_check_passes_the_shipped_survey(surveys: Surveys) -> None:
    code, out, err = surveys("check")

    assert (code, err) == (0, "")
    assert "16 domains, every form fits" in out


def test_check_names_every_line_that_does_not_fit_with_its_millimetres(
    surveys: Surveys, workspace: Workspace
) -> None:
    only_two_domains(workspace)
    edit(workspace, "Trả kết quả đúng hẹn", "Trả kết quả đúng hẹn, đúng nơi, " * 4)
    edit(workspace, "Kiểm tra xe, cấp biển số;", "Kiểm tra xe, cấp biển số, " * 4)

    code, _out, err = surveys("check", "hai-long")

    assert code == 2
    for words, domains in (("Trả kết quả đúng", "all domains"), ("Kiểm tra xe", "GTDB")):
        line = line_of(workspace, words)
        found = re.search(rf"{file_of(workspace)}:{line}: (.*)", err)
        assert found, err
        assert re.search(r"\d+\.\d mm too long", found[1])
        assert f"({domains})" in found[1]


def test_check_tells_mistakes_and_misfits_of_different_files_together(
    surveys: Surveys, workspace: Workspace
) -> None:
    only_two_domains(workspace)
    (workspace.surveys_folder / "khac.toml").write_text("[form]\n", encoding="utf-8")
    edit(workspace, "Trả kết quả đúng hẹn", "Trả kết quả đúng hẹn, đúng nơi, " * 4)

    code, _out, err = surveys("check")

    assert code == 2
    assert "khac.toml:1: " in err
    assert "mm too long" in err


def test_other_words_under_a_printed_number_are_refused_until_revised(
    surveys: Surveys, workspace: Workspace, tmp_path: Path
) -> None:
    only_two_domains(workspace)
    print_one(workspace, tmp_path / "f.pdf")
    assert surveys("check")[0] == 0
    edit(workspace, "Trả kết quả đúng hẹn", "Trả kết quả đúng ngày hẹn")

    code, _out, err = surveys("check")
    assert code == 2
    assert "omr surveys revise hai-long" in err
    assert "(GTDB)" in err

    code, out, err = surveys("revise", "hai-long")
    assert (code, err) == (0, "")
    assert "revision 2" in out
    assert "hai-long-r1.toml" in out  # the shipped words are those that were printed
    assert surveys("check")[0] == 0


def test_words_that_nobody_kept_are_asked_for(
    surveys: Surveys, workspace: Workspace, tmp_path: Path
) -> None:
    only_two_domains(workspace)
    own = workspace.surveys_folder / "rieng.toml"
    file_of(workspace).rename(own)
    print_one(workspace, tmp_path / "f.pdf")
    (workspace.surveys_folder / "archive" / "rieng-r1.toml").unlink()  # kept when it was printed
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace("Trả kết quả đúng hẹn", "Trả đúng hẹn"), encoding="utf-8")

    code, out, err = surveys("revise", "rieng.toml")

    assert code == 0
    assert "rieng-r1.toml" in err
    (aside,) = (workspace.surveys_folder / "archive").iterdir()
    assert aside.name in out


def test_an_id_that_is_used_again_is_refused_with_its_line(
    surveys: Surveys, workspace: Workspace
) -> None:
    only_two_domains(workspace)
    surveys("revise", "hai-long")
    edit(workspace, 'id = "a1"', 'id = "tmp"')
    edit(workspace, 'id = "a2"', 'id = "a1"')
    edit(workspace, 'id = "tmp"', 'id = "a2"')
    edit(workspace, '["tre", "Trễ hẹn"],', "")

    code, out, err = surveys("check")

    assert code == 2
    assert f"{file_of(workspace)}:{line_of(workspace, 'niêm yết công khai')}: " in err
    assert "said by id a1 in revision 1" in err
    assert "warning: option 'tre' of m1 is no longer there" in out


def test_a_preview_is_a_pdf_and_a_picture_and_never_counts(
    surveys: Surveys, workspace: Workspace, tmp_path: Path
) -> None:
    print_one(workspace, tmp_path / "f.pdf")
    ledger_before = workspace.ledger_file.read_bytes()
    code, out, err = surveys(
        "preview", "hai-long", "--domain", "gtdb", "--unit", "HP-PC08", "--out", tmp_path / "p"
    )

    assert (code, err) == (0, "")
    pdf, png = tmp_path / "p" / "hai-long-r1-GTDB.pdf", tmp_path / "p" / "hai-long-r1-GTDB.png"
    assert str(pdf) in out
    assert sorted((tmp_path / "p").iterdir()) == [pdf, png]
    assert cv2.imread(str(png)).shape[:2] == pytest.approx((1654, 1165), abs=2)
    assert workspace.ledger_file.read_bytes() == ledger_before
    with Ledger.open(workspace.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(workspace.keyring()), Thresholds())
    (reading,) = read_image(page(pdf), context)
    assert reading.status is SheetStatus.REFUSED
    assert reading.reasons == (Reason.SPECIMEN,)
    assert reading.answers == {}


def test_a_preview_shows_the_public_code_only_where_there_is_one(
    surveys: Surveys, workspace: Workspace, tmp_path: Path
) -> None:
    words = ["preview", "hai-long", "--domain", "GTDB", "--out", tmp_path / "p", "--public-code"]
    code, _out, err = surveys(*words)

    assert code == 2
    assert "--unit" in err
    assert not (tmp_path / "p").exists()


def test_check_leaves_room_for_the_public_code_where_the_office_prints_one(
    surveys: Surveys, workspace: Workspace
) -> None:
    only_two_domains(workspace)
    links = workspace.links_file
    links.write_text(
        'rev = 1\n[survey]\nurl = "https://haiphong.gov.vn/ks?u={unit}"\n', encoding="utf-8"
    )
    edit(workspace, "height_mm = 20", "height_mm = 19.8")
    assert surveys("check")[0] == 0
    text = workspace.settings_file.read_text(encoding="utf-8")
    assert "public_code = false" in text
    workspace.settings_file.write_text(
        text.replace("public_code = false", "public_code = true"), encoding="utf-8"
    )

    code, _out, err = surveys("check")

    assert code == 2
    assert f"{file_of(workspace)}:" in err
    assert "too low for a public code" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "khac"], "khac"),
        (["revise", "../omr"], "omr"),
        (["preview", "hai-long", "--domain", "NOPE", "--out", "x"], "NOPE"),
        (["preview", "hai-long", "--domain", "CHUNG", "--out", "x"], "L01"),
    ],
)
def test_what_is_not_there_is_refused(surveys: Surveys, words: list[str], said: str) -> None:
    code, _out, err = surveys(*words)

    assert code == 2
    assert said in err


def test_forms_of_an_old_revision_are_read_with_their_own_layout_for_ever(
    surveys: Surveys, workspace: Workspace, tmp_path: Path
) -> None:
    only_two_domains(workspace)
    print_one(workspace, tmp_path / "old.pdf")
    assert surveys("revise", "hai-long")[0] == 0
    edit(workspace, "Trả kết quả đúng hẹn", "Trả kết quả đúng ngày hẹn")
    text = file_of(workspace).read_text(encoding="utf-8")
    shorter = re.sub(r'\[\[question\]\]\s*id = "a2"[^\[]*', "", text)
    assert shorter != text
    file_of(workspace).write_text(shorter, encoding="utf-8")
    code, out, _err = surveys("check")
    assert code == 0
    assert "question a2 is no longer there" in out
    print_one(workspace, tmp_path / "new.pdf")

    with Ledger.open(workspace.ledger_url) as ledger:
        context = reading_context(ledger, Verifier(workspace.keyring()), Thresholds())
    layouts = {layout.revision: layout for layout in context.layouts.values()}
    assert sorted(layouts) == [1, 2]
    chosen = {"a1": "r5", "a2": "r1", "d1": "r3", "t0": "r4"}
    for revision, name in ((1, "old.pdf"), (2, "new.pdf")):
        layout = layouts[revision]
        marked = page(tmp_path / name)
        asked = {question.id for question in layout.questions}
        said = {question: option for question, option in chosen.items() if question in asked}
        for question, option in said.items():
            (bubble,) = (b for b in layout.question(question).bubbles if b.option == option)
            scale = DPI / 25.4
            centre = (round(bubble.centre.x_mm * scale), round(bubble.centre.y_mm * scale))
            cv2.circle(marked, centre, round(1.8 * scale), 40, -1, cv2.LINE_AA)

        (reading,) = read_image(marked, context)

        assert reading.status is SheetStatus.COUNTED
        assert reading.layout_id == layout.layout_id
        assert {q: a.options[0] for q, a in reading.answers.items() if a.options} == said
    assert "a2" not in {question.id for question in layouts[2].questions}
