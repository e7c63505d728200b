"""The words of the pages by which people come in and go; every entry: Vietnamese, English."""

from __future__ import annotations

GUARD_WORDS: dict[str, tuple[str, str]] = {
    "whose_page": ("Xem lại phiếu quét", "Review scanned forms"),
    "refused_title": ("Không mở được trang này", "This page cannot be opened"),
    "try_again": ("Thử lại", "Try again"),
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
    "no_such_page": ("Không có trang này.", "There is no such page."),
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
    "unusable": (
        (
            "Hiện không dùng được sổ dữ liệu. Các quyết định trước đó vẫn được giữ. "
            "Đợi một lát rồi thử lại; cửa sổ lệnh cho biết lý do."
        ),
        (
            "The ledger cannot be used now. Earlier decisions are kept. "
            "Wait a moment and try again; the command window says why."
        ),
    ),
    "lost_title": ("Phiên làm việc đã kết thúc", "This session has ended"),
    "lost": (
        (
            "Lệnh omr scans review đã được chạy lại nên trang này không dùng tiếp được. "
            "Mọi quyết định đã lưu vẫn còn. Mở địa chỉ mới ở cửa sổ lệnh để làm tiếp."
        ),
        (
            "omr scans review was started again, so this page cannot go on. Every saved "
            "decision is kept. Open the new address in the command window to go on."
        ),
    ),
    "lost_kept": (
        "Mọi quyết định đã lưu vẫn còn. Để làm tiếp:",
        "Every saved decision is kept. To go on:",
    ),
    "lost_find": (
        "Ở cửa sổ lệnh, xem địa chỉ mà lệnh sau đã in ra; nếu lệnh đã dừng, chạy lại:",
        "In the command window, see the address this printed; if it has ended, run it again:",
    ),
    "lost_open": (
        "Mở địa chỉ đó. Trang tiếp tục ở mục đang chờ.",
        "Open that address. The page goes on with what is waiting.",
    ),
    "sign_in_title": ("Đăng nhập", "Sign in"),
    "sign_in_ask": (
        "Dùng tên và mật khẩu mà anh/chị đã được cấp.",
        "Use the name and password that you were given.",
    ),
    "name": ("Tên", "Name"),
    "password": ("Mật khẩu", "Password"),
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "signed_in_as": ("Người xem lại: {name}", "Reviewer: {name}"),
    "wrong_password": ("Tên hoặc mật khẩu không đúng.", "The name or the password is wrong."),
    "wait": (
        "Đã nhập sai nhiều lần. Đề nghị thử lại sau {seconds} giây.",
        "Too many wrong passwords. Try again in {seconds} seconds.",
    ),
    "signed_out": ("Đã đăng xuất.", "You have signed out."),
    "session_over": (
        (
            "Phiên đăng nhập đã hết hạn, hoặc trang đã được chạy lại. Mọi quyết định đã lưu "
            "vẫn còn; đăng nhập để làm tiếp."
        ),
        (
            "Your sign-in has run out, or the page was started again. Every saved decision is "
            "kept; sign in to go on."
        ),
    ),
    "not_kept": (
        "Việc vừa bấm chưa được lưu vì phiên đăng nhập đã hết hạn. Đăng nhập rồi làm lại mục đó.",
        (
            "What you just pressed was not saved, because your sign-in has run out. "
            "Sign in, then decide that item again."
        ),
    ),
    "sign_in_first": ("Đề nghị đăng nhập trước.", "Sign in first."),
}
