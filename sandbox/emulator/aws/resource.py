"""Resource types and calls: a `ResourceType` holds the functions of a type, and each function takes a `Call`.

They import no AWS SDK: a client comes with the `Call`, so that a preview costs nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from mesh.aws.plugin_retries import asked_again
from sandbox.emulator.asked_actions import Decides
from sandbox.emulator.aws.fields import Field, Fields, PropertyValues, from_aws, mapping, text, to_aws
from sandbox.emulator.aws.records import RecordKey, Records

IdAndOutputs = tuple[str, PropertyValues]
"""(id, computed outputs)"""


INTERNAL_FAILURE: Final = "InternalFailure"
NOT_IMPLEMENTED: Final = "NotImplemented"
"""Codes of a failure of AWS itself, here of the emulator, and of what the emulator does not have."""


class AwsError(Exception):
    """An error of AWS, or of the sandbox in its place."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def not_found(self) -> bool:
        """True when the code says that the resource does not exist."""
        return self.code in _ABSENT or "NotFound" in self.code or self.code.startswith("NoSuch")


_ABSENT: Final = frozenset(
    {
        "404",
        "StateMachineDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "NonExistentQueue",
        "QueueDoesNotExist",
    }
)


class AwsSession(Protocol):
    """A session of a role in one account of the organisation."""

    @property
    def account_id(self) -> str:
        """The account in which calls land."""
        ...

    @property
    def records(self) -> Records:
        """The record store of the organisation."""
        ...

    @property
    def decides(self) -> Decides | None:
        """Refusals of this role for actions that nothing is sent for; None where no policies are enforced."""
        ...

    def call(self, service: str, region: str, operation: str, parameters: PropertyValues) -> PropertyValues:
        """Call AWS; `operation` and the answer are as boto3 has them. Raises AwsError."""
        ...


_READING: Final = ("describe_", "get_", "head_", "list_")


@dataclass(slots=True)
class Call:
    """One operation on one resource: the session and region in which it is done, and its values.

    A creation sets `id` as soon as the resource exists, and not before: a failure after that leaves a resource that is
    half made. `changed` is true once an AWS operation that changes anything has succeeded.
    """

    session: AwsSession
    resource: ResourceType
    region: str
    inputs: PropertyValues
    id: str = ""
    old: PropertyValues = field(default_factory=dict)
    state: PropertyValues = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    changed: bool = False

    @property
    def account(self) -> str:
        """The account id in which the call lands."""
        return self.session.account_id

    @property
    def key(self) -> RecordKey:
        """The key of this resource in the record store."""
        return (self.account, self.region, self.resource.token, self.id)

    def aws(self, operation: str, service: str = "", /, **parameters: Any) -> PropertyValues:
        """Call AWS without the parameters that are None, again where the plugin does; raises AwsError."""
        sent = {name: value for name, value in parameters.items() if value is not None}
        answer = self._patiently(service or self.resource.service, operation, sent)
        self.changed = self.changed or not operation.startswith(_READING)
        return answer

    def _patiently(self, service: str, operation: str, parameters: PropertyValues) -> PropertyValues:
        """The answer of AWS; where the plugin waits before it asks again, this does not."""
        asked = 0
        while True:
            try:
                return self.session.call(service, self.region, operation, parameters)
            except AwsError as error:
                if asked >= asked_again(service, operation, error.code, error.message):
                    raise
                asked += 1

    def pages(self, operation: str, result: str, service: str = "", /, **parameters: Any) -> list[Any]:
        """The items of a list operation, of all its pages."""
        items: list[Any] = []
        while True:
            answer = self.aws(operation, service, **parameters)
            items += answer.get(result, [])
            if not answer.get("NextToken"):
                return items
            parameters["NextToken"] = answer["NextToken"]

    def request(self, *names: str, without: tuple[str, ...] = ()) -> PropertyValues:
        """The inputs (all, or those named) as members of an AWS request; tags and region excluded."""
        skip = {"tags", "region", *without}
        fields = {k: f for k, f in self.resource.fields.items() if k not in skip and (not names or k in names)}
        return to_aws(fields, self.inputs)

    def properties(self, answer: Mapping[str, Any], without: tuple[str, ...] = ()) -> PropertyValues:
        """An answer of AWS as properties of the resource."""
        skip = {"tags", "region", *without}
        return from_aws({k: f for k, f in self.resource.fields.items() if k not in skip}, answer)

    def arn(self, service: str, rest: str, *, region: bool = True) -> str:
        """An ARN in this account."""
        return f"arn:aws:{service}:{self.region if region else ''}:{self.account}:{rest}"

    def tag_list(self, key: str = "Key", value: str = "Value") -> list[dict[str, str]] | None:
        """The tags as AWS's usual list of pairs, None when there are none."""
        return [{key: k, value: v} for k, v in self.tags.items()] or None

    def derived_id(self, *parts: str, length: int = 8) -> str:
        """An id made of these parts: the same for the same resource."""
        text = "|".join((self.account, self.region, self.resource.token, *parts))
        return hashlib.sha256(text.encode()).hexdigest()[:length]


@dataclass(frozen=True, slots=True)
class Tagging:
    """The tagging of a service: the three operations and the names of their parameters.

    `target` is the parameter that names the resource, `target_of` its value; `pair` are the names in AWS's list of
    pairs, None where AWS takes a mapping. The tags are `listed` in the answer, or `within` a structure of it.
    """

    put: str
    remove: str
    list: str
    target: str = "ResourceArn"
    target_of: Callable[[Call], str] = lambda call: str(call.state.get("arn") or call.id)
    tags: str = "Tags"
    keys: str = "TagKeys"
    listed: str = "Tags"
    within: str = ""
    pair: tuple[str, str] | None = ("Key", "Value")
    recorded: str = ""

    def update(self, call: Call) -> None:
        """Bring the tags in AWS from those of the state to those of the call."""
        target = {self.target: self.target_of(call)}
        before: dict[str, str] = call.state.get("tagsAll") or {}
        if surplus := sorted(set(before) - set(call.tags)):
            call.aws(self.remove, **target, **{self.keys: surplus})
        if call.tags:
            call.aws(self.put, **target, **{self.tags: call.tag_list(*self.pair) if self.pair else call.tags})

    def read(self, call: Call) -> dict[str, str]:
        """The tags that AWS holds."""
        answer: Any = call.aws(self.list, **{self.target: self.target_of(call)})
        tags: Any = (answer[self.within] if self.within else answer).get(self.listed) or {}
        if self.pair is None:
            return dict(tags)
        key, value = self.pair
        return {pair[key]: pair[value] for pair in tags}


def only_local(_: Call) -> None:
    """Update a type of which only the provider's own switches and tags can change: there is nothing to send."""


def _nothing(_: Call) -> None:
    """Delete a resource that AWS cannot delete: there is nothing to send."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type of the AWS provider, with the functions that create, read, update and delete a resource.

    `create` gives the id and the computed outputs; `read` the values as AWS has them (computed ones included), None
    when the resource is gone; without `update` every change replaces. `name` is the input that fixes the name in AWS:
    with it a replacement deletes first, as Pulumi's bridge does. `recorded` says why the type is only recorded.
    """

    token: str
    label: str
    service: str
    fields: Fields
    create: Callable[[Call], IdAndOutputs]
    read: Callable[[Call], Mapping[str, Any] | None]
    update: Callable[[Call], PropertyValues | None] | None = None
    delete: Callable[[Call], None] = _nothing
    outputs: tuple[str, ...] = ()
    name: str = ""
    regional: bool = True
    tagging: Tagging | None = None
    recorded: str = ""

    @property
    def all_fields(self) -> Fields:
        """The declared properties, with `region` and `tags` where the type has them."""
        extra: dict[str, Field] = {}
        if self.regional:
            extra["region"] = text(replaces=True, computed=True)
        if self.tagging:
            extra["tags"] = mapping()
        return {**self.fields, **extra}

    @property
    def defaults(self) -> PropertyValues:
        """The values that the AWS provider fills in for properties that are not given."""
        return {name: field.default for name, field in self.fields.items() if field.default is not None}

    @property
    def computed(self) -> list[str]:
        """The outputs, and the properties that AWS chooses when they are not given; `region` aside."""
        return [*self.outputs, *(name for name, field in self.fields.items() if field.computed)]

    @property
    def compared_as_read(self) -> list[str]:
        """Properties of which the AWS plugin's state has what was read, not what was written."""
        return [name for name, field in self.fields.items() if field.as_read]

    @property
    def never_updated(self) -> frozenset[str]:
        """Properties of a type without an update that are sent: every change of one replaces the resource."""
        sent = {name for name, field in self.all_fields.items() if not field.local and name != "tags"}
        return frozenset(sent if self.update is None else ())

    @property
    def recorded_parts(self) -> dict[str, str]:
        """Properties that are only recorded, with the reason."""
        return {name: field.recorded for name, field in self.fields.items() if field.recorded}

    @property
    def remembered(self) -> list[str]:
        """Properties that the record store keeps, because moto does not keep or does not answer with them."""
        return [name for name, field in self.fields.items() if field.recorded or field.unread]


def recorded(
    token: str,
    label: str,
    fields: Fields,
    reason: str,
    create: Callable[[Call], IdAndOutputs],
    *,
    outputs: tuple[str, ...] = (),
    name: str = "",
    regional: bool = True,
    tags: bool = False,
) -> ResourceType:
    """A resource type that moto has no API for: kept in the record store, with deterministic outputs of its own."""
    tagging = recorded_tags() if tags else None

    def record(call: Call) -> IdAndOutputs:
        call.id, computed = create(call)
        if call.session.records.get(call.key) is not None:
            raise AwsError("AlreadyExistsException", f"{label} {call.id} already exists")
        call.session.records.keep(call.key, {**call.inputs, **computed})
        if tagging:
            tagging.update(call)
        return call.id, computed

    def update(call: Call) -> None:
        call.session.records.keep(call.key, {**call.state, **call.inputs})

    return ResourceType(
        token, label, "", fields, record, _recorded_values, update, _forget, outputs, name, regional, tagging, reason
    )


def _recorded_values(call: Call) -> PropertyValues | None:
    return call.session.records.get(call.key)


def _forget(call: Call) -> None:
    call.session.records.forget(call.key)


class _RecordedTags(Tagging):
    """Tags that only the record store keeps."""

    __slots__ = ()

    def update(self, call: Call) -> None:
        """Keep the tags."""
        call.session.records.keep(_tags_key(call), dict(call.tags))

    def read(self, call: Call) -> dict[str, str]:
        """The tags that were kept."""
        return call.session.records.get(_tags_key(call)) or {}


def _tags_key(call: Call) -> RecordKey:
    account, region, token, id_ = call.key
    return (account, region, f"{token}#tags", id_)


def recorded_tags(reason: str = "") -> Tagging:
    """Tags for a type that moto does not tag, with the reason unless the whole type is recorded."""
    return _RecordedTags("", "", "", recorded=reason)
