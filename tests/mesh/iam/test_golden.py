"""One pretty-printed JSON file a document and case: what a security reviewer reads, and what a change of it comes to.

Renew with `UPDATE_GOLDEN=1 pytest tests/mesh/iam/test_golden.py`, and read the difference.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mesh.iam.roles import deploy, deploy_access
from mesh.iam.statement import Document
from mesh.plan import Plan

GOLDEN = Path(__file__).parent / "golden"
Made = dict[str, object]


def of_products(plan: Plan) -> Iterator[tuple[str, Document]]:
    """Bucket and key, by the ports that a product offers."""
    cases = {
        "table": ("identity", "accounts"),
        "files": ("content", "title-embeddings"),
        "table-and-files": ("identity", "profiles"),
        "delivering": ("ads", "impressions"),
        "internal-files": ("recommendations", "ranking-sandbox"),
        "with-a-job": ("identity", "device-graph"),
    }
    for case, (domain, name) in cases.items():
        product = plan.domains[domain].products[name]
        yield f"product-bucket-{case}", product.bucket_policy
        yield f"product-key-{case}", product.key_policy


def of_roles(plan: Plan) -> Iterator[tuple[str, Document]]:
    """Trust and permissions of each kind of role, and the boundary."""
    domain, location, partner = plan.domains["ads"], plan.governance.locations["ads"], plan.partners["subtitling"]
    for clearance in ("general", "restricted"):
        yield f"role-clearance-{clearance}-trust", domain.clearances[clearance].trust
        yield f"role-clearance-{clearance}-permissions", domain.clearances[clearance].permissions
    for duty, staff in domain.staff.items():
        yield f"role-{duty}-trust", staff.trust
        yield f"role-{duty}-permissions", staff.permissions
    yield "role-pipeline-trust", domain.pipelines["impressions"].trust
    yield "role-pipeline-permissions", domain.pipelines["impressions"].permissions
    yield "role-delivery-trust", domain.deliveries["impressions"].trust
    yield "role-delivery-permissions", domain.deliveries["impressions"].permissions
    jobs = plan.domains["identity"]
    if jobs.start and jobs.retention and jobs.job_baseline:
        yield "role-start-trust", jobs.start.trust
        yield "role-start-permissions", jobs.start.permissions
        yield "role-retention-trust", jobs.retention.trust
        yield "role-retention-permissions", jobs.retention.permissions
        yield "scripts-bucket", jobs.job_baseline.scripts_policy
    yield "role-location-trust", location.trust
    yield "role-location-permissions", location.permissions
    yield "role-publisher-trust", location.publisher.trust
    yield "role-publisher-permissions", location.publisher.permissions
    yield "role-check-trust", domain.check.trust
    yield "role-check-permissions", domain.check.permissions
    yield "role-forward-trust", domain.forward.trust
    yield "role-forward-permissions", domain.forward.permissions
    yield "role-publication-trust", plan.governance.publication_role.trust
    yield "role-publication-permissions", plan.governance.publication_role.permissions
    yield "role-partner-access-trust", partner.partner.access.trust
    yield "role-partner-access-permissions", partner.partner.access.permissions
    yield "role-deploy-trust", plan.organization.args.deploy_trust(plan.domains["ads"].access.account_id)
    first, of_ads = plan.organization.args.first_ci, f"domain-{domain.access.account_id}"
    for role in (*(first.roles if first else ()), *plan.governance.ci.values()):
        name = "domain" if role.stack == of_ads else role.stack
        if not name.startswith("domain-"):
            yield f"role-ci-{name}-trust", role.trust
            yield f"role-ci-{name}-permissions", role.permissions
    yield "role-deploy-access-trust", plan.organization.args.deploy_access_trust
    yield "role-deploy-access-permissions", deploy_access.deploy_access_permissions("310000000013")
    yield "role-preview-trust", plan.organization.args.preview_trust
    yield "role-preview-refusals", deploy.preview_refusals(plan.perimeter)
    yield "boundary", domain.account.boundary
    yield "role-break-glass-trust", plan.organization.args.break_glass.trust
    yield "role-break-glass-permissions", plan.organization.args.break_glass.permissions
    yield "group-keepers", plan.organization.break_glass_group.permissions
    if plan.organization.people:
        for permission_set in plan.organization.people.permission_sets:
            yield f"permission-set-{permission_set.name}", permission_set.policy


def of_accounts(plan: Plan) -> Iterator[tuple[str, Document]]:
    """What every account keeps for itself, what governance keeps for all, and a partner's inbox."""
    account, partner = plan.domains["ads"].account, plan.partners["subtitling"].partner
    yield "account-key", account.key_policy
    yield "account-log-bucket", account.log_bucket_policy
    yield "account-results-bucket", account.results_bucket_policy
    yield "governance-catalog", plan.governance.catalog.catalog_policy
    yield "governance-bus", plan.governance.bus.policy
    yield "governance-audit-bucket", plan.governance.audit.bucket_policy
    yield "governance-alarm-topic", plan.governance.break_glass.topic_policy
    publication = plan.governance.publication
    yield "governance-publications-bucket", publication.bucket_policy
    yield "governance-publication-queue", publication.queue_policies[publication.queue]
    yield "governance-publication-topic", publication.topic_policy
    for service in ("s3", "kms", "events"):
        yield f"governance-endpoint-{service}", plan.governance.network.endpoints[service]
    yield "partner-inbox-bucket", partner.bucket_policy
    yield "partner-inbox-key", partner.key_policy


def of_the_organization(plan: Plan) -> Iterator[tuple[str, Document]]:
    """Every service and resource control policy."""
    for policy in plan.organization.args.policies:
        kind = "scp" if policy.type == "SERVICE_CONTROL_POLICY" else "rcp"
        place = policy.targets[0] if len(policy.targets) == 1 else "units"
        yield f"{kind}-at-{place}-{policy.name}", policy.document


def made(plan: Plan) -> Made:
    """Each golden file's content by its name."""
    makers: tuple[Callable[[Plan], Iterator[tuple[str, Document]]], ...]
    makers = (of_products, of_roles, of_accounts, of_the_organization)
    found: Made = {name: document.as_json() for maker in makers for name, document in maker(plan)}
    organization = plan.organization.args
    declared = {f"declarative-at-root-{organization.declared.name}": organization.declared.document.as_json()}
    declared[f"opt-out-at-root-{organization.opted_out.name}"] = organization.opted_out.document.as_json()
    templates = {
        "bootstrap-template": json.loads(organization.bootstrap),
        "bootstrap-access-template": json.loads(organization.access_bootstrap),
        "bootstrap-first-template": json.loads(
            organization.first_bootstrap(f"arn:aws:iam::{plan.perimeter.management_id}:role/Administrator")
        ),
    }
    return {**found, **declared, **templates}


def text(content: object) -> str:
    return json.dumps(content, indent=2) + "\n"


def test_every_document_is_as_the_golden_file_has_it(plan: Plan) -> None:
    documents = made(plan)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        for old in GOLDEN.glob("*.json"):
            old.unlink()
        for name, content in documents.items():
            (GOLDEN / f"{name}.json").write_text(text(content), "utf-8")
        pytest.skip("golden files written")
    changed = [
        name
        for name, content in documents.items()
        if not (GOLDEN / f"{name}.json").exists() or (GOLDEN / f"{name}.json").read_text("utf-8") != text(content)
    ]
    assert not changed, "read the change, then renew with UPDATE_GOLDEN=1"
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(documents)
