"""Changes of the sample mesh: `recorded/<name>.diff`, each with the report that it gives, word for word, as `.txt`.

`python -m tests.mesh.changes.recorded_changes` writes the reports anew; the difference of the texts is what to review.
A case that is new is a patch of `stacks/` and `pipelines/`, as `git diff` prints it.
"""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from mesh.changes.assembled import report
from mesh.changes.report import ChangeReport
from mesh.changes.screen_text import screen_text
from mesh.folder import PlannedMesh, plan_folder
from tests.conftest import DAY, STACKS
from tests.mesh_copies import copied

RECORDED: Final = Path(__file__).parent / "recorded"
NAMES: Final = tuple(sorted(path.stem for path in RECORDED.glob("*.diff")))


def edited(name: str, to: Path) -> Path:
    """The sample with the patch of a case."""
    folder = copied(STACKS, to / "stacks")
    subprocess.run(["git", "apply", "-p1", str(RECORDED / f"{name}.diff")], cwd=to, check=True)
    return folder


@cache
def sample() -> PlannedMesh:
    """The sample as it is."""
    return plan_folder(STACKS, DAY)


def report_of(name: str, folder: Path) -> ChangeReport:
    """The report on a case, whose files are put into a folder."""
    return report(sample(), plan_folder(edited(name, folder), DAY), ("before", "after"))


def write() -> None:
    """Writes every report anew."""
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            (RECORDED / f"{name}.txt").write_text(screen_text(report_of(name, Path(folder))), "utf-8")


if __name__ == "__main__":
    write()
