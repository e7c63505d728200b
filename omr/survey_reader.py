"""Reads one survey's TOML into words, checking everything an office might mistype.

The office edits words freely. Ids are permanent, since counts and printed forms refer to
them, so whatever could confuse one id or one option with another is refused here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from omr.i18n import _
from omr.problems import Problems
from omr.survey import SPECIFIC, Comment, Domain, Option, Role, Survey, SurveyQuestion
from omr.text_key import text_key
from omr.toml_file import TomlFile
from omr.toml_table import Pair, Table

_QUESTION_ID = re.compile(r"[a-z][a-z0-9]{0,11}")
_OPTION_ID = re.compile(r"[a-z0-9]{1,12}")
_DOMAIN_ID = re.compile(r"[A-Z][A-Z0-9]{0,9}")  # as in omr.serials
_FACTOR = re.compile(r"[A-Z]")
_PLACEHOLDER = re.compile(r"\{[^}]*\}?")
# The other columns of responses.csv (contracts, "Reports"): a question needs its own.
_TAKEN_COLUMNS = frozenset({"response", "channel", "unit", "domain", "period"})


@dataclass(slots=True)
class SurveyReader:
    """Reads one survey file; ids that must be unique are remembered with their lines."""

    file: TomlFile
    problems: Problems
    question_lines: dict[str, int] = field(default_factory=dict)
    domain_lines: dict[str, int] = field(default_factory=dict)

    def survey(self) -> Survey:
        """The survey; only to be used once ``problems.raise_if_any()`` let it pass."""
        top = Table(self.file, self.problems)
        form = top.table("form")
        if form.text("format") not in {"A5", ""}:
            form.wrong("format", _("only forms of A5 size can be made"), 'format = "A5"')
        scale = self._scale(top)
        profile = [self._choices(t, Role.PROFILE) for t in top.tables("profile")]
        rated = [self._rated(t, scale) for t in top.tables("question", least=1)]
        overall = [self._overall(t, scale) for t in top.tables("overall", most=1)]
        reasons = [self._choices(t, Role.REASONS) for t in top.tables("multi")]
        yes_no = [self._choices(t, Role.YES_NO) for t in top.tables("yesno")]
        comment = self._comment(top.table("comment"))
        needs_specific = any(SPECIFIC in question.text for question in rated)
        survey = Survey(
            id=unicodedata.normalize("NFC", self.file.path.stem),
            revision=form.integer("rev", 1, 9999),
            title=form.text("title"),
            subtitle=form.text("subtitle", ""),
            intro=form.text("intro", ""),
            how_to=form.text("how_to", ""),
            footer=form.text("footer", ""),
            scale=scale,
            questions=(*profile, *rated, *overall, *reasons, *yes_no),
            comment=comment,
            domains=self._domains(top, needs_specific=needs_specific),
        )
        form.close()
        top.close()
        return survey

    def _scale(self, top: Table) -> tuple[Option, ...]:
        tables = top.tables("scale", least=2)
        options: list[Option] = []
        for table in tables:
            value = table.integer("value", 1, len(tables))
            label = table.text("label")
            option = Option(
                id=table.text("id"),
                label=label,
                value=value,
                short=table.text("short", label),
                aliases=table.texts("aliases", ()),
            )
            if any(option.value == other.value for other in options):
                table.wrong(
                    "value",
                    _("the value {value} is given twice").format(value=value),
                    _("number the choices from 1 (worst) to {best} (best)").format(
                        best=len(tables)
                    ),
                )
            table.close()
            options.append(option)
        lines = [table.line_of("id") for table in tables]
        self._refuse_confusable(options, lines)
        return tuple(options)

    def _rated(self, table: Table, scale: tuple[Option, ...]) -> SurveyQuestion:
        factor = table.text("factor")
        if factor and not _FACTOR.fullmatch(factor):
            table.wrong("factor", _("a factor is one capital letter"), 'factor = "A"')
        return self._on_scale(table, Role.RATED, scale, factor)

    def _overall(self, table: Table, scale: tuple[Option, ...]) -> SurveyQuestion:
        return self._on_scale(table, Role.OVERALL, scale, "")

    def _on_scale(
        self, table: Table, role: Role, scale: tuple[Option, ...], factor: str
    ) -> SurveyQuestion:
        text = table.text("text")
        for placeholder in _PLACEHOLDER.findall(text):
            if placeholder != SPECIFIC or role is not Role.RATED:
                table.wrong(
                    "text",
                    _("{placeholder} means nothing here").format(placeholder=placeholder),
                    _("a rated question may contain {name}, and no other braces").format(
                        name=SPECIFIC
                    ),
                )
        question = SurveyQuestion(
            id=self._question_id(table),
            text=text,
            role=role,
            options=scale,
            factor=factor,
            optional=table.flag("optional", default=False),
        )
        table.close()
        return question

    def _choices(self, table: Table, role: Role) -> SurveyQuestion:
        """A question with its own options: respondent field, reasons or yes/no."""
        pairs = table.pairs("options")
        if len(pairs) < 2:
            table.wrong("options", _("fewer than two options"), _("add an option"))
        if role is Role.REASONS:
            self._refuse_separators(pairs)
        options = tuple(Option(pair.id, pair.text) for pair in pairs)
        self._refuse_confusable(options, [pair.line for pair in pairs])
        alert_on = table.texts("alert_on", ()) if role is Role.YES_NO else ()
        for name in alert_on:
            if name not in {option.id for option in options}:
                table.wrong(
                    "alert_on",
                    _("'{name}' is no option of this question").format(name=name),
                    _("options: {ids}").format(ids=", ".join(option.id for option in options)),
                )
        question = SurveyQuestion(
            id=self._question_id(table),
            text=table.text("label" if role is Role.PROFILE else "text"),
            role=role,
            options=options,
            # Nobody need say who they are, and the satisfied have no reasons to give.
            optional=role is not Role.YES_NO or table.flag("optional", default=False),
            alert_on=alert_on,
        )
        table.close()
        return question

    def _comment(self, table: Table) -> Comment:
        comment = Comment(
            id=self._question_id(table),
            text=table.text("text"),
            height_mm=table.number("height_mm", 5, 100),
        )
        table.close()
        return comment

    def _question_id(self, table: Table) -> str:
        name = table.text("id")
        if name:
            self._check_id(
                name,
                table.line_of("id"),
                _QUESTION_ID,
                _("a small letter, then small letters and digits: a1"),
            )
            if name in _TAKEN_COLUMNS:
                table.wrong(
                    "id",
                    _("'{name}' is the name of another column of the results").format(name=name),
                    _("choose another id"),
                )
            self._refuse_second(name, table.line_of("id"), self.question_lines)
        return name

    def _domains(self, top: Table, *, needs_specific: bool) -> tuple[Domain, ...]:
        domains: list[Domain] = []
        rollups: list[tuple[str, int]] = []
        for table in top.tables("domain", least=1):
            name = self._domain_id(table.text("id"), table.line_of("id"))
            specific = table.text("specific") if needs_specific else table.text("specific", "")
            if _PLACEHOLDER.search(specific):
                table.wrong("specific", _("braces mean nothing here"), _("write plain words"))
            own = Domain(name, table.text("name"), specific, table.texts("procedures", ()))
            if table.has("sub_domains"):
                domains += self._parts(table, own, rollups)
            else:
                domains.append(own)
            table.close()
        targets = [domain.id for domain in domains if not domain.group]
        for target, line in rollups:
            if target not in targets:
                self.problems.add(
                    self.file.path,
                    line,
                    _("roll-up to '{target}', which is no domain of its own").format(target=target),
                    _("domains: {codes}").format(codes=", ".join(targets)),
                )
        return tuple(domains)

    def _parts(self, table: Table, group: Domain, rollups: list[tuple[str, int]]) -> list[Domain]:
        """The parts of a group; each has pads of its own, with the group's question."""
        pairs = table.pairs("sub_domains")
        if not pairs:
            table.wrong("sub_domains", _("a group without parts"), _("list its parts"))
        rollup = table.words_by_id("rollup")
        ids = [pair.id for pair in pairs]
        for part, target in rollup.items():
            line = table.line_of("rollup", part)
            if part in ids:
                rollups.append((target, line))
                continue
            self.problems.add(
                self.file.path,
                line,
                _("roll-up of '{part}', which is no part of {group}").format(
                    part=part, group=group.id
                ),
                _("parts: {codes}").format(codes=", ".join(ids)),
            )
        return [
            Domain(
                id=self._domain_id(pair.id, pair.line),
                name=pair.text,
                specific=group.specific,
                procedures=group.procedures,
                group=group.id,
                rollup=rollup.get(pair.id, ""),
            )
            for pair in pairs
        ]

    def _domain_id(self, name: str, line: int) -> str:
        if name:
            self._check_id(
                name,
                line,
                _DOMAIN_ID,
                _("a capital letter, then capitals and digits, at most 10: QLHC"),
            )
            self._refuse_second(name, line, self.domain_lines)
        return name

    def _check_id(self, name: str, line: int, pattern: re.Pattern[str], rule: str) -> None:
        if not pattern.fullmatch(name):
            self.problems.add(
                self.file.path, line, _("'{name}' is no valid id").format(name=name), rule
            )

    def _refuse_second(self, name: str, line: int, lines: dict[str, int]) -> None:
        if name not in lines:
            lines[name] = line
        else:
            self.problems.add(
                self.file.path,
                line,
                _("the id '{name}' is already used on line {first}").format(
                    name=name, first=lines[name]
                ),
                _("ids are permanent: give the newer one another id"),
            )

    def _refuse_separators(self, pairs: Iterable[Pair]) -> None:
        """Electronic exports join several choices with these, without any quoting."""
        for pair in pairs:
            if "," in pair.text or ";" in pair.text:
                self.problems.add(
                    self.file.path,
                    pair.line,
                    _("comma or semicolon in the option '{text}'").format(text=pair.text),
                    _("electronic exports join options with them: write it with other words"),
                )

    def _refuse_confusable(self, options: Sequence[Option], lines: Sequence[int]) -> None:
        """No two options of a question may share an id or, as exports write it, a text."""
        ids: dict[str, int] = {}
        texts: dict[str, int] = {}
        for number, (option, line) in enumerate(zip(options, lines, strict=True)):
            if option.id:
                self._check_id(option.id, line, _OPTION_ID, _("small letters and digits only: r5"))
                if ids.setdefault(option.id, number) != number:
                    self.problems.add(
                        self.file.path,
                        line,
                        _("the option id '{name}' is used twice").format(name=option.id),
                        _("ids are permanent: give the newer one another id"),
                    )
            written = (option.label, option.short, *option.aliases)
            for key, text in {text_key(text): text for text in written if text}.items():
                other = texts.setdefault(key, number)
                if other != number:
                    self.problems.add(
                        self.file.path,
                        line,
                        _("'{text}' also stands for the option '{other}'").format(
                            text=text, other=options[other].id
                        ),
                        _("one text can mean one option only: remove it from one of the two"),
                    )
