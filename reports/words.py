"""Words that the workbook, the report and the leader's page share, in both paper languages.

Papers have their own language (``settings.language``), so these are no messages of the
screen. Vietnamese first: that is what offices print; English for readers abroad. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from omr.settings import Language
from reports.measures import LEAST_TO_RANK, Band, Change
from reports.responses import Channel
from reports.results import Break, Note, Remark, Section


class Word(StrEnum):
    """Names of measures and of parts of tables."""

    CITY = "city"
    SHARE_PEOPLE = "share-people"
    SHARE_ANSWERS = "share-answers"
    INTERVAL = "interval"
    MEAN = "mean"
    INDEX = "index"
    FULLY = "fully"
    COMPOSITE = "composite"
    PARTICIPATION = "participation"
    RETURN_RATE = "return-rate"
    RESPONSES = "responses"
    PAPER = "paper"
    ELECTRONIC = "electronic"
    VISITS = "visits"
    BLANK = "blank"
    INVALID = "invalid"
    NOT_RANKED = "not-ranked"
    NOT_COMPARABLE = "not-comparable"
    UNCLEAR = "unclear"
    WITHHELD = "withheld"
    PROVISIONAL = "provisional"
    OPEN_ALERT = "open-alert"
    HANDLED_ALERT = "handled-alert"
    SPECIFIC = "specific"


_WORDS: Mapping[Word, tuple[str, str]] = {
    Word.CITY: ("Toàn thành phố", "Whole city"),
    Word.SHARE_PEOPLE: ("Tỷ lệ hài lòng", "Share satisfied"),
    Word.SHARE_ANSWERS: ("Tỷ lệ hài lòng theo lượt đánh giá", "Share of satisfied answers"),
    Word.INTERVAL: ("Khoảng tin cậy 95%", "95% interval"),
    Word.MEAN: ("Điểm trung bình", "Mean"),
    Word.INDEX: ("Chỉ số hài lòng quy đổi", "Converted index"),
    Word.FULLY: ("Hài lòng toàn diện", "Fully satisfied"),
    Word.COMPOSITE: ("Bình quân năm nhóm tiêu chí", "Mean of the five factors"),
    Word.PARTICIPATION: ("Tỷ lệ tham gia", "Participation"),
    Word.RETURN_RATE: ("Tỷ lệ thu hồi phiếu", "Rate of return"),
    Word.RESPONSES: ("Số phiếu", "Responses"),
    Word.PAPER: ("Phiếu giấy", "Paper"),
    Word.ELECTRONIC: ("Phiếu điện tử", "Electronic"),
    Word.VISITS: ("Lượt trực tiếp", "Visits to the counter"),
    Word.BLANK: ("Để trống", "Blank"),
    Word.INVALID: ("Không hợp lệ", "Invalid"),
    Word.NOT_RANKED: ("mẫu nhỏ, không xếp hạng", "few answers, not ranked"),
    Word.NOT_COMPARABLE: ("không so sánh được", "not comparable"),
    Word.UNCLEAR: ("chưa rõ", "unclear"),
    Word.WITHHELD: (
        "* : không công bố vì số phiếu quá ít, hoặc để không suy ra được ô quá ít",
        "* : not shown, being a small count or giving one away",
    ),
    Word.PROVISIONAL: ("SỐ LIỆU TẠM TÍNH", "PROVISIONAL"),
    Word.OPEN_ALERT: ("mới", "new"),
    Word.HANDLED_ALERT: ("đã xử lý", "handled"),
    Word.SPECIFIC: ("Dòng riêng của từng lĩnh vực", "The domain's own line"),
}
_CHANNELS = {
    Channel.PAPER: _WORDS[Word.PAPER],
    Channel.ELECTRONIC: _WORDS[Word.ELECTRONIC],
}
_SECTIONS = {
    Section.OFFICES: ("Phòng nghiệp vụ", "Offices"),
    Section.COMMUNES: ("Công an cấp xã", "Commune police"),
    Section.OTHER: ("Đơn vị khác", "Other units"),
}
_CHANGES = {
    Change.UP: ("▲", "▲"),
    Change.DOWN: ("▼", "▼"),
    Change.UNCLEAR: _WORDS[Word.UNCLEAR],
}
_BANDS = {
    Band.LOW: ("dưới 60%", "below 60%"),
    Band.NEAR: ("từ 60% đến dưới 80%", "60% to below 80%"),
    Band.REACHED: ("đạt từ 80%", "80% or more"),
    Band.IMPOSSIBLE: ("số liệu sai: phiếu nhiều hơn lượt", "wrong data: more answers than visits"),
}
_FACTORS = {
    "A": ("Tiếp cận dịch vụ", "Access to the service"),
    "B": ("Thủ tục hành chính", "Procedures"),
    "C": ("Cán bộ trực tiếp giải quyết", "Staff"),
    "D": ("Kết quả giải quyết", "Outcome"),
    "E": ("Tiếp nhận, xử lý phản ánh, kiến nghị", "Handling of complaints"),
}
_BREAKS = {
    Break.NO_DATA: ("chưa có số liệu", "no data"),
    Break.UNITS: ("danh sách đơn vị khác", "other units"),
    Break.DOMAINS: ("các lĩnh vực có phiếu khác nhau", "other domains answered"),
    Break.QUESTIONS: ("bộ câu hỏi khác", "other questions"),
}
_NOTES = {
    Note.PROVISIONAL: (
        "Số liệu tạm tính: còn phiếu chờ cán bộ xem lại hoặc số phiếu chưa cân đối.",
        "Provisional: forms wait for a person, or the stock does not balance.",
    ),
    Note.BATCH_PERIOD: (
        "Phiếu giấy tính theo kỳ thu hồi; phiếu điện tử tính theo thời điểm gửi.",
        "Paper counts in the month of its collection, electronic answers by their time.",
    ),
    Note.SELF_SELECTED: (
        "Người trả lời là tự nguyện, không chọn mẫu: khoảng tin cậy hẹp hơn độ bất định thật.",
        "People chose themselves whether to answer, so intervals understate the doubt.",
    ),
    Note.CHANNELS: (
        "Hai kênh đều không ghi tên nên không loại được trường hợp một người trả lời cả hai.",
        "Both channels are anonymous: one person's answers in both cannot be told.",
    ),
    Note.CHANCE: (
        "Với số đơn vị được so sánh, ngẫu nhiên cũng có thể cho khoảng {number} dấu ▲ hoặc ▼.",
        "Among so many units chance alone may mark about {number} changes.",
    ),
    Note.SMALL: (
        "{number} đơn vị có dưới {least} phiếu: mẫu nhỏ, không xếp hạng.",
        "{number} units have fewer than {least} answers and are not ranked.",
    ),
    Note.VISITS_MISSING: (
        "{number} nơi có phiếu nhưng chưa có số lượt trực tiếp: không tính vào tỷ lệ tham gia.",
        "{number} places answered without known visits: left out of participation.",
    ),
    Note.VISITS_EXCEEDED: (
        "{number} nơi có số phiếu lớn hơn số lượt trực tiếp: số liệu sai, cần kiểm tra lại.",
        "{number} places have more answers than visits: wrong data, to be checked.",
    ),
    Note.UNIT_NOT_VALID: (
        "{number} đơn vị có phiếu nhưng không còn (hoặc chưa có) trong danh mục ở kỳ này.",
        "{number} units with answers did not exist in this month by the catalogue.",
    ),
    Note.NO_LEVEL: (
        "{number} câu trả lời ghi mức không có trong thang đánh giá: tính là không hợp lệ.",
        "{number} answers name a level that the scale lacks: counted as invalid.",
    ),
    Note.COUNTED_ELSEWHERE: (
        "{number} phiếu điện tử là số đã tổng hợp sẵn: không tính vào 'Hài lòng toàn diện'.",
        "{number} electronic responses came as counts only: left out of 'fully satisfied'.",
    ),
    Note.SUPPRESSED: (
        "Ô dưới 5 phiếu, và ô có thể dùng để suy ra ô đó, được thay bằng dấu *.",
        "Counts below 5, and counts that would give them away, are replaced by *.",
    ),
}


def word(which: Word, language: Language) -> str:
    """A name of a measure or of a part of a table."""
    return _in(_WORDS[which], language)


def channel_word(channel: Channel, language: Language) -> str:
    """What a channel is called."""
    return _in(_CHANNELS[channel], language)


def section_word(section: Section, language: Language) -> str:
    """What a part of a table of units is called, without its number."""
    return _in(_SECTIONS[section], language)


def change_word(change: Change | None, language: Language) -> str:
    """A change's mark; empty where there is nothing to compare with."""
    return "" if change is None else _in(_CHANGES[change], language)


def band_word(band: Band, language: Language) -> str:
    """Where participation stands."""
    return _in(_BANDS[band], language)


def factor_word(factor: str, language: Language) -> str:
    """What a factor is about; a letter beyond A to E stands for itself."""
    return _in(_FACTORS.get(factor, (factor, factor)), language)


def break_word(reason: Break, language: Language) -> str:
    """Why a month must not be compared."""
    return _in(_BREAKS[reason], language)


def remark_text(remark: Remark, language: Language) -> str:
    """A note as a sentence."""
    sentence = _in(_NOTES[remark.note], language)
    return sentence.format(number=remark.number, least=LEAST_TO_RANK)


def _in(both: tuple[str, str], language: Language) -> str:
    return both[language is Language.ENGLISH]
