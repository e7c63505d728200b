"""Compiled loops: what they may rest on, and that they need no folder to be kept in."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from omr import loops
from omr.loops_courses import courses

ROOT = Path(__file__).parents[2]
LOOPS = sorted((ROOT / "omr").glob("loops_*.py"))


def test_all_loops_are_loaded_before_pages_are_read() -> None:
    assert {f"omr.{path.stem}" for path in LOOPS} == {f"omr.{n}" for n in loops._WITH_LOOPS}
    loops.load()
    assert all(f"omr.{path.stem}" in sys.modules for path in LOOPS)


@pytest.mark.parametrize("path", LOOPS, ids=lambda path: path.stem)
def test_loops_rest_on_no_other_module_of_ours_for_numba_would_keep_what_it_knew(
    path: Path,
) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ours = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("omr")
    }

    assert ours == {"omr.compiled"}


def test_a_loop_refuses_what_it_was_not_compiled_for() -> None:
    with pytest.raises(TypeError):
        courses(*(np.zeros(1, np.int16) for _ in range(9)))  # type: ignore[call-arg]


def test_the_words_of_a_command_need_no_compiler() -> None:
    said = "import omr.cli, sys; sys.exit('numba' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", said], cwd=ROOT, check=False).returncode == 0


_LOOP = """
from omr.compiled import compiled

@compiled("f8")
def twice(value):
    return 2 * value
"""


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "loop_alone.py").write_text(_LOOP, encoding="utf-8")
    no_folder = tmp_path / "__pycache__"
    no_folder.write_text("a file where the folder would be", encoding="utf-8")
    words = os.environ | {"HOME": str(no_folder), "XDG_CACHE_HOME": str(no_folder)}
    said = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(tmp_path)!r}]; import loop_alone as l; "
        "print(l.twice(1.5))"
    )

    done = subprocess.run(
        [sys.executable, "-c", said], env=words, capture_output=True, text=True, check=False
    )

    assert done.stdout == "3.0\n", done.stderr


def test_what_was_compiled_once_is_found_again(tmp_path: Path) -> None:
    (tmp_path / "loop_alone.py").write_text(_LOOP, encoding="utf-8")
    said = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(tmp_path)!r}]; import loop_alone as l; "
        "print(sum(l.twice.stats.cache_hits.values()))"
    )

    hits = [
        subprocess.run(
            [sys.executable, "-c", said], capture_output=True, text=True, check=True
        ).stdout
        for _run in range(2)
    ]

    assert hits == ["0\n", "1\n"]


_SORTS = {
    "plain": """
import numpy as np
from omr.compiled import compiled

@compiled("f4[:]", "out f4[:]")
def ordered(values, found):
    found[:] = values
    found.sort()
""",
    "order": """
import numpy as np
from omr.compiled import compiled

@compiled("f4[:]", "out f4[:]")
def ordered(values, found):
    found[:] = values
    found[:] = np.argsort(found)
""",
}


def test_loops_that_two_processes_compiled_do_not_take_each_others_parts(tmp_path: Path) -> None:
    # Numba by itself counts its parts from 1 in each process, and the loader takes the first of
    # two with one name: a median was then found with code that orders places, and the same page
    # was measured otherwise. These two loops share a part's name if nothing is done about it.
    for name, text in _SORTS.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    folders = os.pathsep.join((str(ROOT), str(tmp_path)))
    environment = os.environ | {"PYTHONPATH": folders, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}

    def said_by(*lines: str) -> str:
        words = [sys.executable, "-c", "\n".join(("import numpy as np", *lines))]
        done = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    for name in _SORTS:
        said_by(f"import {name}")
    found = said_by(
        "import plain, order",
        "values, found = np.array([3, 1, 2], np.float32), np.empty(3, np.float32)",
        "for each in plain, order:",
        "    each.ordered(values, found)",
        "    print(*found.astype(int), end=' ')",
    )

    assert found == "1 2 3 1 2 0"
