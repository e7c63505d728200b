"""Set-up and daily work in one file that needs nothing but Python 3.11 and pip.

python3 dev.py demo [DIR]   install into .venv, then run the whole job once on made-up sheets
python3 dev.py test [...]   install into .venv, then run the tests (arguments go to pytest)
python3 dev.py check        format, lint, types and tests: what .ci/run runs
python3 dev.py messages     bring the Vietnamese catalogue up to date with the code's messages
python3 dev.py omr ...      run the omr command from .venv
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENV = Path(os.environ.get("OMR_VENV", ROOT / ".venv"))
BIN = ENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PYBABEL = BIN / ("pybabel.exe" if os.name == "nt" else "pybabel")
PROJECT_FILE = ROOT / "pyproject.toml"
PACKAGES = ("omr", "forms", "scans", "reports")
LOCALES = ROOT / "omr" / "locale"


def run(*command: str | Path) -> int:
    """Run a command in the project's folder and return its exit code."""
    return subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode


def must(*command: str | Path) -> None:
    """Run a command; stop with its exit code if it fails."""
    code = run(*command)
    if code:
        sys.exit(code)


def set_up(*, development: bool) -> None:
    """Make .venv, or bring it up to date; does nothing when it already is."""
    stamp = ENV / ("development.stamp" if development else "runtime.stamp")
    wanted = PROJECT_FILE.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    if not PYTHON.exists():
        # Debian keeps the parts that put pip into a new environment in a package of their
        # own, so the pip at hand installs one.
        venv.EnvBuilder(with_pip=False).create(ENV)
    must(sys.executable, "-m", "pip", "--python", PYTHON, "install", "-q", "pip>=25.1")
    group = ("--group", "dev") if development else ()
    must(PYTHON, "-m", "pip", "install", "-q", "-e", ROOT, *group)
    stamp.write_text(wanted, encoding="utf-8")


def test(arguments: list[str]) -> int:
    """The tests, on every core; neighbours stay together, so that what they share is made once."""
    return run(PYTHON, "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal", *arguments)


def check() -> int:
    """Everything that must hold before a change lands."""
    must(PYTHON, "-m", "ruff", "format", "--check", ".")
    must(PYTHON, "-m", "ruff", "check", ".")
    must(PYTHON, "-m", "mypy")
    return test([])


def messages() -> int:
    """New messages of the code enter omr.po without words, old ones leave it; omr.mo is made.

    The same code gives the same bytes: messages are told apart by file, not by line, and the
    catalogue's dates stay as they are. Similar messages are not taken over as guesses: a
    wrong sentence about lost forms is worse than an English one.
    """
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "omr.pot"
        must(
            *(PYBABEL, "--quiet", "extract", "--no-default-keywords", "--keyword=_"),
            *("--add-location=file", "--sort-by-file", f"--output-file={template}", *PACKAGES),
        )
        must(
            *(PYBABEL, "--quiet", "update", "--domain=omr", "--locale=vi"),
            *(f"--input-file={template}", f"--output-dir={LOCALES}", "--width=98"),
            *("--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"),
        )
    return run(PYBABEL, "compile", "--domain=omr", f"--directory={LOCALES}", "--statistics")


def main(arguments: list[str]) -> int:
    """Carry out one of the commands above."""
    if sys.version_info < (3, 11):  # noqa: UP036 - runs before anything is installed
        print("Python 3.11 or newer is needed.", file=sys.stderr)
        return 2
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if command == "demo":
        set_up(development=False)
        return run(BIN / "omr", "demo", *[Path.cwd() / word for word in rest or ["omr-demo"]])
    if command == "omr":
        set_up(development=False)
        return subprocess.run([str(BIN / "omr"), *rest], check=False).returncode
    if command == "test":
        set_up(development=True)
        return test(rest)
    if command == "check":
        set_up(development=True)
        return check()
    if command == "messages":
        set_up(development=True)
        return messages()
    print(__doc__)
    return 0 if command in {"help", "-h", "--help"} else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
