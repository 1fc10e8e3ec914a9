"""Steps of the road: for each command of docs/on-aws.md who types it, what AWS is asked, and what there is afterwards.

What a stack asks is a few calls of each kind: that the deploying role may make every call of its stack is proven with
everything in its place. Here it is who may do it at that moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mesh import names
from tests.road import templates
from tests.road.moment import Moment
from tests.road.road import ADMINISTRATOR, KEEPER, MANAGEMENT, ORGANIZATION, Road

Step = Callable[[Moment, Road], None]

STEPS: list[tuple[str, Step]] = []
NOTHING_ASKED = ("mesh ", "pulumi login ")
"""Commands that ask AWS nothing."""

STATE = "arn:aws:s3:::STATE-BUCKET"


def step(pattern: str) -> Callable[[Step], Step]:
    """A step of the road: of the commands that a pattern matches whole."""

    def keep(function: Step) -> Step:
        STEPS.append((pattern, function))
        return function

    return keep


def by_hand(pattern: str, *actions: str, resource: str = "*", who: str = ADMINISTRATOR) -> None:
    """A step of one person and a few actions, after which nothing is there that others need."""

    def asked(aws: Moment, _: Road) -> None:
        for action in actions:
            aws.ask(who, action, resource)

    STEPS.append((pattern, asked))


def walk(commands: list[str], aws: Moment, road: Road) -> None:
    """Go the whole road; raises RefusedError at the step that AWS would refuse."""
    road.begin(aws)
    for command in commands:
        for function in steps_of(command):
            function(aws, road)


def steps_of(command: str) -> list[Step]:
    """The steps of a command; none for one that asks AWS nothing."""
    return [function for pattern, function in STEPS if re.fullmatch(pattern, command)]


# ---- 1. the organisation and its state


@step("aws organizations create-organization .*")
def _organization(aws: Moment, _: Road) -> None:
    aws.ask(ADMINISTRATOR, "organizations:CreateOrganization")
    aws.ask(ADMINISTRATOR, "iam:CreateServiceLinkedRole", f"arn:aws:iam::{MANAGEMENT}:role/aws-service-role/*")
    aws.organization = ORGANIZATION
    aws.changed()


by_hand("aws organizations list-roots.*", "organizations:ListRoots")
by_hand(
    "aws cloudformation activate-organizations-access",
    "cloudformation:ActivateOrganizationsAccess",
    "organizations:EnableAWSServiceAccess",
)


@step("aws s3api create-bucket --bucket STATE-BUCKET .*")
def _state(aws: Moment, _: Road) -> None:
    aws.resources[STATE] = MANAGEMENT
    aws.changed()
    aws.ask(ADMINISTRATOR, "s3:CreateBucket", STATE)


by_hand("aws s3api put-bucket-versioning .*", "s3:PutBucketVersioning", resource=STATE)
by_hand("aws kms create-key .*", "kms:CreateKey")
by_hand("aws kms create-alias .*", "kms:CreateAlias", resource=f"arn:aws:kms:eu-west-1:{MANAGEMENT}:alias/mesh-state")
by_hand("pulumi stack .*", "s3:ListBucket", "s3:GetObject", "s3:PutObject", resource=STATE)
by_hand("pulumi cancel .*", "s3:ListBucket", "s3:GetObject", "s3:DeleteObject", resource=STATE)

# ---- 2. roles


@step("aws cloudformation deploy --stack-name mesh-bootstrap .*")
def _bootstrap(aws: Moment, road: Road) -> None:
    for action in templates.OF_A_CHANGE_SET:
        aws.ask(ADMINISTRATOR, action)
    aws.handed_over = names.deploy_role(MANAGEMENT) in aws.roles
    template = road.then_template if aws.handed_over else road.first_template
    templates.deploy(aws, ADMINISTRATOR, template, MANAGEMENT)


# ---- 3. what exists already

by_hand(
    "aws organizations list-aws-service-access-for-organization .*", "organizations:ListAWSServiceAccessForOrganization"
)
by_hand("aws iam get-account-authorization-details .*", "iam:GetAccountAuthorizationDetails")


# ---- 4. the stacks


def _deploying(aws: Moment, road: Road, stack: str) -> str:
    """The role that deploys a stack, entered by who may at that moment: CI's role once there is one."""
    account = road.account(stack.replace("access-", "domain-"))
    kind = stack.partition("-")[0]
    deploy = names.deploy_access_role(account) if kind == "access" else names.deploy_role(account)
    ci = {"partner": "partners", "domain": names.ci_of_domain(account)}.get(kind, kind)
    who = ADMINISTRATOR if kind == "organization" and not aws.handed_over else signed_in(aws, road, ci)
    aws.become(who, names.preview_role(account))
    return aws.become(who, deploy)


def signed_in(aws: Moment, road: Road, ci: str) -> str:
    """The CI role of a stack, entered with a token of the stack's own environment."""
    first = road.then.organization.args.first_ci
    assert first
    every = {role.stack: role for role in (*first.roles, *road.then.governance.ci.values())}
    provider = names.identity_provider(road.account("governance"), first.issuer)
    return aws.sign_in(provider, every[ci].arn, first.audience, every[ci].subject)


@step("pulumi (up|import) -s organization .*|.*\\|\\| pulumi up -s organization .*")
def _organization_runs(aws: Moment, road: Road) -> None:
    deploy = _deploying(aws, road, "organization")
    for action in (
        "organizations:EnablePolicyType",
        "organizations:CreateOrganizationalUnit",
        "organizations:CreateAccount",
        "organizations:CreatePolicy",
        "organizations:AttachPolicy",
        "cloudformation:CreateStackSet",
        "cloudformation:CreateStackInstances",
        "cloudformation:UpdateStackSet",
        "iam:EnableOrganizationsRootCredentialsManagement",
        "iam:CreateGroup",
        "iam:PutGroupPolicy",
        "ram:EnableSharingWithAwsOrganization",
        "cloudtrail:RegisterOrganizationDelegatedAdmin",
        "sso:CreatePermissionSet",
    ):
        aws.ask(deploy, action)


@step("pulumi up -s organization --yes")
def _accounts_start(aws: Moment, road: Road) -> None:
    if aws.members:
        return
    road.accounts_come(aws)
    args = road.first.organization.args
    for account in args.accounts:
        id_ = road.ids[account.name]
        stack_set = names.BOOTSTRAP_ROLE.replace("*", id_, 1).replace("*", "0123456789abcdef")
        # A service-linked role makes it, which no control policy binds.
        aws.role(stack_set, managed=("arn:aws:iam::aws:policy/AdministratorAccess",))
        texts = [args.bootstrap, *([args.access_bootstrap] if account.unit == "domains" else [])]
        for text in texts:
            for action in templates.OF_A_STACK:
                aws.ask(stack_set, action, f"arn:aws:cloudformation:eu-west-1:{id_}:stack/StackSet-mesh-bootstrap/1")
            templates.deploy(aws, stack_set, road.sent(text), id_)
    group = road.then.organization.break_glass_group.permissions.text()
    aws.role(KEEPER, inline={"mesh": group})


@step("pulumi up -s governance --yes --continue-on-error")
def _governance_runs(aws: Moment, road: Road) -> None:
    hub = road.account("governance")
    deploy = _deploying(aws, road, "governance")
    bounded = {"iam:PermissionsBoundary": names.boundary(hub)}
    aws.ask(deploy, "iam:CreatePolicy", names.boundary(hub))
    for role in ("publisher/publish-ads", "location/ads", f"ci/{names.ci_of_domain(road.account('domain-ads'))}"):
        aws.ask(deploy, "iam:CreateRole", names.role(hub, role), **bounded)
    for action in ("cloudtrail:CreateTrail", "ec2:CreateVpc", "lakeformation:PutDataLakeSettings", "kms:CreateKey"):
        aws.ask(deploy, action)
    aws.resources[names.break_glass_topic("eu-west-1", hub)] = hub
    aws.resources[f"arn:aws:glue:eu-west-1:{hub}:catalog"] = hub
    for below in ("publisher/", "location/", "ci/domain-"):
        road.roles_come(aws, hub, below=below)


@step("pulumi up -s partner-.* --yes --continue-on-error")
def _partner_runs(aws: Moment, road: Road) -> None:
    account = road.account("partner-subtitling")
    deploy = _deploying(aws, road, "partner-subtitling")
    aws.ask(deploy, "iam:CreatePolicy", names.boundary(account))
    aws.ask(
        deploy, "iam:CreateRole", names.role(account, "access"), **{"iam:PermissionsBoundary": names.boundary(account)}
    )
    aws.ask(deploy, "kms:CreateKey")


@step("pulumi up -s access-playback --yes --continue-on-error")
def _access_runs(aws: Moment, road: Road) -> None:
    account = road.account("domain-playback")
    deploy = _deploying(aws, road, "access-playback")
    aws.ask(deploy, "iam:CreatePolicy", names.boundary(account))
    bounded = {"iam:PermissionsBoundary": names.boundary(account)}
    aws.ask(deploy, "iam:CreateRole", names.role(account, "clearance/pii"), **bounded)
    aws.ask(deploy, "lakeformation:PutDataLakeSettings")
    road.roles_come(aws, account, below="clearance/")


@step("pulumi up -s domain-playback --yes --continue-on-error")
def _domain_runs(aws: Moment, road: Road) -> None:
    deploy = _deploying(aws, road, "domain-playback")
    aws.ask(deploy, "kms:CreateKey")
    aws.ask(deploy, "budgets:ModifyBudget")
    hub = road.account("governance")
    publisher = aws.become(deploy, names.publisher_role(hub, "playback"))
    aws.ask(publisher, "glue:CreateDatabase", f"arn:aws:glue:eu-west-1:{hub}:catalog")


@step("pulumi (preview|refresh|destroy) -s domain-playback .*|pulumi preview -s domain-playback")
def _domain_is_looked_at(aws: Moment, road: Road) -> None:
    _deploying(aws, road, "domain-playback")


@step("pulumi preview -s domain-playback.*")
def _a_pull_request_is_previewed(aws: Moment, road: Road) -> None:
    aws.become(signed_in(aws, road, names.CI_OF_PREVIEWS), names.preview_role(road.account("domain-playback")))


@step("pulumi preview -s organization")
def _organization_is_previewed(aws: Moment, road: Road) -> None:
    _deploying(aws, road, "organization")


by_hand("aws service-quotas list-service-quotas .*", "servicequotas:ListServiceQuotas")
by_hand("aws service-quotas request-service-quota-increase .*", "servicequotas:RequestServiceQuotaIncrease")
by_hand("aws sso-admin list-instances .*", "sso:ListInstances")
by_hand("aws identitystore list-groups .*", "identitystore:ListGroups")
by_hand("aws account put-alternate-contact .*", "account:PutAlternateContact")


# ---- 5. from day to day: a job of the domain's CI, in its environment


def of_the_domain(pattern: str, *actions: str) -> None:
    """A step of CI of a domain, in the domain's account."""

    def asked(aws: Moment, road: Road) -> None:
        deploy = _deploying(aws, road, "domain-playback")
        for action in actions:
            aws.ask(deploy, action)

    STEPS.append((pattern, asked))


of_the_domain("aws ec2 describe-subnets .*", "ec2:DescribeSubnets")
of_the_domain("aws ec2 create-security-group .*", "ec2:CreateSecurityGroup")
of_the_domain("aws ec2 authorize-security-group-ingress .*", "ec2:AuthorizeSecurityGroupIngress")
of_the_domain("aws glue create-connection .*", "glue:CreateConnection")

# ---- 8. break-glass

by_hand("aws iam create-user .*", "iam:CreateUser", resource=KEEPER)
by_hand("aws iam add-user-to-group .*", "iam:AddUserToGroup", resource=f"arn:aws:iam::{MANAGEMENT}:group/mesh/*")
by_hand("aws iam create-virtual-mfa-device .*", "iam:CreateVirtualMFADevice")
by_hand("aws iam enable-mfa-device .*", "iam:EnableMFADevice", resource=KEEPER)
by_hand("aws iam create-access-key .*", "iam:CreateAccessKey", resource=KEEPER)


@step("aws sns confirm-subscription .*")
def _alarm(aws: Moment, road: Road) -> None:
    deploy = _deploying(aws, road, "governance")
    aws.ask(deploy, "sns:ConfirmSubscription", names.break_glass_topic("eu-west-1", road.account("governance")))


@step("aws sts assume-role --region eu-west-1 .*")
def _emergency(aws: Moment, road: Road) -> None:
    factor = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60", "sts:SourceIdentity": "keeper"}
    role = names.break_glass_role(road.account("governance"))
    for action in ("sts:AssumeRole", "sts:SetSourceIdentity"):
        aws.ask(KEEPER, action, role, **factor)
    name = {"aws:SourceIdentity": "keeper", "sts:SourceIdentity": "keeper"}
    for entered in (
        names.deploy_role(MANAGEMENT),
        *(names.deploy_role(id_) for id_ in road.ids.values()),
        names.deploy_access_role(road.account("domain-playback")),
        names.preview_role(road.account("domain-playback")),
    ):
        for action in ("sts:AssumeRole", "sts:SetSourceIdentity"):
            aws.ask(role, action, entered, **name)
