"""Why an item is here, and why a decision was not kept; every entry: Vietnamese, English."""

from __future__ import annotations

from omr.ledger.decisions import Refusal
from omr.marks import Reason

DOUBT_WORDS: dict[Reason, tuple[str, str]] = {
    Reason.MARGINAL_MARK: ("Dấu tô quá nhạt hoặc quá nhỏ", "A mark too faint or too small"),
    Reason.OVERVOTE: ("Tô nhiều hơn một ô", "More than one bubble marked"),
    Reason.CORRECTION: ("Có ô như bị gạch bỏ hoặc bị che", "A bubble looks crossed out or covered"),
    Reason.CIRCLED: ("Khoanh quanh ô, không tô vào ô", "Circled instead of filled"),
    Reason.STRAY_LINE: ("Có nét bút chỉ lướt qua ô", "A line that only crosses the bubble"),
    Reason.DISAGREEMENT: ("Hai cán bộ đọc khác nhau", "Two people disagree"),
    Reason.NO_CODE: ("Không đọc được mã QR nào", "Neither code could be read"),
    Reason.MANUAL_IDENTITY: ("Số phiếu do cán bộ nhập", "Serial typed by a person"),
    Reason.NO_SERIAL: (
        "Chỉ biết đơn vị và lĩnh vực, không rõ số phiếu",
        "Unit and domain are known, the serial is not",
    ),
    Reason.OTHER_ANSWERS: (
        "Hai phiếu cùng số, câu trả lời khác nhau",
        "Two forms bear one serial, with other answers",
    ),
    Reason.OTHER_PAPER: (
        "Hai phiếu cùng số, có thể là hai tờ giấy khác nhau",
        "Two forms bear one serial, perhaps two papers",
    ),
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
    Reason.NOT_AS_MEASURED: (
        "Câu trả lời đơn vị gửi khác với số đo của chính đơn vị",
        "The answers that the unit sent are not what its measurements give",
    ),
    Reason.WRONG_PERIOD: ("Thuộc kỳ báo cáo khác", "Belongs to another month"),
}

REFUSAL_WORDS: dict[Refusal, tuple[str, str]] = {
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
    Refusal.DECIDED_MEANWHILE: (
        (
            "Trong lúc đó {detail} đã quyết định mục này, nên lựa chọn vừa rồi chưa được lưu. "
            "Quyết định hiện tại ghi bên dưới; nếu vẫn muốn đổi, đề nghị chọn lại."
        ),
        (
            "{detail} decided this meanwhile, so your choice was not saved. What stands is shown "
            "below; choose again if it should be changed."
        ),
    ),
    Refusal.NO_REASON_GIVEN: (
        "Chưa ghi lý do. Đề nghị chọn một lý do có sẵn hoặc nhập lý do khác.",
        "No reason is given. Choose one of those below, or write another.",
    ),
    Refusal.PAPERS_DEPEND: (
        (
            "Không đổi được lúc này: sau đó đã có quyết định về một tờ khác cùng số {detail}. "
            "Hoàn tác quyết định ấy trước."
        ),
        (
            "This cannot be changed now: another paper with the serial {detail} was decided "
            "about since. Take that decision back first."
        ),
    ),
    Refusal.MONTH_UNLINKED: (
        (
            "Không đổi được: phiếu thứ nhất thuộc kỳ {detail}; kỳ này đã khoá sổ và câu trả lời "
            "trên phiếu đã xoá. Chỉ chọn được cách giữ nguyên kết quả của phiếu thứ nhất."
        ),
        (
            "This cannot be: the first paper belongs to {detail}, a closed month whose answers "
            "were destroyed. Only what leaves the first paper as it is can be chosen."
        ),
    ),
    Refusal.DUPLICATES_DEPEND: (
        "Không đổi được: một bản quét khác của phiếu {detail} đã được xếp là quét trùng vì số này.",
        (
            "This cannot be changed: another scan of {detail} was set aside as a duplicate "
            "because of it."
        ),
    ),
}
