"""The alarm that tells the security contact when the break-glass role is used."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh import names
from mesh.plan.nodes import BreakGlassArgs


class BreakGlass(ComponentResource):
    """A rule that sees the break-glass role assumed, and a topic, in the governance account. Outputs: `topic`.

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
        aws.sns.TopicSubscription(
            name, topic=topic.arn, protocol="email", endpoint=args.perimeter.security_contact, opts=child
        )
        rule = aws.cloudwatch.EventRule(
            name,
            name=names.BREAK_GLASS_ALARM,
            description="Somebody has assumed the break-glass role",
            event_pattern=args.pattern_text,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            target_id="security-contact",
            arn=topic.arn,
            opts=child,
        )
        self.topic = topic.arn
        self.register_outputs({"topic": self.topic})
