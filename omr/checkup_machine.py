"""The machine itself: Python, the libraries, disks, time zone, what the terminal can show."""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import metadata
from pathlib import Path

from omr.checkup import Line, State
from omr.errors import ExitCode
from omr.i18n import _, system_language

DISTRIBUTION = "omr-surveys"
# Both put a package "cv2" into the same folder, and whichever was installed last is used.
_RIVALS = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
_OLDEST_SQLITE = (3, 35, 0)  # "returning", which the ledger's statements use
_MEGABYTE = 1_000_000
# To take out what a month's unlinking deleted, SQLite writes the whole ledger anew, into the
# folder for temporary files; workbooks are put together there too.
_LEAST_TEMPORARY = 200 * _MEGABYTE
_AWRY = timedelta(minutes=5)  # between the clocks of machines that are set by the network
_LONG = timedelta(days=100)  # without an entry; offices read scans every month
_MADE_IN = datetime(2026, 11, 1, tzinfo=UTC)  # no clock can rightly say an earlier day

_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)\s*(?:>=\s*(?P<least>[0-9.]+))?")


def python_line() -> Line:
    """Python, and the database that is part of it."""
    said = _("Python {python}, SQLite {sqlite}, {system}").format(
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        system=f"{platform.system()} {platform.machine()}",
    )
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        remedy = _("Install a newer Python; this one's SQLite is too old for the ledger.")
        return Line("python", said, State.TROUBLE, remedy, ExitCode.LEDGER_UNUSABLE)
    return Line("python", said)


def library_lines() -> Iterator[Line]:
    """Every library that the project asks for, whether it is there and new enough."""
    wrong, count = [], 0
    for name, least in _asked_for():
        count += 1
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(_("{name} is missing").format(name=name))
            continue
        if _numbers(found) < _numbers(least):
            wrong.append(
                _("{name} {found} is older than {least}").format(
                    name=name, found=found, least=least
                )
            )
    if wrong:
        remedy = _("Install omr anew, into an environment of its own.")
        yield Line("libraries", "; ".join(wrong), State.TROUBLE, remedy)
    else:
        yield Line("libraries", _("all {count} libraries are there").format(count=count))
    for rival in _RIVALS:
        if _is_there(rival):
            yield Line(
                "libraries",
                _("{name} is installed over opencv-python-headless").format(name=rival),
                State.TROUBLE,
                _("Install omr into an environment of its own."),
            )


def _asked_for() -> Iterator[tuple[str, str]]:
    """Name and least version of every requirement of this machine's."""
    for text in metadata.requires(DISTRIBUTION) or ():
        requirement, _semicolon, marker = text.partition(";")
        found = _REQUIREMENT.match(requirement)
        if found and not marker.strip():  # extras, and what other systems need
            yield found["name"], found["least"] or "0"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _is_there(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def room_line(topic: str, folder: Path, needed: int, what_for: str) -> Line:
    """Whether there is room in a folder, and whether it can be written to.

    Args:
        topic: Of the line.
        folder: Where.
        needed: Bytes.
        what_for: In words, such as "a month of 8,000 sheets".
    """
    said = _("{free} free in {folder}; {what} needs {needed}")
    try:
        free = shutil.disk_usage(folder).free
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"omr")
    except OSError as error:
        return Line(
            topic,
            _("{folder} cannot be written to: {why}").format(
                folder=folder, why=error.strerror or error
            ),
            State.TROUBLE,
            _("Let the person who runs omr write there, or free some space."),
        )
    said = said.format(free=in_bytes(free), folder=folder, what=what_for, needed=in_bytes(needed))
    if free < needed:
        remedy = _("Free some space, or move to a larger disk, before the next batch.")
        return Line(topic, said, State.TROUBLE, remedy)
    return Line(topic, said)


def temporary_line(ledger_bytes: int = 0) -> Line:
    """Whether there is room for temporary files."""
    folder = Path(tempfile.gettempdir())
    needed = max(_LEAST_TEMPORARY, 2 * ledger_bytes)
    return room_line("temp", folder, needed, _("putting files together"))


def clock_line(now: datetime, newest: datetime | None) -> Line:
    """Whether the clock can be right: it never goes back, and entries come every month.

    Args:
        now: By this machine's clock, with a time zone.
        newest: When the ledger's newest entry was made; None without one.
    """
    remedy = _("Set this machine's clock, or let it be set by the network.")
    if now < _MADE_IN:
        return Line(
            "clock",
            _("the clock says {now}, which is before this program was made").format(now=_day(now)),
            State.TROUBLE,
            remedy,
        )
    if newest is None:
        return Line("clock", _("the clock says {now}").format(now=_minute(now)))
    said = _("the clock says {now}; the ledger's newest entry is of {newest}").format(
        now=_minute(now), newest=_minute(newest.astimezone(now.tzinfo))
    )
    if newest - now > _AWRY:
        return Line("clock", said, State.TROUBLE, remedy)
    if now - newest > _LONG:
        remedy = _("If that is not so, set this machine's clock: it may be fast.")
        return Line("clock", said, State.NOTE, remedy)
    return Line("clock", said)


def zone_line(now: datetime, zone: tzinfo) -> Line:
    """Whether this machine lives in the office's time zone: months change at its midnight.

    Args:
        now: In this machine's own time zone.
        zone: Of the settings.
    """
    here, office = now.utcoffset(), now.astimezone(zone).utcoffset()
    if here == office:
        return Line("time-zone", _("time zone {zone}, as this machine").format(zone=zone))
    return Line(
        "time-zone",
        _("this machine's time is {here} from that of the office, {zone}").format(
            here=_hours((here or timedelta()) - (office or timedelta())), zone=zone
        ),
        State.NOTE,
        _("Set the machine's time zone, or give --period when you read scans around midnight."),
    )


def language_line() -> Line:
    """The language of the screen, and whether the terminal has its letters."""
    names = {"vi": "Tiếng Việt", "en": "English"}
    encoding = (
        locale.getencoding() if os.name != "nt" else getattr(sys.stdout, "encoding", "") or ""
    )
    said = _("messages in {language}, letters as {encoding}").format(
        language=names[system_language()], encoding=encoding
    )
    if encoding.lower().replace("-", "") not in {"utf8", "cp65001"}:
        remedy = _("Vietnamese letters may be shown wrongly; on Linux set LANG=C.UTF-8.")
        return Line("language", said, State.NOTE, remedy)
    return Line("language", said)


def in_bytes(size: float) -> str:
    """A size in words, in the units of disk makers."""
    if size >= 1000 * _MEGABYTE:
        return f"{size / 1000 / _MEGABYTE:,.1f} GB"
    return f"{size / _MEGABYTE:,.0f} MB"


def _hours(apart: timedelta) -> str:
    return f"{apart.total_seconds() / 3600:+g} h"


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
