"""The words of the page on which many look-alike items are settled; Vietnamese, English."""

from __future__ import annotations

GROUP_WORDS: dict[str, tuple[str, str]] = {
    "group_open": ("Xem theo nhóm", "Group view"),
    "group_single": ("Xem từng mục", "One by one"),
    "group_marked_title": ("Tất cả các ô này đều đã được tô?", "Are all of these marked?"),
    "group_blank_title": ("Tất cả các dòng này đều để trống?", "Are all of these left blank?"),
    "group_ask": (
        (
            "Bấm vào ô nào không đúng để bỏ ra; những ô bỏ ra sẽ được hỏi riêng từng ô. "
            "Các ô xếp từ nhạt đến đậm."
        ),
        (
            "Click those for which this is wrong; they will be asked one by one. "
            "They are sorted from faint to dark."
        ),
    ),
    "group_confirm_marked": ("Lưu: {n} ô đã tô", "Save: {n} are marked"),
    "group_confirm_blank": ("Lưu: {n} dòng để trống", "Save: {n} are blank"),
    "group_all_blank": ("Không: cả {n} ô đều trống", "No: all {n} are left blank"),
    "group_except": ("{n} mục để riêng", "{n} set apart"),
    "group_tile": ("{question}, phiếu {serial}", "{question}, form {serial}"),
    "group_is_apart": ("để riêng", "set apart"),
    "group_kept": ("Đã lưu {n} quyết định.", "{n} decisions are saved."),
    "group_refused": (
        "{n} mục chưa được lưu; các mục đó sẽ được hỏi riêng:",
        "{n} were not saved and will be asked one by one:",
    ),
    "group_none": (
        "Hiện không có nhóm mục giống nhau để xem cùng lúc.",
        "There is no group of look-alike items now.",
    ),
    "key_toggle": ("Bỏ ra hoặc đưa vào lại ô đang chọn", "Set the tile apart, or take it back"),
    "key_move": ("Di chuyển giữa các ô", "Move between tiles"),
}
