"""What the disk refuses, in words for the person who has to do something about it."""

from __future__ import annotations

import errno

from omr.i18n import _

NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
READ_ONLY = frozenset({errno.EROFS})


def disk_remedy(error: OSError, otherwise: str) -> str:
    """What to do about *error*.

    Args:
        error: From reading or writing a file.
        otherwise: The remedy unless the disk is full or can only be read.
    """
    if error.errno in NO_ROOM:
        return _("Free some space on the disk, then run the command again; nothing was lost.")
    if error.errno in READ_ONLY:
        return _("This disk can only be read: choose another folder, or let it be written to.")
    return otherwise
