"""AWS Organizations: the organisation, its units, accounts and policies."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator import backends
from sandbox.emulator.aws.fields import PropertyValues, document, flag, text, texts
from sandbox.emulator.aws.resource import AwsError, Call, IdAndOutputs, ResourceType, Tagging, only_local

_TAGS: Final = Tagging("tag_resource", "untag_resource", "list_tags_for_resource", "ResourceId", lambda call: call.id)

# --- the organisation --------------------------------------------------------------------------------------


def _create_organization(call: Call) -> IdAndOutputs:
    """Adopt the organisation that the management account has: on AWS it is imported."""
    call.id = call.aws("describe_organization")["Organization"]["Id"]
    _enable(call)
    return call.id, _organization_outputs(call)


def _enable(call: Call) -> None:
    root = _root(call)
    enabled = {kind["Type"] for kind in root["PolicyTypes"]}
    wanted = set(call.inputs.get("enabledPolicyTypes") or [])
    for kind in sorted(wanted - enabled):
        call.aws("enable_policy_type", RootId=root["Id"], PolicyType=kind)
    for kind in sorted(enabled - wanted):
        call.aws("disable_policy_type", RootId=root["Id"], PolicyType=kind)
    trusted, to_trust = set(_trusted(call)), set(call.inputs.get("awsServiceAccessPrincipals") or [])
    for service in sorted(to_trust - trusted):
        call.aws("enable_aws_service_access", ServicePrincipal=service)
    for service in sorted(set(call.old.get("awsServiceAccessPrincipals") or []) & trusted - to_trust):
        call.aws("disable_aws_service_access", ServicePrincipal=service)


def _root(call: Call) -> Any:
    return call.aws("list_roots")["Roots"][0]


def _trusted(call: Call) -> list[str]:
    services = call.pages("list_aws_service_access_for_organization", "EnabledServicePrincipals")
    return sorted(service["ServicePrincipal"] for service in services)


def _organization_outputs(call: Call) -> PropertyValues:
    organization = call.aws("describe_organization")["Organization"]
    root, accounts = _root(call), [_account(a) for a in call.pages("list_accounts", "Accounts")]
    master = organization["MasterAccountId"]
    types = [{"type": kind["Type"], "status": kind["Status"]} for kind in root["PolicyTypes"]]
    return {
        "arn": organization["Arn"],
        "masterAccountArn": organization["MasterAccountArn"],
        "masterAccountEmail": organization["MasterAccountEmail"],
        "masterAccountId": master,
        "masterAccountName": next(account["name"] for account in accounts if account["id"] == master),
        "accounts": accounts,
        "nonMasterAccounts": [account for account in accounts if account["id"] != master],
        "roots": [{"arn": root["Arn"], "id": root["Id"], "name": root["Name"], "policyTypes": types}],
    }


def _account(account: PropertyValues) -> PropertyValues:
    names = ("Arn", "Email", "Id", "Name", "Status", "State", "JoinedMethod")
    values = {name[0].lower() + name[1:]: str(account.get(name, "")) for name in names}
    return {**values, "joinedTimestamp": account["JoinedTimestamp"].strftime("%Y-%m-%dT%H:%M:%SZ")}


def _read_organization(call: Call) -> PropertyValues:
    outputs = _organization_outputs(call)
    enabled = [kind["type"] for kind in outputs["roots"][0]["policyTypes"]]
    declared = call.inputs.get("awsServiceAccessPrincipals")
    trusted = [n for n in _trusted(call) if declared is None or n in declared or n not in _TRUSTED_BY_OTHERS]
    return {"featureSet": "ALL", "enabledPolicyTypes": enabled, "awsServiceAccessPrincipals": trusted, **outputs}


_TRUSTED_BY_OTHERS: Final = ("ram.amazonaws.com",)
"""Services for which another resource enables trusted access."""


def _leave_organization(call: Call) -> None:
    """Disable the policy types and services that were enabled; the organisation, which was adopted, stays."""
    call.old, call.inputs = call.inputs, {}
    _enable(call)


ORGANIZATION: Final = ResourceType(
    "aws:organizations/organization:Organization",
    "Organizations Organization",
    "organizations",
    {
        "featureSet": text(default="ALL", replaces=True, keeps=(("CONSOLIDATED_BILLING", "ALL"),)),
        "enabledPolicyTypes": texts(),
        "awsServiceAccessPrincipals": texts(),
        "returnOrganizationOnly": flag(local=True),
    },
    _create_organization,
    _read_organization,
    _enable,
    _leave_organization,
    outputs=(
        "accounts",
        "arn",
        "masterAccountArn",
        "masterAccountEmail",
        "masterAccountId",
        "masterAccountName",
        "nonMasterAccounts",
        "roots",
    ),
    regional=False,
)

# --- units -------------------------------------------------------------------------------------------------


def _parent(call: Call) -> str:
    return str(call.aws("list_parents", ChildId=call.id)["Parents"][0]["Id"])


def _create_unit(call: Call) -> IdAndOutputs:
    _refuse_known_name(call)
    unit = call.aws("create_organizational_unit", **call.request(), Tags=call.tag_list())["OrganizationalUnit"]
    return unit["Id"], {"arn": unit["Arn"], "accounts": []}


def _refuse_known_name(call: Call) -> None:
    """Refuse a second unit of one name in a parent, as AWS does; moto takes it."""
    parent, name = call.inputs["parentId"], call.inputs["name"]
    units = call.pages("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent)
    if any(unit["Name"] == name for unit in units):
        raise AwsError("DuplicateOrganizationalUnitException", f"an OU with the name {name} already exists in {parent}")


def _read_unit(call: Call) -> PropertyValues:
    unit = call.aws("describe_organizational_unit", OrganizationalUnitId=call.id)["OrganizationalUnit"]
    accounts = [_account(a) for a in call.pages("list_accounts_for_parent", "Accounts", ParentId=call.id)]
    listed = [{name: account[name] for name in ("arn", "email", "id", "name")} for account in accounts]
    return {"name": unit["Name"], "parentId": _parent(call), "arn": unit["Arn"], "accounts": listed}


def _rename_unit(call: Call) -> None:
    call.aws("update_organizational_unit", OrganizationalUnitId=call.id, Name=call.inputs["name"])


def _delete_unit(call: Call) -> None:
    call.aws("delete_organizational_unit", OrganizationalUnitId=call.id)


UNIT: Final = ResourceType(
    "aws:organizations/organizationalUnit:OrganizationalUnit",
    "Organizations Organizational Unit",
    "organizations",
    {"name": text(required=True), "parentId": text(required=True, replaces=True)},
    _create_unit,
    _read_unit,
    _rename_unit,
    _delete_unit,
    outputs=("arn", "accounts"),
    name="name",
    regional=False,
    tagging=_TAGS,
)

# --- accounts ----------------------------------------------------------------------------------------------

_NEVER_READ: Final = ("roleName", "iamUserAccessToBilling")


def _create_account(call: Call) -> IdAndOutputs:
    _refuse_known_email(call)
    request = call.request("name", "email", "roleName", "iamUserAccessToBilling")
    request = {**request, **{k[0].upper() + k[1:]: call.inputs[k] for k in _NEVER_READ if k in call.inputs}}
    status = call.aws("create_account", **request, Tags=call.tag_list())["CreateAccountStatus"]
    call.id = status["AccountId"]
    if "parentId" in call.inputs:
        _move(call)
    account = call.aws("describe_account", AccountId=call.id)["Account"]
    return call.id, {**_account_outputs(account), "parentId": call.inputs.get("parentId") or _parent(call)}


def _refuse_known_email(call: Call) -> None:
    """Refuse a second account of one address, as AWS does; moto takes it.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
    """
    emails = {account["Email"] for account in call.pages("list_accounts", "Accounts")}
    if call.inputs["email"] in emails:
        raise AwsError("EMAIL_ALREADY_EXISTS", f"the address {call.inputs['email']} is already that of an account")


def _move(call: Call) -> None:
    source, target = _parent(call), call.inputs["parentId"]
    if source != target:
        call.aws("move_account", AccountId=call.id, SourceParentId=source, DestinationParentId=target)


def _update_account(call: Call) -> None:
    """Rename and move it. moto has no `PutAccountName`, so its name is set where moto keeps it."""
    (account,) = (each for each in backends.organization(call.account).accounts if each.id == call.id)
    if account.name != call.inputs["name"]:
        account.name, call.changed = call.inputs["name"], True
    if "parentId" in call.inputs:
        _move(call)


def _account_outputs(account: PropertyValues) -> PropertyValues:
    values = _account(account)
    names = ("arn", "status", "state", "joinedMethod", "joinedTimestamp")
    return {**{name: values[name] for name in names}, "govcloudId": ""}


def _read_account(call: Call) -> PropertyValues | None:
    account = call.aws("describe_account", AccountId=call.id)["Account"]
    if account["Status"] == "SUSPENDED":
        return None
    inputs = {"name": account["Name"], "email": account["Email"], "parentId": _parent(call)}
    return {**inputs, **_account_outputs(account)}


def _delete_account(call: Call) -> None:
    closes = call.inputs.get("closeOnDeletion")
    call.aws("close_account" if closes else "remove_account_from_organization", AccountId=call.id)


ACCOUNT: Final = ResourceType(
    "aws:organizations/account:Account",
    "Organizations Account",
    "organizations",
    {
        "name": text("AccountName", required=True),
        "email": text(required=True, replaces=True),
        "parentId": text(computed=True),
        "roleName": text(replaces=True, local=True),
        "iamUserAccessToBilling": text(replaces=True, local=True),
        "closeOnDeletion": flag(local=True),
    },
    _create_account,
    _read_account,
    _update_account,
    _delete_account,
    outputs=("arn", "status", "state", "joinedMethod", "joinedTimestamp", "govcloudId"),
    name="name",
    regional=False,
    tagging=_TAGS,
)

# --- policies ----------------------------------------------------------------------------------------------


def _create_policy(call: Call) -> IdAndOutputs:
    request = {"Description": "", **call.request()}
    summary = call.aws("create_policy", **request, Tags=call.tag_list())["Policy"]["PolicySummary"]
    return summary["Id"], {"arn": summary["Arn"]}


def _read_policy(call: Call) -> PropertyValues:
    policy = call.aws("describe_policy", PolicyId=call.id)["Policy"]
    summary = policy["PolicySummary"]
    return {**call.properties({**summary, "Content": policy["Content"]}), "arn": summary["Arn"]}


def _update_policy(call: Call) -> None:
    call.aws("update_policy", PolicyId=call.id, **{"Description": "", **call.request("name", "content", "description")})


def _delete_policy(call: Call) -> None:
    if not call.inputs.get("skipDestroy"):
        call.aws("delete_policy", PolicyId=call.id)


POLICY: Final = ResourceType(
    "aws:organizations/policy:Policy",
    "Organizations Policy",
    "organizations",
    {
        "name": text(required=True),
        "content": document(required=True),
        "description": text(),
        "type": text(replaces=True, default="SERVICE_CONTROL_POLICY"),
        "skipDestroy": flag(local=True),
    },
    _create_policy,
    _read_policy,
    _update_policy,
    _delete_policy,
    outputs=("arn",),
    name="name",
    regional=False,
    tagging=_TAGS,
)


def _attach(call: Call) -> IdAndOutputs:
    call.aws("attach_policy", **call.request())
    return f"{call.inputs['targetId']}:{call.inputs['policyId']}", {}


def _read_attachment(call: Call) -> PropertyValues | None:
    target, _, policy = call.id.partition(":")
    targets = call.pages("list_targets_for_policy", "Targets", PolicyId=policy)
    exists = any(item["TargetId"] == target for item in targets)
    return {"targetId": target, "policyId": policy} if exists else None


def _detach(call: Call) -> None:
    target, _, policy = call.id.partition(":")
    if not call.inputs.get("skipDestroy"):
        call.aws("detach_policy", TargetId=target, PolicyId=policy)


ATTACHMENT: Final = ResourceType(
    "aws:organizations/policyAttachment:PolicyAttachment",
    "Organizations Policy Attachment",
    "organizations",
    {
        "policyId": text(required=True, replaces=True),
        "targetId": text(required=True, replaces=True),
        "skipDestroy": flag(local=True),
    },
    _attach,
    _read_attachment,
    only_local,
    _detach,
    regional=False,
)

# --- delegation --------------------------------------------------------------------------------------------


def _delegate(call: Call) -> IdAndOutputs:
    call.aws("register_delegated_administrator", **call.request())
    call.id = f"{call.inputs['accountId']}/{call.inputs['servicePrincipal']}"
    values = _read_delegation(call) or {}
    return call.id, {name: value for name, value in values.items() if name not in ("accountId", "servicePrincipal")}


def _read_delegation(call: Call) -> PropertyValues | None:
    account_id, _, service = call.id.partition("/")
    admins = call.pages("list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal=service)
    admin = next((admin for admin in admins if admin["Id"] == account_id), None)
    if admin is None:
        return None
    since = admin["DelegationEnabledDate"].strftime("%Y-%m-%dT%H:%M:%SZ")
    names = ("arn", "email", "name", "status", "joinedMethod", "joinedTimestamp")
    outputs = {name: value for name, value in _account(admin).items() if name in names}
    return {"accountId": account_id, "servicePrincipal": service, **outputs, "delegationEnabledDate": since}


def _end_delegation(call: Call) -> None:
    account_id, _, service = call.id.partition("/")
    call.aws("deregister_delegated_administrator", AccountId=account_id, ServicePrincipal=service)


DELEGATION: Final = ResourceType(
    "aws:organizations/delegatedAdministrator:DelegatedAdministrator",
    "Organizations Delegated Administrator",
    "organizations",
    {"accountId": text(required=True, replaces=True), "servicePrincipal": text(required=True, replaces=True)},
    _delegate,
    _read_delegation,
    None,
    _end_delegation,
    outputs=("arn", "delegationEnabledDate", "email", "joinedMethod", "joinedTimestamp", "name", "status"),
    regional=False,
)

RESOURCES: Final = (ORGANIZATION, UNIT, ACCOUNT, POLICY, ATTACHMENT, DELEGATION)
