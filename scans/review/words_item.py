"""The words of the page's frame and of its items; every entry: Vietnamese, English."""

from __future__ import annotations

ITEM_WORDS: dict[str, tuple[str, str]] = {
    "somebody": ("một người khác", "somebody else"),
    "title": ("Xem lại phiếu quét", "Review scanned forms"),
    "left": ("Còn {left}", "{left} left"),
    "done": ("Đã xong {done}", "{done} done"),
    "progress": ("Tiến độ", "Progress"),
    "help": ("Phím tắt", "Keys"),
    "close": ("Đóng", "Close"),
    "where": ("{file}, trang {page}", "{file}, page {page}"),
    "sheet_on_page": ("phiếu thứ {sheet} trên trang", "form {sheet} on the page"),
    "why": ("Lý do xem lại", "Why it is here"),
    "machine_saw": ("Máy đọc", "The machine saw"),
    "your_choice": ("Chọn câu trả lời trên phiếu", "Choose what the form says"),
    "several": ("Có thể chọn nhiều ô", "Several may be chosen"),
    "accept": ("Chấp nhận: {what}", "Accept: {what}"),
    "save": ("Lưu lựa chọn", "Save the choice"),
    "blank": ("Để trống", "Left blank"),
    "invalid": ("Không hợp lệ", "Invalid"),
    "no_suggestion": (
        "Máy không gợi ý: đề nghị xem hình và chọn.",
        "No suggestion here: look at the picture and choose.",
    ),
    "undo": ("Hoàn tác", "Undo"),
    "next": ("Để sau", "Later"),
    "back": ("Quay lại", "Back"),
    "whole_sheet": ("Cả phiếu", "Whole sheet"),
    "hide": ("Ẩn khung vẽ", "Hide the rings"),
    "decided": ("Đã quyết định: {what}", "Decided: {what}"),
    "by": ("{who}, {when}", "{who}, {when}"),
    "unknown_form": ("Chưa rõ số phiếu", "Serial not known"),
    "identity_title": ("Phiếu này mang số nào?", "Which form is this?"),
    "identity_ask": (
        (
            "Nhập số in dưới mã QR ở góc trên bên phải, cả chữ cái cuối. "
            "Nếu không nhìn rõ, đề nghị tìm phiếu giấy."
        ),
        (
            "Type the serial printed below the upper right code, with its last letter. "
            "If it cannot be seen, find the paper."
        ),
    ),
    "serial": ("Số phiếu", "Serial"),
    "identity_save": ("Lưu số phiếu", "Save the serial"),
    "not_a_form": ("Không phải phiếu", "Not a form"),
    "scan_again": ("Sẽ quét lại", "Will be scanned again"),
    "seen_before": ("Đã quét rồi", "Scanned before"),
    "whole_title": (
        "Máy đọc cả phiếu này có đúng không?",
        "Was this whole sheet read correctly?",
    ),
    "whole_ask": (
        (
            "So từng vòng tròn với dấu tô trên phiếu. Vòng xanh: câu trả lời máy đã đọc. "
            "Vòng cam: sẽ hỏi riêng từng câu."
        ),
        (
            "Compare every ring with the marks. Green: an answer as read. "
            "Orange: asked about separately."
        ),
    ),
    "odd_title": ("Có tính phiếu này không?", "Does this form count?"),
    "odd_ask": (
        (
            "Theo sổ, phiếu này không thể đang ở chỗ người dân. Hỏi đơn vị phát phiếu trước khi "
            "quyết định; so cả các vòng tròn với dấu tô."
        ),
        (
            "By the books nobody should have had this form. Ask its unit before you decide, and "
            "compare the rings with the marks as well."
        ),
    ),
    "odd_confirmed": ("Tính phiếu này; máy đọc đúng", "It counts, and was read correctly"),
    "odd_doubted": ("Tính, nhưng có chỗ đọc sai: hỏi từng câu", "It counts; ask each answer"),
    "rejected": ("Không tính phiếu này", "This form does not count"),
    "confirmed": ("Đúng cả phiếu", "All of it is right"),
    "doubted": ("Có chỗ sai: hỏi từng câu", "Something is wrong: ask each answer"),
    "answered": ("{what}", "{what}"),
    "identified": ("số phiếu đã được nhập", "serial typed"),
    "not-a-form": ("không phải phiếu", "not a form"),
    "scan-again": ("sẽ quét lại", "will be scanned again"),
    "seen-before": ("phiếu đã quét rồi", "scanned before"),
    "note_undone": (
        "Đã hoàn tác. Mục này đang chờ quyết định lại.",
        "Undone. This waits for a decision again.",
    ),
    "note_nothing": ("Không có gì để hoàn tác.", "There is nothing to undo."),
    "note_identified": (
        "Đã lưu số phiếu; máy đã đọc lại phiếu này.",
        "Serial saved; the sheet was measured again.",
    ),
    "no_picture": (
        "Không có ảnh của phiếu này. Đề nghị tìm phiếu giấy: {where}.",
        "There is no picture of this sheet. Find the paper: {where}.",
    ),
    "picture": ("Ảnh quét của phiếu", "Scan of the form"),
    "empty_title": ("Không còn gì chờ xem lại", "Nothing is waiting"),
    "empty_text": (
        (
            "Mọi phiếu đã có quyết định. Đóng trang này, nhấn Ctrl+C ở cửa sổ lệnh, "
            "rồi chạy lệnh tiếp theo:"
        ),
        (
            "Every form is decided. Close this page, press Ctrl+C in the command window, "
            "then run the next command:"
        ),
    ),
    "missing_title": ("Không có mục này", "There is no such item"),
    "missing_text": ("Về danh sách chờ xem lại.", "Go to what is waiting."),
    "trouble_title": ("Chưa lưu được", "Not saved"),
    "key_digits": ("Chọn ô thứ 1, 2, 3…", "Choose the 1st, 2nd, 3rd … bubble"),
    "key_accept": ("Chấp nhận gợi ý, hoặc lưu", "Accept the suggestion, or save"),
    "key_leave": ("Rời ô nhập để dùng các phím khác", "Leave the field, to use the other keys"),
    "skip_link": ("Đến nội dung chính", "Skip to the content"),
    "start": ("Mục đang chờ", "What waits"),
    "pages": ("Các trang", "Pages"),
    "key_next": ("Mục trước / mục sau, không quyết định", "Previous / next, without deciding"),
    "key_undo": ("Hoàn tác quyết định gần nhất", "Take back the newest decision"),
    "key_hide": ("Giữ để ẩn các vòng vẽ trên ảnh", "Hold to hide what is drawn on the picture"),
    "undo_this": ("Hoàn tác quyết định này", "Take this decision back"),
    "disagree": ("Hai cán bộ đọc khác nhau:", "Two people disagree:"),
    "disagree_ask": (
        "Xem hình và quyết định lần cuối.",
        "Look at the picture and decide for good.",
    ),
    "read_by": ("{who}: {what}", "{who}: {what}"),
    "blind_title": ("Đọc độc lập lần hai", "Second, blind reading"),
    "blind_ask": (
        "Mục này đã có người quyết định. Chọn theo những gì thấy trên hình, như lần đầu.",
        "Somebody decided this already. Choose what you see, as if for the first time.",
    ),
    "taken": (
        "Một cán bộ khác đang xem mục này, nên ở đây chỉ xem được.",
        "Somebody else is looking at this one, so here it can only be looked at.",
    ),
    "domain": ("Lĩnh vực", "Domain"),
    "unit": ("Đơn vị", "Unit"),
    "place_title": ("Không đọc được số, nhưng biết đơn vị", "Serial unreadable, unit known"),
    "place_ask": (
        (
            "Chọn đơn vị và lĩnh vực in ở đầu phiếu; máy sẽ đọc các câu trả lời theo mẫu đó. "
            "Nếu tờ giấy này đã được quét lại rõ hơn, chọn “Đã quét rồi” để không tính hai lần."
        ),
        (
            "Choose the unit and domain printed at the top; the answers are read by that form. "
            "If this paper was scanned again better, choose “Scanned before”: it must not count "
            "twice."
        ),
    ),
    "place_save": ("Lưu đơn vị và lĩnh vực", "Save unit and domain"),
    "unit_hint": ("Gõ tên hoặc mã đơn vị", "Type the unit's name or code"),
    "no_such_unit": (
        "Không có đơn vị “{detail}” trong danh mục. Đề nghị chọn trong danh sách.",
        "There is no unit “{detail}” in the catalogue. Choose one from the list.",
    ),
    "no_such_domain": (
        "Không có lĩnh vực “{detail}” nào đã in phiếu. Đề nghị chọn trong danh sách.",
        "No forms were printed for a domain “{detail}”. Choose one from the list.",
    ),
    "set_aside_title": ("Không phải phiếu cần tính", "Not a form to count"),
    "placed": ("đơn vị {unit}, lĩnh vực {domain}", "unit {unit}, domain {domain}"),
    "note_placed": (
        "Đã lưu đơn vị và lĩnh vực; máy đã đọc lại phiếu này.",
        "Unit and domain saved; the sheet was measured again.",
    ),
    "note_agrees": ("Đã lưu lần đọc độc lập.", "The blind reading is saved."),
    "nothing_free": (
        "Các mục còn lại đang được cán bộ khác xem",
        "Others are looking at all that is left",
    ),
    "nothing_free_text": (
        "Trang tự kiểm tra lại sau vài giây.",
        "This page looks again every few seconds.",
    ),
    "look_again": ("Kiểm tra lại ngay", "Look again now"),
    "enlarge": ("Xem cả phiếu", "See the whole sheet"),
    "not_yours": (
        "Quyết định này của người khác nên không lưu dưới tên người đang đăng nhập.",
        "Somebody else made this decision in this browser, so it is not saved under your name.",
    ),
}
