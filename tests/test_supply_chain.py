"""What the project is made of: pinned, licensed, known; and nothing that names a place of work."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
import dev  # noqa: E402 - the file with the project's commands is in no package

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Licences under which a library may be used here: what we make stays under Apache-2.0.
ALLOWED = {
    *("MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Apache-2.0"),
    *("PSF-2.0", "MPL-2.0", "Zlib", "CC0-1.0", "Apache-2.0 WITH LLVM-exception"),
}
# As classifiers and free text say it, for libraries that give no expression.
SPELLINGS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}
# Libraries whose metadata do not say it, or which need a word.
BY_NAME = {
    "axe-playwright-python": "MIT",  # its LICENSE file; carries axe-core, MPL-2.0
    "partd": "BSD-3-Clause",  # its LICENSE file; the metadata say BSD alone
    # Optional, for offices with a PostgreSQL server; used unchanged, as a library of its own.
    "psycopg": "allowed: LGPL-3.0-only",
    "psycopg-binary": "allowed: LGPL-3.0-only",
}


def requirements(*groups: str) -> list[Requirement]:
    """What pyproject.toml asks for: every extra, and these groups."""
    project = PROJECT["project"]
    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    wanted = [line for group in groups for line in PROJECT["dependency-groups"][group]]
    return [Requirement(line) for line in [*project["dependencies"], *extras, *wanted]]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def installed() -> dict[str, metadata.Distribution]:
    """Everything installed that the project leads to, development included."""
    found: dict[str, metadata.Distribution] = {}
    pending = [(each, "") for each in requirements("dev")]
    while pending:
        wanted, extra = pending.pop()
        name = canonical(wanted.name)
        if name in found or (wanted.marker and not wanted.marker.evaluate({"extra": extra})):
            continue
        try:
            found[name] = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:
            continue  # of an extra that is not installed here
        deeper = [Requirement(line) for line in found[name].requires or ()]
        pending += [(each, one) for each in deeper for one in ("", *wanted.extras)]
    return found


def licence_of(distribution: metadata.Distribution) -> str:
    """An SPDX expression, or "allowed: ...", or what the metadata say instead."""
    about = distribution.metadata
    name = canonical(about["Name"])
    if name in BY_NAME:
        return BY_NAME[name]
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    classifiers = [c for c in about.get_all("Classifier", []) if c.startswith("License ::")]
    said = classifiers or [str(about.get("License") or "none").splitlines()[0]]
    return " AND ".join(SPELLINGS.get(each, each) for each in said)


def is_allowed(licence: str) -> bool:
    """Whether *licence* may be used: of an OR one side, of an AND both."""
    if licence.startswith("allowed: "):
        return True
    return all(
        any(part.strip(" ()") in ALLOWED for part in side.split(" OR "))
        for side in licence.split(" AND ")
    )


def test_every_library_has_a_licence_that_allows_its_use() -> None:
    licences = {name: licence_of(each) for name, each in sorted(installed().items())}
    for name, licence in licences.items():
        print(f"{name:30} {licence}")

    assert len(licences) > 40
    assert {"numpy", "watchdog", "starlette", "pytest"} <= licences.keys()
    assert {name: each for name, each in licences.items() if not is_allowed(each)} == {}


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND PSF-2.0", True),
        ("MIT AND GPL-2.0-only", False),
        ("AGPL-3.0-only", False),
        ("GPL-3.0-or-later", False),
        ("none", False),
        ("Proprietary", False),
    ],
)
def test_copyleft_and_unknown_licences_are_not_let_in(licence: str, allowed: object) -> None:
    assert is_allowed(licence) is allowed


def pins() -> Iterator[tuple[Requirement, list[str]]]:
    """Every line of the lock with its hashes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", "")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            wanted, *hashes = re.split(r"\s+--hash=", line.strip())
            yield Requirement(wanted), hashes


def test_the_lock_satisfies_what_the_project_asks_for() -> None:
    pinned: dict[str, list[Version]] = {}
    for each, _hashes in pins():
        (exactly,) = each.specifier
        assert exactly.operator == "=="
        pinned.setdefault(canonical(each.name), []).append(Version(exactly.version))

    for wanted in requirements():
        versions = pinned.get(canonical(wanted.name))
        assert versions, f"{wanted.name} is not locked: python3 dev.py lock"
        assert all(wanted.specifier.contains(version) for version in versions), wanted


def test_every_line_of_the_lock_is_proved_by_hashes_and_names_no_place() -> None:
    for each, hashes in pins():
        assert each.url is None
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^--?(index-url|extra-index-url|find-links|i|f)\b", text, re.MULTILINE)


def test_no_development_library_is_locked_into_a_release() -> None:
    locked = {canonical(each.name) for each, _hashes in pins()}
    asked = {canonical(each.name) for each in requirements()}
    groups = PROJECT["dependency-groups"]
    tools = {canonical(Requirement(line).name) for line in groups["dev"] + groups["release"]}

    assert not locked & (tools - asked - {"packaging"})  # which Dask asks for as well


FAULT = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["1.2"]}


def test_a_vulnerability_fails_unless_it_was_accepted_with_a_reason() -> None:
    found = [
        {"name": "a", "version": "1.1", "vulns": [FAULT]},
        {"name": "b", "version": "2", "vulns": []},
        {"name": "c", "skip_reason": "not found"},
    ]

    assert dev.judged(found, {}) == (["a 1.1: PYSEC-2026-1, mended in 1.2"], 1)
    assert dev.judged(found, {"CVE-2026-1": "never called"}) == ([], 1)
    assert dev.judged(found, {"CVE-2026-1": " "})[0] != []
    assert dev.judged(found, {"CVE-2026-2": "another one"})[0] != []


def answering(monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    class Done:
        stdout, stderr = out, "could not reach the service"

    monkeypatch.setattr(dev.subprocess, "run", lambda *_words, **_how: Done)


def test_an_unreachable_list_of_vulnerabilities_is_told_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, "")
    assert dev.audit() == 0
    assert "could not reach the service" in capsys.readouterr().out
    answering(monkeypatch, '{"dependencies": [{"name": "c", "skip_reason": "not found"}]}')
    assert dev.audit() == 0
    assert "0 libraries looked up, 1 not on the list" in capsys.readouterr().out


def test_a_finding_ends_the_audit_with_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = str(FAULT).replace("'", '"')
    answering(
        monkeypatch, f'{{"dependencies": [{{"name": "a", "version": "1", "vulns": [{fault}]}}]}}'
    )
    assert dev.audit() == 1
    assert "PYSEC-2026-1" in capsys.readouterr().err


def test_what_was_accepted_has_a_reason() -> None:
    accepted = tomllib.loads((ROOT / "audit.toml").read_text(encoding="utf-8")).get("accepted", [])

    assert all(entry["id"].strip() and entry["reason"].strip() for entry in accepted)
