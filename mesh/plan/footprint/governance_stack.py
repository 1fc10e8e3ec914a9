"""Resources of the stack `governance`, in the governance account."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.iam import network
from mesh.plan.footprint.account_resources import baseline, mesh_role
from mesh.plan.footprint.bucket_resources import private_bucket
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.footprint.lake_resources import granted, settings
from mesh.plan.footprint.publication_resources import publication
from mesh.plan.nodes import CatalogEntryArgs, GovernancePlan, MeshCatalogArgs, NetworkArgs, RegisteredLocationArgs

VPC, ROUTES, GROUP, FUNCTIONS = "vpc-assumed", "rtb-assumed", "sg-assumed", "sg-functions"
"""Stand-ins for the ids of the network, its routes, and the security groups of its endpoints and of functions."""


def resources(make: StackMaker, plan: GovernancePlan) -> Iterator[DeployedResource]:
    """Baseline, trail, event bus, alarm, roles of CI, domains and publication, catalog with entries, network."""
    yield from baseline(make, "governance", plan.account)
    yield from _trail(make, plan)
    yield make("cloudwatch/eventBus:EventBus", "mesh", given=names.BUS, name=names.BUS)
    yield make("cloudwatch/eventBusPolicy:EventBusPolicy", "mesh", given=names.BUS, eventBusName=names.BUS)
    yield from _alarm(make, plan)
    bound = names.boundary(make.account_id)
    for name, args in plan.locations.items():
        yield from mesh_role(make, f"{name}-location", names.location_role(make.account_id, args.domain), bound)
        yield from mesh_role(make, f"{name}-publisher", names.publisher_role(make.account_id, args.domain), bound)
    for stack, args in plan.ci.items():
        yield from mesh_role(make, f"ci-{stack}", args.arn, bound)
    yield from mesh_role(make, "publication", plan.publication_role.arn, bound)
    yield from _catalog(make, plan.catalog)
    for name, args in plan.registered.items():
        yield from _location(make, name, args)
    for name, args in plan.entries.items():
        yield from _entry(make, name, args)
    yield from _network(make, plan.network)
    inside = [f"subnet-{zone}" for zone in plan.network.subnets]
    yield from publication(make, plan.publication, VPC, inside, FUNCTIONS)


def _trail(make: StackMaker, plan: GovernancePlan) -> Iterator[DeployedResource]:
    audit = plan.audit
    yield from private_bucket(
        make,
        "audit",
        audit.bucket,
        protected=audit.deletion_protection,
        log_bucket=plan.account.log_bucket,
        locked=True,
    )
    yield make(
        "cloudtrail/trail:Trail",
        "audit",
        # The management account owns the trail of an organisation, whoever makes it.
        given=names.trail_arn(make.access.region, audit.perimeter.management_id),
        name=names.PATH,
        s3BucketName=audit.bucket,
        isOrganizationTrail=True,
        advancedEventSelectors=SET,
    )


def _alarm(make: StackMaker, plan: GovernancePlan) -> Iterator[DeployedResource]:
    """The alarm of break-glass."""
    name, topic = names.BREAK_GLASS_ALARM, names.break_glass_topic(make.access.region, make.account_id)
    logical = names.BREAK_GLASS
    yield make("sns/topic:Topic", logical, given=topic, name=name, policy=SET)
    yield make(
        "sns/topicSubscription:TopicSubscription",
        logical,
        given=f"{topic}:00000000-0000-0000-0000-000000000000",
        topic=topic,
        protocol="email",
        endpoint=plan.break_glass.perimeter.security_contact,
    )
    yield make("cloudwatch/eventRule:EventRule", logical, given=name, name=name)
    yield make("cloudwatch/eventTarget:EventTarget", logical, rule=name, targetId="security-contact", arn=topic)


def _catalog(make: StackMaker, args: MeshCatalogArgs) -> Iterator[DeployedResource]:
    hub = args.perimeter.governance_id
    yield settings(make, "mesh")
    yield make("glue/resourcePolicy:ResourcePolicy", "mesh", policy=SET)
    for key in args.classifications:
        yield make("lakeformation/lfTag:LfTag", key, given=f"{hub}:{key}", catalogId=hub, key=key)
    for grant in args.grants:
        yield granted(make, grant, catalog=hub)


def _location(make: StackMaker, name: str, args: RegisteredLocationArgs) -> Iterator[DeployedResource]:
    hub = args.perimeter.governance_id
    yield make(
        "lakeformation/resource:Resource",
        name,
        given=args.arn,
        arn=args.arn,
        roleArn=args.role,
        useServiceLinkedRole=False,
        hybridAccessEnabled=False,
    )
    yield make(
        "lakeformation/permissions:Permissions",
        name,
        catalogId=hub,
        principal=args.publisher,
        dataLocation={"catalogId": hub, "arn": args.arn},
    )


def _entry(make: StackMaker, name: str, args: CatalogEntryArgs) -> Iterator[DeployedResource]:
    hub, database = args.perimeter.governance_id, args.database
    yield make(
        "glue/catalogDatabase:CatalogDatabase",
        name,
        given=f"{hub}:{database}",
        name=database,
        catalogId=hub,
        locationUri=f"s3://{args.location}/",
    )
    for tag in args.closing:
        yield make(
            "lakeformation/resourceLfTag:ResourceLfTag",
            f"{name}-{tag.key}",
            catalogId=hub,
            database={"catalogId": hub, "name": database},
            lfTag={"catalogId": hub, "key": tag.key, "value": tag.value},
        )
    yield granted(make, args.grant, catalog=hub)


def _network(make: StackMaker, args: NetworkArgs) -> Iterator[DeployedResource]:
    name, subnets = "mesh", {zone: f"subnet-{zone}" for zone in args.subnets}
    yield make(
        "ec2/vpc:Vpc",
        name,
        given=VPC,
        cidrBlock=args.cidr,
        enableDnsSupport=True,
        enableDnsHostnames=True,
        tags=SET,
    )
    yield make("ec2/defaultSecurityGroup:DefaultSecurityGroup", name, given="sg-default", vpcId=VPC)
    yield make("ec2/routeTable:RouteTable", name, given=ROUTES, vpcId=VPC)
    for zone, subnet in subnets.items():
        yield from _subnet(make, zone, subnet, args.subnets[zone])
    inside = [*subnets.values()]
    yield make(
        "ec2/networkAcl:NetworkAcl",
        name,
        given="acl-assumed",
        vpcId=VPC,
        subnetIds=inside,
        ingress=SET,
        egress=SET,
    )
    yield make("ec2/defaultNetworkAcl:DefaultNetworkAcl", name, given="acl-default", defaultNetworkAclId="acl-default")
    group = f"{name}-endpoints"
    yield make("ec2/securityGroup:SecurityGroup", "endpoints", given=GROUP, name=group, vpcId=VPC, ingress=SET)
    yield make(
        "ec2/securityGroup:SecurityGroup",
        "functions",
        given=FUNCTIONS,
        name=f"{name}-functions",
        vpcId=VPC,
        egress=SET,
    )
    for service in args.endpoints:
        yield _endpoint(make, args, service, inside)
    yield from _share(make, name, args, subnets)


def _subnet(make: StackMaker, zone: str, subnet: str, cidr: str) -> Iterator[DeployedResource]:
    yield make(
        "ec2/subnet:Subnet",
        zone,
        given=subnet,
        vpcId=VPC,
        availabilityZone=zone,
        cidrBlock=cidr,
        mapPublicIpOnLaunch=False,
        tags=SET,
    )
    yield make(
        "ec2/routeTableAssociation:RouteTableAssociation",
        zone,
        given=f"rtbassoc-{zone}",
        subnetId=subnet,
        routeTableId=ROUTES,
    )


def _endpoint(make: StackMaker, args: NetworkArgs, service: str, subnets: list[str]) -> DeployedResource:
    gateway = service == network.GATEWAY
    return make(
        "ec2/vpcEndpoint:VpcEndpoint",
        service,
        given=f"vpce-{service}",
        beside={"serviceOwner": "amazon"},
        vpcId=VPC,
        serviceName=args.service_name(service),
        vpcEndpointType="Gateway" if gateway else "Interface",
        policy=SET,
        routeTableIds=[ROUTES] if gateway else None,
        subnetIds=None if gateway else subnets,
        securityGroupIds=None if gateway else [GROUP],
        privateDnsEnabled=None if gateway else True,
    )


def _share(make: StackMaker, name: str, args: NetworkArgs, subnets: dict[str, str]) -> Iterator[DeployedResource]:
    region, account = make.access.region, make.account_id
    share = f"arn:aws:ram:{region}:{account}:resource-share/00000000-0000-0000-0000-000000000000"
    yield make("ram/resourceShare:ResourceShare", name, given=share, name=f"mesh-{name}", allowExternalPrincipals=False)
    for zone, subnet in subnets.items():
        arn = f"arn:aws:ec2:{region}:{account}:subnet/{subnet}"
        yield make("ram/resourceAssociation:ResourceAssociation", zone, resourceShareArn=share, resourceArn=arn)
    unit = args.perimeter.domains_unit_arn
    yield make("ram/principalAssociation:PrincipalAssociation", "domains", resourceShareArn=share, principal=unit)
