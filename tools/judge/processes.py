"""Judges that are programs: run one, and take what it says."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path


def told(
    command: Sequence[str | Path], fine: Sequence[int], folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """What a judge says; an exit code that is not among the fine ones is a judge that did not judge."""
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode not in fine:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done
