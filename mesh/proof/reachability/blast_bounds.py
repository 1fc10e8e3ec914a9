"""Bounds of blast radii: for each class the most that whoever steals one comes to, and why.

One table. R1 holds the closure of the graph against what it says, R2 that every class stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final, Literal, NamedTuple

from mesh.proof.reachability.blast import BlastRadius, Harmed, name_of
from mesh.proof.reachability.classes import GROUP, PrincipalNode, bound_to, unit_of
from mesh.proof.reachability.gains import Gain, HarmKind
from mesh.proof.reachability.graph import PrincipalGraph

Extent = Literal["nothing", "own product", "own", "worked on", "worked with", "covered", "of partners", "everything"]
"""Products: none, the one of the principal, those of its owner, what its clearance covers, partners' copies, all.

`worked on` is the one product and what its pipeline reads within its clearance, `worked with` the same of an owner's.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlastBound:
    """The most that a principal of a class reads, writes, loosens and enters when it is stolen, and the reason.

    `loosens` are guardrails of its own account, `elsewhere` those of other accounts by their kind, `products` the
    protections of products. `enters` are kinds of accounts beside its own.
    """

    why: str
    reads: Extent = "nothing"
    writes: Extent = "nothing"
    products: Extent = "nothing"
    loosens: frozenset[str] = frozenset()
    elsewhere: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    enters: frozenset[str] = field(default_factory=frozenset[str])
    unbounded: bool = False


_OF_AN_ACCOUNT: Final = frozenset({"block of public access", "log bucket", "query results", "workgroups"})
"""What the deployment of an account sets up there."""


_OF_A_PARTNER: Final = _OF_AN_ACCOUNT | {"boundary", "roles of the mesh"}
_OF_GOVERNANCE: Final = _OF_AN_ACCOUNT | {
    "LF-tags",
    "Lake Formation settings and grants",
    "alarm of the break-glass role",
    "audit bucket",
    "boundary",
    "mesh catalog",
    "network",
    "registered locations",
    "roles of the mesh",
}
_BY_GOVERNANCE: Final[Mapping[str, frozenset[str]]] = {"a domain": _OF_AN_ACCOUNT, "management": frozenset({"trail"})}
"""What governance sets up elsewhere: by the CI roles of domains; and the trail, which it keeps for management."""
_WHO_READS: Final = frozenset({"Lake Formation settings and grants", "boundary"})
_LABELS: Final = frozenset({"LF-tags"})
_BESIDE_GOVERNANCE: Final = frozenset({"management", "a domain", "a partner"})


def _everything(why: str) -> BlastBound:
    return BlastBound(
        why=why,
        reads="everything",
        writes="everything",
        products="everything",
        unbounded=True,
    )


_GOVERNANCE: Final = BlastBound(
    why="It makes the catalog, the roles that read for it, and the CI roles of domains; no other deployment's.",
    reads="everything",
    writes="everything",
    products="everything",
    loosens=_OF_GOVERNANCE,
    elsewhere=_BY_GOVERNANCE,
    enters=frozenset({"a domain"}),
)

BOUNDS: Final[Mapping[str, BlastBound]] = {
    # ---- people
    "administrator of a domain": BlastBound(
        why="A team's own roles do its work; they are no reader and no deployment."
    ),
    "administrator of governance": BlastBound(why="Governance is changed by its deployment alone."),
    "administrator of a partner": BlastBound(
        why="A partner's account, and the copies in it, are the partner's.", reads="own"
    ),
    "administrator of management": _everything(
        "No SCP and no RCP binds the management account; nobody works there, and no data is there."
    ),
    "group": BlastBound(
        why="People hold what they are assigned: clearances in domains, or a partner's access, and never both.",
        reads="covered",
    ),
    "permission set": BlastBound(why="A permission set leads into the one role of its name.", reads="covered"),
    "clearance": BlastBound(why="A clearance reads what it covers, in every domain.", reads="covered"),
    "partner people": BlastBound(why="A partner's people read what is delivered to the partner.", reads="own"),
    "engineer": BlastBound(why="An engineer starts and stops what is there, and sees no data."),
    "owner": BlastBound(why="An owner looks at settings."),
    "auditor": BlastBound(why="An auditor looks at settings and trails, and at no data."),
    "outsider": BlastBound(why="Nobody outside the organisation acts on anything of it."),
    # ---- jobs
    "pipeline": BlastBound(
        why="A pipeline writes its one product, and reads what its YAML names, within its clearance.",
        reads="worked on",
        writes="own product",
    ),
    "delivery": BlastBound(why="S3 replicates with it, and no other action copies what lies under `outbound/`."),
    "location": BlastBound(why="Lake Formation reads a domain's tables with it.", reads="own"),
    "publisher": BlastBound(
        why="A publisher moves its domain's tables in the catalog and labels them; it reads no data.",
        writes="own",
        elsewhere={"governance": _LABELS},
    ),
    "check": BlastBound(why="The check reads its domain's tables before they are published.", reads="own"),
    "retention": BlastBound(
        why="Optimizers rewrite and delete files of their domain's tables.", reads="own", writes="own"
    ),
    "start": BlastBound(why="EventBridge starts with it what stands, and no argument is its own."),
    "forward": BlastBound(why="A rule passes on what AWS tells; the function that hears of it looks for itself."),
    "publication": BlastBound(
        why="The publication function checks every draft and publishes it: it is the one gate of all domains.",
        reads="everything",
        writes="everything",
        loosens=_LABELS,
        enters=frozenset({"a domain"}),
    ),
    # ---- deployments
    "preview of management": BlastBound(why="A preview reads settings."),
    "preview of governance": BlastBound(why="A preview reads settings."),
    "preview of a domain": BlastBound(why="A preview reads settings."),
    "preview of a partner": BlastBound(why="A preview reads settings."),
    "deploy of a domain": BlastBound(
        why="What a domain owns: its buckets, keys and drafts, and the jobs that write them, with what those read.",
        reads="worked with",
        writes="own",
        products="own",
        loosens=_OF_AN_ACCOUNT,
    ),
    "deploy-access of a domain": BlastBound(
        why="It makes the roles of readers and jobs in its account: it decides who reads, and so could read.",
        reads="everything",
        writes="own",
        loosens=_WHO_READS,
    ),
    "deploy of a partner": BlastBound(
        why="A partner's stack makes the inbox, its boundary and its access role.",
        reads="own",
        loosens=_OF_A_PARTNER,
    ),
    "deploy of governance": _GOVERNANCE,
    "deploy of management": _everything("The stack `organization` makes the walls."),
    "break-glass": _everything("For emergencies: it becomes every deployment, under a name, and an alarm tells."),
    "stack sets": _everything("StackSets makes the first roles of an account with it, and AWS alone acts with it."),
    "break-glass user": _everything("It becomes the break-glass role, with a fresh second factor."),
    # ---- files
    "pull request": BlastBound(
        why="A domain's files decide over the domain's products: their labels, and the scripts of their pipelines.",
        reads="worked with",
        writes="own",
    ),
    # ---- continuous integration
    "ci organization": _everything("It becomes the deployment of the management account."),
    "ci governance": replace(
        _GOVERNANCE, why="It becomes the deployment of governance, and by the CI roles of domains those of domains."
    ),
    "ci access": BlastBound(
        why="It becomes the deployment of who reads in every domain: whoever decides who reads, could read.",
        reads="everything",
        writes="everything",
        elsewhere={"a domain": _WHO_READS},
        enters=frozenset({"a domain"}),
    ),
    "ci partners": BlastBound(
        why="It becomes the deployment of every partner.",
        reads="of partners",
        elsewhere={"a partner": _OF_A_PARTNER},
        enters=frozenset({"a partner"}),
    ),
    "ci domain": BlastBound(
        why="It becomes the deployment of its one domain, and no more than that.",
        reads="worked with",
        writes="own",
        products="own",
        loosens=_OF_AN_ACCOUNT,
    ),
    "ci previews": BlastBound(why="It runs the code of pull requests, and reads settings.", enters=_BESIDE_GOVERNANCE),
}


class Standing(NamedTuple):
    """A principal by what people wrote: owners it belongs to, and the labels that its clearances cover."""

    owners: frozenset[str]
    product: str
    covers: frozenset[str] | None


def standing_of(graph: PrincipalGraph, node: PrincipalNode) -> Standing:
    """The standing of a principal; a clearance covers what its file says."""
    if node.kind != GROUP:
        covers = graph.subject.written_clearances.get(node.detail) if node.kind in _OF_A_CLEARANCE else None
        return Standing(frozenset({node.owner}), f"{node.owner}.{node.product}", covers)
    held = graph.assigned(node)
    partners = frozenset(account for account, _ in held if account.startswith("partner-"))
    if partners:
        # Who belongs to a partner holds no clearance, and belongs to no second one.
        return Standing(partners if len(partners) == 1 else frozenset(), "", None)
    written = graph.subject.written_clearances
    covers = frozenset[str]().union(*(written.get(name, frozenset()) for _, name in held))
    return Standing(frozenset(account.removeprefix("domain-") for account, _ in held), "", covers)


_OF_A_CLEARANCE: Final = frozenset({"clearance", "permission set"})


def beyond(graph: PrincipalGraph, radius: BlastRadius, verb: HarmKind) -> Iterator[Harmed]:
    """The harms of one kind that are beyond the bound of the principal's class. Raises KeyError without a bound."""
    bound, standing = BOUNDS[bound_to(radius.start)], standing_of(graph, radius.start)
    for harm in radius.harms:
        if harm.gain.verb == verb and not (bound.unbounded or _within(bound, standing, harm.gain, graph)):
            yield harm


def within(graph: PrincipalGraph, radius: BlastRadius) -> bool:
    """Whether a principal comes to no more than the bound of its class. Raises KeyError without a bound."""
    verbs: tuple[HarmKind, ...] = ("reads", "writes", "loosens")
    harms = chain.from_iterable(beyond(graph, radius, verb) for verb in verbs)
    return next(harms, None) is None and next(entered_beyond(graph, radius), None) is None


def entered_beyond(graph: PrincipalGraph, radius: BlastRadius) -> Iterator[str]:
    """Paths into accounts beyond the bound of the principal's class."""
    bound, standing = BOUNDS[bound_to(radius.start)], standing_of(graph, radius.start)
    home = graph.owners.get(radius.start.account, "")
    for path in radius.paths.values():
        owner = graph.owners.get(path[-1].target.account, "") if path else ""
        if (
            owner not in ("", home)
            and not bound.unbounded
            and owner not in standing.owners
            and unit_of(owner) not in bound.enters
        ):
            yield "; then ".join(map(str, path))


def _within(bound: BlastBound, standing: Standing, gain: Gain, graph: PrincipalGraph) -> bool:
    if gain.verb == "reads":
        return _in_extent(bound.reads, standing, gain, graph)
    if gain.verb == "writes":
        return _in_extent(bound.writes, standing, gain, graph)
    if "." in gain.what:
        return _in_extent(bound.products, standing, gain, graph)
    if gain.owner in standing.owners:
        return gain.what in bound.loosens
    return gain.what in bound.elsewhere.get(unit_of(gain.owner), frozenset())


def _in_extent(extent: Extent, standing: Standing, gain: Gain, graph: PrincipalGraph) -> bool:
    match extent:
        case "nothing":
            return False
        case "everything":
            return True
        case "own product":
            return name_of(gain) == standing.product
        case "own":
            return gain.owner in standing.owners
        case "worked on":
            return name_of(gain) == standing.product or _is_read(gain, graph, frozenset({standing.product}))
        case "worked with":
            return gain.owner in standing.owners or _is_read(gain, graph, _products_of(standing, graph))
        case "of partners":
            return gain.owner.startswith("partner-")
        case "covered":
            if standing.covers is None:
                return gain.owner in standing.owners and gain.owner.startswith("partner-")
            return gain.owner in graph.subject.plan.domains and gain.labels <= standing.covers


def _products_of(standing: Standing, graph: PrincipalGraph) -> frozenset[str]:
    return frozenset(name for name in graph.subject.as_written.pipelines if name.partition(".")[0] in standing.owners)


def _is_read(gain: Gain, graph: PrincipalGraph, products: frozenset[str]) -> bool:
    """Whether the pipeline of one of these products reads what was gained, as the files have it."""
    written = graph.subject.as_written
    pipelines = (written.pipelines[name] for name in products if name in written.pipelines)
    return any(
        name_of(gain) in pipeline.reads and gain.labels <= written.clearances.get(pipeline.clearance, frozenset())
        for pipeline in pipelines
    )
