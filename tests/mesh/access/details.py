"""Authorization details of an account as people would bring it: one of everything, as the AWS CLI prints it."""

from __future__ import annotations

from typing import Any

ACCOUNT = "500000000005"
BOUNDARY = {
    "PermissionsBoundaryType": "Policy",
    "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/mesh/boundary",
}


def arn(rest: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:{rest}"


def role(path: str, *principals: dict[str, Any] | str, bound: bool = True, **more: Any) -> dict[str, Any]:
    """A role whose trust policy has a statement for each principal; of a service in use where none is given."""
    statements = [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        for principal in principals or ({"Service": "glue.amazonaws.com"},)
    ]
    return {
        "Path": f"/{path.rpartition('/')[0]}/".replace("//", "/"),
        "RoleName": path.rpartition("/")[2],
        "Arn": arn(f"role/{path}"),
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        "RolePolicyList": [],
        **({"PermissionsBoundary": BOUNDARY} if bound else {}),
        **more,
    }


def details(**lists: list[dict[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    return {**whole, **lists}


SERVICE_LINKED = role(
    "aws-service-role/ram.amazonaws.com/AWSServiceRoleForRAM", {"Service": "ram.amazonaws.com"}, bound=False
)
EMPTY = details(RoleDetailList=[SERVICE_LINKED])
EVERYTHING = details(
    UserDetailList=[{"UserName": "ada", "Arn": arn("user/ada"), "GroupList": ["admins"]}],
    GroupDetailList=[{"GroupName": "admins", "Arn": arn("group/admins")}],
    RoleDetailList=[
        SERVICE_LINKED,
        role("mesh/clearance/restricted"),
        role("stacksets-exec-0123"),
        role("aws-reserved/sso.amazonaws.com/AWSReservedSSO_pii_0123456789abcdef"),
        role("teams/deploy"),
        role("OrganizationAccountAccessRole", {"AWS": "arn:aws:iam::900000000009:root"}),
        role("public", "*"),
        role("github", {"Federated": arn("oidc-provider/token.actions.githubusercontent.com")}),
        role("containers", {"Service": ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com"]}),
        role("unbound", {"AWS": arn("root")}, bound=False),
        role("fine", {"AWS": [arn("root"), ACCOUNT]}),
    ],
    Policies=[
        {"PolicyName": "boundary", "Arn": arn("policy/mesh/boundary")},
        {"PolicyName": "mine", "Arn": arn("policy/mine")},
        {"PolicyName": "AdministratorAccess", "Arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ],
)
