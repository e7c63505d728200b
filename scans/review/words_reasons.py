"""Why a sheet is as it is, and what a person can do; every entry: Vietnamese, English."""

from __future__ import annotations

from omr.ledger.sheet_lists import BY_PERSON
from omr.marks import Reason

# By reason: in words, and what to do; that is empty where the queue asks about it.
REASON_WORDS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    Reason.MARGINAL_MARK.value: (
        ("Dấu tô quá nhạt hoặc quá nhỏ", "A mark too faint or too small"),
        ("", ""),
    ),
    Reason.OVERVOTE.value: (
        ("Tô nhiều hơn một ô", "More than one bubble marked"),
        ("", ""),
    ),
    Reason.CORRECTION.value: (
        ("Có ô như bị gạch bỏ hoặc bị che", "A bubble looks crossed out or covered"),
        ("", ""),
    ),
    Reason.CIRCLED.value: (
        ("Khoanh quanh ô, không tô vào ô", "Circled instead of filled"),
        ("", ""),
    ),
    Reason.STRAY_LINE.value: (
        ("Có nét bút chỉ lướt qua ô", "A line that only crosses the bubble"),
        ("", ""),
    ),
    Reason.DISAGREEMENT.value: (
        ("Hai người đọc khác nhau", "Two people read it differently"),
        ("", ""),
    ),
    Reason.NO_CODE.value: (
        ("Không đọc được mã QR nào", "Neither code could be read"),
        ("", ""),
    ),
    Reason.MANUAL_IDENTITY.value: (
        ("Số phiếu do cán bộ nhập", "Serial typed by a person"),
        ("", ""),
    ),
    Reason.NO_SERIAL.value: (
        ("Rõ đơn vị và lĩnh vực, không rõ số", "Unit and domain known, serial not"),
        ("", ""),
    ),
    Reason.FIDUCIAL_MISSING.value: (
        ("Thiếu một dấu vuông ở góc phiếu", "A corner mark is missing"),
        ("", ""),
    ),
    Reason.REGISTRATION.value: (
        ("Phiếu bị nhăn, cong hoặc lệch", "The sheet is creased or bent"),
        ("Vuốt phẳng tờ giấy rồi quét lại.", "Flatten the paper and scan it again."),
    ),
    Reason.POOR_IMAGE.value: (
        ("Ảnh quét quá mờ hoặc nhiễu", "The scan is too faint or noisy"),
        ("Quét lại đậm hơn, ở chế độ xám.", "Scan it again, darker and in grey."),
    ),
    Reason.WRONG_PERIOD.value: (
        ("Thuộc kỳ báo cáo khác", "Belongs to another month"),
        ("", ""),
    ),
    Reason.NOT_HANDED_OUT.value: (
        ("Theo sổ, phiếu còn trong kho", "By the books it lies in the store"),
        ("", ""),
    ),
    Reason.RETURNED_UNUSED.value: (
        ("Theo sổ, phiếu đã trả lại kho vì không dùng", "By the books it was handed back unused"),
        ("", ""),
    ),
    Reason.REPORTED_LOST.value: (
        ("Theo sổ, phiếu đã báo mất", "It was reported lost"),
        ("", ""),
    ),
    Reason.NOT_AS_MEASURED.value: (
        (
            "Câu trả lời đơn vị gửi khác với số đo của chính đơn vị",
            "The answers that the unit sent are not what its measurements give",
        ),
        (
            "So từng câu với hình; hỏi đơn vị dùng phiên bản nào.",
            "Compare every answer with the picture; ask which version the unit has.",
        ),
    ),
    Reason.BAD_SIGNATURE.value: (
        (
            "Mã không do hệ thống này ký: giả hoặc hỏng",
            "The code was not signed by us: forged or damaged",
        ),
        (
            "Giữ tờ giấy, hỏi nơi đã phát; không nhập tay.",
            "Keep the paper and ask where it came from; do not type it in.",
        ),
    ),
    Reason.UNKNOWN_KEY.value: (
        ("Mã được ký bằng khoá không có ở đây", "Signed with a key that is not here"),
        (
            "Nếu in ở máy khác: nhập khoá của máy đó, rồi đọc lại tệp đã quét mới.",
            "If it was printed elsewhere: bring that key here, then scan and read it anew.",
        ),
    ),
    Reason.WITHDRAWN_KEY.value: (
        ("Mã được ký bằng khoá đã thu hồi", "Signed with a key that was withdrawn"),
        (
            "Hỏi người giữ khoá; không tính phiếu này.",
            "Ask the keeper of the keys; it does not count.",
        ),
    ),
    Reason.SPECIMEN.value: (
        ("Phiếu mẫu, không bao giờ tính", "A specimen, which never counts"),
        ("Không cần làm gì.", "Nothing to do."),
    ),
    Reason.FOREIGN_CODE.value: (
        ("Mã QR khác dán đè lên cả hai mã của phiếu", "Other QR codes cover both of the form's"),
        ("Bóc nhãn dán rồi quét lại.", "Take the stickers off and scan it again."),
    ),
    Reason.NOT_ISSUED.value: (
        ("Số phiếu chưa từng được cấp", "The serial was never issued"),
        ("Kiểm tra phiếu in ở kho dữ liệu nào.", "Find out from which workspace it was printed."),
    ),
    Reason.VOIDED.value: (
        ("Số phiếu đã huỷ", "The serial is void"),
        (
            "Hỏi đơn vị vì sao phiếu huỷ được dùng; không tính.",
            "Ask the unit why a void form was used; it does not count.",
        ),
    ),
    Reason.LAYOUT.value: (
        ("In theo mẫu không có trong sổ", "Printed with a layout that is not in the ledger"),
        ("Đọc ở kho dữ liệu đã in phiếu này.", "Read it in the workspace that printed it."),
    ),
    Reason.IDENTITY_CONFLICT.value: (
        ("Hai mã trên phiếu chỉ hai phiếu khác nhau", "The two codes name different forms"),
        (
            "Tách các tờ dính hoặc dán chồng, rồi quét lại.",
            "Part sheets that stick together, then scan again.",
        ),
    ),
    Reason.MIRRORED.value: (
        ("Bị quét ngược như trong gương", "Scanned as a mirror image"),
        (
            "Tắt lật gương ở máy quét rồi quét lại.",
            "Switch mirroring off at the scanner and scan again.",
        ),
    ),
    Reason.STREAK.value: (
        ("Có vệt của máy quét chạy qua các ô", "A scanner's streak runs through the bubbles"),
        ("Lau kính máy quét rồi quét lại.", "Clean the scanner's glass and scan again."),
    ),
    Reason.LOW_RESOLUTION.value: (
        ("Dưới 150 điểm trên inch", "Fewer than 150 dots per inch"),
        ("Đặt 200 hoặc 300 dpi rồi quét lại.", "Set 200 or 300 dpi and scan again."),
    ),
    Reason.UNREADABLE_FILE.value: (
        ("Tệp hoặc trang bị hỏng", "The file or page is damaged"),
        (
            "Quét hoặc xuất lại tệp, rồi đọc tệp mới.",
            "Scan or export it anew and read the new file.",
        ),
    ),
    Reason.ENCRYPTED.value: (
        ("Tệp có mật khẩu", "The file is protected by a password"),
        (
            "Lưu lại không mật khẩu, rồi đọc tệp mới.",
            "Save it without a password and read the new file.",
        ),
    ),
    Reason.TOO_LARGE.value: (
        ("Trang lớn hơn mọi khổ giấy", "The page is larger than any paper"),
        ("Quét lại ở 200 hoặc 300 dpi.", "Scan it again at 200 or 300 dpi."),
    ),
    Reason.INTERNAL.value: (
        ("Chương trình gặp lỗi ở trang này", "The program failed on this page"),
        ("Báo lỗi kèm tệp, nếu được phép.", "Report it with the file, if you may."),
    ),
    Reason.SAME_ANSWERS.value: (
        ("Chính phiếu đó quét lại, cùng câu trả lời", "The same form again, with the same answers"),
        ("Không cần làm gì.", "Nothing to do."),
    ),
    Reason.OTHER_ANSWERS.value: (
        ("Cùng số, câu trả lời khác", "The same serial again, with other answers"),
        ("Chọn tờ được tính ở danh sách chờ.", "Choose in the queue which paper counts."),
    ),
    Reason.OTHER_PAPER.value: (
        (
            "Cùng số và câu trả lời, có thể là tờ khác",
            "The same serial and answers, perhaps a second paper",
        ),
        ("Chọn tờ được tính ở danh sách chờ.", "Choose in the queue which paper counts."),
    ),
    Reason.EMPTY_PAGE.value: (
        ("Trang trắng", "An empty page"),
        ("Không cần làm gì.", "Nothing to do."),
    ),
    Reason.FOREIGN_PAGE.value: (
        ("Không phải phiếu của hệ thống", "None of our forms"),
        (
            "Không cần làm gì, trừ khi là phiếu quét quá mờ: quét lại.",
            "Nothing to do, unless it is a form scanned too faintly: scan it again.",
        ),
    ),
    Reason.COVER.value: (
        ("Bìa quyển phiếu", "The cover of a pad"),
        ("Không cần làm gì.", "Nothing to do."),
    ),
    Reason.CALIBRATION.value: (
        ("Trang thử máy in", "A page for testing a printer"),
        ("Không cần làm gì.", "Nothing to do."),
    ),
    Reason.BOARD.value: (
        ("Bảng mã QR cho người dân", "A board of QR codes for citizens"),
        ("Không cần làm gì.", "Nothing to do."),
    ),
    BY_PERSON: (
        ("Do người xem lại quyết định", "A person decided so"),
        ("Xem ai đã quyết định ở trang của phiếu.", "The sheet's page shows who did."),
    ),
}
