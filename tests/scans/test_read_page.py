"""One page image: found in any position, refused with its reason, never guessed."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
import segno
from make_keys import secrets_in, verifier_of
from printed_office import CHOSEN, SCALE, Image, Printed, moved, said

from omr.codes import CodeBody, CodeFault, Verifier
from omr.marks import AnswerState, Reason, SheetStatus
from omr.workspace import open_workspace
from scans.read_page import read_image


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return Printed(tmp_path_factory.mktemp("office") / "w")


@pytest.mark.parametrize("turn", [0, 90, 180, 270, 3, -7, 10])
@pytest.mark.parametrize("scale", [0.94, 1.06])
def test_a_sheet_is_read_however_it_lies(printed: Printed, turn: float, scale: float) -> None:
    (reading,) = read_image(moved(printed.filled(), turn=turn, scale=scale), printed.context)

    assert reading.status is SheetStatus.COUNTED
    assert reading.serial == printed.serials[0]
    assert said(reading) == CHOSEN


@pytest.mark.parametrize("seed", range(4))
def test_a_tilted_photograph_in_uneven_light_is_read(printed: Printed, seed: int) -> None:
    photo = moved(printed.filled(), turn=2, tilt=0.04, seed=seed)
    light = np.linspace(0.6, 1, photo.shape[1])[None] * np.linspace(1, 0.8, photo.shape[0])[:, None]
    noise = np.random.default_rng(seed).normal(0, 4, photo.shape)
    shaded = np.clip(photo * light + noise, 0, 255).astype(np.uint8)

    (reading,) = read_image(shaded, printed.context)

    assert reading.status is SheetStatus.COUNTED
    assert said(reading) == CHOSEN


def test_several_sheets_on_one_glass_are_read_one_by_one_in_reading_order(
    printed: Printed,
) -> None:
    others = [CHOSEN, {"a1": "r1"}, {"b2": "r2"}]
    sheets = [moved(printed.filled(n, others[n]), turn=n * 2 - 1) for n in range(3)]
    glass = np.full((sheets[0].shape[0] * 2 + 200, sheets[0].shape[1] * 2 + 200), 235, np.uint8)
    for (y, x), sheet in zip([(20, 20), (60, 1300), (1800, 30)], sheets, strict=True):
        glass[y : y + sheet.shape[0], x : x + sheet.shape[1]] = sheet

    readings = read_image(glass, printed.context)

    assert [reading.serial for reading in readings] == printed.serials
    assert [said(reading) for reading in readings] == others


def test_one_code_is_enough(printed: Printed) -> None:
    for place in printed.layout.codes:
        page = printed.filled()
        _cover(page, place.x_mm, place.y_mm, place.w_mm)

        (reading,) = read_image(page, printed.context)

        assert reading.status is SheetStatus.COUNTED


def test_without_a_readable_code_a_person_identifies_the_sheet(printed: Printed) -> None:
    page = printed.filled()
    for place in printed.layout.codes:
        _cover(page, place.x_mm, place.y_mm, place.w_mm)

    (reading,) = read_image(page, printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REVIEW, (Reason.NO_CODE,))
    assert reading.serial is None


def test_two_codes_that_disagree_refuse_the_sheet(printed: Printed) -> None:
    page, other = printed.filled(0), printed.pages[1]
    place = printed.layout.codes[1]
    rows, columns = _slices(place.x_mm, place.y_mm, place.w_mm)
    page[rows, columns] = other[rows, columns]

    (reading,) = read_image(page, printed.context)

    assert (reading.status, reading.reasons) == (
        SheetStatus.REFUSED,
        (Reason.IDENTITY_CONFLICT,),
    )


def test_a_torn_corner_sends_the_sheet_to_a_person_with_its_answers(printed: Printed) -> None:
    page = printed.filled()
    fiducial = printed.layout.fiducials[2]
    _cover(page, fiducial.centre.x_mm - 5, fiducial.centre.y_mm - 5, 10)

    (reading,) = read_image(page, printed.context)

    assert reading.status is SheetStatus.REVIEW
    assert Reason.FIDUCIAL_MISSING in reading.reasons
    assert said(reading) == CHOSEN


def test_two_missing_corners_refuse_the_sheet_but_name_it(printed: Printed) -> None:
    page = printed.filled()
    for fiducial in printed.layout.fiducials[1:3]:
        _cover(page, fiducial.centre.x_mm - 5, fiducial.centre.y_mm - 5, 10)

    (reading,) = read_image(page, printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.REGISTRATION,))
    assert reading.serial == printed.serials[0]
    assert reading.answers == {}


def test_a_streak_through_a_bubble_refuses_the_sheet(printed: Printed) -> None:
    page = printed.filled()
    x = round(printed.layout.question("a1").bubbles[1].centre.x_mm * SCALE)
    page[:, x : x + 2] = 60

    (reading,) = read_image(page, printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.STREAK,))


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("beside_mm", [-3.2, 3.2])
def test_a_streak_close_beside_bubbles_refuses_the_sheet(
    printed: Printed, beside_mm: float, quarters: int
) -> None:
    page = printed.filled()
    bubble = printed.layout.question("a1").bubbles[1]
    x = round((bubble.centre.x_mm + beside_mm) * SCALE)
    page[:, x : x + 2] = 60

    (reading,) = read_image(np.rot90(page, quarters), printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.STREAK,))


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("scale", [0.75, 1.0, 1.5])
def test_the_rules_that_a_form_prints_are_no_streaks(
    printed: Printed, scale: float, quarters: int
) -> None:
    page = cv2.resize(printed.filled(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    turned = np.ascontiguousarray(np.rot90(page, quarters))

    (reading,) = read_image(np.asarray(turned, np.uint8), printed.context)

    assert Reason.STREAK not in reading.reasons


def test_a_streak_far_from_every_bubble_does_no_harm(printed: Printed) -> None:
    page = printed.filled()
    x = round(80 * SCALE)
    page[:, x : x + 2] = 60

    (reading,) = read_image(page, printed.context)

    assert reading.status is SheetStatus.COUNTED


def test_an_empty_a_foreign_and_a_mirrored_page_are_named_as_such(printed: Printed) -> None:
    empty = np.full((1600, 1150), 236, np.uint8)
    foreign = empty.copy()
    for line in range(30):
        words = "nothing that this office ever printed or asked anybody"
        cv2.putText(foreign, words, (80, 100 + 45 * line), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 2)
    mirrored = np.ascontiguousarray(printed.filled()[:, ::-1])

    found = [read_image(image, printed.context)[0] for image in (empty, foreign, mirrored)]

    assert [(reading.status, reading.reasons) for reading in found] == [
        (SheetStatus.BLANK, (Reason.EMPTY_PAGE,)),
        (SheetStatus.BLANK, (Reason.FOREIGN_PAGE,)),
        (SheetStatus.REFUSED, (Reason.MIRRORED,)),
    ]


def test_a_code_of_another_key_is_refused_with_its_own_reason(printed: Printed) -> None:
    strange = replace(printed.context, verifier=verifier_of({1: b"x" * 32}))
    unknown = replace(printed.context, verifier=verifier_of({9: b"x" * 32}))

    (forged,) = read_image(printed.filled(), strange)
    (keyless,) = read_image(printed.filled(), unknown)

    assert (forged.status, forged.reasons) == (SheetStatus.REFUSED, (Reason.BAD_SIGNATURE,))
    assert (keyless.status, keyless.reasons) == (SheetStatus.REFUSED, (Reason.UNKNOWN_KEY,))


def test_a_foreign_code_over_one_copy_does_no_harm_and_over_both_refuses_the_sheet(
    printed: Printed,
) -> None:
    page = printed.filled()
    outcomes = []
    for place in printed.layout.codes:
        _stick(page, place.x_mm, place.y_mm, place.w_mm, "https://dichvucong.gov.vn/")
        (reading,) = read_image(page, printed.context)
        outcomes.append((reading.status, reading.reasons))

    assert outcomes == [
        (SheetStatus.COUNTED, ()),
        (SheetStatus.REFUSED, (Reason.FOREIGN_CODE,)),
    ]


def test_a_foreign_code_over_one_copy_and_a_blot_over_the_other_need_a_person(
    printed: Printed,
) -> None:
    page = printed.filled()
    first, second = printed.layout.codes
    _stick(page, first.x_mm, first.y_mm, first.w_mm, "https://dichvucong.gov.vn/")
    _cover(page, second.x_mm, second.y_mm, second.w_mm)

    (reading,) = read_image(page, printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REVIEW, (Reason.NO_CODE,))


def test_each_code_text_of_a_sheet_is_verified_once(printed: Printed) -> None:
    asked: list[str] = []

    class Counting(Verifier):
        def verify(self, text: str) -> CodeBody | CodeFault:
            asked.append(text)
            return super().verify(text)

    keyring = open_workspace(printed.root).keyring()
    context = replace(printed.context, verifier=Counting(keyring))

    (reading,) = read_image(printed.filled(), context)

    assert reading.status is SheetStatus.COUNTED
    assert len(asked) == 1  # though it stands on the sheet twice


def test_what_a_worker_knows_shows_no_key(printed: Printed) -> None:
    shown = repr(printed.context)

    assert "Verifier(key_ids=[1])" in shown
    secrets = secrets_in(open_workspace(printed.root).keyring())
    assert not any(secret in shown for secret in secrets)


def test_a_layout_that_the_ledger_does_not_know_is_never_read_with_another(
    printed: Printed,
) -> None:
    other = replace(printed.layout, wording="other words")
    context = replace(printed.context, layouts={other.layout_id[:6]: other})

    (reading,) = read_image(printed.filled(), context)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.LAYOUT,))


def test_too_few_dots_per_inch_are_refused(printed: Printed) -> None:
    small = cv2.resize(printed.filled(), None, fx=0.55, fy=0.55, interpolation=cv2.INTER_AREA)

    (reading,) = read_image(np.asarray(small, np.uint8), printed.context)

    assert (reading.status, reading.reasons) == (SheetStatus.REFUSED, (Reason.LOW_RESOLUTION,))


def test_a_scan_too_pale_to_show_pencil_lets_nothing_stand(printed: Printed) -> None:
    pale = np.clip(230 + (printed.filled().astype(float) - 255) * 0.15, 0, 255).astype(np.uint8)

    (reading,) = read_image(pale, printed.context)

    assert reading.status in {SheetStatus.REVIEW, SheetStatus.REFUSED}
    assert all(a.state is AnswerState.DOUBTFUL for a in reading.answers.values())


def _slices(x_mm: float, y_mm: float, side_mm: float) -> tuple[slice, slice]:
    def span(start: float) -> slice:
        return slice(round((start - 0.5) * SCALE), round((start + side_mm + 0.5) * SCALE))

    return span(y_mm), span(x_mm)


def _stick(page: Image, x_mm: float, y_mm: float, side_mm: float, text: str) -> None:
    """Stick a QR code over a printed one."""
    buffer = io.BytesIO()
    segno.make(text, error="q", boost_error=False).save(buffer, kind="png", scale=8, border=2)
    drawn = cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    rows, columns = _slices(x_mm, y_mm, side_mm)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    page[rows, columns] = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)


def _cover(page: Image, x_mm: float, y_mm: float, side_mm: float) -> None:
    page[_slices(x_mm, y_mm, side_mm)] = 200
