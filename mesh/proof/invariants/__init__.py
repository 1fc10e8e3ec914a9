"""Every invariant of the mesh, in the order of its identifier; each says what carries it and how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from mesh.proof.claims import AnyClaim
from mesh.proof.invariants import (
    clearances,
    emergencies,
    exits,
    guardrails,
    keys,
    networks,
    partners,
    perimeter,
    products,
    roles,
)
from mesh.proof.subject import Subject


class Invariant(NamedTuple):
    """Something that has to hold of every mesh; `claims` are what it comes to, request by request."""

    id: str
    title: str
    claims: Callable[[Subject], Iterator[AnyClaim]]
    beyond: str | None = None
    """What IAM cannot carry of it: what carries that instead, and how it is checked."""


def _of(id_: str, claims: Callable[[Subject], Iterator[AnyClaim]], beyond: str | None = None) -> Invariant:
    title = (claims.__doc__ or "").partition(": ")[2].strip().partition("\n")[0]
    return Invariant(id_, title[:1].upper() + title[1:], claims, beyond)


_CHECKED: Final = "tests/program/test_plan_contract.py looks at every one that is registered"
_EGRESS: Final = (
    "what a job posts over plain HTTPS is no request to AWS: that EC2 blocks every internet gateway is the declarative "
    "policy's, in any network that a domain makes; that the mesh's own has no gateway and no route is the component's "
    f"(PrivateNetwork); {_CHECKED}; names looked up at the VPC's resolver are not stopped, so that a job can spell out "
    "a little data in them; service-linked roles, which no SCP binds, are taken to make no way out"
)
_ADDRESSES: Final = (
    "stolen credentials are not bound to the company's addresses, which the mesh is not told; sessions last an hour"
)
_DEFAULT_ENCRYPTION: Final = f"the bucket's default encryption is the component's (PrivateBucket); {_CHECKED}"
_PUBLIC_ACCESS_BLOCK: Final = f"the public-access block of every bucket and account is the components'; {_CHECKED}"
_OBJECT_LOCK: Final = (
    "Object Lock in compliance mode is the component's (AuditTrail); tests/program/test_registered.py compares it"
)
_BREAK_GLASS: Final = (
    "the alarm, the session of an hour and the boundary are the component's (BreakGlass), which "
    "tests/program/test_registered.py compares; who is a keeper, and with which device, people say in the management "
    "account, which no policy binds"
)
_WORKGROUPS: Final = f"that a query cannot choose another place is the workgroup's (AccountBaseline); {_CHECKED}"

INVARIANTS: Final = (
    _of("I1", perimeter.nobody_outside),
    _of("I2", perimeter.services_act_for_the_mesh),
    _of("I3", perimeter.only_domains_and_governance),
    _of("I4", partners.partners_reach_nothing),
    _of("I5", partners.only_the_declared_writer),
    _of("I6", exits.identities_act_on_the_mesh_only),
    _of("I7", exits.no_side_doors),
    _of("I8", networks.no_way_out, _EGRESS),
    _of("I9", perimeter.only_fresh_signatures, _ADDRESSES),
    _of("I10", perimeter.only_encrypted_transport),
    _of("I11", products.only_its_key, _DEFAULT_ENCRYPTION),
    _of("I12", keys.keys_only_through_their_services),
    _of("I13", clearances.clearances_are_exact),
    _of("I14", products.no_way_around_lake_formation),
    _of("I15", guardrails.attributes_are_unforgeable),
    _of("I16", guardrails.controls_stay_up),
    _of("I17", guardrails.roles_carry_the_boundary),
    _of("I18", guardrails.no_public_bucket, _PUBLIC_ACCESS_BLOCK),
    _of("I19", exits.no_sharing),
    _of("I20", clearances.nothing_is_passed_on),
    _of("I21", guardrails.logs_are_immutable, _OBJECT_LOCK),
    _of("I22", emergencies.break_glass_is_narrow, _BREAK_GLASS),
    _of("I23", clearances.catalog_is_closed),
    _of("I24", guardrails.results_stay_home, _WORKGROUPS),
    _of("M1", exits.one_region),
    _of("M2", products.set_up_by_the_deployment),
    _of("M5", products.one_writer),
    _of("M9", roles.pipelines_tell_the_mesh),
    _of("M10", roles.previews_read_no_data),
    _of("M12", roles.roles_are_entered_by_their_own),
    _of("M13", clearances.reads_come_through),
    _of("M14", roles.logs_arrive),
)
