"""Runs of a plain Parquet table: each writes a prefix of its own, `run=<id>/`, and says with `_SUCCESS` that it ends.

A run's files are never added to what is published: the table, or the partitions that the run has, are pointed at its
prefix. So a reader sees a run whole or not at all, and a backfill replaces just the partitions that it wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from json_values import mapping
from publish_settings import PromisedTable
from table_files import TableFiles

END: Final = "_SUCCESS"
WITHDRAWN: Final = "_WITHDRAWN"
"""An object with which the writer takes a run back that is not published: a writer may delete nothing."""

TAKEN_BACK: Final = f"and put an empty `{WITHDRAWN}` into this one"
NOTHING: Final = "run=rolled-back/"
"""A prefix with nothing in it, for partitions that a rollback takes away: the function deletes nothing."""


@dataclass(frozen=True)
class ParquetRun:
    """A run that has ended: `prefix` is `s3://…/run=<id>/`, `files` its data files, `late` those written after its end.

    `folders` has the partitions, `day=2026-01-01/hour=03`; that of a table without partitions is the empty text.
    """

    id: str
    prefix: str
    finished: datetime
    files: tuple[str, ...]
    late: tuple[str, ...]

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders with data files, once each."""
        inside = (file.removeprefix(self.prefix).rpartition("/")[0] for file in self.files)
        return tuple(dict.fromkeys(inside))


def new_runs(files: TableFiles, published: Mapping[str, Any]) -> tuple[ParquetRun, ...]:
    """The runs that have ended and are not among those published, in the order in which they ended."""
    known: Collection[str] = set(published.get("runs") or ())
    prefixes = [
        files.uri(each["Prefix"])
        for page in files.below(f"{files.location}run=", delimiter="/")
        for each in page.get("CommonPrefixes") or ()
    ]
    runs = [run for prefix in prefixes if _id(prefix) not in known for run in _run(files, prefix)]
    return tuple(sorted(runs, key=lambda run: (run.finished, run.id)))


def _id(prefix: str) -> str:
    return prefix.rstrip("/").rpartition("run=")[2]


def _run(files: TableFiles, prefix: str) -> Iterator[ParquetRun]:
    objects = {files.uri(each["Key"]): each for page in files.below(prefix) for each in page.get("Contents") or ()}
    marker = objects.pop(f"{prefix}{END}", None)
    if marker is None or f"{prefix}{WITHDRAWN}" in objects:
        return
    data = {path: each for path, each in objects.items() if not path.rpartition("/")[2].startswith(("_", "."))}
    late = tuple(path for path, each in data.items() if each["LastModified"] > marker["LastModified"])
    yield ParquetRun(_id(prefix), prefix, marker["LastModified"], tuple(sorted(data)), late)


def folder_values(table: PromisedTable, folder: str) -> tuple[str, ...] | None:
    """The values of the partition columns in a folder's name; None if it does not name just those, in their order."""
    parts = [part.partition("=") for part in folder.split("/")] if folder else []
    if [name for name, _, _ in parts] != [column.name for column in table.partition_keys]:
        return None
    return tuple(unquote(value) for _, _, value in parts)


def standing(table: PromisedTable, runs: Sequence[ParquetRun]) -> tuple[ParquetRun, ...]:
    """The runs, in their order, of which something will be seen: a later one may have all that an earlier one had."""
    if not table.partition_keys:
        return tuple(runs[-1:])
    return tuple(
        run
        for number, run in enumerate(runs)
        if not set(run.folders) <= {folder for later in runs[number + 1 :] for folder in later.folders}
    )


def run_findings(table: PromisedTable, run: ParquetRun) -> Iterator[str]:
    """Findings of a run's keys: files after its end, folders that are no partitions."""
    if run.late:
        yield (
            f"'{run.late[0]}' was written after the end marker of its run: a run writes all its files, then "
            f"{END}, and its prefix is never written again; write a new run, {TAKEN_BACK}"
        )
    for folder in run.folders:
        if folder_values(table, folder) is None:
            keys = "/".join(f"{column.name}=…" for column in table.partition_keys) or "no folders"
            yield (
                f"run {run.id} has files in '{folder}', allowed below {run.prefix} is {keys}: write a new run so, "
                f"{TAKEN_BACK}"
            )
            return


def runs_state(table: PromisedTable, published: Mapping[str, Any], runs: Collection[ParquetRun]) -> dict[str, Any]:
    """The state of a table when runs are published in their order: which run each partition has, and the newest run."""
    newest = max(runs, key=lambda run: (run.finished, run.id))
    state: dict[str, Any] = {
        "pointer": newest.prefix,
        "finished": newest.finished.isoformat(),
        "runs": sorted({*(published.get("runs") or ()), *(run.id for run in runs)}),
    }
    if table.partition_keys:
        written = {folder: run.id for run in runs for folder in run.folders}
        state["partitions"] = {**(published.get("partitions") or {}), **written}
    elif published.get("finished", "") > state["finished"]:  # a run that ended before the published one: superseded
        state |= {"pointer": published["pointer"], "finished": published["finished"]}
    return state


def partition_places(table: PromisedTable, state: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """The location of each partition by its values."""
    places: dict[tuple[str, ...], str] = {}
    for folder, run in mapping(state.get("partitions")).items():
        places[folder_values(table, folder) or ()] = f"{table.location}run={run}/{folder}/"
    return places
