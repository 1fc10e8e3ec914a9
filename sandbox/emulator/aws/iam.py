"""IAM roles, their policies and managed policies."""

from __future__ import annotations

from typing import Final

from sandbox.emulator.aws.fields import PropertyValues, document, flag, number, text, texts
from sandbox.emulator.aws.resource import AwsError, Call, IdAndOutputs, ResourceType, Tagging, recorded

# --- roles -------------------------------------------------------------------------------------------------

_ROLE_TAGS: Final = Tagging("tag_role", "untag_role", "get_role", "RoleName", lambda call: call.id, within="Role")


def _role_outputs(role: PropertyValues) -> PropertyValues:
    return {
        "arn": role["Arn"],
        "uniqueId": role["RoleId"],
        "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _create_role(call: Call) -> IdAndOutputs:
    answer = call.aws("create_role", **call.request(), Tags=call.tag_list())
    return str(call.inputs["name"]), _role_outputs(answer["Role"])


def _read_role(call: Call) -> PropertyValues:
    role = call.aws("get_role", RoleName=call.id)["Role"]
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return {**call.properties({**role, "PermissionsBoundary": boundary}), **_role_outputs(role)}


def _update_role(call: Call) -> None:
    new, old = call.inputs, call.old
    if new["assumeRolePolicy"] != old.get("assumeRolePolicy"):
        call.aws("update_assume_role_policy", RoleName=call.id, PolicyDocument=new["assumeRolePolicy"])
    if new.get("permissionsBoundary") != old.get("permissionsBoundary"):
        _put_boundary(call)
    description, duration = new.get("description", ""), new.get("maxSessionDuration", 3600)
    call.aws("update_role", RoleName=call.id, Description=description, MaxSessionDuration=duration)


def _put_boundary(call: Call) -> None:
    if boundary := call.inputs.get("permissionsBoundary"):
        call.aws("put_role_permissions_boundary", RoleName=call.id, PermissionsBoundary=boundary)
    else:
        call.aws("delete_role_permissions_boundary", RoleName=call.id)


def _delete_role(call: Call) -> None:
    if call.inputs.get("forceDetachPolicies"):
        for policy in call.aws("list_attached_role_policies", RoleName=call.id)["AttachedPolicies"]:
            call.aws("detach_role_policy", RoleName=call.id, PolicyArn=policy["PolicyArn"])
        for name in call.aws("list_role_policies", RoleName=call.id)["PolicyNames"]:
            call.aws("delete_role_policy", RoleName=call.id, PolicyName=name)
    call.aws("delete_role", RoleName=call.id)


ROLE: Final = ResourceType(
    "aws:iam/role:Role",
    "IAM Role",
    "iam",
    {
        "name": text("RoleName", required=True, replaces=True),
        "assumeRolePolicy": document("AssumeRolePolicyDocument", required=True),
        "description": text(),
        "path": text(replaces=True, default="/"),
        "permissionsBoundary": text(),
        "maxSessionDuration": number(default=3600),
        "forceDetachPolicies": flag(local=True),
    },
    _create_role,
    _read_role,
    _update_role,
    _delete_role,
    outputs=("arn", "createDate", "uniqueId"),
    name="name",
    regional=False,
    tagging=_ROLE_TAGS,
)

# --- inline policies ---------------------------------------------------------------------------------------


def _inline_policy(kind: str) -> ResourceType:
    """The resource type of the inline policies of a `role` or `group`; its id is `<role or group>:<policy>`."""
    identity = kind.capitalize()

    def put(call: Call) -> None:
        call.aws(f"put_{kind}_policy", **call.request())

    def create(call: Call) -> IdAndOutputs:
        put(call)
        return f"{call.inputs[kind]}:{call.inputs['name']}", {}

    def names(call: Call) -> dict[str, str]:
        holder, _, policy = call.id.partition(":")
        return {f"{identity}Name": holder, "PolicyName": policy}

    def read(call: Call) -> PropertyValues:
        return call.properties(call.aws(f"get_{kind}_policy", **names(call)))

    def delete(call: Call) -> None:
        call.aws(f"delete_{kind}_policy", **names(call))

    fields = {
        "name": text("PolicyName", required=True, replaces=True),
        kind: text(f"{identity}Name", required=True, replaces=True),
        "policy": document("PolicyDocument", required=True),
    }
    token, label = f"aws:iam/{kind}Policy:{identity}Policy", f"IAM {identity} Policy"
    return ResourceType(token, label, "iam", fields, create, read, put, delete, name="name", regional=False)


ROLE_POLICY: Final = _inline_policy("role")
GROUP_POLICY: Final = _inline_policy("group")

# --- managed policies --------------------------------------------------------------------------------------

_VERSIONS: Final = 5  # of a managed policy, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_POLICY_TAGS: Final = Tagging(
    "tag_policy", "untag_policy", "get_policy", "PolicyArn", lambda call: call.id, within="Policy"
)


def _create_policy(call: Call) -> IdAndOutputs:
    policy = call.aws("create_policy", **call.request(), Tags=call.tag_list())["Policy"]
    return policy["Arn"], {"arn": policy["Arn"], "policyId": policy["PolicyId"], "attachmentCount": 0}


def _read_policy(call: Call) -> PropertyValues:
    policy = call.aws("get_policy", PolicyArn=call.id)["Policy"]
    version = call.aws("get_policy_version", PolicyArn=call.id, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    outputs = {"arn": policy["Arn"], "policyId": policy["PolicyId"], "attachmentCount": policy["AttachmentCount"]}
    return {**call.properties({**policy, "PolicyDocument": version["Document"]}), **outputs}


def _update_policy(call: Call) -> None:
    versions = call.aws("list_policy_versions", PolicyArn=call.id)["Versions"]
    old = sorted((v for v in versions if not v["IsDefaultVersion"]), key=lambda version: version["CreateDate"])
    if len(versions) >= _VERSIONS:
        call.aws("delete_policy_version", PolicyArn=call.id, VersionId=old[0]["VersionId"])
    call.aws("create_policy_version", PolicyArn=call.id, PolicyDocument=call.inputs["policy"], SetAsDefault=True)


def _delete_policy(call: Call) -> None:
    for version in call.aws("list_policy_versions", PolicyArn=call.id)["Versions"]:
        if not version["IsDefaultVersion"]:
            call.aws("delete_policy_version", PolicyArn=call.id, VersionId=version["VersionId"])
    call.aws("delete_policy", PolicyArn=call.id)


POLICY: Final = ResourceType(
    "aws:iam/policy:Policy",
    "IAM Policy",
    "iam",
    {
        "name": text("PolicyName", required=True, replaces=True),
        "policy": document("PolicyDocument", required=True),
        "description": text(replaces=True),
        "path": text(replaces=True, default="/"),
    },
    _create_policy,
    _read_policy,
    _update_policy,
    _delete_policy,
    outputs=("arn", "policyId", "attachmentCount"),
    name="name",
    regional=False,
    tagging=_POLICY_TAGS,
)

# --- attachments -------------------------------------------------------------------------------------------


def _attach(call: Call) -> IdAndOutputs:
    role, arn = call.inputs["role"], call.inputs["policyArn"]
    try:
        call.aws("attach_role_policy", RoleName=role, PolicyArn=arn)
    except AwsError as error:
        if not (error.not_found and arn.startswith("arn:aws:iam::aws:policy/")):
            raise
        raise AwsError(
            error.code, f"{error.message} Set MOTO_IAM_LOAD_MANAGED_POLICIES=true for policies of AWS."
        ) from error
    return f"{role}/{arn}", {}


def _read_attachment(call: Call) -> PropertyValues | None:
    role, _, arn = call.id.partition("/")
    attached = call.aws("list_attached_role_policies", RoleName=role)["AttachedPolicies"]
    exists = any(policy["PolicyArn"] == arn for policy in attached)
    return {"role": role, "policyArn": arn} if exists else None


def _detach(call: Call) -> None:
    role, _, arn = call.id.partition("/")
    call.aws("detach_role_policy", RoleName=role, PolicyArn=arn)


ATTACHMENT: Final = ResourceType(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "IAM Role Policy Attachment",
    "iam",
    {"role": text(required=True, replaces=True), "policyArn": text(required=True, replaces=True)},
    _attach,
    _read_attachment,
    None,
    _detach,
    regional=False,
)

# --- groups ------------------------------------------------------------------------------------------------


def _create_group(call: Call) -> IdAndOutputs:
    group = call.aws("create_group", **call.request())["Group"]
    return group["GroupName"], {"arn": group["Arn"], "uniqueId": group["GroupId"]}


def _read_group(call: Call) -> PropertyValues:
    group = call.aws("get_group", GroupName=call.id)["Group"]
    return {**call.properties(group), "arn": group["Arn"], "uniqueId": group["GroupId"]}


def _update_group(call: Call) -> None:
    call.aws("update_group", GroupName=call.id, NewPath=call.inputs["path"])


def _delete_group(call: Call) -> None:
    call.aws("delete_group", GroupName=call.id)


GROUP: Final = ResourceType(
    "aws:iam/group:Group",
    "IAM Group",
    "iam",
    {"name": text("GroupName", required=True, replaces=True), "path": text(default="/")},
    _create_group,
    _read_group,
    _update_group,
    _delete_group,
    outputs=("arn", "uniqueId"),
    name="name",
    regional=False,
)

# --- root users of member accounts -------------------------------------------------------------------------


def _create_features(call: Call) -> IdAndOutputs:
    return str(call.aws("describe_organization", "organizations")["Organization"]["Id"]), {}


FEATURES: Final = recorded(
    "aws:iam/organizationsFeatures:OrganizationsFeatures",
    "IAM Organizations Features",
    {"enabledFeatures": texts(required=True)},
    "moto has no EnableOrganizationsRootCredentialsManagement",
    _create_features,
    regional=False,
)

RESOURCES: Final = (ROLE, ROLE_POLICY, POLICY, ATTACHMENT, GROUP, GROUP_POLICY, FEATURES)
