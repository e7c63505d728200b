from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from make_board import GTDB, KS, QLHC, SURVEY, Order, links_of, orders_in, procedures

from forms.board import BoardDoesNotFit, drawn, lay_out, publish_board
from forms.board_art import Anchor, Area, Code, Ink, Words, code_modules
from forms.board_check import verify
from forms.board_page import MODULE_MM_PER_M, BoardPage
from forms.board_paper import BoardPaper
from forms.fonts import ink_mm, width_mm
from forms.proof import codes_on, words_in
from omr.errors import UsageError
from omr.geometry import PagePoint, PageRect
from omr.links import DomainLinks, Links, LinkTemplate
from omr.settings import Language


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """A board of PC08 with four procedures, with any part of it changed."""
    return orders_in(tmp_path)


def texts(page: BoardPage) -> str:
    return " ".join(art.text for art in page.art if isinstance(art, Words))


@pytest.mark.parametrize(
    ("count", "paper"),
    [(1, "a4"), (3, "a4"), (5, "a4"), (9, "a4"), (24, "a4"), (2, "a3"), (16, "a3"), (24, "a3")],
)
def test_every_code_of_a_board_is_read_near_its_name_from_its_distance(
    order: Order, count: int, paper: str
) -> None:
    one = order(links_of(count=count), paper=BoardPaper(paper))

    pages = lay_out(one)

    verify(drawn(one, pages), pages, one.links)
    shown = [placed.link.url for page in pages for placed in page.placed]
    assert len(shown) == count + len(pages)  # the survey is on every page
    assert set(shown) == {link.url for link in one.links.links}
    for page in pages:
        assert sorted((page.width_mm, page.height_mm)) == sorted(one.paper.size_mm)
        assert page.reading_m >= 1.0
        *others, survey = page.placed
        assert survey.code.w_mm >= 1.15 * max(other.code.w_mm for other in others)
        assert len({other.code.w_mm for other in others}) == 1


def test_few_codes_take_one_page_and_many_are_shared_out(order: Order) -> None:
    assert len(lay_out(order(links_of(count=9)))) == 1
    assert len(lay_out(order(links_of(count=24), paper=BoardPaper.A3))) == 1
    pages = lay_out(order(links_of(count=24)))
    assert len({len(page.placed) for page in pages}) == 1 < len(pages)
    assert f"Trang 1/{len(pages)}" in texts(pages[0])


def test_nothing_on_a_board_overlaps_or_leaves_the_page(order: Order) -> None:
    for count in (1, 4, 7, 11):
        [page] = lay_out(order(links_of(count=count), paper=BoardPaper.A3))
        inside = PageRect(0, 0, page.width_mm, page.height_mm).grown(-page.margin_mm + 0.01)
        for number, one in enumerate(page.placed):
            for other in page.placed[:number]:
                for box in (one.code.grown(-0.01), one.caption.grown(-0.01)):
                    assert not box.overlaps(other.code)
                    assert not box.overlaps(other.caption)
        boxes = [box for placed in page.placed for box in (placed.code, placed.caption)]
        for box in boxes:
            for corner in box.corners():
                assert inside.x_mm <= corner.x_mm <= inside.right_mm
                assert inside.y_mm <= corner.y_mm <= inside.bottom_mm


def ink(words: Words) -> PageRect:
    """The box around the printed letters of words that are not turned."""
    above, below = ink_mm(words.text, words.face, words.size_pt)
    across = width_mm(words.text, words.face, words.size_pt)
    share = {Anchor.LEFT: 0.0, Anchor.MIDDLE: 0.5, Anchor.RIGHT: 1.0}[words.anchor]
    return PageRect(words.at.x_mm - share * across, words.at.y_mm - above, across, above + below)


@pytest.mark.parametrize("survey_url", ["", "&lv={domain}"])
@pytest.mark.parametrize("count", [1, 5, 9])
def test_white_of_four_modules_surrounds_every_code(
    order: Order, count: int, survey_url: str
) -> None:
    domains = [
        DomainLinks("GTDB", 1, None, procedures(count)),
        DomainLinks("QLHC", 2, LinkTemplate("", "https://dvc.gov.vn/qlhc")),
    ]
    one = order(links_of(*domains, survey=replace(KS, url=KS.url + survey_url)), (GTDB, QLHC))
    for page in lay_out(one):
        printed = [ink(art) for art in page.art if isinstance(art, Words)]
        codes = [art for art in page.art if isinstance(art, Code)]
        assert len(codes) == len(page.placed)
        for code in codes:
            module = code.box.w_mm / code_modules(code.text)
            quiet = code.box.grown(4 * module - 0.01)
            assert not any(quiet.overlaps(box) for box in printed)
            assert not any(quiet.overlaps(each.box) for each in codes if each is not code)
            for area in page.art:
                if isinstance(area, Area) and quiet.overlaps(area.box):
                    assert area.fill is Ink.TINT  # a survey's panel, wholly around it
                    assert all(
                        area.box.grown(0.01).overlaps(PageRect(p.x_mm, p.y_mm, 0.001, 0.001))
                        for p in quiet.corners()
                    )


def test_a_board_says_whose_it_is_who_issued_it_and_when(order: Order) -> None:
    [page] = lay_out(order())

    words = texts(page)
    assert "PHÒNG CẢNH SÁT GIAO THÔNG" in words
    assert "Giao thông đường bộ" in words  # the only domain, in the head
    assert "Phòng Tham mưu – Công an thành phố Hải Phòng phát hành ngày 23/11/2026" in words
    assert "Lần sửa đổi 3" in words
    assert "trùng địa chỉ in cạnh mã" in words
    assert "MẪU" not in words


def test_a_board_can_be_english(order: Order) -> None:
    one = order(language=Language.ENGLISH)

    words = texts(lay_out(one)[0])

    assert "Administrative procedures" in words
    assert "Revision 3" in words
    assert "phát hành" not in words


def test_domains_stand_under_their_names_and_their_page_comes_last(order: Order) -> None:
    page = LinkTemplate("", "https://dvc.gov.vn/qlhc")
    both = links_of(
        DomainLinks("GTDB", 1, None, procedures(2)),
        DomainLinks("QLHC", 2, page, procedures(3, "https://dvc.gov.vn/ql/{n}")),
    )

    [board] = lay_out(order(both, (GTDB, QLHC)))

    assert GTDB.name in texts(board)
    assert QLHC.name in texts(board)
    names = [placed.link.name for placed in board.placed]
    assert names[5] == "Các thủ tục khác"


def test_domains_with_one_page_each_need_no_headings(order: Order) -> None:
    pages = [
        DomainLinks(domain.id, n, LinkTemplate("", f"https://dvc.gov.vn/{domain.id}"))
        for n, domain in enumerate((GTDB, QLHC))
    ]

    [board] = lay_out(order(links_of(*pages), (GTDB, QLHC)))

    assert [placed.link.name for placed in board.placed[:2]] == [GTDB.name, QLHC.name]
    assert len({placed.code.y_mm for placed in board.placed[:2]}) == 1


def test_each_domain_may_have_a_survey_of_its_own(order: Order) -> None:
    per_domain = replace(KS, name="", url="https://dvc.gov.vn/ks?dv={unit}&lv={domain}")
    one = order(
        links_of(
            DomainLinks("GTDB", 1, None, procedures(2)),
            DomainLinks("QLHC", 2, None, procedures(2, "https://dvc.gov.vn/ql/{n}")),
            survey=per_domain,
        ),
        (GTDB, QLHC),
    )

    pages = lay_out(one)

    verify(drawn(one, pages), pages, one.links)
    assert [placed.link.name for placed in pages[0].placed[-2:]] == [GTDB.name, QLHC.name]
    assert "Đánh giá mức độ hài lòng" in texts(pages[0])


def test_too_many_surveys_are_refused_with_the_cure(order: Order) -> None:
    per_domain = replace(KS, url="https://dvc.gov.vn/ks?dv={unit}&lv={domain}")
    domains = SURVEY.domains[:6]
    pages = [DomainLinks(d.id, n, None, procedures(1)) for n, d in enumerate(domains)]

    with pytest.raises(BoardDoesNotFit, match="6 different surveys") as caught:
        lay_out(order(links_of(*pages, survey=per_domain), domains))

    assert "--domain" in caught.value.remedy


def test_a_board_may_be_of_the_survey_alone_or_without_one(order: Order) -> None:
    alone = order(Links(Path("links.toml"), 1, (), KS))
    without = order(links_of(survey=None))

    for one in (alone, without):
        pages = lay_out(one)
        verify(drawn(one, pages), pages, one.links)
    [page] = lay_out(alone)
    assert page.placed[0].code.w_mm > 100


def test_the_site_that_a_phone_shows_is_printed_where_the_short_address_hides_it(
    order: Order,
) -> None:
    survey = replace(KS, url="https://docs.google.com/forms/d/e/X/viewform?entry.1={unit}")
    one = order(links_of(survey=survey))
    [page] = lay_out(one)

    [words] = words_in(drawn(one, (page,)), 0, [page.placed[-1].caption])

    assert "docs.google.com" in words
    assert "hoặc gõ: dvc.gov.vn/ks" in words


def test_long_addresses_make_larger_codes(order: Order) -> None:
    long = "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-hanh-chinh.html?ma=1.{n}"
    one = order(links_of(DomainLinks("GTDB", 1, None, procedures(6, long))))

    pages = lay_out(one)

    assert min(page.least_side_mm for page in pages) >= 41 * MODULE_MM_PER_M
    verify(drawn(one, pages), pages, one.links)


def test_an_address_too_long_for_any_page_is_refused(order: Order) -> None:
    huge = procedures(1, "https://a.vn/{n}?" + "x" * 230)
    hidden = replace(huge[0], short="a.vn/" + "x" * 43, name="W" * 79)

    with pytest.raises(BoardDoesNotFit, match="too large for a page of A4"):
        lay_out(order(links_of(DomainLinks("GTDB", 1, None, (hidden,)))))


def test_letters_that_the_font_lacks_are_refused_by_name(order: Order) -> None:
    odd = replace(procedures(1)[0], name="Đăng ký 車")

    with pytest.raises(BoardDoesNotFit, match="車"):
        lay_out(order(links_of(DomainLinks("GTDB", 1, None, (odd,)))))


def test_a_published_board_is_the_verified_one_and_replaces_nothing(order: Order) -> None:
    one = order()
    one.out.write_bytes(b"old")

    made = publish_board(one)

    assert (made.pages, made.codes) == (1, 5)
    assert made.least_side_mm > 35
    assert made.checked_m == 1.5
    assert made.set_aside is not None
    assert made.set_aside.read_bytes() == b"old"
    assert len(codes_on(one.out.read_bytes(), 0)) == 5


def test_made_up_addresses_are_only_for_specimens(order: Order) -> None:
    example = links_of(DomainLinks("GTDB", 1, None, procedures(2, "https://example.gov.vn/{n}")))

    with pytest.raises(UsageError, match=r"2 addresses in links\.toml are examples") as caught:
        publish_board(order(example))
    assert "--specimen" in caught.value.remedy
    assert not order().out.exists()

    specimen = order(example, specimen=True)
    publish_board(specimen)

    pdf = specimen.out.read_bytes()
    [words] = words_in(pdf, 0, [PageRect(0, 0, 210, 297)])
    assert "MẪU" in words
    assert "không niêm yết" in words


def test_words_can_be_turned_and_end_where_they_are_anchored(order: Order) -> None:
    one = order()
    [page] = lay_out(one)
    ends = Words(PagePoint(150, 60), "KẾT", page.art[2].face, 10, Ink.BLACK, Anchor.RIGHT)  # type: ignore[union-attr]

    pdf = drawn(one, (replace(page, art=(ends,)),))

    left, right = words_in(pdf, 0, [PageRect(130, 50, 20.5, 15), PageRect(150.5, 50, 40, 15)])
    assert (left, right) == ("KẾT", "")
