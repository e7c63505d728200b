from __future__ import annotations

import ast
import gettext
import os
import re
import string
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from omr.errors import ExitCode
from omr.i18n import LOCALE_DIR, system_language
from omr.marks import Reason, SheetStatus

ROOT = Path(__file__).parents[2]
PACKAGES = ("omr", "forms", "scans", "reports")
PO = LOCALE_DIR / "vi" / "LC_MESSAGES" / "omr.po"
LANGUAGE_VARIABLES = ("OMR_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
CURE = "run: python3 dev.py messages, translate what is new in omr.po, and run it again"
# One spelling of words such as "khoá" and "huỷ": tone marks on the last vowel.
OTHER_SPELLING = re.compile(r"[óòỏõọ][ae]\b|(?<!q)[úùủũụ]y\b", re.IGNORECASE)


def calls() -> list[tuple[str, ast.Call]]:
    """Every ``_(...)`` in the packages, and where it stands."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    ]


def messages_in_code() -> set[str]:
    return {
        node.args[0].value
        for _, node in calls()
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def entries(text: str) -> dict[str, str]:
    """The messages of a .po file; the entry of the empty text is its header."""
    found: dict[str, str] = {}
    texts: dict[str, str] = {}
    keyword = ""
    for line in [*text.splitlines(), ""]:
        first, quote, rest = line.partition('"')
        if first in {"msgid ", "msgstr "}:
            keyword = first.strip()
            texts[keyword] = ""
        if quote and first in {"", "msgid ", "msgstr "}:
            texts[keyword] += ast.literal_eval(quote + rest)
        elif not line and "msgstr" in texts:
            assert texts["msgid"] not in found, texts["msgid"]
            found[texts["msgid"]] = texts["msgstr"]
            texts = {}
    return found


def catalogue() -> dict[str, str]:
    """Every message of omr.po with its Vietnamese words; ``""`` where it has none."""
    found = entries(PO.read_text(encoding="utf-8"))
    del found[""]
    return found


def translations() -> dict[str, str]:
    return {message: words for message, words in catalogue().items() if words}


def placeholders(message: str) -> Counter[tuple[str | None, ...]]:
    """Name, format and conversion of each ``{...}``."""
    return Counter(
        (name, form, conversion)
        for _, name, form, conversion in string.Formatter().parse(message)
        if name is not None
    )


def run_omr(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run omr as its own process where nothing but *variables* speaks of languages."""
    env = {name: value for name, value in os.environ.items() if name not in LANGUAGE_VARIABLES}
    return subprocess.run(
        [sys.executable, "-m", "omr", *words],
        cwd=ROOT,
        env=env | variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_every_message_is_written_out_where_it_is_used() -> None:
    found = calls()
    computed = [
        where
        for where, node in found
        if len(node.args) != 1
        or node.keywords
        or not isinstance(node.args[0], ast.Constant)
        or not isinstance(node.args[0].value, str)
    ]

    assert len(found) > 300
    assert computed == []


def test_every_message_has_words_in_vietnamese_and_no_other_message_is_kept() -> None:
    in_code = messages_in_code()

    assert sorted(in_code - translations().keys()) == [], CURE
    assert sorted(catalogue().keys() - in_code) == [], CURE


def test_translations_keep_every_placeholder_as_it_is() -> None:
    changed = {
        message: words
        for message, words in translations().items()
        if placeholders(message) != placeholders(words)
    }

    assert changed == {}


def test_translations_begin_and_end_as_the_messages_do() -> None:
    def ends(text: str) -> tuple[str, ...]:
        last = text[-1] if text[-1] in ".:?!" else ""
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :], last

    changed = {
        message: words for message, words in translations().items() if ends(message) != ends(words)
    }

    assert changed == {}


def test_no_translation_is_a_guess() -> None:
    assert "fuzzy" not in PO.read_text(encoding="utf-8")


def test_vietnamese_is_composed_and_spelt_in_one_way() -> None:
    text = PO.read_text(encoding="utf-8")

    assert unicodedata.is_normalized("NFC", text)
    assert [words for words in translations().values() if OTHER_SPELLING.search(words)] == []


def test_the_spelling_check_finds_the_other_spelling_and_leaves_quy_alone() -> None:
    assert OTHER_SPELLING.search("mã hóa")
    assert OTHER_SPELLING.search("đã hủy phiếu")
    assert not OTHER_SPELLING.search("mã hoá đã huỷ trong quý, quỹ, toà án")


def test_the_compiled_catalogue_is_made_from_the_written_one() -> None:
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    del compiled[""]

    assert compiled == translations(), CURE


@pytest.mark.parametrize(
    "variables",
    [
        {"OMR_LANG": "vi"},
        {"OMR_LANG": "vi", "LANG": "en_US.UTF-8"},
        {"LANG": "vi_VN.UTF-8"},
        {"LC_ALL": "vi_VN", "LANG": "C"},
    ],
)
def test_help_is_vietnamese_where_the_person_or_the_system_says_so(
    variables: dict[str, str],
) -> None:
    done = run_omr("--help", **variables)

    assert done.returncode == 0
    assert "In phiếu khảo sát có đánh số và theo dõi phiếu." in done.stdout
    assert "Print numbered survey forms and keep their stock." not in done.stdout


@pytest.mark.parametrize(
    "variables",
    [
        {"OMR_LANG": "en"},
        {"OMR_LANG": "en", "LANG": "vi_VN.UTF-8"},
        {"LANG": "fr_FR.UTF-8"},
        {"LC_ALL": "C"},
    ],
)
def test_help_is_english_everywhere_else(variables: dict[str, str]) -> None:
    done = run_omr("--help", **variables)

    assert done.returncode == 0
    assert "Print numbered survey forms and keep their stock." in done.stdout
    assert "phiếu" not in done.stdout


def test_failures_are_told_in_vietnamese_with_their_remedy(tmp_path: Path) -> None:
    done = run_omr("scans", "status", "--workspace", str(tmp_path), OMR_LANG="vi")

    assert done.returncode == ExitCode.LEDGER_UNUSABLE
    assert f"omr: {tmp_path} không phải là thư mục làm việc" in done.stderr
    assert "Hãy tạo bằng: omr init" in done.stderr


def test_the_earlier_variable_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LANGUAGE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in reversed(LANGUAGE_VARIABLES):
        monkeypatch.setenv(name, "vi_VN.UTF-8")
        assert system_language() == "vi"
        monkeypatch.setenv(name, "de_DE.UTF-8")
        assert system_language() == "en"


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LANGUAGE_VARIABLES:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("LANG", "vi")

    assert system_language() == "vi"


@pytest.mark.parametrize(
    ("named", "language"), [("Vietnamese_Vietnam", "vi"), ("English_United States", "en")]
)
def test_a_system_without_variables_is_asked_itself(
    monkeypatch: pytest.MonkeyPatch, named: str, language: str
) -> None:
    for name in LANGUAGE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("omr.i18n.locale.getlocale", lambda: (named, "1258"))

    assert system_language() == language


def test_the_vietnamese_guide_explains_every_status_and_reason() -> None:
    guide = (ROOT / "docs" / "huong-dan.md").read_text(encoding="utf-8")
    rows = {
        line.split("`")[1]: line.count("|") for line in guide.splitlines() if line.startswith("| `")
    }

    assert [status for status in SheetStatus if rows.get(status) != 3] == []
    assert [reason for reason in Reason if rows.get(reason) != 4] == []
    assert unicodedata.is_normalized("NFC", guide)
