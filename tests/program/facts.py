"""The Plan, and what the program registers, each as a list of facts of one form: so the two can be subtracted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from mesh import names
from mesh.contracts.catalog import CatalogTable
from mesh.contracts.iceberg import iceberg_type
from mesh.contracts.lock import partition_text
from mesh.contracts.partitions import field_name
from mesh.iam.mesh_catalog import ABOUT_DEFAULT
from mesh.iam.statement import KEY_ARN
from mesh.plan import Plan, nodes
from tests.program import facts_of_jobs
from tests.program import facts_of_publication as of_it
from tests.program.sample import Document, Found

Fact = tuple[str, str, str]
"""(`<stack>` or `<stack>@<account>` for the publisher's, what it is about, its value as JSON)."""


OF_THE_COMPONENTS: Final = (
    "AccountPublicAccessBlock",
    "BucketNotification",
    "BucketOwnershipControls",
    "BucketPublicAccessBlock",
    "BucketVersioning",
    "DefaultKmsKey",
    "DefaultNetworkAcl",
    "DefaultSecurityGroup",
    "EncryptionByDefault",
    "EventBus",
    "EventSourceMapping",
    "NetworkAcl",
    "OrganizationDelegatedAdminAccount",
    "OrganizationsFeatures",
    "PolicyAttachment",
    "ResourceAssociation",
    "ResourceShare",
    "RouteTable",
    "RouteTableAssociation",
    "SecurityGroup",
    "glue/workflow:Workflow",
    "lambda/permission:Permission",
    "SharingWithOrganization",
    "StackInstances",
    "organization:Organization",
)
"""What a component adds whatever the Plan says; the contract says what these must be."""


AN_HOUR: Final = 3600


def fact(where: str, about: str, value: Any) -> Fact:
    return where, about, json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[:1] == "{":
        return json.loads(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


# ---- what the Plan says


def planned(plan: Plan, key_arns: Mapping[str, str], update: bool = False) -> Iterator[Fact]:
    """Every fact of the Plan; `key_arns` by bucket, for what AWS invents. An update acts with other roles."""
    yield from _organization(plan)
    governance = plan.governance
    yield from _account("governance", governance.account)
    yield from _governance(governance)
    for name, partner in plan.partners.items():
        yield from _account(f"partner-{name}", partner.account)
        yield from _partner(f"partner-{name}", partner.partner, partner.account.log_bucket)
        for tables in partner.tables.values():
            for table in tables.tables:
                about = f"table {tables.database}.{tables.name(table)}"
                yield fact(f"partner-{name}", about, [table.description, tables.location(table), *_columns(table)])
    for name, domain in plan.domains.items():
        yield from _account(f"domain-{name}", domain.account)
        yield from _domain(f"domain-{name}", domain, key_arns)
        yield from _wakeups(f"domain-{name}", domain)
        yield from _deciding(f"access-{name}", domain)
    for stack, access in plan.access.items():
        role = access.deploy_role if update else access.preview_role
        yield fact(stack, f"provider of {access.account_id}", [role, access.region, access.tags])


def _organization(plan: Plan) -> Iterator[Fact]:
    stack, args = "organization", plan.organization.args
    for account in args.accounts:
        yield fact(stack, f"account {account.name}", [account.email, account.tags])
    for unit in ("governance", "domains", "partners"):
        yield fact(stack, f"unit {unit}", [])
    for policy in (args.declared, args.opted_out, *args.policies):
        yield fact(stack, f"policy {policy.name}", [policy.type, policy.description, policy.document.text()])
    yield fact(stack, "stack set mesh-bootstrap", args.bootstrap)
    yield fact(stack, "stack set mesh-bootstrap-access", args.access_bootstrap)
    yield fact(stack, f"group {names.BREAK_GLASS_ALARM}", "/mesh/")
    yield fact(
        stack, f"policy of group {names.BREAK_GLASS_ALARM}", plan.organization.break_glass_group.permissions.text()
    )
    people = plan.organization.people
    if people:
        for node in people.permission_sets:
            yield fact(stack, f"permission set {node.name}", [node.description, people.instance])
            yield fact(stack, f"policy of permission set {node.name}", node.policy.text())
        for assignment in people.assignments:
            about = f"assignment {assignment.account}-{assignment.permission_set}-{assignment.group}"
            yield fact(stack, about, [assignment.group_id, people.instance])


def _governance(plan: nodes.GovernancePlan) -> Iterator[Fact]:
    stack, catalog, audit = "governance", plan.catalog, plan.audit
    governance = catalog.perimeter.governance_id
    yield from _settings(stack, governance, catalog.administrators)
    yield fact(stack, "policy of the catalog", catalog.catalog_policy.text())
    yield fact(stack, f"policy of bus {names.BUS}", plan.bus.policy.text())
    network = plan.network
    yield fact(stack, "network", network.cidr)
    for zone, cidr in network.subnets.items():
        yield fact(stack, f"subnet {zone}", cidr)
    for service, policy in network.endpoints.items():
        yield fact(stack, f"endpoint {network.service_name(service)}", policy.text())
    yield fact(stack, "network shared with", network.perimeter.domains_unit_arn)
    for key in catalog.classifications:
        yield fact(stack, f"tag {key}", ["false", "true"])
    yield from _grants_of_the_hub(stack, catalog)
    yield from _published(stack, plan, governance)
    for role in plan.ci.values():
        yield from _role(stack, role.arn, role.description, role.trust, role.permissions, 4 * AN_HOUR)
    yield from _break_glass(stack, plan.break_glass)
    log = plan.account.log_bucket
    yield from _bucket(stack, audit.bucket, audit.bucket_policy.text(), audit.retention, 30, log, {}, own_key=False)
    published = plan.publication
    policy = published.bucket_policy.text()
    yield from _bucket(stack, published.bucket, policy, None, 30, published.log_bucket, {}, own_key=False)
    yield from (fact(stack, *each) for each in of_it.of_publication(published))
    yield fact(stack, f"lock of bucket {audit.bucket}", ["COMPLIANCE", audit.retention])
    yield fact(stack, f"trail {names.PATH}", audit.bucket)


def _grants_of_the_hub(stack: str, catalog: nodes.MeshCatalogArgs) -> Iterator[Fact]:
    governance = catalog.perimeter.governance_id
    to, sees = catalog.perimeter.domains_unit_arn, ["DESCRIBE"]
    yield fact(stack, f"grant to {to}: every-database", [sees, sees, governance, _databases(catalog, governance)])
    for clearance in catalog.clearances:
        permissions, what = ["DESCRIBE", "SELECT"], _expression(clearance, governance)
        yield fact(stack, f"grant to {to}: {clearance.name}-table", [permissions, permissions, governance, what])
    for publisher in catalog.publishers:
        label = publisher.rpartition("/")[2]
        for key in catalog.classifications:
            what = {"catalogId": governance, "key": key, "values": ["false", "true"]}
            about = f"grant to {publisher}: {label}-labels-{key}"
            yield fact(stack, about, [["ASSOCIATE", "DESCRIBE"], [], governance, what])


def _published(stack: str, plan: nodes.GovernancePlan, governance: str) -> Iterator[Fact]:
    for name, args in plan.locations.items():
        arn = names.location_role(governance, name)
        yield from _role(stack, arn, f"Lake Formation reads the buckets of domain {name}", args.trust, args.permissions)
        publisher, about = args.publisher, f"The publication function moves the tables of domain {name}"
        yield from _role(stack, names.publisher_role(governance, name), about, publisher.trust, publisher.permissions)
    for product, args in plan.registered.items():
        yield fact(stack, f"location {args.arn.removeprefix('arn:aws:s3:::')}", args.role)
        place = {"catalogId": governance, "arn": args.arn}
        about = f"grant to {args.publisher}: {product}"
        yield fact(stack, about, [["DATA_LOCATION_ACCESS"], [], governance, place])
    for product, args in plan.entries.items():
        yield from _entry(stack, product, args)
    about = "Checks drafts and publishes them, as the check and the publisher of each domain"
    role = plan.publication_role
    yield from _role(stack, names.publication_role(governance), about, role.trust, role.permissions)


def _break_glass(stack: str, args: nodes.BreakGlassArgs) -> Iterator[Fact]:
    alarm, topic = names.BREAK_GLASS_ALARM, names.break_glass_topic(args.perimeter.region, args.perimeter.governance_id)
    yield fact(stack, f"topic {alarm}", args.topic_policy.text())
    yield fact(stack, f"rule {alarm}", args.pattern)
    yield fact(stack, "target of rule break-glass", [alarm, None, topic])
    yield fact(stack, "subscription break-glass", [topic, "email", args.perimeter.security_contact])


def _settings(stack: str, account: str, administrators: tuple[str, ...]) -> Iterator[Fact]:
    yield fact(stack, f"lake formation of {account}", list(administrators))


def _expression(clearance: nodes.Clearance, catalog: str) -> dict[str, Any]:
    parts = [{"key": key, "values": list(values)} for key, values in clearance.expression]
    return {"catalogId": catalog, "resourceType": "TABLE", "expressions": parts}


def _databases(of: nodes.MeshCatalogArgs | nodes.Clearance, catalog: str) -> dict[str, Any]:
    """Every database that has a label of each classification, whatever it is."""
    parts = [{"key": key, "values": ["false", "true"]} for key in sorted(of.classifications)]
    return {"catalogId": catalog, "resourceType": "DATABASE", "expressions": parts}


def _account(stack: str, args: nodes.AccountBaselineArgs) -> Iterator[Fact]:
    if args.with_boundary:
        yield fact(stack, "boundary", args.boundary.text())
    yield fact(stack, f"key {names.ACCOUNT_KEY_ALIAS}", args.key_policy.text())
    logs, results = args.log_bucket, args.results_bucket
    yield from _bucket(stack, logs, args.log_bucket_policy.text(), args.log_retention, 30, None, {}, own_key=False)
    yield from _bucket(stack, results, args.results_bucket_policy.text(), args.results_retention, 1, logs, {})
    for workgroup, location in args.workgroups.items():
        yield fact(stack, f"workgroup {workgroup}", [location, args.account_id])
    yield fact(stack, "budget mesh", [str(args.budget), [args.owner_email] * 2])


def _bucket(
    stack: str,
    name: str,
    policy: str,
    expire: int | None,
    expire_old: int,
    log: str | None,
    tags: Mapping[str, str],
    own_key: bool = True,
    below: Mapping[str, int] | None = None,
) -> Iterator[Fact]:
    # The ending that S3 reserves, and the value that it asks for with it (S3 User Guide, "Namespaces").
    own = "account-regional" if name.endswith("-an") else None
    yield fact(stack, f"bucket {name}", [own, dict(tags)])
    yield fact(stack, f"policy of bucket {name}", policy)
    yield fact(stack, f"life of bucket {name}", [expire, expire_old, dict(below or {})])
    yield fact(stack, f"encryption of bucket {name}", "aws:kms" if own_key else "AES256")
    if log:
        yield fact(stack, f"log of bucket {name}", [log, f"{name}/"])


def _role(
    stack: str, arn: str, description: str, trust: Document, permissions: Document, session: int = AN_HOUR
) -> Iterator[Fact]:
    account = arn.split(":")[4]
    yield fact(stack, f"role {arn}", [description, trust.text(), names.boundary(account), session])
    yield fact(stack, f"permissions of role {names.role_name(arn)}", permissions.text())


def _partner(stack: str, args: nodes.PartnerAccountArgs, log: str) -> Iterator[Fact]:
    yield fact(stack, f"key {names.INBOX_KEY_ALIAS}", args.key_policy.text())
    yield from _bucket(stack, args.inbox, args.bucket_policy.text(), args.retention, 30, log, {})
    database = [f"What the mesh delivered to {args.partner}", f"s3://{args.inbox}/", args.account_id]
    yield fact(stack, f"database {names.snake(args.partner)}", database)
    yield fact(stack, "database default", [ABOUT_DEFAULT, None, args.account_id])
    arn = names.role(args.account_id, "access")
    yield from _role(stack, arn, f"People of partner {args.partner}", args.access.trust, args.access.permissions)


def _domain(stack: str, plan: nodes.DomainPlan, key_arns: Mapping[str, str]) -> Iterator[Fact]:
    for name, args in plan.products.items():
        yield fact(stack, f"key {names.key_alias(name)}", args.key_policy.text())
        policy = args.bucket_policy.text({KEY_ARN: key_arns[args.bucket]})
        below = {f"{folder}/": days for folder, days in args.expiring.items()}
        old, log = args.old_versions, args.log_bucket
        yield from _bucket(stack, args.bucket, policy, None, old, log, args.tags, below=below)
    yield from facts_of_jobs.planned(stack, plan, partial(_bucket, stack))
    for args in plan.deliveries.values():
        for delivery in args.deliveries:
            key = delivery.key
            where = [f"arn:aws:s3:::{delivery.inbox}", delivery.partner_id, key]
            about = f"delivery of {args.bucket} to {delivery.partner}"
            yield fact(
                stack, about, ["Enabled" if delivery.open else "Disabled", f"outbound/{delivery.partner}/", *where]
            )
            if delivery.open:
                yield fact(stack, f"alarm {args.alarm(delivery)}", delivery.failures)
    for args in plan.drafts.values():
        yield from _drafts(stack, args)


def _wakeups(stack: str, plan: nodes.DomainPlan) -> Iterator[Fact]:
    yield from (fact(stack, *each) for each in of_it.of_wakeups(plan.wakeups))
    if plan.heard:
        yield from (fact(stack, *each) for each in of_it.of_heard(plan.heard))


def _deciding(stack: str, plan: nodes.DomainPlan) -> Iterator[Fact]:
    account = plan.deciding.account_id
    if plan.start:
        yield from _role(
            stack,
            plan.start.arn,
            "EventBridge starts the pipelines of the account, and tells it what is published",
            plan.start.trust,
            plan.start.permissions,
        )
    if plan.retention:
        about = f"Keeps drafts of the domain '{plan.name}' small"
        yield from _role(stack, plan.retention.arn, about, plan.retention.trust, plan.retention.permissions)
    yield fact(stack, "boundary", plan.account.boundary.text())
    yield from _settings(stack, account, (names.deploy_access_role(account),))
    for args in plan.pipelines.values():
        about = f"Writes {args.domain}.{args.product}, and no other product"
        yield from _role(stack, args.arn, about, args.trust, args.permissions)
        if args.within and any("table" in read.ports for read in args.reading):
            governance, about = args.perimeter.governance_id, f"grant to {args.arn}: {args.product}"
            yield fact(stack, f"{about}-database", [["DESCRIBE"], [], None, _databases(args.within, governance)])
            what = _expression(args.within, governance)
            yield fact(stack, f"{about}-table", [["DESCRIBE", "SELECT"], [], None, what])
    forward, about = plan.forward, "Rules pass on to the mesh bus what S3 and Glue tell of drafts"
    yield from _role(stack, forward.arn, about, forward.trust, forward.permissions)
    for args in plan.staff.values():
        about = f"People who are {args.duty} of the domain '{args.domain}'"
        yield from _role(stack, args.arn, about, args.trust, args.permissions)
    for args in plan.clearances.values():
        about = f"People who hold the clearance '{args.clearance.name}'"
        yield from _role(stack, args.arn, about, args.trust, args.permissions)
        governance, about = args.perimeter.governance_id, f"grant to {args.arn}: {args.clearance.name}"
        yield fact(stack, f"{about}-database", [["DESCRIBE"], [], None, _databases(args.clearance, governance)])
        what = _expression(args.clearance, governance)
        yield fact(stack, f"{about}-table", [["DESCRIBE", "SELECT"], [], None, what])
    about = f"Checks the drafts of domain {plan.name}, before they are published"
    yield from _role(stack, names.check_role(account), about, plan.check.trust, plan.check.permissions)
    for product, args in plan.draft_databases.items():
        database = names.draft_database(plan.name, product)
        about = f"Drafts of {plan.name}.{product}: its pipeline commits here, the mesh checks and publishes"
        yield fact(stack, f"database {database}", [about, None, account])
        yield fact(stack, f"open to all whom IAM admits: {database}", ["ALL"])
        what = {"catalogId": account, "name": database}
        yield fact(stack, f"grant to IAM_ALLOWED_PRINCIPALS: {product}-draft", [["ALL"], [], None, what])
        assert args.database == database
    what = {"catalogId": account, "name": plan.default.database}
    yield fact(stack, f"grant to {account}:IAMPrincipals: default", [["DESCRIBE"], [], None, what])
    yield fact(stack, f"database {plan.default.database}", [plan.default.description, None, account])
    for reference, args in plan.links.items():
        target = {"catalogId": args.perimeter.governance_id, "databaseName": args.database}
        yield fact(stack, f"link {args.database}", [target, account])
        what = {"catalogId": account, "name": args.database}
        yield fact(stack, f"grant to {account}:IAMPrincipals: {reference}", [["DESCRIBE"], [], None, what])
    for args in plan.deliveries.values():
        arn = names.delivery_role(account, args.product)
        about = f"S3 delivers {args.domain}.{args.product} to partners"
        yield from _role(stack, arn, about, args.trust, args.permissions)


def _entry(stack: str, product: str, args: nodes.CatalogEntryArgs) -> Iterator[Fact]:
    governance = args.perimeter.governance_id
    about = [args.description, f"s3://{args.location}/", governance]
    yield fact(stack, f"database {args.database}", about)
    for key in args.classifications:
        yield fact(stack, f"label {key} on {args.database}", "true")
    what = {"catalogId": governance, "name": args.database}
    about = f"grant to {names.publisher_role(governance, args.domain)}: publishes-{product}"
    yield fact(stack, about, [["CREATE_TABLE", "DESCRIBE"], [], governance, what])


def _drafts(stack: str, args: nodes.DraftTablesArgs) -> Iterator[Fact]:
    for table in args.tables:
        location = f"s3://{args.location}/{table.name}/"
        # Glue takes no description beside the schema of an Iceberg table.
        description = table.description if table.format == "parquet" else None
        yield fact(stack, f"table {args.database}.{table.name}", [description, location, *_columns(table)])


def _columns(table: CatalogTable) -> list[Any]:
    """Format, columns with comment, partitions; the types of a Parquet table, the ids that an Iceberg table has."""
    partitions = [c.name for c in table.partitions]
    if table.format == "parquet":
        return ["parquet", [[c.name, c.comment, str(c.type)] for c in table.columns], partitions]
    locked = table.locked
    ids = {path: field.id for path, field in locked.fields.items()}
    columns = [[ids[c.name], c.name, c.comment, c.required, iceberg_type(c.type, c.name, ids)] for c in table.columns]
    fields = [
        [locked.partitions[partition_text((c.name, how))], ids[c.name], field_name(c.name, how), how]
        for c, how in zip(table.partitions, table.transforms, strict=True)
    ]
    numbers = [locked.schema_id, locked.spec_id, sorted(ids[path] for path in locked.key)]
    return ["iceberg", columns, fields, *numbers]


# ---- what the program registers


def registered(document: Document) -> Iterator[Fact]:
    """The same facts, read from the inputs of the resources."""
    for part in document["stacks"]:
        known = {resource["urn"]: resource for resource in part["resources"]}
        for resource in part["resources"]:
            read = reader(resource["type"])
            if read:
                yield from (fact(part["stack"], about, value) for about, value in read(resource, known))


def reader(kind: str) -> Any:
    """How facts are read from a resource of a type; None for one that the Plan says nothing about."""
    return next((function for end, function in READERS.items() if kind.endswith(end)), None)


Facts = Iterator[tuple[str, Any]]
Known = Mapping[str, Found]


def _of_bucket(about: str, value: Any) -> Any:
    def read(resource: Found, known: Known) -> Facts:
        yield f"{about} {resource['inputs']['bucket']}", value(resource["inputs"])

    return read


def _life(inputs: Found) -> Any:
    whole, *folders = inputs["rules"]
    below = {each["filter"]["prefix"]: each["expiration"]["days"] for each in folders}
    expires = (whole.get("expiration") or {}).get("days")
    return [expires, whole["noncurrentVersionExpiration"]["noncurrentDays"], below]


def _provider(resource: Found, known: Known) -> Facts:
    inputs = {key: json.loads(resource["inputs"][key]) for key in ("assumeRoles", "allowedAccountIds", "defaultTags")}
    role, region = inputs["assumeRoles"][-1]["roleArn"], resource["inputs"]["region"]
    yield f"provider of {inputs['allowedAccountIds'][0]}", [role, region, inputs["defaultTags"]["tags"]]


def _key(resource: Found, known: Known) -> Facts:
    aliases = [r for r in known.values() if r["type"].endswith("kms/alias:Alias") and r["parent"] == resource["parent"]]
    (alias,) = [r["inputs"]["name"].removeprefix("alias/") for r in aliases]
    yield f"key {alias}", resource["inputs"]["policy"]


def _a_role(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    arn = f"arn:aws:iam::{resource['account']}:role{inputs['path']}{inputs['name']}"
    yield (
        f"role {arn}",
        [*(inputs[key] for key in ("description", "assumeRolePolicy", "permissionsBoundary", "maxSessionDuration"))],
    )


def _a_role_policy(resource: Found, known: Known) -> Facts:
    (role,) = [r for r in known.values() if r["type"].endswith("iam/role:Role") and r["parent"] == resource["parent"]]
    yield f"permissions of role {role['inputs']['name']}", resource["inputs"]["policy"]


def _grant(resource: Found, known: Known) -> Facts:
    inputs, to = resource["inputs"], resource["inputs"]["principal"]
    if "mesh:aws:ClearanceRole$" in resource["urn"]:
        component = resource["parent"].rpartition("::")[2]
        to = f"arn:aws:iam::{resource['account']}:role/mesh/clearance/{component}"
        assert inputs["principal"] in (to, "<unknown>")
    elif "mesh:aws:PipelineRole$" in resource["urn"]:
        above = f"{resource['parent'].rpartition('::')[0]}$"
        (role,) = (
            each["inputs"]
            for each in known.values()
            if each["type"].endswith("iam/role:Role")
            and each["urn"].startswith(above)
            and each["urn"].endswith(f"::{resource['parent'].rpartition('::')[2]}")
        )
        to = f"arn:aws:iam::{resource['account']}:role{role['path']}{role['name']}"
        assert inputs["principal"] in (to, "<unknown>")
    on = [
        inputs[key] for key in ("lfTagPolicy", "lfTag", "catalogResource", "database", "dataLocation") if key in inputs
    ]
    options = inputs.get("permissionsWithGrantOptions") or []
    assert len(on) == 1, inputs
    yield f"grant to {to}: {resource['name']}", [inputs["permissions"], options, inputs.get("catalogId"), on[0]]


def _database(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    if "targetDatabase" in inputs:
        yield f"link {inputs['name']}", [inputs["targetDatabase"], inputs["catalogId"]]
    else:
        yield f"database {inputs['name']}", [inputs["description"], inputs.get("locationUri"), inputs["catalogId"]]
        for opened in inputs.get("createTableDefaultPermissions") or ():
            assert opened["principal"] == {"dataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}
            yield f"open to all whom IAM admits: {inputs['name']}", opened["permissions"]


def _table(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    if "openTableFormatInput" in inputs:
        described = inputs["openTableFormatInput"]["icebergInput"]["icebergTableInput"]
        schema, spec = described["schema"], described.get("partitionSpec", {"fields": [], "specId": 0})
        columns = [[f["id"], f["name"], f["doc"], f["required"], f["type"]] for f in schema["fields"]]
        partitions = [[f["fieldId"], f["sourceId"], f["name"], f["transform"]] for f in spec["fields"]]
        numbers = [schema["schemaId"], spec["specId"], schema.get("identifierFieldIds", [])]
        rest = [described["location"], "iceberg", columns, partitions, *numbers]
    else:
        described = inputs["storageDescriptor"]
        columns = [[c["name"], c["comment"], c["type"]] for c in described["columns"]]
        rest = [described["location"], "parquet", columns, [c["name"] for c in inputs.get("partitionKeys", [])]]
    yield f"table {inputs['databaseName']}.{inputs['name']}", [inputs.get("description"), *rest]


def _label(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    tag, column, database = inputs["lfTag"], inputs.get("tableWithColumns"), inputs.get("database")
    if database:
        yield f"label {tag['key']} on {database['name']}", tag["value"]
        return
    for name in column["columnNames"]:
        yield f"label {tag['key']} on {column['databaseName']}.{column['name']}.{name}", tag["value"]


def _replication(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    for rule in inputs["rules"]:
        to = rule["destination"]
        where = [to["bucket"], to["account"], to["encryptionConfiguration"]["replicaKmsKeyId"]]
        about = f"delivery of {inputs['bucket']} to {rule['id']}"
        yield about, [rule["status"], rule["filter"]["prefix"], *where]


def _inputs(about: str, *keys: str, of: str = "name") -> Any:
    """The values of these inputs (of one alone, the value itself), about the thing with that name."""

    def read(resource: Found, known: Known) -> Facts:
        inputs = resource["inputs"]
        values = [inputs.get(key) for key in keys]
        name = inputs.get(of, "") if of else ""
        yield f"{about} {name}".strip(), values[0] if len(values) == 1 else values

    return read


def _named(about: str, *keys: str) -> Any:
    """As `_inputs`, about the thing that the program calls so."""

    def read(resource: Found, known: Known) -> Facts:
        values = [resource["inputs"].get(key) for key in keys]
        yield f"{about} {resource['name']}", values[0] if len(values) == 1 else values

    return read


def _workgroup(resource: Found, known: Known) -> Facts:
    result = resource["inputs"]["configuration"]["resultConfiguration"]
    yield f"workgroup {resource['inputs']['name']}", [result["outputLocation"], result["expectedBucketOwner"]]


def _budget(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    told = [address for each in inputs["notifications"] for address in each["subscriberEmailAddresses"]]
    yield f"budget {inputs['name']}", [inputs["limitAmount"], told]


def _topic_arn(resource: Found, known: Known, key: str) -> str:
    """The ARN that is given, or that of the one topic of the component where only AWS knows it."""
    if resource["inputs"][key] != "<unknown>":
        return str(resource["inputs"][key])
    found = [r for r in known.values() if r["type"].endswith("Topic") and r["parent"] == resource["parent"]]
    (topic,) = found
    return f"arn:aws:sns:eu-west-1:{topic['account']}:{topic['inputs']['name']}"


def _target(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    queued = "mesh:aws:Publication$" in resource["urn"] and inputs["arn"] == "<unknown>"
    to = of_it.queue_of(resource, known) if queued else _topic_arn(resource, known, "arn")
    yield f"target of rule {resource['name']}", [inputs["rule"], inputs.get("eventBusName"), to]


def _subscription(resource: Found, known: Known) -> Facts:
    inputs = resource["inputs"]
    to = _topic_arn(resource, known, "topic")
    yield f"subscription {resource['name']}", [to, inputs["protocol"], inputs["endpoint"]]


def _lake(resource: Found, known: Known) -> Facts:
    yield f"lake formation of {resource['inputs']['catalogId']}", resource["inputs"]["admins"]


def _location(resource: Found, known: Known) -> Facts:
    yield f"location {resource['inputs']['arn'].removeprefix('arn:aws:s3:::')}", resource["inputs"]["roleArn"]


def _lock(inputs: Found) -> Any:
    return [inputs["rule"]["defaultRetention"]["mode"], inputs["rule"]["defaultRetention"]["days"]]


READERS: Final[dict[str, Any]] = {
    "pulumi:providers:aws": _provider,
    "s3/bucket:Bucket": _of_bucket("bucket", lambda inputs: [inputs.get("bucketNamespace"), inputs.get("tags") or {}]),
    "BucketPolicy": _of_bucket("policy of bucket", lambda inputs: inputs["policy"]),
    "BucketLifecycleConfiguration": _of_bucket("life of bucket", _life),
    "BucketServerSideEncryptionConfiguration": _of_bucket(
        "encryption of bucket",
        lambda inputs: inputs["rules"][0]["applyServerSideEncryptionByDefault"]["sseAlgorithm"],
    ),
    "BucketLogging": _of_bucket("log of bucket", lambda inputs: [inputs["targetBucket"], inputs["targetPrefix"]]),
    "BucketObjectLockConfiguration": _of_bucket("lock of bucket", _lock),
    "BucketReplicationConfig": _replication,
    "kms/key:Key": _key,
    "kms/alias:Alias": lambda resource, known: iter(()),  # told with its key
    "iam/policy:Policy": _inputs("boundary", "policy", of=""),
    "iam/role:Role": _a_role,
    "iam/rolePolicy:RolePolicy": _a_role_policy,
    "athena/workgroup:Workgroup": _workgroup,
    "budgets/budget:Budget": _budget,
    "glue/catalogDatabase:CatalogDatabase": _database,
    "glue/catalogTable:CatalogTable": _table,
    "glue/resourcePolicy:ResourcePolicy": _inputs("policy of the catalog", "policy", of=""),
    "lakeformation/dataLakeSettings:DataLakeSettings": _lake,
    "lakeformation/lfTag:LfTag": _inputs("tag", "values", of="key"),
    "lakeformation/permissions:Permissions": _grant,
    "lakeformation/resource:Resource": _location,
    "lakeformation/resourceLfTag:ResourceLfTag": _label,
    "cloudwatch/eventBusPolicy:EventBusPolicy": _inputs("policy of bus", "policy", of="eventBusName"),
    "cloudwatch/eventRule:EventRule": of_it.rule,
    "cloudwatch/eventTarget:EventTarget": _target,
    "cloudwatch/logGroup:LogGroup": _named("log group of", "name"),
    "cloudwatch/metricAlarm:MetricAlarm": of_it.alarm,
    "lambda/function:Function": of_it.function,
    "sqs/queue:Queue": _inputs("queue", *of_it.QUEUE),
    "sns/topic:Topic": _inputs("topic", "policy"),
    "sns/topicSubscription:TopicSubscription": _subscription,
    "iam/group:Group": _inputs("group", "path"),
    "iam/groupPolicy:GroupPolicy": _inputs("policy of group", "policy", of="group"),
    "ec2/vpc:Vpc": _inputs("network", "cidrBlock", of=""),
    "ec2/subnet:Subnet": _inputs("subnet", "cidrBlock", of="availabilityZone"),
    "ec2/vpcEndpoint:VpcEndpoint": _inputs("endpoint", "policy", of="serviceName"),
    "ram/principalAssociation:PrincipalAssociation": _inputs("network shared with", "principal", of=""),
    "cloudtrail/trail:Trail": _inputs("trail", "s3BucketName"),
    "cloudformation/stackSet:StackSet": _inputs("stack set", "templateBody"),
    "organizations/account:Account": _inputs("account", "email", "tags"),
    "organizations/organizationalUnit:OrganizationalUnit": lambda resource, known: iter(
        [(f"unit {resource['inputs']['name']}", [])]
    ),
    "organizations/policy:Policy": _inputs("policy", "type", "description", "content"),
    "ssoadmin/permissionSet:PermissionSet": _inputs("permission set", "description", "instanceArn"),
    "ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": _named("policy of permission set", "inlinePolicy"),
    "ssoadmin/accountAssignment:AccountAssignment": _named("assignment", "principalId", "instanceArn"),
    **facts_of_jobs.READERS,
}
READERS.update(facts_of_jobs.within_pipelines(READERS))
