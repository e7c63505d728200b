"""``links.toml``: the editable addresses of public pages; every mistake with its line."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from omr.i18n import _
from omr.links import (
    PLACEHOLDERS,
    SHORT_PLACEHOLDERS,
    UNIT,
    UNIT_NAME,
    DomainLinks,
    Links,
    LinkTemplate,
)
from omr.problems import Problems
from omr.survey import Domain
from omr.toml_file import TomlFile, read_toml
from omr.toml_table import Table
from omr.web_address import address_mistakes, in_ascii, short_mistakes

MAX_REVISION = 9999
MAX_NAME = 80  # letters; more than three lines under a code would not be read


def read_links(path: Path) -> Links:
    """Read the addresses of a workspace.

    Raises:
        UsageError: If the file is missing or cannot be read.
        MistakesInFile: All mistakes at once.
    """
    return parse_links(read_toml(path))


def parse_links(file: TomlFile) -> Links:
    """The addresses that a TOML file gives.

    Raises:
        MistakesInFile: All mistakes at once.
    """
    return _LinksReader(file).links()


def shipped_links_text() -> str:
    """The ``links.toml`` that a new workspace starts with: made-up addresses to replace."""
    return resources.files("omr").joinpath("data", "links.toml").read_text(encoding="utf-8")


def refuse_unknown_domains(links: Links, domains: Iterable[Domain]) -> None:
    """Refuse addresses of domains that no survey has: a misspelt id would print no code.

    Args:
        links: The addresses.
        domains: Of all surveys; the names of their groups count too.

    Raises:
        MistakesInFile: Every unknown domain with its line.
    """
    known = {name for domain in domains for name in (domain.id, domain.group) if name}
    problems = Problems()
    for pages in links.domains:
        if pages.id not in known:
            problems.add(
                links.file,
                pages.line,
                _("no survey has the domain '{code}'").format(code=pages.id),
                _("known: {words}").format(words=", ".join(sorted(known))),
            )
    problems.raise_if_any()


class _LinksReader:
    """One pass over the file; :meth:`links` is its result."""

    def __init__(self, file: TomlFile) -> None:
        self._file = file
        self._problems = Problems()
        self._doubts = Problems()
        self._allow_http = False
        self._lines: dict[str, int] = {}  # of each address

    def links(self) -> Links:
        top = Table(self._file, self._problems)
        revision = top.integer("rev", 1, MAX_REVISION)
        self._allow_http = top.flag("allow_http", default=False)
        survey = self._survey(top)
        tables = top.tables("domain")
        domains = tuple(self._domain(table) for table in tables)
        self._refuse_repeated("id", tables)
        top.close()
        self._problems.raise_if_any()
        doubts = tuple(self._doubts.sentences())
        return Links(self._file.path, revision, domains, survey, doubts)

    def _domain(self, table: Table) -> DomainLinks:
        name = table.text("id")
        page = None
        if table.has("url"):
            page = self._template(table, table.text("name", ""))
        else:
            for key in ("name", "short"):
                if table.has(key):
                    table.wrong(
                        key,
                        _("'{key}' without 'url'").format(key=key),
                        _("add a line beginning with: {key} =").format(key="url"),
                    )
        parts = table.tables("procedure")
        procedures = tuple(self._template(part, part.text("name")) for part in parts)
        self._refuse_repeated("name", parts)
        for part in parts:
            part.close()
        survey = self._survey(table)
        table.close()
        return DomainLinks(name, table.line, page, procedures, survey)

    def _survey(self, table: Table) -> LinkTemplate | None:
        """The section ``[survey]`` of the file or ``[domain.survey]`` of a domain."""
        for section in table.tables("survey", most=1):
            survey = self._template(section, section.text("name", ""), once=False)
            if survey.url and not any(f"{{{name}}}" in survey.url for name in (UNIT, UNIT_NAME)):
                self._doubts.add(
                    self._file.path,
                    section.line_of("url"),
                    _("the survey's address has no {unit}: answers will not say from where"),
                    _("take the pre-filled link, and put {unit} where its answer stands"),
                )
            section.close()
            return survey
        return None

    def _template(self, table: Table, name: str, *, once: bool = True) -> LinkTemplate:
        """The page that a table describes; an empty address after a mistake."""
        url, short = table.text("url"), table.text("short", "")
        if len(name) > MAX_NAME:
            table.wrong(
                "name",
                _("the name is {length} letters long").format(length=len(name)),
                _("at most {most}; it stands below a code").format(most=MAX_NAME),
            )
        mistakes = url and address_mistakes(url, PLACEHOLDERS, allow_http=self._allow_http)
        for what, remedy in mistakes or ():
            table.wrong("url", what, remedy)
        short = short.removeprefix("https://").removeprefix("http://")
        for what, remedy in (short and short_mistakes(short, SHORT_PLACEHOLDERS)) or ():
            table.wrong("short", what, remedy)
        if not url or mistakes:
            return LinkTemplate(name, "", short)
        if once:
            self._note_repeated(table, url)
        return LinkTemplate(name, in_ascii(url), short)

    def _note_repeated(self, table: Table, url: str) -> None:
        """Two pages with one address are mostly a copy that was not finished."""
        line = self._lines.setdefault(url, table.line_of("url"))
        if line != table.line_of("url"):
            self._doubts.add(
                self._file.path,
                table.line_of("url"),
                _("the same address as on line {line}").format(line=line),
                _("make sure that this is meant"),
            )

    def _refuse_repeated(self, key: str, tables: tuple[Table, ...]) -> None:
        lines: dict[str, int] = {}
        for table in tables:
            value = table.values.get(key)
            if not isinstance(value, str):
                continue
            line = lines.setdefault(value.strip(), table.line_of(key))
            if line != table.line_of(key):
                table.wrong(
                    key,
                    _("'{value}' is already on line {line}").format(value=value, line=line),
                    _("remove one of the two"),
                )
