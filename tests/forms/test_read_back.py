"""Every form we ship, printed, rasterised as a scanner would, and found again by the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from numpy.typing import NDArray
from printed_pages import manifest_lines

from forms.printing import PrintOrder, print_forms
from forms.typeset import typeset
from omr.codes import CodeBody, Verifier
from omr.fiducials import find_fiducials
from omr.geometry import PageRect
from omr.layout import Layout
from omr.ledger import Ledger
from omr.links import Link
from omr.marks import AnswerState, SheetStatus
from omr.outline_search import outline_offsets
from omr.provinces import find_province
from omr.registration import SheetPlace, place_sheets
from omr.sampling import local_maps, patches
from omr.scoring import HALF_SIDE_MM, PX_PER_MM, bubbles_of, measure
from omr.settings import Paper
from omr.survey_file import shipped_survey
from omr.thresholds import Thresholds
from omr.workspace import Workspace, init_workspace
from scans.batch import reading_context
from scans.read_page import read_image
from scans.stages import ReadingContext

Image = NDArray[np.uint8]
DPI = 200
TOLERANCE_MM = 0.1
DOMAINS = [domain.id for domain in shipped_survey().domains]
TWIN = Link(
    "Phiếu điện tử",
    "https://docs.google.com/forms/d/e/1FAIpQLSdJq3vDh8kXc5bZtqW0m9yRrOe7uGfN2sVwYxLaKpTiHj4QcA"
    "/viewform?usp=pp_url&entry.1234567890=HP-PC08",
    "danhgia.haiphong.gov.vn/pc08",
)


class Page(NamedTuple):
    """One printed sheet as a scanner at 200 dpi would see it, and what it is."""

    image: Image
    layout: Layout
    serial: str
    context: ReadingContext


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = init_workspace(tmp_path_factory.mktemp("office") / "w", find_province("31")).workspace
    Ledger.create(made.ledger_url).close()
    return made


@pytest.fixture(scope="module")
def printed(office: Workspace) -> Callable[..., Page]:
    made: dict[tuple[str, Link | None], Page] = {}

    def page(domain: str, public: Link | None = None) -> Page:
        if (domain, public) not in made:
            made[domain, public] = _printed(office, domain, public)
        return made[domain, public]

    return page


def _printed(office: Workspace, domain: str, public: Link | None) -> Page:
    survey = shipped_survey()
    out = office.root / f"{domain}-{bool(public)}.pdf"
    manifest = out.with_suffix(".jsonl")
    wanted = PrintOrder(
        typeset=typeset(survey, survey.domain(domain), public),
        unit="HP-PC08",
        unit_short="PC08",
        year=2026,
        count=1,
        pad_size=50,
        paper=Paper.A5,
        out=out,
        manifest=manifest,
        today=date(2026, 11, 2),
        by="an",
    )
    with Ledger.open(office.ledger_url) as ledger:
        print_forms(ledger, wanted, office.keyring().signing())
        context = reading_context(ledger, Verifier(office.keyring()), Thresholds())
    (line,) = manifest_lines(manifest)
    with pdfium.PdfDocument(out) as document:
        page = document[line["pdf_page"]].render(scale=DPI / 72, grayscale=True).to_numpy()
    image = np.ascontiguousarray(page.reshape(page.shape[:2]))
    return Page(image, wanted.typeset.layout, line["serial"], context)


def placed(page: Page) -> SheetPlace:
    """The sheet's place, as the reader finds it."""
    (place,) = place_sheets(find_fiducials(page.image), page.layout.fiducials)
    assert isinstance(place, SheetPlace)
    return place


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_bubble_is_found_within_a_tenth_of_a_millimetre_of_its_layout(
    printed: Callable[..., Page], domain: str
) -> None:
    page = printed(domain)
    place = placed(page)
    bubbles = [bubble for _question, bubble in bubbles_of(page.layout)]
    centres = np.array([[b.centre.x_mm, b.centre.y_mm] for b in bubbles])
    maps = local_maps(place.registration, centres)
    views = patches(page.image, maps, round(HALF_SIDE_MM * PX_PER_MM), PX_PER_MM)
    dark = ((255.0 - views) / 255.0).astype(np.float32)

    found = outline_offsets(dark, bubbles[0].diameter_mm / 2, PX_PER_MM)

    assert len(bubbles) == 78
    assert place.residual_mm < TOLERANCE_MM
    assert place.missing == ()
    assert found.clear.all()
    assert np.hypot(*found.offsets_mm.T).max() < TOLERANCE_MM
    measured = measure(page.image, place.registration, page.layout)
    assert (measured.outlines_found, measured.bent_mm < TOLERANCE_MM) == (1.0, True)


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_codes_are_read_and_say_which_sheet_it_is(
    printed: Callable[..., Page], domain: str
) -> None:
    page = printed(domain)
    registration = placed(page).registration
    texts = set()
    for code in page.layout.codes:
        zone = code.grown(2.7)
        corners = [registration.locate(corner) for corner in zone.corners()]
        xs = sorted(round(c.x_px) for c in corners)
        ys = sorted(round(c.y_px) for c in corners)
        part = np.ascontiguousarray(page.image[ys[0] : ys[-1], xs[0] : xs[-1]])
        (seen,) = zxingcpp.read_barcodes(part)
        texts.add(seen.text)
    (text,) = texts
    body = page.context.verifier.verify(text)
    assert isinstance(body, CodeBody)
    assert body.layout == page.layout.layout_id[:6]
    assert f"-{body.number:06d}-" in page.serial


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_reader_knows_an_empty_form_and_sees_no_mark_on_it(
    printed: Callable[..., Page], domain: str
) -> None:
    page = printed(domain)
    (reading,) = read_image(page.image, page.context)

    assert reading.status is SheetStatus.COUNTED
    assert not any(answer.options for answer in reading.answers.values())
    assert (reading.serial, reading.layout_id) == (page.serial, page.layout.layout_id)


def turned(image: Image) -> Iterator[Image]:
    """The image as it is, and on each of its other sides."""
    for quarter in range(4):
        yield np.ascontiguousarray(np.rot90(image, quarter))


def test_a_public_code_on_the_page_changes_nothing_for_the_reader(
    printed: Callable[..., Page],
) -> None:
    page = printed("GTDB", TWIN)
    chosen = {"a1": "r5", "b2": "r1", "t0": "r4", "gt": "nu", "y1": "kh"}
    filled = page.image.copy()
    for question, bubble in bubbles_of(page.layout):
        if chosen.get(question) == bubble.option:
            at = (round(bubble.centre.x_mm * DPI / 25.4), round(bubble.centre.y_mm * DPI / 25.4))
            cv2.circle(filled, at, round(1.8 * DPI / 25.4), 40, -1, cv2.LINE_AA)

    for image in turned(filled):
        (reading,) = read_image(image, page.context)
        assert reading.status is SheetStatus.COUNTED
        assert (reading.serial, reading.layout_id) == (page.serial, page.layout.layout_id)
        assert all(a.state is not AnswerState.DOUBTFUL for a in reading.answers.values())
        said = {q: a.options[0] for q, a in reading.answers.items() if a.options}
        assert said == chosen


def test_telephones_and_the_reader_each_find_their_own_code(printed: Callable[..., Page]) -> None:
    page = printed("GTDB", TWIN)

    for image in turned(page.image):
        texts = [seen.text for seen in zxingcpp.read_barcodes(image)]
        assert texts.count(TWIN.url) == 1
        ours = [text for text in texts if isinstance(page.context.verifier.verify(text), CodeBody)]
        assert len(ours) == len(texts) - 1 == 2


def test_the_comment_can_be_cut_out_without_the_public_code(printed: Callable[..., Page]) -> None:
    for public in (None, TWIN):
        page = printed("GTDB", public)
        area: PageRect = page.layout.comment
        x, y, w, h = (round(v * DPI / 25.4) for v in (area.x_mm, area.y_mm, area.w_mm, area.h_mm))
        assert not zxingcpp.read_barcodes(np.ascontiguousarray(page.image[y : y + h, x : x + w]))
