"""The omr command: joins the packages' commands and turns failures into exit codes."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from forms.cli import app as forms_app
from forms.surveys_cli import app as surveys_app
from omr.disk import NO_ROOM, READ_ONLY, disk_remedy
from omr.errors import ExitCode, OmrError
from omr.i18n import _
from omr.keys_cli import app as keys_app
from omr.ledger_cli import app as ledger_app
from omr.options import WorkspaceOption
from omr.units_cli import app as units_app
from reports.cli import app as reports_app
from scans.cli import app as scans_app

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts 50 ms sooner
    add_completion=False,
    help=_("Paper surveys: print numbered forms, read them from scans, merge and tally."),
)
app.add_typer(forms_app, name="forms")
app.add_typer(scans_app, name="scans")
app.add_typer(reports_app, name="reports")
app.add_typer(surveys_app, name="surveys")
app.add_typer(units_app, name="units")
app.add_typer(keys_app, name="keys")
app.add_typer(ledger_app, name="ledger")


@app.callback()
def _every_command(
    *,
    debug: Annotated[
        bool, typer.Option("--debug", help=_("Show the full trace of an internal error."))
    ] = False,
) -> None:
    if debug:
        os.environ["OMR_DEBUG"] = "1"


@app.command(help=_("Make a workspace: settings, ledger, signing key, units and surveys."))
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("The workspace's folder."))],
    province: Annotated[
        str, typer.Option(help=_("Name or two-digit code of the province."))
    ] = "31",
) -> None:
    from omr.ledger import Ledger
    from omr.provinces import find_province
    from omr.workspace import init_workspace

    result = init_workspace(
        folder, find_province(province), make_ledger=lambda url: Ledger.create(url).close()
    )
    if not result.is_new:
        print(_("{folder} is a workspace already; nothing was changed").format(folder=folder))
        for path in result.missing:
            print(
                _("omr: warning: {path} is missing; put its backup back").format(path=path),
                file=sys.stderr,
            )
        return
    print(_("workspace ready in {folder}").format(folder=folder))
    for path in result.created:
        print(f"  {path}")


@app.command(help=_("Look at this machine and the workspace; say what is wrong and what to do."))
def doctor(
    *,
    workspace: WorkspaceOption = Path(),
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print one JSON object instead of sentences."))
    ] = False,
) -> None:
    from omr.doctor import run_doctor

    run_doctor(workspace, as_json=as_json)


@app.command(help=_("Read the marks of any page whose boxes are given; one JSON line each."))
def marks(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help=_("A page image."))],
    boxes: Annotated[Path, typer.Option(help=_("JSON list of boxes: id, x, y, w, h in pixels."))],
) -> None:
    from scans.foreign import mark_lines

    for line in mark_lines(image, boxes):
        print(line)


@app.command(help=_("Show the whole job once, on made-up sheets, in a fresh folder."))
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=_("A folder that does not exist yet."))
    ] = Path("omr-demo"),
    jobs: Annotated[
        int | None, typer.Option(min=1, help=_("Worker processes. Default: one for each core."))
    ] = None,
    seed: Annotated[int, typer.Option(help=_("Another number makes other sheets."))] = 1,
) -> None:
    from omr.demo import run_demo

    run_demo(folder, jobs=jobs, seed=seed)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a Windows console may not speak UTF-8
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupted)  # ends like Ctrl-C: with what is owed done
    try:
        app(args=argv, prog_name="omr")
    except SystemExit as stop:
        return _typers_own(stop)
    except OmrError as error:
        _tell(error.message, error.remedy)
        return error.exit_code
    except KeyboardInterrupt:
        _tell(_("interrupted; nothing is lost"), _("Run the command again."))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:
        if os.environ.get("OMR_DEBUG"):
            raise
        return _unexpected(error)
    return ExitCode.OK


def _unexpected(error: Exception) -> ExitCode:
    """Tell of a disk that is full or closed where nobody thought of it, or of our own mistake."""
    if isinstance(error, OSError) and error.errno in NO_ROOM | READ_ONLY:
        _tell(
            _("{path} cannot be written: {why}").format(
                path=error.filename or _("a file"), why=error.strerror
            ),
            disk_remedy(error, ""),
        )
        return ExitCode.BAD_USAGE
    name = type(error).__name__
    _tell(
        _("internal error: {error}").format(error=f"{name}: {error}".splitlines()[0]),
        _("Run it again as: omr --debug ..., and report what it prints."),
    )
    return ExitCode.INTERNAL_ERROR


def _typers_own(stop: SystemExit) -> int:
    """The exit code of usage errors, --help and interruptions, which Typer ends itself."""
    if type(sys.stdout).__name__ == "PacifyFlushWrapper":  # its sign of a broken pipe
        return ExitCode.OK
    if stop.code == ExitCode.INTERRUPTED:
        _tell(_("interrupted; nothing is lost"), _("Run the command again."))
    return stop.code if isinstance(stop.code, int) else ExitCode.OK


def _interrupted(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _tell(message: str, remedy: str) -> None:
    print(f"omr: {message}", file=sys.stderr)
    if remedy:
        print(f"     {remedy}", file=sys.stderr)
