"""Every theorem by its invariant, as the obligations that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mesh.proof.subject import Subject
from mesh.proof.symbolic import (
    boundary,
    break_glass,
    clearances,
    ends,
    exfiltration,
    guardrails,
    jobs,
    keys,
    logs,
    mesh_catalog,
    networks,
    origins,
    partners,
    perimeter,
    products,
    query_results,
    roles,
    sharing,
)
from mesh.proof.symbolic.obligations import Obligation

THEOREMS: Final[Mapping[str, Callable[[Subject], Iterator[Obligation]]]] = {
    "I1": perimeter.nobody_outside,
    "I2": perimeter.services_act_for_the_mesh,
    "I3": perimeter.only_domains_and_governance,
    "I4": partners.partners_reach_nothing,
    "I5": partners.only_the_declared_writer,
    "I6": exfiltration.identities_act_on_the_mesh_only,
    "I7": exfiltration.no_exfiltration,
    "I8": networks.no_way_out,
    "I9": origins.from_no_network_but_ours,
    "I10": perimeter.only_encrypted_transport,
    "I11": products.only_its_key,
    "I12": keys.keys_only_through_their_services,
    "I13": clearances.clearances_are_exact,
    "I14": products.no_way_around_lake_formation,
    "I15": guardrails.attributes_are_unforgeable,
    "I16": guardrails.controls_stay_up,
    "I17": boundary.roles_carry_the_boundary,
    "I18": guardrails.no_public_bucket,
    "I19": sharing.no_sharing,
    "I21": logs.logs_are_immutable,
    "I22": break_glass.break_glass_is_narrow,
    "I23": mesh_catalog.catalog_is_closed,
    "I24": query_results.results_stay_home,
    "I25": jobs.jobs_stay_as_made,
    "M1": exfiltration.one_region,
    "M2": products.set_up_by_the_deployment,
    "M5": products.one_writer,
    "M12": roles.roles_are_entered_by_their_own,
    "M15": ends.deliveries_end,
}
