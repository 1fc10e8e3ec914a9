"""Break-glass role, the group that may assume it, and the alarm that tells of it.

When the CI or IAM Identity Center is down, a user of the management account steps into one role of the governance
account, and from there into the deployment of any account. IAM Identity Center's sessions carry no
`aws:MultiFactorAuthPresent` (IAM User Guide, "AWS global condition context keys": it is in the credentials that a user
gets with a device of IAM), so the glass is not broken from there. Nobody is exempt from a control policy for it.
"""

from __future__ import annotations

from typing import Any, Final

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is_not, not_a_service
from mesh.iam.roles.trust import ASSUME, assumed_by
from mesh.iam.statement import Document, Statement, document, service, when

SECOND_FACTOR_SECONDS: Final = 900
"""Age that the second factor may have; a user's session with one lasts up to a day and a half."""

LOOK_AT_TOPIC: Final = ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic")
"""What a topic policy says of looking (SNS refuses `sns:*`: Developer Guide, "Example cases for access control")."""

SET_UP_TOPIC: Final = (
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:PutDataProtectionPolicy",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)


def trust(perimeter: Perimeter) -> Document:
    """Trust of the role: a user made for it, with a fresh second factor, under the user's own name.

    In the mesh's region only: a call to another endpoint of STS is logged there, where no alarm listens
    (CloudTrail User Guide, "About global service events").
    """
    management = perimeter.management_id
    return document(
        assumed_by(
            management,
            names.break_glass_user(management, "*"),
            sid="UsersWithASecondFactor",
            what="A user made for it assumes the role, with a fresh second factor, under the user's own name.",
            why="CI and Identity Center may be down; the alarm listens in one region, and the trail has the name.",
            also=(
                when("Bool", "aws:MultiFactorAuthPresent", "true"),
                when("NumericLessThanEquals", "aws:MultiFactorAuthAge", str(SECOND_FACTOR_SECONDS)),
                when("StringEquals", "sts:SourceIdentity", "${aws:username}"),
                when("StringEquals", "aws:RequestedRegion", perimeter.region),
            ),
        )
    )


def permissions(perimeter: Perimeter) -> Document:
    """Permissions of the role: deploy and preview by hand. It reads nothing itself."""
    return document(
        Statement(
            sid="DeployByHand",
            what="The role assumes the roles of stacks and of previews in accounts of the organisation.",
            why="An emergency is a deployment by hand; the role itself reads no data.",
            effect="Allow",
            actions=ASSUME,
            resources=(names.deploy_role("*"), names.deploy_access_role("*"), names.preview_role("*")),
            conditions=(when("StringEquals", "aws:ResourceOrgID", perimeter.organization),),
        )
    )


def group_permissions(perimeter: Perimeter) -> Document:
    """Permissions of the group: its users assume the break-glass role, and can do nothing else."""
    return document(
        Statement(
            sid="BreakTheGlass",
            what="Members of the group assume the break-glass role.",
            why="They can do nothing else: all that they do is through the role, which sets off the alarm.",
            effect="Allow",
            actions=ASSUME,
            resources=(names.break_glass_role(perimeter.governance_id),),
        )
    )


def pattern(perimeter: Perimeter) -> dict[str, Any]:
    """Event pattern of the alarm: an assumption of the role, as CloudTrail tells the default bus."""
    return {
        "source": ["aws.sts"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["sts.amazonaws.com"],
            "eventName": ["AssumeRole"],
            "requestParameters": {"roleArn": [names.break_glass_role(perimeter.governance_id)]},
        },
    }


def topic_policy(perimeter: Perimeter) -> Document:
    """Resource policy of the alarm's topic: the rule publishes, the deployment sets it up, nobody else reaches it.

    No resource control policy covers SNS. The topic carries an event of STS and no data, and is not encrypted with a
    key of the mesh's: an alarm that a key can stop is none.
    """
    hub = perimeter.governance_id
    topic = names.break_glass_topic(perimeter.region, hub)
    return document(
        Statement(
            sid="TheRuleTells",
            what="EventBridge publishes to the topic, for the alarm's rule.",
            why="The security contact hears of it in this way.",
            effect="Allow",
            principal=service("events.amazonaws.com"),
            actions=("sns:Publish",),
            resources=(topic,),
            conditions=(when("ArnEquals", "aws:SourceArn", names.break_glass_rule(perimeter.region, hub)),),
        ),
        Statement(
            sid="RefuseOtherAccounts",
            what="Callers of any other account do not look at the topic.",
            why="No RCP covers SNS; what tells, or changes the topic, is refused them by the statements below.",
            principal="*",
            actions=LOOK_AT_TOPIC,
            resources=(topic,),
            conditions=(when("StringNotEqualsIfExists", "aws:PrincipalAccount", hub), not_a_service()),
        ),
        Statement(
            sid="RefuseOtherPublishers",
            what="Only AWS services publish to the topic.",
            why="Among many false alarms a true one is not heard.",
            principal="*",
            actions=("sns:Publish",),
            resources=(topic,),
            conditions=(not_a_service(),),
        ),
        Statement(
            sid="RefuseOtherAdministrators",
            what="Only the deployment of governance subscribes somebody, or changes the topic.",
            why="Whoever changes it can silence the alarm.",
            but="The deployment of governance makes the topic, and subscribes the security contact.",
            principal="*",
            actions=SET_UP_TOPIC,
            resources=(topic,),
            conditions=(caller_is_not(names.deploy_role(hub)), not_a_service()),
        ),
    )
