"""Earlier words are kept, and a new revision changes one number."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from omr.errors import MistakesInFile, UsageError
from omr.part_file import part_name
from omr.survey import Survey
from omr.survey_archive import (
    archived,
    archived_path,
    keep_words,
    revise,
)
from omr.survey_file import load_surveys, shipped_survey_text

NOW = datetime(2026, 7, 14, 9, 30, 5)  # noqa: DTZ001 - only its digits count
NAME = "hai-long"


@pytest.fixture
def surveys(tmp_path: Path) -> Path:
    folder = tmp_path / "surveys"
    folder.mkdir()
    (folder / f"{NAME}.toml").write_text(shipped_survey_text(), encoding="utf-8")
    return folder


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / f"{NAME}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def yes(_survey: Survey) -> bool:
    return True


def no(_survey: Survey) -> bool:
    return False


def test_a_new_revision_changes_the_number_and_nothing_else(surveys: Path) -> None:
    path = surveys / f"{NAME}.toml"
    before = path.read_text(encoding="utf-8").split("\n")

    done = revise(surveys, NAME, [1], yes, NOW)

    after = path.read_text(encoding="utf-8").split("\n")
    changed = [(b, a) for b, a in zip(before, after, strict=True) if a != b]
    assert changed == [
        (
            "rev = 1         # lần sửa đổi; chương trình tự tăng khi in lời văn đã sửa",
            "rev = 2         # lần sửa đổi; chương trình tự tăng khi in lời văn đã sửa",
        )
    ]
    assert (done.before, done.after, done.aside) == (1, 2, None)
    assert done.kept == archived_path(surveys, NAME, 1)
    assert done.kept.read_text(encoding="utf-8").split("\n") == before


def test_earlier_revisions_are_no_surveys_of_the_workspace(surveys: Path) -> None:
    revise(surveys, NAME, [1], yes, NOW)

    assert list(load_surveys(surveys)) == [NAME]
    assert list(archived(surveys, NAME)) == [1]


def test_the_words_of_any_revision_can_be_shown(surveys: Path) -> None:
    revise(surveys, NAME, [1], yes, NOW)
    edit(surveys, "Trả kết quả đúng hẹn", "Trả kết quả đúng ngày hẹn")

    def d1(survey: Survey) -> str:
        return next(q.text for q in survey.questions if q.id == "d1")

    assert d1(load_surveys(surveys)[NAME]) == "Trả kết quả đúng ngày hẹn"
    [(revision, kept)] = archived(surveys, NAME).items()
    assert (revision, kept.revision, kept.id) == (1, 1, NAME)
    assert d1(kept) == "Trả kết quả đúng hẹn"


def test_the_number_is_higher_than_any_that_was_used(surveys: Path) -> None:
    assert revise(surveys, NAME, [1, 7], yes, NOW).after == 8
    edit(surveys, "rev = 8 ", "rev = 3 ")
    assert revise(surveys, NAME, [], yes, NOW).after == 4


def test_windows_line_ends_and_byte_order_mark_stay(surveys: Path) -> None:
    path = surveys / f"{NAME}.toml"
    raw = b"\xef\xbb\xbf" + shipped_survey_text().replace("\n", "\r\n").encode()
    path.write_bytes(raw)

    done = revise(surveys, NAME, [], yes, NOW)

    assert path.read_bytes() == raw.replace(b"rev = 1 ", b"rev = 2 ")
    assert done.kept is not None
    assert done.kept.read_bytes() == raw


def test_words_kept_when_printed_are_those_of_the_revision_whatever_was_edited_since(
    surveys: Path,
) -> None:
    kept = keep_words(surveys, load_surveys(surveys)[NAME])
    edit(surveys, "Trả kết quả đúng hẹn", "Trả đúng hẹn")
    edited = (surveys / f"{NAME}.toml").read_bytes()
    assert keep_words(surveys, load_surveys(surveys)[NAME]) == kept

    done = revise(surveys, NAME, [1], no, NOW)

    assert done.kept == kept
    assert kept.read_text(encoding="utf-8") == shipped_survey_text()
    assert done.aside is not None
    assert done.aside.parent == kept.parent
    assert done.aside.read_bytes() == edited
    assert list(load_surveys(surveys)) == [NAME]


def test_what_was_left_beside_words_that_were_kept_is_taken_away(surveys: Path) -> None:
    kept = keep_words(surveys, load_surveys(surveys)[NAME])
    part_name(kept).hardlink_to(kept)  # killed between its name and the end

    assert keep_words(surveys, load_surveys(surveys)[NAME]) == kept

    assert list(kept.parent.iterdir()) == [kept]


def test_the_shipped_words_are_found_again_if_they_were_edited_after_printing(
    surveys: Path,
) -> None:
    edit(surveys, "Trả kết quả đúng hẹn", "Trả đúng hẹn")

    def is_as_printed(survey: Survey) -> bool:
        return any(q.text == "Trả kết quả đúng hẹn" for q in survey.questions)

    done = revise(surveys, NAME, [1], is_as_printed, NOW)

    assert done.kept is not None
    assert done.kept.read_text(encoding="utf-8") == shipped_survey_text()


def test_edited_words_are_never_kept_as_those_of_the_print(surveys: Path) -> None:
    edit(surveys, "Trả kết quả đúng hẹn", "Trả đúng hẹn")

    done = revise(surveys, NAME, [1], no, NOW)

    assert done.kept is None
    assert archived(surveys, NAME) == {}
    assert done.aside is not None


def test_a_text_that_was_changed_since_it_was_read_is_not_kept(surveys: Path) -> None:
    survey = load_surveys(surveys)[NAME]
    edit(surveys, "Trả kết quả đúng hẹn", "Trả đúng hẹn")

    with pytest.raises(UsageError):
        keep_words(surveys, survey)

    assert archived(surveys, NAME) == {}


@pytest.mark.parametrize(("old", "new"), [("rev = 1 ", "rev = 0x1 "), ('format = "A5" ', "rev = ")])
def test_a_file_that_cannot_be_revised_is_left_alone(surveys: Path, old: str, new: str) -> None:
    edit(surveys, old, new)
    before = (surveys / f"{NAME}.toml").read_bytes()

    with pytest.raises((UsageError, MistakesInFile)):
        revise(surveys, NAME, [], yes, NOW)

    assert (surveys / f"{NAME}.toml").read_bytes() == before
    assert not (surveys / "archive").exists()


def test_a_damaged_archive_is_told(surveys: Path) -> None:
    revise(surveys, NAME, [], yes, NOW)
    archived_path(surveys, NAME, 1).write_text("[form", encoding="utf-8")

    with pytest.raises(MistakesInFile, match="hai-long-r1"):
        archived(surveys, NAME)


def test_an_unknown_survey_is_refused(surveys: Path) -> None:
    with pytest.raises(UsageError):
        revise(surveys, "khac", [], yes, NOW)
