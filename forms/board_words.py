"""The words of a QR board, in the language of papers."""

from __future__ import annotations

from dataclasses import dataclass

from omr.settings import Language


@dataclass(frozen=True, slots=True)
class BoardWords:
    """Everything that a board says of itself; names and addresses come from elsewhere."""

    title: str
    invitation: str
    survey_title: str
    survey_invitation: str
    other_procedures: str  # the domain's own page, below its procedures
    or_type: str  # before a short address of another site
    caution: str
    report: str
    issued: str
    revision: str
    page: str
    specimen: str
    specimen_note: str


VIETNAMESE = BoardWords(
    title="Tra cứu thủ tục hành chính",
    invitation="Quét mã QR bằng điện thoại để mở trang của từng thủ tục",
    survey_title="Đánh giá mức độ hài lòng",
    survey_invitation="Mời Ông/Bà quét mã, cho ý kiến về lần giải quyết thủ tục tại đây.",
    other_procedures="Các thủ tục khác",
    or_type="hoặc gõ: {short}",
    caution="Quét mã bằng điện thoại. Chỉ mở trang khi địa chỉ hiện ra trùng địa chỉ in cạnh mã.",
    report="Nếu địa chỉ khác hoặc mã bị dán đè, xin báo ngay cho cán bộ tiếp dân.",
    issued="{office} – {agency} phát hành ngày {date}",
    revision="Lần sửa đổi {revision}",
    page="Trang {page}/{pages}",
    specimen="MẪU",
    specimen_note="Bản mẫu, không niêm yết",
)
ENGLISH = BoardWords(
    title="Administrative procedures",
    invitation="Scan a QR code with your phone to open the page of a procedure",
    survey_title="How satisfied are you?",
    survey_invitation="Please scan the code and tell us how your request was handled here.",
    other_procedures="Other procedures",
    or_type="or type: {short}",
    caution="Scan with your phone. Open the page only if it shows the address printed by the code.",
    report="If it differs, or a sticker covers the code, please tell the officer at once.",
    issued="Issued by {office} – {agency} on {date}",
    revision="Revision {revision}",
    page="Page {page}/{pages}",
    specimen="SPECIMEN",
    specimen_note="Specimen, not to be posted",
)


def board_words(language: Language) -> BoardWords:
    """The words in *language*."""
    return ENGLISH if language is Language.ENGLISH else VIETNAMESE
