from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from omr.errors import MistakesInFile, UsageError
from omr.links import DomainLinks, Link, Links, LinkTemplate
from omr.links_file import (
    parse_links,
    read_links,
    refuse_unknown_domains,
    shipped_links_text,
)
from omr.survey_file import shipped_survey
from omr.toml_file import parse_toml
from omr.units import Unit, UnitKind

FILE = Path("links.toml")
SURVEY = shipped_survey()
GTDB, QLHC, L12 = (SURVEY.domain(name) for name in ("GTDB", "QLHC", "L12"))
PC08 = Unit(
    "HP-PC08", "Phòng Cảnh sát giao thông", "PC08", UnitKind.OFFICE, "HP", "",
    date(2025, 7, 1), None, (), ("GTDB",), (),
)  # fmt: skip


def links(text: str) -> Links:
    return parse_links(parse_toml(text, FILE))


def mistakes(text: str) -> list[str]:
    with pytest.raises(MistakesInFile) as caught:
        links(text)
    return caught.value.problems


def survey_at(url: str, short: str = "") -> LinkTemplate:
    return LinkTemplate("Đánh giá", url, short)


def test_the_shipped_file_serves_every_domain_and_is_all_made_up() -> None:
    shipped = links(shipped_links_text())
    refuse_unknown_domains(shipped, SURVEY.domains)

    assert shipped.warnings == ()
    assert [pages.id for pages in shipped.domains] == ["QLHC", "PCCC", "XNC", "GTDB"]
    for pages in shipped.domains:
        board = shipped.boards(PC08, [SURVEY.domain(pages.id)])
        assert len(board.links) == 1 + len(SURVEY.domain(pages.id).procedures) + 1
        assert all(link.is_example and link.short_shows_site for link in board.links)


def test_a_survey_is_filled_with_the_unit_and_percent_encoded() -> None:
    url = "https://docs.google.com/forms/d/e/X/viewform?usp=pp_url&entry.1={unit}&entry.2={domain}"
    one = links(f'rev = 1\n[survey]\nurl = "{url}&entry.3={{unit_name}}"\nshort = "a.vn/{{unit}}"')

    found = one.survey(GTDB, PC08)

    assert found is not None
    assert found.url.endswith(
        "entry.1=HP-PC08&entry.2=GTDB"
        "&entry.3=Ph%C3%B2ng%20C%E1%BA%A3nh%20s%C3%A1t%20giao%20th%C3%B4ng"
    )
    assert (found.name, found.short) == ("Giao thông đường bộ", "a.vn/HP-PC08")
    assert (found.site, found.short_shows_site) == ("docs.google.com", False)


def test_a_domains_own_survey_comes_before_its_groups_and_the_general_one() -> None:
    general = survey_at("https://a.vn/all?u={unit}")
    own = DomainLinks("L12", 1, survey=survey_at("https://a.vn/l12?u={unit}"))
    group = DomainLinks("CHUNG", 2, survey=survey_at("https://a.vn/chung?u={unit}"))

    def chosen(*domains: DomainLinks, general: LinkTemplate | None = general) -> str:
        found = Links(FILE, 1, domains, general).survey(L12, PC08)
        return found.url if found else ""

    assert chosen(own, group) == "https://a.vn/l12?u=HP-PC08"
    assert chosen(group) == "https://a.vn/chung?u=HP-PC08"
    assert chosen(replace(own, survey=None)) == "https://a.vn/all?u=HP-PC08"
    assert chosen(general=None) == ""


def test_a_board_shows_each_survey_once_with_the_domains_it_serves() -> None:
    page = LinkTemplate("", "https://a.vn/p", "")
    pages = [DomainLinks("GTDB", 1, page), DomainLinks("QLHC", 2, None, (page,))]
    one = Links(FILE, 1, tuple(pages), survey_at("https://a.vn/ks?u={unit}"))
    each = replace(one, general_survey=survey_at("https://a.vn/ks?u={unit}&d={domain}"))

    assert [len(survey.domains) for survey in one.boards(PC08, [GTDB, QLHC]).surveys] == [2]
    assert [survey.link.url[-4:] for survey in each.boards(PC08, [GTDB, QLHC]).surveys] == [
        "GTDB",
        "QLHC",
    ]
    sections = one.boards(PC08, [GTDB, L12, QLHC]).sections
    assert [section.domain.id for section in sections] == ["GTDB", "QLHC"]
    assert sections[0].page == Link("Giao thông đường bộ", "https://a.vn/p", "a.vn/p")
    assert [link.name for link in sections[1].procedures] == [QLHC.name]


def test_without_a_short_address_the_address_or_its_site_is_printed() -> None:
    def printed(url: str) -> str:
        return LinkTemplate("x", url).link(PC08, GTDB).short

    assert printed("https://dvc.gov.vn/xe/") == "dvc.gov.vn/xe"
    assert printed("https://dvc.gov.vn/" + "x" * 60) == "dvc.gov.vn"


def test_an_address_that_grows_too_long_when_filled_is_refused_with_the_cure() -> None:
    long_name = replace(PC08, name="Phòng Cảnh sát phòng cháy, chữa cháy" * 3)

    with pytest.raises(UsageError, match=r"letters long for HP-PC08") as caught:
        survey_at("https://a.vn/ks?u={unit_name}").link(long_name, GTDB)

    assert "{unit} instead of {unit_name}" in caught.value.remedy


def test_a_survey_that_does_not_know_the_unit_is_a_warning() -> None:
    [doubt] = links('rev = 1\n[survey]\nname = "x"\nurl = "https://a.vn/ks"').warnings

    assert doubt.startswith("links.toml:4: the survey's address has no {unit}")


def test_two_pages_with_one_address_are_a_warning() -> None:
    [doubt] = links(
        """rev = 1
[[domain]]
id = "GTDB"
url = "https://a.vn/x"
[[domain.procedure]]
name = "Đăng ký xe"
url = "https://a.vn/x"
"""
    ).warnings

    assert doubt.startswith("links.toml:7: the same address as on line 4")


def test_all_mistakes_are_named_at_once_with_their_lines() -> None:
    found = mistakes(
        """allow_htp = true
[survey]
url = "http://a.vn/ks"
short = "https://a b"
[[domain]]
id = "GTDB"
name = "x"
[[domain.procedure]]
name = "Đăng ký xe"
[[domain.procedure]]
name = "Đăng ký xe"
url = "https://a.vn/{id}"
link = "https://a.vn"
[[domain]]
id = "GTDB"
url = 7
"""
    )

    assert [sentence.split(";")[0].removeprefix("links.toml:") for sentence in found] == [
        "1: 'rev' is missing",
        "1: unknown key 'allow_htp'",
        "3: the address begins with http://, which others on the way can change",
        "4: the address contains a space",
        "7: 'name' without 'url'",
        "8: 'url' is missing",
        "11: 'Đăng ký xe' is already on line 9",
        "12: unknown placeholder {id}",
        "13: unknown key 'link'",
        "15: 'GTDB' is already on line 6",
        "16: 'url' must be text in quotes",
    ]


def test_names_that_cannot_stand_below_a_code_are_refused() -> None:
    procedure = f'rev = 1\n[[domain]]\nid = "A"\n[[domain.procedure]]\nname = "{"x" * 81}"\n'

    [found] = mistakes(procedure + 'url = "https://a.vn"')

    assert found.startswith("links.toml:5: the name is 81 letters long")


def test_a_domain_that_no_survey_has_is_refused_with_its_line() -> None:
    found = links('rev = 1\n[[domain]]\nid = "CHUNG"\n[[domain]]\nid = "GTBD"\n')

    with pytest.raises(MistakesInFile) as caught:
        refuse_unknown_domains(found, SURVEY.domains)

    [sentence] = caught.value.problems
    assert sentence.startswith("links.toml:4: no survey has the domain 'GTBD'")
    assert "GTDB" in sentence


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_links(tmp_path / "links.toml")
