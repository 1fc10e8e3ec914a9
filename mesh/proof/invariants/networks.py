"""Networks of jobs (I8): every job runs in one, none leads out but by endpoints, and those lead to the mesh only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.aws.allowed_actions import is_allowed
from mesh.evaluator.decide import Layer, Request
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.machine_readers import pipeline_of
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, Actor, Subject

NETWORK_KEYS_OF_JOBS: Final = {
    "glue:CreateJob": "glue:VpcIds",
    "glue:UpdateJob": "glue:VpcIds",
    "lambda:CreateFunction": "lambda:VpcIds",
    "lambda:UpdateFunctionConfiguration": "lambda:VpcIds",
}
"""Actions that make or change a job, with the condition key that names its network."""

CHANGES: Final = ("glue:CreateSession", "glue:UpdateJob", "lambda:UpdateFunctionConfiguration")
"""Actions that change a job, which keeps its role, or start a session: only the deployment's, whatever the network."""

LEADING_OUT: Final = (
    "directconnect:CreateConnection",
    "ec2:AcceptTransitGatewayVpcAttachment",
    "ec2:AcceptVpcEndpointConnections",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:AttachInternetGateway",
    "ec2:AttachVpnGateway",
    "ec2:CreateCarrierGateway",
    "ec2:CreateClientVpnEndpoint",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateInstanceConnectEndpoint",
    "ec2:CreateInternetGateway",
    "ec2:CreateLocalGatewayRoute",
    "ec2:CreateNatGateway",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:CreateRouteServer",
    "ec2:CreateTrafficMirrorTarget",
    "ec2:CreateTransitGateway",
    "ec2:CreateTransitGatewayPeeringAttachment",
    "ec2:CreateTransitGatewayVpcAttachment",
    "ec2:CreateVpcBlockPublicAccessExclusion",
    "ec2:CreateVerifiedAccessEndpoint",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:CreateVpcPeeringConnection",
    "ec2:CreateVpnConcentrator",
    "ec2:CreateVpnConnection",
    "ec2:CreateVpnGateway",
    "ec2:ModifyVpcBlockPublicAccessExclusion",
    "ec2:ModifyVpcBlockPublicAccessOptions",
    "ec2:ModifyVpcEndpointServiceConfiguration",
    "ec2:ModifyVpcEndpointServicePermissions",
    "globalaccelerator:CreateAccelerator",
    "networkmanager:CreateVpcAttachment",
    "route53resolver:CreateResolverEndpoint",
    "vpc-lattice:CreateServiceNetworkVpcAssociation",
)
"""Actions that join a network to the internet, to another network, or to another DNS resolver."""

ENDPOINT_CHANGES: Final = ("ec2:CreateVpcEndpoint", "ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint")
"""Actions that make an endpoint or change its policy: one with an open policy is a way out, too."""

NETWORK_CHANGES: Final = (
    "ec2:AssociateRouteTable",
    "ec2:CreateNetworkAcl",
    "ec2:CreateNetworkAclEntry",
    "ec2:CreateRoute",
    "ec2:CreateRouteTable",
    "ec2:CreateSubnet",
    "ec2:CreateVpc",
    "ec2:DeleteNetworkAcl",
    "ec2:DeleteNetworkAclEntry",
    "ec2:DeleteRoute",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSubnet",
    "ec2:DeleteVpc",
    "ec2:DisassociateRouteTable",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcAttribute",
    "ec2:ReplaceNetworkAclEntry",
    "ec2:ReplaceNetworkAclAssociation",
    "ec2:ReplaceRoute",
    "ec2:ReplaceRouteTableAssociation",
)
"""Actions that make a network or change where it leads."""

SERVICE_CALLS: Final = {
    "athena": ("athena:StartQueryExecution", "arn:aws:athena:{region}:{account}:workgroup/x"),
    "events": ("events:PutEvents", "arn:aws:events:{region}:{account}:event-bus/mesh"),
    "glue": ("glue:GetTable", "arn:aws:glue:{region}:{account}:table/x/y"),
    "kms": ("kms:Encrypt", "arn:aws:kms:{region}:{account}:key/x"),
    "lakeformation": ("lakeformation:GetDataAccess", "*"),
    "logs": ("logs:PutLogEvents", "arn:aws:logs:{region}:{account}:log-group:x:log-stream:x"),
    "secretsmanager": ("secretsmanager:PutSecretValue", "arn:aws:secretsmanager:{region}:{account}:secret:x"),
    "sts": ("sts:AssumeRole", "arn:aws:iam::{account}:role/x"),
}
"""An action of each service that has an interface endpoint, with a resource of an account."""

WALLED_BY_SCP: Final = frozenset({"s3", "kms", "logs", "secretsmanager", "sts"})
"""Services for which the SCP, too, refuses resources outside the organisation."""


def no_way_out(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I8: on jobs and networks by administrators and deployments, and on requests through each endpoint."""
    for administrator, deployment in subject.administrators:
        for caller in (administrator, deployment):
            yield from _made_in_a_network(subject, caller)
            for action in LEADING_OUT:
                yield Claim(caller.who, subject.own_request(caller, action), allowed=False, denied=("scp",))
        for action in (*ENDPOINT_CHANGES, *NETWORK_CHANGES):
            request = subject.own_request(administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            deploys = subject.own_request(deployment, action)
            if deployment.account == subject.hub and is_allowed(action):
                yield Claim(deployment.who, deploys, free=("scp",))
            else:
                yield Claim(deployment.who, deploys, allowed=False, denied=("scp",))
    yield Fact("EC2 blocks every internet gateway, and no account makes an exception", _declared)
    for service in sorted(subject.plan.governance.network.endpoints):
        yield from _kept_out(subject, service)
        yield from _kept_in(subject, service)
    yield from _jobs(subject)


def _made_in_a_network(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    for action, key in NETWORK_KEYS_OF_JOBS.items():
        outside = subject.own_request(caller, action)
        yield Claim(f"{caller.who}, outside a network", outside, allowed=False, denied=("scp",))
        inside = subject.own_request(caller, action, {key: "vpc-0123"})
        if action in CHANGES and caller.kind != "deploy":
            yield Claim(f"{caller.who}, in a network", inside, allowed=False, denied=("scp",))
        else:
            yield Claim(f"{caller.who}, in a network", inside, free=("scp",))


def _declared(subject: Subject) -> str | None:
    declared = subject.plan.organization.args.declared
    block = declared.document.as_json()["ec2_attributes"]["vpc_block_public_access"]["internet_gateway_block"]
    mode, exclusions = block["mode"]["@@assign"], block["exclusions_allowed"]["@@assign"]
    if (declared.targets, mode, exclusions) != (("root",), "block_bidirectional", "disabled"):
        return f"at {declared.targets}, gateways {mode}, exceptions {exclusions}"
    return None


# ---- endpoints


def _kept_out(subject: Subject, service: str) -> Iterator[AnyClaim]:
    """Claims on callers outside the mesh: no endpoint admits them, not even to resources of their own account."""
    for caller in subject.outsiders:
        for account_id in (OTHER_ORGANIZATION, NO_ORGANIZATION, subject.hub):
            # At a resource of the outsider's own account no policy of the mesh binds but the endpoint's.
            free: tuple[Layer, ...] = ("scp", "rcp", "resource") if account_id == caller.account else ()
            for request in _calls(subject, caller, service, account_id):
                yield Claim(f"{caller.who}, in our network", request, allowed=False, free=free, passed=False)
    for caller in (*subject.of_partners, *subject.of_management):
        for account_id in (caller.account or "", subject.hub):
            for request in _calls(subject, caller, service, account_id):
                yield Claim(f"{caller.who}, in our network", request, passed=False)


def _kept_in(subject: Subject, service: str) -> Iterator[AnyClaim]:
    """Claims on callers of the mesh: an endpoint admits them to resources of the organisation, and to no others."""
    denied: tuple[Layer, ...] = ("scp",) if service in WALLED_BY_SCP else ()
    elsewhere = () if service == "lakeformation" else (OTHER_ORGANIZATION, NO_ORGANIZATION)
    for caller in _of_the_mesh(subject):
        for account_id in elsewhere:
            for request in _calls(subject, caller, service, account_id):
                yield Claim(f"{caller.who}, in our network", request, False, denied=denied, passed=False)
        home = subject.hub if service == "events" else caller.account or ""
        for request in _calls(subject, caller, service, home):
            yield Claim(f"{caller.who}, at home in our network", request, passed=True)
            if service == "events":
                other = Request(caller.name, request.action, f"{request.resource}-of-another", request.context)
                yield Claim(f"{caller.who}, on another bus", other, passed=False)


def _of_the_mesh(subject: Subject) -> Iterator[Actor]:
    """Callers of the mesh that could be in its network, one of each kind: jobs, people, and roles that a team makes."""
    yield from subject.of_governance
    for domain in subject.domains:
        yield from subject.some_jobs_of(domain)
        yield from (caller for caller in subject.of_domain(domain) if caller.kind in ("other", "clearance"))


def _calls(subject: Subject, caller: Actor, service: str, account_id: str) -> Iterator[Request]:
    """Requests for a resource of an account, through the endpoint of a service."""
    context = {"aws:SourceVpce": from_plan.endpoint_id(service)}
    if service == "s3":
        owner = {"aws:ResourceOrgID": "o-somebodyelse"} if account_id == OTHER_ORGANIZATION else {}
        for action in ("s3:PutObject", "s3:GetObject"):
            yield Request(caller.name, action, f"{_bucket(subject, account_id)}/x", {**context, **owner})
        return
    action, form = SERVICE_CALLS[service]
    yield Request(caller.name, action, form.format(region=subject.region, account=account_id), context)


def _bucket(subject: Subject, account_id: str) -> str:
    """A bucket of an account; a name that the world does not know, for an account that has none there."""
    buckets = (r.arn for r in subject.world.resources.values() if r.account == account_id and ":s3:" in r.arn)
    return next(buckets, f"arn:aws:s3:::bucket-of-{account_id}")


def _jobs(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on pipelines in the network: each writes its product and its log, and sends events to the mesh."""
    bus = f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}"
    for product in subject.products:
        pipeline = pipeline_of(subject, product)
        log = f"arn:aws:logs:{subject.region}:{product.account_id}:log-group:/mesh/{product.name}:log-stream:x"
        who = f"the pipeline of {product.domain}.{product.name}"
        for service, action, resource in (
            ("s3", "s3:PutObject", f"arn:aws:s3:::{product.bucket}/tables/x"),
            ("logs", "logs:PutLogEvents", log),
            ("events", "events:PutEvents", bus),
        ):
            context = {"aws:SourceVpce": from_plan.endpoint_id(service)}
            yield Claim(f"{who}, in our network", Request(pipeline, action, resource, context), allowed=True)
        yield from _interfaces(
            subject, f"the pipeline of {product.domain}.{product.name}", pipeline, product.account_id
        )


def _interfaces(subject: Subject, who: str, pipeline: str, account_id: str) -> Iterator[AnyClaim]:
    """Claims on network interfaces of a job: in the mesh's subnets, with a security group of the domain."""
    # RAM, not a policy of the mesh, admits the domain's account to the subnets: only the caller's policies are claimed.
    shared = Request(pipeline, "ec2:CreateNetworkInterface", f"arn:aws:ec2:{subject.region}:{subject.hub}:subnet/x")
    yield Claim(who, shared, free=("scp", "identity", "boundary"), granted=True)
    ec2 = f"arn:aws:ec2:{subject.region}:{account_id}"
    glue = f"arn:aws:glue:{subject.region}:{account_id}"
    glue_tag = {"aws:TagKeys": ["aws-glue-service-resource"]}
    for action, resource, context, may in (
        ("ec2:CreateNetworkInterface", f"{ec2}:security-group/sg-1", {}, True),
        ("ec2:CreateNetworkInterface", f"{ec2}:subnet/subnet-of-its-own", {}, False),
        ("ec2:DeleteNetworkInterface", f"{ec2}:network-interface/eni-1", {}, True),
        ("ec2:CreateTags", f"{ec2}:network-interface/eni-1", glue_tag, True),
        ("ec2:CreateTags", f"{ec2}:network-interface/eni-1", {"aws:TagKeys": ["mesh:owner"]}, False),
        ("ec2:DescribeSubnets", "*", {}, True),
        ("glue:GetConnection", f"{glue}:connection/{names.CONNECTION}", {}, True),
        ("glue:GetConnection", f"{glue}:connection/a-database", {}, False),
    ):
        yield Claim(who, Request(pipeline, action, resource, context), allowed=may)
