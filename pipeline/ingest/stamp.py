"""How a file looks from outside: as long as that is the same, its bytes need not be read again.

As in git's index, size and times can only be trusted where the file had last been changed some time before they were
taken: within one tick of the file system's clock a file can change again without looking any different.
"""

from __future__ import annotations

import os
import time

SETTLED_NS = 2_000_000_000
"""The coarsest clock of a common file system (FAT) ticks every two seconds."""


def stamp(path: str) -> str | None:
    """Size, times of change (nanoseconds) and inode; ``None`` where the file has only just changed.

    Raises ``OSError`` where there is no such file.
    """
    now, found = time.time_ns(), os.stat(path)  # noqa: PTH116 (called for every file of an archive)
    if max(found.st_mtime_ns, found.st_ctime_ns) > now - SETTLED_NS:
        return None
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_ino}"
