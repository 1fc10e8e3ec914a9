"""Resource that a stack makes: by whom, where, of which type, and the inputs that tell AWS which one it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mesh.aws.plugin_types import Beside
from mesh.plan.nodes import AccountAccess

SET: Final = object()
"""Value of an input that is set, to something that no call names."""


class DeployedResource(NamedTuple):
    """A resource of a stack; `access` has the roles that deploy and preview it, and the account that it is in.

    `type` is Pulumi's token and `name` the logical name. `inputs` are those that the plugin's calls name, by Pulumi's
    names; what only AWS knows is a stand-in, and what a call only asks whether it is there is `SET`. `id` stands for
    what AWS gives the resource, and `beside` has what calls name and no input of it says, as the path of its role.
    """

    stack: str
    access: AccountAccess
    type: str
    name: str
    inputs: Mapping[str, Any]
    id: str
    beside: Mapping[Beside, str]


class StackMaker(NamedTuple):
    """A stack with its access to one account; called, it makes a resource there."""

    stack: str
    access: AccountAccess

    @property
    def account_id(self) -> str:
        """Id of the account."""
        return self.access.account_id

    def __call__(
        self,
        kind: str,
        name: str,
        /,
        *,
        given: str | None = None,
        beside: Mapping[Beside, str] = MappingProxyType({}),
        **inputs: Any,
    ) -> DeployedResource:
        """A resource of a type of the AWS plugin, as `s3/bucket:Bucket`; an input that is None is not set.

        `given` is the id that AWS gives it, where something depends on which it is.
        """
        known = {key: value for key, value in inputs.items() if value is not None}
        return DeployedResource(self.stack, self.access, f"aws:{kind}", name, known, given or f"assumed-{name}", beside)
