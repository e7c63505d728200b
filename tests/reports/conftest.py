from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from made_workspace import workspace_in
from make_ledger import add_page

from omr.geometry import PagePoint, PageRect
from omr.layout import Bubble, Fiducial, Layout, Question, QuestionKind
from omr.ledger import Ledger
from omr.ledger.issued import PrintRun, keep_layout, take_serials
from omr.ledger.readings import NewSource, SheetReading, add_sources, open_batch
from omr.ledger.stock_entries import finish_run
from omr.marks import Answer, AnswerState, Reason, SheetStatus
from omr.periods import Period
from omr.survey_file import shipped_survey
from omr.units_file import parse_units
from omr.workspace import Workspace
from reports.electronic import Surroundings

UNITS = """\
code,name,short,kind,parent,admin_code,valid_from,valid_to,successors,domains,aliases
HP,Công an thành phố Hải Phòng,CATP,tinh,,31,2025-07-01,,,,CAHP
HP-PC06,Phòng Cảnh sát quản lý hành chính về trật tự xã hội,PC06,phong,HP,,2025-07-01,,,QLHC,
HP-PC08,Phòng Cảnh sát giao thông,PC08,phong,HP,,2025-07-01,,,GTDB,Phòng CSGT
HP-10888,Công an xã Cẩm Giang,CAX Cẩm Giang,xa,HP,10888,2025-07-01,,,QLHC|GTDB,
HP-10903,Công an xã Cẩm Giàng,CAX Cẩm Giàng,xa,HP,10903,2025-07-01,,,QLHC|GTDB,
HP-CU-DUONGQUAN,Công an phường Dương Quan (cũ),,phuong_cu,HP,,2025-03-01,2025-07-01,,QLHC,
"""


@pytest.fixture(scope="session")
def around() -> Surroundings:
    survey = shipped_survey()
    return Surroundings(
        surveys={survey.id: survey},
        units=parse_units(UNITS, Path("units.csv")),
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        period_of=lambda day: str(Period.containing(day)),
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "office"
    workspace = workspace_in(root)
    workspace.units_file.write_text(UNITS, encoding="utf-8")
    return workspace


def small_layout(domain: str) -> Layout:
    bubbles = tuple(Bubble(f"r{value}", PagePoint(50.0 + value, 50.0), 4.5) for value in (5, 4, 3))
    place = PageRect(10.0, 10.0, 18.0, 18.0)
    return Layout(
        survey="hai-long",
        revision=1,
        domain=domain,
        wording="0123456789abcdef",
        width_mm=148.0,
        height_mm=210.0,
        questions=(Question("a1", QuestionKind.SINGLE, bubbles),),
        fiducials=(Fiducial(0, PagePoint(8.0, 8.0), 6.0),),
        codes=(place,),
        comment=place,
        stamp=place,
    )


@dataclass
class Office:
    """Prints and returns forms without paper."""

    ledger: Ledger
    batches: dict[str, int] = field(default_factory=dict)
    pages: int = 0

    def print_forms(
        self,
        count: int,
        unit: str = "HP-PC08",
        domain: str = "GTDB",
        on_day: date | None = None,
    ) -> list[str]:
        layout = small_layout(domain)
        keep_layout(self.ledger, layout)
        run: PrintRun = take_serials(
            self.ledger,
            unit=unit,
            domain=domain,
            year=2026,
            count=count,
            layout=layout,
            key_id=1,
            paper="a5",
            pad_size=50,
        )
        finish_run(
            self.ledger,
            run.run_id,
            run.forms,
            on_day=on_day or datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date(),
            issue_why="",
            by="an",
        )
        return [str(serial) for serial in run.serials()]

    def scan(
        self,
        serial: str | None,
        period: str,
        *,
        status: SheetStatus = SheetStatus.COUNTED,
        reasons: Sequence[Reason] = (),
        unit: str | None = "HP-PC08",
        domain: str | None = "GTDB",
        doubtful: bool = False,
        **said: str,
    ) -> SheetReading:
        if period not in self.batches:
            self.batches[period] = open_batch(
                self.ledger, period=period, software="test", thresholds={}
            )
        self.pages += 1
        file = NewSource(f"{self.pages:064d}", f"lô {self.pages}.pdf", size_bytes=1, pages=1)
        known = add_sources(self.ledger, self.batches[period], [file])[file.sha256]
        answers = {
            question: Answer(
                AnswerState.DOUBTFUL if doubtful else AnswerState.ANSWERED,
                tuple(option.split("|")),
            )
            if option
            else Answer(AnswerState.BLANK)
            for question, option in said.items()
        }
        reading = SheetReading(
            page=0,
            sheet=0,
            status=status,
            reasons=tuple(reasons),
            serial=serial,
            unit=unit,
            domain=domain,
            layout_id=small_layout(domain).layout_id if doubtful and domain else None,
            answers=answers,
        )
        return add_page(
            self.ledger, source_id=known.source_id, batch_id=self.batches[period], sheets=[reading]
        )[0]


@pytest.fixture
def office(workspace: Workspace) -> Iterator[Office]:
    with Ledger.open(workspace.ledger_url) as ledger:
        yield Office(ledger)


@pytest.fixture
def this_period(workspace: Workspace) -> str:
    return str(Period.containing(datetime.now(workspace.settings.zone).date()))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_text(text: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write_text


@pytest.fixture
def counted(workspace: Workspace, office: Any, this_period: str) -> Any:
    """Three forms came back, one of them angry; two are still out."""
    office.serials = office.print_forms(5)
    office.scan(office.serials[0], this_period, a1="r5", t0="r1")
    office.scan(office.serials[1], this_period, a1="r4", t0="r5")
    office.scan(office.serials[2], this_period, a1="", t0="")
    return office


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "phiếu.xlsx"
