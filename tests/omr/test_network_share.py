"""A ledger file on a share of another machine is refused; any disk of this one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from omr.errors import ExitCode, LedgerUnusable
from omr.ledger import Ledger, network_share
from omr.ledger.network_share import linux_mounts, share_kind

_MOUNTS = r"""sysfs /sys sysfs rw 0 0
/dev/sda1 / ext4 rw 0 0
server:/omr /mnt/nfs nfs4 rw,vers=4.2 0 0
//server/chung /mnt/th\040m\134c cifs rw 0 0
an@server: /mnt/ssh fuse.sshfs rw 0 0
C: /mnt/c 9p rw,aname=drvfs 0 0
/dev/sdb1 /media/usb fuseblk rw 0 0
/dev/sdb2 /media/disk fuse.ntfs-3g rw 0 0
/dev/sdc1 /mnt/nfs/local ext4 rw 0 0
server:/late /srv nfs rw 0 0
/dev/sdd1 /srv ext4 rw 0 0
tmpfs /mnt tmpfs rw 0 0
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads what Linux says is mounted")
@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/mnt/nfs/office/ledger.db", "nfs4"),
        ("/mnt/th m\\c/office/ledger.db", "cifs"),
        ("/mnt/ssh/ledger.db", "fuse.sshfs"),
        ("/mnt/c/Users/an/ledger.db", "9p"),
        ("/mnt/nfs/local/ledger.db", None),
        ("/media/usb/ledger.db", None),
        ("/media/disk/ledger.db", None),
        ("/srv/ledger.db", None),  # the later of two at one place hides the earlier
        ("/mnt/nfsbeside/ledger.db", None),
        ("/home/an/ledger.db", None),
    ],
)
def test_the_innermost_mount_decides(
    place: str, kind: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mounts").write_text(_MOUNTS, encoding="utf-8")
    monkeypatch.setattr(network_share, "_MOUNTS", tmp_path / "mounts")

    assert share_kind(Path(place)) == kind


def test_names_of_mounts_with_odd_letters_are_understood() -> None:
    assert (Path("/mnt/th m\\c"), "cifs") in list(linux_mounts(_MOUNTS))


def test_a_ledger_on_a_share_is_neither_made_nor_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    Ledger.create(url).close()
    monkeypatch.setattr(network_share, "share_kind", lambda _path: "nfs4")

    for attempt in (Ledger.open, Ledger.create, Ledger.open_copy):
        with pytest.raises(LedgerUnusable, match="network share") as failure:
            attempt(url)
        assert failure.value.exit_code is ExitCode.LEDGER_UNUSABLE
        assert "PostgreSQL" in failure.value.remedy
    with pytest.raises(LedgerUnusable, match="network share"):
        Ledger.create(f"sqlite:///{tmp_path / 'new.db'}")
    assert not (tmp_path / "new.db").exists()
