"""A small print run made by hand: two layouts' worth of sheets, a PDF, its manifest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from pathlib import Path

LAYOUT = "00c0ffee1234"
RATED = ("a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2", "e1", "x1", "t0")
REASONS = ("cho", "lai", "tre", "gt", "td", "hd", "tt", "cs")


def layout() -> dict[str, Any]:
    """A layout like those of the contract: profile, rated rows, reasons, yes or no."""
    rows: list[tuple[str, str, tuple[str, ...], float, float, float]] = [
        ("dt", "single", ("cn", "tc"), 60.0, 58.0, 30.0),
        ("tu", "single", ("u25", "25", "35", "50", "o60"), 60.0, 64.5, 16.0),
        *[
            (name, "single", ("r5", "r4", "r3", "r2", "r1"), 98.0, 76.0 + 6.2 * number, 9.0)
            for number, name in enumerate(RATED)
        ],
        ("m1", "multi", REASONS[:4], 20.0, 150.0, 32.0),
        ("m1", "multi", REASONS[4:], 20.0, 156.5, 32.0),
        ("y1", "single", ("co", "kh"), 98.0, 165.0, 20.0),
    ]
    kinds = {name: kind for name, kind, *_rest in rows}
    return {
        "layout": LAYOUT,
        "page": {"width_mm": 148.0, "height_mm": 210.0},
        "questions": [{"id": name, "kind": kind} for name, kind in kinds.items()],
        "bubbles": [
            {
                "question": name,
                "option": option,
                "x_mm": x + pitch * number,
                "y_mm": y,
                "w_mm": 4.5,
                "h_mm": 4.5,
            }
            for name, _kind, ids, x, y, pitch in rows
            for number, option in enumerate(ids)
        ],
        "fiducials": [
            {"x_mm": x, "y_mm": y, "size_mm": 7.0} for y in (10.5, 199.5) for x in (10.5, 137.5)
        ],
        "codes": [
            {"x_mm": 112.0, "y_mm": 18.0, "size_mm": 18.0},
            {"x_mm": 18.0, "y_mm": 178.0, "size_mm": 18.0},
        ],
        "comment": {"x_mm": 42.0, "y_mm": 172.0, "w_mm": 90.0, "h_mm": 20.0},
        "stamp": {"x_mm": 10.0, "y_mm": 15.0, "w_mm": 42.0, "h_mm": 42.0},
    }


def _draw_sheet(canvas: Canvas, sheet: dict[str, Any], x0: float, y0: float) -> None:
    """Draw one sheet with its top-left corner at (x0, y0) points, y up."""

    def at(x: float, y: float) -> tuple[float, float]:
        return x0 + x * mm, y0 - y * mm

    canvas.setLineWidth(0.25 * mm)
    for bubble in sheet["bubbles"]:
        canvas.circle(*at(bubble["x_mm"], bubble["y_mm"]), bubble["w_mm"] / 2 * mm)
    for mark in sheet["fiducials"]:
        half = mark["size_mm"] / 2
        corner = at(mark["x_mm"] - half, mark["y_mm"] + half)
        canvas.rect(*corner, 2 * half * mm, 2 * half * mm, stroke=0, fill=1)
    for code in sheet["codes"]:
        for row in range(20):
            for column in range(20):
                if (row * 7 + column * 13 + row * column) % 5 < 2:
                    step = code["size_mm"] / 20
                    corner = at(code["x_mm"] + column * step, code["y_mm"] + (row + 1) * step)
                    canvas.rect(*corner, step * mm, step * mm, stroke=0, fill=1)
    room = sheet["comment"]
    corner = at(room["x_mm"], room["y_mm"] + room["h_mm"])
    canvas.rect(*corner, room["w_mm"] * mm, room["h_mm"] * mm)
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(*at(55, 25), "PHIEU DO LUONG")
    canvas.setFont("Helvetica", 8)
    for number, name in enumerate(RATED):
        canvas.drawString(*at(12, 77 + 6.2 * number), f"{name} Thai do, tac phong cua can bo")


def print_run(folder: Path, count: int, *, two_up: bool = False) -> tuple[Path, Path, Path]:
    """Print *count* sheets into *folder*: the PDF, the manifest, the folder of layouts."""
    form, wide = layout(), 297.0 if two_up else 148.0
    pdf, manifest, layouts = folder / "pad.pdf", folder / "pad.jsonl", folder / "layouts"
    layouts.mkdir(exist_ok=True)
    (layouts / f"{LAYOUT}.json").write_text(json.dumps(form), encoding="utf-8")
    canvas, lines = Canvas(str(pdf), pagesize=(wide * mm, 210 * mm)), []
    for number in range(count):
        page, second = divmod(number, 2) if two_up else (number, 0)
        x = 149.0 * second
        _draw_sheet(canvas, form, x * mm, 210 * mm)
        lines.append(
            {
                "pdf_page": page,
                "x_mm": x,
                "y_mm": 0.0,
                "serial": f"GTDB-26-{number + 1:06}-K",
                "unit": "HP-PC08",
                "domain": "GTDB",
                "layout": LAYOUT,
            }
        )
        if second or not two_up or number == count - 1:
            canvas.showPage()
    canvas.save()
    text = "".join(json.dumps(line) + "\n" for line in lines)
    manifest.write_text(text, encoding="utf-8")
    return pdf, manifest, layouts
