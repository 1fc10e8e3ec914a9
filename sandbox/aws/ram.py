"""Resource Access Manager: sharing within the organisation."""

from __future__ import annotations

from typing import Final

from sandbox.aws.fields import Values
from sandbox.aws.resource import Call, Made, Resource

_SERVICE: Final = "ram.amazonaws.com"


def _enable(call: Call) -> Made:
    """AWS trusts the service in the same call: https://docs.aws.amazon.com/ram/latest/APIReference/API_EnableSharingWithAwsOrganization.html"""
    call.aws("enable_sharing_with_aws_organization")
    call.aws("enable_aws_service_access", "organizations", ServicePrincipal=_SERVICE)
    return call.account, {}


def _read(call: Call) -> Values | None:
    trusted = call.pages("list_aws_service_access_for_organization", "EnabledServicePrincipals", "organizations")
    return {} if any(service["ServicePrincipal"] == _SERVICE for service in trusted) else None


def _disable(call: Call) -> None:
    call.aws("disable_aws_service_access", "organizations", ServicePrincipal=_SERVICE)


SHARING: Final = Resource(
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

RESOURCES: Final = (SHARING,)
