"""What must hold for everything that any stack registers: functions of the plan's JSON that list what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from itertools import pairwise, product
from typing import Any

from mesh import names
from mesh.plan import Plan
from tests.program.sample import Document, Found, resources

Check = Callable[[Document, Plan], list[str]]
CHECKS: list[Check] = []

DEFAULT_ACCOUNT = "123456789012"
PROVIDER = "pulumi:providers:aws"
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
OF_A_BUCKET = {
    "BucketPublicAccessBlock": lambda inputs: all(inputs.get(block) is True for block in BLOCKS),
    "BucketServerSideEncryptionConfiguration": lambda inputs: bool(_encryption(inputs)),
    "BucketVersioning": lambda inputs: inputs["versioningConfiguration"]["status"] == "Enabled",
    "BucketOwnershipControls": lambda inputs: inputs["rule"]["objectOwnership"] == "BucketOwnerEnforced",
    "BucketLifecycleConfiguration": lambda inputs: all(rule["status"] == "Enabled" for rule in inputs["rules"]),
    "BucketPolicy": lambda inputs: inputs["policy"] != "<unknown>",
}
POLICY_INPUTS = {
    "BucketPolicy": ("policy", "resource"),
    "kms/key:Key": ("policy", "resource"),
    "glue/resourcePolicy:ResourcePolicy": ("policy", "resource"),
    "EventBusPolicy": ("policy", "resource"),
    "VpcEndpoint": ("policy", "resource"),
    "iam/policy:Policy": ("policy", "identity"),
    "RolePolicy": ("policy", "identity"),
    "PermissionSetInlinePolicy": ("inlinePolicy", "identity"),
    "iam/role:Role": ("assumeRolePolicy", "trust"),
    "organizations/policy:Policy": ("content", "control"),
}
NO_IAM = ("AISERVICES_OPT_OUT_POLICY", "DECLARATIVE_POLICY_EC2")
"""Policies of AWS Organizations in languages of their own."""

BEFORE = (
    ("iam/role:Role", "iam/policy:Policy", "a role names the boundary by its ARN"),
    ("BucketPolicy", "BucketPublicAccessBlock", "the block refuses a public policy"),
    ("BucketReplicationConfig", "BucketVersioning", "S3 replicates versions only"),
    ("BucketObjectLockConfiguration", "BucketVersioning", "S3 locks versions only"),
    ("cloudtrail/trail:Trail", "BucketPolicy", "CloudTrail checks the policy"),
    ("lakeformation/permissions:Permissions", "DataLakeSettings", "only an administrator grants"),
    ("lakeformation/resource:Resource", "RolePolicy", "Lake Formation is given the role"),
    ("lakeformation/resource:Resource", "DataLakeSettings", "only an administrator registers"),
    ("ResourceLfTag", "CatalogDatabase", "labels are put on what exists"),
    ("CatalogTable", "s3/bucket:Bucket", "Glue writes the first metadata of a table into the bucket"),
    ("StackInstances", "OrganizationalUnit", "StackSets deploy to units"),
    ("organizations/policy:Policy", "OrganizationalUnit", "policies come when their targets are there"),
    ("lambda/function:Function", "logGroup:LogGroup", "Lambda makes one that is kept for ever"),
    ("Publication$aws:lambda/function:Function", "ec2/vpcEndpoint:VpcEndpoint", "it comes to no service without"),
    ("Publication$aws:lambda/function:Function", "RolePolicy", "Lambda is given the role"),
    ("OrganizationDelegatedAdminAccount", "organizations/account:Account", "the account is delegated to"),
)


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def _encryption(inputs: Found) -> str:
    rule = inputs["rules"][0]["applyServerSideEncryptionByDefault"]
    own = rule["sseAlgorithm"] == "aws:kms" and rule.get("kmsMasterKeyId")
    return "own" if own else "AES256" if rule["sseAlgorithm"] == "AES256" else ""


def _aws(document: Document) -> Iterator[tuple[str, Found]]:
    for part in document["stacks"]:
        for resource in part["resources"]:
            if resource["type"].startswith("aws:"):
                yield part["stack"], resource


def _of(resource: Found) -> str:
    return (
        f"{resource['type'].rpartition(':')[2]} {resource['urn'].split('::')[0].rpartition(':')[2]}/{resource['name']}"
    )


# ---- providers, accounts, names


@check
def every_resource_has_an_explicit_provider(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for part in document["stacks"]:
        known = {r["urn"] for r in part["resources"] if r["type"] == PROVIDER and not r["name"].startswith("default")}
        wrong += [
            f"{_of(r)}: no provider of its stack"
            for r in part["resources"]
            if r["type"].startswith("aws:") and (r["provider"] or "").rpartition("::")[0] not in known
        ]
    return wrong


@check
def no_default_provider(document: Document, plan: Plan) -> list[str]:
    providers = [r for r in resources(document) if r["type"].startswith("pulumi:providers:")]
    return [_of(r) for r in providers if r["name"].startswith("default") or r["type"] != PROVIDER]


@check
def every_resource_lands_in_the_account_of_its_stack(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for stack, resource in _aws(document):
        own, account = plan.access[stack].account_id, resource["account"]
        if account != own:
            wrong.append(f"{_of(resource)}: in {account}, not {own}")
    return wrong


@check
def nothing_lands_in_the_default_account(document: Document, plan: Plan) -> list[str]:
    return [_of(r) for r in resources(document) if DEFAULT_ACCOUNT in json.dumps(r)]


@check
def no_stack_makes_a_table_but_drafts_of_its_own_domain(document: Document, plan: Plan) -> list[str]:
    """A table of the mesh catalog, and the labels of its columns, are made at publication."""
    wrong: list[str] = []
    for stack, resource in _aws(document):
        inputs, kind = resource["inputs"], resource["type"].rpartition(":")[2]
        if kind == "CatalogTable":
            owner = names.snake(stack.partition("-")[2])
            # A partner's tables are names for what lies in its inbox.
            database = owner if stack.startswith("partner-") else f"{owner}__*__draft"
            own = fnmatch(inputs["databaseName"], database)
            if not own or inputs["catalogId"] != resource["account"]:
                wrong.append(f"{_of(resource)}: database {inputs['databaseName']} of {inputs['catalogId']}")
        elif kind == "ResourceLfTag" and (stack != "governance" or "tableWithColumns" in inputs):
            wrong.append(f"{_of(resource)}: a label of {stack}")
    return wrong


@check
def every_provider_assumes_a_role_in_the_one_account_it_may_act_on(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for provider in resources(document, PROVIDER):
        inputs = provider["inputs"]
        roles, allowed, tags = (
            json.loads(inputs.get(k, "null")) for k in ("assumeRoles", "allowedAccountIds", "defaultTags")
        )
        if not roles or any(not role.get("roleArn") for role in roles):
            wrong.append(f"{_of(provider)}: no role to assume")
        elif not allowed or len(allowed) != 1 or roles[-1]["roleArn"].split(":")[4] != allowed[0]:
            wrong.append(f"{_of(provider)}: {roles[-1]['roleArn']} with {allowed} allowed")
        if not {"mesh", "mesh:stack", "mesh:owner"} <= set((tags or {}).get("tags", {})):
            wrong.append(f"{_of(provider)}: default tags {tags}")
    return wrong


@check
def a_stack_has_at_most_two_providers(document: Document, plan: Plan) -> list[str]:
    counted = {
        part["stack"]: len([r for r in part["resources"] if r["type"] == PROVIDER]) for part in document["stacks"]
    }
    return [f"{stack}: {number} providers" for stack, number in counted.items() if not 1 <= number <= 2]


@check
def every_urn_is_used_once(document: Document, plan: Plan) -> list[str]:
    urns = [r["urn"] for r in resources(document)]
    return sorted({urn for urn in urns if urns.count(urn) > 1}) if len(urns) != len(set(urns)) else []


@check
def every_resource_is_the_child_of_a_component(document: Document, plan: Plan) -> list[str]:
    kinds = {r["urn"]: r["type"] for r in resources(document)}
    wrong = [r for _, r in _aws(document) if not kinds.get(r["parent"], "").startswith("mesh:aws:")]
    orphans = [r for r in resources(document) if r["type"] != "pulumi:pulumi:Stack" and r["parent"] not in kinds]
    return [f"{_of(r)}: parent {r['parent']}" for r in (*wrong, *orphans)]


# ---- buckets and keys


@check
def every_bucket_is_private_encrypted_versioned_and_logged(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for stack in {part["stack"] for part in document["stacks"]}:
        held = [r for s, r in _aws(document) if s == stack and r["type"].startswith("aws:s3/bucket")]
        for bucket in [r for r in held if r["type"].endswith(":Bucket")]:
            name = bucket["inputs"]["bucket"]
            about = [r for r in held if r["inputs"].get("bucket") == name]
            for kind, good in OF_A_BUCKET.items():
                found = [r for r in about if r["type"].endswith(f":{kind}")]
                if len(found) != 1 or not good(found[0]["inputs"]):
                    wrong.append(f"{name}: {kind} {[r['inputs'] for r in found]}")
            wrong += _not_logged(name, about)
    return wrong


def _not_logged(bucket: str, about: list[Found]) -> list[str]:
    """A log bucket takes S3's own key and has no log of its own; those of publications and of scripts take it, too."""
    is_log = bucket.endswith("-logs")
    targets = [r["inputs"]["targetBucket"] for r in about if r["type"].endswith("BucketLogging")]
    logged = not targets if is_log else len(targets) == 1 and targets[0].endswith("-logs")
    kinds = [_encryption(r["inputs"]) for r in about if r["type"].endswith("EncryptionConfiguration")]
    by_s3 = is_log or bucket.endswith("-audit") or "-publications" in bucket or "-scripts-" in bucket
    own = kinds == ["AES256"] if by_s3 else kinds == ["own"]
    return [f"{bucket}: logged to {targets}"] * (not logged) + [f"{bucket}: encrypted with {kinds}"] * (not own)


@check
def every_account_blocks_public_access_and_encrypts_disks(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for stack, access in plan.access.items():
        held = {r["type"].rpartition(":")[2]: r["inputs"] for s, r in _aws(document) if s == stack}
        if (
            stack == "organization"
            or stack.startswith("access-")
            or stack not in {part["stack"] for part in document["stacks"]}
        ):
            continue
        block = held.get("AccountPublicAccessBlock", {})
        if block != {**dict.fromkeys(BLOCKS, True), "accountId": access.account_id}:
            wrong.append(f"{stack}: {block}")
        if held.get("EncryptionByDefault", {}).get("enabled") is not True or "DefaultKmsKey" not in held:
            wrong.append(f"{stack}: disks")
    return wrong


@check
def every_key_rotates(document: Document, plan: Plan) -> list[str]:
    return [_of(r) for r in resources(document, "kms/key:Key") if r["inputs"].get("enableKeyRotation") is not True]


@check
def what_holds_or_guards_data_is_protected_as_the_plan_says(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for stack, resource in _aws(document):
        wanted = _deletion_protection(stack, resource, plan)
        if wanted is not None and (resource["protect"], resource["retainOnDelete"]) != (wanted, wanted):
            wrong.append(f"{_of(resource)}: protect {resource['protect']}, retain {resource['retainOnDelete']}")
    return wrong


def _deletion_protection(stack: str, resource: Found, plan: Plan) -> bool | None:
    """The Plan's field for a resource that is data or guards it; None for any other."""
    kind, urn, name = resource["type"], resource["urn"], resource["name"]
    if not kind.endswith(
        (":Bucket", *(f":{k}" for k in OF_A_BUCKET), ":BucketLogging", ":Key", ":Alias", ":CatalogTable")
    ):
        guards = kind.endswith(":CatalogDatabase") and ("CatalogEntry$" in urn or "DraftDatabase$" in urn)
        if not guards and not kind.endswith("lakeformation/resource:Resource"):
            return None
    if "mesh:aws:InboxTables$" in urn:
        return False  # names for folders of the inbox, whose bucket is protected
    if "mesh:aws:JobBaseline$" in urn:
        return False  # what is in the bucket stands in the repository
    if "mesh:aws:RegisteredLocation$" in urn:
        domain, _, product = name.partition(".")
        return plan.domains[domain].products[product].deletion_protection
    if "mesh:aws:DataProduct$" in urn:
        return plan.domains[stack.removeprefix("domain-")].products[name].deletion_protection
    if "mesh:aws:CatalogEntry$" in urn:
        domain, _, product = name.partition(".")
        return plan.domains[domain].products[product].deletion_protection
    if "mesh:aws:DraftTables$" in urn or "mesh:aws:DraftDatabase$" in urn:
        domain, product = stack.partition("-")[2], resource["parent"].rpartition("::")[2]
        return plan.domains[domain].products[product].deletion_protection
    if name.endswith("-results"):
        return False
    return plan.governance.account.deletion_protection


# ---- roles and documents


@check
def every_role_has_the_boundary_and_the_path_of_the_mesh(document: Document, plan: Plan) -> list[str]:
    return [
        f"{_of(r)}: {r['inputs'].get('path')}, {r['inputs'].get('permissionsBoundary')}"
        for r in resources(document, "iam/role:Role")
        if not str(r["inputs"].get("path")).startswith("/mesh/")
        or r["inputs"].get("permissionsBoundary") != names.boundary(r["account"])
    ]


@check
def every_statement_says_what_it_is_for_and_is_whole(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for _, resource in _aws(document):
        for kind, (key, use) in POLICY_INPUTS.items():
            if resource["type"].endswith(kind) and resource["inputs"].get("type") not in NO_IAM:
                wrong += [f"{_of(resource)}: {what}" for what in _faults(resource["inputs"].get(key), use)]
    return wrong


def _faults(text: Any, use: str) -> Iterator[str]:
    try:
        statements = json.loads(text)["Statement"]
    except (TypeError, ValueError, KeyError):
        yield f"no document: {text!r:.60}"
        return
    sids = [statement.get("Sid") for statement in statements]
    if not statements or not all(sids) or len(set(sids)) != len(sids):
        yield f"Sids {sids}"
    for statement in statements:
        has = {key for key in ("Principal", "Resource", "NotResource", "Action", "NotAction") if statement.get(key)}
        if bool(has & {"Principal"}) != (use in ("resource", "trust")) and statement.get("Principal") != "*":
            yield f"{statement['Sid']}: principal {statement.get('Principal')}"
        if bool(has & {"Resource", "NotResource"}) != (use != "trust"):
            yield f"{statement['Sid']}: resources {statement.get('Resource')}"
        if not has & {"Action", "NotAction"}:
            yield f"{statement['Sid']}: no action"
        if statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}):
            keys = {key for block in statement.get("Condition", {}).values() for key in block}
            if not {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths"} <= keys:
                yield f"{statement['Sid']}: allows everybody"


# ---- networks

OF_A_NETWORK = (
    "ec2/vpc:Vpc",
    "ec2/subnet:Subnet",
    "ec2/routeTable:RouteTable",
    "ec2/routeTableAssociation:RouteTableAssociation",
    "ec2/vpcEndpoint:VpcEndpoint",
    "ec2/securityGroup:SecurityGroup",
    "ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "ec2/networkAcl:NetworkAcl",
    "ec2/defaultNetworkAcl:DefaultNetworkAcl",
)
"""All that the mesh makes of EC2: no gateway, no route, no peering, no address."""


@check
def the_one_network_has_no_way_out(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for stack, resource in _aws(document):
        kind, inputs = resource["type"].removeprefix("aws:"), resource["inputs"]
        if kind.startswith(("ec2/", "vpc/", "ec2transitgateway/", "directconnect/", "networkmanager/")):
            of_jobs = kind == "ec2/securityGroup:SecurityGroup" and "mesh:aws:JobBaseline$" in resource["urn"]
            if kind not in OF_A_NETWORK or not (of_jobs or stack == "governance"):
                wrong.append(f"{_of(resource)}: not of the network")
            if (
                inputs.get("routes")
                or inputs.get("mapPublicIpOnLaunch")
                or (inputs.get("egress") and not _to_services(kind, inputs["egress"]))
            ):
                wrong.append(f"{_of(resource)}: leads out")
    networks = [r["inputs"]["cidrBlock"] for r in resources(document, "ec2/vpc:Vpc")]
    if networks != [plan.governance.network.cidr]:
        wrong.append(f"networks {networks}")
    return wrong


def _to_services(kind: str, rules: list[dict[str, Any]]) -> bool:
    """Whether rules lead to nothing but what routes lead to: those of an access list, HTTPS, workers of one group."""
    https = all(
        (each["protocol"], each["fromPort"], each["toPort"]) == ("tcp", 443, 443) or _among_themselves(each)
        for each in rules
    )
    return kind == "ec2/networkAcl:NetworkAcl" or (kind == "ec2/securityGroup:SecurityGroup" and https)


def _among_themselves(rule: dict[str, Any]) -> bool:
    return rule.get("self") is True and not rule.keys() & {
        "cidrBlocks",
        "ipv6CidrBlocks",
        "prefixListIds",
        "securityGroups",
    }


@check
def endpoints_are_reached_from_the_network_only(document: Document, plan: Plan) -> list[str]:
    """Nothing else lets anything in; but workers of a job talk to each other, in the group of their account's jobs."""
    cidr = plan.governance.network.cidr
    only = [{"cidrBlocks": [cidr], "description": "jobs", "fromPort": 443, "protocol": "tcp", "toPort": 443}]
    groups = resources(document, "SecurityGroup")
    jobs = [r for r in groups if "mesh:aws:JobBaseline$" in r["urn"]]
    wrong = [_of(r) for r in groups if r not in jobs and r["inputs"].get("ingress") not in (None, only)]
    wrong += [_of(r) for r in jobs if not all(map(_among_themselves, r["inputs"]["ingress"]))]
    kinds = sorted(r["type"].rpartition(":")[2] for r in groups if r not in jobs)
    known = ["DefaultSecurityGroup", "SecurityGroup", "SecurityGroup"]
    return wrong if kinds == known else [*wrong, f"groups {kinds}"]


@check
def subnets_have_a_list_of_their_own_and_the_default_one_is_empty(document: Document, plan: Plan) -> list[str]:
    """S3 answers from anywhere to any port but those of shells and desktops; the rest is of the network."""
    wrong: list[str] = []
    for entry in [each for r in resources(document, "networkAcl:NetworkAcl") for each in r["inputs"]["ingress"]]:
        managed = [port for port in (22, 3389) if entry["fromPort"] <= port <= entry["toPort"]]
        if entry["cidrBlock"] != plan.governance.network.cidr and (managed or entry["protocol"] != "tcp"):
            wrong.append(f"{entry}: lets in")
    for access_list in resources(document, "DefaultNetworkAcl"):
        wrong += [_of(access_list) for each in ("ingress", "egress") if access_list["inputs"].get(each)]
    listed = [len(r["inputs"].get("subnetIds", ())) for r in resources(document, "networkAcl:NetworkAcl")]
    defaults = len(resources(document, "DefaultNetworkAcl"))
    if listed != [len(resources(document, "ec2/subnet:Subnet"))] or defaults != len(resources(document, "ec2/vpc:Vpc")):
        wrong.append(f"subnets on lists {listed}, {defaults} default lists")
    return wrong


@check
def root_users_and_ai_services_are_held_from_above(document: Document, plan: Plan) -> list[str]:
    """What the organisation switches on needs its trusted access or its type of policy, too."""
    (organization,) = resources(document, "organization:Organization")
    (features,) = resources(document, "OrganizationsFeatures")
    trusted, enabled = (organization["inputs"][key] for key in ("awsServiceAccessPrincipals", "enabledPolicyTypes"))
    wrong = [] if "iam.amazonaws.com" in trusted else ["IAM is not trusted"]
    if set(features["inputs"]["enabledFeatures"]) != {"RootCredentialsManagement", "RootSessions"}:
        wrong.append(f"{_of(features)}: {features['inputs']}")
    if organization["urn"] not in features["dependencies"]:
        wrong.append(f"{_of(features)} does not wait for the organisation")
    kinds = {r["inputs"]["type"] for r in resources(document, "organizations/policy:Policy")}
    return [*wrong, *(f"{kind} is not enabled" for kind in sorted(kinds - set(enabled)))]


@check
def subnets_are_shared_with_the_domains_and_nobody_else(document: Document, plan: Plan) -> list[str]:
    shares = resources(document, "ram/resourceShare:ResourceShare")
    wrong = [_of(r) for r in shares if r["inputs"].get("allowExternalPrincipals") is not False]
    principals = [r["inputs"]["principal"] for r in resources(document, "PrincipalAssociation")]
    if principals != [plan.perimeter.domains_unit_arn] or len(shares) != 1:
        wrong.append(f"shared with {principals}")
    return wrong


# ---- Lake Formation


@check
def nothing_is_granted_to_whoever_iam_lets_in(document: Document, plan: Plan) -> list[str]:
    """But drafts: their databases, each in the account of its domain."""
    return [
        _of(r)
        for _, r in _aws(document)
        if any(n in json.dumps(r) for n in ("IAM_ALLOWED_PRINCIPALS", "IAMAllowedPrincipals"))
        if not fnmatch(_database_of(r), "*__*__draft") or r["account"] == plan.perimeter.governance_id
    ]


def _database_of(resource: Found) -> str:
    inputs = resource["inputs"]
    named = inputs if resource["type"].endswith("CatalogDatabase") else inputs.get("database", {})
    return str(named.get("name"))


@check
def lake_formation_has_one_closed_setting_an_account(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    settings = resources(document, "DataLakeSettings")
    for part in document["stacks"]:
        stack = part["stack"]
        of_stack = [r for r in part["resources"] if r in settings]
        if len(of_stack) != (stack == "governance" or stack.startswith("access-")):
            wrong.append(f"{stack}: {len(of_stack)} settings")
    for setting in settings:
        inputs = setting["inputs"]
        open_ = [inputs.get(f"create{what}DefaultPermissions") != [] for what in ("Database", "Table")]
        lax = [
            inputs.get(key) is not False for key in ("allowExternalDataFiltering", "allowFullTableExternalDataAccess")
        ]
        parameters = inputs.get("parameters", {})
        named = parameters.get("SET_SOURCE_IDENTITY") == "TRUE" and int(parameters.get("CROSS_ACCOUNT_VERSION", 0)) >= 3
        if any((*open_, *lax)) or not named or inputs.get("admins") != _administrators(setting["account"], plan):
            wrong.append(f"{_of(setting)}: {inputs}")
        if inputs.get("catalogId") != setting["account"]:
            wrong.append(f"{_of(setting)}: catalog {inputs.get('catalogId')}")
    return wrong


def _administrators(account: str, plan: Plan) -> list[str]:
    governs = account == plan.perimeter.governance_id
    return [names.deploy_role(account) if governs else names.deploy_access_role(account)]


@check
def governance_registers_each_location_for_the_domain_of_its_bucket(document: Document, plan: Plan) -> list[str]:
    """With the domain's own location role, and pointed at by its own publisher alone."""
    wrong: list[str] = []
    governance = plan.perimeter.governance_id
    for location in resources(document, "lakeformation/resource:Resource"):
        inputs = location["inputs"]
        role = inputs.get("roleArn", "")
        bucket = names.buckets_of(plan.mesh, role.rpartition("/")[2])
        if (
            role != names.location_role(governance, role.rpartition("/")[2])
            or not fnmatch(inputs["arn"], f"arn:aws:s3:::{bucket}/tables")
            or inputs.get("useServiceLinkedRole") is not False
            or inputs.get("hybridAccessEnabled") is not False
            or location["account"] != governance
        ):
            wrong.append(f"{_of(location)}: {inputs}")
    for grant in resources(document, "lakeformation/permissions:Permissions"):
        place = grant["inputs"].get("dataLocation")
        if place is not None:
            domain = grant["inputs"]["principal"].rpartition("/publish-")[2]
            own = fnmatch(place["arn"], f"arn:aws:s3:::{names.buckets_of(plan.mesh, domain)}/tables")
            if not own or grant["inputs"]["principal"] != names.publisher_role(governance, domain):
                wrong.append(f"{_of(grant)}: {grant['inputs']['principal']} at {place['arn']}")
    return wrong


@check
def grants_reach_the_domains_and_are_passed_on_by_nobody_else(document: Document, plan: Plan) -> list[str]:
    """The hub grants to the domains unit, with grant option, expressions only; everybody else within the account."""
    wrong: list[str] = []
    for grant in resources(document, "lakeformation/permissions:Permissions"):
        inputs = grant["inputs"]
        principal, shared = inputs["principal"], inputs["principal"] == plan.perimeter.domains_unit_arn
        local = (
            principal == "<unknown>"
            or f":{grant['account']}:" in principal
            or principal == f"{grant['account']}:IAMPrincipals"
            or (principal == "IAM_ALLOWED_PRINCIPALS" and fnmatch(_database_of(grant), "*__*__draft"))
        )
        if not (shared and "lfTagPolicy" in inputs) and not local:
            wrong.append(f"{_of(grant)}: to {principal}")
        if bool(inputs.get("permissionsWithGrantOptions")) != shared:
            wrong.append(f"{_of(grant)}: grant option")
        if principal.endswith(":IAMPrincipals") and (inputs["permissions"] != ["DESCRIBE"] or "database" not in inputs):
            wrong.append(f"{_of(grant)}: everybody gets {inputs['permissions']}")
    return wrong


@check
def no_grant_waits_for_another(document: Document, plan: Plan) -> list[str]:
    """One that fails stops none: neither a grant nor an entry of the catalog comes after another one."""
    wrong: list[str] = []
    for part in document["stacks"]:
        before = _before(part["resources"])
        grants = {r["urn"]: r for r in part["resources"] if r["type"].endswith("lakeformation/permissions:Permissions")}
        labels = {r["urn"]: r for r in part["resources"] if r["type"].endswith("ResourceLfTag")}
        for resource in grants.values():
            wrong += [
                f"{_of(resource)} waits for {_of(grants[urn])}" for urn in before[resource["urn"]] & grants.keys()
            ]
        for resource in labels.values():
            behind = (labels[urn] for urn in before[resource["urn"]] & labels.keys())
            wrong += [f"{_of(resource)} waits for {_of(o)}" for o in behind if o["parent"] != resource["parent"]]
    return wrong


@check
def labels_of_the_catalog_are_made_one_after_the_other(document: Document, plan: Plan) -> list[str]:
    """Lake Formation refuses two changes of LF-tags at once, and the plugin tries none of them again."""
    wrong: list[str] = []
    for part in document["stacks"]:
        before = _before(part["resources"])
        tags = [r for r in part["resources"] if r["type"].endswith("lakeformation/lfTag:LfTag")]
        ordered = sorted(tags, key=lambda tag: len(before[tag["urn"]]))
        for first, then in pairwise(ordered):
            wrong += [] if first["urn"] in before[then["urn"]] else [f"{_of(then)} does not wait for {_of(first)}"]
    return wrong


@check
def nothing_waits_for_a_budget(document: Document, plan: Plan) -> list[str]:
    """A new account refuses one for a day."""
    wrong: list[str] = []
    for part in document["stacks"]:
        before = _before(part["resources"])
        budgets = {r["urn"] for r in part["resources"] if r["type"].endswith("budgets/budget:Budget")}
        wrong += [f"{_of(r)} waits for a budget" for r in part["resources"] if before[r["urn"]] & budgets]
    return wrong


@check
def an_assignment_goes_before_its_policy(document: Document, plan: Plan) -> list[str]:
    """What is made after is deleted before: the AWS plugin provisions where an assignment is when it takes a policy."""
    wrong: list[str] = []
    for part in document["stacks"]:
        before = _before(part["resources"])
        policies = {r["name"]: r["urn"] for r in part["resources"] if r["type"].endswith(":PermissionSetInlinePolicy")}
        for assignment in (r for r in part["resources"] if r["type"].endswith(":AccountAssignment")):
            held = {policies[urn.rpartition("::")[2]] for urn in before[assignment["urn"]] if ":PermissionSet::" in urn}
            if not held or not held <= before[assignment["urn"]]:
                wrong.append(f"{_of(assignment)}: deleted after the policy of its set, or with it")
    return wrong


@check
def every_workgroup_can_go_when_it_was_used(document: Document, plan: Plan) -> list[str]:
    groups = resources(document, "athena/workgroup:Workgroup")
    return [_of(group) for group in groups if group["inputs"].get("forceDestroy") is not True]


@check
def no_stack_set_is_sent_to_a_unit_without_accounts(document: Document, plan: Plan) -> list[str]:
    """CloudFormation lists no instance there, and the AWS plugin would add the unit in every run."""
    units = {account.unit for account in plan.organization.args.accounts}
    wrong: list[str] = []
    for instances in resources(document, "cloudformation/stackInstances:StackInstances"):
        targets = instances["inputs"]["deploymentTargets"]["organizationalUnitIds"]
        if len(targets) > len(units):
            wrong.append(f"{_of(instances)}: {len(targets)} units, accounts in {len(units)}")
        if not any("organizations/account:Account" in urn for urn in instances["dependencies"]):
            wrong.append(f"{_of(instances)}: does not wait for the accounts")
    return wrong


@check
def nothing_of_an_iceberg_table_but_its_schema_is_ours(document: Document, plan: Plan) -> list[str]:
    """Any other property is sent by the AWS plugin together with the pointer of a moment before."""
    ours = {"name", "databaseName", "catalogId", "openTableFormatInput"}
    tables = [r for r in resources(document, ":CatalogTable") if "openTableFormatInput" in r["inputs"]]
    return [f"{_of(table)}: {sorted(more)}" for table in tables if (more := table["inputs"].keys() - ours)]


@check
def what_closes_comes_before_what_opens(document: Document, plan: Plan) -> list[str]:
    """Of an entry of the catalog: the database closes before its publisher may make a table in it."""
    wrong: list[str] = []
    for part in document["stacks"]:
        before = _before(part["resources"])
        tags = [r for r in part["resources"] if r["type"].endswith("ResourceLfTag")]
        grants = [r for r in part["resources"] if "mesh:aws:CatalogEntry$aws:lakeformation/permissions:" in r["urn"]]
        wrong += [
            f"{_of(grant)} does not wait for {_of(tag)}"
            for grant, tag in product(grants, tags)
            if grant["parent"] == tag["parent"] and tag["urn"] not in before[grant["urn"]]
        ]
        wrong += [f"{_of(tag)} opens" for tag in tags if tag["inputs"]["lfTag"]["value"] != "true"]
        wrong += [f"{_of(tag)} is taken away" for tag in tags if not tag["retainOnDelete"]]
    return wrong


@check
def what_is_named_by_its_arn_is_there_before(document: Document, plan: Plan) -> list[str]:
    """A string carries no dependency: each of these waits for all of those of its own component or stack."""
    wrong: list[str] = []
    for part in document["stacks"]:
        before = _before(part["resources"])
        for later, earlier, why in BEFORE:
            for resource in [r for r in part["resources"] if _qualified(r).endswith(later)]:
                waited = {urn.rpartition("$")[2] for urn in before[resource["urn"]]}
                if not any(f"{urn}".partition("::")[0].endswith(earlier) for urn in waited):
                    wrong.append(f"{_of(resource)} does not wait for {earlier}: {why}")
    return wrong


def _qualified(resource: Found) -> str:
    """Types of the components that a resource stands in, and its own."""
    return str(resource["urn"]).split("::")[2]


def _before(held: list[Found]) -> dict[str, frozenset[str]]:
    """Everything that is made before each resource: dependencies, and parents with theirs."""
    needs = {r["urn"]: [*r["dependencies"], *filter(None, [r["parent"]])] for r in held}
    known: dict[str, frozenset[str]] = {}

    def of(urn: str) -> frozenset[str]:
        if urn not in known:
            known[urn] = frozenset()
            direct = needs.get(urn, [])
            known[urn] = frozenset(direct).union(*(of(one) for one in direct))
        return known[urn]

    return {urn: of(urn) for urn in needs}


@check
def every_workgroup_keeps_results_in_its_account(document: Document, plan: Plan) -> list[str]:
    wrong: list[str] = []
    for workgroup in resources(document, "Workgroup"):
        settings = workgroup["inputs"].get("configuration", {})
        result = settings.get("resultConfiguration", {})
        owned = result.get("expectedBucketOwner") == workgroup["account"]
        kms = result.get("encryptionConfiguration", {}).get("encryptionOption") == "SSE_KMS"
        if settings.get("enforceWorkgroupConfiguration") is not True or not owned or not kms:
            wrong.append(f"{_of(workgroup)}: {settings}")
    return wrong
