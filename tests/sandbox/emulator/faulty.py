"""An organisation in which something happens to some calls, before AWS has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.emulator.aws.fields import PropertyValues
from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import AwsSession
from sandbox.emulator.emulated_organization import EmulatedOrganization

Meet = Callable[[str], None]
"""Is told the operation, and raises AwsError where it is to fail."""


def spared(_operation: str) -> None:
    """Nothing happens."""


@dataclass
class FaultyOrganization:
    """The organisation, with what its calls meet on their way."""

    organization: EmulatedOrganization
    meet: Meet = spared

    def assume(self, role_arn: str, through: Sequence[str] = ()) -> AwsSession:
        return FaultyAccess(self.organization.assume(role_arn, through), self)


@dataclass(frozen=True)
class FaultyAccess:
    """A role whose calls meet it."""

    access: AwsSession
    organization: FaultyOrganization

    @property
    def account_id(self) -> str:
        return self.access.account_id

    @property
    def records(self) -> Records:
        return self.access.records

    def call(self, service: str, region: str, operation: str, parameters: PropertyValues) -> PropertyValues:
        self.organization.meet(operation)
        return self.access.call(service, region, operation, parameters)
