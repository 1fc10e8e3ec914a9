"""A mesh that an earlier commit deployed keeps what it has, when states were moved as two pages say: as recorded."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

import pytest
from pulumi import Alias, ResourceOptions

import components
from mesh.folder import PlannedMesh
from sandbox.emulator.provider import AwsProvider, RoleAssumer
from sandbox.engine.driver import RunResult
from sandbox.engine.state import StackState
from sandbox.engine.urns import type_of
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_engine import PulumiEngine
from sandbox.runs.stack_run import PROJECT, StackEngine, StackTask
from sandbox.runs.states import state_directory
from sandbox.runs.workspace import EmbeddedEngine
from tests.e2e import moving, recording
from tests.e2e.ground import TINY
from tests.e2e.journal import mesh_of
from tests.sandbox.runs.in_memory_states import InMemoryStates

MESH = mesh_of(TINY)
STACKS = MESH.plan.stacks
RECORDED = tuple(stack for stack in STACKS if not stack.startswith("access-"))
"""The stacks that there were when the states were recorded."""
OF_DOMAINS = tuple(stack for stack in RECORDED if stack.startswith("domain-"))
RENAMED = {
    "mesh:aws:Organization": "mesh:aws:LandingZone",
    "mesh:aws:DomainAccount": "mesh:aws:AccountBaseline",
    "mesh:aws:Delivery": "mesh:aws:PartnerReplication",
    "mesh:aws:Keepers": "mesh:aws:BreakGlassGroup",
}
"""Type tokens of components, as recorded and as they are now."""
_AT_UNITS = ("mesh-actions-of-accounts", "mesh-actions-of-data", "mesh-actions-of-workloads")
_AT_THE_ROOT = ("mesh-credentials-stay-inside", "mesh-jobs-stay-as-made", "mesh-no-learning", "mesh-our-networks")
_DUTIES = ("auditor", "engineer", "owner")
_DEFAULT = {f"{kind}::default" for kind in ("DefaultDatabase", "CatalogDatabase", "Permissions")}
_STAFF = {f"{kind}::{duty}" for kind in ("StaffRole", "MeshRole", "Role", "RolePolicy") for duty in _DUTIES}
_BUCKET = (
    *("Bucket", "BucketLifecycleConfiguration", "BucketLogging", "BucketOwnershipControls", "BucketPolicy"),
    *("BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration", "BucketVersioning", "PrivateBucket"),
)
_PUBLICATION = {
    *(f"{kind}::publications" for kind in _BUCKET),
    *(f"{kind}::publication" for kind in ("EventSourceMapping", "Function", "LogGroup", "Publication", "Queue")),
    *(f"{kind}::publication" for kind in ("MeshRole", "PublicationRole", "Role", "RolePolicy")),
    *(f"{kind}::publication" for kind in ("Topic", "TopicSubscription")),
    *(f"{kind}::mesh-{why}" for kind in ("EventRule", "EventTarget") for why in ("requests", "sweep", "wake-ups")),
    *(f"MetricAlarm::publication-{what}" for what in ("fails", "lags", "late", "sleeps", "unanswered")),
    *("Queue::publication-unanswered", "SecurityGroup::functions"),
}
_JOBS = {
    *(f"{kind}::jobs-scripts" for kind in _BUCKET),
    *(f"{kind}::jobs" for kind in ("Connection", "JobBaseline", "SecurityGroup")),
    *(f"{kind}::mesh-{what}" for kind in ("EventRule", "EventTarget") for what in ("commits", "drafts")),
    "Wakeups::wake-ups",
}
"""What jobs of an account share, and what tells the publication of their drafts."""


_HEARD = {
    *(f"{kind}::heard-refusals" for kind in ("EventRule", "EventTarget")),
    *(f"{kind}::heard-counted" for kind in ("EventRule", "MetricAlarm")),
    "HeardPublications::heard",
}
"""What brings a domain the refusals of its own products."""


def _role(component: str, name: str) -> set[str]:
    return {f"{kind}::{name}" for kind in (component, "MeshRole", "Role", "RolePolicy")}


def _drafts(product: str) -> set[str]:
    """What a product whose one table has its name has by now: tables of its draft, who keeps them small, its job."""
    optimizers = ("compaction", "orphan_file_deletion", "retention")
    return {
        *(f"{kind}::{product}" for kind in ("DraftTables", "Pipeline", "TableOptimizers", "Workgroup")),
        f"CatalogTable::{product}-{product}",
        *(f"CatalogTableOptimizer::{product}-{product}-{optimizer}" for optimizer in optimizers),
        *(f"{kind}::{product}-schedule" for kind in ("EventRule", "EventTarget")),
        *(f"MetricAlarm::{product}-{how}" for how in ("failed", "succeeded")),
    }


ADDED = {
    "organization": {
        *(f"{kind}::mesh-{duty}" for kind in ("PermissionSet", "PermissionSetInlinePolicy") for duty in _DUTIES),
        "AccountAssignment::domain-orders-mesh-owner-orders-owners",
        "AccountAssignment::domain-shop-mesh-engineer-shop-engineers",
        *(f"AccountAssignment::domain-{name}-mesh-auditor-internal-audit" for name in ("orders", "shop")),
        "OrganizationsFeatures::organization",
        *(f"{type_}::{name}" for type_ in ("Policy", "PolicyAttachment") for name in _AT_THE_ROOT),
        *(f"Policy::{name}" for name in _AT_UNITS),
        *(f"PolicyAttachment::{name}-{unit}" for name in _AT_UNITS for unit in ("domains", "governance", "partners")),
        *("Policy::mesh-who-reads", "PolicyAttachment::mesh-who-reads"),
        *("StackSet::bootstrap-access", "StackInstances::bootstrap-access"),
    },
    "governance": {
        *("DefaultNetworkAcl::mesh", "NetworkAcl::mesh"),
        "AccountBudget::governance",
        "Permissions::every-database",
        # Registered by the domains' stacks before; the plugin takes what is registered already.
        *(
            f"{kind}::{name}"
            for kind in ("RegisteredLocation", "Resource", "Permissions")
            for name in ("orders.customers", "orders.parcels")
        ),
        # Of entries the databases were imported; their tags are written over, and no table of theirs is here.
        *_PUBLICATION,
        *(f"Permissions::publishes-orders.{name}" for name in ("customers", "parcels")),
        *(f"ResourceLfTag::orders.{name}-{tag}" for name in ("customers", "parcels") for tag in ("financial", "pii")),
    },
    # Components alone: the policy and the roles in them were moved.
    "access-orders": {
        *("AccountBoundary::orders", "DeliveryRole::parcels"),
        *_STAFF,
        *_DEFAULT,
        *(
            f"{kind}::orders.{name}"
            for kind in ("ResourceLink", "CatalogDatabase", "Permissions")
            for name in ("customers", "parcels")
        ),
        *(f"{kind}::{name}" for kind in ("DraftDatabase",) for name in ("customers", "parcels")),
        *(f"{kind}::{name}-draft" for kind in ("CatalogDatabase", "Permissions") for name in ("customers", "parcels")),
        *_role("CheckRole", "check"),
        *_role("ForwardRole", "forward"),
        *_role("RetentionRole", "retention"),
        *_role("StartRole", "start"),
    },
    "access-shop": {
        *("AccountBoundary::shop", *_STAFF, *_DEFAULT),
        *_role("CheckRole", "check"),
        *_role("ForwardRole", "forward"),
        *_role("StartRole", "start"),
        # What its pipeline reads by its clearance.
        *(f"Permissions::clicks-{what}" for what in ("database", "table")),
    },
    "partner-courier": {
        *("AccountBudget::courier", "CatalogDatabase::courier-default"),
        *("InboxTables::orders.parcels", "CatalogTable::orders.parcels-parcels"),
    },
    "domain-shop": {
        *("AccountBudget::shop", *_JOBS, "Workgroup::shop-mesh-check"),
        *(f"{kind}::clicks" for kind in ("BucketObjectv2", "Job", "Pipeline", "Workflow", "Workgroup")),
        *(f"EventRule::clicks-{what}" for what in ("event", "failed", "succeeded")),
        *(f"LogGroup::clicks-{what}" for what in ("error", "output")),
        *(f"Trigger::clicks-{what}" for what in ("event", "run", "window-january")),
        *("EventTarget::clicks-event", "MetricAlarm::clicks-failed"),
        *(*_HEARD, "EventRule::heard", "EventTarget::heard"),
    },
    "domain-orders": {
        *("AccountBudget::orders", *_JOBS, *_HEARD, "Workgroup::orders-mesh-check"),
        *_drafts("customers"),
        *_drafts("parcels"),
        *("StateMachine::customers", "Function::parcels", "LogGroup::parcels", "Permission::parcels-schedule"),
        *("MetricAlarm::parcels-courier", "EventRule::customers-failed"),
    },
}
"""From a stack to what it has by now and did not have when it was recorded: of what is new, nothing else."""
_ROLE = ("Role", "RolePolicy")
_SEEING = {f"Permissions::{clearance}-database" for clearance in ("general", "pii")}
REPLACED = {
    # A pipeline's role has another path by now.
    "access-orders": {*_SEEING, *(f"{kind}::{name}" for kind in _ROLE for name in ("customers", "parcels"))},
    "access-shop": {*_SEEING, *(f"{kind}::clicks" for kind in _ROLE)},
}
"""From a stack to what AWS cannot change in place: grants and paths of roles, and no other resource."""
DELETED = {
    # The one grant on every database is there before, and the role for emergencies comes with the bootstrap.
    # Publishers make tables where a grant on a database says so, and no databases.
    "governance": {
        *(*_SEEING, *(f"{kind}::break-glass" for kind in ("MeshRole", *_ROLE))),
        *(f"Permissions::publish-{domain}-publishes" for domain in ("orders", "shop")),
    },
}
"""From a stack to what another resource says by now."""


class Preview(Protocol):
    """From a stack, and a mesh that is not MESH, to what an update of the stack's recorded state would come to."""

    def __call__(self, stack: str, mesh: PlannedMesh = MESH) -> RunResult: ...


States = Callable[[str], dict[str, str]]
"""From an engine to states by their stacks."""


@contextmanager
def previews(request: pytest.FixtureRequest, states_of: States) -> Generator[Preview]:
    """Under the engine of a request. Nothing is behind the provider, which compares inputs without it."""
    nowhere = cast("RoleAssumer", None)
    texts = states_of(request.param)
    with state_directory() as directory, ProviderServer(nowhere) as server:
        if request.param == "embedded":
            states = InMemoryStates()
            for stack, text in texts.items():
                states.save(stack, StackState.from_json(text))
            engine: StackEngine = EmbeddedEngine(lambda _: AwsProvider(), states)
        else:
            backend = Backend(
                request.getfixturevalue("cli"), directory.pulumi, server.port, recording.PASSPHRASE, throw_away=True
            )
            for stack, text in texts.items():
                _import(backend, stack, text)
            engine = PulumiEngine(backend, directory)

        def preview(stack: str, mesh: PlannedMesh = MESH) -> RunResult:
            return engine.run(StackTask("up", mesh, stack, preview=True))

        yield preview


UNDER_EACH_ENGINE = ("embedded", pytest.param("pulumi", marks=pytest.mark.e2e))


@pytest.fixture(scope="module", params=UNDER_EACH_ENGINE)
def preview(request: pytest.FixtureRequest) -> Generator[Preview]:
    """Of the states as a person moved them."""
    with previews(request, as_moved) as each:
        yield each


@pytest.fixture(scope="module", params=UNDER_EACH_ENGINE)
def later(request: pytest.FixtureRequest) -> Generator[Preview]:
    """Of a domain's state with drafts of the tables that were recorded."""
    with previews(request, as_drafted) as each:
        yield each


@pytest.fixture(scope="module", params=UNDER_EACH_ENGINE)
def half_moved(request: pytest.FixtureRequest) -> Generator[Preview]:
    """Of the states of domains in which entries of the mesh catalog were not forgotten."""
    with previews(request, as_half_moved) as each:
        yield each


def as_half_moved(engine: str) -> dict[str, str]:
    """Recorded states of domains, after what a person does for two deployments alone."""
    recorded = {stack: json.loads(recording.text(engine, stack)) for stack in RECORDED if stack in OF_DOMAINS}
    return {
        stack: json.dumps(moving.moved(state, stack, stack.replace("domain-", "access-"))[0])
        for stack, state in recorded.items()
    }


def as_drafted(engine: str) -> dict[str, str]:
    """The state of a domain, with drafts of the tables that were recorded."""
    account = MESH.plan.domains["orders"].access.account_id
    stack = "domain-orders"
    recorded: moving.Json = json.loads(recording.text(engine, stack))
    left = json.loads(as_moved(engine)[stack])
    return {stack: json.dumps(moving.with_drafts(left, recorded, account))}


def as_moved(engine: str) -> dict[str, str]:
    """The recorded states, after what a person does to them before the first update."""
    before: dict[str, moving.Json] = {stack: json.loads(recording.text(engine, stack)) for stack in RECORDED}
    of_domains = {
        stack.removeprefix("domain-"): state for stack, state in before.items() if stack.startswith("domain-")
    }
    after = before | {"governance": moving.with_entries(before["governance"], of_domains)}
    for domain, state in of_domains.items():
        stack, other = f"domain-{domain}", f"access-{domain}"
        left, after[other] = moving.moved(state, stack, other)
        after[stack] = moving.without_entries(left)
    return {stack: json.dumps(state) for stack, state in after.items()}


def _import(backend: Backend, stack: str, text: str) -> None:
    """As a person would: `pulumi stack init`, then `pulumi stack import`."""
    work = backend.directory / "work"
    work.mkdir(parents=True, exist_ok=True)
    (work / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
    file = work / f"{stack}.json"
    file.write_text(json.dumps({"version": 3, "deployment": json.loads(text)}))
    for words in (("init", stack), ("import", "--stack", stack, "--file", str(file))):
        done = subprocess.run(
            [backend.cli.path, "stack", *words, "--cwd", work, "--non-interactive"],
            env={**os.environ, **backend.environment, "PULUMI_HOME": str(backend.directory / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _type_and_name(urn: str) -> str:
    return f"{type_of(urn).rpartition(':')[2]}::{urn.rpartition('::')[2]}"


@pytest.mark.parametrize("stack", STACKS)
def test_what_was_deployed_stays_or_is_updated_and_what_is_made_anew_is_listed(stack: str, preview: Preview) -> None:
    result = preview(stack)
    assert result.failures == []
    done: dict[str, set[str]] = {}
    for step in result.steps:
        done.setdefault(step.operation, set()).add(_type_and_name(step.urn))
    assert done.pop("create", set()) == ADDED.get(stack, set())
    assert done.pop("delete", set()) == DELETED.get(stack, set())
    for operation in ("create-replacement", "replace", "delete-replaced"):
        assert done.pop(operation, set()) == REPLACED.get(stack, set())
    assert done.keys() <= {"same", "update"}
    assert len(result.steps) > (20 if stack.startswith("access-") else 30)
    # What is published stays with nobody's stack; a domain's tables are those of drafts.
    published = {step.urn for step in result.steps if "mesh:aws:CatalogEntry$" in step.urn}
    assert bool(published) == (stack == "governance")
    of_governance = {step.operation for step in result.steps if step.type.endswith(":CatalogDatabase")}
    assert stack != "governance" or of_governance <= {"same", "update"}


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack.startswith("access-")])
def test_a_role_whose_path_changes_is_deleted_before_it_is_made(stack: str, preview: Preview) -> None:
    """IAM gives a name once in an account, whatever the path."""
    result = preview(stack)
    assert result.failures == []
    steps = [(step.operation, _type_and_name(step.urn)) for step in result.steps]
    for role in (each for each in REPLACED[stack] if each.startswith("Role::")):
        assert steps.index(("delete-replaced", role)) < steps.index(("create-replacement", role))


def test_entries_that_were_not_forgotten_are_protected_from_the_domains_deployment(half_moved: Preview) -> None:
    told = " ".join(failure.message for failure in half_moved("domain-orders").failures)
    assert "CatalogEntry$aws:glue/catalogTable:CatalogTable::" in told
    assert "protect" in told


def test_a_lock_that_gives_a_deployed_id_to_another_column_is_refused(later: Preview, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    lock = folder / "contracts/orders/customers.lock.yaml"
    text = lock.read_text("utf-8")
    first, second = (line for line in text.splitlines(keepends=True) if "{id: " in line)
    # Lines are exchanged with their ids, as nobody notices who reads the lock alone.
    text = text.replace(first + second, second.replace("{id: 2,", "{id: 1,") + first.replace("{id: 1,", "{id: 2,"))
    lock.write_text(text, "utf-8")
    failures = " ".join(failure.message for failure in later("domain-orders", mesh_of(folder)).failures)
    assert "'email' has the id 1, by which data files know 'id'" in failures
    assert "restore the lock of the product" in failures


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack not in RECORDED])
def test_without_the_alias_of_a_moved_child_it_would_be_deleted_and_made_anew(
    stack: str, preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_nobody(parent: object) -> Alias:
        return Alias(name="nobody")

    for name in ("account_boundary", "delivery_role"):
        monkeypatch.setattr(sys.modules[f"{components.__name__}.{name}"], "Alias", of_nobody)
    operations = {step.operation for step in preview(stack).steps if type_of(step.urn).startswith("aws:")}
    assert {"create", "delete"} <= operations


@pytest.mark.parametrize("stack", RECORDED)
def test_without_the_aliases_of_renamed_components_what_is_in_them_would_be_deleted_and_made_anew(
    stack: str, preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(_type: str, opts: ResourceOptions | None) -> ResourceOptions | None:
        return opts

    for name in ("landing_zone", "account_baseline", "partner_replication", "break_glass_group"):
        monkeypatch.setattr(sys.modules[f"{components.__name__}.{name}"], "formerly", nameless)
    operations = {step.operation for step in preview(stack).steps if type_of(step.urn).startswith("aws:")}
    assert {"create", "delete"} <= operations


@pytest.mark.parametrize("engine", recording.ENGINES)
def test_what_is_recorded_has_the_earlier_type_tokens_and_no_path_of_a_machine(engine: str) -> None:
    texts = [recording.text(engine, stack) for stack in RECORDED]
    types = {resource["type"] for text in texts for resource in json.loads(text)["resources"]}
    assert set(RENAMED) <= types
    assert not set(RENAMED.values()) & types
    for text in texts:
        assert re.findall(r'"(?:file:|project:|/(?:home|root|tmp|usr|opt|Users)/)[^"]*', text) == []
