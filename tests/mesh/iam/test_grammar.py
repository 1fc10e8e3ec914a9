"""What holds for every document of the sample mesh, whatever it is for."""

from __future__ import annotations

import dataclasses
import fnmatch
import json
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from mesh.aws.allowed_actions import listed_services, of_action
from mesh.aws.rcp_services import RCP_SERVICES
from mesh.iam.rcp.organization import PERIMETER_SERVICES
from mesh.iam.roles.staff import SEE_METRICS
from mesh.iam.statement import KEY_ARN, Document, PrincipalElement, Statement
from mesh.plan import Plan
from mesh.quotas import limit

QUOTAS = {
    "DataProductArgs.bucket_policy": ("s3", "bucket_policy_bytes"),
    "DataProductArgs.key_policy": ("kms", "key_policy_bytes"),
    "AccountBaselineArgs.boundary": ("iam", "managed_policy_chars"),
    "AccountBaselineArgs.key_policy": ("kms", "key_policy_bytes"),
    "AccountBaselineArgs.log_bucket_policy": ("s3", "bucket_policy_bytes"),
    "AccountBaselineArgs.results_bucket_policy": ("s3", "bucket_policy_bytes"),
    "AuditTrailArgs.bucket_policy": ("s3", "bucket_policy_bytes"),
    "PartnerAccountArgs.bucket_policy": ("s3", "bucket_policy_bytes"),
    "PartnerAccountArgs.key_policy": ("kms", "key_policy_bytes"),
    "BreakGlassArgs.topic_policy": ("sns", "topic_policy_bytes"),
    "BreakGlassGroupArgs.permissions": ("iam", "group_inline_total_chars"),
    "JobBaselineArgs.scripts_policy": ("s3", "bucket_policy_bytes"),
    "MeshBusArgs.policy": ("events", "bus_policy_chars"),
    "endpoints": ("vpc", "endpoint_policy_chars"),
    "MeshCatalogArgs.catalog_policy": ("glue", "resource_policy_bytes"),
    "OrganizationPolicy.SERVICE_CONTROL_POLICY": ("scp", "max_chars"),
    "OrganizationPolicy.RESOURCE_CONTROL_POLICY": ("rcp", "max_chars"),
    "PublicationArgs.bucket_policy": ("s3", "bucket_policy_bytes"),
    "PublicationArgs.topic_policy": ("sns", "topic_policy_bytes"),
    "queue_policies": ("sqs", "queue_policy_bytes"),
    "PermissionSet.policy": ("iam", "role_inline_total_chars"),
    "preview_refusals": ("iam", "role_inline_total_chars"),
}
ENDINGS = {"trust": ("iam", "trust_policy_chars_default"), "permissions": ("iam", "role_inline_total_chars")}
NOT_IN_THE_REFERENCE = {"glue:ShareResource", "kms:Decapsulate", "kms:Encapsulate"}
"""Lake Formation's own, for RAM (Lake Formation Developer Guide, "Managing cross-account permissions using both"); and
what AWS added after that copy of its reference was made."""


def kind(name: str) -> str:
    """Class and property; of a document that a property has by name, the property."""
    by_name = (each for each in ("endpoints", "queue_policies") if f".{each}/" in name)
    return next(by_name, name.rpartition("/")[2])


def quota(name: str) -> int:
    if kind(name) in QUOTAS:
        return limit(*QUOTAS[kind(name)])
    return limit(*next(found for ending, found in ENDINGS.items() if name.endswith(ending)))


def statements(documents: dict[str, Document]) -> Iterator[tuple[str, Statement]]:
    for name, document in documents.items():
        for statement in document.statements:
            yield f"{name}: {statement.sid}", statement


def control_policies(plan: Plan, kind_of_policy: str) -> list[Document]:
    found = [policy.document for policy in plan.organization.args.policies if policy.type == kind_of_policy]
    assert found
    return found


def test_there_are_documents_of_every_kind(documents: dict[str, Document]) -> None:
    assert set(QUOTAS) <= {kind(name) for name in documents}
    assert len(documents) > 200


def test_every_statement_has_a_sid_that_iam_takes(documents: dict[str, Document]) -> None:
    for name, statement in statements(documents):
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", statement.sid), name


def test_every_statement_says_what_it_does_and_why_in_a_sentence_that_fits_a_cell(
    documents: dict[str, Document],
) -> None:
    for name, statement in statements(documents):
        for sentence in (statement.what, statement.why):
            assert re.fullmatch(r"[A-Z`][^|\n]{10,140}\.", sentence), f"{name}: {sentence!r}"
        assert statement.what != statement.why, name


def test_what_a_statement_says_of_itself_is_no_part_of_the_policy(documents: dict[str, Document]) -> None:
    for name, statement in statements(documents):
        assert statement.what not in json.dumps(statement.as_json()), name
        assert dataclasses.replace(statement, what="", why="") == statement


def test_every_document_is_below_four_fifths_of_its_quota(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        assert document.size <= 0.8 * quota(name), f"{name}: {document.size} of {quota(name)}"


def test_no_statement_names_everyone_but_somebody(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        assert "NotPrincipal" not in document.text(), name


def test_no_principal_holds_a_wildcard_inside_an_arn(documents: dict[str, Document]) -> None:
    for name, statement in statements(documents):
        if isinstance(statement.principal, PrincipalElement):
            assert not any("*" in one or "?" in one for one in statement.principal.ids), name


def test_every_allow_to_anyone_is_bound_to_the_organization(documents: dict[str, Document], plan: Plan) -> None:
    checked = 0
    for name, statement in statements(documents):
        if statement.effect == "Allow" and statement.principal == "*":
            fixed = [
                c.values for c in statement.conditions if (c.operator, c.key) == ("StringEquals", "aws:PrincipalOrgID")
            ]
            assert fixed == [(plan.perimeter.organization,)], name
            paths = [c for c in statement.conditions if c.key == "aws:PrincipalOrgPaths"]
            assert [c.operator for c in paths] == ["ForAnyValue:StringLike"], name
            checked += 1
    assert checked > 10


def test_every_deny_by_unit_uses_the_form_that_catches_callers_without_the_key(documents: dict[str, Document]) -> None:
    for name, statement in statements(documents):
        for condition in statement.conditions:
            if statement.effect == "Deny" and condition.key == "aws:PrincipalOrgPaths":
                assert condition.operator == "ForAllValues:StringNotLike", name
                assert any(c.key == "aws:PrincipalIsAWSService" for c in statement.conditions), name
            if condition.key.endswith("OrgPaths"):
                assert all(value.endswith("/*") for value in condition.values), name


def test_no_allow_uses_an_operator_that_holds_for_an_absent_key(documents: dict[str, Document]) -> None:
    for name, statement in statements(documents):
        if statement.effect == "Allow":
            for condition in statement.conditions:
                assert not condition.operator.startswith("ForAllValues"), f"{name}: {condition}"
                # An anonymous caller has neither key; whoever has an ARN, has an account.
                not_home = condition.key == "aws:PrincipalAccount" and any(
                    each.operator == "ArnLike" and each.key == "aws:PrincipalArn" for each in statement.conditions
                )
                assert "Not" not in condition.operator or not_home, f"{name}: {condition}"
                if condition.key != "events:creatorAccount":
                    assert not condition.operator.endswith("IfExists"), f"{name}: {condition}"


def test_a_bucket_policy_refuses_plain_http_for_the_bucket_and_its_objects(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        if "bucket_policy" in kind(name):
            everything = [s for s in document.statements if s.actions == ("s3:*",)]
            assert {"RefusePlainHttp", "RefuseOldTls"} <= {s.sid for s in everything}, name
            for statement in everything:
                whole, objects = statement.resources
                assert objects == f"{whole}/*", f"{name}: {statement.sid}"


def test_a_resource_control_policy_is_deny_only_and_for_everyone(plan: Plan) -> None:
    for document in control_policies(plan, "RESOURCE_CONTROL_POLICY"):
        for statement in document.statements:
            assert (statement.effect, statement.principal) == ("Deny", "*")
            assert not statement.not_actions
            assert all(
                one.partition(":")[0] in RCP_SERVICES and re.fullmatch(r"[a-z0-9-]+:\S+", one)
                for one in statement.actions
            )


def test_every_listed_service_that_takes_an_rcp_is_in_the_perimeter() -> None:
    protected = {pattern.partition(":")[0] for pattern in PERIMETER_SERVICES} | {"sts"}
    assert protected == RCP_SERVICES & listed_services().keys()
    assert "ecr" in protected
    assert all(pattern.endswith(":*") for pattern in PERIMETER_SERVICES)


def test_a_service_control_policy_names_no_principal_and_allows_nothing(plan: Plan) -> None:
    for document in control_policies(plan, "SERVICE_CONTROL_POLICY"):
        for statement in document.statements:
            assert (statement.effect, statement.principal) == ("Deny", None)


def test_every_action_is_refused_to_root_users_strange_networks_jobs_of_optimizers_and_partners_elsewhere_alone(
    plan: Plan,
) -> None:
    bare = [
        (policy.name, statement.sid)
        for policy in plan.organization.args.policies
        for statement in policy.document.statements
        if statement.actions == ("*",)
    ]
    walls = [(f"mesh-partner-{partner}-stays-inside", "RefuseResourcesOfOtherAccounts") for partner in plan.partners]
    elsewhere = (
        "RefuseChecksAndPublishersElsewhere",
        "RefuseJobsOfOptimizers",
        "RefuseForeignEndpoints",
        "RefuseNamesakesOfTheNetwork",
        "RefusePeopleElsewhere",
    )
    networks = [("mesh-credentials-stay-inside", sid) for sid in elsewhere]
    assert bare == [("mesh-guardrails-stay-up", "RefuseRootUsers"), *networks, *walls]


def test_no_identity_policy_gives_every_resource_of_a_service_that_holds_data(documents: dict[str, Document]) -> None:
    for name, statement in statements(documents):
        of_a_role = statement.effect == "Allow" and statement.principal is None and "boundary" not in name
        if of_a_role and statement.resources == ("*",):
            others = {one for one in statement.actions if not one.startswith(("lakeformation:", "ec2:Describe"))}
            assert {one for one in others if not of_action(one).harmless} <= OF_THE_ACCOUNT, name


OF_THE_ACCOUNT = {*SEE_METRICS, "cloudtrail:LookupEvents"}
"""Actions that take no resource but the account: its numbers, and who did what."""


def test_every_placeholder_is_known_and_only_in_bucket_policies_of_products(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        found = set(re.findall(r"<[^>]+>", document.text()))
        assert found <= ({KEY_ARN} if kind(name) == "DataProductArgs.bucket_policy" else set()), name
        arn = "arn:aws:kms:eu-west-1:310000000013:key/00000000-0000-4000-8000-000000000000"
        assert KEY_ARN not in document.text({KEY_ARN: arn})


@pytest.mark.long
def test_every_action_exists(documents: dict[str, Document]) -> None:
    pytest.importorskip("cfnlint", reason="cfn-lint carries the service authorization reference")
    text = files("cfnlint").joinpath("data/AdditionalSpecs/Policies.json").read_text("utf-8")
    known = {service.lower(): [name.lower() for name in body["Actions"]] for service, body in json.loads(text).items()}
    for name, statement in statements(documents):
        for action in {*statement.actions, *statement.not_actions} - {"*"} - NOT_IN_THE_REFERENCE:
            service, _, operation = action.lower().partition(":")
            assert fnmatch.filter(known[service], operation), f"{name}: {action}"
