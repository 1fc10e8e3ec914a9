"""Two planned meshes, rendered as far as they can be others: the stacks that change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cli.changed_files import ChangedFiles
from cli.preview_failures import exit_on_failures
from cli.progress import Progress
from mesh.folder import PlannedMesh

if TYPE_CHECKING:
    from mesh.changes.changed_stacks import ChangedStack
    from sandbox.runs.prepared_previews import PreparedPreviews
    from sandbox.runs.rendered_stacks import Resources
    from sandbox.runs.stack_run import StackRun

PROGRAM: Final = (
    *("__main__.py", "components", "functions", "mesh", "program"),
    *("pyproject.toml", "requirements.lock"),
)
"""Files and folders of the program that makes every stack, where the mesh is in its repository.

A folder is itself a changed path where it is a submodule or a link.
"""


def program_files(changed: ChangedFiles) -> tuple[str, ...]:
    """Files of the program that were changed, where it runs from the repository of the mesh."""
    from sandbox.runs.stack_run import ENTRY_POINT

    if changed.top is None or ENTRY_POINT.parent != changed.top:
        return ()
    return tuple(file for file in changed.files if _is_in(file, PROGRAM) and not _is_in(file, (changed.folder,)))


def _is_in(file: str, places: Sequence[str]) -> bool:
    return any(file == place or file.startswith(f"{place}/") for place in places)


def stacks_between(
    before: PlannedMesh, after: PlannedMesh, changed: ChangedFiles, prepared: PreparedPreviews | None = None
) -> tuple[ChangedStack, ...]:
    """The stacks that change; all of them where the program does, for both sides are made by the one that is here.

    Ends the command where a preview fails.
    """
    from mesh.changes.affected_stacks import AffectedStack, affected
    from mesh.changes.changed_stacks import ChangedStack, changed_stacks

    candidates = affected(before.plan, after.plan)
    stacks = [candidate.stack for candidate in candidates]
    old, new = render((before, after), stacks, prepared)
    found = {each.stack.stack: each for each in changed_stacks(candidates, old, new, changed.files)}
    if program := program_files(changed):
        others = {stack: ChangedStack(AffectedStack(stack, "program"), (), program) for stack in after.plan.stacks}
        found = {**others, **found}
    return tuple(found.values())


def render(
    sides: Sequence[PlannedMesh], stacks: Sequence[str], prepared: PreparedPreviews | None = None
) -> list[dict[str, Resources]]:
    """Resources by stack on each side, planned in processes that begin before there is any thread."""
    from sandbox.runs.rendered_stacks import rendered

    wanted = [[stack for stack in stacks if stack in side.plan.access] for side in sides]
    if not any(wanted):
        return [{} for _ in sides]
    done = _planned(list(zip(sides, wanted, strict=True)), prepared)
    exit_on_failures(done)
    runs = iter(done)
    return [rendered(side, [next(runs) for _ in each]) for side, each in zip(sides, wanted, strict=True)]


def _planned(meshes: list[tuple[PlannedMesh, list[str]]], prepared: PreparedPreviews | None) -> list[StackRun]:
    """The runs, by the process that has imported the program already where that is there, or by others."""
    from sandbox.runs.preview import previews_of_meshes

    number = sum(len(stacks) for _, stacks in meshes)
    if prepared is not None and prepared.takes(meshes):
        with Progress("planning", number) as progress:
            if (done := prepared.runs(meshes, progress.step)) is not None:
                return done
    with previews_of_meshes(meshes) as previews, Progress("planning", number) as progress:
        return previews.runs(progress.step)
