from __future__ import annotations

import ast
import io
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
import virtual_forms
from PIL import Image

from omr.errors import InputUnusable, UsageError
from scans.virtual.containers import encode, open_book
from scans.virtual.page import scan_again
from scans.virtual_scanner import (
    COMPLIANT,
    DEMO_PLANS,
    HOSTILE,
    Compression,
    Container,
    Damage,
    Mode,
    PrintedForms,
    ScanPlan,
    fingerprint,
    load_printed,
    scan_batch,
)

PACKAGE = Path(__file__).parents[2] / "scans" / "virtual"


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> PrintedForms:
    return load_printed(*virtual_forms.print_run(tmp_path_factory.mktemp("pad"), 8))


def grey_page(path: Path, page: int = 0) -> np.ndarray[Any, Any]:
    """A scanned page as uint8 grey, decoded by other code than wrote it."""
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        (image,) = list(document[page].get_objects())
        picture = image.get_bitmap().to_pil()
    else:
        picture = Image.open(path)
        picture.seek(page)
    return np.asarray(picture.convert("L"))


def ink_in_bubbles(
    image: np.ndarray[Any, Any], layout: dict[str, Any]
) -> dict[tuple[str, str], float]:
    """Share of dark pixels inside every bubble of an unturned page, placed by its black squares."""
    dpi_mm = 200 / 25.4
    dark = (image < 128).astype(np.uint8)
    tinted = image < 0.85 * np.median(image)
    solid = cv2.erode(dark, np.ones((round(5 * dpi_mm), round(5 * dpi_mm)), np.uint8))
    centres = cv2.connectedComponentsWithStats(solid)[3][1:]
    assert len(centres) == 4
    height, width = image.shape
    corners = [(0, 0), (width, 0), (0, height), (width, height)]
    found = [centres[np.hypot(*(centres - corner).T).argmin()] for corner in corners]
    printed = [(mark["x_mm"], mark["y_mm"]) for mark in layout["fiducials"]]
    to_image = cv2.getPerspectiveTransform(np.float32(printed), np.float32(found))
    shares = {}
    for bubble in layout["bubbles"]:
        centre = np.float32([[[bubble["x_mm"], bubble["y_mm"]]]])
        x, y = cv2.perspectiveTransform(centre, to_image)[0, 0]
        half = round(0.28 * bubble["w_mm"] * dpi_mm)
        window = tinted[
            round(y) - half : round(y) + half + 1, round(x) - half : round(x) + half + 1
        ]
        shares[bubble["question"], bubble["option"]] = float(window.mean())
    return shares


def test_it_imports_nothing_that_knows_how_sheets_are_read() -> None:
    allowed = {"omr.errors", "omr.i18n"}
    for source in [*PACKAGE.rglob("*.py"), PACKAGE.parent / "virtual_scanner.py"]:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [node.module or ""]
            for name in names:
                if name.split(".")[0] in {"omr", "forms", "reports", "scans"}:
                    assert name in allowed or f"{name}.".startswith("scans.virtual."), (
                        source,
                        name,
                    )


def test_plain_fills_show_where_the_truth_says_and_nowhere_else(
    forms: PrintedForms, tmp_path: Path
) -> None:
    plan = ScanPlan("plain", people=COMPLIANT, quality=90, seal=0)
    layout = forms.layouts[virtual_forms.LAYOUT]
    marked: list[float] = []
    unmarked: list[float] = []
    for truth in scan_batch(forms, plan, tmp_path, seed=11):
        shares = ink_in_bubbles(grey_page(tmp_path / truth["file"], truth["page"]), layout)
        for question, true in truth["answers"].items():
            assert not true["ambiguous"]
            assert true["right"] == [true["intended"]]
            options = [b["option"] for b in layout["bubbles"] if b["question"] == question]
            meant = [shares[question, option] for option in true["intended"]]
            rest = [shares[question, o] for o in options if o not in true["intended"]]
            marked += meant
            unmarked += rest
            assert not meant or not rest or min(meant) > max(rest)
    assert len(marked) > 8 * 10
    assert min(marked) > 0.02
    # the long arm of a neighbour's tick may reach in, as it does on paper
    assert np.mean(np.array(unmarked) > 0.02) < 0.02


def test_the_same_seed_gives_the_same_bytes_whatever_the_number_of_jobs(
    forms: PrintedForms, tmp_path: Path
) -> None:
    plan = ScanPlan(
        "same", people=HOSTILE, dpi=100, damage=dict.fromkeys(Damage, 0.2), pages_per_file=3
    )
    some = forms.sheets[:5]
    for folder, jobs in (("one", 1), ("two", 2)):
        scan_batch(forms, plan, tmp_path / folder, seed=5, jobs=jobs, sheets=some)
    scan_batch(forms, plan, tmp_path / "other", seed=6, sheets=some)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(names) >= 2
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in names:
        first = (tmp_path / "one" / name).read_bytes()
        assert first == (tmp_path / "two" / name).read_bytes(), name
    assert (tmp_path / "other" / names[0]).read_bytes() != (
        tmp_path / "one" / names[0]
    ).read_bytes()


def test_a_sheet_scanned_again_bears_the_same_marks_under_other_noise(forms: PrintedForms) -> None:
    plan = ScanPlan("again", Container.JPEG_FOLDER, dpi=100, people=HOSTILE)
    first, second = scan_again(forms, plan, 3, forms.sheets[0], 2)
    assert first[0].data != second[0].data
    assert first[1][0]["answers"] == second[1][0]["answers"]
    assert [truth["copy"] for _page, (truth,) in (first, second)] == [0, 1]
    assert next(scan_again(forms, plan, 3, forms.sheets[0], 1)) == first


def test_a_sheet_is_filled_alike_whatever_else_is_in_the_batch(
    forms: PrintedForms, tmp_path: Path
) -> None:
    plan = ScanPlan("alone", dpi=100)
    everything = scan_batch(forms, plan, tmp_path / "all", seed=3)
    (alone,) = scan_batch(forms, plan, tmp_path / "one", seed=3, sheets=forms.sheets[4:5])
    assert alone["answers"] == everything[4]["answers"]


@pytest.mark.parametrize(
    ("container", "compression", "mode"),
    [
        (Container.PDF, Compression.JPEG, Mode.GREY),
        (Container.PDF, Compression.JPEG, Mode.COLOUR),
        (Container.PDF, Compression.G4, Mode.BINARY),
        (Container.TIFF, Compression.G4, Mode.BINARY),
        (Container.TIFF, Compression.DEFLATE, Mode.GREY),
        (Container.TIFF, Compression.LZW, Mode.BINARY),
        (Container.TIFF, Compression.JPEG, Mode.COLOUR),
        (Container.JPEG_FOLDER, Compression.JPEG, Mode.GREY),
    ],
)
def test_every_kind_of_scan_file_holds_its_pages(
    forms: PrintedForms,
    tmp_path: Path,
    container: Container,
    compression: Compression,
    mode: Mode,
) -> None:
    plan = ScanPlan(
        "files", container, compression, mode, dpi=120, pages_per_file=2, people=COMPLIANT
    )
    truths = scan_batch(forms, plan, tmp_path, seed=2, sheets=forms.sheets[:3])
    assert [truth["serial"] for truth in truths] == [s.serial for s in forms.sheets[:3]]
    for truth in truths:
        image = grey_page(tmp_path / truth["file"], truth["page"])
        assert image.shape[0] == pytest.approx(210 / 25.4 * 120, abs=45)
        assert 0.4 < (image > 150).mean() < 0.99  # paper, not a negative
        assert (image < 128).mean() > 0.01
        if mode is Mode.BINARY:
            assert set(np.unique(image)) == {0, 255}
    assert not list(tmp_path.glob("*.part"))
    written = (tmp_path / "files.truth.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == truths


def test_g4_in_pdf_and_tiff_loses_nothing(tmp_path: Path) -> None:
    image = np.where(np.random.default_rng(1).random((97, 131)) < 0.3, 0, 255).astype(np.uint8)
    tiff = encode(image, Container.TIFF, Compression.G4, 0, 300)
    with Image.open(io.BytesIO(tiff.data)) as picture:
        assert picture.info["dpi"] == (300, 300)
        assert picture.tag_v2[262] == 0  # white is zero, as scanners write it
        assert (np.asarray(picture.convert("L")) == image).all()
    assert (cv2.imdecode(np.frombuffer(tiff.data, np.uint8), cv2.IMREAD_GRAYSCALE) == image).all()
    book = open_book(tmp_path / "g4.pdf", Container.PDF)
    for page in (image, 255 - image):
        book.add(encode(page, Container.PDF, Compression.G4, 0, 300))
    book.close()
    assert (grey_page(tmp_path / "g4.pdf", 0) == image).all()
    assert (grey_page(tmp_path / "g4.pdf", 1) == 255 - image).all()


def test_a_jpeg_notes_its_resolution(forms: PrintedForms, tmp_path: Path) -> None:
    plan = ScanPlan("dots", Container.JPEG_FOLDER, dpi=150)
    (truth,) = scan_batch(forms, plan, tmp_path, seed=1, sheets=forms.sheets[:1])
    with Image.open(tmp_path / truth["file"]) as picture:
        assert picture.info["dpi"] == (150, 150)


@pytest.mark.parametrize("sideways", [False, True])
def test_two_sheets_on_one_glass_are_told_apart_in_reading_order(
    tmp_path: Path, *, sideways: bool
) -> None:
    forms = load_printed(*virtual_forms.print_run(tmp_path, 3, two_up=True))
    plan = ScanPlan(
        "glass", Container.JPEG_FOLDER, dpi=100, sheets_per_page=2, sideways=sideways, seal=0
    )
    truths = scan_batch(forms, plan, tmp_path / "scans", seed=4)
    assert [(t["page"], t["sheet"]) for t in truths] == [(0, 0), (0, 1), (0, 0)]
    image = grey_page(tmp_path / "scans" / truths[0]["file"])
    assert (image.shape[0] > image.shape[1]) is sideways
    dark = cv2.erode((image < 128).astype(np.uint8), np.ones((18, 18), np.uint8))
    blobs = cv2.connectedComponentsWithStats(dark)[0] - 1
    assert blobs >= 8  # four squares each


def test_sheets_are_cut_out_of_a_two_up_page_where_the_manifest_says(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plan = ScanPlan("cut", Container.JPEG_FOLDER, people=COMPLIANT, seal=0)
    layout = virtual_forms.layout()
    for folder, two_up in (("a", False), ("b", True)):
        forms = load_printed(*virtual_forms.print_run(tmp_path / folder, 2, two_up=two_up))
        truths = scan_batch(forms, plan, tmp_path / folder / "scans", seed=8)
        image = grey_page(tmp_path / folder / "scans" / truths[1]["file"])
        shares = ink_in_bubbles(image, layout)
        for question, true in truths[1]["answers"].items():
            for option in true["intended"]:
                assert shares[question, option] > 0.02, folder


def page_of(
    forms: PrintedForms, folder: Path, damage: dict[Damage, float], **settings: Any
) -> tuple[list[dict[str, Any]], np.ndarray[Any, Any]]:
    """One sheet scanned with *damage*: truths and the first page's image."""
    plan = ScanPlan("one", people=COMPLIANT, damage=damage, seal=0, **settings)
    truths = scan_batch(forms, plan, folder, seed=9, sheets=forms.sheets[:1])
    return truths, grey_page(folder / truths[0]["file"], truths[0]["page"])


def squares(image: np.ndarray[Any, Any]) -> int:
    """How many solid black squares of the fiducials' size an image shows."""
    dark = cv2.erode((image < 128).astype(np.uint8), np.ones((40, 40), np.uint8))
    return int(cv2.connectedComponentsWithStats(dark)[0]) - 1


def test_a_torn_corner_takes_one_fiducial_away(forms: PrintedForms, tmp_path: Path) -> None:
    truths, torn = page_of(forms, tmp_path / "torn", {Damage.TORN_CORNER: 1.0})
    _, whole = page_of(forms, tmp_path / "whole", {})
    assert truths[0]["damage"] == ["torn-corner"]
    assert (squares(whole), squares(torn)) == (4, 3)


def test_damage_changes_the_picture_but_not_the_answers(
    forms: PrintedForms, tmp_path: Path
) -> None:
    plain, clean = page_of(forms, tmp_path / "plain", {})
    for damage in set(Damage) - {Damage.BLANK_BACK, Damage.FOREIGN_PAGE, Damage.DUPLICATE}:
        truths, image = page_of(forms, tmp_path / damage, {damage: 1.0})
        assert truths[0]["damage"] == [damage]
        answers = {q: a["intended"] for q, a in truths[0]["answers"].items()}
        assert answers == {q: a["intended"] for q, a in plain[0]["answers"].items()}
        assert image.shape != clean.shape or (image != clean).mean() > 0.0005, damage


def test_extra_pages_carry_no_serial_and_a_second_copy_carries_the_same(
    forms: PrintedForms, tmp_path: Path
) -> None:
    extra = {Damage.BLANK_BACK: 1.0, Damage.FOREIGN_PAGE: 1.0, Damage.DUPLICATE: 1.0}
    truths, _ = page_of(forms, tmp_path, extra, dpi=100)
    assert [truth["kind"] for truth in truths] == ["foreign-page", "form", "blank-back", "form"]
    assert [truth["page"] for truth in truths] == [0, 1, 2, 3]
    assert truths[0]["serial"] is None
    assert truths[2]["answers"] == {}
    assert truths[1]["serial"] == truths[3]["serial"]
    assert truths[1]["answers"] == truths[3]["answers"]
    assert (truths[1]["copy"], truths[3]["copy"]) == (0, 1)
    back = grey_page(tmp_path / truths[2]["file"], 2)
    middle = back[60:-60, 60:-60]
    assert (middle < 100).mean() < 0.002


def test_marks_that_vanish_in_black_and_white_are_marked_ambiguous(
    forms: PrintedForms, tmp_path: Path
) -> None:
    def faint(mode: Mode, compression: Compression) -> int:
        plan = ScanPlan("vanish", people=HOSTILE, mode=mode, compression=compression, dpi=150)
        truths = scan_batch(forms, plan, tmp_path / mode, seed=1)
        return sum(a["doubt"] == "faint" for t in truths for a in t["answers"].values())

    assert faint(Mode.BINARY, Compression.G4) > faint(Mode.GREY, Compression.JPEG)


@pytest.mark.parametrize(
    "settings",
    [
        {"container": Container.JPEG_FOLDER, "compression": Compression.G4, "mode": Mode.BINARY},
        {"compression": Compression.G4, "mode": Mode.GREY},
        {"compression": Compression.JPEG, "mode": Mode.BINARY},
        {"dpi": 20},
        {"sheets_per_page": 3},
        {"pages_per_file": 0},
        {"damage": {Damage.STREAK: 1.5}},
    ],
)
def test_settings_that_no_scanner_has_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="wrong cannot be scanned"):
        ScanPlan("wrong", **settings)


def test_a_wrong_manifest_or_layout_is_refused_with_its_place(tmp_path: Path) -> None:
    pdf, manifest, layouts = virtual_forms.print_run(tmp_path, 1)
    good = manifest.read_text(encoding="utf-8")
    manifest.write_text(good + '{"serial": "X"}\n', encoding="utf-8")
    with pytest.raises(InputUnusable, match=r"pad\.jsonl:2 is no manifest line"):
        load_printed(pdf, manifest, layouts)
    manifest.write_text(good, encoding="utf-8")
    next(layouts.iterdir()).write_text("{}", encoding="utf-8")
    with pytest.raises(InputUnusable, match="is no layout"):
        load_printed(pdf, manifest, layouts)
    with pytest.raises(InputUnusable, match="is not there"):
        load_printed(tmp_path / "none.pdf", manifest, layouts)


def test_a_manifest_of_another_print_run_is_refused_and_leaves_no_half_file(
    tmp_path: Path,
) -> None:
    pdf, manifest, layouts = virtual_forms.print_run(tmp_path, 2)
    more = manifest.read_text(encoding="utf-8").replace('"pdf_page": 1', '"pdf_page": 7')
    manifest.write_text(more, encoding="utf-8")
    forms = load_printed(pdf, manifest, layouts)
    with pytest.raises(InputUnusable, match="has no page 7"):
        scan_batch(forms, ScanPlan("half", dpi=100), tmp_path / "scans", seed=1)
    assert [path.suffix for path in (tmp_path / "scans").iterdir()] == [".jsonl"]


def test_the_demo_covers_every_kind_of_scan_file() -> None:
    assert {plan.container for plan in DEMO_PLANS} == set(Container)
    assert {plan.mode for plan in DEMO_PLANS} == set(Mode)


def test_the_parameters_have_a_name_that_goes_with_results() -> None:
    assert len(fingerprint()) == 64
    assert fingerprint() == fingerprint()
