"""The one file that a unit sends: whole and unaltered, or refused."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_ledger import seen
from make_units import full
from PIL import Image

from omr.geometry import PageRect
from omr.key_pairs import ReceiverKey, new_sender_key, receiver_key
from omr.ledger.packed import (
    Packed,
    PackedAlertNote,
    PackedBatch,
    PackedChoice,
    PackedDecision,
    PackedNote,
    PackedSecond,
    PackedSheet,
    PackedSource,
)
from omr.ledger.sheets import Axis, Part, Streak
from omr.ledger.standing import Keeps, Remeasured, Verdict
from omr.marks import Reason
from scans.pack_file import (
    MAGIC,
    Content,
    NotForUs,
    PackFault,
    open_pack,
    take_pack_left_over,
    write_pack,
)
from scans.pack_json import LineFault, from_lines, to_lines

AT = "2026-11-23T08:00:00+00:00"
RECORD = "0123456789abcdef" * 2


def everything() -> Packed:
    """One of each thing that a file can hold."""
    sheet = replace(seen("GTDB-26-000001-D", said=full(q1="r5")), measurements=b"\x00\xff")
    sheet = replace(sheet, streaks=(Streak(Axis.COLUMN, 10, 2),), reasons=(Reason.STREAK,))
    named = Remeasured("", "HP-PC08", "GTDB", "0" * 12, (Reason.NO_SERIAL,), full(), b"ink")
    second = PackedSecond(Verdict.BLANK, (), "chi", AT, 20)
    return Packed(
        batches=(PackedBatch(1, "2026-11", "omr", '{"marginal": 0.1}', AT),),
        sources=(PackedSource("ab" * 32, "quét 1.pdf", 10, 3, 1),),
        sheets=(
            PackedSheet(
                RECORD, "ab" * 32, sheet, "cd" * 32, (Part("q1", PageRect(1, 2, 3, 4), "ef" * 32),)
            ),
        ),
        decisions=(
            PackedDecision(1, RECORD, "", Verdict.IDENTIFIED, (), "an", AT, 5, named),
            PackedDecision(2, RECORD, "q1", Verdict.ANSWERED, ("r1",), "an", AT, 5, None, second),
        ),
        choices=(PackedChoice(1, RECORD, "f" * 32, Keeps.BOTH, "vì", "an", AT, 5),),
        notes=(
            PackedNote(
                1, RECORD, "góp ý\nhai dòng", "a|b", personal=True, by="an", at=AT, milliseconds=5
            ),
        ),
        alert_notes=(PackedAlertNote(1, RECORD, "q1", handled=True, note="xong", by="an", at=AT),),
    )


def test_everything_comes_back_as_it_was() -> None:
    assert from_lines(to_lines(everything())) == everything()


LINES = list(to_lines(everything()))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(LINES) - 1), st.data())
def test_no_line_that_was_tampered_with_does_harm(which: int, data: st.DataObject) -> None:
    line = json.loads(LINES[which])
    junk = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.lists(st.none()),
    )
    place = line
    while isinstance(place, list) and place:
        at = data.draw(st.integers(0, len(place) - 1))
        if isinstance(place[at], list) and data.draw(st.booleans()):
            place = place[at]
            continue
        place[at] = data.draw(junk)
        break
    changed = [*LINES]
    changed[which] = json.dumps(line).encode()

    try:
        found = from_lines(changed)
    except LineFault:
        return
    assert from_lines(to_lines(found)) == found


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b'["virus"]',
        b'["sheet"]',
        b"[" * 100_000,
        b'["note", NaN]',
        b"\xff\xfe",
        b'["batch", 1, "2026-11", "omr", "[]", "2026-11-23T08:00:00+00:00"]',
        b'["batch", 1, "2026-11", "omr", "{}", "yesterday"]',
        b'["file", "x", "\\u001b[2J", 1, 1, 1]',
        b'["file", "x", "\\ud800", 1, 1, 1]',
        b'["file", "x", "n", 1e3, 1, 1]',
        b'["file", "x", "n", true, 1, 1]',
        b'["file", "x", "n", 99999999999999999999, 1, 1]',
    ],
)
def test_a_line_that_is_none_of_ours_is_refused(line: bytes) -> None:
    with pytest.raises(LineFault):
        from_lines([line])


@pytest.fixture
def receiver(tmp_path: Path) -> ReceiverKey:
    key = receiver_key(tmp_path / "receiver.json", make=True)
    assert key is not None
    return key


def jpeg(side: int = 8) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("L", (side, side), 200).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def sent(tmp_path: Path, receiver: ReceiverKey) -> Path:
    path = tmp_path / "pc08.omr"
    key = new_sender_key("HP-PC08", receiver.public)
    about = {"period": "2026-11", "made_at": AT, "software": "omr", "sheets": 1}
    write_pack(path, key, LINES, [jpeg()], **about)
    return path


def test_what_was_written_is_read(sent: Path, receiver: ReceiverKey) -> None:
    pack = open_pack(sent)
    content = Content(pack, receiver)

    assert (pack.head.unit, pack.head.period, pack.head.sheets) == ("HP-PC08", "2026-11", 1)
    assert list(content.lines()) == LINES
    assert [picture for _digest, picture in content.pictures()] == [jpeg()]
    content.close()
    assert [path.name for path in sent.parent.glob("*pc08*")] == ["pc08.omr"]


def test_nothing_that_somebody_said_can_be_read_without_the_receiver_s_key(
    sent: Path, tmp_path: Path
) -> None:
    raw = sent.read_bytes()
    other = receiver_key(tmp_path / "other.json", make=True)
    assert other is not None

    for word in (b"GTDB-26", RECORD.encode(), "góp ý".encode(), b"\xff\xd8\xff"):
        assert word not in raw
    with pytest.raises(NotForUs):
        Content(open_pack(sent), other)


def test_a_file_with_any_one_byte_altered_is_refused(sent: Path) -> None:
    raw = sent.read_bytes()
    step = max(1, len(raw) // 150)
    for place in [*range(100), *range(100, len(raw), step), len(raw) - 1]:
        sent.write_bytes(raw[:place] + bytes([raw[place] ^ 0x20]) + raw[place + 1 :])
        with pytest.raises(PackFault):
            open_pack(sent)


def test_a_file_that_is_cut_off_or_longer_is_refused(sent: Path) -> None:
    raw = sent.read_bytes()
    for part in (b"", raw[:5], raw[:200], raw[:-1], raw + b"x", raw + raw, raw[1:]):
        sent.write_bytes(part)
        with pytest.raises(PackFault):
            open_pack(sent)


def _zip(fill: Callable[[zipfile.ZipFile], None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return out.getvalue()


def _bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("records.jsonl", bytes(20_000_000))


def _traversal(archive: zipfile.ZipFile) -> None:
    archive.writestr("../../.ssh/authorized_keys", b"x")


def _link(archive: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("evidence")
    link.external_attr = 0o120777 << 16
    archive.writestr(link, "/etc/passwd")


@pytest.mark.parametrize("fill", [_bomb, _traversal, _link])
def test_archives_of_any_malice_are_no_files_of_ours_even_behind_our_first_bytes(
    tmp_path: Path, fill: Callable[[zipfile.ZipFile], None]
) -> None:
    path = tmp_path / "x.omr"
    for start in (b"", MAGIC, MAGIC + b"\x00\x00\x00\x02{}" + bytes(64)):
        path.write_bytes(start + _zip(fill))
        with pytest.raises(PackFault):
            open_pack(path)


def test_a_pipe_a_folder_and_a_missing_file_wait_for_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(PackFault):
            open_pack(tmp_path / name)
    with pytest.raises(OSError, match="No such file"):
        open_pack(tmp_path / "nothing")


@pytest.mark.parametrize(
    "head",
    [b"[]", b"{}", b'{"unit": 1}', b"\xff", b"[" * 9_000, b'{"unit": "x", "extra": 1}'],
)
def test_a_head_that_is_none_is_refused(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "x.omr"
    path.write_bytes(MAGIC + len(head).to_bytes(4, "big") + head + bytes(64))

    with pytest.raises(PackFault):
        open_pack(path)


def test_nobody_can_sign_what_another_unit_locked_as_their_own(
    sent: Path, receiver: ReceiverKey
) -> None:
    raw = sent.read_bytes()
    start = len(MAGIC) + 4
    length = int.from_bytes(raw[len(MAGIC) : start], "big")
    body = raw[start + length + 64 :]
    thief = new_sender_key("HP-PC06", receiver.public)
    content = json.loads(raw[start : start + length])
    head = json.dumps(content | {"unit": "HP-PC06", "sender": thief.public.hex()}).encode()
    signed = MAGIC + len(head).to_bytes(4, "big") + head
    sent.write_bytes(signed + thief.sign(signed) + body)

    pack = open_pack(sent)  # it is the thief's by its signature ...

    with pytest.raises(NotForUs):  # ... and does not open as the thief's
        Content(pack, receiver)


def test_a_picture_that_is_too_large_is_refused(tmp_path: Path, receiver: ReceiverKey) -> None:
    path = tmp_path / "x.omr"
    key = new_sender_key("HP-PC08", receiver.public)
    write_pack(
        path, key, [], [bytes(5 << 20)], period="2026-11", made_at=AT, software="omr", sheets=0
    )
    content = Content(open_pack(path), receiver)
    assert list(content.lines()) == []

    with pytest.raises(PackFault):
        list(content.pictures())


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\x00" * 7,
        b"\x00" * 7 + b"\x05ab\ncd",  # the lines end in the middle of one
        b"\x00" * 7 + b"\x09ab\n",  # they are shorter than they say
        b"\xff" * 8 + b"a",
        b"\x00" * 8 + b"half of a digest",
        b"\x00" * 8 + bytes(32) + b"\x00\x00\x00\x02ab",  # a picture of another digest
        b"\x00" * 8 + bytes(32) + b"\xff\xff\xff\xff",
    ],
)
def test_a_body_that_lies_about_itself_is_refused(
    tmp_path: Path, receiver: ReceiverKey, monkeypatch: pytest.MonkeyPatch, plain: bytes
) -> None:
    monkeypatch.setattr("scans.pack_file._plain", lambda _lines, _pictures: iter([plain]))
    path = tmp_path / "x.omr"
    key = new_sender_key("HP-PC08", receiver.public)
    write_pack(path, key, [], [], period="2026-11", made_at=AT, software="omr", sheets=0)
    content = Content(open_pack(path), receiver)

    with pytest.raises(PackFault):
        list(content.lines()), list(content.pictures())


def test_an_existing_file_is_never_replaced(sent: Path, receiver: ReceiverKey) -> None:
    before = sent.read_bytes()
    key = new_sender_key("HP-PC08", receiver.public)

    with pytest.raises(FileExistsError):
        write_pack(sent, key, [], [], period="2026-11", made_at=AT, software="omr", sheets=0)

    assert sent.read_bytes() == before
    assert len(list(sent.parent.glob("*.part"))) == 0


def test_what_an_interrupted_run_left_is_taken_away_by_the_next_one(
    sent: Path, receiver: ReceiverKey
) -> None:
    key = new_sender_key("HP-PC08", receiver.public)
    about: dict[str, Any] = {"period": "2026-11", "made_at": AT, "software": "omr", "sheets": 0}
    new = sent.with_name("new.omr")
    for path in (sent, new):
        for name in (f".{path.name}.body.part", f".{path.name}.part"):
            sent.with_name(name).write_bytes(b"half")

    write_pack(new, key, [], [], **about)
    take_pack_left_over(sent)  # it had got its name

    assert [path.name for path in sorted(sent.parent.glob("*.part"))] == []
    assert open_pack(new).head.unit == "HP-PC08"
