from __future__ import annotations

from dataclasses import replace

import base45
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from make_keys import verifier_of

from omr.codes import (
    TEXT_LENGTH,
    CodeBody,
    CodeFault,
    campaign_key,
    sign,
)

ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")  # ISO/IEC 18004, 7.4.4
MASTERS = {1: bytes(range(32)), 2: bytes(range(32, 64)), 255: b"\xff" * 32}
OURS = verifier_of(MASTERS)

BODIES = st.builds(
    CodeBody,
    key_id=st.sampled_from(sorted(MASTERS)),
    campaign=st.integers(2000, 2099),
    unit=st.integers(0, 0xFFFF),
    domain=st.integers(0, 0xFF),
    number=st.integers(0, 0xFFFFFFFF),
    layout=st.binary(min_size=3, max_size=3).map(lambda raw: raw.hex().upper()),
    flags=st.integers(0, 0xFF),
)
SAMPLES = [
    CodeBody(1, 2026, 7, 3, 417, "9F2C11"),
    CodeBody(1, 2026, 0, 0, 1, "000000"),
    CodeBody(2, 2099, 0xFFFF, 0xFF, 999_999, "FFFFFF", 0xFF),
    CodeBody(255, 2026, 1, 1, 123_456, "A0B1C2"),
]


def _signed(body: CodeBody) -> str:
    return sign(body, campaign_key(MASTERS[body.key_id], body.campaign))


def _text(raw: bytes) -> str:
    encoded: bytes = base45.b45encode(raw)
    return encoded.decode("ascii")


@given(BODIES)
def test_what_was_signed_is_what_is_read(body: CodeBody) -> None:
    assert OURS.verify(_signed(body)) == body


@given(BODIES)
def test_every_text_has_47_characters_that_qr_codes_write_densely(body: CodeBody) -> None:
    text = _signed(body)

    assert len(text) == TEXT_LENGTH == 47
    assert set(text) <= ALPHANUMERIC


@pytest.mark.parametrize("body", SAMPLES, ids=str)
def test_every_text_fits_a_qr_code_of_version_3_with_a_quarter_to_spare(body: CodeBody) -> None:
    code = segno.make(_signed(body), version=3, error="q", mode="alphanumeric", boost_error=False)

    assert code.designator == "3-Q"
    with pytest.raises(segno.DataOverflowError):  # so the text cannot have grown unnoticed
        segno.make(_signed(body) + "0", version=3, error="q", boost_error=False)


@pytest.mark.parametrize("body", SAMPLES, ids=str)
def test_every_single_wrong_bit_is_refused(body: CodeBody) -> None:
    raw = base45.b45decode(_signed(body))
    assert len(raw) * 8 == 248

    for bit in range(248):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        assert isinstance(OURS.verify(_text(bytes(flipped))), CodeFault), bit


@given(BODIES, st.data())
def test_every_wrong_character_is_refused(body: CodeBody, data: st.DataObject) -> None:
    text = _signed(body)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(sorted(ALPHANUMERIC - {text[place]})))

    assert isinstance(OURS.verify(text[:place] + other + text[place + 1 :]), CodeFault)


def test_a_body_with_another_number_but_the_old_signature_is_a_bad_signature() -> None:
    genuine = base45.b45decode(_signed(SAMPLES[0]))
    forged = replace(SAMPLES[0], number=418).to_bytes() + genuine[15:]

    assert OURS.verify(_text(forged)) is CodeFault.BAD_SIGNATURE


def test_an_unknown_key_is_told_from_a_bad_signature() -> None:
    text = _signed(SAMPLES[0])

    assert verifier_of({2: MASTERS[2]}).verify(text) is CodeFault.UNKNOWN_KEY
    assert verifier_of({}).verify(text) is CodeFault.UNKNOWN_KEY
    assert verifier_of({1: MASTERS[2]}).verify(text) is CodeFault.BAD_SIGNATURE


def test_a_key_of_another_year_signs_nothing_for_this_one() -> None:
    body = SAMPLES[0]
    with_last_years_key = sign(body, campaign_key(MASTERS[1], body.campaign - 1))

    assert OURS.verify(with_last_years_key) is CodeFault.BAD_SIGNATURE


def test_every_year_and_every_master_has_its_own_key_of_32_bytes() -> None:
    keys = {campaign_key(master, year) for master in MASTERS.values() for year in range(2000, 2100)}

    assert len(keys) == 100 * len(MASTERS)
    assert {len(key) for key in keys} == {32}


def test_the_key_itself_never_stands_in_the_code() -> None:
    raw = base45.b45decode(_signed(SAMPLES[0]))
    key = campaign_key(MASTERS[1], 2026)

    assert not any(key[n : n + 4] in raw for n in range(29))
    assert not any(MASTERS[1][n : n + 4] in raw for n in range(29))


@given(st.sampled_from(SAMPLES), st.integers(0, TEXT_LENGTH - 1))
def test_a_text_cut_short_is_foreign(body: CodeBody, length: int) -> None:
    assert OURS.verify(_signed(body)[:length]) is CodeFault.FOREIGN


@given(st.sampled_from(SAMPLES), st.text(min_size=1))
def test_a_text_with_more_to_it_is_foreign(body: CodeBody, more: str) -> None:
    assert OURS.verify(_signed(body) + more) is CodeFault.FOREIGN
    assert OURS.verify(more + _signed(body)) is CodeFault.FOREIGN


@given(st.text(min_size=TEXT_LENGTH, max_size=TEXT_LENGTH))
def test_any_text_of_the_right_length_is_refused_without_an_exception(text: str) -> None:
    assert isinstance(OURS.verify(text), CodeFault)


@given(st.text(alphabet=sorted(ALPHANUMERIC), min_size=TEXT_LENGTH, max_size=TEXT_LENGTH))
def test_any_text_in_our_letters_is_refused_without_an_exception(text: str) -> None:
    assert isinstance(OURS.verify(text), CodeFault)


@given(st.text())
def test_any_text_at_all_is_refused_without_an_exception(text: str) -> None:
    assert isinstance(OURS.verify(text), CodeFault)


@given(st.binary(max_size=64).map(_text))
def test_any_bytes_in_our_letters_are_refused_without_an_exception(text: str) -> None:
    assert isinstance(OURS.verify(text), CodeFault)


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "https://dichvucong.gov.vn/p/home/dvc-trang-chu.html",
        "WIFI:T:WPA;S=CongAn;P:12345678;;",
        "031085001234|031234567|Nguyễn Văn An|01011985|Nam|Hải Phòng|01012021",
        "\x00" * TEXT_LENGTH,
        "\ud800" * TEXT_LENGTH,
        "٣" * TEXT_LENGTH,
        " " * TEXT_LENGTH,
        "0" * TEXT_LENGTH,
        ":" * TEXT_LENGTH,
        "A" * 4296,
        "\n" * 1_000_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_other_peoples_codes_are_foreign(foreign: str) -> None:
    assert OURS.verify(foreign) is CodeFault.FOREIGN


def test_small_letters_are_foreign_since_we_never_print_any() -> None:
    text = _signed(SAMPLES[0])
    assert text.lower() != text

    assert OURS.verify(text.lower()) is CodeFault.FOREIGN


def test_a_later_version_of_the_code_is_not_taken_for_ours() -> None:
    raw = base45.b45decode(_signed(SAMPLES[0]))

    assert OURS.verify(_text(b"\x02" + raw[1:])) is CodeFault.FOREIGN


def test_an_identity_card_in_a_qr_code_is_not_repeated_by_the_fault() -> None:
    said = OURS.verify("031085001234|031234567|Nguyễn Văn An")

    assert said == "foreign-code"


@pytest.mark.parametrize("layout", ["", "9F2C", "9F2C1", "9F2C11AA", "no hex"])
def test_a_layout_that_is_no_six_digits_is_refused_not_cut(layout: str) -> None:
    with pytest.raises(ValueError, match=r"layout|hexadecimal"):
        replace(SAMPLES[0], layout=layout).to_bytes()
