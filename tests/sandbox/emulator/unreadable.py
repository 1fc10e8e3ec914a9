"""An organisation in which an account does not see its own grants on another account's catalog.

`ListPermissions` answers with nothing for an LF-tag expression over a catalog that another account owns, though the
grant is there and lets its principal read (terraform-provider-aws #26602, open since 2022: "AWS response is [] for
resource type table even for cli direct calls").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.emulator.asked_actions import Decides
from sandbox.emulator.aws.fields import PropertyValues
from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import AwsSession
from sandbox.emulator.emulated_organization import EmulatedOrganization


@dataclass
class UnreadableOrganization:
    """An organisation with this fault of Lake Formation."""

    organization: EmulatedOrganization

    def assume(self, role_arn: str, through: Sequence[str] = ()) -> AwsSession:
        return UnreadingSession(self.organization.assume(role_arn, through))


@dataclass(frozen=True)
class UnreadingSession:
    """A session that is not told of grants on expressions over other accounts' catalogs."""

    session: AwsSession

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
        answer = self.session.call(service, region, operation, parameters)
        if operation != "list_permissions":
            return answer
        shown = [grant for grant in answer["PrincipalResourcePermissions"] if self._is_shown(grant)]
        return {**answer, "PrincipalResourcePermissions": shown}

    def _is_shown(self, grant: Any) -> bool:
        policy: dict[str, Any] = grant["Resource"].get("LFTagPolicy") or {}
        return policy.get("CatalogId", self.account_id) == self.account_id
