"""The break-glass role for emergencies, and the alarm that tells the security contact of its use."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.mesh_role import MeshRole, MeshRoleArgs
from mesh import names
from mesh.plan.nodes import BreakGlassArgs


class BreakGlass(ComponentResource):
    """`role/mesh/break-glass` in the governance account, a rule that sees it assumed, and a topic. Outputs: `arn`.

    AWS asks the security contact to confirm the subscription to the topic, once, by mail.
    """

    def __init__(self, name: str, args: BreakGlassArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:BreakGlass", name, None, opts)
        child = ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            name,
            name=names.BREAK_GLASS_ALARM,
            display_name="Mesh: the glass is broken",
            policy=args.topic_policy.text(),
            opts=child,
        )
        mail = aws.sns.TopicSubscription(
            name, topic=topic.arn, protocol="email", endpoint=args.perimeter.security_contact, opts=child
        )
        rule = aws.cloudwatch.EventRule(
            name,
            name=names.BREAK_GLASS_ALARM,
            description="Somebody has assumed the break-glass role",
            event_pattern=args.pattern_text,
            opts=child,
        )
        target = aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            target_id="security-contact",
            arn=topic.arn,
            opts=child,
        )
        role = MeshRole(
            name,
            MeshRoleArgs(
                arn=args.arn,
                description="Emergencies: people deploy when the CI cannot; the security contact is told",
                trust=args.trust,
                permissions=args.permissions,
                boundary=names.boundary(args.perimeter.governance_id),
            ),
            # The role comes last: nobody assumes it before the alarm listens.
            opts=ResourceOptions(parent=self, depends_on=[target, mail]),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
