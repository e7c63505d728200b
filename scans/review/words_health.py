"""The scanner's health in the office's language; every entry: Vietnamese, English.

:mod:`scans.health` says the same on the screen, whose language is the system's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omr.scan_health import Finding, Trouble
from omr.settings import Language
from scans.health import worst_of

_FINE = ("Bình thường", "Fine")
_OTHERS = (" ({file} và {count} tệp khác)", " ({file} and {count} more files)")
_ONE_FILE = (" ({file})", " ({file})")
_SINGLE = ("các tệp một trang", "files of one page")
_FROM_TOP = (
    (
        "Cùng một vệt trên {sheets} tờ liên tiếp, cách mép trên của ảnh {value:.0f} mm "
        "({first} đến {last}): lau kính ở chỗ đó"
    ),
    (
        "The same streak on {sheets} sheets running, {value:.0f} mm from the top edge of the "
        "image ({first} to {last}): clean the glass there"
    ),
)
HEALTH_WORDS: dict[Trouble, tuple[str, str]] = {
    Trouble.GLASS: (
        (
            "Cùng một vệt trên {sheets} tờ liên tiếp, cách mép trái của ảnh {value:.0f} mm "
            "({first} đến {last}): lau kính ở chỗ đó"
        ),
        (
            "The same streak on {sheets} sheets running, {value:.0f} mm from the left edge of the "
            "image ({first} to {last}): clean the glass there"
        ),
    ),
    Trouble.LOW_DPI: (
        "{sheets} tờ quét dưới 200 dpi: đặt máy quét ở 200 hoặc 300 dpi",
        "Sheets scanned with fewer than 200 dpi: {sheets}; set the scanner to 200 or 300 dpi",
    ),
    Trouble.BILEVEL: (
        "{value:.0f} % số tờ quét đen trắng, dễ mất dấu nhạt: quét ở chế độ xám",
        "{value:.0f} % of the sheets are black and white, which loses light marks: scan in grey",
    ),
    Trouble.PALE: (
        (
            "Bản quét nhạt (độ tương phản {value:.0f} trên 255): quét đậm hơn, hoặc in bằng "
            "hộp mực mới"
        ),
        "The scans are pale (contrast {value:.0f} of 255): scan darker, or print with fresh toner",
    ),
    Trouble.OUTLINES: (
        (
            "{value:.0f} % số tờ hầu như không thấy vòng tròn in: quét đậm hơn, hoặc in bằng "
            "hộp mực mới"
        ),
        (
            "The printed circles can hardly be seen on {value:.0f} % of the sheets: scan darker, "
            "or print with fresh toner"
        ),
    ),
    Trouble.FADING: (
        (
            "Từ tờ đầu đến tờ cuối, độ tương phản giảm {value:.0f} %: đèn máy quét yếu hoặc "
            "máy in sắp hết mực"
        ),
        (
            "The scans lose {value:.0f} % of their contrast from first to last: the lamp or the "
            "toner may be failing"
        ),
    ),
    Trouble.NOISE: (
        "{value:.0f} % số tờ bị nhiễu: lau máy quét, và đừng nén tệp quá nhỏ",
        "{value:.0f} % of the sheets are noisy: clean the scanner, do not squeeze files small",
    ),
    Trouble.CROOKED: (
        "Giấy vào máy bị lệch, nhìn chung {value:.1f} độ: chỉnh lại thanh dẫn giấy",
        "The sheets go in crooked, by {value:.1f} degrees on the whole: set the paper guides",
    ),
    Trouble.LOOSE: (
        "Giấy vào máy mỗi tờ một góc ({value:.1f} độ): thanh dẫn giấy bị lỏng",
        "The sheets go in at all angles ({value:.1f} degrees): the paper guides are loose",
    ),
    Trouble.RESIZED: (
        "Phiếu chỉ đúng {value:.0f} % khổ thật: in và quét ở 100 %, không chọn “vừa trang”",
        (
            "The forms come out at {value:.0f} % of their size: print and scan at 100 %, without "
            "fitting to the page"
        ),
    ),
    Trouble.STRETCHED: (
        "Máy quét kéo giãn giấy {value:.1f} %: lau trục cuốn giấy",
        "The scanner stretches the paper by {value:.1f} %: clean its rollers",
    ),
    Trouble.MIXED_DPI: (
        "Độ phân giải thay đổi trong cùng một tệp: giữ nguyên một chế độ quét",
        "The resolution changes within one file: keep the scanner at one setting",
    ),
}


def health_in_words(found: Sequence[Finding] | None, language: Language) -> list[str]:
    """One sentence a trouble, worst first.

    Args:
        found: As :func:`scans.health.findings` gives it.
        language: The office's.

    Returns:
        Empty if nothing can be said.
    """
    at = 0 if language is Language.VIETNAMESE else 1
    if found is None:
        return []
    return list(_sentences(found, at)) or [_FINE[at]]


def _sentences(found: Sequence[Finding], at: int) -> Iterator[str]:
    for worst, alike in worst_of(found):
        glass = worst.trouble is Trouble.GLASS
        words = _FROM_TOP if glass and worst.value < 0 else HEALTH_WORDS[worst.trouble]
        said = words[at].format(
            value=abs(worst.value), sheets=worst.sheets, first=worst.first, last=worst.last
        )
        others = len({finding.series for finding in alike}) - 1
        if glass:
            yield said
        elif others:
            yield said + _OTHERS[at].format(file=worst.series or _SINGLE[at], count=others)
        else:
            yield said + (_ONE_FILE[at].format(file=worst.series) if worst.series else "")
