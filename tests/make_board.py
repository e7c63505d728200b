"""Boards for tests: a unit with procedures, and orders of any kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from forms.board import BoardOrder
from forms.board_paper import BoardPaper
from omr.links import DomainLinks, Links, LinkTemplate
from omr.settings import Language
from omr.survey_file import shipped_survey
from omr.units import Unit, UnitKind

SURVEY = shipped_survey()
GTDB, QLHC = SURVEY.domain("GTDB"), SURVEY.domain("QLHC")
PC08 = Unit(
    "HP-PC08", "Phòng Cảnh sát giao thông", "PC08", UnitKind.OFFICE, "HP", "",
    date(2025, 7, 1), None, (), ("GTDB",), (),
)  # fmt: skip
NAMES = (
    "Đăng ký xe lần đầu",
    "Sang tên, di chuyển xe",
    "Cấp đổi biển số xe, chứng nhận đăng ký xe",
    "Nộp phạt vi phạm hành chính",
    "Đổi giấy phép lái xe",
    "Giấy chứng nhận đủ điều kiện về an ninh, trật tự",
)
KS = LinkTemplate("Đánh giá mức độ hài lòng", "https://dvc.gov.vn/ks?dv={unit}", "dvc.gov.vn/ks")


def procedures(count: int, url: str = "https://dvc.gov.vn/tt/{n}") -> tuple[LinkTemplate, ...]:
    return tuple(
        LinkTemplate(f"{NAMES[n % len(NAMES)]} {n}", url.replace("{n}", str(1000 + n)))
        for n in range(count)
    )


def links_of(*domains: DomainLinks, survey: LinkTemplate | None = KS, count: int = 4) -> Links:
    own = domains or (DomainLinks("GTDB", 1, None, procedures(count)),)
    return Links(Path("links.toml"), 3, own, survey)


def orders_in(folder: Path) -> Callable[..., BoardOrder]:
    """A board of PC08 with four procedures in *folder*, with any part of it changed."""

    def make(links: Links | None = None, domains: Any = (GTDB,), **changes: Any) -> BoardOrder:
        parts: dict[str, Any] = {
            "unit": PC08,
            "links": (links or links_of()).boards(PC08, domains),
            "agency": "Công an thành phố Hải Phòng",
            "office": "Phòng Tham mưu",
            "revision": 3,
            "issued_on": date(2026, 11, 23),
            "language": Language.VIETNAMESE,
            "paper": BoardPaper.A4,
            "specimen": False,
            "out": folder / "board.pdf",
        }
        return BoardOrder(**(parts | changes))

    return make


Order = Callable[..., BoardOrder]
