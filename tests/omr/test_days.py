from __future__ import annotations

from datetime import date

import pytest

from omr.days import parse_day, said_day


@pytest.mark.parametrize("text", ["2026-11-02", " 02/11/2026 ", "2/11/2026"])
def test_a_day_is_read_as_it_is_written_here(text: str) -> None:
    assert parse_day(text) == date(2026, 11, 2)


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "11/2026", "02/11/26", "hôm nay", ""])
def test_what_names_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_day(text)


@pytest.mark.parametrize(("language", "said"), [("vi", "14/11/2026"), ("en", "2026-11-14")])
def test_messages_name_a_day_as_their_readers_do(
    monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("OMR_LANG", language)
    assert said_day(date(2026, 11, 14)) == said
