"""Where each adversary comes to in the sample mesh: closures written by hand, and the graph against its own pairs."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

import pytest

from mesh import example
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import Plan, build
from mesh.proof import written_labels
from mesh.proof.reachability.adversaries import Adversaries
from mesh.proof.reachability.classes import PrincipalNode
from mesh.proof.reachability.graph import PrincipalGraph
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels

PRODUCTS: Final = ("dialogue-lists", "rights", "title-embeddings", "titles")
CLEARANCES: Final = ("financial", "general", "pii", "restricted")
DOMAINS: Final = ("ads", "content", "identity", "playback", "recommendations", "subscriptions")
PARTNERS: Final = ("partner-ad-measurement", "partner-subtitling")
REPOSITORY: Final = "repo:aurora-streaming/data-mesh"
OF_CONTENT: Final = [f"pipeline/none/{product}@content" for product in PRODUCTS]
OF_SERVICES: Final = ["forward@content", "retention@content", "start@content"]
OF_IDENTITY: Final = [
    *(f"pipeline/none/{product}@identity" for product in ("accounts", "login-risk", "profiles")),
    "pipeline/pii/device-graph@identity",
]
READERS_OF_CONTENT: Final = [f"clearance/{clearance}@content" for clearance in CLEARANCES]

CLOSURES: Final[dict[str, list[str]]] = {
    # ---- who moves nowhere
    "administrator@content": [],
    "administrator@governance": [],
    "administrator@partner-ad-measurement": [],
    "outsider@666666666666": [],
    "outsider@777777777777": [],
    "anonymous": [],
    "preview@content": [],
    "preview@governance": [],
    "preview@partner-subtitling": [],
    "pipeline/none/titles@content": [],
    "delivery/deliver-dialogue-lists@content": [],
    "location/content@governance": [],
    "clearance/general@content": [],
    "clearance/pii@content": [],
    "clearance/financial@content": [],
    "clearance/restricted@content": [],
    "access@partner-ad-measurement": [],
    "publisher/publish-content@governance": [],
    "check@content": [],
    "forward@content": [],
    "retention@content": [],
    "start@content": [],
    "start@identity": [],
    "pipeline/pii/device-graph@identity": [],
    "functions/publication@governance": [
        *(f"check@{domain}" for domain in DOMAINS),
        *(f"publisher/publish-{domain}@governance" for domain in DOMAINS),
    ],
    # ---- people
    "people/pii@identity": ["clearance/pii@identity"],
    "group/growth-analysts": ["people/general@subscriptions", "clearance/general@subscriptions"],
    "group/ads-finance": ["people/restricted@ads", "clearance/restricted@ads"],
    "group/ad-measurement-analysts": [
        "people/mesh-partner@partner-ad-measurement",
        "access@partner-ad-measurement",
    ],
    # ---- staff
    "engineer@content": [],
    "engineer@identity": [],
    "owner@content": [],
    "auditor@content": [],
    "group/content-engineers": ["people/mesh-engineer@content", "engineer@content"],
    # ---- files
    "pull-request@content": OF_CONTENT,
    "pull-request@identity": OF_IDENTITY,
    # ---- continuous integration, and tokens that it does not take
    f"token/{REPOSITORY}:pull_request": [],
    "token/repo:somebody/else:environment:governance": [],
    "ci/domain-320000000021@governance": [
        *("deploy@content", "preview@content", "administrator@content", *OF_CONTENT, *OF_SERVICES),
    ],
    "ci/previews@governance": [f"preview@{owner}" for owner in (*DOMAINS, *PARTNERS, "governance", "management")],
    "ci/partners@governance": [
        f"{role}@{partner}"
        for partner in PARTNERS
        for role in ("deploy", "preview", "access", "administrator", *(f"clearance/{each}" for each in CLEARANCES))
    ],
    # ---- deployments
    "deploy@content": ["administrator@content", *OF_CONTENT, *OF_SERVICES],
    "deploy@identity": [
        *("administrator@identity", "forward@identity", "retention@identity", "start@identity"),
        *OF_IDENTITY,
    ],
    "deploy-access@content": [
        "delivery/deliver-dialogue-lists@content",
        *READERS_OF_CONTENT,
        *OF_CONTENT,
        *OF_SERVICES,
        *(f"{duty}@content" for duty in ("engineer", "owner", "auditor", "check")),
    ],
    "deploy@partner-subtitling": [
        "access@partner-subtitling",
        "administrator@partner-subtitling",
        *(f"clearance/{clearance}@partner-subtitling" for clearance in CLEARANCES),
    ],
}


@pytest.fixture(scope="module")
def adversaries(plan: Plan, written: WrittenLabels) -> Adversaries:
    return Adversaries(Subject(plan, written))


def named(graph: PrincipalGraph, name: str) -> PrincipalNode:
    return next(node for node in graph.nodes.values() if node.name == name)


@pytest.mark.parametrize("name", CLOSURES)
def test_an_adversary_comes_to_these_principals_and_to_no_other(adversaries: Adversaries, name: str) -> None:
    graph = adversaries.graph
    becomes = adversaries.radius(named(graph, name)).becomes
    assert sorted(graph.nodes[key].name for key in becomes) == sorted(CLOSURES[name])


def test_a_stolen_deployment_of_a_domain_reads_nothing_but_its_own_products(adversaries: Adversaries) -> None:
    radius = adversaries.radius(named(adversaries.graph, "deploy@content"))
    own = [f"content.{product}" for product in PRODUCTS]
    assert (list(radius.reads), list(radius.writes), radius.labels) == (own, own, ("financial",))
    assert radius.accounts == ("content",)


def test_a_stolen_ci_role_of_a_domain_reads_nothing_but_its_own_products(adversaries: Adversaries) -> None:
    own = adversaries.radius(named(adversaries.graph, "deploy@content"))
    stolen = adversaries.radius(named(adversaries.graph, "ci/domain-320000000021@governance"))
    assert (stolen.reads, stolen.writes, stolen.labels) == (own.reads, own.writes, own.labels)
    assert stolen.accounts == ("content", "governance")


def test_the_ci_of_who_reads_enters_accounts_of_domains_alone(adversaries: Adversaries) -> None:
    graph = adversaries.graph
    becomes = adversaries.radius(named(graph, "ci/access@governance")).becomes
    assert {graph.nodes[key].owner for key in becomes} == set(DOMAINS)
    people = {"clearance", "engineer", "owner", "auditor"}
    kinds = {"deploy-access", "preview", "pipeline", "delivery", "check", "forward", "retention", "start", *people}
    assert {graph.nodes[key].kind for key in becomes} == kinds


@pytest.mark.parametrize("clearance", CLEARANCES)
def test_an_analyst_reads_what_the_clearance_covers_and_no_more(adversaries: Adversaries, clearance: str) -> None:
    covers = {"general": (), "financial": ("financial",), "pii": ("pii",), "restricted": ("financial", "pii")}
    radius = adversaries.radius(named(adversaries.graph, f"clearance/{clearance}@content"))
    assert tuple(sorted(radius.labels)) == covers[clearance]
    assert radius.reads


def test_nobody_of_a_partner_reads_a_product(adversaries: Adversaries) -> None:
    for name in ("deploy@partner-ad-measurement", "group/ad-measurement-analysts", "administrator@partner-subtitling"):
        reads = adversaries.radius(named(adversaries.graph, name)).reads
        assert {what.partition(" of ")[2] for what in reads} == {
            named(adversaries.graph, name).owner or "partner-ad-measurement"
        }


def test_a_member_whose_review_has_passed_comes_to_nothing(sample: Mesh, written: WrittenLabels) -> None:
    """Of the groups only partners' and the staff's, which read no data, remain when every review has passed."""
    graph = PrincipalGraph(Subject(build(sample, datetime.date(2031, 1, 1)), written))
    called = {node.name for node in graph.nodes.values() if node.kind == "group"}
    staff = {
        f"group/{group}" for domain in sample.domains.values() for group in (*domain.engineers, *domain.owners)
    } | {f"group/{group}" for group in sample.file.auditors}
    assert called - staff == {
        "group/ad-measurement-analysts",
        "group/subtitling-project-managers",
        "group/subtitling-translators",
    }
    assert [
        node.name for node in graph.nodes.values() if node.kind == "permission set" and node.detail in CLEARANCES
    ] == []


@pytest.mark.long
def test_a_step_of_a_class_is_a_step_of_every_pair_of_it(plan: Plan, written: WrittenLabels) -> None:
    """What one pair answers for all like it, each pair answers when it is asked itself."""
    graph = PrincipalGraph(Subject(plan, written))
    asked = [node for node in graph.nodes.values() if node.is_role]
    differing: list[str] = []
    for source in asked:
        if source.owner in ("ads", "content", "governance", "partner-subtitling"):
            lifted = {(step.target.key, step.way.kind, step.way.by) for step in graph.steps(source)}
            direct = {(t.key, way.kind, way.by) for t in asked for way in graph.edges.ways(source, t)}
            differing += [f"{source.name}: {each}" for each in lifted ^ direct]
    assert differing == []


def test_classes_do_not_grow_with_the_number_of_domains(tmp_path: Path) -> None:
    def classes(domains: int) -> int:
        day, folder = datetime.date(2027, 1, 1), tmp_path / str(domains)
        example.write(folder, domains=domains, products=2, partners=1, as_of=day)
        mesh = load(folder).usable()
        return len(Adversaries(Subject(build(mesh, day), written_labels.read(folder, mesh))).starts)

    assert classes(48) == classes(24)
