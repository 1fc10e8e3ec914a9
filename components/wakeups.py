"""Wake-ups: the rules of a domain's account that pass on to the mesh bus what S3 and Glue tell of its drafts."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.plan.nodes import WakeupsArgs


class Wakeups(ComponentResource):
    """The rules, on the account's default bus; the role `mesh/forward` has to exist. Outputs: `rules` (names)."""

    def __init__(self, name: str, args: WakeupsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:Wakeups", name, None, opts)
        child = ResourceOptions(parent=self)
        self.rules: list[aws.cloudwatch.EventRule] = []
        for rule, pattern in args.rules.items():
            made = aws.cloudwatch.EventRule(
                rule,
                name=rule,
                description="Passes on to the mesh bus what is told of drafts",
                event_pattern=pattern,
                opts=child,
            )
            aws.cloudwatch.EventTarget(
                rule, rule=made.name, target_id="mesh-bus", arn=args.bus, role_arn=args.role, opts=child
            )
            self.rules.append(made)
        self.register_outputs({"rules": [rule.name for rule in self.rules]})
