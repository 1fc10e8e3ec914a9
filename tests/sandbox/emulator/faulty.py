"""An organisation in which some calls fail before AWS has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.emulator.asked_actions import Decides
from sandbox.emulator.aws.fields import PropertyValues
from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import AwsSession
from sandbox.emulator.emulated_organization import EmulatedOrganization

Meet = Callable[[str], None]
"""A function of the operation that raises AwsError where the call is to fail."""

MeetCall = Callable[[str, PropertyValues], None]
"""The same, of the operation and its parameters."""


def spared(_operation: str) -> None:
    """Let every call through."""


def spared_call(_operation: str, _parameters: PropertyValues) -> None:
    """Let every call through."""


@dataclass
class FaultyOrganization:
    """An organisation whose calls pass `meet` and `meet_call` first."""

    organization: EmulatedOrganization
    meet: Meet = spared
    meet_call: MeetCall = spared_call

    def assume(self, role_arn: str, through: Sequence[str] = ()) -> AwsSession:
        return FaultySession(self.organization.assume(role_arn, through), self)


@dataclass(frozen=True)
class FaultySession:
    """A session whose calls pass what the organisation has them meet."""

    session: AwsSession
    organization: FaultyOrganization

    @property
    def account_id(self) -> str:
        return self.session.account_id

    @property
    def records(self) -> Records:
        return self.session.records

    @property
    def decides(self) -> Decides | None:
        return self.session.decides

    def call(self, service: str, region: str, operation: str, parameters: PropertyValues) -> PropertyValues:
        self.organization.meet(operation)
        self.organization.meet_call(operation, parameters)
        return self.session.call(service, region, operation, parameters)
