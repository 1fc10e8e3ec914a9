"""Resource types as the AWS plugin keeps them: each call that it makes, on what, and what its reads give back.

`plugin_table.py` reads them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, get_args

from mesh.aws.call_templates import alternatives, condition, filled, holds, named, values_of

PluginStep = Literal["create", "read", "update", "delete", "tag"]
"""A thing that the plugin does with a resource."""

STEPS: Final[tuple[PluginStep, ...]] = get_args(PluginStep)

LookedUp = Literal[
    "organization",
    "root",
    "rolePath",
    "roleBoundary",
    "groupPath",
    "policyType",
    "serviceOwner",
    "subnetsVpc",
]
"""A name in templates that the one who asks looks up, for no property says it: of the organisation and its policies, of
the role or group that is named, of the service behind an endpoint, of the network of the subnets that are named."""
Beside = LookedUp | Literal["arn"]
"""A name in templates that no input says: what is looked up, and an ARN that AWS gives besides the id."""


class AskedAction(NamedTuple):
    """An action on a resource, with the condition keys that are the request's own."""

    action: str
    resource: str
    keys: Mapping[str, Any]

    def covers(self, other: AskedAction) -> bool:
        """Whether who may do this may do the other: the same on the same, with no other key."""
        same = (self.action, self.resource) == (other.action, other.resource)
        return same and all(self.keys.get(key) == value for key, value in other.keys.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginCall:
    """A call that the plugin makes, as the IAM action that AWS asks for it.

    `on` has the resources, as templates. `when` says of the inputs when it is made, `forgiven` what the plugin does
    where AWS refuses it. `along` is what the plugin does not call: AWS asks it of the same caller for another call of
    the step. `source` is for people: AWS's page, where the plugin's code does not show what is asked.
    """

    action: str
    on: tuple[str, ...] = ("*",)
    when: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    forgiven: str = ""
    along: bool = False
    source: str = ""

    def made(self, inputs: Mapping[str, Any]) -> bool:
        """Whether a resource with these inputs has it made. Tags are those of the resource and of the provider."""
        return all(holds(each, inputs) for each in self.when)

    @property
    def names(self) -> frozenset[str]:
        """Properties that the templates and the condition name, and what is no property (`account`, `region`, …)."""
        templates = (*self.on, *self.keys.values())
        placed = {name for template in templates for name in named(template)}
        return frozenset(placed | {condition(each)[1] for text in self.when for each in alternatives(text)})


@dataclass(frozen=True, slots=True)
class PluginBug:
    """A bug of the plugin or of AWS: where it is reported, whether it is open, and what a mesh sees of it.

    `stops` has the words with which it stops a run, or `nothing`; of one that is mended there are none.
    """

    issue: str
    state: str
    what: str
    stops: str = ""

    @property
    def mended(self) -> bool:
        """Whether the plugin that was read has it no more."""
        return self.state.startswith(("fixed in", "fixed by"))


@dataclass(frozen=True, slots=True)
class DeletionRefusal:
    """Refusal to delete a resource while a condition holds: AWS's words for it, and what is done about it.

    Without `says` no run is stopped by it: nothing is refused, or nothing is sent.
    """

    condition: str
    says: str = ""
    do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginType:
    """A resource type as the plugin keeps it; `defaults` has what a placeholder is where no input says it.

    A change of what `replaces` names replaces the resource, but for those that `keeps` says (`from to to`).
    """

    token: str
    file: str
    create: tuple[PluginCall, ...]
    read: tuple[PluginCall, ...]
    update: tuple[PluginCall, ...]
    delete: tuple[PluginCall, ...]
    tag: tuple[PluginCall, ...]
    import_id: str
    replaces: tuple[str, ...]
    keeps: Mapping[str, str]
    reads_back: Mapping[str, str]
    refuses_deletion: DeletionRefusal | None
    waits: str
    bugs: tuple[PluginBug, ...]
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])

    def calls(self, step: PluginStep) -> tuple[PluginCall, ...]:
        """The calls of a step in order; after a creation and an update the plugin reads what came of it."""
        of_the_step: tuple[PluginCall, ...] = getattr(self, step)
        return (*of_the_step, *self.read) if step in {"create", "update"} else of_the_step

    @property
    def every_call(self) -> tuple[PluginCall, ...]:
        """All calls of all steps, each as often as it stands in the file."""
        return tuple(itertools.chain.from_iterable(getattr(self, step) for step in STEPS))

    def required(self, step: PluginStep, values: Mapping[str, Any]) -> Iterator[PluginCall]:
        """The calls of a step that these values have made, without which it fails; what follows it is no part of it."""
        own: tuple[PluginCall, ...] = getattr(self, step)
        return (call for call in own if not call.forgiven and call.made(values))

    def resources(self, call: PluginCall, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Resources on which a call is asked, for these inputs and what is no input. Raises KeyError for what lacks.

        A property with several values makes several resources.
        """
        arns = (as_meant(each) for template in call.on for each in filled(template, values, self.defaults))
        return tuple(dict.fromkeys(arns))

    def keys(self, call: PluginCall, values: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
        """Condition keys that a call sends: once for each value of a property with several, else once.

        A key whose property is not set is not sent.
        """
        sent: list[list[tuple[str, str]]] = []
        for key, template in call.keys.items():
            if all(values_of(name, values, self.defaults) for name in named(template)):
                sent.append([(key, each) for each in filled(template, values, self.defaults)])
        return tuple(dict(each) for each in itertools.product(*sent))

    def asked(self, call: PluginCall, values: Mapping[str, Any]) -> tuple[AskedAction, ...]:
        """The call as AWS is asked for it: on each resource, with each mapping of keys. Raises KeyError as above."""
        resources, sent = self.resources(call, values), self.keys(call, values)
        return tuple(AskedAction(call.action, arn, keys) for keys in sent for arn in resources)


def call_values(
    properties: Mapping[str, Any],
    beside: Mapping[LookedUp, str] | Mapping[Beside, str],
    *,
    account: str,
    region: str,
    tags: Mapping[str, str],
    given: str,
) -> Mapping[str, Any]:
    """Values of what templates and conditions name: a resource's properties, and what is none.

    `account` is that in which the provider acts, `given` the id that AWS gives, or is empty before there is one.
    """
    values: dict[str, Any] = dict(properties)
    values.update(beside.items())
    values |= {"account": account, "region": region, "tags": tags}
    return {**values, "id": given} if given else values


def as_meant(arn: str) -> str:
    """An ARN whose last part was given as an ARN, or as an address of S3, as it is meant.

    A rule on a bus that is given by its ARN is of the bus's account: `…:rule/arn:…:event-bus/b/x` is `…:rule/b/x`.
    """
    inner = arn.rfind("arn:")
    if ":rule/arn:" in arn:
        return arn[inner:].replace(":event-bus/", ":rule/")
    return (arn[inner:] if inner > 0 else arn).replace(":::s3://", ":::")
