"""Set-up and daily work in one file that needs nothing but Python 3.11 and pip.

python3 dev.py demo [DIR]   install into .venv, then run the whole job once on made-up sheets
python3 dev.py test [...]   install into .venv, then run the tests (arguments go to pytest)
python3 dev.py check        format, lint, types and tests: what .ci/run runs
python3 dev.py messages     bring the Vietnamese catalogue up to date with the code's messages
python3 dev.py omr ...      run the omr command from .venv
python3 dev.py lock [...]   write requirements.lock anew (--upgrade: with the newest versions)
python3 dev.py audit        look the locked libraries up among known vulnerabilities
python3 dev.py release DIR  wheel, source, lock, bill of materials and their checksums, in DIR
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
ENV = Path(os.environ.get("OMR_VENV", ROOT / ".venv"))
BIN = ENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PYBABEL = BIN / ("pybabel.exe" if os.name == "nt" else "pybabel")
PROJECT_FILE = ROOT / "pyproject.toml"
PACKAGES = ("omr", "forms", "scans", "reports")
LOCALES = ROOT / "omr" / "locale"
LOCK = ROOT / "requirements.lock"
LOCK_HEAD = """\
# Every library that a release is made and tested with, and what their files must hash to.
# For Python 3.11 and newer on Linux, Windows and macOS. Made by: python3 dev.py lock
# Installed with: pip install --require-hashes -r requirements.lock
"""
ACCEPTED = ROOT / "audit.toml"


def run(*command: str | Path) -> int:
    """Run a command in the project's folder and return its exit code."""
    return subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode


def must(*command: str | Path) -> None:
    """Run a command; stop with its exit code if it fails."""
    code = run(*command)
    if code:
        sys.exit(code)


def set_up(*groups: str) -> None:
    """Make .venv with these groups of pyproject.toml, or bring it up to date."""
    stamp = ENV / f"{'-'.join(('runtime', *groups))}.stamp"
    wanted = PROJECT_FILE.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    make_environment(ENV)
    named = [word for group in groups for word in ("--group", group)]
    must(PYTHON, "-m", "pip", "install", "-q", "-e", ROOT, *named)
    stamp.write_text(wanted, encoding="utf-8")


def make_environment(folder: Path) -> Path:
    """An environment with a pip that knows groups; gives its Python."""
    python = folder / PYTHON.relative_to(ENV)
    if not python.exists():
        # Debian keeps the parts that put pip into a new environment in a package of their
        # own, so the pip at hand installs one.
        venv.EnvBuilder(with_pip=False).create(folder)
    must(sys.executable, "-m", "pip", "--python", python, "install", "-q", "pip>=25.1")
    return python


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


def lock(arguments: list[str]) -> int:
    """Pin every library for every system; versions stay unless pyproject.toml or --upgrade says.

    No index is named in the file: whoever installs asks the one that they trust, and the
    hashes say whether it gave the same files.
    """
    code = run(
        *(BIN / "uv", "pip", "compile", PROJECT_FILE, "--all-extras", "--universal"),
        *("--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"),
        *("--no-emit-index-url", "--no-emit-find-links", "--quiet", "-o", LOCK, *arguments),
    )
    if code == 0:
        LOCK.write_text(LOCK_HEAD + LOCK.read_text(encoding="utf-8"), encoding="utf-8")
    return code


def audit() -> int:
    """Fail on a known vulnerability that audit.toml does not accept with a reason.

    Without the list of vulnerabilities there is nothing to say, so that is no failure.
    """
    done = subprocess.run(
        [
            *(str(BIN / "pip-audit"), "--requirement", str(LOCK), "--require-hashes"),
            *("--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "20"),
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"The list of vulnerabilities cannot be reached, nothing was looked up: {last}")
        return 0
    accepted = tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).get("accepted", [])
    findings, unknown = judged(found, {entry["id"]: entry["reason"] for entry in accepted})
    for line in findings:
        print(line, file=sys.stderr)
    print(f"{len(found) - unknown} libraries looked up, {unknown} not on the list of this index")
    return 1 if findings else 0


def judged(found: list[dict[str, Any]], accepted: dict[str, str]) -> tuple[list[str], int]:
    """The vulnerabilities that nobody accepted with a reason, and how many were not looked up."""
    findings = [
        f"{library['name']} {library['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no version yet'}"
        for library in found
        for fault in library.get("vulns", [])
        if not any(accepted.get(name, "").strip() for name in (fault["id"], *fault["aliases"]))
    ]
    return findings, sum("skip_reason" in library for library in found)


def release(folder: Path) -> int:
    """Everything that is handed out, made from this tree, with the checksums of all of it."""
    folder.mkdir(parents=True, exist_ok=True)
    must(PYTHON, "-m", "build", "-q", "--installer", "uv", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    shutil.copyfile(LOCK, folder / LOCK.name)
    with tempfile.TemporaryDirectory() as temporary:
        python = make_environment(Path(temporary) / "clean")
        pip = (python, "-m", "pip", "install", "-q")
        must(*pip, "--require-hashes", "--no-deps", "-r", LOCK)
        must(*pip, "--no-deps", wheel)
        must(python, "-m", "pip", "check")
        must(python, "-m", "pip", "uninstall", "-q", "-y", "pip")  # no part of what is handed out
        must(
            *(BIN / "cyclonedx-py", "environment", "--pyproject", PROJECT_FILE),
            *("--output-reproducible", "--of", "JSON", "-o", folder / "sbom.cdx.json", python),
        )
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    print("".join(sums), end="")
    return 0


def main(arguments: list[str]) -> int:
    """Carry out one of the commands above."""
    if sys.version_info < (3, 11):  # noqa: UP036 - runs before anything is installed
        print("Python 3.11 or newer is needed.", file=sys.stderr)
        return 2
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if command == "demo":
        set_up()
        return run(BIN / "omr", "demo", *[Path.cwd() / word for word in rest or ["omr-demo"]])
    if command == "omr":
        set_up()
        return subprocess.run([str(BIN / "omr"), *rest], check=False).returncode
    if command == "test":
        set_up("dev")
        return test(rest)
    if command == "check":
        set_up("dev")
        return check()
    if command == "messages":
        set_up("dev")
        return messages()
    if command in {"lock", "audit"} or (command == "release" and len(rest) == 1):
        set_up("release")
        if command == "release":
            return release(Path.cwd() / rest[0])
        return lock(rest) if command == "lock" else audit()
    print(__doc__)
    return 0 if command in {"help", "-h", "--help"} else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
