"""Partners (I4, I5): a partner's account reaches nothing else, and only the declared writers reach into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.evaluator import facts, owners
from mesh.evaluator.decide import Layer, Request
from mesh.plan.nodes import PartnerPlan
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.invariants.exfiltration import NOT_OF_AWS
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, OUTSIDE_BUCKET, Actor, Subject

SERVICES: Final = (
    "s3 s3express s3tables kms sts iam glue lakeformation athena ram sns sqs events pipes scheduler secretsmanager "
    "ssm logs firehose kinesis kafka dynamodb lambda ecr rds redshift redshift-data sagemaker states datasync transfer "
    "appflow dataexchange cleanrooms backup ec2 es quicksight codebuild elasticmapreduce"
).split()
"""Services that the mesh uses, or through which data could leave."""

WITHOUT_A_RESOURCE: Final = (
    "ram:CreateResourceShare",
    "ram:AcceptResourceShareInvitation",
    "ram:GetResourceShareInvitations",
    "organizations:LeaveOrganization",
    "organizations:ListAccounts",
    "lakeformation:GrantPermissions",
    "lakeformation:BatchGrantPermissions",
    "ec2:CreateVpcPeeringConnection",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:CreateTransitGatewayVpcAttachment",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "route53:AssociateVPCWithHostedZone",
    "route53:CreateVPCAssociationAuthorization",
    "vpc-lattice:CreateServiceNetworkVpcAssociation",
)
"""Actions that join accounts and carry no `aws:ResourceAccount`, or carry the caller's own."""


_REPLICATING: Final = ("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner")
_WHOLE: Final = 3
"""The first accounts of `_elsewhere`, which are asked every action."""


def partners_reach_nothing(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I4: on every action of every service, by each caller of a partner, at resources of other accounts."""
    for number, partner in enumerate(subject.partners):
        callers = tuple(subject.of_partner(partner))
        for kind, account_id in enumerate(_elsewhere(subject, partner)):
            # Every action of every service for the first partner, at the hub, a domain and a stranger; of the main
            # services for the others: partners of one class differ in names only, and the wall in the account alone.
            for action, resource in _everything_of(subject, account_id, all_actions=number == 0 and kind < _WHOLE):
                for caller in callers:
                    yield Claim(caller.who, Request(caller.name, action, resource), allowed=False, denied=("scp",))
        for caller in callers:
            outside = Request(
                caller.name, "s3:PutObject", f"{OUTSIDE_BUCKET}/x", {"aws:ResourceAccount": OTHER_ORGANIZATION}
            )
            yield Claim(caller.who, outside, allowed=False, by="RefuseResourcesOfOtherAccounts")
            for action in WITHOUT_A_RESOURCE if caller.kind != "deploy" else ():
                yield Claim(caller.who, Request(caller.name, action, "*"), allowed=False, denied=("scp",))
            if caller.kind == "deploy":
                grants = Request(caller.name, "lakeformation:GrantPermissions", "*")
                yield Claim(caller.who, grants, allowed=False, denied=("scp",))
        yield from _at_home(subject, partner)
    yield Fact("each partner's wall is written with its literal account id, and binds that account", _literal_walls)


def _literal_walls(subject: Subject) -> str | None:
    """A partner without an SCP that names its account id as a literal; None when each has one, also those let go."""
    # A reviewer can check a literal; `${aws:PrincipalAccount}` would be whatever the request says.
    plan = subject.plan
    let_go = [account.account_id for account in plan.organization.args.let_go if account.unit == "partners"]
    for account_id in (*(partner.access.account_id for partner in plan.partners.values()), *let_go):
        # Nodes are the root, the unit and the account.
        policies = [policy for node in subject.world.account(account_id).service_control[2:] for policy in node]
        literal = {"StringNotEqualsIfExists": {"aws:ResourceAccount": account_id}}
        statements = [statement for policy in policies for statement in policy.document["Statement"]]
        if not any(statement.get("Condition") == literal for statement in statements):
            return f"no policy of partner account {account_id} names it as aws:ResourceAccount"
    return None


def _elsewhere(subject: Subject, partner: PartnerPlan) -> Iterator[str]:
    """Accounts that are not the partner's, one of each kind."""
    account_id = partner.access.account_id
    yield subject.hub
    yield subject.domains[0].access.account_id
    yield NO_ORGANIZATION
    yield from (other.access.account_id for other in subject.partners[:2] if other.access.account_id != account_id)
    yield subject.perimeter.management_id


def _everything_of(subject: Subject, account_id: str, all_actions: bool) -> Iterator[tuple[str, str]]:
    buckets = _buckets(subject, account_id)
    for service in SERVICES if all_actions else ("s3", "kms", "sts", "sqs", "sns", "events", "glue", "secretsmanager"):
        for action, resource in facts.requests(service, subject.region, account_id):
            if action.lower() in owners.MADE_BY_THE_CALLER and OUTSIDE_BUCKET in buckets:
                continue  # of a bucket that nobody has yet it makes one of the partner's own
            if service == "s3" and not resource.split(":")[4]:
                path = "/x" if "/" in resource else ""
                yield from ((action, bucket + path) for bucket in buckets)
            elif resource.split(":")[4]:  # an image without an account may be the partner's own
                yield action, resource


def _buckets(subject: Subject, account_id: str) -> tuple[str, ...]:
    """A bucket of the account, or one outside the plan: the ARN of a bucket names no account."""
    for resource in subject.world.resources.values():
        if resource.account == account_id and resource.arn.startswith("arn:aws:s3:::"):
            return (resource.arn,)
    return (OUTSIDE_BUCKET,)


def _at_home(subject: Subject, partner: PartnerPlan) -> Iterator[AnyClaim]:
    """Claims on a partner's people in their own account: the wall is around it, not across it."""
    account_id = partner.access.account_id
    access = names.role(account_id, "access")
    region, inbox = subject.region, f"arn:aws:s3:::{partner.partner.inbox}"
    key = from_plan.key_arn(region, account_id, names.INBOX_KEY_ALIAS)
    results = f"arn:aws:s3:::{subject.plan.results_bucket(f'partner-{partner.name}')}"
    account_key = from_plan.key_arn(region, account_id, names.ACCOUNT_KEY_ALIAS)
    for action, resource, context in (
        ("s3:GetObject", f"{inbox}/ads/impressions/x", {}),
        ("s3:ListBucket", inbox, {}),
        ("kms:Decrypt", key, subject.through_s3),
        ("glue:GetTable", f"arn:aws:glue:{region}:{account_id}:catalog", {}),
        ("athena:StartQueryExecution", f"arn:aws:athena:{region}:{account_id}:workgroup/{names.WORKGROUP}", {}),
        ("s3:PutObject", f"{results}/x", {}),
        ("s3:GetObject", f"{results}/x", {}),
        ("s3:ListBucket", results, {}),
        ("kms:GenerateDataKey", account_key, subject.through_s3),
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", {}),
    ):
        who = f"people of partner {partner.name} at home"
        if action.startswith("kms:"):
            other_key = from_plan.key_arn(region, account_id, "other")
            yield Claim(f"{who}, not through S3", Request(access, action, resource), allowed=False, granted=False)
            if action != "kms:Decrypt":
                yield Claim(f"{who}, on another key", Request(access, action, other_key, context), granted=False)
        # What AWS owns is exempt of the wall; whether the role may read it is no claim of this invariant.
        allowed = None if action.startswith("iam:") else True
        yield Claim(who, Request(access, action, resource, context), allowed=allowed, free=("scp", "rcp"))
    for action, arn in NOT_OF_AWS:
        stranger = Request(access, action, arn.format(region=region, stranger=NO_ORGANIZATION))
        yield Claim(f"people of partner {partner.name}", stranger, by="RefuseResourcesOfOtherAccounts")
    prefix_list = f"arn:aws:ec2:{region}:aws:prefix-list/pl-x"
    owned = Request(access, "ec2:ModifySecurityGroupRules", prefix_list)
    yield Claim(f"people of partner {partner.name}", owned, spared_by="RefuseResourcesOfOtherAccounts")
    for action in ("iam:GetPolicy", "iam:ListPolicyVersions"):
        owned = Request(names.deploy_role(account_id), action, "arn:aws:iam::aws:policy/ReadOnlyAccess")
        yield Claim(f"the deployment of partner {partner.name}", owned, allowed=True)


def _nobody_delivers(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of a mesh without partners: what delivers elsewhere delivers to nobody."""
    for domain in subject.domains:
        for caller in subject.of_domain(domain):
            for action in ("s3:PutObject", *_REPLICATING):
                outside = Request(caller.name, action, f"{OUTSIDE_BUCKET}/x")
                yield Claim(f"{caller.who}, without partners", outside, allowed=False, denied=("scp",))


def only_the_declared_writer(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I5: on the inbox, its key, and resources of a partner's account that no plan has."""
    if not subject.partners:
        yield from _nobody_delivers(subject)
    for partner in subject.plan.partners.values():
        yield from _inbox(subject, partner)
    for partner in subject.partners:
        yield from _unplanned(subject, partner)
    yield Fact("a table over an inbox is of an agreement, and has the columns that it covers alone", _uncovered)


def _uncovered(subject: Subject) -> str | None:
    """A table or a column of a partner's catalog that the written agreements and contracts do not come to."""
    written = {(each.partner, each.product): each.classifications for each in subject.written_agreements}
    for partner in subject.plan.partners.values():
        for reference, args in partner.tables.items():
            if (partner.name, reference) not in written:
                return f"the catalog of {partner.name} has tables of {reference}, of which it has no agreement"
            labels = subject.as_written.contracts[reference].tables
            for table in args.tables:
                for column in table.columns:
                    beyond = labels[table.name][column.name] - written[partner.name, reference]
                    if beyond:
                        return f"{args.name(table)} of {partner.name} has {column.name}, which is {sorted(beyond)}"
                place = names.outbound(partner.name, *reference.split("."))
                if args.location(table) != f"s3://{subject.plan.inbox(partner.name)}/{place}/{table.name}/":
                    return f"{args.name(table)} of {partner.name} lies at {args.location(table)}"
    return None


def _inbox(subject: Subject, partner: PartnerPlan) -> Iterator[AnyClaim]:
    folders = _folders_of_writers(subject, partner)
    inbox, key = _inbox_of(subject, partner)
    both: tuple[Layer, ...] = ("rcp", "resource")
    for caller in _reaching_in(subject, partner):
        writes = caller.name in folders
        for action in _REPLICATING:
            request = Request(caller.name, action, f"{inbox}/{folders.get(caller.name, 'outbound')}/x")
            yield Claim(caller.who, request, allowed=writes, denied=() if writes else both)
            for other in {"outbound", *folders.values()} - {folders.get(caller.name)} if writes else ():
                among_others = Request(caller.name, action, f"{inbox}/{other}/x")
                yield Claim(f"{caller.who}, among deliveries of others", among_others, allowed=False, granted=False)
        encrypt = Request(caller.name, "kms:GenerateDataKey", key, subject.through_s3)
        yield Claim(caller.who, encrypt, allowed=writes, denied=() if writes else both)
        for action, resource in (
            ("s3:GetObject", f"{inbox}/x"),
            ("s3:PutObject", f"{inbox}/x"),
            ("s3:DeleteObject", f"{inbox}/x"),
            ("s3:ListBucket", inbox),
            ("kms:Decrypt", key),
            ("kms:PutKeyPolicy", key),
        ):
            denied: tuple[Layer, ...] = () if writes or action == "kms:PutKeyPolicy" else both
            yield Claim(caller.who, Request(caller.name, action, resource), allowed=False, denied=denied)
    yield from _own_people_do_not_write(subject, partner, inbox)
    for writer in partner.partner.writers:
        for account_id, key_arn in _other_keys(subject, partner):
            request = Request(writer, "kms:Encrypt", key_arn, subject.through_s3)
            yield Claim(f"a declared writer, on a key of account {account_id}", request, granted=False)


def _folders_of_writers(subject: Subject, partner: PartnerPlan) -> Mapping[str, str]:
    """The folder of the inbox that each declared writer delivers into, by its ARN."""
    return {
        args.role_arn: names.outbound(partner.name, args.domain, args.product)
        for domain in subject.plan.domains.values()
        for args in domain.deliveries.values()
        if args.role_arn in partner.partner.writers
    }


def _inbox_of(subject: Subject, partner: PartnerPlan) -> tuple[str, str]:
    key = from_plan.key_arn(subject.region, partner.access.account_id, names.INBOX_KEY_ALIAS)
    return f"arn:aws:s3:::{partner.partner.inbox}", key


def _other_keys(subject: Subject, partner: PartnerPlan) -> Iterator[tuple[str, str]]:
    """Account and ARN of keys that are no partner's."""
    domains = [domain.access.account_id for domain in subject.domains]
    others = [account_id for account_id in domains if not any(account_id in w for w in partner.partner.writers)]
    for account_id in (subject.hub, *others[:1]):  # every domain may be a writer
        yield account_id, from_plan.key_arn(subject.region, account_id, names.ACCOUNT_KEY_ALIAS)


def _own_people_do_not_write(subject: Subject, partner: PartnerPlan, inbox: str) -> Iterator[AnyClaim]:
    """Claims on a partner's own people: they read the inbox, and what lies in it is what the mesh delivered."""
    for caller in subject.of_partner(partner):
        for action in ("s3:PutObject", "s3:PutObjectTagging"):
            yield Claim(caller.who, Request(caller.name, action, f"{inbox}/x"), allowed=False, denied=("resource",))
        yield Claim(caller.who, Request(caller.name, "s3:GetObject", f"{inbox}/x"), free=("rcp", "resource"))
    for caller in _reaching_in(subject, partner):
        if caller.name not in partner.partner.writers and caller.kind in ("other", "pipeline", "delivery"):
            request = Request(caller.name, "s3:ReplicateObject", f"{inbox}/x")
            yield Claim(caller.who, request, admitted=False)
    service = Request("s3.amazonaws.com", "s3:PutObject", f"{inbox}/x", subject.for_the_mesh)
    yield Claim("a service of the mesh", service, free=("rcp", "resource"))


def _reaching_in(subject: Subject, partner: PartnerPlan) -> Iterator[Actor]:
    account_id = partner.access.account_id
    writers = frozenset(partner.partner.writers)
    for domain in subject.plan.domains.values():
        yield from (caller for caller in subject.jobs_of(domain) if caller.name in writers)
    for domain in subject.domains:
        yield from subject.of_domain(domain)
        yield from (caller for caller in subject.jobs_of(domain) if caller.name not in writers)
    yield from subject.of_governance
    yield from (caller for caller in subject.of_partners if caller.account != account_id)
    yield from subject.of_management


def _unplanned(subject: Subject, partner: PartnerPlan) -> Iterator[AnyClaim]:
    """Claims on resources outside the plan: a partner's queue, secret or role whose own policy admits everyone."""
    account_id, region = partner.access.account_id, subject.region
    hub = subject.hub
    deployments = (names.ci_role(hub, "partners"), names.ci_role(hub, "previews"), names.break_glass_role(hub))
    for caller in _reaching_in(subject, partner):
        for action, resource in (
            ("sqs:SendMessage", f"arn:aws:sqs:{region}:{account_id}:unplanned"),
            ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{region}:{account_id}:secret:unplanned"),
            ("sts:AssumeRole", f"arn:aws:iam::{account_id}:role/unplanned"),
        ):
            if caller.name in deployments and action == "sts:AssumeRole":
                continue
            writes = caller.name in partner.partner.writers and action != "sts:AssumeRole"
            request = Request(caller.name, action, resource)
            yield Claim(caller.who, request, allowed=False, denied=() if writes else ("rcp",))
    like_named = Request(
        names.role(hub, f"{names.BREAK_GLASS}/somebody"), "sts:AssumeRole", f"arn:aws:iam::{account_id}:role/unplanned"
    )
    yield Claim("a role of a path like that for emergencies", like_named, allowed=False, denied=("rcp",))
    for writer in partner.partner.writers:
        account, name = writer.split(":")[4], writer.rpartition("/")[2]
        for namesake in (names.role(account, "delivery/somebody"), names.role(hub, f"delivery/{name}")):
            request = Request(namesake, "sqs:SendMessage", f"arn:aws:sqs:{region}:{account_id}:unplanned")
            yield Claim("a namesake of a writer", request, allowed=False, denied=("rcp",))
    home = subject.domains[0].access.account_id
    for role in deployments:
        namesake = role.replace(hub, home)
        request = Request(namesake, "sts:AssumeRole", f"arn:aws:iam::{account_id}:role/unplanned")
        yield Claim("a namesake of the CI", request, allowed=False, denied=("rcp",))
    if subject.plan.organization.args.first_ci:
        for stack, role in (("partners", "deploy"), ("partners", "preview"), ("previews", "preview")):
            enters = Request(names.ci_role(subject.hub, stack), "sts:AssumeRole", names.role(account_id, role))
            yield Claim(f"CI of {stack}", enters, allowed=True)
