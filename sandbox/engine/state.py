"""State of a stack between two runs: a record of each resource, as JSON where it is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from google.protobuf import struct_pb2

from sandbox.engine.urns import STACK_TYPE, name_of
from sandbox.engine.wire import is_list, is_map, to_python, to_struct

Operation = Literal[
    "same",
    "create",
    "update",
    "delete",
    "replace",
    "create-replacement",
    "delete-replaced",
    "read",
    "read-replacement",
    "discard",
    "discard-replaced",
    "remove-pending-replace",
    "import",
    "import-replacement",
]
"""The names Pulumi's engine gives its steps."""

EMPTY: Final = struct_pb2.Struct()
"""A message without properties; it is never written to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceState:
    """The state of one resource. Its properties are messages; `inputs` and `outputs` convert them each time."""

    urn: str
    type: str
    custom: bool
    id: str = ""
    parent: str = ""
    provider: str = ""
    """`<urn>::<id>` of the provider resource, empty for components and for providers themselves."""
    input_message: struct_pb2.Struct = field(default_factory=struct_pb2.Struct, repr=False)
    output_message: struct_pb2.Struct = field(default_factory=struct_pb2.Struct, repr=False)
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    protect: bool = False
    retain_on_delete: bool = False
    deleted_with: str = ""
    external: bool = False
    """True for a resource that is read, not managed (`.get`): never updated, never deleted."""
    delete: bool = False
    """True for an old resource that is replaced already and waits for its deletion."""
    pending_replacement: bool = False
    """True for an old resource that is deleted already and whose replacement is not created yet."""
    aliases: tuple[str, ...] = ()
    """The old URN under which this run found the resource."""
    additional_secret_outputs: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    replace_with: tuple[str, ...] = ()
    replacement_trigger: Any = None
    import_id: str = ""
    init_errors: tuple[str, ...] = ()
    timeouts: Mapping[str, float] = field(default_factory=dict[str, float])
    """Seconds, by `create`, `update`, `delete`, `read`."""
    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    operation: Operation = "create"
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The name in the program."""
        return name_of(self.urn)

    @property
    def inputs(self) -> dict[str, Any]:
        """The checked inputs as on the wire: camelCase, secrets wrapped, unknowns as `sandbox.engine.wire.UNKNOWN`."""
        return to_python(self.input_message)

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs as on the wire."""
        return to_python(self.output_message)

    def to_json(self) -> dict[str, Any]:
        """The record as plain values, without those that have their default."""
        record: dict[str, Any] = {"urn": self.urn, "type": self.type, "custom": self.custom}
        for name, key in _KEYS.items():
            value = getattr(self, name)
            if value:
                record[key] = value
        return {**record, "inputs": self.inputs, "outputs": self.outputs}

    @staticmethod
    def from_json(record: Mapping[str, Any]) -> ResourceState:
        """The record that `to_json` wrote."""
        values = {name: _frozen(record[key]) for name, key in _KEYS.items() if key in record}
        return ResourceState(
            urn=record["urn"],
            type=record["type"],
            custom=record["custom"],
            input_message=to_struct(record["inputs"]),
            output_message=to_struct(record["outputs"]),
            **values,
        )


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


_WRITTEN_BY_HAND: Final = ("urn", "type", "custom", "input_message", "output_message")
_KEYS: Final = {item.name: _camel(item.name) for item in fields(ResourceState) if item.name not in _WRITTEN_BY_HAND}


def _frozen(value: Any) -> Any:
    if is_list(value):
        return tuple(value)
    if is_map(value):
        return {key: _frozen(item) for key, item in value.items()}
    return value


@dataclass(slots=True)
class StackState:
    """The state of a stack: its resources, each after those that it depends on."""

    resources: list[ResourceState] = field(default_factory=list[ResourceState])

    def to_json(self) -> str:
        """The state as a JSON document."""
        document = {"version": 1, "resources": [resource.to_json() for resource in self.resources]}
        return json.dumps(document, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> StackState:
        """The state that `to_json` wrote; raises ValueError for a document of another version."""
        document = json.loads(text)
        if document.get("version") != 1:
            raise ValueError(f"stack state of version {document.get('version')!r}; this engine reads version 1")
        return StackState([ResourceState.from_json(record) for record in document["resources"]])

    def outputs(self) -> dict[str, Any]:
        """The stack's own outputs, empty before the first run."""
        return stack_outputs(self.resources)


def stack_outputs(resources: Iterable[ResourceState]) -> dict[str, Any]:
    """The outputs of the Stack resource among the resources."""
    empty: dict[str, Any] = {}
    return next((resource.outputs for resource in resources if resource.type == STACK_TYPE), empty)
