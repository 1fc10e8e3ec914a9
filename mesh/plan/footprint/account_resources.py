"""Resources of an account's baseline, and those of which several components make one: keys and roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mesh import names
from mesh.aws.plugin_types import Beside
from mesh.plan.footprint.bucket_resources import private_bucket
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.nodes import AccountBaselineArgs


def baseline(make: StackMaker, name: str, args: AccountBaselineArgs) -> Iterator[DeployedResource]:
    """The baseline, as the component `AccountBaseline` makes it."""
    yield make("s3/accountPublicAccessBlock:AccountPublicAccessBlock", name, accountId=args.account_id)
    if args.with_boundary:
        yield boundary(make, name)
    yield from key(make, name, names.ACCOUNT_KEY_ALIAS)
    account_key = names.stand_in_key(make.access.region, args.account_id, names.ACCOUNT_KEY_ALIAS)
    yield make("ebs/encryptionByDefault:EncryptionByDefault", name, enabled=True)
    yield make("ebs/defaultKmsKey:DefaultKmsKey", name, keyArn=account_key)
    yield from private_bucket(make, f"{name}-logs", args.log_bucket, protected=args.deletion_protection)
    yield from private_bucket(make, f"{name}-results", args.results_bucket, protected=False, log_bucket=args.log_bucket)
    for workgroup in args.workgroups:
        yield make("athena/workgroup:Workgroup", f"{name}-{workgroup}", given=workgroup, name=workgroup)
    yield make("budgets/budget:Budget", name, name="mesh", notifications=SET)


def boundary(make: StackMaker, name: str) -> DeployedResource:
    """The boundary of an account, a managed policy."""
    return make(
        "iam/policy:Policy",
        name,
        given=names.boundary(make.account_id),
        name="boundary",
        path=f"/{names.PATH}/",
    )


def key(make: StackMaker, name: str, alias: str, *, tagged: bool = False) -> Iterator[DeployedResource]:
    """A key with its one alias."""
    key_id = names.stand_in_key(make.access.region, make.account_id, alias).rpartition("/")[2]
    tags = SET if tagged else None
    yield make(
        "kms/key:Key", name, given=key_id, enableKeyRotation=True, deletionWindowInDays=30, policy=SET, tags=tags
    )
    yield make("kms/alias:Alias", name, given=f"alias/{alias}", name=f"alias/{alias}", targetKeyId=key_id)


def mesh_role(make: StackMaker, name: str, arn: str, boundary: str) -> Iterator[DeployedResource]:
    """A role with its one inline policy, as the component `MeshRole` makes it."""
    path, _, role = arn.partition(":role")[2].rpartition("/")
    yield make("iam/role:Role", name, given=role, name=role, path=f"{path}/", permissionsBoundary=boundary)
    of_the_role: Mapping[Beside, str] = {"rolePath": f"{path}/", "roleBoundary": boundary}
    yield make("iam/rolePolicy:RolePolicy", name, given=f"{role}:mesh", beside=of_the_role, name="mesh", role=role)
