"""Tables on the screen, and the same rows for programs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence


def show_table(
    heads: Mapping[str, str], rows: Sequence[Sequence[str]], *, for_programs: bool = True
) -> None:
    """Print a table for people; for programs, lines with tabs under heads that never change.

    Args:
        heads: What people read, by what programs read.
        rows: Cells in the order of *heads*.
        for_programs: Whether programs read it; else its heads are those for people wherever
            it goes.
    """
    if not sys.stdout.isatty():
        names = list(heads) if for_programs else list(heads.values())
        for row in (names, *rows):
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    columns = [Column(head, overflow="fold") for head in heads.values()]  # nothing is cut off
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)
