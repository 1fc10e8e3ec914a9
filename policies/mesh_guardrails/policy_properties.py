"""Properties of resources that are policy documents, by type: of resources, of identities, and of trust.

The tokens are those of pulumi-aws 7, and older ones that it still makes. A test holds the types to the ones that the
plugin's SDK has, so that a new kind of policy is not overlooked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mesh_guardrails.companions import written
from mesh_guardrails.document_reading import ReadStatement, statements
from mesh_guardrails.rule import RegisteredResource

ROLE: Final = "aws:iam/role:Role"

RESOURCE_POLICIES: Final[dict[str, str]] = {
    "aws:acmpca/policy:Policy": "policy",
    "aws:amp/resourcePolicy:ResourcePolicy": "policyDocument",
    "aws:apigateway/domainName:DomainName": "policy",
    "aws:apigateway/restApi:RestApi": "policy",
    "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy": "policy",
    "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy": "accessPolicy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": "deliveryDestinationPolicy",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
    "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": "policyDocument",
    "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
    "aws:dsql/clusterPolicy:ClusterPolicy": "policy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "policy",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:ecrpublic/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    "aws:elasticsearch/domain:Domain": "accessPolicies",
    "aws:elasticsearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:glacier/vault:Vault": "accessPolicy",
    "aws:glacier/vaultLock:VaultLock": "policy",
    "aws:glue/resourcePolicy:ResourcePolicy": "policy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:kms/externalKey:ExternalKey": "policy",
    "aws:kms/key:Key": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:kms/replicaExternalKey:ReplicaExternalKey": "policy",
    "aws:kms/replicaKey:ReplicaKey": "policy",
    "aws:lambda/resourcePolicy:ResourcePolicy": "policy",
    "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
    "aws:msk/clusterPolicy:ClusterPolicy": "policy",
    "aws:networkfirewall/resourcePolicy:ResourcePolicy": "policy",
    "aws:oam/sinkPolicy:SinkPolicy": "policy",
    "aws:opensearch/domain:Domain": "accessPolicies",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:opensearchingest/resourcePolicy:ResourcePolicy": "policy",
    "aws:organizations/resourcePolicy:ResourcePolicy": "content",
    "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy": "policy",
    "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": "policy",
    "aws:s3/accessPoint:AccessPoint": "policy",
    "aws:s3/bucket:Bucket": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:s3/bucketV2:BucketV2": "policy",
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": "policy",
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": "policy",
    "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": "policy",
    "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
    "aws:s3control/bucketPolicy:BucketPolicy": "policy",
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "details.policy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": "policy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
    "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": "resourcePolicy",
    "aws:schemas/registryPolicy:RegistryPolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ses/identityPolicy:IdentityPolicy": "policy",
    "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:vpclattice/authPolicy:AuthPolicy": "policy",
    "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
    "aws:xray/resourcePolicy:ResourcePolicy": "policyDocument",
}
"""Policies of resources: who, from where, may act on one."""

IDENTITY_POLICIES: Final[dict[str, str]] = {
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "policy",
    "aws:iam/groupPolicy:GroupPolicy": "policy",
    "aws:iam/policy:Policy": "policy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:iam/userPolicy:UserPolicy": "policy",
    "aws:iot/policy:Policy": "policy",
    "aws:rolesanywhere/profile:Profile": "sessionPolicy",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inlinePolicy",
    "aws:transfer/access:Access": "policy",
    "aws:transfer/user:User": "policy",
}
"""Policies of identities: on what somebody may act. Those in a role itself are read as well."""

IDENTITY_TYPES: Final = frozenset({ROLE, *IDENTITY_POLICIES})
EVERY_POLICY_TYPE: Final = frozenset({*IDENTITY_TYPES, *RESOURCE_POLICIES})


def resource_statements(resource: RegisteredResource) -> tuple[ReadStatement, ...]:
    """The statements of the policy that stands on a resource."""
    return statements(_on_resource(resource))


def written_statements(resource: RegisteredResource) -> tuple[ReadStatement, ...]:
    """The same of a resource of a stack, where a policy that the program left out is unknown before AWS sets one."""
    name, _, inner = RESOURCE_POLICIES[resource.type].partition(".")
    return statements(_within(written(resource, name), inner))


def identity_statements(resource: RegisteredResource) -> Iterator[ReadStatement]:
    """The statements on what an identity may do: of a policy, or of the policies within a role."""
    for document in identity_documents(resource):
        yield from statements(document)


def identity_documents(resource: RegisteredResource) -> Iterator[Any]:
    """The documents of an identity's resource."""
    if resource.type == ROLE:
        for inline in resource.props.get("inlinePolicies") or ():
            yield inline.get("policy")
    else:
        yield resource.props.get(IDENTITY_POLICIES[resource.type])


def trust_statements(role: RegisteredResource) -> tuple[ReadStatement, ...]:
    """The statements on who may become a role."""
    return statements(role.props.get("assumeRolePolicy"))


def every_document(resource: RegisteredResource) -> Iterator[Any]:
    """All policy documents of a resource: on it, of it, and of trust."""
    if resource.type in RESOURCE_POLICIES:
        yield _on_resource(resource)
    else:
        yield from identity_documents(resource)
        if resource.type == ROLE:
            yield resource.props.get("assumeRolePolicy")


def _on_resource(resource: RegisteredResource) -> Any:
    """The policy on a resource, within an object where its property has a dot."""
    name, _, inner = RESOURCE_POLICIES[resource.type].partition(".")
    return _within(resource.props.get(name), inner)


def _within(value: Any, inner: str) -> Any:
    return value.get(inner) if inner and value else value
