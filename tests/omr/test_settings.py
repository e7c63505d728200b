from __future__ import annotations

from pathlib import Path

import pytest

from omr.alert_rule import AlertRatings
from omr.errors import MistakesInFile, UsageError
from omr.settings import (
    Language,
    Paper,
    Settings,
    parse_settings,
    read_settings,
    shipped_settings_text,
)
from omr.toml_file import parse_toml

FILE = Path("omr.toml")
OFFICE = '[office]\nagency = "A"\nname = "N"\ncity = "C"\n'


def parse(text: str) -> Settings:
    return parse_settings(parse_toml(text, FILE))


def test_the_shipped_settings_are_the_defaults_under_the_office_s_names() -> None:
    text = shipped_settings_text(agency="Công an thành phố Hải Phòng", city="Hải Phòng")

    settings = parse(text)

    assert settings.agency == "Công an thành phố Hải Phòng"
    assert settings.office == "Phòng Tham mưu"
    assert settings.city == "Hải Phòng"
    names = OFFICE.replace('"A"', f'"{settings.agency}"').replace('"N"', f'"{settings.office}"')
    assert parse(names.replace('"C"', f'"{settings.city}"')) == settings


def test_defaults_are_those_of_a_vietnamese_office() -> None:
    settings = parse(OFFICE)

    assert settings.language is Language.VIETNAMESE
    assert settings.ledger_url == ""
    assert settings.start_day == 15
    assert settings.zone.key == "Asia/Ho_Chi_Minh"
    assert settings.jobs == 0
    assert (settings.marginal, settings.definite) == (None, None)
    assert settings.pad_size == 50
    assert settings.paper is Paper.A5
    assert settings.alert_ratings is AlertRatings.ALL


def test_every_setting_can_be_changed() -> None:
    settings = parse(
        OFFICE.replace("[office]", '[office]\nlanguage = "en"')
        + '[ledger]\nurl = "postgresql+psycopg://omr@db/omr"\n'
        + '[period]\nstart_day = 1\ntime_zone = "Europe/Berlin"\n'
        + "[reading]\njobs = 4\nmarginal = 0.03\ndefinite = 0.1\n"
        + '[printing]\npad_size = 100\npaper = "a4-2up"\n'
        + '[alerts]\nratings = "overall"\n'
    )

    assert settings.language is Language.ENGLISH
    assert settings.ledger_url == "postgresql+psycopg://omr@db/omr"
    assert (settings.start_day, settings.time_zone) == (1, "Europe/Berlin")
    assert (settings.jobs, settings.marginal, settings.definite) == (4, 0.03, 0.1)
    assert (settings.pad_size, settings.paper) == (100, Paper.A4_TWO_UP)
    assert settings.alert_ratings is AlertRatings.OVERALL


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("[ledger]\nurl = 1\n", "omr.toml:6: 'url' must be text"),
        ('[ledger]\nurl = "C:/data/x.db"\n', "omr.toml:6: this is no database address"),
        (
            "[period]\nstart_day = 29\n",
            "omr.toml:6: 'start_day' must be a whole number from 1 to 28",
        ),
        ("[period]\nstart_day = 0\n", "omr.toml:6: 'start_day' must be"),
        ('[period]\ntime_zone = "Asia/Haiphong"\n', "omr.toml:6: 'Asia/Haiphong' is no time zone"),
        ('[period]\ntime_zone = "Asia"\n', "omr.toml:6: 'Asia' is no time zone"),
        ('[period]\ntime_zone = "../etc"\n', "omr.toml:6: '../etc' is no time zone"),
        ("[reading]\njobs = -1\n", "omr.toml:6: 'jobs' must be"),
        ("[reading]\nmarginal = 0.1\n", "omr.toml:6: 'marginal' and 'definite' belong together"),
        ("[reading]\ndefinite = 0.1\n", "omr.toml:6: 'marginal' and 'definite' belong together"),
        (
            "[reading]\nmarginal = 0.2\ndefinite = 0.1\n",
            "omr.toml:6: 'marginal' must be less than 'definite'",
        ),
        (
            "[reading]\nmarginal = 0.1\ndefinite = 2\n",
            "omr.toml:7: 'definite' must be a number from 0.001 to 1",
        ),
        ("[printing]\npad_size = 0\n", "omr.toml:6: 'pad_size' must be"),
        ('[printing]\npaper = "a3"\n', "omr.toml:6: 'a3' is not known here; known: a5, a4-2up"),
        ("[printing]\npaper = 4\n", "omr.toml:6: 'paper' must be text"),
        ("[printing]\npad = 4\n", "omr.toml:6: unknown key 'pad'"),
        ("[printer]\n", "omr.toml:5: unknown key 'printer'; did you mean 'printing'?"),
        ("[[period]]\n[[period]]\n", "omr.toml:6: one section [period] too many"),
    ],
)
def test_a_mistake_is_reported_with_its_line(section: str, expected: str) -> None:
    with pytest.raises(MistakesInFile) as caught:
        parse(OFFICE + section)

    assert [sentence[: len(expected)] for sentence in caught.value.problems] == [expected]


def test_the_office_s_names_must_be_given() -> None:
    with pytest.raises(MistakesInFile) as caught:
        parse("[office]\n")
    assert len(caught.value.problems) == 3

    with pytest.raises(MistakesInFile, match=r"\[office\]"):
        parse("")


def test_a_password_in_the_ledger_s_address_is_never_shown() -> None:
    secret = "hunter2"  # noqa: S105 - a made-up one
    settings = parse(OFFICE + f'[ledger]\nurl = "postgresql://u:{secret}@h/d"\n')

    assert secret not in repr(settings)
    with pytest.raises(MistakesInFile) as caught:
        parse(OFFICE + f'[ledger]\nurl = "mysql://u:{secret}@h/d"\n')
    assert secret not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_settings(tmp_path / "omr.toml")
