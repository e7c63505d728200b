"""Problems a user can cause or cure, each with its exit code and its remedy."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a finished command tells the calling program (contracts, "Exit codes")."""

    OK = 0
    INTERNAL_ERROR = 1
    BAD_USAGE = 2
    BAD_INPUT = 3
    LEDGER_UNUSABLE = 4
    NEEDS_ADJUDICATION = 5
    INTERRUPTED = 130


class OmrError(Exception):
    """Base of every expected failure of a whole command.

    Args:
        message: What is wrong, one line, no full stop.
        remedy: What to do next, one line.
    """

    exit_code = ExitCode.INTERNAL_ERROR

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(OmrError):
    """The command's words cannot be carried out as given."""

    exit_code = ExitCode.BAD_USAGE


class InputUnusable(OmrError):
    """An input could not be used in full; the rest was done."""

    exit_code = ExitCode.BAD_INPUT


class LedgerUnusable(OmrError):
    """The ledger is missing, locked, damaged or of another version."""

    exit_code = ExitCode.LEDGER_UNUSABLE


class PeopleMustDecide(OmrError):
    """Doubts are open or the stock does not balance, so no final count exists."""

    exit_code = ExitCode.NEEDS_ADJUDICATION


class MistakesInFile(UsageError):
    """A settings, unit, survey or profile file has mistakes; all of them are listed.

    Args:
        problems: One ready sentence per mistake: ``file:line: what; remedy``.
    """

    def __init__(self, problems: list[str], remedy: str = "") -> None:
        super().__init__("\n     ".join(problems), remedy)
        self.problems = problems
