"""Refuses a ledger file on a network share, where SQLite's locks and write-ahead log fail.

SQLite's write-ahead log needs memory that all its users share, which machines do not
(https://www.sqlite.org/wal.html, "All processes using a database must be on the same host
computer"), and locks on network file systems are known to be broken
(https://www.sqlite.org/howtocorrupt.html, section 2.1). Several machines use PostgreSQL.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from omr.errors import LedgerUnusable
from omr.i18n import _

# File systems of Linux and macOS whose files other machines see.
_ON_A_NETWORK = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "ncp"),
        *("afs", "afpfs", "coda", "9p", "ceph", "glusterfs", "lustre", "gpfs", "beegfs", "pvfs2"),
        *(
            "orangefs",
            "ocfs2",
            "gfs2",
            "webdav",
            "davfs",
            "davfs2",
            "curlftpfs",
            "sshfs",
            "osxfuse",
        ),
        *("macfuse", "vboxsf", "vmhgfs", "prl_fs", "virtiofs"),
    }
)
_FUSE = "fuse."  # Linux names such a file system fuse.NAME
_ON_THIS_MACHINE = frozenset(
    {"fuse.ntfs", "fuse.ntfs-3g", "fuse.exfat", "fuse.ext2", "fuse.lowntfs-3g"}
)
_MOUNTS = Path("/proc/self/mounts")
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of Windows' GetDriveTypeW


def refuse_network_share(path: Path) -> None:
    """Refuse the ledger file *path* if it lies on another machine.

    Raises:
        LedgerUnusable: Naming the kind of share.
    """
    kind = share_kind(path)
    if kind is not None:
        raise LedgerUnusable(
            _("the ledger {path} lies on a network share ({kind})").format(path=path, kind=kind),
            _(
                "Move the workspace to a disk of this machine. Several machines share a ledger "
                "on a PostgreSQL server: omr ledger copy --to postgresql://USER@HOST/NAME"
            ),
        )


def share_kind(path: Path) -> str | None:
    """The kind of network share that *path* lies on; None for a disk of this machine."""
    if sys.platform == "win32":
        return _windows_share(path)
    place = path.resolve()
    if sys.platform == "darwin":
        return _named_share(place, _macos_mounts())
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # no such file outside Linux: nothing is known
        return None
    return _named_share(place, linux_mounts(mounts))


def linux_mounts(text: str) -> Iterator[tuple[Path, str]]:
    """Where what is mounted, by ``/proc/self/mounts`` (man 5 proc_pid_mounts), in its order."""
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:
            yield Path(_unescaped(fields[1])), fields[2]


def _named_share(place: Path, mounts: Iterable[tuple[Path, str]]) -> str | None:
    """The kind of the innermost mount that holds *place*, if it is a share.

    Of two at one place the later one hides the earlier.
    """
    depth, kind = -1, ""
    for where, what in mounts:
        if place.is_relative_to(where) and len(where.parts) >= depth:
            depth, kind = len(where.parts), what
    shared = kind in _ON_A_NETWORK or (kind.startswith(_FUSE) and kind not in _ON_THIS_MACHINE)
    return kind if shared else None


def _unescaped(field: str) -> str:
    """Spaces, tabs, line ends and backslashes stand as octal numbers there."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, letter)
    return field


def _macos_mounts() -> Iterator[tuple[Path, str]]:
    """What ``mount`` of macOS lists: ``//an@host/share on /Volumes/share (smbfs, nodev)``."""
    listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
    for line in listed.splitlines():
        _what, _on, rest = line.partition(" on ")
        where, _bracket, options = rest.rpartition(" (")
        if where:
            yield Path(where), options.split(",")[0].rstrip(")")


def _windows_share(path: Path) -> str | None:
    place = path.resolve()  # of a mapped drive it may be the share's own name already
    if place.drive.startswith("\\\\") and not place.drive.startswith(("\\\\?\\", "\\\\.\\")):
        return "UNC"
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - there is none elsewhere
    for drive in {path.absolute().drive, place.drive}:
        if drive.upper().startswith("\\\\?\\UNC"):
            return "UNC"
        if kernel.GetDriveTypeW(f"{drive}\\") == _REMOTE_DRIVE:
            return drive
    return None
