"""What the page's script says; every entry: Vietnamese, English."""

from __future__ import annotations

SCRIPT_WORDS: dict[str, tuple[str, str]] = {
    "s_left": ("Còn {left}", "{left} left"),
    "s_done": ("Đã xong {done}", "{done} done"),
    "s_unsent": (
        (
            "Chưa lưu được {n} quyết định: mất kết nối với chương trình. Trang đang tự gửi lại; "
            "đề nghị không đóng trang này."
        ),
        (
            "{n} decisions are not saved yet: there is no connection to the program. This page "
            "goes on trying; do not close it."
        ),
    ),
    "s_session": (
        (
            "Chưa lưu được {n} quyết định: phiên làm việc đã kết thúc. Mở lại trang bằng địa chỉ "
            "mới, hoặc đăng nhập, trong cùng trình duyệt này; các quyết định được giữ và sẽ tự gửi."
        ),
        (
            "{n} decisions are not saved yet: this session has ended. Open the new address, or "
            "sign in, in this same browser; the decisions are kept and will be sent."
        ),
    ),
    "s_other_person": (
        (
            "{n} quyết định chưa lưu là của {name}. Đề nghị đăng nhập lại bằng tên đó để lưu; "
            "hoặc bỏ đi nếu không cần."
        ),
        (
            "{n} decisions that are not saved belong to {name}. Sign in by that name to save "
            "them, or drop them."
        ),
    ),
    "s_unsent_item": (
        "Quyết định của mục này chưa được lưu và đang chờ gửi lại: {what}",
        "The decision about this one is not saved yet and will be sent again: {what}",
    ),
    "s_sent": ("Đã gửi xong các quyết định còn chờ.", "All waiting decisions are sent."),
    "s_refused_you": ("Lựa chọn chưa được lưu: {what}.", "Not saved: {what}."),
    "s_no_connection": (
        "Mất kết nối với chương trình. Đề nghị kiểm tra rồi thử lại.",
        "There is no connection to the program. Check it and try again.",
    ),
    "s_retry": ("Gửi lại ngay", "Try again now"),
    "s_drop": ("Bỏ các quyết định này", "Drop these decisions"),
    "s_drop_sure": (
        "Bỏ {n} quyết định chưa lưu? Không lấy lại được.",
        "Drop {n} decisions that are not saved? They cannot be brought back.",
    ),
    "s_sign_in": ("Mở trang đăng nhập", "Open the sign-in page"),
    "s_taken": (
        "Cán bộ khác đã nhận mục này trong lúc chờ; trang chuyển sang mục tiếp theo.",
        "Somebody else has taken this one meanwhile; here is the next.",
    ),
    "s_measuring": ("Máy đang đọc lại phiếu…", "The sheet is being measured again…"),
    "s_no_undo_blind": (
        "Lần đọc độc lập không hoàn tác được. Nhấn U lần nữa để hoàn tác quyết định trước đó.",
        "A blind reading cannot be taken back. Press U again to undo the decision before it.",
    ),
    "s_picture_failed": (
        "Không tải được ảnh. Đề nghị không quyết định khi chưa thấy ảnh.",
        "The picture could not be loaded. Do not decide without seeing it.",
    ),
    "s_serial_good": ("Chữ kiểm tra đúng.", "The check letter fits."),
    "s_serial_bad": (
        "Chữ kiểm tra chưa đúng: có ký tự sai.",
        "The check letter does not fit: a character is wrong.",
    ),
    "s_serial_short": ("Dạng số phiếu: GTDB-26-000417-M", "A serial looks like GTDB-26-000417-M"),
    "s_reason_missing": (
        "Chọn hoặc nhập lý do trước khi lưu.",
        "Choose or write a reason before saving.",
    ),
    "s_group_marked": ("Lưu: {n} ô đã tô", "Save: {n} are marked"),
    "s_group_blank": ("Lưu: {n} dòng để trống", "Save: {n} are blank"),
    "s_group_all_blank": ("Không: cả {n} ô đều trống", "No: all {n} are left blank"),
    "s_group_except": ("{n} mục để riêng", "{n} set apart"),
    "s_failed": (
        "Chương trình gặp lỗi khi lưu mục này. Lựa chọn chưa được lưu: {what}.",
        "The program failed to save this one. Not saved: {what}.",
    ),
}
