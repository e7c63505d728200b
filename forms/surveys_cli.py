"""``omr surveys``: what the forms say, whether it fits the paper, and its revisions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.errors import UsageError
from omr.i18n import _
from omr.options import WorkspaceOption
from omr.table_cli import show_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from omr.layout import Layout
    from omr.links import Link
    from omr.problems import Problems
    from omr.survey import Survey
    from omr.toml_file import TomlFile
    from omr.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help=_("The surveys: questions, choices and domains."))

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help=_("A survey's file name without .toml."))
]


@app.command("list", help=_("List the surveys, their revisions and what was printed of them."))
def list_command(workspace: WorkspaceOption = Path()) -> None:
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    layouts = _layouts(office)
    heads = {
        "file": _("file"),
        "survey": _("survey"),
        "revision": _("revision"),
        "state": _("state"),
        "printed": _("layouts printed"),
        "domains": _("domains"),
        "title": _("title"),
    }
    rows = []
    for survey in office.surveys().values():
        counts: dict[int, int] = {}
        for layout in layouts:
            if layout.survey == survey.id:
                counts[layout.revision] = counts.get(layout.revision, 0) + 1
        rows.append(
            (
                f"{survey.id}.toml",
                survey.id,
                str(survey.revision),
                _state(survey, set(counts)),
                " ".join(f"r{revision}:{count}" for revision, count in sorted(counts.items())),
                " ".join(domain.id for domain in survey.domains),
                survey.title,
            )
        )
    show_table(heads, rows)


@app.command(help=_("Name everything in the surveys that is wrong or does not fit, with its line."))
def check(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help=_("Only this survey. Default: every survey.")),
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> None:
    from omr.survey_file import scan_surveys
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    scanned = scan_surveys(office.surveys_folder)
    wanted = None if name is None else _file_of(office, name).stem
    layouts = _layouts(office)
    for file, survey in scanned.surveys:
        if wanted in {None, survey.id}:
            _check_survey(office, file, survey, layouts, scanned.problems)
    scanned.problems.raise_if_any()


@app.command(help=_("Write a specimen of a form as PDF and PNG; it can never be counted."))
def preview(
    name: NameArgument,
    *,
    domain: Annotated[str, typer.Option(metavar="CODE", help=_("Domain of the survey."))],
    out: Annotated[Path, typer.Option(metavar="DIR", help=_("Where the files are written."))],
    unit: Annotated[
        str | None, typer.Option(metavar="CODE", help=_("Unit to show. Default: none."))
    ] = None,
    public: Annotated[
        bool,
        typer.Option("--public-code", help=_("Also show the unit's public code of links.toml.")),
    ] = False,
    dpi: Annotated[
        int, typer.Option(min=72, max=1200, help=_("Pixels per inch of the PNG."))
    ] = 200,
    workspace: WorkspaceOption = Path(),
) -> None:
    from forms.proof import page_png
    from forms.specimen import specimen_pdf
    from forms.typeset import typeset
    from omr.survey_file import find_domain, parse_survey
    from omr.toml_file import read_toml
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    survey = parse_survey(read_toml(_file_of(office, name)))
    _survey, found = find_domain({survey.id: survey}, domain)
    shown = None if unit is None else office.units().unit(unit)
    link = office.links().survey(found, shown) if public and shown else None
    if public and link is None:
        raise UsageError(
            _("there is no public code to show"),
            _("Name a unit with --unit, and write the survey's address into links.toml."),
        )
    form = typeset(survey, found, link)
    words = form.unit_words(shown.code, shown.short) if shown else ""
    pdf = specimen_pdf(form, words, _today(office).year)
    stem = f"{survey.id}-r{survey.revision}-{found.id}"
    for path, content in (
        (out / f"{stem}.pdf", pdf),
        (out / f"{stem}.png", page_png(pdf, 0, float(dpi))),
    ):
        _write(path, content)
        print(_("file {path}").format(path=path))


@app.command(help=_("Begin a new revision of a survey; the words so far are kept."))
def revise(name: NameArgument, workspace: WorkspaceOption = Path()) -> None:
    from datetime import datetime

    from forms.survey_check import is_as_printed
    from omr.survey_archive import archived_path
    from omr.survey_archive import revise as revised
    from omr.workspace import open_workspace

    office = open_workspace(workspace)
    path = _file_of(office, name)
    layouts = _layouts(office)
    done = revised(
        office.surveys_folder,
        path.stem,
        {layout.revision for layout in layouts if layout.survey == path.stem},
        lambda survey: is_as_printed(layouts, survey),
        datetime.now(office.settings.zone),
    )
    print(
        _("{file} is revision {after} now; edit its words, then run: omr surveys check").format(
            file=path, after=done.after
        )
    )
    if done.kept is not None:
        print(
            _("the words of revision {before} are kept in {path}").format(
                before=done.before, path=done.kept
            )
        )
    else:
        print(
            _(
                "omr: warning: the words had been changed since revision {before} was printed;"
                " if a backup has the old ones, save them as {path}"
            ).format(
                before=done.before,
                path=archived_path(office.surveys_folder, path.stem, done.before),
            ),
            file=sys.stderr,
        )
    if done.aside is not None:
        print(_("the file as it was is now {path}").format(path=done.aside))


def _file_of(office: Workspace, name: str) -> Path:
    """The file of the survey called *name*."""
    path = office.surveys_folder / f"{name.strip().removesuffix('.toml')}.toml"
    if path.parent != office.surveys_folder or not path.is_file():
        names = sorted(each.stem for each in office.surveys_folder.glob("*.toml"))
        raise UsageError(
            _("there is no survey '{name}'").format(name=name),
            _("Surveys: {names}").format(names=", ".join(names)),
        )
    return path


def _layouts(office: Workspace) -> list[Layout]:
    from omr.ledger import Ledger, issued

    with Ledger.open(office.ledger_url) as ledger:
        return list(issued.layouts(ledger).values())


def _state(survey: Survey, printed: set[int]) -> str:
    if survey.revision in printed:
        return _("in print")
    return _("not printed yet")


def _check_survey(
    office: Workspace,
    file: TomlFile,
    survey: Survey,
    layouts: Sequence[Layout],
    problems: Problems,
) -> None:
    """Add what is wrong with *survey* to *problems*; print what is worth a look."""
    from omr.survey_places import REVISION, lines_of

    lines = lines_of(file)
    before = len(problems)
    for place, forbidden, what, remedy in _found(office, survey, layouts):
        line = lines.get(place, lines[REVISION])
        if forbidden:
            problems.add(file.path, line, what, remedy)
        else:
            print(
                _("{file}:{line}: warning: {what}; {remedy}").format(
                    file=file.path, line=line, what=what, remedy=remedy
                )
            )
    if len(problems) == before:
        print(
            _("{file}: revision {revision}, {count} domains, every form fits").format(
                file=file.path, revision=survey.revision, count=len(survey.domains)
            )
        )


def _found(
    office: Workspace, survey: Survey, layouts: Sequence[Layout]
) -> Iterator[tuple[tuple[str, ...], bool, str, str]]:
    """Place, whether it forbids printing, what is wrong, and the remedy."""
    from forms.survey_check import RevisionProblem, check_revision
    from forms.survey_fit import misfits
    from omr.survey_archive import archived
    from omr.survey_revision import compare, compare_with_print, removals

    unfit: set[str] = set()
    for misfit in misfits(survey, _public_codes(office, survey)):
        unfit.update(misfit.domains)
        what = _on_forms(misfit.what, misfit.domains, survey)
        yield misfit.place, True, what, misfit.remedy.rstrip(".")
    kept = archived(office.surveys_folder, survey.id)
    changed: dict[RevisionProblem, list[str]] = {}
    for domain in survey.domains:
        if domain.id not in unfit:  # else there is no form to compare
            problem = check_revision(layouts, survey, domain, kept.get(survey.revision))
            if problem is not None:
                changed.setdefault(problem, []).append(domain.id)
    for problem, domains in changed.items():
        yield problem.place, True, _on_forms(problem.what, domains, survey), problem.remedy
    earlier = [old for revision, old in kept.items() if revision < survey.revision]
    findings = [finding for old in reversed(earlier) for finding in compare(old, survey)]
    findings += compare_with_print(layouts, survey)
    in_print = {each.revision for each in layouts if each.survey == survey.id}
    if earlier and survey.revision not in in_print:
        findings += removals(earlier[-1], survey)
    seen: set[tuple[tuple[str, ...], bool, str]] = set()
    for finding in findings:
        key = (finding.place, finding.forbidden, finding.remedy)
        if key not in seen:  # told for the newest revision that differs
            seen.add(key)
            yield finding.place, finding.forbidden, finding.what, finding.remedy


def _public_codes(office: Workspace, survey: Survey) -> dict[str, Link]:
    """The longest address for each domain, if the office prints public codes at all."""
    if not office.settings.public_code:
        return {}
    found: dict[str, Link] = {}
    for domain in survey.domains:
        links = [
            link
            for unit in office.units().valid_on(_today(office))
            if domain.id in unit.domains and (link := office.links().survey(domain, unit))
        ]
        if links:
            found[domain.id] = max(links, key=lambda link: (len(link.short), len(link.url)))
    return found


def _today(office: Workspace) -> date:
    from datetime import datetime

    return datetime.now(office.settings.zone).date()


def _on_forms(what: str, domains: Sequence[str], survey: Survey) -> str:
    everywhere = len(domains) == len(survey.domains)
    where = _("all domains") if everywhere else ", ".join(domains)
    return f"{what} ({where})"


def _write(path: Path, content: bytes) -> None:
    """Write a file that can be made again at any time, complete or not at all."""
    from omr.disk import disk_remedy
    from omr.part_file import write_files

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_files({path: content})
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {why}").format(
                path=error.filename or path, why=error.strerror or error
            ),
            disk_remedy(error, _("Choose a folder that you may write to.")),
        ) from error
