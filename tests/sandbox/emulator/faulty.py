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


def spared(_operation: str) -> None:
    """Let every call through."""


@dataclass
class FaultyOrganization:
    """An organisation whose calls pass `meet` first."""

    organization: EmulatedOrganization
    meet: Meet = spared

    def assume(self, role_arn: str, through: Sequence[str] = ()) -> AwsSession:
        return FaultySession(self.organization.assume(role_arn, through), self)


@dataclass(frozen=True)
class FaultySession:
    """A session whose calls pass the organisation's `meet` first."""

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
        return self.session.call(service, region, operation, parameters)
