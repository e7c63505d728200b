"""The words of the overview, its lists, and the comments; every entry: Vietnamese, English."""

from __future__ import annotations

from omr.settings import Language
from scans.review.words_guard import GUARD_WORDS
from scans.review.words_reasons import REASON_WORDS

OVERVIEW_WORDS: dict[str, tuple[str, str]] = {
    # to get about
    "nav_label": ("Các trang", "Pages"),
    "nav_queue": ("Mục đang chờ", "What waits"),
    "nav_overview": ("Tổng quan", "Overview"),
    "nav_comments": ("Ý kiến viết tay", "Comments"),
    "overview_brand": ("Xem lại phiếu quét", "Review scanned forms"),
    "overview_thousands": (".", ","),
    "overview_point": (",", "."),
    "overview_skip": ("Đến nội dung chính", "Skip to the content"),
    # the overview
    "overview_title": ("Tổng quan", "Overview"),
    "overview_waiting": ("Đang chờ quyết định", "Waiting for a person"),
    "overview_waiting_none": (
        "Không còn gì chờ quyết định.",
        "Nothing waits for a person.",
    ),
    "overview_waits_for": ("Loại mục", "Kind"),
    "overview_reason": ("Lý do", "Reason"),
    "overview_count": ("Số mục", "Items"),
    "overview_open_queue": ("Mở", "Open"),
    "overview_open_queue_at": ("Mở danh sách chờ tại: {what}", "Open the queue at: {what}"),
    "overview_no_reason": ("Phiếu bị nghi đọc sai", "The sheet was doubted as a whole"),
    "overview_kind_identity": ("Phiếu chưa rõ số", "Serial not known"),
    "overview_kind_paper": ("Hai tờ cùng một số", "Two papers with one serial"),
    "overview_kind_whole": ("Cả phiếu", "Whole sheet"),
    "overview_kind_answer": ("Câu trả lời", "Answer"),
    "overview_kind_second": ("Xem lại độc lập", "Blind second reading"),
    "overview_aside": ("Đã để riêng, không tính", "Set aside, not counted"),
    "overview_aside_none": ("Chưa có trang nào bị để riêng.", "Nothing was set aside."),
    "overview_remedy": ("Cách xử lý", "What to do"),
    "overview_sheets": ("Số trang", "Sheets"),
    "overview_show": ("Xem", "Show"),
    "overview_show_of": ("Xem từng trang: {what}", "Show the sheets: {what}"),
    "overview_batches": ("Các lần đọc", "Batches"),
    "overview_batches_none": (
        "Chưa đọc tệp quét nào. Đọc bằng lệnh omr scans read.",
        "No scan was read yet. Read some with: omr scans read",
    ),
    "overview_batch_title": ("Lần đọc {batch}", "Batch {batch}"),
    "overview_day": ("Ngày đọc", "Day"),
    "overview_period": ("Kỳ", "Period"),
    "overview_files": ("Tệp", "Files"),
    "overview_pages": ("Trang", "Pages"),
    "overview_file": ("Tệp", "File"),
    "overview_page": ("Trang", "Page"),
    "overview_sheet": ("Phiếu", "Sheet"),
    "overview_serial": ("Số phiếu", "Serial"),
    "overview_unit": ("Đơn vị", "Unit"),
    "overview_domain": ("Lĩnh vực", "Domain"),
    "overview_status": ("Kết quả", "Status"),
    "overview_by_status": ("Kết quả đọc", "Sheets by status"),
    "overview_waits": ("Còn chờ", "Waits"),
    "overview_decided_by": ("Đã quyết định", "Decided by"),
    "overview_nobody": ("chưa có ai", "nobody yet"),
    "overview_person_did": ("{who}: {count}", "{who}: {count}"),
    "overview_unread": (
        "Còn {count} trang chưa đọc: chạy lại lệnh omr scans read với các tệp này.",
        "{count} pages are not read yet: run omr scans read on these files again.",
    ),
    "overview_health": ("Máy quét", "Scanner"),
    "overview_health_none": ("Không đủ phiếu để nhận xét.", "Too little to judge it by."),
    "overview_status_and_health": ("Kết quả đọc, máy quét", "Sheets by status, scanner"),
    "overview_link": ("Liên kết", "Link"),
    "overview_quality": ("Độ thống nhất và thời gian", "Agreement and pace"),
    "overview_pairs": ("Câu được hai người xem độc lập", "Answers read by two people"),
    "overview_agreeing": ("Hai người thống nhất", "They agree on"),
    "overview_kappa": ("Hệ số kappa của Cohen", "Cohen's kappa"),
    "overview_kappa_none": (
        "chưa tính được (cần có cặp, và các câu trả lời phải khác nhau)",
        "not known (needs pairs, and answers that differ)",
    ),
    "overview_disputes": ("Bất đồng chờ người thứ ba", "Disagreements still open"),
    "overview_pairs_none": (
        "Chưa có câu nào được xem lại độc lập.",
        "No answer was read by a second person yet.",
    ),
    "overview_pace": (
        "Thời gian giữa (trung vị) cho một quyết định",
        "Median time for a decision",
    ),
    "overview_pace_none": ("chưa đo được", "not measured"),
    "overview_seconds": ("{seconds} giây", "{seconds} s"),
    "overview_of": ("{part} trong {all} ({percent} %)", "{part} of {all} ({percent} %)"),
    "overview_decisions": ("{count} quyết định", "{count} decisions"),
    # statuses
    "status_counted": ("Được tính", "Counted"),
    "status_review": ("Chờ xem lại", "Waits for a person"),
    "status_refused": ("Từ chối", "Refused"),
    "status_duplicate": ("Trùng", "Seen before"),
    "status_blank": ("Không có phiếu", "Without a form"),
    # lists of sheets
    "sheets_title": ("Trang đã để riêng", "Sheets that were set aside"),
    "sheets_heading": ("Từng phiếu, từng trang", "Sheet by sheet"),
    "sheets_filter": ("Lọc", "Filter"),
    "sheets_all_statuses": ("Mọi kết quả", "Any status"),
    "sheets_all_reasons": ("Mọi lý do", "Any reason"),
    "sheets_all_files": ("Mọi tệp", "Any file"),
    "sheets_apply": ("Lọc", "Apply"),
    "sheets_none": ("Không có trang nào như vậy.", "No sheet fits."),
    "sheets_range": ("{first}–{last} trong {total}", "{first}–{last} of {total}"),
    "sheets_older": ("Trang trước", "Previous"),
    "sheets_newer": ("Trang sau", "Next"),
    "sheets_pager": ("Chuyển trang", "Pages of the list"),
    "sheets_no_serial": ("chưa rõ", "not known"),
    # one sheet
    "sheet_title_unknown": ("Phiếu chưa rõ số", "Sheet without a serial"),
    "sheet_where": ("{file}, trang {page}, phiếu {sheet}", "{file}, page {page}, sheet {sheet}"),
    "sheet_batch": ("Lần đọc {batch}, kỳ {period}", "Batch {batch}, period {period}"),
    "sheet_decide": ("Mở trong danh sách chờ", "Open in the queue"),
    "sheet_picture": ("Ảnh của phiếu với những gì máy đọc", "The sheet with what was read"),
    "sheet_picture_large": ("Mở ảnh lớn", "Open the large picture"),
    "sheet_origin_kept": ("Ảnh quét đã lưu.", "From the picture that was kept."),
    "sheet_origin_parts": (
        "Vẽ lại từ kết quả đo; các ô có dấu là ảnh quét đã lưu.",
        "Drawn from what was measured; the rows with doubts are kept scans.",
    ),
    "sheet_origin_drawn": (
        "Không lưu ảnh: vẽ lại từ kết quả đo.",
        "No picture was kept: drawn from what was measured.",
    ),
    "sheet_origin_outline": (
        "Không lưu ảnh: vẽ theo mẫu phiếu.",
        "No picture was kept: drawn from the form's outline.",
    ),
    "sheet_origin_nothing": (
        "Không có ảnh và không rõ mẫu phiếu. Đề nghị tìm tờ giấy ở tệp và trang ghi trên.",
        "There is no picture and no layout. Find the paper by its file and page above.",
    ),
    "sheet_veiled": (
        "Phần ý kiến viết tay được làm mờ vì có thông tin cá nhân.",
        "The comment is blurred: it holds personal data.",
    ),
    "sheet_legend_marked": ("máy đọc được", "read by the machine"),
    "sheet_legend_doubtful": ("còn nghi ngờ", "in doubt"),
    "sheet_legend_decided": ("do người chọn", "chosen by a person"),
    "sheet_answers": ("Câu trả lời", "Answers"),
    "sheet_no_answers": ("Máy không đọc câu nào trên trang này.", "No answer was read here."),
    "sheet_question": ("Câu hỏi", "Question"),
    "sheet_machine": ("Máy đọc", "The machine saw"),
    "sheet_person": ("Người quyết định", "A person said"),
    "sheet_unchanged": ("giữ nguyên", "unchanged"),
    "sheet_answer_blank": ("để trống", "blank"),
    "sheet_answer_invalid": ("không hợp lệ", "invalid"),
    "sheet_answer_doubtful": ("nghi ngờ: {options}", "in doubt: {options}"),
    "sheet_answer_waits": ("đang chờ", "waits"),
    "sheet_history": ("Các quyết định đã ghi", "Every decision about it"),
    "sheet_history_none": ("Chưa ai quyết định gì về phiếu này.", "Nobody decided anything yet."),
    "sheet_when": ("Lúc", "When"),
    "sheet_who": ("Người", "Who"),
    "sheet_about": ("Về", "About"),
    "sheet_said": ("Nội dung", "What"),
    "sheet_took": ("Thời gian", "Time taken"),
    "sheet_about_identity": ("Số phiếu", "Which form it is"),
    "sheet_about_whole": ("Cả phiếu", "The whole sheet"),
    "sheet_about_paper": ("Hai tờ cùng số", "Two papers with one serial"),
    "sheet_about_comment": ("Ý kiến viết tay", "The comment"),
    "sheet_second": ("xem lại độc lập", "blind second reading"),
    "sheet_other_paper": ("tờ kia", "the other paper"),
    "said_answered": ("{options}", "{options}"),
    "said_blank": ("để trống", "blank"),
    "said_invalid": ("không hợp lệ", "invalid"),
    "said_invalid_whole": ("không tính phiếu này", "does not count"),
    "said_identified": ("đã xác định phiếu", "the form was named"),
    "said_not-a-form": ("không phải phiếu", "not a form"),
    "said_scan-again": ("sẽ quét lại", "will be scanned again"),
    "said_seen-before": ("đã quét rồi", "scanned before"),
    "said_confirmed": ("máy đọc đúng cả phiếu", "all of it is right"),
    "said_doubted": ("có chỗ sai: hỏi từng câu", "something is wrong"),
    "said_undone": ("hoàn tác", "undone"),
    "said_first": ("giữ tờ quét trước", "the first paper counts"),
    "said_second": ("giữ tờ quét sau", "the second paper counts"),
    "said_both": ("tính cả hai tờ", "both count"),
    "said_neither": ("không tính tờ nào", "neither counts"),
    "said_personal": ("có thông tin cá nhân", "holds personal data"),
    "said_comment": ("đã xem", "looked at"),
    # comments
    "comments_title": ("Ý kiến viết tay", "Handwritten comments"),
    "comments_list": ("Danh sách ý kiến", "List of comments"),
    "comments_filter_open": ("Chưa xem", "Open"),
    "comments_filter_done": ("Đã xem", "Done"),
    "comments_filter_personal": ("Thông tin cá nhân", "Personal"),
    "comments_all_periods": ("Mọi kỳ", "Any period"),
    "comments_period": ("Kỳ", "Period"),
    "comments_none": ("Không có ý kiến nào ở mục này.", "There is no comment here."),
    "comments_none_at_all": (
        "Chưa có ý kiến viết tay nào. Ý kiến được lưu khi phiếu được đọc.",
        "There is no handwritten comment yet. They are kept when forms are read.",
    ),
    "comments_crop": ("Ảnh ý kiến viết tay", "The handwritten comment"),
    "comments_crop_veiled": ("Ảnh ý kiến, đã làm mờ", "The comment, blurred"),
    "comments_no_crop": (
        "Không còn ảnh của ý kiến này. Đề nghị tìm phiếu giấy.",
        "The picture of this comment is gone. Find the paper.",
    ),
    "comments_text": (
        "Chép lại (không bắt buộc)",
        "Transcription (optional)",
    ),
    "comments_tags": ("Nội dung", "What it is about"),
    "comments_personal": (
        "Có thông tin cá nhân: làm mờ với người khác",
        "Holds personal data: blur it for everybody else",
    ),
    "comments_save": ("Lưu, sang ý kiến sau", "Save, and go on"),
    "comments_saved": ("Đã lưu.", "Saved."),
    "comments_meanwhile": (
        "Chưa lưu: {who} vừa ghi về ý kiến này. Xem lại rồi lưu, nếu cần.",
        "Not saved: {who} has just noted something about it. Look again, then save if needed.",
    ),
    "comments_keys": (
        "Phím: ← → chuyển ý kiến, 1–8 nội dung, P thông tin cá nhân, T chép lại, Ctrl+Enter lưu.",
        "Keys: ← → move, 1–8 what it is about, P personal, T transcribe, Ctrl+Enter saves.",
    ),
    "comments_previous": ("Trước", "Previous"),
    "comments_next": ("Sau", "Next"),
    "comments_seen_by": ("Người xem: {who}, {when}", "Looked at by {who}, {when}"),
    "comments_hidden": (
        (
            "Ý kiến này có thông tin cá nhân nên được làm mờ. Chỉ xem khi công việc cần; "
            "việc xem được ghi lại cùng tên người xem."
        ),
        (
            "This comment holds personal data, so it is blurred. Look only if the work needs "
            "it; that you looked is recorded with your name."
        ),
    ),
    "comments_show": ("Xem ý kiến này", "Show it"),
    "comments_hidden_text": ("(thông tin cá nhân)", "(personal)"),
    "comments_untouched": ("chưa xem", "open"),
    "comments_place": ("{n} trong {total}", "{n} of {total}"),
    "comments_sheet": ("Cả phiếu", "The whole sheet"),
    "tag_praise": ("Khen", "Praise"),
    "tag_attitude": ("Chê thái độ", "Attitude criticised"),
    "tag_waiting": ("Chờ lâu", "Long waiting"),
    "tag_procedure": ("Thủ tục", "Procedure"),
    "tag_cost": ("Chi phí", "Cost"),
    "tag_facilities": ("Cơ sở vật chất", "Facilities"),
    "tag_names-staff": ("Nêu tên cán bộ", "Names an officer"),
    "tag_other": ("Khác", "Other"),
}


class OverviewWords:
    """These words in one language.

    Args:
        language: The office's.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._at = 0 if language is Language.VIETNAMESE else 1

    def __call__(self, key: str, **values: object) -> str:
        """The words for *key*, with *values* put in."""
        found = OVERVIEW_WORDS.get(key) or GUARD_WORDS[key]
        return found[self._at].format(**values)

    @staticmethod
    def knows(key: str) -> bool:
        """Whether there are words for *key*."""
        return key in OVERVIEW_WORDS

    def reason(self, reason: str) -> str:
        """A reason, or who set a sheet aside, in words; as it is if it has none."""
        found = REASON_WORDS.get(reason)
        return found[0][self._at] if found else reason

    def remedy(self, reason: str) -> str:
        """What a person can do about it; empty where the queue asks."""
        found = REASON_WORDS.get(reason)
        return found[1][self._at] if found else ""
