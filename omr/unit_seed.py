"""The unit catalogue that a new workspace starts with; the office edits it afterwards."""

from __future__ import annotations

from datetime import date

from omr.provinces import Commune, Province
from omr.survey import Survey
from omr.survey_file import shipped_survey
from omr.units import Unit, UnitKind

_MERGER = date(2025, 7, 1)  # 34 provinces, and no districts, from this day on

# Offices that serve the public, with the domain each one is in charge of, if any. Who
# serves what after 1 March 2025 is from press reports, so the office should check it.
_OFFICES = (
    ("PV01", "Phòng Tham mưu", "", ()),
    (
        "PC06",
        "Phòng Cảnh sát quản lý hành chính về trật tự xã hội",
        "QLHC",
        ("Phòng QLHC",),
    ),
    (
        "PC07",
        "Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ",
        "PCCC",
        ("Phòng PCCC và CNCH",),
    ),
    ("PA08", "Phòng Quản lý xuất nhập cảnh", "XNC", ("Phòng QLXNC",)),
    ("PC08", "Phòng Cảnh sát giao thông", "GTDB", ("Phòng CSGT",)),
)
_COMMUNE_DOMAINS = ("QLHC", "GTDB")  # vehicle registration went to commune police too
_KINDS = {
    "Phường": (UnitKind.WARD, "CAP"),
    "Xã": (UnitKind.COMMUNE, "CAX"),
    "Đặc khu": (UnitKind.SPECIAL_ZONE, "CAĐK"),
}

# What is known of single units beyond the official list, by commune code.
_USUAL_NAMES = {"11560": "Phường Thủy Nguyên"}
_ALIASES = {
    "11560": ("Công an phường Thuỷ Nguyên",),
    "11914": ("Cát Bà",),
    "11948": ("Bạch Long Vỹ",),
}
_OWN_DOMAINS = {"11948": ("QLHC",)}  # an island without vehicle registration

# Names that old lists and exports of Hải Phòng may still contain; their first days are
# placeholders, early enough to include any such list.
_OLD_UNITS_OF_HAI_PHONG = (
    Unit(
        code="HP-CU-DUONGQUAN",
        name="Công an phường Dương Quan (cũ)",
        short="",
        kind=UnitKind.OLD_WARD,
        parent="HP",
        admin_code="",
        valid_from=date(2025, 3, 1),
        valid_to=_MERGER,
        successors=("HP-11560",),
        domains=("QLHC",),
        aliases=(),
    ),
    Unit(
        code="HD-PC06",
        name="Phòng Cảnh sát quản lý hành chính về TTXH Công an tỉnh Hải Dương (cũ)",
        short="",
        kind=UnitKind.OLD_OFFICE,
        parent="",
        admin_code="30",
        valid_from=date(2018, 8, 1),
        valid_to=_MERGER,
        successors=("HP-PC06",),
        domains=("QLHC",),
        aliases=(),
    ),
)


def seed_units(province: Province) -> tuple[Unit, ...]:
    """The police force of *province*: itself, its offices, and every commune's police."""
    survey = shipped_survey()
    units = [_force(province)]
    units += [
        _unit(
            f"{province.prefix}-{short}",
            name,
            short,
            UnitKind.OFFICE,
            province,
            domains=_with_parts(survey, (domain,)),
            aliases=(short, *aliases),
        )
        for short, name, domain, aliases in _OFFICES
    ]
    units += [_commune_police(province, commune, survey) for commune in province.communes]
    if province.prefix == "HP":
        units += _OLD_UNITS_OF_HAI_PHONG
    return tuple(units)


def _unit(
    code: str,
    name: str,
    short: str,
    kind: UnitKind,
    province: Province,
    *,
    admin_code: str = "",
    domains: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
) -> Unit:
    return Unit(
        code=code,
        name=name,
        short=short,
        kind=kind,
        parent="" if kind is UnitKind.PROVINCE else province.prefix,
        admin_code=admin_code,
        valid_from=_MERGER,
        valid_to=None,
        successors=(),
        domains=domains,
        aliases=aliases,
    )


def _force(province: Province) -> Unit:
    aliases = (f"Công an TP {province.name}",) if province.is_city else ()
    if province.prefix == "HP":
        aliases = ("CAHP", *aliases)
    return _unit(
        province.prefix,
        province.police,
        "CATP" if province.is_city else "CAT",
        UnitKind.PROVINCE,
        province,
        admin_code=province.code,
        aliases=aliases,
    )


def _commune_police(province: Province, commune: Commune, survey: Survey) -> Unit:
    official = _USUAL_NAMES.get(commune.code, commune.name)
    word = next(word for word in _KINDS if official.startswith(f"{word} "))
    kind, short = _KINDS[word]
    name = official.removeprefix(f"{word} ")
    return _unit(
        f"{province.prefix}-{commune.code}",
        f"Công an {word[0].lower()}{word[1:]} {name}",
        f"{short} {name}",
        kind,
        province,
        admin_code=commune.code,
        domains=_with_parts(survey, _OWN_DOMAINS.get(commune.code, _COMMUNE_DOMAINS)),
        aliases=_ALIASES.get(commune.code, ()),
    )


def _with_parts(survey: Survey, domains: tuple[str, ...]) -> tuple[str, ...]:
    """*domains* and the parts of groups that roll up to them.

    The empty id stands for the parts that roll up to nothing (staff matters, complaints).
    """
    parts = [
        part.id
        for domain in domains
        for part in survey.domains
        if part.group and part.rollup == domain
    ]
    return (*filter(None, domains), *parts)
