"""Runs of a plain Parquet table: each writes a prefix of its own, `run=<id>/`, and says with `_SUCCESS` that it ends.

A run's files are never added to what is published: the table, or the partitions that the run has, are pointed at its
prefix. So a reader sees a run whole or not at all, of a partitioned table each partition of it; and a backfill replaces
just the partitions that it wrote.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from json_values import mapping
from partition_values import NoValueError, partition_value
from publish_settings import PromisedTable
from table_files import TableFiles

END: Final = "_SUCCESS"
WITHDRAWN: Final = "_WITHDRAWN"
"""An object with which the writer takes a run back that is not published: a writer may delete nothing."""

TAKEN_BACK: Final = f"and put an empty `{WITHDRAWN}` into this one"
NOTHING: Final = "run=rolled-back/"
"""A prefix with nothing in it, for partitions that a rollback takes away: the function deletes nothing.

No run may be called so, and a rollback looks whether there is a file all the same.
"""

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
"""A run's name, which is a part of SQL and of paths: ids of Glue's and Lambda's runs, UUIDs and dates are such."""


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
    runs = [run for prefix in prefixes if _id(files, prefix) not in known for run in _run(files, prefix)]
    return tuple(sorted(runs, key=lambda run: (run.finished, run.id)))


def published_runs(files: TableFiles, table: PromisedTable, state: Mapping[str, Any]) -> tuple[ParquetRun, ...]:
    """The runs that readers see in a published state, with those files that they see."""
    if not state:
        return ()
    if not table.partition_keys:
        prefix = str(state["pointer"])
        return (ParquetRun(_id(files, prefix), prefix, _LONG_AGO, _data(_objects(files, prefix)), ()),)
    folders: dict[str, set[str]] = {}
    for folder, run in mapping(state.get("partitions")).items():
        folders.setdefault(run, set()).add(folder)
    return tuple(_seen(files, run, folders[run]) for run in sorted(folders))


def _seen(files: TableFiles, run: str, folders: Collection[str]) -> ParquetRun:
    prefix = f"{files.location}run={run}/"
    data = _data(_objects(files, prefix))
    seen = tuple(path for path in data if path.removeprefix(prefix).rpartition("/")[0] in folders)
    return ParquetRun(run, prefix, _LONG_AGO, seen, ())


_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def _id(files: TableFiles, prefix: str) -> str:
    return prefix.removeprefix(f"{files.location}run=").removesuffix("/")


def _objects(files: TableFiles, prefix: str) -> dict[str, Any]:
    return {files.uri(each["Key"]): each for page in files.below(prefix) for each in page.get("Contents") or ()}


def _data(objects: Collection[str]) -> tuple[str, ...]:
    """Paths of what readers take for data: nothing whose name begins with `_` or a point."""
    return tuple(sorted(path for path in objects if not path.rpartition("/")[2].startswith(("_", "."))))


def _run(files: TableFiles, prefix: str) -> Iterator[ParquetRun]:
    objects = _objects(files, prefix)
    marker = objects.pop(f"{prefix}{END}", None)
    if marker is None or f"{prefix}{WITHDRAWN}" in objects:
        return
    data = _data(objects)
    late = tuple(path for path in data if objects[path]["LastModified"] > marker["LastModified"])
    yield ParquetRun(_id(files, prefix), prefix, marker["LastModified"], data, late)


def folder_values(table: PromisedTable, folder: str) -> tuple[str, ...] | None:
    """The values of the partition columns in a folder's name; None if it does not name just those, in their order.

    Raises NoValueError for a text that is no value of its column.
    """
    parts = [part.partition("=") for part in folder.split("/")] if folder else []
    if [name for name, _, _ in parts] != [column.name for column in table.partition_keys]:
        return None
    return tuple(
        partition_value(column, value) for column, (_, _, value) in zip(table.partition_keys, parts, strict=True)
    )


def _values(table: PromisedTable, folder: str) -> tuple[str, ...]:
    """The values of a folder, by which partitions are known; a folder that has none stands for itself."""
    try:
        return folder_values(table, folder) or (folder,)
    except NoValueError:
        return (folder,)


def left_behind(files: TableFiles, table: PromisedTable) -> str:
    """A sentence if there is a file where a rollback points partitions that it takes away."""
    found = _data(_objects(files, f"{files.location}{NOTHING}")) if table.partition_keys else ()
    if not found:
        return ""
    return (
        f"'{found[0]}' lies where a rollback points partitions that it takes away, and nothing may lie there, for "
        "readers would see what nobody checked: have the owners of the bucket delete it, then roll back again"
    )


def standing(table: PromisedTable, runs: Sequence[ParquetRun]) -> tuple[ParquetRun, ...]:
    """The runs, in their order, of which something will be seen: a later one may have all that an earlier one had."""
    if not table.partition_keys:
        return tuple(runs[-1:])
    seen: set[tuple[str, ...]] = set()
    found: list[ParquetRun] = []
    for run in reversed(runs):
        values = {_values(table, folder) for folder in run.folders}
        if not values <= seen:
            found.append(run)
        seen |= values
    return tuple(reversed(found))


def run_findings(table: PromisedTable, run: ParquetRun) -> Iterator[str]:
    """Findings of a run's keys: its name, files after its end, folders that are no partitions."""
    yield from id_findings(run)
    if run.late:
        yield (
            f"'{run.late[0]}' was written after the end marker of its run: a run writes all its files, then "
            f"{END}, and its prefix is never written again; write a new run, {TAKEN_BACK}"
        )
    yield from _folder_findings(table, run)


def id_findings(run: ParquetRun) -> Iterator[str]:
    """Findings of a run's name."""
    shown = run.id if len(run.id) <= 140 else f"{run.id[:140]}…"
    if f"run={run.id}/".lower() == NOTHING:
        yield f"no run may be called '{shown}', for a rollback uses that name: write a new run, {TAKEN_BACK}"
    elif not ID.fullmatch(run.id):
        yield (
            f"a run is called '{shown}', allowed are letters of ASCII, digits, '.', '-' and '_', 128 at the most, the "
            f"first a letter or digit: write a new run so, {TAKEN_BACK}"
        )


def _folder_findings(table: PromisedTable, run: ParquetRun) -> Iterator[str]:
    """The first of the folders that say no partition, or one that another folder has said."""
    folders: dict[tuple[str, ...], str] = {}
    for folder in run.folders:
        try:
            values = folder_values(table, folder)
        except NoValueError as error:
            said = f"run {run.id} has files in '{folder}', which says no value: {error}"
            yield f"{said}; write a new run so, {TAKEN_BACK}"
            return
        if values is None:
            keys = "/".join(f"{column.name}=…" for column in table.partition_keys) or "no folders"
            yield (
                f"run {run.id} has files in '{folder}', allowed below {run.prefix} is {keys}: write a new run so, "
                f"{TAKEN_BACK}"
            )
            return
        if folders.setdefault(values, folder) != folder:
            yield (
                f"run {run.id} has files in '{folders[values]}' and in '{folder}', which are one partition: write a "
                f"new run with one folder for each, {TAKEN_BACK}"
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
        before = mapping(published.get("partitions")).items()
        written = [(folder, run.id) for run in runs for folder in run.folders]
        # A partition is known by its values: two writers may escape them in two ways.
        places = {_values(table, folder): (folder, run) for folder, run in (*before, *written)}
        state["partitions"] = dict(places.values())
    elif published.get("finished", "") > state["finished"]:  # a run that ended before the published one: superseded
        state |= {"pointer": published["pointer"], "finished": published["finished"]}
    return state


def partition_places(table: PromisedTable, state: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """The location of each partition by its values."""
    places: dict[tuple[str, ...], str] = {}
    for folder, run in mapping(state.get("partitions")).items():
        places[_values(table, folder)] = f"{table.location}run={run}/{folder}/"
    return places
