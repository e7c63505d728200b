from __future__ import annotations

import functools
import io

import cv2
import numpy as np
import pytest
import segno
from make_keys import verifier_of
from numpy.typing import NDArray

from omr.codes import CodeBody, CodeFault, campaign_key, sign
from scans import identify
from scans.identify import has_zbar, read_code, read_page_codes

Grey = NDArray[np.uint8]
MASTERS = {1: bytes(range(32))}
BODY = CodeBody(1, 2026, 7, 3, 417, "9F2C11")
TEXT = sign(BODY, campaign_key(MASTERS[1], 2026))
FOREIGN = CodeFault.FOREIGN
SIDE_MM, QUIET_MM = 20.0, 3.5


_ours = verifier_of(MASTERS).verify


@functools.cache
def _code(text: str) -> Grey:
    """A printed code with its quiet zone, one module 20 px."""
    buffer = io.BytesIO()
    segno.make(text, error="q", boost_error=False).save(buffer, kind="png", scale=20, border=4)
    return np.asarray(
        cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8
    )


def _crop(text: str = TEXT, *, dpi: int = 200, skew_deg: float = 0.0, paper: int = 250) -> Grey:
    """What a scanner sees of the code and a little more."""
    printed = _code(text)
    k = dpi / 25.4
    side = round((SIDE_MM + 2 * QUIET_MM) * k)
    modules = printed.shape[0] / 20 - 8
    scale = SIDE_MM * k / (modules * 20)
    turn = cv2.getRotationMatrix2D((printed.shape[1] / 2, printed.shape[0] / 2), skew_deg, scale)
    turn[:, 2] += side / 2 - printed.shape[0] / 2
    soft = cv2.GaussianBlur(printed, (0, 0), 0.45 / scale)
    shown = cv2.warpAffine(soft, turn, (side, side), borderValue=255)
    return (shown.astype(float) * (paper - 20) / 255 + 20).astype(np.uint8)


@pytest.fixture(params=["both decoders", "without zbar"])
def _decoders(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without zbar":
        monkeypatch.setattr(identify, "_zbar", lambda: None)
    elif not has_zbar():
        pytest.skip("the system has no zbar library")


@pytest.mark.usefixtures("_decoders")
@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("skew_deg", [0, 3, -10, 90, 180, 268])
def test_a_code_is_read_at_any_resolution_and_turn(dpi: int, skew_deg: float) -> None:
    assert read_code(_crop(dpi=dpi, skew_deg=skew_deg), _ours) == [BODY]


def _smudged(crop: Grey) -> Grey:
    smudged = crop.copy()
    h, w = crop.shape
    cv2.ellipse(smudged, (w * 6 // 10, h * 6 // 10), (w // 10, h // 14), 30, 0, 360, 60, -1)
    return smudged


def _stroke(crop: Grey) -> Grey:
    crossed = crop.copy()
    h, w = crop.shape
    cv2.line(crossed, (w // 4, h * 3 // 4), (w * 3 // 4, h // 2), 40, 2)
    return crossed


def _noisy(crop: Grey) -> Grey:
    noise = np.random.default_rng(4).normal(0, 30, crop.shape)
    return np.clip(crop + noise, 0, 255).astype(np.uint8)


def _shaded(crop: Grey) -> Grey:
    return (crop * np.linspace(1.0, 0.45, crop.shape[1])).astype(np.uint8)


def _two_levels(crop: Grey) -> Grey:
    return np.where(crop > 128, 255, 0).astype(np.uint8)


def _soft(crop: Grey) -> Grey:
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), 1.6), np.uint8)


def _pale(crop: Grey) -> Grey:
    return (200 + crop / 6).astype(np.uint8)


def _red_ink_over_it(crop: Grey) -> Grey:
    stamped = crop.copy()
    h, w = crop.shape
    cv2.circle(stamped, (w // 2, h), h // 2, 140, 4)
    return np.minimum(crop, stamped)


@pytest.mark.usefixtures("_decoders")
@pytest.mark.parametrize(
    "spoil",
    [_smudged, _noisy, _shaded, _two_levels, _soft, _pale, _red_ink_over_it],
    ids=lambda spoil: spoil.__name__.strip("_"),
)
def test_a_spoilt_code_is_read(spoil: object) -> None:
    assert callable(spoil)
    assert read_code(spoil(_crop(dpi=200, skew_deg=1.5)), _ours) == [BODY]


@pytest.mark.usefixtures("_decoders")
@pytest.mark.parametrize(
    "foreign", ["https://dichvucong.gov.vn/", "NGUYEN VAN A|0310850", "1" * 47]
)
def test_another_code_is_named_as_foreign(foreign: str) -> None:
    crop = _crop(foreign)

    assert read_code(crop, _ours) == [FOREIGN]


@pytest.mark.usefixtures("_decoders")
def test_our_code_is_found_beside_another_one() -> None:
    both = np.hstack([_crop("https://dichvucong.gov.vn/"), _crop()])

    assert read_code(both, _ours) == [BODY]


def test_a_code_of_others_is_looked_at_in_every_way_but_verified_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[str] = []
    asked: list[str] = []
    decode = identify._zxing

    def counted(*args: object) -> list[str]:
        found = decode(*args)  # type: ignore[arg-type]
        looks.extend(found)
        return found

    def never(text: str) -> CodeFault:
        asked.append(text)
        return CodeFault.BAD_SIGNATURE

    monkeypatch.setattr(identify, "_zxing", counted)

    assert read_code(_crop(), never) == [CodeFault.BAD_SIGNATURE]
    assert asked == [TEXT]
    assert looks.count(TEXT) > 3


@pytest.mark.usefixtures("_decoders")
@pytest.mark.parametrize(
    "crop",
    [
        np.full((215, 215), 250, np.uint8),
        np.zeros((215, 215), np.uint8),
        np.random.default_rng(2).integers(0, 256, (215, 215), dtype=np.uint8),
        np.tile(np.array([[0, 255]], np.uint8), (215, 108)),
        np.full((20, 3000), 250, np.uint8),
    ],
    ids=["blank", "black", "noise", "stripes", "a strip"],
)
def test_a_place_without_a_code_gives_nothing(crop: Grey) -> None:
    assert read_code(crop, _ours) == []


@pytest.mark.parametrize("shape", [(0, 0), (0, 215), (215, 0), (1, 1), (19, 500)])
def test_a_crop_that_lies_beside_the_image_gives_nothing(shape: tuple[int, int]) -> None:
    assert read_code(np.full(shape, 255, np.uint8), _ours) == []


def test_a_crop_that_is_a_window_on_the_page_is_read_like_a_copy() -> None:
    page = np.full((900, 900), 250, np.uint8)
    crop = _crop()
    page[300 : 300 + crop.shape[0], 411 : 411 + crop.shape[1]] = crop
    window = page[290 : 310 + crop.shape[0], 401 : 421 + crop.shape[1]]
    assert not window.flags["C_CONTIGUOUS"]

    assert read_code(window, _ours) == [BODY]


def test_a_code_torn_in_half_is_not_guessed() -> None:
    crop = _crop()
    crop[:, crop.shape[1] // 2 :] = 250

    assert read_code(crop, _ours) == []


def test_every_code_on_a_page_is_found_with_its_place() -> None:
    page = np.full((1653, 1165), 250, np.uint8)
    crop = _crop()
    n = crop.shape[0]
    page[100 : 100 + n, 800 : 800 + n] = crop
    page[1300 : 1300 + n, 60 : 60 + n] = np.rot90(crop)

    found = sorted(read_page_codes(page), key=lambda item: item[1][1])

    assert [text for text, _centre in found] == [TEXT, TEXT]
    for (_text, centre), truth in zip(found, [(800, 100), (60, 1300)], strict=True):
        assert np.hypot(centre[0] - truth[0] - n / 2, centre[1] - truth[1] - n / 2) < 5


def test_codes_in_a_negative_are_left_alone() -> None:
    page = np.full((900, 900), 250, np.uint8)
    page[300:515, 300:515] = cv2.resize(_crop(), (215, 215))

    assert len(read_page_codes(page)) == 1
    assert read_page_codes(255 - page) == []


def test_a_page_without_codes_has_none() -> None:
    assert read_page_codes(np.full((1653, 1165), 250, np.uint8)) == []
