"""Cores that a process may use by forking; imports nothing of the engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_THREADS: Final = Path("/proc/self/task")


def cores() -> int:
    """The cores that this process may use; 1 where it has other threads, gRPC's own among them, or nothing tells."""
    if not _THREADS.is_dir() or len(list(_THREADS.iterdir())) > 1:
        return 1
    return len(os.sched_getaffinity(0))
