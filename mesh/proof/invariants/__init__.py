"""Every invariant of the mesh, in the order of its identifier, with the claims that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from itertools import chain
from typing import Final, NamedTuple

from mesh.proof.claims import AnyClaim, refused_by
from mesh.proof.invariants import (
    becoming,
    boundary,
    break_glass,
    clearances,
    continuous_integration,
    deployable,
    duties,
    ends,
    entitled,
    event_bus,
    every_action,
    every_walled_service,
    exfiltration,
    guardrails,
    harm,
    jobs,
    keys,
    log_keys,
    logs,
    machine_files,
    machines,
    mesh_catalog,
    narrow_exceptions,
    narrow_policies,
    networks,
    no_unit,
    origins,
    partners,
    people,
    perimeter,
    products,
    publications,
    query_results,
    retention,
    roles,
    scripts,
    sharing,
    staff,
    two_deployments,
)
from mesh.proof.subject import Subject

Claims = Callable[[Subject], Iterator[AnyClaim]]


class Invariant(NamedTuple):
    """A sentence that holds of every mesh (`title`); `claims` are what it comes to, request by request."""

    id: str
    title: str
    claims: Claims
    beyond: str | None = None
    """The part that no IAM policy carries: what carries it instead, and where to look at it."""


def _both(one: Claims, *others: Claims) -> Claims:
    """The claims of all of them."""

    @wraps(one)
    def claims(subject: Subject) -> Iterator[AnyClaim]:
        return chain.from_iterable(each(subject) for each in (one, *others))

    return claims


def _every_action(subject: Subject) -> Iterator[AnyClaim]:
    return every_action.every_action(subject, asked)


_EGRESS: Final = (
    "what a job posts over plain HTTPS is no request to AWS, so no IAM policy decides it: EC2's declarative policy "
    "blocks every internet gateway of every VPC, and the mesh's own VPC has no gateway and no route out (component "
    "PrivateNetwork; `mesh plan --json` lists its resources); not stopped: a job can spell out a little data in the "
    "host names that it asks the VPC's resolver for; assumed: no service-linked role, which no SCP binds, makes a way "
    "out"
)
_ADDRESSES: Final = (
    "without `people-addresses` in mesh.yaml people's credentials work from any address; those of deployments, of the "
    "CI, of partners' people and of who breaks the glass always do; sessions last an hour"
)
_DEFAULT_ENCRYPTION: Final = (
    "a bucket's default encryption is set by the component PrivateBucket; `mesh plan --json` lists it for every bucket"
)
_PUBLIC_ACCESS_BLOCK: Final = (
    "public-access blocks are set by the components PrivateBucket and AccountBaseline; `mesh plan --json` lists them "
    "for every bucket and every account"
)
_OBJECT_LOCK: Final = "Object Lock in compliance mode is set by the component AuditTrail; `mesh plan --json` lists it"
_BREAK_GLASS: Final = (
    "the alarm is set by the component BreakGlass (`mesh plan --json` lists it), and the role, with its session of an "
    "hour, by the template of `mesh bootstrap`; who is a user of the break-glass group, and with which device, people "
    "decide in the management account, which no policy binds"
)
_CI: Final = (
    "who may run a job in an environment of the repository, and after whose review, is set with GitHub, and its issuer "
    "is trusted to say the truth; without `ci:` in mesh.yaml there are no CI roles, and people deploy by break-glass"
)
_PLUGIN: Final = (
    "which calls the plugin makes is read in its source, of the version that `mesh/aws/plugin/` names, and seen on no "
    "AWS account; what Lake Formation asks besides IAM, and quotas, are asked elsewhere or by AWS alone"
)
_WORKGROUPS: Final = (
    "that a query cannot choose another place for its result is set in the workgroup (component AccountBaseline); "
    "`mesh plan --json` lists it for every workgroup"
)

INVARIANTS: Final[tuple[Invariant, ...]] = (
    Invariant(
        "I1",
        "Whoever is of no account of the organisation is refused, by the RCP and by the resource's own policy.",
        _both(perimeter.nobody_outside, harm.from_outside, every_walled_service.closed_to_outsiders),
    ),
    Invariant(
        "I2",
        "An AWS service that acts for an outsider is refused; one that acts for the mesh, or for itself, is not.",
        _both(perimeter.services_act_for_the_mesh, every_walled_service.closed_to_their_services),
    ),
    Invariant(
        "I3",
        "Partners and the management account act on nothing of a domain.",
        _both(perimeter.only_domains_and_governance, harm.from_other_units, every_walled_service.closed_to_other_units),
    ),
    Invariant(
        "I4",
        "No principal of a partner's account does anything to a resource of another account, whatever the service.",
        partners.partners_reach_nothing,
    ),
    Invariant(
        "I5",
        "Into a partner's account reaches nobody but the deliveries of open agreements, and they only write.",
        _both(partners.only_the_declared_writer, every_walled_service.closed_to_all_but_writers),
    ),
    Invariant(
        "I6",
        "Nobody of a member account acts on a resource outside the organisation, with whatever role.",
        exfiltration.identities_act_on_the_mesh_only,
    ),
    Invariant(
        "I7",
        "No service is set up to carry data out for somebody.",
        _both(exfiltration.no_exfiltration, harm.carried_out),
    ),
    Invariant(
        "I8",
        "A job is made in a network or not at all, no network has a way out, and its endpoints lead the mesh home.",
        _both(networks.no_way_out, harm.opened),
        _EGRESS,
    ),
    Invariant(
        "I9",
        "Credentials of jobs work in our network, people's at their addresses; no foreign endpoint, no old URL.",
        origins.from_no_network_but_ours,
        _ADDRESSES,
    ),
    Invariant(
        "I10",
        "Nothing is read or written over plain HTTP, nor a bucket over a TLS older than 1.2.",
        perimeter.only_encrypted_transport,
    ),
    Invariant(
        "I11",
        "An object is encrypted with its product's key, whatever the writer asks for.",
        products.only_its_key,
        _DEFAULT_ENCRYPTION,
    ),
    Invariant(
        "I12",
        "A key is used by its service, for those whom it is for; the deployment administers it, and starts tables.",
        _both(keys.keys_only_through_their_services, log_keys.logs_use_their_own_key, harm.on_keys),
    ),
    Invariant(
        "I13",
        "A clearance held once reads, in every domain, exactly the columns that its classifications cover.",
        clearances.clearances_are_exact,
    ),
    Invariant(
        "I14",
        "With S3 alone nobody reads or lists a product but its own roles and, on a files port, the cleared.",
        products.no_way_around_lake_formation,
    ),
    Invariant(
        "I15",
        "Nobody tags a role or a session with an attribute of the mesh; and no decision rests on a tag.",
        guardrails.attributes_are_unforgeable,
    ),
    Invariant(
        "I16",
        "No role switches a control off; only the deployment changes one.",
        _both(
            guardrails.controls_stay_up,
            narrow_exceptions.exceptions_are_narrow,
            narrow_policies.policies_spare_roles_of_the_design,
            harm.changed,
            no_unit.in_no_unit,
        ),
    ),
    Invariant(
        "I17",
        "Every role that somebody makes carries the boundary, and a role of the mesh is changed by deployments.",
        boundary.roles_carry_the_boundary,
    ),
    Invariant(
        "I18",
        "No bucket is public, and none can be made so.",
        guardrails.no_public_bucket,
        _PUBLIC_ACCESS_BLOCK,
    ),
    Invariant(
        "I19",
        "Nothing is shared, granted or told to anybody outside, by deployments either: RAM, policies, targets, alarms.",
        _both(sharing.no_sharing, harm.shared),
    ),
    Invariant(
        "I20",
        "What leaves the hub is a clearance's expression, and a domain passes on that alone; drafts alone are IAM's.",
        mesh_catalog.nothing_is_passed_on,
    ),
    Invariant(
        "I21",
        "Nobody deletes a log or adds to one, the deployment of its own account included.",
        logs.logs_are_immutable,
        _OBJECT_LOCK,
    ),
    Invariant(
        "I22",
        "The glass is broken by a user made for it, with a fresh second factor, under a name; and it is heard.",
        break_glass.break_glass_is_narrow,
        _BREAK_GLASS,
    ),
    Invariant(
        "I23",
        "The mesh catalog is read by domains; governance makes its databases, publishers move their domain's tables.",
        _both(mesh_catalog.catalog_is_closed, harm.on_the_catalog),
    ),
    Invariant(
        "I24",
        "A query's result stays in the prefix of its clearance, and workgroups are set up by deployments.",
        query_results.results_stay_home,
        _WORKGROUPS,
    ),
    Invariant(
        "I25",
        "Nobody acts as a role that they may not assume by a job, its script, arguments or logs, a stack or an alias.",
        _both(jobs.jobs_stay_as_made, scripts.scripts_stay_as_made),
    ),
    Invariant(
        "I26",
        "Who holds a clearance has a line in its file, approved by one of its approvers, with a review neither past "
        "nor beyond the horizon; and who has one holds it. Engineers, owners and auditors are those of the files.",
        people.holders_are_approved,
        beyond=people.WHO_IS_IN_A_GROUP,
    ),
    Invariant(
        "I27",
        "No group of people, by name or by id, is of a domain and of a partner, or of two partners.",
        people.partners_stand_apart,
    ),
    Invariant(
        "I31",
        "A pipeline reads the products that its YAML names, of them what its clearance covers, and nothing else.",
        _both(machines.machines_read_by_clearance, machine_files.files_admit_machines),
    ),
    Invariant(
        "I32",
        "A product carries the labels of what its pipeline reads, or leaves them behind with a reason and a yes.",
        machines.labels_follow_what_is_read,
    ),
    Invariant(
        "M1",
        "Nothing is made in another region, where none of the mesh's services keeps watch.",
        exfiltration.one_region,
    ),
    Invariant(
        "M2",
        "Nobody but the deployment of its account changes how a product's bucket is set up.",
        products.set_up_by_the_deployment,
    ),
    Invariant(
        "M5",
        "A product's pipeline is its only writer, and writes nothing else; the deployment starts tables.",
        products.one_writer,
    ),
    Invariant(
        "M9",
        "Events of products come from pipelines, the domains' deployments subscribe; nobody else reaches the bus.",
        event_bus.pipelines_tell_the_mesh,
    ),
    Invariant(
        "M10",
        "A preview, which runs for every pull request, looks at settings and never at data or secrets.",
        _both(roles.previews_read_no_data, harm.looked_at),
    ),
    Invariant(
        "M12",
        "A role is assumed by those whom it is for: people with its permission set, jobs, the deployment, the CI.",
        roles.roles_are_entered_by_their_own,
    ),
    Invariant(
        "M13",
        "What a clearance covers can indeed be read, by every link: query, catalog, location role, result.",
        clearances.reads_come_through,
    ),
    Invariant(
        "M14",
        "S3 delivers access logs for the account that they are of, and the trail of the organisation arrives.",
        logs.logs_arrive,
    ),
    Invariant(
        "M15",
        "An agreement ends with its last day: in the next second no writer delivers and no inbox takes.",
        ends.deliveries_end,
    ),
    Invariant(
        "M16",
        "A domain's deployment makes no reader and becomes none; that of who reads touches nothing that a domain owns.",
        two_deployments.deployments_are_apart,
    ),
    Invariant(
        "M17",
        "Engineers, owners and auditors of a domain read no data and run no code of their own.",
        staff.staff_adds_no_reader,
    ),
    Invariant(
        "M18",
        "CI of a stack signs in from the stack's own environment, and becomes the stack's own deployment alone.",
        continuous_integration.ci_becomes_its_stack,
        _CI,
    ),
    Invariant(
        "M19",
        "The role that deploys a resource may make every call of the AWS plugin for it, and a preview every read.",
        deployable.stacks_can_be_deployed,
        _PLUGIN,
    ),
    Invariant(
        "M20",
        "Rules alone wake the publication function; it alone writes what is published, and a domain reads its own.",
        publications.what_is_published_is_the_functions,
    ),
    Invariant(
        "M21",
        "What is published, and what it can go back to, is deleted by optimizers alone, later than it may lag.",
        retention.published_files_stay,
        retention.OPTIMIZERS,
    ),
    Invariant(
        "R1",
        "Who steals a role, a group or a pull request comes, whatever ways lead on, to no more than its class.",
        becoming.nobody_becomes_more,
        becoming.WHO_MOVES,
    ),
    Invariant(
        "R2",
        "Every class of principal has a bound, and every action that acts through a role is asked as a way.",
        becoming.every_way_is_asked,
    ),
    Invariant(
        "U1",
        "Every action of AWS is refused for everybody, or is listed with what it can do and what bounds it.",
        _every_action,
    ),
    Invariant(
        "U2",
        "A role can do what its work needs, and nothing harmful beside it.",
        duties.roles_do_their_work,
    ),
    Invariant(
        "U3",
        "The policy of a resource refuses every harm to all but those whom the design entitles to it.",
        entitled.harm_is_for_the_entitled,
    ),
)


def asked(subject: Subject, invariant: str) -> Mapping[str, AnyClaim] | None:
    """A claim of an invariant for each action (lower case) that it refuses; None when there is no such invariant."""
    if invariant not in subject.asked:
        claims = next((each.claims(subject) for each in INVARIANTS if each.id == invariant), None)
        if claims is None:
            return None
        found: dict[str, AnyClaim] = {}
        for claim in claims:
            for action in refused_by(claim):
                found.setdefault(action, claim)
        subject.asked[invariant] = found
    return subject.asked[invariant]
