"""What ``omr reports confirm`` does: keep what words in exports mean, once and for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omr.errors import UsageError
from omr.i18n import _
from omr.ledger import Ledger
from omr.ledger.aliases import AliasKind, confirm_alias
from omr.person import present_person
from omr.text_key import text_key
from omr.units import name_key
from omr.workspace import Workspace, open_workspace
from reports.import_commands import confirmed_profile
from reports.names import DomainNames
from reports.unmatched import printable


def confirm(
    root: Path,
    profile_name: str,
    *,
    units: Sequence[str] = (),
    domains: Sequence[str] = (),
    options: Sequence[str] = (),
) -> int:
    """Keep what words in files of a profile mean, each as ``WORDS=CODE``; all or none.

    ``WORDS=`` takes it back. An option's code may name its question: ``t0.r5``.

    Returns:
        How many were kept.

    Raises:
        UsageError: If there is nothing to confirm, a code is unknown, or the words mean
            something else exactly already.
    """
    workspace = open_workspace(root)
    said = [
        *((AliasKind.UNIT, text) for text in units),
        *((AliasKind.DOMAIN, text) for text in domains),
        *((AliasKind.OPTION, text) for text in options),
    ]
    if not said:
        raise UsageError(
            _("nothing to confirm"), _('Give --unit "WORDS=CODE", --domain or --option.')
        )
    with Ledger.open(workspace.ledger_url) as ledger:
        profile = confirmed_profile(workspace, ledger, profile_name)
        checked = [(kind, *_checked(workspace, kind, text)) for kind, text in said]
        for kind, words, code in checked:
            confirm_alias(ledger, kind, profile.name, words, code, by=present_person())
    for _kind, words, code in checked:
        if code:
            print(
                _("'{words}' means {code} in files of {profile}").format(
                    words=printable(words), code=code, profile=profile.name
                )
            )
        else:
            print(
                _("'{words}' means nothing any more in files of {profile}").format(
                    words=printable(words), profile=profile.name
                )
            )
    return len(checked)


def _checked(workspace: Workspace, kind: AliasKind, text: str) -> tuple[str, str]:
    """Words and code of ``WORDS=CODE``.

    Raises:
        UsageError: If there are no words, or the code does not exist.
    """
    words, equals, code = text.rpartition("=")
    words, code = words.strip(), code.strip()
    if not equals or not text_key(words):
        raise UsageError(
            _("'{text}' is not of the form WORDS=CODE").format(text=text),
            _('For example --unit "Đội xe=HP-PC08".'),
        )
    if not code:
        return words, ""
    if kind is AliasKind.UNIT:
        return words, _unit_code(workspace, words, code)
    if kind is AliasKind.DOMAIN:
        found = DomainNames(workspace.surveys().values(), {}).find(code)
        if found is None or found[1].id != code.upper():
            raise _unknown(code, [d.id for s in workspace.surveys().values() for d in s.domains])
        return words, code.upper()
    question, _dot, option = code.rpartition(".")
    known = {
        (each.id, choice.id)
        for survey in workspace.surveys().values()
        for each in survey.questions
        for choice in each.options
    }
    if not any(option == o and question in {"", q} for q, o in known):
        raise _unknown(code, sorted({f"{q}.{o}" for q, o in known}))
    return words, code


def _unit_code(workspace: Workspace, words: str, code: str) -> str:
    """The code as the catalogue writes it; words that name another unit stay that unit's."""
    unit = workspace.units().unit(code)
    called = [each for each in workspace.units().units if name_key(words) in each.text_keys()]
    if called and unit not in called:
        raise UsageError(
            _("'{words}' is already the name of {unit}").format(
                words=words, unit=", ".join(f"{each.code} {each.name}" for each in called)
            ),
            _("Change the name in units.csv if that is wrong."),
        )
    return unit.code


def _unknown(code: str, known: Sequence[str]) -> UsageError:
    return UsageError(
        _("there is no code '{code}'").format(code=code),
        _("Known: {codes}.").format(codes=", ".join(list(known)[:30])),
    )
