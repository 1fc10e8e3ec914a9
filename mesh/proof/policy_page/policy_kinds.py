"""Kinds of policy document: the entity that each belongs to, the file that makes it, and its documents in a plan."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from mesh import names
from mesh.access.from_plan import PlannedPolicy
from mesh.aws import bucket_namespace
from mesh.iam.statement import Document
from mesh.proof.subject import Subject


class PolicyKind(NamedTuple):
    """Documents that one function of `mesh/iam` makes; they differ in names, and in what a case does not need.

    `module` is below `mesh/iam`, `policy` matches the names of the documents in the evaluator's world, `example` is a
    golden document, `bearer` whom a statement without a principal is about.
    """

    title: str
    module: str
    policy: str
    example: str
    bearer: str = "the role"


class PolicyInstance(NamedTuple):
    """One document of a kind; `account` owns the resource whose policy it is."""

    document: Document
    account: str | None


MEMBERS: Final = "identities of member accounts"

ENTITIES: Final[Mapping[str, tuple[PolicyKind, ...]]] = {
    "Organisation": (
        PolicyKind(
            "SCP at the root: identities",
            "scp/identities.py",
            "mesh-identities-stay-inside",
            "scp-at-root-mesh-identities-stay-inside",
            bearer=MEMBERS,
        ),
        PolicyKind(
            "SCP at the root: credentials",
            "scp/origins.py",
            "mesh-credentials-stay-inside",
            "scp-at-root-mesh-credentials-stay-inside",
            bearer=MEMBERS,
        ),
        PolicyKind(
            "SCP at the root: guardrails",
            "scp/guardrails.py",
            "mesh-guardrails-stay-up",
            "scp-at-root-mesh-guardrails-stay-up",
            bearer=MEMBERS,
        ),
        PolicyKind(
            "SCP at the root: jobs",
            "scp/jobs.py",
            "mesh-jobs-stay-as-made",
            "scp-at-root-mesh-jobs-stay-as-made",
            bearer=MEMBERS,
        ),
        PolicyKind(
            "SCP of every unit: exfiltration",
            "scp/exfiltration.py",
            "mesh-no-side-doors-*",
            "scp-at-governance-mesh-no-side-doors-governance",
            bearer=MEMBERS,
        ),
        PolicyKind(
            "SCPs of every unit: allowed actions",
            "scp/allow_lists.py",
            "mesh-actions-of-*",
            "scp-at-units-mesh-actions-of-accounts",
            bearer=MEMBERS,
        ),
        PolicyKind(
            "SCP of the domains unit: who reads",
            "scp/who_reads.py",
            "mesh-who-reads",
            "scp-at-domains-mesh-who-reads",
            bearer=MEMBERS,
        ),
        PolicyKind(
            "RCP at the root",
            "rcp/organization.py",
            "mesh-resources-stay-inside",
            "rcp-at-root-mesh-resources-stay-inside",
        ),
        PolicyKind(
            "RCP at the root: networks",
            "rcp/networks.py",
            "mesh-our-networks",
            "rcp-at-root-mesh-our-networks",
        ),
        PolicyKind(
            "RCP of the domains unit", "rcp/domains.py", "mesh-domain-resources", "rcp-at-domains-mesh-domain-resources"
        ),
        PolicyKind(
            "Policy of a permission set",
            "roles/permission_set.py",
            "permission set *",
            "permission-set-pii",
            bearer="who holds the permission set",
        ),
    ),
    "Every account": (
        PolicyKind(
            "Permissions boundary", "roles/boundary.py", "policy/mesh/boundary", "boundary", bearer="roles of the mesh"
        ),
        PolicyKind("Key policy of an account", "account.py", "policy of the key of account, account *", "account-key"),
        PolicyKind("Bucket policy of the log bucket", "account.py", "policy of bucket *-logs", "account-log-bucket"),
        PolicyKind(
            "Bucket policy of query results", "account.py", "policy of bucket *-results", "account-results-bucket"
        ),
        PolicyKind("Deploy role: trust", "roles/deploy.py", "role/mesh/deploy, trust in *", "role-deploy-trust"),
        PolicyKind(
            "Deploy role of who reads: trust",
            "roles/deploy.py",
            "role/mesh/deploy-access, trust",
            "role-deploy-access-trust",
        ),
        PolicyKind(
            "Deploy role of who reads: permissions",
            "roles/deploy_access.py",
            "role/mesh/deploy-access, mesh",
            "role-deploy-access-permissions",
        ),
        PolicyKind("Preview role: trust", "roles/deploy.py", "role/mesh/preview, trust", "role-preview-trust"),
        PolicyKind("Preview role: refusals", "roles/deploy.py", "role/mesh/preview, mesh", "role-preview-refusals"),
    ),
    "Governance": (
        PolicyKind(
            "Resource policy of the mesh catalog", "mesh_catalog.py", "policy of the mesh catalog", "governance-catalog"
        ),
        PolicyKind("Resource policy of the mesh bus", "bus.py", "policy of the mesh bus", "governance-bus"),
        PolicyKind(
            "Bucket policy of the audit trail", "audit.py", "policy of bucket *-audit", "governance-audit-bucket"
        ),
        PolicyKind("Policy of a VPC endpoint", "network.py", "policy of the endpoint of *", "governance-endpoint-s3"),
    ),
    "Continuous integration": (
        PolicyKind(
            "CI role: trust",
            "roles/continuous_integration.py",
            "role/mesh/ci/*, trust",
            "role-ci-domain-trust",
        ),
        PolicyKind(
            "CI role: permissions",
            "roles/continuous_integration.py",
            "role/mesh/ci/*, mesh",
            "role-ci-domain-permissions",
        ),
    ),
    "Break glass": (
        PolicyKind(
            "Group of break-glass users: permissions",
            "break_glass.py",
            "group/mesh/mesh-break-glass",
            "group-keepers",
            bearer="users of the group",
        ),
        PolicyKind(
            "Break-glass role: trust", "break_glass.py", "role/mesh/break-glass/*, trust", "role-break-glass-trust"
        ),
        PolicyKind(
            "Break-glass role: permissions",
            "break_glass.py",
            "role/mesh/break-glass/*, mesh",
            "role-break-glass-permissions",
        ),
        PolicyKind(
            "Topic policy of the alarm", "break_glass.py", "policy of the topic of alarms", "governance-alarm-topic"
        ),
        PolicyKind(
            "Topic policy of publication",
            "wake_ups.py",
            "policy of the topic of publication",
            "governance-publication-topic",
        ),
        PolicyKind(
            "Queue policy of wake-ups",
            "wake_ups.py",
            "policy of queue mesh-publication*",
            "governance-publication-queue",
        ),
        PolicyKind(
            "Bucket policy of publications",
            "publications.py",
            "policy of bucket *-publications*",
            "governance-publications-bucket",
        ),
        PolicyKind(
            "Publication role: trust",
            "roles/publication.py",
            "role/mesh/functions/publication, trust",
            "role-publication-trust",
        ),
        PolicyKind(
            "Publication role: permissions",
            "roles/publication.py",
            "role/mesh/functions/publication, mesh",
            "role-publication-permissions",
        ),
    ),
    "Domain": (
        PolicyKind(
            "Clearance role: trust",
            "roles/permission_set.py",
            "role/mesh/clearance/*, trust",
            "role-clearance-restricted-trust",
        ),
        PolicyKind(
            "Clearance role: permissions",
            "roles/clearance.py",
            "role/mesh/clearance/*, mesh",
            "role-clearance-restricted-permissions",
        ),
        *(
            kind
            for duty in names.STAFF
            for kind in (
                PolicyKind(
                    f"{duty.capitalize()} role: trust",
                    "roles/permission_set.py",
                    f"role/mesh/{duty}, trust",
                    f"role-{duty}-trust",
                ),
                PolicyKind(
                    f"{duty.capitalize()} role: permissions",
                    "roles/staff.py",
                    f"role/mesh/{duty}, mesh",
                    f"role-{duty}-permissions",
                ),
            )
        ),
        PolicyKind("Location role: trust", "roles/location.py", "role/mesh/location/*, trust", "role-location-trust"),
        PolicyKind(
            "Location role: permissions", "roles/location.py", "role/mesh/location/*, mesh", "role-location-permissions"
        ),
        PolicyKind(
            "Publisher role: trust", "roles/publisher.py", "role/mesh/publisher/*, trust", "role-publisher-trust"
        ),
        PolicyKind(
            "Publisher role: permissions",
            "roles/publisher.py",
            "role/mesh/publisher/*, mesh",
            "role-publisher-permissions",
        ),
        PolicyKind("Forward role: trust", "roles/forward.py", "role/mesh/forward, trust", "role-forward-trust"),
        PolicyKind(
            "Forward role: permissions", "roles/forward.py", "role/mesh/forward, mesh", "role-forward-permissions"
        ),
        PolicyKind("Check role: trust", "roles/draft_check.py", "role/mesh/check, trust", "role-check-trust"),
        PolicyKind(
            "Check role: permissions", "roles/draft_check.py", "role/mesh/check, mesh", "role-check-permissions"
        ),
    ),
    "Data product": (
        PolicyKind("Bucket policy of scripts", "scripts.py", "policy of bucket *-scripts", "scripts-bucket"),
        PolicyKind(
            "Bucket policy of a data product",
            "product/bucket_policy.py",
            "policy of bucket *--*",
            "product-bucket-table-and-files",
        ),
        PolicyKind(
            "Key policy of a data product",
            "product/key_policy.py",
            "policy of the key of *.*, account *",
            "product-key-table-and-files",
        ),
        PolicyKind("Pipeline role: trust", "roles/pipeline.py", "role/mesh/pipeline/*, trust", "role-pipeline-trust"),
        PolicyKind(
            "Pipeline role: permissions", "roles/pipeline.py", "role/mesh/pipeline/*, mesh", "role-pipeline-permissions"
        ),
        PolicyKind("Start role: trust", "roles/start.py", "role/mesh/start, trust", "role-start-trust"),
        PolicyKind("Start role: permissions", "roles/start.py", "role/mesh/start, mesh", "role-start-permissions"),
        PolicyKind("Retention role: trust", "roles/retention.py", "role/mesh/retention, trust", "role-retention-trust"),
        PolicyKind(
            "Retention role: permissions",
            "roles/retention.py",
            "role/mesh/retention, mesh",
            "role-retention-permissions",
        ),
        PolicyKind("Delivery role: trust", "roles/delivery.py", "role/mesh/delivery/*, trust", "role-delivery-trust"),
        PolicyKind(
            "Delivery role: permissions", "roles/delivery.py", "role/mesh/delivery/*, mesh", "role-delivery-permissions"
        ),
    ),
    "Partner": (
        PolicyKind(
            "SCP of a partner account",
            "scp/partner.py",
            "mesh-partner-*-stays-inside",
            "scp-at-partner-subtitling-mesh-partner-subtitling-stays-inside",
            bearer="identities of the account",
        ),
        PolicyKind(
            "RCP of a partner account",
            "rcp/partner.py",
            "mesh-partner-*-one-writer",
            "rcp-at-partner-subtitling-mesh-partner-subtitling-one-writer",
        ),
        PolicyKind("Bucket policy of an inbox", "partner.py", "policy of bucket *--inbox", "partner-inbox-bucket"),
        PolicyKind(
            "Key policy of an inbox", "partner.py", "policy of the key of inbox of *, account *", "partner-inbox-key"
        ),
        PolicyKind(
            "Access role: trust", "roles/permission_set.py", "role/mesh/access, trust", "role-partner-access-trust"
        ),
        PolicyKind(
            "Access role: permissions",
            "roles/partner_access.py",
            "role/mesh/access, mesh",
            "role-partner-access-permissions",
        ),
    ),
}
"""Kinds by entity, in the order of the page. The last that matches a name counts: an inbox is a bucket, too."""

KINDS: Final = tuple(kind for kinds in ENTITIES.values() for kind in kinds)


def kind_of(policy: str) -> PolicyKind:
    """The kind of a policy by its name in the evaluator's world; KeyError for one that no kind has."""
    for kind in reversed(KINDS):
        if fnmatch.fnmatchcase(bucket_namespace.without_suffix(policy), kind.policy):
            return kind
    raise KeyError(f"no kind of policy_kinds.py matches '{policy}'")


def instances(subject: Subject) -> Mapping[PolicyKind, list[PolicyInstance]]:
    """Every document of a plan by its kind."""
    owners = {id(each.policy): each.account for each in subject.world.resources.values()}
    found: dict[PolicyKind, list[PolicyInstance]] = {kind: [] for kind in KINDS}
    for policy in _planned(subject):
        found[kind_of(policy.name)].append(PolicyInstance(policy.value(), owners.get(id(policy))))
    return found


def _planned(subject: Subject) -> Iterator[PlannedPolicy]:
    return (policy for policy in subject.policies if isinstance(policy, PlannedPolicy))
