from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import review_office
from review_office import sheet

from omr.evidence import from_bilevel, jpeg_of
from omr.layout import Layout
from omr.ledger.decisions import DecisionRefused, find_form
from omr.ledger.issued import Issued
from omr.marks import AnswerState, Reason
from omr.thresholds import Thresholds
from scans.review.remeasure import remeasure

SERIAL = "GTDB-26-000002-F"


class Case:
    def __init__(self, jpeg: bytes, form: Issued, layout: Layout) -> None:
        self.jpeg, self.form, self.layout = jpeg, form, layout

    def image(self) -> np.ndarray:
        decoded = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert decoded is not None
        return decoded


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with ExitStack() as stack:
        office = review_office.open_office(tmp_path, stack)
        row = sheet(office.ledger, 2)
        form = find_form(office.ledger, SERIAL, sheet_of=row.record_id)
        jpeg = office.desk.picture(row.picture or "")
        assert jpeg is not None
        yield Case(jpeg, form, office.desk.layouts[form.layout_id])


def test_a_kept_picture_reads_as_the_sheet_itself(case: Case) -> None:
    found = remeasure(case.jpeg, case.form, case.layout, Thresholds())

    chosen = {q: a.options for q, a in found.answers.items() if a.state is AnswerState.ANSWERED}
    assert chosen == {
        "a1": ("r5",),
        "a2": ("r4",),
        "b1": ("r5",),
        "c1": ("r4",),
        "y1": ("kh",),
    }
    assert found.reasons == ()
    assert (found.serial, found.layout_id) == (SERIAL, case.layout.layout_id)


def test_a_picture_says_whether_its_scan_was_1_bit_and_stays_a_jpeg() -> None:
    grey = np.full((80, 60), 200, np.uint8)
    for bilevel in (True, False):
        jpeg = jpeg_of(grey, bilevel=bilevel)
        assert from_bilevel(jpeg) is bilevel
        decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert decoded is not None
        assert decoded.shape == grey.shape
    silent = cv2.imencode(".jpg", grey)[1].tobytes()
    assert from_bilevel(silent)  # the more careful assumption


def test_a_1_bit_scan_with_few_marks_is_left_to_a_person(case: Case) -> None:
    jpeg = jpeg_of(case.image(), bilevel=True)

    found = remeasure(jpeg, case.form, case.layout, Thresholds())

    assert Reason.POOR_IMAGE in found.reasons
    assert all(answer.state is AnswerState.DOUBTFUL for answer in found.answers.values())


def test_a_picture_of_another_size_cannot_be_that_form(case: Case) -> None:
    small = jpeg_of(case.image()[:-8], bilevel=False)

    with pytest.raises(DecisionRefused, match="other-layout"):
        remeasure(small, case.form, case.layout, Thresholds())


def test_a_streak_through_the_bubbles_is_refused_here_too(case: Case) -> None:
    image = case.image().copy()
    x = round(case.layout.question("a1").bubbles[2].centre.x_mm * 8)
    image[:, x - 1 : x + 2] = 20

    with pytest.raises(DecisionRefused, match="streaked"):
        remeasure(jpeg_of(image, bilevel=False), case.form, case.layout, Thresholds())


def test_something_that_is_no_picture_is_refused(case: Case) -> None:
    with pytest.raises(DecisionRefused, match="no-picture"):
        remeasure(b"not a jpeg", replace(case.form), case.layout, Thresholds())
