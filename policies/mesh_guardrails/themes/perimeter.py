"""Rules on the perimeter: no policy, share or function is open to who is not of the organisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mesh_guardrails.accounts_of_stack import own_account
from mesh_guardrails.companions import belongs_to, written
from mesh_guardrails.document_reading import (
    EVERYONE,
    UNKNOWN_TEXT,
    ReadStatement,
    account_of,
    accounts_in_conditions,
    limits_source,
    limits_to_organisation,
    names_source,
    organizations_in_conditions,
    statements,
    texts,
)
from mesh_guardrails.mesh_parameters import ACCOUNTS, ORGANIZATION
from mesh_guardrails.nested import first
from mesh_guardrails.policy_properties import RESOURCE_POLICIES, resource_statements, written_statements
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, Stack, StackRule

FUNCTION_PERMISSION: Final = "aws:lambda/permission:Permission"
LAYER_PERMISSION: Final = "aws:lambda/layerVersionPermission:LayerVersionPermission"
BUS_PERMISSION: Final = "aws:cloudwatch/eventPermission:EventPermission"
FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_POLICY: Final = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
SHARE: Final = "aws:ram/resourceShare:ResourceShare"
SHARE_ACCEPTER: Final = "aws:ram/resourceShareAccepter:ResourceShareAccepter"

_SHARED_WITH: Final[dict[str, str]] = {
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": "accountId",
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": "accountId",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "sharedAccounts",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": "sharedAccounts",
    "aws:rds/snapshot:Snapshot": "sharedAccounts",
    "aws:rds/snapshotCopy:SnapshotCopy": "sharedAccounts",
}
_AMI: Final = "aws:ec2/amiLaunchPermission:AmiLaunchPermission"
_DOCUMENT: Final = "aws:ssm/document:Document"
_BLOCKS: Final = frozenset(
    {
        "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
    }
)


def open_policy(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a resource's policy that lets everyone in, whatever the organisation."""
    for one in resource_statements(resource):
        if one.allows and one.is_for_everyone and not limits_to_organisation(one):
            yield (
                f"'{resource.name}' lets everyone in ({one.title}); name the principals, or add a StringEquals on "
                "aws:PrincipalOrgID and aws:PrincipalOrgPaths"
            )


def foreign_principal(
    resource: RegisteredResource, stack: Stack, accounts: Sequence[str], organization: str
) -> Iterator[str]:
    """Messages on a resource's policy that lets all of another account in, or who is not the mesh's."""
    own = own_account(resource, stack)
    for one in written_statements(resource):
        if one.allows:
            for who in _not_of_the_mesh(one, accounts, organization):
                yield f"'{resource.name}' lets {who} in ({one.title}), which is not one of the mesh's"
        if one.allows and not limits_to_organisation(one):
            for account in sorted(set(_accounts(one)) - {own}):
                if not accounts or account in accounts:
                    yield (
                        f"'{resource.name}' lets the account {account} in ({one.title}); add a condition on "
                        "aws:PrincipalOrgID, or on aws:PrincipalArn for one role of it"
                    )
            for who in _of_no_account(one):
                yield (
                    f"'{resource.name}' lets '{who}' in ({one.title}), of whom nobody sees the account; name an ARN of "
                    "IAM"
                )


def service_for_anybody(resource: RegisteredResource, services: Sequence[str]) -> Iterator[str]:
    """Messages on a resource's policy that lets a service in for whoever uses it (the confused deputy)."""
    for one in resource_statements(resource):
        named = [name for kind, name in one.principals if kind == "Service" and name not in services]
        if one.allows and named and not limits_source(one) and not _says_resource(one):
            yield (
                f"'{resource.name}' lets {', '.join(named)} in for any account ({one.title}); add a condition on "
                "aws:SourceAccount, aws:SourceArn or aws:SourceOrgID"
            )


def open_permission(resource: RegisteredResource, organization: str) -> Iterator[str]:
    """Messages on a permission of a function, a layer or a bus for everyone, or for a service whoever uses it."""
    props = resource.props
    principal = str(props.get("principal"))
    if principal == UNKNOWN_TEXT:
        return
    if resource.type == FUNCTION_PERMISSION:
        written, sources = props.get("principalOrgId"), (props.get("sourceArn"), props.get("sourceAccount"))
    else:
        written, sources = props.get("organizationId") or first(props.get("condition")).get("value"), ()
    source = any(names_source(str(each)) for each in sources if each)
    organisation = bool(written) and organization in ("", written)
    if ".amazonaws.com" in principal:
        if not source and not organisation:
            yield f"'{resource.name}' lets {principal} in for any account; set sourceArn, or sourceAccount"
    elif not organisation and (principal == "*" or account_of(principal)):
        who = "everyone" if principal == "*" else f"the account {account_of(principal)}"
        yield f"'{resource.name}' lets {who} in; set the id of the organisation beside the principal"


def open_url(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a function's address that asks nobody to sign."""
    kind = resource.props.get("authorizationType" if resource.type == FUNCTION_URL else "functionUrlAuthType")
    if kind == "NONE" or (resource.type == FUNCTION_URL and not kind):
        yield f"the address of '{resource.name}' asks nobody to sign; set its authorization type to AWS_IAM"


def endpoint_without_policy(endpoint: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a VPC endpoint without a policy: through it data leaves for any account's buckets."""
    policies = (one for one in stack if one.type == ENDPOINT_POLICY)
    beside = any(belongs_to(one, "vpcEndpointId", endpoint, named="id") for one in policies)
    own = written(endpoint, "policy")
    # Without a policy AWS gives it one that allows everything.
    if not beside and (not own or any(map(_allows_everything, statements(own)))):
        yield (
            f"the VPC endpoint '{endpoint.name}' has no policy; allow the organisation's principals on the "
            "organisation's resources (aws:PrincipalOrgID, aws:ResourceOrgID)"
        )


def external_share(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a share of AWS RAM that goes, or comes, beyond the organisation."""
    if resource.type == SHARE_ACCEPTER:
        yield (
            f"'{resource.name}' accepts a share from outside; a share within the organisation needs no acceptance, "
            "leave this out"
        )
    elif resource.props.get("allowExternalPrincipals"):
        yield f"'{resource.name}' may be shared beyond the organisation; set allowExternalPrincipals to false"


def shared_copy(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a snapshot, an image or a document that other accounts may use."""
    props = resource.props
    if resource.type in _BLOCKS:
        shared = props.get("state") == "unblocked"
    elif resource.type == _DOCUMENT:
        permissions: Mapping[str, Any] = props.get("permissions") or {}
        shared = bool(permissions.get("accountIds"))
    else:
        shared = bool(texts(props.get(_SHARED_WITH[resource.type])))
        if resource.type == _AMI:
            shared = shared or any(props.get(name) for name in ("group", "organizationArn", "organizationalUnitArn"))
    if shared:
        yield (
            f"'{resource.name}' ({resource.type}) hands a copy to other accounts; deliver data as a product, and "
            "leave this out"
        )


def _not_of_the_mesh(statement: ReadStatement, accounts: Sequence[str], organization: str) -> Iterator[str]:
    """Accounts and organisations that a statement lets in by name, or everyone in by a condition, as far as it is known
    which are the mesh's."""
    named = {*_accounts(statement), *(accounts_in_conditions(statement) if statement.is_for_everyone else ())}
    yield from (f"the account {account}" for account in sorted(named) if accounts and account not in accounts)
    others = {*organizations_in_conditions(statement)} - {organization} if organization else ()
    yield from (f"the organisation {each}" for each in sorted(others))


def _of_no_account(statement: ReadStatement) -> Iterator[str]:
    """Principals that are a canonical id, or the id of a user or role: whose, no rule can read."""
    for kind, name in statement.principals:
        if kind == "CanonicalUser":
            yield f"{kind} {name}"
        elif kind == "AWS" and name not in (EVERYONE, UNKNOWN_TEXT) and not account_of(name):
            yield name


def _accounts(statement: ReadStatement) -> Iterator[str]:
    for kind, name in statement.principals:
        if kind == "AWS" and (account := account_of(name)):
            yield account


def _allows_everything(statement: ReadStatement) -> bool:
    return statement.allows and "*" in statement.actions and not statement.tests


def _says_resource(statement: ReadStatement) -> bool:
    """Whether a condition names the resource in whose name a service uses a key (its encryption context)."""
    contexts = (test for test in statement.tests if test.key.startswith("kms:encryptioncontext:"))
    return any(test.holds_only_when_present and all(map(account_of, test.values)) for test in contexts)


_POLICIES: Final = frozenset(RESOURCE_POLICIES)

RULES: Final = (
    Rule(
        name="resource-policy-is-closed",
        theme="perimeter",
        severity="critical",
        description="No policy of a resource lets in who is not of the organisation.",
        check=open_policy,
        types=_POLICIES,
        equivalents=(
            "checkov:CKV_AWS_70",
            "checkov:CKV_AWS_32",
            "checkov:CKV_AWS_33",
            "checkov:CKV_AWS_167",
            "checkov:CKV_AWS_168",
            "checkov:CKV_AWS_169",
            "checkov:CKV_AWS_387",
            "prowler:s3_bucket_policy_public_write_access",
            "prowler:kms_key_not_publicly_accessible",
            "prowler:sns_topics_not_publicly_accessible",
            "prowler:sqs_queues_not_publicly_accessible",
            "prowler:glue_data_catalogs_not_publicly_accessible",
            "prowler:eventbridge_bus_exposed",
            "prowler:secretsmanager_not_publicly_accessible",
            "prowler:ecr_repositories_not_publicly_accessible",
            "fsbp:KMS.5",
            "fsbp:SNS.4",
        ),
    ),
    Rule(
        name="service-access-has-source",
        theme="perimeter",
        severity="high",
        description="A resource lets a service in only for this account, or a resource of it.",
        check=service_for_anybody,
        types=_POLICIES,
        parameters=(
            Parameter(
                "services",
                "Services that do not tell for whom they act, and so may go without a condition.",
                {"type": "array", "items": {"type": "string"}},
                ["ram.amazonaws.com"],
            ),
        ),
    ),
    Rule(
        name="function-permission-is-closed",
        theme="perimeter",
        severity="critical",
        description="Nobody outside the organisation may call a function, use a layer or write to a bus.",
        check=open_permission,
        types=frozenset({FUNCTION_PERMISSION, LAYER_PERMISSION, BUS_PERMISSION}),
        parameters=(ORGANIZATION,),
        equivalents=(
            "checkov:CKV_AWS_301",
            "checkov:CKV_AWS_364",
            "prowler:awslambda_function_not_publicly_accessible",
            "prowler:eventbridge_bus_cross_account_access",
            "fsbp:Lambda.1",
        ),
    ),
    Rule(
        name="function-url-is-signed",
        theme="perimeter",
        severity="critical",
        description="The address of a function asks for a signature.",
        check=open_url,
        types=frozenset({FUNCTION_URL, FUNCTION_PERMISSION}),
        equivalents=("checkov:CKV_AWS_258", "prowler:awslambda_function_url_public"),
    ),
    Rule(
        name="no-share-beyond-the-organisation",
        theme="perimeter",
        severity="critical",
        description="Shares of AWS RAM stay in the organisation.",
        check=external_share,
        types=frozenset({SHARE, SHARE_ACCEPTER}),
    ),
    Rule(
        name="no-shared-snapshot",
        theme="perimeter",
        severity="critical",
        description="No snapshot, image or document is handed to other accounts.",
        check=shared_copy,
        types=frozenset({*_SHARED_WITH, *_BLOCKS, _DOCUMENT}),
        equivalents=(
            "checkov:CKV_AWS_303",
            "prowler:ec2_ebs_public_snapshot",
            "prowler:ec2_ami_public",
            "prowler:rds_snapshots_public_access",
            "prowler:ssm_documents_set_as_public",
            "fsbp:EC2.1",
            "fsbp:RDS.1",
            "fsbp:SSM.4",
        ),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="no-foreign-account-in-policy",
        theme="perimeter",
        severity="critical",
        description="A policy of a resource lets in roles of another account, not all of it, and no foreign account.",
        check=foreign_principal,
        types=_POLICIES,
        equivalents=(
            "checkov:CKV_AWS_385",
            "prowler:s3_bucket_cross_account_access",
            "prowler:dynamodb_table_cross_account_access",
            "fsbp:S3.6",
        ),
        parameters=(ACCOUNTS, ORGANIZATION),
    ),
    StackRule(
        name="endpoint-has-policy",
        theme="perimeter",
        severity="high",
        description="Every VPC endpoint has a policy.",
        check=endpoint_without_policy,
        types=frozenset({ENDPOINT}),
        equivalents=("prowler:vpc_endpoint_connections_trust_boundaries",),
    ),
)
