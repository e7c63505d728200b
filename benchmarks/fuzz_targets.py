"""What is done with a hostile input, as the program itself does it, and what may come of that.

An expected refusal is an outcome. Any other exception escapes from here, and is a find.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import fuzz_codes
import fuzz_memo  # noqa: F401 - first of all
import fuzz_scans
import fuzz_texts
import numpy as np
import segno
from forgery import _verifier as office_verifier

from omr.codes import CodeBody
from omr.errors import InputUnusable, UsageError
from omr.periods import Period
from omr.survey_file import parse_survey
from omr.toml_file import parse_toml
from omr.unit_import import HeadUnusable, read_list
from omr.unit_records import NotCsv
from omr.units_file import parse_units, scan_units
from reports import electronic
from reports.electronic import Surroundings, header_words, read_export
from reports.open_table import open_table
from reports.profile import Profile, parse_profile
from scans import pdf_file, tiff_pages
from scans.decode import decode_image
from scans.faults import PageFault
from scans.identify import read_code
from scans.pages import PageRef, count_pages, load_enough, load_page

_PROFILE = Path(__file__).parents[1] / "omr" / "data" / "profiles" / "google-forms.toml"
_PAGES_LOOKED_AT = 2


class Forgery(AssertionError):
    """A code passed that the office never made."""


class Wrong(AssertionError):
    """Something came back that is neither a page nor a refusal."""


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of input."""

    make: Callable[[random.Random], Iterator[bytes]]
    seeds: Callable[[], list[bytes]]
    run: Callable[[bytes, Path], str]  # the case, a file of its own; says what came out
    block: int  # cases from one chance; to make one again, those before it are made too
    limited: bool = False  # done in a process with the limits of one that reads pages


def _page(found: object) -> str:
    if isinstance(found, PageFault):
        if not found.detail:
            raise Wrong("a fault without words")
        return found.reason.value
    grey = getattr(found, "grey", found)
    if (
        not isinstance(grey, np.ndarray)
        or grey.dtype != np.uint8
        or grey.ndim != 2
        or not grey.size
    ):
        raise Wrong(f"{type(grey)} {getattr(grey, 'shape', '')} {getattr(grey, 'dtype', '')}")
    return "page"


def _file(data: bytes, path: Path) -> str:
    """A file as a batch meets it: counted, every page looked at, some of them again."""
    path.write_bytes(data)
    try:
        count = count_pages(path)
        if isinstance(count, PageFault):
            return _page(count)
        if count < 1:
            raise Wrong(f"{count} pages")
        said = ""
        for number in range(min(count, _PAGES_LOOKED_AT)):
            ref = PageRef(path, number)
            said = _page(load_enough(ref, 20.0))
            if len(data) % 4 == 0:
                _page(load_page(ref))
            if len(data) % 8 == 1 and data.startswith(b"%PDF"):
                _page(load_page(ref, rendered=True))
        return said
    finally:
        pdf_file.close_files()
        tiff_pages.close_files()


def _image(data: bytes, _path: Path) -> str:
    return _page(decode_image(data, 20.0 if len(data) % 2 else None))


@cache
def _verify() -> Callable[[str], object]:
    return office_verifier().verify


@cache
def _made() -> frozenset[str]:
    return frozenset(fuzz_codes.codes())


def _code(data: bytes, _path: Path) -> str:
    text = data.decode("utf-8", "surrogatepass")
    said = _verify()(text)
    if isinstance(said, CodeBody):
        if text not in _made():
            raise Forgery(repr(text))
        return "genuine"
    return str(said)


def _code_picture(data: bytes, _path: Path) -> str:
    """A code as it is read from paper: drawn, found and verified."""
    seed = hashlib.sha256(data).digest()
    try:
        drawn = segno.make(data, error="q", micro=False, boost_error=False)
    except ValueError:  # longer than any QR code
        return "no code"
    modules = np.array([list(row) for row in drawn.matrix], np.uint8)
    grey = np.where(np.pad(modules, 3), 20, 235).astype(np.uint8)
    size = 3 + seed[0] % 4
    image = cv2.resize(grey, None, fx=size, fy=size, interpolation=cv2.INTER_NEAREST)
    if seed[1] < 60:  # a stroke of a pen
        at = tuple(int(n) % image.shape[0] for n in seed[2:6])
        cv2.line(image, at[:2], at[2:], 30, size)
    said = read_code(np.ascontiguousarray(image, np.uint8), _verify())
    if any(isinstance(each, CodeBody) for each in said):
        if data.decode("utf-8", "replace") not in _made():
            raise Forgery(repr(data))
        return "genuine"
    return str(said[0]) if said else "nothing"


@cache
def _around() -> tuple[Surroundings, Profile]:
    survey = parse_survey(parse_toml(fuzz_texts.SURVEY, Path("survey.toml")))
    units = parse_units(fuzz_texts.UNITS, Path("units.csv"))
    around = Surroundings(
        surveys={survey.id: survey},
        units=units,
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        period_of=lambda day: str(Period.containing(day)),
    )
    file = parse_toml(_PROFILE.read_text(encoding="utf-8"), _PROFILE)
    profile = parse_profile(file, surveys=around.surveys, units=units)
    words = header_words(profile, around)
    electronic.header_words = lambda _profile, _around: words  # the same for every case
    return around, profile


def _table(data: bytes, path: Path) -> str:
    path.write_bytes(data)
    around, profile = _around()
    try:
        table = open_table(path, electronic.header_words(profile, around).known)
        found = read_export(table, profile, around)
    except InputUnusable:
        return "refused"
    if found.rows_refused > found.rows_seen or len(found.responses) > found.rows_seen:
        raise Wrong(f"{found.rows_seen} rows, {len(found.responses)} responses")
    return "rows" if found.responses else "no rows"


def _units(data: bytes, _path: Path) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "no text"  # what reads the file says so (omr.problems.read_text)
    try:
        rows = read_list(text, {}).rows
    except (HeadUnusable, NotCsv):
        return "refused"
    scanned = scan_units(text, Path("units.csv"))
    return "mistakes" if scanned.problems.sentences() else f"{min(len(rows), 1)} or more units"


def _survey(data: bytes, _path: Path) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "no text"
    try:
        survey = parse_survey(parse_toml(text, Path("survey.toml")))
    except UsageError:
        return "mistakes"
    return "survey" if survey.questions else "no questions"


def _scan_target(kind: str, run: Callable[[bytes, Path], str]) -> Target:
    return Target(
        lambda rng: fuzz_scans.cases(kind, rng),
        lambda: fuzz_scans.seeds(kind),
        run,
        block=200,
        limited=True,
    )


def _text_target(kind: str, run: Callable[[bytes, Path], str], block: int = 200) -> Target:
    return Target(
        lambda rng: fuzz_texts.cases(kind, rng), lambda: fuzz_texts.seeds(kind), run, block
    )


TARGETS = {
    "pdf": _scan_target("pdf", _file),
    "tiff": _scan_target("tiff", _file),
    "jpeg": _scan_target("jpeg", _image),
    "png": _scan_target("png", _image),
    "qr": _text_target("qr", _code, block=5000),
    "qr-picture": _text_target("qr-picture", _code_picture),
    "csv": _text_target("csv", _table),
    "units": _text_target("units", _units),
    "xlsx": _text_target("xlsx", _table),
    "toml": _text_target("toml", _survey),
}
