"""The leader's page: always one page, its four numbers, and what it says where there is little."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from odd_months import empty_month, hidden_month, huge_month, with_city
from odd_months import figures_of as figures
from pdf_text import archive_faults, bookmarks, pages_of, text_of, title
from sample_results import sample_results

from omr.settings import Language
from reports.figures import Levels
from reports.leader_page import leader_pdf, write_leader_page
from reports.leader_words import bars_of, headlines, lowest_of, open_lines
from reports.number_text import count_text, interval_text, percent_text
from reports.results import unaccounted

VI = Language.VIETNAMESE


@pytest.mark.parametrize("month", [sample_results, empty_month, hidden_month, huge_month])
def test_there_is_one_page_whatever_the_month(month: object) -> None:
    assert callable(month)
    data = leader_pdf(month())
    assert len(pages_of(data)) == 1
    assert archive_faults(data) == []


def test_the_page_has_the_numbers_of_the_results() -> None:
    results = sample_results()
    text = text_of(leader_pdf(results))
    city = results.city.figures
    shown = [
        count_text(city.responses, VI),
        percent_text(city.participation, VI),
        percent_text(city.share, VI),
        interval_text(city.share_interval, VI),
        f"trong {len(results.alerts)} câu cần xem xét",
        "phiên bản 2",
    ]
    for group in results.by_rollup:
        shown += [group.name, percent_text(group.figures.share, VI)]
    for group in lowest_of(results):
        shown.append(interval_text(group.figures.share_interval, VI))
    for line in results.worst_stock:
        shown += [line.name, count_text(unaccounted(line), VI)]
    for point in results.trend.points:
        shown.append(f"{point.period.month:02d}/{point.period.year}")
    assert [words for words in shown if words not in text] == []
    assert headlines(results)[3].number == str(results.open_alerts)


def test_title_bookmark_and_bytes_are_the_same_each_time() -> None:
    data = leader_pdf(sample_results())
    assert title(data) == "Mức độ hài lòng tháng 11/2026"
    assert bookmarks(data) == ["Mức độ hài lòng tháng 11/2026"]
    assert leader_pdf(sample_results()) == data


def test_provisional_numbers_are_marked() -> None:
    results = sample_results()
    assert "SỐ LIỆU TẠM TÍNH" in text_of(leader_pdf(replace(results, provisional=True)))
    assert "SỐ LIỆU TẠM TÍNH" not in text_of(leader_pdf(results))


def test_what_a_month_does_not_have_is_said_in_words() -> None:
    text = text_of(leader_pdf(empty_month()))
    for words in (
        "Chưa có phiếu nào.",
        "Chưa có đủ hai tháng có số liệu để vẽ.",
        "Không đơn vị nào được xếp hạng.",
        "Kỳ này không có phiếu giấy.",
        "Không có câu nào đang chờ.",
    ):
        assert words in text
    assert "0,00%" not in text


def test_nothing_hidden_is_shown_outside(tmp_path: Path) -> None:
    text = text_of(leader_pdf(hidden_month()))
    assert "bản gửi ra ngoài cơ quan" in text
    assert "%" not in text.replace("95%", "").replace("(%)", "")
    with pytest.raises(ValueError, match="small counts"):
        write_leader_page(sample_results(), tmp_path / "leader.pdf", outside=True)
    write_leader_page(hidden_month(), tmp_path / "leader.pdf", outside=True)
    assert (tmp_path / "leader.pdf").read_bytes() == leader_pdf(hidden_month())


def test_of_few_units_none_is_called_lowest_that_is_among_the_first() -> None:
    results = sample_results()
    assert len([r for r in results.ranking if r.place]) == 7
    assert len(lowest_of(results)) == 3
    assert len(lowest_of(huge_month())) == 5
    assert len(lowest_of(with_city(figures(Levels.of(50))))) == 1
    assert lowest_of(empty_month()) == ()


def test_alerts_beyond_the_room_are_counted() -> None:
    results = sample_results()
    shown, more = open_lines(results, most=3)
    assert len(shown) == 2
    left = (results.open_alerts or 0) - sum(int(line.number) for line in shown)
    assert more == f"và {left} câu khác, xem Biểu 04."
    everything, nothing = open_lines(results, most=99)
    assert sum(int(line.number) for line in everything) == results.open_alerts
    assert nothing == ""


def test_domains_beyond_the_room_leave_the_smallest_out() -> None:
    results = huge_month()
    more = replace(results, by_rollup=results.by_rollup + sample_results().by_rollup)
    assert [bar.name for bar in bars_of(more)] == [group.name for group in results.by_rollup]
    [page] = pages_of(leader_pdf(more))
    assert "(7 lĩnh vực nhiều phiếu nhất)" in page


def test_an_english_page_is_english() -> None:
    text = text_of(leader_pdf(sample_results(Language.ENGLISH)))
    for words in ("Share satisfied", "96.42%", "Open alerts", "Very dissatisfied"):
        assert words in text
    assert "hài lòng:" not in text.replace("Không hài lòng:", "")
