"""The page's words in Vietnamese and English; the office's setting chooses.

The screen's catalogue (:mod:`omr.i18n`) follows the system; a page that people read follows
``language`` in ``omr.toml``, so it has a table of its own. Every entry: Vietnamese, English.
"""

from __future__ import annotations

from omr.ledger.decisions import Refusal
from omr.marks import Reason
from omr.settings import Language

_PAGE = {
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
    "denied_title": ("Không mở được trang này", "This page cannot be opened"),
    "denied_link": (
        "Liên kết đã được dùng hoặc không đúng. Chạy lại lệnh omr scans review và mở địa chỉ mới.",
        (
            "The link was used before or is wrong. Run omr scans review again "
            "and open the new address."
        ),
    ),
    "denied_request": (
        "Yêu cầu không đến từ trang này nên không được thực hiện.",
        "The request did not come from this page, so nothing was done.",
    ),
    "internal": (
        (
            "Chương trình gặp lỗi ở trang này. Các quyết định trước đó vẫn được giữ. "
            "Chạy lại bằng lệnh omr --debug scans review và báo lại nội dung lỗi."
        ),
        (
            "The program failed on this page. Earlier decisions are kept. "
            "Run it again as omr --debug scans review, and report what it prints."
        ),
    ),
    "missing_title": ("Không có mục này", "There is no such item"),
    "missing_text": ("Về danh sách chờ xem lại.", "Go to what is waiting."),
    "trouble_title": ("Chưa lưu được", "Not saved"),
    "key_digits": ("Chọn ô thứ 1, 2, 3…", "Choose the 1st, 2nd, 3rd … bubble"),
    "key_accept": ("Chấp nhận gợi ý, hoặc lưu", "Accept the suggestion, or save"),
    "key_leave": ("Rời ô nhập để dùng các phím khác", "Leave the field, to use the other keys"),
}

_REASONS = {
    Reason.MARGINAL_MARK: ("Dấu tô quá nhạt hoặc quá nhỏ", "A mark too faint or too small"),
    Reason.OVERVOTE: ("Tô nhiều hơn một ô", "More than one bubble marked"),
    Reason.CORRECTION: ("Có ô như bị gạch bỏ", "A bubble looks crossed out"),
    Reason.CIRCLED: ("Khoanh quanh ô, không tô vào ô", "Circled instead of filled"),
    Reason.STRAY_LINE: ("Có nét bút chỉ lướt qua ô", "A line that only crosses the bubble"),
    Reason.NO_CODE: ("Không đọc được mã QR nào", "Neither code could be read"),
    Reason.MANUAL_IDENTITY: ("Số phiếu do cán bộ nhập", "Serial typed by a person"),
    Reason.FIDUCIAL_MISSING: ("Thiếu một dấu vuông ở góc phiếu", "A corner mark is missing"),
    Reason.REGISTRATION: ("Phiếu bị nhăn, cong hoặc lệch", "The sheet is creased or bent"),
    Reason.POOR_IMAGE: ("Ảnh quét quá mờ hoặc nhiễu", "The scan is too faint or noisy"),
    Reason.NOT_HANDED_OUT: (
        "Theo sổ, phiếu còn trong kho, chưa giao cho đơn vị",
        "By the books it lies in the store and was never handed out",
    ),
    Reason.RETURNED_UNUSED: (
        "Theo sổ, phiếu đã trả lại kho vì không dùng",
        "By the books it was handed back unused",
    ),
    Reason.REPORTED_LOST: ("Theo sổ, phiếu đã báo mất", "It was reported lost"),
    Reason.WRONG_PERIOD: ("Thuộc kỳ báo cáo khác", "Belongs to another month"),
}

_REFUSALS = {
    Refusal.UNKNOWN_SHEET: ("Không có phiếu này trong sổ.", "The ledger has no such sheet."),
    Refusal.NOT_ASKED: (
        "Mục này không còn chờ quyết định.",
        "This does not wait for a decision any more.",
    ),
    Refusal.NO_SUCH_OPTION: (
        "Câu hỏi này không có lựa chọn đó.",
        "The question has no such option.",
    ),
    Refusal.TOO_MANY_OPTIONS: (
        "Câu này chỉ được chọn một ô. Nếu người dân tô nhiều ô, chọn “Không hợp lệ”.",
        "Only one option may be chosen. If several are marked, choose “Invalid”.",
    ),
    Refusal.NO_OPTION: (
        "Chưa chọn ô nào. Nếu phiếu để trống câu này, chọn “Để trống”.",
        "Nothing is chosen. If the form is blank here, choose “Left blank”.",
    ),
    Refusal.MISTYPED: (
        (
            "“{detail}” chưa đúng: số phiếu có dạng GTDB-26-000417-M, chữ cái cuối là chữ "
            "kiểm tra. Đề nghị xem lại từng ký tự."
        ),
        (
            "“{detail}” is not right: a serial looks like GTDB-26-000417-M and its last letter "
            "checks the rest. Compare every character."
        ),
    ),
    Refusal.NOT_ISSUED: (
        "Số {detail} chưa từng được in. Đề nghị xem lại từng ký tự.",
        "{detail} was never printed. Compare every character.",
    ),
    Refusal.VOIDED: ("Số {detail} đã bị huỷ.", "{detail} is void."),
    Refusal.HELD: (
        (
            "Số {detail} đã thuộc về một phiếu quét khác. Đề nghị xem lại từng ký tự; nếu "
            "đúng, phiếu này đã được quét rồi: chọn “Đã quét rồi”."
        ),
        (
            "{detail} belongs to another scan already. Compare every character; if it is right, "
            "choose “Scanned before”."
        ),
    ),
    Refusal.OTHER_LAYOUT: (
        "Số {detail} thuộc về mẫu phiếu khác với phiếu trong ảnh.",
        "{detail} is a form of another layout than the picture shows.",
    ),
    Refusal.STREAKED: (
        (
            "Có vệt của máy quét chạy qua các ô. Đề nghị lau kính máy quét, quét lại, "
            "rồi chọn “Sẽ quét lại”."
        ),
        (
            "A scanner's streak runs through the bubbles. Clean the glass, scan it again, "
            "and choose “Will be scanned again”."
        ),
    ),
    Refusal.NO_PICTURE: (
        "Không có ảnh để máy đọc lại. Đề nghị quét lại phiếu giấy, rồi chọn “Sẽ quét lại”.",
        "There is no picture to measure. Scan the paper again and choose “Will be scanned again”.",
    ),
    Refusal.NOTHING_TO_UNDO: ("Không có gì để hoàn tác.", "There is nothing to undo."),
    Refusal.DUPLICATES_DEPEND: (
        "Không đổi được: một bản quét khác của phiếu {detail} đã được xếp là quét trùng vì số này.",
        (
            "This cannot be changed: another scan of {detail} was set aside as a duplicate "
            "because of it."
        ),
    ),
}


class Words:
    """The page's words in one language.

    Args:
        language: The office's.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._at = 0 if language is Language.VIETNAMESE else 1

    def __call__(self, key: str, **values: object) -> str:
        """The words for *key*, with *values* put in."""
        return _PAGE[key][self._at].format(**values)

    def reason(self, reason: Reason) -> str:
        """Why an item is here; the stable word where a page should never show it."""
        found = _REASONS.get(reason)
        return found[self._at] if found else reason.value

    def refusal(self, refusal: Refusal, detail: str = "") -> str:
        """Why a decision was not kept, and what to do."""
        return _REFUSALS[refusal][self._at].format(detail=detail)
