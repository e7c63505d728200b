"""Hostile tables and texts: CSV, workbooks, surveys, made of sound ones; codes beside them."""

from __future__ import annotations

import io
import random
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fuzz_changes import Words, renumbered, spoilt
from fuzz_codes import code_case, codes

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from make_workbooks import save_sheet

HEADER = "Dấu thời gian,Đơn vị,Lĩnh vực,a1,t0,m1,y1,g1\n"
_ROWS = (
    "2026/11/10 9:05:33 SA GMT+7,HP-PC08,GTDB,Hài lòng,5,Trễ hẹn;Chờ đợi lâu,Không,Cảm ơn\n",
    "2026/11/11 14:20:01 CH GMT+7,Phòng CSGT,GTDB,Rất hài lòng,4,,Có,\n",
    '2026/11/12 8:00:00 SA GMT+7,HP-10888,QLHC,"Hài lòng",3,"Chờ đợi lâu",,"Dòng 1\nDòng 2"\n',
)
UNITS = """\
code,name,short,kind,parent,admin_code,valid_from,valid_to,successors,domains,aliases
HP,Công an thành phố Hải Phòng,CATP,tinh,,31,2025-07-01,,,,CAHP
HP-PC06,Phòng Cảnh sát quản lý hành chính,PC06,phong,HP,,2025-07-01,,,QLHC,
HP-PC08,Phòng Cảnh sát giao thông,PC08,phong,HP,,2025-07-01,,,GTDB,Phòng CSGT
HP-10888,Công an xã Cẩm Giang,CAX Cẩm Giang,xa,HP,10888,2025-07-01,,,QLHC|GTDB,
HP-CU-DUONGQUAN,Công an phường Dương Quan (cũ),,phuong_cu,HP,,2025-03-01,2025-07-01,HP-10888,QLHC,
"""
_TABLE_BYTES = (b"\xff\xfe", b"\xfe\xff", b"\x93\x94", b"\xc3", b"\xed\xa0\x80")
_TABLE_WORDS = _TABLE_BYTES + tuple(
    word.encode()
    for word in (
        *(",", ";", "\t", '"', '""', "\n", "\r\n", "\r", "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)"),
        *(
            "-2+3",
            "\ufeff",
            "\0",
            "\ufffd",
            "\u202e",
            "\u0301",
            "\u2028",
            "\x85",
            "\x1c",
            "#",
            "sep=;",
        ),
        *(
            "\n",
            "Tổng cộng",
            "Hài lòng",
            "HP-PC08",
            "GTDB",
            "1,5",
            "1.5",
            "12/13/2026",
            "31/02/2026",
        ),
        *("9999-12-31", "0001-01-01 00:00:00 GMT+14", "2026/11/10 25:61:61 CH GMT+99", "é", "Đ"),
        *("1e999", "٣", "²", "½", "NaN", "x" * 2000, '"' * 99, "," * 200, "a\u0301" * 50),
        *("Dấu thời gian", "Đơn vị", "a1", "Email", "t0", "[a1]"),
    )
)
_TOML_WORDS = tuple(
    word.encode()
    for word in (
        *(
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
            "=",
            '"',
            "'",
            '"""',
            "'''",
            "\\",
            "\\u0000",
            "\\U00110000",
        ),
        *(
            "\\ud800",
            "#",
            "\n",
            ".",
            "true",
            "nan",
            "inf",
            "-inf",
            "0x",
            "1_0",
            "1979-05-27T07:32:00Z",
        ),
        *(
            "[form]",
            "[[scale]]",
            "[[question]]",
            "[[domain]]",
            "[domain.x]",
            'id = "r5"',
            "value = 5",
        ),
        *('format = "A4"', "rev = -1", "options = []", 'kind = "multi"', "max = 99", "a.b.c.d = 1"),
        *(
            "[" * 300,
            "{a=" * 200,
            "\ufeff",
            "\u202e",
            "x" * 5000,
            "{specific}",
            "{",
            "%s",
            "é",
            "\r",
        ),
        *("9" * 5000, "1e400", "id = 1", "text = []", 'aliases = ["5", 5, []]', "\0", "\x7f"),
    )
)
_XML_WORDS = (
    *(b"<c r='XFD1048576' t='s'>", b"<v>", b"</v>", b"<row r='1048576'>", b"</row>", b"<is><t>"),
    *(
        b"t='s'",
        b"t='e'",
        b"t='d'",
        b"t='str'",
        b"t='b'",
        b"s='9999999'",
        b"<f>1/0</f>",
        b"-1",
        b"1e999",
    ),
    *(
        b"&#0;",
        b"&lt;",
        b"&x;",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
    ),
    *(
        b"<mergeCell ref='A1:XFD1048576'/>",
        b"r='A0'",
        b"r='AAAA1'",
        b"r=''",
        b"hidden='1'",
        b"_x0000_",
    ),
    *(
        b"<?xml version='1.1' encoding='utf-7'?>",
        b"encoding='UTF-16'",
        b"\xef\xbb\xbf",
        b"99999999999",
    ),
    *(
        b"xml:space='preserve'",
        b"<x:c>",
        b"</sheetData>",
        b"<sheetData>",
        b"<rPh>",
        b"<si><t>x</t></si>",
    ),
    *(
        b"../../../etc/passwd",
        b"file:///etc/passwd",
        b"xl/workbook.xml",
        b"date1904='1'",
        b"state='hidden'",
    ),
)


def cases(kind: str, rng: random.Random) -> Iterator[bytes]:
    """Hostile inputs of *kind* without end: ``qr``, ``csv``, ``units``, ``xlsx`` or ``toml``."""
    make = {
        "qr": code_case,
        "qr-picture": code_case,
        "csv": _csv_case,
        "units": _units_case,
        "xlsx": _workbook_case,
        "toml": _survey_case,
    }[kind]
    while True:
        yield make(rng)


def seeds(kind: str) -> list[bytes]:
    """The sound inputs of *kind*."""
    return {
        "csv": [HEADER.encode() + "".join(_ROWS).encode()],
        "units": [UNITS.encode()],
        "toml": [SURVEY.encode()],
        "xlsx": [_packed(_workbook())],
    }.get(kind) or [text.encode() for text in codes()]


def _csv_case(rng: random.Random) -> bytes:
    rows = "".join(rng.choices(_ROWS, k=rng.randint(0, 3)))
    data = (HEADER + rows).encode()
    if rng.random() < 0.15:
        data = data.replace(b",", rng.choice((b";", b"\t", b"|")))
    if rng.random() < 0.08:
        data = data.decode().encode(rng.choice(("utf-16", "utf-16-le", "utf-8-sig", "utf-32")))
        return spoilt(data, rng, _TABLE_WORDS)
    return _mostly_text(data, rng, _TABLE_WORDS)


def _units_case(rng: random.Random) -> bytes:
    return _mostly_text(UNITS.encode(), rng, _TABLE_WORDS)


# One of everything that a survey can have; the shipped one is long, and takes long.
SURVEY = """\
[form]
format = "A5"
rev = 1
title = "PHIẾU ĐO LƯỜNG"
subtitle = "của người dân"
intro = "Đề nghị Ông/Bà cho ý kiến."
how_to = "Tô kín 01 ô tròn."
footer = "Xin cảm ơn!"
[[scale]]
id = "r3"
value = 3
label = "Rất hài lòng"
short = "Rất hài lòng"
aliases = ["5", "Tốt"]
[[scale]]
id = "r2"
value = 2
label = "Hài lòng"
short = "Hài lòng"
aliases = ["3"]
[[scale]]
id = "r1"
value = 1
label = "Không hài lòng"
short = "Không hài lòng"
aliases = []
[[question]]
id = "a1"
factor = "A"
text = "Thủ tục dễ tìm hiểu"
[[question]]
id = "x1"
factor = "B"
text = "{specific}"
optional = true
[overall]
id = "t0"
text = "ĐÁNH GIÁ CHUNG"
[multi]
id = "m1"
text = "Lý do:"
options = [["cho", "Chờ đợi lâu"], ["tre", "Trễ hẹn"]]
[[yesno]]
id = "y1"
text = "Có phải chi thêm không?"
options = [["co", "Có"], ["kh", "Không"]]
alert_on = ["co"]
[comment]
id = "g1"
text = "Ý kiến khác:"
height_mm = 20
[[domain]]
id = "QLHC"
name = "Quản lý hành chính"
specific = "Khai báo cư trú"
procedures = ["Cư trú", "Căn cước"]
[[domain]]
id = "GTDB"
name = "Giao thông đường bộ"
specific = "Kiểm tra xe"
procedures = ["Nộp phạt"]
[[domain]]
id = "CHUNG"
name = "Lĩnh vực khác"
specific = "Nộp hồ sơ"
procedures = []
sub_domains = [["L01", "Đăng ký xe"]]
[domain.rollup]
L01 = "QLHC"
"""


def _survey_case(rng: random.Random) -> bytes:
    return _mostly_text(SURVEY.encode(), rng, _TOML_WORDS)


def _mostly_text(data: bytes, rng: random.Random, words: Words) -> bytes:
    """*data* spoilt, and then text again in most cases: else reading ends before it begins."""
    data = renumbered(data, rng) if rng.random() < 0.15 else spoilt(data, rng, words)
    return data if rng.random() < 0.1 else data.decode(errors="ignore").encode()


@cache
def _workbook() -> dict[str, bytes]:
    """A workbook's parts, by name."""
    rows = [HEADER.strip().split(",")]
    rows += [
        ["2026-11-10 09:05:33", "HP-PC08", "GTDB", "Hài lòng", 5, "Trễ hẹn", "Không", "Ơn"]
    ] * 2
    with tempfile.TemporaryDirectory() as folder:
        path = save_sheet(Path(folder) / "a.xlsx", rows, merges=["F2:F3"])
        with zipfile.ZipFile(path) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()


_PARTS_READ = (
    *("xl/worksheets/sheet1.xml",) * 4,
    *("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "_rels/.rels"),
    *("xl/sharedStrings.xml",) * 2,
)


def _workbook_case(rng: random.Random) -> bytes:
    parts = dict(_workbook())
    chance = rng.random()
    if chance < 0.15:
        return spoilt(
            _packed(parts), rng, (b"PK\x01\x02", b"PK\x05\x06", b"PK\x03\x04", *_XML_WORDS)
        )
    if chance < 0.20:
        parts.pop(rng.choice(list(parts)))
    if chance < 0.25:
        parts[rng.choice(("../../a.csv", "/etc/x", "xl/vbaProject.bin", "x" * 300))] = b"x"
    for _turn in range(rng.choice((1, 1, 2))):
        name = rng.choice([each for each in _PARTS_READ if each in parts] or list(parts))
        body = parts[name]
        parts[name] = renumbered(body, rng) if rng.random() < 0.3 else spoilt(body, rng, _XML_WORDS)
    return _packed(parts)
