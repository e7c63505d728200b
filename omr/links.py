"""Public addresses: what citizens reach with the QR codes that are meant for them.

They come from ``links.toml`` (:mod:`omr.links_file`) as templates, since one survey serves
every unit: ``{unit}`` becomes the unit's code, so that answers arrive with their unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from omr.errors import UsageError
from omr.i18n import _
from omr.survey import Domain
from omr.units import Unit
from omr.web_address import MAX_ADDRESS, MAX_SHORT, filled, is_example, site_of

UNIT = "unit"  # the unit's code
UNIT_NAME = "unit_name"
DOMAIN = "domain"  # the domain's id
PLACEHOLDERS = (UNIT, UNIT_NAME, DOMAIN)
SHORT_PLACEHOLDERS = (UNIT, DOMAIN)


@dataclass(frozen=True, slots=True)
class Link:
    """One public page."""

    name: str  # what stands beside the code
    url: str  # what the code says
    short: str  # what a person can type: printed in text, against stickers over the code

    @property
    def site(self) -> str:
        """The site's name as a phone shows it before it opens the page."""
        return site_of(self.url)

    @property
    def short_shows_site(self) -> bool:
        """Whether the printed address begins with the site that a phone will show.

        Where it does not (a shortening service), the site must be printed as well, or
        nobody could tell the true code from a sticker.
        """
        return site_of(self.short).removeprefix("www.") == self.site.removeprefix("www.")

    @property
    def is_example(self) -> bool:
        """Whether the page is made up; then nothing with this link may be posted."""
        return is_example(self.url) or is_example(self.short)


@dataclass(frozen=True, slots=True)
class LinkTemplate:
    """A public page for any unit and domain. ``url`` is ASCII; both may hold placeholders."""

    name: str
    url: str
    short: str = ""  # empty: made from the address

    def link(self, unit: Unit, domain: Domain) -> Link:
        """The page for *unit* and *domain*; without a name of its own, the domain's.

        Raises:
            UsageError: If the filled address is too long for a code that can be scanned.
        """
        values = {UNIT: unit.code, UNIT_NAME: unit.name, DOMAIN: domain.id}
        url = filled(self.url, values)
        if len(url) > MAX_ADDRESS:
            raise UsageError(
                _("the address of '{name}' is {length} letters long for {unit}").format(
                    name=self.name or domain.name, length=len(url), unit=unit.code
                ),
                _("In links.toml, write {unit} instead of {unit_name}, or use a shorter address."),
            )
        return Link(self.name or domain.name, url, filled(self.short, values) or _typed(url))


@dataclass(frozen=True, slots=True)
class DomainLinks:
    """The pages of one domain, or of a group of domains."""

    id: str
    line: int  # of links.toml
    page: LinkTemplate | None = None
    procedures: tuple[LinkTemplate, ...] = ()
    survey: LinkTemplate | None = None


@dataclass(frozen=True, slots=True)
class SurveyLink:
    """An electronic survey and the domains of a board that it serves."""

    link: Link
    domains: tuple[Domain, ...]


@dataclass(frozen=True, slots=True)
class BoardSection:
    """What a board says about one domain: its own page, and one for each procedure."""

    domain: Domain
    page: Link | None
    procedures: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class BoardLinks:
    """Everything that one unit's board leads to."""

    sections: tuple[BoardSection, ...]
    surveys: tuple[SurveyLink, ...]  # each address once

    @property
    def pages(self) -> tuple[Link, ...]:
        """The pages of procedures and domains, without the surveys."""
        return tuple(
            link
            for section in self.sections
            for link in (*section.procedures, *filter(None, [section.page]))
        )

    @property
    def links(self) -> tuple[Link, ...]:
        """All pages, surveys last."""
        return (*self.pages, *(survey.link for survey in self.surveys))


@dataclass(frozen=True, slots=True)
class Links:
    """What a workspace's ``links.toml`` says; without the file, nothing."""

    file: Path
    revision: int = 1
    domains: tuple[DomainLinks, ...] = ()
    general_survey: LinkTemplate | None = None  # of every domain that has none of its own
    warnings: tuple[str, ...] = ()  # what is unusual but can be meant, as sentences

    def of(self, domain_id: str) -> DomainLinks | None:
        """The pages of a domain or group, if the file has any."""
        return next((pages for pages in self.domains if pages.id == domain_id), None)

    def survey(self, domain: Domain, unit: Unit) -> Link | None:
        """The electronic survey of *domain*, pre-filled with *unit*.

        The domain's own, else its group's, else the general one.

        Raises:
            UsageError: If the filled address is too long for a code that can be scanned.
        """
        for pages in (self.of(domain.id), self.of(domain.group)):
            if pages and pages.survey:
                return pages.survey.link(unit, domain)
        return self.general_survey.link(unit, domain) if self.general_survey else None

    def boards(self, unit: Unit, domains: Iterable[Domain]) -> BoardLinks:
        """Everything that a board of *unit* about *domains* leads to.

        Raises:
            UsageError: If a filled address is too long for a code that can be scanned.
        """
        sections: list[BoardSection] = []
        surveys: dict[str, SurveyLink] = {}
        for domain in domains:
            pages = self.of(domain.id)
            if pages and (pages.page or pages.procedures):
                sections.append(
                    BoardSection(
                        domain,
                        pages.page.link(unit, domain) if pages.page else None,
                        tuple(page.link(unit, domain) for page in pages.procedures),
                    )
                )
            link = self.survey(domain, unit)
            if link:
                known = surveys.get(link.url)
                served = (*known.domains, domain) if known else (domain,)
                surveys[link.url] = SurveyLink(known.link if known else link, served)
        return BoardLinks(tuple(sections), tuple(surveys.values()))


def _typed(url: str) -> str:
    """What to print where no short address is given: the address itself, else its site."""
    bare = url.partition("://")[2].rstrip("/")
    return bare if len(bare) <= MAX_SHORT else site_of(url)
