"""Resource Access Manager: sharing within the organisation."""

from __future__ import annotations

from typing import Final

from sandbox.emulator.aws.fields import PropertyValues, flag, text
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, recorded, recorded_tags

_SERVICE: Final = "ram.amazonaws.com"


def _enable(call: Call) -> IdAndOutputs:
    call.aws("enable_sharing_with_aws_organization")
    # AWS enables trusted access in the same call, moto does not:
    # https://docs.aws.amazon.com/ram/latest/APIReference/API_EnableSharingWithAwsOrganization.html
    call.aws("enable_aws_service_access", "organizations", ServicePrincipal=_SERVICE)
    return call.account, {}


def _read(call: Call) -> PropertyValues | None:
    trusted = call.pages("list_aws_service_access_for_organization", "EnabledServicePrincipals", "organizations")
    return {} if any(service["ServicePrincipal"] == _SERVICE for service in trusted) else None


def _disable(call: Call) -> None:
    call.aws("disable_aws_service_access", "organizations", ServicePrincipal=_SERVICE)


SHARING: Final = ResourceType(
    "aws:ram/sharingWithOrganization:SharingWithOrganization",
    "RAM Sharing With Organization",
    "ram",
    {},
    _enable,
    _read,
    None,
    _disable,
    regional=False,
)

_TAGS: Final = recorded_tags("moto does not tag resource shares")


def _create_share(call: Call) -> IdAndOutputs:
    call.id = call.aws("create_resource_share", **call.request())["resourceShare"]["resourceShareArn"]
    _TAGS.update(call)
    return call.id, {"arn": call.id}


def _read_share(call: Call) -> PropertyValues | None:
    # moto answers with all shares, whichever is asked for, and with deleted ones.
    shares = call.pages("get_resource_shares", "resourceShares", resourceOwner="SELF")
    share = next((s for s in shares if s["resourceShareArn"] == call.id and s["status"] == "ACTIVE"), None)
    return None if share is None else {**call.properties(share), "arn": call.id}


def _update_share(call: Call) -> None:
    call.aws("update_resource_share", resourceShareArn=call.id, **call.request())


def _delete_share(call: Call) -> None:
    call.aws("delete_resource_share", resourceShareArn=call.id)


SHARE: Final = ResourceType(
    "aws:ram/resourceShare:ResourceShare",
    "RAM Resource Share",
    "ram",
    {
        "name": text("name", required=True),
        "allowExternalPrincipals": flag("allowExternalPrincipals", default=False),
    },
    _create_share,
    _read_share,
    _update_share,
    _delete_share,
    outputs=("arn",),
    tagging=_TAGS,
)

_NO_ASSOCIATION: Final = "moto has no AssociateResourceShare"

SHARED_RESOURCE: Final = recorded(
    "aws:ram/resourceAssociation:ResourceAssociation",
    "RAM Resource Association",
    {"resourceShareArn": text(required=True, replaces=True), "resourceArn": text(required=True, replaces=True)},
    _NO_ASSOCIATION,
    lambda call: (f"{call.inputs['resourceShareArn']},{call.inputs['resourceArn']}", {}),
)

SHARED_WITH: Final = recorded(
    "aws:ram/principalAssociation:PrincipalAssociation",
    "RAM Principal Association",
    {"resourceShareArn": text(required=True, replaces=True), "principal": text(required=True, replaces=True)},
    _NO_ASSOCIATION,
    lambda call: (f"{call.inputs['resourceShareArn']},{call.inputs['principal']}", {}),
)

RESOURCES: Final = (SHARING, SHARE, SHARED_RESOURCE, SHARED_WITH)
