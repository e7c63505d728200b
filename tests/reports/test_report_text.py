"""The sentences of the report: none, one, few; certain changes and unclear ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from odd_months import empty_month, figures_of, hidden_month, no_trend, sample_results, with_city

from omr.settings import Language
from reports import report_details, report_follow_up, report_general
from reports.figures import NO_FIGURES, Levels, Visits
from reports.measures import Change
from reports.report_words import Say, document_number, place_and_date, short_name
from reports.results import Break, MonthPoint, MonthResults, Quality
from reports.rounding import percent

VI = Say(Language.VIETNAMESE)
ENGLISH = Say(Language.ENGLISH)
HUNDRED = figures_of(Levels.of(60, 30, 5, 3, 2))


def moved(change: Change, now: int, before: int) -> MonthResults:
    """Of 100 people *now* were satisfied, and *before* a month ago."""
    results = with_city(figures_of(Levels.of(now, 0, 100 - now)), change)
    earlier = figures_of(Levels.of(before, 0, 100 - before))
    return replace(results, city=replace(results.city, before=earlier))


@pytest.mark.parametrize(
    ("change", "now", "before", "words"),
    [
        (Change.UP, 95, 80, "So với kỳ trước (80,00%), tỷ lệ này tăng 15,00 điểm phần trăm;"),
        (Change.DOWN, 80, 95, "So với kỳ trước (95,00%), tỷ lệ này giảm 15,00 điểm phần trăm;"),
        (Change.UNCLEAR, 91, 90, "chưa rõ tăng hay giảm: chênh lệch 1,00 điểm phần trăm"),
    ],
)
def test_a_change_is_called_one_only_where_it_is_certain(
    change: Change, now: int, before: int, words: str
) -> None:
    assert words in report_general.movement(moved(change, now, before))


def test_why_months_cannot_be_compared_is_said() -> None:
    results = with_city(HUNDRED)
    *others, _before, now = results.trend.points
    broken = MonthPoint(now.period.previous(), HUNDRED, (Break.UNITS,))
    results = replace(results, trend=replace(results.trend, points=(*others, broken, now)))
    assert report_general.movement(results) == (
        "Không so sánh được với kỳ trước (danh sách đơn vị khác)."
    )
    nothing = replace(results, trend=no_trend(results.trend))
    assert report_general.movement(nothing) == "Chưa có số liệu kỳ trước để so sánh."


def test_one_unit_and_one_domain_are_named_rather_than_counted() -> None:
    told = report_general.opening(with_city(HUNDRED))
    assert "tổng hợp 100 phiếu đánh giá, toàn bộ là phiếu giấy" in told
    assert "tại Công an phường Hồng Bàng, thuộc lĩnh vực Quản lý hành chính" in told
    electronic = with_city(figures_of(Levels.of(10), paper=0))
    assert "toàn bộ là phiếu điện tử" in report_general.opening(electronic)


def test_both_channels_add_up() -> None:
    told = report_general.opening(with_city(figures_of(Levels.of(200), paper=50)))
    assert "gồm 50 phiếu giấy (25,00%) và 150 phiếu điện tử (75,00%)" in told


def test_a_small_sample_is_called_one() -> None:
    assert "Mẫu nhỏ (dưới 30 người)" in report_general.satisfaction(
        with_city(figures_of(Levels.of(10, 5)))
    )
    assert "Mẫu nhỏ" not in report_general.satisfaction(with_city(HUNDRED))


def test_nobody_answering_the_overall_rating_is_no_share() -> None:
    results = with_city(replace(NO_FIGURES, responses=3, paper=3))
    told = report_general.satisfaction(results)
    assert "%" not in told
    assert "chưa tính được tỷ lệ hài lòng chung" in told


def test_an_empty_and_a_hidden_month_are_told_apart() -> None:
    [empty] = report_general.general(empty_month())
    [hidden] = report_general.general(hidden_month())
    assert "chưa thu được phiếu đánh giá nào" in empty
    assert "không công bố" in hidden
    assert not any(letter.isdigit() for letter in hidden.split(")", 1)[1])


def test_the_interval_is_explained_once_with_what_it_leaves_out() -> None:
    told = " ".join(report_general.general(with_city(HUNDRED)))
    assert told.count("Khoảng tin cậy 95% là khoảng") == 1
    assert told.count("Người trả lời là tự nguyện, không chọn mẫu") == 1


@pytest.mark.parametrize(
    ("answered", "counter", "words"),
    [
        (30, 100, "30,00% (30 phiếu giấy trên 100 lượt trực tiếp), thấp hơn mục tiêu 60–80%"),
        (70, 100, "trong khoảng mục tiêu 60–80%"),
        (80, 100, "đạt mục tiêu từ 80% trở lên"),
        (120, 100, "số liệu sai, phải kiểm tra trước khi sử dụng"),
        (0, 100, "Chưa có phiếu giấy nào trên 100 lượt trực tiếp"),
    ],
)
def test_participation_is_held_against_its_target(answered: int, counter: int, words: str) -> None:
    figures = replace(HUNDRED, visits=Visits(counter, 0, answered))
    assert words in report_general.participation(with_city(figures))


def test_unknown_visits_are_no_participation() -> None:
    assert "Chưa có số lượt trực tiếp" in report_general.participation(with_city(HUNDRED))


def test_domains_are_compared_only_with_enough_answers() -> None:
    results = sample_results()
    best = max(results.by_rollup, key=lambda g: g.figures.share or Fraction(0))
    told = report_details.domains(results)
    assert f"cao nhất là {best.name} ({percent(best.figures.share)}%".replace(".", ",") in told
    few = replace(
        results,
        by_rollup=tuple(
            replace(group, figures=figures_of(Levels.of(9))) for group in results.by_rollup
        ),
    )
    assert report_details.domains(few).startswith("Không lĩnh vực nào có đủ 30 người trả lời")
    alike = replace(
        results,
        by_rollup=tuple(replace(group, figures=HUNDRED) for group in results.by_rollup),
    )
    assert report_details.domains(alike).startswith(
        "Tỷ lệ hài lòng của các lĩnh vực bằng nhau (90,00%)"
    )
    assert "chỉ có phiếu của lĩnh vực" in report_details.domains(with_city(HUNDRED))


def test_units_without_enough_answers_are_counted_not_ranked() -> None:
    told = report_details.units(sample_results())
    assert "Trong 8 đơn vị có phiếu, 7 đơn vị có từ 30 người trả lời trở lên" in told
    assert "1 đơn vị còn lại mẫu nhỏ, không xếp hạng" in told
    assert "tăng: Công an phường Hồng Bàng; giảm: Phòng Cảnh sát giao thông" in told
    one = report_details.units(with_city(HUNDRED))
    assert one == "Kỳ này chỉ Công an phường Hồng Bàng có phiếu."


def test_nothing_certain_is_said_as_such() -> None:
    results = sample_results()
    calm = tuple(replace(unit, change=Change.UNCLEAR) for unit in results.by_unit)
    assert report_details.changes(calm, VI, "đơn vị") == (
        "So với kỳ trước, chưa đơn vị nào tăng hoặc giảm rõ rệt."
    )
    some = (calm[0], *(replace(unit, change=None) for unit in calm[1:]))
    assert report_details.changes(some, VI, "đơn vị") == (
        "So với kỳ trước, trong 1 đơn vị so sánh được, chưa đơn vị nào tăng hoặc giảm rõ rệt."
    )
    fresh = tuple(replace(unit, change=None) for unit in results.by_unit)
    assert report_details.changes(fresh, VI, "đơn vị") == ""


def test_many_names_are_counted_and_long_ones_cut() -> None:
    assert VI.list(list("abcdef"), "đơn vị") == "a, b, c, d và 2 đơn vị khác"
    assert VI.list(["a", "b"], "đơn vị") == "a và b"
    assert VI.list([], "đơn vị") == ""
    assert VI.list(["x" * 100, "y" * 100], "đơn vị") == "x" * 100 + " và 1 đơn vị khác"
    assert ENGLISH.list(list("abcdef"), "units") == "a, b, c, d and 2 more"
    long = "Phòng Cảnh sát " * 9
    assert short_name("Công an xã Cẩm Giàng") == "Công an xã Cẩm Giàng"
    assert len(short_name(long)) <= 73
    assert short_name(long).endswith("…")


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1 unit"), (0, "0 units"), (1200, "1,200 units")]
)
def test_english_counts_have_their_plural(number: int, words: str) -> None:
    assert ENGLISH.of(number, "đơn vị", "unit") == words


def test_alerts_open_handled_none() -> None:
    results = sample_results()
    assert report_follow_up.alerts(results) == (
        "Có 22 câu trả lời cần xem xét (mức không hài lòng hoặc chi thêm ngoài quy định) trong 22 "
        "phiếu; 6 câu đã xử lý, còn 16 câu chưa xử lý."
    )
    done = replace(results, alerts=tuple(replace(a, handled=True) for a in results.alerts))
    assert report_follow_up.alerts(done).endswith("; tất cả đã được xử lý.")
    fresh = replace(results, alerts=tuple(replace(a, handled=False) for a in results.alerts))
    assert report_follow_up.alerts(fresh).endswith("; chưa câu nào được xử lý.")
    assert "không có câu trả lời nào" in report_follow_up.alerts(replace(results, alerts=()))
    outside = report_follow_up.alerts(replace(results, outside=True))
    assert not any(letter.isdigit() for letter in outside)


def test_open_alerts_are_grouped_by_unit_the_most_first() -> None:
    found = report_follow_up.open_alerts(sample_results().alerts)
    assert sum(each.count for each in found) == 16
    assert [each.count for each in found] == sorted((e.count for e in found), reverse=True)
    assert len({each.unit for each in found}) == len(found)


def test_forms_that_are_nowhere_are_not_mentioned() -> None:
    results = sample_results()
    told = report_follow_up.stock(results)
    assert "mất 12 phiếu" in told
    assert "Tỷ lệ thu hồi phiếu: 72,82%." in told
    without = replace(results, stock=tuple(replace(line, lost=0) for line in results.stock))
    assert "mất" not in report_follow_up.stock(without)
    assert report_follow_up.balance(results).startswith("Còn 68 phiếu chưa rõ ở đâu")
    calm = replace(results, stock=(replace(results.stock[0], difference=0, lost=0, missing=()),))
    assert report_follow_up.balance(calm).startswith("Mọi dòng đối chiếu đều cân đối")
    assert "không có phiếu giấy" in report_follow_up.stock(replace(results, stock=()))


def test_tasks_follow_from_the_numbers_alone() -> None:
    results = sample_results()
    assert len(report_follow_up.tasks(results)) == 6
    calm = replace(
        results,
        alerts=(),
        stock=(),
        quality=Quality(),
        remarks=(),
        by_unit=tuple(replace(unit, change=None) for unit in results.by_unit),
    )
    assert report_follow_up.tasks(calm) == []
    assert report_follow_up.tasks(replace(results, outside=True)) == []


def test_the_document_s_symbol_is_the_office_s_own() -> None:
    results = sample_results()
    assert document_number(results) == "Số: ………/BC-PV01"
    assert document_number(replace(results, office="Phòng Cảnh sát giao thông")).endswith(
        "/BC-PC08"
    )
    assert document_number(replace(results, office="Đội tổng hợp")) == "Số: ………/BC"


def test_the_date_follows_from_the_month_not_from_the_clock() -> None:
    results = sample_results()
    assert place_and_date(results) == "Hải Phòng, ngày …… tháng 11 năm 2026"
    calendar = replace(results, period=replace(results.period, month=12, start_day=1))
    assert place_and_date(calendar) == "Hải Phòng, ngày …… tháng 01 năm 2027"


def test_who_gave_no_rating_is_said_so_that_numbers_add_up() -> None:
    left_out = replace(figures_of(Levels.of(60, 30, 5, 3, 2, blank=3, invalid=1)), responses=104)
    assert report_general.satisfaction(with_city(left_out)).endswith(
        "4 phiếu còn lại vẫn được tính vào số phiếu: 3 để trống câu này; 1 chọn không hợp lệ."
    )
    only = replace(figures_of(Levels.of(60, 30, 5, 3, 2, blank=3)), responses=103)
    assert report_general.satisfaction(with_city(only)).endswith(
        "3 phiếu còn lại để trống câu này, vẫn được tính vào số phiếu."
    )
    assert "còn lại" not in report_general.satisfaction(with_city(HUNDRED))


def test_the_lowest_question_is_named_in_the_words_on_paper() -> None:
    results = sample_results()
    low = Levels.of(1, 1, 10, 10, 60)
    lines = [
        replace(q, levels=low) if q.question == "x1" and q.domain in {"", "GTDB"} else q
        for q in results.questions
    ]
    told = report_details.questions(replace(results, questions=tuple(lines)))
    assert "“Kiểm tra xe, cấp biển số; nộp phạt thuận tiện”, Giao thông đường bộ (" in told
    assert "Dòng riêng" not in told
