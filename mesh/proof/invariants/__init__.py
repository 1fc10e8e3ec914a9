"""Every invariant of the mesh, in the order of its identifier; each says what carries it and how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from mesh.proof.claims import AnyClaim
from mesh.proof.invariants import clearances, exits, guardrails, keys, partners, perimeter, products, roles
from mesh.proof.subject import Subject

ENUMERATION: Final = "enumeration"
ELSEWHERE: Final = "elsewhere"


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


INVARIANTS: Final = (
    _of("I1", perimeter.nobody_outside),
    _of("I2", perimeter.services_act_for_the_mesh),
    _of("I3", perimeter.only_domains_and_governance),
    _of("I4", partners.partners_reach_nothing),
    _of("I5", partners.only_the_declared_writer),
    _of("I6", exits.identities_act_on_the_mesh_only),
    _of("I7", exits.no_side_doors),
    _of("I8", exits.compute_in_a_network),
    _of("I9", perimeter.only_fresh_signatures),
    _of("I10", perimeter.only_encrypted_transport),
    _of("I11", products.only_its_key),
    _of("I12", keys.keys_only_through_their_services),
    _of("I13", clearances.clearances_are_exact),
    _of("I14", products.no_way_around_lake_formation),
    _of("I15", guardrails.attributes_are_unforgeable),
    _of("I16", guardrails.controls_stay_up),
    _of("I17", guardrails.roles_carry_the_boundary),
    _of("I18", guardrails.no_public_bucket),
    _of("I19", exits.no_sharing),
    _of("I20", clearances.nothing_is_passed_on),
    _of("I21", guardrails.logs_are_immutable),
    _of("I23", clearances.catalog_is_closed),
    _of("I24", guardrails.results_stay_home),
    _of("M1", exits.one_region),
    _of("M2", products.set_up_by_the_deployment),
    _of("M5", products.one_writer),
    _of("M9", roles.pipelines_tell_the_mesh),
    _of("M10", roles.previews_read_no_data),
    _of("M12", roles.roles_are_entered_by_their_own),
    _of("M13", clearances.reads_come_through),
    _of("M14", roles.logs_arrive),
)
