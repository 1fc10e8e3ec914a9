"""Heard publications: rules that tell a domain's account what its pipelines start with, and what it was refused."""

from __future__ import annotations

from typing import Final

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from mesh.plan.nodes import HeardPublicationsArgs

SHOWN_HOURS: Final = 24
"""Hours for which the alarm shows a refusal: it is told once, and whoever looks may look once a day."""


class HeardPublications(ComponentResource):
    """The rules with their alarm; the mesh bus and the role `mesh/start` have to exist. Outputs: `rules` (names).

    Those on the mesh bus are made by the domain, on the bus of another account, and lead to the domain's own default
    bus: EventBridge User Guide, "Permissions for event buses" (AWS's sample is
    aws-samples/amazon-eventbridge-resource-policy-samples, the single-bus, multi-account pattern). An event crosses one
    border alone: what a rule has received from another account no rule sends on to a third ("Sending and receiving
    events between AWS accounts").

    A refusal stays on the default bus, where the domain's own stack may add a target; a rule without one counts it.
    """

    def __init__(self, name: str, args: HeardPublicationsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:HeardPublications", name, None, opts)
        self._args = args
        self.rules = [
            self._brought(
                f"{name}-refusals",
                args.refusals_rule,
                args.refusals_pattern,
                f"Tells the domain '{args.domain}' what was refused of its products",
            )
        ]
        if args.products:
            self.rules.append(
                self._brought(
                    name,
                    args.rule,
                    args.pattern,
                    f"Tells the domain '{args.domain}' of publications that its pipelines start with",
                )
            )
        self._counted(f"{name}-counted")
        self.register_outputs({"rules": [rule.name for rule in self.rules]})

    def _brought(self, name: str, rule: str, pattern: str, description: str) -> aws.cloudwatch.EventRule:
        """A rule on the mesh bus that leads to the account's own."""
        args, child = self._args, ResourceOptions(parent=self)
        made = aws.cloudwatch.EventRule(
            name,
            name=rule,
            event_bus_name=args.mesh_bus,
            description=description,
            event_pattern=pattern,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=made.name,
            event_bus_name=args.mesh_bus,
            target_id="own-bus",
            arn=args.own_bus,
            role_arn=args.role,
            opts=child,
        )
        return made

    def _counted(self, name: str) -> None:
        """The rule whose count of refusals is a metric, and its alarm; an SCP lets no domain make a topic for it."""
        args, child = self._args, ResourceOptions(parent=self)
        rule = aws.cloudwatch.EventRule(
            name,
            name=args.counting_rule,
            description=f"Counts what was refused of products of the domain '{args.domain}'",
            event_pattern=args.refusals_pattern,
            opts=child,
        )
        aws.cloudwatch.MetricAlarm(
            name,
            name=args.counting_rule,
            alarm_description=(
                "A draft of a product was refused, and readers see what they saw before: `mesh publish` says which and "
                "why, docs/publishing.md what to do"
            ),
            namespace="AWS/Events",
            metric_name="TriggeredRules",
            dimensions={"RuleName": rule.name},
            statistic="Sum",
            period=3600,
            evaluation_periods=SHOWN_HOURS,
            datapoints_to_alarm=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
            opts=child,
        )
