"""What a check-up says, line by line (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from omr.errors import ExitCode


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    NOTE = "note"  # works, and a person may want to do something about it
    TROUBLE = "trouble"  # something will not work, or is not safe


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at.

    Args:
        topic: Its name for programs, such as ``clock``; the same in every language.
        said: How it is, one sentence without a full stop.
        state: How bad that is.
        remedy: What to do; never empty unless all is well.
        exit_code: What the command ends with, if this is the worst trouble.
    """

    topic: str
    said: str
    state: State = State.OK
    remedy: str = ""
    exit_code: ExitCode = ExitCode.BAD_INPUT

    def __post_init__(self) -> None:
        if (self.state is State.OK) is bool(self.remedy):
            raise ValueError(f"{self.topic}: what is not well has a remedy, and nothing else")


def outcome(lines: Iterable[Line]) -> ExitCode:
    """What the command ends with: a ledger that cannot be used comes before everything else."""
    codes = {line.exit_code for line in lines if line.state is State.TROUBLE}
    return max(codes, default=ExitCode.OK)
