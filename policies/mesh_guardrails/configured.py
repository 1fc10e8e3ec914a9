"""The pack's server, which knows the configuration before it asks the policies.

The SDK's own hands a policy its parameters when it validates, after it has taken the severity of what will be
reported, and asks every policy on stacks, each with a stack of its own to read. This one tells policies of a
configuration as soon as it comes, refuses one that names what does not exist, and leaves out policies on stacks that
have nothing to report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy import policy as sdk

from mesh_guardrails.configuration_mistakes import mistakes
from mesh_guardrails.pack import NamedPolicy, OfStack

if TYPE_CHECKING:

    class _Servicer:
        """The part of the SDK's servicer that is used; its name is private there, and it has no annotations."""

        def __init__(self, name: str, version: str, policies: list[Policy], *rest: Any) -> None: ...
        def Configure(self, request: Any, context: grpc.ServicerContext) -> Any: ...  # noqa: N802
        def _get_enforcement_level(self, policy: Policy) -> EnforcementLevel: ...

else:
    _Servicer = sdk._PolicyAnalyzerServicer


class ConfiguredServicer(_Servicer):
    """The SDK's servicer of a pack, which is private there: the project holds the SDK to one minor version."""

    def __init__(self, name: str, version: str, policies: list[Policy], *rest: Any) -> None:
        super().__init__(name, version, policies, *rest)
        self._named = [policy for policy in policies if isinstance(policy, NamedPolicy)]
        self._others = [policy.name for policy in policies if not isinstance(policy, NamedPolicy)]

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 (a method of the service)
        """Takes the configuration; refuses one that names a rule or a parameter which does not exist."""
        properties = {name: json_format.MessageToDict(one.properties) for name, one in request.policyConfig.items()}
        if wrong := mistakes(properties, [policy.rule for policy in self._named], self._others):
            _refuse(context, f"the pack's configuration cannot be used: {'; '.join(wrong)}")
        for policy in self._named:
            level = request.policyConfig[policy.name].enforcementLevel if policy.name in properties else None
            is_disabled = level == analyzer_pb2.DISABLED
            policy.configure(properties.get(policy.name, {}), is_disabled=is_disabled)
        return super().Configure(request, context)

    def _get_enforcement_level(self, policy: Policy) -> EnforcementLevel:
        if isinstance(policy, OfStack) and not policy.has_findings():
            return EnforcementLevel.DISABLED
        return super()._get_enforcement_level(policy)


def install() -> None:
    """Let a PolicyPack that is made from now on have this server."""
    sdk._PolicyAnalyzerServicer = ConfiguredServicer  # pyright: ignore[reportPrivateUsage]


def _refuse(context: grpc.ServicerContext, why: str) -> NoReturn:
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, why)
    raise AssertionError(why)
