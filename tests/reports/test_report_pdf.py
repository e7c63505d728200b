"""The report as a file: what stands on its pages, how many there are, and what kind it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_city import City, no_stock, plain_settings
from odd_months import LONG_NAME, empty_month, hidden_month, huge_month, sample_results
from pdf_text import archive_faults, bookmark_pages, bookmarks, pages_of, text_of, title

from omr.settings import Language
from omr.survey_file import shipped_survey
from reports.counts import Ratings, count
from reports.month import MonthInputs, month_results
from reports.number_text import count_text, interval_text, percent_text
from reports.report_pdf import report_pdf, write_report
from reports.results import MonthResults
from reports.words import remark_text

VI = Language.VIETNAMESE


@pytest.fixture(scope="module")
def results() -> MonthResults:
    return sample_results()


@pytest.fixture(scope="module")
def data(results: MonthResults) -> bytes:
    return report_pdf(results)


@pytest.fixture(scope="module")
def text(data: bytes) -> str:
    return text_of(data)


def test_the_head_is_that_of_an_official_document(text: str) -> None:
    for words in (
        "CÔNG AN THÀNH PHỐ HẢI PHÒNG",
        "PHÒNG THAM MƯU",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: ………/BC-PV01",
        "Hải Phòng, ngày …… tháng 11 năm 2026",
        "BÁO CÁO",
        "I. KẾT QUẢ CHUNG",
        "II. THEO LĨNH VỰC, TIÊU CHÍ VÀ ĐƠN VỊ",
        "III. QUẢN LÝ PHIẾU VÀ VIỆC CẦN LÀM",
        "THỦ TRƯỞNG ĐƠN VỊ",
        "Nơi nhận:",
        "Lưu: VT, PV01.",
    ):
        assert words in text


def test_the_numbers_of_the_page_are_those_of_the_results(results: MonthResults, text: str) -> None:
    city = results.city.figures
    shown = [
        count_text(city.responses, VI),
        count_text(city.paper, VI),
        count_text(city.electronic, VI),
        percent_text(city.share, VI),
        interval_text(city.share_interval, VI),
        percent_text(city.share_answers, VI),
        percent_text(city.fully_share, VI),
        percent_text(city.composite, VI),
        percent_text(city.participation, VI),
        percent_text(results.return_rate, VI),
        count_text(results.quality.sheets, VI),
        percent_text(results.quality.review_rate, VI),
        percent_text(results.quality.agreement, VI),
    ]
    for group in results.by_rollup:
        shown += [count_text(group.figures.overall.n, VI), percent_text(group.figures.share, VI)]
    for each in results.ranking:
        if each.place is not None:
            shown.append(interval_text(each.group.figures.share_interval, VI))
    for point in results.trend.points:
        if point.figures is not None:
            shown.append(percent_text(point.figures.share, VI, places=1).rstrip("%"))
    assert [number for number in shown if number not in text] == []
    assert len(shown) > 35


def test_every_note_stands_on_the_last_page(results: MonthResults, data: bytes) -> None:
    last = pages_of(data)[-1]
    assert "PHỤ LỤC. CHẤT LƯỢNG SỐ LIỆU VÀ GHI CHÚ" in last
    for remark in results.remarks:
        assert remark_text(remark, VI) in last
    assert "bị loại: số phiếu chưa được cấp 21" in last
    assert "15/16 (93,75%)" in last


def test_every_page_names_its_version_and_later_ones_their_number(data: bytes) -> None:
    for number, page in enumerate(pages_of(data), 1):
        assert "Báo cáo mức độ hài lòng, tháng 11/2026 – phiên bản 2" in page
        assert page.startswith(f"{number} ") is (number > 1)


def test_provisional_numbers_are_marked_on_every_page(results: MonthResults, data: bytes) -> None:
    marked = pages_of(report_pdf(replace(results, provisional=True, version=None)))
    for page in marked:
        assert "SỐ LIỆU TẠM TÍNH" in page
        assert "kỳ chưa khoá sổ" in page
    assert "SỐ LIỆU TẠM TÍNH" not in text_of(data)


def test_the_file_is_an_archive_with_title_language_and_bookmarks(data: bytes) -> None:
    assert archive_faults(data) == []
    assert title(data) == "Báo cáo mức độ hài lòng tháng 11/2026"
    assert b"/Lang (vi-VN)" in data
    assert [mark.partition(".")[0] for mark in bookmarks(data)] == ["I", "II", "III", "PHỤ LỤC"]
    pages = bookmark_pages(data)
    assert pages[0] == 0
    assert pages[-1] == len(pages_of(data)) - 1


def test_equal_results_give_equal_bytes(results: MonthResults, data: bytes) -> None:
    assert report_pdf(results) == data
    assert report_pdf(replace(results, version=3)) != data


@pytest.mark.parametrize("month", [empty_month, hidden_month, huge_month, sample_results])
def test_a_report_has_two_to_four_pages_whatever_the_month(month: object) -> None:
    assert callable(month)
    data = report_pdf(month())
    assert 2 <= len(pages_of(data)) <= 4
    assert archive_faults(data) == []


def test_names_with_markup_are_text(results: MonthResults) -> None:
    text = text_of(report_pdf(huge_month()))
    assert "<b>phục vụ</b>" not in text  # cut off, being out of all proportion
    worse = 'Tổ <b>1</b> & <font color="red">x</font>'
    units = (replace(results.by_unit[0], name=worse), *results.by_unit[1:])
    by_key = {unit.key: unit for unit in units}
    ranking = tuple(replace(each, group=by_key[each.group.key]) for each in results.ranking)
    text = text_of(report_pdf(replace(results, by_unit=units, ranking=ranking)))
    assert worse in text
    assert LONG_NAME not in text


def test_a_letter_without_a_shape_is_a_square_and_no_end(results: MonthResults) -> None:
    ranking = tuple(
        replace(each, group=replace(each.group, name=f"Tổ 😀 {each.group.key[0]}"))
        for each in results.ranking
    )
    assert "Tổ □ HP-PC06" in text_of(report_pdf(replace(results, ranking=ranking)))


def test_nothing_to_count_prints_no_table_of_nothing() -> None:
    text = text_of(report_pdf(empty_month()))
    assert "chưa thu được phiếu đánh giá nào" in text
    assert "0,00%" not in text
    assert "0 đơn vị" not in text
    assert "Bảng 1" not in text
    assert "không có bản quét phiếu giấy" in text


def test_hidden_numbers_stay_hidden() -> None:
    text = text_of(report_pdf(hidden_month()))
    assert "quá ít phiếu nên số liệu không công bố" in text
    assert "Bảng 1" not in text
    assert "bản gửi ra ngoài cơ quan" in text
    assert "Việc cần làm tiếp theo" not in text


def test_whole_numbers_do_not_leave_the_office(results: MonthResults, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="small counts"):
        write_report(results, tmp_path / "report.pdf", outside=True)
    assert not list(tmp_path.iterdir())
    write_report(hidden_month(), tmp_path / "report.pdf", outside=True)
    assert (tmp_path / "report.pdf").read_bytes() == report_pdf(hidden_month())


def test_counted_months_can_leave_the_office(tmp_path: Path) -> None:
    city, survey = City(seed=11, units=12, months=3, people=900), shipped_survey()
    ratings = Ratings.of([survey])
    counts = {str(period): count(city.responses(period), ratings) for period in city.periods}
    inputs = MonthInputs(
        period=city.newest,
        counts=counts.pop(str(city.newest)),
        surveys=[survey],
        units=city.catalogue,
        settings=plain_settings(),
        stock=no_stock(city.newest),
        visits=city.visits,
        history=counts,
    )
    whole, outside = month_results(inputs), month_results(inputs, outside=True)
    write_report(outside, tmp_path / "report.pdf", outside=True)
    pages = pages_of((tmp_path / "report.pdf").read_bytes())
    text = " ".join(pages)
    assert 2 <= len(pages) <= 4
    assert "bản gửi ra ngoài cơ quan" in text
    assert count_text(outside.city.figures.responses, VI) in text
    hidden = [
        interval_text(before.group.figures.share_interval, VI)
        for before in whole.ranking
        for after in outside.ranking
        if after.group.key == before.group.key and after.group.figures.overall.n is None
    ]
    shown = [interval_text(each.group.figures.share_interval, VI) for each in outside.ranking]
    assert hidden
    assert not any(words in text for words in hidden if words not in {*shown, "–"})


def test_an_english_report_is_english(results: MonthResults) -> None:
    data = report_pdf(sample_results(Language.ENGLISH))
    text = text_of(data)
    for words in ("I. RESULTS", "96.42% were satisfied", "4,917 responses", "November 2026"):
        assert words in text
    for words in ("Tỷ lệ hài lòng", "khoảng tin cậy", "Bảng 1", "Nơi nhận"):
        assert words not in text
    assert b"/Lang (en)" in data
