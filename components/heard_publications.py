"""Heard publications: the rule on the mesh bus that tells a domain's account what its pipelines start with."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.plan.nodes import HeardPublicationsArgs


class HeardPublications(ComponentResource):
    """The rule; the mesh bus and the role `mesh/start` have to exist. Outputs: `rule` (its name).

    It is made by the domain, on the bus of another account, and leads to the domain's own default bus: EventBridge User
    Guide, "Permissions for event buses" (AWS's sample is aws-samples/amazon-eventbridge-resource-policy-samples, the
    single-bus, multi-account pattern). An event crosses one border alone: what a rule has received from another account
    no rule sends on to a third ("Sending and receiving events between AWS accounts").
    """

    def __init__(self, name: str, args: HeardPublicationsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:HeardPublications", name, None, opts)
        child = ResourceOptions(parent=self)
        rule = aws.cloudwatch.EventRule(
            name,
            name=args.rule,
            event_bus_name=args.mesh_bus,
            description=f"Tells the domain '{args.domain}' of publications that its pipelines start with",
            event_pattern=args.pattern,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            event_bus_name=args.mesh_bus,
            target_id="own-bus",
            arn=args.own_bus,
            role_arn=args.role,
            opts=child,
        )
        self.rule = rule.name
        self.register_outputs({"rule": self.rule})
