"""What a batch's sheets say about the scanner, and when they say nothing."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from omr.scan_health import Finding, Lie, Look, SheetFacts, Trouble, examine, usual_dpi

GOOD = Look(contrast=205.0, noise=0.0015, outlines_found=0.8, bilevel=False)


def scans(count: int = 40, *, series: str = "a.pdf", seed: int = 1) -> list[SheetFacts]:
    """Sheets from a scanner in order, as the virtual one makes them."""
    rng = random.Random(seed)
    return [
        SheetFacts(
            series,
            f"{series}, page {n + 1}",
            Lie(200 * rng.uniform(0.985, 1.015), rng.gauss(0, 0.7), rng.uniform(0.99, 1.01)),
            replace(GOOD, contrast=rng.uniform(170, 245), noise=rng.uniform(0.0, 0.0035)),
        )
        for n in range(count)
    ]


def lying(sheets: list[SheetFacts], **how: float | tuple[float, ...]) -> list[SheetFacts]:
    return [
        replace(one, lie=replace(one.lie, **how)) if one.lie is not None else one for one in sheets
    ]


def looking(sheets: list[SheetFacts], **how: float | bool) -> list[SheetFacts]:
    return [
        replace(one, look=replace(one.look, **how)) if one.look is not None else one
        for one in sheets
    ]


def troubles(sheets: list[SheetFacts]) -> list[Trouble]:
    return [finding.trouble for finding in examine(sheets)]


@pytest.mark.parametrize("seed", range(30))
def test_a_scanner_in_order_is_not_talked_about(seed: int) -> None:
    assert examine(scans(seed=seed)) == []


def test_nothing_is_said_about_nothing() -> None:
    assert examine([]) == []


def test_the_same_streak_three_times_running_says_where_and_on_which_sheets() -> None:
    sheets = scans(8)
    for n, at in ((3, 81.0), (4, 82.5), (5, 80.5)):
        sheets[n : n + 1] = lying([sheets[n]], streaks_mm=(at,))

    assert examine(sheets) == [
        Finding(Trouble.GLASS, "a.pdf", 81.0, 3, "a.pdf, page 4", "a.pdf, page 6")
    ]


@pytest.mark.parametrize(
    "streaks",
    [
        {3: 80.0, 4: 80.0},  # twice
        {3: 80.0, 4: 80.0, 6: 80.0},  # not running
        {3: 80.0, 4: 95.0, 5: 80.0},  # elsewhere
        {3: 2.0, 4: -1.0, 5: 2.0},  # along and across
    ],
)
def test_streaks_that_are_not_the_same_three_times_running_are_not_the_glass(
    streaks: dict[int, float],
) -> None:
    sheets = scans(8)
    for n, at in streaks.items():
        sheets[n : n + 1] = lying([sheets[n]], streaks_mm=(at,))

    assert troubles(sheets) == []


def test_two_streaks_are_told_apart() -> None:
    sheets = lying(scans(5), streaks_mm=(30.0, 90.0))

    assert [(f.value, f.sheets) for f in examine(sheets)] == [(30.0, 5), (90.0, 5)]


def test_loose_guides_and_crooked_ones_are_told_apart() -> None:
    rng = random.Random(3)
    loose = [lying([one], skew_degrees=rng.uniform(-4, 4))[0] for one in scans()]
    crooked = [lying([one], skew_degrees=rng.gauss(2.5, 0.5))[0] for one in scans()]

    assert troubles(loose) == [Trouble.LOOSE]
    assert troubles(crooked) == [Trouble.CROOKED]


def test_forms_printed_or_scanned_to_fit_the_page_are_noticed() -> None:
    [found] = examine(lying(scans(), dpi=200 * 0.955))

    assert (found.trouble, round(found.value, 1)) == (Trouble.RESIZED, 95.5)


def test_a_feed_that_stretches_is_noticed() -> None:
    [found] = examine(lying(scans(), aspect=0.98))

    assert (found.trouble, round(found.value, 1)) == (Trouble.STRETCHED, 2.0)


def test_a_lamp_that_fades_over_the_batch_is_noticed() -> None:
    sheets = [looking([one], contrast=220.0 - 1.5 * n)[0] for n, one in enumerate(scans(60))]

    assert troubles(sheets) == [Trouble.FADING]


@pytest.mark.parametrize(
    ("how", "trouble"),
    [
        ({"contrast": 80.0}, Trouble.PALE),
        ({"noise": 0.008}, Trouble.NOISE),
        ({"outlines_found": 0.5}, Trouble.OUTLINES),
        ({"bilevel": True}, Trouble.BILEVEL),
    ],
)
def test_what_spoils_the_picture_is_named(how: dict[str, float], trouble: Trouble) -> None:
    assert troubles(looking(scans(), **how)) == [trouble]


def test_too_coarse_scans_are_counted_with_those_that_were_refused_for_it() -> None:
    refused = SheetFacts("a.pdf", "a.pdf, page 99", None, None, too_coarse=True)
    coarse = lying(scans(12), dpi=150.0)

    [found] = examine([*coarse, refused])

    assert (found.trouble, found.value, found.sheets) == (Trouble.LOW_DPI, 150, 13)


def test_a_change_of_resolution_counts_within_a_file_only() -> None:
    changed = lying(scans(12), dpi=300.0)

    assert troubles([*scans(12), *changed]) == [Trouble.MIXED_DPI]
    assert troubles([*scans(12, series=""), *lying(scans(12, series=""), dpi=300.0)]) == []
    assert troubles([*scans(12), *lying(scans(12, series="b.pdf"), dpi=300.0)]) == []


def test_a_few_sheets_say_nothing_about_the_feeder() -> None:
    assert examine(lying(scans(19), skew_degrees=4.0, aspect=0.97)) == []


@pytest.mark.parametrize(("dpi", "usual"), [(143, 150), (206, 200), (188, 200), (309, 300)])
def test_a_resolution_is_named_as_scanners_name_it(dpi: float, usual: int) -> None:
    assert usual_dpi(dpi) == usual
