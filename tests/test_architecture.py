"""Who may import whom, and the promises that the project makes about itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
import typer

from omr.cli import app

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "omr": {"omr"},
    "forms": {"forms", "omr"},
    "scans": {"scans", "omr"},
    "reports": {"reports", "omr"},
}
COMPOSITION_ROOT = {
    "omr/cli.py",
    "omr/demo.py",
    "omr/doctor.py",
}  # the only files that may look upwards

_OMR_WITH_PIXELS = (
    r"omr/(bilevel|fiducials|registration|scoring|outline\w*|streaks|field|ink_\w+|surfaces|evidence"
    r"|sampling|shades|discs|products|medians|views"
    r"|measure_codec|box_\w+|boxes|loops_\w+)\.py"
)
# Outside libraries and the files that may use them; a library that is not here is not used.
CONFINED = {
    "numba": r"omr/compiled\.py",
    "cv2": rf"{_OMR_WITH_PIXELS}|scans/(?!cli|commands).*",
    "numpy": rf"{_OMR_WITH_PIXELS}|scans/(?!cli|commands).*",
    "sqlalchemy": r"omr/ledger/.*",
    "alembic": r"omr/ledger/.*",
    "base45": r"omr/codes\.py",
    "cryptography": r"omr/(codes|key\w*)\.py",
    "reportlab": r"forms/.*|scans/virtual/.*|omr/(document_\w+|pdf_file)\.py"
    r"|reports/(report|leader|chart)\w*\.py",
    "segno": r"forms/.*",
    "pypdfium2": r"scans/.*|forms/proof\.py",
    "PIL": r"scans/.*|forms/proof\.py",
    "zxingcpp": r"scans/identify\.py|forms/proof\.py",
    "pyzbar": r"scans/identify\.py",
    "simplejpeg": r"scans/jpeg\.py",
    "fastapi": r"scans/review/.*",
    "starlette": r"scans/review/.*",
    "uvicorn": r"scans/review/.*",
    "jinja2": r"scans/review/.*",
    "dask": r"scans/\w*(dask|engine)\w*\.py",
    "distributed": r"scans/\w*(dask|engine)\w*\.py",
    "watchdog": r"scans/watch\.py",
    "pandas": r"reports/.*",
    "xlsxwriter": r"reports/.*",
    "openpyxl": r"reports/.*",
    "typer": r"\w+/(\w+_)?cli\.py|omr/options\.py",
    "rich": r"\w+/(\w+_)?(cli|commands)\.py",
}
STANDARD_LIBRARY_ONLY = ("errors", "geometry", "layout", "marks", "serials", "survey")
DISTRIBUTIONS = {  # where the name to install is not the name to import
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "zxingcpp": "zxing-cpp",
    "starlette": "fastapi",
}
MOST_LINES = 400


@cache
def _sources() -> tuple[Path, ...]:
    return tuple(source for package in MAY_IMPORT for source in (ROOT / package).rglob("*.py"))


def _name(source: Path) -> str:
    return source.relative_to(ROOT).as_posix()


@cache
def _tree(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"))


@cache
def _imports(source: Path) -> tuple[str, ...]:
    """Every module that *source* imports, wherever in it; submodules of ours in full."""
    return tuple(_imported(source))


def _imported(source: Path) -> Iterator[str]:
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(source)} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _top(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_packages_import_only_what_they_may() -> None:
    for source in _sources():
        if _name(source) not in COMPOSITION_ROOT:
            package = _name(source).partition("/")[0]
            upwards = _top(_imports(source)) & MAY_IMPORT.keys() - MAY_IMPORT[package]
            assert not upwards, f"{_name(source)} imports {upwards}"


def test_nothing_imports_the_composition_root() -> None:
    roots = {"omr.cli", "omr.demo", "omr.doctor"}
    for source in _sources():
        if _name(source) not in COMPOSITION_ROOT | {"omr/__main__.py"}:
            assert not roots & set(_imports(source)), _name(source)


@pytest.mark.parametrize("library", CONFINED)
def test_outside_libraries_are_used_only_where_they_belong(library: str) -> None:
    for source in _sources():
        if library in _top(_imports(source)):
            assert re.fullmatch(CONFINED[library], _name(source)), f"{_name(source)}: {library}"


def test_every_outside_library_has_its_place() -> None:
    ours_or_pythons = MAY_IMPORT.keys() | sys.stdlib_module_names
    for source in _sources():
        unknown = _top(_imports(source)) - ours_or_pythons - CONFINED.keys()
        assert not unknown, f"{_name(source)} imports {unknown}"


def test_every_outside_library_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {}).values()
    lines = [*project["dependencies"], *chain.from_iterable(extras)]
    declared = {re.split(r"[^A-Za-z0-9._-]", line)[0].lower() for line in lines}
    used = set().union(*(_top(_imports(source)) for source in _sources())) & CONFINED.keys()

    assert {DISTRIBUTIONS.get(name, name).lower() for name in used} <= declared


@pytest.mark.parametrize("module", STANDARD_LIBRARY_ONLY)
def test_the_shared_words_need_nothing_but_python(module: str) -> None:
    pending, seen = [f"omr.{module}"], set[str]()
    while pending:
        name = pending.pop()
        source = ROOT / (name.replace(".", "/") + ".py")
        if name in seen or not source.is_file():
            continue
        seen.add(name)
        for imported in _imports(source):
            top = imported.partition(".")[0]
            assert top in sys.stdlib_module_names | {"omr"}, f"{name} imports {imported}"
            pending.append(imported)


def test_the_core_does_not_look_into_the_ledger_and_the_ledger_not_at_pixels() -> None:
    its_commands = {"omr/ledger_cli.py"}  # outside it, so that no other command waits for SQL
    for source in (ROOT / "omr").glob("*.py"):
        if _name(source) not in COMPOSITION_ROOT | its_commands:
            inside = {name for name in _imports(source) if name.startswith("omr.ledger.")}
            assert not inside, f"{_name(source)} imports {inside}"
    pixels = {"omr.scoring", "omr.fiducials", "omr.registration", "omr.evidence"}
    for source in (ROOT / "omr" / "ledger").rglob("*.py"):
        assert not pixels & set(_imports(source)), _name(source)


def test_no_query_is_written_outside_the_ledger() -> None:
    query = re.compile(r"\b(select\s+.+\sfrom|insert\s+into|delete\s+from|update\s+\w+\s+set)\b")
    for source in _sources():
        if not _name(source).startswith("omr/ledger/"):
            for node in ast.walk(_tree(source)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    assert not query.search(node.value), f"{_name(source)}:{node.lineno}"


def test_modules_that_call_themselves_pure_touch_no_file_clock_or_chance() -> None:
    impure = {"os", "pathlib", "time", "subprocess", "random", "secrets", "socket", "tempfile"}
    pure = [s for s in _sources() if "(pure" in (ast.get_docstring(_tree(s)) or "").split("\n")[0]]

    assert len(pure) > 5
    for source in pure:
        assert not impure & _top(_imports(source)), _name(source)


def test_modules_stay_small() -> None:
    for source in _sources():
        lines = len(source.read_text(encoding="utf-8").splitlines())
        assert lines <= MOST_LINES, f"{_name(source)} has {lines} lines"


def test_every_module_says_what_it_is_for() -> None:
    for source in _sources():
        if source.stat().st_size and "migrations" not in source.parts:
            assert ast.get_docstring(_tree(source)), _name(source)


def test_messages_can_be_translated() -> None:
    """``_()`` takes one plain text: extraction finds no other, and no other is in a catalogue."""
    for source in _sources():
        for node in ast.walk(_tree(source)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "_"
            ):
                [text] = node.args
                assert isinstance(text, ast.Constant), f"{_name(source)}:{node.lineno}"
                assert isinstance(text.value, str)


def _commands() -> Iterator[tuple[str, object]]:
    pending: list[tuple[str, object]] = [("omr", typer.main.get_command(app))]
    while pending:
        name, command = pending.pop()
        yield name, command
        inner = getattr(command, "commands", {})
        pending += [(f"{name} {word}", each) for word, each in inner.items()]


def test_every_command_and_every_option_has_help() -> None:
    commands = dict(_commands())

    assert {"omr init", "omr demo", "omr forms print", "omr scans read"} <= commands.keys()
    for name, command in commands.items():
        assert getattr(command, "help", None), name
        for parameter in getattr(command, "params", []):
            assert getattr(parameter, "help", None), f"{name}: {parameter.name}"


def test_the_commands_that_were_promised_are_there() -> None:
    assert {
        "omr init",
        "omr demo",
        "omr forms print",
        "omr forms layouts",
        "omr scans read",
        "omr scans results",
        "omr scans review",
        "omr scans status",
        "omr reports import",
        "omr reports export",
    } <= dict(_commands()).keys()


def _loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


HEAVY = {"cv2", "numpy", "pandas", "sqlalchemy", "alembic", "reportlab", "fastapi", "PIL", "dask"}


def test_asking_for_help_loads_nothing_heavy() -> None:
    assert not HEAVY & _loaded_by("import omr.cli")


def test_printing_loads_no_image_library() -> None:
    loaded = _loaded_by("import forms.printing, forms.typeset, forms.draw")

    assert not {"cv2", "numpy", "pypdfium2", "pandas", "fastapi"} & loaded


def test_recognition_loads_no_database() -> None:
    loaded = _loaded_by("import omr.judging, omr.registration, omr.streaks, omr.measure_codec")

    assert not {"sqlalchemy", "alembic", "pandas", "reportlab"} & loaded


def test_reports_see_neither_paper_nor_pixels() -> None:
    loaded = _loaded_by("import reports.tally, reports.merge, reports.reconcile")

    assert not {"cv2", "pypdfium2", "zxingcpp", "fastapi"} & loaded
