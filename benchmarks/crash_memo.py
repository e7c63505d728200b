"""What is worked out once and not for every trial, because it writes nothing.

Every trial begins with the same office, so each of these comes to the same every time. What is
cut short is what a command does with it.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest import mock

from omr.periods import Period


@contextmanager
def one_command_line() -> Iterator[None]:
    """The words of every command are put together once: that takes longer than some commands."""
    import typer.main  # noqa: PLC0415 - as the others

    with mock.patch.object(typer.main, "get_command", _once(typer.main.get_command, id)):
        yield


@contextmanager
def small_transactions() -> Iterator[None]:
    """Two pages are kept at a time and not sixteen: so kills fall between commits, too."""
    from scans import batch  # noqa: PLC0415 - heavy

    with mock.patch.object(batch, "PAGES_PER_TRANSACTION", 2):
        yield


@contextmanager
def remembered() -> Iterator[None]:
    """What a month comes to and what a page shows; and the command line."""
    from forms.typeset import typeset  # noqa: PLC0415 - heavy
    from omr.text_key import text_key  # noqa: PLC0415
    from omr.units_file import parse_units  # noqa: PLC0415
    from reports import closing, export_commands, month_commands  # noqa: PLC0415
    from reports.gathering import Gatherer  # noqa: PLC0415
    from scans import evidence, tasks  # noqa: PLC0415

    with ExitStack() as stack:
        stack.enter_context(one_command_line())
        _everywhere(stack, text_key, lambda text: text)
        _everywhere(stack, parse_units, lambda text, _path: text)
        _everywhere(stack, typeset, lambda *given: repr(given))
        for owner, name, key in (
            (Gatherer, "counted", _of_period),
            (export_commands, "result_files", _of_period),
            (month_commands, "late_of", _of_period),
            (month_commands, "packed", lambda month: month.is_unlinked),
            (closing, "restored", lambda body, _period: hashlib.sha256(body).digest()),
            (tasks, "read_page", lambda ref, _context: (ref.path.name, ref.page)),
            (evidence, "load_page", lambda ref: (ref.path.name, ref.page)),
            (evidence, "draw_evidence", lambda _image, where, *_more: str(where)),
        ):
            known = _once(getattr(owner, name), key)
            stack.enter_context(mock.patch.object(owner, name, known))
        yield


def _everywhere(stack: ExitStack, work: Callable[..., Any], key: Callable[..., Hashable]) -> None:
    """Let every module that has the function *work* have the remembering one."""
    known = _once(work, key)
    for module in list(sys.modules.values()):
        if getattr(module, work.__name__, None) is work:
            stack.enter_context(mock.patch.object(module, work.__name__, known))


def _once(work: Callable[..., Any], key: Callable[..., Hashable]) -> Callable[..., Any]:
    """*work*, done once for each *key* of what it is given."""
    kept: dict[Hashable, Any] = {}

    @wraps(work)
    def known(*given: Any, **named: Any) -> Any:
        about = key(*given, **named)
        if about not in kept:
            kept[about] = work(*given, **named)
        return kept[about]

    return known


def _of_period(_subject: object, *given: object, **named: object) -> Hashable:
    return str([str(each) for each in given if isinstance(each, Period)]), str(named)
