"""I8: where jobs run, and what leads out of there: nothing but the endpoints, to nothing but the mesh's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Layer, Request
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.invariants.exits import own
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, Actor, Subject

IN_A_NETWORK: Final = {
    "cloudshell:CreateEnvironment": "cloudshell:VpcIds",
    "codebuild:CreateProject": "codebuild:vpcConfig.vpcId",
    "codebuild:UpdateProject": "codebuild:vpcConfig.vpcId",
    "glue:CreateJob": "glue:VpcIds",
    "glue:CreateSession": "glue:VpcIds",
    "glue:UpdateJob": "glue:VpcIds",
    "lambda:CreateFunction": "lambda:VpcIds",
    "lambda:UpdateFunctionConfiguration": "lambda:VpcIds",
    "sagemaker:CreateAutoMLJobV2": "sagemaker:VpcSubnets",
    "sagemaker:CreateCluster": "sagemaker:VpcSubnets",
    "sagemaker:CreateHyperParameterTuningJob": "sagemaker:VpcSubnets",
    "sagemaker:CreateModel": "sagemaker:VpcSubnets",
    "sagemaker:CreateModelBiasJobDefinition": "sagemaker:VpcSubnets",
    "sagemaker:CreateMonitoringSchedule": "sagemaker:VpcSubnets",
    "sagemaker:CreateNotebookInstance": "sagemaker:VpcSubnets",
    "sagemaker:CreateProcessingJob": "sagemaker:VpcSubnets",
    "sagemaker:CreateTrainingJob": "sagemaker:VpcSubnets",
}

CHANGED: Final = ("glue:UpdateJob", "lambda:UpdateFunctionConfiguration")
"""Of these, what changes a job that is there, with the role that it has: the deployment's, wherever it runs."""

SECOND_DOORS: Final = {
    "sagemaker:CreateNotebookInstance": ("sagemaker:DirectInternetAccess", "Disabled", "Enabled"),
    "sagemaker:CreateDomain": ("sagemaker:AppNetworkAccessType", "VpcOnly", "PublicInternetOnly"),
    "sagemaker:UpdateDomain": ("sagemaker:AppNetworkAccessType", "VpcOnly", "PublicInternetOnly"),
}
"""What has a second interface in a network of SageMaker's, besides the one in a VPC; how it says no and yes to it."""

LEADING_OUT: Final = (
    "directconnect:CreateConnection",
    "ec2:AcceptTransitGatewayVpcAttachment",
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
    "ec2:CreateVpcPeeringConnection",
    "ec2:CreateVpnConcentrator",
    "ec2:CreateVpnConnection",
    "ec2:CreateVpnGateway",
    "ec2:ModifyVpcBlockPublicAccessExclusion",
    "ec2:ModifyVpcBlockPublicAccessOptions",
    "globalaccelerator:CreateAccelerator",
    "networkmanager:CreateVpcAttachment",
    "route53resolver:CreateResolverEndpoint",
    "vpc-lattice:CreateServiceNetworkVpcAssociation",
)
"""What joins a network to the internet, to another one, or to somebody's resolver of names."""

OPENING: Final = (
    "ec2:AcceptVpcEndpointConnections",
    "ec2:CreateVpcEndpoint",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:DeleteVpcEndpoints",
    "ec2:ModifyVpcEndpoint",
    "ec2:ModifyVpcEndpointServicePermissions",
)
"""What makes an endpoint, or changes its policy: an open one is a way out, too."""

CALLED: Final = {
    "athena": ("athena:StartQueryExecution", "arn:aws:athena:{region}:{account}:workgroup/mesh-general"),
    "events": ("events:PutEvents", "arn:aws:events:{region}:{account}:event-bus/mesh"),
    "glue": ("glue:GetTable", "arn:aws:glue:{region}:{account}:table/x/y"),
    "kms": ("kms:Encrypt", "arn:aws:kms:{region}:{account}:key/x"),
    "lakeformation": ("lakeformation:GetDataAccess", "*"),
    "logs": ("logs:PutLogEvents", "arn:aws:logs:{region}:{account}:log-group:x:log-stream:x"),
    "secretsmanager": ("secretsmanager:PutSecretValue", "arn:aws:secretsmanager:{region}:{account}:secret:x"),
    "sts": ("sts:AssumeRole", "arn:aws:iam::{account}:role/x"),
}
"""One request to each service that has an interface endpoint, with a resource of an account."""

WALLED: Final = frozenset({"s3", "kms", "logs", "secretsmanager", "sts"})
"""Of these services the SCP refuses resources outside as well."""


def no_way_out(subject: Subject) -> Iterator[AnyClaim]:
    """I8: a job is made in a network or not at all, no network has a way out, and its endpoints lead the mesh home."""
    for account_id, unit, where in subject.accounts_asked:
        administrator = subject.other(account_id, unit, where)
        deployment = Actor(f"the deployment of {where}", names.deploy_role(account_id), unit, account_id, "deploy")
        for caller in (administrator, deployment):
            yield from _made_in_a_network(subject, caller)
            for action in LEADING_OUT:
                for request in own(subject, caller, action):
                    yield Claim(caller.who, request, allowed=False, denied=("scp",))
        yield from _opened(subject, administrator, deployment)
    yield Fact("EC2 blocks every internet gateway, and no account makes an exception", _declared)
    for service in sorted(subject.plan.governance.network.endpoints):
        yield from _kept_out(subject, service)
        yield from _kept_in(subject, service)
    yield from _jobs(subject)


def _made_in_a_network(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    for action, key in IN_A_NETWORK.items():
        for request in own(subject, caller, action):
            yield Claim(f"{caller.who}, outside a network", request, allowed=False, denied=("scp",))
        no_second = {name: no for name, no, _ in [SECOND_DOORS[action]]} if action in SECOND_DOORS else {}
        for request in own(subject, caller, action, {key: "vpc-0123", **no_second}):
            if action in CHANGED and caller.kind != "deploy":
                yield Claim(f"{caller.who}, in a network", request, allowed=False, denied=("scp",))
            else:
                yield Claim(f"{caller.who}, in a network", request, free=("scp",))
    for action, (key, no, yes) in SECOND_DOORS.items():
        for said in ({}, {key: yes}):
            for request in own(subject, caller, action, {"sagemaker:VpcSubnets": "subnet-1", **said}):
                yield Claim(f"{caller.who}, with a second door", request, allowed=False, denied=("scp",))
        for request in own(subject, caller, action, {"sagemaker:VpcSubnets": "subnet-1", key: no}):
            yield Claim(f"{caller.who}, without a second door", request, free=("scp",))


def _opened(subject: Subject, administrator: Actor, deployment: Actor) -> Iterator[AnyClaim]:
    for action in OPENING:
        for request in own(subject, administrator, action):
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        for request in own(subject, deployment, action):
            yield Claim(deployment.who, request, free=("scp",))


def _declared(subject: Subject) -> str | None:
    declared = subject.plan.organization.args.declared
    block = declared.document.as_json()["ec2_attributes"]["vpc_block_public_access"]["internet_gateway_block"]
    found = (block["mode"]["@@assign"], block["exclusions_allowed"]["@@assign"])
    if (declared.target, found) != ("root", ("block_bidirectional", "disabled")):
        return f"at {declared.target}, gateways {found[0]}, exceptions {found[1]}"
    return None


# ---- endpoints


def _kept_out(subject: Subject, service: str) -> Iterator[AnyClaim]:
    """Nobody else comes through: an outsider not even to what is the outsider's own, where nothing else binds."""
    for caller in subject.outsiders:
        for account_id in (OTHER_ORGANIZATION, NO_ORGANIZATION, subject.hub):
            alone = account_id == caller.account
            for request in _calls(subject, caller, service, account_id):
                free: tuple[Layer, ...] = ("scp", "rcp", "resource") if alone else ()
                yield Claim(f"{caller.who}, in our network", request, allowed=False, free=free, passed=False)
    for caller in (*subject.of_partners, *subject.of_management):
        for account_id in (caller.account or "", subject.hub):
            for request in _calls(subject, caller, service, account_id):
                yield Claim(f"{caller.who}, in our network", request, passed=False)


def _kept_in(subject: Subject, service: str) -> Iterator[AnyClaim]:
    """The mesh comes through to what is the organisation's, and to nothing else."""
    denied: tuple[Layer, ...] = ("scp",) if service in WALLED else ()
    elsewhere = () if service == "lakeformation" else (OTHER_ORGANIZATION, NO_ORGANIZATION)
    for caller in _of_the_mesh(subject):
        for account_id in elsewhere:
            for request in _calls(subject, caller, service, account_id):
                yield Claim(f"{caller.who}, in our network", request, False, denied=denied, passed=False)
        home = subject.hub if service == "events" else caller.account or ""
        for request in _calls(subject, caller, service, home):
            yield Claim(f"{caller.who}, at home in our network", request, passed=True)


def _of_the_mesh(subject: Subject) -> Iterator[Actor]:
    """One of each kind that could run there: jobs, people, and whatever else a team makes."""
    yield from subject.of_governance
    for domain in subject.domains:
        yield from list(subject.jobs_of(domain))[:1]
        yield from (caller for caller in subject.of_domain(domain) if caller.kind in ("other", "clearance"))


def _calls(subject: Subject, caller: Actor, service: str, account_id: str) -> Iterator[Request]:
    """Requests of a service to something of an account, through the service's endpoint."""
    context = {"aws:SourceVpce": from_plan.endpoint_id(service)}
    if service == "s3":
        for action in ("s3:PutObject", "s3:GetObject"):
            yield Request(caller.name, action, f"{_bucket(subject, account_id)}/x", context)
        return
    action, form = CALLED[service]
    yield Request(caller.name, action, form.format(region=subject.region, account=account_id), context)


def _bucket(subject: Subject, account_id: str) -> str:
    """A bucket of an account; one of an outsider has a name of its own, which the world does not know."""
    found = (r.arn for r in subject.world.resources.values() if r.account == account_id and ":s3:" in r.arn)
    return next(found, f"arn:aws:s3:::bucket-of-{account_id}")


def _jobs(subject: Subject) -> Iterator[AnyClaim]:
    """A pipeline does its work in the network: writes its product and its log, and tells the mesh."""
    bus = f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}"
    for product in subject.products:
        pipeline = names.pipeline_role(product.account_id, product.name)
        log = f"arn:aws:logs:{subject.region}:{product.account_id}:log-group:/mesh/{product.name}:log-stream:x"
        for service, action, resource in (
            ("s3", "s3:PutObject", f"arn:aws:s3:::{product.bucket}/tables/x"),
            ("logs", "logs:PutLogEvents", log),
            ("events", "events:PutEvents", bus),
        ):
            request = Request(pipeline, action, resource, {"aws:SourceVpce": from_plan.endpoint_id(service)})
            yield Claim(f"the pipeline of {product.domain}.{product.name}, in our network", request, allowed=True)
        yield from _joined(subject, f"the pipeline of {product.domain}.{product.name}", pipeline, product.account_id)


def _joined(subject: Subject, who: str, pipeline: str, account_id: str) -> Iterator[AnyClaim]:
    """Glue and Lambda put a job into our subnets, with a security group of the domain; and into no other subnets.

    That the subnets admit the domain's account is RAM's to say, so the claim on them is about the caller's policies.
    """
    shared = Request(pipeline, "ec2:CreateNetworkInterface", f"arn:aws:ec2:{subject.region}:{subject.hub}:subnet/x")
    yield Claim(who, shared, free=("scp", "identity", "boundary"), granted=True)
    own = f"arn:aws:ec2:{subject.region}:{account_id}"
    glue = f"arn:aws:glue:{subject.region}:{account_id}"
    marked = {"aws:TagKeys": ["aws-glue-service-resource"]}
    for action, resource, context, may in (
        ("ec2:CreateNetworkInterface", f"{own}:security-group/sg-1", {}, True),
        ("ec2:CreateNetworkInterface", f"{own}:subnet/subnet-of-its-own", {}, False),
        ("ec2:DeleteNetworkInterface", f"{own}:network-interface/eni-1", {}, True),
        ("ec2:CreateTags", f"{own}:network-interface/eni-1", marked, True),
        ("ec2:CreateTags", f"{own}:network-interface/eni-1", {"aws:TagKeys": ["mesh:owner"]}, False),
        ("ec2:DescribeSubnets", "*", {}, True),
        ("glue:GetConnection", f"{glue}:connection/{names.CONNECTION}", {}, True),
        ("glue:GetConnection", f"{glue}:connection/a-database", {}, False),
    ):
        yield Claim(who, Request(pipeline, action, resource, context), allowed=may)
