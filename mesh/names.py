"""Names, ARNs and paths of everything in the mesh, as pure functions of the names that people chose.

Patterns are anchored: `--` separates a domain from its product in a bucket name and `__` in a database name, and
no name that people choose may hold either, so `aurora-ads--*` never matches a bucket of a domain `ads-sales`.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal, get_args

PATH = "mesh"
WORKGROUP = "mesh"
BUS = "mesh"
PIPELINE_EVENTS = ("contract changed", "product deprecated", "product updated", "quality failed")
"""What a pipeline tells of its product on the bus: values of `detail-type`."""
PUBLISHED = "product published"
"""What the publication function tells: a product's tables are those that its pipeline wrote last."""
REFUSED = "publication refused"
"""What the publication function tells: the drafts of a product are not as its contract has them."""
REQUESTED = "publication requested"
"""What people of a domain ask of the publication function: that it tries again, or goes back."""
EVENTS = (*PIPELINE_EVENTS, PUBLISHED, REFUSED, REQUESTED)
"""What is told of a product on the bus: the values of `detail-type`."""
PASSED_ON = {"aws.s3": "Object Created", "aws.glue": "Glue Data Catalog Table State Change"}
"""Sources and types of the events about drafts that rules in domains' accounts pass on to the bus."""
CHECK = "check"
"""The role, and the workgroup, with which the publication function checks the drafts of a domain."""
PUBLICATION = "publication"
"""The function that checks drafts and publishes them, its role, its queue and its log group."""
BREAK_GLASS = "break-glass"
BREAK_GLASS_PATH = f"/{PATH}/{BREAK_GLASS}/"
"""IAM path of the users of the break-glass group."""
BREAK_GLASS_ALARM = f"{PATH}-{BREAK_GLASS}"
"""Name of the rule that sees the role used, of the topic that tells of it, and of the group that may use it."""
CONNECTION = "mesh"
"""The Glue connection with which a domain's jobs join the private network."""

UnitName = Literal["governance", "domains", "partners"]
"""Name of an organisational unit: what the accounts in it are for."""
UNITS: Final[tuple[UnitName, ...]] = get_args(UnitName)


def workgroup(clearance: str) -> str:
    """The Athena workgroup of a clearance, in every domain account."""
    return f"{WORKGROUP}-{clearance}"


def pipeline_workgroup(product: str) -> str:
    """The Athena workgroup of a pipeline; no clearance's is called so, for no name that people choose has a point."""
    return f"{WORKGROUP}.{product}"


def secret(product: str, name: str) -> str:
    """A secret that a product's pipeline reads."""
    return f"{PATH}/{product}/{name}"


def job(product: str) -> str:
    """The job of a product's pipeline, and its state machine, function or workflow: `mesh--profiles`."""
    return f"{PATH}--{product}"


JOBS = f"{PATH}--*"
"""Pattern of the jobs of all pipelines of an account, and of their triggers and rules."""

EVERY_JOB = (
    *(f"arn:aws:glue:*:*:{kind}/{JOBS}" for kind in ("job", "trigger", "workflow")),
    f"arn:aws:states:*:*:stateMachine:{JOBS}",
)
"""Patterns of the jobs, triggers, workflows and state machines that the mesh makes, in every account."""

RUN, SCHEDULE, EVENT, FAILED, SUCCEEDED = "run", "schedule", "event", "failed", "succeeded"


def trigger(product: str, start: str) -> str:
    """A trigger of a pipeline's job: `run` by hand, `schedule`, `event`, or `window-<name>` for a past window."""
    return f"{job(product)}--{start}"


def window(name: str) -> str:
    """The `start` of the trigger for a past window."""
    return f"window-{name}"


RETENTION = "retention"
"""The role with which Glue keeps the drafts of an account small: the only one that deletes below `tables/`."""


def retention_role(account_id: str) -> str:
    """The role with which optimizers of Glue rewrite and delete files of an account's drafts."""
    return role(account_id, RETENTION)


def heard_rule(domain: str) -> str:
    """The rule on the mesh bus with which a domain hears of publications that its pipelines start with."""
    return f"{PATH}--{domain}"


REFUSALS = f"{PATH}-refusals"
"""The rule on a domain's own bus that counts what was refused of its products, and the alarm of that number."""


def refusals_rule(domain: str) -> str:
    """The rule on the mesh bus with which a domain hears what was refused of its own products."""
    return f"{heard_rule(domain)}--refusals"


START = "start"
"""The role with which EventBridge starts jobs of an account, and puts on its bus what the mesh bus tells it."""


def start_role(account_id: str) -> str:
    """The role with which EventBridge starts pipelines of an account, and tells it what is published or was refused."""
    return role(account_id, START)


QUERIES = "queries"
"""Folder of a product's bucket for the results of its pipeline's queries, which nobody but the pipeline reads."""


def tables_of(bucket: str) -> str:
    """The place of a product's tables, which is registered with Lake Formation: never that of the files port."""
    return f"{bucket}/tables"


def buckets_of(mesh: str, domain: str) -> str:
    """Pattern of all product buckets of a domain."""
    return f"{mesh}-{domain}--*"


def snake(name: str) -> str:
    """A name as Glue and Athena want it: `device-graph` is `device_graph`; injective, for names hold no `_`."""
    return name.replace("-", "_")


def database(domain: str, product: str) -> str:
    """The catalog database of a data product: `identity__device_graph`."""
    return f"{snake(domain)}__{snake(product)}"


DRAFTS = "*__*__draft"
"""Pattern of the databases of drafts of an account: nothing that people name holds `__`, so no other ends so."""


def draft_database(domain: str, product: str) -> str:
    """The database of a product's drafts, in the catalog of its domain's account: `identity__device_graph__draft`."""
    return f"{database(domain, product)}__draft"


def databases_of(domain: str) -> str:
    """Pattern of all databases of a domain."""
    return f"{snake(domain)}__*"


def role(account_id: str, path: str) -> str:
    """ARN of a role of the mesh: `role("1…", "clearance/pii")` is `arn:aws:iam::1…:role/mesh/clearance/pii`."""
    return f"arn:aws:iam::{account_id}:role/{PATH}/{path}"


def role_name(arn: str) -> str:
    """The name in a role's ARN. IAM wants it to be unique in the account, whatever the path (IAM API, CreateRole)."""
    return arn.rpartition("/")[2]


def deploy_role(account_id: str) -> str:
    """The role that `pulumi up` acts with in an account."""
    return role(account_id, "deploy")


def deploy_access_role(account_id: str) -> str:
    """The role that makes what decides who reads, in a domain's account: roles, boundary, grants of Lake Formation."""
    return role(account_id, "deploy-access")


def preview_role(account_id: str) -> str:
    """The read-only role that `pulumi preview` acts with in an account."""
    return role(account_id, "preview")


def clearance_role(account_id: str, clearance: str) -> str:
    """The role of a clearance in an account; `*` as the account is the pattern for every account."""
    return role(account_id, f"clearance/{clearance}")


BOOTSTRAP_ROLE = "arn:aws:iam::*:role/stacksets-exec-*"
"""Pattern of the role with which StackSets makes the first roles in a new account.

A service-linked role makes it, which no SCP binds; whoever else could make or change one of this name would be the
deployment (CloudFormation User Guide, "Service-managed permissions").
"""


def log_groups(region: str, account_id: str) -> str:
    """Pattern of the log groups of all pipelines of an account, and of what is in them."""
    return f"arn:aws:logs:{region}:{account_id}:log-group:/{PATH}/*"


def log_group(region: str, account_id: str, product: str) -> tuple[str, str, str]:
    """The log group of a pipeline, its streams, and the groups below it: patterns that take no other product's."""
    group = f"arn:aws:logs:{region}:{account_id}:log-group:/{PATH}/{product}"
    return group, f"{group}:*", f"{group}/*"


NO_CLEARANCE = "none"
"""Folder of the roles of pipelines that read nothing but their own product; no clearance is called so."""


def pipeline_role(account_id: str, product: str, clearance: str = NO_CLEARANCE) -> str:
    """The pipeline role of a product, its only writer; `clearance` is what it reads other products with."""
    return role(account_id, f"pipeline/{clearance}/{product}")


def pipeline_roles(account_id: str) -> str:
    """Pattern of all pipeline roles of an account, or with `*` of every account."""
    return pipeline_role(account_id, "*", "*")


def delivery_role(account_id: str, product: str) -> str:
    """The role with which S3 replicates a product's deliveries to partners."""
    return role(account_id, f"delivery/deliver-{product}")


def location_role(governance_id: str, domain: str) -> str:
    """The role with which Lake Formation reads a domain's buckets."""
    return role(governance_id, f"location/{domain}")


def publisher_role(governance_id: str, domain: str) -> str:
    """The role with which the publication function moves what a domain has published in the mesh catalog."""
    return role(governance_id, f"publisher/publish-{domain}")


def check_role(account_id: str) -> str:
    """The role in a domain's account with which the publication function reads drafts; `*` is that of every account."""
    return role(account_id, CHECK)


def publication_role(governance_id: str) -> str:
    """The role of the publication function, the only one that takes a publisher's or a check's."""
    return role(governance_id, f"functions/{PUBLICATION}")


def publication_queue(region: str, governance_id: str) -> str:
    """ARN of the queue of wake-ups of the publication function."""
    return f"arn:aws:sqs:{region}:{governance_id}:{PATH}-{PUBLICATION}"


FUNCTIONS = f"arn:aws:lambda:*:*:function:{PATH}-*"
"""Pattern of the functions that the mesh makes, in every account."""
ALARMS = f"arn:aws:cloudwatch:*:*:alarm:{PATH}-*"
"""Pattern of the alarms that the mesh makes, in every account."""


def forward_role(account_id: str) -> str:
    """The role with which the rules of a domain's account pass its wake-ups on to the mesh bus."""
    return role(account_id, "forward")


def outbound(partner: str, domain: str, product: str) -> str:
    """The folder of a product's deliveries to a partner, in its bucket and, as replication keeps keys, in the inbox."""
    return f"outbound/{partner}/{database(domain, product)}"


def sources_of(domain: str) -> str:
    """Beginning of the `source` of events of a domain's products, and of no other domain's: no name has a point."""
    return event_source(domain, "")


def event_source(domain: str, product: str) -> str:
    """The `source` of events of a product on the bus: `mesh.<domain>.<product>`."""
    return f"{BUS}.{domain}.{product}"


def key_alias(product: str) -> str:
    """Alias, without `alias/`, of a product's key; of the account's own key for `account`."""
    return f"{PATH}/product/{product}"


PARTNER_PERMISSION_SET = "mesh-partner"
"""The permission set of partners' people."""

STAFF = ("engineer", "owner", "auditor")
"""Roles of people in a domain's account that look after it, and read no data by it."""


def staff_role(account_id: str, duty: str) -> str:
    """The role of engineers, owners or auditors in a domain's account; `duty` is one of `STAFF`."""
    return role(account_id, duty)


def staff_permission_set(duty: str) -> str:
    """The permission set that leads to a role of the staff: `mesh-engineer`."""
    return f"{PATH}-{duty}"


ACCOUNT_KEY_ALIAS = f"{PATH}/account"
"""Alias, without `alias/`, of an account's own key, for query results and disks."""


INBOX_KEY_ALIAS = f"{PATH}/inbox"
"""Alias, without `alias/`, of the key of a partner's inbox."""


def stand_in_key(region: str, account_id: str, alias: str) -> str:
    """Stand-in for the ARN of a key, which only AWS knows; made of the key's alias."""
    return f"arn:aws:kms:{region}:{account_id}:key/{alias.replace('/', '-')}"


def inbox_key(region: str, partner_id: str, key_id: str = "") -> str:
    """ARN of an inbox's key, or of its alias while nobody has its id; the S3 API takes either (ReplicaKmsKeyID)."""
    return f"arn:aws:kms:{region}:{partner_id}:" + (f"key/{key_id}" if key_id else f"alias/{INBOX_KEY_ALIAS}")


def inbox_key_description(partner: str) -> str:
    """Description of the key of a partner's inbox."""
    return f"Inbox of partner {partner}"


CI_FOLDER = "ci"
"""Folder of the roles of continuous integration, in the governance account; web identities assume no other role."""

CI_OF_PREVIEWS = "previews"
"""The CI role of pull requests: IAM gives a name once in an account, and `preview` is the role that it assumes."""

FIRST_OF_CI = ("organization", "governance", "access", "partners", CI_OF_PREVIEWS)
"""Stacks, and kinds of stacks, whose CI roles come with the template of `mesh bootstrap`; no stack makes them."""


def ci_role(governance_id: str, stack: str) -> str:
    """The role in the governance account with which CI deploys a stack, or the stacks of a kind.

    `stack` is `organization`, `governance`, `access`, `partners`, `previews`, or `ci_of_domain` of an account.
    """
    return role(governance_id, f"{CI_FOLDER}/{stack}")


def ci_of_domain(account_id: str) -> str:
    """The `stack` of the CI role of a domain: by its account's id, which one template for all accounts can name."""
    return f"domain-{account_id}"


def identity_provider(governance_id: str, issuer: str) -> str:
    """ARN of the identity provider through which CI signs in; `issuer` is its address without `https://`."""
    return f"arn:aws:iam::{governance_id}:oidc-provider/{issuer}"


def break_glass_role(governance_id: str) -> str:
    """The role for emergencies: with it people deploy when the CI cannot."""
    return role(governance_id, f"{BREAK_GLASS}/emergencies")


def break_glass_user(management_id: str, name: str) -> str:
    """A user of the break-glass group; `*` as the name is the pattern for all of them."""
    return f"arn:aws:iam::{management_id}:user{BREAK_GLASS_PATH}{name}"


def break_glass_rule(region: str, governance_id: str) -> str:
    """ARN of the rule that sees the break-glass role assumed."""
    return f"arn:aws:events:{region}:{governance_id}:rule/{BREAK_GLASS_ALARM}"


def break_glass_topic(region: str, governance_id: str) -> str:
    """ARN of the topic that tells the security contact of it."""
    return f"arn:aws:sns:{region}:{governance_id}:{BREAK_GLASS_ALARM}"


def trail_arn(region: str, management_id: str) -> str:
    """ARN of the organisation's trail: the management account owns it, though the governance account makes it.

    (CloudTrail User Guide, "Organization delegated administrator": it "remains the owner of any … resources".)
    """
    return f"arn:aws:cloudtrail:{region}:{management_id}:trail/{PATH}"


def policy(account_id: str, name: str) -> str:
    """ARN of a managed policy of the mesh."""
    return f"arn:aws:iam::{account_id}:policy/{PATH}/{name}"


def boundary(account_id: str) -> str:
    """The permissions boundary of every role that the mesh makes in an account."""
    return policy(account_id, "boundary")


def assumed_unit_id(unit: str) -> str:
    """Stand-in for the id of an organisational unit that AWS has not numbered yet; the same each time."""
    return f"ou-none-assumed{hashlib.sha256(unit.encode()).hexdigest()[:8]}"


def assumed_account_id(kind: str, name: str) -> str:
    """Stand-in for the id of an account that AWS has not numbered yet, the same each time; it begins with 999.

    It never reaches AWS: `pulumi up` of a stack that names it is refused.
    """
    digest = int.from_bytes(hashlib.sha256(f"{kind}/{name}".encode()).digest()[:8], "big")
    return f"999{digest % 10**9:09d}"
