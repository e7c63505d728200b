"""Codes that are not what they seem, on drawn pages, through the command that reads scans.

Each kind is refused with its own reason, nothing of its answers is kept, and no serial that
it names is taken from the form that rightly bears it.
"""

from __future__ import annotations

import io
import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import base45
import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
import segno
from numpy.typing import NDArray

from omr.cli import main as omr
from omr.codes import CodeBody, Verifier, campaign_key, sign
from omr.geometry import PageRect
from omr.key_changes import rotated, withdrawn
from omr.key_store import change_keyring
from omr.keys import load_keyring
from omr.layout import Layout
from omr.ledger import Ledger, issued
from omr.workspace import open_workspace

Image = NDArray[np.uint8]
DPI = 200
PX_PER_MM = DPI / 25.4
GENUINE, REDRAWN, STICKER, SPARE, SPOILT, STOLEN = range(6)  # printed forms, by their use here
BODY_BYTES = 15

Pages = dict[str, tuple[int, str, str]]  # kind: form, texts over its two codes ("": as printed)
EXPECTED = {
    "genuine": ("counted", []),
    "a genuine text, drawn by the test": ("counted", []),
    "a sticker with a web address over one code": ("counted", []),
    "a random tag": ("refused", ["bad-signature"]),
    "a tag of another form": ("refused", ["bad-signature"]),
    "another number, the old tag": ("refused", ["bad-signature"]),
    "another unit, the old tag": ("refused", ["bad-signature"]),
    "another domain, the old tag": ("refused", ["bad-signature"]),
    "another layout, the old tag": ("refused", ["bad-signature"]),
    "one bit of the tag": ("refused", ["bad-signature"]),
    "the same key's other year": ("refused", ["bad-signature"]),
    "another office's key of the same id": ("refused", ["bad-signature"]),
    "a forged code beside a web address": ("refused", ["bad-signature"]),
    "another office's key": ("refused", ["unknown-key"]),
    "a form of a withdrawn key": ("refused", ["withdrawn-key"]),
    "a stolen key's new number": ("refused", ["withdrawn-key"]),
    "a number never issued": ("refused", ["not-issued"]),
    "a year never printed": ("refused", ["not-issued"]),
    "a unit that the ledger does not know": ("refused", ["not-issued"]),
    "a number that no serial can have": ("refused", ["not-issued"]),
    "a spoilt form": ("refused", ["voided"]),
    "a layout that the ledger does not know": ("refused", ["layout"]),
    "a forged code beside a genuine one": ("refused", ["identity-conflict"]),
    "two genuine codes of two forms": ("refused", ["identity-conflict"]),
    "web addresses over both codes": ("refused", ["foreign-code"]),
    "a code cut short": ("refused", ["foreign-code"]),
    "a code of a later version": ("refused", ["foreign-code"]),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the command said of each page."""
    root = tmp_path_factory.mktemp("forged") / "office"
    at = ["--workspace", str(root)]
    assert omr(["init", str(root)]) == 0
    workspace = open_workspace(root)
    printed = _print(root, 1, "stolen")
    change_keyring(
        workspace.keys_file,
        lambda old: rotated(old, old.keys[0].created, secrets.token_bytes(32)),
    )
    printed = [*_print(root, 5, "rest"), *printed]
    change_keyring(
        workspace.keys_file, lambda old: withdrawn(old, 1, old.keys[0].created, "stolen")
    )
    serials = [serial for serial, _page in printed]
    assert omr(["forms", "void", serials[SPOILT], "--why", "jam in the printer", *at]) == 0
    with Ledger.open(workspace.ledger_url) as ledger:
        (layout,) = issued.layouts(ledger).values()
    scans = root / "scans"
    scans.mkdir()
    pages = _pages(root, printed, layout)
    assert pages.keys() == EXPECTED.keys()
    for number, (form, *texts) in enumerate(pages.values()):
        page = printed[form][1].copy()
        for place, text in zip(layout.codes, texts, strict=True):
            if text:
                _draw_code(page, place, text)
        cv2.imwrite(str(scans / f"{number:02}.png"), page)
    assert omr(["scans", "read", str(scans), "--jobs", "1", *at]) == 0
    out = root / "results.jsonl"
    assert omr(["scans", "results", "--out", str(out), *at]) == 0
    found = {line["file"]: line for line in map(json.loads, out.read_text().splitlines())}
    assert len(found) == len(pages)
    kept = {kind: found[f"{number:02}.png"] for number, kind in enumerate(pages)}
    kept["genuine"]["expected"] = serials[GENUINE]
    return kept


def _print(root: Path, count: int, name: str) -> list[tuple[str, Image]]:
    """Print forms and hand them out: serial and page image of each."""
    at = ["--workspace", str(root)]
    pdf, manifest = root / f"{name}.pdf", root / f"{name}.jsonl"
    order = ["--unit", "HP-PC08", "--domain", "GTDB", "--count", str(count)]
    assert omr(["forms", "print", *at, *order, "--out", str(pdf), "--manifest", str(manifest)]) == 0
    lines = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    with pdfium.PdfDocument(pdf) as document:
        return [(line["serial"], _rendered(document[line["pdf_page"]], line)) for line in lines]


def _rendered(page: pdfium.PdfPage, line: dict[str, Any]) -> Image:
    assert (line["x_mm"], line["y_mm"]) == (0, 0)
    picture = page.render(scale=DPI / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(picture.reshape(picture.shape[:2]), np.uint8)


def _pages(root: Path, printed: list[tuple[str, Image]], layout: Layout) -> Pages:
    """What to lay over which form."""
    keyring = load_keyring(open_workspace(root).keys_file)
    stolen, ours = (key.master for key in keyring.keys)
    assert stolen is not None
    assert ours is not None
    bodies = [_body_on(page, layout, Verifier(keyring)) for _serial, page in printed[:STOLEN]]
    body = bodies[SPARE]
    year = body.campaign

    def signed(changed: CodeBody, master: bytes = ours) -> str:
        return sign(changed, campaign_key(master, changed.campaign))

    genuine = base45.b45decode(signed(body))
    tag = genuine[BODY_BYTES:]

    def with_tag(changed: CodeBody, its_tag: bytes = tag) -> str:
        return _text(changed.to_bytes() + its_tag)

    address = "https://dichvucong.gov.vn/p/home"
    foreign = b"another office's master key.....".ljust(32)[:32]
    one_bit = bytes([*tag[:-1], tag[-1] ^ 1])
    texts = {
        "a random tag": with_tag(body, bytes(range(16))),
        "a tag of another form": with_tag(
            body, base45.b45decode(signed(bodies[GENUINE]))[BODY_BYTES:]
        ),
        "another number, the old tag": with_tag(replace(body, number=body.number + 1)),
        "another unit, the old tag": with_tag(replace(body, unit=body.unit + 1)),
        "another domain, the old tag": with_tag(replace(body, domain=body.domain + 1)),
        "another layout, the old tag": with_tag(replace(body, layout="000000")),
        "one bit of the tag": with_tag(body, one_bit),
        "the same key's other year": sign(body, campaign_key(ours, year - 1)),
        "another office's key of the same id": signed(body, foreign),
        "another office's key": signed(replace(body, key_id=9), foreign),
        "a stolen key's new number": signed(replace(body, key_id=1, number=900_001), stolen),
        "a number never issued": signed(replace(body, number=900_000)),
        "a year never printed": signed(replace(body, campaign=year - 1)),
        "a unit that the ledger does not know": signed(replace(body, unit=60_000)),
        "a number that no serial can have": signed(replace(body, number=2**32 - 1)),
        "a layout that the ledger does not know": signed(replace(body, layout="000000")),
        "web addresses over both codes": address,
        "a code cut short": signed(body)[:-9],
        "a code of a later version": _text(b"\x02" + genuine[1:]),
    }
    return {
        "genuine": (GENUINE, "", ""),
        "a genuine text, drawn by the test": (REDRAWN, *2 * (signed(bodies[REDRAWN]),)),
        "a sticker with a web address over one code": (STICKER, address, ""),
        "a spoilt form": (SPOILT, "", ""),
        "a form of a withdrawn key": (STOLEN, "", ""),
        "a forged code beside a web address": (SPARE, address, with_tag(body, one_bit)),
        "a forged code beside a genuine one": (SPARE, "", with_tag(body, one_bit)),
        "two genuine codes of two forms": (SPARE, signed(bodies[GENUINE]), ""),
        **{kind: (SPARE, text, text) for kind, text in texts.items()},
    }


def _body_on(page: Image, layout: Layout, verifier: Verifier) -> CodeBody:
    from scans.identify import read_code

    (said,) = read_code(page[_slices(layout.codes[0])], verifier.verify)
    assert isinstance(said, CodeBody)
    return said


def _text(raw: bytes) -> str:
    encoded: bytes = base45.b45encode(raw)
    return encoded.decode("ascii")


def _slices(place: PageRect, margin_mm: float = 1.5) -> tuple[slice, slice]:
    def span(start: float, length: float) -> slice:
        first, last = start - margin_mm, start + length + margin_mm
        return slice(round(first * PX_PER_MM), round(last * PX_PER_MM))

    return span(place.y_mm, place.h_mm), span(place.x_mm, place.w_mm)


def _draw_code(page: Image, place: PageRect, text: str) -> None:
    """Stick a QR code over a printed one."""
    buffer = io.BytesIO()
    segno.make(text, error="q", boost_error=False).save(buffer, kind="png", scale=8, border=2)
    drawn = cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    rows, columns = _slices(place)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    page[rows, columns] = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_kind_of_code_ends_with_its_own_reason(
    results: dict[str, dict[str, Any]], kind: str
) -> None:
    seen = results[kind]

    assert (seen["status"], seen["reasons"]) == EXPECTED[kind]
    if seen["status"] == "refused":
        assert seen["answers"] == {}


def test_the_genuine_form_is_counted_under_its_own_serial(
    results: dict[str, dict[str, Any]],
) -> None:
    assert results["genuine"]["serial"] == results["genuine"]["expected"]


def test_no_forged_page_takes_a_serial(results: dict[str, dict[str, Any]]) -> None:
    held = [seen["serial"] for seen in results.values() if seen["status"] == "counted"]

    assert len(held) == len(set(held)) == 3
