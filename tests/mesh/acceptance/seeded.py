"""Resources of a mesh with one thing wrong, in the first resource of a type that has it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mesh.acceptance.accept import AcceptedPlan, accept_all
from mesh.acceptance.emitted import EmittedResource, emitted
from tests.program.sample import Planned

Change = Callable[[dict[str, Any]], None]


def put(path: str, value: Any) -> Change:
    """The change of one property; `0` in a path is the first item of a list, `-` as the value takes it away."""

    def change(inputs: dict[str, Any]) -> None:
        *above, last = (int(name) if name.isdigit() else name for name in path.split("."))
        at: Any = inputs
        for name in above:
            at = at[name]
        if value == "-":
            del at[last]
        else:
            at[last] = value

    return change


def statement(place: str, change: Change) -> Change:
    """The change of the first statement of a document that stands at a property as text."""
    return document(place, lambda body: change(body["Statement"][0]))


def document(place: str, change: Change) -> Change:
    """The change of a document that stands at a property as text."""

    def changed(inputs: dict[str, Any]) -> None:
        body = json.loads(inputs[place])
        change(body)
        inputs[place] = json.dumps(body)

    return changed


def with_wrong(
    planned: Planned, type_: str, change: Change, having: Mapping[str, Any] | None = None
) -> tuple[EmittedResource, ...]:
    """The resources of a plan, of which one is changed; `having` are inputs that it has."""
    return changed_in(list(emitted(planned.document)), type_, change, having)


def changed_in(
    every: list[EmittedResource], type_: str, change: Change, having: Mapping[str, Any] | None = None
) -> tuple[EmittedResource, ...]:
    """Resources of which the first of a type that has what is changed is changed."""
    wanted = (having or {}).items()
    for index, each in enumerate(every):
        if each.type.endswith(f":{type_}") and wanted <= {k: each.inputs.get(k) for k, _ in wanted}.items():
            inputs = copy.deepcopy(dict(each.inputs))
            try:
                change(inputs)
            except KeyError:
                continue
            every[index] = each._replace(inputs=inputs)
            return tuple(every)
    raise KeyError(type_)


def with_hive_table(planned: Planned) -> list[EmittedResource]:
    """The resources of a plan, and a table of Parquet files beside the first of Iceberg."""
    every = list(emitted(planned.document))
    iceberg = next(each for each in every if "openTableFormatInput" in each.inputs)
    inputs = {name: iceberg.inputs[name] for name in ("catalogId", "databaseName")}
    table = iceberg.inputs["openTableFormatInput"]["icebergInput"]["icebergTableInput"]
    storage = {"columns": [{"name": "id", "type": "string", "comment": ""}], "location": table["location"]}
    partitions = [{"name": "day", "type": "date", "comment": ""}]
    hive = {**inputs, "name": "hive", "storageDescriptor": storage, "partitionKeys": partitions}
    return [*every, iceberg._replace(name="hive", urn="hive", inputs=hive)]


def refusals(every: Iterable[EmittedResource], type_: str) -> list[str]:
    """Refusals of the resources of a type, as `path: why`; others that name them may be refused, too."""
    chosen: AcceptedPlan = accept_all(every, whole=True)
    return [f"{each.path}: {each.why}" for each in chosen.refusals if each.type.endswith(f":{type_}")]
