"""A made-up month to lay pages out with: small cells, empty groups, long names, 13 months.

Its numbers follow simple rules, but nothing here goes through the code that counts.
"""

from __future__ import annotations

from dataclasses import replace

from sample_figures import some_figures, some_levels, sum_figures

from omr.periods import Period
from omr.serial_ranges import SerialRange
from omr.settings import Language
from omr.survey import Role
from omr.survey_file import shipped_survey
from reports.figures import NO_FIGURES, Figures
from reports.measures import LEAST_TO_RANK, Change
from reports.responses import Channel
from reports.results import (
    AlertRow,
    Break,
    Burst,
    Group,
    GroupKind,
    MonthPoint,
    MonthResults,
    Note,
    OptionCount,
    Quality,
    QuestionLevels,
    QuestionOptions,
    Ranked,
    Remark,
    Section,
    StockLine,
    Trend,
)

UNITS = {
    "HP-PC06": ("Phòng Cảnh sát quản lý hành chính về trật tự xã hội", "PC06"),
    "HP-PC07": ("Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ", "PC07"),
    "HP-PA08": ("Phòng Quản lý xuất nhập cảnh", "PA08"),
    "HP-PC08": ("Phòng Cảnh sát giao thông", "PC08"),
    "HP-11311": ("Công an phường Hồng Bàng", "CAP Hồng Bàng"),
    "HP-10888": ("Công an xã Cẩm Giang", "CAX Cẩm Giang"),
    "HP-10903": ("Công an xã Cẩm Giàng", "CAX Cẩm Giàng"),
    "HP-11948": ("Công an đặc khu Bạch Long Vĩ", "CA Bạch Long Vĩ"),
}
DOMAINS = {
    "QLHC": "Quản lý hành chính về trật tự xã hội",
    "PCCC": "Phòng cháy, chữa cháy",
    "XNC": "Xuất, nhập cảnh",
    "GTDB": "Giao thông đường bộ",
}
# Responses and quality (higher is better) of every place that has any.
_PLACES = {
    ("HP-PC06", "QLHC"): (1412, 9),
    ("HP-PC07", "PCCC"): (187, 6),
    ("HP-PA08", "XNC"): (968, 8),
    ("HP-PC08", "GTDB"): (1733, 7),
    ("HP-11311", "QLHC"): (412, 8),
    ("HP-11311", "GTDB"): (96, 4),
    ("HP-10888", "QLHC"): (58, 9),
    ("HP-10888", "GTDB"): (3, 5),
    ("HP-10903", "QLHC"): (44, 3),
    ("HP-10903", "GTDB"): (0, 6),
    ("HP-11948", "QLHC"): (4, 9),
}
_OFFICES = {"HP-PC06", "HP-PC07", "HP-PA08", "HP-PC08"}


def sample_results(language: Language = Language.VIETNAMESE) -> MonthResults:
    """The month 2026-11 of eight units and four domains."""
    period = Period(2026, 11)
    places = tuple(
        Group(
            GroupKind.UNIT_DOMAIN,
            (unit, domain),
            UNITS[unit][0],
            domain,
            some_figures(*_PLACES[unit, domain]),
            _section(unit),
        )
        for unit in UNITS
        for domain in DOMAINS
        if (unit, domain) in _PLACES
    )
    units = tuple(_unit(code, places) for code in UNITS)
    domains = tuple(
        Group(
            GroupKind.DOMAIN,
            (domain,),
            DOMAINS[domain],
            domain,
            sum_figures(g.figures for g in places if g.key[1] == domain),
        )
        for domain in DOMAINS
    )
    whole = sum_figures(group.figures for group in places)
    city = Group(
        GroupKind.CITY, (), "Công an thành phố Hải Phòng", "CATP", whole, None, whole, Change.UP
    )
    sections = tuple(
        Group(
            GroupKind.SECTION,
            (section.value,),
            name,
            section.value,
            sum_figures(g.figures for g in places if g.section is section),
            section,
        )
        for section, name in (
            (Section.OFFICES, "Phòng nghiệp vụ"),
            (Section.COMMUNES, "Công an cấp xã"),
        )
    )
    return MonthResults(
        period=period,
        version=2,
        provisional=False,
        outside=False,
        agency="Công an thành phố Hải Phòng",
        office="Phòng Tham mưu",
        place="Hải Phòng",
        language=language,
        names={code: name for code, (name, _) in UNITS.items()} | DOMAINS,
        city=city,
        by_section=sections,
        by_parent=(replace(city, kind=GroupKind.PARENT, key=("HP",)),),
        by_unit=units,
        by_domain=domains,
        by_rollup=tuple(replace(group, kind=GroupKind.ROLLUP) for group in domains),
        by_channel=tuple(
            Group(
                GroupKind.CHANNEL,
                (channel.value,),
                name,
                name,
                some_figures(*size, only=channel),
            )
            for channel, name, size in (
                (Channel.PAPER, "Phiếu giấy", (whole.paper or 0, 7)),
                (Channel.ELECTRONIC, "Phiếu điện tử", (whole.electronic or 0, 8)),
            )
        ),
        by_unit_domain=places,
        questions=tuple(_questions(domains, whole)),
        options=tuple(_options()),
        ranking=tuple(ranked(units)),
        trend=_trend(GroupKind.CITY, (), city.name, period, whole.responses or 0),
        domain_trends=tuple(
            _trend(GroupKind.ROLLUP, g.key, g.name, period, g.figures.responses or 0)
            for g in domains
        ),
        stock=tuple(_stock()),
        alerts=tuple(_alerts()),
        quality=_quality(),
        remarks=(
            Remark(Note.BATCH_PERIOD),
            Remark(Note.SELF_SELECTED),
            Remark(Note.CHANNELS),
            Remark(Note.CHANCE, 1),
            Remark(Note.SMALL, 2),
            Remark(Note.VISITS_MISSING, 2),
            Remark(Note.VISITS_EXCEEDED, 1),
        ),
    )


def _section(unit: str) -> Section:
    return Section.OFFICES if unit in _OFFICES else Section.COMMUNES


def _unit(code: str, places: tuple[Group, ...]) -> Group:
    name, short = UNITS[code]
    figures = sum_figures(group.figures for group in places if group.key[0] == code)
    changes = {
        "HP-PC08": Change.DOWN,
        "HP-11311": Change.UP,
        "HP-10888": None,
        "HP-11948": None,
    }
    move = changes.get(code, Change.UNCLEAR)
    before = some_figures(max(figures.responses or 0, 40), 7) if move is not None else None
    return Group(GroupKind.UNIT, (code,), name, short, figures, _section(code), before, move)


def ranked(units: tuple[Group, ...]) -> list[Ranked]:
    """By the lower ends of their intervals; those with too few responses last, without a place."""
    enough = [g for g in units if (g.figures.overall.n or 0) >= LEAST_TO_RANK]
    lows = {g.key: i.low for g in enough if (i := g.figures.share_interval)}
    ordered = sorted(enough, key=lambda g: -lows[g.key])
    places = [Ranked(group, place) for place, group in enumerate(ordered, 1)]
    return places + [Ranked(group, None) for group in units if group not in enough]


def _questions(domains: tuple[Group, ...], whole: Figures) -> list[QuestionLevels]:
    survey = shipped_survey()
    found = []
    for group in (None, *domains):
        size = (whole if group is None else group.figures).responses or 0
        specific = survey.domain(group.key[0]).specific if group else "Dòng riêng của lĩnh vực"
        for number, question in enumerate(survey.questions):
            if question.role in {Role.RATED, Role.OVERALL}:
                found.append(
                    QuestionLevels(
                        question.id,
                        question.text.replace("{specific}", specific),
                        question.role,
                        question.factor,
                        group.key[0] if group else "",
                        some_levels(size, 4 + number % 6),
                    )
                )
    return found


def _options() -> list[QuestionOptions]:
    return [
        QuestionOptions(
            question.id,
            question.text,
            question.role,
            "",
            tuple(
                OptionCount(option.id, option.label, 4200 // (place + 2) ** 2)
                for place, option in enumerate(question.options)
            ),
            blank=612,
            people=4929,
            several=question.role is Role.REASONS,
        )
        for question in shipped_survey().questions
        if question.role not in {Role.RATED, Role.OVERALL}
    ]


def _trend(kind: GroupKind, key: tuple[str, ...], name: str, newest: Period, size: int) -> Trend:
    points: list[MonthPoint] = []
    period = newest
    for ago in range(13):
        figures = some_figures(size * (40 - ago) // 40, 9 - (ago * 5 % 4)) if size else NO_FIGURES
        breaks: tuple[Break, ...] = ()
        if ago == 12:
            breaks = (Break.UNITS, Break.QUESTIONS)
        elif ago == 11:
            breaks = (Break.UNITS,)
        missing = ago == 8
        points.append(
            MonthPoint(period, None, (Break.NO_DATA,))
            if missing
            else MonthPoint(period, figures, breaks)
        )
        period = period.previous()
    return Trend(kind, key, name, tuple(reversed(points)))


def _stock() -> list[StockLine]:
    lines = []
    for number, ((unit, domain), (size, _)) in enumerate(_PLACES.items()):
        answered = size - size * 3 // 10
        opening, void, blank = 40 + number, number % 3, number % 5
        lost = 12 if number == 3 else 0
        issued = (answered // 50 + 2) * 50
        off = 7 if number == 5 else 0
        unused = 20 if number == 7 else 0
        first = 1000 * number + 417
        gaps: tuple[SerialRange, ...] = ()
        if number in {3, 4, 8}:
            gaps = tuple(
                SerialRange(domain, 2026, first + 40 * i, first + 40 * i + i % 7)
                for i in range(12 if number == 3 else 2)
            )
        fates = answered + blank + void + lost + unused
        outstanding = opening + issued - fates - off
        lines.append(
            StockLine(
                unit=unit,
                domain=domain,
                name=UNITS[unit][0],
                section=_section(unit),
                opening=opening,
                issued=issued,
                returned_answered=answered,
                returned_blank=blank,
                void=void,
                lost=lost,
                unused_returned=unused,
                outstanding=outstanding,
                difference=off,
                duplicates=number % 4,
                anomalies=number % 2,
                missing=gaps,
            )
        )
    return lines


def _alerts() -> list[AlertRow]:
    survey = shipped_survey()
    texts = {question.id: question.text for question in survey.questions}
    labels = {o.id: o.label for q in survey.questions for o in q.options}
    said = (("t0", "r2"), ("t0", "r1"), ("c1", "r1"), ("d1", "r2"), ("y1", "co"))
    rows = []
    for number, (unit, domain) in enumerate(list(_PLACES) * 2):
        question, option = said[number % len(said)]
        paper = number % 3 != 2
        rows.append(
            AlertRow(
                record_id=f"{number:032x}",
                unit=unit,
                unit_name=UNITS[unit][0],
                domain=domain,
                channel=Channel.PAPER if paper else Channel.ELECTRONIC,
                question=question,
                text=texts[question],
                option=option,
                label="Có" if question == "y1" else labels[option],
                file="Lô 2026-11 phường Hồng Bàng (quét lần 2).pdf" if paper else "Google Form.csv",
                page=number * 3 if paper else None,
                sheet=0 if paper else None,
                handled=number % 4 == 1,
                note="Đã làm việc với cán bộ tiếp dân, xin lỗi công dân" if number % 4 == 1 else "",
            )
        )
    return rows


def _quality() -> Quality:
    return Quality(
        sheets=3710,
        counted=3452,
        waiting=0,
        duplicates=31,
        blank_pages=170,
        refused=(("not-issued", 21), ("poor-image", 22), ("bad-signature", 14)),
        reviewed=214,
        decided=301,
        corrected=47,
        second_readings=16,
        agreed=15,
        kappa=0.87,
        electronic_rows=1502,
        excluded=23,
        unmatched=(("unit", 2), ("option", 5)),
        bursts=(
            Burst(
                "identical-pad",
                "HP-10903",
                UNITS["HP-10903"][0],
                "QLHC",
                38,
                44,
                "QLHC-26-Q0012",
            ),
            Burst("identical-minutes", "HP-PC08", UNITS["HP-PC08"][0], "GTDB", 26, 519, "2026-11"),
        ),
    )
