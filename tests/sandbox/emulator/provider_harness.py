"""Driver of a provider, with protobuf messages and nothing else, as an engine has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import status_pb2

from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.wire import to_python, to_struct

Values = dict[str, Any]

MANAGEMENT, GOVERNANCE, DOMAIN = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"
_NUMBERS = count(1)
"""Each creation is of a resource of its own: that of a known URN would be the same creation, asked again."""
IDS = OrganizationIds(
    management_account=MANAGEMENT,
    organization_id="o-meshsample",
    root_id="r-mesh",
    units={"governance": "ou-mesh-governan", "domains": "ou-mesh-domains1"},
    accounts={"governance": GOVERNANCE, "playback": DOMAIN},
    keys={"Inbox of partner press": "1234abcd-12ab-34cd-56ef-1234567890ab"},
)


class Aborted(Exception):
    """The error of an aborted call; `half_made` is the half-made resource, if there is one."""

    def __init__(self, details: str, trailers: Sequence[tuple[str, str | bytes]] = ()) -> None:
        super().__init__(details)
        self.half_made = next((_half_made(value) for _, value in trailers if isinstance(value, bytes)), None)


def _half_made(details: bytes) -> pb.ErrorResourceInitFailed:
    (detail,) = status_pb2.Status.FromString(details).details
    failure = pb.ErrorResourceInitFailed()
    assert detail.Unpack(failure)
    return failure


class Context:
    """The part of a gRPC context that a provider uses."""

    def __init__(self) -> None:
        self.trailers: Sequence[tuple[str, str | bytes]] = ()

    def set_trailing_metadata(self, metadata: Sequence[tuple[str, str | bytes]]) -> None:
        """The details of an error."""
        self.trailers = metadata

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        """End the call."""
        trailers, self.trailers = self.trailers, ()
        raise Aborted(details, trailers)


def settings(account_id: str, **more: Any) -> Values:
    """Provider settings for the deploy role of an account."""
    role = {"roleArn": f"arn:aws:iam::{account_id}:role/mesh/deploy"}
    return {"assumeRoles": [role], "allowedAccountIds": [account_id], "region": REGION, **more}


def configured(organization: Any, account_id: str, **more: Any) -> Driver:
    """A driver for a configured provider."""
    driver = Driver(AwsProvider(organization))
    driver.configure(settings(account_id, **more))
    return driver


@dataclass
class Driver:
    """A provider and the messages to it."""

    provider: AwsProvider
    context: Context = field(default_factory=Context)

    def configure(self, values: Values) -> None:
        self.provider.Configure(pb.ConfigureRequest(args=to_struct(values)), self.context)

    def check(self, token: str, inputs: Values) -> dict[str, str]:
        answer = self.provider.Check(pb.CheckRequest(urn=urn(token), news=to_struct(inputs)), self.context)
        return {failure.property: failure.reason for failure in answer.failures}

    def create(self, token: str, inputs: Values, *, preview: bool = False, name: str = "") -> tuple[str, Values]:
        request = pb.CreateRequest(urn=urn(token, name or f"it-{next(_NUMBERS)}"), preview=preview)
        request.properties.CopyFrom(to_struct(inputs))
        answer = self.provider.Create(request, self.context)
        return answer.id, to_python(answer.properties)

    def read(self, token: str, id_: str, state: Values, inputs: Values) -> tuple[str, Values, Values]:
        request = pb.ReadRequest(urn=urn(token), id=id_, properties=to_struct(state), inputs=to_struct(inputs))
        answer = self.provider.Read(request, self.context)
        return answer.id, to_python(answer.properties), to_python(answer.inputs)

    def diff(self, token: str, id_: str, state: Values, old: Values, new: Values) -> pb.DiffResponse:
        request = pb.DiffRequest(
            urn=urn(token), id=id_, olds=to_struct(state), news=to_struct(new), old_inputs=to_struct(old)
        )
        return self.provider.Diff(request, self.context)

    def update(self, token: str, id_: str, state: Values, old: Values, new: Values) -> Values:
        request = pb.UpdateRequest(
            urn=urn(token), id=id_, olds=to_struct(state), news=to_struct(new), old_inputs=to_struct(old)
        )
        return to_python(self.provider.Update(request, self.context).properties)

    def delete(self, token: str, id_: str, state: Values) -> None:
        self.provider.Delete(pb.DeleteRequest(urn=urn(token), id=id_, properties=to_struct(state)), self.context)


def urn(token: str, name: str = "it") -> str:
    """The URN of a resource in a stack."""
    return f"urn:pulumi:try::mesh::mesh:aws:Parent${token}::{name}"


Made = Mapping[str, Values]
"""Outputs (with `id`) of the resources that a case needs, by label."""


@dataclass(frozen=True)
class Case:
    """The lifecycle of a resource type: needed cases, inputs, and a change (`None`: every change replaces it)."""

    token: str
    inputs: Values | Callable[[Made], Values]
    change: Values | None = None
    replaces: Values | None = None
    needs: Mapping[str, Case] = field(default_factory=dict)
    account: str = DOMAIN
    label: str = ""
    stays: bool = False
    """True for a resource that AWS keeps after a deletion."""

    @property
    def name(self) -> str:
        """The name of the case in a test's id."""
        return self.label or self.token.rpartition(":")[2]

    def resolved(self, made: Made) -> Values:
        """The inputs, with outputs of the needed cases."""
        return self.inputs(made) if callable(self.inputs) else dict(self.inputs)
