"""The words of the page on which two papers with one serial are compared; Vietnamese, English."""

from __future__ import annotations

PAPER_WORDS: dict[str, tuple[str, str]] = {
    "paper_title": ("Hai phiếu cùng mang số", "Two forms bear one serial:"),
    "paper_ask": (
        "So hai phiếu. Các dòng tô vàng có câu trả lời khác nhau. Tính phiếu nào?",
        "Compare both. Rows in yellow have other answers. Which of them counts?",
    ),
    "paper_ask_same": (
        (
            "Câu trả lời trên hai phiếu giống nhau, nhưng nét bút có thể của hai tờ giấy khác "
            "nhau. Tính phiếu nào?"
        ),
        ("Both say the same, but their ink may lie on two different papers. Which of them counts?"),
    ),
    "paper_first": ("Phiếu thứ nhất", "First form"),
    "paper_second": ("Phiếu thứ hai", "Second form"),
    "paper_answers_differ": ("{n} dòng khác nhau", "{n} rows differ"),
    "paper_drawn": (
        (
            "Ảnh của phiếu này không được giữ. Hình vẽ bên dưới là các câu trả lời máy đã đọc; "
            "phiếu nằm ở {where}."
        ),
        (
            "No picture of this form is kept. Below are the answers as they were read; "
            "the form is in {where}."
        ),
    ),
    "enlarge_paper": ("Phóng to", "Enlarge"),
    "paper_choice": ("Tính phiếu nào?", "Which counts?"),
    "keep_first": ("Phiếu thứ nhất", "The first one"),
    "keep_second": ("Phiếu thứ hai", "The second one"),
    "keep_both": ("Cả hai phiếu", "Both"),
    "keep_neither": ("Không phiếu nào", "Neither"),
    "paper_why": ("Lý do", "Reason"),
    "paper_why_hint": (
        "(không cần nếu tính phiếu thứ nhất)",
        "(not needed for the first one)",
    ),
    "why_rescan": ("Cùng một tờ giấy, quét lại rõ hơn", "The same paper, scanned again better"),
    "why_added": (
        "Tờ thứ nhất được quét trước khi điền xong",
        "The first was scanned before it was filled in",
    ),
    "why_copy": ("Phiếu bị sao chụp", "The form was photocopied"),
    "why_two_people": (
        "Hai người dân khác nhau điền",
        "Two different people filled them in",
    ),
    "why_other": ("Lý do khác", "Another reason"),
    "paper_save": ("Lưu", "Save"),
    "first": ("chỉ tính phiếu thứ nhất", "only the first counts"),
    "second": ("chỉ tính phiếu thứ hai", "only the second counts"),
    "both": ("tính cả hai phiếu", "both count"),
    "neither": ("không tính phiếu nào", "neither counts"),
    "paper_why_was": ("Lý do: {why}", "Reason: {why}"),
    "key_reason": ("Chọn lý do", "Choose the reason"),
    "answer_none": ("để trống", "blank"),
}
